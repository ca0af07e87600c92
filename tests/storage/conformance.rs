//! What every store must do. `conformance!` runs it over one; a store joins with one line.

use tabella::storage::{Admission, Batch, LogId, Pending, Store, StoreError, StoredClosing, StoredVote, Voter};
use tabella_board::hash::HASH_LENGTH;
use tabella_board::tree::TreeHead;
use tabella_record::entries::{NumberedEntry, PayloadHash};

/// Makes one test of each function of the suite. `$scene` makes a [`Scene`] of a fresh store.
macro_rules! conformance {
    ($scene:path: $($test:ident)*) => {
        $(
            #[tokio::test]
            async fn $test() {
                crate::conformance::$test($scene().await).await;
            }
        )*
    };
    ($scene:path) => {
        conformance! { $scene:
            an_origin_has_one_log
            an_empty_log_has_the_empty_root
            a_payload_waits_once
            one_payload_of_a_credential_waits
            one_payload_with_a_nonce_waits
            payloads_wait_in_the_order_of_arrival
            a_batch_is_numbered_and_leaves_the_queue
            a_numbered_payload_is_not_taken_again
            rejected_payloads_leave_the_queue
            a_second_sequencer_is_fenced
            another_root_of_the_same_size_is_fenced
            a_payload_must_wait_to_be_numbered
            a_payload_is_numbered_once
            entries_have_no_gaps
            of_two_commits_at_once_one_is_fenced
            a_bad_batch_changes_nothing
            entries_are_read_in_pages
            votes_are_found
            votes_are_written_with_their_entries
            the_last_request_to_close_stands
            logs_are_apart
            what_is_committed_outlives_the_process
            a_large_batch_is_committed
            the_schema_refuses_to_rewrite_history
            hashes_have_one_length
            a_later_schema_is_refused
            an_altered_schema_is_refused
        }
    };
}
pub(crate) use conformance;

/// A fresh store, and how to open it again as another process would.
pub trait Scene {
    type Store: Store;

    fn store(&self) -> &Self::Store;

    fn reopened(&self) -> impl Future<Output = Result<Self::Store, StoreError>>;

    /// Runs a statement without any of the store's care; gives what the database says, if it refuses.
    fn execute(&self, statement: &'static str) -> impl Future<Output = Result<(), String>>;
}

const ORIGIN: &str = "example.org/e";

pub fn head(size: u64) -> TreeHead {
    TreeHead { size, root: [u8::try_from(size).unwrap(); HASH_LENGTH].into() }
}

fn hash_of(number: u8) -> PayloadHash {
    [number; HASH_LENGTH].into()
}

pub fn control(number: u8) -> Pending {
    Pending { payload_hash: hash_of(number), kind: "roll".into(), payload: vec![number; 3], voter: None }
}

fn ballot(number: u8, credential: u8, nonce: u8) -> Pending {
    let voter = Voter { credential: [credential; HASH_LENGTH], nonce: [nonce; HASH_LENGTH] };
    Pending { kind: "ballot".into(), voter: Some(voter), ..control(number) }
}

pub fn entry(index: u64, number: u8) -> NumberedEntry {
    NumberedEntry {
        index,
        kind: "roll".into(),
        leaf_hash: [number + 100; HASH_LENGTH].into(),
        payload_hash: hash_of(number),
        bytes: vec![number; 5],
    }
}

/// The batch of the payloads with these numbers, in this order.
pub fn batch(before: TreeHead, numbers: &[u8]) -> Batch {
    let entries: Vec<_> = numbers.iter().zip(before.size..).map(|(&number, index)| entry(index, number)).collect();
    let after = head(before.size + entries.len() as u64);
    let checkpoint = format!("checkpoint {}", after.size).into_bytes();
    Batch { before, after, checkpoint, entries, votes: vec![], rejected: vec![] }
}

/// A log with the payloads of these numbers in one batch.
pub async fn log_of<S: Store>(store: &S, numbers: &[u8]) -> (LogId, TreeHead) {
    let log = store.create_log(ORIGIN).await.unwrap();
    let empty = store.head(log).await.unwrap().tree;
    if numbers.is_empty() {
        return (log, empty);
    }
    let payloads: Vec<_> = numbers.iter().copied().map(control).collect();
    store.insert_pending(log, &payloads).await.unwrap();
    let batch = batch(empty, numbers);
    store.commit(log, &batch).await.unwrap();
    (log, batch.after)
}

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
    store.commit(log, &Batch { rejected: vec![hash_of(3)], ..batch(head(1), &[2]) }).await.unwrap();
    assert_eq!(store.pending(log, 10).await.unwrap(), [control(4)]);

