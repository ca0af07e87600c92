//! `tabella authority publish`: from the trustees' shares to the end of the record.

use std::thread::sleep;

use anyhow::{Context, Result, bail};
use clap::Args;
use serde_json::{Value, json};
use tabella_client::desk::BoardArguments;
use tabella_client::printable::printable;
use tabella_election::kind::Phase;
use tabella_election::message::{Contest, ContestResult};
use tabella_election::rules::Board;
use tabella_election::{Kind, authority};

use super::ceremony::LOOK_AGAIN;
use super::office::Office;
use crate::folder::Folder;
use crate::outcome::Outcome;
use crate::{result, standing};

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
        let (tally, _) = board.result().context("the record has no result")?;
        let election = board.election();
        if self.json {
            let contests = election.manifest().contests.iter().zip(&tally.contests);
            let contests: Vec<Value> = contests.map(|(contest, result)| contest_json(contest, result)).collect();
            let counts = board.counts();
            let value = json!({
                "title": election.manifest().title,
                "fingerprint": election.fingerprint().to_string(),
                "simulation": election.manifest().simulation,
                "ballots": {
                    "roll": counts.roll,
                    "accepted": counts.accepted,
                    "superseded": counts.superseded,
                    "challenged": counts.challenged,
                    "counted": counts.counted,
                },
                "contests": contests,
            });
            return Ok(format!("{value:#}\n"));
        }
        let mut text = result::text(election, &board.counts(), tally);
        for warning in standing::warning_texts(&board.warnings()) {
            text.push_str(&format!("\nNote: {warning}"));
        }
        text.push_str(&format!(
            "\nThe result is published and the record is complete.\nFingerprint  {}\nAnybody can verify it with `tabella-verify`.\n",
            election.fingerprint()
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

fn contest_json(contest: &Contest, result: &ContestResult) -> Value {
    match result {
        ContestResult::Withheld => json!({ "id": contest.id, "title": contest.title, "withheld": true }),
        ContestResult::Totals(slots) => {
            let (totals, blank) = slots.split_at(contest.options.len().min(slots.len()));
            let options = contest.options.iter().zip(totals);
            let option = |(option, total): (&tabella_election::message::ContestOption, &u64)| json!({ "id": option.id, "title": option.title, "total": total });
            json!({
                "id": contest.id,
                "title": contest.title,
                "withheld": false,
                "options": options.map(option).collect::<Vec<_>>(),
                "blank": blank.first(),
            })
        }
    }
}
