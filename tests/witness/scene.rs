//! A log that signs whatever it is told to, and a witness in a folder of its own.

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use tabella_board::checkpoint::SignedCheckpoint;
use tabella_board::hash::Hash;
use tabella_board::key::{LogKey, WitnessVerifier};
use tabella_board::origin::Origin;
use tabella_board::tree::{ConsistencyProof, MemoryNodes, Tree};
use tabella_board::witness::{AddCheckpoint, Cosigned, monitoring_path};
use tempfile::TempDir;

/// A log with entries that nobody needs to see.
pub struct Log {
    pub key: LogKey,
    /// Logs with other letters have other entries from the third on.
    history: char,
}

impl Log {
    pub fn new(name: &str) -> Self {
        let origin = Origin::parse(&format!("log.example/{name}")).unwrap();
        Self { key: LogKey::from_seed(origin, &[7; 32]), history: 'a' }
    }

    /// The same log, with another history from the third entry on.
    pub fn forked(&self) -> Self {
        Self { key: LogKey::from_seed(self.key.verifier().origin().clone(), &[7; 32]), history: 'b' }
    }

    fn leaves(&self, size: u64) -> Vec<Hash> {
        let entry = |index| if index < 2 { format!("{index}") } else { format!("{index}{}", self.history) };
        (0..size).map(|index| Hash::of_entry(entry(index).as_bytes())).collect()
    }

    pub fn checkpoint(&self, size: u64) -> SignedCheckpoint {
        let tree: Tree = self.leaves(size).into_iter().collect();
        SignedCheckpoint::sign(&self.key, tree.head())
    }

    /// The request to cosign the growth from `old` to `new` entries.
    pub fn request(&self, old: u64, new: u64) -> AddCheckpoint {
        let mut nodes = MemoryNodes::new();
        self.leaves(new).into_iter().for_each(|leaf| nodes.append(leaf));
        let proof = ConsistencyProof::prove(&nodes, old, new).unwrap();
        AddCheckpoint { old, proof, checkpoint: self.checkpoint(new) }
    }

    /// Reads a checkpoint with a cosignature; both signatures are right.
    pub fn read(&self, note: &str, witness: &Witness) -> Cosigned {
        Cosigned::parse(note.as_bytes(), self.key.verifier(), &witness.verifier).unwrap()
    }
}

/// What a witness answers.
#[derive(Debug, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    pub media_type: String,
    pub body: String,
}

/// A witness that runs, or can.
pub struct Witness {
    pub verifier: WitnessVerifier,
    home: TempDir,
    running: Option<(Child, String)>,
}

impl Witness {
    /// A witness of these logs, which does not run yet.
    pub fn of(logs: &[&Log]) -> Self {
        let home = TempDir::new().unwrap();
        std::fs::write(home.path().join("passphrase"), "the passphrase of the witness\n").unwrap();
        let witness = |arguments: &[&str]| run(home.path(), "witness", arguments);
        let made = witness(&["new", "witness.example/w"]);
        assert!(made.status.success(), "{made:?}");
        let made = String::from_utf8(made.stdout).unwrap();
        let key = made.lines().map(str::trim).find(|line| line.starts_with("witness.example/w+")).unwrap();
        let verifier = WitnessVerifier::parse(key).unwrap();
        for log in logs {
            let added = witness(&["add", &log.key.verifier().to_string()]);
            assert!(added.status.success(), "{added:?}");
        }
        Self { verifier, home, running: None }
    }

    /// A witness that runs.
    pub fn serving(logs: &[&Log]) -> Self {
        let mut witness = Self::of(logs);
        witness.start();
        witness
    }

    pub fn folder(&self) -> PathBuf {
        self.home.path().join("witness")
    }

    /// Runs a command in the witness's folder to its end.
    pub fn run(&self, arguments: &[&str]) -> Output {
        run(self.home.path(), "witness", arguments)
    }

    /// Runs a command in another folder beside that of the witness.
    pub fn run_in(&self, folder: &str, arguments: &[&str]) -> Output {
        run(self.home.path(), folder, arguments)
    }

    /// What `serve` says instead of serving.
    pub fn refuses_to_serve(&self, arguments: &[&str]) -> String {
        let ended = self.run(&[&["serve", "--listen", "127.0.0.1:0"], arguments].concat());
        assert_eq!(ended.status.code(), Some(1), "{ended:?}");
        String::from_utf8(ended.stderr).unwrap()
    }

    pub fn start(&mut self) {
        self.start_with(&[]);
    }

    pub fn start_with(&mut self, arguments: &[&str]) {
        let mut command = command(self.home.path(), "witness", &["serve", "--listen", "127.0.0.1:0"]);
        let log = std::fs::File::options().create(true).append(true).open(self.home.path().join("log")).unwrap();
        let mut child = command.args(arguments).stdout(Stdio::piped()).stderr(log).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        assert!(line.starts_with("listening on "), "{}", self.log());
        let address = line.trim().trim_start_matches("listening on ").to_owned();
        self.running = Some((child, address));
    }

    /// Ends it with whatever it was doing.
    pub fn kill(&mut self) {
        let (mut child, _) = self.running.take().unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
    }

    /// What it told its operator.
    pub fn log(&self) -> String {
        let mut text = String::new();
        std::fs::File::open(self.home.path().join("log")).unwrap().read_to_string(&mut text).unwrap();
        text
    }

    pub fn address(&self) -> &str {
        &self.running.as_ref().unwrap().1
    }

    pub fn post(&self, body: &[u8]) -> Answer {
        post(self.address(), body).unwrap()
    }

    pub fn ask(&self, request: &AddCheckpoint) -> Answer {
        self.post(&request.to_bytes())
    }

    /// What it shows of a log.
    pub fn shown(&self, log: &Log) -> Answer {
        self.get(&monitoring_path(log.key.verifier().origin()))
    }

    pub fn get(&self, path: &str) -> Answer {
        read(agent().get(format!("{}/{path}", self.address())).call().unwrap())
    }
}

impl Drop for Witness {
    fn drop(&mut self) {
        if let Some((child, _)) = &mut self.running {
            drop(child.kill());
            drop(child.wait());
        }
    }
}

/// Hands in a request; an error if no answer comes.
pub fn post(address: &str, body: &[u8]) -> Result<Answer, ureq::Error> {
    agent().post(format!("{address}/add-checkpoint")).send(body).map(read)
}

fn agent() -> ureq::Agent {
    ureq::Agent::config_builder().http_status_as_error(false).build().into()
}

fn read(mut answer: ureq::http::Response<ureq::Body>) -> Answer {
    let media_type = answer.headers().get("content-type").map(|value| value.to_str().unwrap().to_owned());
    Answer {
        status: answer.status().as_u16(),
        media_type: media_type.unwrap_or_default(),
        body: answer.body_mut().read_to_string().unwrap(),
    }
}

fn command(home: &Path, folder: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tabella"));
    command.arg("witness").args(arguments).arg("--dir").arg(home.join(folder));
    command.arg("--passphrase-file").arg(home.join("passphrase")).stdin(Stdio::null());
    command
}

fn run(home: &Path, folder: &str, arguments: &[&str]) -> Output {
    command(home, folder, arguments).output().unwrap()
}
