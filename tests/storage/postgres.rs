//! The store in a PostgreSQL database: the suite, and what only PostgreSQL must do.

use std::sync::LazyLock;

use sqlx::{Connection, Executor, PgConnection};
use tabella::storage::{PostgresAddress, PostgresStore, Store, StoreError};
use tabella_town::postgres::Cluster;

use crate::conformance::{Scene, batch, conformance, control, head, log_of};

/// One for all tests of this program; it ends with the program.
pub static CLUSTER: LazyLock<Cluster> = LazyLock::new(|| Cluster::start().unwrap());

struct PostgresScene {
    database: String,
    store: PostgresStore,
}

impl PostgresScene {
    async fn new() -> Self {
        let database = CLUSTER.new_database().unwrap();
        Self { store: open(&CLUSTER, &database).await.unwrap(), database }
    }
}

impl Scene for PostgresScene {
    type Store = PostgresStore;

    fn store(&self) -> &PostgresStore {
        &self.store
    }

    async fn reopened(&self) -> Result<PostgresStore, StoreError> {
        self.store.close().await;
        open(&CLUSTER, &self.database).await
    }

    async fn execute(&self, statement: &'static str) -> Result<(), String> {
        let done = raw(&CLUSTER, &self.database).await.execute(sqlx::raw_sql(statement)).await;
        done.map(drop).map_err(|error| error.to_string())
    }
}

async fn open(cluster: &Cluster, database: &str) -> Result<PostgresStore, StoreError> {
    PostgresStore::open(&PostgresAddress::parse(&cluster.address_with_password(database)).unwrap()).await
}

/// A connection without any of the store's care.
async fn raw(cluster: &Cluster, database: &str) -> PgConnection {
    PgConnection::connect(&cluster.address_with_password(database)).await.unwrap()
}

conformance!(PostgresScene::new);

#[tokio::test]
async fn nothing_is_truncated() {
    let scene = PostgresScene::new().await;
    log_of(scene.store(), &[1, 2]).await;
    for (statement, refusal) in [
        ("truncate vote", "a vote is never deleted"),
        ("truncate entry cascade", "an entry is never deleted"),
        ("truncate log cascade", "a log is never deleted"),
    ] {
        let told = scene.execute(statement).await.unwrap_err();
        assert!(told.contains(refusal), "{statement}: {told}");
    }
}

/// What the server's defaults are does not matter: the entries are refused if a session commits otherwise.
#[tokio::test]
async fn a_session_commits_durably_whatever_the_database_says() {
    let scene = PostgresScene::new().await;
    let sloppy = format!(
        "alter database {0} set synchronous_commit = off; alter database {0} set default_transaction_isolation = 'repeatable read'",
        scene.database
    );
    raw(&CLUSTER, &scene.database).await.execute(sqlx::raw_sql(sqlx::AssertSqlSafe(sloppy))).await.unwrap();
    let check = "
        create function is_durable() returns trigger language plpgsql as $$
        begin
            if current_setting('synchronous_commit') <> 'on' or current_setting('transaction_isolation') <> 'read committed' then
                raise exception 'it is not';
            end if;
            return null;
        end
        $$;
        create trigger is_durable after insert on entry for each statement execute function is_durable()";
    scene.execute(check).await.unwrap();
    let told = scene.execute("insert into entry select from log where false").await.unwrap_err();
    assert!(told.contains("it is not"), "{told}");
    log_of(&scene.reopened().await.unwrap(), &[1, 2]).await;
}

/// The answer of a commit is lost, and the batch is durable all the same.
#[tokio::test]
async fn a_commit_without_an_answer_may_have_happened() {
    let mut cluster = Cluster::start().unwrap();
    let database = cluster.new_database().unwrap();
    let store = open(&cluster, &database).await.unwrap();
    let (log, _) = log_of(&store, &[1]).await;
    let waiting: Vec<_> = (2..=100).map(control).collect();
    store.insert_pending(log, &waiting).await.unwrap();
    let mut raw = raw(&cluster, &database).await;
    // From some moment on a commit, durable here, waits for a copy that does not come.
    raw.execute("alter system set synchronous_standby_names = 'nobody'").await.unwrap();
    raw.execute("select pg_reload_conf()").await.unwrap();
    let mut size = 1;
    let fault = loop {
        let batch = batch(head(size.into()), &[size + 1]);
        let killing = async {
            let kill = "select pg_terminate_backend(pid) from pg_stat_activity where wait_event = 'SyncRep'";
            loop {
                raw.execute(kill).await.unwrap();
            }
        };
        let outcome: Result<(), StoreError> = tokio::select! {
            outcome = store.commit(log, &batch) => outcome,
            () = killing => Ok(()),
        };
        size += 1;
        if let Err(fault) = outcome {
            break fault;
        }
    };
    assert!(matches!(fault, StoreError::OutcomeUnknown(_)), "{fault:?}");
    assert_eq!(store.head(log).await.unwrap().tree, head(size.into()));
    assert_eq!(store.pending(log, 1).await.unwrap(), [control(size + 1)]);
    cluster.stop().unwrap();
}

/// The database is lost while a batch is being committed, and nothing of it has happened.
#[tokio::test]
async fn a_commit_without_an_answer_may_not_have_happened() {
    let scene = PostgresScene::new().await;
    let (log, _) = log_of(scene.store(), &[1]).await;
    scene.store().insert_pending(log, &[control(2)]).await.unwrap();
    let dying = "
        create function die() returns trigger language plpgsql as $$
        begin
            perform pg_terminate_backend(pg_backend_pid());
            return null;
        end
        $$;
        create constraint trigger die after insert on entry deferrable initially deferred for each row execute function die()";
    scene.execute(dying).await.unwrap();
    let outcome = scene.store().commit(log, &batch(head(1), &[2])).await;
    assert!(matches!(outcome, Err(StoreError::OutcomeUnknown(_))), "{outcome:?}");
    let store = scene.reopened().await.unwrap();
    assert_eq!(store.head(log).await.unwrap().tree, head(1));
    assert_eq!(store.pending(log, 10).await.unwrap(), [control(2)]);
}

#[tokio::test]
async fn what_is_committed_outlives_a_killed_server() {
    let mut cluster = Cluster::start().unwrap();
    let database = cluster.new_database().unwrap();
    let store = open(&cluster, &database).await.unwrap();
    let (log, _) = log_of(&store, &[1, 2]).await;
    cluster.kill().unwrap();
    assert!(store.head(log).await.is_err());
    let error = open(&cluster, &database).await.err().unwrap();
    assert!(matches!(error, StoreError::Unreachable { .. }), "{error}");
    assert!(!format!("{error:?} {error}").contains(cluster.password()));
    cluster.start_again().unwrap();
    // The same store goes on with new connections.
    assert_eq!(store.head(log).await.unwrap().tree, head(2));
    store.insert_pending(log, &[control(3)]).await.unwrap();
    store.commit(log, &batch(head(2), &[3])).await.unwrap();

    let mut raw = raw(&cluster, &database).await;
    raw.execute("alter system set fsync = off").await.unwrap();
    raw.execute("select pg_reload_conf()").await.unwrap();
    let mut setting = String::from("on");
    while setting == "on" {
        setting = sqlx::query_scalar("select current_setting('fsync')").fetch_one(&mut raw).await.unwrap();
    }
    let error = open(&cluster, &database).await.err().unwrap();
    assert!(matches!(error, StoreError::NotDurable("fsync")), "{error}");
}
