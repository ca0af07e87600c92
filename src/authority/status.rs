//! `tabella authority status`: where the election stands, by one's own copy of the record.

use anyhow::Result;
use clap::Args;
use tabella_client::desk::{BoardArguments, Desk};
use tabella_client::printable::printable;

use crate::folder::Folder;
use crate::outcome::Outcome;
use crate::standing;

/// Say where the election stands
///
/// Reads and judges the whole record; needs no passphrase and changes nothing.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  tabella authority status --dir city-2026
  tabella authority status --dir city-2026 --json")]
pub(super) struct Arguments {
    /// Print it as JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    board: BoardArguments,
}

impl Arguments {
    pub(super) fn run(&self, folder: &Folder) -> Result<Outcome> {
        let visit = Desk::open(&folder.desk)?.visit(&self.board)?;
        let (board, size) = (visit.board()?, visit.copy().size());
        Ok(Outcome::done(if self.json {
            format!("{:#}\n", standing::json(board, size))
        } else {
            printable(&standing::text(board, size))
        }))
    }
}
