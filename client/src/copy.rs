//! A copy of the record in a folder of one's own: fetched, authenticated, judged by the rules of the election, and only then
//! kept. Whoever signs or decrypts reads this copy, never the server.

use std::path::{Path, PathBuf};

use tabella_board::checkpoint::SignedCheckpoint;
use tabella_board::hash::Hash;
use tabella_board::key::LogVerifier;
use tabella_board::tile::{FULL_WIDTH, Layer, Tile, decode_bundle};
use tabella_board::tree::TreeHead;
use tabella_election::log::Log;
use tabella_election::rules::Board;
use tabella_election::text::Fingerprint;
use tabella_record::directory::RecordDirectory;
use tabella_record::entries::Extended;
use tabella_record::examination::Seeds;
use tabella_record::files::TileError;
use tabella_record::ledger::{Ledger, LedgerError};
use tabella_record::publication::{Publication, PublicationError};

use crate::lie::Lie;
use crate::memory::{Memory, MemoryError};
use crate::private_file::FileFault;
use crate::source::{RecordSource, SourceFault};

const RECORD: &str = "record";

/// Entries that are fetched and judged together.
const ROUND: u64 = 16 * FULL_WIDTH as u64;

/// Why the copy does not follow the board.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CopyError {
    /// The board lied, or what is remembered of it is damaged.
    #[error(transparent)]
    Memory(#[from] MemoryError),
    /// The board could not be read.
    #[error(transparent)]
    Source(#[from] SourceFault),
    /// The copy was changed since it was made.
    #[error("the copy in {} is damaged: {reason}. Move it away; the next run fetches it again", folder.display())]
    Damaged {
        /// The folder of the copy.
        folder: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The copy cannot be written.
    #[error(transparent)]
    Publication(#[from] PublicationError<TileError>),
    /// The copy cannot be read.
    #[error(transparent)]
    Tiles(#[from] TileError),
    /// The file system failed.
    #[error(transparent)]
    File(#[from] FileFault),
}

/// A judged copy of one board's record.
pub struct Copy {
    directory: RecordDirectory,
    ledger: Ledger,
    memory: Memory,
    expected: Option<Fingerprint>,
}

impl Copy {
    /// The copy in `folder`, all of it judged again. `progress` is told how many of how many entries are done.
    ///
    /// Every entry of it must be of the election `expected`. `None` accepts any: only for whoever makes the manifest.
    pub fn open(
        folder: &Path,
        log_key: LogVerifier,
        expected: Option<Fingerprint>,
        seeds: Seeds,
        progress: &dyn Fn(u64, u64),
    ) -> Result<Self, CopyError> {
        let memory = Memory::open(folder, log_key.clone())?;
        let directory = RecordDirectory::open(folder.join(RECORD))?;
        directory.write_log_key(&log_key)?;
        let mut copy = Self { directory, ledger: Ledger::new(log_key, seeds), memory, expected };
        copy.judge_own(progress)?;
        Ok(copy)
    }

    /// Fetches and judges what the board has since the last time. If it lies, the copy stays as it was and the evidence is saved.
    pub fn catch_up(&mut self, source: &impl RecordSource, progress: &dyn Fn(u64, u64)) -> Result<(), CopyError> {
        let checkpoint = self.memory.look(source)?;
        let head = checkpoint.unverified().head;
        while self.size() < head.size {
            self.fetch_round(&checkpoint, source)?;
            progress(self.size(), head.size);
        }
        self.publication_of(&checkpoint)
    }

    /// The folder of the record's files.
    pub fn record(&self) -> &Path {
        self.directory.record().root()
    }

    /// The state of the election; `None` before the manifest.
    pub fn board(&self) -> Option<&Board> {
        self.ledger.board()
    }

    /// The log, for the checks that a role makes itself.
    pub fn log(&self) -> impl Log + '_ {
        self.ledger.log(self.directory.record())
    }

    /// How many entries there are.
    pub fn size(&self) -> u64 {
        self.ledger.chain().size()
    }

    /// The leaf hash of the last entry.
    pub fn last_leaf(&self) -> Hash {
        self.ledger.chain().last_leaf()
    }

    /// The checkpoint over the whole copy, for the next control entry; `None` for the empty log.
    pub fn checkpoint(&self) -> Result<Option<String>, CopyError> {
        let bytes = self.directory.record().checkpoint()?;
        Ok(bytes.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()))
    }

    /// What is remembered of the board.
    pub fn memory(&mut self) -> &mut Memory {
        &mut self.memory
    }

    fn judge_own(&mut self, progress: &dyn Fn(u64, u64)) -> Result<(), CopyError> {
        let record = self.directory.record();
        let Some(checkpoint) = record.signed_checkpoint()? else { return Ok(()) };
        let damaged = |reason: String| CopyError::Damaged { folder: record.root().to_owned(), reason };
        let signed = checkpoint.verify(self.memory.log_key()).map_err(|fault| damaged(fault.to_string()))?;
        while self.ledger.chain().size() < signed.head.size {
            let before = self.ledger.chain().size();
            let judged = self.ledger.catch_up_until(before + ROUND, record);
            judged.map_err(|error| damaged(error.to_string()))?;
            if self.ledger.chain().size() == before {
                return Err(damaged("entries are missing".to_owned()));
            }
            progress(self.ledger.chain().size(), signed.head.size);
        }
        if self.ledger.chain().head() != signed.head {
            return Err(damaged("its entries are not those of its checkpoint".to_owned()));
        }
        match self.foreign_fingerprint() {
            Some(found) => Err(damaged(format!("it is of the election {found}"))),
            None => Ok(()),
        }
    }

    /// The fingerprint of the copy's election, if it is not the expected one.
    fn foreign_fingerprint(&self) -> Option<Fingerprint> {
        let found = self.board()?.election().fingerprint();
        self.expected.filter(|expected| *expected != found).map(|_| found)
    }

    /// Fetches, judges and authenticates the next entries, and then writes them. The checkpoint still is the old one.
    fn fetch_round(&mut self, checkpoint: &SignedCheckpoint, source: &impl RecordSource) -> Result<(), CopyError> {
        let head = checkpoint.unverified().head;
        let old = self.size();
        let more = fetch(old, head.size.min((old / ROUND + 1) * ROUND), head, source)?;
        let before = self.directory.record().under(old);
        let entries = Extended { entries: &before, size: old, more: &more };
        let judged = self.ledger.catch_up(&entries);
        // The chain of hashes makes the last entry stand for all before it.
        let chain = self.ledger.chain();
        let (last, leaf) = match &judged {
            Err(LedgerError::EntryDamaged(index) | LedgerError::EntryRejected { index, .. }) => {
                let found = index.checked_sub(old).and_then(|offset| more.get(usize::try_from(offset).ok()?));
                (*index, found.map_or_else(|| chain.last_leaf(), |entry| Hash::of_entry(entry)))
            }
            _ => (chain.size().saturating_sub(1), chain.last_leaf()),
        };
        let is_signed = self.memory.has_leaf(head, last, leaf.as_bytes(), source)?;
        let entry = last.checked_sub(old).and_then(|offset| more.get(usize::try_from(offset).ok()?));
        let files = [("checkpoint", checkpoint.as_bytes()), ("entry", entry.map_or(&[][..], Vec::as_slice))];
        match judged {
            Err(LedgerError::Reader(fault)) => return Err(fault.into()),
            Err(LedgerError::EntryRejected { index, rejection }) if is_signed => {
                return Err(self.memory.catch(source, Lie::Rule { index, rejection }, &files)?.into());
            }
            Err(_) => return Err(self.memory.catch(source, Lie::Entries(head.size), &files)?.into()),
            Ok(()) if !is_signed => return Err(self.memory.catch(source, Lie::Entries(head.size), &files)?.into()),
            Ok(()) => {}
        }
        if let (Some(found), Some(expected)) = (self.foreign_fingerprint(), self.expected) {
            return Err(self.memory.catch(source, Lie::Fingerprint { expected, found }, &files)?.into());
        }
        Ok(Publication { directory: &self.directory, chain, entries: &entries }.grow(old)?)
    }

    /// Makes the folder exactly the record of this checkpoint.
    fn publication_of(&self, checkpoint: &SignedCheckpoint) -> Result<(), CopyError> {
        // The same head may come again with more cosignatures. That it never goes back, the memory sees to.
        self.directory.publish(checkpoint.as_bytes())?;
        Ok(self.directory.finish(self.size())?)
    }
}

/// The entries from `old` to `new` of the log with this head, as the place gives them.
pub(crate) fn fetch(
    old: u64,
    new: u64,
    head: TreeHead,
    source: &impl RecordSource,
) -> Result<Vec<Vec<u8>>, SourceFault> {
    let width = u64::from(FULL_WIDTH);
    let mut entries = Vec::new();
    // Of a full bundle or the last one: what the checkpoint calls for.
    let end = new.next_multiple_of(width).min(head.size);
    for bundle in Tile::added(old, end).filter(|tile| tile.layer() == Layer::Entries) {
        let bytes = source.tile(&bundle)?;
        let length = || SourceFault::Length { place: source.place(), file: bundle.path() };
        // A bundle that superseded the one that was asked for is full.
        let decoded = decode_bundle(&bytes, bundle.width()).or_else(|_| decode_bundle(&bytes, FULL_WIDTH));
        let first = bundle.index() * width;
        let wanted = (first..).zip(decoded.map_err(|_| length())?).filter(|(index, _)| (old..new).contains(index));
        entries.extend(wanted.map(|(_, entry)| entry.to_vec()));
    }
    Ok(entries)
}
