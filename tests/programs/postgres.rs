//! An election whose board is stored in PostgreSQL.

use std::fs;

use tabella_town::plan::Plan;
use tabella_town::postgres::Cluster;

use crate::plans::{open, totals};

#[test]
fn an_election_outlives_the_death_of_its_server_and_of_its_database() {
    let folder = tempfile::tempdir().unwrap();
    let mut cluster = Cluster::start().unwrap();
    let address = cluster.address_with_password(&cluster.new_database().unwrap());
    let (mut election, codes) = open(folder.path(), Plan::orchard(3, 3, 2).stored_in(address));
    let voters: Vec<_> = codes.iter().enumerate().map(|(number, code)| election.voter(number, code).unwrap()).collect();
    voters[0].vote("plum").unwrap();
    election.server.kill().unwrap();
    cluster.kill().unwrap();
    let refusal = election.server.start().unwrap_err().to_string();
    assert!(refusal.contains("cannot be used; look whether it runs, and at its name"), "{refusal}");
    cluster.start_again().unwrap();
    election.server.start().unwrap();
    voters[1].vote("pear").unwrap();

    cluster.kill().unwrap();
    std::thread::scope(|scope| {
        // Her program tries again until there is a receipt.
        let vote = scope.spawn(|| voters[2].vote("pear").unwrap());
        cluster.start_again().unwrap();
        // A board that has lost its store stands still, and goes on from what is durable when the store is there again.
        vote.join().unwrap();
    });
    voters[0].vote("apple").unwrap();
    assert!(voters[0].track().unwrap().contains("2 of 2"));

    election.close().unwrap();
    election.decrypt(&[0, 2]).unwrap();
    election.publish().unwrap();
    let expected = [("apple", 1), ("pear", 2), ("plum", 0)];
    assert_eq!(totals(&election), expected.map(|(id, total)| (id.to_owned(), total)));
    assert_eq!(election.verify().unwrap().status, Some(0));
    assert!(!election.server.folder().join("board.sqlite").exists());
    let log = fs::read_to_string(election.server.log()).unwrap();
    assert!(!log.contains(cluster.password()), "{log}");
}
