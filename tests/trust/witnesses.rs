//! The board answers newcomers with a second history, where people act only on what three of four witnesses have cosigned.

use std::sync::Arc;

use crate::finding::{Finding, Proof, assert_table};
use crate::forgery::Forgery;
use crate::front::{Front, honest};
use crate::scene::{Scene, refused, run};

const VOTE: [&str; 6] = ["vote", "--choose", "question=plum", "--yes", "--patience", "1"];

/// A way on which the second history is shown.
fn second(scene: &Scene, forgery: &Arc<Forgery>) -> Front {
    let way = scene.front();
    way.behave(forgery.shown(&scene.election.server.base()));
    way
}

#[test]
fn without_the_quorum_nobody_believes_a_second_history() {
    let mut scene = Scene::witnessed();
    let forgery = scene.forged_history();
    let crooked = scene.crooked_witness(0);
    scene.voter(0, &scene.front()).vote("pear").unwrap();
    let mut findings = Vec::new();

    // An old state is a state that the quorum has cosigned; those who did so know better.
    let evidence = scene.observer().with_extension("evidence");
    let views = scene.ask_witnesses(&second(&scene, &forgery), &evidence);
    assert!(views.as_array().unwrap().iter().any(|view| view["standing"] == "ahead"), "{views}");
    findings.push(Finding {
        lie: "shows a newcomer an old state",
        who: "whoever asks the witnesses",
        when: "at once",
        said: "that they are *ahead* of the board".to_owned(),
        proof: Proof::None,
    });

    // Her ballot is numbered in the second history, and signed by the log alone.
    let way = second(&scene, &forgery);
    let voter = scene.voter(1, &way);
    let told = run(&voter, &VOTE).done().unwrap();
    assert!(told.starts_with("Your ballot was received.") && !told.contains("Recorded"), "{told}");
    findings.push(Finding {
        lie: "takes a newcomer's ballot into a second history",
        who: "the voter",
        when: "before her program says that it is recorded",
        said: "*received*, and never *recorded*".to_owned(),
        proof: Proof::None,
    });
    let told = refused(scene.mirror(&second(&scene, &forgery)));
    assert!(told.contains("quorum"), "{told}");
    let told = refused(scene.trustee(&second(&scene, &forgery)));
    assert!(told.contains("quorum"), "{told}");
    let unconfirmed = |lie, who, when| Finding {
        lie,
        who,
        when,
        said: "that the quorum is missing; nothing is kept of it".to_owned(),
        proof: Proof::None,
    };
    let lie = "shows a newcomer a second history";
    findings.push(unconfirmed(lie, "whoever reads the record", "at once"));
    findings.push(unconfirmed(lie, "the trustee", "before it decrypts"));

    // One of the witnesses forgets what it has signed. The operator sees to it that it hears of the second history before the first.
    scene.election.server.pause().unwrap();
    scene.election.witnesses[0].stop().unwrap();
    let mut crooked = crooked;
    crooked.start(&["--moved"]).unwrap();
    let [_, second_witness, third, fourth] = &scene.election.witnesses[..] else { panic!("four witnesses") };
    assert_eq!(forgery.cosign(&[&crooked, second_witness, third, fourth]), 1);
    scene.election.server.resume().unwrap();
    let told = refused(scene.mirror(&second(&scene, &forgery)));
    assert!(told.contains("quorum"), "{told}");
    findings.push(unconfirmed("does so, and a witness helps it", "whoever reads the record", "at once"));

    // The others have cosigned the first.
    let views = scene.ask_witnesses(&second(&scene, &forgery), &evidence);
    let forks = views.as_array().unwrap().iter().filter(|view| view["standing"] == "fork").count();
    assert!(forks > 0, "{views}");
    let (said, proof) = scene.latest_of(&evidence);
    findings.push(Finding {
        lie: "does so, and a witness helps it",
        who: "whoever asks the witnesses",
        when: "at once",
        said,
        proof,
    });

    // Her ballot is not in the first, and somebody else's stands in its place.
    scene.voter(2, &scene.front()).vote("apple").unwrap();
    way.behave(honest(&scene.election.server.base()));
    refused(run(&voter, &["track", "--patience", "0"]));
    let (said, proof) = scene.evidence(&scene.home(&voter));
    findings.push(Finding {
        lie: "has received a ballot, and shows another in its place",
        who: "the voter",
        when: "when she comes back",
        said,
        proof,
    });
    assert_table("Where witnesses are asked", &findings);
}

#[test]
fn two_dishonest_witnesses_can_have_a_second_history_believed_until_somebody_compares() {
    let mut scene = Scene::witnessed();
    let forgery = scene.forged_history();
    let mut crooked = [0, 1].map(|number| scene.crooked_witness(number));
    // The fourth is away, and sees nothing of the first history.
    scene.election.witnesses[3].kill().unwrap();
    scene.voter(0, &scene.front()).vote("pear").unwrap();
    let first = scene.download(&scene.front(), "one");

    let way = second(&scene, &forgery);
    run(&scene.voter(1, &way), &VOTE).done().unwrap();
    // All of these hear of the second history before the first.
    scene.election.server.pause().unwrap();
    for (number, crooked) in crooked.iter_mut().enumerate() {
        scene.election.witnesses[number].stop().unwrap();
        crooked.start(&["--moved"]).unwrap();
    }
    scene.election.witnesses[3].start(&[]).unwrap();
    let [_, _, third, fourth] = &scene.election.witnesses[..] else { panic!("four witnesses") };
    assert_eq!(forgery.cosign(&[&crooked[0], &crooked[1], third, fourth]), 3);
    scene.election.server.resume().unwrap();

    let lie = "shows a second history that two witnesses help it to have cosigned";
    let records = [first, scene.download(&way, "other")];
    let believed = Finding {
        lie,
        who: "whoever reads the record",
        when: "at first never",
        said: "nothing: the quorum is there".to_owned(),
        proof: Proof::None,
    };
    let evidence = scene.observer().with_extension("evidence");
    let views = scene.ask_witnesses(&way, &evidence);
    assert_eq!(views[2]["standing"], "fork", "{views}");
    let (said, proof) = scene.latest_of(&evidence);
    let asked = Finding { lie, who: "whoever asks the third witness", when: "at once", said, proof };
    let (said, proof) = scene.compare(&records);
    let compared = Finding { lie, who: "whoever compares what people have", when: "then", said, proof };
    assert_table("Where too many witnesses cheat", &[believed, asked, compared]);
}
