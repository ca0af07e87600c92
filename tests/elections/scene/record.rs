//! Entries as the files of a record, and what the verifier says of them.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use tabella_board::checkpoint::SignedCheckpoint;
use tabella_board::hash::Hash;
use tabella_board::tile::{Layer, Tile, encode_bundle, encode_hashes};
use tabella_board::tree::{MemoryNodes, Tree};
use tabella_election::rules::{Board, Warning};
use tabella_record::directory::RecordDirectory;
use tabella_record::files::TileError;
use tabella_verifier::report::{Report, Verdict};
use tabella_verifier::source::{Directory, Memory};
use tabella_verifier::{Options, verify};

use super::log::cosigned;
use super::samples::log_key;

/// The files of a record by their names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    pub files: BTreeMap<String, Vec<u8>>,
}

/// Code, entry and file of something that the verifier found wrong.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Failure {
    pub code: String,
    pub entry: Option<u64>,
    pub file: Option<String>,
}

/// What the verifier is asked for.
pub fn asked(expected: Option<String>, unfinished: bool) -> Options {
    Options { expected, unfinished, seed: [3; 32] }
}

impl Record {
    /// The record of any entries, as a board's operator can publish it: nothing but the entries themselves is wrong.
    pub fn of(entries: &[Vec<u8>]) -> Self {
        let nodes = nodes_of(entries);
        let tiles = Tile::of_log(entries.len() as u64);
        let mut files: BTreeMap<String, Vec<u8>> =
            tiles.map(|tile| (tile.path(), content(&tile, entries, &nodes))).collect();
        files.insert("checkpoint".to_owned(), checkpoint_of(entries).as_bytes().to_vec());
        files.insert("log.vkey".to_owned(), log_key().verifier().to_file().into_bytes());
        Self { files }
    }

    /// Reads the files of a directory.
    pub fn read(directory: &Path) -> Self {
        let mut files = BTreeMap::new();
        collect(directory, "", &mut files);
        Self { files }
    }

    pub fn verify(&self) -> Report {
        self.verify_as(&asked(None, false))
    }

    pub fn verify_as(&self, options: &Options) -> Report {
        verify(&Memory::new(self.files.clone()), options, &|_, _| ()).unwrap()
    }

    /// The file of a name, to be changed.
    pub fn file(&mut self, name: &str) -> &mut Vec<u8> {
        self.files.get_mut(name).unwrap()
    }
}

/// Writes the record of these entries as the sequencer does when the log has ended.
pub fn write(entries: &[Vec<u8>], directory: &Path) {
    grow(entries, directory).finish(entries.len() as u64).unwrap();
}

/// Writes what the sequencer has published when the log has these entries; files of fewer entries stay.
pub fn grow(entries: &[Vec<u8>], directory: &Path) -> RecordDirectory {
    let nodes = nodes_of(entries);
    let record = RecordDirectory::open(directory).unwrap();
    record.write_log_key(log_key().verifier()).unwrap();
    let tiles = Tile::of_log(entries.len() as u64);
    record.write_tiles(tiles, |tile| Ok::<_, TileError>(content(tile, entries, &nodes))).unwrap();
    record.publish(checkpoint_of(entries).as_bytes()).unwrap();
    record
}

/// The verifier's report on a directory.
pub fn verify_directory(directory: &Path, options: &Options) -> Report {
    verify(&Directory::open(directory).unwrap(), options, &|_, _| ()).unwrap()
}

/// Everything that the verifier found wrong.
pub fn failures(report: &Report) -> Vec<Failure> {
    let failures = report.checks.iter().flat_map(|check| &check.failures);
    failures
        .map(|failure| Failure { code: failure.code.clone(), entry: failure.entry, file: failure.file.clone() })
        .collect()
}

#[track_caller]
pub fn assert_valid(report: &Report) {
    assert_eq!(failures(report), []);
    assert_eq!(report.verdict, Verdict::Valid);
}

/// The warnings that both implementations know, in the order of the report. The others are for readers of records.
const SHARED_WARNINGS: [&str; 6] =
    ["simulation", "single_trustee", "trustee_absent", "complaint_upheld", "small_class", "result_withheld"];

/// The verifier warns of what the rules warn of.
#[track_caller]
pub fn assert_warnings(report: &Report, board: &Board) {
    let of_rules: Vec<&str> = board.warnings().iter().map(Warning::code).collect();
    let of_report: Vec<&str> = report.warnings.iter().map(|warning| warning.code.as_str()).collect();
    let shared = |warnings: &[&'static str], known: &[&str]| -> Vec<&'static str> {
        warnings.iter().copied().filter(|warning| known.contains(warning)).collect()
    };
    assert_eq!(shared(&SHARED_WARNINGS, &of_report), shared(&SHARED_WARNINGS, &of_rules));
}

fn checkpoint_of(entries: &[Vec<u8>]) -> SignedCheckpoint {
    let tree: Tree = entries.iter().map(|entry| Hash::of_entry(entry)).collect();
    cosigned(tree.head())
}

fn nodes_of(entries: &[Vec<u8>]) -> MemoryNodes {
    let mut nodes = MemoryNodes::new();
    entries.iter().for_each(|entry| nodes.append(Hash::of_entry(entry)));
    nodes
}

fn content(tile: &Tile, entries: &[Vec<u8>], nodes: &MemoryNodes) -> Vec<u8> {
    if tile.layer() == Layer::Entries {
        let first = usize::try_from(tile.index() * 256).unwrap();
        return encode_bundle(&entries[first..first + usize::from(tile.width())]).unwrap();
    }
    encode_hashes(tile, nodes).unwrap()
}

fn collect(directory: &Path, prefix: &str, files: &mut BTreeMap<String, Vec<u8>>) {
    for found in fs::read_dir(directory).unwrap() {
        let path = found.unwrap().path();
        let name = format!("{prefix}{}", path.file_name().unwrap().to_str().unwrap());
        if path.is_dir() {
            collect(&path, &format!("{name}/"), files);
        } else {
            files.insert(name, fs::read(&path).unwrap());
        }
    }
}
