//! A server that lies to a program is caught by that program, which says what to do and saves the evidence.

use std::fs;
use std::path::Path;
use std::process::Command;

use tabella_town::election::Plan;
use tabella_town::role::Role;

use crate::plans::{open, totals, with_manifest};

/// A copy of a folder, as a backup makes it.
fn copy(from: &Path, to: &Path) {
    let status = Command::new("cp").arg("-a").arg(from).arg(to).status().unwrap();
    assert!(status.success());
}

/// The names of the evidence that a program has saved.
fn evidence(role: &Role) -> Vec<String> {
    let found = fs::read_dir(role.folder().join("evidence")).into_iter().flatten();
    let mut names: Vec<String> = found.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn a_board_that_drops_a_ballot_after_the_receipt_is_caught_by_the_voter() {
    let folder = tempfile::tempdir().unwrap();
    let (mut election, codes) = open(folder.path(), Plan::orchard(2, 1, 1));
    let before = folder.path().join("before");
    election.server.stop().unwrap();
    copy(election.server.folder(), &before);
    election.server.start().unwrap();
    let voter = election.voter(0, &codes[0]).unwrap();
    voter.vote("pear").unwrap();
    election.server.stop().unwrap();

    // The same key, the same record but for the ballot; and another ballot in its place.
    let mut liar = election.server.at_same_address(&before).unwrap();
    liar.start().unwrap();
    let track = voter.arguments(&["track"]);
    let track: Vec<&str> = track.iter().map(String::as_str).collect();
    let told = voter.role.refused(&track).unwrap();
    assert!(told.contains("entries have disappeared") && told.contains("evidence is in"), "{told}");
    election.voter(1, &codes[1]).unwrap().vote("apple").unwrap();
    let told = voter.role.refused(&track).unwrap();
    assert!(told.contains("two histories") && told.contains("Tell the election authority"), "{told}");
}

#[test]
fn a_board_that_shows_trustees_two_histories_is_caught_before_anything_is_decrypted() {
    let folder = tempfile::tempdir().unwrap();
    let (mut election, codes) = open(folder.path(), Plan::orchard(2, 2, 1));
    election.voter(0, &codes[0]).unwrap().vote("pear").unwrap();
    election.server.stop().unwrap();
    let other = folder.path().join("other");
    copy(election.server.folder(), &other);
    election.server.start().unwrap();
    election.voter(1, &codes[1]).unwrap().vote("apple").unwrap();
    let trustee = &election.trustees[0];
    trustee.run(&["tally"]).unwrap().done_or_waiting().unwrap();
    election.server.stop().unwrap();

    // A second history under the same key, with another ballot in the place of the true one.
    let mut liar = election.server.at_same_address(&other).unwrap();
    liar.start().unwrap();
    election.voter(7, &codes[1]).unwrap().vote("plum").unwrap();
    let told = trustee.refused(&["tally"]).unwrap();
    assert!(told.contains("two histories"), "{told}");
    assert_eq!(evidence(trustee), ["001-fork"]);
    for file in ["checkpoint", "seen.checkpoint", "log.vkey", "README.txt"] {
        assert!(trustee.folder().join("evidence/001-fork").join(file).is_file(), "{file}");
    }
    liar.stop().unwrap();
    // It is proof for whoever has nothing but the files.
    let judged = election.judge_evidence(&trustee.folder().join("evidence/001-fork")).unwrap();
    assert_eq!(judged["verdict"], "proved", "{judged}");

    // The true board goes on.
    election.server.start().unwrap();
    election.close().unwrap();
    election.decrypt(&[0]).unwrap();
    election.publish().unwrap();
    let expected = [("apple", 1), ("pear", 1), ("plum", 0)];
    assert_eq!(totals(&election), expected.map(|(id, total)| (id.to_owned(), total)));
}

#[test]
fn another_manifest_at_the_address_is_caught_by_everybody_who_knows_the_fingerprint() {
    let folder = tempfile::tempdir().unwrap();
    let election = with_manifest(&folder.path().join("true"), Plan::orchard(1, 1, 1));
    let other = with_manifest(&folder.path().join("other"), Plan::orchard(1, 1, 1));
    let arguments = ["ceremony", "--board", &other.address(), "--expect", election.fingerprint().unwrap()];
    let told = election.trustees[0].refused(&arguments).unwrap();
    assert!(told.contains("shows another election") && told.contains(other.fingerprint().unwrap()), "{told}");
    assert_eq!(evidence(&election.trustees[0]), ["001-fingerprint_differs"]);
    let list = election.registrar.folder().join("voters.csv");
    fs::write(&list, "id,weight,style\na,1,all\n").unwrap();
    let arguments = [
        "roll",
        list.to_str().unwrap(),
        "--yes",
        "--board",
        &other.address(),
        "--expect",
        election.fingerprint().unwrap(),
    ];
    assert!(election.registrar.refused(&arguments).unwrap().contains("shows another election"));
}
