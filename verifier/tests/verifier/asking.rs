//! Witnesses that are asked what they have cosigned.

use crate::Files;
use crate::board::{Board, ORIGIN};
use crate::follower::{Scene, collect, judged};
use crate::web::{Web, answer, file, serve};
use crate::world::{Plan, build, signing_key};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::process::Command;
use std::sync::{Arc, Mutex};

/// A board, its witness, and a server for each.
struct Town {
    board: Board,
    /// What the witness shows; nothing is 404.
    shown: Arc<Mutex<Option<String>>>,
    witness: Web,
    scene: Scene,
}

impl Town {
    fn new() -> Self {
        let shown: Arc<Mutex<Option<String>>> = Arc::default();
        let path = format!("{}/checkpoint", data_encoding::HEXLOWER.encode(&Sha256::digest(ORIGIN)));
        let notes = Arc::clone(&shown);
        let witness = serve(move |name| match &*notes.lock().unwrap() {
            Some(note) if name == path => answer("200 OK", "", note.as_bytes()),
            _ => answer("404 Not Found", "", b"origin_unknown: no log of this origin is in the list\n"),
        });
        let plan = Plan { idle_rounds: 500, witness_address: witness.address.clone(), ..Plan::default() };
        let board = build(plan, None).board;
        let scene = Scene::new(board.files());
        Self { board, shown, witness, scene }
    }

    fn size(&self) -> usize {
        self.board.entries.len()
    }

    /// The board with this many entries.
    fn at(&self, size: usize) -> Files {
        let board = Board {
            entries: self.board.entries[..size].to_vec(),
            log: signing_key("log"),
            witness: signing_key("witness"),
        };
        board.files()
    }

    /// The board with another history from the entry `same` on.
    fn forked(&self, same: usize, size: usize) -> Board {
        let mut board = Board { entries: Vec::new(), log: signing_key("log"), witness: signing_key("witness") };
        board.entries.extend(self.board.entries[..same].iter().cloned());
        board.entries.extend((same..size).map(|number| format!("another entry {number}").into_bytes()));
        board
    }

    fn witness_shows(&self, note: String) {
        *self.shown.lock().unwrap() = Some(note);
    }

    /// Exit status and report of the verifier, which asks the witness.
    fn ask(&self, arguments: &[&str]) -> (i32, Value) {
        let mut program = Command::new(env!("CARGO_BIN_EXE_tabella-verify"));
        program.args(["--json", "--ask-witnesses"]).args(arguments).arg(&self.scene.web.address);
        let output = program.env("NO_PROXY", "*").output().unwrap();
        (output.status.code().unwrap(), serde_json::from_slice(&output.stdout).unwrap())
    }

    /// Exit status, standing, and size of what the witness has cosigned.
    fn standing(&self, arguments: &[&str]) -> (i32, String, Option<u64>) {
        let (status, report) = self.ask(arguments);
        let views = report["witnesses"].as_array().unwrap();
        assert_eq!((views.len(), &views[0]["name"]), (1, &"w".into()));
        (status, views[0]["standing"].as_str().unwrap().to_owned(), views[0]["size"].as_u64())
    }
}

fn is_warned(report: &Value) -> bool {
    report["warnings"].as_array().unwrap().iter().any(|warning| warning["code"] == "witness_ahead")
}

#[test]
fn what_a_witness_has_cosigned_is_held_against_the_record() {
    let town = Town::new();
    let size = town.size();
    assert_eq!(town.standing(&[]), (0, "unseen".to_owned(), None));
    for (seen, standing) in [(size, "same"), (size - 1, "behind"), (256, "behind"), (1, "behind")] {
        town.witness_shows(town.board.checkpoint_of(seen));
        assert_eq!(town.standing(&[]), (0, standing.to_owned(), Some(seen as u64)));
    }
    // Nothing that says anything: without cosignature, of another log, no checkpoint at all.
    let note = town.board.checkpoint();
    let (text, lines) = note.split_once("\n\n").unwrap();
    let by_another = Board { log: signing_key("another log"), entries: Vec::new(), ..town.forked(0, 0) };
    for note in [
        town.board.note(&format!("{text}\n"), false),
        by_another.note(&format!("{text}\n"), true),
        format!("{text}\n\n{}\n", lines.lines().last().unwrap()),
        "<html>".to_owned(),
    ] {
        town.witness_shows(note);
        assert_eq!(town.standing(&[]), (0, "no_answer".to_owned(), None));
    }
    assert_eq!(town.ask(&[]).1["verdict"], "valid");
}

#[test]
fn a_witness_that_is_away_is_no_error() {
    let address = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        format!("http://{}", listener.local_addr().unwrap())
    };
    for address in [address.as_str(), "", "witness.example"] {
        let plan = Plan { witness_address: address.to_owned(), ..Plan::default() };
        let scene = Scene::new(build(plan, None).board.files());
        let mut program = Command::new(env!("CARGO_BIN_EXE_tabella-verify"));
        let output = program.args(["--ask-witnesses", &scene.web.address]).env("NO_PROXY", "*").output().unwrap();
        assert_eq!(output.status.code(), Some(0));
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(text.contains("Witness      w did not answer: "), "{text}");
    }
}

