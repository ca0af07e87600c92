//! The copy of the record follows an honest board, and no other.

use std::collections::BTreeMap;
use std::fs;

use tabella_board::checkpoint::SignedCheckpoint;
use tabella_board::hash::Hash;
use tabella_board::tree::ConsistencyProof;
use tabella_client::copy::CopyError;
use tabella_client::memory::MemoryError;
use tabella_client::source::SourceFault;

use crate::election::{Election, checkpoint, files, log_key, other_key};
use crate::role::{Role, assert_caught, evidence, read_all};
use crate::server::Answer;

#[test]
fn a_copy_follows_an_honest_board_to_the_same_record() {
    let mut election = Election::open();
    let role = Role::new(&election);
    role.run().unwrap();
    assert_eq!(role.record(), election.files());
    for voter in [0, 1, 0] {
        election.vote(voter, 0);
        role.server.show(&election.files());
        role.run().unwrap();
        assert_eq!(role.record(), election.files());
        // Again, with nothing new.
        role.run().unwrap();
    }
}

#[test]
fn a_board_without_entries_is_no_lie() {
    let election = Election::founded("An election");
    let role = Role::new(&election);
    role.server.show(&BTreeMap::from([("log.vkey".to_owned(), log_key().verifier().to_file().into_bytes())]));
    role.run().unwrap();
    assert_eq!(read_all(role.folder.path()), BTreeMap::new());
    role.server.show(&election.files());
    role.run().unwrap();
    // A checkpoint that has gone is a failure that passes, or does not: no evidence of anything.
    role.server.show(&BTreeMap::from([("log.vkey".to_owned(), log_key().verifier().to_file().into_bytes())]));
    assert!(matches!(role.run(), Err(CopyError::Memory(MemoryError::Source(SourceFault::Missing { .. })))));
}

#[test]
fn two_histories_are_a_fork_and_the_evidence_proves_it() {
    let mut first = Election::open();
    let mut second = Election::open();
    second.vote(2, 1);
    first.vote(0, 0);
    let role = Role::new(&first);
    role.run().unwrap();

    // Of the same size: two signatures under two roots.
    let same_size = role.catches(&second.files());
    assert_caught(&same_size, "fork", &["checkpoint", "seen.checkpoint"], "Do not act on this board");
    let head = |name| {
        let note = SignedCheckpoint::parse(&evidence(&same_size, name)).unwrap();
        note.verify(log_key().verifier()).unwrap().head
    };
    assert_eq!(head("checkpoint").size, head("seen.checkpoint").size);
    assert_ne!(head("checkpoint").root, head("seen.checkpoint").root);
}

#[test]
fn the_evidence_of_a_longer_fork_leads_to_its_root_and_to_another_beginning() {
    for more in [0, 1] {
        let (mut first, mut second) = (Election::open(), Election::open());
        let size = first.entries.len().next_power_of_two() + more;
        while first.entries.len() + 1 < size {
            first.vote(0, 0);
            second.vote(0, 0);
        }
        first.vote(1, 0);
        second.vote(1, 1);
        let beginning = second.checkpoint().unverified().head;
        second.vote(2, 1);
        let role = Role::new(&first);
        role.run().unwrap();
        let longer = role.catches(&second.files());
        assert_caught(&longer, "fork", &["checkpoint", "consistency-proof", "seen.checkpoint"], "two histories");

        let proof = String::from_utf8(evidence(&longer, "consistency-proof")).unwrap();
        let decode = |line: &str| data_encoding::BASE64.decode(line.as_bytes()).unwrap();
        let hash = |line: &str| -> [u8; 32] { decode(line).try_into().unwrap() };
        let mut hashes: Vec<Hash> = proof.lines().map(|line| hash(line).into()).collect();
        if more == 0 {
            assert_eq!(hashes.remove(0), beginning.root, "what a proof of consistency leaves out");
        }
        let proof = ConsistencyProof::from(hashes);
        let shown = second.checkpoint().unverified().head;
        assert_eq!(proof.verify(beginning, shown), Ok(()));
        assert!(proof.verify(first.checkpoint().unverified().head, shown).is_err());
    }
}

#[test]
fn entries_that_disappear_are_a_rollback() {
    let mut election = Election::open();
    let before = election.files();
    election.vote(0, 0);
    let role = Role::new(&election);
    role.run().unwrap();
    assert_caught(&role.catches(&before), "rollback", &["checkpoint", "seen.checkpoint"], "Try again in a few minutes");
}

#[test]
fn a_checkpoint_must_be_the_logs() {
    let mut election = Election::open();
    let role = Role::new(&election);
    role.run().unwrap();
    election.vote(0, 0);

    let mut forged = election.files();
    forged.insert("checkpoint".into(), checkpoint(&election.entries, &other_key()).as_bytes().to_vec());
    assert_caught(&role.catches(&forged), "checkpoint_signature", &["checkpoint", "seen.checkpoint"], "not signed");

    fs::remove_dir_all(role.path("evidence")).unwrap();
    forged.insert("checkpoint".into(), b"<html>Please log in</html>".to_vec());
    assert_caught(&role.catches(&forged), "checkpoint_malformed", &["checkpoint", "seen.checkpoint"], "not signed");
}

