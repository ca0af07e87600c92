//! One entry changed in one thing: the verifier names that entry, with the code of the first rule that it breaks.

use crate::board::{Board, ORIGIN};
use crate::world::{Draft, Plan, Tamper, build, signing_key};
use crate::{failures, report};
use ciborium::Value;

pub type Change = fn(&mut Draft);

/// The record with a changed copy of one entry before the right one has exactly one failure.
#[track_caller]
pub fn refused(plan: &Plan, label: &'static str, code: &str, change: Change) {
    let world = build(plan.clone(), Some(Tamper { label, change }));
    let found = failures(&report(world.board.files()));
    assert!(world.tampered.is_some(), "no entry is called {label}");
    assert_eq!(found, [(code.to_owned(), world.tampered, None)], "{label}");
}

pub fn all_refused(cases: &[(&'static str, &str, Change)]) {
    for (label, code, change) in cases {
        refused(&Plan::default(), label, code, *change);
    }
}

/// Changes one byte of a byte string.
pub fn flip(value: &mut Value, at: usize) {
    value.as_bytes_mut().unwrap()[at] ^= 1;
}

pub fn shorten(value: &mut Value) {
    let bytes = value.as_bytes_mut().unwrap();
    bytes.truncate(bytes.len() - 1);
}

pub fn set(value: &mut Value, at: usize, new: &[u8]) {
    value.as_bytes_mut().unwrap()[at..at + new.len()].copy_from_slice(new);
}

/// Takes the lines of a note that begin so away.
pub fn strip_line(note: &mut Value, beginning: &str) {
    let kept = note.as_text().unwrap().lines().filter(|line| !line.starts_with(beginning));
    *note = Value::Text(kept.map(|line| format!("{line}\n")).collect());
}

/// A checkpoint of this size and root, signed by the log and the witness.
pub fn anchor(size: u64, root: &str) -> String {
    let board = Board { log: signing_key("log"), witness: signing_key("witness"), entries: Vec::new() };
    board.note(&format!("{ORIGIN}\n{size}\n{root}=\n"), true)
}

pub const NO_POINT: [u8; 32] = [0xff; 32];
