//! The lines of a `.pb` file as rows of fields, in their sections.

use std::collections::HashSet;

use csv::{ReaderBuilder, StringRecord, Trim};

use super::fault::Fault;
use crate::votes::AtLine;

/// A line of the file, cut into fields.
pub struct Row {
    /// Its line in the file, from 1.
    pub line: u64,
    fields: StringRecord,
}

impl Row {
    /// The first field, and all that follow it, joined again by `;`. `None` if there is only one field.
    pub fn split_first(&self) -> Option<(String, String)> {
        let mut fields = self.fields.iter();
        let first = fields.next()?.to_owned();
        let rest: Vec<&str> = fields.collect();
        if rest.is_empty() { None } else { Some((first, rest.join(";"))) }
    }
}

/// A section: the line of its name, and its rows, the header first.
pub struct Section {
    /// Line on which the section's name stands.
    pub line: u64,
    rows: Vec<Row>,
}

/// The three sections of a file.
pub struct Sections {
    /// Key and value pairs about the poll.
    pub meta: Section,
    /// The options.
    pub projects: Section,
    /// One row for each voter.
    pub votes: Section,
}

const NAMES: [&str; 3] = ["META", "PROJECTS", "VOTES"];

/// Cuts the text into its three sections, which must stand in their order, once each.
pub fn sections(text: &str) -> Result<Sections, AtLine<Fault>> {
    let mut found: Vec<Section> = Vec::new();
    for row in rows(text)? {
        let first = row.fields.get(0).unwrap_or_default();
        let name = NAMES.iter().position(|name| row.fields.len() == 1 && name.eq_ignore_ascii_case(first));
        match name {
            Some(position) if position == found.len() => found.push(Section { line: row.line, rows: Vec::new() }),
            Some(_) => return Err(Fault::Misplaced(first.to_owned()).at(row.line)),
            None => match found.last_mut() {
                Some(section) => section.rows.push(row),
                None => return Err(Fault::Misplaced(first.to_owned()).at(row.line)),
            },
        }
    }
    let mut found = found.into_iter();
    let last_line = text.lines().count().max(1) as u64;
    let mut next = |name| found.next().ok_or_else(|| Fault::MissingSection(name).at(last_line));
    let [meta, projects, votes] = NAMES;
    Ok(Sections { meta: next(meta)?, projects: next(projects)?, votes: next(votes)? })
}

fn rows(text: &str) -> Result<Vec<Row>, AtLine<Fault>> {
    let mut reader = ReaderBuilder::new()
        .delimiter(b';')
        .has_headers(false)
        .flexible(true)
        .trim(Trim::All)
        .from_reader(text.as_bytes());
    let mut rows = Vec::new();
    let mut fields = StringRecord::new();
    loop {
        let more = reader.read_record(&mut fields).unwrap_or(false);
        let Some(position) = fields.position().filter(|_| more) else {
            return Ok(rows);
        };
        // The reader's own idea of the start includes empty lines before the record.
        let start = position.byte() as usize;
        let raw = text.get(start..reader.position().byte() as usize).unwrap_or_default();
        let skipped = raw.len() - raw.trim_start_matches(['\r', '\n']).len();
        let line = position.line() + raw.get(..skipped).unwrap_or_default().matches('\n').count() as u64;
        // A line of spaces is empty.
        if raw.trim().is_empty() {
            continue;
        }
        if !quotes_are_closed(raw.trim_matches(['\r', '\n'])) {
            return Err(Fault::Quotes.at(line));
        }
        rows.push(Row { line, fields: std::mem::take(&mut fields) });
    }
}

/// Whether each field that begins with a quote, and with nothing before it, ends with one (the reader would take anything, and
/// guess).
fn quotes_are_closed(record: &str) -> bool {
    let mut rest = record;
    loop {
        let field = rest.trim_start();
        let after = match field.strip_prefix('"') {
            Some(_) if field.len() < rest.len() => return false,
            Some(quoted) => match end_of_quoted(quoted) {
                Some(after) => after.trim_start(),
                None => return false,
            },
            None => field.find(';').map_or("", |end| field.get(end..).unwrap_or_default()),
        };
        match after.strip_prefix(';') {
            Some(next) => rest = next,
            None => return after.is_empty(),
        }
    }
}

/// What follows the closing quote of a field whose opening quote has been taken; `None` if it never closes.
fn end_of_quoted(quoted: &str) -> Option<&str> {
    let mut rest = quoted;
    loop {
        let after = rest.get(rest.find('"')? + 1..)?;
        match after.strip_prefix('"') {
            Some(next) => rest = next,
            None => return Some(after),
        }
    }
}

/// A section read by the names of its columns.
pub struct Table<'a> {
    section: &'a Section,
    header: Vec<String>,
}

impl<'a> Table<'a> {
    /// Reads the header line; the `needed` columns must be among its own.
    pub fn new(section: &'a Section, name: &'static str, needed: &[&'static str]) -> Result<Self, AtLine<Fault>> {
        let header: Vec<String> = section
            .rows
            .first()
            .map(|row| row.fields.iter().map(str::to_ascii_lowercase).collect())
            .unwrap_or_default();
        let line = section.rows.first().map_or(section.line, |row| row.line);
        let mut earlier = HashSet::new();
        if let Some(column) = header.iter().find(|column| !earlier.insert(column.as_str())) {
            return Err(Fault::DuplicateColumn { section: name, column: column.clone() }.at(line));
        }
        match needed.iter().find(|column| !header.iter().any(|name| name == *column)) {
            Some(column) => Err(Fault::MissingColumn { section: name, column }.at(line)),
            None => Ok(Self { section, header }),
        }
    }

    /// The rows below the header.
    pub fn rows(&self) -> impl Iterator<Item = &'a Row> {
        self.section.rows.iter().skip(1)
    }

    /// Refuses a row with more or fewer fields than the header.
    pub fn check_width(&self, row: &Row) -> Result<(), AtLine<Fault>> {
        let (expected, found) = (self.header.len(), row.fields.len());
        if expected == found { Ok(()) } else { Err(Fault::Fields { expected, found }.at(row.line)) }
    }

    /// A field that is not empty, by its column's name; `None` if it is empty or there is no such column.
    pub fn field<'r>(&self, row: &'r Row, column: &str) -> Option<&'r str> {
        let position = self.header.iter().position(|name| name == column)?;
        row.fields.get(position).filter(|value| !value.is_empty())
    }

    /// A field that must not be empty.
    pub fn required(&self, row: &Row, column: &'static str) -> Result<String, AtLine<Fault>> {
        self.field(row, column).map(str::to_owned).ok_or_else(|| Fault::Empty(column).at(row.line))
    }
}
