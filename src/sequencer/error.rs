//! What can go wrong with a sequencer. A rejected payload is no such failure: see [`SubmitError`].

use std::convert::Infallible;
use std::path::PathBuf;

use tabella_board::checkpoint::CheckpointFault;
use tabella_board::tile::EntryTooLarge;
use tabella_board::tree::ReadFault;
use tabella_election::Rejection;
use tabella_record::files::TileError;
use tabella_record::ledger::LedgerError;
use tabella_record::publication::{PublicationError, ShowError};

use crate::storage::StoreError;
use crate::witnessing::WitnessFault;

/// Why a payload was not numbered.
#[derive(Debug, thiserror::Error)]
pub enum SubmitError {
    /// It breaks a rule: its author is at fault.
    #[error(transparent)]
    Rejected(#[from] Rejection),
    /// The sequencer has stopped, and its [`Worker`](super::Worker) knows why. The payload may or may not have been numbered:
    /// handing it in again tells.
    #[error("the board cannot number entries now; hand the same payload in again later")]
    Stopped,
    /// A request to close was taken, but the witnesses have not yet cosigned the board as it stands.
    #[error(
        "the request to close stands, but the quorum of witnesses has not yet cosigned the last checkpoint; send the same request again"
    )]
    QuorumMissing,
}

/// Why a sequencer does not start, or has stopped. Nothing was signed that is not in the store.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SequencerError {
    /// The published checkpoint has more entries than the store.
    #[error(
        "the published checkpoint has {published} entries, but the store has only {stored}: the store is older than what \
         was shown to the public, as after restoring a backup. Do not go on with it: the log would contradict itself. \
         Bring back the newest store; the missing entries are in the published tiles"
    )]
    PublishedAhead {
        /// Size of the published checkpoint.
        published: u64,
        /// Number of entries in the store.
        stored: u64,
    },

    /// The published checkpoint is of other entries than those of the store.
    #[error(
        "the published checkpoint of {size} entries is not of the entries in the store: this store and this directory \
         belong to different histories. Do not go on with either: keep both, and find out which one was shown to the public"
    )]
    PublishedDiffers {
        /// Size of the published checkpoint.
        size: u64,
    },

    /// Files of the record are of more entries than the store has.
    #[error(
        "the record's files hold {written} entries, but the store has only {stored}: the store is older than the record, as after \
         restoring a backup. Do not go on with it: the log would contradict itself. Bring back the newest store; the missing entries are \
         in {}/tile/entries", .record.display()
    )]
    WrittenAhead {
        /// The folder of the record.
        record: PathBuf,
        /// Number of entries in the files.
        written: u64,
        /// Number of entries in the store.
        stored: u64,
    },

    /// Witnesses have seen another history, or do not say what they have seen.
    #[error(transparent)]
    Witnesses(#[from] WitnessFault),

    /// The published checkpoint is none of this log.
    #[error("the published checkpoint is not this log's ({0}): give the directory and the key of the same log")]
    PublishedForeign(#[source] CheckpointFault),

    /// A stored entry is not what was numbered.
    #[error(
        "entry {0} in the store is damaged. Nothing was signed; bring back an undamaged store with at least as many entries"
    )]
    EntryDamaged(u64),

    /// A stored entry breaks the rules that this program knows.
    #[error("entry {index} in the store breaks the rules of this program ({}): was it written by another version?", .rejection.code)]
    EntryRejected {
        /// The entry.
        index: u64,
        /// What is wrong with it.
        rejection: Rejection,
    },

    /// The entries in the store do not have the stored head.
    #[error("the stored head is not that of the {0} stored entries. Nothing was signed; bring back an undamaged store")]
    HeadDamaged(u64),

    /// The stored checkpoint was not signed with this key.
    #[error("the stored checkpoint does not fit the key ({0}): give the key with which the log was begun")]
    WrongKey(#[source] CheckpointFault),

    /// Entries changed between being judged and being signed.
    #[error("entries changed in memory before they were signed; nothing was signed. Suspect the machine")]
    MemoryDamaged,

    /// An entry that cannot stand in a bundle came out of the store.
    #[error(transparent)]
    EntryTooLarge(#[from] EntryTooLarge),

    /// Nodes of the tree were asked for that are not there: a fault of this program.
    #[error("the tree in memory is incomplete")]
    Nodes(#[from] ReadFault<Infallible>),

    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),

    /// The record's files cannot be written.
    #[error(transparent)]
    Tiles(#[from] TileError),

    /// Another process may be the sequencer.
    #[error("the database does not vouch any more that this process is the sequencer of the log")]
    LeaseLost,

    /// The thread of the sequencer panicked.
    #[error("the sequencer panicked")]
    Panicked,
}

impl SequencerError {
    /// Whether the same may succeed in a moment, here or in another process: nothing is wrong with store, record and key.
    pub(super) fn is_of_the_moment(&self) -> bool {
        match self {
            Self::LeaseLost | Self::Witnesses(WitnessFault::Silent { .. }) => true,
            Self::Store(error) => {
                matches!(error, StoreError::Fenced { .. } | StoreError::OutcomeUnknown(_) | StoreError::Database(_))
            }
            Self::Tiles(error) => matches!(error, TileError::InUse(_) | TileError::Io { .. }),
            _ => false,
        }
    }
}

impl From<LedgerError<Self>> for SequencerError {
    fn from(error: LedgerError<Self>) -> Self {
        match error {
            LedgerError::EntryDamaged(index) => Self::EntryDamaged(index),
            LedgerError::EntryRejected { index, rejection } => Self::EntryRejected { index, rejection },
            LedgerError::Reader(error) => error,
        }
    }
}

impl From<PublicationError<Self>> for SequencerError {
    fn from(error: PublicationError<Self>) -> Self {
        match error {
            // It was signed over this very chain.
            PublicationError::CheckpointDiffers(_) => Self::MemoryDamaged,
            PublicationError::Show(error) => error.into(),
            PublicationError::EntryDamaged(index) => Self::EntryDamaged(index),
            PublicationError::EntryTooLarge(fault) => fault.into(),
            PublicationError::Nodes(fault) => fault.into(),
            PublicationError::Reader(error) => error,
            PublicationError::Tiles(error) => error.into(),
        }
    }
}

impl From<ShowError> for SequencerError {
    fn from(error: ShowError) -> Self {
        match error {
            ShowError::PublishedAhead { published, size } => Self::PublishedAhead { published, stored: size },
            ShowError::PublishedDiffers(size) => Self::PublishedDiffers { size },
            ShowError::PublishedForeign(fault) => Self::PublishedForeign(fault),
            ShowError::Tiles(error) => error.into(),
        }
    }
}
