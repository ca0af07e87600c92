//! The latest checkpoint that a program has seen of a board. Whatever the board shows next must continue it; this is how a
//! board that shows two histories is found out. Implements specs/server.md#distrust.
//!
//! Where the manifest asks for witnesses, only what they have cosigned is acted on. What the log alone has signed, as in the receipt of
//! a ballot that was just handed in, is remembered beside it: what is published later must hold that too.

use std::path::{Path, PathBuf};

use tabella_board::checkpoint::SignedCheckpoint;
use tabella_board::entry::Entry;
use tabella_board::hash::Hash;
use tabella_board::key::LogVerifier;
use tabella_board::policy::Policy;
use tabella_board::receipt::{Receipt, ReceiptFault, Standing};
use tabella_board::tree::TreeHead;

use crate::continuation::{compare, has_leaf};
use crate::lie::{Caught, Lie, catch};
use crate::private_file::{self, FileFault};
use crate::remote::Submitted;
use crate::source::{LONGEST_NOTE, RecordSource, SourceFault};

const SEEN: &str = "seen.checkpoint";
const RECEIVED: &str = "seen.received";
const SEEN_KEY: &str = "seen.vkey";
const EVIDENCE: &str = "evidence";

/// The names of files in a folder of evidence.
const PROOF: &str = "consistency-proof";
const RECEIPT_ENTRY: &str = "receipt.entry";
const RECEIPT_PROOF: &str = "receipt.tlog-proof";

/// Why a checkpoint or a receipt is not accepted.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MemoryError {
    /// The board lied.
    #[error(transparent)]
    Lie(Box<Caught>),
    /// The board could not be read.
    #[error(transparent)]
    Source(#[from] SourceFault),
    /// A receipt that was kept is none of this board.
    #[error("the receipt proves nothing: {0}. Was it changed, or is it of another election?")]
    Receipt(#[from] ReceiptFault),
    /// The board shows a checkpoint without the cosignatures that its own manifest asks for.
    #[error(
        "the board shows a checkpoint of {0} entries that the quorum of witnesses has not cosigned (checkpoint_quorum); nothing was done \
         with it. Try again later; if it stays so, tell the observers"
    )]
    Quorum(u64),
    /// What was remembered is damaged.
    #[error("{} is damaged. Without it nobody can tell whether the board shows two histories; restore it from a backup", .0.display())]
    Damaged(PathBuf),
    /// The file system failed.
    #[error(transparent)]
    File(#[from] FileFault),
}

impl From<Caught> for MemoryError {
    fn from(caught: Caught) -> Self {
        Self::Lie(Box::new(caught))
    }
}

/// What is remembered of one board, in a folder.
#[derive(Debug)]
pub struct Memory {
    folder: PathBuf,
    log_key: LogVerifier,
    seen: Option<SignedCheckpoint>,
    /// The largest checkpoint that only the log has signed, until what is published covers it.
    received: Option<SignedCheckpoint>,
    /// What a checkpoint must meet; `None` until the manifest is known.
    policy: Option<Policy>,
    /// Whether this is the board of the right election, as far as anybody can tell. Before, nothing is written: whoever mistypes
    /// an address would remember the wrong board for ever.
    is_kept: bool,
}

