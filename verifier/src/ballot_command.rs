//! `tabella-verify ballot`: where one ballot stands, and what an opened one held. Implements specs/checks.md#ballot.

use crate::durable::read_at_most;
use crate::place::Place;
use crate::terminal::{fingerprint, print, seed, with_progress};
use anyhow::Context;
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use clap::Args;
use serde::Deserialize;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use tabella_verifier::Options;
use tabella_verifier::text::read_fingerprint;
use tabella_verifier::track::{BallotReport, Wanted, is_entry, track};

/// More than a receipt has, in bytes.
const LONGEST_RECEIPT: usize = 1 << 20;

/// Say where one ballot stands, and recompute one that was opened: what did the device encrypt?
///
/// The whole record is verified for it. BALLOT is a tracker, the file of a receipt that a page saved (JSON), or an entry that a program
/// saved (NAME.entry).
///
/// Exit status: 0 the ballot is there and the record valid; 1 it is not, or the record is invalid; 2 something cannot be read.
#[derive(Args)]
#[command(after_help = "\
Examples:
  tabella-verify ballot 4K7Q-2B9D-HJ4V-N6XB-1GAY-EPSF-7Q2M-ZK3R https://vote.example.org/city-2026
  tabella-verify ballot --expect 7Q2M-ZK3R-5T8W-0C9D-HJ4V-N6XB-1GAY-EPSF tabella-4K7Q-2B9D.json city/record")]
pub struct Arguments {
    /// The election's fingerprint from a voter's letter or link
    #[arg(long, value_name = "FINGERPRINT", value_parser = fingerprint)]
    expect: Option<String>,
    /// Print one JSON object instead of text
    #[arg(long)]
    json: bool,
    /// A tracker, or a file of a receipt
    #[arg(value_name = "BALLOT")]
    ballot: String,
    /// The record: a directory, a tar of one, or the address of the election (http or https)
    #[arg(value_name = "RECORD")]
    record: PathBuf,
}

/// Looks for the ballot.
pub fn run(arguments: &Arguments) -> ExitCode {
    let report = look(arguments).unwrap_or_else(|error| BallotReport::unreadable(&format!("{error:#}")));
    print(&report, || report.text(), arguments.json, report.exit_status())
}

fn look(arguments: &Arguments) -> anyhow::Result<BallotReport> {
    let wanted = match read_fingerprint(&arguments.ballot) {
        Some(tracker) => Wanted::Tracker(tracker),
        None => Wanted::Entry(entry(Path::new(&arguments.ballot))?),
    };
    let options = Options { expected: arguments.expect.clone(), unfinished: true, seed: seed()? };
    let source = Place::of(&arguments.record, None)?;
    let source = source.open()?;
    Ok(with_progress(|progress| track(source.as_ref(), &options, &wanted, progress))?)
}

/// The entry in the file of a receipt (specs/server.md#receipt-file), or by itself.
fn entry(path: &Path) -> anyhow::Result<Vec<u8>> {
    #[derive(Deserialize)]
    struct Receipt {
        entry: String,
    }
    let bytes = read_at_most(path, LONGEST_RECEIPT)?;
    let bytes = bytes.with_context(|| format!("“{}” is no tracker, and there is no such file", path.display()))?;
    let entry = match serde_json::from_slice(&bytes) {
        Ok(Receipt { entry }) => BASE64.decode(entry).ok(),
        Err(_) => Some(bytes),
    };
    let entry = entry.filter(|entry| is_entry(entry));
    entry.with_context(|| format!("{} is no receipt, and no entry of a board", path.display()))
}
