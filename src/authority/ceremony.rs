//! `tabella authority ceremony` and `rehearse`: the authority's part of the key ceremony is to say when a round ends.

use std::thread::sleep;
use std::time::Duration;

use anyhow::{Result, bail, ensure};
use clap::Args;
use tabella_client::confirm;
use tabella_client::desk::BoardArguments;
use tabella_client::printable::printable;
use tabella_crypto::polynomial::Index;
use tabella_election::ceremony::{Ceremony, Complaint, Step};
use tabella_election::kind::Phase;
use tabella_election::rules::Board;
use tabella_election::{Kind, authority};

use super::office::Office;
use crate::folder::Folder;
use crate::outcome::Outcome;
use crate::wording::join;

/// How long `--watch` waits before it looks again.
pub(super) const LOOK_AGAIN: Duration = Duration::from_secs(2);

/// Lead the trustees through the key ceremony, up to the rehearsal
///
/// Ends each round as soon as every trustee has done the step. Whoever is late is waited for, unless you leave them out by name.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  tabella authority ceremony --dir city-2026 --watch
  tabella authority ceremony --dir city-2026 --leave-out Carol
  tabella authority ceremony --dir city-2026 --restart")]
pub(super) struct Arguments {
    /// Stay, and go on as soon as the trustees have done their parts
    #[arg(long)]
    watch: bool,
    /// Do not wait for this trustee in the current round; may be given more than once
    #[arg(long, value_name = "NAME")]
    leave_out: Vec<String>,
    /// Begin the ceremony anew: everything so far is void
    #[arg(long, conflicts_with = "leave_out")]
    restart: bool,
    #[command(flatten)]
    board: BoardArguments,
}

/// Ask the trustees once more to show that their keys work
///
/// In the setup or during the voting, as often as you like: it shows in time that a trustee has lost the key.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  tabella authority rehearse --dir city-2026")]
pub(super) struct RehearseArguments {
    #[command(flatten)]
    board: BoardArguments,
}

/// What comes next in a ceremony.
enum Next {
    /// The authority ends the round and leaves these out.
    Round(Vec<String>),
    /// The authority asks for the first rehearsal.
    Rehearse,
    /// These must do something first.
    Wait(Kind, Vec<String>),
    /// The authority must decide.
    Failed,
    /// Nothing.
    Done,
}

impl Arguments {
    pub(super) fn run(&self, folder: &Folder) -> Result<Outcome> {
        let mut office = Office::enter(folder, &self.board)?;
        self.judge_names(office.board()?)?;
        if self.restart {
            restart(&mut office, folder)?;
        }
        let mut leave_out = self.leave_out.clone();
        let mut waited_for = None;
        loop {
            match next(office.board()?, &leave_out) {
                Next::Round(left_out) => {
                    end_round(&mut office, folder, &left_out)?;
                    // Who was named for this round has not yet been asked in the next.
                    leave_out.clear();
                }
                Next::Rehearse => {
                    office.write(Kind::Rehearse, |visit, key| Ok(authority::rehearse(visit.board()?, key)?))?;
                    eprintln!("· The trustees are asked to rehearse");
                }
                Next::Wait(kind, names) if self.watch => {
                    let line = waiting_line(kind, &names);
                    if waited_for.as_ref() != Some(&line) {
                        eprintln!("· {}", printable(&line));
                        waited_for = Some(line);
                    }
                    sleep(LOOK_AGAIN);
                    office.visit.catch_up()?;
                }
                Next::Wait(kind, names) => {
                    let text = format!("{}{}.\n", report(office.board()?), waiting_line(kind, &names));
                    return Ok(Outcome::waiting(printable(&text)));
                }
                Next::Failed => bail!(
                    "{}this attempt at the key ceremony has failed: too few trustees are qualified. Talk to those named, \
                     then begin anew with `tabella authority ceremony --restart`",
                    report(office.board()?)
                ),
                Next::Done => {
                    let text = format!("{}{}", report(office.board()?), done(office.board()?));
                    return Ok(Outcome::done(printable(&text)));
                }
            }
        }
    }

    fn judge_names(&self, board: &Board) -> Result<()> {
        let trustees = &board.election().manifest().trustees;
        let names: Vec<&str> = trustees.iter().map(|trustee| trustee.name.as_str()).collect();
        for name in &self.leave_out {
            ensure!(
                names.contains(&name.as_str()),
                "there is no trustee “{name}”; the trustees are {}",
                join(&names, "and")
            );
        }
        Ok(())
    }
}

impl RehearseArguments {
    pub(super) fn run(&self, folder: &Folder) -> Result<Outcome> {
        let mut office = Office::enter(folder, &self.board)?;
        let phase = office.board()?.phase();
        ensure!(matches!(phase, Phase::Setup | Phase::Voting), "there is nothing to rehearse any more: {phase}");
        ensure!(
            office.board()?.ceremony().keys().is_some(),
            "the trustees have no keys yet; run `tabella authority ceremony` first"
        );
        // A rehearsal that nobody has answered is still to be answered: killed and run again, this asks once.
        let unanswered = office.board()?.ceremony().rehearsal().is_some_and(|last| last.answered().is_empty());
        if !unanswered {
            office.write(Kind::Rehearse, |visit, key| Ok(authority::rehearse(visit.board()?, key)?))?;
        }
        let board = office.board()?;
        let round = board.ceremony().rehearsal().map_or(0, |rehearsal| rehearsal.round());
        let text = format!(
            "Rehearsal {round} is on the board. Each trustee answers with `tabella-trustee rehearse`; `tabella authority \
             status` says who has.\n"
        );
        Ok(Outcome::done(text))
    }
}

