//! Decrypting, once and for all.

use std::fs;

use tabella_election::Kind;
use tabella_election::message::{Share, Signed};

use crate::person::{Person, with_alice};
use crate::scene::Scene;

/// Up to the open voting.
fn open() -> (Person, Scene) {
    let (alice, mut scene) = with_alice();
    for kind in [Kind::Commit, Kind::Deal, Kind::Confirm] {
        alice.take("ceremony", &mut scene);
        scene.steps(&[2, 3], kind);
        scene.provide(Kind::Round);
    }
    alice.take("ceremony", &mut scene);
    scene.steps(&[2, 3], Kind::Keys);
    scene.provide(Kind::Rehearse);
    scene.steps(&[2, 3], Kind::Rehearsal);
    scene.open();
    (alice, scene)
}

/// Up to the open voting, with one ballot.
pub fn voting() -> (Person, Scene) {
    let (alice, mut scene) = open();
    scene.vote(0, 0);
    (alice, scene)
}

#[test]
fn the_anchor_of_later_shares_is_that_of_the_first() {
    let (alice, mut scene) = voting();
    scene.provide(Kind::Close);
    let after_close = scene.anchor();
    scene.steps(&[2], Kind::Share);
    alice.visit("tally", &scene).waits();
    let parcel = alice.parcel();
    let share = Signed::<Share>::decode(&parcel.payloads[0].1).unwrap();
    assert_eq!(share.body().anchor, after_close);
    scene.accept_parcel(&parcel);
    scene.provide(Kind::Result);
}

#[test]
fn a_second_set_of_ballots_is_refused_with_evidence() {
    let (alice, mut scene) = voting();
    let mut other = scene.fork();
    scene.provide(Kind::Close);
    alice.take("tally", &mut scene);
    let first = alice.parcel().payloads.remove(0).1;

    other.vote(1, 1);
    other.provide(Kind::Close);
    // Her folder remembers the first history; another folder with the same key file does not.
    let again = Person::with_key_file(&alice.key_file());
    let told = again.visit("tally", &other).refused();
    assert!(told.contains("asks to decrypt a second set of ballots"), "{told}");
    assert!(!again.has_parcel());
    assert_eq!(again.evidence(), ["001-second_count"]);
    let evidence = again.path("folder/evidence/001-second_count");
    assert_eq!(fs::read(evidence.join("share")).unwrap(), first);
    assert_eq!(fs::read_to_string(evidence.join("checkpoint")).unwrap(), other.anchor());
    for scene in [&scene, &other] {
        let counted = scene.board().tally().unwrap().counted().hash;
        let counted = data_encoding::HEXLOWER.encode(&counted.0);
        assert!(fs::read_to_string(evidence.join("README.txt")).unwrap().contains(&counted));
    }
    let told = alice.visit("tally", &other).refused();
    assert!(told.contains("two histories"), "{told}");
    assert_eq!(alice.evidence(), ["001-fork"]);
}

#[test]
fn an_election_without_ballots_needs_no_share() {
    let (alice, mut scene) = open();
    scene.provide(Kind::Close);
    assert!(alice.visit("tally", &scene).done().contains("no share is needed"));
}