impl Memory {
    /// What the folder remembers of the board at this place. Fails if the place shows another key than it did before.
    pub fn open(folder: &Path, source: &impl RecordSource) -> Result<Self, MemoryError> {
        let log_key = source.log_key()?;
        let Some(remembered) = private_file::read(&folder.join(SEEN_KEY), LONGEST_NOTE)? else {
            let folder = folder.to_owned();
            return Ok(Self { folder, log_key, seen: None, received: None, policy: None, is_kept: false });
        };
        let damaged = |name: &str| MemoryError::Damaged(folder.join(name));
        let remembered = LogVerifier::from_file(&remembered).map_err(|_| damaged(SEEN_KEY))?;
        // It was written before the key.
        let read = |name: &str| -> Result<Option<SignedCheckpoint>, MemoryError> {
            let Some(bytes) = private_file::read(&folder.join(name), LONGEST_NOTE)? else { return Ok(None) };
            let checkpoint = SignedCheckpoint::parse(&bytes).map_err(|_| damaged(name))?;
            let is_signed = checkpoint.verify(&remembered).is_ok();
            if is_signed { Ok(Some(checkpoint)) } else { Err(damaged(name)) }
        };
        let (seen, received) = (read(SEEN)?, read(RECEIVED)?);
        let seen = Some(seen.ok_or_else(|| damaged(SEEN))?);
        let folder = folder.to_owned();
        let memory = Self { folder, log_key: remembered, seen, received, policy: None, is_kept: true };
        if log_key == memory.log_key {
            return Ok(memory);
        }
        Err(memory.catch(source, Lie::LogKey, &[("shown.vkey", log_key.to_file().as_bytes())])?)
    }

    /// Remembers from now on what was seen: the board is known to be that of the right election.
    pub fn keep(&mut self) -> Result<(), MemoryError> {
        let Some(seen) = self.seen.as_ref().filter(|_| !self.is_kept) else { return Ok(()) };
        // The key comes last: without it, nothing is remembered.
        private_file::write(&self.folder.join(SEEN), seen.as_bytes())?;
        if let Some(received) = &self.received {
            private_file::write(&self.folder.join(RECEIVED), received.as_bytes())?;
        }
        private_file::write(&self.folder.join(SEEN_KEY), self.log_key.to_file().as_bytes())?;
        self.is_kept = true;
        Ok(())
    }

    /// The manifest is known, which was read under this checkpoint: it and all that the board publishes must meet its policy.
    pub fn judge_by(&mut self, policy: &Policy, checkpoint: &SignedCheckpoint) -> Result<(), MemoryError> {
        require_quorum(policy, checkpoint)?;
        if self.policy.is_none() {
            self.policy = Some(policy.clone());
            if let Some(seen) = self.seen.as_ref().filter(|_| self.is_kept) {
                private_file::write(&self.folder.join(SEEN), seen.as_bytes())?;
            }
        }
        Ok(())
    }

    /// A judged copy of the record remembers as well: its checkpoint counts if it is newer than what was seen, as after an old
    /// `seen.checkpoint` was restored. `head_at` gives the head that the copy had with so many entries.
    ///
    /// Fails if what was seen is not of the copy's log.
    pub(crate) fn recall(
        &mut self,
        copied: SignedCheckpoint,
        head_at: impl Fn(u64) -> Option<TreeHead>,
    ) -> Result<(), MemoryError> {
        let seen = self.head();
        // What was seen may be ahead of the copy: it was written first.
        if head_at(seen.size).is_some_and(|head| head != seen) {
            return Err(MemoryError::Damaged(self.folder.join(SEEN)));
        }
        if copied.unverified().head.size > seen.size {
            self.seen = Some(copied);
        }
        Ok(())
    }

    /// The log's key.
    pub fn log_key(&self) -> &LogVerifier {
        &self.log_key
    }

    /// The head of the latest checkpoint seen; that of the empty log before there is one.
    pub fn head(&self) -> TreeHead {
        self.seen.as_ref().map_or_else(TreeHead::empty, |seen| seen.unverified().head)
    }

    /// Reads the checkpoint that a place shows now, and remembers it if it continues the one before; `None` if there never was one:
    /// an empty log has none.
    pub fn look(&mut self, source: &impl RecordSource) -> Result<Option<SignedCheckpoint>, MemoryError> {
        match source.file("checkpoint", LONGEST_NOTE)? {
            Some(bytes) => self.accept(&bytes, source).map(Some),
            None if self.seen.is_none() => Ok(None),
            None => Err(SourceFault::Missing { place: source.place(), file: "checkpoint".to_owned() }.into()),
        }
    }

