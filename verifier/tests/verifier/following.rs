//! A board that is followed, and that lies.

use crate::Files;
use crate::board::Board;
use crate::follower::{Scene, at, board, forked, judged};
use crate::tampering::flip;
use crate::web::{answer, file, serve};
use crate::world::{Plan, Tamper, build, signing_key};
use serde_json::Value;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

#[test]
fn a_live_board_is_followed_to_its_end() {
    let whole = board();
    let size = whole.entries.len() as u64;
    let scene = Scene::new(at(board(), 300));
    let mut follower = scene.spawn(&[]);
    let first = follower.next("head");
    assert_eq!(
        (&first["size"], &first["quorum"], &first["cosignatures"]),
        (&300.into(), &"met".into(), &serde_json::json!(["w"]))
    );
    assert_eq!((&first["phase"], &first["witnesses"], &first["follow"]), (&"voting".into(), &1.into(), &1.into()));
    scene.show(at(board(), 301));
    assert_eq!(follower.next("head")["size"], 301);
    scene.show(whole.files());
    assert_eq!((&follower.next("head")["size"], "finished"), (&size.into(), "finished"));
    assert_eq!(follower.next("report")["report"]["verdict"], "valid");
    assert_eq!(follower.child.wait().unwrap().code(), Some(0));
    assert_eq!(scene.record(), whole.files());
}

#[test]
fn it_goes_on_where_it_ended_and_asks_for_nothing_twice() {
    let whole = board();
    let size = whole.entries.len() as u64;
    let scene = Scene::new(at(board(), 300));
    assert_eq!(scene.verified(), [300]);
    scene.web.asked();
    scene.show(at(board(), 520));
    assert_eq!(scene.verified(), [300, 520]);
    let asked = scene.web.asked();
    let wanted = [
        "checkpoint",
        "log.vkey",
        "tile/0/001",
        "tile/0/002.p/8",
        "tile/1/000.p/2",
        "tile/entries/001",
        "tile/entries/002.p/8",
    ];
    // The full tile that lies under the first 300 is asked for by nobody.
    assert_eq!(asked, wanted);
    scene.show(whole.files());
    assert_eq!(scene.verified(), [520, size]);
    assert_eq!(scene.record(), whole.files());
    // All is over: it says so again.
    assert_eq!(scene.verified(), [size]);
}

#[test]
fn it_may_be_killed_after_any_request() {
    let shown = Arc::new(Mutex::new(at(board(), 300)));
    let (served, left) = (Arc::clone(&shown), Arc::new(AtomicUsize::new(usize::MAX)));
    let gate = Arc::clone(&left);
    let web = serve(move |name| {
        let take = |left: usize| if left == usize::MAX { Some(left) } else { left.checked_sub(1) };
        match gate.fetch_update(Ordering::SeqCst, Ordering::SeqCst, take) {
            Ok(_) => file(&served.lock().unwrap(), name),
            Err(_) => None,
        }
    });
    let scene = Scene { files: shown, web, folder: tempfile::tempdir().unwrap() };
    for size in [300, 520, board().entries.len()] {
        scene.show(at(board(), size));
        let mut whole = false;
        for requests in 0.. {
            left.store(requests, Ordering::SeqCst);
            scene.web.asked();
            let mut follower = scene.spawn(&["--once"]);
            // It ends by itself, or waits for an answer that it never gets.
            while follower.child.try_wait().unwrap().is_none() && scene.web.count() <= requests {
                std::thread::sleep(Duration::from_millis(1));
            }
            if scene.web.count() <= requests {
                assert_eq!(follower.child.wait().unwrap().code(), Some(0), "{size} after {requests} requests");
                whole = true;
                break;
            }
        }
        assert!(whole);
        assert_eq!(scene.record(), at(board(), size));
    }
}

