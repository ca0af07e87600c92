//! The counting rule of a contest. Implements specs/counting.md#rule.

mod cut;
mod lists;
mod outcome;
mod pairs;
mod words;

#[cfg(test)]
mod tests;

pub use outcome::{Outcome, Undecided};
pub use pairs::Pairs;

use crate::cbor::{self, Malformed};
use crate::contest::{Contest, Kind};
use ciborium::Value;

/// Seats that go to lists first.
const MOST_SEATS: u64 = 1_000;

/// How totals become an outcome.
#[derive(Clone, Debug)]
pub struct Rule {
    pub method: Method,
    pub seats: u64,
    /// Every entrant once, the one that wins ties first: options from 0, then lists numbered on.
    pub tie_break: Option<Vec<u64>>,
}

/// The ways to count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    Highest,
    Condorcet,
    Schulze,
    RankedPairs,
    Copeland,
    Dhondt,
    SainteLague,
    LargestRemainder,
}

impl Method {
    /// Every method with its name.
    const ALL: [(Self, &'static str); 8] = [
        (Self::Highest, "highest"),
        (Self::Condorcet, "condorcet"),
        (Self::Schulze, "schulze"),
        (Self::RankedPairs, "ranked-pairs"),
        (Self::Copeland, "copeland"),
        (Self::Dhondt, "dhondt"),
        (Self::SainteLague, "sainte-lague"),
        (Self::LargestRemainder, "largest-remainder"),
    ];

    fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, known)| *known == name).map(|(method, _)| *method)
    }

    /// The name in the manifest.
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(method, _)| *method == self).map_or("", |(_, name)| name)
    }

    /// Whether seats go to lists before they go to options.
    pub fn gives_seats_to_lists(self) -> bool {
        matches!(self, Self::Dhondt | Self::SainteLague | Self::LargestRemainder)
    }

    /// Whether it compares pairs of options.
    fn compares_pairs(self) -> bool {
        matches!(self, Self::Condorcet | Self::Schulze | Self::RankedPairs | Self::Copeland)
    }
}

impl Rule {
    /// Decodes `[method, seats, tie-break]`.
    pub fn decode(value: &Value) -> Result<Self, Malformed> {
        let [method, seats, tie_break] = cbor::tuple(value)?;
        Ok(Self {
            method: Method::named(cbor::text(method)?).ok_or(Malformed)?,
            seats: cbor::uint(seats)?,
            tie_break: cbor::nullable(tie_break, |order| cbor::list(order, cbor::uint))?,
        })
    }

    /// Whether the contest's kind has this method, with so many seats and such a tie-break.
    pub fn fits(&self, contest: &Contest) -> bool {
        let options = contest.options.len() as u64;
        let (is_known, most_seats) = match contest.kind {
            Kind::Ranking { .. } => (self.method.compares_pairs(), 1),
            Kind::Lists { .. } if self.method.gives_seats_to_lists() => (true, MOST_SEATS),
            _ => (self.method == Method::Highest, options),
        };
        let entrants = options + contest.lists().len() as u64;
        let tie_break = match &self.tie_break {
            Some(order) => self.method != Method::Condorcet && is_permutation(order, entrants),
            None => true,
        };
        is_known && (1..=most_seats).contains(&self.seats) && tie_break
    }
}

/// Whether each number below `count` stands in the order exactly once.
fn is_permutation(order: &[u64], count: u64) -> bool {
    let mut sorted = order.to_vec();
    sorted.sort_unstable();
    sorted.into_iter().eq(0..count)
}
