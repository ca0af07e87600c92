//! Makes evidence of two heads that are not of one log. Implements specs/evidence.md#making.

use super::{CHECKPOINT, CONSISTENCY, LOG_KEY, SEEN_CHECKPOINT, Verdict, judge};
use crate::note::{Checkpoint, VerifierKey};
use crate::proof::{Beginning, beginning};
use crate::source::{Source, SourceError};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use std::collections::BTreeMap;

/// What somebody has of a log.
pub struct Holding<'a> {
    /// What it is called in messages.
    pub name: String,
    /// A checkpoint.
    pub note: Vec<u8>,
    /// The record that goes with it, if there is one.
    pub record: Option<&'a dyn Source>,
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
    Proof(BTreeMap<String, Vec<u8>>),
    /// Nothing is proved, and why not.
    Nothing(Vec<String>),
}

/// Looks among these holdings for two heads that this key signed and that are not of one log.
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
                    // Nobody is accused by what does not convince a judge.
                    let judged = judge(|name, _| Ok::<_, SourceError>(files.get(name).cloned()))?;
                    if judged.verdict == Verdict::Proved {
                        return Ok(Made::Proof(files));
                    }
                    why.push(format!("what {} and {} show does not convince", one.name(), two.name()));
                }
                Err(reason) => why.push(reason),
            }
        }
    }
    Ok(Made::Nothing(why))
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

fn files(log: &VerifierKey, one: &Head<'_>, two: &Head<'_>, proof: &[[u8; 32]]) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::from([
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
