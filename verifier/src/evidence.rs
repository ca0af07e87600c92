//! Judges what somebody saved of a lie of the board: what of it is proof for everybody. Implements specs/evidence.md.

mod placed;

mod making;

pub use making::{Holding, Made, lines, make, make_of_entry, tlog_proof};

use crate::checks::Code;
use crate::note::{Checkpoint, LOG, LONGEST_NOTE, VerifierKey};
use crate::tree::{Hash, roots_of_proof};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::{Serialize, Serializer};
use std::collections::BTreeMap;

use placed::Placed;

/// Longer entries stand on no board.
const LONGEST_ENTRY: usize = 65_535;
/// The most hashes of a consistency proof: one for each bit of a size, and the one at which both ways begin.
const MOST_HASHES: usize = 65;

/// The files of a folder of evidence, by name.
pub type Files = BTreeMap<String, Vec<u8>>;

/// The names of files in a folder of evidence.
pub const LOG_KEY: &str = "log.vkey";
pub const CHECKPOINT: &str = "checkpoint";
pub const SEEN_CHECKPOINT: &str = "seen.checkpoint";
pub const CONSISTENCY: &str = "consistency-proof";

/// Three entries, each with its tlog-proof: one for which there is a receipt, one of which something is said, and entry 0.
pub const RECEIPT: (&str, &str) = ("receipt.entry", "receipt.tlog-proof");
pub const NUMBERED: (&str, &str) = ("numbered.entry", "numbered.tlog-proof");
pub const MANIFEST: (&str, &str) = ("manifest.entry", "manifest.tlog-proof");

/// Where checkpoints stand, and whether a tlog-proof is around them.
const CHECKPOINTS: [(&str, bool); 5] =
    [(CHECKPOINT, false), (SEEN_CHECKPOINT, false), (RECEIPT.1, true), (NUMBERED.1, true), (MANIFEST.1, true)];

/// A checkpoint that the log signed, and the file that it stands in. Implements specs/evidence.md#heads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Head {
    /// The file's name.
    pub file: &'static str,
    /// How many entries the log had.
    pub size: u64,
    /// The root of their tree.
    #[serde(serialize_with = "hexadecimal")]
    pub root: Hash,
}

fn hexadecimal<S: Serializer>(root: &Hash, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&data_encoding::HEXLOWER.encode(root))
}

/// What the files show.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Verdict {
    /// That the holder of the log's key signed two histories.
    #[serde(rename = "proved")]
    Proved,
    /// Nothing to those who did not see it themselves.
    #[serde(rename = "not proved")]
    NotProved,
    /// There is no log to hold them against.
    #[serde(rename = "unreadable")]
    Unreadable,
}

/// What is said about evidence. Implements specs/evidence.md#report.
#[derive(Clone, Debug, Serialize)]
pub struct Judgement {
    /// The version of this form.
    pub evidence: u8,
    /// Whether there is proof.
    pub verdict: Verdict,
    /// A code of specs/evidence.md#proofs, or `unreadable`.
    pub code: &'static str,
    /// The same in words.
    pub message: String,
    /// The log's verifier key: whom the proof is against.
    pub log_key: Option<String>,
    /// The log's origin.
    pub origin: Option<String>,
    /// The two heads of the proof; without one, all.
    pub heads: Vec<Head>,
}

impl Judgement {
    /// The exit status of the program.
    pub fn exit_status(&self) -> u8 {
        match self.verdict {
            Verdict::Proved => 0,
            Verdict::NotProved => 1,
            Verdict::Unreadable => 2,
        }
    }

    /// The judgement of files that cannot be judged.
    pub fn unreadable(message: &str) -> Self {
        let (verdict, code) = (Verdict::Unreadable, "unreadable");
        Self { evidence: 1, verdict, code, message: message.to_owned(), log_key: None, origin: None, heads: Vec::new() }
    }

    /// The judgement of what people have, if it proves nothing: why not.
    pub fn nothing(log: &VerifierKey, why: &[String]) -> Self {
        let (verdict, code, message) = (Verdict::NotProved, "nothing_proved", why.join("; "));
        let (log_key, origin) = (Some(log.text()), Some(log.name.clone()));
        Self { evidence: 1, verdict, code, message, log_key, origin, heads: Vec::new() }
    }

    /// The judgement for people.
    pub fn text(&self) -> String {
        let title = match self.verdict {
            Verdict::Proved => "PROVED",
            Verdict::NotProved => "NOT PROVED",
            Verdict::Unreadable => "UNREADABLE",
        };
        let mut text = format!("{title} ({}): {}\n", self.code, self.message);
        for Head { file, size, root } in &self.heads {
            text += &format!("  {size} entries, root {}   {file}\n", data_encoding::HEXLOWER.encode(root));
        }
        if let (Some(origin), Some(key)) = (&self.origin, &self.log_key) {
            text += &format!("  log {origin}\n  key {key}\n");
            text += "Compare the key with that of your election's manifest: a report of tabella-verify shows it.\n";
        }
        text
    }
}

