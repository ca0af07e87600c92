//! What waits to be numbered, and what is answered without waiting. Tests specs/board.md#sequencing.

use std::sync::Arc;

use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use tabella::sequencer::{Sequencer, Submission};
use tabella::storage::{Pending, Store};
use tabella::witnessing::Witnessing;
use tabella_election::message::{Final, Message};
use tabella_election::{Code, Kind};
use tabella_record::directory::RecordDirectory;
use tabella_record::entries::PayloadHash;

use crate::counting::CountingStore;
use crate::poll::{ballot, open};
use crate::scene::{
    Disk, ORIGIN, StoreKind, authority, codes, disk_with, election, for_both_stores, log_key, manifest_body, roll,
    signed, trustee,
};

for_both_stores! {
    what_waits_is_numbered_after_a_restart
    what_waits_is_read_once
    nobody_is_held_up_by_forged_ballots
    what_is_wrong_with_a_forged_ballot_is_told_in_the_order_of_the_rules
    forged_ballots_that_waited_for_the_opening_are_examined
    what_nobody_signed_or_comes_out_of_phase_never_waits
    a_manifest_that_its_authority_did_not_sign_never_waits
    ballots_before_the_opening_never_wait
}

async fn what_waits_is_numbered_after_a_restart(kind: StoreKind) {
    let disk = disk_with(kind, 1).await;
    let running = disk.start().await.unwrap();
    running.stop().await.unwrap();
    let store = disk.open_store().await;
    let log = store.find_log(ORIGIN).await.unwrap().unwrap();
    store.insert_pending(log, &[waiting(roll(1).payload), waiting(b"nonsense".to_vec())]).await.unwrap();
    store.close().await;

    disk.start().await.unwrap().stop().await.unwrap();
    assert_eq!(disk.published().unverified().head.size, 2);
    let running = disk.start().await.unwrap();
    assert_eq!(running.submit(roll(1)).await.unwrap(), 1);
    assert_eq!(running.store.pending(log, 1).await.unwrap(), []);
}

/// A payload of the registrar in the queue.
fn waiting(payload: Vec<u8>) -> Pending {
    Pending { payload_hash: PayloadHash::of(&payload), kind: "roll".into(), payload, voter: None }
}

async fn what_waits_is_read_once(kind: StoreKind) {
    let disk = disk_with(kind, 1).await;
    let store = CountingStore::new(disk.open_store().await);
    let log = store.find_log(ORIGIN).await.unwrap().unwrap();
    let payloads: Vec<Pending> = (1..=20).map(|revision| waiting(roll(revision).payload)).collect();
    store.insert_pending(log, &payloads).await.unwrap();

    let directory = Arc::new(RecordDirectory::open(disk.record()).unwrap());
    let rng = ChaCha20Rng::from_seed([7; 32]);
    let (sequencer, worker) =
        Sequencer::start(store.clone(), directory, log_key(), rng, Witnessing::default()).await.unwrap();
    drop(sequencer);
    worker.ended().await.unwrap();
    assert_eq!(disk.published().unverified().head.size, 21);
    assert_eq!(store.payloads_read(), 20);
}

/// A ballot as anybody can make it of another one: the same credential, a proof of nothing.
fn forged(mut ballot: Submission) -> Submission {
    // The first byte of the last scalar of the proof, ω: still a scalar.
    let omega = ballot.payload.len() - 32;
    ballot.payload[omega] ^= 1;
    ballot
}

async fn nobody_is_held_up_by_forged_ballots(kind: StoreKind) {
    let disk = Disk::new(kind);
    let running = disk.start().await.unwrap();
    let poll = open(&disk, &running, 1).await;
    let (cast, tracker) = ballot(&poll, 1, None);
    let (other, _) = ballot(&poll, 1, Some(tracker));
    let handed_in = vec![forged(cast.clone()), forged(other.clone()), cast];
    let outcomes = running.sequencer.submit_many(handed_in).await.unwrap();
    assert_eq!(codes(outcomes), [Err(Code::ProofInvalid), Err(Code::LinkStale), Ok(())]);

    disk.forbid_waiting().await;
    let outcomes = running.sequencer.submit_many(vec![forged(other)]).await.unwrap();
    assert_eq!(codes(outcomes), [Err(Code::ProofInvalid)]);
}

