//! The way to the server: what is tried again, and what is said when it fails.

use tabella_client::remote::RemoteError;
use tabella_election::Kind;

use crate::election::Election;
use crate::server::{Answer, Server};

fn json(status: u16, code: &str) -> Answer {
    let problem =
        format!(r#"{{"type": "about:blank", "title": "x", "status": {status}, "detail": "Sorry.", "code": "{code}"}}"#);
    Answer::Plain(status, problem.into_bytes())
}

/// What the board gives for its last entry.
fn receipt(election: &Election) -> Answer {
    let given = election.submitted(election.entries.len() - 1);
    let view = serde_json::json!({
        "index": given.receipt.index, "repeated": false, "entry": data_encoding::BASE64.encode(&given.entry),
        "receipt": String::from_utf8(given.receipt.to_bytes()).unwrap(), "unknown": 1,
    });
    Answer::Plain(201, view.to_string().into_bytes())
}

#[test]
fn the_same_bytes_are_handed_in_until_an_answer_comes() {
    let election = Election::open();
    let server = Server::start(&election.files());
    for answer in
        [json(503, "busy"), json(409, "ballot_pending"), Answer::Plain(502, b"<html>".to_vec()), receipt(&election)]
    {
        server.answer("entries/ballot", answer);
    }
    let submitted = server.patient_remote(60).submit(Kind::Ballot, b"payload").unwrap();
    assert_eq!(submitted.entry, *election.entries.last().unwrap());
    let requests = server.requests();
    assert_eq!(requests.len(), 4);
    assert!(requests.iter().all(|request| request.path == "entries/ballot" && request.body == b"payload"));
}

#[test]
fn a_refusal_is_final_and_names_its_code() {
    let server = Server::start(&Election::open().files());
    server.answer("entries/ballot", json(422, "proof_invalid"));
    let error = server.patient_remote(60).submit(Kind::Ballot, b"payload").unwrap_err();
    assert_eq!(error.code(), Some("proof_invalid"));
    assert!(error.to_string().ends_with("refused: Sorry. (proof_invalid)"), "{error}");
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn what_makes_no_sense_is_said_and_not_repeated() {
    let server = Server::start(&Election::open().files());
    for (answer, told) in [
        (Answer::Plain(500, b"<html>".to_vec()), "status 500 without a problem document"),
        (Answer::Plain(302, b"http://127.0.0.1:1/e/entries/ballot".to_vec()), "it points elsewhere"),
        (Answer::Plain(200, b"<html>".to_vec()), "expected value"),
        (Answer::Plain(200, vec![b' '; (16 << 20) + 1]), "more than 16777216 bytes"),
        (Answer::Plain(201, br#"{"repeated": false, "entry": "!", "receipt": "x"}"#.to_vec()), "makes no sense"),
        (Answer::Plain(201, br#"{"repeated": false, "entry": "", "receipt": "x"}"#.to_vec()), "not a receipt"),
    ] {
        server.answer("entries/ballot", answer);
        let error = server.patient_remote(60).submit(Kind::Ballot, b"payload").unwrap_err();
        assert!(matches!(error, RemoteError::Answer { .. }) && error.to_string().contains(told), "{error}");
        assert_eq!(server.requests().len(), 1);
    }
}

#[test]
fn a_server_that_never_answers_is_given_up() {
    let server = Server::start(&Election::open().files());
    server.answer("status", Answer::Silence);
    let error = server.remote().status().unwrap_err();
    assert!(matches!(&error, RemoteError::NoAnswer { .. }), "{error}");
    assert!(error.to_string().contains("Run the same command again"), "{error}");
}
