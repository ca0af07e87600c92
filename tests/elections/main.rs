//! Whole elections on a real log, held against both implementations: the rules of `tabella-election` judge each entry
//! as it comes, and the verifier judges the record that came of it.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a helper of a test that cannot go on fails the test")]

mod bits;
#[path = "../vectors/cbor.rs"]
#[expect(dead_code, reason = "the vectors show more than shapes")]
mod cbor;
mod edges;
#[path = "../vectors/file.rs"]
#[expect(dead_code, reason = "what the glass shows is read in the vectors")]
mod file;
mod forged;
mod forgeries;
mod fuzz;
mod glass;
mod kinds;
mod odd;
mod scene;
mod shared;
mod simulations;
mod soundness;
#[path = "../vectors/source.rs"]
#[expect(dead_code, reason = "the vectors draw more from it")]
mod source;
mod trustees;
mod walks;
