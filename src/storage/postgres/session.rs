//! What every connection relies on, however the server is set up.

use sqlx::PgConnection;

use crate::storage::StoreError;

/// Makes a new connection one on which a commit answers only when the disk has it: no signature may be older than what it signs.
pub(super) async fn prepare(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    // The fence needs that a statement sees what was committed before it began, and not before its transaction did.
    let settings = "select set_config('synchronous_commit', 'on', false),
                           set_config('default_transaction_isolation', 'read committed', false)";
    sqlx::query(settings).execute(connection).await.map(drop)
}

/// Fails if the whole server gives up durability: no connection can ask for it then.
pub(super) async fn judge_durability(connection: &mut PgConnection) -> Result<(), StoreError> {
    for setting in ["fsync", "full_page_writes"] {
        let value: String =
            sqlx::query_scalar("select current_setting($1)").bind(setting).fetch_one(&mut *connection).await?;
        if value != "on" {
            return Err(StoreError::NotDurable(setting));
        }
    }
    Ok(())
}
