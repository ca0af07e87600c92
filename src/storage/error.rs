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
    #[error(
        "the database has schema version {0}, which this program does not know: a newer one made it. Nothing was changed. Start that \
         program, or a later one"
    )]
    SchemaUnknown(i64),

    /// The schema was made by other migrations than those of this program.
    #[error(
        "version {0} of the database's schema is not the one that this program has: another program made it. Nothing was changed. \
         Start the program that made it"
    )]
    SchemaAltered(i64),

    /// A stored value cannot be what this program wrote.
    #[error("the store holds a damaged {0}")]
    Damaged(&'static str),

    /// The migrations could not be run.
    #[error("the schema could not be brought up to date")]
    Migration(#[source] sqlx::migrate::MigrateError),

    /// The database cannot be used at all.
    #[error("the database {place} cannot be used; look whether it runs, and at its name, the user and the password")]
    Unreachable {
        /// User, host and name of the database.
        place: String,
        /// Why.
        source: sqlx::Error,
    },

    /// The database is set up to lose what it has confirmed.
    #[error(
        "the database has {0} switched off: when its machine fails it loses what it has confirmed, and with it ballots for which \
         receipts were given. Switch it on in the server's configuration"
    )]
    NotDurable(&'static str),

    /// The database failed, or was lost, while it committed. Whether it did is written in it: whoever starts again reads it there.
    #[error(
        "the database was lost while it committed; what was handed to it may or may not be durable. Start again when it runs: the \
         store is read anew"
    )]
    OutcomeUnknown(#[source] sqlx::Error),

    /// The database failed.
    #[error("the database failed")]
    Database(#[from] sqlx::Error),
}

impl StoreError {
    /// Whether it is the database that did not answer, and nothing that was found in it: the same may succeed later.
    pub fn is_absence(&self) -> bool {
        matches!(self, Self::Database(_) | Self::OutcomeUnknown(_))
    }
}
