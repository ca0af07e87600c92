//! Answers to questions, as specs/vectors/README.md#shape writes votes.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use tabella_election::contest::Selection;

/// An answer to one question. Options and lists are numbered from 1.
#[derive(Debug, Clone, Copy)]
pub enum Answer {
    /// To a choice: none of its options.
    Blank,
    /// To a choice: these options, ascending.
    Chosen(&'static [usize]),
    /// To a score, a quadratic question or an allocation: the number for each option.
    Numbers(&'static [u64]),
    /// To a positional question: the first rank, the second, ….
    Ranks(&'static [usize]),
    /// To a ranking: the places from the top, each with its options, ascending.
    Places(&'static [&'static [usize]]),
    /// To a question with lists: the list, and its options, ascending.
    List(usize, &'static [usize]),
}

impl Answer {
    /// The `vote` of the files.
    pub fn json(self) -> Value {
        match self {
            Self::Blank => json!("blank"),
            Self::Chosen(options) | Self::Ranks(options) => json!(options),
            Self::Numbers(numbers) => json!(numbers),
            Self::Places(places) => json!(places),
            Self::List(list, options) => json!({ "list": list, "options": options }),
        }
    }

    /// As production code takes it.
    pub fn selection(self) -> Selection {
        let indexes = |options: &[usize]| options.iter().map(|option| option - 1).collect::<BTreeSet<_>>();
        match self {
            Self::Blank => Selection::Blank,
            Self::Chosen(options) => Selection::Options(indexes(options)),
            Self::Numbers(numbers) => Selection::Numbers(numbers.to_vec()),
            Self::Ranks(options) => Selection::Ranking(options.iter().map(|option| indexes(&[*option])).collect()),
            Self::Places(places) => Selection::Ranking(places.iter().map(|place| indexes(place)).collect()),
            Self::List(list, options) => Selection::List { list: list - 1, options: indexes(options) },
        }
    }
}
