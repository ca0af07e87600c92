//! What the totals of a contest's slots mean. Implements specs/tally.md#meaning.

use crate::contest::{Contest, Kind};
use crate::counting::Pairs;

/// The totals of a contest whose result is not withheld.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Of each option; none for rankings.
    pub options: Option<Vec<u64>>,
    /// Blank votes, where they are offered.
    pub blank: Option<u64>,
    /// For rankings.
    pub pairs: Option<Pairs>,
    /// Of each list, for lists.
    pub lists: Option<Vec<u64>>,
}

impl Totals {
    /// Reads the totals of the slots; `weight` is that of the contest's ballots.
    pub fn new(contest: &Contest, slots: &[u64], weight: u64) -> Self {
        let (of_options, others) = slots.split_at_checked(contest.options.len()).unwrap_or((slots, &[]));
        match &contest.kind {
            Kind::Choice { blank, .. } => Self {
                options: Some(of_options.to_vec()),
                blank: blank.then(|| others.first().copied().unwrap_or(0)),
                ..Self::default()
            },
            Kind::Score { .. } | Kind::Positional { .. } | Kind::Quadratic { .. } => {
                Self { options: Some(of_options.to_vec()), ..Self::default() }
            }
            Kind::Ranking { ties } => {
                Self { pairs: Some(Pairs::new(contest.options.len(), *ties, slots, weight)), ..Self::default() }
            }
            Kind::Lists { .. } => {
                Self { options: Some(of_options.to_vec()), lists: Some(others.to_vec()), ..Self::default() }
            }
            Kind::Allocation { .. } => {
                let options = slots.chunks(contest.slots_of_an_option()).map(combined).collect();
                Self { options: Some(options), ..Self::default() }
            }
        }
    }
}

/// low + 2^16·high. Both are at most 2^40, so that nothing is lost.
fn combined(limbs: &[u64]) -> u64 {
    limbs.iter().rev().fold(0u64, |sum, limb| sum.saturating_mul(1 << 16).saturating_add(*limb))
}
