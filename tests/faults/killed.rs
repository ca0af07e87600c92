//! Servers, witnesses and database are killed again and again while ballots arrive: what a voter holds a receipt for is in the record,
//! once. `cargo xtask kill` does it for longer; docs/reliability.md says what came out.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use rand_chacha::ChaCha20Rng;
use rand_core::{Rng, SeedableRng};
use tabella_client::remote::Remote;
use tabella_town::plan::Plan;
use tabella_town::postgres::Cluster;

use crate::processes::{Processes, wait_for_role};
use crate::scene::{PLENTIFUL, Receipt, Scene, Voter, number_from};

const VOTERS: usize = 6;

/// Rounds that are played, half of them with each store, unless `TABELLA_KILLS` says how many.
const ROUNDS: u64 = 12;

/// The longest time from a start, or a receipt, to the next kill, in milliseconds.
const LONGEST_LIFE: u32 = 400;

/// Votes again and again until it is told to stop; gives the receipts, which it counts.
fn vote(mut voter: Voter<'_>, remote: &Remote, count: &AtomicUsize, stop: &AtomicBool) -> Vec<Receipt> {
    let mut receipts = Vec::new();
    while !stop.load(Ordering::Relaxed) {
        let ballot = voter.ballot();
        receipts.push(voter.cast(remote, &ballot).unwrap());
        count.fetch_add(1, Ordering::Relaxed);
    }
    receipts
}

/// Waits until somebody has one more receipt.
fn wait_for_receipt(count: &AtomicUsize) {
    let (before, deadline) = (count.load(Ordering::Relaxed), Instant::now() + Duration::from_secs(120));
    while count.load(Ordering::Relaxed) == before {
        assert!(Instant::now() < deadline, "nobody gets a receipt any more");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Plays the rounds on a board with this store, and so many servers that know of each other by it alone; says what came out.
fn play(mut database: Option<Cluster>, servers: usize) -> String {
    let rounds = number_from("TABELLA_KILLS").unwrap_or(ROUNDS).div_ceil(2);
    let rng = &mut ChaCha20Rng::seed_from_u64(number_from("TABELLA_SEED").unwrap_or(99));
    let mut plan = Plan::orchard(VOTERS, 1, 1).witnessed(4, 3);
    if let Some(cluster) = &mut database {
        plan = plan.stored_in(cluster.address_with_password(&cluster.new_database().unwrap()));
    }
    let mut scene = Scene::open(plan);
    let boards = scene.election.server.folder().to_owned();
    let witnesses = std::mem::take(&mut scene.election.witnesses);
    let mut processes = Processes { servers: vec![scene.server(&boards, &PLENTIFUL)], witnesses, database };
    while processes.servers.len() < servers {
        let colleague = processes.servers[0].colleague().unwrap();
        processes.servers.push(colleague);
    }
    processes.servers.iter_mut().for_each(|server| server.start().unwrap());
    let begin = Instant::now();

    let remotes: Vec<Remote> = processes.servers.iter().map(|server| scene.patient_with(server)).collect();
    let counts: Vec<AtomicUsize> = remotes.iter().map(|_| AtomicUsize::new(0)).collect();
    let stop = AtomicBool::new(false);
    let (mut killed, mut several) = (BTreeMap::<_, u64>::new(), 0);
    let receipts: Vec<Receipt> = std::thread::scope(|scope| {
        let voters: Vec<_> = (0..scene.voters())
            .map(|number| {
                let through = number % servers;
                let (voter, remote, count, stop) = (scene.voter(number), &remotes[through], &counts[through], &stop);
                scope.spawn(move || vote(voter, remote, count, stop))
            })
            .collect();
        for round in 0..rounds {
            // Every other time as early as it may be, and then only when each server has done something.
            if round % 2 == 1 {
                counts.iter().for_each(wait_for_receipt);
            }
            std::thread::sleep(Duration::from_millis(u64::from(rng.next_u32() % LONGEST_LIFE)));
            let victims = processes.draw(rng);
            let names = processes.kill(&victims);
            several += u64::from(names.len() > 1);
            names.into_iter().for_each(|name| *killed.entry(name).or_default() += 1);
            // Whoever votes through another server does not wait for the dead one; three of four witnesses are enough.
            processes.survivors(&victims).into_iter().for_each(|server| wait_for_receipt(&counts[server]));
            processes.start_again(&victims);
        }
        stop.store(true, Ordering::Relaxed);
        voters.into_iter().flat_map(|voter| voter.join().unwrap()).collect()
    });
    let played = begin.elapsed().as_secs();
    // Where there are several, the rest of the election goes through a front, and the sequencer is another one.
    processes.servers.remove(0).stop().unwrap();
    processes.servers.iter().for_each(|server| wait_for_role(server, "sequencer"));
    scene.end(&boards, &receipts);
    processes.servers.iter_mut().for_each(|server| server.stop().unwrap());
    let receipts = receipts.len();
    format!(
        "{rounds} rounds in {played} s, {several} with several at once: {killed:?}; {receipts} receipts, each in the verified record once"
    )
}

#[test]
fn every_receipt_is_in_the_record_exactly_once_though_server_and_witnesses_are_killed() {
    println!("kill, store in a file: {}", play(None, 1));
}

#[test]
fn every_receipt_is_in_the_record_exactly_once_though_servers_witnesses_and_their_database_are_killed() {
    println!("kill, store in PostgreSQL: {}", play(Some(Cluster::start().unwrap()), 2));
}
