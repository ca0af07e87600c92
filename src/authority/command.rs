//! The command line of `tabella authority`.

use anyhow::Result;
use clap::{Args, Subcommand};

use super::{ceremony, closing, manifest, new, opening, publish, status};
use crate::folder::Folder;
use crate::outcome::Outcome;

/// Run an election: from its manifest to its published result
///
/// Run the commands in the order in which they stand here. Each may be killed and run again: it finishes what was begun,
/// and does nothing twice. The exit status is 0 if the step is done, 3 if others must do their part first, 1 if it failed.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  tabella authority new --dir city-2026
  tabella authority manifest --dir city-2026
  tabella authority ceremony --dir city-2026 --watch
  tabella authority status --dir city-2026 --json")]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    folder: Folder,
}

#[derive(Debug, Subcommand)]
enum Command {
    New(new::Arguments),
    Manifest(manifest::Arguments),
    Ceremony(ceremony::Arguments),
    Rehearse(ceremony::RehearseArguments),
    Open(opening::Arguments),
    Close(closing::Arguments),
    Publish(publish::Arguments),
    Status(status::Arguments),
}

impl Arguments {
    /// Takes the step.
    pub fn run(self) -> Result<Outcome> {
        let folder = &self.folder;
        match self.command {
            Command::New(arguments) => arguments.run(folder),
            Command::Manifest(arguments) => arguments.run(folder),
            Command::Ceremony(arguments) => arguments.run(folder),
            Command::Rehearse(arguments) => arguments.run(folder),
            Command::Open(arguments) => arguments.run(folder),
            Command::Close(arguments) => arguments.run(folder),
            Command::Publish(arguments) => arguments.run(folder),
            Command::Status(arguments) => arguments.run(folder),
        }
    }
}
