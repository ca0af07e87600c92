//! What the board must never lose or contradict: stores, the record on disk, receipts, the sequencer.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a helper of a test that cannot go on fails the test")]

mod bucket;
mod conformance;
mod fronts;
mod groups;
mod mirror;
mod poll;
mod postgres;
mod queue;
mod receipts;
mod scene;
mod sequencing;
mod sqlite;
mod tiles;
mod voting;
mod wrapped;
