//! Runs that take the word of helpers for the proofs of some ballots (specs/checks.md#shared).

use crate::bytes::{bytes, uint};
use crate::ceremony::Keys;
use crate::poll::payload;
use crate::prover::{Device, Lies};
use crate::world::{Plan, World, begin};
use crate::{Files, failures, options, report};
use serde_json::{Value, json};
use tabella_verifier::help::Help;
use tabella_verifier::judging::Judging;
use tabella_verifier::record::{self, Series};
use tabella_verifier::source::Memory;
use tabella_verifier::text::election_fingerprint;
use tabella_verifier::verify_judged;

/// The first ballot is the last entry of bundle 1; in bundle 2 follow another one, a bad one, and two that replace both good ones.
const FIRST: u64 = 511;
const BAD: u64 = FIRST + 2;

fn world() -> World {
    let (mut world, keys) = begin(Plan::default(), None);
    for round in 2..2 + FIRST - world.board.entries.len() as u64 {
        world.step("idle", |world| world.signed("rehearse", "authority", vec![bytes(&keys.hash), uint(round)]));
    }
    vote(&mut world, &keys);
    world
}

fn vote(world: &mut World, keys: &Keys) {
    let (voters, forms) = (world.voters.clone(), world.plan.paper.forms());
    let mut counted = Vec::new();
    let mut links = [None, None, None];
    for (voter, name) in [(0, "first"), (1, "second"), (2, "bad"), (0, "first again"), (1, "second again")] {
        let style = voters[voter].style;
        let mut device = Device {
            election: world.election,
            keys: &keys.public,
            form: &forms[style],
            voter: &voters[voter],
            link: links[voter].take(),
            coordinates: world.plan.paper.coordinates(style, counted.len()),
            name,
            lies: Lies::default(),
        };
        if name == "bad" {
            device.coordinates[0] = 2;
        }
        links[voter] = Some(device.tracker());
        counted.push((world.board.entries.len() as u64, device.clone()));
        world.append(&payload("ballot", device.ballot()));
    }
    world.tally(keys, counted.split_off(3));
}

fn size(files: &Files) -> u64 {
    String::from_utf8(files["checkpoint"].clone()).unwrap().lines().nth(1).unwrap().parse().unwrap()
}

fn new() -> Judging {
    Judging::new(crate::board::ORIGIN, options().seed)
}

/// What a helper says of a bundle, who has judged the record to the end of bundle 0.
fn help(files: &Files, bundle: u64) -> Value {
    help_after(files, 256, bundle)
}

/// The same, of one who has judged so many entries.
fn help_after(files: &Files, end: u64, bundle: u64) -> Value {
    let source = Memory::new(files.clone());
    let mut helper = new();
    let tile = record::tile(size(files), Series::Entries, bundle).unwrap();
    assert!(!helper.can_help());
    assert_eq!(helper.help(&source, &tile).unwrap(), None);
    helper.read(&source, size(files), end, &|_, _| ()).unwrap();
    assert!(helper.can_help());
    assert_eq!(helper.size(), end);
    serde_json::to_value(helper.help(&source, &tile).unwrap()).unwrap()
}

/// The report of a run that takes this help.
fn helped(files: &Files, helps: &[Value]) -> tabella_verifier::report::Report {
    let source = Memory::new(files.clone());
    let mut judging = new();
    helps.iter().for_each(|help| judging.take(serde_json::from_value::<Help>(help.clone()).unwrap()));
    judging.read(&source, size(files), u64::MAX, &|_, _| ()).unwrap();
    verify_judged(&source, &options(), judging).unwrap()
}

fn bad(index: u64) -> (String, Option<u64>, Option<String>) {
    ("proof_invalid".to_owned(), Some(index), None)
}

#[test]
fn help_changes_nothing_that_is_said() {
    let files = world().board.files();
    let (one, two) = (help(&files, 1), help(&files, 2));
    assert_eq!((&one["refused"], &two["refused"]), (&json!([]), &json!([BAD])));
    // The voting began in bundle 0, however far the helper has come.
    assert_eq!(help_after(&files, 512, 2), two);
    let alone = report(files.clone());
    assert_eq!(failures(&alone), [bad(BAD)]);
    for helps in [&[][..], std::slice::from_ref(&one), std::slice::from_ref(&two), &[one.clone(), two.clone()]] {
        let together = helped(&files, helps);
        assert_eq!(serde_json::to_value(&together).unwrap(), serde_json::to_value(&alone).unwrap(), "{helps:?}");
    }
}

#[test]
fn help_is_believed_of_the_entries_that_it_is_about() {
    let files = world().board.files();
    let mut lie = help(&files, 1);
    lie["refused"] = json!([FIRST]);
    assert!(failures(&helped(&files, &[lie.clone()])).contains(&bad(FIRST)));
    let other = json!("0".repeat(64));
    for (place, value) in [
        ("/root", &other),
        ("/beginning/root", &other),
        ("/beginning/size", &json!(255)),
        ("/bundle", &json!(0)),
        ("/bundle", &json!(2)),
    ] {
        let mut elsewhere = lie.clone();
        *elsewhere.pointer_mut(place).unwrap() = value.clone();
        assert_eq!(failures(&helped(&files, &[elsewhere])), [bad(BAD)], "{place}");
    }
}

#[test]
fn a_run_tells_how_far_it_is() {
    let world = world();
    let files = world.board.files();
    let source = Memory::new(files.clone());
    let mut judging = new();
    let mut read = |end: u64| {
        judging.read(&source, size(&files), end, &|_, _| ()).unwrap();
        (judging.size(), judging.phase(), judging.first_refused().map(|(index, _)| index))
    };
    assert_eq!(read(0), (0, "empty", None));
    assert_eq!(read(256), (256, "voting", None));
    assert_eq!(read(512), (512, "voting", None));
    assert_eq!(read(u64::MAX), (size(&files), "finished", Some(BAD)));
    let log = world.board.log.verifying_key().to_bytes();
    let fingerprint = election_fingerprint(&world.election, &log);
    assert_eq!(judging.identity(), Some(("Council \u{e9}lection", fingerprint)));
    let key = &judging.policy().unwrap().log;
    assert!(!judging.is_of_other_log(key));
    let mut other = key.clone();
    other.key[0] ^= 1;
    assert!(judging.is_of_other_log(&other));
}

#[test]
fn a_malformed_bundle_is_told_once_however_often_one_goes_on() {
    let mut files = world().board.files();
    files.get_mut("tile/entries/000").unwrap()[..2].fill(0xff);
    let source = Memory::new(files.clone());
    let mut judging = new();
    for end in [256, 512, u64::MAX] {
        judging.read(&source, size(&files), end, &|_, _| ()).unwrap();
    }
    let step_by_step = verify_judged(&source, &options(), judging).unwrap();
    assert_eq!(failures(&step_by_step), failures(&report(files)));
}
