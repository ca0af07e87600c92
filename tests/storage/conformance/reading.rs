//! What is found again.

use tabella::storage::{Admission, Batch, Store, StoreError};
use tabella_board::hash::HASH_LENGTH;

use super::{ORIGIN, Scene, batch, control, entry, head, log_of, vote};

pub async fn an_origin_has_one_log(scene: impl Scene) {
    let store = scene.store();
    assert_eq!(store.find_log(ORIGIN).await.unwrap(), None);
    let log = store.create_log(ORIGIN).await.unwrap();
    assert_eq!(store.find_log(ORIGIN).await.unwrap(), Some(log));
    let error = store.create_log(ORIGIN).await.unwrap_err();
    assert!(matches!(error, StoreError::LogExists(origin) if origin == ORIGIN));
}

pub async fn an_empty_log_has_the_empty_root(scene: impl Scene) {
    let (log, _) = log_of(scene.store(), &[]).await;
    let head = scene.store().head(log).await.unwrap();
    assert_eq!((head.tree.size, head.checkpoint), (0, None));
    assert_eq!(head.tree.root.as_bytes()[..4], [0xe3, 0xb0, 0xc4, 0x42]);
}

pub async fn logs_are_apart(scene: impl Scene) {
    let store = scene.store();
    let (log, _) = log_of(store, &[1]).await;
    let other = store.create_log("example.org/f").await.unwrap();
    assert_eq!(store.insert_pending(other, &[control(1)]).await.unwrap(), [Admission::New]);
    assert_eq!(store.pending(log, 10).await.unwrap(), []);
    assert_eq!(store.entry(other, 0).await.unwrap(), None);
    assert_eq!(store.head(other).await.unwrap().tree.size, 0);
}

pub async fn entries_are_read_in_pages(scene: impl Scene) {
    let store = scene.store();
    let (log, _) = log_of(store, &[1, 2, 3]).await;
    assert_eq!(store.entries_from(log, 0, 2).await.unwrap(), [entry(0, 1), entry(1, 2)]);
    assert_eq!(store.entries_from(log, 2, 2).await.unwrap(), [entry(2, 3)]);
    assert_eq!(store.entries_from(log, 3, 2).await.unwrap(), []);
    assert_eq!(store.entries_from(log, u64::MAX, 2).await.unwrap(), []);
}

pub async fn votes_are_found(scene: impl Scene) {
    let store = scene.store();
    let (log, _) = log_of(store, &[1]).await;
    store.insert_pending(log, &[control(2), control(3), control(4)]).await.unwrap();
    let votes = [vote(1, "challenge", 50, 70), vote(2, "ballot", 51, 71), vote(3, "ballot", 50, 72)];
    store.commit(log, &Batch { votes: votes.to_vec(), ..batch(head(1), &[2, 3, 4]) }).await.unwrap();

    assert_eq!(store.vote_of_tracker(log, [71; 20]).await.unwrap().as_ref(), Some(&votes[1]));
    assert_eq!(store.vote_of_tracker(log, [73; 20]).await.unwrap(), None);
    let [challenge, _, ballot] = votes;
    assert_eq!(store.votes_of_credential(log, [50; HASH_LENGTH]).await.unwrap(), [challenge, ballot]);
    assert_eq!(store.votes_of_credential(log, [52; HASH_LENGTH]).await.unwrap(), []);
}
