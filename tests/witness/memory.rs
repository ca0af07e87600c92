//! What a witness has signed it does not forget; if it has forgotten, it does not sign.

use std::fs;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};

use tabella_board::witness::{AddCheckpoint, origin_hash};

use crate::scene::{Log, Witness, post};

fn state(witness: &Witness, log: &Log) -> PathBuf {
    witness.folder().join("state").join(origin_hash(log.key.verifier().origin()))
}

#[test]
fn a_killed_witness_remembers_every_answer() {
    let log = Log::new("killed");
    let mut witness = Witness::serving(&[&log]);
    let mut size = 0;
    for round in 1..4 {
        let address = witness.address().to_owned();
        let is_over = AtomicBool::new(false);
        // One asks without rest, another kills in the middle of it: at least five answers later each time.
        let answered = std::thread::scope(|scope| {
            let asking = scope.spawn(|| {
                let (mut old, mut answered) = (size, size);
                while let Ok(answer) = post(&address, &log.request(old, old + 1).to_bytes()) {
                    assert_eq!(answer.status, 200, "{answer:?}");
                    old += 1;
                    answered = old;
                    is_over.store(answered >= size + 5 * round, Ordering::SeqCst);
                }
                answered
            });
            while !is_over.load(Ordering::SeqCst) {
                std::thread::yield_now();
            }
            witness.kill();
            asking.join().unwrap()
        });
        witness.start();
        let shown = log.read(&witness.shown(&log).body, &witness).head();
        // What was not answered may have been stored; what was answered was.
        assert!(
            shown == log.checkpoint(answered).unverified().head
                || shown == log.checkpoint(answered + 1).unverified().head
        );
        size = shown.size;
    }
}

#[test]
fn requests_that_come_together_are_judged_one_after_the_other() {
    let log = Log::new("together");
    let witness = Witness::serving(&[&log]);
    let address = witness.address();
    for round in 0..4 {
        let old = witness.shown(&log).body.lines().nth(1).map_or(0, |size| size.parse().unwrap_or(0));
        assert_eq!(old == 0, round == 0);
        let answers = std::thread::scope(|scope| {
            let ask = |new| {
                scope.spawn({
                    let log = &log;
                    move || (new, post(address, &log.request(old, new).to_bytes()).unwrap())
                })
            };
            let asked: Vec<_> = (old + 1..old + 7).map(ask).collect();
            asked.into_iter().map(|asked| asked.join().unwrap()).collect::<Vec<_>>()
        });
        // Exactly one of them found the size that all knew.
        let (taken, refused): (Vec<_>, Vec<_>) = answers.into_iter().partition(|(_, answer)| answer.status == 200);
        let [(size, _)] = taken.as_slice() else { panic!("{taken:?}") };
        assert!(refused.iter().all(|(_, answer)| answer.status == 409 && answer.body == format!("{size}\n")));
        assert_eq!(log.read(&witness.shown(&log).body, &witness).head(), log.checkpoint(*size).unverified().head);
    }
}

#[test]
fn a_witness_without_its_memory_does_not_serve() {
    let log = Log::new("lost");
    let mut witness = Witness::serving(&[&log]);
    assert_eq!(witness.ask(&log.request(0, 5)).status, 200);
    witness.kill();
    let path = state(&witness, &log);
    let right = fs::read(&path).unwrap();

    fs::remove_file(&path).unwrap();
    let said = witness.refuses_to_serve(&[]);
    assert!(said.contains("is gone") && said.contains("must not sign again"), "{said}");
    let added = witness.run(&["add", &log.key.verifier().to_string()]);
    assert!(String::from_utf8_lossy(&added.stderr).contains("knows the log"), "{added:?}");

    let other_size = String::from_utf8(right.clone()).unwrap().replace("\n5\n", "\n4\n");
    for damaged in [b"".as_slice(), &right[..right.len() - 1], other_size.as_bytes(), log.checkpoint(5).as_bytes()] {
        fs::write(&path, damaged).unwrap();
        let said = witness.refuses_to_serve(&[]);
        assert!(said.contains("is damaged"), "{said}");
    }
    fs::write(&path, &right).unwrap();
    witness.start();
    assert_eq!(witness.ask(&log.request(5, 6)).status, 200);
}

