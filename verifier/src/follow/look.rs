//! One look at the board: what it shows now is held against all that was seen, and its new entries are judged. Implements
//! specs/follow.md#look.

use crate::alarm::Alarm;
use crate::follow::memory::{Head, Memory, key_file};
use crate::follow::trouble::Trouble;
use crate::server::Server;
use anyhow::{Context, anyhow};
use std::fs;
use std::path::PathBuf;
use tabella_verifier::authentic::{Authentic, Fault, Place};
use tabella_verifier::evidence::{self, Files, lines, log_key};
use tabella_verifier::judging::Judging;
use tabella_verifier::note::{Checkpoint, LONGEST_NOTE, VerifierKey};
use tabella_verifier::policy::Policy;
use tabella_verifier::record::{self, Series, TILE_WIDTH, Tile};
use tabella_verifier::tree::Hash;

/// So many bundles are fetched before their entries are judged.
const ROUND: u64 = 8;

/// Who follows a board, and how far.
pub struct Follower {
    pub server: Server,
    pub memory: Memory,
    /// What was judged; none before the first entry.
    pub judging: Option<Judging>,
    /// The election's fingerprint from a letter.
    pub expected: Option<String>,
    /// Draws fresh secret bytes.
    pub seed: fn() -> anyhow::Result<[u8; 32]>,
}

/// What the board shows: its key, and a checkpoint that is signed by it.
struct Shown {
    key: VerifierKey,
    head: Head,
}

impl Shown {
    /// The evidence that every alarm has.
    fn files(&self, seen: Option<&Head>) -> Files {
        let mut files = Files::from([
            ("log.vkey".to_owned(), key_file(&self.key).into_bytes()),
            ("checkpoint".to_owned(), self.head.bytes.clone()),
        ]);
        files.extend(seen.map(|seen| ("seen.checkpoint".to_owned(), seen.bytes.clone())));
        files
    }
}

impl Follower {
    /// Looks once. Says whether there is a new verified head, or more cosignatures on the last one. `progress` is told how many
    /// of how many entries are done.
    pub fn look(&mut self, progress: &dyn Fn(u64, u64)) -> Result<bool, Trouble> {
        let shown = self.shown()?;
        self.compare_with_seen(&shown)?;
        if shown.head.size() == self.memory.copy.head.as_ref().map_or(0, Head::size) {
            return self.look_at_cosignatures(&shown);
        }
        self.read_on(&shown, progress)?;
        self.check_quorum(&shown)?;
        self.memory.keep(&shown.key)?;
        self.memory.copy.publish(&shown.key, &shown.head)?;
        Ok(true)
    }

    /// The policy of the election, once it is known.
    pub fn policy(&self) -> Option<&Policy> {
        self.judging.as_ref().and_then(Judging::policy)
    }

    /// How many entries have been judged.
    pub fn judged(&self) -> u64 {
        self.judging.as_ref().map_or(0, Judging::size)
    }

    /// The last verified head, as evidence.
    pub fn files(&self) -> Files {
        let (Some(key), Some(head)) = (&self.memory.key, &self.memory.copy.head) else {
            return Files::new();
        };
        Shown { key: key.clone(), head: head.clone() }.files(None)
    }

    /// Fetches key and checkpoint.
    fn shown(&self) -> Result<Shown, Trouble> {
        let file = |name: &str| {
            let file = self.server.file(name, LONGEST_NOTE as u64).map_err(|error| Trouble::Away(error.to_string()))?;
            file.ok_or_else(|| Trouble::Away(format!("there is no {}/{name} (yet?)", self.server.address())))
        };
        let (key_bytes, bytes) = (file("log.vkey")?, file("checkpoint")?);
        let doubtful = |code, message: &str, more: Files| {
            let mut files = more;
            files.insert("checkpoint".to_owned(), bytes.clone());
            files.extend(self.memory.seen.iter().map(|seen| ("seen.checkpoint".to_owned(), seen.bytes.clone())));
            Trouble::Doubtful(Alarm { code, message: message.to_owned(), files })
        };
        let shown = log_key(&key_bytes);
        let key = match (&self.memory.key, &shown) {
            (Some(known), shown) if shown.as_ref() != Some(known) => {
                let files = [("log.vkey", key_file(known).into_bytes()), ("shown.vkey", key_bytes.clone())];
                let files = files.map(|(name, bytes)| (name.to_owned(), bytes)).into();
                return Err(doubtful("log_key_mismatch", "shows another key of the log than before", files));
            }
            (_, Some(key)) => key.clone(),
            (_, None) => {
                let address = self.server.address();
                return Err(Trouble::Away(format!("there is no record at {address}: its file log.vkey is no key")));
            }
        };
        let with_key = || Files::from([("log.vkey".to_owned(), key_file(&key).into_bytes())]);
        let Ok(checkpoint) = Checkpoint::parse(&bytes) else {
            return Err(doubtful("checkpoint_malformed", "shows a checkpoint that is none", with_key()));
        };
        if checkpoint.origin != key.name {
            return Err(doubtful("log_key_mismatch", "shows the checkpoint of another log", with_key()));
        }
        if !checkpoint.note.is_signed_by(&key) {
            let message = "shows a checkpoint that the log's key has not signed";
            return Err(doubtful("checkpoint_signature", message, with_key()));
        }
        if checkpoint.size == 0 && self.memory.seen.is_none() {
            return Err(Trouble::Away(format!("the log at {} is empty", self.server.address())));
        }
        Ok(Shown { key, head: Head { bytes, checkpoint } })
    }

