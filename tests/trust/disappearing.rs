//! What was there is there no more.

use crate::finding::{Finding, Proof, assert_table};
use crate::people::People;
use crate::scene::{Scene, refused, run};

#[test]
fn fewer_entries_than_before_are_noticed_by_whoever_was_there() {
    let mut scene = Scene::open();
    let second = scene.second_history();
    let way = scene.front();
    let voter = scene.voter(0, &way);
    voter.vote("pear").unwrap();
    let people = People::who_have_seen(&scene, voter, way);
    let lie = "shows fewer entries than before";
    let mut findings = people.notice(&scene, lie, &second.base(), "when it shows that twice");
    findings.push(left_out());
    assert_table("What was there is gone", &findings);
}

/// The voting ends without a ballot for which a voter holds a receipt.
fn left_out() -> Finding {
    let mut scene = Scene::open();
    let way = scene.front();
    let mut second = scene.second_history();
    let voter = scene.voter(0, &way);
    voter.vote("pear").unwrap();
    // To everybody else the operator has always shown the second one.
    scene.election.server.stop().unwrap();
    second.stop().unwrap();
    scene.election.server = scene.election.server.at_same_address(second.folder()).unwrap();
    scene.election.server.start().unwrap();
    scene.voter(1, &scene.front()).vote("apple").unwrap();
    scene.election.close().unwrap();
    scene.election.decrypt(&[0]).unwrap();
    scene.election.publish().unwrap();
    assert_eq!(scene.election.verify().unwrap().status, Some(0), "the record shows nothing of it");

    refused(run(&voter, &["track"]));
    let (said, proof) = scene.evidence(&scene.home(&voter));
    assert!(matches!(proof, Proof::Proved(_)));
    let lie = "counts without a ballot for which it gave a receipt";
    Finding { lie, who: "the voter", when: "when she looks whether it was counted", said, proof }
}
