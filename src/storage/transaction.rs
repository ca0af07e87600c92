//! The end of a transaction.

use sqlx::{Database, Transaction};

use super::StoreError;

/// Commits. When this fails nobody can say whether the transaction is durable: the database may have written it and have been lost
/// before it could answer. That is never told as if nothing had happened.
pub(super) async fn commit<D: Database>(transaction: Transaction<'_, D>) -> Result<(), StoreError> {
    transaction.commit().await.map_err(StoreError::OutcomeUnknown)
}
