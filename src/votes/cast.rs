//! The votes of a file while it is read.

use std::collections::HashMap;
use std::iter;
use std::sync::Arc;

use thiserror::Error;

use super::Vote;

/// The most voters that a file may have.
pub const MOST_VOTERS: u64 = 1_000_000;

/// A file has more voters than [`MOST_VOTERS`].
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("these are more than {MOST_VOTERS} voters, the most that a file may have")]
pub struct TooManyVoters;

/// The votes read so far. Each distinct vote is kept once, however many voters cast it.
#[derive(Debug, Default)]
pub struct Cast {
    votes: Vec<Arc<Vote>>,
    distinct: HashMap<Arc<Vote>, u64>,
}

impl Cast {
    /// The line on which this vote stood first.
    pub fn first_line(&self, vote: &Vote) -> Option<u64> {
        self.distinct.get(vote).copied()
    }

    /// Adds the vote, which stands on this line, of so many voters.
    pub fn add(&mut self, vote: Vote, voters: u64, line: u64) -> Result<(), TooManyVoters> {
        // Before anything is made for them: a few bytes of a file can ask for any number of voters.
        let room = MOST_VOTERS.saturating_sub(self.votes.len() as u64);
        let voters = usize::try_from(voters).ok().filter(|_| voters <= room).ok_or(TooManyVoters)?;
        let vote = match self.distinct.get_key_value(&vote) {
            Some((vote, _)) => Arc::clone(vote),
            None => {
                let vote = Arc::new(vote);
                self.distinct.insert(Arc::clone(&vote), line);
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
