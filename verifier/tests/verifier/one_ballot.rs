//! Where one ballot stands, and what an opened one held (specs/checks.md#ballot).

use crate::papers::{self, Paper};
use crate::world::{Plan, Tamper, World, build};
use crate::{Files, failures, options};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use ciborium::Value;
use serde_json::{Value as Json, json};
use std::process::Command;
use tabella_verifier::source::Memory;
use tabella_verifier::track::{BallotReport, Standing, Wanted, track};

fn look(files: &Files, wanted: &Wanted) -> BallotReport {
    track(&Memory::new(files.clone()), &options(), wanted, &|_, _| ()).unwrap()
}

fn json_of(report: &BallotReport) -> Json {
    serde_json::to_value(report).unwrap()
}

/// The entries of this kind, in order.
fn entries<'a>(world: &'a World, kind: &str) -> Vec<&'a Vec<u8>> {
    let kind_of = |entry: &[u8]| ciborium::from_reader::<Value, _>(entry).unwrap().as_array().unwrap()[4].clone();
    world.board.entries.iter().filter(|entry| kind_of(entry).as_text() == Some(kind)).collect()
}

fn by_entry(world: &World, entry: &[u8]) -> Json {
    json_of(&look(&world.board.files(), &Wanted::Entry(entry.to_vec())))
}

fn standing(report: &BallotReport) -> Option<Standing> {
    report.found.as_ref().map(|found| found.standing)
}

#[test]
fn every_ballot_is_told_what_became_of_it() {
    let world = build(Plan::default(), None);
    let standings: Vec<Json> = entries(&world, "ballot").iter().map(|entry| by_entry(&world, entry)).collect();
    let of = |place: usize| standings[place]["found"]["standing"].as_str().unwrap();
    assert_eq!([of(0), of(1), of(2), of(3)], ["superseded", "counted", "counted", "counted"]);
    let of_found = |place: usize, field: &str| &standings[place]["found"][field];
    assert_eq!(of_found(0, "replaced_by"), of_found(3, "tracker"));
    assert_eq!(of_found(0, "credential"), of_found(3, "credential"));
    for standing in &standings {
        assert_eq!((&standing["found"]["held"], &standing["record"]["verdict"]), (&Json::Null, &json!("valid")));
        let tracker = Wanted::Tracker(standing["found"]["tracker"].as_str().unwrap().to_owned());
        assert_eq!(json_of(&look(&world.board.files(), &tracker))["found"], standing["found"]);
    }
    // Before the close nothing is counted.
    let close = world.board.entries.iter().position(|entry| *entry == *entries(&world, "close")[0]).unwrap();
    let mut open = world.board;
    open.entries.truncate(close);
    let mut options = options();
    options.unfinished = true;
    let wanted = Wanted::Entry(open.entries[close - 1].clone());
    let latest = track(&Memory::new(open.files()), &options, &wanted, &|_, _| ()).unwrap();
    assert_eq!((standing(&latest), latest.exit_status()), (Some(Standing::Latest), 0));
}

/// What the challenge of such an election held.
fn held(paper: Paper) -> Json {
    let world = build(Plan { paper, ..Plan::default() }, None);
    let found = &by_entry(&world, entries(&world, "challenge")[0])["found"];
    assert_eq!((&found["standing"], &found["kind"]), (&json!("challenged"), &json!("challenge")));
    found["held"].clone()
}

fn values(options: &Json) -> Vec<Option<u64>> {
    options.as_array().unwrap().iter().map(|option| option["value"].as_u64()).collect()
}

#[test]
fn an_opened_ballot_holds_what_was_chosen() {
    let held_by = held(papers::two_choices());
    assert_eq!((values(&held_by[0]["options"]), &held_by[0]["blank"]), (vec![Some(0), Some(0), Some(0)], &json!(true)));
    assert_eq!(held_by[1], Json::Null, "the voter's style has one contest");
    assert_eq!(values(&held(papers::score())[0]["options"]), [Some(0), Some(0), Some(2)]);
    // Rank 1 of weights 5, 3, 0.
    assert_eq!(values(&held(papers::positional())[0]["options"]), [Some(0), Some(0), Some(0), Some(5)]);
    let lists = held(papers::lists("dhondt"));
    assert_eq!(values(&lists[0]["options"]), [Some(0); 5]);
    assert_eq!(values(&lists[0]["lists"]), [Some(0), Some(1), Some(0)]);
    let large = 70_000;
    for range in [false, true] {
        assert_eq!(values(&held(papers::allocation(large, range))[0]["options"]), [Some(0), Some(large), Some(0)]);
    }
    let ranked = held(papers::ranking(false, "schulze"));
    assert_eq!(values(&ranked[0]["options"]), [None; 4]);
    assert_eq!(ranked[0]["pairs"], json!([[0, 0, 0, 0], [1, 0, 0, 0], [1, 1, 0, 0], [1, 1, 1, 0]]));
}

