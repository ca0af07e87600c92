//! The store in a SQLite file: the default, for a board on one machine.

use std::path::Path;

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Sqlite, SqliteConnection, Transaction};

use tabella_board::hash::HASH_LENGTH;
use tabella_board::tree::TreeHead;
use tabella_record::entries::{NumberedEntry, PayloadHash};

use super::columns::{integer, natural};
use super::migrations::{self, Step};
use super::transaction;
use super::{
    Admission, Batch, Fate, Head, Lease, Listener, LogId, News, Pending, Rejected, Store, StoreError, StoredClosing,
    StoredVote, TRACKER_LENGTH,
};

mod copy;
mod fate;
mod statements;

const SCHEMA: [Step; 2] = [
    Step { version: 1, name: "board", sql: include_str!("../../migrations/sqlite/0001_board.sql") },
    Step { version: 2, name: "rejection", sql: include_str!("../../migrations/sqlite/0002_rejection.sql") },
];

/// Connections that may read while one writes.
const CONNECTIONS: u32 = 4;

/// Page cache of each connection, in KiB as SQLite counts it (negative). The index of payload hashes is read at random.
const CACHE_SIZE: &str = "-32768";

/// A [`Store`] in a SQLite file.
#[derive(Debug, Clone)]
pub struct SqliteStore {
    pool: SqlitePool,
}

impl SqliteStore {
    /// Opens the store in the file `path`; makes the file and brings the schema up to date where needed.
    ///
    /// Fails with [`StoreError::SchemaUnknown`] on a file of a later version of this program.
    pub async fn open(path: &Path) -> Result<Self, StoreError> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            // A commit answers only when the disk has it: no signature may be older than what it signs.
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .pragma("cache_size", CACHE_SIZE);
        let pool = SqlitePoolOptions::new().max_connections(CONNECTIONS).connect_with(options).await?;
        migrations::run(&SCHEMA, &pool).await?;
        Ok(Self { pool })
    }

    /// Copies the store in the file `from`, as its last commit left it, into the new file `to`. A server may go on writing meanwhile.
    pub async fn copy(from: &Path, to: &Path) -> Result<(), StoreError> {
        copy::copy(from, to).await
    }

    /// Closes the store when all that runs on it has ended.
    pub async fn close(&self) {
        self.pool.close().await;
    }

    /// Begins a transaction that holds the write lock from its start, so that what it reads stays true until it commits.
    async fn begin(&self) -> Result<Transaction<'static, Sqlite>, StoreError> {
        Ok(self.pool.begin_with("begin immediate").await?)
    }
}

impl Store for SqliteStore {
    async fn create_log(&self, origin: &str) -> Result<LogId, StoreError> {
        sqlx::query_scalar("insert into log (origin, size, root) values (?, 0, ?) returning id")
            .bind(origin)
            .bind(TreeHead::empty().root.as_bytes().as_slice())
            .fetch_one(&self.pool)
            .await
            .map(LogId)
            .map_err(|error| match violated_unique(&error) {
                Some("log.origin") => StoreError::LogExists(origin.to_owned()),
                _ => error.into(),
            })
    }

    async fn find_log(&self, origin: &str) -> Result<Option<LogId>, StoreError> {
        statements::find_log(&self.pool, origin).await
    }

    async fn head(&self, log: LogId) -> Result<Head, StoreError> {
        statements::head(&self.pool, log).await
    }

    async fn insert_pending(&self, log: LogId, payloads: &[Pending]) -> Result<Vec<Admission>, StoreError> {
        let mut transaction = self.begin().await?;
        let mut admissions = Vec::with_capacity(payloads.len());
        for payload in payloads {
            admissions.push(admit(&mut transaction, log, payload).await?);
        }
        transaction::commit(transaction).await?;
        Ok(admissions)
    }

    async fn pending(&self, log: LogId, limit: usize) -> Result<Vec<Pending>, StoreError> {
        statements::pending(&self.pool, log, limit).await
    }

