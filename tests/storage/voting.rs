//! Ballots come in batches. Tests specs/board.md#sequencing and specs/checks.md#outside.

use tabella::sequencer::{Numbered, Submission};
use tabella_board::entry::Entry;
use tabella_election::Code;
use tabella_record::entries::PayloadHash;

use crate::poll::{ballot, open};
use crate::scene::{Disk, StoreKind, codes, for_both_stores};

for_both_stores! {
    a_batch_stands_in_the_order_of_its_hashes
    a_wrong_ballot_is_rejected_and_the_others_of_its_batch_are_not
    a_batch_holds_one_ballot_of_a_credential
    ballots_before_the_opening_are_rejected
    the_same_batches_of_ballots_make_the_same_record
    voting_goes_on_after_a_restart
    whoever_hands_in_the_same_ballot_gets_the_same_index
}

/// The hashes of the payloads from this index on.
fn payload_hashes(disk: &Disk, from: usize) -> Vec<PayloadHash> {
    let payload = |entry: &Vec<u8>| PayloadHash::of(&Entry::parse(entry).unwrap().payload);
    disk.entries()[from..].iter().map(payload).collect()
}

async fn a_batch_stands_in_the_order_of_its_hashes(kind: StoreKind) {
    let disk = Disk::new(kind);
    let running = disk.start().await.unwrap();
    let poll = open(&disk, &running, 20).await;
    let first = disk.entries().len();
    let ballots: Vec<Submission> = (1..=20).map(|number| ballot(&poll, number, None).0).collect();
    let mut expected: Vec<_> = ballots.iter().map(|ballot| PayloadHash::of(&ballot.payload)).collect();
    expected.sort();

    let outcomes = running.sequencer.submit_many(ballots.clone()).await.unwrap();
    let published = payload_hashes(&disk, first);
    assert_eq!(published, expected);
    for (ballot, outcome) in ballots.iter().zip(outcomes) {
        let index = usize::try_from(outcome.unwrap().index).unwrap();
        assert_eq!(published[index - first], PayloadHash::of(&ballot.payload));
    }
}

async fn a_wrong_ballot_is_rejected_and_the_others_of_its_batch_are_not(kind: StoreKind) {
    let disk = Disk::new(kind);
    let running = disk.start().await.unwrap();
    let poll = open(&disk, &running, 3).await;
    let first = disk.entries().len();
    let mut ballots: Vec<Submission> = (1..=3).map(|number| ballot(&poll, number, None).0).collect();
    // The first byte of the last scalar of the proof, ω: still a scalar, of no proof.
    let omega = ballots[1].payload.len() - 32;
    ballots[1].payload[omega] ^= 1;
    let outcomes = running.sequencer.submit_many(ballots).await.unwrap();
    assert_eq!(codes(outcomes), [Ok(()), Err(Code::ProofInvalid), Ok(())]);
    assert_eq!(disk.entries().len(), first + 2);
}

async fn a_batch_holds_one_ballot_of_a_credential(kind: StoreKind) {
    let disk = Disk::new(kind);
    let running = disk.start().await.unwrap();
    let poll = open(&disk, &running, 2).await;
    let (cast, tracker) = ballot(&poll, 1, None);
    let (again, _) = ballot(&poll, 1, Some(tracker));
    let both = running.sequencer.submit_many(vec![cast.clone(), again.clone()]).await.unwrap();
    assert_eq!(codes(both), [Ok(()), Err(Code::BallotPending)]);
    let next = running.sequencer.submit_many(vec![again, ballot(&poll, 2, Some(tracker)).0]).await.unwrap();
    assert_eq!(codes(next), [Ok(()), Err(Code::LinkStale)]);
    let repeated = running.sequencer.submit(cast.kind, cast.payload).await.unwrap();
    assert!(repeated.is_repeated);
}

async fn ballots_before_the_opening_are_rejected(kind: StoreKind) {
    let (open_disk, disk) = (Disk::new(kind), Disk::new(kind));
    let running = open_disk.start().await.unwrap();
    let poll = open(&open_disk, &running, 1).await;
    disk.run(crate::scene::log_of(1)).await;
    let running = disk.start().await.unwrap();
    let early = running.sequencer.submit_many(vec![ballot(&poll, 1, None).0]).await.unwrap();
    assert_eq!(codes(early), [Err(Code::ElectionNotOpen)]);
}

async fn the_same_batches_of_ballots_make_the_same_record(kind: StoreKind) {
    let (one, other) = (Disk::new(kind), Disk::new(kind));
    for disk in [&one, &other] {
        let running = disk.start().await.unwrap();
        let poll = open(disk, &running, 300).await;
        let ballots: Vec<Submission> = (1..=300).map(|number| ballot(&poll, number, None).0).collect();
        for batch in ballots.chunks(150) {
            assert!(running.sequencer.submit_many(batch.to_vec()).await.unwrap().iter().all(Result::is_ok));
        }
        running.stop().await.unwrap();
    }
    assert_eq!(one.copy().finished_record(), other.finished_record());

    // A restart judges every ballot again, and voting goes on.
    let running = one.start().await.unwrap();
    running.stop().await.unwrap();
    assert_eq!(one.finished_record(), other.finished_record());
}

async fn voting_goes_on_after_a_restart(kind: StoreKind) {
    let disk = Disk::new(kind);
    let running = disk.start().await.unwrap();
    let poll = open(&disk, &running, 1).await;
    let (cast, tracker) = ballot(&poll, 1, None);
    running.submit(cast).await.unwrap();
    running.stop().await.unwrap();

    let running = disk.start().await.unwrap();
    let replacing = running.submit(ballot(&poll, 1, Some(tracker)).0).await.unwrap();
    assert_eq!(disk.published().unverified().head.size, replacing + 1);
}

async fn whoever_hands_in_the_same_ballot_gets_the_same_index(kind: StoreKind) {
    let disk = Disk::new(kind);
    let running = disk.start().await.unwrap();
    let poll = open(&disk, &running, 1).await;
    let (cast, _) = ballot(&poll, 1, None);
    let both = running.sequencer.submit_many(vec![cast.clone(), cast]).await.unwrap();
    let index = disk.published().unverified().head.size - 1;
    let numbered = Numbered { index, is_repeated: false };
    assert_eq!(both, [Ok(numbered), Ok(numbered)]);
}