#[test]
fn what_is_not_accepted_is_not_there() {
    let change = |draft: &mut crate::world::Draft| {
        let signature = draft.value.as_array_mut().unwrap()[7].as_bytes_mut().unwrap();
        signature[63] ^= 1;
    };
    let world = build(Plan::default(), Some(Tamper { label: "challenge", change }));
    let [bad, good] = entries(&world, "challenge")[..] else { panic!("there are two") };
    let files = world.board.files();
    let refused = look(&files, &Wanted::Entry(bad.clone()));
    assert_eq!((standing(&refused), refused.exit_status()), (None, 1));
    assert_eq!(failures(&refused.record), [("challenge_signature".to_owned(), world.tampered, None)]);
    // The right one is, but the record is not valid.
    let accepted = look(&files, &Wanted::Entry(good.clone()));
    assert_eq!((standing(&accepted), accepted.exit_status()), (Some(Standing::Challenged), 1));
    assert!(accepted.text().contains("INVALID"));

    let valid = build(Plan::default(), None).board.files();
    for wanted in [Wanted::Entry(bad.clone()), Wanted::Tracker("0000-".repeat(7) + "0000")] {
        let report = look(&valid, &wanted);
        assert_eq!((standing(&report), report.exit_status()), (None, 1));
        assert!(report.text().contains("There is no such ballot"));
    }
}

#[test]
fn the_program_takes_trackers_and_receipts() {
    let world = build(Plan::default(), None);
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in world.board.files() {
        let path = folder.path().join("record").join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
    let challenge = entries(&world, "challenge")[0];
    let write = |name: &str, bytes: &[u8]| std::fs::write(folder.path().join(name), bytes).unwrap();
    write(
        "page.json",
        json!({ "entry": BASE64.encode(challenge), "receipt": "", "tracker": "?" }).to_string().as_bytes(),
    );
    write("kept.entry", challenge);
    write("none.json", b"{\"entry\": \"AAAA\"}");
    let run = |arguments: &[&str]| {
        let mut program = Command::new(env!("CARGO_BIN_EXE_tabella-verify"));
        program.current_dir(folder.path()).arg("ballot").args(arguments).arg("record").output().unwrap()
    };
    let output = run(&["page.json"]);
    assert_eq!(output.status.code(), Some(0));
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("Standing     opened by its voter") && text.contains("    blank\n"), "{text}");
    let tracker = text.lines().find_map(|line| line.strip_prefix("Tracker      ")).unwrap();
    for argument in ["kept.entry", &tracker.to_lowercase().replace('-', "")] {
        assert_eq!(String::from_utf8(run(&[argument]).stdout).unwrap(), text);
    }
    let json: Json = serde_json::from_slice(&run(&["--json", tracker]).stdout).unwrap();
    assert_eq!(
        (&json["ballot"], &json["found"]["tracker"], &json["record"]["report"]),
        (&json!(1), &json!(tracker), &json!(1))
    );
    let other = run(&["--expect", &"0".repeat(32), tracker]);
    assert_eq!(other.status.code(), Some(1));
    for (argument, words) in [("none.json", "is no receipt"), ("nothing", "is no tracker, and there is no such file")] {
        let output = run(&[argument]);
        assert_eq!(output.status.code(), Some(2));
        assert!(String::from_utf8(output.stdout).unwrap().contains(words));
        let json: Json = serde_json::from_slice(&run(&["--json", argument]).stdout).unwrap();
        assert_eq!((&json["found"], &json["record"]["verdict"]), (&Json::Null, &json!("unreadable")));
    }
}
