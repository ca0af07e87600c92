//! The mathematics of Tabella's ballots and keys.
//!
//! No I/O, no clock, no ambient randomness and no vocabulary of elections: this crate knows points, numbers, forms
//! and proofs. Read the modules in the order in which they stand here. What each computes is fixed to the byte in
//! `specs/`; each item names the section that it implements.

pub mod group;
pub mod transcript;

pub mod credential;
pub mod nonce;

mod product_sum;

pub mod range;
pub mod shape;

pub mod ballot;
pub mod batch;

pub mod secret;

pub mod polynomial;

pub mod envelope;

mod knowledge;

pub mod dealing;

pub mod qualified;

pub mod trustee;

pub mod decryption;

pub mod discrete_logarithm;