    async fn reject(&self, log: LogId, head: TreeHead, rejected: &[Rejected]) -> Result<(), StoreError> {
        let mut transaction = self.begin().await?;
        statements::require_head(&mut transaction, log, head).await?;
        reject_all(&mut transaction, log, rejected).await?;
        transaction::commit(transaction).await
    }

    async fn fates(&self, log: LogId, payload_hashes: &[PayloadHash]) -> Result<Vec<Fate>, StoreError> {
        fate::of_payloads(&self.pool, log, payload_hashes).await
    }

    async fn commit(&self, log: LogId, batch: &Batch) -> Result<(), StoreError> {
        let mut transaction = self.begin().await?;
        statements::advance_head(&mut transaction, log, batch).await?;
        for entry in &batch.entries {
            insert_entry(&mut transaction, log, entry).await?;
        }
        for vote in &batch.votes {
            insert_vote(&mut transaction, log, vote).await?;
        }
        for entry in &batch.entries {
            delete_pending(&mut transaction, log, entry.payload_hash).await?;
        }
        reject_all(&mut transaction, log, &batch.rejected).await?;
        transaction::commit(transaction).await
    }

    async fn entry(&self, log: LogId, index: u64) -> Result<Option<NumberedEntry>, StoreError> {
        Ok(self.entries_from(log, index, 1).await?.pop().filter(|entry| entry.index == index))
    }

    async fn entry_of_payload(
        &self,
        log: LogId,
        payload_hash: PayloadHash,
    ) -> Result<Option<NumberedEntry>, StoreError> {
        statements::entry_of_payload(&self.pool, log, payload_hash).await
    }

    async fn entries_from(&self, log: LogId, index: u64, limit: usize) -> Result<Vec<NumberedEntry>, StoreError> {
        statements::entries_from(&self.pool, log, index, limit).await
    }

    async fn vote_of_tracker(
        &self,
        log: LogId,
        tracker: [u8; TRACKER_LENGTH],
    ) -> Result<Option<StoredVote>, StoreError> {
        statements::vote_of_tracker(&self.pool, log, tracker).await
    }

    async fn votes_of_credential(
        &self,
        log: LogId,
        credential: [u8; HASH_LENGTH],
    ) -> Result<Vec<StoredVote>, StoreError> {
        statements::votes_of_credential(&self.pool, log, credential).await
    }

    async fn closing(&self, log: LogId) -> Result<Option<StoredClosing>, StoreError> {
        statements::closing(&self.pool, log).await
    }

    async fn take_closing(&self, log: LogId, closing: StoredClosing) -> Result<(), StoreError> {
        let mut transaction = self.begin().await?;
        statements::take_closing(&mut transaction, log, closing).await?;
        withdraw(&mut transaction, log, closing.payload_hash).await?;
        transaction::commit(transaction).await
    }

    /// The lock on the record's directory keeps other processes away.
    async fn lease(&self, _log: LogId) -> Result<Option<Lease>, StoreError> {
        Ok(Some(Lease::of_sole_process()))
    }

    async fn listen(&self, _log: LogId) -> Result<Option<Listener>, StoreError> {
        Ok(None)
    }

    async fn tell(&self, _log: LogId, _news: News) -> Result<(), StoreError> {
        Ok(())
    }
}

