//! Strangers who flood a board while voters vote. Tests specs/server.md#limits: the server stays up, voters get their receipts, and what
//! the server keeps in memory is bounded. `cargo xtask flood` does it for longer.

use std::collections::BTreeMap;
use std::fs;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Instant;

use rand_chacha::ChaCha20Rng;
use rand_core::{Rng, SeedableRng};
use tabella_client::remote::Remote;
use tabella_town::plan::Plan;
use tabella_town::server::Server;

use crate::scene::{PLENTIFUL, Receipt, Scene, Voter, number_from};
use crate::stranger::Stranger;

/// Posts of strangers, unless `TABELLA_FLOOD` says how many.
const POSTS: u64 = 3_000;

/// Strangers who post at a time.
const STRANGERS: u64 = 8;

/// The most that the server may have had in memory at a time.
const MEMORY: u64 = 256 << 20;

/// Ballots of each voter while connections are held.
const BALLOTS: usize = 5;

/// Limits that hold off who keeps connections busy.
const NARROW: [&str; 8] = [
    "--connections-per-address",
    "40",
    "--header-timeout",
    "3",
    "--body-timeout",
    "3",
    "--reads-per-minute",
    "1000000",
];

fn address(server: &Server) -> SocketAddr {
    server.base().strip_prefix("http://").unwrap().parse().unwrap()
}

/// Votes so many times; gives the receipts.
fn vote(mut voter: Voter<'_>, remote: &Remote, mut goes_on: impl FnMut(usize) -> bool) -> Vec<Receipt> {
    let mut receipts = Vec::new();
    while goes_on(receipts.len()) {
        let ballot = voter.ballot();
        receipts.push(voter.cast(remote, &ballot).unwrap());
    }
    receipts
}

#[track_caller]
fn assert_sound(server: &Server) -> u64 {
    assert_eq!(server.get("/_ready").unwrap().0, 200);
    let log = fs::read_to_string(server.log()).unwrap();
    assert!(!log.contains("panicked") && !log.contains("ERROR"), "{log}");
    let memory = server.peak_memory().unwrap();
    assert!(memory <= MEMORY, "{memory} bytes");
    memory
}

/// What a stranger hands in: what no program would, what is nearly a ballot, and what is one already.
fn hostile_payload(rng: &mut impl Rng, ballot: &[u8]) -> (&'static str, Vec<u8>) {
    let random = |rng: &mut dyn Rng, most: usize| {
        let mut bytes = vec![0; rng.next_u32() as usize % most];
        rng.fill_bytes(&mut bytes);
        bytes
    };
    let kind = ["ballot", "challenge", "roll", "manifest", "nothing"][rng.next_u32() as usize % 5];
    let mut changed = ballot.to_vec();
    match rng.next_u32() % 8 {
        0 => (kind, random(rng, 200)),
        1 => (kind, random(rng, 65_000)),
        // Arrays within arrays, and lengths that nobody sends.
        2 => (kind, vec![0x81; 60_000]),
        3 => (kind, [&[0x9b][..], &[0xff; 8], &random(rng, 100)].concat()),
        // One bit of a ballot in a voter's name.
        4 => {
            let place = rng.next_u32() as usize % changed.len();
            changed[place] ^= 1 << (rng.next_u32() % 8);
            ("ballot", changed)
        }
        // A ballot in a voter's name whose proof is wrong: the dearest to refuse.
        5 | 6 => {
            let omega = changed.len() - 32;
            changed[omega] ^= 1 + rng.next_u32() as u8 % 255;
            ("ballot", changed)
        }
        _ => ("ballot", changed),
    }
}

