//! The header: what the file says of itself.

use std::collections::HashMap;

use super::DataType;
use super::fault::Fault;
use crate::votes::{AtLine, text};

/// What stands before the number of an option whose name follows.
const NAME: &str = "ALTERNATIVE NAME";

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
        let (key, value) = entry.split_once(':').ok_or_else(|| Fault::Header(entry.trim().to_owned()).at(line))?;
        let (written, value) = (key.trim(), value.trim().to_owned());
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
        let (line, stated) = self.needed("DATA TYPE")?;
        if DataType::from_ending(stated) == Some(ending) {
            return Ok(());
        }
        Err(Fault::DataType { stated: stated.to_owned(), ending }.at(line))
    }

    /// Refuses a stated count that is not the one found.
    pub fn expect_count(&self, key: &'static str, found: usize) -> Result<(), AtLine<Fault>> {
        let (line, stated) = self.count(key)?;
        if stated == found as u64 { Ok(()) } else { Err(Fault::Count { key, stated, found }.at(line)) }
    }

    /// The names of all options, in the order of their numbers.
    pub fn names(&self) -> Result<Vec<String>, AtLine<Fault>> {
        let (line, count) = self.count("NUMBER ALTERNATIVES")?;
        if count == 0 {
            return Err(Fault::NoOptions.at(line));
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
        let mut names = Vec::with_capacity(self.names.len());
        let mut lines = HashMap::new();
        // The stated count may be any number: what is missing ends this, not the count.
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
