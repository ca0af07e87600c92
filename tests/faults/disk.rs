//! Disks that take no more. The test has file systems of its own, which end with it.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use tabella_client::remote::RemoteError;
use tabella_town::plan::Plan;
use tabella_town::server::Server;

use crate::scene::{PLENTIFUL, Receipt, Scene};

/// Set where a test may mount what it likes.
const NAMESPACE: &str = "TABELLA_TEST_NAMESPACE";

/// Runs the test of this name where it may mount, unless it runs there already; says whether it does.
fn is_alone(test: &str) -> bool {
    if std::env::var_os(NAMESPACE).is_some() {
        return true;
    }
    let mut again = Command::new("unshare");
    again.args(["--map-root-user", "--mount", "--"]).arg(std::env::current_exe().unwrap());
    let ended = again.args([test, "--exact", "--nocapture"]).env(NAMESPACE, "1").status().unwrap();
    assert!(ended.success(), "{ended} (does this system allow user namespaces?)");
    false
}

fn mount(arguments: &[&str], folder: &Path) {
    fs::create_dir_all(folder).unwrap();
    let mounted = Command::new("mount").args(arguments).arg(folder).status().unwrap();
    assert!(mounted.success(), "mount {arguments:?}: {mounted}");
}

/// Puts the boards of a scene on a file system of 16 MiB.
fn moved_to_small_disk(scene: &Scene) -> PathBuf {
    let disk = scene.folder.path().join("disk");
    mount(&["-t", "tmpfs", "-o", "size=16m", "tmpfs"], &disk);
    let mut boards = scene.election.server.folder().as_os_str().to_owned();
    boards.push("/.");
    assert!(Command::new("cp").arg("-a").arg(boards).arg(&disk).status().unwrap().success());
    disk
}

/// Fills the disk but for so many KiB.
fn fill(filler: &Path, but: usize) {
    let mut file = fs::File::create(filler).unwrap();
    let block = [1; 1024];
    while file.write_all(&block).is_ok() {}
    let full = file.metadata().unwrap().len();
    file.set_len(full.saturating_sub(1024 * but as u64)).unwrap();
}

fn code(outcome: &Result<Receipt, RemoteError>) -> &str {
    outcome.as_ref().map_or_else(|error| error.code().unwrap(), |_| "")
}

/// The server does not start, and says so in one of these ways: which, depends on the file that it needs first.
#[track_caller]
fn assert_refused(server: &mut Server, words: &[&str]) {
    let refusal = server.start().unwrap_err().to_string();
    let last = refusal.trim_end().lines().last().unwrap();
    assert!(words.iter().any(|words| last.contains(words)), "{last}");
}

#[test]
fn a_disk_that_takes_no_more_stops_the_board_and_loses_nothing() {
    if !is_alone("disk::a_disk_that_takes_no_more_stops_the_board_and_loses_nothing") {
        return;
    }
    let mut scene = Scene::open(Plan::orchard(1, 1, 1));
    let disk = moved_to_small_disk(&scene);
    let filler = disk.join("filler");
    let remote = scene.impatient();
    let mut receipts = Vec::new();
    {
        let mut voter = scene.voter(0);
        let mut server = scene.server(&disk, &PLENTIFUL);
        // It becomes full in the middle of different steps: the queue, the commit, a tile, the checkpoint.
        for room in [0, 8, 24, 40, 56, 72, 96] {
            server.start().unwrap();
            fill(&filler, room);
            let (ballot, refused) = loop {
                let ballot = voter.ballot();
                match voter.cast(&remote, &ballot) {
                    Ok(receipt) => receipts.push(receipt),
                    refused => break (ballot, refused),
                }
            };
            assert_eq!(code(&refused), "unavailable");
            // The server lives, says so, and shows what it has shown before.
            assert_eq!(server.get("/_live").unwrap().0, 200);
            let (status, problem) = server.get("/_ready").unwrap();
            assert!(status == 503 && String::from_utf8(problem).unwrap().contains("unavailable"));
            let last = receipts.last().map_or(0, |(index, _)| *index);
            assert_eq!(server.get(&format!("/orchard/entries/{last}")).unwrap().0, 200);
            server.stop().unwrap_err();

            fs::remove_file(&filler).unwrap();
            server.start().unwrap();
            receipts.push(voter.cast(&remote, &ballot).unwrap());
            server.stop().unwrap();
        }
        let log = fs::read_to_string(server.log()).unwrap();
        assert!(log.contains("a board has stopped and takes no entries any more"), "{log}");
        assert!(log.contains("database or disk is full") && log.contains("No space left on device"), "{log}");
        // Without any room it does not start, and says why.
        fs::remove_dir_all(disk.join("orchard/record/tile")).unwrap();
        fill(&filler, 0);
        assert_refused(&mut server, &["disk I/O error", "database or disk is full", "No space left on device"]);
        fs::remove_file(&filler).unwrap();

        mount(&["-o", "remount,ro"], &disk);
        assert_refused(&mut server, &["unable to open database file", "Read-only file system"]);
        mount(&["-o", "remount,rw"], &disk);
    }
    scene.end(&disk, &receipts);
}
