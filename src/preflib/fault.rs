//! What can be wrong with a PrefLib file.

use thiserror::Error;

use super::DataType;
use crate::votes::{AtLine, TooManyVoters};

/// What is wrong on a line.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Fault {
    /// The bytes are not UTF-8.
    #[error("the text is not UTF-8; save the file as UTF-8")]
    Encoding,
    /// A line of the header that is not a key and a value.
    #[error("`# {0}` is not of the form `# KEY: value`")]
    Header(String),
    /// A line of the header below an order.
    #[error("a line of the header stands below an order; all lines that begin with # come first")]
    Misplaced,
    /// A key that stands twice in the header.
    #[error("the header states `{key}` twice, first on line {first}")]
    DuplicateKey {
        /// The key.
        key: String,
        /// Line of the first.
        first: u64,
    },
    /// A needed key of the header.
    #[error("the header does not state `{0}`")]
    MissingKey(&'static str),
    /// The name of the file and its header name different types.
    #[error(
        "the name of the file ends in .{ending}, but its header states DATA TYPE = `{stated}`; correct the one that is wrong"
    )]
    DataType {
        /// What the header says.
        stated: String,
        /// What the name says.
        ending: DataType,
    },
    /// Not a whole number.
    #[error("`{field}` is not a whole number: `{value}`")]
    Number {
        /// What should be a number.
        field: &'static str,
        /// What stands there.
        value: String,
    },
    /// A count in the header that is not that of the lines.
    #[error("the header states {key} = {stated}, but the file has {found}")]
    Count {
        /// The key.
        key: &'static str,
        /// What the header says.
        stated: u64,
        /// How many there are.
        found: usize,
    },
    /// No options at all.
    #[error("there are no alternatives")]
    NoOptions,
    /// An option without a line for its name.
    #[error("the header has no `ALTERNATIVE NAME {0}`; each alternative needs a name")]
    MissingName(u64),
    /// An option whose name is empty.
    #[error("the name of alternative {0} is empty")]
    EmptyName(u64),
    /// Two options of one name.
    #[error("two alternatives have the name `{name}`, the first on line {first}")]
    DuplicateName {
        /// The name.
        name: String,
        /// Line of the first.
        first: u64,
    },
    /// An option that there is not.
    #[error("there is no alternative {number}; their numbers are 1 to {options}")]
    UnknownOption {
        /// The number.
        number: u64,
        /// How many there are.
        options: u64,
    },
    /// A line below the header that is not an order.
    #[error("`{0}` is not of the form `COUNT: order`")]
    NoOrder(String),
    /// An order of nobody.
    #[error("this is the order of 0 voters; leave the line out")]
    NoVoters,
    /// More voters than can be read.
    #[error(transparent)]
    TooManyVoters(#[from] TooManyVoters),
    /// An order of nothing.
    #[error("the order names no alternative")]
    EmptyOrder,
    /// Braces that do not group tied options.
    #[error("tied alternatives stand in braces, such as 1,{{2,3}},4: a brace is missing here, or out of place")]
    Braces,
    /// An order that names an option twice.
    #[error("the order names alternative {0} twice")]
    RepeatedOption(u64),
    /// Tied options where there may be none.
    #[error("a .{0} file has no ties; one with ties ends in .toc or .toi")]
    Tie(DataType),
    /// An order that leaves options out where it may not.
    #[error(
        "the order leaves {left_out} out, but in a .{data_type} file each order names all; one that need not ends in .soi or .toi"
    )]
    Incomplete {
        /// The type of the file.
        data_type: DataType,
        /// How many options are missing.
        left_out: usize,
    },
    /// An order that stands twice.
    #[error("the same order stands on line {0}; add the two counts")]
    DuplicateOrder(u64),
}

impl Fault {
    /// This fault, on a line.
    pub fn at(self, line: u64) -> AtLine<Self> {
        AtLine { line, fault: self }
    }

    pub(super) fn number(field: &'static str, value: &str) -> Self {
        Self::Number { field, value: value.to_owned() }
    }
}
