//! Files of a record, changed in one thing: what no entry is to blame for.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use tabella_board::checkpoint::SignedCheckpoint;
use tabella_board::key::LogKey;
use tabella_board::origin::Origin;
use tabella_board::tree::TreeHead;
use tabella_election::Code;
use tabella_election::message::Manifest;
use tabella_verifier::report::Verdict;

use crate::scene::log::{cosigned, text_of};
use crate::scene::record::{Failure, Record, asked, failures};
use crate::scene::samples::{self, log_key, manifest};
use crate::scene::{Scene, code_of};

/// What is changed in the files, and everything that the verifier then finds wrong, as `code`, `code at file` or
/// `code at number of the entry`.
pub struct Row {
    pub name: &'static str,
    pub change: fn(&mut Record),
    pub expected: &'static [&'static str],
}

/// A finished election of more than 256 entries, so that there are full tiles and upper levels.
static LONG_SCENE: LazyLock<Scene> = LazyLock::new(|| {
    let mut scene = Scene::new(manifest());
    scene.enrol(&[]);
    while scene.log.next.index < 260 {
        scene.enrol(&[]);
    }
    scene.play_on();
    scene
});

static LONG: LazyLock<Record> = LazyLock::new(|| LONG_SCENE.record());

/// The entries of the record whose files are changed.
pub fn entries() -> &'static [Vec<u8>] {
    &LONG_SCENE.log.entries
}

fn head() -> TreeHead {
    SignedCheckpoint::parse(&LONG.files["checkpoint"]).unwrap().unverified().head
}

fn set(record: &mut Record, name: &str, text: String) {
    *record.file(name) = text.into_bytes();
}

/// The name of the last bundle, or of its tile of level 0.
fn last_tile(layer: &str) -> String {
    format!("tile/{layer}/001.p/{}", head().size - 256)
}

pub const ROWS: &[Row] = &[
    Row { name: "nothing", change: |_| (), expected: &[] },
    Row {
        name: "a tile is missing",
        change: |record| _ = record.files.remove("tile/0/000"),
        expected: &["file_missing at tile/0/000"],
    },
    Row {
        name: "the key is missing",
        change: |record| _ = record.files.remove("log.vkey"),
        expected: &["file_missing at log.vkey"],
    },
    Row {
        name: "an upper tile is missing",
        change: |record| _ = record.files.remove("tile/1/000.p/1"),
        expected: &["file_missing at tile/1/000.p/1"],
    },
    Row {
        name: "a partial tile of another width",
        change: |record| _ = record.files.insert("tile/0/000.p/7".to_owned(), vec![0; 7 * 32]),
        expected: &["file_surplus at tile/0/000.p/7"],
    },
    Row {
        name: "a tile behind the end",
        change: |record| _ = record.files.insert("tile/0/002".to_owned(), vec![0; 256 * 32]),
        expected: &["file_surplus at tile/0/002"],
    },
    Row {
        name: "a tile of another spelling",
        change: |record| _ = record.files.insert("tile/0/x000/000".to_owned(), vec![0; 256 * 32]),
        expected: &["file_surplus at tile/0/x000/000"],
    },
    Row {
        name: "a file of something else",
        change: |record| _ = record.files.insert("README".to_owned(), Vec::new()),
        expected: &["file_surplus at README"],
    },
    Row {
        name: "an upper level that is too high",
        change: |record| _ = record.files.insert("tile/2/000.p/1".to_owned(), vec![0; 32]),
        expected: &["file_surplus at tile/2/000.p/1"],
    },
    Row {
        name: "a tile that is too short",
        change: |record| _ = record.file("tile/0/000").pop(),
        expected: &["file_malformed at tile/0/000"],
    },
    Row {
        name: "an upper tile that is too long",
        change: |record| record.file("tile/1/000.p/1").push(0),
        expected: &["file_malformed at tile/1/000.p/1"],
    },
    Row {
        name: "an empty tile",
        change: |record| record.file("tile/0/000").clear(),
        expected: &["file_malformed at tile/0/000"],
    },
    Row {
        name: "a checkpoint of nothing",
        change: |record| record.file("checkpoint").clear(),
        expected: &["checkpoint_malformed at checkpoint"],
    },
    Row {
        name: "a checkpoint that is no note",
        change: |record| record.file("checkpoint").truncate(20),
        expected: &["checkpoint_malformed at checkpoint"],
    },
    Row {
        name: "a checkpoint of no entries",
        change: |record| set(record, "checkpoint", text_of(&cosigned(TreeHead::empty()))),
        expected: &["checkpoint_malformed at checkpoint"],
    },
    Row {
        name: "a checkpoint signed by another key",
        change: |record| {
            let key = LogKey::from_seed(samples::origin(), &[30; 32]);
            let by_other = text_of(&SignedCheckpoint::sign(&key, head()));
            let cosignature = text_of(&cosigned(head())).lines().last().unwrap().to_owned();
            set(record, "checkpoint", format!("{by_other}{cosignature}\n"));
        },
        expected: &["checkpoint_signature at checkpoint"],
    },
    Row {
        name: "a checkpoint with a wrong line beside the right one",
        change: |record| {
            let other = SignedCheckpoint::sign(&log_key(), TreeHead::empty());
            let line = text_of(&other).lines().last().unwrap().to_owned();
            let right = text_of(&cosigned(head()));
            set(record, "checkpoint", format!("{right}{line}\n"));
        },
        expected: &["checkpoint_signature at checkpoint"],
    },
    Row {
        name: "a checkpoint without cosignature",
        change: |record| set(record, "checkpoint", text_of(&SignedCheckpoint::sign(&log_key(), head()))),
        expected: &["checkpoint_quorum at checkpoint"],
    },
    Row {
        name: "another log's key",
        change: |record| {
            let key = LogKey::from_seed(samples::origin(), &[30; 32]);
            set(record, "log.vkey", key.verifier().to_file());
        },
        expected: &["checkpoint_signature at checkpoint", "log_key_mismatch at log.vkey"],
    },
    Row {
        name: "a key without newline",
        change: |record| _ = record.file("log.vkey").pop(),
        expected: &["log_key_mismatch at log.vkey"],
    },
    Row {
        name: "a key of another name",
        change: |record| {
            let origin = Origin::parse("other.org/board-2026").unwrap();
            set(record, "log.vkey", LogKey::from_seed(origin, &[3; 32]).verifier().to_file());
        },
        // With this name, every entry is of another log.
        expected: &["checkpoint_signature at checkpoint", "log_key_mismatch at checkpoint", "entry_origin"],
    },
    Row {
        name: "another leaf in a tile",
        change: |record| record.file("tile/0/000")[32 * 7] ^= 1,
        expected: &["leaf_mismatch at 7", "tile_mismatch at tile/1/000.p/1"],
    },
    Row {
        name: "another leaf in the last tile",
        change: |record| record.file(&last_tile("0"))[0] ^= 1,
        expected: &["leaf_mismatch at 256"],
    },
    Row {
        name: "another hash in an upper tile",
        change: |record| record.file("tile/1/000.p/1")[5] ^= 1,
        expected: &["tile_mismatch at tile/1/000.p/1"],
    },
    Row {
        name: "a checkpoint of another root",
        change: |record| {
            let other = TreeHead { root: TreeHead::empty().root, ..head() };
            set(record, "checkpoint", text_of(&cosigned(other)));
        },
        expected: &["root_mismatch at checkpoint"],
    },
    Row {
        name: "a bundle that is missing",
        change: |record| _ = record.files.remove("tile/entries/000"),
        expected: &["file_missing at tile/entries/000"],
    },
    Row {
        name: "a bundle with a length that does not add up",
        change: |record| record.file("tile/entries/000")[0] ^= 1,
        expected: &["file_malformed at tile/entries/000"],
    },
];

