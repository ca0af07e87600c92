//! Valid records, what is said of them, and flipped bits.

use crate::bytes::uint;
use crate::world::{Plan, Tamper, build};
use crate::{Files, failures, options, report};
use tabella_verifier::report::{Report, Status, Verdict};
use tabella_verifier::source::Memory;
use tabella_verifier::{Options, render, verify};

fn files() -> Files {
    build(Plan::default(), None).board.files()
}

fn warnings(report: &Report) -> Vec<&str> {
    report.warnings.iter().map(|warning| warning.code.as_str()).collect()
}

#[test]
fn a_right_record_is_valid_and_its_result_is_the_votes() {
    let found = report(files());
    assert_eq!(failures(&found), []);
    assert_eq!(found.verdict, Verdict::Valid);
    let skipped: Vec<&str> =
        found.checks.iter().filter(|check| check.status != Status::Pass).map(|check| check.id.as_str()).collect();
    assert_eq!(skipped, ["6"]);
    let ballots = found.ballots.as_ref().unwrap();
    let counts = (ballots.roll, ballots.accepted, ballots.superseded, ballots.challenged, ballots.counted);
    assert_eq!(counts, (4, 4, 1, 1, 3));
    let decrypted: Vec<bool> = found.trustees.iter().map(|trustee| trustee.decrypted).collect();
    assert_eq!(decrypted, [false, true, true]);
    // One counted ballot has the second contest: its result is its vote.
    assert_eq!(warnings(&found), ["fingerprint_not_given", "small_class", "unanimous", "registrar_trusted"]);
    let world = build(Plan::default(), None);
    let weights: Vec<u64> = world.voters.iter().map(|voter| voter.weight).collect();
    let contest = &found.result.as_ref().unwrap().contests[0];
    let totals: Vec<Option<u64>> = contest.options.iter().map(|option| option.total).collect();
    // Voter 0 chose 1 and 2, voter 1 chose 2, voter 2 cast a blank vote.
    assert_eq!(totals, [Some(weights[0]), Some(weights[0] + weights[1]), Some(0)]);
    assert_eq!((contest.blank, contest.ballots), (Some(weights[2]), 3));
}

#[test]
fn elections_with_trouble_are_valid_and_say_so() {
    let cases = [
        (Plan { absent: Some(2), ..Plan::default() }, "trustee_absent", [true, false, true]),
        (Plan { bad_dealing: true, ..Plan::default() }, "complaint_upheld", [true, true, false]),
        (Plan { bad_complaint: true, ..Plan::default() }, "complaint_upheld", [false, true, true]),
        (Plan { minimum: 3, ..Plan::default() }, "result_withheld", [true, true, true]),
        (Plan { no_ballots: true, ..Plan::default() }, "registrar_trusted", [true, true, true]),
        (Plan { restarted: true, ..Plan::default() }, "registrar_trusted", [true, true, true]),
        (Plan { simulation: true, ..Plan::default() }, "simulation", [true, true, true]),
    ];
    for (plan, warning, qualified) in cases {
        let found = report(build(plan, None).board.files());
        assert_eq!(failures(&found), [], "{warning}");
        assert!(warnings(&found).contains(&warning), "{warning}");
        let trustees: Vec<bool> = found.trustees.iter().map(|trustee| trustee.qualified).collect();
        assert_eq!(trustees, qualified, "{warning}");
    }
}

#[test]
fn small_classes_on_the_roll_or_among_the_counted_are_told() {
    let is_told = |voters_of_a_class, minimum, no_ballots| {
        let plan = Plan { voters_of_a_class, minimum, no_ballots, ..Plan::default() };
        let found = report(build(plan, None).board.files());
        assert_eq!(failures(&found), []);
        warnings(&found).contains(&"small_class")
    };
    assert!(!is_told(5, 1, true));
    assert!(is_told(4, 1, true));
    assert!(!is_told(6, 6, true));
    assert!(is_told(5, 6, true));
    // All classes of the roll are large, but few of each voted.
    assert!(is_told(6, 1, false));
}

#[test]
fn without_a_manifest_an_expected_fingerprint_differs() {
    let mut files = files();
    files.retain(|name, _| !name.starts_with("tile/entries/"));
    let options = Options { expected: Some(["0000"; 8].join("-")), ..options() };
    let found = verify(&Memory::new(files), &options, &|_, _| ()).unwrap();
    assert!(found.election.is_none());
    assert_eq!(found.record.unwrap().expected_fingerprint, "differs");
    assert_eq!(found.checks[5].status, Status::Skipped);
}

