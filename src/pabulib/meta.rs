//! The section `META`: what the file says of itself.

use std::collections::HashMap;
use std::fmt;

use super::fault::Fault;
use super::rows::{Section, Table};
use crate::votes::{AtLine, text};

/// What a vote of the file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VoteType {
    /// One project.
    Choose1,
    /// Some projects.
    Approval,
    /// Some projects, in an order.
    Ordinal,
    /// Some projects with points, of which there is a limited number.
    Cumulative,
    /// Some projects with points.
    Scoring,
}

impl VoteType {
    /// All there are.
    pub const ALL: [Self; 5] = [Self::Choose1, Self::Approval, Self::Ordinal, Self::Cumulative, Self::Scoring];

    /// As `META` writes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Choose1 => "choose-1",
            Self::Approval => "approval",
            Self::Ordinal => "ordinal",
            Self::Cumulative => "cumulative",
            Self::Scoring => "scoring",
        }
    }

    /// Whether each vote says how many points it gives.
    pub fn has_points(self) -> bool {
        matches!(self, Self::Cumulative | Self::Scoring)
    }

    /// Whether a project's total is its `score`, and not the number of its `votes`.
    pub fn has_scores(self) -> bool {
        self.has_points() || self == Self::Ordinal
    }
}

impl fmt::Display for VoteType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Beginnings of keys that limit a vote: `max_length_per_category` limits something, whatever it is.
const LIMITS: [&str; 6] =
    ["min_length_", "max_length_", "min_sum_cost_", "max_sum_cost_", "min_sum_points_", "max_sum_points_"];

/// Decimal places of an amount: as many as a cost has that a program divided in floating point.
const PLACES: usize = 17;

/// The key–value pairs of `META`.
pub struct Meta {
    section_line: u64,
    values: HashMap<String, (u64, String)>,
}

impl Meta {
    /// Reads the section.
    pub fn read(section: &Section) -> Result<Self, AtLine<Fault>> {
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
        Ok(Self { section_line: section.line, values })
    }

    /// A value that is not empty.
    pub fn text(&self, key: &str) -> Option<&str> {
        self.values.get(key).map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }

    /// The line of a key, or of the section if there is no such key.
    pub fn line(&self, key: &str) -> u64 {
        self.values.get(key).map_or(self.section_line, |(line, _)| *line)
    }

    /// A whole number.
    pub fn number(&self, key: &'static str) -> Result<Option<u64>, AtLine<Fault>> {
        self.text(key).map(|value| whole(key, value).map_err(|fault| fault.at(self.line(key)))).transpose()
    }

    /// An amount of money.
    pub fn amount(&self, key: &'static str) -> Result<Option<u128>, AtLine<Fault>> {
        self.text(key).map(|value| amount(key, value).map_err(|fault| fault.at(self.line(key)))).transpose()
    }

    /// What a vote is.
    pub fn vote_type(&self) -> Result<VoteType, AtLine<Fault>> {
        let name = self.text("vote_type").ok_or_else(|| self.missing("vote_type"))?;
        let found = VoteType::ALL.into_iter().find(|vote_type| vote_type.name() == name);
        found.ok_or_else(|| Fault::VoteType(name.to_owned()).at(self.line("vote_type")))
    }

    /// A key that has to be there, and is not.
    pub fn missing(&self, key: &'static str) -> AtLine<Fault> {
        Fault::MissingMeta(key).at(self.section_line)
    }

    /// Whether the cost of a vote is limited.
    pub fn limits_cost(&self) -> bool {
        self.text("min_sum_cost").is_some() || self.text("max_sum_cost").is_some()
    }

    /// Keys that limit a vote in a way that this reader does not know, in their order.
    pub fn unknown_limits(&self) -> Vec<String> {
        let mut found: Vec<(u64, &String)> = self
            .values
            .iter()
            .filter(|(key, (_, value))| !value.is_empty() && LIMITS.iter().any(|limit| key.starts_with(limit)))
            .map(|(key, (line, _))| (*line, key))
            .collect();
        found.sort_unstable();
        found.into_iter().map(|(_, key)| key.clone()).collect()
    }

    /// Refuses a stated count that is not the one found.
    pub fn expect_count(&self, key: &'static str, found: usize) -> Result<(), AtLine<Fault>> {
        match self.number(key)? {
            Some(stated) if stated != found as u64 => Err(Fault::Count { key, stated, found }.at(self.line(key))),
            _ => Ok(()),
        }
    }

    /// What `META` calls the election: its `description`, or else its `unit` and `instance`.
    pub fn title(&self) -> String {
        if let Some(description) = self.text("description") {
            return description.to_owned();
        }
        let parts: Vec<&str> = ["unit", "district", "instance"].into_iter().filter_map(|key| self.text(key)).collect();
        if parts.is_empty() { "Election without a title".to_owned() } else { parts.join(", ") }
    }
}

/// A whole number, 0 or more.
pub fn whole(field: &'static str, value: &str) -> Result<u64, Fault> {
    text::whole(value).ok_or_else(|| match value.strip_prefix('-').is_some_and(text::is_digits) {
        true => Fault::Negative { field, value: value.to_owned() },
        false => Fault::Number { field, value: value.to_owned() },
    })
}

/// An exact decimal number, in units of its last place.
pub fn amount(field: &'static str, value: &str) -> Result<u128, Fault> {
    let (whole, part) = value.split_once(['.', ',']).unwrap_or((value, ""));
    let fits = whole.len() <= 20 && part.len() <= PLACES;
    let number = if fits && text::is_digits(whole) && (part.is_empty() || text::is_digits(part)) {
        format!("{whole}{part:0<PLACES$}").parse().ok()
    } else {
        None
    };
    number.ok_or_else(|| Fault::Amount { field, value: value.to_owned() })
}
