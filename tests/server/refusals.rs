//! Each problem once: one thing is wrong with a request that would be right. Tests specs/server.md#problems.

use std::io::{Read, Write};

use ed25519_dalek::SigningKey;
use tabella_election::message::{Manifest, Signed};
use tabella_election::{Kind, SignerKey, authority};

use crate::host::{self, Host};
use crate::play::Play;
use crate::web::Answer;

#[track_caller]
fn assert_problem(answer: &Answer, status: u16, code: &str) {
    assert_eq!(answer.problem(), (status, code.to_owned()));
}

#[test]
fn places_that_are_not_there() {
    let host = Host::new(&["e"]);
    let server = host.start();
    let play = Play::open(&host, &server.web, "e", 1);
    let (get, unknown) = (|place: &str| server.web.get(place), "0000-0000-0000-0000-0000-0000-0000-0000");
    assert_problem(&get("/e/nothing"), 404, "not_found");
    assert_problem(&get("/e/tile/0/999"), 404, "not_found");
    assert_problem(&get("/e/"), 503, "page_unavailable");
    assert_problem(&get("/g/status"), 404, "election_unknown");
    assert_problem(&get(&format!("/e/entries/{}", play.size())), 404, "entry_unknown");
    assert_problem(&get("/e/entries/99999999999999999999999"), 404, "entry_unknown");
    assert_problem(&get(&format!("/e/ballots/{unknown}")), 404, "tracker_unknown");
    assert_problem(&get("/e/voters/0000-0000-0000-0000"), 404, "voter_unknown");
    assert_problem(&server.web.post("/g/entries/ballot", b""), 404, "election_unknown");
}

#[test]
fn what_needs_a_manifest() {
    let host = Host::new(&["e"]);
    let server = host.start();
    assert_problem(&server.web.get("/e/manifest"), 404, "entry_unknown");
    assert_problem(&server.web.get("/e/checkpoint"), 404, "not_found");
    assert_problem(&server.web.get("/e/opening"), 409, "election_not_open");
    assert_problem(&server.web.get("/e/voters/0000-0000-0000-0000"), 404, "voter_unknown");
}

#[test]
fn requests_that_cannot_be_read() {
    let host = Host::new(&["e"]);
    let server = host.start();
    for place in ["entries/one", "entries/01", "entries/-1", "ballots/4K7Q", "ballots/%ff", "voters/U", "entries/"] {
        let answer = server.web.get(&format!("/e/{place}"));
        let expected = if place == "entries/" { (404, "not_found") } else { (400, "request_malformed") };
        assert_problem(&answer, expected.0, expected.1);
    }
}

#[test]
fn methods_that_do_not_fit() {
    let host = Host::new(&["e"]);
    let server = host.start();
    for (method, place) in [("DELETE", "/e/status"), ("PUT", "/e/entries/0"), ("GET", "/e/closing")] {
        let answer = server.web.ask(method, place, &[], None);
        assert_problem(&answer, 405, "method_not_allowed");
        assert!(answer.header("allow").is_some());
    }
    assert_problem(&server.web.post("/e/status", b""), 405, "method_not_allowed");
}

#[test]
fn bodies_that_are_no_payloads() {
    let host = Host::new(&["e"]);
    let server = host.start();
    let play = Play::new(&host, &server.web, "e");
    let manifest = play.manifest();
    let of_type =
        |media_type| server.web.ask("POST", "/e/entries/manifest", &[("content-type", media_type)], Some(&manifest));
    assert_problem(&of_type("application/octet-stream"), 415, "media_type");
    assert_problem(&server.web.ask("POST", "/e/entries/manifest", &[], Some(&manifest)), 415, "media_type");
    assert_problem(&play.post(Kind::Manifest, &manifest[1..]), 400, "payload_malformed");
    let too_large = play.post(Kind::Manifest, &vec![0; 65_001]);
    assert_problem(&too_large, 413, "payload_too_large");
    assert_eq!(too_large.header("connection"), Some("close"));
    assert_problem(&play.post(Kind::Manifest, &vec![0; 65_000]), 400, "payload_malformed");
    assert_problem(&server.web.post("/e/entries/vote", &manifest), 422, "kind_unknown");
    assert_eq!(of_type("Application/CBOR; x=y").status, 201);
}

#[test]
fn a_body_of_unknown_length_is_cut_off() {
    let host = Host::new(&["e"]);
    let server = host.start();
    let mut stream = server.web.raw();
    let head = "POST /e/entries/ballot HTTP/1.1\r\nhost: x\r\ncontent-type: application/cbor\r\ntransfer-encoding: chunked\r\n\r\n";
    stream.write_all(head.as_bytes()).unwrap();
    // The server may have answered before everything was written.
    for _ in 0..66 {
        if stream.write_all(format!("3e8\r\n{}\r\n", "x".repeat(1_000)).as_bytes()).is_err() {
            break;
        }
    }
    let mut answer = [0; 16];
    stream.read_exact(&mut answer).unwrap();
    assert!(answer.starts_with(b"HTTP/1.1 413"));
}

#[test]
fn a_board_is_its_authoritys() {
    let host = Host::new(&["e"]);
    let server = host.start();
    let play = Play::new(&host, &server.web, "e");
    let stranger = SigningKey::from_bytes(&[77; 32]);
    let theirs = Manifest { authority: SignerKey(stranger.verifying_key().to_bytes()), ..play.manifest_body() };
    assert_problem(&play.post(Kind::Manifest, &authority::manifest(theirs, &stranger)), 403, "authority_unknown");
    // The right name on it, by the wrong hand.
    let forged = Signed::sign(play.manifest_body(), &stranger).payload();
    assert_problem(&play.post(Kind::Manifest, &forged), 422, "signature_invalid");
    assert_eq!(play.post(Kind::Manifest, &play.manifest()).status, 201);
}

#[test]
fn payloads_that_break_a_rule() {
    let host = Host::new(&["e"]);
    let server = host.start();
    let early = Play::new(&host, &server.web, "e");
    let round = Signed::sign(
        tabella_election::message::Restart { election: [0; 32].into(), attempt: 2, history: [0; 32].into() },
        &host::authority(),
    );
    assert_problem(&early.post(Kind::Restart, &round.payload()), 409, "out_of_phase");
    let play = Play::open(&host, &server.web, "e", 2);
    let (ballot, tracker) = play.ballot(0, 0, None, 1);
    let mut wrong = ballot.clone();
    let last = wrong.len() - 32;
    wrong[last] ^= 1;
    assert_problem(&play.post(Kind::Ballot, &wrong), 422, "proof_invalid");
    play.post(Kind::Ballot, &ballot).good();
    assert_problem(&play.post(Kind::Ballot, &play.ballot(0, 0, None, 2).0), 409, "link_stale");
    assert_problem(&play.post(Kind::Ballot, &play.ballot(1, 0, Some(tracker), 1).0), 409, "link_stale");
}
