//! Makes evidence of two heads that are not of one log. Implements specs/evidence.md#making.

use super::placed::Placed;
use super::{CHECKPOINT, CONSISTENCY, Files, LOG_KEY, MANIFEST, NUMBERED, RECEIPT, SEEN_CHECKPOINT, Verdict, judge};
use crate::note::{Checkpoint, VerifierKey};
use crate::proof::{Beginning, Tiles, beginning};
use crate::record::{self, Bundle, Series, TILE_WIDTH, Tile};
use crate::source::{Source, SourceError};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use std::convert::Infallible;

/// What somebody has of a log.
pub struct Holding<'a> {
    /// What it is called in messages.
    pub name: String,
    /// A checkpoint.
    pub note: Vec<u8>,
    /// The record that goes with it, if there is one.
    pub record: Option<&'a dyn Source>,
    /// The entry and the tlog-proof of a receipt.
    pub receipt: Option<(Vec<u8>, Vec<u8>)>,
}

/// A holding whose checkpoint the log's key has signed.
struct Head<'a> {
    holding: &'a Holding<'a>,
    checkpoint: Checkpoint,
}

/// What came of it.
#[derive(Debug, PartialEq, Eq)]
pub enum Made {
    /// The files of a folder of evidence, by name.
    Proof(Files),
    /// Nothing is proved, and why not.
    Nothing(Vec<String>),
}

/// Looks among these holdings for two heads that this key signed and that are not of one log, or for a receipt with another entry
/// than a record has in its place.
pub fn make(log: &VerifierKey, holdings: &[Holding<'_>]) -> Result<Made, SourceError> {
    let mut why = Vec::new();
    let mut heads = Vec::new();
    for holding in holdings {
        match Checkpoint::parse(&holding.note) {
            Ok(checkpoint) if checkpoint.origin == log.name && checkpoint.note.is_signed_by(log) => {
                heads.push(Head { holding, checkpoint });
            }
            Ok(_) => why.push(format!("the log's key has not signed the checkpoint of {}", holding.name)),
            Err(_) => why.push(format!("{} has no checkpoint", holding.name)),
        }
    }
    for (place, one) in heads.iter().enumerate() {
        for two in &heads[place + 1..] {
            match compare(one, two, &heads)? {
                Ok(proof) => {
                    let files = files(log, one, two, &proof);
                    if convinces(&files) {
                        return Ok(Made::Proof(files));
                    }
                    why.push(format!("what {} and {} show does not convince", one.name(), two.name()));
                }
                Err(reason) => why.push(reason),
            }
        }
    }
    for (receipt, shelf) in heads.iter().flat_map(|receipt| heads.iter().map(move |shelf| (receipt, shelf))) {
        if let Some(files) = hold_receipt(log, receipt, shelf)?.filter(convinces) {
            return Ok(Made::Proof(files));
        }
    }
    Ok(Made::Nothing(why))
}

/// Makes evidence that an entry of a record breaks a rule. Implements specs/evidence.md#placed.
pub fn make_of_entry(log: &VerifierKey, holding: &Holding<'_>, index: u64) -> Result<Made, SourceError> {
    let nothing = |why: String| Ok(Made::Nothing(vec![why]));
    let (Ok(checkpoint), Some(record)) = (Checkpoint::parse(&holding.note), holding.record) else {
        return nothing(format!("{} is no record", holding.name));
    };
    let mut files = Files::from([
        (LOG_KEY.to_owned(), (log.text() + "\n").into_bytes()),
        (CHECKPOINT.to_owned(), holding.note.clone()),
    ]);
    for (index, names) in [(index, NUMBERED), (0, MANIFEST)] {
        match place(record, &checkpoint, &holding.note, index, names)? {
            Some(found) => files.extend(found),
            None => return nothing(format!("{} has no entry {index}, or lacks files", holding.name)),
        }
    }
    if convinces(&files) {
        return Ok(Made::Proof(files));
    }
    nothing(format!(
        "entry {index} breaks no rule that shows without the entries before it; whoever has the record verifies that"
    ))
}

/// Nobody is accused by what does not convince a judge.
fn convinces(files: &Files) -> bool {
    let judged = judge(|name, _| Ok::<_, Infallible>(files.get(name).cloned()));
    judged.is_ok_and(|judged| judged.verdict == Verdict::Proved)
}

/// A receipt, and what a record has in its place; none if that is the same, or cannot be told.
fn hold_receipt(log: &VerifierKey, receipt: &Head<'_>, shelf: &Head<'_>) -> Result<Option<Files>, SourceError> {
    let (Some((entry, proof)), Some(record)) = (&receipt.holding.receipt, shelf.holding.record) else {
        return Ok(None);
    };
    let Some(placed) = Placed::read(log, RECEIPT.1, entry.clone(), proof) else {
        return Ok(None);
    };
    let found = place(record, &shelf.checkpoint, &shelf.holding.note, placed.index, NUMBERED)?;
    Ok(found.map(|found| {
        let mut files = files(log, receipt, shelf, &[]);
        files.extend([(RECEIPT.0.to_owned(), entry.clone()), (RECEIPT.1.to_owned(), proof.clone())]);
        files.extend(found);
        files
    }))
}

/// An entry of a record, and the proof that it is there; none if the record does not reach so far, or lacks files.
fn place(
    record: &dyn Source,
    checkpoint: &Checkpoint,
    note: &[u8],
    index: u64,
    (name, proof_name): (&str, &str),
) -> Result<Option<Files>, SourceError> {
    let Some(bundle) = record::tile(checkpoint.size, Series::Entries, index / TILE_WIDTH) else {
        return Ok(None);
    };
    let Bundle::Entries(entries) = record::bundle(record, &bundle)? else {
        return Ok(None);
    };
    let entry = (bundle.first()..).zip(entries).find(|(number, _)| *number == index);
    let read = |tile: &Tile| record::hashes(record, tile);
    let siblings = Tiles::new(checkpoint.size, &read).inclusion(index)?;
    Ok(entry.zip(siblings).map(|((_, entry), siblings)| {
        Files::from([(name.to_owned(), entry), (proof_name.to_owned(), tlog_proof(index, &siblings, note))])
    }))
}

impl Head<'_> {
    fn name(&self) -> &str {
        &self.holding.name
    }

    fn size(&self) -> u64 {
        self.checkpoint.size
    }
}

