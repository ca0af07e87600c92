//! Processes that share a store and a record: one is the sequencer, the others are fronts. Tests specs/board.md#office.

use std::time::{Duration, Instant};

use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use tabella::sequencer::{Numbered, Role, Sequencer, Submission, SubmitError};
use tabella::storage::{Lease, Store};
use tabella::witnessing::Witnessing;
use tabella_board::hash::Hash;
use tabella_election::message::{Closing, Signed};
use tabella_election::{Code, Kind};
use tabella_record::directory::RecordDirectory;
use tabella_record::examination::Seeds;
use tabella_record::files::{Record, TileError};
use tabella_record::ledger::Ledger;

use crate::poll::{ballot, open};
use crate::scene::{
    Disk, ORIGIN, Running, StoreKind, authority, code, election, log_key, manifest, roll, signed, trustee,
};
use crate::wrapped::Wrapped;

/// How long a process may take to notice anything.
const PATIENCE: Duration = Duration::from_secs(60);

/// What several processes share.
fn shared() -> Disk {
    Disk::new(StoreKind::Postgres)
}

async fn start(disk: &Disk) -> Running {
    disk.start().await.unwrap()
}

/// Breaks the connection that holds the lease.
async fn break_lease(disk: &Disk) {
    let broken = "select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory'
                  and database = (select oid from pg_database where datname = current_database())";
    disk.execute(broken.to_owned()).await;
}

/// Judges the whole record as anybody can.
fn verify(disk: &Disk, size: u64) {
    let mut ledger = Ledger::new(log_key().verifier().clone(), Seeds::new(ChaCha20Rng::from_seed([9; 32])));
    ledger.catch_up(&Record::open(disk.record()).unwrap()).unwrap();
    let head = disk.published().verify(log_key().verifier()).unwrap().head;
    assert_eq!((ledger.chain().head(), head.size), (head, size));
}

/// Hands a payload in; whoever is answered can be given a receipt.
async fn submit(process: &Running, submission: Submission) -> Result<u64, SubmitError> {
    let index = process.submit(submission).await?;
    assert!(process.sequencer.signed().unwrap().unverified().head.size > index);
    Ok(index)
}

fn role(process: &Running) -> Role {
    process.sequencer.role()
}

