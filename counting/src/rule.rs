//! Counting rules, as a manifest fixes them before anybody votes. Implements specs/counting.md#rule.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// Makes the enum of methods and their names, both ways, from one table.
macro_rules! methods {
    ($($(#[$doc:meta])* $variant:ident = $name:literal,)*) => {
        /// How totals become seats. Implements specs/counting.md#rule.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Method { $($(#[$doc])* $variant,)* }

        impl Method {
            /// Every method, in the order of specs/counting.md#rule.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The name in manifests and reports.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }
        }
    };
}

methods! {
    /// The options with the highest totals. Implements specs/counting.md#highest.
    Highest = "highest",
    /// Who beats every other option, or nobody. Implements specs/counting.md#pairs.
    Condorcet = "condorcet",
    /// The strongest paths. Implements specs/counting.md#pairs.
    Schulze = "schulze",
    /// Tideman's ranked pairs. Implements specs/counting.md#pairs.
    RankedPairs = "ranked-pairs",
    /// The most pairs won. Implements specs/counting.md#pairs.
    Copeland = "copeland",
    /// Highest quotients of 1, 2, 3, …. Implements specs/counting.md#lists.
    DHondt = "dhondt",
    /// Highest quotients of 1, 3, 5, …. Implements specs/counting.md#lists.
    SainteLague = "sainte-lague",
    /// Hare's quota and the largest remainders. Implements specs/counting.md#lists.
    LargestRemainder = "largest-remainder",
}

/// A name that is no method.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("there is no counting method of this name")]
pub struct MethodUnknown;

/// Field 4 of a contest, where it is not null. Implements specs/counting.md#rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CountingRule {
    /// How totals become seats.
    pub method: Method,
    /// How many seats there are.
    pub seats: u64,
    /// Every entrant once, first who wins ties: the numbers of the options, and, on from those, of the lists.
    pub tie_break: Option<Vec<u64>>,
}

/// What a rule is to be judged for: the sort of a contest's totals and how many entrants they have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entrants {
    /// A choice, score, positional, quadratic or allocation contest: a total for each of so many options.
    Options(usize),
    /// A ranking of so many options: totals of pairs.
    Ranking(usize),
    /// A contest of lists.
    Lists {
        /// How many options all lists have.
        options: usize,
        /// How many lists there are.
        lists: usize,
    },
}

/// Why a counting rule is none for a contest: `manifest_contest`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum RuleFault {
    /// The kind of contest does not have this method.
    #[error("the kind of contest does not have the counting method \"{0}\"")]
    Method(Method),
    /// The number of seats is not 1 to this.
    #[error("the counting rule's number of seats is not 1 to {0}")]
    Seats(u64),
    /// In the tie-break not every entrant stands exactly once.
    #[error("in the counting rule's tie-break not every one of the {0} entrants stands exactly once")]
    TieBreak(usize),
    /// A tie-break for a method that has none.
    #[error("the counting method \"{0}\" has no tie-break")]
    NoTieBreak(Method),
}

/// The most seats of a contest of lists.
const MOST_LIST_SEATS: u64 = 1_000;

impl CountingRule {
    /// Whether the rule is one for a contest with such entrants. Implements specs/counting.md#rule.
    ///
    /// # Errors
    /// A [`RuleFault`]: the manifest's fault is `manifest_contest`.
    pub fn judge(&self, entrants: Entrants) -> Result<(), RuleFault> {
        let most_seats = match (self.method, entrants) {
            (Method::Highest, Entrants::Options(options) | Entrants::Lists { options, .. }) => options as u64,
            (Method::Condorcet | Method::Schulze | Method::RankedPairs | Method::Copeland, Entrants::Ranking(_)) => 1,
            (Method::DHondt | Method::SainteLague | Method::LargestRemainder, Entrants::Lists { .. }) => {
                MOST_LIST_SEATS
            }
            (method, _) => return Err(RuleFault::Method(method)),
        };
        if !(1..=most_seats).contains(&self.seats) {
            return Err(RuleFault::Seats(most_seats));
        }
        match &self.tie_break {
            None => Ok(()),
            Some(_) if self.method == Method::Condorcet => Err(RuleFault::NoTieBreak(self.method)),
            Some(order) if names_each_once(order, entrants.number()) => Ok(()),
            Some(_) => Err(RuleFault::TieBreak(entrants.number())),
        }
    }
}

fn names_each_once(order: &[u64], entrants: usize) -> bool {
    let mut sorted = order.to_vec();
    sorted.sort_unstable();
    sorted.into_iter().eq(0..entrants as u64)
}

impl Entrants {
    /// How many entrants there are: options, and lists.
    pub fn number(self) -> usize {
        match self {
            Self::Options(options) | Self::Ranking(options) => options,
            Self::Lists { options, lists } => options.saturating_add(lists),
        }
    }
}

impl fmt::Display for Method {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl FromStr for Method {
    type Err = MethodUnknown;

    fn from_str(name: &str) -> Result<Self, MethodUnknown> {
        Self::ALL.iter().copied().find(|method| method.as_str() == name).ok_or(MethodUnknown)
    }
}
