//! Where the board keeps what must never be lost: entries, the signed head, and payloads that wait to be numbered.
//!
//! [`Store`] knows bytes and hashes, not elections. Everything in it is keyed by the log, so that one store may hold the
//! logs of many elections. It upholds what the order of specs/board.md#sequencing needs:
//!
//! - a batch is committed whole or not at all, with its entries, its signed checkpoint and the emptied queue;
//! - a commit answers only when the batch is durable;
//! - of two sequencers that continue the same head, one commits and the other is told so ([`StoreError::Fenced`]);
//! - a commit without an answer is told as what it is ([`StoreError::OutcomeUnknown`]): whoever heard it reads what is durable
//!   before it goes on;

//! - where processes share a store, one of them has the [`Lease`] of a log, and the others can find out what became of a payload.

use std::future::Future;

use tabella_board::hash::HASH_LENGTH;
use tabella_board::tree::TreeHead;
use tabella_record::entries::{NumberedEntry, PayloadHash};

mod error;
mod sharing;

mod columns;
mod migrations;
mod statements;
mod transaction;

mod postgres;
mod sqlite;

mod board_store;

pub use board_store::{BoardStore, StoreLocation};
pub use error::StoreError;
pub use postgres::{PostgresAddress, PostgresAddressFault, PostgresStore};
pub use sharing::{Lease, LeaseKeeper, Listener, News};
pub use sqlite::SqliteStore;

/// Bytes of a tracker (specs/ballot.md#tracker).
pub const TRACKER_LENGTH: usize = 20;

/// The number of a log in its store. Only the store makes one, so it always names a log that exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct LogId(i64);

/// The durable head of a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// Size and root.
    pub tree: TreeHead,
    /// The signed checkpoint over them, verbatim; `None` exactly while the log is empty.
    pub checkpoint: Option<Vec<u8>>,
}

/// By what people find the entry of a ballot or challenge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredVote {
    /// Position of the entry in the log.
    pub index: u64,
    /// Kind of the entry.
    pub kind: String,
    /// K, the credential.
    pub credential: [u8; HASH_LENGTH],
    /// What the voter keeps of it.
    pub tracker: [u8; TRACKER_LENGTH],
}

/// The last request of the authority to close, or not to close, that was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoredClosing {
    /// Its number, from 1.
    pub number: u64,
    /// Whether nothing but `close` is taken.
    pub is_closing: bool,
    /// Hash of the request.
    pub payload_hash: PayloadHash,
}

/// A payload that waits, or is about to wait, to be numbered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pending {
    /// Hash of `payload`.
    pub payload_hash: PayloadHash,
    /// Kind of the entry that it asks for.
    pub kind: String,
    /// What the author wrote, verbatim.
    pub payload: Vec<u8>,
    /// Of a ballot or challenge; `None` for every other kind.
    pub voter: Option<Voter>,
}

/// What of a ballot or challenge must be unique among the payloads that wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Voter {
    /// K, the credential.
    pub credential: [u8; HASH_LENGTH],
    /// R, the nonce of the encryption.
    pub nonce: [u8; HASH_LENGTH],
}

/// What became of a payload that was handed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Admission {
    /// It waits now.
    New,
    /// The same payload waits already.
    Waiting,
    /// The same payload stands in the log at this index.
    Numbered(u64),
    /// Another ballot or challenge of this credential, or with this R, waits: this one was not taken.
    VoterBusy,
}

/// A payload that was judged and not numbered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejected {
    /// Hash of the payload.
    pub payload_hash: PayloadHash,
    /// The stable code.
    pub code: String,
    /// What people read.
    pub message: String,
}

/// Where a payload is that was put into the queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// Still in the queue.
    Waits,
    /// In the log, at this index.
    Numbered(u64),
    /// It is the request to close that was taken last.
    Taken,
    /// It was rejected.
    Rejected(Rejected),
    /// Nowhere: it was rejected long ago, or never handed in.
    Unknown,
}

/// How many rejections of each log are remembered: those of the last payloads that left the queue.
pub const REJECTIONS: u32 = 16_384;

/// A batch of entries, with all that changes when it is committed.
#[derive(Debug, Clone)]
pub struct Batch {
    /// The head that the batch continues.
    pub before: TreeHead,
    /// The head after the batch.
    pub after: TreeHead,
    /// The signed checkpoint over `after`.
    pub checkpoint: Vec<u8>,
    /// The new entries in order; the first has index `before.size`.
    pub entries: Vec<NumberedEntry>,
    /// By what the ballots and challenges among them are found.
    pub votes: Vec<StoredVote>,
    /// Those that were judged and rejected: they leave the queue too.
    pub rejected: Vec<Rejected>,
}

