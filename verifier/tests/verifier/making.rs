//! Evidence that is made out of what people have.

use crate::Files;
use crate::board::{Board, root, verifier_key};
use crate::bytes::Hash;
use crate::follower::judged;
use crate::tampering::{Change, flip};
use crate::world::{Draft, Plan, Tamper, build, signing_key};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;
use tabella_verifier::evidence::{Holding, Made, log_key, make_of_entry};
use tabella_verifier::source::Memory;
use tempfile::TempDir;

/// A log of `size` entries of which those from `same` on are others than in the log that has all the same.
pub fn board(same: usize, size: usize) -> Board {
    let entry =
        |number: usize| if number < same { format!("entry {number}") } else { format!("another entry {number}") };
    let entries = (0..size).map(|number| entry(number).into_bytes()).collect();
    Board { log: signing_key("log"), witness: signing_key("witness"), entries }
}

struct Desk(TempDir);

impl Desk {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn record(&self, name: &str, files: &Files) -> PathBuf {
        for (file, bytes) in files {
            let path = self.path(name).join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, bytes).unwrap();
        }
        self.path(name)
    }

    fn file(&self, name: &str, text: &str) -> PathBuf {
        std::fs::write(self.path(name), text).unwrap();
        self.path(name)
    }

    /// Exit status and judgement.
    fn make(&self, holdings: &[&Path]) -> (i32, Value) {
        let mut program = Command::new(env!("CARGO_BIN_EXE_tabella-verify"));
        let output =
            program.args(["make-evidence", "--json", "--out"]).arg(self.path("out")).args(holdings).output().unwrap();
        (output.status.code().unwrap(), serde_json::from_slice(&output.stdout).unwrap())
    }

    /// The evidence is made, with this code, and convinces; then it is taken away.
    fn proves(&self, code: &str, holdings: &[&Path]) {
        let (status, judgement) = self.make(holdings);
        assert_eq!((status, &judgement["code"]), (0, &code.into()), "{judgement}");
        assert_eq!(judged(self.path("out").to_str().unwrap()), Some(0));
        std::fs::remove_dir_all(self.path("out")).unwrap();
    }

    /// Nothing is made, and this is said.
    fn refuses(&self, status: i32, says: &str, holdings: &[&Path]) {
        let (found, judgement) = self.make(holdings);
        assert_eq!(found, status, "{judgement}");
        assert!(judgement["message"].as_str().unwrap().contains(says), "{judgement}");
        assert!(!self.path("out").exists());
    }
}

#[test]
fn any_two_heads_that_contradict_each_other_become_evidence() {
    let desk = Desk::new();
    let (mine, theirs) =
        (desk.record("mine", &board(600, 600).files()), desk.record("theirs", &board(300, 600).files()));
    desk.proves("same_size", &[&mine, &theirs]);
    for (same, size) in [(300, 301), (300, 512), (0, 1), (255, 256), (256, 257), (599, 600)] {
        let short = desk.file("short", &board(same, size).checkpoint());
        let code = if size == 600 { "same_size" } else { "other_beginning" };
        desk.proves(code, &[&mine, &short]);
        desk.proves(code, &[&short, &mine]);
        // A receipt ends with a checkpoint.
        let receipt = format!("c2sp.org/tlog-proof@v1\nindex 0\n\n{}", board(same, size).checkpoint());
        desk.proves(code, &[&mine, &desk.file("my.tlog-proof", &receipt)]);
    }
    // Two checkpoints, and a record that begins with the larger one.
    let (small, large) =
        (desk.file("small", &board(200, 300).checkpoint()), desk.file("large", &board(600, 520).checkpoint()));
    desk.proves("other_beginning", &[&small, &large, &mine]);
    // Two records of different size.
    let longer = desk.record("longer", &board(300, 700).files());
    desk.proves("other_beginning", &[&mine, &longer]);
}

#[test]
fn nothing_is_made_of_what_proves_nothing() {
    let desk = Desk::new();
    let mine = desk.record("mine", &board(600, 600).files());
    let beginning = desk.record("beginning", &board(600, 300).files());
    desk.refuses(1, "are of one log", &[&mine, &beginning]);
    desk.refuses(1, "are of one log", &[&mine, &mine]);
    // The record does not reach so far.
    let larger = desk.file("larger", &board(300, 700).checkpoint());
    desk.refuses(1, "name a record that has them", &[&mine, &larger]);
    let forger = Board { log: signing_key("another log"), ..board(300, 600) };
    let forged = desk.file("forged", &forger.checkpoint());
    desk.refuses(1, "the log's key has not signed the checkpoint of", &[&mine, &forged]);
    // A record whose tiles are not those of its root accuses nobody.
    let mut files = board(600, 600).files();
    files.get_mut("tile/1/000.p/2").unwrap()[0] ^= 1;
    let short = desk.file("short", &board(600, 300).checkpoint());
    desk.refuses(1, "name a record that has them", &[&desk.record("changed", &files), &short]);

    let other = desk.record("other", &forger.files());
    desk.refuses(2, "of two logs", &[&mine, &other]);
    desk.refuses(2, "name the log's key with --log-key", &[&short, &larger]);
    desk.refuses(2, "cannot open", &[&mine, Path::new("/no/such/place")]);
    let taken = desk.record("out", &Files::from([("mine".to_owned(), b"diary".to_vec())]));
    let (status, judgement) = desk.make(&[&mine, &short]);
    assert_eq!(status, 2, "{judgement}");
    assert_eq!(std::fs::read_dir(taken).unwrap().count(), 1);
}

