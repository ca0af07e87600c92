//! What a follower remembers between its runs. Implements specs/follow.md#folder.

use crate::durable;
use anyhow::{Context, bail, ensure};
use std::fs::{self, File, TryLockError};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use tabella_verifier::evidence::log_key;
use tabella_verifier::judging::Judging;
use tabella_verifier::note::{Checkpoint, LONGEST_NOTE, VerifierKey};
use tabella_verifier::proof::{self, Beginning};
use tabella_verifier::record;
use tabella_verifier::source::{Directory, Source};

const SEEN_KEY: &str = "seen.vkey";
const SEEN: &str = "seen.checkpoint";

/// A checkpoint that the log's key has signed, and its bytes.
#[derive(Clone, Debug)]
pub struct Head {
    pub bytes: Vec<u8>,
    pub checkpoint: Checkpoint,
}

impl Head {
    pub fn size(&self) -> u64 {
        self.checkpoint.size
    }
}

/// The folder of a follower, which nobody else works in.
pub struct Memory {
    folder: PathBuf,
    _lock: File,
    /// The log's key; none before it is known to be that of the right election.
    pub key: Option<VerifierKey>,
    /// The latest head that was seen, whether or not its entries have been judged.
    pub seen: Option<Head>,
    /// The record up to the last verified head.
    pub copy: Copy,
}

impl Memory {
    /// Opens the folder, and makes it if need be.
    pub fn open(folder: &Path) -> anyhow::Result<Self> {
        let record = folder.join("record");
        durable::make_folder(&record).with_context(|| format!("cannot make {}", record.display()))?;
        let lock = File::open(folder).with_context(|| format!("cannot open {}", folder.display()))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => bail!("another program works in {}", folder.display()),
            Err(TryLockError::Error(error)) => {
                return Err(error).with_context(|| format!("cannot lock {}", folder.display()));
            }
        }
        let damaged = |name: &str| {
            format!(
                "{} is damaged. Without it nobody can tell whether the board shows two histories: restore it from a backup",
                folder.join(name).display()
            )
        };
        let mut memory =
            Self { folder: folder.to_owned(), _lock: lock, key: None, seen: None, copy: Copy::open(&record)? };
        let Some(key) = durable::read_at_most(&folder.join(SEEN_KEY), LONGEST_NOTE)? else {
            ensure!(
                memory.copy.head.is_none(),
                "{} is missing: restore it from a backup",
                folder.join(SEEN_KEY).display()
            );
            return Ok(memory);
        };
        let key = log_key(&key).with_context(|| damaged(SEEN_KEY))?;
        // It was written before the key.
        let seen = durable::read_at_most(&folder.join(SEEN), LONGEST_NOTE)?.with_context(|| damaged(SEEN))?;
        let seen = signed(seen, &key).with_context(|| damaged(SEEN))?;
        let is_ours = |head: &Head| head.checkpoint.origin == key.name && head.checkpoint.note.is_signed_by(&key);
        ensure!(memory.copy.head.as_ref().is_none_or(is_ours), memory.copy.damaged());
        memory.key = Some(key);
        memory.seen = Some(seen);
        Ok(memory)
    }

    /// Judges the copy again, and holds it against what was seen.
    pub fn judge_copy(&self, seed: [u8; 32], progress: &dyn Fn(u64, u64)) -> anyhow::Result<Option<Judging>> {
        let (Some(key), Some(head), Some(seen)) = (&self.key, &self.copy.head, &self.seen) else {
            return Ok(None);
        };
        let mut judging = Judging::new(&key.name, seed);
        judging.read(&self.copy.directory, head.size(), head.size(), progress)?;
        let is_right = judging.root() == Some(head.checkpoint.root) && judging.size() == head.size();
        ensure!(is_right && judging.first_refused().is_none(), self.copy.damaged());
        // What was seen last is the copy's head, or ahead of it.
        let is_seen = seen.size() > head.size()
            || seen.size() == head.size() && seen.checkpoint.root == head.checkpoint.root
            || self.copy.beginning(seen.size())?.is_some_and(|begun| begun.root == seen.checkpoint.root);
        ensure!(
            is_seen,
            "{} and {} are not of one log: restore them from a backup",
            self.folder.join(SEEN).display(),
            self.copy.root.display()
        );
        Ok(Some(judging))
    }

    /// Remembers a head, durably once the log is known to be that of the right election: whoever mistypes an address would
    /// remember the wrong board for ever.
    pub fn see(&mut self, head: &Head) -> anyhow::Result<()> {
        if self.key.is_some() {
            durable::write(&self.folder.join(SEEN), &head.bytes)?;
        }
        self.seen = Some(head.clone());
        Ok(())
    }

    /// This is the log of the right election: remembers its key, and what was seen of it.
    pub fn keep(&mut self, key: &VerifierKey) -> anyhow::Result<()> {
        if self.key.is_some() {
            return Ok(());
        }
        // The key comes last: without it nothing is remembered.
        if let Some(seen) = &self.seen {
            durable::write(&self.folder.join(SEEN), &seen.bytes)?;
        }
        durable::write(&self.folder.join(SEEN_KEY), key_file(key).as_bytes())?;
        self.key = Some(key.clone());
        Ok(())
    }

    /// Where evidence is saved.
    pub fn evidence(&self) -> PathBuf {
        self.folder.join("evidence")
    }
}

