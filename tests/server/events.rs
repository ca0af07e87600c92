//! The status as it changes. Tests specs/server.md#status.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;

use serde_json::Value;
use tabella_election::Kind;

use crate::host::Host;
use crate::play::Play;

/// Someone who listens.
struct Listener(BufReader<TcpStream>);

impl Listener {
    fn new(play: &Play) -> Self {
        let mut stream = play.web.raw();
        stream.write_all(b"GET /e/events HTTP/1.0\r\nhost: x\r\n\r\n").unwrap();
        let mut listener = Self(BufReader::new(stream));
        let head: Vec<String> = listener.lines();
        assert!(head[0].contains(" 200 "), "{head:?}");
        assert!(head.iter().any(|line| line == "content-type: text/event-stream"), "{head:?}");
        listener
    }

    /// Lines up to the next empty one; none at the end.
    fn lines(&mut self) -> Vec<String> {
        let mut lines = Vec::new();
        loop {
            let mut line = String::new();
            if self.0.read_line(&mut line).unwrap() == 0 || line.trim().is_empty() {
                return lines;
            }
            lines.push(line.trim().to_owned());
        }
    }

    fn event(&mut self) -> (u64, Value) {
        let lines = self.lines();
        let field = |name: &str| lines.iter().find_map(|line| line.strip_prefix(name)).unwrap().trim();
        assert_eq!(field("event:"), "status");
        (field("id:").parse().unwrap(), serde_json::from_str(field("data:")).unwrap())
    }
}

#[test]
fn a_change_is_told() {
    let host = Host::new(&["e"]);
    let server = host.start();
    let play = Play::new(&host, &server.web, "e");
    let mut listener = Listener::new(&play);
    let (size, status) = listener.event();
    assert_eq!((size, &status), (0, &play.status()));
    play.post(Kind::Manifest, &play.manifest()).good();
    let (size, status) = listener.event();
    assert_eq!((size, &status), (1, &play.status()));
    assert_eq!(status["phase"], "setup");
    // The stream ends with the server, which does not wait for its listeners.
    server.stop().unwrap();
    assert_eq!(listener.lines(), Vec::<String>::new());
}

#[test]
fn so_many_may_listen() {
    let host = Host::new(&["e"]).with("--event-streams 1");
    let server = host.start();
    let play = Play::new(&host, &server.web, "e");
    let first = Listener::new(&play);
    let second = server.web.get("/e/events");
    assert_eq!(second.problem(), (503, "busy".to_owned()));
    assert_eq!(second.header("retry-after"), Some("1"));
    drop(first);
}
