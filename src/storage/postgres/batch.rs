//! The commit of a batch: one transaction, and a statement for each table.

use sqlx::{PgConnection, Postgres, Transaction};
use tabella_board::tree::TreeHead;
use tabella_record::entries::NumberedEntry;

use super::{fate, queue, statements, violated};
use crate::storage::columns::integer;
use crate::storage::{Batch, LogId, Rejected, StoreError, StoredVote, transaction};

pub(super) async fn commit(
    mut transaction: Transaction<'static, Postgres>,
    log: LogId,
    batch: &Batch,
) -> Result<(), StoreError> {
    statements::advance_head(&mut transaction, log, batch).await?;
    insert_entries(&mut transaction, log, &batch.entries).await?;
    insert_votes(&mut transaction, log, &batch.votes).await?;
    let numbered: Vec<_> = batch.entries.iter().map(|entry| entry.payload_hash).collect();
    queue::delete(&mut transaction, log, &numbered).await?;
    dispose(&mut transaction, log, &batch.rejected).await?;
    transaction::commit(transaction).await
}

/// Takes payloads out of the queue that were rejected after `expected`.
pub(super) async fn reject(
    mut transaction: Transaction<'static, Postgres>,
    log: LogId,
    expected: TreeHead,
    rejected: &[Rejected],
) -> Result<(), StoreError> {
    statements::require_head(&mut transaction, log, expected).await?;
    dispose(&mut transaction, log, rejected).await?;
    transaction::commit(transaction).await
}

async fn dispose(connection: &mut PgConnection, log: LogId, rejected: &[Rejected]) -> Result<(), StoreError> {
    let hashes: Vec<_> = rejected.iter().map(|rejected| rejected.payload_hash).collect();
    queue::delete(connection, log, &hashes).await?;
    fate::remember(connection, log, rejected).await
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

async fn insert_votes(connection: &mut PgConnection, log: LogId, votes: &[StoredVote]) -> Result<(), StoreError> {
    let indexes: Vec<i64> = votes.iter().map(|vote| integer(vote.index, "entry_index")).collect::<Result<_, _>>()?;
    sqlx::query(
        "insert into vote (log, entry_index, kind, credential, tracker)
         select $1, * from unnest($2::bigint[], $3::text[], $4::bytea[], $5::bytea[])",
    )
    .bind(log.0)
    .bind(indexes)
    .bind(votes.iter().map(|vote| vote.kind.as_str()).collect::<Vec<_>>())
    .bind(votes.iter().map(|vote| vote.credential.as_slice()).collect::<Vec<_>>())
    .bind(votes.iter().map(|vote| vote.tracker.as_slice()).collect::<Vec<_>>())
    .execute(connection)
    .await?;
    Ok(())
}
