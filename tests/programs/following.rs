//! The verifier follows a whole election while itself and the server are killed again and again.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use rand_chacha::ChaCha20Rng;
use rand_core::{Rng, SeedableRng};
use serde_json::Value;
use tabella_town::election::Election;
use tabella_town::plan::Plan;
use tabella_town::programs::Programs;

use crate::plans::open;

const KILLS: usize = 25;

/// As long as a follower may take to see what has happened.
const LONGEST: Duration = Duration::from_secs(120);

fn command(election: &Election, folder: &Path) -> Command {
    let mut command = Programs::beside_this_one().unwrap().command("tabella-verify");
    command.args(["follow", "--json", "--every", "1", "--expect", election.fingerprint().unwrap(), "--dir"]);
    command.arg(folder).arg(election.address());
    command
}

/// The exit status of a run up to the present.
fn once(election: &Election, folder: &Path) -> Option<i32> {
    let mut command = command(election, folder);
    command.arg("--once").stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap().code()
}

struct Follower {
    child: Child,
    lines: Receiver<Value>,
}

impl Follower {
    fn start(election: &Election, folder: &Path) -> Self {
        Self::spawn(&mut command(election, folder))
    }

    fn spawn(command: &mut Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        let (sender, lines) = channel();
        std::thread::spawn(move || {
            for line in output.lines().map_while(Result::ok) {
                drop(sender.send(serde_json::from_str(&line).unwrap()));
            }
        });
        Self { child, lines }
    }

    /// The next line of which this holds.
    fn wait_for(&self, wanted: impl Fn(&Value) -> bool) -> Value {
        loop {
            let line = self.lines.recv_timeout(LONGEST).unwrap();
            assert_ne!(line["event"], "alarm", "{line}");
            if wanted(&line) {
                return line;
            }
        }
    }

    fn kill(&mut self) {
        drop(self.child.kill());
        self.child.wait().unwrap();
    }
}

impl Drop for Follower {
    fn drop(&mut self) {
        self.kill();
    }
}

#[test]
fn an_election_is_followed_to_its_end_though_everything_is_killed() {
    let folder = tempfile::tempdir().unwrap();
    let (mut election, codes) = open(folder.path(), Plan::orchard(3, 1, 1));
    let city = folder.path().join("city");
    let rng = &mut ChaCha20Rng::from_seed([7; 32]);

    // From the beginning, killed at any time; what was verified never goes back.
    let mut verified = 0;
    for _ in 0..KILLS {
        let mut follower = Follower::start(&election, &city);
        std::thread::sleep(Duration::from_millis(u64::from(rng.next_u32() % 120)));
        follower.kill();
        for line in follower.lines.iter() {
            assert_eq!(line["event"], "head", "{line}");
            assert!(line["size"].as_u64().unwrap() >= verified, "{line}");
            verified = line["size"].as_u64().unwrap();
        }
    }

    let mut follower = Follower::start(&election, &city);
    let open = follower.wait_for(|line| line["event"] == "head");
    assert_eq!(open["phase"], "voting");
    let first = open["size"].as_u64().unwrap();
    election.voter(0, &codes[0]).unwrap().vote("pear").unwrap();
    follower.wait_for(|line| line["size"] == first + 1);

    // The server goes away and comes back.
    election.server.kill().unwrap();
    follower.wait_for(|line| line["event"] == "waiting");
    election.server.start().unwrap();
    election.voter(1, &codes[1]).unwrap().vote("plum").unwrap();
    follower.wait_for(|line| line["size"] == first + 2);

    // Both go away.
    election.server.kill().unwrap();
    follower.kill();
    election.server.start().unwrap();
    election.voter(2, &codes[2]).unwrap().vote("plum").unwrap();
    let mut follower = Follower::start(&election, &city);
    follower.wait_for(|line| line["size"] == first + 3);

    election.close().unwrap();
    election.decrypt(&[0]).unwrap();
    election.publish().unwrap();
    let report = follower.wait_for(|line| line["event"] == "report");
    assert_eq!(report["report"]["verdict"], "valid", "{report}");
    assert_eq!(follower.child.wait().unwrap().code(), Some(0));
    let (own, served) = (city.join("record"), election.server.folder().join("orchard/record"));
    assert!(Command::new("diff").arg("-r").args([own, served]).status().unwrap().success());
    assert!(!city.join("evidence").exists());
}

#[test]
fn a_board_restored_from_a_backup_is_caught_by_who_follows_it() {
    let folder = tempfile::tempdir().unwrap();
    let (mut election, codes) = open(folder.path(), Plan::orchard(2, 1, 1));
    election.server.stop().unwrap();
    let before = folder.path().join("before");
    assert!(Command::new("cp").arg("-a").arg(election.server.folder()).arg(&before).status().unwrap().success());
    election.server.start().unwrap();
    election.voter(0, &codes[0]).unwrap().vote("pear").unwrap();
    let city = folder.path().join("city");
    assert_eq!(once(&election, &city), Some(0));
    election.server.stop().unwrap();

    let mut restored = election.server.at_same_address(&before).unwrap();
    restored.start().unwrap();
    assert_eq!(once(&election, &city), Some(1));
    assert!(city.join("evidence/001-rollback/seen.checkpoint").is_file());
    election.voter(1, &codes[1]).unwrap().vote("apple").unwrap();
    assert_eq!(once(&election, &city), Some(1));
    let judged = election.judge_evidence(&city.join("evidence/002-fork")).unwrap();
    assert_eq!(judged["verdict"], "proved", "{judged}");
}

#[test]
fn the_witnesses_of_an_election_are_asked() {
    let folder = tempfile::tempdir().unwrap();
    let (mut election, codes) = open(folder.path(), Plan::orchard(1, 1, 1).witnessed(3, 2));
    let city = folder.path().join("city");
    let mut asking = command(&election, &city);
    let mut follower = Follower::spawn(asking.arg("--ask-witnesses"));
    let head = follower.wait_for(|line| line["event"] == "head");
    assert_eq!((&head["quorum"], &head["witnesses"]), (&"met".into(), &3.into()));
    election.witnesses[2].kill().unwrap();
    election.voter(0, &codes[0]).unwrap().vote("pear").unwrap();
    election.close().unwrap();
    election.decrypt(&[0]).unwrap();
    election.publish().unwrap();
    let report = follower.wait_for(|line| line["event"] == "report")["report"].clone();
    assert_eq!(report["verdict"], "valid", "{report:#}");
    let standing = |number: usize| report["witnesses"][number]["standing"].as_str().unwrap().to_owned();
    // A quorum has cosigned the end, and may have done so before the other that runs was asked.
    assert!(["same", "behind"].contains(&standing(0).as_str()), "{report:#}");
    assert!([standing(0), standing(1)].contains(&"same".to_owned()), "{report:#}");
    assert_eq!(standing(2), "no_answer");
    assert_eq!(follower.child.wait().unwrap().code(), Some(0));
}
