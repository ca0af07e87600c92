//! The statements that need nothing of the dialect.

crate::storage::statements::statements!(sqlx::Postgres);
