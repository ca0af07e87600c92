//! What can be wrong with a `.pb` file.

use std::fmt;

use thiserror::Error;

use super::meta::VoteType;
use crate::votes::text::shown;
use crate::votes::{AtLine, TooManyOptions, TooManyVoters};

/// What is wrong on a line.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Fault {
    /// The bytes are not UTF-8.
    #[error("the text is not UTF-8; save the file as UTF-8")]
    Encoding,
    /// A quoted field that does not end, goes on after its closing quote, or does not begin with its opening quote.
    #[error(
        "a quoted field is not closed properly; write a quote inside a quoted field twice (\"\"), and nothing before or after its quotes"
    )]
    Quotes,
    /// A section that is missing.
    #[error("the section {0} is missing; a .pb file has META, PROJECTS and VOTES, in this order")]
    MissingSection(&'static str),
    /// Something before the first section, or sections out of order or repeated.
    #[error("`{}` does not belong here; a .pb file has META, PROJECTS and VOTES, in this order, once each", shown(.0))]
    Misplaced(String),
    /// A section without its header line, or without a needed column.
    #[error("the header of {section}, the line below its name, has no column `{column}`; each needs one")]
    MissingColumn {
        /// The section.
        section: &'static str,
        /// The column that is needed.
        column: &'static str,
    },
    /// A column that stands twice in a header.
    #[error("the header of {section} has the column `{}` twice; rename one", shown(column))]
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
    #[error("`{0}` is empty; it has to be there")]
    Empty(&'static str),
    /// A needed value of `META`.
    #[error("META does not state `{0}`; add the line `{0};…`")]
    MissingMeta(&'static str),
    /// A key that stands twice in `META`.
    #[error("META states `{}` twice, first on line {first}; leave one out", shown(key))]
    DuplicateMeta {
        /// The key.
        key: String,
        /// Line of the first.
        first: u64,
    },
    /// Not a whole number.
    #[error("`{field}` is not a whole number, 0 or more: `{}`", shown(value))]
    Number {
        /// The key or column.
        field: &'static str,
        /// What stands there.
        value: String,
    },
    /// A number below 0.
    #[error("`{field}` is below 0: `{}`; only 0 and more can be counted here", shown(value))]
    Negative {
        /// The key or column.
        field: &'static str,
        /// What stands there.
        value: String,
    },
    /// Not an amount of money.
    #[error("`{field}` is not an amount such as 1500 or 1500.50: `{}`", shown(value))]
    Amount {
        /// The key or column.
        field: &'static str,
        /// What stands there.
        value: String,
    },
    /// A number that is too large to count with.
    #[error("`{field}` is too large; the most points of a project that can be counted are {most}")]
    TooLarge {
        /// The key or column.
        field: &'static str,
        /// The most.
        most: u64,
    },
    /// A kind of vote that there is not.
    #[error("there are no votes of type `{}`; the types are choose-1, approval, ordinal, cumulative and scoring", shown(.0))]
    VoteType(String),
    /// Points of ranks by a function that is not known.
    #[error("the scoring function `{}` is not known; `Borda` is", shown(.0))]
    ScoringFunction(String),
    /// A key that votes of this type do not have.
    #[error("META states `{key}`, which votes of type `{vote_type}` do not have; leave it out, or correct the type")]
    NotOfType {
        /// The key.
        key: &'static str,
        /// The type of the votes.
        vote_type: VoteType,
    },
    /// A lower limit above the upper one.
    #[error("META contradicts itself: `{least}` is above `{most}`")]
    Range {
        /// Key of the lower limit.
        least: &'static str,
        /// Key of the upper limit.
        most: &'static str,
    },
    /// Votes for one project that may be of another length.
    #[error("META contradicts itself: `choose-1` allows one project, but the lengths are {min} to {max}")]
    NotOne {
        /// The fewest projects.
        min: u64,
        /// The most.
        max: u64,
    },
    /// An upper limit of 0.
    #[error("META contradicts itself: {0} = 0 allows no vote")]
    NoVote(&'static str),
    /// Votes for more projects than there are.
    #[error("META contradicts itself: min_length = {min}, but there are {options} projects")]
    TooFewProjects {
        /// The fewest projects of a vote.
        min: u64,
        /// How many there are.
        options: u64,
    },
    /// Sums of points that no vote can have.
    #[error("META contradicts itself: a vote needs at least {min} points in all, but can have at most {max}")]
    Unreachable {
        /// The fewest points that are needed.
        min: u64,
        /// The most that are possible.
        max: u64,
    },
    /// A count in `META` that is not that of the rows.
    #[error(
        "META states {key} = {stated}, but the file has {found}; the file is not complete, or the number has to be corrected"
    )]
    Count {
        /// `num_projects` or `num_votes`.
        key: &'static str,
        /// What `META` says.
        stated: u64,
        /// Rows found.
        found: usize,
    },
    /// No options at all.
    #[error("there are no projects below the header of PROJECTS")]
    NoProjects,
    /// An identifier that no vote could name.
    #[error("the project id `{}` holds a comma, which separates the projects of a vote; write it without", shown(.0))]
    CommaInProject(String),
    /// Two projects with one identifier.
    #[error(
        "the project `{}` stands twice, first on line {first}; leave one out, or give it an id of its own",
        shown(id)
    )]
    DuplicateProject {
        /// The identifier.
        id: String,
        /// Line of the first.
        first: u64,
    },
    /// Two votes of one voter.
    #[error(
        "the voter `{}` votes twice, first on line {first}; leave one out, or give it an id of its own",
        shown(voter)
    )]
    DuplicateVoter {
        /// The voter's identifier.
        voter: String,
        /// Line of the first.
        first: u64,
    },
    /// A vote for something that is not a project.
    #[error("the vote names `{}`, which is not a project of this file", shown(.0))]
    UnknownProject(String),
    /// A vote that names a project twice.
    #[error("the vote names `{}` twice; once is enough", shown(.0))]
    RepeatedProject(String),
    /// A vote of too few or too many projects.
    #[error(
        "the vote names {found} projects, but META allows {min} to {max}: correct min_length, max_length or the vote"
    )]
    Length {
        /// Projects named.
        found: usize,
        /// Fewest allowed.
        min: u64,
        /// Most allowed.
        max: u64,
    },
    /// A vote that does not say for each of its projects how many points it gives.
    #[error("the vote names {projects} projects, but gives points to {points}: as many of both are needed")]
    PointsMissing {
        /// Projects named.
        projects: usize,
        /// Numbers of points found.
        points: usize,
    },
    /// A vote that gives other points than votes of its type give.
    #[error("the points of the vote are not those that votes of type `{0}` give; leave them out, or correct the type")]
    PointsDiffer(VoteType),
    /// A vote that gives too few or too many points to a project.
    #[error("the vote gives {found} points to `{}`, but META allows {allowed}", shown(project))]
    Points {
        /// The project's identifier.
        project: String,
        /// The points it gets.
        found: u64,
        /// Those allowed.
        allowed: Bounds,
    },
    /// A vote that gives too few or too many points in all.
    #[error("the vote gives {found} points in all, but META allows {allowed}")]
    Sum {
        /// The points of all projects.
        found: u64,
        /// Those allowed.
        allowed: Bounds,
    },
    /// A vote whose projects cost too little or too much together.
    #[error("the projects of the vote cost too {0} together: META limits their sum")]
    Cost(&'static str),
    /// More options than can be read.
    #[error(transparent)]
    TooManyOptions(#[from] TooManyOptions),
    /// More voters than can be read.
    #[error(transparent)]
    TooManyVoters(#[from] TooManyVoters),
}

impl Fault {
    /// This fault, on a line.
    pub fn at(self, line: u64) -> AtLine<Self> {
        AtLine { line, fault: self }
    }
}

/// What a number of points may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// The fewest.
    pub least: u64,
    /// The most, if there is a most.
    pub most: Option<u64>,
}

impl Bounds {
    /// Whether so many points are within.
    pub fn hold(&self, points: u64) -> bool {
        points >= self.least && self.most.is_none_or(|most| points <= most)
    }
}

impl fmt::Display for Bounds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.most {
            Some(most) => write!(f, "{} to {most}", self.least),
            None => write!(f, "{} and more", self.least),
        }
    }
}
