//! What the authority last asked for before closing the voting.

use sqlx::sqlite::SqlitePool;

use crate::storage::columns::{self, integer};
use crate::storage::{LogId, StoreError, StoredClosing};

pub(super) async fn last(pool: &SqlitePool, log: LogId) -> Result<Option<StoredClosing>, StoreError> {
    let row = sqlx::query_as("select number, is_closing, payload_hash from closing where log = ?").bind(log.0);
    row.fetch_optional(pool).await?.map(columns::closing).transpose()
}

pub(super) async fn take(pool: &SqlitePool, log: LogId, closing: StoredClosing) -> Result<(), StoreError> {
    let taken = sqlx::query(
        "insert into closing (log, number, is_closing, payload_hash) values (?, ?, ?, ?)
         on conflict (log) do update
         set number = excluded.number, is_closing = excluded.is_closing, payload_hash = excluded.payload_hash
         where excluded.number > number",
    )
    .bind(log.0)
    .bind(integer(closing.number, "number")?)
    .bind(closing.is_closing)
    .bind(closing.payload_hash.as_bytes().as_slice())
    .execute(pool)
    .await?;
    if taken.rows_affected() == 1 { Ok(()) } else { Err(StoreError::ClosingStale) }
}
