//! Reads elections in Pabulib's `.pb` format: real votes to run an election on.
//!
//! A `.pb` file has three sections, `META`, `PROJECTS` and `VOTES`, each a CSV separated by `;` with a header line
//! (pabulib.org/format). Votes of type `choose-1` and `approval` are read. Nothing is dropped silently: whatever breaks
//! the format, or the rules that the file's own `META` states, is an error that names its line.

mod fault;
mod rows;
mod rule;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

pub use fault::{Fault, PabulibError};
use rows::{Row, Section, Table};
pub use rule::Rule;

/// An election as a `.pb` file describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Poll {
    /// What the file's `META` calls it: its `description`, or else its `unit` and `instance`.
    pub title: String,
    /// The options, in the order of the file.
    pub projects: Vec<Project>,
    /// How many options a voter may choose.
    pub rule: Rule,
    /// For each voter, in the order of the file, the indexes of the chosen projects, ascending.
    pub votes: Vec<Vec<u32>>,
}

/// An option of a [`Poll`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Project {
    /// The file's own identifier, verbatim.
    pub id: String,
    /// Its name, or its identifier where the file gives none.
    pub name: String,
    /// The total that the organisers published, where the file has a column `votes`.
    pub published: Option<u64>,
    /// Its cost in millionths, where `META` limits the cost of a vote.
    cost: Option<u128>,
}

impl Poll {
    /// Reads a `.pb` file: UTF-8, with or without a byte-order mark, lines ending in LF or CRLF.
    pub fn read(bytes: &[u8]) -> Result<Self, PabulibError> {
        let text = decode(bytes)?;
        let sections = rows::sections(text)?;
        let meta = read_meta(&sections.meta)?;
        let projects = read_projects(&sections.projects, meta.limits_cost())?;
        let rule = meta.rule(projects.len())?;
        let votes = read_votes(&sections.votes, &projects, &rule)?;
        meta.expect_count("num_projects", projects.len())?;
        meta.expect_count("num_votes", votes.len())?;
        Ok(Self { title: meta.title(), projects, rule, votes })
    }

    /// How often each project was chosen, counted from the votes in clear.
    pub fn totals(&self) -> Vec<u64> {
        let mut totals = vec![0; self.projects.len()];
        for chosen in self.votes.iter().flatten() {
            if let Some(total) = totals.get_mut(*chosen as usize) {
                *total += 1;
            }
        }
        totals
    }
}

fn decode(bytes: &[u8]) -> Result<&str, PabulibError> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    std::str::from_utf8(bytes).map_err(|error| {
        let before = bytes.get(..error.valid_up_to()).unwrap_or_default();
        let line = 1 + before.iter().filter(|byte| **byte == b'\n').count() as u64;
        Fault::Encoding.at(line)
    })
}

/// The key–value pairs of `META`.
struct Meta {
    section_line: u64,
    values: HashMap<String, (u64, String)>,
}

fn read_meta(section: &Section) -> Result<Meta, PabulibError> {
    let table = Table::new(section, "META", &["key", "value"])?;
    let mut values = HashMap::new();
    for row in table.rows() {
        // A free text such as `comment` may hold a `;` without quotes: all that follows the key is its value.
        let (key, value) = row.split_first().ok_or_else(|| Fault::Fields { expected: 2, found: 1 }.at(row.line))?;
        if let Some((first, _)) = values.get(&key) {
            return Err(Fault::DuplicateMeta { key, first: *first }.at(row.line));
        }
        values.insert(key, (row.line, value));
    }
    Ok(Meta { section_line: section.line, values })
}

impl Meta {
    fn text(&self, key: &str) -> Option<&str> {
        self.values.get(key).map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }

    fn line(&self, key: &str) -> u64 {
        self.values.get(key).map_or(self.section_line, |(line, _)| *line)
    }

    fn number(&self, key: &'static str) -> Result<Option<u64>, PabulibError> {
        let Some(value) = self.text(key) else { return Ok(None) };
        match value.parse() {
            Ok(number) => Ok(Some(number)),
            Err(_) => Err(Fault::Number { field: key, value: value.to_owned() }.at(self.line(key))),
        }
    }

    fn amount(&self, key: &'static str) -> Result<Option<u128>, PabulibError> {
        self.text(key).map(|value| rule::amount(key, value).map_err(|fault| fault.at(self.line(key)))).transpose()
    }

    fn limits_cost(&self) -> bool {
        self.text("min_sum_cost").is_some() || self.text("max_sum_cost").is_some()
    }

