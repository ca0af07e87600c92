//! The command line of `tabella registrar`.

use anyhow::{Result, ensure};
use clap::{Args, Subcommand};
use ed25519_dalek::SigningKey;
use tabella_client::desk::{BoardArguments, Desk, Visit};
use tabella_client::passphrase::Passphrase;

use super::{forget, letters, new, reissue, roll, status};
use crate::folder::Folder;
use crate::outcome::Outcome;
use crate::signing_key;

/// The file of the key.
pub(super) const KEY: &str = "registrar.age";

/// What people are asked the passphrase for.
pub(super) const WHAT: &str = "the registrar's key and codes";

/// Keep the roll of an election: make the voters' codes, and print their letters
///
/// Each command may be killed and run again: it finishes what was begun, and no voter gets a second code by it.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  tabella registrar new --dir registrar
  tabella registrar roll voters.csv --dir registrar --board ADDRESS --expect FINGERPRINT
  tabella registrar letters --dir registrar --out letters
  tabella registrar forget --dir registrar")]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    folder: Folder,
}

#[derive(Debug, Subcommand)]
enum Command {
    New(new::Arguments),
    Roll(roll::Arguments),
    Letters(letters::Arguments),
    Reissue(reissue::Arguments),
    Status(status::Arguments),
    Forget(forget::Arguments),
}

impl Arguments {
    /// Takes the step.
    pub fn run(self) -> Result<Outcome> {
        let folder = &self.folder;
        match self.command {
            Command::New(arguments) => arguments.run(folder),
            Command::Roll(arguments) => arguments.run(folder),
            Command::Letters(arguments) => arguments.run(folder),
            Command::Reissue(arguments) => arguments.run(folder),
            Command::Status(arguments) => arguments.run(folder),
            Command::Forget(arguments) => arguments.run(folder),
        }
    }
}

/// The registrar at the board.
pub(super) struct Office {
    pub(super) visit: Visit,
    pub(super) key: SigningKey,
    pub(super) passphrase: Passphrase,
}

impl Office {
    /// Opens the key, and brings the copy of the record up to date.
    pub(super) fn enter(folder: &Folder, board: &BoardArguments) -> Result<Self> {
        board.address()?;
        let desk = Desk::open(&folder.desk)?;
        let sealed = signing_key::open(&desk.path(KEY), WHAT, &folder.passphrase)?;
        let visit = desk.visit(board)?;
        ensure!(
            visit.board()?.election().manifest().registrar == signing_key::public(&sealed.key),
            "the key in {} is not that of this election's registrar; is --dir the right folder?",
            visit.desk().path(KEY).display()
        );
        Ok(Self { visit, key: sealed.key, passphrase: sealed.passphrase })
    }
}
