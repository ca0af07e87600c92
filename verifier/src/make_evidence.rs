//! `tabella-verify make-evidence`: makes evidence out of what two people have of one board. Implements
//! specs/evidence.md#making.

use crate::durable;
use crate::place::{Place, address};
use crate::terminal::print;
use anyhow::{Context, bail, ensure};
use clap::Args;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use tabella_verifier::evidence::{
    Holding, Judgement, Made, Verdict, judge, log_key, make, make_of_entry, note_of_proof,
};
use tabella_verifier::note::{Checkpoint, LONGEST_NOTE, VerifierKey};
use tabella_verifier::source::Source;

/// Make evidence that a board's key signed what it may not, out of what people have of the board
///
/// Each HOLDING is a record (a directory, a tar, or an address), a checkpoint, or a receipt (NAME.tlog-proof, with NAME.entry beside it). At least one record must reach
/// as far as the larger of two checkpoints, unless they have the same size.
///
/// Exit status: 0 the evidence was made; 1 nothing is proved, and why; 2 something cannot be read.
#[derive(Args)]
#[command(after_help = "\
Examples:
  tabella-verify make-evidence --out fork mine.tar theirs.tar
  tabella-verify make-evidence --out fork city/record checkpoint-from-the-newspaper
  tabella-verify make-evidence --out fork https://vote.example.org/city-2026 my-ballot.tlog-proof
  tabella-verify make-evidence --out rule --entry 4711 city/record")]
pub struct Arguments {
    /// The new folder for the evidence
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// The log's key, if no record is given
    #[arg(long, value_name = "FILE")]
    log_key: Option<PathBuf>,
    /// Make evidence that this entry of the one record breaks a rule
    #[arg(long, value_name = "INDEX")]
    entry: Option<u64>,
    /// Print one JSON object instead of text
    #[arg(long)]
    json: bool,
    /// What people have of the board
    #[arg(value_name = "HOLDING", required = true, num_args = 1..)]
    holdings: Vec<PathBuf>,
}

/// Makes evidence.
pub fn run(arguments: &Arguments) -> ExitCode {
    let judgement = made(arguments).unwrap_or_else(|error| Judgement::unreadable(&format!("{error:#}")));
    let saved = || match judgement.verdict {
        Verdict::Proved => format!("The evidence is in {}.\n", arguments.out.display()),
        Verdict::NotProved | Verdict::Unreadable => String::new(),
    };
    print(&judgement, || judgement.text() + &saved(), arguments.json, judgement.exit_status())
}

/// What somebody has, as it was read.
struct Read {
    name: String,
    note: Vec<u8>,
    record: Option<Box<dyn Source>>,
    receipt: Option<(Vec<u8>, Vec<u8>)>,
    /// Holds what was downloaded.
    _place: Option<Place>,
}

impl Read {
    fn holding(&self) -> Holding<'_> {
        Holding {
            name: self.name.clone(),
            note: self.note.clone(),
            record: self.record.as_deref(),
            receipt: self.receipt.clone(),
        }
    }
}

fn made(arguments: &Arguments) -> anyhow::Result<Judgement> {
    let is_new = std::fs::read_dir(&arguments.out).map_or(true, |mut items| items.next().is_none());
    ensure!(is_new, "{} is not empty: name a new folder", arguments.out.display());
    let read = arguments.holdings.iter().map(|path| read(path)).collect::<anyhow::Result<Vec<_>>>()?;
    let key = key(arguments, &read)?;
    let holdings: Vec<Holding<'_>> = read.iter().map(Read::holding).collect();
    let made = match (arguments.entry, &holdings[..]) {
        (Some(index), [record]) => make_of_entry(&key, record, index)?,
        (Some(_), _) => bail!("--entry is of one record"),
        (None, [_]) => bail!("give two things at least that people have of the board"),
        (None, holdings) => make(&key, holdings)?,
    };
    let files = match made {
        Made::Nothing(why) => return Ok(Judgement::nothing(&key, &why)),
        Made::Proof(files) => files,
    };
    for (name, bytes) in &files {
        durable::write(&arguments.out.join(name), bytes)?;
    }
    judge(|name, most| durable::read_at_most(&arguments.out.join(name), most))
}

/// Reads a record, a checkpoint or a receipt.
fn read(path: &Path) -> anyhow::Result<Read> {
    let name = path.display().to_string();
    if address(path).is_none() && path.is_file() {
        // A longer file may be a tar.
        let bytes = durable::read_at_most(path, LONGEST_NOTE).ok().flatten().unwrap_or_default();
        if Checkpoint::parse(&bytes).is_ok() {
            return Ok(Read { name, note: bytes, record: None, receipt: None, _place: None });
        }
        if let Some(note) = note_of_proof(&bytes).filter(|_| bytes.starts_with(b"c2sp.org/tlog-proof@")) {
            let (note, entry) = (note.to_owned(), path.with_extension("entry"));
            let entry = durable::read_at_most(&entry, LONGEST_NOTE)?;
            return Ok(Read { name, note, record: None, receipt: entry.map(|entry| (entry, bytes)), _place: None });
        }
    }
    let place = Place::of(path, None)?;
    let record = place.open()?;
    let note = small(record.as_ref(), "checkpoint").with_context(|| format!("{name} has no checkpoint"))?;
    Ok(Read { name, note, record: Some(record), receipt: None, _place: Some(place) })
}

/// A file of a record, if it is there and no longer than a note may be.
fn small(record: &dyn Source, name: &str) -> Option<Vec<u8>> {
    let length = record.listing().files.get(name)?;
    if *length <= LONGEST_NOTE as u64 { record.read(name).ok() } else { None }
}

/// The log's key: that which was named, or that of all records.
fn key(arguments: &Arguments, read: &[Read]) -> anyhow::Result<VerifierKey> {
    if let Some(path) = &arguments.log_key {
        let bytes =
            durable::read_at_most(path, LONGEST_NOTE)?.with_context(|| format!("there is no {}", path.display()))?;
        return log_key(&bytes).with_context(|| format!("{} is no key of a log", path.display()));
    }
    let mut found: Option<VerifierKey> = None;
    for (name, record) in read.iter().filter_map(|read| Some((&read.name, read.record.as_deref()?))) {
        let key = small(record, "log.vkey").and_then(|bytes| log_key(&bytes));
        let key = key.with_context(|| format!("{name} has no log.vkey with the key of a log"))?;
        if found.as_ref().is_some_and(|other| *other != key) {
            bail!(
                "the records are of two logs: their keys differ. Two elections are no two histories; name the log with --log-key"
            );
        }
        found = Some(key);
    }
    found.context("no record is given: name the log's key with --log-key")
}
