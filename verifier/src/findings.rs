//! What was found in a record: the report is made of it.

use crate::checks::Code;
use crate::manifest::Manifest;
use crate::note::{Checkpoint, VerifierKey};
use crate::rules::Election;
use crate::tree::Hash;

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    pub code: Code,
    pub entry: Option<u64>,
    pub file: Option<String>,
    /// How many files it stands for beyond those that are named, if it names none.
    pub more: u64,
}

impl Failure {
    /// What is wrong with an entry.
    pub fn of_entry(entry: u64, code: Code) -> Self {
        Self { code, entry: Some(entry), file: None, more: 0 }
    }

    /// What is wrong with a file.
    pub fn of_file(file: &str, code: Code) -> Self {
        Self { code, entry: None, file: Some(file.to_owned()), more: 0 }
    }
}

/// All that was found: the report is made of it.
#[derive(Default)]
pub struct Findings {
    pub failures: Vec<Failure>,
    pub checkpoint: Option<Checkpoint>,
    pub log_key: Option<VerifierKey>,
    /// The manifest if it could be decoded, even if it was refused, and its hash.
    pub manifest: Option<(Manifest, Hash)>,
    /// None if entry 0 was refused.
    pub election: Option<Election>,
}

impl Findings {
    /// Notes what is wrong with a file.
    pub fn fail_file(&mut self, file: &str, code: Code) {
        self.failures.push(Failure::of_file(file, code));
    }

    /// Notes what is wrong with the whole record.
    pub fn fail_record(&mut self, code: Code) {
        self.failures.push(Failure { code, entry: None, file: None, more: 0 });
    }
}
