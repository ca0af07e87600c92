//! By what ballots and challenges are found.

use sqlx::SqliteConnection;
use sqlx::sqlite::SqlitePool;
use tabella_board::hash::HASH_LENGTH;

use crate::storage::columns::{self, integer};
use crate::storage::{LogId, StoreError, StoredVote, TRACKER_LENGTH};

pub(super) async fn insert(connection: &mut SqliteConnection, log: LogId, vote: &StoredVote) -> Result<(), StoreError> {
    sqlx::query("insert into vote (log, entry_index, kind, credential, tracker) values (?, ?, ?, ?, ?)")
        .bind(log.0)
        .bind(integer(vote.index, "entry_index")?)
        .bind(&vote.kind)
        .bind(vote.credential.as_slice())
        .bind(vote.tracker.as_slice())
        .execute(connection)
        .await?;
    Ok(())
}

pub(super) async fn of_tracker(
    pool: &SqlitePool,
    log: LogId,
    tracker: [u8; TRACKER_LENGTH],
) -> Result<Option<StoredVote>, StoreError> {
    let row = sqlx::query_as(
        "select entry_index, kind, credential, tracker from vote
         where log = ? and tracker = ? order by entry_index limit 1",
    )
    .bind(log.0)
    .bind(tracker.as_slice())
    .fetch_optional(pool)
    .await?;
    row.map(columns::vote).transpose()
}

pub(super) async fn of_credential(
    pool: &SqlitePool,
    log: LogId,
    credential: [u8; HASH_LENGTH],
) -> Result<Vec<StoredVote>, StoreError> {
    let rows = sqlx::query_as(
        "select entry_index, kind, credential, tracker from vote
         where log = ? and credential = ? order by entry_index",
    )
    .bind(log.0)
    .bind(credential.as_slice())
    .fetch_all(pool)
    .await?;
    rows.into_iter().map(columns::vote).collect()
}