#[test]
fn a_fork_that_a_witness_has_seen_makes_the_record_invalid_and_is_proved() {
    let town = Town::new();
    let size = town.size();
    for (same, seen) in [(size - 1, size), (300, 500), (256, 257)] {
        town.witness_shows(town.forked(same, seen).checkpoint());
        let folder = tempfile::tempdir().unwrap();
        let (status, report) = town.ask(&["--evidence", folder.path().to_str().unwrap()]);
        assert_eq!((status, &report["verdict"]), (1, &"invalid".into()));
        assert_eq!(report["witnesses"][0]["standing"], "fork");
        assert_eq!(judged(folder.path().join("001-fork").to_str().unwrap()), Some(0));
    }
    // The record's own files must be right: with others nobody can be accused.
    let mut files = town.board.files();
    files.get_mut("tile/0/000").unwrap()[0] ^= 1;
    town.scene.show(files);
    town.witness_shows(town.board.checkpoint_of(200));
    assert_eq!(town.standing(&[]), (1, "no_answer".to_owned(), Some(200)));
}

#[test]
fn a_witness_that_is_ahead_is_a_warning_until_the_election_is_over() {
    let town = Town::new();
    town.scene.show(town.at(300));
    town.witness_shows(town.board.checkpoint_of(301));
    assert_eq!(town.standing(&["--unfinished"]), (0, "ahead".to_owned(), Some(301)));
    assert!(is_warned(&town.ask(&["--unfinished"]).1));
    // After the end nothing may follow.
    town.scene.show(town.board.files());
    town.witness_shows(town.forked(town.size(), town.size() + 1).checkpoint());
    let (status, report) = town.ask(&[]);
    assert_eq!((status, &report["verdict"], is_warned(&report)), (1, &"invalid".into(), false));
}

#[test]
fn a_board_that_has_grown_meanwhile_is_asked_once_more() {
    let town = Town::new();
    let verified = |now: Files, seen: String| {
        // From the second time on, the checkpoint is that of now.
        let (before, asked) = (town.at(300), Mutex::new(0));
        let web = serve(move |name| {
            let mut asked = asked.lock().unwrap();
            *asked += usize::from(name == "checkpoint");
            file(if *asked > 1 { &now } else { &before }, name)
        });
        town.witness_shows(seen);
        let folder = tempfile::tempdir().unwrap();
        let mut program = Command::new(env!("CARGO_BIN_EXE_tabella-verify"));
        program.args(["--json", "--unfinished", "--ask-witnesses", "--evidence", folder.path().to_str().unwrap()]);
        let output = program.arg(&web.address).env("NO_PROXY", "*").output().unwrap();
        let report: Value = serde_json::from_slice(&output.stdout).unwrap();
        let mut evidence = Files::new();
        collect(folder.path(), "", &mut evidence);
        let judged = (!evidence.is_empty()).then(|| judged(folder.path().join("001-fork").to_str().unwrap()).unwrap());
        (
            output.status.code(),
            report["witnesses"][0]["standing"].as_str().unwrap().to_owned(),
            is_warned(&report),
            judged,
        )
    };
    let seen = || town.board.checkpoint_of(310);
    assert_eq!(verified(town.at(310), seen()), (Some(0), "later".to_owned(), false, None));
    assert_eq!(verified(town.at(520), seen()), (Some(0), "later".to_owned(), false, None));
    assert_eq!(verified(town.at(309), seen()), (Some(0), "ahead".to_owned(), true, None));
    // It shows another history than to the witness, or than a moment before.
    assert_eq!(verified(town.forked(305, 520).files(), seen()), (Some(1), "fork".to_owned(), false, Some(0)));
    let board = town.forked(200, 520);
    assert_eq!(verified(board.files(), board.checkpoint_of(310)), (Some(1), "fork".to_owned(), false, Some(0)));
}

#[test]
fn a_follower_asks_too() {
    let town = Town::new();
    town.scene.show(town.at(300));
    town.witness_shows(town.board.checkpoint_of(310));
    let (evidence, is_proof) = town.scene.alarm("witness_ahead", &["--ask-witnesses", "--patience", "0"]);
    assert!(!is_proof && judged(&evidence) == Some(1));
    // The board reaches it.
    let mut follower = town.scene.spawn(&["--ask-witnesses"]);
    let view = follower.next("witnesses")["witnesses"][0].clone();
    assert_eq!((&view["standing"], &view["size"]), (&"ahead".into(), &310.into()));
    town.scene.show(town.at(305));
    assert_eq!(follower.next("head")["size"], 305);
    town.scene.show(town.at(520));
    assert_eq!(follower.next("witnesses")["witnesses"][0]["standing"], "behind");
    drop(follower);
    // Another history than the board's.
    town.witness_shows(town.forked(400, 500).checkpoint());
    let (evidence, is_proof) = town.scene.alarm("fork", &["--ask-witnesses"]);
    assert!(is_proof && judged(&evidence) == Some(0));
    // The whole, with the witness in the report.
    town.scene.show(town.board.files());
    town.witness_shows(town.board.checkpoint());
    let (status, lines, _) = town.scene.once(&["--ask-witnesses"]);
    let report = lines.last().unwrap();
    assert_eq!((status, &report["report"]["witnesses"][0]["standing"]), (0, &"same".into()));
    assert!(!town.witness.asked().is_empty());
}