/// Judges evidence. `read` gives a file by its name, at most so many bytes of it, or none if it is not there.
///
/// Fails with what `read` fails with.
pub fn judge<E>(mut read: impl FnMut(&str, usize) -> Result<Option<Vec<u8>>, E>) -> Result<Judgement, E> {
    let key = read(LOG_KEY, LONGEST_NOTE)?.and_then(|bytes| log_key(&bytes));
    let Some(key) = key else {
        return Ok(Judgement::unreadable("there is no log.vkey with the key of a log: is this a folder of evidence?"));
    };
    let mut heads = Vec::new();
    for (file, is_within) in CHECKPOINTS {
        let checkpoint = read(file, LONGEST_NOTE)?.and_then(|bytes| checkpoint(&bytes, is_within));
        heads.extend(checkpoint.and_then(|checkpoint| head(&key, file, &checkpoint)));
    }
    let proof = read(CONSISTENCY, MOST_HASHES * 64)?.and_then(|bytes| hashes(&bytes)).unwrap_or_default();
    let mut placed = |(entry, file)| -> Result<Option<Placed>, E> {
        let (entry, proof) = (read(entry, LONGEST_ENTRY)?, read(file, LONGEST_NOTE)?);
        Ok(entry.zip(proof).and_then(|(entry, proof)| Placed::read(&key, file, entry, &proof)))
    };
    let entries = [placed(RECEIPT)?, placed(NUMBERED)?, placed(MANIFEST)?];
    Ok(conclude(&key, heads, &proof, &entries))
}

/// The checkpoint as a head, if this log signed it.
fn head(log: &VerifierKey, file: &'static str, checkpoint: &Checkpoint) -> Option<Head> {
    let is_signed = checkpoint.origin == log.name && checkpoint.note.is_signed_by(log);
    is_signed.then_some(Head { file, size: checkpoint.size, root: checkpoint.root })
}

/// Implements specs/evidence.md#proofs.
fn conclude(key: &VerifierKey, heads: Vec<Head>, proof: &[Hash], entries: &[Option<Placed>; 3]) -> Judgement {
    let proved = |code, message: &str, heads| (Verdict::Proved, code, message.to_owned(), heads);
    let (verdict, code, message, heads) = if let Some(pair) = find(&heads, has_same_size) {
        proved("same_size", "the log's key signed two logs of the same size", pair)
    } else if let Some(pair) = find(&heads, |one, two| has_other_beginning(one, two, proof)) {
        proved("other_beginning", "the log's key signed two logs of which neither begins with the other", pair)
    } else if let Some((index, pair)) = other_entry(entries) {
        proved("other_entry", &format!("the log's key signed two logs with two entries in place {index}"), pair)
    } else if let Some((index, code, head)) = rule_broken(key, entries) {
        let message = format!(
            "the log's key signed a log with entry {index}, which no log of an election may hold: {} ({})",
            code.message(),
            code.name()
        );
        proved("rule_broken", &message, vec![head])
    } else {
        let message = "these files alone do not show to others that the log's key signed what it may not";
        (Verdict::NotProved, "nothing_proved", message.to_owned(), heads)
    };
    let (log_key, origin) = (Some(key.text()), Some(key.name.clone()));
    Judgement { evidence: 1, verdict, code, message, log_key, origin, heads }
}

/// Two entries in one place, and the heads that they are under.
fn other_entry(entries: &[Option<Placed>; 3]) -> Option<(u64, Vec<Head>)> {
    let known: Vec<&Placed> = entries.iter().flatten().collect();
    let mut pairs =
        known.iter().enumerate().flat_map(|(place, one)| known[place + 1..].iter().map(move |two| (one, two)));
    let (one, two) = pairs.find(|(one, two)| one.contradicts(two))?;
    Some((one.index, vec![one.head.clone(), two.head.clone()]))
}

/// An entry that breaks a rule, and the head that it is under.
fn rule_broken(key: &VerifierKey, [_, numbered, manifest]: &[Option<Placed>; 3]) -> Option<(u64, Code, Head)> {
    let (numbered, manifest) = (numbered.as_ref()?, manifest.as_ref()?);
    let code = numbered.broken_rule(key, manifest)?;
    Some((numbered.index, code, numbered.head.clone()))
}

/// The first pair of heads of which `is_proof` holds.
fn find(heads: &[Head], is_proof: impl Fn(&Head, &Head) -> bool) -> Option<Vec<Head>> {
    let mut pairs =
        heads.iter().enumerate().flat_map(|(place, one)| heads[place + 1..].iter().map(move |two| (one, two)));
    pairs.find(|(one, two)| is_proof(one, two)).map(|(one, two)| vec![one.clone(), two.clone()])
}

fn has_same_size(one: &Head, two: &Head) -> bool {
    one.size == two.size && one.root != two.root
}

fn has_other_beginning(one: &Head, two: &Head, proof: &[Hash]) -> bool {
    let (small, large) = if one.size < two.size { (one, two) } else { (two, one) };
    let roots = roots_of_proof(small.size, large.size, proof);
    roots.is_some_and(|(first, all)| all == large.root && first != small.root)
}

/// The key in a key's file.
pub fn log_key(bytes: &[u8]) -> Option<VerifierKey> {
    VerifierKey::parse(std::str::from_utf8(bytes).ok()?.strip_suffix('\n')?, LOG).ok()
}

/// A checkpoint, or the one that ends a tlog-proof.
fn checkpoint(bytes: &[u8], is_within: bool) -> Option<Checkpoint> {
    Checkpoint::parse(if is_within { note_of_proof(bytes)? } else { bytes }).ok()
}

/// The note that ends a tlog-proof.
pub fn note_of_proof(bytes: &[u8]) -> Option<&[u8]> {
    let (_, note) = std::str::from_utf8(bytes).ok()?.split_once("\n\n")?;
    Some(note.as_bytes())
}

fn hashes(bytes: &[u8]) -> Option<Vec<Hash>> {
    let lines = std::str::from_utf8(bytes).ok()?.strip_suffix('\n')?.split('\n');
    let hashes: Vec<Hash> = lines.map(|line| BASE64.decode(line).ok()?.try_into().ok()).collect::<Option<_>>()?;
    (hashes.len() <= MOST_HASHES).then_some(hashes)
}
