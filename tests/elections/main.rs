//! Whole elections on a real log, held against both implementations: the rules of `tabella-election` judge each entry
//! as it comes, and the verifier judges the record that came of it.
//!
//! Without `test` this is the library of `fuzz/`, and holds what its targets need.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a helper of a test that cannot go on fails the test")]

#[cfg(test)]
mod bits;
#[cfg(test)]
#[path = "../vectors/cbor.rs"]
#[expect(dead_code, reason = "the vectors show more than shapes")]
mod cbor;
#[cfg(test)]
mod edges;
#[cfg(test)]
#[path = "../vectors/file.rs"]
#[expect(dead_code, reason = "what the glass shows is read in the vectors")]
mod file;
#[cfg(test)]
mod forged;
mod forgeries;
pub mod fuzz;
#[cfg(test)]
mod glass;
#[cfg(test)]
mod kinds;
#[cfg(test)]
mod odd;
mod scene;
#[cfg(test)]
mod shared;
#[cfg(test)]
mod simulations;
#[cfg(test)]
mod soundness;
#[cfg(test)]
#[path = "../vectors/source.rs"]
#[expect(dead_code, reason = "the vectors draw more from it")]
mod source;
mod trustees;
mod walks;
