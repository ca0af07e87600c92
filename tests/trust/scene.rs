//! A town in which voting is open, and an operator who can keep more than one history.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use serde_json::Value;
use tabella_town::election::{Election, Voter};
use tabella_town::plan::Plan;
use tabella_town::programs::{Ended, Programs};
use tabella_town::role::Role;
use tabella_town::server::Server;
use tabella_town::witness::Witness;
use tempfile::TempDir;

use crate::finding::Proof;
use crate::forgery::Forgery;
use crate::front::Front;

pub struct Scene {
    folder: TempDir,
    pub election: Election,
    codes: Vec<String>,
}

impl Scene {
    /// With three voters and a trustee.
    pub fn open() -> Self {
        Self::of(Plan::orchard(3, 1, 1))
    }

    /// The same with four witnesses, of whom three must cosign.
    pub fn witnessed() -> Self {
        Self::of(Plan::orchard(3, 1, 1).witnessed(4, 3))
    }

    fn of(plan: Plan) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (election, codes) = Election::voting(&programs(), folder.path(), plan).unwrap();
        Self { folder, election, codes }
    }

    /// The folder of the board.
    pub fn board(&self) -> PathBuf {
        self.election.server.folder().join("orchard")
    }

    /// A way to the board that nobody else takes.
    pub fn front(&self) -> Front {
        Front::before(&self.election.server.base())
    }

    /// The address of the election on somebody's way.
    pub fn address(front: &Front) -> String {
        format!("{}/orchard", front.base())
    }

    /// A voter on her way.
    pub fn voter(&self, number: usize, front: &Front) -> Voter {
        self.election.voter(number, &self.codes[number]).unwrap().at(&Self::address(front))
    }

    /// The same voter at another machine of hers.
    pub fn voter_elsewhere(&self, number: usize, front: &Front) -> Voter {
        self.election.voter(number + 10, &self.codes[number]).unwrap().at(&Self::address(front))
    }

    /// From here on the operator keeps a second history beside the first, with another server.
    pub fn second_history(&mut self) -> Server {
        let mut second = self.second_folder();
        second.start().unwrap();
        second
    }

    /// From here on the operator keeps a second history beside the first, and numbers in it what no server of ours would.
    pub fn forged_history(&mut self) -> Arc<Forgery> {
        Arc::new(Forgery::of(&self.second_folder()))
    }

    fn second_folder(&mut self) -> Server {
        let folder = self.folder.path().join("second");
        self.election.server.stop().unwrap();
        copy(self.election.server.folder(), &folder);
        self.election.server.start().unwrap();
        self.election.server.beside(&folder).unwrap()
    }

    /// A witness forgets, from here on, what it signs: gives it as it is now.
    pub fn crooked_witness(&mut self, number: usize) -> Witness {
        let parent = self.folder.path().join("crooked");
        let witness = &mut self.election.witnesses[number];
        witness.stop().unwrap();
        let crooked = witness.copied(&programs(), &parent).unwrap();
        witness.start(&[]).unwrap();
        crooked
    }

    /// An observer who keeps a copy of the record looks at the board.
    pub fn mirror(&self, front: &Front) -> Ended {
        let mut command = programs().command("tabella");
        command.arg("mirror").arg(Self::address(front)).arg(self.observer());
        command.args(["--expect", self.election.fingerprint().unwrap(), "--patience", "0"]);
        Ended::run(&mut command).unwrap()
    }

    /// An observer who follows the board with the verifier looks at it.
    pub fn follow(&self, front: &Front) -> Ended {
        let mut command = programs().command("tabella-verify");
        command.args(["follow", "--once", "--every", "1", "--patience", "0", "--dir"]).arg(self.follower());
        command.args(["--expect", self.election.fingerprint().unwrap(), &Self::address(front)]);
        Ended::run(&mut command).unwrap()
    }

    /// The folder of the observer who follows the board.
    pub fn follower(&self) -> PathBuf {
        self.folder.path().join("follower")
    }

    /// Somebody who was never there verifies the record, and asks the witnesses; gives what they say.
    pub fn ask_witnesses(&self, front: &Front, evidence: &Path) -> Value {
        let mut command = programs().command("tabella-verify");
        command.args(["--json", "--unfinished", "--ask-witnesses", "--evidence"]).arg(evidence);
        command.args(["--expect", self.election.fingerprint().unwrap(), &Self::address(front)]);
        let report: Value = serde_json::from_str(&Ended::run(&mut command).unwrap().stdout).unwrap();
        report["witnesses"].clone()
    }

    /// Somebody downloads the record; gives its folder.
    pub fn download(&self, front: &Front, name: &str) -> PathBuf {
        let folder = self.folder.path().join(name);
        let mut command = programs().command("tabella-verify");
        command.args(["--unfinished", "--keep"]).arg(&folder);
        command.args(["--expect", self.election.fingerprint().unwrap(), &Self::address(front)]);
        Ended::run(&mut command).unwrap().done().unwrap();
        folder
    }

    /// What comes out when people compare their records.
    pub fn compare(&self, records: &[PathBuf]) -> (String, Proof) {
        let evidence = self.folder.path().join("compared");
        let mut command = programs().command("tabella-verify");
        command.args(["make-evidence", "--out"]).arg(&evidence).args(records);
        Ended::run(&mut command).unwrap().done().unwrap();
        ("that the log signed both".to_owned(), Proof::of(&self.election.judge_evidence(&evidence).unwrap()))
    }

    /// The folder of the observer.
    pub fn observer(&self) -> PathBuf {
        self.folder.path().join("observer")
    }

    /// The trustee decrypts, if the board lets it.
    pub fn trustee(&self, front: &Front) -> Ended {
        let address = Self::address(front);
        let expected = self.election.fingerprint().unwrap();
        let command = ["tally", "--board", &address, "--expect", expected, "--patience", "0"];
        self.election.trustees[0].run(&command).unwrap()
    }

    /// Where a voter's program keeps what it knows of the election.
    pub fn home(&self, voter: &Voter) -> PathBuf {
        voter.role.folder().join(self.election.fingerprint().unwrap())
    }

    /// What was saved as the latest evidence in a folder: the code in its name, and what the verifier says of it.
    pub fn evidence(&self, folder: &Path) -> (String, Proof) {
        self.latest_of(&folder.join("evidence"))
    }

    /// The same of a folder that holds nothing but evidence.
    pub fn latest_of(&self, folder: &Path) -> (String, Proof) {
        let saved = fs::read_dir(folder).unwrap().map(|found| found.unwrap().path());
        let latest = saved.max().unwrap();
        let name = latest.file_name().unwrap().to_str().unwrap();
        let code = format!("`{}`", name.split_once('-').unwrap().1);
        (code, Proof::of(&self.election.judge_evidence(&latest).unwrap()))
    }
}