/// Puts one payload into the queue, unless it, or another of the same voter, is there already.
async fn admit(connection: &mut SqliteConnection, log: LogId, payload: &Pending) -> Result<Admission, StoreError> {
    let numbered: Option<i64> = sqlx::query_scalar("select entry_index from entry where log = ? and payload_hash = ?")
        .bind(log.0)
        .bind(payload.payload_hash.as_bytes().as_slice())
        .fetch_optional(&mut *connection)
        .await?;
    if let Some(index) = numbered {
        return Ok(Admission::Numbered(natural(index, "entry_index")?));
    }
    let inserted = sqlx::query(
        "insert into pending (log, payload_hash, kind, payload, credential, nonce) values (?, ?, ?, ?, ?, ?)
         on conflict do nothing",
    )
    .bind(log.0)
    .bind(payload.payload_hash.as_bytes().as_slice())
    .bind(&payload.kind)
    .bind(&payload.payload)
    .bind(payload.voter.as_ref().map(|voter| voter.credential.as_slice()))
    .bind(payload.voter.as_ref().map(|voter| voter.nonce.as_slice()))
    .execute(&mut *connection)
    .await?;
    if inserted.rows_affected() == 1 {
        return Ok(Admission::New);
    }
    let waits: bool = sqlx::query_scalar("select exists (select 1 from pending where log = ? and payload_hash = ?)")
        .bind(log.0)
        .bind(payload.payload_hash.as_bytes().as_slice())
        .fetch_one(connection)
        .await?;
    Ok(if waits { Admission::Waiting } else { Admission::VoterBusy })
}

async fn insert_entry(connection: &mut SqliteConnection, log: LogId, entry: &NumberedEntry) -> Result<(), StoreError> {
    sqlx::query("insert into entry (log, entry_index, kind, leaf_hash, payload_hash, bytes) values (?, ?, ?, ?, ?, ?)")
        .bind(log.0)
        .bind(integer(entry.index, "entry_index")?)
        .bind(&entry.kind)
        .bind(entry.leaf_hash.as_bytes().as_slice())
        .bind(entry.payload_hash.as_bytes().as_slice())
        .bind(&entry.bytes)
        .execute(connection)
        .await
        .map_err(|error| match violated_unique(&error) {
            Some("entry.log, entry.payload_hash") => StoreError::PayloadNumbered,
            _ => error.into(),
        })?;
    Ok(())
}

async fn insert_vote(connection: &mut SqliteConnection, log: LogId, vote: &StoredVote) -> Result<(), StoreError> {
    sqlx::query("insert into vote (log, entry_index, kind, credential, tracker) values (?, ?, ?, ?, ?)")
        .bind(log.0)
        .bind(integer(vote.index, "entry_index")?)
        .bind(&vote.kind)
        .bind(vote.credential.as_slice())
        .bind(vote.tracker.as_slice())
        .execute(connection)
        .await?;
    Ok(())
}

/// Takes a payload out of the queue, in which it must be.
async fn delete_pending(
    connection: &mut SqliteConnection,
    log: LogId,
    payload_hash: PayloadHash,
) -> Result<(), StoreError> {
    if withdraw(connection, log, payload_hash).await? { Ok(()) } else { Err(StoreError::NotPending) }
}

/// Takes a payload out of the queue, and says whether it was there.
async fn withdraw(
    connection: &mut SqliteConnection,
    log: LogId,
    payload_hash: PayloadHash,
) -> Result<bool, StoreError> {
    let deleted = sqlx::query("delete from pending where log = ? and payload_hash = ?")
        .bind(log.0)
        .bind(payload_hash.as_bytes().as_slice())
        .execute(connection)
        .await?;
    Ok(deleted.rows_affected() == 1)
}

/// Takes rejected payloads out of the queue, and remembers what became of them.
async fn reject_all(connection: &mut SqliteConnection, log: LogId, rejected: &[Rejected]) -> Result<(), StoreError> {
    for rejected in rejected {
        delete_pending(connection, log, rejected.payload_hash).await?;
        fate::remember(connection, log, rejected).await?;
    }
    if rejected.is_empty() { Ok(()) } else { fate::forget_oldest(connection, log).await }
}

/// The columns of the UNIQUE constraint that a statement violated. SQLite names the columns, never the constraint.
fn violated_unique(error: &sqlx::Error) -> Option<&str> {
    error.as_database_error()?.message().strip_prefix("UNIQUE constraint failed: ")
}
