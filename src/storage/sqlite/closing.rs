//! What the authority last asked for before closing the voting.

use sqlx::sqlite::SqliteExecutor;
use sqlx::{Row, SqliteConnection};

use super::{hash, integer, natural};
use crate::storage::{LogId, StoreError, StoredClosing};

pub(super) async fn last(database: impl SqliteExecutor<'_>, log: LogId) -> Result<Option<StoredClosing>, StoreError> {
    let row = sqlx::query("select number, is_closing, payload_hash from closing where log = ?")
        .bind(log.0)
        .fetch_optional(database)
        .await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(StoredClosing {
        number: natural(row.try_get("number")?, "number")?,
        is_closing: row.try_get("is_closing")?,
        payload_hash: hash(row.try_get("payload_hash")?, "payload_hash")?,
    }))
}

pub(super) async fn take(
    connection: &mut SqliteConnection,
    log: LogId,
    closing: StoredClosing,
) -> Result<(), StoreError> {
    if last(&mut *connection, log).await? == Some(closing) {
        return Ok(());
    }
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
    .execute(connection)
    .await?;
    if taken.rows_affected() == 1 { Ok(()) } else { Err(StoreError::ClosingStale) }
}
