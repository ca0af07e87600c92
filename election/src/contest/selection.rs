//! What a voter chose in one contest, and why it may be no vote.

use std::collections::BTreeSet;

use thiserror::Error;

/// What a voter chose in one contest. A secret of the voter: it is neither copied nor shown.
#[derive(PartialEq, Eq)]
pub enum Selection {
    /// In a choice: these options, by their indexes from 0. None of them is a choice too, where the minimum is 0.
    Options(BTreeSet<usize>),
    /// In a choice: an explicit blank vote.
    Blank,
    /// A number for each option: points in a score, votes in a quadratic contest, amounts in an allocation.
    Numbers(Vec<u64>),
    /// An order, the best first; options of one place are tied. In a ranking, options that are left out come last,
    /// tied.
    Ranking(Vec<BTreeSet<usize>>),
    /// One of the lists, and options of it; all by their indexes from 0.
    List {
        /// The list.
        list: usize,
        /// The options.
        options: BTreeSet<usize>,
    },
}

/// Why a selection is no vote in its contest: told to the voter before anything is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum SelectionFault {
    /// An answer to another kind of question.
    #[error("this contest is answered in another way")]
    Kind,
    /// Fewer options than the contest asks for.
    #[error("choose at least {0}")]
    TooFew(u64),
    /// More options than the contest allows.
    #[error("choose at most {0}")]
    TooMany(u64),
    /// An option that the contest does not have.
    #[error("there is no such option")]
    OptionUnknown,
    /// A blank vote, and the contest offers none.
    #[error("this contest has no blank vote")]
    BlankNotOffered,
    /// Not one number for each option.
    #[error("give a number to each of the {0} options")]
    Count(usize),
    /// More points for one option than the contest allows.
    #[error("give at most {0} to one option")]
    TooManyPoints(u64),
    /// Fewer points in all than the contest asks for.
    #[error("give at least {0} in all")]
    TotalTooSmall(u64),
    /// More points in all than the contest allows.
    #[error("give at most {0} in all")]
    TotalTooLarge(u64),
    /// The votes cost more than there is to spend.
    #[error("these votes cost {cost} credits, and there are {credits}: v votes for an option cost v·v")]
    Credits {
        /// The sum of the squares.
        cost: u128,
        /// What there is to spend.
        credits: u64,
    },
    /// The parts are not the amount.
    #[error("split exactly {0}")]
    Amount(u64),
    /// Two options in one place, where each has its own.
    #[error("each option has a place of its own here: order all of them")]
    Tied,
    /// One option in two places, or a place without options.
    #[error("each option stands in one place, and each place holds an option")]
    Places,
    /// A list that the contest does not have.
    #[error("there is no such list")]
    ListUnknown,
    /// An option of another list than the chosen one.
    #[error("choose options of the list only")]
    OfAnotherList,
}

/// Whether from `min` to `max` options were chosen.
pub(super) fn judge_count(chosen: usize, min: u64, max: u64) -> Result<(), SelectionFault> {
    match chosen as u64 {
        few if few < min => Err(SelectionFault::TooFew(min)),
        many if many > max => Err(SelectionFault::TooMany(max)),
        _ => Ok(()),
    }
}

/// The number for each option.
pub(super) fn numbers(selection: &Selection, options: usize) -> Result<&[u64], SelectionFault> {
    match selection {
        Selection::Numbers(numbers) if numbers.len() == options => Ok(numbers),
        Selection::Numbers(_) => Err(SelectionFault::Count(options)),
        _ => Err(SelectionFault::Kind),
    }
}

/// The sum of the numbers; too large to be any total is as large as can be.
pub(super) fn sum(numbers: &[u64]) -> u64 {
    numbers.iter().fold(0, |sum, number| sum.saturating_add(*number))
}

/// The places of an order, in which each option stands once at most.
pub(super) fn places(selection: &Selection, options: usize) -> Result<&[BTreeSet<usize>], SelectionFault> {
    let Selection::Ranking(places) = selection else { return Err(SelectionFault::Kind) };
    let mut seen = BTreeSet::new();
    for place in places {
        if place.is_empty() || place.iter().any(|option| !seen.insert(*option)) {
            return Err(SelectionFault::Places);
        }
    }
    match seen.last() {
        Some(last) if *last >= options => Err(SelectionFault::OptionUnknown),
        _ => Ok(places),
    }
}
