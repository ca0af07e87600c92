//! What is unusual but allowed: both implementations accept it.

use tabella_board::checkpoint::SignedCheckpoint;
use tabella_board::cosignature::cosign;
use tabella_election::message::{Close, Manifest, Roll, Signed};
use tabella_election::{Hash, Kind};

use crate::scene::log::{cosigned, text_of};
use crate::scene::record::{asked, assert_valid, assert_warnings, failures, grow, verify_directory, write};
use crate::scene::samples::{self, GUESTS, MEMBERS, log_key, log_line, manifest, witness_key};
use crate::scene::{Scene, resigned, totals};

/// The election goes on to its end, and its record is valid.
#[track_caller]
fn ends_well(mut scene: Scene) {
    scene.play_on();
    let report = scene.record().verify();
    assert_valid(&report);
    assert_warnings(&report, scene.board());
}

#[test]
fn anchors_may_have_signatures_that_nobody_asked_for() {
    let mut scene = Scene::open(manifest(), &[(1, MEMBERS), (1, MEMBERS)]);
    scene.everybody_votes();
    let head = scene.log.head(scene.log.next.index);
    let valid = text_of(&cosigned(head));
    let signed = SignedCheckpoint::sign(&log_key(), head);
    let cosignature = |time| cosign(&witness_key(), &signed, time).unwrap();
    let (text, lines) = valid.split_once("\n\n").unwrap();
    let (log_line, witness_line) = lines.split_once('\n').unwrap();
    let unknown = |count: usize| -> String {
        let line = |number: usize| format!("\u{2014} unknown{number} AAAAAAAA\n");
        (0..count).map(line).collect()
    };
    let anchors = [
        format!("{text}\n\n{witness_line}{log_line}\n"),
        format!("{valid}{}", unknown(1)),
        format!("{valid}{}", unknown(98)),
        format!("{text}\n\n{}{log_line}\n{witness_line}", unknown(20)),
        // A line twice, and a cosignature of another time.
        format!("{valid}{witness_line}"),
        format!("{valid}{log_line}\n"),
        format!("{}{}{}", text_of(&signed), cosignature(0), cosignature(i64::MAX as u64)),
        // The names of unknown keys may be strange.
        format!("{valid}\u{2014} é\u{e000}/…#? AAAAAAAA\n"),
        format!("{valid}\u{2014} {} AAAAAAAA\n", samples::ORIGIN),
        format!("{valid}\u{2014} witness.example/w AAAAAAAA\n"),
    ];
    for anchor in anchors {
        let mut scene = scene.clone();
        let close = resigned::<Close>(&scene.control(Kind::Close), &samples::authority(), |close| {
            close.anchor = anchor;
        });
        scene.accept(Kind::Close, &close);
        ends_well(scene);
    }
}

#[test]
fn rolls_may_be_empty_cut_and_replaced() {
    let mut scene = Scene::new(manifest());
    scene.draw_voters(&[(1, MEMBERS), (2, GUESTS), (3, MEMBERS)]);
    let whole = scene.control(Kind::Roll);
    let all = Signed::<Roll>::decode(&whole).unwrap().body().voters.clone();
    // An attempt of four chunks that is given up after the first, then one of four chunks, two of them empty.
    let mut previous = Hash([0; 32]);
    for (revision, chunk, voters) in [(1, 1, &all[..2]), (2, 1, &[]), (2, 2, &all[..2]), (2, 3, &[]), (2, 4, &all[2..])]
    {
        let payload = resigned::<Roll>(&whole, &samples::registrar(), |roll| {
            (roll.revision, roll.chunk, roll.chunks) = (revision, chunk, 4);
            roll.voters = voters.to_vec();
            roll.previous = if chunk == 1 { Hash([0; 32]) } else { previous };
        });
        scene.accept(Kind::Roll, &payload);
        previous = Signed::<Roll>::decode(&payload).unwrap().body_hash();
    }
    assert_eq!(scene.board().counts().roll, 3);
    ends_well(scene);
}

#[test]
fn ceremonies_may_begin_again_at_every_step() {
    let mut scene = Scene::new(manifest());
    scene.enrol(&[(1, MEMBERS), (1, MEMBERS)]);
    scene.provide(Kind::Restart);
    scene.steps(&[1, 2, 3], Kind::Commit);
    scene.provide(Kind::Restart);
    scene.steps(&[1, 3], Kind::Commit);
    scene.provide(Kind::Round);
    scene.steps(&[3], Kind::Deal);
    scene.provide(Kind::Restart);
    scene.make_keys(&[1, 2, 3]);
    scene.rehearse(&[1, 2, 3]);
    scene.provide(Kind::Restart);
    scene.make_keys(&[2, 3]);
    scene.rehearse(&[]);
    scene.rehearse(&[2]);
    scene.rehearse(&[2, 3]);
    assert_eq!(scene.board().ceremony().attempt().number, 5);
    ends_well(scene);
}