/// Durable storage of logs. The suite in `tests/storage/` says what every implementation must do.
pub trait Store: Send + Sync + 'static {
    /// Makes an empty log. Fails with [`StoreError::LogExists`] if there is one of this origin.
    fn create_log(&self, origin: &str) -> impl Future<Output = Result<LogId, StoreError>> + Send;

    /// Finds the log of this origin.
    fn find_log(&self, origin: &str) -> impl Future<Output = Result<Option<LogId>, StoreError>> + Send;

    /// The head of the last committed batch.
    fn head(&self, log: LogId) -> impl Future<Output = Result<Head, StoreError>> + Send;

    /// Puts payloads into the queue, in this order and in one transaction. Answers for each, in the same order.
    /// Repeating a call changes nothing.
    fn insert_pending(
        &self,
        log: LogId,
        payloads: &[Pending],
    ) -> impl Future<Output = Result<Vec<Admission>, StoreError>> + Send;

    /// The payloads that have waited longest, at most `limit`, in the order of their arrival. They stay in the queue until a
    /// batch is committed that numbers or rejects them.
    fn pending(&self, log: LogId, limit: usize) -> impl Future<Output = Result<Vec<Pending>, StoreError>> + Send;

    /// Takes payloads that were rejected after `head` out of the queue, for when nothing else of their batch is left to commit.
    ///
    /// Fails with [`StoreError::Fenced`] if the log's head is another one: they may be right after it.
    fn reject(
        &self,
        log: LogId,
        head: TreeHead,
        rejected: &[Rejected],
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// What became of payloads that were put into the queue, in the same order. A payload that was handed in again waits, whatever
    /// became of it before. The last [`REJECTIONS`] are remembered.
    fn fates(
        &self,
        log: LogId,
        payload_hashes: &[PayloadHash],
    ) -> impl Future<Output = Result<Vec<Fate>, StoreError>> + Send;

    /// Commits a batch in one transaction, and returns when it is durable.
    ///
    /// Fails with [`StoreError::Fenced`] if the log's head is not `batch.before`: another sequencer is at work, and the
    /// caller must stop. Nothing is changed by a commit that fails, but with [`StoreError::OutcomeUnknown`]: then all of it may be durable,
    /// or nothing.
    fn commit(&self, log: LogId, batch: &Batch) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// The entry with this index.
    fn entry(&self, log: LogId, index: u64) -> impl Future<Output = Result<Option<NumberedEntry>, StoreError>> + Send;

    /// The entry with this payload.
    fn entry_of_payload(
        &self,
        log: LogId,
        payload_hash: PayloadHash,
    ) -> impl Future<Output = Result<Option<NumberedEntry>, StoreError>> + Send;

    /// The entries from `index` on, at most `limit`, in order. A reader of the whole log asks again from where it got to.
    fn entries_from(
        &self,
        log: LogId,
        index: u64,
        limit: usize,
    ) -> impl Future<Output = Result<Vec<NumberedEntry>, StoreError>> + Send;

    /// The ballot or challenge with this tracker; the first, if there should be several.
    fn vote_of_tracker(
        &self,
        log: LogId,
        tracker: [u8; TRACKER_LENGTH],
    ) -> impl Future<Output = Result<Option<StoredVote>, StoreError>> + Send;

    /// All ballots and challenges of this credential, in the order of the log.
    fn votes_of_credential(
        &self,
        log: LogId,
        credential: [u8; HASH_LENGTH],
    ) -> impl Future<Output = Result<Vec<StoredVote>, StoreError>> + Send;

    /// The last request to close that was taken.
    fn closing(&self, log: LogId) -> impl Future<Output = Result<Option<StoredClosing>, StoreError>> + Send;

    /// Takes a request to close, which leaves the queue if it waits there, and returns when it is durable. Taking the last one again
    /// changes nothing else. Fails with [`StoreError::ClosingStale`] unless its number is greater than that of the last one.
    fn take_closing(&self, log: LogId, closing: StoredClosing) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// The right to be the sequencer of the log; `None` while another process has it.
    fn lease(&self, log: LogId) -> impl Future<Output = Result<Option<Lease>, StoreError>> + Send;

    /// Where news of the log arrive that other processes tell; `None` if no other process can have this store.
    fn listen(&self, log: LogId) -> impl Future<Output = Result<Option<Listener>, StoreError>> + Send;

    /// Tells the other processes something of the log.
    fn tell(&self, log: LogId, news: News) -> impl Future<Output = Result<(), StoreError>> + Send;
}
