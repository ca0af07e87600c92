//! `cargo xtask bench`: bytes, encrypting and verifying for ballots of every kind of contest.
//!
//! Figures of one thread are CPU times, taken in turns in one run: what is compared has met the same machine in
//! the same state. Ratios are what counts; microseconds are of this machine. What all processors do together is told
//! by the time that passes.

mod belenios;
mod clock;
mod contests;
mod crowd;
mod elastic_elgamal;
mod memory;
mod ours;
mod record;
mod report;

use std::io::Write;

use anyhow::Result;
use clap::Parser;
use rayon::ThreadPoolBuilder;

use crate::contests::{Peer, Row, rows};
use crate::report::{Figures, RecordFigures, Report};

/// What takes seconds is not measured more often.
const MOST_ROUNDS_OF_RECORDS: u32 = 3;

/// Measure ballots of every kind of contest: bytes, encrypting, verifying in a batch
///
/// Verifying, by the server and by the independent verifier, stands beside the floor, which nobody can avoid on this curve: to
/// decode the k + 1 points of the encryption, and one term of a multiscalar multiplication for each; and beside elastic-elgamal
/// where it has the kind. How many ballots a second all processors encrypt and verify stands below: those figures are right only
/// if nothing else runs on the machine. Last come whole records of elections with one question, each verified by `tabella-verify`
/// and, if it is installed, the same election by `belenios-tool`.
#[derive(Debug, Parser)]
#[command(
    name = "cargo xtask bench",
    after_help = "\
Examples:
  cargo xtask bench
  cargo xtask bench --only ranking
  cargo xtask bench --json > figures.json"
)]
struct Arguments {
    /// Print the figures as JSON, and nothing else
    #[arg(long)]
    json: bool,
    /// Only the rows whose name has this word
    #[arg(long, value_name = "WORD")]
    only: Option<String>,
    /// How often each figure is taken; the best counts
    #[arg(long, default_value_t = 7, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1_000))]
    rounds: u32,
    /// The most ballots of a batch
    #[arg(long, default_value_t = 256, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=4_096))]
    batch: u32,
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    // The verifier works on all processors that it is given: here, on this thread.
    ThreadPoolBuilder::new().num_threads(1).use_current_thread().build_global()?;
    let wanted = |row: &Row| arguments.only.as_ref().is_none_or(|word| row.name.contains(word));
    let rows: Vec<Row> = rows().into_iter().filter(wanted).collect();
    let mut ballots = Vec::new();
    for row in &rows {
        eprintln!("· {}", row.name);
        ballots.push(measure(row, &arguments)?);
    }
    let mut records = Vec::new();
    for row in &rows {
        if let Some(Peer::Choice(options)) = row.peer {
            eprintln!("· {}, a whole record", row.name);
            records.push(measure_record(&row.name, options, arguments.rounds)?);
        }
    }
    let report = Report::new(ballots, records);
    let text = if arguments.json { serde_json::to_string_pretty(&report)? } else { report.text() };
    writeln!(std::io::stdout(), "{text}")?;
    Ok(())
}

fn measure(row: &Row, arguments: &Arguments) -> Result<Figures> {
    let mut bench = ours::Bench::new(row, arguments.batch)?;
    let mut peer = row.peer.map(elastic_elgamal::Bench::new);
    for _ in 0..arguments.rounds {
        bench.round()?;
        if let Some(peer) = &mut peer {
            peer.round()?;
        }
    }
    Figures::new(row, &bench, peer.as_ref())
}

fn measure_record(name: &str, options: usize, rounds: u32) -> Result<RecordFigures> {
    let mut bench = record::Bench::new(options)?;
    let mut peer = belenios::Bench::is_possible().then(|| belenios::Bench::new(options)).transpose()?;
    for _ in 0..rounds.min(MOST_ROUNDS_OF_RECORDS) {
        bench.round()?;
        if let Some(peer) = &mut peer {
            peer.round()?;
        }
    }
    RecordFigures::new(name, &bench, peer.as_ref())
}
