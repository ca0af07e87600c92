//! The board answers each person with a history of her own.

use crate::finding::{Finding, assert_table};
use crate::front::honest;
use crate::people::People;
use crate::scene::Scene;

#[test]
fn whoever_was_there_before_has_the_proof() {
    let mut scene = Scene::open();
    let (way, liar) = (scene.front(), scene.front());
    let voter = scene.voter(0, &way);
    voter.vote("pear").unwrap();
    let second = scene.second_history();
    scene.voter(1, &scene.front()).vote("apple").unwrap();
    liar.behave(honest(&second.base()));
    scene.voter_elsewhere(1, &liar).vote("plum").unwrap();

    // Two who were never there before compare what they have.
    let records = [scene.download(&scene.front(), "one"), scene.download(&liar, "other")];
    let (said, proof) = scene.compare(&records);
    let compared = Finding {
        lie: "shows two newcomers a history each",
        who: "whoever compares what they have",
        when: "then",
        said,
        proof,
    };

    let people = People::who_have_seen(&scene, voter, way);
    let lie = "goes on with another history than it showed before";
    let mut findings = people.notice(&scene, lie, &second.base(), "at the next look");
    findings.push(compared);
    assert_table("Two histories", &findings);
}
