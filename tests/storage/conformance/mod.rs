//! What every store must do. `conformance!` runs it over one; a store joins with one line.

use tabella::storage::{Batch, LogId, Pending, Rejected, Store, StoreError, StoredVote, Voter};
use tabella_board::hash::HASH_LENGTH;
use tabella_board::tree::TreeHead;
use tabella_record::entries::{NumberedEntry, PayloadHash};

pub mod commits;
pub mod queue;
pub mod reading;
pub mod schema;

/// Makes one test of each function of the suite. `$scene` makes a [`Scene`] of a fresh store.
macro_rules! conformance {
    ($scene:path) => {
        conformance! { $scene:
            reading {
                an_origin_has_one_log
                an_empty_log_has_the_empty_root
                logs_are_apart
                entries_are_read_in_pages
                votes_are_found
            }
            queue {
                a_payload_waits_once
                one_payload_of_a_credential_waits
                one_payload_with_a_nonce_waits
                payloads_wait_in_the_order_of_arrival
                a_numbered_payload_is_not_taken_again
                rejected_payloads_leave_the_queue
                what_became_of_a_payload_can_be_asked
                the_oldest_rejections_are_forgotten
                a_rejection_is_fenced
                the_last_request_to_close_stands
                a_request_to_close_leaves_the_queue
            }
            commits {
                a_batch_is_numbered_and_leaves_the_queue
                a_second_sequencer_is_fenced
                another_root_of_the_same_size_is_fenced
                of_two_commits_at_once_one_is_fenced
                a_payload_must_wait_to_be_numbered
                a_payload_is_numbered_once
                entries_have_no_gaps
                a_bad_batch_changes_nothing
                votes_are_written_with_their_entries
                a_large_batch_is_committed
                what_is_committed_outlives_the_process
            }
            schema {
                the_schema_refuses_to_rewrite_history
                hashes_have_one_length
                a_later_schema_is_refused
                an_altered_schema_is_refused
            }
        }
    };
    ($scene:path: $($room:ident { $($test:ident)* })*) => {
        $($(
            #[tokio::test]
            async fn $test() {
                crate::conformance::$room::$test($scene().await).await;
            }
        )*)*
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

fn rejected(number: u8) -> Rejected {
    Rejected { payload_hash: hash_of(number), code: "roll_chunk".into(), message: format!("Number {number} is wrong.") }
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

fn vote(index: u64, kind: &str, credential: u8, tracker: u8) -> StoredVote {
    StoredVote { index, kind: kind.into(), credential: [credential; HASH_LENGTH], tracker: [tracker; 20] }
}
