//! `trustee.age`: the journal, sealed with a passphrase.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail};
use tabella_client::desk::Desk;
use tabella_client::key_file::{self, KeyFileFault};
use tabella_client::passphrase::{Passphrase, PassphraseArguments};

use crate::journal::Journal;

/// The file's name in the trustee's folder.
pub const NAME: &str = "trustee.age";

/// What people are asked the passphrase for.
const WHAT: &str = "the trustee's key file";

/// The journal in memory, and the file that holds the same.
pub struct KeyFile {
    path: PathBuf,
    passphrase: Passphrase,
    journal: Journal,
}

impl KeyFile {
    /// Makes the file in a folder that has none.
    pub fn create(desk: &Desk, passphrase: &PassphraseArguments, journal: Journal) -> Result<Self> {
        let path = desk.path(NAME);
        let passphrase = passphrase.choose(WHAT)?;
        let file = Self { path, passphrase, journal };
        file.seal()?;
        Ok(file)
    }

    /// Opens the file of a folder.
    pub fn open(desk: &Desk, passphrase: &PassphraseArguments) -> Result<Self> {
        let path = desk.path(NAME);
        if !path.exists() {
            bail!(
                "there is no {} yet; is --dir the right folder? `tabella-trustee init --name NAME` makes a new key, \
                 `tabella-trustee restore FILE` brings back a backup",
                path.display()
            );
        }
        let passphrase = passphrase.read(WHAT)?;
        let journal = read(&path, &passphrase)?;
        Ok(Self { path, passphrase, journal })
    }

    /// A file that was read already.
    pub fn with(path: PathBuf, passphrase: Passphrase, journal: Journal) -> Self {
        Self { path, passphrase, journal }
    }

    /// What it holds.
    pub fn journal(&self) -> &Journal {
        &self.journal
    }

    /// What it holds, to note what became of a step: sealed with the next one, and found out again until then.
    pub fn journal_mut(&mut self) -> &mut Journal {
        &mut self.journal
    }

    /// Takes over a journal, and returns when it is durable.
    pub fn save(&mut self, journal: Journal) -> Result<()> {
        let before = std::mem::replace(&mut self.journal, journal);
        let sealed = self.seal();
        if sealed.is_err() {
            self.journal = before;
        }
        sealed
    }

    /// Seals the journal as it is now.
    pub fn seal(&self) -> Result<()> {
        key_file::seal(&self.path, &self.journal.to_secret_bytes()?, &self.passphrase)
            .context("nothing was handed in, because what belongs to it could not be saved")
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

/// Reads a journal.
pub fn read(path: &Path, passphrase: &Passphrase) -> Result<Journal> {
    let secret = key_file::open(path, passphrase).map_err(|fault| match fault {
        KeyFileFault::Passphrase(_) => anyhow!("{fault}; try again, and see that --dir is the right folder"),
        other => other.into(),
    })?;
    Journal::from_secret_bytes(&secret).with_context(|| format!("cannot read {}", path.display()))
}
