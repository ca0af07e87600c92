//! The registrar: each voter gets one code, whatever is killed; letters; new codes.

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt;

use serde_json::Value;
use tabella_election::text::VoterCode;

use crate::scene::Scene;

fn list(ids: std::ops::Range<usize>) -> String {
    let rows: String = ids.map(|number| format!("{number},1,all\n")).collect();
    format!("id,weight,style\n{rows}")
}

fn letters(scene: &Scene) -> BTreeMap<String, String> {
    scene.registrar("letters --out letters.html").done();
    scene.codes("letters.html")
}

/// Whether exactly the codes of the letters are on the roll.
fn is_roll_of(scene: &Scene, codes: &BTreeMap<String, String>) -> bool {
    let board = scene.board();
    let on_roll = |code: &String| {
        let key = VoterCode::from_text(code).unwrap().voting_key(&board.election().id()).unwrap();
        board.roll().voter(&key.public().into()).is_some()
    };
    board.roll().is_complete() && board.roll().voters().len() == codes.len() && codes.values().all(on_roll)
}

#[test]
fn nothing_is_done_with_a_list_that_has_a_mistake() {
    let scene = Scene::with_manifest();
    scene.write("voters.csv", "id,weight,style\n1,1,all\n1,1,all\n");
    let told = scene.registrar("roll voters.csv").failed();
    assert!(told.contains("voters.csv has 1 mistake; nothing was done:\n  line 3: the id “1”"), "{told}");
    assert!(!scene.path("registrar/codes.age").exists());
    assert_eq!(scene.size(), 1);
}

#[test]
fn each_voter_gets_one_code_even_if_the_roll_is_cut_off() {
    let mut scene = Scene::with_manifest();
    scene.write("voters.csv", &list(0..2_300));
    // Nothing is taken after the codes are sealed; then only the first part.
    scene.start("--posts-per-minute 1");
    let address = format!("{}/entries/ballot", scene.address());
    assert!(ureq::post(&address).send(b"x".as_slice()).is_err());
    let told = scene.registrar("roll voters.csv --patience 0").failed();
    assert!(told.contains("part 1 of 3") && told.contains("run the same command again"), "{told}");
    assert_eq!(scene.size(), 1);
    assert!(scene.registrar("letters --out l").failed().contains("run `tabella registrar roll`"));
    scene.start("--posts-per-minute 1");
    assert!(scene.registrar("roll voters.csv --patience 0").failed().contains("part 2 of 3"));
    assert_eq!(scene.size(), 2);
    scene.start("");
    assert!(scene.registrar("status").done().contains("is not complete (revision 1)"));
    scene.registrar("roll voters.csv").done();
    assert_eq!(scene.size(), 4);
    assert_eq!(scene.board().roll().revision(), 1, "no code was made twice");
    // Once more with the same list: nothing happens.
    scene.registrar("roll voters.csv").done();
    assert_eq!(scene.size(), 4);
    let told = scene.registrar("letters --out letters.html").failed();
    assert!(told.contains("2300 letters are too many for one file"), "{told}");
    assert!(scene.registrar("letters --out letters").done().contains("in 5 files"));
    let mut codes = BTreeMap::new();
    (1..=5).for_each(|number| codes.extend(scene.codes(&format!("letters/letters-{number:04}.html"))));
    assert!(is_roll_of(&scene, &codes));
    let mode = |name: &str| std::fs::metadata(scene.path(name)).unwrap().permissions().mode() & 0o777;
    assert_eq!(
        (mode("letters"), mode("letters/letters-0001.html"), mode("registrar/codes.age")),
        (0o700, 0o600, 0o600)
    );
}

