//! Ballots that are handed in one by one at about the same time are verified together. Tests specs/ballot.md#proof, "Batches".

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::future::join_all;
use rand_chacha::ChaCha20Rng;
use rand_core::{Rng, SeedableRng, TryCryptoRng, TryRng};
use tabella::sequencer::Submission;
use tabella_election::Code;

use crate::poll::{ballot, open};
use crate::scene::{Disk, Running, StoreKind, code, log_key};

/// Counts how often a seed is drawn: once for each batch.
struct Counting(ChaCha20Rng, Arc<AtomicUsize>);

impl TryRng for Counting {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(self.0.next_u32())
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(self.0.next_u64())
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        self.1.fetch_add(1, Ordering::Relaxed);
        self.0.fill_bytes(bytes);
        Ok(())
    }
}

impl TryCryptoRng for Counting {}

/// Hands in these ballots as so many voters do: each by itself, none after another.
async fn hand_in_each(running: &Running, ballots: &[Submission]) -> Vec<Result<u64, Code>> {
    let hand_in = |ballot: &Submission| running.sequencer.submit(ballot.kind, ballot.payload.clone());
    let answers = join_all(ballots.iter().map(hand_in)).await;
    answers.into_iter().map(|answer| answer.map(|numbered| numbered.index).map_err(code)).collect()
}

#[tokio::test]
async fn ballots_of_many_requests_are_verified_in_one_batch() {
    let (disk, drawn) = (Disk::new(StoreKind::Sqlite), Arc::new(AtomicUsize::new(0)));
    let rng = Counting(ChaCha20Rng::from_seed([7; 32]), Arc::clone(&drawn));
    let running = disk.start_drawing(log_key(), &disk.record(), rng).await.unwrap();
    let poll = open(&disk, &running, 40).await;
    let before = drawn.load(Ordering::Relaxed);
    let ballots: Vec<Submission> = (1..=40).map(|number| ballot(&poll, number, None).0).collect();
    let answers = hand_in_each(&running, &ballots).await;
    assert!(answers.iter().all(Result::is_ok), "{answers:?}");
    assert_eq!(drawn.load(Ordering::Relaxed) - before, 1);
}

#[tokio::test]
async fn whoever_floods_the_board_with_wrong_proofs_spoils_nobody_elses_ballot() {
    let disk = Disk::new(StoreKind::Sqlite);
    let running = disk.start().await.unwrap();
    let poll = open(&disk, &running, 60).await;
    let first = disk.entries().len();
    let mut ballots: Vec<Submission> = (1..=60).map(|number| ballot(&poll, number, None).0).collect();
    let is_wrong = |position: usize| !position.is_multiple_of(6);
    for (_, wrong) in ballots.iter_mut().enumerate().filter(|(position, _)| is_wrong(*position)) {
        // The first byte of the last scalar of the proof: still a scalar, of no proof.
        let omega = wrong.payload.len() - 32;
        wrong.payload[omega] ^= 1;
    }
    let answers = hand_in_each(&running, &ballots).await;
    for (position, answer) in answers.iter().enumerate() {
        match is_wrong(position) {
            true => assert_eq!(*answer, Err(Code::ProofInvalid), "{position}"),
            false => assert!(answer.is_ok(), "{position}: {answer:?}"),
        }
    }
    assert_eq!(disk.entries().len(), first + 10);
}
