//! What became of payloads that were put into the queue.

use sqlx::SqliteConnection;
use sqlx::sqlite::SqlitePool;
use tabella_record::entries::PayloadHash;

use crate::storage::columns;
use crate::storage::{Fate, LogId, REJECTIONS, Rejected, StoreError};

/// Remembers a rejection; of the last one of a payload, what it says.
pub(super) async fn remember(
    connection: &mut SqliteConnection,
    log: LogId,
    rejected: &Rejected,
) -> Result<(), StoreError> {
    sqlx::query("insert or replace into rejection (log, payload_hash, code, message) values (?, ?, ?, ?)")
        .bind(log.0)
        .bind(rejected.payload_hash.as_bytes().as_slice())
        .bind(&rejected.code)
        .bind(&rejected.message)
        .execute(connection)
        .await?;
    Ok(())
}

/// Forgets the oldest rejections.
pub(super) async fn forget_oldest(connection: &mut SqliteConnection, log: LogId) -> Result<(), StoreError> {
    sqlx::query(
        "delete from rejection where log = ?1 and number <=
         (select number from rejection where log = ?1 order by number desc limit 1 offset ?2)",
    )
    .bind(log.0)
    .bind(REJECTIONS)
    .execute(connection)
    .await?;
    Ok(())
}

pub(super) async fn of_payloads(
    pool: &SqlitePool,
    log: LogId,
    payloads: &[PayloadHash],
) -> Result<Vec<Fate>, StoreError> {
    let mut fates = Vec::with_capacity(payloads.len());
    for payload in payloads {
        fates.push(of_payload(pool, log, *payload).await?);
    }
    Ok(fates)
}

/// In one statement: the payload may be on its way from the queue to the log.
async fn of_payload(pool: &SqlitePool, log: LogId, payload: PayloadHash) -> Result<Fate, StoreError> {
    let row = sqlx::query_as(
        "select ?2,
            (select entry_index from entry where log = ?1 and payload_hash = ?2),
            exists (select 1 from pending where log = ?1 and payload_hash = ?2),
            exists (select 1 from closing where log = ?1 and payload_hash = ?2),
            (select code from rejection where log = ?1 and payload_hash = ?2),
            (select message from rejection where log = ?1 and payload_hash = ?2)",
    );
    columns::fate(row.bind(log.0).bind(payload.as_bytes().as_slice()).fetch_one(pool).await?)
}
