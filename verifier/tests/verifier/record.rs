//! Valid records, and records whose files were changed.

use crate::world::{Plan, build};
use crate::{Files, failures, options, report};
use tabella_verifier::report::{Report, Status, Verdict};
use tabella_verifier::source::{Directory, Memory, Source, SourceError, Tar};
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
    let skipped: Vec<&str> = found
        .checks
        .iter()
        .filter(|check| check.status != Status::Pass)
        .map(|check| check.id.as_str())
        .collect();
    assert_eq!(skipped, ["6"]);
    let ballots = found.ballots.as_ref().unwrap();
    let counts = (
        ballots.roll,
        ballots.accepted,
        ballots.superseded,
        ballots.challenged,
        ballots.counted,
    );
    assert_eq!(counts, (4, 4, 1, 1, 3));
    let decrypted: Vec<bool> = found.trustees.iter().map(|trustee| trustee.decrypted).collect();
    assert_eq!(decrypted, [false, true, true]);
    // One counted ballot has the second contest: its result is its vote.
    assert_eq!(
        warnings(&found),
        ["fingerprint_not_given", "small_class", "unanimous", "registrar_trusted"]
    );
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
        (
            Plan {
                absent: Some(2),
                ..Plan::default()
            },
            "trustee_absent",
            [true, false, true],
        ),
        (
            Plan {
                bad_dealing: true,
                ..Plan::default()
            },
            "complaint_upheld",
            [true, true, false],
        ),
        (
            Plan {
                bad_complaint: true,
                ..Plan::default()
            },
            "complaint_upheld",
            [false, true, true],
        ),
        (
            Plan {
                minimum: 3,
                ..Plan::default()
            },
            "result_withheld",
            [true, true, true],
        ),
        (
            Plan {
                no_ballots: true,
                ..Plan::default()
            },
            "registrar_trusted",
            [true, true, true],
        ),
        (
            Plan {
                restarted: true,
                ..Plan::default()
            },
            "registrar_trusted",
            [true, true, true],
        ),
        (
            Plan {
                simulation: true,
                ..Plan::default()
            },
            "simulation",
            [true, true, true],
        ),
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
        let plan = Plan {
            voters_of_a_class,
            minimum,
            no_ballots,
            ..Plan::default()
        };
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
fn a_record_of_more_than_one_tile_is_valid() {
    let world = build(
        Plan {
            idle_rounds: 500,
            ..Plan::default()
        },
        None,
    );
    let files = world.board.files();
    assert!(files.contains_key("tile/1/000.p/2"));
    assert_eq!(failures(&report(files.clone())), []);

    let mut changed = files.clone();
    changed.get_mut("tile/1/000.p/2").unwrap()[40] ^= 1;
    assert_eq!(
        failures(&report(changed)),
        [("tile_mismatch".to_owned(), None, Some("tile/1/000.p/2".to_owned()))]
    );

    let mut missing = files;
    missing.remove("tile/entries/000");
    let found = failures(&report(missing));
    assert!(found.contains(&("file_missing".to_owned(), None, Some("tile/entries/000".to_owned()))));
    assert!(
        !found
            .iter()
            .any(|(code, ..)| code == "root_mismatch" || code == "entry_prev"),
        "{found:?}"
    );
}

#[test]
fn files_more_or_less_or_cut_are_named() {
    let one = |change: fn(&mut Files)| {
        let mut files = files();
        change(&mut files);
        failures(&report(files))
            .first()
            .map(|(code, _, file)| (code.clone(), file.clone().unwrap_or_default()))
    };
    let named = |code: &str, file: &str| Some((code.to_owned(), file.to_owned()));
    let surplus = |files: &mut Files| drop(files.insert("tile/0/001.p/1".to_owned(), vec![0; 32]));
    assert_eq!(one(surplus), named("file_surplus", "tile/0/001.p/1"));
    let mut without = files();
    without.remove("log.vkey");
    assert_eq!(
        failures(&report(without)),
        [("file_missing".to_owned(), None, Some("log.vkey".to_owned()))]
    );
    let tile = files().keys().find(|name| name.starts_with("tile/0/")).unwrap().clone();
    let cut = |files: &mut Files| files.range_mut("tile/0/".to_owned()..).next().unwrap().1.truncate(31);
    assert_eq!(one(cut), named("file_malformed", &tile));
    let bundle = files()
        .keys()
        .find(|name| name.starts_with("tile/entries/"))
        .unwrap()
        .clone();
    let cut = |files: &mut Files| {
        files
            .range_mut("tile/entries/".to_owned()..)
            .next()
            .unwrap()
            .1
            .truncate(31);
    };
    assert_eq!(one(cut), named("file_malformed", &bundle));
}

