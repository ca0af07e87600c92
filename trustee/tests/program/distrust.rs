//! Boards that lie, and copies that are damaged.

use std::fs;

use tabella_election::Kind;

use crate::person::{Person, with_alice};
use crate::scene::{Plan, Scene, publish_entries};

/// Up to where Alice would deal.
fn before_the_dealing() -> (Person, Scene) {
    let (alice, mut scene) = with_alice();
    alice.take("ceremony", &mut scene);
    scene.steps(&[2, 3], Kind::Commit);
    scene.provide(Kind::Round);
    (alice, scene)
}

#[track_caller]
fn assert_has_not_dealt(alice: &Person, scene: &Scene) {
    assert!(!alice.has_parcel());
    let status = alice.status(scene);
    let done: Vec<_> = status["done"].as_array().unwrap().iter().map(|step| step["kind"].clone()).collect();
    assert_eq!(done, ["commit"]);
}

#[test]
fn a_forged_entry_is_refused_with_the_rule_that_it_breaks() {
    let (alice, mut scene) = before_the_dealing();
    let mut forged = scene.step(2, Kind::Deal).remove(0);
    *forged.last_mut().unwrap() ^= 1;
    alice.forget_record();
    publish_entries(scene.force(Kind::Deal, forged), &alice.path("record"));
    let told = alice.work("ceremony", &scene.fingerprint()).refused();
    assert!(told.contains("which breaks a rule of the election") && told.contains("signature_invalid"), "{told}");
    assert_eq!(alice.evidence(), ["001-signature_invalid"]);
    assert!(!alice.has_parcel());
}

#[test]
fn the_verifier_has_the_last_word_before_the_dealing() {
    let (alice, scene) = before_the_dealing();
    alice.status(&scene);
    // The hashes of her own copy: the rules read the entries alone.
    let tile = alice.path(&format!("folder/record/tile/0/000.p/{}", scene.size()));
    let mut hashes = fs::read(&tile).unwrap();
    hashes[0] ^= 1;
    fs::write(&tile, hashes).unwrap();
    let told = alice.visit("ceremony", &scene).refused();
    assert!(told.contains("the record is not valid") && told.contains("check 3 (tree) failed"), "{told}");
    assert!(told.contains("leaf_mismatch, entry 0"), "{told}");
    assert_has_not_dealt(&alice, &scene);
}

#[test]
fn what_the_witnesses_have_not_cosigned_is_not_acted_on() {
    let alice = Person::new("Alice");
    let mut scene = Scene::new(&Plan { keys: vec![alice.key], has_witness: true, ..Plan::default() });
    alice.take("ceremony", &mut scene);
    scene.steps(&[2, 3], Kind::Commit);
    scene.provide(Kind::Round);
    alice.forget_record();
    scene.publish_uncosigned(&alice.path("record"));
    let told = alice.work("ceremony", &scene.fingerprint()).refused();
    assert!(told.contains("that the quorum of witnesses has not cosigned (checkpoint_quorum)"), "{told}");
    assert_has_not_dealt(&alice, &scene);
    alice.take("ceremony", &mut scene);
}

#[test]
fn another_history_is_refused_with_evidence() {
    let (alice, mut scene) = with_alice();
    let mut other = scene.fork();
    alice.take("ceremony", &mut scene);
    alice.visit("ceremony", &scene).waits();
    other.steps(&[2, 3], Kind::Commit);
    let told = alice.visit("ceremony", &other).refused();
    assert!(told.contains("has shown two histories"), "{told}");
    assert_eq!(alice.evidence(), ["001-fork"]);
    assert!(!alice.has_parcel());
}

#[test]
fn an_old_copy_of_the_record_is_refused() {
    let (alice, mut scene) = with_alice();
    scene.steps(&[2, 3], Kind::Commit);
    let old = Scene::new(&Plan { keys: vec![alice.key], ..Plan::default() });
    alice.visit("ceremony", &scene).waits();
    let told = alice.visit("ceremony", &old).refused();
    assert!(told.contains("entries have disappeared"), "{told}");
    // A folder that remembers nothing but the key file.
    let again = Person::with_key_file(&alice.key_file());
    let told = again.visit("ceremony", &old).refused();
    assert!(told.contains("it is an old copy. Fetch a newer one"), "{told}");
}

#[test]
fn another_manifest_is_refused_by_its_fingerprint() {
    let (alice, scene) = with_alice();
    let other = Scene::new(&Plan { keys: vec![alice.key], options: 3, ..Plan::default() });
    alice.bring(&other);
    let told = alice.work("ceremony", &scene.fingerprint()).refused();
    assert!(told.contains("shows another election: its fingerprint is"), "{told}");
    assert_eq!(alice.evidence(), ["001-fingerprint_differs"]);
    assert!(!alice.has_parcel());
}

#[test]
fn who_is_no_trustee_of_the_election_is_told_so() {
    let (_, scene) = with_alice();
    let stranger = Person::new("Alice");
    let told = stranger.visit("ceremony", &scene).refused();
    assert!(told.contains("your key is none of the keys of this election's trustees"), "{told}");
}