#[test]
fn a_refused_manifest_is_shown_all_the_same() {
    let tamper = Tamper { label: "manifest", change: |draft| *draft.key(12) = uint(0) };
    let found = report(build(Plan::default(), Some(tamper)).board.files());
    assert_eq!(failures(&found), [("manifest_threshold".to_owned(), Some(0), None)]);
    assert_eq!(found.election.unwrap().id, "council-2026");
    assert!(found.ballots.is_none() && found.result.is_none());
}

#[test]
fn the_expected_fingerprint_is_compared() {
    let files = files();
    let fingerprint = report(files.clone()).election.unwrap().fingerprint;
    let expecting = |fingerprint: &str| {
        let options = Options { expected: Some(fingerprint.to_owned()), ..options() };
        verify(&Memory::new(files.clone()), &options, &|_, _| ()).unwrap()
    };
    let right = expecting(&fingerprint);
    assert_eq!((right.verdict, right.record.unwrap().expected_fingerprint.as_str()), (Verdict::Valid, "match"));
    let wrong = expecting(&["0000"; 8].join("-"));
    assert_eq!(failures(&wrong), [("fingerprint_differs".to_owned(), None, None)]);
    assert_eq!(wrong.record.unwrap().expected_fingerprint, "differs");
}

#[test]
fn a_record_that_has_not_ended_is_accepted_only_on_request() {
    let mut board = build(Plan::default(), None).board;
    board.entries.truncate(25);
    let source = Memory::new(board.files());
    let found = verify(&source, &options(), &|_, _| ()).unwrap();
    assert_eq!(failures(&found), [("record_unfinished".to_owned(), None, None)]);
    let accepted = verify(&source, &Options { unfinished: true, ..options() }, &|_, _| ()).unwrap();
    assert_eq!(accepted.verdict, Verdict::Valid);
    assert!(warnings(&accepted).contains(&"unfinished"));
}

#[test]
fn no_flipped_bit_of_the_beginning_of_a_log_goes_unseen() {
    let mut board = build(Plan::default(), None).board;
    board.entries.truncate(3);
    let options = Options { unfinished: true, ..options() };
    assert_eq!(verify(&Memory::new(board.files()), &options, &|_, _| ()).unwrap().verdict, Verdict::Valid);
    // All bits of the small files; of the bundle every seventh, which meets each position in a byte.
    let tried = flip_bits(&board.files(), &options, |name| if name.starts_with("tile/entries") { 7 } else { 1 });
    assert!(tried > 5_000);
}

#[test]
fn no_flipped_bit_of_a_whole_record_goes_unseen() {
    let tried = flip_bits(&files(), &options(), |name| if name.starts_with("tile/entries") { 1_009 } else { 101 });
    assert!(tried > 200);
}

/// Flips every so many bits of each file, one at a time: the record is not valid, and an entry or a file is named.
fn flip_bits(files: &Files, options: &Options, step: impl Fn(&str) -> usize) -> usize {
    let mut tried = 0;
    for (name, bytes) in files {
        for bit in (0..bytes.len() * 8).step_by(step(name)) {
            let mut changed = files.clone();
            changed.get_mut(name).unwrap()[bit / 8] ^= 1 << (bit % 8);
            let found = verify(&Memory::new(changed), options, &|_, _| ()).unwrap();
            assert_eq!(found.verdict, Verdict::Invalid, "bit {bit} of {name}");
            let named = failures(&found).iter().any(|(_, entry, file)| entry.is_some() || file.is_some());
            assert!(named, "bit {bit} of {name}");
            tried += 1;
        }
    }
    tried
}

#[test]
fn the_text_says_what_the_report_says() {
    let text = render::text(&report(build(Plan { simulation: true, ..Plan::default() }, None).board.files()));
    assert!(text.starts_with("*** SIMULATION"));
    assert!(text.ends_with("VALID (SIMULATION)\n"));
    assert!(text.contains("✓ 15 ballots") && text.contains("– ") && text.contains("--expect"));
    let text = render::text(&Report::unreadable("no such place"));
    assert!(text.contains("no such place") && text.ends_with("UNREADABLE\n"));
}
