//! The votes of a file while it is read.

use std::collections::HashSet;
use std::iter;
use std::sync::Arc;

use thiserror::Error;

use super::Vote;

/// The most voters that a file may have.
pub const MOST_VOTERS: u64 = 1_000_000;

/// The most options that a file may have: a contest has no more (specs/election.md#contest).
pub const MOST_OPTIONS: u64 = 500;

/// A file has more voters than [`MOST_VOTERS`].
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("these are more than {MOST_VOTERS} voters, the most that a file may have; take a smaller file")]
pub struct TooManyVoters;

/// A file has more options than [`MOST_OPTIONS`].
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("these are more than {MOST_OPTIONS} options, the most that a contest may have; take a smaller file")]
pub struct TooManyOptions;

/// The votes read so far. Each distinct vote is kept once, however many voters cast it.
#[derive(Debug, Default)]
pub struct Cast {
    votes: Vec<Arc<Vote>>,
    distinct: HashSet<Arc<Vote>>,
}

impl Cast {
    /// How many different votes there are.
    pub fn distinct(&self) -> usize {
        self.distinct.len()
    }

    /// Adds the vote of so many voters.
    pub fn add(&mut self, vote: Vote, voters: u64) -> Result<(), TooManyVoters> {
        // Before anything is made for them: a few bytes of a file can ask for any number of voters.
        let room = MOST_VOTERS.saturating_sub(self.votes.len() as u64);
        let voters = usize::try_from(voters).ok().filter(|_| voters <= room).ok_or(TooManyVoters)?;
        let vote = match self.distinct.get(&vote) {
            Some(vote) => Arc::clone(vote),
            None => {
                let vote = Arc::new(vote);
                self.distinct.insert(Arc::clone(&vote));
                vote
            }
        };
        self.votes.extend(iter::repeat_n(vote, voters));
        Ok(())
    }

    /// One vote for each voter.
    pub fn into_votes(self) -> Vec<Arc<Vote>> {
        self.votes
    }
}
