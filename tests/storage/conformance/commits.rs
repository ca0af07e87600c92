//! Batches: all of one or nothing, and one sequencer at a time.

use tabella::storage::{Admission, Batch, Pending, Store, StoreError, StoredVote, Voter};
use tabella_board::hash::HASH_LENGTH;
use tabella_board::tree::TreeHead;
use tabella_record::entries::NumberedEntry;

use super::{ORIGIN, Scene, ballot, batch, control, entry, hash_of, head, log_of, rejected, vote};

pub async fn a_batch_is_numbered_and_leaves_the_queue(scene: impl Scene) {
    let store = scene.store();
    let (log, _) = log_of(store, &[1, 2]).await;
    store.insert_pending(log, &[control(3), control(4)]).await.unwrap();
    store.commit(log, &batch(head(2), &[3])).await.unwrap();

    let durable = store.head(log).await.unwrap();
    assert_eq!((durable.tree, durable.checkpoint), (head(3), Some(b"checkpoint 3".to_vec())));
    assert_eq!(store.pending(log, 10).await.unwrap(), [control(4)]);
    assert_eq!(store.entry(log, 2).await.unwrap(), Some(entry(2, 3)));
    assert_eq!(store.entry(log, 3).await.unwrap(), None);
    assert_eq!(store.entry_of_payload(log, hash_of(3)).await.unwrap(), Some(entry(2, 3)));
    assert_eq!(store.entry_of_payload(log, hash_of(4)).await.unwrap(), None);
}

pub async fn a_second_sequencer_is_fenced(scene: impl Scene) {
    let store = scene.store();
    let (log, empty) = log_of(store, &[]).await;
    store.insert_pending(log, &[control(1), control(2)]).await.unwrap();
    store.commit(log, &batch(empty, &[1])).await.unwrap();
    let error = store.commit(log, &batch(empty, &[2])).await.unwrap_err();
    assert!(matches!(error, StoreError::Fenced { expected } if expected == empty));
    assert_eq!(store.head(log).await.unwrap().tree, head(1));
}

pub async fn another_root_of_the_same_size_is_fenced(scene: impl Scene) {
    let store = scene.store();
    let (log, _) = log_of(store, &[1]).await;
    store.insert_pending(log, &[control(2)]).await.unwrap();
    let forked = TreeHead { size: 1, root: [99; HASH_LENGTH].into() };
    let error = store.commit(log, &batch(forked, &[2])).await.unwrap_err();
    assert!(matches!(error, StoreError::Fenced { expected } if expected == forked));
}

pub async fn of_two_commits_at_once_one_is_fenced(scene: impl Scene) {
    let store = scene.store();
    let (log, _) = log_of(store, &[1]).await;
    store.insert_pending(log, &[control(2), control(3)]).await.unwrap();
    let (one, other) = (batch(head(1), &[2]), batch(head(1), &[3]));
    let outcomes: [_; 2] = tokio::join!(store.commit(log, &one), store.commit(log, &other)).into();
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
    assert!(outcomes.iter().any(|outcome| matches!(outcome, Err(StoreError::Fenced { .. }))));
    assert_eq!(store.head(log).await.unwrap().tree, head(2));
    assert_eq!(store.pending(log, 10).await.unwrap().len(), 1);
}

pub async fn a_payload_must_wait_to_be_numbered(scene: impl Scene) {
    let store = scene.store();
    let (log, _) = log_of(store, &[1]).await;
    assert!(matches!(store.commit(log, &batch(head(1), &[2])).await, Err(StoreError::NotPending)));
    assert!(matches!(store.reject(log, head(1), &[rejected(2)]).await, Err(StoreError::NotPending)));
}

pub async fn a_payload_is_numbered_once(scene: impl Scene) {
    let store = scene.store();
    let (log, _) = log_of(store, &[1]).await;
    assert!(matches!(store.commit(log, &batch(head(1), &[1])).await, Err(StoreError::PayloadNumbered)));
}

pub async fn entries_have_no_gaps(scene: impl Scene) {
    let store = scene.store();
    let (log, _) = log_of(store, &[1]).await;
    store.insert_pending(log, &[control(2)]).await.unwrap();
    let gapped = Batch { entries: vec![entry(2, 2)], ..batch(head(1), &[2]) };
    assert!(matches!(store.commit(log, &gapped).await, Err(StoreError::Database(_))));
    assert_eq!(store.entries_from(log, 1, 10).await.unwrap(), []);
}

