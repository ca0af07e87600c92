//! A second implementation of the Tabella protocol: it says whether an election's public record is right.
//!
//! Written from the pages of specs/ alone; it depends on no other crate of this workspace. It reads no clock, draws no
//! randomness and reads no file but through the [`source::Source`] that it is handed.

// What can be found wrong.
pub mod checks;

// The record: files, tree, notes, entries.
pub mod source;

pub mod record;

pub mod tree;

pub mod proof;

pub mod authentic;

pub mod note;

pub mod policy;

mod cbor;

mod entry;

mod message;

// Mathematics.
mod transcript;

mod group;

mod wide;

// The life of an election.
mod digits;

mod contest;

mod manifest;

mod ceremony;

mod attempt;

mod dealing;

mod keys;

mod decryption;

mod rehearsal;

mod roll;

mod shape;

mod range;

mod ballot;

mod batch;

mod voting;

mod tally;

mod totals;

mod counting;

// Which entry may follow which, and the way through a record.
mod rules;

mod findings;

pub mod bookmark;

pub mod help;

pub mod judging;

mod verify;

// What is said about it.
mod warnings;

mod beyond;

pub mod views;

pub mod report;

pub mod track;

pub mod render;

// What others saved of a lie.
pub mod evidence;

pub mod text;

// What ballots cost.
pub mod measure;

// The vectors of the specification.
#[cfg(test)]
mod vectors;

pub use verify::{Options, verify, verify_judged, verify_resumably};