async fn what_is_wrong_with_a_forged_ballot_is_told_in_the_order_of_the_rules(kind: StoreKind) {
    let disk = Disk::new(kind);
    let running = disk.start().await.unwrap();
    let poll = open(&disk, &running, 2).await;
    let (cast, tracker) = ballot(&poll, 1, None);
    running.submit(cast.clone()).await.unwrap();

    disk.forbid_waiting().await;
    let (again, _) = ballot(&poll, 1, Some(tracker));
    let (stale, _) = ballot(&poll, 2, Some(tracker));
    let handed_in = vec![forged(cast), forged(again), forged(stale)];
    let outcomes = running.sequencer.submit_many(handed_in).await.unwrap();
    let expected = [Err(Code::LinkStale), Err(Code::ProofInvalid), Err(Code::LinkStale)];
    assert_eq!(codes(outcomes), expected);
}

async fn forged_ballots_that_waited_for_the_opening_are_examined(kind: StoreKind) {
    let (other_disk, disk) = (Disk::new(kind), Disk::new(kind));
    let running = other_disk.start().await.unwrap();
    let poll = open(&other_disk, &running, 1).await;
    let opening: Vec<Submission> = other_disk.submissions();

    let running = disk.start().await.unwrap();
    let (cast, _) = ballot(&poll, 1, None);
    let handed_in = opening.into_iter().chain([forged(cast.clone()), cast]).collect();
    let outcomes = codes(running.sequencer.submit_many(handed_in).await.unwrap());
    assert_eq!(outcomes[outcomes.len() - 2..], [Err(Code::ProofInvalid), Ok(())]);
}

async fn what_nobody_signed_or_comes_out_of_phase_never_waits(kind: StoreKind) {
    let disk = disk_with(kind, 2).await;
    let running = disk.start().await.unwrap();
    disk.forbid_waiting().await;
    let Message::Roll(next) = Message::decode(Kind::Roll, &roll(2).payload).unwrap() else { panic!("no roll") };
    let unsigned = signed(next.body().clone(), &trustee());
    let last = Final { election: election(), anchor: String::new(), result: [0; 32].into() };
    let mut other_manifest = manifest_body();
    other_manifest.title = "Another election".into();
    let handed_in = vec![unsigned, signed(last, &authority()), signed(other_manifest, &authority()), roll(1)];
    let outcomes = running.sequencer.submit_many(handed_in).await.unwrap();
    let expected = [Err(Code::SignatureInvalid), Err(Code::OutOfPhase), Err(Code::OutOfPhase), Ok(())];
    assert_eq!(codes(outcomes), expected);
}

async fn a_manifest_that_its_authority_did_not_sign_never_waits(kind: StoreKind) {
    let disk = Disk::new(kind);
    let running = disk.start().await.unwrap();
    disk.forbid_waiting().await;
    let handed_in = vec![signed(manifest_body(), &trustee()), roll(1)];
    let outcomes = running.sequencer.submit_many(handed_in).await.unwrap();
    assert_eq!(codes(outcomes), [Err(Code::SignatureInvalid), Err(Code::OutOfPhase)]);
}

async fn ballots_before_the_opening_never_wait(kind: StoreKind) {
    let (other_disk, disk) = (Disk::new(kind), disk_with(kind, 1).await);
    let other = other_disk.start().await.unwrap();
    let poll = open(&other_disk, &other, 1).await;
    let running = disk.start().await.unwrap();
    disk.forbid_waiting().await;
    let early = running.sequencer.submit_many(vec![ballot(&poll, 1, None).0]).await.unwrap();
    assert_eq!(codes(early), [Err(Code::ElectionNotOpen)]);
}
