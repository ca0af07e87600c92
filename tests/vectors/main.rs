//! The test vectors of specs/vectors, made by production code and by provers that show every step.
//!
//! Everything is a function of the labels in this directory. Each test makes one file anew and compares it with the one
//! in specs/vectors; with the environment variable `TABELLA_WRITE_VECTORS=1` it writes the file instead. What a vector
//! states is seen here to hold for production code, and by specs/vectors/check.py to hold by the specification alone.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test's helpers fail the test, as the test itself does")]

mod answer;
mod ballot;
mod board;
mod cbor;
mod ceremony;
mod counting;
mod file;
mod glass;
mod group;
mod manifest;
mod messages;
mod play;
mod question;
mod scene;
mod shape;
mod source;
mod stories;
mod story;
mod tally;
mod text;
mod transcript;

use crate::file::assert_fresh;

#[test]
fn transcript_vectors_are_fresh() {
    assert_fresh("transcript.json", transcript::vectors());
}

#[test]
fn group_vectors_are_fresh() {
    assert_fresh("group.json", group::vectors());
}

#[test]
fn text_vectors_are_fresh() {
    assert_fresh("text.json", text::vectors());
}

#[test]
fn board_vectors_are_fresh() {
    assert_fresh("board.json", board::vectors());
}

#[test]
fn shape_vectors_are_fresh() {
    assert_fresh("shape.json", shape::vectors());
}

#[test]
fn ballot_vectors_are_fresh() {
    assert_fresh("ballot.json", ballot::vectors());
}

#[test]
fn ceremony_vectors_are_fresh() {
    assert_fresh("ceremony.json", ceremony::vectors());
}

#[test]
fn tally_vectors_are_fresh() {
    assert_fresh("tally.json", tally::vectors());
}

#[test]
fn counting_vectors_are_fresh() {
    assert_fresh("counting.json", counting::vectors());
}

#[test]
fn messages_vectors_are_fresh() {
    assert_fresh("messages.json", messages::vectors());
}