/// The failures as rows tell them. Of codes that many entries have, only the code is told.
fn told(found: &[Failure]) -> BTreeSet<String> {
    let tell = |failure: &Failure| match (&failure.file, failure.entry) {
        (Some(file), _) => format!("{} at {file}", failure.code),
        (None, Some(entry)) if failure.code == "leaf_mismatch" => format!("{} at {entry}", failure.code),
        (None, _) => failure.code.clone(),
    };
    found.iter().map(tell).collect()
}

/// Rows that cannot be written with a change of files alone.
const OTHERS: [Code; 2] = [Code::FingerprintDiffers, Code::RecordUnfinished];

/// The codes that the rows expect of files.
pub(super) fn codes() -> BTreeSet<Code> {
    let of_rows = ROWS.iter().flat_map(|row| row.expected);
    let words = of_rows.map(|told| code_of(told.split(' ').next().unwrap()));
    words.filter(|code| *code != Code::EntryOrigin).chain(OTHERS).collect()
}

#[test]
fn every_change_of_a_file_is_found_and_named() {
    for Row { name, change, expected } in ROWS {
        let mut record = LONG.clone();
        change(&mut record);
        let report = record.verify();
        let expected: BTreeSet<String> = expected.iter().map(|told| (*told).to_owned()).collect();
        let found = told(&failures(&report));
        let is_valid = report.verdict == Verdict::Valid;
        assert_eq!(is_valid, expected.is_empty(), "{name}");
        assert_eq!(found, expected, "{name}");
    }
}

#[test]
fn an_unfinished_record_is_valid_only_if_that_is_asked_for() {
    let scene = Scene::open(manifest(), &[(1, samples::MEMBERS)]);
    let found = failures(&scene.record().verify());
    assert_eq!(told(&found), BTreeSet::from(["record_unfinished".to_owned()]));
    assert_eq!(failures(&scene.record().verify_as(&asked(None, true))), []);
}

#[test]
fn only_the_right_fingerprint_is_this_election() {
    let mut scene = Scene::new(manifest());
    scene.play_on();
    let fingerprint = scene.board().election().fingerprint().to_string();
    let expected = tabella_verifier::text::read_fingerprint(&fingerprint);
    assert!(expected.is_some());
    assert_eq!(failures(&scene.record().verify_as(&asked(expected, false))), []);

    let other = Scene::new(Manifest { simulation: false, ..manifest() });
    let other = other.board().election().fingerprint().to_string();
    let report = scene.record().verify_as(&asked(tabella_verifier::text::read_fingerprint(&other), false));
    assert_eq!(told(&failures(&report)), BTreeSet::from(["fingerprint_differs".to_owned()]));
}
