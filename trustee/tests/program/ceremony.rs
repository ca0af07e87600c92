//! From the first key to the rehearsal.

use tabella_election::Kind;
use tabella_election::message::{Deal, Signed};

use crate::person::{Person, with_alice};
use crate::scene::{NAMES, Plan, Scene, trustee_key};

const STEPS: [Kind; 3] = [Kind::Commit, Kind::Deal, Kind::Confirm];

#[test]
fn three_programs_make_keys_rehearse_and_decrypt() {
    let people: Vec<Person> = NAMES.into_iter().map(Person::new).collect();
    let mut scene = Scene::new(&Plan { keys: people.iter().map(|person| person.key).collect(), ..Plan::default() });
    for kind in STEPS {
        for person in &people {
            person.take("ceremony", &mut scene);
        }
        assert_eq!(scene.board().ceremony().awaited().len(), 0, "`{kind}`");
        scene.provide(Kind::Round);
    }
    for person in &people {
        person.take("ceremony", &mut scene);
    }
    let told = people[0].visit("ceremony", &scene).waits();
    assert!(told.contains("Waiting for the authority to ask for a rehearsal"), "{told}");
    assert!(!people[0].has_parcel());
    scene.provide(Kind::Rehearse);
    for person in &people {
        person.take("ceremony", &mut scene);
        person.visit("ceremony", &scene).done();
    }

    scene.open();
    scene.vote(0, 1);
    scene.provide(Kind::Rehearse);
    people[2].take("rehearse", &mut scene);
    people[2].visit("rehearse", &scene).done();
    assert!(people[0].visit("tally", &scene).waits().contains("`close` from the authority"));
    scene.provide(Kind::Close);
    for person in &people[..2] {
        person.take("tally", &mut scene);
        person.visit("tally", &scene).done();
    }
    scene.provide(Kind::Result);
    assert!(people[2].visit("tally", &scene).done().contains("without your share"));
}

#[test]
fn who_was_killed_after_sealing_hands_in_the_same_bytes() {
    let (alice, mut scene) = with_alice();
    let twice = |alice: &Person, scene: &mut Scene, command| {
        alice.visit(command, scene).waits();
        let first = alice.parcel();
        alice.work(command, &scene.fingerprint()).waits();
        assert_eq!(alice.parcel(), first);
        scene.accept_parcel(&first);
    };
    for kind in STEPS {
        twice(&alice, &mut scene, "ceremony");
        scene.steps(&[2, 3], kind);
        scene.provide(Kind::Round);
    }
    twice(&alice, &mut scene, "ceremony");
    scene.steps(&[2, 3], Kind::Keys);
    scene.provide(Kind::Rehearse);
    twice(&alice, &mut scene, "rehearse");
    scene.steps(&[2], Kind::Rehearsal);
    scene.open();
    scene.vote(0, 0);
    scene.provide(Kind::Close);
    twice(&alice, &mut scene, "tally");
    alice.visit("tally", &scene).done();
}

#[test]
fn who_was_killed_before_sealing_takes_the_step_anew() {
    let (alice, mut scene) = with_alice();
    let again = |alice: &Person, scene: &mut Scene| {
        let before = alice.key_file();
        alice.visit("ceremony", scene).waits();
        alice.set_key_file(&before);
        alice.work("ceremony", &scene.fingerprint()).waits();
        scene.accept_parcel(&alice.parcel());
    };
    for kind in STEPS {
        again(&alice, &mut scene);
        scene.steps(&[2, 3], kind);
        scene.provide(Kind::Round);
    }
    again(&alice, &mut scene);
    scene.steps(&[2, 3], Kind::Keys);
    scene.provide(Kind::Rehearse);
    again(&alice, &mut scene);
    alice.visit("ceremony", &scene).done();
}

#[test]
fn a_dealing_of_several_pieces_goes_on_where_it_was_cut() {
    let alice = Person::new("Alice");
    let mut scene = Scene::new(&Plan { keys: vec![alice.key], options: 500, ..Plan::default() });
    alice.take("ceremony", &mut scene);
    scene.steps(&[2, 3], Kind::Commit);
    scene.provide(Kind::Round);
    alice.visit("ceremony", &scene).waits();
    let whole = alice.parcel().payloads;
    assert!(whole.len() > 1);
    let (first, rest) = whole.split_first().unwrap();
    scene.accept(first.0, first.1.clone());
    alice.visit("ceremony", &scene).waits();
    assert_eq!(alice.parcel().payloads, rest);
    scene.accept_parcel(&alice.parcel());
    let told = alice.visit("ceremony", &scene).waits();
    assert!(told.contains("`deal` from Bob, Carol"), "{told}");
}

#[test]
fn a_bad_dealing_is_complained_of_by_name() {
    let (alice, mut scene) = with_alice();
    alice.take("ceremony", &mut scene);
    scene.steps(&[2, 3], Kind::Commit);
    scene.provide(Kind::Round);
    alice.take("ceremony", &mut scene);
    scene.steps(&[3], Kind::Deal);
    let payload = scene.step(2, Kind::Deal).remove(0);
    let mut deal = Signed::<Deal>::decode(&payload).unwrap().body().clone();
    // Two slots of two commitments each, the proof, then E and the envelope for the first recipient: Alice.
    let mut bytes = deal.bytes.to_vec();
    bytes[2 * 2 * 32 + 64 + 32] ^= 1;
    deal.bytes = bytes.into();
    scene.accept(Kind::Deal, Signed::sign(deal, &trustee_key(2)).payload());
    scene.provide(Kind::Round);

    let told = alice.visit("ceremony", &scene).waits();
    assert!(told.contains("The dealing of Bob gave you no good share: you complain"), "{told}");
    scene.accept_parcel(&alice.parcel());
    scene.steps(&[2, 3], Kind::Confirm);
    scene.provide(Kind::Round);
    let status = alice.status(&scene);
    let complaint = "Alice complained of the dealing of Bob; by the opened envelope Bob is at fault.";
    assert_eq!(status["complaints"][0], complaint);
    alice.take("ceremony", &mut scene);
    scene.steps(&[3], Kind::Keys);
    assert!(scene.board().ceremony().keys().is_some());
}
