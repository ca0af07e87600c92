//! Receipts: of what was handed in, and of earlier days.

use tabella_board::policy::Policy;
use tabella_board::receipt::{Receipt, ReceiptFault, Standing};
use tabella_client::lie::Caught;
use tabella_client::memory::{Held, Memory, MemoryError};
use tabella_client::remote::Submitted;
use tabella_election::Kind;

use crate::election::{Election, manifest, payload, submitted};
use crate::role::{Role, assert_caught};

fn policy() -> Policy {
    Policy::parse(&manifest("x").policy).unwrap()
}

fn memory(role: &Role) -> Memory {
    let mut memory = Memory::open(role.folder.path(), &role.server.remote()).unwrap();
    memory.look(&role.server.remote()).unwrap();
    memory.keep().unwrap();
    memory
}

#[track_caller]
pub fn caught<T: std::fmt::Debug>(outcome: Result<T, MemoryError>) -> Box<Caught> {
    match outcome {
        Err(MemoryError::Lie(caught)) => caught,
        other => panic!("no lie was found: {other:?}"),
    }
}

const FILES: [&str; 3] = ["receipt.entry", "receipt.tlog-proof", "seen.checkpoint"];

#[test]
fn a_receipt_is_accepted_and_its_checkpoint_remembered() {
    let mut election = Election::open();
    let role = Role::new(&election);
    let mut memory = memory(&role);
    let ballot = election.ballot(0, 0);
    election.submit(Kind::Ballot, ballot.clone());
    role.server.show(&election.files());
    let given = election.submitted(election.entries.len() - 1);
    let standing = memory.accept_receipt(&ballot, &given, &policy(), &role.server.remote()).unwrap();
    assert_eq!(standing, Standing::Recorded(vec![]));
    assert_eq!(memory.head().size, election.entries.len() as u64);
}

#[test]
fn what_is_no_receipt_is_found_out() {
    let mut election = Election::open();
    election.vote(0, 0);
    election.vote(1, 0);
    let (first, last) = (election.entries.len() - 2, election.entries.len() - 1);
    let role = Role::new(&election);
    let mut memory = memory(&role);
    let mine = payload(&election.entries[last]);
    let mut accept = |given: &Submitted| {
        let _ = std::fs::remove_dir_all(role.path("evidence"));
        caught(memory.accept_receipt(&mine, given, &policy(), &role.server.remote()))
    };

    let of_another = accept(&election.submitted(first));
    assert_caught(&of_another, "receipt_mismatch", &[&FILES[..], &["payload"]].concat(), "something else");

    // The bytes that were handed in, with the proof of another entry.
    let mixed = Submitted { entry: election.entries[last].clone(), ..election.submitted(first) };
    assert_caught(&accept(&mixed), "entry_index", &FILES, "no valid receipt");

    let mut never_numbered = election.entries.clone();
    *never_numbered[last].last_mut().unwrap() ^= 1;
    let not_in_tree = Submitted { entry: never_numbered[last].clone(), ..election.submitted(last) };
    assert_caught(&accept(&not_in_tree), "receipt_mismatch", &FILES, "no valid receipt");
}

#[test]
fn a_receipt_under_another_history_is_a_fork() {
    let mut election = Election::open();
    let mut other = Election::open();
    other.vote(1, 1);
    election.vote(0, 0);
    let role = Role::new(&election);
    let mut memory = memory(&role);
    let last = other.entries.len() - 1;
    let given = submitted(&other.entries, last);
    let caught =
        caught(memory.accept_receipt(&payload(&other.entries[last]), &given, &policy(), &role.server.remote()));
    assert_caught(&caught, "fork", &["checkpoint", "seen.checkpoint"], "Do not act");
}

#[test]
fn a_ballot_that_was_dropped_after_its_receipt_is_found_out_without_any_memory() {
    let mut election = Election::open();
    let mut other = Election::open();
    election.vote(0, 0);
    let last = election.entries.len() - 1;
    let kept = election.submitted(last);
    for voter in [1, 2] {
        other.vote(voter, 1);
    }
    let role = Role::new(&other);
    let hold = |entry: &[u8], receipt: &Receipt| memory(&role).hold(entry, receipt, &policy(), &role.server.remote());
    let names = ["checkpoint", "consistency-proof", "receipt.entry", "receipt.tlog-proof", "seen.checkpoint"];
    assert_caught(&caught(hold(&kept.entry, &kept.receipt)), "fork", &names, "two histories");

    // Where the board is as it was, the receipt holds; and one that was changed accuses nobody.
    let _ = std::fs::remove_dir_all(role.folder.path());
    std::fs::create_dir(role.folder.path()).unwrap();
    election.vote(1, 0);
    role.server.show(&election.files());
    assert_eq!(hold(&kept.entry, &kept.receipt).unwrap(), Held::Shown);
    let error = hold(&election.entries[0], &kept.receipt).unwrap_err();
    assert!(matches!(error, MemoryError::Receipt(ReceiptFault::Entry(_))), "{error:?}");
    assert!(!role.path("evidence").exists());
}