#[test]
fn a_fork_is_caught_and_proved() {
    for shown in
        [forked(299, 300), forked(200, 300), forked(200, 290), forked(299, 301), forked(100, 520), forked(256, 520)]
    {
        let scene = Scene::new(at(board(), 300));
        assert_eq!(scene.verified(), [300]);
        let before = scene.record();
        scene.show(shown);
        let (evidence, is_proof) = scene.alarm("fork", &[]);
        assert!(is_proof && evidence.ends_with("evidence/001-fork"), "{evidence}");
        assert_eq!(judged(&evidence), Some(0));
        assert_eq!(scene.alarm("fork", &[]).0, evidence, "the same is saved once");
        assert_eq!(scene.record(), before);
        // The true board goes on.
        scene.show(board().files());
        scene.verified();
    }
}

#[test]
fn a_fork_behind_what_was_seen_but_not_verified_is_caught() {
    let scene = Scene::new(at(board(), 300));
    assert_eq!(scene.verified(), [300]);
    let mut withheld = at(board(), 520);
    withheld.remove("tile/entries/001");
    scene.show(withheld);
    scene.alarm("file_missing", &["--patience", "0"]);
    scene.show(forked(500, 700));
    let (evidence, is_proof) = scene.alarm("fork", &[]);
    assert!(is_proof && judged(&evidence) == Some(0));
}

#[test]
fn a_rollback_is_an_alarm_and_no_proof() {
    let scene = Scene::new(at(board(), 300));
    assert_eq!(scene.verified(), [300]);
    scene.show(at(board(), 299));
    let (evidence, is_proof) = scene.alarm("rollback", &[]);
    assert!(!is_proof && judged(&evidence) == Some(1));
    scene.show(at(board(), 301));
    assert_eq!(scene.verified(), [300, 301]);
}

#[test]
fn an_old_state_that_was_only_late_is_none() {
    let scene = Scene::new(at(board(), 300));
    let mut follower = scene.spawn(&[]);
    follower.next("head");
    scene.show(at(board(), 299));
    let waiting = follower.next("waiting");
    assert!(waiting["message"].as_str().unwrap().contains("looked at once more"), "{waiting}");
    scene.show(board().files());
    assert_eq!(follower.next("report")["report"]["verdict"], "valid");
}

#[test]
fn what_is_withheld_is_asked_for_again_and_then_an_alarm() {
    let grown = || at(board(), 520);
    let names: Vec<String> = grown().into_keys().filter(|name| name.starts_with("tile/")).collect();
    for name in names.iter().filter(|name| *name != "tile/0/000" && *name != "tile/entries/000") {
        let scene = Scene::new(at(board(), 300));
        assert_eq!(scene.verified(), [300]);
        let mut files = grown();
        files.remove(name).unwrap();
        scene.show(files);
        let (evidence, is_proof) = scene.alarm("file_missing", &["--patience", "0"]);
        assert!(!is_proof, "{name}");
        let told = std::fs::read_to_string(Path::new(&evidence).join("README.txt")).unwrap();
        assert!(told.contains(name) && told.contains("no proof of a lie"), "{told}");
        // It is mended in the meantime.
        let mut follower = scene.spawn(&[]);
        assert_eq!(follower.next("head")["size"], 300);
        assert!(follower.next("waiting")["message"].as_str().unwrap().contains(name.as_str()));
        scene.show(grown());
        assert_eq!(follower.next("head")["size"], 520);
    }
    // A length that no such file has.
    let scene = Scene::new(grown());
    scene.files.lock().unwrap().get_mut("tile/0/001").unwrap().pop();
    let (evidence, _) = scene.alarm("file_malformed", &["--patience", "0"]);
    assert_eq!(std::fs::read(Path::new(&evidence).join("served/tile/0/001")).unwrap().len(), 256 * 32 - 1);
}