#[test]
fn checkpoints_and_log_keys_have_their_codes() {
    let world = build(Plan::default(), None);
    let files = world.board.files();
    let with = |name: &str, bytes: Vec<u8>| {
        let mut files = files.clone();
        files.insert(name.to_owned(), bytes);
        failures(&report(files))
    };
    let on = |code: &str, file: &str| (code.to_owned(), None, Some(file.to_owned()));
    let checkpoint = world.board.checkpoint();
    let text = checkpoint.split_once("\n\n").unwrap().0.to_owned() + "\n";
    assert_eq!(
        with("checkpoint", b"?".to_vec()),
        [on("checkpoint_malformed", "checkpoint")]
    );
    let empty = world.board.note(
        &text.replace(&format!("\n{}\n", world.board.entries.len()), "\n0\n"),
        true,
    );
    assert_eq!(
        with("checkpoint", empty.into_bytes()),
        [on("checkpoint_malformed", "checkpoint")]
    );
    assert_eq!(
        with("checkpoint", world.board.note(&text, false).into_bytes()),
        [on("checkpoint_quorum", "checkpoint")]
    );
    let unsigned = checkpoint
        .lines()
        .filter(|line| !line.starts_with("— board"))
        .map(|line| format!("{line}\n"));
    assert_eq!(
        with("checkpoint", unsigned.collect::<String>().into_bytes()),
        [on("checkpoint_signature", "checkpoint")]
    );
    let mut other_root: Vec<&str> = text.lines().collect();
    let zero = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    other_root[2] = zero;
    let other_root = world.board.note(&(other_root.join("\n") + "\n"), true);
    assert_eq!(
        with("checkpoint", other_root.into_bytes()),
        [on("root_mismatch", "checkpoint")]
    );
    assert!(with("log.vkey", b"?\n".to_vec()).contains(&on("log_key_mismatch", "log.vkey")));
    let other = crate::board::verifier_key(crate::board::ORIGIN, 1, &crate::world::signing_key("other")) + "\n";
    let found = with("log.vkey", other.into_bytes());
    assert_eq!(
        found,
        [
            on("checkpoint_signature", "checkpoint"),
            on("log_key_mismatch", "log.vkey")
        ]
    );
}

#[test]
fn after_a_malformed_checkpoint_all_other_checks_are_skipped() {
    let mut files = files();
    files.insert("checkpoint".to_owned(), b"?".to_vec());
    files.remove("log.vkey");
    let found = report(files);
    assert_eq!(
        failures(&found),
        [("checkpoint_malformed".to_owned(), None, Some("checkpoint".to_owned()))]
    );
    let made: Vec<&str> = found
        .checks
        .iter()
        .filter(|check| check.status != Status::Skipped)
        .map(|check| check.id.as_str())
        .collect();
    assert_eq!(made, ["2"]);
}

#[test]
fn of_very_many_missing_files_the_rest_is_counted() {
    let world = build(Plan::default(), None);
    let text = format!("{}\n2560000\n{}=\n", crate::board::ORIGIN, "A".repeat(43));
    let mut files = Files::new();
    files.insert("checkpoint".to_owned(), world.board.note(&text, true).into_bytes());
    files.insert("log.vkey".to_owned(), world.board.files()["log.vkey"].clone());
    let found = report(files);
    // 10,000 bundles, and 10,000 + 40 + 1 tiles of levels 0, 1 and 2.
    let missing = &found.checks[0].failures;
    let (named, rest): (Vec<_>, Vec<_>) = missing.iter().partition(|failure| failure.file.is_some());
    assert_eq!((named.len(), rest.len()), (1_000, 1));
    assert!(rest[0].message.contains("19041 more"), "{}", rest[0].message);
    // There is no manifest: nothing can be said of how the election ended.
    assert!(failures(&found).iter().all(|(code, ..)| code == "file_missing"));
}

