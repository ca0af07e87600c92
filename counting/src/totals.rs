//! What is counted: the totals of a contest, by the sort of its kind. Implements specs/counting.md#outcome.

use std::cmp::Reverse;

use thiserror::Error;

use crate::rule::Entrants;

/// The totals of a contest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Totals<'a> {
    /// A total for each option.
    Options(&'a [u64]),
    /// How often each option stands above each other.
    Pairs(Pairs),
    /// A total for each option and each list.
    Lists {
        /// The totals of the options, list after list.
        options: &'a [u64],
        /// The lists, in the order of the manifest.
        lists: &'a [ListTotals],
    },
}

/// A list: its total, and how many options it has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ListTotals {
    /// The votes for the list.
    pub total: u64,
    /// The first list has the first so many options, the next the following ones.
    pub options: usize,
}

/// N(a,b) for all options a and b: the weight of the ballots that rank a above b. Implements specs/counting.md#pairs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pairs {
    options: usize,
    /// Row after row; 0 for a = b.
    votes: Vec<u64>,
}

/// Why totals of slots make no pairs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum PairsFault {
    /// The number of totals is not that of the slots of a ranking of the options.
    #[error("the totals are not those of a ranking's slots")]
    Slots,
    /// More weight ranks one option above another than has voted.
    #[error("a total is greater than the weight of the ballots")]
    Weight,
}

/// How many are for a win, and how many against it. Implements specs/counting.md#pairs.
///
/// Greater with more for it, and, with as many for it, with fewer against it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Strength {
    /// N(a,b), where a beats b.
    pub support: u64,
    /// N(b,a).
    pub against: u64,
}

impl Totals<'_> {
    /// What a rule for these totals is judged for.
    pub fn entrants(&self) -> Entrants {
        match self {
            Self::Options(options) => Entrants::Options(options.len()),
            Self::Pairs(pairs) => Entrants::Ranking(pairs.options),
            Self::Lists { options, lists } => Entrants::Lists { options: options.len(), lists: lists.len() },
        }
    }
}

/// Whether each option is on exactly one list.
pub(crate) fn divide(options: &[u64], lists: &[ListTotals]) -> bool {
    let all = lists.iter().try_fold(0_usize, |sum, list| sum.checked_add(list.options));
    all == Some(options.len())
}

impl Pairs {
    /// The pairs of so many options, by a function that is asked for N(a,b) of all a ≠ b.
    pub fn new(options: usize, mut votes: impl FnMut(usize, usize) -> u64) -> Self {
        let each = (0..options).flat_map(|a| (0..options).map(move |b| (a, b)));
        let votes = each.map(|(a, b)| if a == b { 0 } else { votes(a, b) }).collect();
        Self { options, votes }
    }

    /// The pairs from the totals of a ranking's slots, in the order of specs/ballot.md#shape: those of a above b for
    /// all a ≠ b where ties are allowed; where they are not, for a < b, and b stands above a on the rest of the weight.
    ///
    /// # Errors
    /// [`PairsFault`]; it does not happen to the totals of an accepted result.
    pub fn of_slots(options: usize, ties: bool, slots: &[u64], weight: u64) -> Result<Self, PairsFault> {
        let mut pairs = Self::new(options, |_, _| 0);
        let mut totals = slots.iter();
        for a in 0..options {
            for b in (0..options).filter(|&b| if ties { a != b } else { a < b }) {
                let total = *totals.next().ok_or(PairsFault::Slots)?;
                let rest = weight.checked_sub(total).ok_or(PairsFault::Weight)?;
                pairs.votes[a * options + b] = total;
                if !ties {
                    pairs.votes[b * options + a] = rest;
                }
            }
        }
        if totals.next().is_some() { Err(PairsFault::Slots) } else { Ok(pairs) }
    }

    /// How many options there are.
    pub fn options(&self) -> usize {
        self.options
    }

    /// N(a,b); 0 for a = b, and for an option that is not there.
    pub fn votes(&self, a: usize, b: usize) -> u64 {
        if a < self.options && b < self.options { self.votes[a * self.options + b] } else { 0 }
    }

    /// The rows of the matrix: row a, column b is N(a,b).
    pub fn rows(&self) -> impl Iterator<Item = &[u64]> {
        // No options have no rows, whatever their length.
        self.votes.chunks(self.options.max(1))
    }

    /// The strength of the win of a over b, if a beats b.
    pub fn win(&self, a: usize, b: usize) -> Option<Strength> {
        let (support, against) = (self.votes(a, b), self.votes(b, a));
        (support > against).then_some(Strength { support, against })
    }
}

impl Ord for Strength {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.support, Reverse(self.against)).cmp(&(other.support, Reverse(other.against)))
    }
}

impl PartialOrd for Strength {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
