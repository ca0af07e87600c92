//! `tabella-verify`: says whether an election's public record is right.

// From a server to a folder.
mod server;

mod fetch;

use crate::server::{Patience, Server};
use anyhow::{Context, anyhow, ensure};
use clap::Parser;
use indicatif::{ProgressBar, ProgressStyle};
use std::fs::File;
use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use tabella_verifier::report::Report;
use tabella_verifier::source::{Directory, Source, Tar};
use tabella_verifier::text::read_fingerprint;
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
  tabella-verify --keep city-2026 https://vote.example.org/city-2026"
)]
struct Arguments {
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
    #[arg(value_name = "RECORD")]
    record: PathBuf,
}

fn fingerprint(typed: &str) -> Result<String, String> {
    read_fingerprint(typed).ok_or_else(|| "a fingerprint has 32 letters and digits, in eight groups of four".to_owned())
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let report = run(&arguments).unwrap_or_else(|error| Report::unreadable(&format!("{error:#}")));
    match print(&report, arguments.json) {
        Ok(()) => ExitCode::from(report.verdict.exit_status()),
        Err(_) => ExitCode::from(2),
    }
}

fn run(arguments: &Arguments) -> anyhow::Result<Report> {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).map_err(|error| anyhow!("cannot draw random bytes: {error}"))?;
    let options = Options { expected: arguments.expect.clone(), unfinished: arguments.unfinished, seed };
    let place = place(arguments)?;
    let source = open(place.path())?;
    let bar = progress_bar("{bar:40} {pos}/{len} entries, {per_sec}, {eta} left");
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
    let Some(address) = arguments.record.to_str().filter(|record| record.contains("://")) else {
        ensure!(arguments.keep.is_none(), "--keep is for records that are given by their address");
        return Ok(Place::Given(arguments.record.clone()));
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

/// Drawn on standard error, and only if that is a terminal.
fn progress_bar(template: &str) -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template(template);
    let bar = ProgressBar::new(0);
    style.map_or_else(|_| bar.clone(), |style| bar.clone().with_style(style))
}

fn print(report: &Report, json: bool) -> anyhow::Result<()> {
    let text = if json { serde_json::to_string_pretty(report)? + "\n" } else { render::text(report) };
    std::io::stdout().lock().write_all(text.as_bytes())?;
    Ok(())
}
