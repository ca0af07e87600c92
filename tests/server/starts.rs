//! Whether a board starts: it compares itself with its files and with what witnesses have seen. Tests specs/board.md#start.

use std::fs;

use tabella::sequencer::SequencerError;
use tabella::server::StartError;
use tabella::witnessing::WitnessFault;
use tabella_election::Kind;
use tabella_verifier::report::Verdict;
use tabella_verifier::source::Directory;
use tabella_verifier::{Options, verify};

use crate::host::Host;
use crate::play::{Play, eventually};
use crate::witness::{Manner, Witness, policy};
use crate::witnessing::{OPTIONS, copy_tree, witnesses};

fn refusal(host: &Host) -> SequencerError {
    match host.try_start() {
        Err(StartError::Board { source, .. }) => source,
        Err(error) => panic!("{error}"),
        Ok(_) => panic!("the server starts"),
    }
}

/// A host whose data are an old copy; the witnesses have seen more.
fn restored(witnesses: &[Witness], host: &Host) -> Play {
    let server = host.start();
    let play = Play::open_before(host, &server.web, "e", 2, &policy(3, witnesses));
    server.stop().unwrap();
    let backup = tempfile::tempdir().unwrap();
    copy_tree(host.data(), backup.path());
    let server = host.start();
    let play = play.moved_to(&server.web);
    play.publish(Kind::Ballot, &play.ballot(0, 0, None, 1).0);
    server.stop().unwrap();
    fs::remove_dir_all(host.data()).unwrap();
    copy_tree(backup.path(), host.data());
    play
}

#[test]
fn a_restored_backup_does_not_go_on() {
    let host = Host::new(&["e"]).with(OPTIONS);
    let witnesses = witnesses(3);
    let play = restored(&witnesses, &host);
    let (own, seen) = (play.size(), play.size() + 1);
    let error = refusal(&host);
    let text = error.to_string();
    let SequencerError::Witnesses(WitnessFault::Contradiction(found)) = error else { panic!("{text}") };
    assert_eq!((found.seen, found.own), (seen, own));
    assert!(text.contains("Bring back the newest store") && text.contains(&found.note), "{text}");
    // One that has seen it is enough, and no option helps.
    witnesses[0].behave(Manner::Away);
    witnesses[2].behave(Manner::Away);
    let host = host.with(&format!("{OPTIONS} --start-without-witnesses e"));
    assert!(matches!(refusal(&host), SequencerError::Witnesses(WitnessFault::Contradiction(_))));
}

#[test]
fn a_board_waits_for_witnesses_before_it_starts() {
    let host = Host::new(&["e"]).with(OPTIONS);
    let witnesses = witnesses(4);
    let server = host.start();
    let play = Play::open_before(&host, &server.web, "e", 1, &policy(3, &witnesses));
    server.stop().unwrap();
    // Of four, two that answer are in every three.
    witnesses[0].behave(Manner::Away);
    witnesses[1].behave(Manner::Away);
    host.start().stop().unwrap();
    witnesses[2].behave(Manner::Away);
    let error = refusal(&host);
    let text = error.to_string();
    let SequencerError::Witnesses(WitnessFault::Silent { id, silent, own }) = error else { panic!("{text}") };
    assert_eq!((id.as_str(), silent.len(), own), ("e", 3, play.size()));
    assert!(text.contains("--start-without-witnesses"), "{text}");
    let host = host.with(&format!("{OPTIONS} --start-without-witnesses e"));
    host.start().stop().unwrap();
}

#[test]
fn files_that_are_ahead_of_the_store_stop_a_start() {
    let host = Host::new(&["e"]).with(OPTIONS);
    let server = host.start();
    let witnesses = witnesses(3);
    let play = Play::open_before(&host, &server.web, "e", 2, &policy(3, &witnesses));
    let size = play.size();
    server.stop().unwrap();
    let backup = tempfile::tempdir().unwrap();
    copy_tree(host.data(), backup.path());
    witnesses[0].behave(Manner::Away);
    let server = host.start();
    let play = play.moved_to(&server.web);
    // Received only: neither the witnesses' quorum nor the public has seen it.
    play.post(Kind::Ballot, &play.ballot(0, 0, None, 1).0).good();
    server.stop().unwrap();
    for file in ["board.sqlite", "board.sqlite-wal", "board.sqlite-shm"] {
        drop(fs::remove_file(host.data().join(file)));
        drop(fs::copy(backup.path().join(file), host.data().join(file)));
    }
    let error = refusal(&host);
    assert!(
        matches!(error, SequencerError::WrittenAhead { written, stored, .. } if (written, stored) == (size + 1, size))
    );
}

/// Nobody has seen the log at the address of a witness, as if it were another's: that confirms nothing.
#[test]
fn a_witness_that_knows_nothing_of_the_log_confirms_nothing() {
    let host = Host::new(&["e"]).with(OPTIONS);
    let witnesses = witnesses(3);
    restored(&witnesses, &host);
    witnesses.iter().for_each(|witness| witness.behave(Manner::Lost));
    let error = refusal(&host);
    assert!(matches!(error, SequencerError::Witnesses(WitnessFault::Silent { .. })), "{error}");
}

#[test]
fn the_witnesses_of_one_board_do_not_keep_the_others_from_starting() {
    let host = Host::new(&["e", "f"]).with(OPTIONS);
    let witnesses = witnesses(1);
    let server = host.start();
    Play::open_before(&host, &server.web, "e", 1, &policy(1, &witnesses));
    server.stop().unwrap();
    witnesses[0].behave(Manner::Away);
    let server = host.start();
    server.web.get("/f/status").good();
    assert_eq!(server.web.get("/e/status").problem(), (503, "unavailable".to_owned()));
    assert_eq!(server.web.get("/_ready").problem(), (503, "unavailable".to_owned()));
    assert_eq!(server.metric("tabella_running{election=\"f\"}"), 1);
    assert_eq!(server.metric("tabella_running{election=\"e\"}"), 0);
    server.stop().unwrap();
    // Its operator takes it on for this board.
    let host = host.with(&format!("{OPTIONS} --start-without-witnesses e"));
    let server = host.start();
    server.web.get("/e/status").good();
    server.stop().unwrap();
}

#[test]
fn a_finished_board_needs_no_witnesses_and_finishes_its_folder() {
    let host = Host::new(&["e"]).with(OPTIONS);
    let server = host.start();
    let witnesses = witnesses(3);
    let mut play = Play::open_before(&host, &server.web, "e", 2, &policy(3, &witnesses));
    play.publish(Kind::Ballot, &play.ballot(0, 0, None, 1).0);
    play.read();
    server.web.post(&play.path("closing"), &play.closing(1, true)).good();
    play.count();
    eventually(|| play.status()["phase"] == "finished");
    server.stop().unwrap();
    // A process that was killed after it had published the last checkpoint.
    let left = host.record("e").join("tile/entries/000.p/1");
    fs::create_dir_all(left.parent().unwrap()).unwrap();
    fs::write(&left, b"left over").unwrap();
    witnesses.iter().for_each(|witness| witness.behave(Manner::Away));
    host.start().stop().unwrap();
    assert!(!left.exists());
    let source = Directory::open(&host.record("e")).unwrap();
    let report = verify(&source, &Options { expected: None, unfinished: false, seed: [3; 32] }, &|_, _| ()).unwrap();
    assert_eq!(report.verdict, Verdict::Valid);
}
