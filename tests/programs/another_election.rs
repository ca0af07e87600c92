//! Whoever knows the fingerprint takes no other election for the right one. What else a board can lie about is in `tests/trust`.

use std::fs;

use tabella_town::plan::Plan;

use crate::plans::with_manifest;

#[test]
fn another_manifest_at_the_address_is_caught_by_everybody_who_knows_the_fingerprint() {
    let folder = tempfile::tempdir().unwrap();
    let election = with_manifest(&folder.path().join("true"), Plan::orchard(1, 1, 1));
    let other = with_manifest(&folder.path().join("other"), Plan::orchard(1, 1, 1));
    let introduction = ["--board", &other.address(), "--expect", election.fingerprint().unwrap()];
    let trustee = &election.trustees[0];
    let told = trustee.refused(&[&["ceremony"], &introduction[..]].concat()).unwrap();
    assert!(told.contains("shows another election") && told.contains(other.fingerprint().unwrap()), "{told}");
    assert!(trustee.folder().join("evidence/001-fingerprint_differs/README.txt").is_file());
    let list = election.registrar.folder().join("voters.csv");
    fs::write(&list, "id,weight,style\na,1,all\n").unwrap();
    let told = election.registrar.refused(&[&["roll", list.to_str().unwrap(), "--yes"], &introduction[..]].concat());
    assert!(told.unwrap().contains("shows another election"));
}
