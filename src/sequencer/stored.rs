//! The store, as the sequencer's thread reads it.

use std::sync::Arc;

use tabella_record::entries::{EntryReader, NumberedEntry};
use tokio::runtime::Handle;

use super::SequencerError;
use crate::storage::{LogId, Store, StoreError};

/// What of the store the sequencer's thread needs. It may block: it is no thread of the runtime.
pub(super) struct StoredLog<S> {
    pub(super) store: Arc<S>,
    pub(super) log: LogId,
    pub(super) runtime: Handle,
}

impl<S: Store> StoredLog<S> {
    /// Waits for the store.
    pub(super) fn wait<T>(&self, answer: impl Future<Output = Result<T, StoreError>>) -> Result<T, StoreError> {
        self.runtime.block_on(answer)
    }
}

/// The stored entries, of which the store's columns say the same as their bytes.
impl<S: Store> EntryReader for StoredLog<S> {
    type Error = SequencerError;

    fn entry(&self, index: u64) -> Result<Option<Vec<u8>>, SequencerError> {
        let entry = self.wait(self.store.entry(self.log, index))?;
        entry.map(|entry| compared(entry, index)).transpose()
    }

    fn entries_from(&self, index: u64, limit: usize) -> Result<Vec<Vec<u8>>, SequencerError> {
        let entries = self.wait(self.store.entries_from(self.log, index, limit))?;
        entries.into_iter().zip(index..).map(|(entry, index)| compared(entry, index)).collect()
    }
}

fn compared(entry: NumberedEntry, index: u64) -> Result<Vec<u8>, SequencerError> {
    match NumberedEntry::parse(entry.bytes.clone()) {
        Ok(read) if read == entry && entry.index == index => Ok(entry.bytes),
        _ => Err(SequencerError::EntryDamaged(index)),
    }
}