    /// Remembers a published checkpoint if it meets the policy, and continues what was seen before.
    pub fn accept(&mut self, bytes: &[u8], source: &impl RecordSource) -> Result<SignedCheckpoint, MemoryError> {
        let caught = |lie| self.catch(source, lie, &[("checkpoint", bytes)]);
        let parse = || SignedCheckpoint::parse(bytes);
        let (shown, accepted) = match (parse(), parse()) {
            (Ok(shown), Ok(accepted)) => (shown, accepted),
            (Err(fault), _) | (_, Err(fault)) => return Err(caught(Lie::Checkpoint(fault))?),
        };
        if let Err(fault) = shown.verify(&self.log_key) {
            return Err(caught(Lie::Checkpoint(fault))?);
        }
        if let Some(policy) = &self.policy {
            require_quorum(policy, &shown)?;
        }
        let head = shown.unverified().head;
        self.must_agree(self.seen.as_ref(), &shown, source)?;
        let covered = self.received.as_ref().filter(|received| received.unverified().head.size <= head.size);
        self.must_agree(covered, &shown, source)?;
        let is_covered = covered.is_some();
        // Before there is a policy nobody knows whether the board may show this at all.
        if self.is_kept && self.policy.is_some() {
            private_file::write(&self.folder.join(SEEN), bytes)?;
        }
        self.seen = Some(shown);
        if is_covered {
            private_file::remove(&self.folder.join(RECEIVED))?;
            self.received = None;
        }
        Ok(accepted)
    }

    /// Remembers a checkpoint that only the log has signed, if it is of the same log as all that was seen before.
    fn accept_received(&mut self, bytes: &[u8], source: &impl RecordSource) -> Result<(), MemoryError> {
        let malformed = |fault| MemoryError::Receipt(ReceiptFault::Checkpoint(fault));
        let received = SignedCheckpoint::parse(bytes).map_err(malformed)?;
        self.must_agree(self.seen.as_ref(), &received, source)?;
        // Answers may overtake each other.
        let is_larger = |before: &SignedCheckpoint| before.unverified().head.size > received.unverified().head.size;
        if let Some(larger) = self.received.as_ref().filter(|before| is_larger(before)) {
            self.must_agree(Some(&received), larger, source)?;
        } else {
            self.must_agree(self.received.as_ref(), &received, source)?;
            if self.is_kept {
                private_file::write(&self.folder.join(RECEIVED), bytes)?;
            }
            self.received = Some(received);
        }
        Ok(())
    }

    /// Catches a board whose log under the checkpoint `shown` does not begin with the one under `seen`.
    fn must_agree(
        &self,
        seen: Option<&SignedCheckpoint>,
        shown: &SignedCheckpoint,
        source: &impl RecordSource,
    ) -> Result<(), MemoryError> {
        let Some(seen) = seen else { return Ok(()) };
        let Err(broken) = compare(seen.unverified().head, shown.unverified().head, source)? else { return Ok(()) };
        let proof = broken.proof();
        let files: [(&str, &[u8]); 3] =
            [("checkpoint", shown.as_bytes()), (SEEN, seen.as_bytes()), (PROOF, proof.as_bytes())];
        Err(self.catch(source, broken.lie, &files)?)
    }

    /// Verifies what the board gave for a payload that was handed in, and remembers its checkpoint.
    pub fn accept_receipt(
        &mut self,
        payload: &[u8],
        submitted: &Submitted,
        policy: &Policy,
        source: &impl RecordSource,
    ) -> Result<Standing, MemoryError> {
        let (standing, entry) = self.accept_entry(submitted, policy, source)?;
        if entry.payload == payload {
            return Ok(standing);
        }
        let receipt = submitted.receipt.to_bytes();
        let files: [(&str, &[u8]); 3] =
            [("payload", payload), (RECEIPT_ENTRY, &submitted.entry), (RECEIPT_PROOF, &receipt)];
        Err(self.catch(source, Lie::OtherPayload, &files)?)
    }

