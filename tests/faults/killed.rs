//! Server and witnesses are killed again and again while ballots arrive: what a voter holds a receipt for is in the record, once.
//! `cargo xtask kill` does it for longer; docs/reliability.md says what came out.

use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use rand_chacha::ChaCha20Rng;
use rand_core::{Rng, SeedableRng};
use tabella_client::remote::Remote;
use tabella_town::plan::Plan;

use crate::scene::{PLENTIFUL, Receipt, Scene, Voter, number_from};

const VOTERS: usize = 6;

/// Rounds that are played unless `TABELLA_KILLS` says how many.
const ROUNDS: u64 = 20;

/// The longest time from a start, or a receipt, to the next kill, in milliseconds.
const LONGEST_LIFE: u32 = 400;

/// Votes again and again until it is told to stop; gives the receipts, which it counts.
pub fn vote(mut voter: Voter<'_>, remote: &Remote, count: &AtomicUsize, stop: &AtomicBool) -> Vec<Receipt> {
    let mut receipts = Vec::new();
    while !stop.load(Ordering::Relaxed) {
        let ballot = voter.ballot();
        receipts.push(voter.cast(remote, &ballot).unwrap());
        count.fetch_add(1, Ordering::Relaxed);
    }
    receipts
}

/// Waits until somebody has one more receipt.
pub fn wait_for_receipt(count: &AtomicUsize) {
    let (before, deadline) = (count.load(Ordering::Relaxed), Instant::now() + Duration::from_secs(120));
    while count.load(Ordering::Relaxed) == before {
        assert!(Instant::now() < deadline, "nobody gets a receipt any more");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Who was killed how often.
#[derive(Default)]
struct Kills {
    server: u64,
    witness: u64,
    both: u64,
}

impl fmt::Display for Kills {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { server, witness, both } = self;
        write!(f, "{server} times the server, {witness} times a witness, {both} times both")
    }
}

#[test]
fn every_receipt_is_in_the_record_exactly_once_though_server_and_witnesses_are_killed() {
    let rounds = number_from("TABELLA_KILLS").unwrap_or(ROUNDS);
    let rng = &mut ChaCha20Rng::seed_from_u64(number_from("TABELLA_SEED").unwrap_or(99));
    let mut scene = Scene::open(Plan::orchard(VOTERS, 1, 1).witnessed(4, 3));
    let boards = scene.election.server.folder().to_owned();
    let mut server = scene.server(&boards, &PLENTIFUL);
    server.start().unwrap();
    let mut witnesses = std::mem::take(&mut scene.election.witnesses);

    let remote = scene.patient();
    let (count, stop) = (AtomicUsize::new(0), AtomicBool::new(false));
    let mut kills = Kills::default();
    let receipts: Vec<Receipt> = std::thread::scope(|scope| {
        let voters: Vec<_> = (0..scene.voters())
            .map(|number| {
                let (voter, remote, count, stop) = (scene.voter(number), &remote, &count, &stop);
                scope.spawn(move || vote(voter, remote, count, stop))
            })
            .collect();
        for round in 0..rounds {
            // Every other time as early as it may be, and then only when the server has done something.
            if round % 2 == 1 {
                wait_for_receipt(&count);
            }
            std::thread::sleep(Duration::from_millis(u64::from(rng.next_u32() % LONGEST_LIFE)));
            // A witness in the middle of signing, or away while the server starts: three of four are enough.
            let witness = &mut witnesses[rng.next_u32() as usize % 4];
            match rng.next_u32() % 3 {
                0 => {
                    kills.server += 1;
                    server.kill().unwrap();
                    server.start().unwrap();
                }
                1 => {
                    kills.witness += 1;
                    witness.kill().unwrap();
                    wait_for_receipt(&count);
                    witness.start(&[]).unwrap();
                }
                _ => {
                    kills.both += 1;
                    witness.kill().unwrap();
                    server.kill().unwrap();
                    server.start().unwrap();
                    witness.start(&[]).unwrap();
                }
            }
        }
        stop.store(true, Ordering::Relaxed);
        voters.into_iter().flat_map(|voter| voter.join().unwrap()).collect()
    });
    server.stop().unwrap();
    scene.end(&boards, &receipts);
    println!("kill {kills}; {} receipts, each in the verified record once", receipts.len());
}
