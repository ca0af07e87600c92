//! What the board must never lose or contradict: the stores, the record on disk, the sequencer.

mod conformance;
mod scene;
mod sequencing;
mod sqlite;
mod tiles;
