//! The latest checkpoint that a program has seen of a board. Whatever the board shows next must continue it; this is how a
//! board that shows two histories is found out. Implements specs/server.md#distrust.

use std::path::{Path, PathBuf};

use tabella_board::checkpoint::SignedCheckpoint;
use tabella_board::entry::Entry;
use tabella_board::hash::Hash;
use tabella_board::key::LogVerifier;
use tabella_board::policy::Policy;
use tabella_board::receipt::{Receipt, ReceiptFault, Standing};
use tabella_board::tile::AuthenticatedTiles;
use tabella_board::tree::{ConsistencyProof, Node, NodeReader, ReadFault, TreeHead};

use crate::lie::{Caught, Lie, catch};
use crate::private_file::{self, FileFault};
use crate::remote::Submitted;
use crate::source::{LONGEST_NOTE, RecordSource, SourceFault, Tiles};

const SEEN: &str = "seen.checkpoint";
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
    /// Whether this is the board of the right election, as far as anybody can tell. Before, nothing is written: whoever mistypes
    /// an address would remember the wrong board for ever.
    is_kept: bool,
}

impl Memory {
    /// What the folder remembers of the board at this place. Fails if the place shows another key than it did before.
    pub fn open(folder: &Path, source: &impl RecordSource) -> Result<Self, MemoryError> {
        let log_key = source.log_key()?;
        let Some(remembered) = private_file::read(&folder.join(SEEN_KEY), LONGEST_NOTE)? else {
            return Ok(Self { folder: folder.to_owned(), log_key, seen: None, is_kept: false });
        };
        let damaged = |name: &str| MemoryError::Damaged(folder.join(name));
        let remembered = LogVerifier::from_file(&remembered).map_err(|_| damaged(SEEN_KEY))?;
        // It was written before the key.
        let seen = private_file::read(&folder.join(SEEN), LONGEST_NOTE)?.ok_or_else(|| damaged(SEEN))?;
        let seen = SignedCheckpoint::parse(&seen).map_err(|_| damaged(SEEN))?;
        if seen.verify(&remembered).is_err() {
            return Err(damaged(SEEN));
        }
        let memory = Self { folder: folder.to_owned(), log_key: remembered, seen: Some(seen), is_kept: true };
        if log_key == memory.log_key {
            return Ok(memory);
        }
        Err(memory.catch(source, Lie::LogKey, &[("shown.vkey", log_key.to_file().as_bytes())])?)
    }

