//! What can be wrong with a file of votes.

use thiserror::Error;

use crate::{pabulib, preflib};

/// A fault and the line on which it stands.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("line {line}: {fault}")]
pub struct AtLine<F> {
    /// The line, from 1; for something that is missing, the line of the section that should hold it.
    pub line: u64,
    /// What is wrong there.
    pub fault: F,
}

/// Why a file of votes cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ReadError {
    /// The name has not the ending of a format that is known.
    #[error(
        "the name `{0}` does not tell the format; it has to end in .pb (Pabulib) or in .soc, .soi, .toc or .toi (PrefLib)"
    )]
    Ending(String),
    /// A file of PrefLib whose votes are no orders.
    #[error(
        "`{0}` ends in .cat: its votes sort options into categories, which this program does not read; PrefLib has some such files as orders too, under the same number, in .toc or .toi"
    )]
    Categories(String),
    /// Something is wrong with a Pabulib file.
    #[error(transparent)]
    Pabulib(#[from] AtLine<pabulib::Fault>),
    /// Something is wrong with a PrefLib file.
    #[error(transparent)]
    Preflib(#[from] AtLine<preflib::Fault>),
}
