//! What can go wrong with a store. None of it is the fault of who handed in a payload.

use tabella_board::tree::TreeHead;

/// Failure of a [`Store`](super::Store).
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// A log of this origin is there already.
    #[error("the store already has a log of origin {0}")]
    LogExists(String),

    /// Another sequencer numbered entries of this log: the caller's head is out of date and it must not sign.
    #[error("another sequencer moved the log on from size {}; only one may run", .expected.size)]
    Fenced {
        /// The head that the batch would have continued.
        expected: TreeHead,
    },

    /// A batch numbers a payload that stands in the log already.
    #[error("a payload of the batch is already numbered")]
    PayloadNumbered,

    /// A batch disposes of a payload that is not in the queue.
    #[error("a payload of the batch does not wait in the queue")]
    NotPending,

    /// A request to close is not later than the last one.
    #[error("a request to close with this number, or a greater one, was taken before")]
    ClosingStale,

    /// The schema was made by a later version of this program.
    #[error("the database has schema version {0}, which this program does not know; use the program that made it")]
    SchemaUnknown(i64),

    /// The schema was made by other migrations than those of this program.
    #[error("migration {0} of the database is not the one that this program has")]
    SchemaAltered(i64),

    /// A stored value cannot be what this program wrote.
    #[error("the store holds a damaged {0}")]
    Damaged(&'static str),

    /// The migrations could not be run.
    #[error("the schema could not be brought up to date")]
    Migration(#[source] sqlx::migrate::MigrateError),

    /// The database failed.
    #[error("the database failed")]
    Database(#[from] sqlx::Error),
}
