//! The section `PROJECTS`: the options.

use std::collections::HashMap;

use super::fault::Fault;
use super::meta::{self, VoteType};
use super::rows::{Row, Section, Table};
use crate::votes::{AtLine, FileOption, MOST_OPTIONS, TooManyOptions};

/// The options of the file.
pub struct Projects {
    /// In the order of the file.
    pub options: Vec<FileOption>,
    /// The cost of each, where `META` limits the cost of a vote; otherwise none.
    pub costs: Vec<u128>,
}

/// Reads the section.
pub fn read(section: &Section, vote_type: VoteType, with_costs: bool) -> Result<Projects, AtLine<Fault>> {
    let table = Table::new(section, "PROJECTS", &["project_id"])?;
    let mut projects = Projects { options: Vec::new(), costs: Vec::new() };
    let mut lines = HashMap::new();
    for row in table.rows() {
        table.check_width(row)?;
        if projects.options.len() as u64 == MOST_OPTIONS {
            return Err(Fault::from(TooManyOptions).at(row.line));
        }
        let id = table.required(row, "project_id")?;
        if id.contains(',') {
            return Err(Fault::CommaInProject(id).at(row.line));
        }
        if let Some(first) = lines.insert(id.clone(), row.line) {
            return Err(Fault::DuplicateProject { id, first }.at(row.line));
        }
        let votes = number(&table, row, "votes")?;
        let score = number(&table, row, "score")?;
        projects.options.push(FileOption {
            title: table.field(row, "name").unwrap_or(&id).to_owned(),
            // A vote without points gives one point to each of its projects: there the two columns mean the same.
            published: if vote_type.has_scores() { score } else { votes.or(score) },
            published_voters: votes,
            id,
        });
        if with_costs {
            let cost = table.required(row, "cost")?;
            projects.costs.push(meta::amount("cost", &cost).map_err(|fault| fault.at(row.line))?);
        }
    }
    if projects.options.is_empty() {
        return Err(Fault::NoProjects.at(section.line));
    }
    Ok(projects)
}

fn number(table: &Table<'_>, row: &Row, column: &'static str) -> Result<Option<u64>, AtLine<Fault>> {
    let value = table.field(row, column);
    value.map(|value| meta::whole(column, value).map_err(|fault| fault.at(row.line))).transpose()
}
