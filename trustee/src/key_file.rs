//! `trustee.age`: the journal, sealed with a passphrase.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use tabella_client::desk::{Desk, DeskArguments};
use tabella_client::key_file;
use tabella_client::passphrase::{Passphrase, PassphraseArguments};

use crate::journal::Journal;

/// The file's name in the trustee's folder.
pub const NAME: &str = "trustee.age";

/// What people are asked the passphrase for.
const WHAT: &str = "the trustee's key file";

/// The journal in memory, and the file that holds it.
pub struct KeyFile {
    path: PathBuf,
    passphrase: Passphrase,
    journal: Journal,
    /// Whether the file holds less.
    is_changed: bool,
}

impl KeyFile {
    /// Makes the file in a folder that has none.
    pub fn create(desk: &Desk, passphrase: &PassphraseArguments, journal: Journal) -> Result<Self> {
        let path = desk.path(NAME);
        let passphrase = passphrase.choose(WHAT)?;
        seal(&path, &journal, &passphrase)?;
        Ok(Self::with(path, passphrase, journal))
    }

    /// Opens a trustee's folder and the file in it.
    pub fn open(arguments: &DeskArguments, passphrase: &PassphraseArguments) -> Result<(Desk, Self)> {
        let path = arguments.dir.join(NAME);
        // Asked before the folder is opened: this says more than that there is no folder.
        if !path.exists() {
            bail!(
                "there is no {} yet; is --dir the right folder? `tabella-trustee init --name NAME` makes a new key, \
                 `tabella-trustee restore FILE` brings back a backup",
                path.display()
            );
        }
        let desk = Desk::open(arguments)?;
        let passphrase = passphrase.read(WHAT)?;
        let journal = read(&path, &passphrase)?;
        Ok((desk, Self::with(path, passphrase, journal)))
    }

    /// A file that was read already.
    pub fn with(path: PathBuf, passphrase: Passphrase, journal: Journal) -> Self {
        Self { path, passphrase, journal, is_changed: false }
    }

    /// What it holds.
    pub fn journal(&self) -> &Journal {
        &self.journal
    }

    /// Takes over a journal, and returns when it is durable.
    pub fn save(&mut self, journal: Journal) -> Result<()> {
        seal(&self.path, &journal, &self.passphrase)?;
        self.journal = journal;
        self.is_changed = false;
        Ok(())
    }

    /// Notes something that can be found out again if it is not sealed.
    pub fn change(&mut self, note: impl FnOnce(&mut Journal)) {
        note(&mut self.journal);
        self.is_changed = true;
    }

    /// Seals what was noted, if anything was.
    pub fn seal_changes(&mut self) -> Result<()> {
        if self.is_changed {
            seal(&self.path, &self.journal, &self.passphrase)?;
            self.is_changed = false;
        }
        Ok(())
    }

    /// Reads a file that is sealed with the same passphrase.
    pub fn read_other(&self, path: &Path) -> Result<Journal> {
        read(path, &self.passphrase)
    }
}

/// The passphrase of a file that is there.
pub fn passphrase(arguments: &PassphraseArguments) -> Result<Passphrase> {
    Ok(arguments.read(WHAT)?)
}

fn seal(path: &Path, journal: &Journal, passphrase: &Passphrase) -> Result<()> {
    key_file::seal(path, &journal.to_secret_bytes()?, passphrase)
        .context("nothing was handed in, because what belongs to it could not be saved")
}

/// Reads a journal.
pub fn read(path: &Path, passphrase: &Passphrase) -> Result<Journal> {
    let secret = key_file::open(path, passphrase)?;
    Journal::from_secret_bytes(&secret).with_context(|| format!("cannot read {}", path.display()))
}
