//! `tabella authority close`: the voting ends. Implements the authority's side of specs/server.md#closing.

use anyhow::{Context, Result, bail, ensure};
use clap::Args;
use data_encoding::HEXLOWER;
use tabella_client::confirm::Step;
use tabella_client::desk::BoardArguments;
use tabella_client::view::ClosingView;
use tabella_election::kind::Phase;
use tabella_election::{Kind, authority};

use super::office::Office;
use crate::folder::Folder;
use crate::outcome::Outcome;

/// Close the voting
///
/// First the board is asked to take no more ballots; then its count is compared with your own copy of the record, entry by entry; only then the
/// end is signed. If it was killed in between, run it again, or take it back with --withdraw.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  tabella authority close --dir city-2026
  tabella authority close --dir city-2026 --withdraw")]
pub(super) struct Arguments {
    /// Take back the request to close: the voting goes on
    #[arg(long)]
    withdraw: bool,
    #[command(flatten)]
    board: BoardArguments,
}

impl Arguments {
    pub(super) fn run(&self, folder: &Folder) -> Result<Outcome> {
        let mut office = Office::enter(folder, &self.board)?;
        match office.board()?.phase() {
            Phase::Setup => bail!("the voting is not open yet"),
            Phase::Voting => {}
            _ if self.withdraw => {
                bail!("the voting has ended, and its end stands on the board: it cannot be taken back")
            }
            _ => return Ok(Outcome::done(closed(&office)?)),
        }
        let last = office.visit.remote()?.status()?.closing;
        if self.withdraw {
            if !last.is_closing {
                return Ok(Outcome::done("The voting is not being closed; it goes on.\n".to_owned()));
            }
            ask(&office, following(last.number)?, false)?;
            return Ok(Outcome::done("The voting goes on.\n".to_owned()));
        }
        let counts = office.board()?.counts();
        let question = format!(
            "End the voting? {} of {} voters have voted so far. No ballot is taken after this.",
            counts.counted, counts.roll
        );
        folder.confirm.confirm(Step::Final, &question)?;
        // The same request once more has the same bytes, and is answered again.
        let number = if last.is_closing { last.number } else { following(last.number)? };
        let view = ask(&office, number, true)?;
        compare(&mut office, &view)?;
        let compared = office.visit.last_leaf();
        office.write(Kind::Close, |visit, key| {
            ensure!(
                visit.last_leaf() == compared,
                "the board has numbered something since it said what it counts. Nothing was closed; run the command again, and \
                 tell the operator and the observers if it happens once more"
            );
            Ok(authority::close(visit.board()?, visit.anchor()?, visit.last_leaf(), key)?)
        })?;
        Ok(Outcome::done(closed(&office)?))
    }
}

fn following(number: u64) -> Result<u64> {
    number.checked_add(1).context("the board counts its requests to close without end; tell its operator")
}

/// Sends the request to close, or to go on.
fn ask(office: &Office, number: u64, is_closing: bool) -> Result<ClosingView> {
    let request = authority::closing(office.board()?, number, is_closing, &office.key)?;
    let view = office.visit.remote()?.closing(&request).context("the board did not take the request")?;
    ensure!(view.is_closing == is_closing, "the board took the request, and says the contrary; tell its operator");
    Ok(view)
}

/// Whether the board counts what one's own copy of the record holds. The checkpoint that it hands over is judged like any other.
fn compare(office: &mut Office, view: &ClosingView) -> Result<()> {
    office.visit.look_at(view.checkpoint.as_bytes())?;
    office.visit.catch_up()?;
    let own = (office.board()?.counts().accepted, HEXLOWER.encode(&office.visit.last_leaf().0));
    let boards = (view.ballots, view.last.clone());
    ensure!(
        own == boards,
        "the board says that it has taken {} ballots and that its last entry is {}; the record that it shows holds {} \
         ballots, and its last entry is {}. Nothing was closed. Run the command again; if it stays so, take the request \
         back with `tabella authority close --withdraw`, and tell the operator and the observers",
        boards.0,
        boards.1,
        own.0,
        own.1
    );
    Ok(())
}

fn closed(office: &Office) -> Result<String> {
    let counts = office.board()?.counts();
    Ok(format!(
        "The voting has ended: {} ballots were accepted, {} of them replaced by later ones; {} count.\n\
         Next: the trustees decrypt with `tabella-trustee tally`, then `tabella authority publish`\n",
        counts.accepted, counts.superseded, counts.counted
    ))
}
