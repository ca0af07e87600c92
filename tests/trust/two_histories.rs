//! The board answers each person with a history of her own.

use crate::finding::{Finding, assert_table};
use crate::front::honest;
use crate::scene::{Scene, folder, refused, run};

#[test]
fn whoever_was_there_before_has_the_proof() {
    let mut scene = Scene::open();
    let (ways, liar) = ([(); 5].map(|()| scene.front()), scene.front());
    let voter = scene.voter(0, &ways[0]);
    voter.vote("pear").unwrap();
    let second = scene.second_history();
    scene.voter(1, &ways[1]).vote("apple").unwrap();
    liar.behave(honest(&second.base()));
    scene.voter_elsewhere(1, &liar).vote("plum").unwrap();

    // All have seen the first history.
    voter.track().unwrap();
    scene.mirror(&ways[2]).done().unwrap();
    scene.trustee(&ways[3]).done_or_waiting().unwrap();
    scene.follow(&ways[4]).done().unwrap();
    for way in &ways {
        way.behave(honest(&second.base()));
    }

    refused(run(&voter, &["track"]));
    let voter = scene.evidence(&scene.home(&voter));
    refused(scene.mirror(&ways[2]));
    let observer = scene.evidence(&scene.observer());
    refused(scene.trustee(&ways[3]));
    refused(scene.follow(&ways[4]));
    let follower = scene.evidence(&scene.follower());
    let trustee = scene.evidence(folder(&scene.election.trustees[0]));
    let lie = "goes on with another history than it showed before";
    assert_table(
        "Two histories",
        &[
            Finding { lie, who: "the voter", when: "when she comes back", said: voter.0, proof: voter.1 },
            Finding { lie, who: "an observer", when: "at the next look", said: observer.0, proof: observer.1 },
            Finding {
                lie,
                who: "whoever follows the board",
                when: "at the next look",
                said: follower.0,
                proof: follower.1,
            },
            Finding { lie, who: "the trustee", when: "before it decrypts", said: trustee.0, proof: trustee.1 },
        ],
    );
}
