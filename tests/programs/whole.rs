//! Elections from the first key to the final entry.

use std::fs;

use tabella_town::plan::Plan;

use crate::plans::{open, totals};

#[test]
fn an_election_ends_with_two_of_five_trustees_and_a_witness_away_and_a_trustee_restored_from_its_backup() {
    let folder = tempfile::tempdir().unwrap();
    let (mut election, codes) = open(folder.path(), Plan::orchard(4, 5, 3).witnessed(4, 3));
    election.witnesses[1].kill().unwrap();
    let lost = election.trustees[2].clone();
    let backup = folder.path().join("backup.age");
    lost.done(&["backup", backup.to_str().unwrap()]).unwrap();

    let voters: Vec<_> = codes.iter().enumerate().map(|(number, code)| election.voter(number, code).unwrap()).collect();
    voters[0].challenge("plum").unwrap();
    voters[0].vote("plum").unwrap();
    let told = voters[1].vote("pear").unwrap();
    assert!(told.contains("Recorded: the board and its witnesses"), "{told}");
    voters[2].vote("pear").unwrap();
    let told = voters[0].vote("apple").unwrap();
    assert!(told.contains("2 of 2"), "{told}");
    assert!(voters[0].track().unwrap().contains("2 of 2"));
    election.close().unwrap();

    fs::remove_dir_all(lost.folder()).unwrap();
    lost.done(&["restore", backup.to_str().unwrap()]).unwrap();
    election.decrypt(&[1, 2, 4]).unwrap();
    let told = election.publish().unwrap();
    assert!(told.contains("Pear"), "{told}");
    let expected = [("apple", 1), ("pear", 2), ("plum", 0)];
    let report = election.report().unwrap();
    assert_eq!(report["warnings"].to_string().matches("quorum_none").count(), 0, "{report:#}");
    assert_eq!(totals(&election), expected.map(|(id, total)| (id.to_owned(), total)));
    // What was published stays published when the server is stopped and started.
    election.server.stop().unwrap();
    election.server.start().unwrap();
    assert_eq!(election.verify().unwrap().status, Some(0));
    assert!(voters[1].track().unwrap().contains("1 of 1"));
}
