//! A follower, and a board that shows what the test wants.

use crate::Files;
use crate::board::Board;
use crate::web::{Web, file, serve};
use crate::world::{Plan, build};
use serde_json::Value;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::{Arc, Mutex};
use tempfile::TempDir;

/// A server whose files the test changes, and a follower's folder.
pub struct Scene {
    pub files: Arc<Mutex<Files>>,
    pub web: Web,
    pub folder: TempDir,
}

impl Scene {
    pub fn new(files: Files) -> Self {
        let files = Arc::new(Mutex::new(files));
        let served = Arc::clone(&files);
        let web = serve(move |name| file(&served.lock().unwrap(), name));
        Self { files, web, folder: tempfile::tempdir().unwrap() }
    }

    pub fn show(&self, files: Files) {
        *self.files.lock().unwrap() = files;
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut program = Command::new(env!("CARGO_BIN_EXE_tabella-verify"));
        program.args(["follow", "--json", "--every", "1", "--dir"]).arg(self.folder.path());
        program.args(arguments).arg(&self.web.address).env("NO_PROXY", "*");
        program
    }

    /// Exit status and lines of a run with `--once`, and what it says on standard error.
    pub fn once(&self, arguments: &[&str]) -> (i32, Vec<Value>, String) {
        let output = self.command(&[&["--once"], arguments].concat()).output().unwrap();
        let lines = output.stdout.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
        let lines = lines.map(|line| serde_json::from_slice(line).unwrap()).collect();
        (output.status.code().unwrap(), lines, String::from_utf8(output.stderr).unwrap())
    }

    /// The sizes of the heads that a run with `--once` verifies, which finds nothing wrong.
    pub fn verified(&self) -> Vec<u64> {
        let (status, lines, says) = self.once(&[]);
        assert_eq!(status, 0, "{says}");
        lines.iter().filter(|line| line["event"] == "head").map(|line| line["size"].as_u64().unwrap()).collect()
    }

    /// A run with `--once` ends with this alarm; gives the folder of evidence, and whether that is proof.
    pub fn alarm(&self, code: &str, arguments: &[&str]) -> (String, bool) {
        let (status, lines, says) = self.once(arguments);
        let alarm = lines.last().unwrap();
        assert_eq!((status, &alarm["event"], &alarm["code"]), (1, &"alarm".into(), &code.into()), "{says}");
        assert!(says.contains(&format!("ALARM ({code})")), "{says}");
        (alarm["evidence"].as_str().unwrap().to_owned(), alarm["proof"].as_bool().unwrap())
    }

    pub fn record(&self) -> Files {
        let mut files = Files::new();
        collect(&self.folder.path().join("record"), "", &mut files);
        files
    }

    /// A follower that goes on until the election is over.
    pub fn spawn(&self, arguments: &[&str]) -> Running {
        let mut child = self.command(arguments).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        Running { child, lines }
    }
}

pub struct Running {
    pub child: Child,
    lines: std::io::Lines<BufReader<ChildStdout>>,
}

impl Running {
    /// The next line that is about this.
    pub fn next(&mut self, event: &str) -> Value {
        let lines = self.lines.by_ref().map(|line| serde_json::from_str::<Value>(&line.unwrap()).unwrap());
        lines.into_iter().find(|line| line["event"] == event).unwrap()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

pub fn collect(folder: &Path, prefix: &str, files: &mut Files) {
    for item in std::fs::read_dir(folder).unwrap() {
        let item = item.unwrap();
        let name = format!("{prefix}{}", item.file_name().into_string().unwrap());
        match item.path() {
            path if path.is_dir() => collect(&path, &format!("{name}/"), files),
            path => drop(files.insert(name, std::fs::read(path).unwrap())),
        }
    }
}

/// More than two full tiles, and finished.
pub fn board() -> Board {
    build(Plan { idle_rounds: 500, ..Plan::default() }, None).board
}

/// The board when it had so many entries.
pub fn at(mut board: Board, size: usize) -> Files {
    board.entries.truncate(size);
    board.files()
}

/// A log of `size` entries of which only the first `same` are those of the board.
pub fn forked(same: usize, size: usize) -> Files {
    let mut board = board();
    board.entries.truncate(same);
    while board.entries.len() < size {
        board.entries.push(format!("another entry {}", board.entries.len()).into_bytes());
    }
    board.files()
}

/// Exit status of the judgement of evidence.
pub fn judged(evidence: &str) -> Option<i32> {
    let mut program = Command::new(env!("CARGO_BIN_EXE_tabella-verify"));
    program.args(["evidence", evidence]).stdout(Stdio::null()).status().unwrap().code()
}
