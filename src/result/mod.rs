//! What an election came to: the totals, what they mean, and who is elected. For people ([`Results::text`]) and for
//! programs ([`Results::json`]).

mod json;
mod pairs;
mod table;
mod text;

use std::sync::Arc;

use anyhow::{Context, Result};
use tabella_counting::outcome::{Entrant, Outcome};
use tabella_election::Election;
use tabella_election::contest::Totals;
use tabella_election::message::{Contest, ContestKind};
use tabella_election::rules::{Board, Counts, Warning};

/// The published result of an election.
#[derive(Debug)]
pub struct Results {
    /// The election.
    pub election: Arc<Election>,
    /// How many ballots there were.
    pub counts: Counts,
    /// Those of each contest of the manifest, in its order.
    pub contests: Vec<Counted>,
    /// What people should know.
    pub warnings: Vec<Warning>,
}

/// The result of one contest.
#[derive(Debug)]
pub struct Counted {
    /// How many counted ballots have the contest.
    pub ballots: u64,
    /// The sum of their weights.
    pub weight: u64,
    /// `None`: withheld, for too few voted.
    pub totals: Option<Totals>,
    /// `None` where there is none: specs/counting.md#outcome.
    pub outcome: Option<Outcome>,
}

impl Results {
    /// The result that stands in the record; `None` as long as there is none.
    ///
    /// # Errors
    /// Only if the board accepted what breaks its rules.
    pub fn of(board: &Board) -> Result<Option<Self>> {
        let (Some((result, _)), Some(tally)) = (board.result(), board.tally()) else { return Ok(None) };
        let election = board.election();
        let contests = (0..).zip(election.manifest().contests.iter().zip(&result.contests));
        let counted = contests.map(|(index, (contest, result))| {
            let group = tally.group_of(index).context("a contest is in no group")?;
            Counted::of(contest, group.ballots, group.weight, result.totals())
        });
        Ok(Some(Self {
            contests: counted.collect::<Result<_>>()?,
            election: Arc::clone(election),
            counts: board.counts(),
            warnings: board.warnings(),
        }))
    }

    /// The contests of the manifest, with what was counted.
    fn contests(&self) -> impl Iterator<Item = (&Contest, &Counted)> {
        self.election.manifest().contests.iter().zip(&self.contests)
    }
}

impl Counted {
    fn of(contest: &Contest, ballots: u64, weight: u64, slots: Option<&[u64]>) -> Result<Self> {
        let read = |slots| contest.totals(weight, slots).context("the totals are not those of the contest's slots");
        let totals = slots.map(read).transpose()?;
        let outcome = totals.as_ref().map(|totals| contest.outcome(totals)).transpose()?.flatten();
        Ok(Self { ballots, weight, totals, outcome })
    }
}

/// What people call an option or a list.
fn title(contest: &Contest, entrant: Entrant) -> String {
    let title = match (entrant, &contest.kind) {
        (Entrant::Option(option), _) => contest.options.get(option).map(|option| &option.title),
        (Entrant::List(list), ContestKind::Lists(lists)) => lists.lists.get(list).map(|list| &list.title),
        (Entrant::List(_), _) => None,
    };
    title.cloned().unwrap_or_default()
}

#[cfg(test)]
mod tests;
