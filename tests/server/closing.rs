//! The end of the voting. Tests specs/server.md#closing.

use data_encoding::HEXLOWER;
use ed25519_dalek::SigningKey;
use serde_json::{Value, json};
use tabella_election::message::{Closing, Signed};
use tabella_election::{Kind, authority};

use crate::host::Host;
use crate::play::Play;
use crate::web::Answer;

fn ask(play: &Play, payload: &[u8]) -> Answer {
    play.web.post(&play.path("closing"), payload)
}

#[track_caller]
fn assert_problem(answer: &Answer, status: u16, code: &str) {
    assert_eq!(answer.problem(), (status, code.to_owned()));
}

fn closing_of(play: &Play) -> Value {
    play.status()["closing"].clone()
}

#[test]
fn nothing_but_close_is_taken() {
    let host = Host::new(&["e"]);
    let server = host.start();
    let mut play = Play::open(&host, &server.web, "e", 2);
    assert_eq!(closing_of(&play), json!({ "number": 0, "is_closing": false }));
    let (ballot, tracker) = play.ballot(0, 0, None, 1);
    play.post(Kind::Ballot, &ballot).good();
    play.read();

    let answer = ask(&play, &play.closing(1, true)).good();
    let last = HEXLOWER.encode(play.last_leaf().as_bytes());
    let expected = json!({ "number": 1, "is_closing": true, "ballots": 1, "last": last, "checkpoint": play.anchor() });
    assert_eq!(answer, expected);
    assert_eq!(closing_of(&play), json!({ "number": 1, "is_closing": true }));

    assert_problem(&play.post(Kind::Ballot, &play.ballot(1, 0, None, 1).0), 409, "election_closing");
    assert_problem(&play.post(Kind::Challenge, &play.challenge(1, 2).0), 409, "election_closing");
    let rehearse = authority::rehearse(play.board(), &crate::host::authority()).unwrap();
    assert_problem(&play.post(Kind::Rehearse, &rehearse), 409, "election_closing");
    // What stands on the board is still found by whoever sends it again, and is what it was.
    assert_eq!(play.post(Kind::Ballot, &ballot).status, 200);
    assert_eq!(play.web.get(&play.path(&format!("ballots/{tracker}"))).good()["standing"], "latest");

    play.count();
    assert_eq!(closing_of(&play), json!({ "number": 1, "is_closing": false }));
    assert_problem(
        &ask(
            &play,
            &Signed::sign(
                Closing { election: play.board().election().id(), number: 2, is_closing: false },
                &crate::host::authority(),
            )
            .payload(),
        ),
        409,
        "out_of_phase",
    );
}

#[test]
fn every_ballot_is_counted_or_refused() {
    let host = Host::new(&["e"]);
    let server = host.start();
    let voters = 30;
    let play = Play::open(&host, &server.web, "e", voters as u64);
    let ballots: Vec<Vec<u8>> = (0..voters).map(|voter| play.ballot(voter, 0, None, 1).0).collect();
    let request = play.closing(1, true);
    let (counted, closed) = std::thread::scope(|scope| {
        let post =
            |ballots: &[Vec<u8>]| ballots.iter().map(|ballot| play.post(Kind::Ballot, ballot)).collect::<Vec<_>>();
        let threads: Vec<_> = ballots.chunks(5).map(|ballots| scope.spawn(move || post(ballots))).collect();
        // In the midst of the voting.
        while play.status()["counts"]["accepted"].as_u64() < Some(3) {}
        let closed = ask(&play, &request).good();
        let answers = threads.into_iter().flat_map(|thread| thread.join().unwrap());
        (answers.filter(|answer| answer.status == 201 || answer.problem().1 != "election_closing").count(), closed)
    });
    assert_eq!(closed["ballots"], counted);
    assert_eq!(play.status()["counts"]["accepted"], counted);
}

#[test]
fn the_authority_may_think_again() {
    let host = Host::new(&["e"]);
    let server = host.start();
    let play = Play::open(&host, &server.web, "e", 2);
    let (close, open) = (play.closing(1, true), play.closing(5, false));
    let first = ask(&play, &close).good();
    // The same request again is answered again.
    assert_eq!(ask(&play, &close).good(), first);
    assert_eq!(ask(&play, &open).good()["is_closing"], false);
    play.post(Kind::Ballot, &play.ballot(0, 0, None, 1).0).good();
    // What was said before counts no more, whoever repeats it.
    for stale in [close, play.closing(5, true), play.closing(4, true)] {
        assert_problem(&ask(&play, &stale), 409, "closing_stale");
    }
    assert_eq!(ask(&play, &open).good()["ballots"], 1);
    assert_eq!(ask(&play, &play.closing(6, true)).good()["is_closing"], true);
}

#[test]
fn only_the_authority_of_the_election_closes_it() {
    let host = Host::new(&["e"]);
    let server = host.start();
    let play = Play::open(&host, &server.web, "e", 1);
    let valid = Closing { election: play.board().election().id(), number: 1, is_closing: true };
    let sign = |body: Closing, seed: u8| Signed::sign(body, &SigningKey::from_bytes(&[seed; 32])).payload();
    assert_problem(&ask(&play, &sign(valid.clone(), 77)), 422, "signature_invalid");
    assert_problem(
        &ask(&play, &sign(Closing { election: [0; 32].into(), ..valid.clone() }, 1)),
        422,
        "election_mismatch",
    );
    assert_problem(&ask(&play, &sign(Closing { number: 0, ..valid.clone() }, 1)), 409, "closing_stale");
    assert_problem(&ask(&play, b"closing"), 400, "payload_malformed");
    assert_problem(&ask(&play, &[0; 65_001]), 413, "payload_too_large");
    let plain = play.web.ask("POST", "/e/closing", &[("content-type", "text/plain")], Some(b"x"));
    assert_problem(&plain, 415, "media_type");
    // It is no entry.
    assert_problem(&play.web.post("/e/entries/closing", &sign(valid.clone(), 1)), 422, "kind_unknown");
    assert_problem(&play.post(Kind::Close, &sign(valid.clone(), 1)), 400, "payload_malformed");
    assert_eq!(ask(&play, &sign(valid, 1)).status, 200);
}

#[test]
fn a_vote_must_have_begun() {
    let host = Host::new(&["e"]);
    let server = host.start();
    let play = Play::new(&host, &server.web, "e");
    let body = Closing { election: [0; 32].into(), number: 1, is_closing: true };
    assert_problem(&ask(&play, &Signed::sign(body, &crate::host::authority()).payload()), 409, "out_of_phase");
}

#[test]
fn closing_outlives_the_process() {
    let host = Host::new(&["e"]);
    let server = host.start();
    let mut play = Play::open(&host, &server.web, "e", 2);
    play.post(Kind::Ballot, &play.ballot(1, 0, None, 1).0).good();
    play.read();
    let request = play.closing(3, true);
    let answer = ask(&play, &request).good();
    server.stop().unwrap();

    let server = host.start();
    let mut play = play.moved_to(&server.web);
    assert_eq!(closing_of(&play), json!({ "number": 3, "is_closing": true }));
    assert_problem(&play.post(Kind::Ballot, &play.ballot(0, 0, None, 1).0), 409, "election_closing");
    assert_problem(&ask(&play, &play.closing(2, false)), 409, "closing_stale");
    assert_eq!(ask(&play, &request).good(), answer);
    play.count();
    server.stop().unwrap();
    let server = host.start();
    let play = play.moved_to(&server.web);
    assert_eq!(closing_of(&play), json!({ "number": 3, "is_closing": false }));
}
