//! Votes that were cast elsewhere, as a file holds them: the question, the rule, and how everybody voted.
//!
//! Whatever its format, reading a file gives a [`VoteFile`]. `.pb` files are those of Pabulib ([`crate::pabulib`]); `.soc`, `.soi`,
//! `.toc` and `.toi` files are those of PrefLib ([`crate::preflib`]).

mod cast;
mod count;
mod fault;
#[cfg(test)]
pub(crate) mod tests;
pub(crate) mod text;

use std::collections::BTreeSet;
use std::fmt;
use std::path::Path;
use std::sync::Arc;

pub use self::cast::{Cast, MOST_OPTIONS, MOST_VOTERS, TooManyOptions, TooManyVoters};
pub use self::fault::{AtLine, ReadError};
use crate::pabulib;
use crate::preflib::{self, DataType};

/// A vote file: the question, and how everybody voted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VoteFile {
    /// What the file calls the question.
    pub title: String,
    /// What is voted on, in the order of the file.
    pub options: Vec<FileOption>,
    /// What a vote may be.
    pub rule: Rule,
    /// One vote for each voter, in the order of the file. All of them keep the rule; equal votes share their memory.
    pub votes: Vec<Arc<Vote>>,
    /// What the file demands of a vote beyond the rule.
    pub beyond: Vec<Limit>,
}

/// An option of a [`VoteFile`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileOption {
    /// The file's own identifier, verbatim.
    pub id: String,
    /// Its name, or its identifier where the file gives none.
    pub title: String,
    /// The total that the organisers published, of votes or of points as the rule counts.
    pub published: Option<u64>,
    /// How many voters the organisers say voted for it.
    pub published_voters: Option<u64>,
}

/// What a vote may be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rule {
    /// Choose some of the options.
    Choice {
        /// The fewest.
        min: u64,
        /// The most; never above the number of options.
        max: u64,
    },
    /// Give points to the options.
    Score {
        /// The most points of one option; the fewest are 0.
        most: u64,
        /// The fewest points of all options together.
        min: u64,
        /// The most points of all options together.
        max: u64,
    },
    /// Rank some of the options; the ranks are worth points.
    Positional {
        /// The fewest options to rank.
        min: u64,
        /// What each rank is worth, the best first. There are as many as options that may be ranked.
        weights: Vec<u64>,
    },
    /// Rank all options.
    Ranking {
        /// Whether options may share a rank. If not, each vote orders all options strictly.
        ties: bool,
    },
}

/// How somebody voted. Options are named by their indexes from 0.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Vote {
    /// The chosen options ([`Rule::Choice`]).
    Options(BTreeSet<usize>),
    /// The points of each option ([`Rule::Score`]).
    Points(Vec<u64>),
    /// The options of each rank, the best rank first ([`Rule::Positional`], [`Rule::Ranking`]). No rank is empty; options that are
    /// not named rank last, tied.
    Ranking(Vec<BTreeSet<usize>>),
}

/// Something that a file demands of a vote beyond its [`Rule`]: the ballots' proofs will not show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Limit {
    /// What the chosen options cost together. Each vote of the file keeps this limit.
    Cost,
    /// How many options may have points. Each vote of the file keeps this limit.
    Length,
    /// How many points a vote may give to one option, or to all. Each vote of the file keeps this limit.
    Points,
    /// A limit whose key is named here, which this program does not know. The votes have not been held against it.
    Unknown(String),
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let subject = match self {
            Self::Cost => "the cost of a vote",
            Self::Length => "how many options of a vote have points",
            Self::Points => "the points of a vote",
            Self::Unknown(key) => {
                return write!(
                    f,
                    "The file states `{key}`, which this program does not know: neither its votes have been held against \
                     it, nor do the ballots' proofs show it"
                );
            }
        };
        write!(f, "The file limits {subject}: its votes keep that rule, but the ballots' proofs do not show it")
    }
}

impl VoteFile {
    /// Reads a file of the format that the ending of its name tells.
    pub fn read(name: impl AsRef<Path>, bytes: &[u8]) -> Result<Self, ReadError> {
        let name = name.as_ref();
        let ending = name.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
        if ending.eq_ignore_ascii_case("pb") {
            return Ok(pabulib::read(bytes)?);
        }
        let shown = |name: &Path| text::shown(&name.display().to_string());
        match DataType::from_ending(ending) {
            Some(data_type) => Ok(preflib::read(data_type, bytes)?),
            None if ending.eq_ignore_ascii_case("cat") => Err(ReadError::Categories(shown(name))),
            None => Err(ReadError::Ending(shown(name))),
        }
    }
}