#[test]
fn the_expected_fingerprint_is_compared() {
    let files = files();
    let fingerprint = report(files.clone()).election.unwrap().fingerprint;
    let expecting = |fingerprint: &str| {
        let options = Options {
            expected: Some(fingerprint.to_owned()),
            ..options()
        };
        verify(&Memory::new(files.clone()), &options, &|_, _| ()).unwrap()
    };
    let right = expecting(&fingerprint);
    assert_eq!(
        (right.verdict, right.record.unwrap().expected_fingerprint.as_str()),
        (Verdict::Valid, "match")
    );
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
    let accepted = verify(
        &source,
        &Options {
            unfinished: true,
            ..options()
        },
        &|_, _| (),
    )
    .unwrap();
    assert_eq!(accepted.verdict, Verdict::Valid);
    assert!(warnings(&accepted).contains(&"unfinished"));
}

#[test]
fn no_flipped_bit_of_the_beginning_of_a_log_goes_unseen() {
    let mut board = build(Plan::default(), None).board;
    board.entries.truncate(3);
    let options = Options {
        unfinished: true,
        ..options()
    };
    assert_eq!(
        verify(&Memory::new(board.files()), &options, &|_, _| ())
            .unwrap()
            .verdict,
        Verdict::Valid
    );
    // All bits of the small files; of the bundle every seventh, which meets each position in a byte.
    let tried = flip_bits(&board.files(), &options, |name| {
        if name.starts_with("tile/entries") { 7 } else { 1 }
    });
    assert!(tried > 5_000);
}

#[test]
fn no_flipped_bit_of_a_whole_record_goes_unseen() {
    let tried = flip_bits(&files(), &options(), |name| {
        if name.starts_with("tile/entries") { 1_009 } else { 101 }
    });
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
            let named = failures(&found)
                .iter()
                .any(|(_, entry, file)| entry.is_some() || file.is_some());
            assert!(named, "bit {bit} of {name}");
            tried += 1;
        }
    }
    tried
}

#[test]
fn directories_and_tars_are_read_alike() {
    let files = files();
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in &files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
    let directory = Directory::open(folder.path()).unwrap();
    assert_eq!(failures(&verify(&directory, &options(), &|_, _| ()).unwrap()), []);
    for prefix in ["", "./", "council/", "./council/"] {
        let source = tar(prefix, &files).unwrap();
        assert_eq!(
            failures(&verify(&source, &options(), &|_, _| ()).unwrap()),
            [],
            "{prefix}"
        );
    }
    let mut without = files.clone();
    without.remove("checkpoint");
    assert!(matches!(
        tar("", &without).map(|_| ()),
        Err(SourceError::NoCheckpoint(_))
    ));
    std::fs::remove_file(folder.path().join("checkpoint")).unwrap();
    assert!(matches!(
        Directory::open(folder.path()).map(|_| ()),
        Err(SourceError::NoCheckpoint(_))
    ));
}

fn tar(prefix: &str, files: &Files) -> Result<impl Source, SourceError> {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, bytes) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        builder
            .append_data(&mut header, format!("{prefix}{name}"), bytes.as_slice())
            .unwrap();
    }
    Tar::open("test", std::io::Cursor::new(builder.into_inner().unwrap()))
}

#[test]
fn links_in_a_directory_are_not_followed() {
    let files = files();
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in &files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
    std::fs::rename(folder.path().join("log.vkey"), folder.path().join("key")).unwrap();
    std::os::unix::fs::symlink("key", folder.path().join("log.vkey")).unwrap();
    let found = verify(&Directory::open(folder.path()).unwrap(), &options(), &|_, _| ()).unwrap();
    let found = failures(&found);
    for expected in [
        ("file_missing", "log.vkey"),
        ("file_surplus", "log.vkey"),
        ("file_surplus", "key"),
    ] {
        assert!(
            found.contains(&(expected.0.to_owned(), None, Some(expected.1.to_owned()))),
            "{expected:?} in {found:?}"
        );
    }
}

#[test]
fn the_text_says_what_the_report_says() {
    let text = render::text(&report(
        build(
            Plan {
                simulation: true,
                ..Plan::default()
            },
            None,
        )
        .board
        .files(),
    ));
    assert!(text.starts_with("*** SIMULATION"));
    assert!(text.ends_with("VALID (SIMULATION)\n"));
    assert!(text.contains("✓ 15 ballots") && text.contains("– ") && text.contains("--expect"));
    let text = render::text(&Report::unreadable("no such place"));
    assert!(text.contains("no such place") && text.ends_with("UNREADABLE\n"));
}
