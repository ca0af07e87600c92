//! `tabella-verify`: says whether an election's public record is right.

mod terminal;

// From a server to a folder.
mod server;

mod fetch;

// A live board.
mod durable;

mod follow;

use crate::durable::read_at_most;
use crate::server::{Patience, Server};
use crate::terminal::{ENTRIES, fingerprint, print, progress_bar, seed};
use anyhow::{Context, ensure};
use clap::{Parser, Subcommand};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use tabella_verifier::evidence::{self, Judgement};
use tabella_verifier::report::Report;
use tabella_verifier::source::{Directory, Source, Tar};
use tabella_verifier::{Options, render, verify};
use tempfile::TempDir;

/// Says whether an election's public record is right.
///
/// Exit status: 0 the record is valid; 1 it is invalid; 2 it cannot be read.
#[derive(Parser)]
#[command(
    version,
    after_help = "\
Examples:
  tabella-verify record/
  tabella-verify --expect 7Q2M-ZK3R-5T8W-0C9D-HJ4V-N6XB-1GAY-EPSF record.tar
  tabella-verify --json record.tar > report.json
  tabella-verify --unfinished record/      while voting goes on
  tabella-verify https://vote.example.org/city-2026
  tabella-verify --keep city-2026 https://vote.example.org/city-2026
  tabella-verify follow --dir city https://vote.example.org/city-2026
  tabella-verify evidence city-2026/evidence/001-fork",
    args_conflicts_with_subcommands = true,
    subcommand_negates_reqs = true
)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    /// The election's fingerprint from a voter's letter or link
    #[arg(long, value_name = "FINGERPRINT", value_parser = fingerprint)]
    expect: Option<String>,
    /// Print one JSON object instead of text
    #[arg(long)]
    json: bool,
    /// Accept a record that has not ended
    #[arg(long)]
    unfinished: bool,
    /// Download the record into this folder and leave it there; run again, download only what it lacks
    #[arg(long, value_name = "DIR")]
    keep: Option<PathBuf>,
    /// The record: a directory, a tar of one, or the address of the election (http or https)
    #[arg(value_name = "RECORD", required = true)]
    record: Option<PathBuf>,
}

#[derive(Subcommand)]
enum Command {
    Follow(follow::Arguments),
    /// Say what somebody's evidence of a lie of the board proves, to whoever has nothing but these files
    ///
    /// Exit status: 0 it proves that the log's key signed two histories; 1 it proves nothing; 2 it cannot be read.
    Evidence {
        /// Print one JSON object instead of text
        #[arg(long)]
        json: bool,
        /// The folder that a program saved
        folder: PathBuf,
    },
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match &arguments.command {
        Some(Command::Follow(arguments)) => return follow::run(arguments),
        Some(Command::Evidence { json, folder }) => return judge(folder, *json),
        None => {}
    }
    let report = run(&arguments).unwrap_or_else(|error| Report::unreadable(&format!("{error:#}")));
    print(&report, || render::text(&report), arguments.json, report.verdict.exit_status())
}

/// Judges evidence.
fn judge(folder: &Path, json: bool) -> ExitCode {
    let judgement = evidence::judge(|name, most| read_at_most(&folder.join(name), most));
    let judgement = judgement.unwrap_or_else(|error| Judgement::unreadable(&format!("{error:#}")));
    print(&judgement, || judgement.text(), json, judgement.exit_status())
}

fn run(arguments: &Arguments) -> anyhow::Result<Report> {
    let options = Options { expected: arguments.expect.clone(), unfinished: arguments.unfinished, seed: seed()? };
    let place = place(arguments)?;
    let source = open(place.path())?;
    let bar = progress_bar(ENTRIES);
    let report = verify(source.as_ref(), &options, &|done, total| {
        bar.set_length(total);
        bar.set_position(done);
    });
    bar.finish_and_clear();
    Ok(report?)
}

/// Where a record lies on this computer.
enum Place {
    Given(PathBuf),
    /// Removed when the report is made.
    Temporary(TempDir),
}

impl Place {
    fn path(&self) -> &Path {
        match self {
            Self::Given(path) => path,
            Self::Temporary(folder) => folder.path(),
        }
    }
}

/// Downloads the record if it is given by its address.
fn place(arguments: &Arguments) -> anyhow::Result<Place> {
    let record = arguments.record.as_deref().context("name a record")?;
    let Some(address) = record.to_str().filter(|record| record.contains("://")) else {
        ensure!(arguments.keep.is_none(), "--keep is for records that are given by their address");
        return Ok(Place::Given(record.to_owned()));
    };
    let server = Server::new(address, Patience::default())?;
    let place = match &arguments.keep {
        Some(folder) => Place::Given(folder.clone()),
        None => Place::Temporary(tempfile::tempdir().context("cannot make a temporary folder: name one with --keep")?),
    };
    let bar = progress_bar("{msg}: {bar:40} {pos}/{len} files, {eta} left");
    let fetched = fetch::fetch(&server, place.path(), fetch::MOST_FILES, &bar);
    bar.finish_and_clear();
    fetched.map(|()| place)
}

fn open(record: &Path) -> anyhow::Result<Box<dyn Source>> {
    if record.is_dir() {
        return Ok(Box::new(Directory::open(record)?));
    }
    let file = File::open(record).with_context(|| format!("cannot open {}", record.display()))?;
    Ok(Box::new(Tar::open(&record.display().to_string(), file)?))
}
