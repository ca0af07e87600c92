//! Whole elections on a real log, held against both implementations: the rules of `tabella-election` judge each entry
//! as it comes, and the verifier judges the record that came of it.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a helper of a test that cannot go on fails the test")]

mod bits;
mod edges;
mod forgeries;
mod kinds;
mod odd;
mod scene;
mod simulations;
mod soundness;
mod trustees;
mod walks;
