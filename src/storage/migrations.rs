//! The schema of a database, brought up to date. It only goes forward: what a later program made is refused, and so is what was
//! made otherwise than here.

use sqlx::migrate::{Migrate, MigrateError, Migration, MigrationType, Migrator};
use sqlx::{Database, Pool, SqlSafeStr};

use super::StoreError;

/// A step of the schema of one dialect: a file below `migrations/`, which never changes once it was published.
pub(super) struct Step {
    pub(super) version: i64,
    pub(super) name: &'static str,
    pub(super) sql: &'static str,
}

/// Takes the steps that the database has not taken yet; all programs that start at the same time wait for the first.
pub(super) async fn run<D>(steps: &[Step], database: &Pool<D>) -> Result<(), StoreError>
where
    D: Database,
    D::Connection: Migrate,
{
    let migration = |step: &Step| {
        Migration::new(step.version, step.name.into(), MigrationType::Simple, step.sql.into_sql_str(), false)
    };
    let migrator = Migrator::with_migrations(steps.iter().map(migration).collect());
    migrator.run(database).await.map_err(|error| match error {
        MigrateError::VersionMissing(version) => StoreError::SchemaUnknown(version),
        MigrateError::VersionMismatch(version) => StoreError::SchemaAltered(version),
        other => StoreError::Migration(other),
    })
}
