//! Disks that take no more, of the board and of a witness. The test has file systems of its own, which end with it.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use tabella_client::remote::{Remote, RemoteError};
use tabella_election::text::Tracker;
use tabella_town::plan::Plan;
use tabella_town::programs::Programs;
use tabella_town::server::Server;

use crate::scene::{PLENTIFUL, Receipt, Scene, Voter};

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

/// A file system of 16 MiB.
fn small_disk(scene: &Scene, name: &str) -> PathBuf {
    let disk = scene.folder.path().join(name);
    mount(&["-t", "tmpfs", "-o", "size=16m", "tmpfs"], &disk);
    disk
}

/// What is wrong with a disk.
#[derive(Debug, Clone, Copy)]
enum Fault {
    /// It is full but for so many KiB.
    Full(usize),
    /// No file can be made, opened for writing, or removed. What a process has open it can still write to.
    ReadOnly,
}

impl Fault {
    fn befall(self, disk: &Path) {
        match self {
            Self::Full(but) => fill(&disk.join("filler"), but),
            // The system makes no disk read-only on which a file is open for writing, but whoever looks for a file finds this one above it.
            Self::ReadOnly => {
                let below = disk.to_str().unwrap();
                mount(&["--bind", below], disk);
                mount(&["-o", "remount,bind,ro"], disk);
            }
        }
    }

    fn end(self, disk: &Path) {
        match self {
            Self::Full(_) => fs::remove_file(disk.join("filler")).unwrap(),
            Self::ReadOnly => {
                let ended = Command::new("umount").arg("--lazy").arg(disk).status().unwrap();
                assert!(ended.success(), "umount: {ended}");
            }
        }
    }

    /// What programs say of it.
    fn words(self) -> &'static str {
        match self {
            Self::Full(_) => "No space left on device",
            Self::ReadOnly => "Read-only file system",
        }
    }
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

/// Votes until the board stops; gives the ballot that was refused.
fn vote_until_it_stops(voter: &mut Voter<'_>, remote: &Remote, receipts: &mut Vec<Receipt>) -> (Vec<u8>, Tracker) {
    let (ballot, refused) = loop {
        let ballot = voter.ballot();
        match voter.cast(remote, &ballot) {
            Ok(receipt) => receipts.push(receipt),
            refused => break (ballot, refused),
        }
    };
    assert_eq!(code(&refused), "unavailable");
    ballot
}