#[test]
fn without_a_record_the_key_is_named() {
    let desk = Desk::new();
    let (one, two) = (desk.file("one", &board(9, 9).checkpoint()), desk.file("two", &board(3, 9).checkpoint()));
    let key = desk.file("log.vkey", &format!("{}\n", verifier_key(crate::board::ORIGIN, 1, &signing_key("log"))));
    desk.proves("same_size", &[Path::new("--log-key"), &key, &one, &two]);
}

/// The sibling hashes of a leaf, from the leaf upwards. RFC 9162 §2.1.3.1, word by word.
pub fn siblings(leaves: &[Hash], index: usize) -> Vec<Hash> {
    if leaves.len() == 1 {
        return Vec::new();
    }
    let (left, right) = leaves.split_at(leaves.len().next_power_of_two() / 2);
    let (own, place, other) = if index < left.len() { (left, index, right) } else { (right, index - left.len(), left) };
    [siblings(own, place), vec![root(other)]].concat()
}

/// A receipt of an entry, as files.
fn receipt(desk: &Desk, name: &str, board: &Board, index: usize) -> PathBuf {
    let lines: String = siblings(&board.leaves(), index).iter().map(|hash| BASE64.encode(hash) + "\n").collect();
    std::fs::write(desk.path(&format!("{name}.entry")), &board.entries[index]).unwrap();
    let top = format!("c2sp.org/tlog-proof@v1\nindex {index}\n{lines}\n");
    desk.file(&format!("{name}.tlog-proof"), &(top + &board.checkpoint()))
}

#[test]
fn a_receipt_for_another_entry_than_the_record_has_becomes_evidence() {
    let desk = Desk::new();
    let mine = desk.record("mine", &board(600, 600).files());
    // Nobody has the tiles of the larger log.
    let larger = board(300, 700);
    for index in [300, 301, 599] {
        desk.proves("other_entry", &[&mine, &receipt(&desk, "my", &larger, index)]);
    }
    desk.refuses(1, "name a record that has them", &[&mine, &receipt(&desk, "my", &larger, 299)]);
    desk.refuses(1, "name a record that has them", &[&mine, &receipt(&desk, "my", &larger, 600)]);
    // The entry beside it is not the one of the proof, or there is none.
    let path = receipt(&desk, "my", &larger, 300);
    std::fs::write(desk.path("my.entry"), b"something else").unwrap();
    desk.refuses(1, "name a record that has them", &[&mine, &path]);
    std::fs::remove_file(desk.path("my.entry")).unwrap();
    desk.refuses(1, "name a record that has them", &[&mine, &path]);
}

/// The record with a changed entry before the right one, and the index of that.
fn tampered(label: &'static str, change: Change) -> (Board, u64) {
    let world = build(Plan::default(), Some(Tamper { label, change }));
    (world.board, world.tampered.unwrap())
}

fn by_another(draft: &mut Draft) {
    draft.signer = Some(signing_key("another"));
}

#[test]
fn an_entry_that_breaks_a_rule_by_itself_becomes_evidence() {
    let cases: [(&str, Change, &str); 5] = [
        ("open", by_another, "signature_invalid"),
        ("open", |draft| flip(draft.key(0), 0), "election_mismatch"),
        ("open", |draft| draft.header = Some(|fields| fields[4] = "vote".into()), "kind_unknown"),
        ("open", |draft| draft.header = Some(|fields| fields[2] = 9_999.into()), "entry_index"),
        ("ballot 1", |draft| drop(draft.items().pop()), "payload_malformed"),
    ];
    for (label, change, code) in cases {
        let desk = Desk::new();
        let (board, index) = tampered(label, change);
        let record = desk.record("record", &board.files());
        let entry = index.to_string();
        let (status, judgement) = desk.make(&[Path::new("--entry"), Path::new(&entry), &record]);
        assert_eq!((status, &judgement["code"]), (0, &"rule_broken".into()), "{judgement}");
        assert!(judgement["message"].as_str().unwrap().contains(code), "{judgement}");
        for name in ["manifest.entry", "manifest.tlog-proof", "numbered.entry", "numbered.tlog-proof"] {
            // One file less, or one byte of it changed, and nobody is convinced.
            let path = desk.path("out").join(name);
            let mut bytes = std::fs::read(&path).unwrap();
            std::fs::remove_file(&path).unwrap();
            assert_eq!(judged(desk.path("out").to_str().unwrap()), Some(1), "{name}");
            bytes[60] ^= 1;
            std::fs::write(&path, &bytes).unwrap();
            assert_eq!(judged(desk.path("out").to_str().unwrap()), Some(1), "{name}");
            bytes[60] ^= 1;
            std::fs::write(&path, &bytes).unwrap();
        }
        assert_eq!(judged(desk.path("out").to_str().unwrap()), Some(0));
    }
}

#[test]
fn no_entry_of_an_honest_board_is_accused() {
    let entry = |board: &Board, index: u64| {
        let record = Memory::new(board.files());
        let note = board.checkpoint().into_bytes();
        let holding = Holding { name: "it".to_owned(), note, record: Some(&record), receipt: None };
        make_of_entry(&log_key(&board.files()["log.vkey"]).unwrap(), &holding, index).unwrap()
    };
    let honest = build(Plan::default(), None).board;
    for index in 0..=honest.entries.len() as u64 {
        assert!(matches!(entry(&honest, index), Made::Nothing(_)), "{index}");
    }
    // What shows only with the entries before, and what another version of the protocol may allow.
    let cases: [(&str, Change); 3] = [
        ("open", |draft| flip(draft.key(2), 0)),
        ("manifest", by_another),
        ("open", |draft| draft.header = Some(|fields| fields[0] = "tabella/2".into())),
    ];
    for (label, change) in cases {
        let (board, index) = tampered(label, change);
        assert!(matches!(entry(&board, index), Made::Nothing(_)), "{label}");
    }
}