#[test]
fn another_key_of_the_log_is_found_out_by_old_and_new_visitors() {
    let election = Election::open();
    let other = files(&election.entries, &other_key());
    let role = Role::new(&election);
    role.run().unwrap();
    let caught = role.catches(&other);
    assert_caught(&caught, "log_key_mismatch", &["seen.checkpoint", "shown.vkey"], "Compare the fingerprint");
    assert_eq!(evidence(&caught, "shown.vkey"), other_key().verifier().to_file().into_bytes());
    assert_eq!(evidence(&caught, "log.vkey"), log_key().verifier().to_file().into_bytes());

    let visitor = Role::new(&election);
    let caught = visitor.catches(&other);
    let names = ["checkpoint", "numbered.entry", "numbered.tlog-proof", "seen.checkpoint"];
    assert_caught(&caught, "log_key_mismatch", &names, "Compare the fingerprint");
}

#[test]
fn another_election_is_found_out_and_not_remembered() {
    let election = Election::open();
    let role = Role::new(&election);
    let caught = role.catches(&Election::founded("Another election").files());
    let names = ["checkpoint", "numbered.entry", "numbered.tlog-proof", "seen.checkpoint"];
    assert_caught(&caught, "fingerprint_differs", &names, "type both again");
    // Whoever had mistyped the address goes on with the right one.
    role.server.show(&election.files());
    role.run().unwrap();
    assert_eq!(role.record(), election.files());
}

#[test]
fn what_is_missing_cut_off_or_too_long_is_no_lie_and_can_be_tried_again() {
    let mut election = Election::open();
    election.vote(0, 0);
    let size = election.entries.len();
    let honest = election.files();
    let (bundle, tile) = (format!("tile/entries/000.p/{size}"), format!("tile/0/000.p/{size}"));
    let role = Role::new(&election);
    let mut copy = role.open().unwrap();
    for (name, change, told) in [
        (&bundle, None, "has no tile/entries/000"),
        (&bundle, Some(honest[&bundle][..99].to_vec()), "another length"),
        (&tile, None, "has no tile/0/000"),
        (&"checkpoint".to_owned(), Some(vec![b'x'; 100_001]), "more than 100000 bytes"),
    ] {
        let mut shown = honest.clone();
        match change {
            Some(bytes) => shown.insert(name.clone(), bytes),
            None => shown.remove(name),
        };
        role.server.show(&shown);
        let error = copy.catch_up(&role.server.remote(), &|_, _| ()).unwrap_err().to_string();
        assert!(error.contains(told), "{error}");
        assert!(!role.path("evidence").exists());
    }
    role.server.show(&honest);
    role.server.answer(&bundle, Answer::CutOff(honest[&bundle].clone()));
    assert!(copy.catch_up(&role.server.remote(), &|_, _| ()).unwrap_err().to_string().contains("no answer"));
    copy.catch_up(&role.server.remote(), &|_, _| ()).unwrap();
    assert_eq!(role.record(), honest);
}

#[test]
fn a_copy_that_was_changed_is_not_used() {
    let mut election = Election::open();
    election.vote(0, 0);
    let role = Role::new(&election);
    role.run().unwrap();
    let bundle = role.path(&format!("record/tile/entries/000.p/{}", election.entries.len()));
    let mut bytes = fs::read(&bundle).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    fs::write(&bundle, bytes).unwrap();
    assert!(matches!(role.run(), Err(CopyError::Damaged { .. })));

    fs::write(role.path("seen.checkpoint"), b"x").unwrap();
    assert!(
        matches!(role.run(), Err(CopyError::Memory(MemoryError::Damaged(path))) if path == role.path("seen.checkpoint"))
    );
}

#[test]
fn what_was_seen_is_not_less_than_the_copy() {
    let mut election = Election::open();
    election.vote(0, 0);
    let role = Role::new(&election);
    role.run().unwrap();
    let seen = fs::read(role.path("seen.checkpoint")).unwrap();
    let (mut other, shorter) = (Election::open(), Election::open());
    other.vote(1, 1);

    // Without what was seen nobody can tell two histories.
    fs::remove_file(role.path("seen.checkpoint")).unwrap();
    let damaged = |outcome| matches!(outcome, Err(CopyError::Memory(MemoryError::Damaged(path))) if path == role.path("seen.checkpoint"));
    assert!(damaged(role.run()));

    // From an older backup: the copy itself remembers what was shown.
    let older = shorter.checkpoint().as_bytes().to_vec();
    fs::write(role.path("seen.checkpoint"), &older).unwrap();
    assert_eq!(role.catches(&other.files()).lie.code(), "fork");
    fs::write(role.path("seen.checkpoint"), &older).unwrap();
    assert_eq!(role.catches(&shorter.files()).lie.code(), "rollback");

    // Not of the same log as the copy.
    fs::write(role.path("seen.checkpoint"), other.checkpoint().as_bytes()).unwrap();
    assert!(damaged(role.run()));

    fs::write(role.path("seen.checkpoint"), seen).unwrap();
    role.server.show(&election.files());
    role.run().unwrap();
}

#[test]
fn a_checkpoint_of_nothing_leaves_nothing_behind() {
    let election = Election::open();
    let role = Role::new(&election);
    let mut empty = files(&[], &other_key());
    role.server.show(&empty);
    role.run().unwrap();
    assert_eq!(role.record(), BTreeMap::new());
    role.server.show(&election.files());
    role.run().unwrap();
    // Sizes that no log has.
    for size in [1_u64 << 62, i64::MAX as u64, 1 << 63, u64::MAX - 1, u64::MAX] {
        let head = tabella_board::tree::TreeHead { size, ..election.checkpoint().unverified().head };
        empty = election.files();
        empty.insert("checkpoint".into(), SignedCheckpoint::sign(&log_key(), head).as_bytes().to_vec());
        let visitor = Role::new(&election);
        for role in [&role, &visitor] {
            role.server.show(&empty);
            assert!(role.run().is_err(), "{size}");
        }
    }
}
