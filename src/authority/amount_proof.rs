//! How ballots prove the amounts of an allocation: by bits or by a range proof (specs/ballot.md#shape).

use tabella_election::message::{Allocation, Contest, ContestKind};

/// With at most so many coordinates and slots, bits are the better choice: they are faster to verify.
const MOST_WITH_BITS: usize = 256;

/// What a ballot's part for an allocation is made of, one way and the other.
pub(super) struct AmountProof {
    /// Coordinates and slots.
    with_bits: usize,
    with_range: usize,
    is_range: bool,
}

impl AmountProof {
    /// For this contest, which is an allocation.
    pub(super) fn of(contest: &Contest, allocation: Allocation) -> Self {
        let numbers = |range| {
            let size = Contest { kind: ContestKind::Allocation(Allocation { range, ..allocation }), ..contest.clone() };
            let size = size.size();
            size.coordinates.saturating_add(size.slots)
        };
        Self { with_bits: numbers(false), with_range: numbers(true), is_range: allocation.range }
    }

    /// Whether a range proof is the better choice.
    pub(super) fn suggests_range(&self) -> bool {
        self.with_bits > MOST_WITH_BITS
    }

    /// Which way it is, and why.
    pub(super) fn sentence(&self) -> String {
        let Self { with_bits, with_range, is_range } = self;
        match (is_range, self.suggests_range()) {
            (false, false) => format!(
                "Ballots prove the amounts by bits: with {with_bits} coordinates and slots, at most {MOST_WITH_BITS}, \
                 that is fast to verify."
            ),
            (false, true) => format!(
                "Ballots prove the amounts by bits, as the election file asks: {with_bits} coordinates and slots. A range \
                 proof would have {with_range} and make smaller ballots."
            ),
            (true, true) => format!(
                "Ballots prove the amounts by a range proof, with {with_range} coordinates and slots: bits would need \
                 {with_bits}, more than {MOST_WITH_BITS}."
            ),
            (true, false) => format!(
                "Ballots prove the amounts by a range proof, as the election file asks: {with_range} coordinates and \
                 slots. Bits would need {with_bits} and be faster to verify."
            ),
        }
    }
}
