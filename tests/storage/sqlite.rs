//! The store in a SQLite file: the suite, and what only SQLite must do.

use std::path::PathBuf;

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{Connection, Row};
use tabella::storage::{SqliteStore, Store, StoreError};
use tempfile::TempDir;

use crate::conformance::{Scene, conformance, log_of};

struct SqliteScene {
    directory: TempDir,
    store: SqliteStore,
}

impl SqliteScene {
    async fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(&directory.path().join("board.sqlite")).await.unwrap();
        Self { directory, store }
    }

    fn file(&self) -> PathBuf {
        self.directory.path().join("board.sqlite")
    }

    /// A connection without any of the store's care.
    async fn raw(&self) -> SqliteConnection {
        SqliteConnection::connect_with(&SqliteConnectOptions::new().filename(self.file())).await.unwrap()
    }
}

impl Scene for SqliteScene {
    type Store = SqliteStore;

    fn store(&self) -> &SqliteStore {
        &self.store
    }

    async fn reopened(&self) -> SqliteStore {
        self.store.close().await;
        SqliteStore::open(&self.file()).await.unwrap()
    }
}

conformance!(SqliteScene::new);

/// What a statement that must fail says.
async fn refusal(connection: &mut SqliteConnection, statement: &'static str) -> String {
    let error = sqlx::query(statement).execute(connection).await.unwrap_err();
    error.into_database_error().unwrap().message().to_owned()
}

#[tokio::test]
async fn the_schema_refuses_to_rewrite_history() {
    let scene = SqliteScene::new().await;
    log_of(&scene.store, &[1, 2]).await;
    let mut raw = scene.raw().await;
    assert_eq!(refusal(&mut raw, "update entry set bytes = x'00'").await, "an entry is never changed");
    assert_eq!(refusal(&mut raw, "delete from entry").await, "an entry is never deleted");
    assert_eq!(refusal(&mut raw, "delete from log").await, "a log is never deleted");
    let shrunk = refusal(&mut raw, "update log set size = 1").await;
    assert_eq!(shrunk, "a log keeps its origin and only grows");
    let unsigned = refusal(&mut raw, "update log set size = 3, checkpoint = null").await;
    assert_eq!(unsigned, "CHECK constraint failed: log_checkpoint_present");
}

#[tokio::test]
async fn a_later_schema_is_refused() {
    let scene = SqliteScene::new().await;
    scene.store.close().await;
    let later = "insert into _sqlx_migrations (version, description, success, checksum, execution_time)
                 values (9999, 'from the future', true, x'00', 0)";
    sqlx::query(later).execute(&mut scene.raw().await).await.unwrap();
    let error = SqliteStore::open(&scene.file()).await.unwrap_err();
    assert!(matches!(error, StoreError::SchemaUnknown(9999)));
}

#[tokio::test]
async fn an_altered_schema_is_refused() {
    let scene = SqliteScene::new().await;
    scene.store.close().await;
    sqlx::query("update _sqlx_migrations set checksum = x'00'").execute(&mut scene.raw().await).await.unwrap();
    let error = SqliteStore::open(&scene.file()).await.unwrap_err();
    assert!(matches!(error, StoreError::SchemaAltered(1)));
}

#[tokio::test]
async fn a_hash_of_another_length_is_refused() {
    let scene = SqliteScene::new().await;
    scene.store.create_log("example.org/e").await.unwrap();
    let short = refusal(&mut scene.raw().await, "update log set size = 1, root = x'00', checkpoint = x'00'").await;
    assert_eq!(short, "CHECK constraint failed: log_root_length");
}

#[tokio::test]
async fn the_file_is_in_write_ahead_mode() {
    let scene = SqliteScene::new().await;
    let row = sqlx::query("pragma journal_mode").fetch_one(&mut scene.raw().await).await.unwrap();
    assert_eq!(row.get::<String, _>(0), "wal");
}
