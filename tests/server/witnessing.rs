//! Checkpoints that wait for witnesses. Tests specs/board.md#publication and #start, and specs/server.md#status.

use std::fs;
use std::path::Path;

use data_encoding::BASE64;
use serde_json::{Value, json};
use tabella::sequencer::SequencerError;
use tabella::server::StartError;
use tabella::witnessing::WitnessFault;
use tabella_board::checkpoint::SignedCheckpoint;
use tabella_board::hash::Hash;
use tabella_board::key::{LogKey, LogVerifier};
use tabella_board::origin::Origin;
use tabella_board::policy::Policy;
use tabella_board::receipt::{Receipt, Standing};
use tabella_board::tree::TreeHead;
use tabella_election::Kind;
use tabella_verifier::report::Verdict;
use tabella_verifier::source::Directory;
use tabella_verifier::{Options, verify};

use crate::host::Host;
use crate::play::{Play, eventually};
use crate::witness::{Manner, Witness, policy};

/// Quick to give up.
pub const OPTIONS: &str = "--witness-timeout 1 --witness-patience 2 --quorum-alarm 1";

fn origin() -> Origin {
    Origin::parse("example.org/e").unwrap()
}

fn log_key() -> LogKey {
    LogKey::from_seed(origin(), &[3; 32])
}

fn verifier() -> LogVerifier {
    log_key().verifier().clone()
}

pub fn witnesses(count: u8) -> Vec<Witness> {
    (1..=count).map(|number| Witness::start(number, &verifier())).collect()
}

/// How far a receipt reaches.
pub fn standing(play: &Play, answer: &Value) -> Standing {
    let entry = BASE64.decode(answer["entry"].as_str().unwrap().as_bytes()).unwrap();
    let receipt = Receipt::parse(answer["receipt"].as_str().unwrap().as_bytes()).unwrap();
    receipt.verify(&entry, &Policy::parse(&play.policy()).unwrap()).unwrap()
}

pub fn published(host: &Host) -> SignedCheckpoint {
    SignedCheckpoint::parse(&fs::read(host.record("e").join("checkpoint")).unwrap()).unwrap()
}

pub fn cosigners(play: &Play, checkpoint: &SignedCheckpoint) -> Vec<String> {
    let found = Policy::parse(&play.policy()).unwrap().cosignatures(checkpoint);
    found.into_iter().map(|found| found.witness).collect()
}

pub fn copy_tree(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for found in fs::read_dir(from).unwrap() {
        let path = found.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy_tree(&path, &target);
        } else {
            fs::copy(&path, &target).unwrap();
        }
    }
}

#[test]
fn a_whole_election_before_three_witnesses() {
    let host = Host::new(&["e"]).with(OPTIONS);
    let server = host.start();
    let witnesses = witnesses(3);
    let mut play = Play::open_before(&host, &server.web, "e", 2, &policy(3, &witnesses));
    let ballot = play.post(Kind::Ballot, &play.ballot(0, 0, None, 1).0).good();
    assert!(matches!(standing(&play, &ballot), Standing::Received | Standing::Recorded(_)));
    let path = play.path(&format!("entries/{}", ballot["index"]));
    eventually(|| server.web.get(&path).status == 200);
    assert!(matches!(standing(&play, &server.web.get(&path).good()), Standing::Recorded(names) if names.len() == 3));
    play.read();
    let closing = server.web.post(&play.path("closing"), &play.closing(1, true)).good();
    assert_eq!(closing["checkpoint"], play.anchor(), "close needs a checkpoint that meets the policy");
    play.count();
    let status = play.status();
    assert_eq!((&status["phase"], &status["quorum"]), (&json!("finished"), &json!("met")));
    assert_eq!(status["received"], status["size"]);
    server.stop().unwrap();
    let source = Directory::open(&host.record("e")).unwrap();
    let report = verify(&source, &Options { expected: None, unfinished: false, seed: [3; 32] }, &|_, _| ()).unwrap();
    assert_eq!(report.verdict, Verdict::Valid);
}

