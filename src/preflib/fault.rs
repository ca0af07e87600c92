//! What can be wrong with a PrefLib file.

use thiserror::Error;

use super::DataType;
use crate::votes::text::shown;
use crate::votes::{AtLine, TooManyOptions, TooManyVoters};

/// What is wrong on a line.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Fault {
    /// The bytes are not UTF-8.
    #[error("the text is not UTF-8; save the file as UTF-8")]
    Encoding,
    /// A file that begins with something else than a header.
    #[error(
        "the file does not begin with a header of lines `# KEY: value`; files of before 2022 have none: get this one from preflib.org again"
    )]
    NoHeader,
    /// A line of the header that is not a key and a value.
    #[error("`# {}` is not of the form `# KEY: value`", shown(.0))]
    Header(String),
    /// A line of the header below an order.
    #[error("a line of the header stands below an order; all lines that begin with # come first")]
    Misplaced,
    /// A key that stands twice in the header.
    #[error("the header states `{}` twice, first on line {first}; leave one out", shown(key))]
    DuplicateKey {
        /// The key.
        key: String,
        /// Line of the first.
        first: u64,
    },
    /// A needed key of the header.
    #[error("the header does not state `{0}`; add the line `# {0}: …`")]
    MissingKey(&'static str),
    /// The name of the file and its header name different types.
    #[error(
        "the name of the file ends in .{ending}, but its header states DATA TYPE = `{}`; correct the one that is wrong",
        shown(stated)
    )]
    DataType {
        /// What the header says.
        stated: String,
        /// What the name says.
        ending: DataType,
    },
    /// Not a whole number.
    #[error("{field} is not a whole number, 0 or more: `{}`", shown(value))]
    Number {
        /// What should be a number.
        field: &'static str,
        /// What stands there.
        value: String,
    },
    /// A count in the header that is not that of the lines.
    #[error(
        "the header states {key} = {stated}, but the file has {found}; the file is not complete, or the number has to be corrected"
    )]
    Count {
        /// The key.
        key: &'static str,
        /// What the header says.
        stated: u64,
        /// How many there are.
        found: usize,
    },
    /// No options at all.
    #[error("there are no alternatives; an election needs at least one")]
    NoOptions,
    /// An option without a line for its name.
    #[error("the header has no `ALTERNATIVE NAME {0}`; each alternative needs a name")]
    MissingName(u64),
    /// An option whose name is empty.
    #[error("the name of alternative {0} is empty")]
    EmptyName(u64),
    /// Two options of one name.
    #[error("two alternatives have the name `{}`, the first on line {first}; rename one", shown(name))]
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
    #[error("`{}` is not of the form `COUNT: order`, such as `12: 3,1,2`", shown(.0))]
    NoOrder(String),
    /// An order of nobody.
    #[error("this is the order of 0 voters; leave the line out")]
    NoVoters,
    /// More options than can be read.
    #[error(transparent)]
    TooManyOptions(#[from] TooManyOptions),
    /// More voters than can be read.
    #[error(transparent)]
    TooManyVoters(#[from] TooManyVoters),
    /// Nothing where an option should be.
    #[error("an alternative is missing beside a comma, or in braces")]
    NoOption,
    /// Braces that do not group tied options.
    #[error("tied alternatives stand in braces, such as 1,{{2,3}},4: a brace is missing here, or out of place")]
    Braces,
    /// An order that names an option twice.
    #[error("the order names alternative {0} twice; once is enough")]
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
