//! `tabella authority publish`: from the trustees' shares to the end of the record.

use std::thread::sleep;

use anyhow::{Context, Result, bail};
use clap::Args;
use tabella_client::desk::BoardArguments;
use tabella_client::printable::printable;
use tabella_election::kind::Phase;
use tabella_election::rules::Board;
use tabella_election::{Kind, authority};

use super::ceremony::LOOK_AGAIN;
use super::office::Office;
use crate::folder::Folder;
use crate::outcome::Outcome;
use crate::result::Results;
use crate::standing;

/// Count: combine the trustees' shares, publish the result, and end the record
///
/// The result follows from the record: anybody can compute it from the shares, and the board takes no other.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  tabella authority publish --dir city-2026 --watch
  tabella authority publish --dir city-2026 --json")]
pub(super) struct Arguments {
    /// Stay until enough trustees have sent their shares
    #[arg(long)]
    watch: bool,
    /// Print the result as JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    board: BoardArguments,
}

impl Arguments {
    pub(super) fn run(&self, folder: &Folder) -> Result<Outcome> {
        let mut office = Office::enter(folder, &self.board)?;
        let mut waited_for = None;
        loop {
            let board = office.board()?;
            match board.phase() {
                Phase::Setup | Phase::Voting => bail!("there is nothing to count yet: {}", board.phase()),
                Phase::Tally if board.tally().is_some_and(|tally| tally.is_decryptable()) => {
                    office.write(Kind::Result, |visit, key| {
                        Ok(authority::result(visit.board()?, visit.anchor()?, key)?)
                    })?;
                }
                Phase::Tally => {
                    let text = shares(board);
                    if !self.watch {
                        return Ok(Outcome::waiting(printable(&text)));
                    }
                    if waited_for.as_ref() != Some(&text) {
                        eprint!("· {}", printable(&text));
                        waited_for = Some(text);
                    }
                    sleep(LOOK_AGAIN);
                    office.visit.catch_up()?;
                }
                Phase::Published => office
                    .write(Kind::Final, |visit, key| Ok(authority::finish(visit.board()?, visit.anchor()?, key)?))?,
                Phase::Finished => return self.show(board).map(Outcome::done),
            }
        }
    }

    fn show(&self, board: &Board) -> Result<String> {
        let results = Results::of(board)?.context("the record has no result")?;
        if self.json {
            return Ok(format!("{:#}\n", results.json()));
        }
        let mut text = results.text();
        for warning in standing::warning_texts(&results.warnings) {
            text.push_str(&format!("\nNote: {warning}"));
        }
        text.push_str(&format!(
            "\nThe result is published and the record is complete.\nFingerprint  {}\nAnybody can verify it with `tabella-verify`.\n",
            results.election.fingerprint()
        ));
        Ok(printable(&text))
    }
}

fn shares(board: &Board) -> String {
    let sent = board.tally().map_or(0, |tally| tally.shares().len());
    let threshold = board.election().manifest().threshold;
    let awaited: Vec<String> = board.awaited().iter().map(standing::awaited_text).collect();
    format!("{sent} of {threshold} shares are there. {}.\n", awaited.join(". "))
}