#[test]
fn without_a_quorum_ballots_are_received_and_nothing_is_published() {
    let host = Host::new(&["e"]).with(OPTIONS);
    let server = host.start();
    let witnesses = witnesses(3);
    let mut play = Play::open_before(&host, &server.web, "e", 3, &policy(3, &witnesses));
    let before = published(&host);
    let size = before.unverified().head.size;
    witnesses[1].behave(Manner::Away);

    let (ballot, tracker) = play.ballot(0, 0, None, 1);
    let answer = play.post(Kind::Ballot, &ballot).good();
    assert_eq!((&answer["index"], standing(&play, &answer)), (&json!(size), Standing::Received));
    // The same bytes again are received again, and others after them are taken.
    let again = play.post(Kind::Ballot, &ballot);
    assert_eq!((again.status, standing(&play, &again.json())), (200, Standing::Received));
    play.post(Kind::Ballot, &play.ballot(1, 0, None, 1).0).good();
    // Nobody but who handed it in hears of it.
    assert_eq!(server.web.get(&play.path(&format!("entries/{size}"))).problem(), (404, "entry_unknown".to_owned()));
    assert_eq!(server.web.get(&play.path(&format!("ballots/{tracker}"))).problem().1, "tracker_unknown");
    assert_eq!(published(&host).as_bytes(), before.as_bytes());

    eventually(|| play.status()["quorum"] == "missing");
    let status = play.status();
    assert_eq!((&status["size"], &status["received"]), (&json!(size), &json!(size + 2)));
    assert_eq!(status["counts"]["accepted"], 0);
    assert_eq!(status["witnesses"][1]["answer"], "no_answer");
    assert_eq!(status["witnesses"][0]["answer"], "cosigned");
    assert_eq!(server.web.get("/_ready").good(), json!({ "elections": [{ "id": "e", "role": "sequencer" }] }));
    assert_eq!(server.metric("tabella_sequencer{election=\"e\"}"), 1);
    assert_eq!(server.metric("tabella_quorum_missing{election=\"e\"}"), 1);
    assert_eq!(server.metric("tabella_running{election=\"e\"}"), 1);
    assert_eq!(server.metric("tabella_entries_signed{election=\"e\"}"), size + 2);
    assert_eq!(server.metric("tabella_entries_published{election=\"e\"}"), size);
    assert_eq!(server.metric("tabella_witness_size{election=\"e\",witness=\"w1\"}"), size + 1);
    assert!(server.metric("tabella_witness_failures_total{election=\"e\",witness=\"w2\"}") > 0);
    // The voting cannot be closed over what nobody has seen.
    let request = play.closing(1, true);
    let closing = server.web.post(&play.path("closing"), &request);
    assert_eq!(closing.problem(), (503, "quorum_missing".to_owned()));
    assert_eq!(play.status()["closing"], json!({ "number": 1, "is_closing": true }));

    witnesses[1].behave(Manner::Honest);
    eventually(|| play.status()["quorum"] == "met" && play.status()["size"] == size + 2);
    assert_eq!(server.metric("tabella_quorum_missing{election=\"e\"}"), 0);
    assert_eq!(server.metric("tabella_witness_size{election=\"e\",witness=\"w2\"}"), size + 2);
    assert_eq!(server.metric("tabella_witness_failures_total{election=\"e\",witness=\"w1\"}"), 0);
    play.read();
    assert_eq!(server.web.get(&play.path(&format!("ballots/{tracker}"))).good()["standing"], "latest");
    let recorded = server.web.get(&play.path(&format!("entries/{size}"))).good();
    assert!(matches!(standing(&play, &recorded), Standing::Recorded(_)));
    let closing = server.web.post(&play.path("closing"), &request).good();
    assert_eq!((&closing["ballots"], &closing["checkpoint"]), (&json!(2), &json!(play.anchor())));
}

#[test]
fn a_late_cosignature_is_added() {
    let host = Host::new(&["e"]).with(OPTIONS);
    let server = host.start();
    let witnesses = witnesses(4);
    witnesses[3].behave(Manner::Away);
    let play = Play::open_before(&host, &server.web, "e", 1, &policy(3, &witnesses));
    assert_eq!(cosigners(&play, &published(&host)), ["w1", "w2", "w3"]);
    witnesses[3].behave(Manner::Honest);
    eventually(|| cosigners(&play, &published(&host)).len() == 4);
    assert_eq!(published(&host).unverified().head.size, play.size());
}

