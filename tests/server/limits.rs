//! What the server bears. Tests specs/server.md#limits.

use std::collections::BTreeSet;
use std::io::Write;
use std::net::TcpStream;
use std::sync::Barrier;
use std::sync::atomic::{AtomicUsize, Ordering};

use tabella_election::Kind;

use crate::host::Host;
use crate::play::Play;
use crate::web::{Answer, read_all};

#[track_caller]
fn assert_limited(answer: &Answer) {
    assert_eq!(answer.problem(), (429, "rate_limited".to_owned()));
    assert!(answer.header("retry-after").unwrap().parse::<u64>().unwrap() >= 1);
}

#[test]
fn headers_that_do_not_come_end_the_connection() {
    let host = Host::new(&["e"]).with("--header-timeout 1");
    let server = host.start();
    let mut stream = server.web.raw();
    stream.write_all(b"GET /_live HTTP/1.1\r\nhost:").unwrap();
    assert!(!read_all(&mut stream).contains("200"));
    assert_eq!(server.web.get("/_live").status, 200);
}

#[test]
fn a_body_that_does_not_come_is_told_so() {
    let host = Host::new(&["e"]).with("--body-timeout 1");
    let server = host.start();
    let mut stream = server.web.raw();
    let head = "POST /e/entries/ballot HTTP/1.1\r\nhost: x\r\ncontent-type: application/cbor\r\ncontent-length: 10\r\n\r\nhalf";
    stream.write_all(head.as_bytes()).unwrap();
    let answer = read_all(&mut stream);
    assert!(answer.starts_with("HTTP/1.1 408") && answer.contains("request_timeout"), "{answer}");
}

#[test]
fn a_body_that_ends_early_is_told_so() {
    let host = Host::new(&["e"]);
    let server = host.start();
    let mut stream = server.web.raw();
    let head = "POST /e/entries/ballot HTTP/1.1\r\nhost: x\r\ncontent-type: application/cbor\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n";
    stream.write_all(head.as_bytes()).unwrap();
    let answer = read_all(&mut stream);
    assert!(answer.starts_with("HTTP/1.1 400") && answer.contains("request_malformed"), "{answer}");
}

#[test]
fn an_address_hands_in_only_so_much() {
    let host = Host::new(&["e"]).with("--posts-per-minute 2 --reads-per-minute 1000");
    let server = host.start();
    for _ in 0..2 {
        assert_eq!(server.web.post("/e/entries/ballot", b"").problem().1, "payload_malformed");
    }
    assert_limited(&server.web.post("/e/entries/ballot", b""));
    assert_eq!(server.web.get("/e/status").status, 200);
    let answers = |status| {
        let labels = format!("method=\"POST\",route=\"/{{id}}/entries/{{entry}}\",status=\"{status}\"");
        server.metric(&format!("tabella_answers_total{{{labels}}}"))
    };
    assert_eq!((answers(400), answers(429)), (2, 1));
}

#[test]
fn an_address_reads_only_so_much() {
    let host = Host::new(&["e"]).with("--reads-per-minute 2");
    let server = host.start();
    assert_eq!((server.web.get("/_live").status, server.web.get("/e/status").status), (200, 200));
    assert_limited(&server.web.get("/e/status"));
    assert_limited(&server.web.get("/nowhere"));
    assert_eq!(server.web.post("/e/entries/ballot", b"").problem().1, "payload_malformed");
}

#[test]
fn behind_a_proxy_everybody_has_an_address() {
    let host = Host::new(&["e"]).with("--reads-per-minute 1 --trust-forwarded-for");
    let server = host.start();
    let from = |address: &str| server.web.ask("GET", "/e/status", &[("x-forwarded-for", address)], None);
    assert_eq!(from("192.0.2.1").status, 200);
    assert_eq!(from("192.0.2.1, 192.0.2.2").status, 200);
    assert_limited(&from("192.0.2.9, 192.0.2.2"));
    assert_limited(&from("192.0.2.1"));
}