/// Three voters vote while garbage in the name of one of them is handed in; gives the receipts, and says what came out.
fn flood(scene: &Scene, server: &Server, posts: u64) -> (Vec<Receipt>, String) {
    let address = address(server);
    let remote = scene.patient();
    // Everybody can read it on the board, with the voter's credential.
    let first = vote(scene.voter(2), &remote, |count| count < 1);
    let ballot = first[0].1.clone();
    let (next, flooded) = (AtomicU64::new(0), AtomicBool::new(false));
    let begin = Instant::now();

    let (receipts, answers) = std::thread::scope(|scope| {
        let voters: Vec<_> = (0..2)
            .map(|number| {
                let (voter, remote, flooded) = (scene.voter(number), &remote, &flooded);
                scope.spawn(move || vote(voter, remote, |count| count < BALLOTS || !flooded.load(Ordering::Relaxed)))
            })
            .collect();
        let strangers: Vec<_> = (0..STRANGERS)
            .map(|number| {
                let (next, ballot) = (&next, &ballot);
                scope.spawn(move || {
                    let rng = &mut ChaCha20Rng::seed_from_u64(number);
                    let mut answers: BTreeMap<u16, u64> = BTreeMap::new();
                    let mut stranger = Stranger::connect(address).unwrap();
                    while next.fetch_add(1, Ordering::Relaxed) < posts {
                        let (kind, payload) = hostile_payload(rng, ballot);
                        match stranger.post(kind, &payload) {
                            Some((status, _)) => *answers.entry(status).or_default() += 1,
                            None => stranger = Stranger::connect(address).unwrap(),
                        }
                    }
                    answers
                })
            })
            .collect();
        let mut answers: BTreeMap<u16, u64> = BTreeMap::new();
        for stranger in strangers {
            stranger
                .join()
                .unwrap()
                .into_iter()
                .for_each(|(status, times)| *answers.entry(status).or_default() += times);
        }
        flooded.store(true, Ordering::Relaxed);
        let receipts = voters.into_iter().flat_map(|voter| voter.join().unwrap());
        (first.into_iter().chain(receipts).collect::<Vec<_>>(), answers)
    });
    assert!(answers.contains_key(&400) && answers.contains_key(&422), "{answers:?}");
    // The ballot that was there already is told to be so; nothing is new, and nothing breaks the server.
    assert!(answers.keys().all(|status| [200, 400, 404, 409, 413, 422, 429, 503].contains(status)), "{answers:?}");
    let seconds = begin.elapsed().as_secs();
    let account = format!("flood {posts} posts in {seconds} s: {answers:?}; {} receipts", receipts.len());
    (receipts, account)
}

/// Two other voters vote while a stranger holds connections in every way; gives the receipts.
fn hold_connections(scene: &Scene, server: &Server) -> Vec<Receipt> {
    let address = address(server);
    let remote = scene.patient();
    let voted = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for kind in 0..5 {
            let voted = &voted;
            scope.spawn(move || {
                while !voted.load(Ordering::Relaxed) {
                    let mut held: Vec<Stranger> = (0..60).filter_map(|_| Stranger::connect(address).ok()).collect();
                    held.iter_mut().for_each(|stranger| hold(kind, stranger));
                    held.iter_mut().for_each(Stranger::wait);
                }
            });
        }
        let voters: Vec<_> = (3..5)
            .map(|number| {
                let (voter, remote) = (scene.voter(number), &remote);
                scope.spawn(move || vote(voter, remote, |count| count < BALLOTS))
            })
            .collect();
        let receipts: Vec<Receipt> = voters.into_iter().flat_map(|voter| voter.join().unwrap()).collect();
        voted.store(true, Ordering::Relaxed);
        receipts
    })
}

/// Keeps a connection busy in one of the ways that cost a stranger nothing. Whether it still stands is not known.
fn hold(kind: u32, stranger: &mut Stranger) {
    let post = "POST /orchard/entries/ballot HTTP/1.1\r\nhost: x\r\ncontent-type: application/cbor\r\n";
    let written = match kind {
        0 => stranger.write(b"GET /orchard/status HTTP/1.1\r\nhost:"),
        1 => stranger.write(format!("{post}content-length: 60000\r\n\r\nhalf").as_bytes()),
        2 => stranger.write(format!("{post}content-length: 10000000\r\n\r\n").as_bytes()),
        3 => stranger.write(format!("{post}transfer-encoding: chunked\r\n\r\nffff\r\n").as_bytes()),
        // Asks and takes no answer.
        _ => stranger.write_until_closed(&b"GET /orchard/manifest HTTP/1.1\r\nhost: x\r\n\r\n".repeat(1000)),
    };
    drop(written);
}

#[test]
fn voters_get_receipts_though_strangers_flood_the_board_and_hold_all_the_connections_that_they_may() {
    let mut scene = Scene::open(Plan::orchard(5, 1, 1));
    let boards = scene.election.server.folder().to_owned();
    let mut server = scene.server(&boards, &PLENTIFUL);
    server.start().unwrap();
    let (mut receipts, account) = flood(&scene, &server, number_from("TABELLA_FLOOD").unwrap_or(POSTS));
    let memory = assert_sound(&server) >> 20;
    server.stop().unwrap();

    // Far fewer files than there are strangers: the server has what it needs for its board all the same.
    let mut server = scene.server(&boards, &[&PLENTIFUL[..], &NARROW].concat()).with_open_files(256);
    server.start().unwrap();
    let held = hold_connections(&scene, &server);
    assert_eq!(held.len(), 2 * BALLOTS);
    receipts.extend(held);
    assert_sound(&server);
    server.stop().unwrap();
    scene.end(&boards, &receipts);
    println!("{account}, each in the verified record once; {memory} MiB at most");
}