/// The ballot may be refused a moment before the server says of itself that it takes none.
fn wait_until_it_is_not_ready(server: &Server) {
    let deadline = Instant::now() + Duration::from_secs(60);
    loop {
        let (status, body) = server.get("/_ready").unwrap();
        if status == 503 {
            return assert!(String::from_utf8(body).unwrap().contains("unavailable"));
        }
        assert!(Instant::now() < deadline, "it says that it takes entries");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_disk_that_takes_no_more_stops_the_board_and_loses_nothing() {
    if !is_alone("disk::a_disk_that_takes_no_more_stops_the_board_and_loses_nothing") {
        return;
    }
    let mut scene = Scene::open(Plan::orchard(1, 1, 1));
    let disk = small_disk(&scene, "disk");
    let mut boards = scene.election.server.folder().as_os_str().to_owned();
    boards.push("/.");
    assert!(Command::new("cp").arg("-a").arg(boards).arg(&disk).status().unwrap().success());
    let remote = scene.impatient();
    let mut receipts = Vec::new();
    {
        let mut voter = scene.voter(0);
        let mut server = scene.server(&disk, &PLENTIFUL);
        server.start().unwrap();
        // It becomes full in the middle of different steps: the queue, the commit, a tile, the checkpoint.
        for fault in [0, 8, 24, 40, 56, 72, 96].map(Fault::Full).into_iter().chain([Fault::ReadOnly]) {
            fault.befall(&disk);
            let ballot = vote_until_it_stops(&mut voter, &remote, &mut receipts);
            // The server lives, says so, and shows what it has shown before.
            assert_eq!(server.get("/_live").unwrap().0, 200);
            wait_until_it_is_not_ready(&server);
            let last = receipts.last().map_or(0, |(index, _)| *index);
            assert_eq!(server.get(&format!("/orchard/entries/{last}")).unwrap().0, 200);
            server.stop().unwrap_err();

            fault.end(&disk);
            server.start().unwrap();
            receipts.push(voter.cast(&remote, &ballot).unwrap());
        }
        server.stop().unwrap();
        let log = fs::read_to_string(server.log()).unwrap();
        assert!(log.contains("a board has stopped and takes no entries any more"), "{log}");
        assert!(log.contains("database or disk is full") && log.contains("No space left on device"), "{log}");
        assert!(log.contains("Read-only file system"), "{log}");
        // Without any room it does not start, and says why.
        fs::remove_dir_all(disk.join("orchard/record/tile")).unwrap();
        Fault::Full(0).befall(&disk);
        assert_refused(&mut server, &["disk I/O error", "database or disk is full", "No space left on device"]);
        Fault::Full(0).end(&disk);

        mount(&["-o", "remount,ro"], &disk);
        assert_refused(&mut server, &["unable to open database file", "Read-only file system"]);
        mount(&["-o", "remount,rw"], &disk);
    }
    scene.end(&disk, &receipts);
}

/// Waits until the witness has been asked, and has not signed.
fn wait_until_the_witness_refuses(scene: &Scene) {
    let deadline = Instant::now() + Duration::from_secs(60);
    loop {
        let status = scene.election.status().unwrap();
        if status["witnesses"][0]["answer"] == "refused" {
            return;
        }
        assert!(Instant::now() < deadline, "it signs, or is not asked: {status}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_witness_whose_disk_takes_no_more_signs_nothing_and_goes_on_later() {
    if !is_alone("disk::a_witness_whose_disk_takes_no_more_signs_nothing_and_goes_on_later") {
        return;
    }
    let mut scene = Scene::open(Plan::orchard(1, 1, 1).witnessed(1, 1));
    let boards = scene.election.server.folder().to_owned();
    let mut witness = scene.election.witnesses.remove(0);
    witness.stop().unwrap();
    // Its log stands beside its folder, on another disk.
    let disk = small_disk(&scene, &format!("moved/{}", witness.name()));
    let mut witness = witness.copied(&Programs::beside_this_one().unwrap(), disk.parent().unwrap()).unwrap();
    witness.start(&["--moved"]).unwrap();
    let mut server = scene.server(&boards, &PLENTIFUL);
    server.start().unwrap();
    let remote = scene.patient();
    let mut receipts: Vec<Receipt> = Vec::new();
    {
        let mut voter = scene.voter(0);
        let mut cast = || {
            let ballot = voter.ballot();
            let receipt = voter.cast(&remote, &ballot).unwrap();
            let index = receipt.0;
            receipts.push(receipt);
            index
        };
        for fault in [Fault::Full(0), Fault::ReadOnly] {
            scene.wait_until_published(&server, cast());
            let published = server.get("/orchard/checkpoint").unwrap();
            fault.befall(&disk);
            let received = cast();
            wait_until_the_witness_refuses(&scene);
            assert_eq!(server.get("/orchard/checkpoint").unwrap(), published);
            let log = fs::read_to_string(witness.log()).unwrap();
            assert!(log.contains("nothing was cosigned") && log.contains(fault.words()), "{log}");
            // It goes on by itself, and another time from what is on the disk alone.
            if matches!(fault, Fault::ReadOnly) {
                witness.kill().unwrap();
                fault.end(&disk);
                witness.start(&[]).unwrap();
            } else {
                fault.end(&disk);
            }
            scene.wait_until_published(&server, received);
        }
    }
    server.stop().unwrap();
    scene.end(&boards, &receipts);
}
