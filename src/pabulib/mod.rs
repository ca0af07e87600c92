//! Reads elections in Pabulib's `.pb` format: real votes to run an election on.
//!
//! A `.pb` file has three sections, `META`, `PROJECTS` and `VOTES`, each a CSV separated by `;` with a header line
//! (pabulib.org/format). Votes of all five types are read. Nothing is dropped silently: whatever breaks the format, or the rules
//! that the file's own `META` states, is an error that names its line.
//!
//! | `vote_type` | a vote | what a project gets |
//! | --- | --- | --- |
//! | `choose-1` | one project | 1 |
//! | `approval` | `min_length` to `max_length` projects | 1 each |
//! | `ordinal` | the same, the best first | *m* for the best, *m* − 1 for the next, and so on; *m* is `max_length` |
//! | `cumulative` | the same, with `points` | its points; all together at most `max_sum_points` |
//! | `scoring` | the same, with `points` | its points; a project that is not named gets `default_score` |
//!
//! A `min_length` that `META` does not state is 1, or 0 where a vote names no project.

mod ballots;
mod fault;
mod limits;
mod meta;
mod projects;
mod rows;
mod rule;
#[cfg(test)]
mod tests;

pub use self::fault::{Bounds, Fault};
use self::limits::Limits;
use self::meta::Meta;
pub use self::meta::VoteType;
use crate::votes::{AtLine, VoteFile, text};

/// Reads a `.pb` file: UTF-8, with or without a byte-order mark, whatever its lines end in.
pub fn read(bytes: &[u8]) -> Result<VoteFile, AtLine<Fault>> {
    let text = text::utf8(bytes).map_err(|line| Fault::Encoding.at(line))?;
    let sections = rows::sections(&text)?;
    let meta = Meta::read(&sections.meta)?;
    let vote_type = meta.vote_type()?;
    let projects = projects::read(&sections.projects, vote_type, meta.limits_cost())?;
    let some_empty = ballots::some_empty(&sections.votes);
    let limits = Limits::read(&meta, vote_type, projects.options.len(), some_empty)?;
    // First as if the votes gave the most that can be counted: a contradiction in META is named before any vote that cannot keep it.
    let rule = |most_points| rule::rule(&limits, most_points).map_err(|(key, fault)| fault.at(meta.line(key)));
    rule(rule::MOST_POINTS)?;
    let ballots = ballots::read(&sections.votes, &projects, &limits)?;
    meta.expect_count("num_projects", projects.options.len())?;
    meta.expect_count("num_votes", ballots.votes.len())?;
    let rule = rule(ballots.most_points)?;
    let beyond = rule::beyond(&limits, &rule, meta.unknown_limits());
    Ok(VoteFile { title: meta.title(), options: projects.options, rule, votes: ballots.votes, beyond })
}
