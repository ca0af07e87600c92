//! What a voter chooses: named on the command line ([`words`]), or asked for at the terminal ([`ask`]), and said back
//! ([`mod@show`]).

mod ask;
mod show;
mod words;

use std::collections::BTreeMap;
use std::io::{self, IsTerminal};

use anyhow::{Result, anyhow, bail, ensure};
use clap::Args;
use tabella_election::Election;
use tabella_election::contest::{Selection, SelectionFault};
use tabella_election::message::{Contest, ContestKind, Ranking, Style};

pub(super) use self::show::{show, to_json};

/// A vote: a selection in each contest, by the contest's index.
pub(super) type Choices = BTreeMap<u64, Selection>;

/// Choices on the command line; what is left open is asked for.
#[derive(Debug, Args)]
pub(super) struct ChoiceArguments {
    /// Answer a contest; the contest, options and lists by id or number
    ///
    ///   choice      mayor=ada,noether          these options; nothing after the = chooses none
    ///   score       parks=north:5,south:2      points; who is not named gets 0
    ///   quadratic   parks=north:3,south:1      votes; who is not named gets 0
    ///   allocation  budget=roads:70,trees:30   amounts; who is not named gets 0
    ///   positional  'best=ada>noether'         the best first; in quotes, since > means something to shells
    ///   ranking     'best=ada>noether=turing'  the same; = between those that share a place
    ///   lists       council=green:ada,curie    a list and options of it; or a list alone: council=green
    #[arg(long, value_name = "CONTEST=ANSWER", verbatim_doc_comment)]
    choose: Vec<String>,
    /// Vote blank in a contest
    #[arg(long, value_name = "CONTEST")]
    blank: Vec<String>,
}

impl ChoiceArguments {
    /// A selection for each contest of the voter's ballot, every one of them a vote.
    pub(super) fn read(&self, election: &Election, style: &Style) -> Result<Choices> {
        let contests: Vec<(u64, &Contest)> = election.style_contests(style).collect();
        let mut choices = Choices::new();
        let mut add = |(index, contest): (u64, &Contest), selection| {
            judge(contest, &selection)?;
            ensure!(choices.insert(index, selection).is_none(), "contest “{}” is named twice", contest.id);
            Ok(())
        };
        for named in &self.choose {
            let (contest, answer) = words::contest_and_answer(&contests, named)?;
            add(contest, words::selection(contest.1, answer)?)?;
        }
        for contest in &self.blank {
            add(words::contest(&contests, contest)?, Selection::Blank)?;
        }
        let open = contests.iter().filter(|(index, _)| !choices.contains_key(index)).copied().collect::<Vec<_>>();
        if !open.is_empty() && !io::stdin().is_terminal() {
            let open: String = open.iter().map(|(_, contest)| ask::describe(contest)).collect();
            bail!("a choice is missing, and there is no terminal to ask at: give --choose or --blank\n{open}");
        }
        for (index, contest) in open {
            choices.insert(index, ask::ask(contest)?);
        }
        Ok(choices)
    }
}

/// Whether a selection is a vote, before anything is encrypted.
fn judge(contest: &Contest, selection: &Selection) -> Result<()> {
    let no_vote = |fault: String| anyhow!("this is no vote in “{}”: {fault}", contest.title);
    let has_ties = matches!(contest.kind, ContestKind::Ranking(Ranking { ties: true }));
    if let Selection::Ranking(places) = selection
        && !has_ties
        && let Some(shared) = places.iter().find(|place| place.len() > 1)
    {
        let titles = show::titles(contest, shared);
        return Err(no_vote(format!("{titles} need a place each, with > between them")));
    }
    contest.fill(selection).map(drop).map_err(|fault| {
        // Only a choice knows the word.
        let is_blank = *selection == Selection::Blank;
        no_vote(if is_blank { SelectionFault::BlankNotOffered } else { fault }.to_string())
    })
}

#[cfg(test)]
mod tests;
