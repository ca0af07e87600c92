//! A copy of a store that is in use.

use std::path::Path;

use sqlx::Connection;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteSynchronous};

use crate::storage::StoreError;

/// Copies the store in the file `from`, as its last commit left it, into the new file `to`. A server may go on writing meanwhile.
pub(super) async fn copy(from: &Path, to: &Path) -> Result<(), StoreError> {
    let options = SqliteConnectOptions::new().filename(from).read_only(true).synchronous(SqliteSynchronous::Full);
    let mut connection = SqliteConnection::connect_with(&options).await?;
    sqlx::query("vacuum into ?").bind(to.to_string_lossy()).execute(&mut connection).await?;
    Ok(connection.close().await?)
}
