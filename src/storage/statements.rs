//! Statements that both dialects understand. They are written once here, and compiled for each database: `statements!` makes the
//! functions of a module.

macro_rules! statements {
    ($database:ty) => {
        use sqlx::{Database, Executor};
        use tabella_board::hash::HASH_LENGTH;
        use tabella_board::tree::TreeHead;
        use tabella_record::entries::{NumberedEntry, PayloadHash};

        use crate::storage::columns::{self, count, integer};
        use crate::storage::{Batch, Head, LogId, Pending, StoreError, StoredClosing, StoredVote, TRACKER_LENGTH};

        type Connection = <$database as Database>::Connection;

        pub(super) async fn find_log(
            database: impl Executor<'_, Database = $database>,
            origin: &str,
        ) -> Result<Option<LogId>, StoreError> {
            let id = sqlx::query_scalar("select id from log where origin = $1").bind(origin);
            Ok(id.fetch_optional(database).await?.map(LogId))
        }

        pub(super) async fn head(
            database: impl Executor<'_, Database = $database>,
            log: LogId,
        ) -> Result<Head, StoreError> {
            let head = sqlx::query_as("select size, root, checkpoint from log where id = $1").bind(log.0);
            columns::head(head.fetch_one(database).await?)
        }

        /// Moves the head from `batch.before` to `batch.after`: the fence between sequencers.
        pub(super) async fn advance_head(
            connection: &mut Connection,
            log: LogId,
            batch: &Batch,
        ) -> Result<(), StoreError> {
            let moved = sqlx::query(
                "update log set size = $1, root = $2, checkpoint = $3 where id = $4 and size = $5 and root = $6",
            )
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

        /// The same fence, for what leaves the head where it is.
        pub(super) async fn require_head(
            connection: &mut Connection,
            log: LogId,
            expected: TreeHead,
        ) -> Result<(), StoreError> {
            let is_head: bool = sqlx::query_scalar(
                "select exists (select 1 from log where id = $1 and size = $2 and root = $3)",
            )
            .bind(log.0)
            .bind(integer(expected.size, "size")?)
            .bind(expected.root.as_bytes().as_slice())
            .fetch_one(connection)
            .await?;
            if is_head { Ok(()) } else { Err(StoreError::Fenced { expected }) }
        }

        pub(super) async fn entry_of_payload(
            database: impl Executor<'_, Database = $database>,
            log: LogId,
            payload_hash: PayloadHash,
        ) -> Result<Option<NumberedEntry>, StoreError> {
            let row = sqlx::query_as(
                "select entry_index, kind, leaf_hash, payload_hash, bytes from entry
                 where log = $1 and payload_hash = $2",
            )
            .bind(log.0)
            .bind(payload_hash.as_bytes().as_slice())
            .fetch_optional(database)
            .await?;
            row.map(columns::entry).transpose()
        }

        pub(super) async fn entries_from(
            database: impl Executor<'_, Database = $database>,
            log: LogId,
            index: u64,
            limit: usize,
        ) -> Result<Vec<NumberedEntry>, StoreError> {
            // No entry stands at an index beyond what the database can count.
            let Ok(index) = i64::try_from(index) else {
                return Ok(Vec::new());
            };
            let rows = sqlx::query_as(
                "select entry_index, kind, leaf_hash, payload_hash, bytes from entry
                 where log = $1 and entry_index >= $2 order by entry_index limit $3",
            )
            .bind(log.0)
            .bind(index)
            .bind(count(limit))
            .fetch_all(database)
            .await?;
            rows.into_iter().map(columns::entry).collect()
        }

        pub(super) async fn pending(
            database: impl Executor<'_, Database = $database>,
            log: LogId,
            limit: usize,
        ) -> Result<Vec<Pending>, StoreError> {
            let rows = sqlx::query_as(
                "select payload_hash, kind, payload, credential, nonce from pending
                 where log = $1 order by arrival limit $2",
            )
            .bind(log.0)
            .bind(count(limit))
            .fetch_all(database)
            .await?;
            rows.into_iter().map(columns::pending).collect()
        }

        pub(super) async fn vote_of_tracker(
            database: impl Executor<'_, Database = $database>,
            log: LogId,
            tracker: [u8; TRACKER_LENGTH],
        ) -> Result<Option<StoredVote>, StoreError> {
            let row = sqlx::query_as(
                "select entry_index, kind, credential, tracker from vote
                 where log = $1 and tracker = $2 order by entry_index limit 1",
            )
            .bind(log.0)
            .bind(tracker.as_slice())
            .fetch_optional(database)
            .await?;
            row.map(columns::vote).transpose()
        }

        pub(super) async fn votes_of_credential(
            database: impl Executor<'_, Database = $database>,
            log: LogId,
            credential: [u8; HASH_LENGTH],
        ) -> Result<Vec<StoredVote>, StoreError> {
            let rows = sqlx::query_as(
                "select entry_index, kind, credential, tracker from vote
                 where log = $1 and credential = $2 order by entry_index",
            )
            .bind(log.0)
            .bind(credential.as_slice())
            .fetch_all(database)
            .await?;
            rows.into_iter().map(columns::vote).collect()
        }

        pub(super) async fn closing(
            database: impl Executor<'_, Database = $database>,
            log: LogId,
        ) -> Result<Option<StoredClosing>, StoreError> {
            let row = sqlx::query_as("select number, is_closing, payload_hash from closing where log = $1");
            row.bind(log.0).fetch_optional(database).await?.map(columns::closing).transpose()
        }

        /// Takes a request to close; the last one may come again.
        pub(super) async fn take_closing(
            connection: &mut Connection,
            log: LogId,
            request: StoredClosing,
        ) -> Result<(), StoreError> {
            if closing(&mut *connection, log).await? == Some(request) {
                return Ok(());
            }
            let taken = sqlx::query(
                "insert into closing (log, number, is_closing, payload_hash) values ($1, $2, $3, $4)
                 on conflict (log) do update
                 set number = excluded.number, is_closing = excluded.is_closing, payload_hash = excluded.payload_hash
                 where excluded.number > closing.number",
            )
            .bind(log.0)
            .bind(integer(request.number, "number")?)
            .bind(request.is_closing)
            .bind(request.payload_hash.as_bytes().as_slice())
            .execute(connection)
            .await?;
            if taken.rows_affected() == 1 { Ok(()) } else { Err(StoreError::ClosingStale) }
        }
    };
}
pub(super) use statements;
