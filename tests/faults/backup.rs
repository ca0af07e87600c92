//! Copies of a board that runs, and what becomes of those who start from them. Tests docs/operations.md.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use sqlx::Connection;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use tabella_client::remote::Remote;
use tabella_town::election::Election;
use tabella_town::plan::Plan;
use tabella_town::programs::{Ended, Programs};
use tabella_town::server::Server;

use crate::scene::{PLENTIFUL, Receipt, Scene};

/// Copies the boards; says how many entries the copy holds.
fn back_up(boards: &Path, out: &Path) -> u64 {
    let mut command = Programs::beside_this_one().unwrap().command("tabella");
    command.args(["board", "backup", "--json", "--data"]).arg(boards).arg("--out").arg(out);
    let told: Value = serde_json::from_str(&Ended::run(&mut command).unwrap().done().unwrap()).unwrap();
    told["boards"][0]["size"].as_u64().unwrap()
}

fn cast(scene: &Scene, number: usize, remote: &Remote) -> Receipt {
    let mut voter = scene.voter(number);
    let ballot = voter.ballot();
    voter.cast(remote, &ballot).unwrap()
}

/// A copy that a server could be started from, and what is where it runs.
fn started(scene: &Scene) -> (Server, PathBuf) {
    let boards = scene.election.server.folder().to_owned();
    let mut server = scene.server(&boards, &PLENTIFUL);
    server.start().unwrap();
    (server, boards)
}

#[test]
fn a_copy_of_a_board_that_runs_is_whole_and_goes_on() {
    let mut scene = Scene::open(Plan::orchard(3, 1, 1));
    let (mut server, boards) = started(&scene);
    let remote = scene.patient();
    let mut receipts = vec![cast(&scene, 0, &remote)];
    let copies: Vec<(PathBuf, u64)> = std::thread::scope(|scope| {
        let votes = scope.spawn(|| {
            let mut voter = scene.voter(1);
            let cast = |_| {
                let ballot = voter.ballot();
                voter.cast(&remote, &ballot).unwrap()
            };
            (0..40).map(cast).collect::<Vec<Receipt>>()
        });
        let copies = (0..4).map(|number| {
            let out = scene.folder.path().join(format!("copy-{number}"));
            let size = back_up(&boards, &out);
            (out, size)
        });
        let copies = copies.collect();
        receipts.extend(votes.join().unwrap());
        copies
    });
    receipts.push(cast(&scene, 2, &remote));
    let newest = scene.folder.path().join("newest");
    let size = back_up(&boards, &newest);
    assert_eq!(Some(size), receipts.last().map(|(index, _)| index + 1));
    server.kill().unwrap();
    // Each of the others is a whole board of an earlier moment, as its own server finds.
    for (copy, size) in copies {
        let mut old = scene.server(&copy, &[]);
        old.start().unwrap();
        let status: Value = serde_json::from_slice(&old.get("/orchard/status").unwrap().1).unwrap();
        assert_eq!(status["size"], size);
        old.stop().unwrap();
    }
    scene.end(&newest, &receipts);
}

#[test]
fn an_old_copy_does_not_start_beside_the_newest_record_nor_before_witnesses() {
    let scene = Scene::open(Plan::orchard(1, 1, 1).witnessed(1, 1));
    let (mut server, boards) = started(&scene);
    let copy = scene.folder.path().join("copy");
    let size = back_up(&boards, &copy);
    let (index, _) = cast(&scene, 0, &scene.patient());
    // It is published, so the witness has seen it.
    scene.wait_until_published(&server, index);
    server.stop().unwrap();
    let refusal = || scene.server(&copy, &[]).start().unwrap_err().to_string();
    // The record is there still, or an observer has it.
    fs::rename(boards.join("orchard/record"), copy.join("orchard/record")).unwrap();
    let first = refusal();
    let expected = format!("the published checkpoint has {} entries, but the store has only {size}", size + 1);
    assert!(first.contains(&expected) && first.contains("Bring back the newest store"), "{first}");

    fs::remove_dir_all(copy.join("orchard/record")).unwrap();
    let both = refusal();
    let second = both.strip_prefix(&first).unwrap();
    assert!(second.contains("has cosigned a checkpoint of") && second.contains("old copy"), "{second}");
}

fn refused(boards: &Path, out: &Path) -> String {
    let mut command = Programs::beside_this_one().unwrap().command("tabella");
    command.args(["board", "backup", "--data"]).arg(boards).arg("--out").arg(out);
    Ended::run(&mut command).unwrap().refused().unwrap()
}

#[test]
fn a_copy_is_never_mixed_with_another() {
    let folder = tempfile::tempdir().unwrap();
    let boards = folder.path().join("boards");
    fs::create_dir(&boards).unwrap();
    assert!(refused(&boards, &folder.path().join("copy")).contains("there is no store"));
    fs::write(boards.join("board.sqlite"), b"").unwrap();
    assert!(refused(&boards, &boards).contains("is there already"));
    assert!(!folder.path().join("copy").exists());
}

#[test]
fn a_damaged_store_is_no_backup() {
    let folder = tempfile::tempdir().unwrap();
    let programs = Programs::beside_this_one().unwrap();
    let mut election = Election::gather(&programs, folder.path(), Plan::orchard(1, 1, 1)).unwrap();
    election.publish_manifest().unwrap();
    election.server.stop().unwrap();
    let boards = election.server.folder();
    let damage = async {
        let options = SqliteConnectOptions::new().filename(boards.join("board.sqlite"));
        let mut raw = SqliteConnection::connect_with(&options).await.unwrap();
        for statement in ["drop trigger entry_never_updated", "update entry set bytes = x'00' where entry_index = 0"] {
            sqlx::query(statement).execute(&mut raw).await.unwrap();
        }
        raw.close().await.unwrap();
    };
    tokio::runtime::Runtime::new().unwrap().block_on(damage);
    let copy = folder.path().join("copy");
    let refusal = refused(boards, &copy);
    assert!(refusal.contains("the store is damaged. Keep the last copy"), "{refusal}");
    assert!(!copy.join("orchard/board.toml").exists(), "no server takes it for a board");
}
