//! What a voter chose, as the page says it: the kind of the answer, and options by their indexes from 0.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use tabella_election::contest::Selection;

/// What was chosen in one contest: `{"options": [0, 2]}`, `"blank"`, `{"numbers": [3, 0]}`, `{"ranking": [[1], [0, 2]]}`,
/// `{"list": {"list": 0, "options": [1]}}`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Chosen {
    /// These options.
    Options(BTreeSet<usize>),
    /// A blank vote.
    Blank,
    /// A number for each option.
    Numbers(Vec<u64>),
    /// An order, the best first.
    Ranking(Vec<BTreeSet<usize>>),
    /// A list, and options of it.
    List {
        /// The list.
        list: usize,
        /// The options.
        options: BTreeSet<usize>,
    },
}

/// What was chosen, each with its contest's index. No object: the names of its members would be texts.
pub type Choices = Vec<(u64, Chosen)>;

impl From<Chosen> for Selection {
    fn from(chosen: Chosen) -> Self {
        match chosen {
            Chosen::Options(options) => Self::Options(options),
            Chosen::Blank => Self::Blank,
            Chosen::Numbers(numbers) => Self::Numbers(numbers),
            Chosen::Ranking(places) => Self::Ranking(places),
            Chosen::List { list, options } => Self::List { list, options },
        }
    }
}

impl From<Selection> for Chosen {
    fn from(selection: Selection) -> Self {
        match selection {
            Selection::Options(options) => Self::Options(options),
            Selection::Blank => Self::Blank,
            Selection::Numbers(numbers) => Self::Numbers(numbers),
            Selection::Ranking(places) => Self::Ranking(places),
            Selection::List { list, options } => Self::List { list, options },
        }
    }
}
