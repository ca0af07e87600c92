//! What became of payloads that were put into the queue.

use sqlx::PgConnection;
use sqlx::postgres::PgPool;
use tabella_record::entries::PayloadHash;

use crate::storage::columns::{self, FateColumns};
use crate::storage::{Fate, LogId, REJECTIONS, Rejected, StoreError};

/// Remembers rejections; of each payload the last one. Forgets the oldest.
pub(super) async fn remember(
    connection: &mut PgConnection,
    log: LogId,
    rejected: &[Rejected],
) -> Result<(), StoreError> {
    if rejected.is_empty() {
        return Ok(());
    }
    let hashes: Vec<&[u8]> = rejected.iter().map(|rejected| rejected.payload_hash.as_bytes().as_slice()).collect();
    sqlx::query("delete from rejection where log = $1 and payload_hash = any($2)")
        .bind(log.0)
        .bind(&hashes)
        .execute(&mut *connection)
        .await?;
    sqlx::query(
        "insert into rejection (log, payload_hash, code, message)
         select $1, payload_hash, code, message
         from unnest($2::bytea[], $3::text[], $4::text[]) with ordinality as given (payload_hash, code, message, position)
         order by position",
    )
    .bind(log.0)
    .bind(&hashes)
    .bind(rejected.iter().map(|rejected| rejected.code.as_str()).collect::<Vec<_>>())
    .bind(rejected.iter().map(|rejected| rejected.message.as_str()).collect::<Vec<_>>())
    .execute(&mut *connection)
    .await?;
    sqlx::query(
        "delete from rejection where log = $1 and number <=
         (select number from rejection where log = $1 order by number desc limit 1 offset $2)",
    )
    .bind(log.0)
    .bind(i64::from(REJECTIONS))
    .execute(connection)
    .await?;
    Ok(())
}

/// In one statement: a payload may be on its way from the queue to the log.
pub(super) async fn of_payloads(pool: &PgPool, log: LogId, payloads: &[PayloadHash]) -> Result<Vec<Fate>, StoreError> {
    let rows: Vec<FateColumns> = sqlx::query_as(
        "select given.payload_hash, entry.entry_index, pending.log is not null, closing.log is not null,
                rejection.code, rejection.message
         from unnest($2::bytea[]) with ordinality as given (payload_hash, position)
         left join entry on entry.log = $1 and entry.payload_hash = given.payload_hash
         left join pending on pending.log = $1 and pending.payload_hash = given.payload_hash
         left join closing on closing.log = $1 and closing.payload_hash = given.payload_hash
         left join rejection on rejection.log = $1 and rejection.payload_hash = given.payload_hash
         order by position",
    )
    .bind(log.0)
    .bind(payloads.iter().map(|payload| payload.as_bytes().as_slice()).collect::<Vec<_>>())
    .fetch_all(pool)
    .await?;
    rows.into_iter().map(columns::fate).collect()
}
