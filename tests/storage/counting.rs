//! A store that counts what is read from its queue.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tabella::storage::{
    Admission, Batch, BoardStore, Head, LogId, Pending, Store, StoreError, StoredClosing, StoredVote,
};
use tabella_record::entries::{NumberedEntry, PayloadHash};

/// A [`BoardStore`], and how many payloads [`Store::pending`] gave.
#[derive(Clone)]
pub struct CountingStore {
    store: BoardStore,
    read: Arc<AtomicUsize>,
}

impl CountingStore {
    pub fn new(store: BoardStore) -> Self {
        Self { store, read: Arc::default() }
    }

    pub fn payloads_read(&self) -> usize {
        self.read.load(Ordering::SeqCst)
    }
}

impl Store for CountingStore {
    async fn create_log(&self, origin: &str) -> Result<LogId, StoreError> {
        self.store.create_log(origin).await
    }

    async fn find_log(&self, origin: &str) -> Result<Option<LogId>, StoreError> {
        self.store.find_log(origin).await
    }

    async fn head(&self, log: LogId) -> Result<Head, StoreError> {
        self.store.head(log).await
    }

    async fn insert_pending(&self, log: LogId, payloads: &[Pending]) -> Result<Vec<Admission>, StoreError> {
        self.store.insert_pending(log, payloads).await
    }

    async fn pending(&self, log: LogId, limit: usize) -> Result<Vec<Pending>, StoreError> {
        let waiting = self.store.pending(log, limit).await?;
        self.read.fetch_add(waiting.len(), Ordering::SeqCst);
        Ok(waiting)
    }

    async fn drop_pending(&self, log: LogId, payload_hashes: &[PayloadHash]) -> Result<(), StoreError> {
        self.store.drop_pending(log, payload_hashes).await
    }

    async fn commit(&self, log: LogId, batch: &Batch) -> Result<(), StoreError> {
        self.store.commit(log, batch).await
    }

    async fn entry(&self, log: LogId, index: u64) -> Result<Option<NumberedEntry>, StoreError> {
        self.store.entry(log, index).await
    }

    async fn entry_of_payload(
        &self,
        log: LogId,
        payload_hash: PayloadHash,
    ) -> Result<Option<NumberedEntry>, StoreError> {
        self.store.entry_of_payload(log, payload_hash).await
    }

    async fn entries_from(&self, log: LogId, index: u64, limit: usize) -> Result<Vec<NumberedEntry>, StoreError> {
        self.store.entries_from(log, index, limit).await
    }

    async fn vote_of_tracker(&self, log: LogId, tracker: [u8; 20]) -> Result<Option<StoredVote>, StoreError> {
        self.store.vote_of_tracker(log, tracker).await
    }

    async fn votes_of_credential(&self, log: LogId, credential: [u8; 32]) -> Result<Vec<StoredVote>, StoreError> {
        self.store.votes_of_credential(log, credential).await
    }

    async fn closing(&self, log: LogId) -> Result<Option<StoredClosing>, StoreError> {
        self.store.closing(log).await
    }

    async fn take_closing(&self, log: LogId, closing: StoredClosing) -> Result<(), StoreError> {
        self.store.take_closing(log, closing).await
    }
}
