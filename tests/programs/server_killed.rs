//! Server and witnesses are killed again and again while ballots arrive: what a voter holds a receipt for is in the record, once.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use rand_chacha::ChaCha20Rng;
use rand_core::{Rng, SeedableRng};
use tabella_board::entry::Entry;
use tabella_client::remote::Remote;
use tabella_election::Kind;
use tabella_election::contest::Selection;
use tabella_election::rules::Poll;
use tabella_election::text::VoterCode;
use tabella_election::voter::Booth;
use tabella_record::entries::EntryReader;
use tabella_record::examination::Seeds;
use tabella_record::files::Record;
use tabella_record::ledger::Ledger;
use tabella_town::plan::Plan;

use crate::plans::open;

const KILLS: usize = 20;
const VOTERS: usize = 6;

/// A receipt: the entry's index and the payload.
pub type Receipt = (u64, Vec<u8>);

/// The poll as the published record says.
pub fn poll(record: &Path) -> std::sync::Arc<Poll> {
    let record = Record::open(record).unwrap();
    let key = tabella_board::key::LogVerifier::from_file(&std::fs::read(record.root().join("log.vkey")).unwrap());
    let mut ledger = Ledger::new(key.unwrap(), Seeds::new(ChaCha20Rng::from_seed([1; 32])));
    ledger.catch_up(&record).unwrap();
    ledger.poll().unwrap().clone()
}

/// Votes again and again until it is told to stop; hands the same ballot in until there is a receipt, which it counts.
pub fn vote(
    poll: &Poll,
    remote: &Remote,
    code: &str,
    number: u8,
    count: &AtomicUsize,
    stop: &AtomicBool,
) -> Vec<Receipt> {
    let rng = &mut ChaCha20Rng::from_seed([number; 32]);
    let booth = Booth::new(poll.election(), 0, poll.keys().slot_keys()).unwrap();
    let key = VoterCode::from_text(code).unwrap().voting_key(&poll.election().id()).unwrap();
    let mut receipts = Vec::new();
    let mut link = None;
    while !stop.load(Ordering::Relaxed) {
        let choice = BTreeMap::from([(0, Selection::Options([rng.next_u32() as usize % 3].into()))]);
        let draft = booth.draft(&key, link, &choice, receipts.len() as u64, rng).unwrap();
        let tracker = draft.tracker();
        let payload = draft.cast(rng).unwrap();
        let submitted = remote.submit(Kind::Ballot, &payload).unwrap();
        assert_eq!(Entry::parse(&submitted.entry).unwrap().payload, payload);
        receipts.push((submitted.receipt.index, payload));
        count.fetch_add(1, Ordering::Relaxed);
        link = Some(tracker);
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

#[test]
fn every_receipt_is_in_the_record_exactly_once_though_server_and_witnesses_are_killed_twenty_times() {
    let folder = tempfile::tempdir().unwrap();
    let (mut election, codes) = open(folder.path(), Plan::orchard(VOTERS, 1, 1).witnessed(4, 3));
    election.server.stop().unwrap();
    let plentiful = ["--votes-per-hour", "1000000", "--posts-per-minute", "1000000"];
    let board = election.server.folder().to_owned();
    let address = election.address();
    let mut server = election.server.at_same_address(&board).unwrap().with(&plentiful);
    server.start().unwrap();

    let record = board.join("orchard/record");
    let poll = poll(&record);
    let remote = Remote::new(address.parse().unwrap(), Duration::from_secs(120));
    let (count, stop) = (AtomicUsize::new(0), AtomicBool::new(false));
    let receipts: Vec<Receipt> = std::thread::scope(|scope| {
        let voters: Vec<_> = codes
            .iter()
            .zip(1..)
            .map(|(code, number)| {
                let (poll, remote, count, stop) = (&poll, &remote, &count, &stop);
                scope.spawn(move || vote(poll, remote, code, number, count, stop))
            })
            .collect();
        let rng = &mut ChaCha20Rng::from_seed([99; 32]);
        for kill in 0..KILLS {
            // Every other time as early as it may be, and then only when the server has done something.
            if kill % 2 == 1 {
                wait_for_receipt(&count);
            }
            std::thread::sleep(Duration::from_millis(u64::from(rng.next_u32() % 400)));
            // A witness in the middle of signing, or away while the server starts: three of four are enough.
            let witness = &mut election.witnesses[kill % 4];
            witness.kill().unwrap();
            server.kill().unwrap();
            server.start().unwrap();
            witness.start(&[]).unwrap();
        }
        stop.store(true, Ordering::Relaxed);
        voters.into_iter().flat_map(|voter| voter.join().unwrap()).collect()
    });
    server.stop().unwrap();

    election.server.start().unwrap();
    election.close().unwrap();
    election.decrypt(&[0]).unwrap();
    election.publish().unwrap();
    assert_eq!(election.verify().unwrap().status, Some(0));
    assert_numbered_once(&record, &receipts);
}

/// Every receipt's ballot is in the record, at its place and nowhere else.
pub fn assert_numbered_once(record: &Path, receipts: &[Receipt]) {
    let entries = Record::open(record).unwrap().entries_from(0, usize::MAX).unwrap();
    let mut places: BTreeMap<Vec<u8>, Vec<u64>> = BTreeMap::new();
    for entry in entries {
        let entry = Entry::parse(&entry).unwrap();
        places.entry(entry.payload).or_default().push(entry.place.index);
    }
    for (index, payload) in receipts {
        assert_eq!(places[payload], [*index]);
    }
}
