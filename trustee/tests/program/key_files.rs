//! Keys that are missing, locked or damaged.

use std::fs;

use crate::person::{Person, with_alice};

#[test]
fn a_key_is_never_overwritten() {
    let alice = Person::new("Alice");
    let before = alice.key_file();
    let told = alice.run(&["init", "--name", "Alice"]).refused();
    assert!(told.contains("a key is never overwritten"), "{told}");
    assert_eq!(alice.key_file(), before);
}

#[test]
fn the_passphrase_and_the_key_stand_nowhere_in_the_folder() {
    let alice = Person::new("Alice");
    let sealed = alice.key_file();
    assert!(sealed.starts_with(b"age-encryption.org/v1\n-> scrypt"));
    assert!(!sealed.windows(7).any(|window| window == b"correct"));
    let names: Vec<_> = fs::read_dir(alice.path("folder")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names, ["trustee.age"]);
}

#[test]
fn the_wrong_passphrase_opens_nothing() {
    let (alice, scene) = with_alice();
    fs::write(alice.path("passphrase"), "another passphrase\n").unwrap();
    let told = alice.visit("ceremony", &scene).refused();
    assert!(told.contains("the passphrase does not open") && told.contains("try again"), "{told}");
}

#[test]
fn a_damaged_key_file_is_told_from_a_wrong_passphrase() {
    let (alice, scene) = with_alice();
    let whole = alice.key_file();
    alice.set_key_file(&whole[..whole.len() - 1]);
    let told = alice.visit("ceremony", &scene).refused();
    assert!(told.contains("is damaged") && told.contains("restore it from a backup"), "{told}");
}

#[test]
fn without_a_key_file_the_ways_to_one_are_named() {
    let (alice, scene) = with_alice();
    fs::remove_file(alice.path("folder/trustee.age")).unwrap();
    let told = alice.visit("tally", &scene).refused();
    assert!(
        told.contains("tabella-trustee init --name NAME") && told.contains("tabella-trustee restore FILE"),
        "{told}"
    );
}

#[test]
fn a_carried_record_asks_for_a_parcel() {
    let (alice, scene) = with_alice();
    alice.bring(&scene);
    let told = alice.run_on_record(&["ceremony"], &scene.fingerprint()).refused();
    assert!(told.contains("give --parcel FILE"), "{told}");
}

#[test]
fn without_a_fingerprint_nothing_is_believed() {
    let (alice, scene) = with_alice();
    alice.bring(&scene);
    let record = alice.path("record");
    let arguments = ["ceremony", "--record", record.to_str().unwrap(), "--parcel", "none.json"];
    let told = alice.run(&arguments).refused();
    assert!(told.contains("Give --expect FINGERPRINT"), "{told}");
}
