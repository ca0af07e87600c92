//! Several elections on one server. Tests specs/server.md#addresses, "unavailable", and what a server refuses to start on.

use std::fs;

use tabella_election::Kind;

use crate::host::Host;
use crate::play::Play;

#[test]
fn elections_are_apart() {
    let host = Host::new(&["e", "f"]);
    let server = host.start();
    let (one, other) = (Play::new(&host, &server.web, "e"), Play::new(&host, &server.web, "f"));
    assert_eq!(other.post(Kind::Manifest, &one.manifest()).problem().1, "manifest_origin");
    one.post(Kind::Manifest, &one.manifest()).good();
    assert_eq!((&one.status()["size"], &other.status()["size"]), (&1.into(), &0.into()));
    other.post(Kind::Manifest, &other.manifest()).good();
    let listed = server.web.get("/").good();
    assert_eq!(listed["elections"].as_array().unwrap().len(), 2);
}

#[test]
fn a_board_that_fails_leaves_the_others_alone() {
    let host = Host::new(&["e", "f"]);
    let server = host.start();
    let (good, bad) = (Play::open(&host, &server.web, "e", 1), Play::new(&host, &server.web, "f"));
    assert_eq!(server.web.get("/_ready").status, 200);
    // Where the tiles should go, there is a file.
    fs::write(host.record("f").join("tile"), b"").unwrap();
    for _ in 0..2 {
        assert_eq!(bad.post(Kind::Manifest, &bad.manifest()).problem(), (503, "unavailable".to_owned()));
    }
    assert_eq!(server.web.get("/f/status").problem().1, "unavailable");
    assert_eq!(server.web.get("/_ready").problem().1, "unavailable");
    assert_eq!(server.web.get("/f/log.vkey").status, 200);
    assert_eq!(server.web.get("/_live").status, 200);
    good.post(Kind::Ballot, &good.ballot(0, 0, None, 1).0).good();

    // The operator is told at the end, too; and when the cause is gone, what was numbered is published.
    assert!(server.stop().unwrap_err().to_string().starts_with("the board of f: "));
    fs::remove_file(host.record("f").join("tile")).unwrap();
    let server = host.start();
    let bad = bad.moved_to(&server.web);
    assert_eq!(bad.post(Kind::Manifest, &bad.manifest()).status, 200);
}

#[test]
fn a_history_that_is_not_in_order_is_not_served() {
    let host = Host::new(&["e", "f"]);
    let server = host.start();
    for id in ["e", "f"] {
        let play = Play::new(&host, &server.web, id);
        play.post(Kind::Manifest, &play.manifest()).good();
    }
    server.stop().unwrap();
    fs::copy(host.record("e").join("checkpoint"), host.record("f").join("checkpoint")).unwrap();
    let refusal = host.try_start().err().unwrap().to_string();
    assert!(refusal.starts_with("the board of f: the published checkpoint is not this log's"), "{refusal}");
}

#[test]
fn a_folder_without_boards_is_not_served() {
    let refusal = Host::new(&[]).try_start().err().unwrap().to_string();
    assert!(refusal.starts_with("there is no board in "), "{refusal}");
}
