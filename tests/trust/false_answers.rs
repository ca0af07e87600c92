//! The board answers with what does not belong there.

use std::sync::{Arc, Mutex};

use crate::finding::{Finding, assert_table};
use crate::forgery::files;
use crate::front::{Answer, Conduct, honest};
use crate::scene::{Scene, refused, run};

/// Answers what is handed in with this, and behaves otherwise.
fn with_receipt(base: &str, receipt: Answer) -> Conduct {
    let honest = honest(base);
    Arc::new(move |request| if request.is_post() { receipt.clone() } else { honest(request) })
}

#[test]
fn false_answers_are_noticed_before_they_are_believed() {
    let scene = Scene::open();
    let base = scene.election.server.base();
    let mut findings = Vec::new();

    // The receipt of somebody else's ballot.
    let first = scene.front();
    let seen = Arc::new(Mutex::new(None));
    let (keep, pass) = (Arc::clone(&seen), honest(&base));
    first.behave(Arc::new(move |request| {
        let answer = pass(request);
        if request.is_post() {
            *keep.lock().unwrap() = Some(answer.clone());
        }
        answer
    }));
    scene.voter(0, &first).vote("pear").unwrap();
    let receipt = seen.lock().unwrap().clone().unwrap();
    let way = scene.front();
    way.behave(with_receipt(&base, receipt.clone()));
    let voter = scene.voter(1, &way);
    let vote = ["vote", "--choose", "question=plum", "--yes"];
    refused(run(&voter, &vote));
    let (said, proof) = scene.evidence(&scene.home(&voter));
    let lie = "answers a ballot with somebody else's receipt";
    findings.push(Finding { lie, who: "the voter", when: "before her program says that it is cast", said, proof });

    // The same, with another signature.
    let mut changed: serde_json::Value = serde_json::from_slice(&receipt.body).unwrap();
    let text = changed["receipt"].as_str().unwrap();
    let at = text.trim_end().len() - 10;
    let other = if text.as_bytes()[at] == b'A' { "B" } else { "A" };
    changed["receipt"] = format!("{}{other}{}", &text[..at], &text[at + 1..]).into();
    way.behave(with_receipt(&base, Answer { body: changed.to_string().into_bytes(), ..receipt }));
    refused(run(&voter, &vote));
    let (said, proof) = scene.evidence(&scene.home(&voter));
    let lie = "answers a ballot with a receipt that it has not signed";
    findings.push(Finding { lie, who: "the voter", when: "before her program says that it is cast", said, proof });

    // It was cast after all: the same bytes are handed in, and are there once.
    way.behave(honest(&base));
    let told = run(&voter, &vote).done().unwrap();
    assert!(told.contains("1 of 1"), "{told}");

    // Other bytes in a tile.
    let reader = scene.front();
    let record = scene.board().join("record");
    let pass = files(record);
    reader.behave(Arc::new(move |request| {
        let mut answer = pass(request);
        if request.path.contains("/tile/entries/") {
            *answer.body.last_mut().unwrap() ^= 1;
        }
        answer
    }));
    refused(scene.mirror(&reader));
    let (said, proof) = scene.evidence(&scene.observer());
    let lie = "gives other bytes than it signed";
    findings.push(Finding { lie, who: "whoever reads the record", when: "before they are kept", said, proof });

    // Another election at the same place.
    let other = Scene::open();
    let newcomer = scene.front();
    newcomer.behave(honest(&other.election.server.base()));
    let stranger = scene.voter(2, &newcomer);
    refused(run(&stranger, &vote));
    let (said, proof) = scene.evidence(&scene.home(&stranger));
    let lie = "shows another election to a newcomer";
    let when = "at once, by the fingerprint in her letter";
    findings.push(Finding { lie, who: "the voter", when, said, proof });
    way.behave(honest(&other.election.server.base()));
    refused(run(&voter, &["track"]));
    let (said, proof) = scene.evidence(&scene.home(&voter));
    let lie = "shows another election to whoever was there before";
    findings.push(Finding { lie, who: "the voter", when: "when she comes back", said, proof });

    assert_table("False answers", &findings);
}
