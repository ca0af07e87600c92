//! Each status comes of one change to a request that is right.

use tabella_board::checkpoint::SignedCheckpoint;
use tabella_board::key::LogKey;
use tabella_board::tree::TreeHead;
use tabella_board::witness::{AddCheckpoint, Cosigned, MAX_REQUEST_LENGTH};

use crate::scene::{Log, Witness};

#[test]
fn a_log_that_grows_is_cosigned_and_shown() {
    let (log, other) = (Log::new("grows"), Log::new("other"));
    let witness = Witness::serving(&[&log, &other]);
    assert_eq!(witness.shown(&log).status, 404);
    let mut last = 0;
    for (old, new) in [(0, 1), (1, 2), (2, 9), (9, 9)] {
        let answer = witness.ask(&log.request(old, new));
        assert_eq!(answer.status, 200, "{answer:?}");
        let checkpoint = log.checkpoint(new);
        let key = log.key.verifier();
        let taken = Cosigned::from_answer(&checkpoint, &answer.body, key, &witness.verifier).unwrap();
        assert!(taken.time() >= last);
        last = taken.time();
        let shown = witness.shown(&log);
        assert_eq!((shown.status, shown.body.as_bytes()), (200, taken.as_bytes()));
        assert!(shown.media_type.starts_with("text/plain"));
    }
    // One log knows nothing of another.
    assert_eq!(witness.shown(&other).status, 404);
    assert_eq!(witness.ask(&other.request(0, 3)).status, 200);
}

#[test]
fn each_refusal_comes_of_one_change() {
    let log = Log::new("refused");
    let witness = Witness::serving(&[&log]);
    assert_eq!(witness.ask(&log.request(0, 5)).status, 200);
    let old = |old| AddCheckpoint { old, ..log.request(5, 9) };
    let signed = |checkpoint| AddCheckpoint { checkpoint, ..log.request(5, 9) };
    let stranger = LogKey::from_seed(log.key.verifier().origin().clone(), &[8; 32]);
    let head = |size| log.checkpoint(size).unverified().head;
    let no_proof = AddCheckpoint { proof: Vec::new().into(), ..log.request(5, 9) };
    let other_root = signed(SignedCheckpoint::sign(&log.key, TreeHead { size: 9, ..head(8) }));
    let same_size = SignedCheckpoint::sign(&log.key, TreeHead { size: 5, ..head(4) });
    let cases = [
        (no_proof, 422, "checkpoint_inconsistent"),
        (other_root, 422, "checkpoint_inconsistent"),
        (AddCheckpoint { checkpoint: same_size, ..log.request(5, 5) }, 422, "checkpoint_inconsistent"),
        (old(10), 400, "old_size_above"),
        (signed(SignedCheckpoint::sign(&stranger, head(9))), 403, "checkpoint_signature"),
        (Log::new("unknown").request(5, 9), 404, "origin_unknown"),
    ];
    for (request, status, code) in cases {
        let answer = witness.ask(&request);
        assert_eq!((answer.status, answer.body.split(':').next()), (status, Some(code)));
    }
    for size in [0, 4, 6] {
        let answer = witness.ask(&old(size));
        let found = (answer.status, answer.media_type.as_str(), answer.body.as_str());
        assert_eq!(found, (409, "text/x.tlog.size", "5\n"));
    }
    // None of them has changed anything.
    assert_eq!(witness.ask(&log.request(5, 9)).status, 200);
}

#[test]
fn what_is_no_request_is_refused() {
    let log = Log::new("malformed");
    let witness = Witness::serving(&[&log]);
    let right = log.request(0, 5).to_bytes();
    let text = String::from_utf8(right.clone()).unwrap();
    let code = |body: &[u8]| {
        let answer = witness.post(body);
        (answer.status, answer.body.split(':').next().unwrap().to_owned())
    };
    assert_eq!(code(b""), (400, "request_malformed".to_owned()));
    assert_eq!(code(text.replace("old 0", "old 00").as_bytes()), (400, "request_malformed".to_owned()));
    assert_eq!(code(text.replace("\n5\n", "\n05\n").as_bytes()), (400, "checkpoint_malformed".to_owned()));
    let hash = log.request(3, 5).proof.hashes()[0].to_string() + "\n";
    let lines = text.replace("old 0\n", &format!("old 0\n{}", hash.repeat(64)));
    assert_eq!(code(lines.as_bytes()), (400, "request_malformed".to_owned()));
    // A first request with a proof can be read, and is wrong.
    let lines = text.replace("old 0\n", &format!("old 0\n{}", hash.repeat(63)));
    assert_eq!(code(lines.as_bytes()), (422, "checkpoint_inconsistent".to_owned()));
    let large = [right.as_slice(), &vec![b'\n'; MAX_REQUEST_LENGTH]].concat();
    assert_eq!(code(&large), (413, "request_too_large".to_owned()));
    let code = |path: &str| {
        let answer = witness.get(path);
        (answer.status, answer.body.split(':').next().unwrap().to_owned())
    };
    assert_eq!(code(""), (404, "not_found".to_owned()));
    assert_eq!(code("unknown/checkpoint"), (404, "origin_unknown".to_owned()));
    assert_eq!(code("add-checkpoint"), (405, "method_not_allowed".to_owned()));
    assert_eq!(witness.post(&right).status, 200);
}

#[test]
fn a_body_that_does_not_come_is_not_waited_for() {
    use std::io::{Read, Write};
    let log = Log::new("slow");
    let mut witness = Witness::of(&[&log]);
    witness.start_with(&["--body-timeout", "1"]);
    let address = witness.address().strip_prefix("http://").unwrap().to_owned();
    let mut stream = std::net::TcpStream::connect(&address).unwrap();
    write!(stream, "POST /add-checkpoint HTTP/1.1\r\nHost: {address}\r\nContent-Length: 100\r\n\r\nold 0").unwrap();
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).unwrap();
    assert_eq!(&answer, b"HTTP/1.1 408");
}
