//! Every program is killed in the middle of every step, run again, and finishes.

use std::time::Duration;

use tabella_town::plan::Plan;
use tabella_town::role::Role;

use crate::plans::{totals, with_manifest};

/// After these times a command is killed, one after the other, before it may run to its end. Which instants of its work
/// they hit is left to the machine; nothing depends on it.
const TIMES: [Duration; 5] = [
    Duration::from_millis(20),
    Duration::from_millis(700),
    Duration::from_millis(1_000),
    Duration::from_millis(1_300),
    Duration::from_millis(1_700),
];

fn stubborn(role: &Role, arguments: &[&str]) -> String {
    role.killed_and_run(arguments, &TIMES).unwrap().done_or_waiting().unwrap()
}

#[test]
fn every_role_killed_at_every_step_finishes() {
    let folder = tempfile::tempdir().unwrap();
    let election = with_manifest(folder.path(), Plan::orchard(3, 2, 2));
    let introduction = election.introduction().unwrap();
    let introduction = introduction.each_ref().map(String::as_str);
    for _ in 0..6 {
        for trustee in &election.trustees {
            stubborn(trustee, &[&["ceremony"], &introduction[..]].concat());
        }
        stubborn(&election.authority, &["ceremony"]);
    }
    let list = election.registrar.folder().join("voters.csv");
    std::fs::write(&list, "id,weight,style\na,1,all\nb,1,all\nc,1,all\n").unwrap();
    stubborn(&election.registrar, &[&["roll", list.to_str().unwrap(), "--yes"], &introduction[..]].concat());
    let codes = election.codes().unwrap();
    stubborn(&election.authority, &["open", "--yes"]);
    for (number, code) in codes.iter().enumerate() {
        let voter = election.voter(number, code).unwrap();
        let arguments = voter.vote_arguments("pear");
        stubborn(&voter.role, &arguments.iter().map(String::as_str).collect::<Vec<_>>());
        assert!(voter.track().unwrap().contains("the latest"));
    }
    stubborn(&election.authority, &["close", "--yes"]);
    for trustee in &election.trustees {
        stubborn(trustee, &["tally"]);
    }
    stubborn(&election.authority, &["publish", "--yes"]);
    let expected = [("apple", 0), ("pear", 3), ("plum", 0)];
    assert_eq!(totals(&election), expected.map(|(id, total)| (id.to_owned(), total)));
}
