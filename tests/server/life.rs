//! An election from the manifest to the final entry. Tests specs/server.md#submit, #receipt, #status and #manifest.

use std::collections::BTreeSet;

use data_encoding::BASE64;
use serde_json::{Value, json};
use tabella_board::entry::Entry;
use tabella_board::policy::Policy;
use tabella_board::receipt::Receipt;
use tabella_election::Kind;
use tabella_verifier::report::Verdict;
use tabella_verifier::source::Directory;
use tabella_verifier::{Options, verify};

use crate::host::Host;
use crate::play::{Play, entry};

/// Verifies a receipt as a voter's device does; gives the payload of its entry.
fn verified(play: &Play, receipt: &Value) -> Vec<u8> {
    let bytes = BASE64.decode(receipt["entry"].as_str().unwrap().as_bytes()).unwrap();
    let proof = Receipt::parse(receipt["receipt"].as_str().unwrap().as_bytes()).unwrap();
    proof.verify(&bytes, &Policy::parse(&play.policy()).unwrap()).unwrap();
    assert_eq!(receipt["index"], proof.index);
    Entry::parse(&bytes).unwrap().payload
}

#[test]
fn a_whole_election() {
    let host = Host::new(&["e"]);
    let server = host.start();
    let mut play = Play::new(&host, &server.web, "e");
    assert_eq!(play.status()["phase"], "empty");
    assert_eq!(play.status()["awaited"], json!([{ "kind": "manifest", "trustees": [] }]));
    play = Play::open(&host, &server.web, "e", 3);
    assert_eq!(play.status()["phase"], "voting");
    let listed = server.web.get("/").good();
    assert_eq!(listed, json!({ "elections": [{ "id": "e", "title": "Election “e”", "phase": "voting" }] }));

    let (challenge, _) = play.challenge(0, 1);
    play.post(Kind::Challenge, &challenge).good();
    let (first, tracker) = play.ballot(0, 1, None, 2);
    let answer = play.post(Kind::Ballot, &first);
    assert_eq!(answer.status, 201);
    assert_eq!(verified(&play, &answer.json()), first);
    let (second, _) = play.ballot(0, 0, Some(tracker), 3);
    play.post(Kind::Ballot, &second).good();
    play.post(Kind::Ballot, &play.ballot(1, 0, None, 1).0).good();

    let later = server.web.get(&play.path(&format!("entries/{}", answer.json()["index"]))).good();
    assert_eq!((verified(&play, &later), &later["repeated"]), (first, &json!(true)));
    let counts = json!({ "roll": 3, "accepted": 3, "superseded": 1, "challenged": 1, "counted": 2 });
    assert_eq!(play.status()["counts"], counts);

    play.read();
    play.count();
    let status = play.status();
    assert_eq!(
        (&status["phase"], &status["size"], &status["awaited"]),
        (&json!("finished"), &json!(play.size()), &json!([]))
    );
    server.stop().unwrap();
    let source = Directory::open(&host.record("e")).unwrap();
    let report = verify(&source, &Options { expected: None, unfinished: false, seed: [3; 32] }, &|_, _| ()).unwrap();
    assert_eq!(report.verdict, Verdict::Valid);
}

#[test]
fn the_manifest_can_be_read() {
    let host = Host::new(&["e"]);
    let server = host.start();
    let mut play = Play::new(&host, &server.web, "e");
    play.post(Kind::Manifest, &play.manifest()).good();
    let election = play.read().election().clone();
    let manifest = server.web.get("/e/manifest").good();
    assert_eq!(manifest["manifest_hash"], election.id().to_hex());
    assert_eq!(manifest["fingerprint"], election.fingerprint().to_string());
    assert_eq!(manifest["contests"][0]["kind"], json!({ "name": "choice", "min": 1, "max": 1, "blank": false }));
    assert_eq!(manifest["trustees"][0]["name"], "Trustee");
}

#[test]
fn the_same_payload_is_numbered_once() {
    let host = Host::new(&["e"]);
    let server = host.start();
    let play = Play::open(&host, &server.web, "e", 1);
    for (kind, payload) in [(Kind::Manifest, play.manifest()), (Kind::Ballot, play.ballot(0, 0, None, 1).0)] {
        let first = play.post(kind, &payload);
        let again = play.post(kind, &payload);
        assert_eq!((again.status, &again.json()["repeated"]), (200, &json!(true)));
        assert_eq!(again.json()["index"], first.json()["index"]);
        assert_eq!(verified(&play, &again.json()), payload);
    }
}

#[test]
fn whoever_hands_in_the_same_ballot_at_once_gets_the_same_place() {
    let host = Host::new(&["e"]);
    let server = host.start();
    let play = Play::open(&host, &server.web, "e", 1);
    let before = play.size();
    let (ballot, _) = play.ballot(0, 0, None, 1);
    let indexes: BTreeSet<u64> = std::thread::scope(|scope| {
        let post = || play.post(Kind::Ballot, &ballot).good()["index"].as_u64().unwrap();
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(post)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(indexes, BTreeSet::from([before]));
    assert_eq!(play.status()["size"], before + 1);
    assert_eq!(Entry::parse(&entry(&host.record("e"), before)).unwrap().payload, ballot);
}
