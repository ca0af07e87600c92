//! What the board must never lose or contradict: stores, the record on disk, receipts, the sequencer.

mod conformance;
mod poll;
mod receipts;
mod scene;
mod sequencing;
mod sqlite;
mod tiles;
mod voting;
