//! Roles and voters at a board with witnesses: what was received is waited for, and nobody acts on what is not published.

use tabella_board::key::LogVerifier;
use tabella_board::policy::Policy;
use tabella_board::receipt::Receipt;

use crate::scene::Scene;
use crate::voter::{json, open_before, run};
use crate::witness::{Manner, Witness, policy};

fn log_key() -> LogVerifier {
    Scene::log_key().verifier().clone()
}

fn witnesses() -> Vec<Witness> {
    (1..=3).map(|number| Witness::start(number, &log_key())).collect()
}

/// Whether the receipt that is kept of a ballot shows that the witnesses have seen it.
fn is_recorded(scene: &Scene, tracker: &str, policy: &str) -> bool {
    let path = scene.path(&format!("home/{}/receipt/{tracker}.tlog-proof", scene.fingerprint()));
    let receipt = Receipt::parse(&std::fs::read(path).unwrap()).unwrap();
    let policy = Policy::parse(&format!("log {}\n{policy}", log_key())).unwrap();
    policy.require_quorum(&receipt.checkpoint).is_ok()
}

#[test]
fn a_ballot_is_received_and_then_recorded() {
    let witnesses = witnesses();
    let policy = policy(3, &witnesses);
    let (scene, _) = open_before(3, &policy);
    let voted = json(run(&scene, "vote --code-file code-0 --choose mayor=ada --choose park=north --yes --json"));
    assert_eq!((&voted["standing"], &voted["witnesses"]), (&"recorded".into(), &true.into()));
    assert!(is_recorded(&scene, voted["tracker"].as_str().unwrap(), &policy));

    witnesses[2].behave(Manner::Away);
    let vote = "vote --code-file code-1 --choose mayor=emmy --choose park=north --yes --patience 1";
    let voted = json(run(&scene, &format!("{vote} --json")));
    assert_eq!(voted["standing"], "received");
    let tracker = voted["tracker"].as_str().unwrap().to_owned();
    assert!(!is_recorded(&scene, &tracker, &policy));
    let track = |scene: &Scene| json(run(scene, &format!("track {tracker} --json --patience 1")));
    let found = track(&scene);
    assert_eq!((&found["standing"], &found["recorded"]), (&"waiting".into(), &false.into()));
    let told = run(&scene, &format!("track {tracker} --patience 1")).done();
    assert!(told.contains("the witnesses have not cosigned it"), "{told}");
    // What is not shown cannot be replaced.
    let told = run(&scene, vote).failed();
    assert!(told.contains("it can be replaced when they have"), "{told}");

    witnesses[2].behave(Manner::Honest);
    let voted = json(run(&scene, "vote --code-file code-1 --choose mayor=ada --choose park=north --yes --json"));
    assert_eq!((&voted["standing"], &voted["ballot"]), (&"recorded".into(), &2.into()));
    assert!(is_recorded(&scene, &tracker, &policy), "the receipt of the first was made better on the way");
    assert_eq!(track(&scene)["standing"], "superseded");
}

#[test]
fn a_receipt_is_made_better_when_its_ballot_is_tracked() {
    let witnesses = witnesses();
    let policy = policy(3, &witnesses);
    let (scene, _) = open_before(2, &policy);
    witnesses[0].behave(Manner::Away);
    let vote = "vote --code-file code-0 --choose mayor=ada --choose park=north --yes --patience 1 --json";
    let tracker = json(run(&scene, vote))["tracker"].as_str().unwrap().to_owned();
    assert!(!is_recorded(&scene, &tracker, &policy));
    witnesses[0].behave(Manner::Honest);
    // The next ballot waits until the board goes on.
    json(run(&scene, "vote --code-file code-1 --choose park=north --yes --json"));
    let found = json(run(&scene, &format!("track {tracker} --json")));
    assert_eq!((&found["standing"], &found["recorded"]), (&"latest".into(), &true.into()));
    assert!(is_recorded(&scene, &tracker, &policy));
}

#[test]
fn the_authority_waits_for_the_witnesses_and_says_so() {
    let witnesses = witnesses();
    let (scene, _) = open_before(2, &policy(3, &witnesses));
    witnesses[1].behave(Manner::Away);
    let told = scene.authority("rehearse --patience 1").failed();
    assert!(told.contains("was received, but the board does not show it"), "{told}");
    // The voting cannot be closed over what nobody has seen.
    let told = scene.authority("close --yes --patience 1").failed();
    assert!(told.contains("quorum_missing"), "{told}");
    witnesses[1].behave(Manner::Honest);
    scene.authority("close --yes").done();
}
