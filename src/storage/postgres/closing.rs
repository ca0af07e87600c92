//! What the authority last asked for before closing the voting.

use sqlx::postgres::PgPool;
use sqlx::{Postgres, Transaction};

use crate::storage::columns::{self, integer};
use crate::storage::{LogId, StoreError, StoredClosing, transaction};

pub(super) async fn last(pool: &PgPool, log: LogId) -> Result<Option<StoredClosing>, StoreError> {
    let row = sqlx::query_as("select number, is_closing, payload_hash from closing where log = $1").bind(log.0);
    row.fetch_optional(pool).await?.map(columns::closing).transpose()
}

pub(super) async fn take(
    mut transaction: Transaction<'static, Postgres>,
    log: LogId,
    closing: StoredClosing,
) -> Result<(), StoreError> {
    let taken = sqlx::query(
        "insert into closing (log, number, is_closing, payload_hash) values ($1, $2, $3, $4)
         on conflict (log) do update
         set number = excluded.number, is_closing = excluded.is_closing, payload_hash = excluded.payload_hash
         where excluded.number > closing.number",
    )
    .bind(log.0)
    .bind(integer(closing.number, "number")?)
    .bind(closing.is_closing)
    .bind(closing.payload_hash.as_bytes().as_slice())
    .execute(&mut *transaction)
    .await?;
    if taken.rows_affected() != 1 {
        return Err(StoreError::ClosingStale);
    }
    transaction::commit(transaction).await
}
