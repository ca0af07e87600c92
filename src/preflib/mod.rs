//! Reads elections in the ordinal formats of PrefLib: rankings that real people made.
//!
//! A file is a header of lines `# KEY: value`, then one line `COUNT: order` for each order that somebody gave: options by their
//! numbers from 1, the best first, tied options in braces (preflib.org/format). Options that an order leaves out rank last, tied;
//! an order may leave out all. Lines of the same order count together.
//!
//! | ending | orders |
//! | --- | --- |
//! | `.soc` | strict, complete |
//! | `.soi` | strict, may leave options out |
//! | `.toc` | with ties, complete |
//! | `.toi` | with ties, may leave options out |
//!
//! Nothing is dropped silently: whatever breaks the format, or what the header states, is an error that names its line.

mod fault;
mod header;
mod order;
#[cfg(test)]
mod tests;

use std::fmt;

pub use self::fault::Fault;
use self::header::{Header, TITLE};
use self::order::Reader;
use crate::votes::{AtLine, Cast, FileOption, Rule, Vote, VoteFile, text};

/// What kinds of orders a file has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DataType {
    /// Strict orders, complete.
    Soc,
    /// Strict orders, incomplete.
    Soi,
    /// Orders with ties, complete.
    Toc,
    /// Orders with ties, incomplete.
    Toi,
}

impl DataType {
    /// All there are.
    pub const ALL: [Self; 4] = [Self::Soc, Self::Soi, Self::Toc, Self::Toi];

    /// The type that a file's ending or its header names.
    pub fn from_ending(ending: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|data_type| data_type.ending().eq_ignore_ascii_case(ending))
    }

    /// The ending of its files' names.
    pub fn ending(self) -> &'static str {
        match self {
            Self::Soc => "soc",
            Self::Soi => "soi",
            Self::Toc => "toc",
            Self::Toi => "toi",
        }
    }

    /// Whether options may be tied.
    pub fn has_ties(self) -> bool {
        matches!(self, Self::Toc | Self::Toi)
    }

    /// Whether each order names all options.
    pub fn is_complete(self) -> bool {
        matches!(self, Self::Soc | Self::Toc)
    }
}

impl fmt::Display for DataType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.ending())
    }
}

/// Reads a file of this type: UTF-8, with or without a byte-order mark, whatever its lines end in.
pub fn read(data_type: DataType, bytes: &[u8]) -> Result<VoteFile, AtLine<Fault>> {
    let text = text::utf8(bytes).map_err(|line| Fault::Encoding.at(line))?;
    let lines = (1..).zip(text.lines().map(str::trim)).filter(|(_, line)| !line.is_empty());
    let (mut header, mut orders) = (Header::default(), Vec::new());
    for (number, line) in lines {
        match line.strip_prefix('#') {
            Some(_) if !orders.is_empty() => return Err(Fault::Misplaced.at(number)),
            Some(entry) => header.add(entry, number)?,
            None => orders.push((number, line)),
        }
    }
    header.expect_lines(orders.first().map_or(1, |(line, _)| *line))?;
    header.expect_type(data_type)?;
    let names = header.names()?;

    let mut reader = Reader::new(data_type, names.len());
    let mut cast = Cast::default();
    let mut ties = false;
    for (number, line) in &orders {
        let (voters, order) = reader.read(line).map_err(|fault| fault.at(*number))?;
        ties |= order.is_tied;
        cast.add(Vote::Ranking(order.ranks), voters).map_err(|fault| Fault::from(fault).at(*number))?;
    }
    header.expect_orders(cast.distinct(), orders.len())?;
    let votes = cast.into_votes();
    header.expect_voters(votes.len())?;
    Ok(VoteFile {
        title: header.text(TITLE).unwrap_or("Election without a title").to_owned(),
        options: (1..).zip(names).map(option).collect(),
        rule: Rule::Ranking { ties },
        votes,
        beyond: Vec::new(),
    })
}

fn option((number, name): (u64, String)) -> FileOption {
    FileOption { id: number.to_string(), title: name, published: None, published_voters: None }
}
