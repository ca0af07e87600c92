//! What became of each mutant, a line each in a file, so that a run goes on where another ended.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

use crate::list::Key;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// It does not compile.
    Unviable,
    /// A test failed.
    Caught,
    /// The tests took too long, or too much memory.
    TimedOut,
    /// All tests that meet it passed.
    Survived,
    /// No test meets it.
    Unmet,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Line {
    #[serde(flatten)]
    pub key: Key,
    pub outcome: Outcome,
    /// The first case that failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
}

pub struct Results {
    path: PathBuf,
    pub lines: BTreeMap<Key, Line>,
}

impl Results {
    pub fn open(path: PathBuf) -> Result<Self> {
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        // A last line that was cut off is of a mutant that is tried again; a later line of the same mutant counts.
        let lines = text.lines().filter_map(|line| serde_json::from_str::<Line>(line).ok());
        Ok(Self { path, lines: lines.map(|line| (line.key.clone(), line)).collect() })
    }

    pub fn add(&mut self, line: Line) -> Result<()> {
        let mut file = File::options().create(true).append(true).open(&self.path).context("the results")?;
        writeln!(file, "{}", serde_json::to_string(&line)?)?;
        self.lines.insert(line.key.clone(), line);
        Ok(())
    }

    /// How many mutants each case found, in a file.
    pub fn finds(&self, file: &str) -> BTreeMap<String, usize> {
        let mut finds = BTreeMap::new();
        for line in self.lines.values().filter(|line| line.key.file == file) {
            line.by.iter().for_each(|case| *finds.entry(case.clone()).or_default() += 1);
        }
        finds
    }
}

/// A mutant that changes no verdict, and why.
#[derive(Debug, Deserialize)]
pub struct Equivalent {
    #[serde(flatten)]
    pub key: Key,
    pub reason: String,
}

#[derive(Deserialize)]
struct Document {
    #[serde(default)]
    mutant: Vec<Equivalent>,
}

/// Reads the list of those, of all packages.
pub fn equivalents(path: &Path) -> Result<Vec<Equivalent>> {
    let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
    Ok(toml::from_str::<Document>(&text).with_context(|| path.display().to_string())?.mutant)
}
