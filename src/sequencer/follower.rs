//! A reader of the log who believes nothing: judges every entry by the rules, from the first on.

use rand_core::CryptoRng;
use tabella_board::hash::Hash;
use tabella_board::key::LogVerifier;
use tabella_election::log::Log;
use tabella_election::rules::Board;
use tokio::runtime::Handle;

use super::SequencerError;
use super::examination::Seeds;
use super::ledger::{Ledger, StoredLog};
use super::restart::replay;
use crate::storage::Store;

/// What a role knows of an election: as much as follows from the entries that it has read and judged.
pub struct Follower<S> {
    ledger: Ledger,
    stored: StoredLog<S>,
}

impl<S: Store> Follower<S> {
    /// A reader who has read nothing yet of the log that this key signs. `rng` weighs the proofs of batches. Must be called in a
    /// Tokio runtime of several threads.
    ///
    /// Fails if the store has no such log.
    pub async fn new(store: S, key: LogVerifier, rng: impl CryptoRng + Send + 'static) -> Result<Self, SequencerError> {
        let log = store.find_log(key.origin().as_str()).await?.ok_or(SequencerError::NoLog)?;
        let stored = StoredLog { store, log, runtime: Handle::current() };
        Ok(Self { ledger: Ledger::new(key, Seeds::new(rng)), stored })
    }

    /// Reads and judges what was appended since the last time.
    ///
    /// Fails if an entry is damaged or breaks a rule.
    pub fn catch_up(&mut self) -> Result<(), SequencerError> {
        tokio::task::block_in_place(|| replay(&mut self.ledger, &self.stored))
    }

    /// The state of the election after the entries read so far; `None` before the manifest.
    pub fn board(&self) -> Option<&Board> {
        self.ledger.board()
    }

    /// The log as far as it was read, for the checks that a role makes itself. Its payloads come from the store: reading
    /// one blocks.
    pub fn log(&self) -> impl Log + '_ {
        self.ledger.log(&self.stored)
    }

    /// How many entries were read.
    pub fn size(&self) -> u64 {
        self.ledger.chain().tree().size()
    }

    /// The leaf hash of the last entry read (for none, the hash that the first entry names).
    pub fn last_leaf(&self) -> Hash {
        self.ledger.chain().place().prev
    }
}
