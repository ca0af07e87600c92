//! Totals that show how everybody voted. Implements specs/checks.md#unanimous.

use super::allocation::LIMB;
use crate::message::{Allocation, Contest, ContestKind, Positional, Quadratic, Score};

impl Contest {
    /// Whether by the totals of its slots every ballot voted alike. `ballots` is how many there are, `weight` the sum
    /// of their weights.
    pub fn is_unanimous(&self, ballots: u64, weight: u64, slots: &[u64]) -> bool {
        if ballots == 0 || slots.len() != self.size().slots {
            return false;
        }
        let largest = |slot: usize| match &self.kind {
            ContestKind::Allocation(allocation) => allocation.largest_of_slot(slot),
            _ => self.largest().slot,
        };
        let is_extreme =
            |(slot, total): (usize, &u64)| *total == 0 || Some(*total) == largest(slot).checked_mul(weight);
        let between = slots.iter().enumerate().filter(|slot| !is_extreme(*slot)).count();
        ballots == 1
            || between == 0
            || match &self.kind {
                ContestKind::Score(score) => between == 1 && score.is_exhausted(weight, slots),
                ContestKind::Positional(positional) => positional.is_one_order(weight, slots),
                ContestKind::Quadratic(quadratic) => quadratic.is_exhausted(weight, slots),
                ContestKind::Allocation(_) => between == 1,
                ContestKind::Choice(_) | ContestKind::Ranking(_) | ContestKind::Lists(_) => false,
            }
    }
}

impl Score {
    /// Whether everybody gave as few points as can be, or as many.
    fn is_exhausted(self, weight: u64, slots: &[u64]) -> bool {
        let all = slots.iter().fold(0_u64, |sum, total| sum.saturating_add(*total));
        [self.min, self.max].into_iter().any(|points| points.checked_mul(weight) == Some(all))
    }
}

impl Positional {
    /// Whether the points are those of one order on every ballot.
    fn is_one_order(&self, weight: u64, slots: &[u64]) -> bool {
        let mut sorted = slots.to_vec();
        sorted.sort_unstable_by(|one, next| next.cmp(one));
        let points = self.weights.iter().map(|points| points.checked_mul(weight));
        let alike = sorted.iter().zip(points).take_while(|(total, points)| Some(**total) == *points).count();
        sorted.iter().skip(alike).all(|total| *total == 0)
    }
}

impl Quadratic {
    /// Whether the mean vote costs all credits, or all but one: then there is no other vote that it could be the mean of.
    fn is_exhausted(self, weight: u64, slots: &[u64]) -> bool {
        let votes = slots.iter().map(|total| (total % weight == 0).then_some(u128::from(total / weight)));
        let cost = votes.map(|votes| votes?.checked_pow(2)).try_fold(0_u128, |sum, cost| sum.checked_add(cost?));
        cost.is_some_and(|cost| [cost, cost.saturating_add(1)].contains(&u128::from(self.credits)))
    }
}

impl Allocation {
    /// The largest value of a slot, by its place from 0: low and high limbs have different ones.
    fn largest_of_slot(self, slot: usize) -> u64 {
        match (self.limbs(), slot % 2) {
            (2, 1) => self.amount / LIMB,
            _ => self.amount.min(LIMB - 1),
        }
    }
}
