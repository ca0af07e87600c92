//! `tabella registrar reissue`: new codes for voters whose letters were lost or seen.

use std::collections::HashSet;

use anyhow::{Context, Result, ensure};
use clap::Args;
use tabella_client::confirm::Step;
use tabella_client::desk::BoardArguments;
use tabella_client::printable::printable;
use tabella_client::randomness;
use tabella_election::registrar;

use super::codes::Codes;
use super::command::Office;
use super::enrolment::{Standing, compare};
use crate::folder::Folder;
use crate::outcome::Outcome;

/// Give voters new codes, before the voting is open
///
/// The old codes are void at once; all other voters keep theirs.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  tabella registrar reissue 1002 --dir registrar
  tabella registrar letters --dir registrar --only 1002 --out new-letter.html")]
pub(super) struct Arguments {
    /// The id of a voter on the list; may be given more than once
    #[arg(value_name = "ID", required = true)]
    ids: Vec<String>,
    #[command(flatten)]
    board: BoardArguments,
}

impl Arguments {
    pub(super) fn run(&self, folder: &Folder) -> Result<Outcome> {
        let mut office = Office::enter(folder, &self.board)?;
        office.ensure_setup()?;
        let mut codes =
            office.codes()?.context("there are no codes in this folder; `tabella registrar roll` makes them")?;
        ensure!(
            compare(office.visit.board()?.roll(), codes.revision, &codes.roll()?) == Standing::Complete,
            "the roll on the board is not the one of the codes in this folder; run `tabella registrar roll` with the list first"
        );
        let ids: HashSet<&str> = self.ids.iter().map(String::as_str).collect();
        let known: HashSet<&str> = codes.voters.iter().map(|voter| voter.listed.id.as_str()).collect();
        let unknown: Vec<&str> = self.ids.iter().map(String::as_str).filter(|id| !known.contains(id)).collect();
        ensure!(unknown.is_empty(), "there is no voter {} on the list; nothing was done", unknown.join(", "));
        let question = format!(
            "Give {} of {} voters new codes? The old codes of these are void at once.",
            ids.len(),
            codes.voters.len()
        );
        folder.confirm.confirm(Step::Final, &question)?;
        let mut rng = randomness::fresh()?;
        for voter in codes.voters.iter_mut().filter(|voter| ids.contains(voter.listed.id.as_str())) {
            let (code, _) = registrar::enrol(&codes.election, voter.listed.weight, voter.listed.style, &mut rng)?;
            voter.code = code;
        }
        let revision = office.next_revision()?;
        let codes = Codes { revision, ..codes };
        let sent = office.publish(&codes);
        sent.context("the new codes are sealed; `tabella registrar roll` with the list finishes what was begun")?;
        let only: Vec<String> = self.ids.iter().map(|id| format!(" --only {id}")).collect();
        let text =
            format!("{}Next: `tabella registrar letters{} --out FILE.html`\n", office.roll_text()?, only.concat());
        Ok(Outcome::done(printable(&text)))
    }
}