/// The content of a key's file.
pub fn key_file(key: &VerifierKey) -> String {
    key.text() + "\n"
}

/// A checkpoint of the log with this key, signed by it.
fn signed(bytes: Vec<u8>, key: &VerifierKey) -> Option<Head> {
    let checkpoint = Checkpoint::parse(&bytes).ok()?;
    let is_signed = checkpoint.origin == key.name && checkpoint.note.is_signed_by(key);
    is_signed.then_some(Head { bytes, checkpoint })
}

/// The record in the folder: authentic files only, and a checkpoint up to which all entries were judged.
pub struct Copy {
    root: PathBuf,
    pub directory: Directory,
    /// The last verified head.
    pub head: Option<Head>,
}

impl Copy {
    fn open(root: &Path) -> anyhow::Result<Self> {
        let mut copy = Self { root: root.to_owned(), directory: Directory::open_any(root)?, head: None };
        if let Some(bytes) = durable::read_at_most(&root.join("checkpoint"), LONGEST_NOTE)? {
            let checkpoint = Checkpoint::parse(&bytes).ok().filter(|checkpoint| checkpoint.size > 0);
            copy.head = Some(Head { checkpoint: checkpoint.with_context(|| copy.damaged())?, bytes });
        }
        Ok(copy)
    }

    /// Its folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    fn damaged(&self) -> String {
        format!(
            "the copy in {} is damaged; is the disk? Move it away and run the same command again: it fetches the record again",
            self.root.display()
        )
    }

    /// Keeps authentic files.
    pub fn add(&mut self, files: impl IntoIterator<Item = (String, Vec<u8>)>) -> anyhow::Result<()> {
        for (name, bytes) in files {
            let length = bytes.len() as u64;
            let is_there = self.directory.listing().files.get(&name) == Some(&length);
            if !is_there || self.directory.read(&name).ok().as_ref() != Some(&bytes) {
                durable::write(&self.root.join(&name), &bytes)?;
                self.directory.add(&name, length);
            }
        }
        Ok(())
    }

    /// All entries up to this head have been judged. What does not belong to its record is removed.
    pub fn publish(&mut self, key: &VerifierKey, head: &Head) -> anyhow::Result<()> {
        self.add([("log.vkey".to_owned(), key_file(key).into_bytes()), ("checkpoint".to_owned(), head.bytes.clone())])?;
        self.head = Some(head.clone());
        let mut surplus = record::faults(self.directory.listing(), head.size(), false).surplus;
        surplus.retain(|name| self.directory.listing().files.contains_key(name));
        for name in surplus {
            let path = self.root.join(&name);
            match fs::remove_file(&path) {
                // What a killed process left unfinished was finished since.
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                removed => removed
                    .with_context(|| format!("cannot remove {}, which is no part of the record", path.display()))?,
            }
            self.directory.remove(&name);
        }
        Ok(())
    }

    /// The first `smaller` entries; none if the copy does not reach so far.
    pub fn beginning(&self, smaller: u64) -> anyhow::Result<Option<Beginning>> {
        let Some(head) = self.head.as_ref().filter(|head| (1..head.size()).contains(&smaller)) else {
            return Ok(None);
        };
        let found = proof::beginning(&self.directory, head.size(), head.size(), smaller)?;
        Ok(found.filter(|found| found.whole == head.checkpoint.root))
    }
}
