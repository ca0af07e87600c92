//! A store that counts what is read from its queue, and may give leases to whoever asks.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tabella::storage::{
    Admission, Batch, Fate, Head, Lease, Listener, LogId, News, Pending, Rejected, Store, StoreError, StoredClosing,
    StoredVote,
};
use tabella_board::tree::TreeHead;
use tabella_record::entries::{NumberedEntry, PayloadHash};

/// A [`Store`], and how many payloads [`Store::pending`] gave.
#[derive(Clone)]
pub struct Wrapped<S> {
    store: S,
    read: Arc<AtomicUsize>,
    lease: Option<fn() -> Lease>,
}

impl<S> Wrapped<S> {
    pub fn new(store: S) -> Self {
        Self { store, read: Arc::default(), lease: None }
    }

    /// With a lease that the store knows nothing of.
    pub fn with_lease(self, lease: fn() -> Lease) -> Self {
        Self { lease: Some(lease), ..self }
    }

    pub fn payloads_read(&self) -> usize {
        self.read.load(Ordering::SeqCst)
    }
}

impl<S: Store> Store for Wrapped<S> {
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

    async fn reject(&self, log: LogId, head: TreeHead, rejected: &[Rejected]) -> Result<(), StoreError> {
        self.store.reject(log, head, rejected).await
    }

    async fn fates(&self, log: LogId, payload_hashes: &[PayloadHash]) -> Result<Vec<Fate>, StoreError> {
        self.store.fates(log, payload_hashes).await
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
    async fn lease(&self, log: LogId) -> Result<Option<Lease>, StoreError> {
        match self.lease {
            Some(lease) => Ok(Some(lease())),
            None => self.store.lease(log).await,
        }
    }

    async fn listen(&self, log: LogId) -> Result<Option<Listener>, StoreError> {
        self.store.listen(log).await
    }

    async fn tell(&self, log: LogId, news: News) -> Result<(), StoreError> {
        self.store.tell(log, news).await
    }
}
