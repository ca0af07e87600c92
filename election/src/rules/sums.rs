//! The running sums of what will be counted. Implements specs/tally.md#groups.

use tabella_crypto::ballot::VerifiedBallot;
use tabella_crypto::group::{Point, Scalar};

use crate::manifest::{Election, Group};
use crate::message::Voter;

/// For each group and slot, the weighted sum over the heads. Only verified ballots get in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sums {
    pub(super) groups: Vec<GroupSum>,
    /// `C_j` = Σ w·`C_j` for each slot j of the election.
    pub(super) slots: Vec<Point>,
}

/// The sums over the ballots of a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct GroupSum {
    /// How many ballots.
    pub(super) ballots: u64,
    /// The sum of their weights.
    pub(super) weight: u64,
    /// `R_g` = Σ w·R.
    pub(super) randomness: Point,
}

/// The points of a ballot that was verified once, read again to be taken out.
pub(super) struct Replaced {
    pub(super) r: Point,
    pub(super) ciphertexts: Vec<Point>,
}

impl Sums {
    pub(super) fn new(election: &Election) -> Self {
        let zero = Point::mul_base(&Scalar::ZERO);
        let empty = |_: &Group| GroupSum { ballots: 0, weight: 0, randomness: zero };
        Self { groups: election.groups().iter().map(empty).collect(), slots: vec![zero; election.slots()] }
    }

    /// Adds a voter's ballot.
    pub(super) fn add(&mut self, election: &Election, voter: &Voter, ballot: &VerifiedBallot) {
        for group in self.groups_of(election, voter) {
            group.ballots += 1;
            group.weight += voter.weight;
            group.randomness += weighted(ballot.r(), voter);
        }
        for (sum, point) in self.slots_of(election, voter).zip(ballot.ciphertexts()) {
            *sum += weighted(point, voter);
        }
    }

    /// Takes out the ballot that the voter has replaced.
    pub(super) fn subtract(&mut self, election: &Election, voter: &Voter, ballot: &Replaced) {
        for group in self.groups_of(election, voter) {
            group.ballots -= 1;
            group.weight -= voter.weight;
            group.randomness -= weighted(&ballot.r, voter);
        }
        for (sum, point) in self.slots_of(election, voter).zip(&ballot.ciphertexts) {
            *sum -= weighted(point, voter);
        }
    }

    fn groups_of<'a>(&'a mut self, election: &'a Election, voter: &'a Voter) -> impl Iterator<Item = &'a mut GroupSum> {
        let groups = self.groups.iter_mut().zip(election.groups());
        groups.filter(|(_, group)| group.styles.contains(&voter.style)).map(|(sum, _)| sum)
    }

    /// The sums of the slots of the voter's ballot. Its slots ascend as those of the election do.
    fn slots_of<'a>(&'a mut self, election: &'a Election, voter: &Voter) -> impl Iterator<Item = &'a mut Point> {
        let mut wanted =
            election.style(voter.style).into_iter().flat_map(|style| election.style_slots(style)).peekable();
        (1..).zip(&mut self.slots).filter(move |(slot, _)| wanted.next_if_eq(slot).is_some()).map(|(_, sum)| sum)
    }
}

/// w·P. Most elections give every voter the weight 1.
fn weighted(point: &Point, voter: &Voter) -> Point {
    if voter.weight == 1 { *point } else { point * Scalar::from(voter.weight) }
}
