//! A trustee with a folder and the real program.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use data_encoding::HEXLOWER;
use serde_json::Value;
use tabella_client::parcel::Parcel;
use tempfile::TempDir;

use crate::scene::Scene;

/// The exit status of a command that waits for others.
pub const WAITING: i32 = 3;

/// How the program ended.
#[derive(Debug)]
pub struct Ended {
    pub status: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Ended {
    #[track_caller]
    pub fn done(self) -> String {
        assert_eq!(self.status, 0, "{self:?}");
        self.stdout
    }

    #[track_caller]
    pub fn waits(self) -> String {
        assert_eq!(self.status, WAITING, "{self:?}");
        self.stdout
    }

    #[track_caller]
    pub fn refused(self) -> String {
        assert_eq!(self.status, 1, "{self:?}");
        self.stderr
    }
}

/// A trustee, her folder, and what is carried to and from her.
pub struct Person {
    pub home: TempDir,
    pub key: [u8; 32],
}

impl Person {
    /// With a key of her own.
    pub fn new(name: &str) -> Self {
        let mut person = Self::without_key();
        let told = person.run(&["init", "--name", name]).done();
        let key = told.split('"').find(|word| word.len() == 64).unwrap();
        person.key = HEXLOWER.decode(key.as_bytes()).unwrap().try_into().unwrap();
        person
    }

    /// With an empty folder.
    pub fn without_key() -> Self {
        let home = tempfile::tempdir().unwrap();
        fs::write(home.path().join("passphrase"), "correct horse battery\n").unwrap();
        Self { home, key: [0; 32] }
    }

    /// With a key file of somebody.
    pub fn with_key_file(bytes: &[u8]) -> Self {
        let person = Self::without_key();
        fs::create_dir(person.path("folder")).unwrap();
        person.set_key_file(bytes);
        person
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    pub fn key_file(&self) -> Vec<u8> {
        fs::read(self.path("folder/trustee.age")).unwrap()
    }

    pub fn set_key_file(&self, bytes: &[u8]) {
        fs::write(self.path("folder/trustee.age"), bytes).unwrap();
    }

    /// Runs a command to its end.
    pub fn run(&self, arguments: &[&str]) -> Ended {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tabella-trustee"));
        command.args(arguments).arg("--dir").arg(self.path("folder"));
        command.arg("--passphrase-file").arg(self.path("passphrase"));
        let output = command.output().unwrap();
        Ended {
            status: output.status.code().unwrap(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Runs a command on the record in `record/`.
    pub fn run_on_record(&self, arguments: &[&str], fingerprint: &str) -> Ended {
        let record = self.path("record");
        self.run(&[arguments, &["--expect", fingerprint, "--record", record.to_str().unwrap()]].concat())
    }

    /// Brings the record, and runs a command on it. What is handed in lies in `parcel.json` then.
    pub fn visit(&self, command: &str, scene: &Scene) -> Ended {
        self.bring(scene);
        self.work(command, &scene.fingerprint())
    }

    /// Runs a command on the record that was brought before.
    pub fn work(&self, command: &str, fingerprint: &str) -> Ended {
        let parcel = self.path("parcel.json");
        let _ = fs::remove_file(&parcel);
        self.run_on_record(&[command, "--parcel", parcel.to_str().unwrap()], fingerprint)
    }

    /// Replaces the record that was brought before.
    pub fn bring(&self, scene: &Scene) {
        self.forget_record();
        scene.publish(&self.path("record"));
    }

    pub fn forget_record(&self) {
        let _ = fs::remove_dir_all(self.path("record"));
    }

    pub fn has_parcel(&self) -> bool {
        self.path("parcel.json").exists()
    }

    pub fn parcel(&self) -> Parcel {
        Parcel::read(&self.path("parcel.json")).unwrap()
    }

    /// Takes the step that the board waits for, and hands it in.
    #[track_caller]
    pub fn take(&self, command: &str, scene: &mut Scene) {
        self.visit(command, scene).waits();
        scene.accept_parcel(&self.parcel());
    }

    pub fn status(&self, scene: &Scene) -> Value {
        self.bring(scene);
        serde_json::from_str(&self.run_on_record(&["status", "--json"], &scene.fingerprint()).stdout).unwrap()
    }

    /// The names of the folders of evidence.
    pub fn evidence(&self) -> Vec<String> {
        let Ok(found) = fs::read_dir(self.path("folder/evidence")) else { return Vec::new() };
        let mut names: Vec<String> =
            found.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }
}

/// An election in which Alice is a program, and Bob and Carol are played in memory.
pub fn with_alice() -> (Person, Scene) {
    let alice = Person::new("Alice");
    let scene = Scene::new(&crate::scene::Plan { keys: vec![alice.key], ..crate::scene::Plan::default() });
    (alice, scene)
}
