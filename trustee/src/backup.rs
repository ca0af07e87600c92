//! `tabella-trustee backup` and `restore`: the key file, sealed as it is.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use clap::Args;
use tabella_client::desk::{BoardArguments, Desk, DeskArguments};
use tabella_client::outcome::Outcome;
use tabella_client::passphrase::PassphraseArguments;
use tabella_client::private_file;

use crate::journal::Journal;
use crate::key_file::{self, KeyFile, NAME};
use crate::lost::lost;
use crate::work::Worker;

/// The largest key file.
const LARGEST: u64 = 1 << 30;

/// Copy the key file, sealed as it is, and check that the copy opens
///
/// Make one when the ceremony has given keys: without them nobody can decrypt in your place. Keep it where your computer is not, and the
/// passphrase elsewhere.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  tabella-trustee backup /media/stick/trustee-backup.age --dir city-2026")]
pub struct BackupArguments {
    /// Where the copy is written; nothing is overwritten
    file: PathBuf,
}

/// Bring back the key file from a backup
///
/// Never replaces a key file that holds more than the backup. If the board is known, says what the backup lacks.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  tabella-trustee restore /media/stick/trustee-backup.age --dir city-2026
  tabella-trustee restore trustee-backup.age --board https://vote.example.org/city-2026 --expect FINGERPRINT")]
pub struct RestoreArguments {
    /// The backup
    file: PathBuf,
    #[command(flatten)]
    board: BoardArguments,
}

impl BackupArguments {
    pub fn run(&self, desk: &DeskArguments, passphrase: &PassphraseArguments) -> Result<Outcome> {
        let (desk, mut file) = KeyFile::open(desk, passphrase)?;
        ensure!(!self.file.exists(), "{} is there already; give the backup another name", self.file.display());
        copy(&desk.path(NAME), &self.file)?;
        let copied =
            file.read_other(&self.file).context("the backup does not open; do not rely on it, and try again")?;
        ensure!(
            copied.covers(file.journal()) && file.journal().covers(&copied),
            "the backup is not what was copied; do not rely on it, and try again"
        );
        // Only after the copy is known to be good: a backup that is no backup must stay due.
        file.change(|journal| journal.backed_up = Some(copied.steps.len() as u64));
        file.seal_changes()?;
        let advice = if holds_keys(&copied) {
            "It holds your part of the keys."
        } else {
            "Your part of the keys is not made yet: make another backup after `keys`."
        };
        Ok(Outcome::done(format!(
            "{} holds {}, and opens with your passphrase. {advice}",
            self.file.display(),
            copied.extent()
        )))
    }
}

impl RestoreArguments {
    pub fn run(&self, desk: &DeskArguments, passphrase: &PassphraseArguments) -> Result<Outcome> {
        self.board.address()?;
        ensure!(self.file.exists(), "there is no {}; is the stick with the backup in its place?", self.file.display());
        let desk = Desk::create(desk)?;
        let path = desk.path(NAME);
        let secret = key_file::passphrase(passphrase)?;
        let backup = key_file::read(&self.file, &secret)?;
        if path.exists() {
            let Ok(current) = key_file::read(&path, &secret) else {
                bail!(
                    "{} is there, but the same passphrase does not open it; if it is damaged, move it away and try again",
                    path.display()
                );
            };
            ensure!(
                backup.covers(&current),
                "{} holds {}, and the backup {}: restoring would lose something. Nothing was changed",
                path.display(),
                current.extent(),
                backup.extent()
            );
        }
        copy(&self.file, &path)?;
        let restored = format!("Restored: {} holds {}.", path.display(), backup.extent());
        let file = KeyFile::with(path, secret, backup);
        let is_known =
            matches!(desk.election(&self.board), Ok((address, _)) if address.is_some() || self.board.record.is_some());
        if !is_known {
            return Ok(Outcome::done(format!(
                "{restored} See whether it is as new as the board: `tabella-trustee status --board ADDRESS --expect FINGERPRINT`."
            )));
        }
        match Worker::at(desk, file, &self.board) {
            Ok(worker) => {
                let lost = lost(&worker.visit, worker.file.journal(), worker.me)?;
                let lost = lost.unwrap_or_else(|| "It is as new as the board: go on as before".to_owned());
                Ok(Outcome::done(format!("{restored}\n{lost}.")))
            }
            Err(error) => Err(error.context(format!(
                "{restored} But the board could not be looked at; `tabella-trustee status` does that"
            ))),
        }
    }
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    let bytes = private_file::read(from, LARGEST)?.with_context(|| format!("there is no {}", from.display()))?;
    Ok(private_file::write(to, &bytes)?)
}

fn holds_keys(journal: &Journal) -> bool {
    journal.steps.iter().any(|step| step.kind == tabella_election::Kind::Keys)
}
