//! What processes that share the database know of each other: who has the lease of a log, and what there is to look at.
//!
//! A lease is an advisory lock of a session of its own. It ends with the session: at once when the process dies, for then its machine
//! closes the connection; and when nothing was heard from it for [`LONGEST_SILENCE`], as when the machine is gone.

use std::time::Duration;

use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgListener, PgPool};
use sqlx::{Connection, Postgres};
use tokio::sync::mpsc;
use tokio::time::{sleep, timeout};

use crate::storage::{Lease, LeaseKeeper, Listener, LogId, News, StoreError};

/// The first half of the keys of the locks, which no other program has: `tbla`.
const LEASES: i32 = 0x7462_6c61;

/// After this silence the database gives the lease away.
const LONGEST_SILENCE: Duration = Duration::from_secs(10);

/// How often the holder of a lease lets the database hear of it, and how long it waits for the answer. Together less than the
/// longest silence: the holder knows that the lease is lost before anybody else can have it.
const HEARTBEAT: Duration = Duration::from_secs(2);
const LONGEST_ANSWER: Duration = Duration::from_secs(5);

/// The time between two attempts to hear again, when the database is away.
const REST: Duration = Duration::from_secs(1);

/// News that may wait to be heard. One that does not fit is not missed for long.
const NEWS: usize = 64;

/// The lease of this log, if nobody has it. It is kept up until it is dropped.
pub(super) async fn lease(pool: &PgPool, standing: &PgPool, log: LogId) -> Result<Option<Lease>, StoreError> {
    let key = i32::try_from(log.0).map_err(|_| StoreError::Damaged("id"))?;
    // A session is begun only for a lease that is likely to be had.
    let is_taken: bool = sqlx::query_scalar(
        "select exists (
            select from pg_locks where locktype = 'advisory' and objsubid = 2 and classid = $1::int4::oid and objid = $2::int4::oid
            and database = (select oid from pg_database where datname = current_database())
         )",
    )
    .bind(LEASES)
    .bind(key)
    .fetch_one(pool)
    .await?;
    if is_taken {
        return Ok(None);
    }
    let mut connection = standing.acquire().await?;
    sqlx::query("select set_config('idle_session_timeout', $1, false)")
        .bind(format!("{}s", LONGEST_SILENCE.as_secs()))
        .execute(&mut *connection)
        .await?;
    let is_had: bool = sqlx::query_scalar("select pg_try_advisory_lock($1, $2)")
        .bind(LEASES)
        .bind(key)
        .fetch_one(&mut *connection)
        .await?;
    if !is_had {
        connection.close().await?;
        return Ok(None);
    }
    let (lease, keeper) = Lease::kept();
    tokio::spawn(keep(connection, key, keeper));
    Ok(Some(lease))
}

/// Lets the database hear of the session until the lease is given back. The end of the session is the end of the lease.
async fn keep(mut connection: PoolConnection<Postgres>, key: i32, mut keeper: LeaseKeeper) {
    loop {
        tokio::select! {
            () = keeper.given_back() => break,
            () = sleep(HEARTBEAT) => match timeout(LONGEST_ANSWER, connection.ping()).await {
                Ok(Ok(())) => {}
                _ => {
                    // The session may live on, with the lease: it must not go back to where others would use it, and keep it up.
                    drop(connection.detach());
                    return;
                }
            },
        }
    }
    // So that it is free before anybody hears that it was given back; if that fails, it is free in a moment.
    let unlock = sqlx::query("select pg_advisory_unlock($1, $2)").bind(LEASES).bind(key);
    drop(timeout(LONGEST_ANSWER, unlock.execute(&mut *connection)).await);
    drop(keeper);
    drop(timeout(LONGEST_ANSWER, connection.close()).await);
}

/// Hears what is told of this log, on a connection of its own.
pub(super) async fn listen(standing: &PgPool, log: LogId) -> Result<Listener, StoreError> {
    let mut listener = PgListener::connect_with(standing).await?;
    listener.listen(&channel(log)).await?;
    let (sender, news) = mpsc::channel(NEWS);
    tokio::spawn(hear(listener, sender));
    Ok(Listener::new(news))
}

async fn hear(mut listener: PgListener, news: mpsc::Sender<News>) {
    loop {
        let heard = tokio::select! {
            heard = listener.recv() => heard,
            () = news.closed() => return,
        };
        match heard.as_ref().map(|heard| heard.payload()) {
            Ok(WAITING) => drop(news.try_send(News::Waiting)),
            Ok(GROWN) => drop(news.try_send(News::Grown)),
            Ok(_) => {}
            Err(_) => sleep(REST).await,
        }
    }
}

pub(super) async fn tell(pool: &PgPool, log: LogId, news: News) -> Result<(), StoreError> {
    let word = match news {
        News::Waiting => WAITING,
        News::Grown => GROWN,
    };
    sqlx::query("select pg_notify($1, $2)").bind(channel(log)).bind(word).execute(pool).await?;
    Ok(())
}

const WAITING: &str = "waiting";
const GROWN: &str = "grown";

fn channel(log: LogId) -> String {
    format!("tabella_{}", log.0)
}
