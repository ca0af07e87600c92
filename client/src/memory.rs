//! The latest checkpoint that a program has seen of a board. Whatever the board shows next must continue it; this is how a
//! board that shows two histories is found out. Implements specs/server.md#distrust.

use std::path::{Path, PathBuf};

use tabella_board::checkpoint::SignedCheckpoint;
use tabella_board::entry::Entry;
use tabella_board::key::LogVerifier;
use tabella_board::policy::Policy;
use tabella_board::receipt::Standing;
use tabella_board::tile::AuthenticatedTiles;
use tabella_board::tree::{ConsistencyProof, Node, NodeReader, ReadFault, TreeHead};

use crate::lie::{Caught, Lie, catch};
use crate::private_file::{self, FileFault};
use crate::remote::Submitted;
use crate::source::{LONGEST_NOTE, RecordSource, SourceFault, Tiles};

const SEEN: &str = "seen.checkpoint";
const EVIDENCE: &str = "evidence";

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
}

impl Memory {
    /// What the folder remembers of the log that this key signs.
    pub fn open(folder: &Path, log_key: LogVerifier) -> Result<Self, MemoryError> {
        let path = folder.join(SEEN);
        let seen = private_file::read(&path, LONGEST_NOTE)?;
        let seen = seen.map(|bytes| SignedCheckpoint::parse(&bytes)).transpose();
        let seen = seen.map_err(|_| MemoryError::Damaged(path.clone()))?;
        if seen.as_ref().is_some_and(|seen| seen.verify(&log_key).is_err()) {
            return Err(MemoryError::Damaged(path));
        }
        Ok(Self { folder: folder.to_owned(), log_key, seen })
    }

    /// The log's key.
    pub fn log_key(&self) -> &LogVerifier {
        &self.log_key
    }

    /// The head of the latest checkpoint seen; that of the empty log before there is one.
    pub fn head(&self) -> TreeHead {
        self.seen.as_ref().map_or_else(TreeHead::empty, |seen| seen.unverified().head)
    }

    /// Reads the checkpoint that a place shows now, and remembers it if it continues the one before.
    pub fn look(&mut self, source: &impl RecordSource) -> Result<SignedCheckpoint, MemoryError> {
        let bytes = source.required("checkpoint", LONGEST_NOTE)?;
        self.accept(&bytes, source)
    }

    /// Remembers a checkpoint if it continues the one before.
    pub fn accept(&mut self, bytes: &[u8], source: &impl RecordSource) -> Result<SignedCheckpoint, MemoryError> {
        let shown = match SignedCheckpoint::parse(bytes) {
            Ok(shown) => shown,
            Err(fault) => return Err(self.catch(source, Lie::Checkpoint(fault), &[("checkpoint", bytes)])?),
        };
        if let Err(fault) = shown.verify(&self.log_key) {
            return Err(self.catch(source, Lie::Checkpoint(fault), &[("checkpoint", bytes)])?);
        }
        if let Err(lie) = self.compare(shown.unverified().head, source)? {
            return Err(self.catch(source, lie, &[("checkpoint", bytes)])?);
        }
        private_file::write(&self.folder.join(SEEN), bytes)?;
        let accepted = SignedCheckpoint::parse(bytes).map_err(|_| MemoryError::Damaged(self.folder.join(SEEN)))?;
        self.seen = Some(shown);
        Ok(accepted)
    }

    /// Whether the log with the head `shown` begins with everything seen before.
    fn compare(&self, shown: TreeHead, source: &impl RecordSource) -> Result<Result<(), Lie>, SourceFault> {
        let seen = self.head();
        let fork = Lie::Fork { seen, shown };
        if shown.size < seen.size {
            return Ok(Err(Lie::Rollback { seen: seen.size, shown: shown.size }));
        }
        if shown.size == seen.size {
            return Ok(if shown == seen { Ok(()) } else { Err(fork) });
        }
        let tiles = Tiles(source);
        match ConsistencyProof::prove(&AuthenticatedTiles::new(&tiles, shown), seen.size, shown.size) {
            Ok(proof) => Ok(proof.verify(seen, shown).map_err(|_| fork)),
            Err(ReadFault::Reader(fault)) => Err(fault),
            Err(_) => Ok(Err(Lie::Entries(shown.size))),
        }
    }

    /// Whether `leaf` is the leaf hash of the entry `index` in the log with this head, as the tiles of the place show.
    pub fn has_leaf(
        &self,
        head: TreeHead,
        index: u64,
        leaf: &[u8; 32],
        source: &impl RecordSource,
    ) -> Result<bool, SourceFault> {
        let tiles = Tiles(source);
        match AuthenticatedTiles::new(&tiles, head).read(&[Node { level: 0, index }]) {
            Ok(found) => Ok(found.first().is_some_and(|found| found.as_bytes() == leaf)),
            Err(ReadFault::Reader(fault)) => Err(fault),
            Err(_) => Ok(false),
        }
    }

    /// Verifies what the board gave for a payload that was handed in, and remembers its checkpoint.
    pub fn accept_receipt(
        &mut self,
        payload: &[u8],
        submitted: &Submitted,
        policy: &Policy,
        source: &impl RecordSource,
    ) -> Result<Standing, MemoryError> {
        let receipt = submitted.receipt.to_bytes();
        let files: [(&str, &[u8]); 3] =
            [("payload", payload), ("receipt.entry", &submitted.entry), ("receipt.tlog-proof", &receipt)];
        let standing = match submitted.receipt.verify(&submitted.entry, policy) {
            Ok(standing) => standing,
            Err(fault) => return Err(self.catch(source, Lie::Receipt(fault), &files)?),
        };
        if !Entry::parse(&submitted.entry).is_ok_and(|entry| entry.payload == payload) {
            return Err(self.catch(source, Lie::OtherPayload, &files)?);
        }
        self.accept(submitted.receipt.checkpoint.as_bytes(), source)?;
        Ok(standing)
    }

    /// Saves the evidence of a lie, with the latest checkpoint seen before it.
    pub fn catch(
        &self,
        source: &impl RecordSource,
        lie: Lie,
        files: &[(&str, &[u8])],
    ) -> Result<MemoryError, FileFault> {
        let key = self.log_key.to_file();
        let mut all = files.to_vec();
        all.push(("log.vkey", key.as_bytes()));
        if let Some(seen) = &self.seen {
            all.push((SEEN, seen.as_bytes()));
        }
        Ok(catch(&self.folder.join(EVIDENCE), source.place(), lie, &all)?.into())
    }
}