#[test]
fn a_complaint_of_an_attempt_that_was_given_up_is_still_warned_of() {
    let (mut scene, lie) = crate::trustees::complaint_of(2, 1);
    scene.accept(Kind::Confirm, &lie);
    scene.steps(&[1, 3], Kind::Confirm);
    scene.provide(Kind::Round);
    scene.provide(Kind::Restart);
    scene.make_keys(&[1, 2, 3]);
    ends_well(scene);
}

#[test]
fn a_trustee_that_was_absent_once_may_come_back() {
    let mut scene = Scene::new(manifest());
    scene.make_keys(&[1, 3]);
    scene.provide(Kind::Restart);
    scene.make_keys(&[1, 2, 3]);
    ends_well(scene);
}

#[test]
fn rehearsals_go_on_during_the_voting() {
    let mut scene = Scene::open(manifest(), &[(1, MEMBERS), (1, GUESTS)]);
    scene.everybody_votes();
    scene.rehearse(&[3]);
    scene.rehearse(&[]);
    scene.steps(&[2, 1], Kind::Rehearsal);
    ends_well(scene);
}

#[test]
fn few_voters_of_a_class_are_warned_of_alike() {
    for (minimum, voters) in [
        (1, vec![(1, MEMBERS); 4]),
        (1, vec![(1, MEMBERS); 5]),
        (7, vec![(1, MEMBERS); 6]),
        (7, vec![(1, MEMBERS); 7]),
        (1, [vec![(1, MEMBERS); 5], vec![(2, MEMBERS); 1]].concat()),
        (1, [vec![(1, MEMBERS); 5], vec![(1, GUESTS); 5]].concat()),
        (1, Vec::new()),
    ] {
        ends_well(Scene::open(Manifest { minimum, ..manifest() }, &voters));
    }
    // Five are on the roll, and one of them votes.
    let mut scene = Scene::open(Manifest { minimum: 1, ..manifest() }, &[(1, MEMBERS); 5]);
    scene.vote(0, &samples::member_vote(Some(0), &[0]));
    ends_well(scene);
}

#[test]
fn texts_may_be_anything_that_can_be_shown() {
    let mut strange =
        Manifest {
            simulation: false, title: "“Ω” — \u{1f5f3} \u{202e}".to_owned(), assets: Vec::new(), ..manifest()
        };
    strange.contests[0].title = "é".repeat(500);
    strange.contests[0].options[0].id = " ".to_owned();
    strange.contests[1].options[0].id = "\u{a0}\u{2028}\u{feff}".to_owned();
    strange.contests[1].options[1].id = strange.contests[0].options[1].id.clone();
    strange.policy = format!("{}quorum none", "# \u{85}é\n".repeat(100) + &log_line());
    ends_well(Scene::new(strange));
}

#[test]
fn a_folder_that_grows_is_valid_as_an_unfinished_record() {
    let mut scene = Scene::new(manifest());
    scene.play_on();
    let entries = &scene.log.entries;
    let folder = tempfile::tempdir().unwrap();
    for size in [3, 20, entries.len() - 1, entries.len()] {
        grow(&entries[..size], folder.path());
        assert_valid(&verify_directory(folder.path(), &asked(None, true)));
    }
    // Partial tiles of earlier sizes are no part of the record.
    let found = failures(&verify_directory(folder.path(), &asked(None, false)));
    assert!(!found.is_empty() && found.iter().all(|failure| failure.code == "file_surplus"), "{found:?}");
    write(entries, folder.path());
    assert_valid(&verify_directory(folder.path(), &asked(None, false)));
}

#[test]
fn two_styles_without_shared_contests_are_two_groups() {
    let apart =
        Manifest { styles: vec![samples::style("One", &[0]), samples::style("Two", &[1])], minimum: 1, ..manifest() };
    let mut scene = Scene::open(apart, &[(2, 0), (3, 1)]);
    scene.vote(0, &[(0, samples::options(&[1]))].into());
    scene.vote(1, &[(1, samples::options(&[2, 3]))].into());
    scene.play_on();
    assert_eq!(scene.result(), [totals(&[0, 2, 0], Some(0)), totals(&[0, 0, 3, 3], None)]);
    assert_valid(&scene.record().verify());
}