/// What comes next; `leave_out` are not waited for in this round.
fn next(board: &Board, leave_out: &[String]) -> Next {
    let ceremony = board.ceremony();
    if board.phase() != Phase::Setup {
        return Next::Done;
    }
    let missing = names(board, &ceremony.awaited());
    let Some(step) = ceremony.stage().step() else { return Next::Failed };
    match step {
        Step::Keys if !missing.is_empty() => Next::Wait(Kind::Keys, missing),
        Step::Keys => match ceremony.rehearsal() {
            None => Next::Rehearse,
            Some(rehearsal) if (rehearsal.answered().len() as u64) < board.election().manifest().threshold => {
                let silent = ceremony.keys().map(|keys| {
                    keys.qualified().filter(|index| !rehearsal.answered().contains(index)).collect::<Vec<_>>()
                });
                Next::Wait(Kind::Rehearsal, names(board, &silent.unwrap_or_default()))
            }
            Some(_) => Next::Done,
        },
        _ if missing.iter().all(|name| leave_out.contains(name)) => Next::Round(missing),
        step => Next::Wait(step.kind(), missing.into_iter().filter(|name| !leave_out.contains(name)).collect()),
    }
}

fn end_round(office: &mut Office, folder: &Folder, left_out: &[String]) -> Result<()> {
    let step = office.board()?.ceremony().stage().step();
    if !left_out.is_empty() {
        let question = format!(
            "End the round without {}? They take no part in the rest of this attempt, and hold no share of the keys.",
            join(left_out, "and")
        );
        folder.confirm.confirm(confirm::Step::Final, &printable(&question))?;
    }
    office.write(Kind::Round, |visit, key| {
        let board = visit.board()?;
        let now = names(board, &board.ceremony().awaited());
        // Somebody may have done the step meanwhile; nobody else may be left out than was agreed to.
        ensure!(now.iter().all(|name| left_out.contains(name)), "the board has moved on; run the command again");
        Ok(authority::round(board, key)?)
    })?;
    let step = step.map_or_else(String::new, |step| step.to_string());
    let without = if left_out.is_empty() { String::new() } else { format!(" without {}", join(left_out, "and")) };
    eprintln!("· {}", printable(&format!("The step `{step}` is complete{without}")));
    Ok(())
}

fn restart(office: &mut Office, folder: &Folder) -> Result<()> {
    let board = office.board()?;
    ensure!(board.phase() == Phase::Setup, "the ceremony cannot begin anew: {}", board.phase());
    let next = board.ceremony().attempt().number + 1;
    let question = format!(
        "{}Begin attempt {next} of the key ceremony? Everything of the attempt before is void, and every trustee begins anew.",
        report(board)
    );
    folder.confirm.confirm(confirm::Step::Final, &printable(&question))?;
    office.write(Kind::Restart, |visit, key| {
        let board = visit.board()?;
        ensure!(board.ceremony().attempt().number + 1 == next, "the board has moved on; run the command again");
        Ok(authority::restart(board, key))
    })?;
    eprintln!("· Attempt {next} begins");
    Ok(())
}

fn waiting_line(kind: Kind, names: &[String]) -> String {
    let hint = match kind {
        Kind::Keys => "; who is qualified cannot be left out any more: if they never come, begin anew with --restart",
        Kind::Rehearsal => "",
        _ => "; who never comes is left out with --leave-out NAME",
    };
    format!("Waiting for `{kind}` of {}{hint}", join(names, "and"))
}

/// Who was left out, and who complained of whom: one line each.
pub(super) fn report(board: &Board) -> String {
    let ceremony: &Ceremony = board.ceremony();
    let mut text = String::new();
    let name = |index: &Index| names(board, [index]).join("");
    for (index, step) in ceremony.left_out() {
        text.push_str(&format!("Left out: {}, who did not complete `{step}`.\n", name(index)));
    }
    for complaint in ceremony.all_complaints() {
        let Complaint { complainer, dealer, .. } = complaint;
        text.push_str(&format!(
            "Complaint: {} said that the dealing of {} was bad. At fault: {}.\n",
            name(complainer),
            name(dealer),
            name(&complaint.culprit())
        ));
    }
    text
}

fn done(board: &Board) -> String {
    let ceremony = board.ceremony();
    let qualified = ceremony.keys().map(|keys| names(board, &keys.qualified().collect::<Vec<_>>()));
    let answered = ceremony.rehearsal().map(|rehearsal| names(board, rehearsal.answered()));
    format!(
        "The election has its keys. Qualified: {}. In the last rehearsal {} have shown that they can decrypt.\n{}",
        join(&qualified.unwrap_or_default(), "and"),
        join(&answered.unwrap_or_default(), "and"),
        if board.phase() == Phase::Setup { "Next: the registrar's roll, then `tabella authority open`\n" } else { "" }
    )
}

fn names<'a>(board: &Board, indexes: impl IntoIterator<Item = &'a Index>) -> Vec<String> {
    board.election().trustee_names(indexes).into_iter().map(str::to_owned).collect()
}
