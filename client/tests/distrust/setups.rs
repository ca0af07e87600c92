//! What a voter reads: the beginning of the log, once.

use std::fs;

use tabella_client::copy::CopyError;
use tabella_client::setup::{Extent, Setup};
use tabella_election::Kind;

use crate::election::{Election, another_tree, files, log_key, payload, seeds};
use crate::role::{Role, assert_caught, caught};

fn read(role: &Role, extent: Extent) -> Result<Setup, CopyError> {
    Setup::read(role.folder.path(), &role.server.remote(), role.expected, extent, seeds(), &|_, _| ())
}

/// How many bundles of entries were fetched since the last time.
fn bundles(role: &Role) -> usize {
    role.server.requests().iter().filter(|request| request.path.starts_with("tile/entries/")).count()
}

#[test]
fn the_setup_ends_with_open_and_is_fetched_once() {
    let mut election = Election::open();
    election.vote(0, 0);
    let role = Role::new(&election);
    let setup = read(&role, Extent::Open).unwrap();
    let board = setup.board().unwrap();
    assert_eq!(board.counts().accepted, 0);
    assert_eq!(board.poll().unwrap().keys().hash(), election.board().poll().unwrap().keys().hash());
    assert_eq!(bundles(&role), 1);

    election.vote(1, 0);
    role.server.show(&election.files());
    let mut again = read(&role, Extent::Open).unwrap();
    assert!(again.board().unwrap().poll().is_some());
    assert_eq!(again.memory().head().size, election.entries.len() as u64);
    assert_eq!(bundles(&role), 0);

    // A damaged file is fetched again, and accuses nobody.
    let kept = role.path("setup.entries");
    let bytes = fs::read(&kept).unwrap();
    for damaged in [&bytes[..bytes.len() - 1], &bytes[1..], &[&bytes[..50], &[bytes[50] ^ 1], &bytes[51..]].concat()] {
        fs::write(&kept, damaged).unwrap();
        assert!(read(&role, Extent::Open).unwrap().board().unwrap().poll().is_some());
        assert_eq!(bundles(&role), 1);
        assert_eq!(fs::read(&kept).unwrap(), bytes);
    }
}

#[test]
fn a_voting_that_is_not_open_yet_is_read_again_next_time() {
    let open = Election::open();
    let mut election = Election::founded("An election");
    let role = Role::new(&election);
    assert!(read(&role, Extent::Open).unwrap().board().unwrap().poll().is_none());
    assert!(!role.path("setup.entries").exists());
    election.submit(Kind::Commit, payload(&open.entries[1]));
    role.server.show(&open.files());
    assert!(read(&role, Extent::Open).unwrap().board().unwrap().poll().is_some());
}

#[test]
fn the_manifest_alone_is_enough_for_some() {
    let election = Election::open();
    let role = Role::new(&election);
    let setup = read(&role, Extent::Manifest).unwrap();
    assert_eq!(setup.board().unwrap().election().fingerprint(), election.fingerprint());
    assert!(setup.board().unwrap().poll().is_none());
    assert!(!role.path("setup.entries").exists());
}

#[test]
fn lies_about_the_setup_are_found_out() {
    let election = Election::open();
    let names = ["checkpoint", "numbered.entry", "numbered.tlog-proof", "seen.checkpoint"];

    let role = Role::new(&election);
    role.server.show(&Election::founded("Another election").files());
    assert_caught(&caught(read(&role, Extent::Open)), "fingerprint_differs", &names, "type both again");

    // A round that ends before anybody has spoken, signed by the log.
    let broken = Election::founded("An election");
    let early = broken.numbered(Kind::Open, payload(election.entries.last().unwrap()));
    let role = Role::new(&broken);
    role.server.show(&files(&[&broken.entries[..], &[early]].concat(), &log_key()));
    assert_caught(&caught(read(&role, Extent::Open)), "ceremony_incomplete", &names, "has numbered entry 1");

    // The voter of yesterday is shown less today.
    let role = Role::new(&election);
    read(&role, Extent::Open).unwrap();
    role.server.show(&files(&election.entries[..5], &log_key()));
    assert_caught(&caught(read(&role, Extent::Open)), "rollback", &["checkpoint", "seen.checkpoint"], "disappeared");

    // The log has signed `open` and another entry before it than the one that it gives.
    let role = Role::new(&election);
    role.server.show(&another_tree(&election.entries, 5));
    let told = "gives other entries";
    assert_caught(&caught(read(&role, Extent::Open)), "root_mismatch", &["checkpoint", "seen.checkpoint"], told);
}
