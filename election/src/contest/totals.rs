//! What the totals of a contest's slots mean. Implements specs/tally.md#meaning and specs/counting.md.

use tabella_counting::outcome::Outcome;
use tabella_counting::totals::{ListTotals, Pairs};
use tabella_counting::{CountFault, count};

use crate::message::{Contest, ContestKind};

/// The totals of a contest, as people ask for them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Totals {
    /// The sum of the weights of the ballots.
    pub weight: u64,
    /// Of each option; none of a ranking.
    pub options: Vec<u64>,
    /// Blank votes, where they are offered.
    pub blank: Option<u64>,
    /// How often each option of a ranking stands above each other.
    pub pairs: Option<Pairs>,
    /// The votes of each list, where there are lists.
    pub lists: Option<Vec<u64>>,
}

impl Contest {
    /// The totals of the contest, from those of its slots. `weight` is the sum of the weights of its ballots.
    ///
    /// `None` if there are not as many slots, which the result of a record never has.
    pub fn totals(&self, weight: u64, slots: &[u64]) -> Option<Totals> {
        if slots.len() != self.size().slots {
            return None;
        }
        let (options, others) = slots.split_at(self.options.len().min(slots.len()));
        let options_only = || Totals { weight, options: options.to_vec(), blank: None, pairs: None, lists: None };
        Some(match &self.kind {
            ContestKind::Choice(_) => Totals { blank: others.first().copied(), ..options_only() },
            ContestKind::Score(_) | ContestKind::Positional(_) | ContestKind::Quadratic(_) => options_only(),
            ContestKind::Ranking(ranking) => {
                let pairs = Pairs::of_slots(self.options.len(), ranking.ties, slots, weight).ok()?;
                Totals { options: Vec::new(), pairs: Some(pairs), ..options_only() }
            }
            ContestKind::Lists(_) => Totals { lists: Some(others.to_vec()), ..options_only() },
            ContestKind::Allocation(allocation) => Totals { options: allocation.totals(slots), ..options_only() },
        })
    }

    /// Who is elected. `None` if the manifest has no rule for it, or nobody voted.
    ///
    /// # Errors
    /// Only for a contest that [`Contest::judge`] refuses, or totals of another.
    pub fn outcome(&self, totals: &Totals) -> Result<Option<Outcome>, CountFault> {
        let Some(rule) = self.counting.0.as_ref().filter(|_| totals.weight > 0) else {
            return Ok(None);
        };
        let lists = self.list_totals(totals);
        let counted = match (&totals.pairs, &lists) {
            (Some(pairs), _) => tabella_counting::totals::Totals::Pairs(pairs.clone()),
            (None, Some(lists)) => tabella_counting::totals::Totals::Lists { options: &totals.options, lists },
            (None, None) => tabella_counting::totals::Totals::Options(&totals.options),
        };
        count(rule, &counted).map(Some)
    }

    fn list_totals(&self, totals: &Totals) -> Option<Vec<ListTotals>> {
        let ContestKind::Lists(lists) = &self.kind else { return None };
        let votes = totals.lists.as_ref()?.iter();
        Some(
            votes
                .zip(lists.ranges())
                .map(|(total, range)| ListTotals { total: *total, options: range.len() })
                .collect(),
        )
    }
}
