//! What can be wrong with a `.pb` file.

use thiserror::Error;

/// A fault and the line on which it stands.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("line {line}: {fault}")]
pub struct PabulibError {
    /// The line, from 1; for something that is missing, the line of the section that should hold it.
    pub line: u64,
    /// What is wrong there.
    pub fault: Fault,
}

/// What is wrong on a line.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Fault {
    /// The bytes are not UTF-8.
    #[error("the text is not UTF-8; save the file as UTF-8")]
    Encoding,
    /// A quoted field that does not end, or goes on after its closing quote.
    #[error("a quoted field is not closed properly; write a quote inside a quoted field twice (\"\")")]
    Quotes,
    /// A section that is missing.
    #[error("the section {0} is missing; a .pb file has META, PROJECTS and VOTES, in this order")]
    MissingSection(&'static str),
    /// Something before the first section, or sections out of order or repeated.
    #[error("`{0}` does not belong here; a .pb file has META, PROJECTS and VOTES, in this order, once each")]
    Misplaced(String),
    /// A section without its header line, or without a needed column.
    #[error("the header of {section} has no column `{column}`")]
    MissingColumn {
        /// The section.
        section: &'static str,
        /// The column that is needed.
        column: &'static str,
    },
    /// A column that stands twice in a header.
    #[error("the header of {section} has the column `{column}` twice")]
    DuplicateColumn {
        /// The section.
        section: &'static str,
        /// The repeated column.
        column: String,
    },
    /// A row with more or fewer fields than its header.
    #[error("{expected} fields expected, as in the header, but {found} found; a `;` inside a field needs quotes")]
    Fields {
        /// Columns of the header.
        expected: usize,
        /// Fields of the row.
        found: usize,
    },
    /// A field that must not be empty.
    #[error("`{0}` is empty")]
    Empty(&'static str),
    /// A needed value of `META`.
    #[error("META does not state `{0}`")]
    MissingMeta(&'static str),
    /// A key that stands twice in `META`.
    #[error("META states `{key}` twice, first on line {first}")]
    DuplicateMeta {
        /// The key.
        key: String,
        /// Line of the first.
        first: u64,
    },
    /// Not a number.
    #[error("`{field}` is not a number: `{value}`")]
    Number {
        /// The key or column.
        field: &'static str,
        /// What stands there.
        value: String,
    },
    /// A kind of vote that is not read.
    #[error("votes of type `{0}` cannot be read yet; `choose-1` and `approval` can")]
    VoteType(String),
    /// Rules in `META` that cannot hold together.
    #[error("META contradicts itself: {0}")]
    Contradiction(String),
    /// A count in `META` that is not that of the rows.
    #[error("META states {key} = {stated}, but the file has {found}")]
    Count {
        /// `num_projects` or `num_votes`.
        key: &'static str,
        /// What `META` says.
        stated: u64,
        /// Rows found.
        found: usize,
    },
    /// No options at all.
    #[error("there are no projects")]
    NoProjects,
    /// An identifier that no vote could name.
    #[error("the project id `{0}` holds a comma, which separates the projects of a vote")]
    CommaInProject(String),
    /// Two projects with one identifier.
    #[error("the project `{id}` stands twice, first on line {first}")]
    DuplicateProject {
        /// The identifier.
        id: String,
        /// Line of the first.
        first: u64,
    },
    /// Two votes of one voter.
    #[error("the voter `{voter}` votes twice, first on line {first}")]
    DuplicateVoter {
        /// The voter's identifier.
        voter: String,
        /// Line of the first.
        first: u64,
    },
    /// A vote for something that is not a project.
    #[error("the vote names `{0}`, which is not a project of this file")]
    UnknownProject(String),
    /// A vote that names a project twice.
    #[error("the vote names `{0}` twice")]
    RepeatedProject(String),
    /// A vote of too few or too many projects.
    #[error("the vote names {found} projects, but META allows {min} to {max}")]
    Length {
        /// Projects named.
        found: usize,
        /// Fewest allowed.
        min: u64,
        /// Most allowed.
        max: u64,
    },
    /// A vote whose projects cost too little or too much together.
    #[error("the projects of the vote cost too {0} together: META limits their sum")]
    Cost(&'static str),
}

impl Fault {
    /// This fault, on a line.
    pub fn at(self, line: u64) -> PabulibError {
        PabulibError { line, fault: self }
    }
}
