//! The list of voters: a CSV file with the columns id, weight and style. Nothing of it is dropped: if one line is wrong, nothing
//! is done, and all wrong lines are named.

use std::collections::HashMap;
use std::collections::hash_map;
use std::fmt;
use std::path::{Path, PathBuf};

use csv::{ByteRecord, ReaderBuilder, Trim};
use tabella_election::Election;
use tabella_election::roll::largest_weight;

/// The columns, each of which must be there once.
const COLUMNS: [&str; 3] = ["id", "weight", "style"];

/// Longest id of a voter, in bytes.
const ID_LENGTH: usize = 200;

/// A voter of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedVoter {
    /// What the registrar calls the voter; it never leaves the registrar's folder and the letter.
    pub id: String,
    /// How often the ballot counts.
    pub weight: u64,
    /// The index of the style in the manifest.
    pub style: u64,
}

/// Everything that is wrong with a list.
#[derive(Debug, thiserror::Error)]
pub struct ListFaults {
    path: PathBuf,
    faults: Vec<ListFault>,
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListFault {
    /// The line, from 1; 0 for the file as a whole.
    pub line: u64,
    /// What is wrong with it.
    pub reason: String,
}

impl fmt::Display for ListFaults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = match self.faults.len() {
            1 => "1 mistake".to_owned(),
            count => format!("{count} mistakes"),
        };
        write!(f, "{} has {count}; nothing was done:", self.path.display())?;
        for fault in &self.faults {
            match fault.line {
                0 => write!(f, "\n  {}", fault.reason)?,
                line => write!(f, "\n  line {line}: {}", fault.reason)?,
            }
        }
        Ok(())
    }
}

/// Reads a list for an election.
///
/// # Errors
/// All mistakes together.
pub fn read(path: &Path, election: &Election) -> Result<Vec<ListedVoter>, ListFaults> {
    let failed = |faults| ListFaults { path: path.to_owned(), faults };
    let whole = |reason: String| failed(vec![ListFault { line: 0, reason }]);
    let bytes = std::fs::read(path).map_err(|error| whole(format!("it cannot be read: {error}")))?;
    let mut reader = Reader { election, lines: HashMap::new(), faults: Vec::new() };
    let voters = reader.read(&bytes).map_err(|fault| failed(vec![fault]))?;
    if reader.faults.is_empty() { Ok(voters) } else { Err(failed(reader.faults)) }
}

struct Reader<'a> {
    election: &'a Election,
    /// The line on which each id stands.
    lines: HashMap<String, u64>,
    faults: Vec<ListFault>,
}

impl Reader<'_> {
    fn read(&mut self, bytes: &[u8]) -> Result<Vec<ListedVoter>, ListFault> {
        let header = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
        // Spreadsheets of half the world separate by semicolons.
        let delimiter = if header.contains(&b';') && !header.contains(&b',') { b';' } else { b',' };
        let mut csv = ReaderBuilder::new().delimiter(delimiter).trim(Trim::All).flexible(true).from_reader(bytes);
        let columns = columns(csv.byte_headers().map_err(|error| at(1, error.to_string()))?)?;
        let mut voters = Vec::new();
        let mut record = ByteRecord::new();
        let mut total: u64 = 0;
        while csv.read_byte_record(&mut record).map_err(|error| at(0, error.to_string()))? {
            let line = record.position().map_or(0, csv::Position::line);
            match self.voter(&record, columns, line) {
                Ok(voter) => {
                    total = total.saturating_add(voter.weight);
                    voters.push(voter);
                }
                Err(reason) => self.faults.push(at(line, reason)),
            }
        }
        if voters.is_empty() && self.faults.is_empty() {
            self.faults.push(at(0, "it names no voter".to_owned()));
        }
        let most = largest_weight(self.election);
        if total > most {
            let option = self.election.largest().option;
            let text = format!(
                "all weights together are {total}, and {most} can be counted where one vote can give an option {option}: \
                 use smaller weights"
            );
            self.faults.push(at(0, text));
        }
        Ok(voters)
    }

    fn voter(&mut self, record: &ByteRecord, columns: [usize; 3], line: u64) -> Result<ListedVoter, String> {
        if record.len() != COLUMNS.len() {
            return Err(format!("{} columns are needed, and there are {}", COLUMNS.len(), record.len()));
        }
        let [id, weight, style] = columns.map(|column| std::str::from_utf8(record.get(column).unwrap_or_default()));
        let text = "the line is not UTF-8 text";
        let (id, weight, style) = (id.map_err(|_| text)?, weight.map_err(|_| text)?, style.map_err(|_| text)?);
        if id.is_empty() {
            return Err("the id is empty".to_owned());
        }
        if id.len() > ID_LENGTH || id.contains(char::is_control) {
            return Err(format!("the id has more than {ID_LENGTH} bytes, or a control character"));
        }
        match self.lines.entry(id.to_owned()) {
            hash_map::Entry::Occupied(first) => {
                return Err(format!("the id “{id}” stands on line {} already", first.get()));
            }
            hash_map::Entry::Vacant(free) => free.insert(line),
        };
        let wrong = || format!("the weight “{weight}” is no whole number from 1 on");
        let weight = weight.parse::<u64>().ok().filter(|weight| *weight >= 1).ok_or_else(wrong)?;
        let styles = &self.election.manifest().styles;
        let index = styles.iter().position(|found| found.name == style).ok_or_else(|| {
            let names: Vec<String> = styles.iter().map(|style| format!("“{}”", style.name)).collect();
            format!("there is no style “{style}”; the styles are {}", names.join(", "))
        })?;
        Ok(ListedVoter { id: id.to_owned(), weight, style: index as u64 })
    }
}

/// The positions of the columns in the header.
fn columns(header: &ByteRecord) -> Result<[usize; 3], ListFault> {
    let mut positions = [0; 3];
    for (position, column) in positions.iter_mut().zip(COLUMNS) {
        let found = header.iter().position(|field| field == column.as_bytes());
        *position = found.ok_or_else(|| header_fault(header))?;
    }
    if header.len() == COLUMNS.len() { Ok(positions) } else { Err(header_fault(header)) }
}

fn header_fault(header: &ByteRecord) -> ListFault {
    let fields: Vec<_> = header.iter().map(String::from_utf8_lossy).collect();
    let found: String = fields.join(",").chars().take(100).collect();
    at(1, format!("the header must name the columns id, weight and style, and no others; it is “{found}”"))
}

fn at(line: u64, reason: String) -> ListFault {
    ListFault { line, reason }
}