#[test]
fn a_changed_list_keeps_the_codes_of_those_who_stay() {
    let scene = Scene::with_manifest();
    scene.write("voters.csv", &list(0..4));
    scene.registrar("roll voters.csv").done();
    let before = letters(&scene);
    scene.write("voters.csv", "id,weight,style\n1,1,all\n2,5,all\n3,1,all\nnew,1,guests\n");
    let checked = scene.registrar("roll voters.csv --check").done();
    for line in ["1 added, with new codes: new", "1 removed, whose codes are void: 0", "codes stay: 2"] {
        assert!(checked.contains(line), "{checked}");
    }
    assert!(scene.registrar("roll voters.csv").failed().contains("give --yes if it is meant"));
    assert_eq!(letters(&scene), before, "nothing was changed");
    scene.registrar("roll voters.csv --yes").done();
    let after = letters(&scene);
    assert!(is_roll_of(&scene, &after));
    assert_eq!(scene.board().roll().revision(), 2);
    for id in ["1", "2", "3"] {
        assert_eq!(after[id], before[id], "{id}");
    }
    assert_eq!(after.keys().collect::<Vec<_>>(), ["1", "2", "3", "new"]);
}

#[test]
fn a_lost_letter_is_replaced_and_its_code_is_void() {
    let scene = Scene::with_manifest();
    scene.write("voters.csv", &list(0..3));
    scene.registrar("roll voters.csv").done();
    let before = letters(&scene);
    assert!(
        scene.registrar("reissue 1 9 --yes").failed().contains("there is no voter 9 on the list; nothing was done")
    );
    scene.registrar("reissue 1 --yes").done();
    let after = letters(&scene);
    assert!(is_roll_of(&scene, &after) && !is_roll_of(&scene, &before));
    assert!(after["0"] == before["0"] && after["2"] == before["2"] && after["1"] != before["1"]);
    scene.registrar("letters --only 1 --out one.html").done();
    assert_eq!(scene.codes("one.html"), BTreeMap::from([("1".to_owned(), after["1"].clone())]));
    // The list as it was changes nothing.
    scene.registrar("roll voters.csv").done();
    assert_eq!(letters(&scene), after);
}

#[test]
fn the_voting_may_be_opened_with_the_codes_that_were_to_be_replaced() {
    let mut scene = Scene::with_keys();
    scene.write("voters.csv", &list(0..3));
    scene.registrar("roll voters.csv").done();
    let before = letters(&scene);
    // New codes are sealed, and do not reach the board.
    scene.start("--posts-per-minute 1");
    assert!(ureq::post(format!("{}/entries/ballot", scene.address())).send(b"x".as_slice()).is_err());
    assert!(scene.registrar("reissue 1 --yes --patience 0").failed().contains("the new codes are sealed"));
    let more = format!("{}new,1,all\n", list(0..2));
    scene.write("more.csv", &more);
    assert!(scene.registrar("roll more.csv --yes --patience 0").failed().contains("part 1 of 1"));
    // The authority does not wait for them.
    scene.start("");
    scene.authority("open --yes").done();
    assert_eq!(letters(&scene), before);
    assert!(is_roll_of(&scene, &before));
    scene.run("registrar", "forget --yes").done();
    let left = std::fs::read_dir(scene.path("registrar")).unwrap().map(|entry| entry.unwrap().file_name());
    let left: Vec<_> = left.filter(|name| name.to_string_lossy().contains("codes")).collect();
    assert!(left.is_empty(), "{left:?}");
    scene.stop();
}

#[test]
fn whoever_has_forgotten_the_codes_replaces_no_roll_by_mistake() {
    let mut scene = Scene::with_keys();
    scene.write("voters.csv", &list(0..2));
    scene.registrar("roll voters.csv").done();
    let status: Value = serde_json::from_str(&scene.registrar("status --json").done()).unwrap();
    assert_eq!((&status["voters"], &status["has_codes"]), (&2.into(), &true.into()));
    assert!(scene.run("registrar", "forget").failed().contains("give --yes if it is meant"));
    scene.run("registrar", "forget --yes").done();
    assert!(!scene.path("registrar/codes.age").exists());
    assert!(scene.registrar("letters --out l").failed().contains("there are no codes in this folder"));
    let told = scene.registrar("roll voters.csv").failed();
    assert!(told.contains("give --yes if it is meant"), "{told}");
    assert_eq!(scene.board().roll().revision(), 1);
    let told = scene.registrar("roll voters.csv --check").done();
    assert!(told.contains("all codes that were given out for it are void"), "{told}");
    scene.authority("open --yes").done();
    assert!(scene.registrar("roll voters.csv --yes").failed().contains("the roll cannot be changed any more"));
    scene.stop();
}
