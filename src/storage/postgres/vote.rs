//! By what ballots and challenges are found.

use sqlx::PgConnection;
use sqlx::postgres::PgPool;
use tabella_board::hash::HASH_LENGTH;

use crate::storage::columns::{self, integer};
use crate::storage::{LogId, StoreError, StoredVote, TRACKER_LENGTH};

pub(super) async fn insert(connection: &mut PgConnection, log: LogId, votes: &[StoredVote]) -> Result<(), StoreError> {
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

pub(super) async fn of_tracker(
    pool: &PgPool,
    log: LogId,
    tracker: [u8; TRACKER_LENGTH],
) -> Result<Option<StoredVote>, StoreError> {
    let row = sqlx::query_as(
        "select entry_index, kind, credential, tracker from vote
         where log = $1 and tracker = $2 order by entry_index limit 1",
    )
    .bind(log.0)
    .bind(tracker.as_slice())
    .fetch_optional(pool)
    .await?;
    row.map(columns::vote).transpose()
}

pub(super) async fn of_credential(
    pool: &PgPool,
    log: LogId,
    credential: [u8; HASH_LENGTH],
) -> Result<Vec<StoredVote>, StoreError> {
    let rows = sqlx::query_as(
        "select entry_index, kind, credential, tracker from vote
         where log = $1 and credential = $2 order by entry_index",
    )
    .bind(log.0)
    .bind(credential.as_slice())
    .fetch_all(pool)
    .await?;
    rows.into_iter().map(columns::vote).collect()
}
