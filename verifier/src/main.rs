//! `tabella-verify`: says whether an election's public record is right.

mod terminal;

mod html;

// A run that is stopped.
mod resume;

// From a server to a folder.
mod server;

mod fetch;

mod place;

// What is kept.
mod durable;

mod alarm;

// From the witnesses.
mod witnesses;

// From what people have.
mod make_evidence;

// One ballot.
mod ballot_command;

// A live board.
mod follow;

use crate::durable::{read_at_most, write};
use crate::place::{Place, address};
use crate::terminal::{fingerprint, print, seed};
use anyhow::Context;
use clap::{Parser, Subcommand};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use tabella_verifier::evidence::{self, Judgement};
use tabella_verifier::report::Report;
use tabella_verifier::{Options, render};

/// Says whether an election's public record is right.
///
/// May be stopped with Ctrl-C at any time: the same command goes on from there.
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
  tabella-verify --html report.html record.tar
  tabella-verify --unfinished record/      while voting goes on
  tabella-verify https://vote.example.org/city-2026
  tabella-verify --keep city-2026 https://vote.example.org/city-2026
  tabella-verify --ask-witnesses https://vote.example.org/city-2026
  tabella-verify follow --dir city https://vote.example.org/city-2026
  tabella-verify ballot 4K7Q-2B9D-HJ4V-N6XB-1GAY-EPSF-7Q2M-ZK3R city/record
  tabella-verify evidence city-2026/evidence/001-fork
  tabella-verify make-evidence --out fork mine.tar theirs.tar",
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
    /// Besides, write the report as a page into this file: it needs no other file and runs no script
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// Accept a record that has not ended
    #[arg(long)]
    unfinished: bool,
    /// Download the record into this folder and leave it there; run again, download only what it lacks
    #[arg(long, value_name = "DIR")]
    keep: Option<PathBuf>,
    /// Ask the witnesses of the policy what they have cosigned, and hold it against the record
    #[arg(long)]
    ask_witnesses: bool,
    /// If a witness has cosigned another history, save the proof in a folder below this one
    #[arg(long, value_name = "DIR", requires = "ask_witnesses")]
    evidence: Option<PathBuf>,
    /// The record: a directory, a tar of one, or the address of the election (http or https)
    #[arg(value_name = "RECORD", required = true)]
    record: Option<PathBuf>,
}

#[derive(Subcommand)]
enum Command {
    Follow(follow::Arguments),
    Ballot(ballot_command::Arguments),
    /// Say what somebody's evidence of a lie of the board proves, to whoever has nothing but these files
    ///
    /// Exit status: 0 it proves that the log's key signed what it may not; 1 it proves nothing; 2 it cannot be read.
    Evidence {
        /// Print one JSON object instead of text
        #[arg(long)]
        json: bool,
        /// The folder that a program saved
        folder: PathBuf,
    },
    MakeEvidence(make_evidence::Arguments),
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match &arguments.command {
        Some(Command::Follow(arguments)) => return follow::run(arguments),
        Some(Command::Ballot(arguments)) => return ballot_command::run(arguments),
        Some(Command::Evidence { json, folder }) => return judge(folder, *json),
        Some(Command::MakeEvidence(arguments)) => return make_evidence::run(arguments),
        None => {}
    }
    let report = run(&arguments).unwrap_or_else(|error| Some(Report::unreadable(&format!("{error:#}"))));
    let Some(report) = report else { return ExitCode::from(resume::INTERRUPTED) };
    let printed = print(&report, || render::text(&report), arguments.json, report.verdict.exit_status());
    match arguments.html.as_deref().map(|file| write(file, html::html(&report).as_bytes())) {
        Some(Err(error)) => {
            eprintln!("error: {error:#}");
            ExitCode::from(2)
        }
        _ => printed,
    }
}

/// Judges evidence.
fn judge(folder: &Path, json: bool) -> ExitCode {
    let judgement = evidence::judge(|name, most| read_at_most(&folder.join(name), most));
    let judgement = judgement.unwrap_or_else(|error| Judgement::unreadable(&format!("{error:#}")));
    print(&judgement, || judgement.text(), json, judgement.exit_status())
}

/// The report; none if somebody stopped the verification.
fn run(arguments: &Arguments) -> anyhow::Result<Option<Report>> {
    let options = Options { expected: arguments.expect.clone(), unfinished: arguments.unfinished, seed: seed()? };
    let record = arguments.record.as_deref().context("name a record")?;
    let place = Place::of(record, arguments.keep.as_deref())?;
    let source = place.open()?;
    let mut report = resume::verify(source.as_ref(), &options)?;
    if let Some(report) = report.as_mut().filter(|_| arguments.ask_witnesses) {
        witnesses::hear(source.as_ref(), address(record), arguments.evidence.as_deref(), report)?;
    }
    Ok(report)
}
