//! The provers of glass that the vectors are made with: here they are told to lie.

#![expect(dead_code, reason = "the vectors read more of them")]

#[path = "../vectors/glass/ballot.rs"]
pub mod ballot;
#[path = "../vectors/glass/dealing.rs"]
pub mod dealing;
#[path = "../vectors/glass/decryption.rs"]
pub mod decryption;
#[path = "../vectors/shape/encoding.rs"]
pub mod encoding;
#[path = "../vectors/glass/form.rs"]
mod form;
#[path = "../vectors/glass/range.rs"]
mod range;
#[path = "../vectors/glass/transcript.rs"]
pub mod transcript;
