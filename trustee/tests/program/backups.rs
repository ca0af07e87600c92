//! What a backup saves, and what it does not.

use tabella_election::Kind;

use crate::person::{Person, with_alice};
use crate::tally::voting;

fn backup(person: &Person, name: &str) -> String {
    person.run(&["backup", person.path(name).to_str().unwrap()]).done()
}

fn restore(person: &Person, from: &Person, name: &str) -> crate::person::Ended {
    person.run(&["restore", from.path(name).to_str().unwrap()])
}

#[test]
fn a_backup_decrypts_after_the_folder_is_lost() {
    let (alice, mut scene) = voting();
    assert_eq!(alice.status(&scene)["backup_due"], true);
    let told = backup(&alice, "backup.age");
    assert!(
        told.contains("everything up to the `keys` of attempt 1") && told.contains("your part of the keys"),
        "{told}"
    );
    assert_eq!(alice.status(&scene)["backup_due"], false);
    let told = alice.run(&["backup", alice.path("backup.age").to_str().unwrap()]).refused();
    assert!(told.contains("is there already; give the backup another name"), "{told}");

    scene.provide(Kind::Close);
    let again = Person::without_key();
    assert!(restore(&again, &alice, "backup.age").done().contains("tabella-trustee status"));
    assert_eq!(again.status(&scene)["lost"], serde_json::Value::Null);
    again.take("tally", &mut scene);
    again.visit("tally", &scene).done();

    // Restored once more, the program learns from the board for which ballots it has answered.
    let third = Person::without_key();
    restore(&third, &alice, "backup.age").done();
    let told = third.visit("tally", &scene).done();
    assert!(told.contains("The board holds one of yours already"), "{told}");
    let status = third.status(&scene);
    assert_eq!(status["done"].as_array().unwrap().last().unwrap()["kind"], "share");

    // The share is remembered with the key: what holds less never takes its place.
    let told = restore(&again, &alice, "backup.age").refused();
    assert!(told.contains("everything up to the share of the result"), "{told}");
    assert!(told.contains("Nothing was changed"), "{told}");
    backup(&again, "later.age");
    restore(&alice, &again, "later.age").done();
    alice.visit("tally", &scene).done();
}

#[test]
fn an_older_backup_says_what_is_lost() {
    let (alice, mut scene) = with_alice();
    backup(&alice, "first.age");
    alice.take("ceremony", &mut scene);
    let told = backup(&alice, "second.age");
    assert!(told.contains("make another backup after `keys`"), "{told}");
    scene.steps(&[2, 3], Kind::Commit);
    scene.provide(Kind::Round);

    let again = Person::without_key();
    restore(&again, &alice, "first.age").done();
    let lost = again.status(&scene)["lost"].to_string();
    assert!(lost.contains("older than your `commit` of attempt 1"), "{lost}");
    let told = again.visit("ceremony", &scene).refused();
    assert!(told.contains("Restore a newer backup"), "{told}");

    restore(&again, &alice, "second.age").done();
    again.take("ceremony", &mut scene);
    scene.steps(&[2, 3], Kind::Deal);
    scene.provide(Kind::Round);
    again.take("ceremony", &mut scene);
    scene.steps(&[2, 3], Kind::Confirm);
    scene.provide(Kind::Round);
    again.take("ceremony", &mut scene);
    scene.steps(&[2, 3], Kind::Keys);

    again.bring(&scene);
    std::fs::remove_file(again.path("folder/trustee.age")).unwrap();
    let from = alice.path("second.age");
    let told = again.run_on_record(&["restore", from.to_str().unwrap()], &scene.fingerprint()).done();
    assert!(told.contains("This key file is older than the keys"), "{told}");
    scene.provide(Kind::Rehearse);
    let told = again.visit("rehearse", &scene).refused();
    assert!(told.contains("holds no part of these keys"), "{told}");
}

#[test]
fn the_backup_of_somebody_else_replaces_nothing() {
    let (alice, bob) = (Person::new("Alice"), Person::new("Bob"));
    backup(&bob, "backup.age");
    let before = alice.key_file();
    assert!(restore(&alice, &bob, "backup.age").refused().contains("Nothing was changed"));
    assert_eq!(alice.key_file(), before);
}