#[test]
fn wrong_files_do_not_poison_the_folder() {
    let names: Vec<String> = at(board(), 520).into_keys().filter(|name| name.starts_with("tile/")).collect();
    for name in &names {
        let mut files = at(board(), 520);
        *files.get_mut(name).unwrap().last_mut().unwrap() ^= 1;
        let wrong = files[name].clone();
        let scene = Scene::new(files);
        let (evidence, is_proof) = scene.alarm("root_mismatch", &[]);
        assert!(!is_proof, "{name}");
        assert_eq!(std::fs::read(Path::new(&evidence).join("served").join(name)).unwrap(), wrong);
        // Nothing of it was kept.
        scene.show(at(board(), 520));
        assert_eq!(scene.verified(), [520], "{name}");
        assert_eq!(scene.record(), at(board(), 520));
    }
    // One that comes wrong once only is no alarm.
    for name in names {
        let (files, first) = (at(board(), 520), AtomicUsize::new(0));
        let served = name.clone();
        let web = serve(move |asked| match asked == served && first.fetch_add(1, Ordering::SeqCst) == 0 {
            true => answer("200 OK", "", &files[asked].iter().rev().copied().collect::<Vec<_>>()),
            false => file(&files, asked),
        });
        let scene = Scene { files: Arc::default(), web, folder: tempfile::tempdir().unwrap() };
        assert_eq!(scene.verified(), [520], "{name}");
    }
}

#[test]
fn what_an_unfinished_download_left_behind_is_not_believed() {
    let scene = Scene::new(at(board(), 520));
    for (name, bytes) in at(board(), 520).into_iter().filter(|(name, _)| name.starts_with("tile/")) {
        let path = scene.folder.path().join("record").join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, vec![7; bytes.len()]).unwrap();
    }
    std::fs::write(scene.folder.path().join("record/checkpoint.incoming"), b"half").unwrap();
    assert_eq!(scene.verified(), [520]);
    assert_eq!(scene.record(), at(board(), 520));
    // What was verified and has changed since is the disk's fault, and nothing is said of the board.
    let path = scene.folder.path().join("record/tile/entries/001");
    let mut bytes = std::fs::read(&path).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    std::fs::write(&path, bytes).unwrap();
    let (status, _, says) = scene.once(&[]);
    assert_eq!(status, 2);
    assert!(says.contains("is damaged") && says.contains("Move it away"), "{says}");
    std::fs::remove_dir_all(scene.folder.path().join("record")).unwrap();
    assert_eq!(scene.verified(), [520]);
}

#[test]
fn an_entry_that_breaks_a_rule_is_caught_with_its_proof() {
    let tamper = Tamper { label: "open", change: |draft| flip(draft.key(2), 0) };
    let world = build(Plan::default(), Some(tamper));
    let index = world.tampered.unwrap() as usize;
    let entries = world.board.entries.clone();
    let board = |size| {
        let mut board = build(Plan::default(), None).board;
        board.entries = entries[..size].to_vec();
        board.files()
    };
    let scene = Scene::new(board(index));
    assert_eq!(scene.verified(), [index as u64]);
    scene.show(board(index + 3));
    for _ in 0..2 {
        let (evidence, _) = scene.alarm("keys_mismatch", &[]);
        let saved = |name: &str| std::fs::read(Path::new(&evidence).join(name)).unwrap();
        assert_eq!(saved("numbered.entry"), entries[index]);
        let proof = String::from_utf8(saved("numbered.tlog-proof")).unwrap();
        assert!(proof.starts_with(&format!("c2sp.org/tlog-proof@v1\nindex {index}\n")), "{proof}");
        assert!(proof.ends_with(&String::from_utf8(saved("checkpoint")).unwrap()));
    }
    let first: Value = scene.once(&[]).1[0].clone();
    assert_eq!(first["size"], index, "no head behind it is verified");
}

#[test]
fn a_rule_that_is_broken_by_itself_is_proof_for_everybody() {
    let tamper = Tamper { label: "open", change: |draft| draft.signer = Some(signing_key("another")) };
    let scene = Scene::new(build(Plan::default(), Some(tamper)).board.files());
    let (evidence, is_proof) = scene.alarm("signature_invalid", &[]);
    assert!(is_proof && judged(&evidence) == Some(0));
    std::fs::remove_file(Path::new(&evidence).join("manifest.entry")).unwrap();
    assert_eq!(judged(&evidence), Some(1));
}