#[test]
fn a_witness_that_does_not_do_its_work_is_passed_over() {
    let host = Host::new(&["e"]).with(OPTIONS);
    let server = host.start();
    let witnesses = witnesses(4);
    let play = Play::open_before(&host, &server.web, "e", 12, &policy(3, &witnesses));
    let manners = [
        (Manner::OtherKey, "wrong_answer"),
        (Manner::Babbling, "wrong_answer"),
        (Manner::Refusing, "wrong_answer"),
        (Manner::Boasting(1_000_000), "wrong_answer"),
        (Manner::Silent, "no_answer"),
        (Manner::Away, "no_answer"),
    ];
    for (voter, (manner, code)) in manners.into_iter().enumerate() {
        witnesses[2].behave(manner);
        play.publish(Kind::Ballot, &play.ballot(voter, 0, None, 1).0);
        assert!(!cosigners(&play, &published(&host)).contains(&"w3".to_owned()), "{manner:?}");
        eventually(|| play.status()["witnesses"][2]["answer"] == code);
        witnesses[2].behave(Manner::Honest);
        eventually(|| cosigners(&play, &published(&host)).len() == 4);
    }
}

#[test]
fn a_witness_says_from_which_size_it_goes_on() {
    let host = Host::new(&["e"]).with(OPTIONS);
    let server = host.start();
    let witnesses = witnesses(1);
    let play = Play::open_before(&host, &server.web, "e", 1, &policy(1, &witnesses));
    let size = play.size();
    server.stop().unwrap();
    // The server has forgotten what the witness has seen.
    let server = host.start();
    let play = play.moved_to(&server.web);
    play.publish(Kind::Ballot, &play.ballot(0, 0, None, 1).0);
    assert_eq!(witnesses[0].asked().split_off(witnesses[0].asked().len() - 2), [0, size]);
    assert_eq!(witnesses[0].size(), size + 1);
}

#[test]
fn what_was_received_before_the_end_is_published_after_the_next_start() {
    let host = Host::new(&["e"]).with(OPTIONS);
    let server = host.start();
    let witnesses = witnesses(3);
    let play = Play::open_before(&host, &server.web, "e", 2, &policy(3, &witnesses));
    let size = play.size();
    witnesses[0].behave(Manner::Silent);
    let (ballot, tracker) = play.ballot(0, 0, None, 1);
    play.post(Kind::Ballot, &ballot).good();
    server.stop().unwrap();
    assert_eq!(published(&host).unverified().head.size, size);

    let server = host.start();
    let play = play.moved_to(&server.web);
    let status = play.status();
    assert_eq!((&status["size"], &status["received"]), (&json!(size), &json!(size + 1)));
    assert_eq!((&status["phase"], &status["counts"]["accepted"]), (&json!("voting"), &json!(0)));
    assert_eq!(server.web.get(&play.path(&format!("ballots/{tracker}"))).problem().1, "tracker_unknown");
    witnesses[0].behave(Manner::Honest);
    eventually(|| play.status()["size"] == size + 1);
    assert_eq!(cosigners(&play, &published(&host)).len(), 3);
    assert_eq!(play.status()["counts"]["accepted"], 1);
}

#[test]
fn a_board_stops_when_its_key_has_signed_another_tree() {
    let host = Host::new(&["e"]).with(OPTIONS);
    let server = host.start();
    let witnesses = witnesses(4);
    let play = Play::open_before(&host, &server.web, "e", 2, &policy(3, &witnesses));
    // What the log has not signed says nothing.
    let other = LogKey::from_seed(origin(), &[66; 32]);
    let head = TreeHead { size: 1_000, root: Hash::of_entry(b"other") };
    witnesses[0].show(SignedCheckpoint::sign(&other, head).as_bytes());
    witnesses[0].behave(Manner::Refusing);
    play.publish(Kind::Ballot, &play.ballot(0, 0, None, 1).0);
    eventually(|| play.status()["witnesses"][0]["answer"] == "wrong_answer");
    // What it has signed does.
    witnesses[0].show(SignedCheckpoint::sign(&log_key(), head).as_bytes());
    eventually(|| server.web.get(&play.path("status")).status == 503);
    let Err(StartError::Board { source, .. }) = server.stop() else { panic!("the board ended well") };
    assert!(matches!(source, SequencerError::Witnesses(WitnessFault::Contradiction(found)) if found.seen == 1_000));
}
