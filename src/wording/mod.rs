//! Contests in words: what the authority reads before it signs, voters before they vote, and everybody in the result.

mod counting;
mod paragraph;
mod rule;

pub(crate) use self::counting::{counting, tie_break};
pub(crate) use self::paragraph::{join, wrap};
pub(crate) use self::rule::rule;

#[cfg(test)]
mod tests;