async fn eventually(condition: impl Fn() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !condition() {
        assert!(Instant::now() < deadline, "it does not come about");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_asked_answers() {
    let shared = shared();
    let (first, second) = (start(&shared).await, start(&shared).await);
    assert_eq!((role(&first), role(&second)), (Role::Sequencer, Role::Front));
    assert_eq!(submit(&second, manifest()).await.unwrap(), 0);
    assert_eq!(submit(&first, roll(1)).await.unwrap(), 1);
    assert_eq!(submit(&second, roll(2)).await.unwrap(), 2);
    assert_eq!(submit(&first, roll(3)).await.unwrap(), 3);
    // What stands there already is answered by both.
    for process in [&first, &second] {
        let again = process.sequencer.submit(Kind::Roll, roll(2).payload).await.unwrap();
        assert_eq!(again, Numbered { index: 2, is_repeated: true });
    }
    eventually(|| second.sequencer.watch().borrow().head.size == 4).await;
    verify(&shared, 4);
    second.stop().await.unwrap();
    first.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_payload_through_both_has_one_place() {
    let shared = shared();
    let (first, second) = (start(&shared).await, start(&shared).await);
    submit(&first, manifest()).await.unwrap();
    for revision in 1..=20 {
        let (one, other) = tokio::join!(submit(&first, roll(revision)), submit(&second, roll(revision)));
        assert_eq!((one.unwrap(), other.unwrap()), (revision, revision));
    }
    verify(&shared, 21);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_front_tells_why_a_payload_was_rejected() {
    let shared = shared();
    let (first, second) = (start(&shared).await, start(&shared).await);
    submit(&first, manifest()).await.unwrap();
    // By the sequencer: a front cannot know it.
    assert_eq!(code(submit(&second, roll(3)).await.unwrap_err()), Code::RollChunk);
    // By the front: it is not worth a place in the queue.
    let forged = signed(
        Signed::<tabella_election::message::Roll>::decode(&roll(1).payload).unwrap().body().clone(),
        &authority(),
    );
    assert_eq!(code(submit(&second, forged).await.unwrap_err()), Code::SignatureInvalid);
    assert_eq!(submit(&second, roll(1)).await.unwrap(), 1);
    assert_eq!(submit(&second, roll(2)).await.unwrap(), 2);
    assert_eq!(submit(&second, roll(3)).await.unwrap(), 3, "what was too early once may come again");
    verify(&shared, 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn ballots_are_cast_and_the_voting_is_closed_through_a_front() {
    let shared = shared();
    let (first, second) = (start(&shared).await, start(&shared).await);
    let poll = open(&shared, &first.sequencer, 4).await;
    let size = shared.published().unverified().head.size;
    let (one, tracker) = ballot(&poll, 1, None);
    let (again, _) = ballot(&poll, 1, Some(tracker));
    let (two, _) = ballot(&poll, 2, None);
    let (cast, other) = tokio::join!(submit(&second, one.clone()), submit(&first, two));
    let mut places = [cast.unwrap(), other.unwrap()];
    places.sort_unstable();
    assert_eq!(places, [size, size + 1]);
    assert_eq!(code(submit(&second, ballot(&poll, 1, Some([0; 20])).0).await.unwrap_err()), Code::LinkStale);
    assert_eq!(submit(&second, again).await.unwrap(), size + 2);

    let close =
        |number, is_closing| Signed::sign(Closing { election: election(), number, is_closing }, &authority()).payload();
    let forged = Signed::sign(Closing { election: election(), number: 1, is_closing: true }, &trustee());
    let refused = second.sequencer.take_closing(forged.payload()).await.unwrap_err();
    assert_eq!(code(refused), Code::SignatureInvalid);
    let standstill = second.sequencer.take_closing(close(1, true)).await.unwrap();
    assert_eq!((standstill.ballots, standstill.closing.number, standstill.closing.is_closing), (3, 1, true));
    assert_eq!(standstill.checkpoint, shared.anchor().into_bytes());
    assert_eq!(standstill.last, Hash::of_entry(shared.entries().last().unwrap()));
    // The same again is answered again, by everybody; an older one by nobody.
    assert_eq!(first.sequencer.take_closing(close(1, true)).await.unwrap(), standstill);
    assert_eq!(second.sequencer.take_closing(close(1, true)).await.unwrap(), standstill);
    assert_eq!(code(second.sequencer.take_closing(close(1, false)).await.unwrap_err()), Code::ClosingStale);
    for process in [&first, &second] {
        let late = submit(process, ballot(&poll, 3, None).0).await.unwrap_err();
        assert_eq!(code(late), Code::ElectionClosing);
        eventually(|| process.sequencer.watch().borrow().closing.is_closing).await;
        // What stands on the board is what it was.
        let found = process.sequencer.submit(Kind::Ballot, one.payload.clone()).await.unwrap();
        assert!(found.is_repeated);
    }
    assert!(!first.sequencer.take_closing(close(2, false)).await.unwrap().closing.is_closing);
    eventually(|| !second.sequencer.watch().borrow().closing.is_closing).await;
    assert_eq!(submit(&second, ballot(&poll, 3, None).0).await.unwrap(), size + 3);
    verify(&shared, size + 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_front_takes_over() {
    let shared = shared();
    let (first, second, third) = (start(&shared).await, start(&shared).await, start(&shared).await);
    submit(&first, manifest()).await.unwrap();
    submit(&second, roll(1)).await.unwrap();
    first.stop().await.unwrap();
    // Requests that come while nobody is the sequencer wait for the next one.
    assert_eq!(submit(&second, roll(2)).await.unwrap(), 2);
    assert_eq!(submit(&third, roll(3)).await.unwrap(), 3);
    eventually(|| [role(&second), role(&third)].contains(&Role::Sequencer)).await;
    let again = start(&shared).await;
    assert_eq!(role(&again), Role::Front);
    assert_eq!(submit(&again, roll(4)).await.unwrap(), 4);
    verify(&shared, 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_lost_the_lease_is_no_sequencer_any_more() {
    let shared = shared();
    let (first, second) = (start(&shared).await, start(&shared).await);
    submit(&first, manifest()).await.unwrap();
    for revision in 1..=5 {
        break_lease(&shared).await;
        let is_alone = || role(&first) != Role::Sequencer || role(&second) != Role::Sequencer;
        let numbered = async {
            let (process, other) = if revision % 2 == 0 { (&first, &second) } else { (&second, &first) };
            assert_eq!(submit(process, roll(2 * revision - 1)).await.unwrap(), 2 * revision - 1);
            // An answer may get lost with the office: whoever sends the same again finds it.
            while let Err(error) = submit(other, roll(2 * revision)).await {
                assert!(matches!(error, SubmitError::Stopped), "{error}");
            }
        };
        tokio::select! {
            () = numbered => {}
            () = eventually(|| !is_alone()) => panic!("two sequencers at once"),
        }
        eventually(|| [role(&first), role(&second)].contains(&Role::Sequencer)).await;
    }
    verify(&shared, 11);
    first.stop().await.unwrap();
    second.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_fenced_goes_on_as_a_front() {
    let shared = shared();
    let first = start(&shared).await;
    submit(&first, manifest()).await.unwrap();
    // One that holds no lease, and writes a record elsewhere.
    let elsewhere = tempfile::tempdir().unwrap();
    let store = Wrapped::new(shared.open_store().await).with_lease(Lease::of_sole_process);
    let rng = ChaCha20Rng::from_seed([8; 32]);
    let (rogue, _) = Sequencer::start(store, elsewhere.path(), log_key(), rng, Witnessing::default()).await.unwrap();
    assert_eq!((role(&first), rogue.role()), (Role::Sequencer, Role::Sequencer));
    assert_eq!(rogue.submit(Kind::Roll, roll(1).payload).await.unwrap().index, 1);
    assert_eq!(shared.published().unverified().head.size, 1);
    // The commit is refused: the request waits in the queue until the process has seen what there is.
    assert_eq!(submit(&first, roll(2)).await.unwrap(), 2);
    verify(&shared, 3);
    eventually(|| role(&first) == Role::Sequencer).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_takes_over_while_the_record_is_in_other_hands() {
    let shared = shared();
    let first = start(&shared).await;
    submit(&first, manifest()).await.unwrap();
    first.stop().await.unwrap();
    // As of a process that stands still: it has lost the lease, and still has the lock.
    let standing_still = RecordDirectory::open(shared.record()).unwrap();
    let second = start(&shared).await;
    assert_eq!(role(&second), Role::Stalled);
    let store = shared.open_store().await;
    let log = store.find_log(ORIGIN).await.unwrap().unwrap();
    let waiting = submit(&second, roll(1));
    let has_waited = async {
        while store.pending(log, 1).await.unwrap().is_empty() {}
        drop(standing_still);
    };
    let (numbered, ()) = tokio::join!(waiting, has_waited);
    assert_eq!(numbered.unwrap(), 1);
    eventually(|| role(&second) == Role::Sequencer).await;
    assert!(matches!(RecordDirectory::open(shared.record()), Err(TileError::InUse(_))));
    verify(&shared, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_process_has_the_lease() {
    let shared = shared();
    let (one, other) = (shared.open_store().await, shared.open_store().await);
    let log = one.create_log(ORIGIN).await.unwrap();
    let other_log = one.create_log("example.org/f").await.unwrap();
    let lease = one.lease(log).await.unwrap().unwrap();
    assert!(other.lease(log).await.unwrap().is_none());
    assert!(one.lease(log).await.unwrap().is_none());
    let of_other_log = other.lease(other_log).await.unwrap().unwrap();
    drop(of_other_log);
    assert!(!lease.is_lost());
    drop(lease);
    let mut next = None;
    let deadline = Instant::now() + PATIENCE;
    while next.is_none() {
        assert!(Instant::now() < deadline, "a lease that was given back is had by nobody");
        next = other.lease(log).await.unwrap();
    }
    // Whoever lost it learns so.
    let lease = next.unwrap();
    break_lease(&shared).await;
    eventually(|| lease.is_lost()).await;
    assert!(one.lease(log).await.unwrap().is_some());
}