    fn rule(&self, options: usize) -> Result<Rule, PabulibError> {
        let vote_type = self.text("vote_type").ok_or_else(|| Fault::MissingMeta("vote_type").at(self.section_line))?;
        let lengths = (self.number("min_length")?, self.number("max_length")?);
        let costs = (self.amount("min_sum_cost")?, self.amount("max_sum_cost")?);
        let line = match (lengths, costs) {
            ((None, None), (None, None)) => self.line("vote_type"),
            ((_, Some(_)), _) => self.line("max_length"),
            ((Some(_), None), _) => self.line("min_length"),
            (_, (_, Some(_))) => self.line("max_sum_cost"),
            (_, (Some(_), None)) => self.line("min_sum_cost"),
        };
        Rule::new(vote_type, options as u64, lengths, costs).map_err(|fault| fault.at(line))
    }

    fn expect_count(&self, key: &'static str, found: usize) -> Result<(), PabulibError> {
        match self.number(key)? {
            Some(stated) if stated != found as u64 => Err(Fault::Count { key, stated, found }.at(self.line(key))),
            _ => Ok(()),
        }
    }

    fn title(&self) -> String {
        if let Some(description) = self.text("description") {
            return description.to_owned();
        }
        let parts: Vec<&str> = ["unit", "district", "instance"].into_iter().filter_map(|key| self.text(key)).collect();
        if parts.is_empty() { "Election without a title".to_owned() } else { parts.join(", ") }
    }
}

fn read_projects(section: &Section, with_costs: bool) -> Result<Vec<Project>, PabulibError> {
    let table = Table::new(section, "PROJECTS", &["project_id"])?;
    let mut projects = Vec::new();
    let mut lines = HashMap::new();
    for row in table.rows() {
        table.check_width(row)?;
        let id = table.required(row, "project_id")?;
        if id.contains(',') {
            return Err(Fault::CommaInProject(id).at(row.line));
        }
        if let Some(first) = lines.insert(id.clone(), row.line) {
            return Err(Fault::DuplicateProject { id, first }.at(row.line));
        }
        projects.push(Project {
            name: table.field(row, "name").unwrap_or(&id).to_owned(),
            published: published_votes(&table, row)?,
            cost: if with_costs { Some(cost(&table, row)?) } else { None },
            id,
        });
    }
    if projects.is_empty() {
        return Err(Fault::NoProjects.at(section.line));
    }
    Ok(projects)
}

fn published_votes(table: &Table<'_>, row: &Row) -> Result<Option<u64>, PabulibError> {
    let Some(value) = table.field(row, "votes") else {
        return Ok(None);
    };
    let number = value.parse().map_err(|_| Fault::Number { field: "votes", value: value.to_owned() }.at(row.line))?;
    Ok(Some(number))
}

fn cost(table: &Table<'_>, row: &Row) -> Result<u128, PabulibError> {
    rule::amount("cost", &table.required(row, "cost")?).map_err(|fault| fault.at(row.line))
}

fn read_votes(section: &Section, projects: &[Project], rule: &Rule) -> Result<Vec<Vec<u32>>, PabulibError> {
    let table = Table::new(section, "VOTES", &["voter_id", "vote"])?;
    let indexes: HashMap<&str, u32> =
        (0..).zip(projects).map(|(index, project)| (project.id.as_str(), index)).collect();
    let mut votes = Vec::new();
    let mut voters = HashMap::new();
    for row in table.rows() {
        table.check_width(row)?;
        let voter = table.required(row, "voter_id")?;
        if let Some(first) = voters.insert(voter.clone(), row.line) {
            return Err(Fault::DuplicateVoter { voter, first }.at(row.line));
        }
        let chosen = read_vote(table.field(row, "vote").unwrap_or_default(), &indexes)
            .and_then(|chosen| rule.check(&chosen, projects).map(|()| chosen))
            .map_err(|fault| fault.at(row.line))?;
        votes.push(chosen);
    }
    Ok(votes)
}

/// The projects of one vote, joined by `,` in the file.
fn read_vote(vote: &str, indexes: &HashMap<&str, u32>) -> Result<Vec<u32>, Fault> {
    let mut chosen = Vec::new();
    if vote.is_empty() {
        return Ok(chosen);
    }
    for id in vote.split(',').map(str::trim) {
        let index = *indexes.get(id).ok_or_else(|| Fault::UnknownProject(id.to_owned()))?;
        if chosen.contains(&index) {
            return Err(Fault::RepeatedProject(id.to_owned()));
        }
        chosen.push(index);
    }
    chosen.sort_unstable();
    Ok(chosen)
}
