//! The store of a board, of whichever kind its operator has chosen.

use std::path::PathBuf;

use tabella_board::hash::HASH_LENGTH;
use tabella_record::entries::{NumberedEntry, PayloadHash};

use super::{
    Admission, Batch, Head, LogId, Pending, PostgresAddress, PostgresStore, SqliteStore, Store, StoreError,
    StoredClosing, StoredVote, TRACKER_LENGTH,
};

/// Where a board's store is.
#[derive(Debug, Clone)]
pub enum StoreLocation {
    /// In a SQLite file, which is made if it is not there.
    File(PathBuf),
    /// In a PostgreSQL database.
    Postgres(PostgresAddress),
}

impl StoreLocation {
    /// Opens the store.
    pub async fn open(&self) -> Result<BoardStore, StoreError> {
        match self {
            Self::File(path) => SqliteStore::open(path).await.map(BoardStore::Sqlite),
            Self::Postgres(address) => PostgresStore::open(address).await.map(BoardStore::Postgres),
        }
    }
}

/// A [`Store`] of either kind.
#[derive(Debug, Clone)]
pub enum BoardStore {
    /// In a SQLite file.
    Sqlite(SqliteStore),
    /// In a PostgreSQL database.
    Postgres(PostgresStore),
}

/// Asks the store that there is.
macro_rules! ask {
    ($store:expr, $method:ident($($argument:expr),*)) => {
        match $store {
            BoardStore::Sqlite(store) => store.$method($($argument),*).await,
            BoardStore::Postgres(store) => store.$method($($argument),*).await,
        }
    };
}

impl BoardStore {
    /// Closes the store when all that runs on it has ended.
    pub async fn close(&self) {
        ask!(self, close());
    }
}

impl Store for BoardStore {
    async fn create_log(&self, origin: &str) -> Result<LogId, StoreError> {
        ask!(self, create_log(origin))
    }

    async fn find_log(&self, origin: &str) -> Result<Option<LogId>, StoreError> {
        ask!(self, find_log(origin))
    }

    async fn head(&self, log: LogId) -> Result<Head, StoreError> {
        ask!(self, head(log))
    }

    async fn insert_pending(&self, log: LogId, payloads: &[Pending]) -> Result<Vec<Admission>, StoreError> {
        ask!(self, insert_pending(log, payloads))
    }

    async fn pending(&self, log: LogId, limit: usize) -> Result<Vec<Pending>, StoreError> {
        ask!(self, pending(log, limit))
    }

    async fn drop_pending(&self, log: LogId, payload_hashes: &[PayloadHash]) -> Result<(), StoreError> {
        ask!(self, drop_pending(log, payload_hashes))
    }

    async fn commit(&self, log: LogId, batch: &Batch) -> Result<(), StoreError> {
        ask!(self, commit(log, batch))
    }

    async fn entry(&self, log: LogId, index: u64) -> Result<Option<NumberedEntry>, StoreError> {
        ask!(self, entry(log, index))
    }

    async fn entry_of_payload(
        &self,
        log: LogId,
        payload_hash: PayloadHash,
    ) -> Result<Option<NumberedEntry>, StoreError> {
        ask!(self, entry_of_payload(log, payload_hash))
    }

    async fn entries_from(&self, log: LogId, index: u64, limit: usize) -> Result<Vec<NumberedEntry>, StoreError> {
        ask!(self, entries_from(log, index, limit))
    }

    async fn vote_of_tracker(
        &self,
        log: LogId,
        tracker: [u8; TRACKER_LENGTH],
    ) -> Result<Option<StoredVote>, StoreError> {
        ask!(self, vote_of_tracker(log, tracker))
    }

    async fn votes_of_credential(
        &self,
        log: LogId,
        credential: [u8; HASH_LENGTH],
    ) -> Result<Vec<StoredVote>, StoreError> {
        ask!(self, votes_of_credential(log, credential))
    }

    async fn closing(&self, log: LogId) -> Result<Option<StoredClosing>, StoreError> {
        ask!(self, closing(log))
    }

    async fn take_closing(&self, log: LogId, closing: StoredClosing) -> Result<(), StoreError> {
        ask!(self, take_closing(log, closing))
    }
}
