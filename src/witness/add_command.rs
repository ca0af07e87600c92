//! `tabella witness add`: one more log.

use anyhow::{Context, Result};
use clap::Args;
use tabella_board::key::LogVerifier;
use tabella_client::desk::{Desk, DeskArguments};

use super::folder::Folder;
use crate::outcome::Outcome;

/// Add a log whose growth the witness will sign
///
/// Stop `serve` before, and start it again after. A log is never taken out again: what was signed of it must not be forgotten.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  tabella witness add vote.example.org/city-2026+ddb69738+AdQWI… --dir witness")]
pub(super) struct Arguments {
    /// The log's verifier key, as `tabella board new` prints it
    #[arg(value_name = "KEY")]
    log: String,
}

impl Arguments {
    pub(super) fn run(&self, desk: &DeskArguments) -> Result<Outcome> {
        let _lock = Desk::open(desk)?;
        let mut folder = Folder::read(&desk.dir)?;
        folder.check_retired()?;
        folder.check_place()?;
        let log = LogVerifier::parse(self.log.trim());
        let log = log.context("this is no key of a log; the board's operator has it, and log.vkey of the record")?;
        let origin = log.origin().to_string();
        folder.add(log)?;
        Ok(Outcome::done(format!("Added {origin}\n")))
    }
}