    /// Holds a checkpoint that is not larger against what was seen.
    fn compare_with_seen(&self, shown: &Shown) -> Result<(), Trouble> {
        let Some(seen) = &self.memory.seen else {
            return Ok(());
        };
        let (size, root) = (shown.head.size(), shown.head.checkpoint.root);
        if size == seen.size() && root != seen.checkpoint.root {
            return Err(fork(shown, seen, Vec::new()));
        }
        if size >= seen.size() {
            return Ok(());
        }
        // The copy's own tiles show what the log was.
        if let Some(verified) = &self.memory.copy.head {
            let proof = match self.memory.copy.beginning(size)? {
                Some(begun) => (begun.root != root).then_some(begun.proof),
                None => (verified.size() == size && verified.checkpoint.root != root).then(Vec::new),
            };
            if let Some(hashes) = proof {
                return Err(fork(shown, verified, hashes));
            }
        }
        let message = format!(
            "shows a log of {size} entries, and has shown one of {} before: entries have disappeared",
            seen.size()
        );
        Err(Trouble::Doubtful(Alarm { code: "rollback", message, files: shown.files(Some(seen)) }))
    }

    /// A checkpoint without its quorum is not published, and nobody acts on it.
    fn check_quorum(&self, shown: &Shown) -> Result<(), Trouble> {
        if self.policy().is_none_or(|policy| policy.is_met_by(&shown.head.checkpoint.note)) {
            return Ok(());
        }
        let message = format!(
            "shows a checkpoint of {} entries without the cosignatures that the policy asks for",
            shown.head.size()
        );
        let files = shown.files(self.memory.seen.as_ref());
        Err(Trouble::Withheld(Alarm { code: "checkpoint_quorum", message, files }))
    }

    /// The same head may come again with more cosignatures.
    fn look_at_cosignatures(&mut self, shown: &Shown) -> Result<bool, Trouble> {
        let (Some(kept), Some(policy)) = (&self.memory.copy.head, self.policy()) else {
            return Ok(false);
        };
        let cosigners = |head: &Head| policy.cosigners(&head.checkpoint.note);
        if kept.bytes == shown.head.bytes || !cosigners(&shown.head).is_superset(&cosigners(kept)) {
            return Ok(false);
        }
        let is_more = cosigners(&shown.head).len() > cosigners(kept).len();
        self.memory.see(&shown.head)?;
        self.memory.copy.publish(&shown.key, &shown.head)?;
        Ok(is_more)
    }

    /// Holds a larger log against what was seen, and judges its entries.
    fn read_on(&mut self, shown: &Shown, progress: &dyn Fn(u64, u64)) -> Result<(), Trouble> {
        let Self { server, memory, judging, expected, seed } = self;
        let size = shown.head.size();
        let files = shown.files(memory.seen.as_ref());
        let board = Board { server, copy: memory.copy.root().to_owned(), files: &files };
        let fault = |fault| unauthentic(&files, fault);
        let tiles = Authentic::open(&board, size, &shown.head.checkpoint.root).map_err(fault)?;
        for before in memory.seen.iter().chain(&memory.copy.head).filter(|head| (1..size).contains(&head.size())) {
            let begun = tiles.beginning(before.size()).map_err(fault)?;
            if begun.root != before.checkpoint.root {
                return Err(fork(shown, before, begun.proof));
            }
        }
        if memory.seen.as_ref().is_none_or(|seen| seen.size() < size) {
            memory.see(&shown.head)?;
        }
        let judging = match judging {
            Some(judging) => judging,
            None => judging.insert(Judging::new(&shown.key.name, seed()?)),
        };
        while judging.size() < size {
            let first = judging.size() / TILE_WIDTH;
            let bundles =
                (first..first.saturating_add(ROUND)).map_while(|number| record::tile(size, Series::Entries, number));
            let mut end = judging.size();
            for bundle in bundles {
                tiles.entries(&bundle).map_err(fault)?;
                end = bundle.end();
            }
            memory.copy.add(tiles.take_proved())?;
            judging.read(&memory.copy.directory, size, end, progress).context("the copy of the record")?;
            judge_identity(shown, judging, expected.as_deref(), &files)?;
            if let Some((index, code)) = judging.first_refused() {
                let message =
                    format!("has numbered entry {index}, which breaks a rule of the election: {}", code.message());
                let files = numbered(&tiles, shown, index, files.clone()).map_err(fault)?;
                return Err(Trouble::Caught(Alarm { code: code.name(), message, files }));
            }
        }
        memory.copy.add(tiles.take_proved())?;
        if judging.root() == Some(shown.head.checkpoint.root) {
            return Ok(());
        }
        Err(Trouble::Failed(anyhow!("the entries that were judged are not those of the copy: is the disk damaged?")))
    }
}

