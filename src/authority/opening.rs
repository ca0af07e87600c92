//! `tabella authority open`: the voting begins.

use anyhow::{Result, ensure};
use clap::Args;
use tabella_client::confirm::Step;
use tabella_client::desk::BoardArguments;
use tabella_client::printable::printable;
use tabella_election::kind::Phase;
use tabella_election::rules::Board;
use tabella_election::{Kind, authority};

use super::office::Office;
use crate::folder::Folder;
use crate::outcome::Outcome;
use crate::standing;
use crate::wording::{join, wrap};

/// Open the voting
///
/// Shows the roll, and which small groups of voters totals could tell about, and asks. From then on neither roll nor keys can change.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  tabella authority open --dir city-2026")]
pub(super) struct Arguments {
    #[command(flatten)]
    board: BoardArguments,
}

impl Arguments {
    pub(super) fn run(&self, folder: &Folder) -> Result<Outcome> {
        let mut office = Office::enter(folder, &self.board)?;
        if office.board()?.phase() != Phase::Setup {
            return Ok(Outcome::done(format!("The voting was opened before: {}.\n", office.board()?.phase())));
        }
        let awaited = office.board()?.awaited();
        if awaited.iter().any(|awaited| awaited.kind != Kind::Open) {
            let lines: Vec<String> = awaited.iter().map(standing::awaited_text).collect();
            return Ok(Outcome::waiting(printable(&format!("{}.\n", lines.join(".\n")))));
        }
        eprintln!("{}", printable(&summary(office.board()?)));
        folder.confirm.confirm(Step::Final, "Open the voting with this roll and these keys?")?;
        let agreed = fixed(office.board()?);
        office.write(Kind::Open, |visit, key| {
            let board = visit.board()?;
            ensure!(fixed(board) == agreed, "the roll or the keys have changed meanwhile; run the command again");
            Ok(authority::open(board, visit.anchor()?, key)?)
        })?;
        let voters = office.board()?.counts().roll;
        Ok(Outcome::done(format!(
            "The voting is open for {voters} voters. Next, when it is to end: `tabella authority close`\n"
        )))
    }
}

/// What `open` fixes for ever.
fn fixed(board: &Board) -> (Option<[u8; 32]>, tabella_election::Hash) {
    (board.ceremony().keys().map(|keys| keys.hash()), board.roll().hash(&board.election().id()))
}

/// What is fixed by opening, and what to think of before.
pub(super) fn summary(board: &Board) -> String {
    let election = board.election();
    let roll = board.roll();
    let mut text = format!(
        "{}\n\nRoll: {} voters with a weight of {} together (revision {}).\n",
        election.manifest().title,
        roll.voters().len(),
        roll.weight(),
        roll.revision()
    );
    text.push_str(&standing::classes_text(roll, election));
    if let Some(keys) = board.ceremony().keys() {
        let names = election.trustee_names(&keys.qualified().collect::<Vec<_>>());
        let threshold = election.manifest().threshold;
        text.push_str(&format!("Keys: {} hold them; any {threshold} decrypt.\n", join(&names, "and")));
    }
    text.push_str("Compare the number of voters with the list of voters: whoever is not on the roll cannot vote.\n");
    let warnings = standing::warning_texts(&board.warnings());
    if !warnings.is_empty() {
        text.push_str("\nThink of this before:\n");
    }
    for warning in warnings {
        text.push_str(&format!("{}\n", wrap("  – ", &warning)));
    }
    text
}