pub fn programs() -> Programs {
    Programs::beside_this_one().unwrap()
}

/// A command that a voter types, and what comes of it.
pub fn run(voter: &Voter, command: &[&str]) -> Ended {
    let arguments = voter.arguments(command);
    voter.role.run(&arguments.iter().map(String::as_str).collect::<Vec<_>>()).unwrap()
}

/// The codes with which the verifier rejects the record on somebody's way.
pub fn verify(scene: &Scene, front: &Front) -> String {
    let mut command = programs().command("tabella-verify");
    command.args(["--json", "--unfinished", "--expect", scene.election.fingerprint().unwrap(), &Scene::address(front)]);
    let report: Value = serde_json::from_str(&Ended::run(&mut command).unwrap().stdout).unwrap();
    assert_eq!(report["verdict"], "invalid", "{report:#}");
    let checks = report["checks"].as_array().unwrap();
    let failures = checks.iter().flat_map(|check| check["failures"].as_array().unwrap());
    let codes: Vec<String> = failures.map(|failure| format!("`{}`", failure["code"].as_str().unwrap())).collect();
    codes.join(" ")
}

/// Whether a role was refused.
pub fn refused(ended: Ended) -> String {
    ended.refused().unwrap()
}

fn copy(from: &Path, to: &Path) {
    let status = Command::new("cp").arg("-a").arg(from).arg(to).status().unwrap();
    assert!(status.success());
}

/// Somebody's folder of a role.
pub fn folder(role: &Role) -> &Path {
    role.folder()
}
