//! The payloads that wait to be numbered.

use std::collections::{HashMap, HashSet};

use sqlx::{PgConnection, Postgres, Transaction};
use tabella_record::entries::PayloadHash;

use crate::storage::columns::natural;
use crate::storage::{Admission, LogId, Pending, StoreError, transaction};

/// Puts payloads into the queue, unless they, or another of the same voter, are there already.
pub(super) async fn insert(
    mut transaction: Transaction<'static, Postgres>,
    log: LogId,
    payloads: &[Pending],
) -> Result<Vec<Admission>, StoreError> {
    let numbered = numbered(&mut transaction, log, payloads).await?;
    let mut inserted = insert_new(&mut transaction, log, payloads).await?;
    let waiting = waiting(&mut transaction, log, payloads).await?;
    transaction::commit(transaction).await?;
    let admission = |payload: &Pending| {
        let hash = payload.payload_hash.as_bytes().as_slice();
        match numbered.get(hash) {
            Some(&index) => Ok(Admission::Numbered(natural(index, "entry_index")?)),
            // Of two that are the same, the first was inserted.
            None if inserted.remove(hash) => Ok(Admission::New),
            None if waiting.contains(hash) => Ok(Admission::Waiting),
            None => Ok(Admission::VoterBusy),
        }
    };
    payloads.iter().map(admission).collect()
}

/// The places of those that stand in the log.
async fn numbered(
    connection: &mut PgConnection,
    log: LogId,
    payloads: &[Pending],
) -> Result<HashMap<Vec<u8>, i64>, StoreError> {
    let rows = sqlx::query_as("select payload_hash, entry_index from entry where log = $1 and payload_hash = any($2)")
        .bind(log.0)
        .bind(hashes(payloads))
        .fetch_all(connection)
        .await?;
    Ok(rows.into_iter().collect())
}

/// Gives the hashes of those that wait from now on.
async fn insert_new(
    connection: &mut PgConnection,
    log: LogId,
    payloads: &[Pending],
) -> Result<HashSet<Vec<u8>>, StoreError> {
    let voters = || payloads.iter().map(|payload| payload.voter.as_ref());
    let inserted = sqlx::query_scalar(
        "insert into pending (log, payload_hash, kind, payload, credential, nonce)
         select $1, payload_hash, kind, payload, credential, nonce
         from unnest($2::bytea[], $3::text[], $4::bytea[], $5::bytea[], $6::bytea[]) with ordinality
             as given (payload_hash, kind, payload, credential, nonce, position)
         where not exists (select from entry where entry.log = $1 and entry.payload_hash = given.payload_hash)
         order by position
         on conflict do nothing
         returning payload_hash",
    )
    .bind(log.0)
    .bind(hashes(payloads))
    .bind(payloads.iter().map(|payload| payload.kind.as_str()).collect::<Vec<_>>())
    .bind(payloads.iter().map(|payload| payload.payload.as_slice()).collect::<Vec<_>>())
    .bind(voters().map(|voter| voter.map(|voter| voter.credential.as_slice())).collect::<Vec<_>>())
    .bind(voters().map(|voter| voter.map(|voter| voter.nonce.as_slice())).collect::<Vec<_>>())
    .fetch_all(connection)
    .await?;
    Ok(inserted.into_iter().collect())
}

/// The hashes of those that wait.
async fn waiting(
    connection: &mut PgConnection,
    log: LogId,
    payloads: &[Pending],
) -> Result<HashSet<Vec<u8>>, StoreError> {
    let waiting = sqlx::query_scalar("select payload_hash from pending where log = $1 and payload_hash = any($2)")
        .bind(log.0)
        .bind(hashes(payloads))
        .fetch_all(connection)
        .await?;
    Ok(waiting.into_iter().collect())
}

fn hashes(payloads: &[Pending]) -> Vec<&[u8]> {
    payloads.iter().map(|payload| payload.payload_hash.as_bytes().as_slice()).collect()
}

/// Takes payloads out of the queue, each of which must be there.
pub(super) async fn delete(
    connection: &mut PgConnection,
    log: LogId,
    payload_hashes: &[PayloadHash],
) -> Result<(), StoreError> {
    let deleted = withdraw(connection, log, payload_hashes).await?;
    if deleted == payload_hashes.len() as u64 { Ok(()) } else { Err(StoreError::NotPending) }
}

/// Takes payloads out of the queue, and says how many of them were there.
pub(super) async fn withdraw(
    connection: &mut PgConnection,
    log: LogId,
    payload_hashes: &[PayloadHash],
) -> Result<u64, StoreError> {
    let hashes: Vec<&[u8]> = payload_hashes.iter().map(|hash| hash.as_bytes().as_slice()).collect();
    let deleted = sqlx::query("delete from pending where log = $1 and payload_hash = any($2)")
        .bind(log.0)
        .bind(&hashes)
        .execute(connection)
        .await?;
    Ok(deleted.rows_affected())
}
