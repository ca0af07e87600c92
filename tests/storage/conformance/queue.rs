//! What waits to be numbered: payloads, rejections, requests to close.

use tabella::storage::{Admission, Batch, Fate, Pending, REJECTIONS, Rejected, Store, StoreError, StoredClosing};
use tabella_board::hash::HASH_LENGTH;
use tabella_board::tree::TreeHead;
use tabella_record::entries::PayloadHash;

use super::{Scene, ballot, batch, control, hash_of, head, log_of, rejected};

pub async fn a_payload_waits_once(scene: impl Scene) {
    let store = scene.store();
    let (log, _) = log_of(store, &[]).await;
    let admissions = store.insert_pending(log, &[control(1), control(1)]).await.unwrap();
    assert_eq!(admissions, [Admission::New, Admission::Waiting]);
    assert_eq!(store.insert_pending(log, &[control(1)]).await.unwrap(), [Admission::Waiting]);
    assert_eq!(store.pending(log, 10).await.unwrap(), [control(1)]);
}

pub async fn one_payload_of_a_credential_waits(scene: impl Scene) {
    let store = scene.store();
    let (log, _) = log_of(store, &[]).await;
    let admissions =
        store.insert_pending(log, &[ballot(1, 50, 60), ballot(2, 50, 61), ballot(3, 51, 62)]).await.unwrap();
    assert_eq!(admissions, [Admission::New, Admission::VoterBusy, Admission::New]);
}

pub async fn one_payload_with_a_nonce_waits(scene: impl Scene) {
    let store = scene.store();
    let (log, _) = log_of(store, &[]).await;
    let admissions = store.insert_pending(log, &[ballot(1, 50, 60), ballot(2, 51, 60)]).await.unwrap();
    assert_eq!(admissions, [Admission::New, Admission::VoterBusy]);
}

pub async fn payloads_wait_in_the_order_of_arrival(scene: impl Scene) {
    let store = scene.store();
    let (log, _) = log_of(store, &[]).await;
    let arrived = [control(9), ballot(3, 50, 60), control(5)];
    store.insert_pending(log, &arrived).await.unwrap();
    assert_eq!(store.pending(log, 10).await.unwrap(), arrived);
    assert_eq!(store.pending(log, 2).await.unwrap(), arrived[..2]);
}

pub async fn a_numbered_payload_is_not_taken_again(scene: impl Scene) {
    let store = scene.store();
    let (log, _) = log_of(store, &[1, 2]).await;
    assert_eq!(store.insert_pending(log, &[control(2)]).await.unwrap(), [Admission::Numbered(1)]);
    assert_eq!(store.pending(log, 10).await.unwrap(), []);
}

pub async fn rejected_payloads_leave_the_queue(scene: impl Scene) {
    let store = scene.store();
    let (log, _) = log_of(store, &[1]).await;
    store.insert_pending(log, &[control(2), control(3), control(4)]).await.unwrap();
    store.commit(log, &Batch { rejected: vec![rejected(3)], ..batch(head(1), &[2]) }).await.unwrap();
    assert_eq!(store.pending(log, 10).await.unwrap(), [control(4)]);

    store.reject(log, head(2), &[rejected(4)]).await.unwrap();
    assert_eq!(store.pending(log, 10).await.unwrap(), []);
    assert_eq!(store.head(log).await.unwrap().tree, head(2));
    assert_eq!(
        store.insert_pending(log, &[control(4)]).await.unwrap(),
        [Admission::New],
        "a rejection may be tried again"
    );
}

pub async fn what_became_of_a_payload_can_be_asked(scene: impl Scene) {
    let store = scene.store();
    let (log, _) = log_of(store, &[1]).await;
    store.insert_pending(log, &[control(2), control(3), control(4), control(5)]).await.unwrap();
    store.commit(log, &Batch { rejected: vec![rejected(3)], ..batch(head(1), &[2]) }).await.unwrap();
    store.reject(log, head(2), &[rejected(4)]).await.unwrap();
    let hashes = [5, 4, 1, 6, 2, 3].map(hash_of);
    let fates = [
        Fate::Waits,
        Fate::Rejected(rejected(4)),
        Fate::Numbered(0),
        Fate::Unknown,
        Fate::Numbered(1),
        Fate::Rejected(rejected(3)),
    ];
    assert_eq!(store.fates(log, &hashes).await.unwrap(), fates);
    assert_eq!(store.fates(log, &[]).await.unwrap(), []);

    // What was rejected once may come again, and be rejected for something else, or numbered.
    store.insert_pending(log, &[control(3), control(4)]).await.unwrap();
    assert_eq!(store.fates(log, &[hash_of(3)]).await.unwrap(), [Fate::Waits]);
    let other = Rejected { code: "out_of_phase".into(), ..rejected(4) };
    store.commit(log, &Batch { rejected: vec![other.clone()], ..batch(head(2), &[3]) }).await.unwrap();
    let fates = store.fates(log, &[hash_of(3), hash_of(4)]).await.unwrap();
    let expected = [Fate::Numbered(2), Fate::Rejected(other)];
    assert_eq!(fates, expected);
    let reopened = scene.reopened().await.unwrap();
    assert_eq!(reopened.fates(log, &[hash_of(3), hash_of(4)]).await.unwrap(), expected);
}

