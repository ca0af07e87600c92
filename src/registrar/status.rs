//! `tabella registrar status`: what is on the board, and what is in the folder.

use anyhow::Result;
use clap::Args;
use serde_json::json;
use tabella_client::desk::{BoardArguments, Desk};
use tabella_client::printable::printable;

use super::codes::FILE;
use crate::folder::Folder;
use crate::outcome::Outcome;
use crate::standing;

/// Say what stands on the roll, and whether this folder still holds codes
///
/// Reads and judges the whole record; needs no passphrase and changes nothing.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  tabella registrar status --dir registrar
  tabella registrar status --dir registrar --json")]
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
        let board = visit.board()?;
        let roll = board.roll();
        let has_codes = visit.desk().path(FILE).exists();
        if self.json {
            let classes: Vec<_> = roll
                .classes()
                .into_iter()
                .map(|((style, weight), voters)| {
                    let style = board.election().style(style).map(|style| style.name.clone());
                    json!({ "style": style, "weight": weight, "voters": voters })
                })
                .collect();
            let value = json!({
                "fingerprint": board.election().fingerprint().to_string(),
                "phase": board.phase().as_str(),
                "revision": roll.revision(),
                "is_complete": roll.is_complete(),
                "voters": roll.voters().len(),
                "weight": roll.weight(),
                "classes": classes,
                "has_codes": has_codes,
            });
            return Ok(Outcome::done(format!("{value:#}\n")));
        }
        let complete = match (roll.revision(), roll.is_complete()) {
            (0, _) => "There is no roll on the board yet.\n".to_owned(),
            (revision, true) => format!("The roll on the board is complete (revision {revision}).\n"),
            (revision, false) => format!(
                "The roll on the board is not complete (revision {revision}): run `tabella registrar roll` again.\n"
            ),
        };
        let codes = if has_codes {
            "This folder holds the voters' codes. Once all letters are printed, destroy them: `tabella registrar forget`\n"
        } else {
            "This folder holds no codes.\n"
        };
        let text = format!(
            "{}\nFingerprint  {}\nPhase        {} ({})\n\n{complete}{} voters with a weight of {} together\n{}{codes}",
            board.election().manifest().title,
            board.election().fingerprint(),
            board.phase().as_str(),
            board.phase(),
            roll.voters().len(),
            roll.weight(),
            standing::classes_text(roll, board.election()),
        );
        Ok(Outcome::done(printable(&text)))
    }
}