pub async fn a_bad_batch_changes_nothing(scene: impl Scene) {
    let store = scene.store();
    let (log, _) = log_of(store, &[1]).await;
    store.insert_pending(log, &[control(2)]).await.unwrap();
    // The second payload of the batch does not wait: by then head and entries are written, and must be undone.
    assert!(matches!(store.commit(log, &batch(head(1), &[2, 3])).await, Err(StoreError::NotPending)));
    assert_eq!(store.head(log).await.unwrap().tree, head(1));
    assert_eq!(store.entries_from(log, 0, 10).await.unwrap(), [entry(0, 1)]);
    assert_eq!(store.pending(log, 10).await.unwrap(), [control(2)]);
}

pub async fn votes_are_written_with_their_entries(scene: impl Scene) {
    let store = scene.store();
    let (log, _) = log_of(store, &[1]).await;
    store.insert_pending(log, &[control(2)]).await.unwrap();
    // The second payload does not wait: by then the vote is written, and must be undone.
    let bad = Batch { votes: vec![vote(1, "ballot", 50, 70)], ..batch(head(1), &[2, 3]) };
    assert!(matches!(store.commit(log, &bad).await, Err(StoreError::NotPending)));
    assert_eq!(store.vote_of_tracker(log, [70; 20]).await.unwrap(), None);
    let of_no_entry = Batch { votes: vec![vote(9, "ballot", 50, 70)], ..batch(head(1), &[2]) };
    assert!(matches!(store.commit(log, &of_no_entry).await, Err(StoreError::Database(_))));
}

/// As many as the sequencer numbers together, in the order of their numbers and with all their votes.
pub async fn a_large_batch_is_committed(scene: impl Scene) {
    let store = scene.store();
    let log = store.create_log(ORIGIN).await.unwrap();
    let hash = |number: u64| -> [u8; HASH_LENGTH] { std::array::from_fn(|place| number.to_be_bytes()[place % 8]) };
    let payloads: Vec<Pending> = (0..1024)
        .map(|number| {
            let voter = Some(Voter { credential: hash(number), nonce: hash(number) });
            Pending { payload_hash: hash(number).into(), kind: "ballot".into(), payload: vec![7; 2000], voter }
        })
        .collect();
    assert!(store.insert_pending(log, &payloads).await.unwrap().iter().all(|admission| *admission == Admission::New));
    assert_eq!(store.pending(log, 2000).await.unwrap(), payloads);
    let entry = |(number, payload): (u64, &Pending)| NumberedEntry {
        index: number,
        kind: payload.kind.clone(),
        leaf_hash: hash(number).into(),
        payload_hash: payload.payload_hash,
        bytes: payload.payload.clone(),
    };
    let entries: Vec<NumberedEntry> = (0..).zip(&payloads).map(entry).collect();
    let vote = |number| StoredVote { index: number, kind: "ballot".into(), credential: hash(number), tracker: [7; 20] };
    let before = store.head(log).await.unwrap().tree;
    let after = TreeHead { size: 1024, root: [9; HASH_LENGTH].into() };
    let votes = (0..1024).map(vote).collect();
    let batch = Batch { before, after, checkpoint: vec![1], entries: entries.clone(), votes, rejected: vec![] };
    store.commit(log, &batch).await.unwrap();
    assert_eq!(store.entries_from(log, 0, 2000).await.unwrap(), entries);
    assert_eq!(store.votes_of_credential(log, hash(1023)).await.unwrap(), [vote(1023)]);
    assert_eq!(store.pending(log, 1).await.unwrap(), []);
}

pub async fn what_is_committed_outlives_the_process(scene: impl Scene) {
    let (log, _) = log_of(scene.store(), &[1]).await;
    scene.store().insert_pending(log, &[ballot(2, 50, 60)]).await.unwrap();
    let store = scene.reopened().await.unwrap();
    assert_eq!(store.find_log(ORIGIN).await.unwrap(), Some(log));
    assert_eq!(store.head(log).await.unwrap().tree, head(1));
    assert_eq!(store.entry(log, 0).await.unwrap(), Some(entry(0, 1)));
    assert_eq!(store.pending(log, 10).await.unwrap(), [ballot(2, 50, 60)]);
}
