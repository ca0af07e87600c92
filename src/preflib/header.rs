//! The header: what the file says of itself.

use std::collections::HashMap;

use super::DataType;
use super::fault::Fault;
use crate::votes::{AtLine, MOST_OPTIONS, TooManyOptions, text};

/// What stands before the number of an option whose name follows.
const NAME: &str = "ALTERNATIVE NAME";

/// The keys that are read, whatever others there are.
const KEYS: [&str; 6] = [TITLE, DATA_TYPE, ALTERNATIVES, VOTERS, ORDERS, NAME];

/// What the file calls the election.
pub const TITLE: &str = "TITLE";
/// What kind of orders the file has.
const DATA_TYPE: &str = "DATA TYPE";
/// How many options there are.
const ALTERNATIVES: &str = "NUMBER ALTERNATIVES";
/// How many voters there are.
const VOTERS: &str = "NUMBER VOTERS";
/// How many different orders there are.
const ORDERS: &str = "NUMBER UNIQUE ORDERS";

/// The keys and values of a header.
#[derive(Default)]
pub struct Header {
    values: HashMap<String, (u64, String)>,
    names: HashMap<u64, (u64, String)>,
    last_line: u64,
}

impl Header {
    /// Adds what stands on a line after its `#`.
    pub fn add(&mut self, entry: &str, line: u64) -> Result<(), AtLine<Fault>> {
        self.last_line = line;
        let Some((written, value)) = entry.split_once(':').map(|(key, value)| (key.trim(), value.trim().to_owned()))
        else {
            let entry = entry.trim();
            let key = entry.to_ascii_uppercase();
            // Of anything else the line is a comment, or the key of a value that is not there.
            let is_read = KEYS.iter().any(|read| key.starts_with(read));
            return if is_read { Err(Fault::Header(entry.to_owned()).at(line)) } else { Ok(()) };
        };
        let key = written.to_ascii_uppercase();
        let first = match key.strip_prefix(NAME) {
            Some(_) => {
                let number = written.get(NAME.len()..).unwrap_or_default().trim();
                let number = text::whole(number).ok_or_else(|| Fault::number(NAME, number).at(line))?;
                if value.is_empty() {
                    return Err(Fault::EmptyName(number).at(line));
                }
                self.names.insert(number, (line, value))
            }
            None => self.values.insert(key.clone(), (line, value)),
        };
        first.map_or(Ok(()), |(first, _)| Err(Fault::DuplicateKey { key, first }.at(line)))
    }

    /// A value that is not empty.
    pub fn text(&self, key: &str) -> Option<&str> {
        self.values.get(key).map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }

    /// Refuses a header that states another type than the file's name.
    pub fn expect_type(&self, ending: DataType) -> Result<(), AtLine<Fault>> {
        let (line, stated) = self.needed(DATA_TYPE)?;
        if DataType::from_ending(stated) == Some(ending) {
            return Ok(());
        }
        Err(Fault::DataType { stated: stated.to_owned(), ending }.at(line))
    }

    /// Refuses a file without a header.
    pub fn expect_lines(&self, first_other: u64) -> Result<(), AtLine<Fault>> {
        if self.last_line == 0 { Err(Fault::NoHeader.at(first_other)) } else { Ok(()) }
    }

    /// Refuses a number of voters that is not the one found.
    pub fn expect_voters(&self, found: usize) -> Result<(), AtLine<Fault>> {
        let (line, stated) = self.count(VOTERS)?;
        if stated == found as u64 { Ok(()) } else { Err(Fault::Count { key: VOTERS, stated, found }.at(line)) }
    }

    /// Refuses a stated number of orders that is neither that of the different ones nor that of the lines.
    pub fn expect_orders(&self, distinct: usize, lines: usize) -> Result<(), AtLine<Fault>> {
        if !self.values.contains_key(ORDERS) {
            return Ok(());
        }
        let (line, stated) = self.count(ORDERS)?;
        if [distinct, lines].iter().any(|found| stated == *found as u64) {
            return Ok(());
        }
        Err(Fault::Count { key: ORDERS, stated, found: distinct }.at(line))
    }

    /// The names of all options, in the order of their numbers.
    pub fn names(&self) -> Result<Vec<String>, AtLine<Fault>> {
        let (line, count) = self.count(ALTERNATIVES)?;
        if count == 0 {
            return Err(Fault::NoOptions.at(line));
        }
        if count > MOST_OPTIONS {
            return Err(Fault::from(TooManyOptions).at(line));
        }
        let mut beyond: Vec<(u64, u64)> = self
            .names
            .iter()
            .filter(|(number, _)| !(1..=count).contains(*number))
            .map(|(number, (line, _))| (*line, *number))
            .collect();
        beyond.sort_unstable();
        if let Some((line, number)) = beyond.first() {
            return Err(Fault::UnknownOption { number: *number, options: count }.at(*line));
        }
        let (mut names, mut lines) = (Vec::new(), HashMap::new());
        for number in 1..=count {
            let (name_line, name) = self.names.get(&number).ok_or_else(|| Fault::MissingName(number).at(line))?;
            if let Some(first) = lines.insert(name, *name_line) {
                let (first, second) = (first.min(*name_line), first.max(*name_line));
                return Err(Fault::DuplicateName { name: name.clone(), first }.at(second));
            }
            names.push(name.clone());
        }
        Ok(names)
    }

    fn needed(&self, key: &'static str) -> Result<(u64, &str), AtLine<Fault>> {
        match self.values.get(key) {
            Some((line, value)) => Ok((*line, value)),
            None => Err(Fault::MissingKey(key).at(self.last_line.max(1))),
        }
    }

    fn count(&self, key: &'static str) -> Result<(u64, u64), AtLine<Fault>> {
        let (line, value) = self.needed(key)?;
        text::whole(value).map(|count| (line, count)).ok_or_else(|| Fault::number(key, value).at(line))
    }
}
