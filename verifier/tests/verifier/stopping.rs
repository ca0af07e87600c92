//! A run that is stopped, and one that goes on where it ended (specs/checks.md#stopped).

use crate::world::{Plan, World, build};
use crate::{Files, failures, options};
use ciborium::Value;
use std::cell::Cell;
use std::ops::ControlFlow;
use tabella_verifier::bookmark::Bookmark;
use tabella_verifier::report::Report;
use tabella_verifier::source::Memory;
use tabella_verifier::verify_resumably;

/// Where a run that is to be stopped is: whole bundles.
const STOP: u64 = 1_024;

/// Ballot 2 stands right before, ballot 3 right after the place where a run can be stopped; before it `dishonest`, if at all.
fn world(is_dishonest: bool) -> World {
    let plan = Plan { dishonest: is_dishonest.then_some(|device| device.coordinates[0] = 2), ..Plan::default() };
    let before = ballot(&build(plan.clone(), None), 3);
    let world = build(Plan { idle_rounds: STOP - before, ..plan }, None);
    assert_eq!(ballot(&world, 3), STOP);
    world
}

/// Where ballot 2 or 3 stands; ballot 4 is the last one.
fn ballot(world: &World, number: usize) -> u64 {
    let kind =
        |entry: &Vec<u8>| ciborium::from_reader::<Value, _>(entry.as_slice()).unwrap().as_array().unwrap()[4].clone();
    let entries = (0..).zip(&world.board.entries);
    let ballots: Vec<u64> =
        entries.filter(|(_, entry)| kind(entry).as_text() == Some("ballot")).map(|(at, _)| at).collect();
    ballots[ballots.len() + number - 5]
}

fn run(files: &Files, bookmark: Option<Bookmark>, is_stopped: bool) -> ControlFlow<Option<Bookmark>, Report> {
    verify_resumably(&Memory::new(files.clone()), &options(), bookmark, &|_, _| (), &|| is_stopped).unwrap()
}

fn stop(files: &Files, bookmark: Option<Bookmark>) -> Bookmark {
    run(files, bookmark, true).break_value().unwrap().unwrap()
}

fn finish(files: &Files, bookmark: Option<Bookmark>) -> Report {
    run(files, bookmark, false).continue_value().unwrap()
}

/// The same as a bookmark, with one field changed.
fn changed(bookmark: &Bookmark, field: &str, value: impl Into<serde_json::Value>) -> Bookmark {
    let mut json = serde_json::to_value(bookmark).unwrap();
    json[field] = value.into();
    serde_json::from_value(json).unwrap()
}

#[test]
fn the_next_run_ends_as_if_none_had_been_stopped() {
    for is_dishonest in [false, true] {
        let world = world(is_dishonest);
        let files = world.board.files();
        let bookmark = stop(&files, None);
        assert_eq!(bookmark.size, STOP);
        let told = Cell::new(0);
        let resumed = verify_resumably(
            &Memory::new(files.clone()),
            &options(),
            Some(bookmark),
            &|done, _| told.set(done),
            &|| false,
        );
        let resumed = resumed.unwrap().continue_value().unwrap();
        assert_eq!(told.get(), world.board.entries.len() as u64);
        let whole = finish(&files, None);
        assert_eq!(serde_json::to_value(&resumed).unwrap(), serde_json::to_value(&whole).unwrap());
        let expected = if is_dishonest { vec![("proof_invalid".to_owned(), world.tampered, None)] } else { Vec::new() };
        assert_eq!(failures(&resumed), expected);
    }
}

#[test]
fn proofs_are_not_examined_again() {
    let world = world(false);
    let files = world.board.files();
    let (before, after) = (ballot(&world, 2), ballot(&world, 3));
    let bookmark = changed(&stop(&files, None), "refused", vec![before, after]);
    // The note speaks of what stands before it only.
    let found = failures(&finish(&files, Some(bookmark)));
    assert!(found.contains(&("proof_invalid".to_owned(), Some(before), None)), "{found:?}");
    assert!(!found.contains(&("proof_invalid".to_owned(), Some(after), None)), "{found:?}");
}

#[test]
fn a_note_on_other_entries_is_worth_nothing() {
    let (good, bad) = (world(false), world(true));
    let note = stop(&good.board.files(), None);
    let files = bad.board.files();
    let expected = [("proof_invalid".to_owned(), bad.tampered, None)];
    assert_eq!(failures(&finish(&files, Some(note.clone()))), expected);
    // A note that ends after the record, or within a bundle, is of none.
    for size in [0, STOP - 1, 1 << 40] {
        let own = changed(&stop(&files, None), "refused", Vec::<u64>::new());
        assert_eq!(failures(&finish(&files, Some(changed(&own, "size", size)))), expected, "{size}");
    }
}

#[test]
fn a_checkpoint_may_claim_any_size() {
    let mut files = world(false).board.files();
    let checkpoint = String::from_utf8(files["checkpoint"].clone()).unwrap();
    let size = checkpoint.lines().nth(1).unwrap().to_owned();
    files.insert("checkpoint".to_owned(), checkpoint.replacen(&size, "4611686018427387904", 1).into_bytes());
    let codes: Vec<String> = failures(&finish(&files, None)).into_iter().map(|(code, ..)| code).collect();
    assert!(
        codes.contains(&"checkpoint_signature".to_owned()) && codes.contains(&"file_missing".to_owned()),
        "{codes:?}"
    );
}

#[test]
fn who_is_stopped_before_the_note_ends_keeps_it() {
    let files = world(true).board.files();
    let note = changed(&stop(&files, None), "size", 4 * STOP);
    assert_eq!(stop(&files, Some(note.clone())), note);
}
