//! A folder in which a role works, and what is found in it when a board lied.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use tabella_client::copy::{Copy, CopyError};
use tabella_client::lie::Caught;
use tabella_client::memory::MemoryError;
use tabella_election::text::Fingerprint;

use crate::election::{Election, Files, seeds};
use crate::server::Server;

/// A folder in which a role works, at a server.
pub struct Role {
    pub folder: tempfile::TempDir,
    pub server: Server,
    pub expected: Option<Fingerprint>,
}

impl Role {
    pub fn new(election: &Election) -> Self {
        let expected = Some(election.fingerprint());
        Self { folder: tempfile::tempdir().unwrap(), server: Server::start(&election.files()), expected }
    }

    pub fn open(&self) -> Result<Copy, CopyError> {
        Copy::open(self.folder.path(), &self.server.remote(), self.expected, seeds(), &|_, _| ())
    }

    /// One run of a program.
    pub fn run(&self) -> Result<(), CopyError> {
        self.open()?.catch_up(&self.server.remote(), &|_, _| ())
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn record(&self) -> Files {
        read_all(&self.path("record"))
    }

    /// What the role catches the board at, if it shows these files; the copy stays as it is.
    #[track_caller]
    pub fn catches(&self, shown: &Files) -> Box<Caught> {
        let before = self.record();
        self.server.show(shown);
        let caught = caught(self.run());
        assert_eq!(self.record(), before, "the copy was changed");
        caught
    }
}

pub fn read_all(folder: &Path) -> Files {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        if path.is_dir() {
            found.extend(read_all(&path).into_iter().map(|(below, bytes)| (format!("{name}/{below}"), bytes)));
        } else {
            found.insert(name, fs::read(&path).unwrap());
        }
    }
    found
}

#[track_caller]
pub fn caught<T>(outcome: Result<T, CopyError>) -> Box<Caught> {
    match outcome.err() {
        Some(CopyError::Memory(MemoryError::Lie(caught))) => caught,
        other => panic!("no lie was found: {other:?}"),
    }
}

/// The code, the names of the files of the evidence, and what people are told.
#[track_caller]
pub fn assert_caught(caught: &Caught, code: &str, names: &[&str], told: &str) {
    assert_eq!(caught.lie.code(), code);
    assert!(caught.evidence.ends_with(format!("evidence/001-{code}")), "{}", caught.evidence.display());
    let evidence = read_all(&caught.evidence);
    let found: Vec<&str> = evidence.keys().map(String::as_str).collect();
    let mut expected: Vec<&str> = [&["README.txt", "log.vkey"], names].concat();
    expected.sort_unstable();
    assert_eq!(found, expected);
    let text = caught.to_string();
    assert!(text.contains(told), "{text}");
    assert_eq!(evidence["README.txt"], format!("{text}\n").into_bytes());
}

pub fn evidence(caught: &Caught, name: &str) -> Vec<u8> {
    fs::read(caught.evidence.join(name)).unwrap()
}
