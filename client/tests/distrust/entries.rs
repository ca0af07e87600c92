//! Entries that the log must not hold, or does not, are found out.

use std::fs;

use tabella_board::policy::Policy;
use tabella_board::receipt::Receipt;
use tabella_board::tile::encode_bundle;
use tabella_election::Kind;

use crate::election::{Election, another_tree, files, log_key, manifest, payload};
use crate::role::{Role, assert_caught, evidence};

/// An election, a role that has its record without the last two ballots, and how many entries that are.
fn two_votes_behind() -> (Election, Role, usize) {
    let mut election = Election::open();
    let role = Role::new(&election);
    role.run().unwrap();
    let old = election.entries.len();
    election.vote(0, 0);
    election.vote(1, 0);
    (election, role, old)
}

#[test]
fn entries_that_were_not_signed_are_found_out() {
    let (election, role, old) = two_votes_behind();
    let honest = election.files();
    let size = election.entries.len();
    let bundle = format!("tile/entries/000.p/{size}");

    let mut swapped = election.entries.clone();
    swapped.swap(old, old + 1);
    let mut damaged = election.entries.clone();
    *damaged[size - 1].last_mut().unwrap() ^= 1;
    let mut earlier = election.entries.clone();
    *earlier[old].last_mut().unwrap() ^= 1;
    for entries in [swapped, damaged, earlier] {
        let mut shown = honest.clone();
        shown.insert(bundle.clone(), encode_bundle(&entries).unwrap());
        assert_caught(
            &role.catches(&shown),
            "root_mismatch",
            &["checkpoint", "seen.checkpoint"],
            "gives other entries",
        );
        fs::remove_dir_all(role.path("evidence")).unwrap();
    }

    let mut shown = honest.clone();
    shown.get_mut(&format!("tile/0/000.p/{size}")).unwrap()[40] ^= 1;
    assert_caught(&role.catches(&shown), "root_mismatch", &["checkpoint", "seen.checkpoint"], "gives other entries");

    role.server.show(&honest);
    role.run().unwrap();
    assert_eq!(role.record(), honest);
}

/// The copy of an honest board that then signs one entry more, which it should not.
#[track_caller]
fn numbers(entry: impl FnOnce(&mut Election) -> Vec<u8>, code: &str) {
    let mut election = Election::open();
    election.vote(0, 0);
    let role = Role::new(&election);
    role.run().unwrap();
    let bad = entry(&mut election);
    let index = election.entries.len();
    let entries = [&election.entries[..], std::slice::from_ref(&bad)].concat();
    let caught = role.catches(&files(&entries, &log_key()));
    let names = ["checkpoint", "numbered.entry", "numbered.tlog-proof", "seen.checkpoint"];
    assert_caught(&caught, code, &names, &format!("has numbered entry {index}"));
    // Anybody can see that the log has signed it.
    assert_eq!(evidence(&caught, "numbered.entry"), bad);
    let proof = Receipt::parse(&evidence(&caught, "numbered.tlog-proof")).unwrap();
    if code != "entry_index" && code != "entry_malformed" {
        proof.verify(&bad, &Policy::parse(&manifest("x").policy).unwrap()).unwrap();
    }
}

#[test]
fn an_entry_that_breaks_a_rule_is_found_out() {
    // A ballot once more, with its link to nothing.
    numbers(|election| election.numbered(Kind::Ballot, payload(election.entries.last().unwrap())), "link_stale");
    // Another voter's proof.
    let changed = |election: &mut Election| {
        let mut ballot = election.ballot(1, 0);
        *ballot.last_mut().unwrap() ^= 1;
        election.numbered(Kind::Ballot, ballot)
    };
    numbers(changed, "proof_invalid");
    // A message of the ceremony, replayed.
    numbers(|election| election.numbered(Kind::Commit, payload(&election.entries[1])), "out_of_phase");
}

#[test]
fn an_entry_that_cannot_stand_in_its_place_is_found_out() {
    numbers(|election| election.entries.last().unwrap().clone(), "entry_index");
    numbers(|_| b"no entry".to_vec(), "entry_malformed");
    let chained_to_another = |election: &mut Election| {
        let mut other = Election::open();
        other.vote(2, 1);
        let ballot = election.ballot(1, 0);
        other.numbered(Kind::Ballot, ballot)
    };
    numbers(chained_to_another, "entry_prev");
}

#[test]
fn a_ceremony_message_that_is_numbered_twice_breaks_a_rule() {
    let mut election = Election::founded("An election");
    let setup = Election::open().entries;
    election.submit(Kind::Commit, payload(&setup[1]));
    let role = Role::new(&election);
    role.run().unwrap();
    let again = election.numbered(Kind::Commit, payload(&setup[1]));
    let caught = role.catches(&files(&[&election.entries[..], &[again]].concat(), &log_key()));
    assert_eq!(caught.lie.code(), "duplicate");
}

#[test]
fn a_chain_that_is_not_the_tree_is_found_out() {
    let (election, role, old) = two_votes_behind();
    // The last entry is in the tree, and names all before it; but the one before it is not.
    let caught = role.catches(&another_tree(&election.entries, old));
    assert_caught(&caught, "root_mismatch", &["checkpoint", "seen.checkpoint"], "gives other entries");

    let visitor = Role::new(&election);
    let caught = visitor.catches(&another_tree(&election.entries, old));
    assert_caught(&caught, "root_mismatch", &["checkpoint", "seen.checkpoint"], "gives other entries");
}
