//! The board numbers what the rules of the election forbid.

use tabella_election::Kind;

use crate::finding::{Finding, Proof, assert_table};
use crate::scene::{Scene, folder, refused, verify};

#[test]
fn entries_that_break_a_rule_are_noticed_by_whoever_judges_the_record() {
    let mut scene = Scene::open();
    scene.voter(0, &scene.front()).vote("pear").unwrap();
    let (observer, trustee) = (scene.front(), scene.front());
    scene.trustee(&trustee).done_or_waiting().unwrap();
    let forgery = scene.forged_history();
    forgery.number(Kind::Ballot, forgery.last(Kind::Ballot));
    for way in [&observer, &trustee] {
        way.behave(forgery.shown(&scene.election.server.base()));
    }

    refused(scene.mirror(&observer));
    let seen = scene.evidence(&scene.observer());
    refused(scene.trustee(&trustee));
    let decrypting = scene.evidence(folder(&scene.election.trustees[0]));
    let verified = verify(&scene, &observer);
    let lie = "numbers a ballot twice";
    assert_table(
        "Broken rules",
        &[
            Finding { lie, who: "an observer", when: "at the next look", said: seen.0, proof: seen.1 },
            Finding { lie, who: "the trustee", when: "before it decrypts", said: decrypting.0, proof: decrypting.1 },
            Finding {
                lie,
                who: "whoever verifies the record",
                when: "at any time",
                said: verified,
                proof: Proof::Everybody,
            },
        ],
    );
}
