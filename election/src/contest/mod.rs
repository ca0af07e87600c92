//! Contests: what a voter may choose, as the shape that a ballot proves. Implements specs/ballot.md#shape and
//! specs/election.md#contest.
//!
//! Each kind has a file of its own, which answers the same questions (`Rules`).

mod digits;
mod forms;
mod selection;

mod allocation;
mod choice;
mod lists;
mod positional;
mod quadratic;
mod ranking;
mod score;

mod totals;
mod unanimous;

use std::iter::Sum;
use std::ops::Range;

use tabella_counting::rule::Entrants;
use tabella_crypto::shape::{Shape, ShapeFault};
use zeroize::Zeroizing;

pub use self::selection::{Selection, SelectionFault};
pub use self::totals::Totals;
use crate::code::{Code, Rejection};
use crate::message::{Contest, ContestKind, Lists};

/// How much of a ballot a contest takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Size {
    /// m, the free coordinates.
    pub coordinates: usize,
    /// The slots.
    pub slots: usize,
    /// Of these, the ranged ones.
    pub ranged: usize,
    /// n, the constraints.
    pub constraints: usize,
}

impl Sum for Size {
    /// Saturates: contests of any size may be asked.
    fn sum<I: Iterator<Item = Self>>(sizes: I) -> Self {
        sizes.fold(Self::default(), |sum, size| Self {
            coordinates: sum.coordinates.saturating_add(size.coordinates),
            slots: sum.slots.saturating_add(size.slots),
            ranged: sum.ranged.saturating_add(size.ranged),
            constraints: sum.constraints.saturating_add(size.constraints),
        })
    }
}

/// The largest values that a vote can give.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Largest {
    /// To a slot.
    pub slot: u64,
    /// To an option, which may have more than one slot.
    pub option: u64,
}

/// What every kind of contest answers. `options` is always the number of its options.
trait Rules {
    /// What breaks the rule of the kind, if anything does.
    fn judge(&self, options: usize) -> Result<(), String>;

    /// Numbers only: it may be asked of a contest of any size.
    fn size(&self, options: usize) -> Size;

    fn largest(&self) -> Largest;

    fn shape(&self, options: usize) -> Result<Shape, ShapeFault>;

    /// The coordinates of a selection, in the order of the shape.
    fn fill(&self, options: usize, selection: &Selection) -> Result<Zeroizing<Vec<u64>>, SelectionFault>;

    /// The selection that gives these values to the slots.
    fn read(&self, options: usize, values: &[u64]) -> Selection;
}

impl ContestKind {
    fn rules(&self) -> &dyn Rules {
        match self {
            Self::Choice(choice) => choice,
            Self::Score(score) => score,
            Self::Positional(positional) => positional,
            Self::Quadratic(quadratic) => quadratic,
            Self::Ranking(ranking) => ranking,
            Self::Lists(lists) => lists,
            Self::Allocation(allocation) => allocation,
        }
    }
}

impl Contest {
    /// Whether the contest keeps the rules of its kind and of its counting. Check 6 of specs/election.md#manifest.
    ///
    /// # Errors
    /// `manifest_contest`.
    pub fn judge(&self) -> Result<(), Rejection> {
        let judged = self.rules().judge(self.options.len()).and_then(|()| self.judge_counting());
        judged.map_err(|fault| Rejection::new(Code::ManifestContest, format!("Contest `{}`: {fault}.", self.id)))
    }

    fn judge_counting(&self) -> Result<(), String> {
        match &self.counting.0 {
            Some(rule) => rule.judge(self.entrants()).map_err(|fault| fault.to_string()),
            None => Ok(()),
        }
    }

    /// How much of a ballot the contest takes.
    pub fn size(&self) -> Size {
        self.rules().size(self.options.len())
    }

    /// The largest values that a vote can give.
    pub fn largest(&self) -> Largest {
        self.rules().largest()
    }

    /// The contest's part of the shape of a ballot.
    ///
    /// # Errors
    /// Only for a contest that [`Contest::judge`] refuses.
    pub fn shape(&self) -> Result<Shape, ShapeFault> {
        self.rules().shape(self.options.len())
    }

    /// The free coordinates of a selection, as [`Contest::shape`] orders them.
    ///
    /// # Errors
    /// A [`SelectionFault`] for the voter.
    pub fn fill(&self, selection: &Selection) -> Result<Zeroizing<Vec<u64>>, SelectionFault> {
        self.rules().fill(self.options.len(), selection)
    }

    /// What was chosen by the vote that gives these values to the slots: what an opened ballot holds.
    pub fn read(&self, values: &[u64]) -> Selection {
        self.rules().read(self.options.len(), values)
    }

    /// Who can be elected.
    fn entrants(&self) -> Entrants {
        let options = self.options.len();
        match &self.kind {
            ContestKind::Ranking(_) => Entrants::Ranking(options),
            ContestKind::Lists(lists) => Entrants::Lists { options, lists: lists.lists.len() },
            _ => Entrants::Options(options),
        }
    }

    fn rules(&self) -> &dyn Rules {
        self.kind.rules()
    }
}

impl Lists {
    /// The options of each list, by their indexes from 0.
    pub fn ranges(&self) -> impl Iterator<Item = Range<usize>> {
        self.lists.iter().scan(0_usize, |first, list| {
            let next = first.saturating_add(usize::try_from(list.options).unwrap_or(usize::MAX));
            Some(std::mem::replace(first, next)..next)
        })
    }
}

#[cfg(test)]
mod tests;
