//! The section `VOTES`: how everybody voted.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use super::fault::Fault;
use super::limits::Limits;
use super::meta::{self, VoteType};
use super::projects::Projects;
use super::rows::{Row, Section, Table};
use super::rule::MOST_POINTS;
use crate::votes::{AtLine, Cast, Vote};

/// The votes of the file.
pub struct Ballots {
    /// One for each voter, in the order of the file.
    pub votes: Vec<Arc<Vote>>,
    /// The most points that any of them gives to a project.
    pub most_points: u64,
}

/// Reads the section.
pub fn read(section: &Section, projects: &Projects, limits: &Limits) -> Result<Ballots, AtLine<Fault>> {
    let needed: &[&'static str] =
        if limits.vote_type.has_points() { &["voter_id", "vote", "points"] } else { &["voter_id", "vote"] };
    let table = Table::new(section, "VOTES", needed)?;
    let reader = Reader {
        indexes: projects.options.iter().enumerate().map(|(index, project)| (project.id.as_str(), index)).collect(),
        projects,
        limits,
    };
    let mut cast = Cast::default();
    let mut most_points = 0;
    let mut voters = HashMap::new();
    for row in table.rows() {
        table.check_width(row)?;
        let voter = table.required(row, "voter_id")?;
        if let Some(first) = voters.insert(voter.clone(), row.line) {
            return Err(Fault::DuplicateVoter { voter, first }.at(row.line));
        }
        let named = reader.named(&table, row).map_err(|fault| fault.at(row.line))?;
        most_points = named.iter().map(|(_, points)| *points).fold(most_points, u64::max);
        cast.add(reader.vote(&named), 1).map_err(|fault| Fault::from(fault).at(row.line))?;
    }
    Ok(Ballots { votes: cast.into_votes(), most_points })
}

/// Whether some votes name no project.
pub fn some_empty(section: &Section) -> bool {
    let is_empty = |table: &Table<'_>, row: &Row| table.field(row, "vote").is_none();
    Table::new(section, "VOTES", &["vote"]).is_ok_and(|table| table.rows().any(|row| is_empty(&table, row)))
}

/// What it takes to read a vote.
struct Reader<'a> {
    indexes: HashMap<&'a str, usize>,
    projects: &'a Projects,
    limits: &'a Limits,
}

impl Reader<'_> {
    /// The projects that a vote names, in its order, and the points of each. The vote keeps the limits.
    fn named(&self, table: &Table<'_>, row: &Row) -> Result<Vec<(usize, u64)>, Fault> {
        let indexes = self.indexes(table.field(row, "vote").unwrap_or_default())?;
        let points = match table.field(row, "points") {
            Some(points) => Some(points.split(',').map(|points| meta::whole("points", points.trim())).collect()),
            None if self.limits.vote_type.has_points() => Some(Ok(Vec::new())),
            None => None,
        };
        let points: Option<Vec<u64>> = points.transpose()?;
        if let Some(points) = points.as_ref().filter(|points| points.len() != indexes.len()) {
            return Err(Fault::PointsMissing { projects: indexes.len(), points: points.len() });
        }
        self.check_length(indexes.len())?;
        let fixed = || self.limits.weights.iter().copied().take(indexes.len()).collect();
        let points = match points {
            // Where the places in the vote say the points already, the vote may only repeat them.
            Some(points) if !self.limits.vote_type.has_points() && points != fixed() => {
                return Err(Fault::PointsDiffer(self.limits.vote_type));
            }
            Some(points) => points,
            None => fixed(),
        };
        let named: Vec<(usize, u64)> = indexes.into_iter().zip(points).collect();
        self.check_points(&named)?;
        self.check_cost(&named)?;
        Ok(named)
    }

    /// The projects of one vote, joined by `,` in the file.
    fn indexes(&self, vote: &str) -> Result<Vec<usize>, Fault> {
        if vote.is_empty() {
            return Ok(Vec::new());
        }
        let mut seen = HashSet::new();
        let index = |id: &str| {
            let index = *self.indexes.get(id).ok_or_else(|| Fault::UnknownProject(id.to_owned()))?;
            if seen.insert(index) { Ok(index) } else { Err(Fault::RepeatedProject(id.to_owned())) }
        };
        vote.split(',').map(str::trim).map(index).collect()
    }

    fn check_length(&self, found: usize) -> Result<(), Fault> {
        let (min, max) = (self.limits.min_length, self.limits.max_length);
        if (min..=max).contains(&(found as u64)) { Ok(()) } else { Err(Fault::Length { found, min, max }) }
    }

    fn check_points(&self, named: &[(usize, u64)]) -> Result<(), Fault> {
        for (index, points) in named {
            if *points > MOST_POINTS && self.limits.vote_type.has_points() {
                return Err(Fault::TooLarge { field: "points", most: MOST_POINTS });
            }
            if !self.limits.points.hold(*points) {
                let project = self.projects.options.get(*index).map(|option| option.id.clone()).unwrap_or_default();
                return Err(Fault::Points { project, found: *points, allowed: self.limits.points });
            }
        }
        let others =
            (self.limits.options.saturating_sub(named.len() as u64)).saturating_mul(self.limits.default_points);
        let found = named.iter().map(|(_, points)| *points).fold(others, u64::saturating_add);
        if self.limits.sum.hold(found) { Ok(()) } else { Err(Fault::Sum { found, allowed: self.limits.sum }) }
    }

    fn check_cost(&self, named: &[(usize, u64)]) -> Result<(), Fault> {
        let costs = named.iter().filter_map(|(index, _)| self.projects.costs.get(*index));
        let cost = costs.fold(0, |sum: u128, cost| sum.saturating_add(*cost));
        match self.limits.cost {
            (Some(least), _) if cost < least => Err(Fault::Cost("little")),
            (_, Some(most)) if cost > most => Err(Fault::Cost("much")),
            _ => Ok(()),
        }
    }

    fn vote(&self, named: &[(usize, u64)]) -> Vote {
        match self.limits.vote_type {
            VoteType::Choose1 | VoteType::Approval => Vote::Options(named.iter().map(|(index, _)| *index).collect()),
            VoteType::Ordinal => Vote::Ranking(named.iter().map(|(index, _)| BTreeSet::from([*index])).collect()),
            VoteType::Cumulative | VoteType::Scoring => {
                let mut points = vec![self.limits.default_points; self.projects.options.len()];
                for (index, given) in named {
                    if let Some(points) = points.get_mut(*index) {
                        *points = *given;
                    }
                }
                Vote::Points(points)
            }
        }
    }
}