#[test]
fn a_log_is_not_added_again_when_the_list_was_lost() {
    let log = Log::new("again");
    let mut witness = Witness::of(&[]);
    let settings = fs::read(witness.folder().join("witness.toml")).unwrap();
    assert!(witness.run(&["add", &log.key.verifier().to_string()]).status.success());
    witness.start();
    assert_eq!(witness.ask(&log.request(0, 5)).status, 200);
    witness.kill();
    fs::write(witness.folder().join("witness.toml"), settings).unwrap();
    let added = witness.run(&["add", &log.key.verifier().to_string()]);
    assert!(String::from_utf8_lossy(&added.stderr).contains("is not as this witness left it"), "{added:?}");
}

#[test]
fn a_witness_that_was_set_back_is_retired_by_its_own_signature() {
    let log = Log::new("restored");
    let mut witness = Witness::serving(&[&log]);
    assert_eq!(witness.ask(&log.request(0, 5)).status, 200);
    let older = fs::read(state(&witness, &log)).unwrap();
    let line = witness.ask(&log.request(5, 9)).body;
    witness.kill();
    fs::write(state(&witness, &log), older).unwrap();
    witness.start();
    // By itself it cannot know; whoever shows it its signature stops it.
    let seen = log.checkpoint(9).with_signature_lines(&line).unwrap();
    let answer = witness.ask(&AddCheckpoint { checkpoint: seen, ..log.request(5, 9) });
    assert_eq!((answer.status, answer.body.split(':').next()), (503, Some("witness_retired")));
    let answer = witness.ask(&log.request(5, 9));
    assert_eq!(answer.status, 503, "it signs nothing any more: {answer:?}");
    assert!(witness.log().contains("ALARM"));
    witness.kill();
    assert!(witness.refuses_to_serve(&[]).contains("this witness is retired"));
    assert!(witness.refuses_to_serve(&["--moved"]).contains("this witness is retired"));
    let status = witness.run(&["status"]);
    assert!(String::from_utf8_lossy(&status.stdout).contains("this witness is retired"), "{status:?}");
}

#[test]
fn a_copy_of_the_folder_is_told_from_the_folder() {
    let log = Log::new("copied");
    let mut witness = Witness::serving(&[&log]);
    assert_eq!(witness.ask(&log.request(0, 5)).status, 200);
    witness.kill();
    // The original stays where it is, so that none of its files has the place of one of the copy.
    let original = witness.folder().with_file_name("original");
    fs::rename(witness.folder(), &original).unwrap();
    fs::create_dir_all(witness.folder().join("state")).unwrap();
    for name in ["witness.toml", "witness.key.age", "place"] {
        fs::copy(original.join(name), witness.folder().join(name)).unwrap();
    }
    let name = state(&witness, &log).file_name().unwrap().to_owned();
    fs::copy(original.join("state").join(&name), witness.folder().join("state").join(&name)).unwrap();
    assert!(witness.refuses_to_serve(&[]).contains("was copied"));
    witness.start_with(&["--moved"]);
    assert_eq!(witness.ask(&log.request(5, 6)).status, 200);
    witness.kill();
    witness.start();
    assert_eq!(witness.ask(&log.request(6, 7)).status, 200);
}

#[test]
fn one_process_at_a_time_has_the_folder() {
    let log = Log::new("twice");
    let witness = Witness::serving(&[&log]);
    assert!(witness.refuses_to_serve(&[]).contains("another program is using"));
    let added = witness.run(&["add", &Log::new("more").key.verifier().to_string()]);
    assert!(String::from_utf8_lossy(&added.stderr).contains("another program is using"), "{added:?}");
    assert!(witness.run(&["status"]).status.success());
}
