//! The store in a PostgreSQL database, for a board whose machine may be lost.
//!
//! Whoever writes to a log locks its row first. So those who write to a log come one after the other, and what one of them has
//! read stays true until it commits.

use std::fmt;
use std::time::Duration;

use sqlx::postgres::{PgPool, PgPoolOptions};
use sqlx::{Connection, PgConnection, Postgres, Transaction};
use tabella_board::hash::HASH_LENGTH;
use tabella_board::tree::TreeHead;
use tabella_record::entries::{NumberedEntry, PayloadHash};

use super::migrations::{self, Step};
use super::transaction;
use super::{
    Admission, Batch, Fate, Head, Lease, Listener, LogId, News, Pending, Rejected, Store, StoreError, StoredClosing,
    StoredVote, TRACKER_LENGTH,
};

mod address;
mod session;

mod batch;
mod fate;
mod queue;
mod statements;

mod office;

pub use address::{PostgresAddress, PostgresAddressFault};

const SCHEMA: [Step; 2] = [
    Step { version: 1, name: "board", sql: include_str!("../../migrations/postgres/0001_board.sql") },
    Step { version: 2, name: "rejection", sql: include_str!("../../migrations/postgres/0002_rejection.sql") },
];

/// Connections of this process.
const CONNECTIONS: u32 = 8;

/// More than the logs of any server need; the database has its own limit.
const STANDING: u32 = 10_000;

/// How long whoever needs a connection waits for one.
const PATIENCE: Duration = Duration::from_secs(10);

/// A [`Store`] in a PostgreSQL database.
#[derive(Clone)]
pub struct PostgresStore {
    pool: PgPool,
    /// Connections that are held for long: for each log one to listen, and one for its lease.
    standing: PgPool,
    place: String,
}

impl PostgresStore {
    /// Opens the store in the database at `address`, and brings its schema up to date.
    ///
    /// Fails with [`StoreError::Unreachable`] without waiting for a database that does not run, with [`StoreError::NotDurable`] on one
    /// that loses what it has confirmed, and with [`StoreError::SchemaUnknown`] on one of a later version of this program.
    pub async fn open(address: &PostgresAddress) -> Result<Self, StoreError> {
        let place = address.to_string();
        // The pool would try again and again, and tell nothing but that it took too long.
        let unreachable = |source| StoreError::Unreachable { place: place.clone(), source };
        let mut connection = PgConnection::connect_with(address.options()).await.map_err(unreachable)?;
        session::judge_durability(&mut connection).await?;
        connection.close().await?;
        let pool = PgPoolOptions::new()
            .max_connections(CONNECTIONS)
            .acquire_timeout(PATIENCE)
            .after_connect(|connection, _| Box::pin(session::prepare(connection)))
            .connect_with(address.options().clone())
            .await?;
        migrations::run(&SCHEMA, &pool).await?;
        let standing = PgPoolOptions::new().max_connections(STANDING).acquire_timeout(PATIENCE);
        let standing = standing.connect_lazy_with(address.options().clone());
        Ok(Self { pool, standing, place })
    }

    /// Closes the store when all that runs on it has ended.
    pub async fn close(&self) {
        self.standing.close().await;
        self.pool.close().await;
    }

    /// Begins a transaction that writes to this log, when no other does.
    async fn begin(&self, log: LogId) -> Result<Transaction<'static, Postgres>, StoreError> {
        let mut transaction = self.pool.begin().await?;
        sqlx::query("select from log where id = $1 for no key update").bind(log.0).execute(&mut *transaction).await?;
        Ok(transaction)
    }
}

impl fmt::Debug for PostgresStore {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("PostgresStore").field("place", &self.place).finish_non_exhaustive()
    }
}

impl Store for PostgresStore {
    async fn create_log(&self, origin: &str) -> Result<LogId, StoreError> {
        let made = sqlx::query_scalar("insert into log (origin, size, root) values ($1, 0, $2) returning id")
            .bind(origin)
            .bind(TreeHead::empty().root.as_bytes().as_slice())
            .fetch_one(&self.pool)
            .await;
        made.map(LogId).map_err(|error| match violated(&error) {
            Some("log_origin_unique") => StoreError::LogExists(origin.to_owned()),
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
        queue::insert(self.begin(log).await?, log, payloads).await
    }

    async fn pending(&self, log: LogId, limit: usize) -> Result<Vec<Pending>, StoreError> {
        statements::pending(&self.pool, log, limit).await
    }

    async fn reject(&self, log: LogId, head: TreeHead, rejected: &[Rejected]) -> Result<(), StoreError> {
        batch::reject(self.begin(log).await?, log, head, rejected).await
    }

    async fn fates(&self, log: LogId, payload_hashes: &[PayloadHash]) -> Result<Vec<Fate>, StoreError> {
        fate::of_payloads(&self.pool, log, payload_hashes).await
    }

    async fn commit(&self, log: LogId, batch: &Batch) -> Result<(), StoreError> {
        batch::commit(self.begin(log).await?, log, batch).await
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
        let mut transaction = self.begin(log).await?;
        queue::withdraw(&mut transaction, log, &[closing.payload_hash]).await?;
        statements::take_closing(&mut transaction, log, closing).await?;
        transaction::commit(transaction).await
    }

    async fn lease(&self, log: LogId) -> Result<Option<Lease>, StoreError> {
        office::lease(&self.pool, &self.standing, log).await
    }

    async fn listen(&self, log: LogId) -> Result<Option<Listener>, StoreError> {
        office::listen(&self.standing, log).await.map(Some)
    }

    async fn tell(&self, log: LogId, news: News) -> Result<(), StoreError> {
        office::tell(&self.pool, log, news).await
    }
}

/// The constraint that a statement violated.
fn violated(error: &sqlx::Error) -> Option<&str> {
    error.as_database_error()?.constraint()
}
