//! A copy of the record in a folder of one's own: fetched, authenticated, judged by the rules of the election, and only then
//! kept. Whoever signs or decrypts reads this copy, never the server.

use std::path::{Path, PathBuf};

use tabella_board::checkpoint::SignedCheckpoint;
use tabella_board::hash::Hash;
use tabella_board::tile::FULL_WIDTH;
use tabella_board::tree::TreeHead;
use tabella_election::log::Log;
use tabella_election::rules::Board;
use tabella_election::text::Fingerprint;
use tabella_record::directory::RecordDirectory;
use tabella_record::entries::Extended;
use tabella_record::examination::Seeds;
use tabella_record::files::TileError;
use tabella_record::ledger::Ledger;
use tabella_record::publication::{Publication, PublicationError};

use crate::memory::{Memory, MemoryError};
use crate::private_file::FileFault;
use crate::reading::{Reading, fetch};
use crate::source::{RecordSource, SourceFault};

const RECORD: &str = "record";

/// Entries that are fetched and judged together.
const ROUND: u64 = 16 * FULL_WIDTH as u64;

/// Why a copy does not follow the board.
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
    /// An entry of the copy was changed since it was judged.
    #[error(
        "entry {0} of the copy is not what it was; is the disk damaged? Move the copy away; the next run fetches it again"
    )]
    Entry(u64),
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
    reading: Reading,
}

impl Copy {
    /// The copy in `folder` of the record at this place, all of it judged again. `progress` is told how many of how many entries are done.
    ///
    /// Every entry of it must be of the election `expected`. `None` accepts any: only for whoever makes the manifest.
    pub fn open(
        folder: &Path,
        source: &impl RecordSource,
        expected: Option<Fingerprint>,
        seeds: Seeds,
        progress: &dyn Fn(u64, u64),
    ) -> Result<Self, CopyError> {
        let memory = Memory::open(folder, source)?;
        let directory = RecordDirectory::open(folder.join(RECORD))?;
        let ledger = Ledger::new(memory.log_key().clone(), seeds);
        let mut copy = Self { directory, reading: Reading { ledger, memory, expected } };
        copy.judge_own(progress)?;
        Ok(copy)
    }

    /// Fetches and judges what the board has since the last time. If it lies, the copy stays as it was and the evidence is saved.
    ///
    /// May be called again if the place could not be read; after any other error the copy must be opened again.
    pub fn catch_up(&mut self, source: &impl RecordSource, progress: &dyn Fn(u64, u64)) -> Result<(), CopyError> {
        let Some(checkpoint) = self.reading.memory.look(source)? else { return Ok(()) };
        let head = checkpoint.unverified().head;
        // A log of nothing is of no election yet: nothing of it is kept.
        if head.size == 0 {
            return Ok(());
        }
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
        self.reading.ledger.board()
    }

    /// The log, for the checks that a role makes itself.
    pub fn log(&self) -> impl Log + '_ {
        self.reading.ledger.log(self.directory.record())
    }

    /// How many entries there are.
    pub fn size(&self) -> u64 {
        self.reading.ledger.chain().size()
    }

    /// The leaf hash of the last entry.
    pub fn last_leaf(&self) -> Hash {
        self.reading.ledger.chain().last_leaf()
    }

    /// The head of the log when it had so many entries; `None` if there are fewer.
    pub fn head_at(&self, size: u64) -> Option<TreeHead> {
        self.reading.ledger.chain().head_at(size)
    }

    /// The checkpoint over the whole copy, for the next control entry; `None` for the empty log.
    pub fn checkpoint(&self) -> Result<Option<String>, CopyError> {
        let bytes = self.directory.record().checkpoint()?;
        Ok(bytes.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()))
    }

    /// What is remembered of the board.
    pub fn memory(&mut self) -> &mut Memory {
        &mut self.reading.memory
    }

    fn judge_own(&mut self, progress: &dyn Fn(u64, u64)) -> Result<(), CopyError> {
        let record = self.directory.record();
        let Some(checkpoint) = record.signed_checkpoint()? else { return Ok(()) };
        let damaged = |reason: String| CopyError::Damaged { folder: record.root().to_owned(), reason };
        let signed = checkpoint.verify(self.reading.memory.log_key()).map_err(|fault| damaged(fault.to_string()))?;
        while self.reading.ledger.chain().size() < signed.head.size {
            let before = self.reading.ledger.chain().size();
            let judged = self.reading.ledger.catch_up_until(before + ROUND, record);
            judged.map_err(|error| damaged(error.to_string()))?;
            if self.reading.ledger.chain().size() == before {
                return Err(damaged("entries are missing".to_owned()));
            }
            progress(self.reading.ledger.chain().size(), signed.head.size);
        }
        if self.reading.ledger.chain().head() != signed.head {
            return Err(damaged("its entries are not those of its checkpoint".to_owned()));
        }
        if let Some(found) = self.foreign_fingerprint() {
            return Err(damaged(format!("it is of the election {found}")));
        }
        let chain = self.reading.ledger.chain();
        self.reading.ledger.policy().map_or(Ok(()), |policy| self.reading.memory.judge_by(policy, &checkpoint))?;
        Ok(self.reading.memory.recall(checkpoint, |size| chain.head_at(size))?)
    }

    /// The fingerprint of the copy's election, if it is not the expected one.
    fn foreign_fingerprint(&self) -> Option<Fingerprint> {
        let found = self.board()?.election().fingerprint();
        self.reading.expected.filter(|expected| *expected != found).map(|_| found)
    }

    /// Fetches, judges and authenticates the next entries, and then writes them. The checkpoint still is the old one.
    fn fetch_round(&mut self, checkpoint: &SignedCheckpoint, source: &impl RecordSource) -> Result<(), CopyError> {
        let head = checkpoint.unverified().head;
        let old = self.size();
        let more = fetch(old, head.size.min((old / ROUND + 1) * ROUND), head, source)?;
        let before = self.directory.record().under(old);
        self.reading.read_on(&more, &before, checkpoint, source)?;
        // Before the first round nobody knows whether this is the key of the right election.
        if old == 0 {
            self.directory.write_log_key(self.reading.memory.log_key())?;
        }
        let entries = Extended { entries: &before, size: old, more: &more };
        Ok(Publication { directory: &self.directory, chain: self.reading.ledger.chain(), entries: &entries }
            .grow(old)?)
    }

    /// Makes the folder exactly the record of this checkpoint.
    fn publication_of(&self, checkpoint: &SignedCheckpoint) -> Result<(), CopyError> {
        // The same head may come again with more cosignatures. That it never goes back, the memory sees to.
        self.directory.publish(checkpoint.as_bytes())?;
        Ok(self.directory.finish(self.size())?)
    }
}