/// Whether this is the election that was asked for, and its log.
fn judge_identity(shown: &Shown, judging: &Judging, expected: Option<&str>, files: &Files) -> Result<(), Trouble> {
    let caught = |code, message| Err(Trouble::Caught(Alarm { code, message, files: files.clone() }));
    let found = judging.identity().map(|(_, fingerprint)| fingerprint);
    match (expected, found) {
        (Some(expected), Some(found)) if expected != found => caught(
            "fingerprint_differs",
            format!("shows another election: its fingerprint is {found}, and not {expected}"),
        ),
        _ if judging.is_of_other_log(&shown.key) => {
            caught("log_key_mismatch", "shows another key of the log than that of the manifest".to_owned())
        }
        _ => Ok(()),
    }
}

/// The evidence that the log has numbered an entry, and the manifest: their bytes, and the proofs that they are in the tree that
/// it signed.
fn numbered(
    tiles: &Authentic<'_, Board<'_>>,
    shown: &Shown,
    index: u64,
    mut files: Files,
) -> Result<Files, Fault<Trouble>> {
    for (index, (name, proof_name)) in [(index, evidence::NUMBERED), (0, evidence::MANIFEST)] {
        let bundle = record::tile(shown.head.size(), Series::Entries, index / TILE_WIDTH);
        let entries = bundle.map_or(Ok(Vec::new()), |bundle| tiles.entries(&bundle))?;
        let entry = (index / TILE_WIDTH * TILE_WIDTH..).zip(entries).find(|(number, _)| *number == index);
        files.extend(entry.map(|(_, bytes)| (name.to_owned(), bytes)));
        let proof = evidence::tlog_proof(index, &tiles.inclusion(index)?, &shown.head.bytes);
        files.insert(proof_name.to_owned(), proof);
    }
    Ok(files)
}

/// The log does not begin with the one that was seen; `hashes` prove it, unless both have the same size.
fn fork(shown: &Shown, seen: &Head, hashes: Vec<Hash>) -> Trouble {
    let (before, now) = (seen.size(), shown.head.size());
    let message = format!(
        "has shown two histories: a log of {before} entries before, and now one of {now} entries; neither begins with the other"
    );
    let mut files = shown.files(Some(seen));
    if !hashes.is_empty() {
        files.insert("consistency-proof".to_owned(), lines(&hashes).into_bytes());
    }
    Trouble::Caught(Alarm { code: "fork", message, files })
}

fn unauthentic(files: &Files, fault: Fault<Trouble>) -> Trouble {
    match fault {
        Fault::Place(trouble) => trouble,
        Fault::Wrong(wrong) => {
            let names: Vec<&str> = wrong.iter().map(|(name, _)| name.as_str()).collect();
            let message = format!("gives other files than those of its checkpoint: {}", names.join(", "));
            let mut files = files.clone();
            files.extend(wrong.into_iter().map(|(name, bytes)| (format!("served/{name}"), bytes)));
            Trouble::Caught(Alarm { code: "root_mismatch", message, files })
        }
    }
}

/// The files of the board, and those of them that lie in the copy already.
struct Board<'a> {
    server: &'a Server,
    /// The copy's folder. What lies there may be of a download that was never finished.
    copy: PathBuf,
    /// The evidence that every alarm has.
    files: &'a Files,
}

impl Board<'_> {
    /// The board does not give what its checkpoint calls for, but perhaps something else.
    fn withheld(&self, code: &'static str, message: String, served: Option<(String, Vec<u8>)>) -> Trouble {
        let files = self.files.iter().map(|(name, bytes)| (name.clone(), bytes.clone())).chain(served).collect();
        Trouble::Withheld(Alarm { code, message, files })
    }
}

impl Place for Board<'_> {
    type Error = Trouble;

    fn tile(&self, tile: &Tile, again: bool) -> Result<Vec<u8>, Trouble> {
        let name = tile.name();
        if !again
            && let Ok(kept) = fs::read(self.copy.join(&name))
            && tile.length_possible(kept.len() as u64)
        {
            return Ok(kept);
        }
        match self.server.tile(tile) {
            Ok(Some(bytes)) if tile.length_possible(bytes.len() as u64) => Ok(bytes),
            Ok(Some(bytes)) => {
                let message = format!("gives the file {name} with a length that it cannot have");
                Err(self.withheld("file_malformed", message, Some((format!("served/{name}"), bytes))))
            }
            Ok(None) => {
                let message = format!("has no file {name}, which its checkpoint calls for");
                Err(self.withheld("file_missing", message, None))
            }
            Err(error) => {
                let message = format!("does not give the file {name}, which its checkpoint calls for ({error})");
                Err(self.withheld("file_missing", message, None))
            }
        }
    }
}