#[test]
fn keys_and_signatures_of_others_are_caught() {
    let other = || Board { log: signing_key("another log"), ..board() };
    let mixed = |key: Files, checkpoint: Files| {
        let mut files = at(board(), 300);
        files.insert("log.vkey".to_owned(), key["log.vkey"].clone());
        files.insert("checkpoint".to_owned(), checkpoint["checkpoint"].clone());
        files
    };
    let mut malformed = at(board(), 300);
    malformed.insert("checkpoint".to_owned(), b"no checkpoint\n".to_vec());
    let cases = [
        (mixed(board().files(), other().files()), "checkpoint_signature"),
        (mixed(other().files(), board().files()), "log_key_mismatch"),
        (other().files(), "log_key_mismatch"),
        (malformed, "checkpoint_malformed"),
    ];
    for (files, code) in cases {
        let scene = Scene::new(at(board(), 300));
        assert_eq!(scene.verified(), [300]);
        scene.show(files);
        let (evidence, is_proof) = scene.alarm(code, &[]);
        assert!(!is_proof);
        assert_eq!(Path::new(&evidence).join("shown.vkey").exists(), code == "log_key_mismatch");
        scene.show(board().files());
        scene.verified();
    }
    // At the first look the manifest tells that the key is another.
    let scene = Scene::new(other().files());
    scene.alarm("log_key_mismatch", &[]);
    assert!(!scene.folder.path().join("seen.vkey").exists());
}

#[test]
fn another_election_is_caught_and_not_remembered() {
    let scene = Scene::new(at(board(), 300));
    scene.alarm("fingerprint_differs", &["--expect", &"0".repeat(32)]);
    assert!(!scene.folder.path().join("seen.vkey").exists());
    let (_, lines, _) = scene.once(&[]);
    let fingerprint = lines[0]["fingerprint"].as_str().unwrap();
    assert_eq!(lines[0]["expected_fingerprint"], "not given");
    let (status, lines, _) = scene.once(&["--expect", fingerprint]);
    assert_eq!((status, &lines[0]["expected_fingerprint"]), (0, &"match".into()));
    let (status, _, says) = scene.once(&["--expect", &"0".repeat(32)]);
    assert_eq!(status, 2, "{says}");
}

#[test]
fn a_checkpoint_without_its_witnesses_is_waited_for_and_then_an_alarm() {
    let bare = || {
        let mut board = board();
        board.entries.truncate(300);
        let cosigned = board.checkpoint();
        let (text, _) = cosigned.split_once("\n\n").unwrap();
        let mut files = board.files();
        files.insert("checkpoint".to_owned(), board.note(&format!("{text}\n"), false).into_bytes());
        files
    };
    let scene = Scene::new(bare());
    let (_, is_proof) = scene.alarm("checkpoint_quorum", &["--patience", "0"]);
    assert!(!is_proof);
    let mut follower = scene.spawn(&[]);
    let waiting = follower.next("waiting");
    assert!(waiting["message"].as_str().unwrap().contains("without the cosignatures"), "{waiting}");
    assert!(!scene.folder.path().join("seen.vkey").exists(), "nothing is remembered of it");
    scene.show(at(board(), 300));
    assert_eq!(follower.next("head")["quorum"], "met");
    drop(follower);
    // One that bears fewer again changes nothing.
    scene.show(bare());
    assert_eq!(scene.once(&["--patience", "0"]).1[0]["quorum"], "met");
}

#[test]
fn a_board_that_is_not_there_is_waited_for_but_not_from_cron() {
    let scene = Scene::new(Files::new());
    let (status, lines, says) = scene.once(&[]);
    assert_eq!((status, &lines[0]["event"]), (2, &"failed".into()), "{says}");
    let mut follower = scene.spawn(&[]);
    follower.next("waiting");
    // Only one works in the folder.
    let (status, _, says) = scene.once(&[]);
    assert!(status == 2 && says.contains("another program works in"), "{says}");
    scene.show(board().files());
    assert_eq!(follower.next("report")["report"]["verdict"], "valid");
    assert_eq!(follower.child.wait().unwrap().code(), Some(0));
}
