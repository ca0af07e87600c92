//! Tests of the mathematics, through the public interface alone.

#![expect(clippy::unwrap_used, reason = "a helper of a test that cannot go on fails the test")]

mod ballot;
mod batch;
mod ceremony;
mod challenge;
mod credential;
mod decryption;
mod discrete_logarithm;
mod group;
mod hostile;
mod kinds;
mod prover;
mod ranged_slots;
mod rules;
mod samples;
mod shape;