    /// Verifies what the board gave for an entry that somebody else handed in, and remembers its checkpoint.
    pub fn accept_entry(
        &mut self,
        submitted: &Submitted,
        policy: &Policy,
        source: &impl RecordSource,
    ) -> Result<(Standing, Entry), MemoryError> {
        let verified = submitted.receipt.verify(&submitted.entry, policy);
        let parsed = verified.and_then(|standing| {
            Entry::parse(&submitted.entry).map(|entry| (standing, entry)).map_err(ReceiptFault::Entry)
        });
        match parsed {
            Ok((standing, entry)) => {
                self.policy.get_or_insert_with(|| policy.clone());
                let checkpoint = submitted.receipt.checkpoint.as_bytes();
                match standing {
                    Standing::Recorded(_) => self.accept(checkpoint, source).map(drop)?,
                    Standing::Received => self.accept_received(checkpoint, source)?,
                }
                Ok((standing, entry))
            }
            Err(fault) => {
                let receipt = submitted.receipt.to_bytes();
                let files: [(&str, &[u8]); 2] = [(RECEIPT_ENTRY, &submitted.entry), (RECEIPT_PROOF, &receipt)];
                Err(self.catch(source, Lie::Receipt(fault), &files)?)
            }
        }
    }

    /// Holds a receipt of earlier days against what the board shows now: the entry must still be there, or, if it was only received
    /// and is not published yet, the receipt must be of the same log.
    pub fn hold(
        &mut self,
        entry: &[u8],
        receipt: &Receipt,
        policy: &Policy,
        source: &impl RecordSource,
    ) -> Result<Held, MemoryError> {
        let standing = receipt.verify(entry, policy)?;
        self.policy.get_or_insert_with(|| policy.clone());
        let missing = || SourceFault::Missing { place: source.place(), file: "checkpoint".to_owned() };
        let shown = self.look(source)?.ok_or_else(missing)?;
        let head = shown.unverified().head;
        let leaf = Hash::of_entry(entry);
        let kept = receipt.checkpoint.unverified().head;
        if standing == Standing::Received && kept.size > head.size {
            // What the receipt's log begins with is shown; whether the entry is among it, its place says.
            self.accept_received(receipt.checkpoint.as_bytes(), source)?;
            return Ok(if receipt.index < head.size { Held::Shown } else { Held::Waiting });
        }
        let (lie, proof) = match compare(kept, head, source)? {
            Ok(()) if has_leaf(head, receipt.index, leaf, source)? => return Ok(Held::Shown),
            Ok(()) => (Lie::Entries(head.size), String::new()),
            Err(broken) => (broken.lie.clone(), broken.proof()),
        };
        let bytes = receipt.to_bytes();
        let files: [(&str, &[u8]); 4] = [
            ("checkpoint", shown.as_bytes()),
            (PROOF, proof.as_bytes()),
            (RECEIPT_ENTRY, entry),
            (RECEIPT_PROOF, &bytes),
        ];
        Err(self.catch(source, lie, &files)?)
    }

    /// Saves the evidence of a lie, with the latest published checkpoint seen before it, if no other is among the files. Empty files are
    /// left out.
    pub fn catch(
        &self,
        source: &impl RecordSource,
        lie: Lie,
        files: &[(&str, &[u8])],
    ) -> Result<MemoryError, FileFault> {
        let key = self.log_key.to_file();
        let mut all: Vec<(&str, &[u8])> = files.iter().filter(|(_, bytes)| !bytes.is_empty()).copied().collect();
        all.push(("log.vkey", key.as_bytes()));
        if let Some(seen) = self.seen.as_ref().filter(|_| files.iter().all(|(name, _)| *name != SEEN)) {
            all.push((SEEN, seen.as_bytes()));
        }
        Ok(catch(&self.folder.join(EVIDENCE), source.place(), lie, &all)?.into())
    }
}

/// What a receipt of earlier days is worth now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Held {
    /// The entry is part of what the board shows.
    Shown,
    /// The entry was received, and the witnesses have not yet cosigned a checkpoint that covers it.
    Waiting,
}

fn require_quorum(policy: &Policy, checkpoint: &SignedCheckpoint) -> Result<(), MemoryError> {
    let quorum = policy.require_quorum(checkpoint);
    quorum.map(drop).map_err(|_| MemoryError::Quorum(checkpoint.unverified().head.size))
}
