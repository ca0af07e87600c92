//! Where a record lies on this computer; one that is given by its address is downloaded first.

use crate::fetch;
use crate::server::{Patience, Server};
use crate::terminal::progress_bar;
use anyhow::{Context, ensure};
use std::fs::File;
use std::path::{Path, PathBuf};
use tabella_verifier::source::{Directory, Source, Tar};
use tempfile::TempDir;

/// A folder or a tar.
pub enum Place {
    Given(PathBuf),
    /// Removed when the report is made.
    Temporary(TempDir),
}

/// The address, if the record is given by one.
pub fn address(record: &Path) -> Option<&str> {
    record.to_str().filter(|record| record.contains("://"))
}

impl Place {
    /// Downloads the record if it is given by its address, into `keep` if that is given.
    pub fn of(record: &Path, keep: Option<&Path>) -> anyhow::Result<Self> {
        let Some(address) = address(record) else {
            ensure!(keep.is_none(), "--keep is for records that are given by their address");
            return Ok(Self::Given(record.to_owned()));
        };
        let server = Server::new(address, Patience::default())?;
        let place = match keep {
            Some(folder) => Self::Given(folder.to_owned()),
            None => {
                Self::Temporary(tempfile::tempdir().context("cannot make a temporary folder: name one with --keep")?)
            }
        };
        let bar = progress_bar("{msg}: {bar:40} {pos}/{len} files, {eta} left");
        let fetched = fetch::fetch(&server, place.path(), fetch::MOST_FILES, &bar);
        bar.finish_and_clear();
        fetched.map(|()| place)
    }

    fn path(&self) -> &Path {
        match self {
            Self::Given(path) => path,
            Self::Temporary(folder) => folder.path(),
        }
    }

    /// The record.
    pub fn open(&self) -> anyhow::Result<Box<dyn Source>> {
        let path = self.path();
        if path.is_dir() {
            return Ok(Box::new(Directory::open(path)?));
        }
        let file = File::open(path).with_context(|| format!("cannot open {}", path.display()))?;
        Ok(Box::new(Tar::open(&path.display().to_string(), file)?))
    }
}
