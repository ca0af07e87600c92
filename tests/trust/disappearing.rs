//! What was there is there no more.

use crate::finding::{Finding, Proof, assert_table};
use crate::front::honest;
use crate::scene::{Scene, folder, refused, run};

#[test]
fn fewer_entries_than_before_are_noticed_by_whoever_was_there() {
    let mut scene = Scene::open();
    let ways = [(); 4].map(|()| scene.front());
    let second = scene.second_history();
    let voter = scene.voter(0, &ways[0]);
    voter.vote("pear").unwrap();
    scene.mirror(&ways[1]).done().unwrap();
    scene.trustee(&ways[2]).done_or_waiting().unwrap();
    scene.follow(&ways[3]).done().unwrap();
    for way in &ways {
        way.behave(honest(&second.base()));
    }

    refused(run(&voter, &["track"]));
    let voter = scene.evidence(&scene.home(&voter));
    refused(scene.mirror(&ways[1]));
    let observer = scene.evidence(&scene.observer());
    refused(scene.trustee(&ways[2]));
    refused(scene.follow(&ways[3]));
    let follower = scene.evidence(&scene.follower());
    let trustee = scene.evidence(folder(&scene.election.trustees[0]));
    let lie = "shows fewer entries than before";
    assert_table(
        "What was there is gone",
        &[
            Finding { lie, who: "the voter", when: "when she comes back", said: voter.0, proof: voter.1 },
            Finding { lie, who: "an observer", when: "at the next look", said: observer.0, proof: observer.1 },
            Finding {
                lie,
                who: "whoever follows the board",
                when: "when it shows that twice",
                said: follower.0,
                proof: follower.1,
            },
            Finding { lie, who: "the trustee", when: "before it decrypts", said: trustee.0, proof: trustee.1 },
            left_out(),
        ],
    );
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
