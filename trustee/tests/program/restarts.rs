//! Attempts that fail, begin anew, or go on without a trustee.

use tabella_election::Kind;

use crate::person::with_alice;

#[test]
fn a_restart_begins_anew_by_itself() {
    let (alice, mut scene) = with_alice();
    alice.take("ceremony", &mut scene);
    scene.provide(Kind::Restart);
    let told = alice.visit("ceremony", &scene).waits();
    assert!(told.contains("On the board: your `commit` of attempt 1"), "{told}");
    let parcel = alice.parcel();
    scene.accept_parcel(&parcel);
    scene.steps(&[2, 3], Kind::Commit);
    scene.provide(Kind::Round);
    alice.take("ceremony", &mut scene);
    assert_eq!(scene.board().ceremony().attempt().number, 2);
}

#[test]
fn what_a_restart_overtook_is_given_up_and_said() {
    let (alice, mut scene) = with_alice();
    alice.visit("ceremony", &scene).waits();
    let overtaken = alice.parcel();
    scene.provide(Kind::Restart);
    let told = alice.visit("ceremony", &scene).waits();
    assert!(told.contains("Given up: your `commit` of attempt 1"), "{told}");
    assert!(told.contains("(ceremony_history)"), "{told}");
    assert_ne!(alice.parcel(), overtaken);
    scene.accept_parcel(&alice.parcel());
}

#[test]
fn who_was_left_out_is_told_what_follows() {
    let (alice, mut scene) = with_alice();
    alice.visit("ceremony", &scene).waits();
    scene.steps(&[2, 3], Kind::Commit);
    scene.provide(Kind::Round);
    let told = alice.visit("ceremony", &scene).waits();
    assert!(told.contains("Given up: your `commit` of attempt 1"), "{told}");
    assert!(told.contains("You were left out of attempt 1: the authority ended the step `commit`"), "{told}");
    assert!(told.contains("only if it begins anew (`restart`) can you take part again"), "{told}");

    for kind in [Kind::Deal, Kind::Confirm] {
        scene.steps(&[2, 3], kind);
        scene.provide(Kind::Round);
    }
    scene.steps(&[2, 3], Kind::Keys);
    scene.provide(Kind::Rehearse);
    scene.steps(&[2, 3], Kind::Rehearsal);
    scene.open();
    let told = alice.visit("ceremony", &scene).done();
    assert!(told.contains("The election goes on without you"), "{told}");
    scene.vote(0, 0);
    scene.provide(Kind::Close);
    assert!(alice.visit("tally", &scene).done().contains("no share is asked of you"));
}

#[test]
fn a_failed_attempt_waits_for_the_authority() {
    let (alice, mut scene) = with_alice();
    alice.take("ceremony", &mut scene);
    for _ in 0..3 {
        scene.provide(Kind::Round);
    }
    let told = alice.visit("ceremony", &scene).waits();
    assert!(told.contains("Attempt 1 at the ceremony has failed: too few trustees are qualified"), "{told}");
    let status = alice.status(&scene);
    assert_eq!((&status["step"], &status["is_waiting"]), (&"failed".into(), &true.into()));
}