pub async fn the_oldest_rejections_are_forgotten(scene: impl Scene) {
    let store = scene.store();
    let (log, _) = log_of(store, &[1]).await;
    let hash = |number: u32| {
        let mut hash = [9; HASH_LENGTH];
        hash[..4].copy_from_slice(&number.to_be_bytes());
        PayloadHash::from(hash)
    };
    let payloads: Vec<Pending> =
        (0..REJECTIONS + 2).map(|number| Pending { payload_hash: hash(number), ..control(9) }).collect();
    let rejections: Vec<Rejected> =
        payloads.iter().map(|payload| Rejected { payload_hash: payload.payload_hash, ..rejected(9) }).collect();
    store.insert_pending(log, &payloads).await.unwrap();
    store.reject(log, head(1), &rejections).await.unwrap();
    let fates = store.fates(log, &[hash(0), hash(1), hash(2), hash(REJECTIONS + 1)]).await.unwrap();
    let kept = |number: usize| Fate::Rejected(rejections[number].clone());
    assert_eq!(fates, [Fate::Unknown, Fate::Unknown, kept(2), kept(rejections.len() - 1)]);
}

pub async fn a_rejection_is_fenced(scene: impl Scene) {
    let store = scene.store();
    let (log, _) = log_of(store, &[1]).await;
    store.insert_pending(log, &[control(2)]).await.unwrap();
    let forked = TreeHead { size: 1, root: [99; HASH_LENGTH].into() };
    for stale in [TreeHead::empty(), forked] {
        let error = store.reject(log, stale, &[rejected(2)]).await.unwrap_err();
        assert!(matches!(error, StoreError::Fenced { expected } if expected == stale));
    }
    assert_eq!(store.fates(log, &[hash_of(2)]).await.unwrap(), [Fate::Waits]);
}

pub async fn the_last_request_to_close_stands(scene: impl Scene) {
    let (log, _) = log_of(scene.store(), &[1]).await;
    let other = scene.store().create_log("example.org/f").await.unwrap();
    assert_eq!(scene.store().closing(log).await.unwrap(), None);
    let first = StoredClosing { number: 1, is_closing: true, payload_hash: hash_of(1) };
    let later = StoredClosing { number: 4, is_closing: false, payload_hash: hash_of(2) };
    for closing in [first, later] {
        scene.store().take_closing(log, closing).await.unwrap();
        assert_eq!(scene.store().closing(log).await.unwrap(), Some(closing));
    }
    scene.store().take_closing(log, later).await.unwrap();
    for stale in [first, StoredClosing { payload_hash: hash_of(3), ..later }] {
        assert!(matches!(scene.store().take_closing(log, stale).await, Err(StoreError::ClosingStale)));
    }
    assert_eq!(scene.store().closing(other).await.unwrap(), None);
    assert_eq!(scene.reopened().await.unwrap().closing(log).await.unwrap(), Some(later));
}

pub async fn a_request_to_close_leaves_the_queue(scene: impl Scene) {
    let store = scene.store();
    let (log, _) = log_of(store, &[1]).await;
    let request = Pending { kind: "closing".into(), ..control(2) };
    let closing = StoredClosing { number: 1, is_closing: true, payload_hash: request.payload_hash };
    for _ in ["taken", "taken again"] {
        store.insert_pending(log, &[request.clone(), control(3)]).await.unwrap();
        store.take_closing(log, closing).await.unwrap();
        assert_eq!(store.pending(log, 10).await.unwrap(), [control(3)]);
        assert_eq!(store.fates(log, &[hash_of(2), hash_of(3)]).await.unwrap(), [Fate::Taken, Fate::Waits]);
    }
}
