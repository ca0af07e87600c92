//! The protocol of an election, in the order of its life, and the rules of its record.
//!
//! Pure: no I/O, no clock, no ambient randomness. Everything that a board, a trustee, a voter or a verifier decides
//! about an entry is decided by this crate, from the entries before it. Read the modules in the order in which they
//! stand here; each item names the section of `specs/` that it implements.

pub mod code;

pub mod bytes;
pub mod text;

pub mod kind;
pub mod message;

pub mod log;

pub mod contest;
pub mod manifest;
pub mod roll;

mod fault;

pub mod ceremony;

pub mod ballot;

pub mod rules;

pub mod opening;

pub mod authority;

pub mod registrar;

pub mod trustee;

pub mod voter;

#[cfg(test)]
mod samples;

pub use bytes::{ElectionId, EncodedPoint, EncodedScalar, Hash, Signature, SignerKey};
pub use code::{Code, Rejection};
pub use kind::Kind;
pub use manifest::Election;
