//! The record, file by file. Tests specs/server.md#files.

use tabella_board::tile::Tile;
use tabella_election::Kind;

use crate::host::Host;
use crate::play::Play;

#[test]
fn files_are_served_as_they_lie_there() {
    let host = Host::new(&["e"]);
    let server = host.start();
    let play = Play::open(&host, &server.web, "e", 1);
    for tile in Tile::of_log(play.size()) {
        let answer = server.web.get(&format!("/e/{}", tile.path()));
        assert_eq!((answer.status, &answer.body), (200, &std::fs::read(host.record("e").join(tile.path())).unwrap()));
        assert_eq!(answer.header("cache-control"), Some("public, max-age=31536000, immutable"));
        assert_eq!(answer.header("content-type"), Some("application/octet-stream"));
        assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(answer.header("content-length"), Some(answer.body.len().to_string().as_str()));
    }
    for name in ["checkpoint", "log.vkey"] {
        let answer = server.web.get(&format!("/e/{name}"));
        assert_eq!((answer.status, &answer.body), (200, &std::fs::read(host.record("e").join(name)).unwrap()));
        assert_eq!(answer.header("content-type"), Some("text/plain; charset=utf-8"));
        assert_eq!(answer.header("cache-control"), Some("no-cache"));
    }
}

#[test]
fn whoever_has_the_checkpoint_is_told_so() {
    let host = Host::new(&["e"]);
    let server = host.start();
    let play = Play::open(&host, &server.web, "e", 1);
    let tag = server.web.get("/e/checkpoint").header("etag").unwrap().to_owned();
    let ask = |tag: &str| server.web.ask("GET", "/e/checkpoint", &[("if-none-match", tag)], None);
    assert_eq!((ask(&tag).status, ask(&tag).body.len()), (304, 0));
    assert_eq!(ask(&format!("\"x\", W/{tag}")).status, 304);
    assert_eq!(ask("\"x\"").status, 200);
    play.post(Kind::Ballot, &play.ballot(0, 0, None, 1).0).good();
    assert_eq!(ask(&tag).status, 200);
}

#[test]
fn nothing_but_the_record_is_served() {
    let host = Host::new(&["e"]);
    let server = host.start();
    Play::open(&host, &server.web, "e", 1);
    for path in [
        "tile/../board.toml",
        "tile/../../board.toml",
        "tile/..%2f..%2flog.key.age",
        "tile/%2e%2e/checkpoint",
        "tile/0/../checkpoint",
        "tile//0/000.p/1",
        "tile/entries/000.p",
        "tile/0/000.p/0",
        "tile/0/+00",
        "board.toml",
        "record/checkpoint",
    ] {
        let request = format!("GET /e/{path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
        let answer = server.web.raw_answer(request.as_bytes());
        assert!(answer.starts_with("HTTP/1.1 404"), "{path}: {answer}");
        assert!(answer.contains("not_found"), "{path}: {answer}");
    }
}

#[test]
fn head_is_answered_wherever_get_is() {
    let host = Host::new(&["e"]);
    let server = host.start();
    Play::open(&host, &server.web, "e", 1);
    for path in [
        "/",
        "/_live",
        "/_ready",
        "/e/status",
        "/e/manifest",
        "/e/opening",
        "/e/entries/0",
        "/e/checkpoint",
        "/e/log.vkey",
        "/e/events",
    ] {
        let answer = server.web.ask("HEAD", path, &[], None);
        assert_eq!((answer.status, answer.body.len()), (200, 0), "{path}");
    }
    let (whole, head) = (server.web.get("/e/status"), server.web.ask("HEAD", "/e/status", &[], None));
    assert_eq!(head.header("content-length"), whole.header("content-length"));
}
