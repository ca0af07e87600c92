//! The scene itself.

use super::record::{asked, assert_valid, failures, verify_directory, write};
use super::*;

#[test]
fn an_election_played_to_its_end_is_valid_wherever_its_record_lies() {
    let mut scene = Scene::new(samples::manifest());
    scene.play_on();
    assert_eq!(scene.result(), [totals(&[4, 0, 0], Some(0)), totals(&[5, 0, 0, 0], None)]);
    assert_valid(&scene.record().verify());

    let directory = tempfile::tempdir().unwrap();
    write(&scene.log.entries, directory.path());
    assert_eq!(Record::read(directory.path()), scene.record());
    assert_valid(&verify_directory(directory.path(), &asked(None, false)));
}

#[test]
fn every_stage_before_the_end_is_an_unfinished_record() {
    let mut scene = Scene::new(samples::manifest());
    scene.play_on();
    for size in 1..scene.log.entries.len() {
        let report = Record::of(&scene.log.entries[..size]).verify_as(&asked(None, true));
        assert_valid(&report);
    }
    let report = Record::of(&scene.log.entries[..5]).verify();
    let codes: Vec<String> = failures(&report).into_iter().map(|failure| failure.code).collect();
    assert_eq!(codes, ["record_unfinished"]);
}