#[test]
fn a_voter_casts_only_so_many_ballots() {
    let host = Host::new(&["e"]).with("--votes-per-hour 2");
    let server = host.start();
    let play = Play::open(&host, &server.web, "e", 2);
    // What others send in the voter's name costs the voter nothing.
    let (ballot, tracker) = play.ballot(0, 0, None, 1);
    let mut wrong = ballot.clone();
    let last = wrong.len() - 32;
    wrong[last] ^= 1;
    for _ in 0..3 {
        assert_eq!(play.post(Kind::Ballot, &wrong).problem().1, "proof_invalid");
    }
    play.post(Kind::Ballot, &ballot).good();
    for _ in 0..3 {
        assert_eq!(play.post(Kind::Ballot, &ballot).status, 200);
    }
    let (second, tracker) = play.ballot(0, 1, Some(tracker), 2);
    play.post(Kind::Ballot, &second).good();
    assert_limited(&play.post(Kind::Ballot, &play.ballot(0, 0, Some(tracker), 3).0));
    assert_limited(&play.post(Kind::Challenge, &play.challenge(0, 4).0));
    play.post(Kind::Ballot, &play.ballot(1, 0, None, 1).0).good();
}

#[test]
fn a_server_with_too_much_to_do_says_so_and_takes_everything_in_the_end() {
    const VOTERS: usize = 24;
    let host = Host::new(&["e"]).with("--in-flight 1 --posts-per-minute 1000000");
    let server = host.start();
    let play = Play::open(&host, &server.web, "e", VOTERS as u64);
    let ballots: Vec<Vec<u8>> = (0..VOTERS).map(|voter| play.ballot(voter, 0, None, 1).0).collect();
    let (all_are_there, refusals) = (Barrier::new(VOTERS), AtomicUsize::new(0));
    let hand_in = |ballot: &[u8]| {
        all_are_there.wait();
        loop {
            let answer = server.web.post("/e/entries/ballot", ballot);
            if answer.status == 201 {
                break answer.good()["index"].as_u64().unwrap();
            }
            assert_eq!(answer.problem(), (503, "busy".to_owned()));
            assert!(answer.header("retry-after").unwrap().parse::<u64>().unwrap() >= 1);
            refusals.fetch_add(1, Ordering::Relaxed);
        }
    };
    let indexes: BTreeSet<u64> = std::thread::scope(|scope| {
        let voters: Vec<_> = ballots.iter().map(|ballot| scope.spawn(|| hand_in(ballot))).collect();
        voters.into_iter().map(|voter| voter.join().unwrap()).collect()
    });
    assert_eq!(indexes.len(), VOTERS);
    assert_eq!(play.status()["counts"]["accepted"], VOTERS);
    assert!(refusals.into_inner() > 0);
}

#[test]
fn connections_wait_for_room() {
    let host = Host::new(&["e"]).with("--connections 1");
    let server = host.start();
    let request = b"GET /_live HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
    // The first is known to be accepted when it is answered.
    let mut first = server.web.raw();
    first.write_all(b"GET /_live HTTP/1.1\r\nhost: x\r\n\r\n").unwrap();
    let mut begun = [0; 12];
    std::io::Read::read_exact(&mut first, &mut begun).unwrap();
    assert_eq!(&begun, b"HTTP/1.1 200");

    let mut second: TcpStream = server.web.raw();
    second.write_all(request).unwrap();
    second.set_read_timeout(Some(std::time::Duration::from_millis(300))).unwrap();
    let waits = std::io::Read::read(&mut second, &mut begun).unwrap_err();
    assert!(matches!(waits.kind(), std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut), "{waits}");
    drop(first);
    second.set_read_timeout(Some(crate::web::DEADLINE)).unwrap();
    assert!(read_all(&mut second).starts_with("HTTP/1.1 200"));
}