/// The hashes that prove that two heads are not of one log, none for heads of one size; or why they prove nothing.
fn compare(one: &Head<'_>, two: &Head<'_>, heads: &[Head<'_>]) -> Result<Result<Vec<[u8; 32]>, String>, SourceError> {
    let (small, large) = if one.size() <= two.size() { (one, two) } else { (two, one) };
    let of_one_log = || Ok(Err(format!("{} and {} are of one log", small.name(), large.name())));
    if small.size() == large.size() {
        return if small.checkpoint.root == large.checkpoint.root { of_one_log() } else { Ok(Ok(Vec::new())) };
    }
    if small.size() == 0 {
        return of_one_log();
    }
    // Any record that begins with the larger log has the hashes.
    for shelf in heads.iter().filter(|shelf| shelf.size() >= large.size()) {
        let Some(record) = shelf.holding.record else {
            continue;
        };
        let found = beginning(record, shelf.size(), large.size(), small.size())?;
        let Some(Beginning { root, proof, .. }) = found.filter(|found| found.whole == large.checkpoint.root) else {
            continue;
        };
        return if root == small.checkpoint.root { of_one_log() } else { Ok(Ok(proof)) };
    }
    Ok(Err(format!(
        "whether {} begins with {}, only the tiles of {} entries show: name a record that has them",
        large.name(),
        small.name(),
        large.size()
    )))
}

fn files(log: &VerifierKey, one: &Head<'_>, two: &Head<'_>, proof: &[[u8; 32]]) -> Files {
    let mut files = Files::from([
        (LOG_KEY.to_owned(), (log.text() + "\n").into_bytes()),
        (CHECKPOINT.to_owned(), two.holding.note.clone()),
        (SEEN_CHECKPOINT.to_owned(), one.holding.note.clone()),
    ]);
    if !proof.is_empty() {
        files.insert(CONSISTENCY.to_owned(), lines(proof).into_bytes());
    }
    files
}

/// Hashes as a proof has them: a line of base64 for each.
pub fn lines(hashes: &[[u8; 32]]) -> String {
    hashes.iter().map(|hash| BASE64.encode(hash) + "\n").collect()
}

/// A tlog-proof of an entry: its siblings from the leaf upwards, and the note of a checkpoint.
pub fn tlog_proof(index: u64, siblings: &[[u8; 32]], note: &[u8]) -> Vec<u8> {
    let top = format!("c2sp.org/tlog-proof@v1\nindex {index}\n{}\n", lines(siblings));
    [top.as_bytes(), note].concat()
}
