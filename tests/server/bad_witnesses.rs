//! Witnesses, and those who speak with them, who would stop a board. Tests specs/board.md#publication.

use std::fs;
use std::path::Path;

use tabella_board::receipt::Receipt;
use tabella_board::tile::AuthenticatedTiles;
use tabella_board::tree::ConsistencyProof;
use tabella_board::witness::AddCheckpoint;
use tabella_election::Kind;
use tabella_record::files::Record;
use tabella_verifier::report::Verdict;
use tabella_verifier::source::Directory;
use tabella_verifier::{Options, verify};

use crate::host::Host;
use crate::play::{Play, eventually};
use crate::witness::{Manner, policy};
use crate::witnessing::{OPTIONS, copy_tree, published, witnesses};

/// So many of three witnesses must cosign. These are away when a ballot is signed, and the second comes back having cosigned the next
/// one, as whoever has its receipt can bring about: then it signs nothing smaller. Both are published.
fn is_published_past_a_witness_that_is_ahead(cosigning: usize, away: &[usize]) {
    let host = Host::new(&["e"]).with(OPTIONS);
    let server = host.start();
    let witnesses = witnesses(3);
    let play = Play::open_before(&host, &server.web, "e", 4, &policy(cosigning, &witnesses));
    let size = play.size();
    eventually(|| witnesses.iter().all(|witness| witness.size() == size));
    away.iter().for_each(|witness| witnesses[*witness].behave(Manner::Away));
    play.post(Kind::Ballot, &play.ballot(0, 0, None, 1).0).good();
    eventually(|| witnesses[0].size() == size + 1);
    let answer = play.post(Kind::Ballot, &play.ballot(1, 0, None, 1).0).good();
    witnesses[1].feed(&growth(&host, size, &answer));
    eventually(|| play.status()["size"] == size + 2);
    server.stop().unwrap();
}

#[test]
fn a_witness_that_is_ahead_of_the_round_does_not_stall_it() {
    is_published_past_a_witness_that_is_ahead(3, &[1]);
}

/// The round can have its quorum from neither, but the next one can from the one that is ahead.
#[test]
fn a_silent_witness_is_not_waited_for_where_another_is_ahead() {
    is_published_past_a_witness_that_is_ahead(2, &[1, 2]);
}

/// It doubts what it is sent, and shows what the board has published since.
#[test]
fn a_witness_that_answers_late_is_no_contradiction() {
    let host = Host::new(&["e"]).with(OPTIONS);
    let server = host.start();
    let witnesses = witnesses(3);
    let play = Play::open_before(&host, &server.web, "e", 3, &policy(2, &witnesses));
    let size = play.size();
    witnesses[2].doubt_until_published(&host.record("e").join("checkpoint"), size + 2);
    for voter in 0..3 {
        play.publish(Kind::Ballot, &play.ballot(voter, 0, None, 1).0);
    }
    assert_eq!(play.status()["size"], size + 3);
    server.stop().unwrap();
}

#[test]
fn files_do_not_pile_up_while_nothing_is_published() {
    const VOTERS: u64 = 260;
    let host = Host::new(&["e"]).with(OPTIONS);
    let server = host.start();
    let witnesses = witnesses(1);
    let play = Play::open_before(&host, &server.web, "e", VOTERS, &policy(1, &witnesses));
    let before = play.size();
    witnesses[0].behave(Manner::Away);
    for voter in 0..VOTERS {
        play.post(Kind::Ballot, &play.ballot(voter as usize, 0, None, 1).0).good();
    }
    // The first 256 entries have their full tiles; of the partial ones those of the published log are left.
    for partial in ["tile/entries/000.p", "tile/0/000.p"] {
        let left = fs::read_dir(host.record("e").join(partial)).unwrap().map(|found| found.unwrap().file_name());
        assert_eq!(left.collect::<Vec<_>>(), [before.to_string().as_str()]);
    }
    // The record that is published is whole, though there is more in its folder.
    assert_eq!(published(&host).unverified().head.size, before);
    let copy = tempfile::tempdir().unwrap();
    copy_tree(&host.record("e"), copy.path());
    assert_eq!(verdict(copy.path()), Verdict::Valid);
    witnesses[0].behave(Manner::Honest);
    eventually(|| play.status()["size"] == before + VOTERS);
    server.stop().unwrap();
    assert_eq!(verdict(&host.record("e")), Verdict::Valid);
}

/// The checkpoint of a receipt, and that it continues the first `old` entries.
fn growth(host: &Host, old: u64, answer: &serde_json::Value) -> AddCheckpoint {
    let receipt = Receipt::parse(answer["receipt"].as_str().unwrap().as_bytes()).unwrap();
    let head = receipt.checkpoint.unverified().head;
    assert_eq!(head.size, old + 2);
    let record = Record::open(host.record("e")).unwrap();
    let proof = ConsistencyProof::prove(&AuthenticatedTiles::new(&record, head), old, head.size).unwrap();
    AddCheckpoint { old, proof, checkpoint: receipt.checkpoint }
}

fn verdict(record: &Path) -> Verdict {
    let options = Options { expected: None, unfinished: true, seed: [3; 32] };
    verify(&Directory::open(record).unwrap(), &options, &|_, _| ()).unwrap().verdict
}
