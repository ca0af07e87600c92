//! The commit of a batch: one transaction, and a statement for each table.

use sqlx::{PgConnection, Postgres, Transaction};
use tabella_record::entries::NumberedEntry;

use super::{queue, violated, vote};
use crate::storage::columns::integer;
use crate::storage::{Batch, LogId, StoreError, transaction};

pub(super) async fn commit(
    mut transaction: Transaction<'static, Postgres>,
    log: LogId,
    batch: &Batch,
) -> Result<(), StoreError> {
    advance_head(&mut transaction, log, batch).await?;
    insert_entries(&mut transaction, log, &batch.entries).await?;
    vote::insert(&mut transaction, log, &batch.votes).await?;
    let numbered = batch.entries.iter().map(|entry| entry.payload_hash);
    let disposed: Vec<_> = numbered.chain(batch.rejected.iter().copied()).collect();
    queue::delete(&mut transaction, log, &disposed).await?;
    transaction::commit(transaction).await
}

/// Moves the head from `batch.before` to `batch.after`: the fence between sequencers.
async fn advance_head(connection: &mut PgConnection, log: LogId, batch: &Batch) -> Result<(), StoreError> {
    let moved =
        sqlx::query("update log set size = $1, root = $2, checkpoint = $3 where id = $4 and size = $5 and root = $6")
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

async fn insert_entries(
    connection: &mut PgConnection,
    log: LogId,
    entries: &[NumberedEntry],
) -> Result<(), StoreError> {
    let indexes: Vec<i64> =
        entries.iter().map(|entry| integer(entry.index, "entry_index")).collect::<Result<_, _>>()?;
    let inserted = sqlx::query(
        "insert into entry (log, entry_index, kind, leaf_hash, payload_hash, bytes)
         select $1, * from unnest($2::bigint[], $3::text[], $4::bytea[], $5::bytea[], $6::bytea[])",
    )
    .bind(log.0)
    .bind(indexes)
    .bind(entries.iter().map(|entry| entry.kind.as_str()).collect::<Vec<_>>())
    .bind(entries.iter().map(|entry| entry.leaf_hash.as_bytes().as_slice()).collect::<Vec<_>>())
    .bind(entries.iter().map(|entry| entry.payload_hash.as_bytes().as_slice()).collect::<Vec<_>>())
    .bind(entries.iter().map(|entry| entry.bytes.as_slice()).collect::<Vec<_>>())
    .execute(connection)
    .await;
    inserted.map(drop).map_err(|error| match violated(&error) {
        Some("entry_payload_unique") => StoreError::PayloadNumbered,
        _ => error.into(),
    })
}
