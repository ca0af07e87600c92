//! What waits to be numbered, and what is answered without waiting. Tests specs/board.md#sequencing.

use std::sync::Arc;

use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use tabella::sequencer::Sequencer;
use tabella::storage::{PayloadHash, Pending, SqliteStore, Store};
use tabella::tiles::RecordDirectory;

use crate::counting::CountingStore;
use crate::scene::{ORIGIN, disk_with, log_key, roll};

#[tokio::test]
async fn what_waits_is_numbered_after_a_restart() {
    let disk = disk_with(1).await;
    let running = disk.start().await.unwrap();
    running.stop().await.unwrap();
    let store = SqliteStore::open(&disk.database()).await.unwrap();
    let log = store.find_log(ORIGIN).await.unwrap().unwrap();
    store
        .insert_pending(log, &[waiting(roll(1).payload), waiting(b"nonsense".to_vec())])
        .await
        .unwrap();
    store.close().await;

    disk.start().await.unwrap().stop().await.unwrap();
    assert_eq!(disk.published().unverified().head.size, 2);
    let running = disk.start().await.unwrap();
    assert_eq!(running.submit(roll(1)).await.unwrap(), 1);
    assert_eq!(running.store.pending(log, 1).await.unwrap(), []);
}

/// A payload of the registrar in the queue.
fn waiting(payload: Vec<u8>) -> Pending {
    Pending {
        payload_hash: PayloadHash::of(&payload),
        kind: "roll".into(),
        payload,
        voter: None,
    }
}

#[tokio::test]
async fn what_waits_is_read_once() {
    let disk = disk_with(1).await;
    let store = CountingStore::new(SqliteStore::open(&disk.database()).await.unwrap());
    let log = store.find_log(ORIGIN).await.unwrap().unwrap();
    let payloads: Vec<Pending> = (1..=20).map(|revision| waiting(roll(revision).payload)).collect();
    store.insert_pending(log, &payloads).await.unwrap();

    let directory = Arc::new(RecordDirectory::open(disk.record()).unwrap());
    let rng = ChaCha20Rng::from_seed([7; 32]);
    let (sequencer, worker) = Sequencer::start(store.clone(), directory, log_key(), rng)
        .await
        .unwrap();
    drop(sequencer);
    worker.ended().await.unwrap();
    assert_eq!(disk.published().unverified().head.size, 21);
    assert_eq!(store.payloads_read(), 20);
}
