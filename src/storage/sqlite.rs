//! The store in a SQLite file: the default, for a board on one machine.

use std::path::Path;

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Sqlite, SqliteConnection, Transaction};

use tabella_board::hash::HASH_LENGTH;
use tabella_board::tree::TreeHead;
use tabella_record::entries::{NumberedEntry, PayloadHash};

use super::columns::{self, count, integer, natural};
use super::migrations::{self, Step};
use super::transaction;
use super::{Admission, Batch, Head, LogId, Pending, Store, StoreError, StoredClosing, StoredVote, TRACKER_LENGTH};

mod closing;
mod vote;

const SCHEMA: [Step; 1] =
    [Step { version: 1, name: "board", sql: include_str!("../../migrations/sqlite/0001_board.sql") }];

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
        let id =
            sqlx::query_scalar("select id from log where origin = ?").bind(origin).fetch_optional(&self.pool).await?;
        Ok(id.map(LogId))
    }

    async fn head(&self, log: LogId) -> Result<Head, StoreError> {
        let head = sqlx::query_as("select size, root, checkpoint from log where id = ?").bind(log.0);
        columns::head(head.fetch_one(&self.pool).await?)
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
        let rows = sqlx::query_as(
            "select payload_hash, kind, payload, credential, nonce from pending where log = ? order by arrival limit ?",
        )
        .bind(log.0)
        .bind(count(limit))
        .fetch_all(&self.pool)
        .await?;
        rows.into_iter().map(columns::pending).collect()
    }

    async fn drop_pending(&self, log: LogId, payload_hashes: &[PayloadHash]) -> Result<(), StoreError> {
        let mut transaction = self.begin().await?;
        for &payload_hash in payload_hashes {
            delete_pending(&mut transaction, log, payload_hash).await?;
        }
        transaction::commit(transaction).await
    }

    async fn commit(&self, log: LogId, batch: &Batch) -> Result<(), StoreError> {
        let mut transaction = self.begin().await?;
        advance_head(&mut transaction, log, batch).await?;
        for entry in &batch.entries {
            insert_entry(&mut transaction, log, entry).await?;
        }
        for vote in &batch.votes {
            vote::insert(&mut transaction, log, vote).await?;
        }
        let numbered = batch.entries.iter().map(|entry| entry.payload_hash);
        for payload_hash in numbered.chain(batch.rejected.iter().copied()) {
            delete_pending(&mut transaction, log, payload_hash).await?;
        }
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
        let row = sqlx::query_as(
            "select entry_index, kind, leaf_hash, payload_hash, bytes from entry where log = ? and payload_hash = ?",
        )
        .bind(log.0)
        .bind(payload_hash.as_bytes().as_slice())
        .fetch_optional(&self.pool)
        .await?;
        row.map(columns::entry).transpose()
    }

    async fn entries_from(&self, log: LogId, index: u64, limit: usize) -> Result<Vec<NumberedEntry>, StoreError> {
        // No entry stands at an index beyond what SQLite can count.
        let Ok(index) = i64::try_from(index) else {
            return Ok(Vec::new());
        };
        let rows = sqlx::query_as(
            "select entry_index, kind, leaf_hash, payload_hash, bytes from entry
             where log = ? and entry_index >= ? order by entry_index limit ?",
        )
        .bind(log.0)
        .bind(index)
        .bind(count(limit))
        .fetch_all(&self.pool)
        .await?;
        rows.into_iter().map(columns::entry).collect()
    }

    async fn vote_of_tracker(
        &self,
        log: LogId,
        tracker: [u8; TRACKER_LENGTH],
    ) -> Result<Option<StoredVote>, StoreError> {
        vote::of_tracker(&self.pool, log, tracker).await
    }

    async fn votes_of_credential(
        &self,
        log: LogId,
        credential: [u8; HASH_LENGTH],
    ) -> Result<Vec<StoredVote>, StoreError> {
        vote::of_credential(&self.pool, log, credential).await
    }

    async fn closing(&self, log: LogId) -> Result<Option<StoredClosing>, StoreError> {
        closing::last(&self.pool, log).await
    }

    async fn take_closing(&self, log: LogId, closing: StoredClosing) -> Result<(), StoreError> {
        closing::take(&self.pool, log, closing).await
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

/// Moves the head from `batch.before` to `batch.after`: the fence between sequencers.
async fn advance_head(connection: &mut SqliteConnection, log: LogId, batch: &Batch) -> Result<(), StoreError> {
    let moved = sqlx::query("update log set size = ?, root = ?, checkpoint = ? where id = ? and size = ? and root = ?")
        .bind(integer(batch.after.size, "size")?)
        .bind(batch.after.root.as_bytes().as_slice())
        .bind(&batch.checkpoint)
        .bind(log.0)
        .bind(integer(batch.before.size, "size")?)
        .bind(batch.before.root.as_bytes().as_slice())
        .execute(connection)
        .await?;
    match moved.rows_affected() {
        1 => Ok(()),
        _ => Err(StoreError::Fenced { expected: batch.before }),
    }
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

async fn delete_pending(
    connection: &mut SqliteConnection,
    log: LogId,
    payload_hash: PayloadHash,
) -> Result<(), StoreError> {
    let deleted = sqlx::query("delete from pending where log = ? and payload_hash = ?")
        .bind(log.0)
        .bind(payload_hash.as_bytes().as_slice())
        .execute(connection)
        .await?;
    match deleted.rows_affected() {
        1 => Ok(()),
        _ => Err(StoreError::NotPending),
    }
}

/// The columns of the UNIQUE constraint that a statement violated. SQLite names the columns, never the constraint.
fn violated_unique(error: &sqlx::Error) -> Option<&str> {
    error.as_database_error()?.message().strip_prefix("UNIQUE constraint failed: ")
}
