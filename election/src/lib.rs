//! The protocol of an election, in the order of its life, and the rules of its record.
//!
//! Pure: no I/O, no clock, no ambient randomness. Everything that a board, a trustee, a voter or a verifier decides
//! about an entry is decided by this crate, from the entries before it. Read the modules in the order in which they
//! stand here; each item names the section of `specs/` that it implements.

pub mod bytes;
pub mod code;
pub mod contest;
pub mod kind;
pub mod log;
pub mod manifest;
pub mod message;
pub mod roll;
pub mod text;

pub use bytes::{ElectionId, EncodedPoint, EncodedScalar, Hash, Signature, SignerKey};
pub use code::{Code, Rejection};
pub use kind::Kind;
pub use manifest::Election;
