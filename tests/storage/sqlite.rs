//! The store in a SQLite file: the suite, and what only SQLite must do.

use std::path::PathBuf;

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{Connection, Row};
use tabella::storage::{SqliteStore, StoreError};
use tempfile::TempDir;

use crate::conformance::{Scene, conformance};

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

    async fn reopened(&self) -> Result<SqliteStore, StoreError> {
        self.store.close().await;
        SqliteStore::open(&self.file()).await
    }

    async fn execute(&self, statement: &'static str) -> Result<(), String> {
        let done = sqlx::query(statement).execute(&mut self.raw().await).await;
        done.map(drop).map_err(|error| error.to_string())
    }
}

conformance!(SqliteScene::new);

#[tokio::test]
async fn the_file_is_in_write_ahead_mode() {
    let scene = SqliteScene::new().await;
    let row = sqlx::query("pragma journal_mode").fetch_one(&mut scene.raw().await).await.unwrap();
    assert_eq!(row.get::<String, _>(0), "wal");
}