    store.drop_pending(log, &[hash_of(4)]).await.unwrap();
    assert_eq!(store.pending(log, 10).await.unwrap(), []);
    assert_eq!(store.head(log).await.unwrap().tree, head(2));
    assert_eq!(
        store.insert_pending(log, &[control(4)]).await.unwrap(),
        [Admission::New],
        "a rejection may be tried again"
    );
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

pub async fn a_payload_must_wait_to_be_numbered(scene: impl Scene) {
    let store = scene.store();
    let (log, _) = log_of(store, &[1]).await;
    assert!(matches!(store.commit(log, &batch(head(1), &[2])).await, Err(StoreError::NotPending)));
    assert!(matches!(store.drop_pending(log, &[hash_of(2)]).await, Err(StoreError::NotPending)));
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

pub async fn entries_are_read_in_pages(scene: impl Scene) {
    let store = scene.store();
    let (log, _) = log_of(store, &[1, 2, 3]).await;
    assert_eq!(store.entries_from(log, 0, 2).await.unwrap(), [entry(0, 1), entry(1, 2)]);
    assert_eq!(store.entries_from(log, 2, 2).await.unwrap(), [entry(2, 3)]);
    assert_eq!(store.entries_from(log, 3, 2).await.unwrap(), []);
    assert_eq!(store.entries_from(log, u64::MAX, 2).await.unwrap(), []);
}

fn vote(index: u64, kind: &str, credential: u8, tracker: u8) -> StoredVote {
    StoredVote { index, kind: kind.into(), credential: [credential; HASH_LENGTH], tracker: [tracker; 20] }
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
    for stale in [first, later] {
        assert!(matches!(scene.store().take_closing(log, stale).await, Err(StoreError::ClosingStale)));
    }
    assert_eq!(scene.store().closing(other).await.unwrap(), None);
    assert_eq!(scene.reopened().await.unwrap().closing(log).await.unwrap(), Some(later));
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

pub async fn what_is_committed_outlives_the_process(scene: impl Scene) {
    let (log, _) = log_of(scene.store(), &[1]).await;
    scene.store().insert_pending(log, &[ballot(2, 50, 60)]).await.unwrap();
    let store = scene.reopened().await.unwrap();
    assert_eq!(store.find_log(ORIGIN).await.unwrap(), Some(log));
    assert_eq!(store.head(log).await.unwrap().tree, head(1));
    assert_eq!(store.entry(log, 0).await.unwrap(), Some(entry(0, 1)));
    assert_eq!(store.pending(log, 10).await.unwrap(), [ballot(2, 50, 60)]);
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

pub async fn the_schema_refuses_to_rewrite_history(scene: impl Scene) {
    let (log, _) = log_of(scene.store(), &[1, 2]).await;
    let closing = StoredClosing { number: 2, is_closing: true, payload_hash: hash_of(1) };
    scene.store().take_closing(log, closing).await.unwrap();
    scene.store().insert_pending(log, &[control(3)]).await.unwrap();
    let voted = Batch { votes: vec![vote(2, "ballot", 50, 70)], ..batch(head(2), &[3]) };
    scene.store().commit(log, &voted).await.unwrap();
    for (statement, refusal) in [
        ("update entry set bytes = payload_hash", "an entry is never changed"),
        ("delete from entry", "an entry is never deleted"),
        ("delete from log", "a log is never deleted"),
        ("update log set size = 1", "a log keeps its origin and only grows"),
        ("update log set origin = 'example.org/other'", "a log keeps its origin and only grows"),
        ("update log set size = 9, checkpoint = null", "log_checkpoint_present"),
        ("update vote set kind = 'challenge'", "a vote is never changed"),
        ("delete from vote", "a vote is never deleted"),
        ("update closing set number = 1", "the number of a request to close grows"),
    ] {
        let told = scene.execute(statement).await.unwrap_err();
        assert!(told.contains(refusal), "{statement}: {told}");
    }
    assert_eq!(scene.store().entries_from(log, 0, 9).await.unwrap(), [entry(0, 1), entry(1, 2), entry(2, 3)]);
}

pub async fn hashes_have_one_length(scene: impl Scene) {
    log_of(scene.store(), &[1]).await;
    let told = scene.execute("update log set size = 9, root = checkpoint").await.unwrap_err();
    assert!(told.contains("log_root_length"), "{told}");
}

pub async fn a_later_schema_is_refused(scene: impl Scene) {
    let later = "insert into _sqlx_migrations (version, description, success, checksum, execution_time)
                 select 9999, 'from the future', true, checksum, 0 from _sqlx_migrations";
    scene.execute(later).await.unwrap();
    let error = scene.reopened().await.err().unwrap();
    assert!(error.to_string().contains("a newer one made it"), "{error}");
    assert!(matches!(error, StoreError::SchemaUnknown(9999)));
}

pub async fn an_altered_schema_is_refused(scene: impl Scene) {
    log_of(scene.store(), &[1]).await;
    scene.execute("update _sqlx_migrations set checksum = (select root from log)").await.unwrap();
    let error = scene.reopened().await.err().unwrap();
    assert!(matches!(error, StoreError::SchemaAltered(1)));
}