    /// Remembers from now on what was seen: the board is known to be that of the right election.
    pub fn keep(&mut self) -> Result<(), MemoryError> {
        if self.is_kept {
            return Ok(());
        }
        // The key comes last: without it, nothing is remembered.
        if let Some(seen) = &self.seen {
            private_file::write(&self.folder.join(SEEN), seen.as_bytes())?;
        }
        private_file::write(&self.folder.join(SEEN_KEY), self.log_key.to_file().as_bytes())?;
        self.is_kept = true;
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

    /// Remembers a checkpoint if it continues the one before.
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
        if let Err(broken) = compare(self.head(), shown.unverified().head, source)? {
            let proof = broken.proof();
            return Err(self.catch(source, broken.lie, &[("checkpoint", bytes), (PROOF, proof.as_bytes())])?);
        }
        if self.is_kept {
            private_file::write(&self.folder.join(SEEN), bytes)?;
        }
        self.seen = Some(shown);
        Ok(accepted)
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
            Ok(verified) => {
                self.accept(submitted.receipt.checkpoint.as_bytes(), source)?;
                Ok(verified)
            }
            Err(fault) => {
                let receipt = submitted.receipt.to_bytes();
                let files: [(&str, &[u8]); 2] = [(RECEIPT_ENTRY, &submitted.entry), (RECEIPT_PROOF, &receipt)];
                Err(self.catch(source, Lie::Receipt(fault), &files)?)
            }
        }
    }

    /// Holds a receipt of earlier days against what the board shows now: the entry must still be there.
    pub fn hold(
        &mut self,
        entry: &[u8],
        receipt: &Receipt,
        policy: &Policy,
        source: &impl RecordSource,
    ) -> Result<Standing, MemoryError> {
        let standing = receipt.verify(entry, policy)?;
        let missing = || SourceFault::Missing { place: source.place(), file: "checkpoint".to_owned() };
        let shown = self.look(source)?.ok_or_else(missing)?;
        let head = shown.unverified().head;
        let leaf = Hash::of_entry(entry);
        let (lie, proof) = match compare(receipt.checkpoint.unverified().head, head, source)? {
            Ok(()) if has_leaf(head, receipt.index, leaf, source)? => return Ok(standing),
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

    /// Saves the evidence of a lie, with the latest checkpoint seen before it. Empty files are left out.
    pub fn catch(
        &self,
        source: &impl RecordSource,
        lie: Lie,
        files: &[(&str, &[u8])],
    ) -> Result<MemoryError, FileFault> {
        let key = self.log_key.to_file();
        let mut all: Vec<(&str, &[u8])> = files.iter().filter(|(_, bytes)| !bytes.is_empty()).copied().collect();
        all.push(("log.vkey", key.as_bytes()));
        if let Some(seen) = &self.seen {
            all.push((SEEN, seen.as_bytes()));
        }
        Ok(catch(&self.folder.join(EVIDENCE), source.place(), lie, &all)?.into())
    }
}

/// Two heads that are not of one log.
struct Broken {
    lie: Lie,
    /// Shows it to anybody: from these hashes follow the root that is shown now, and another than the one that was seen.
    /// Implements specs/evidence.md#proofs.
    hashes: Vec<Hash>,
}

impl Broken {
    /// The hashes, one on each line, as C2SP has it.
    fn proof(&self) -> String {
        self.hashes.iter().map(|hash| format!("{hash}\n")).collect()
    }
}

/// Whether the log with the head `shown` begins with all entries of the one with the head `seen`.
fn compare(seen: TreeHead, shown: TreeHead, source: &impl RecordSource) -> Result<Result<(), Broken>, SourceFault> {
    let broken = |lie, hashes| Ok(Err(Broken { lie, hashes }));
    if shown.size < seen.size {
        return broken(Lie::Rollback { seen: seen.size, shown: shown.size }, Vec::new());
    }
    if shown.size == seen.size {
        return if shown == seen { Ok(Ok(())) } else { broken(Lie::Fork { seen, shown }, Vec::new()) };
    }
    let tiles = Tiles(source);
    let tiles = AuthenticatedTiles::new(&tiles, shown);
    let proof = ConsistencyProof::prove(&tiles, seen.size, shown.size);
    let hashes = match proof {
        Ok(proof) if proof.verify(seen, shown).is_ok() => return Ok(Ok(())),
        Ok(proof) => {
            first_root(&tiles, seen.size).map(|first| first.into_iter().chain(proof.hashes().to_vec()).collect())
        }
        Err(fault) => Err(fault),
    };
    match hashes {
        Ok(hashes) => broken(Lie::Fork { seen, shown }, hashes),
        Err(ReadFault::Reader(fault)) => Err(fault),
        Err(_) => broken(Lie::Entries(shown.size), Vec::new()),
    }
}

/// The root of the first `size` leaves, where a consistency proof leaves it out: whoever checks one has it, but whoever is shown
/// evidence must be shown that it is another.
fn first_root<R: NodeReader>(nodes: &R, size: u64) -> Result<Option<Hash>, ReadFault<R::Error>> {
    if !size.is_power_of_two() {
        return Ok(None);
    }
    let level = size.trailing_zeros() as u8;
    Ok(nodes.read(&[Node { level, index: 0 }])?.first().copied())
}

/// Whether the log with the head `shown` begins with the one with the head `own`, as the tiles of the place show.
pub fn begins(own: TreeHead, shown: TreeHead, source: &impl RecordSource) -> Result<bool, SourceFault> {
    Ok(compare(own, shown, source)?.is_ok())
}

/// Whether `leaf` is the leaf hash of the entry `index` in the log with this head, as the tiles of the place show.
pub fn has_leaf(head: TreeHead, index: u64, leaf: Hash, source: &impl RecordSource) -> Result<bool, SourceFault> {
    let tiles = Tiles(source);
    match AuthenticatedTiles::new(&tiles, head).read(&[Node { level: 0, index }]) {
        Ok(found) => Ok(found.first() == Some(&leaf)),
        Err(ReadFault::Reader(fault)) => Err(fault),
        Err(_) => Ok(false),
    }
}
