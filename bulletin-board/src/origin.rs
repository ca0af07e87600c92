//! The name of a log.

use std::fmt;

use thiserror::Error;

/// The most bytes of an origin.
pub const MAX_ORIGIN_LENGTH: usize = 100;

/// The name of one log: the first line of its checkpoints, the name of its key, a field of each of its entries.
///
/// Implements the syntax of specs/board.md#entry: 1–100 ASCII bytes in `!`…`~`, no `+`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Origin(String);

/// The text cannot name a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("an origin has 1 to {MAX_ORIGIN_LENGTH} visible ASCII characters other than +")]
pub struct OriginFault;

impl Origin {
    /// Reads an origin.
    pub fn parse(text: &str) -> Result<Self, OriginFault> {
        let well_formed = (1..=MAX_ORIGIN_LENGTH).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'+');
        if well_formed { Ok(Self(text.to_owned())) } else { Err(OriginFault) }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}
