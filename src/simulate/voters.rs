//! The voters of a simulation: each casts the vote that stands in the file; some challenge a draft before, some vote twice.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::{Context, Result, anyhow};
use rand_core::Rng;
use rayon::prelude::*;
use tabella_election::message::Voter;
use tabella_election::text::{Tracker, VoterCode};
use tabella_election::voter::Booth;
use tabella_election::{Election, registrar};

use super::contest;
use super::randomness::Seed;
use crate::votes::Vote;

/// Every voter has weight 1 and the one style.
const WEIGHT: u64 = 1;
const STYLE: u64 = 0;

/// A part of all voters.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Share(f64);

impl Share {
    /// Nobody.
    pub fn none() -> Self {
        Self(0.0)
    }

    /// From a percentage: 0 to 100.
    pub fn from_percent(percent: f64) -> Option<Self> {
        (0.0..=100.0).contains(&percent).then_some(Self(percent / 100.0))
    }

    /// Decides for one voter.
    fn draw(self, rng: &mut impl Rng) -> bool {
        f64::from(rng.next_u32()) < self.0 * 4_294_967_296.0
    }
}

/// The payloads that one voter hands in, in this order, and what the voter keeps.
pub struct Visit {
    /// A draft that was opened for all to check.
    pub challenge: Option<Vec<u8>>,
    /// A first ballot that the last one replaces.
    pub first: Option<Vec<u8>>,
    /// The ballot that counts.
    pub last: Vec<u8>,
    /// What the voter's letter said.
    pub code: VoterCode,
    /// The tracker of the last ballot.
    pub tracker: Tracker,
}

/// All voters of a simulation. What each does follows from the seed and the voter's number alone.
pub struct Voters<'a> {
    /// The seed of the simulation.
    pub seed: &'a Seed,
    /// How each voter votes.
    pub votes: &'a [Arc<Vote>],
    /// How many vote twice.
    pub revotes: Share,
    /// How many challenge a draft.
    pub challenges: Share,
}

impl Voters<'_> {
    /// What the registrar does: a code for each voter, and the voters for the roll.
    pub fn enrol(&self, election: &Election) -> Result<Vec<Voter>> {
        let voters = (0..self.votes.len() as u64).into_par_iter();
        voters.map(|number| self.credential(election, number).map(|(_, voter)| voter)).collect()
    }

    /// What the voters of these numbers do, made on all cores, in the order of their numbers.
    pub fn visit(&self, booth: &Booth<'_>, election: &Election, numbers: std::ops::Range<u64>) -> Result<Vec<Visit>> {
        numbers.into_par_iter().map(|number| self.visit_one(booth, election, number)).collect()
    }

    /// The code of a voter, drawn from the seed again whenever it is needed: the simulated registrar keeps none.
    fn credential(&self, election: &Election, number: u64) -> Result<(VoterCode, Voter)> {
        let mut rng = self.seed.of("registrar's code for voter", number);
        registrar::enrol(&election.id(), WEIGHT, STYLE, &mut rng).context("could not make a credential")
    }

    fn visit_one(&self, booth: &Booth<'_>, election: &Election, number: u64) -> Result<Visit> {
        let (code, _) = self.credential(election, number)?;
        let key = code.voting_key(&election.id())?;
        let mut device = self.seed.of("device of voter", number);
        let mut mind = self.seed.of("mind of voter", number);

        let mut attempt = 0;
        let mut draft = |link, vote: &Vote| {
            attempt += 1;
            let selections = BTreeMap::from([(0, contest::selection(vote))]);
            booth.draft(&key, link, &selections, attempt, &mut device)
        };
        let vote = self.vote(number)?;
        let challenge = if self.challenges.draw(&mut mind) {
            Some(draft(None, vote)?.challenge(&mut self.seed.of("challenge of voter", number))?)
        } else {
            None
        };
        let mut link = None;
        let first = if self.revotes.draw(&mut mind) {
            // The mind that changes had chosen what some other voter chose: that, too, keeps the rules.
            let other = mind.next_u64() % self.votes.len().max(1) as u64;
            let first = draft(None, self.vote(other)?)?;
            link = Some(first.tracker());
            Some(first.cast(&mut self.seed.of("first ballot of voter", number))?)
        } else {
            None
        };
        let last = draft(link, vote)?;
        let tracker = last.tracker();
        let last = last.cast(&mut self.seed.of("last ballot of voter", number))?;
        Ok(Visit { challenge, first, last, code, tracker })
    }

    fn vote(&self, number: u64) -> Result<&Vote> {
        let vote = usize::try_from(number).ok().and_then(|number| self.votes.get(number));
        vote.map(AsRef::as_ref).ok_or_else(|| anyhow!("there is no voter {number}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_percentages() {
        let mut rng = Seed::from_text("shares").of("test", 0);
        let mut count = |percent| {
            let share = Share::from_percent(percent).unwrap();
            (0..10_000).filter(|_| share.draw(&mut rng)).count()
        };
        assert_eq!(count(0.0), 0);
        assert_eq!(count(100.0), 10_000);
        assert!((100..300).contains(&count(2.0)));
        assert_eq!(Share::from_percent(100.5), None);
        assert_eq!(Share::from_percent(f64::NAN), None);
    }
}
