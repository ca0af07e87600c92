//! The command line of `tabella voter`.

use anyhow::Result;
use clap::{Args, Subcommand};
use tabella_client::desk::{BoardArguments, HomeArguments};
use tabella_client::remote::GivenAddress;
use tabella_election::text::Fingerprint;

use super::cast::{ChallengeArguments, VoteArguments};
use super::track::TrackArguments;
use crate::outcome::Outcome;

/// Vote, check that an encryption is honest, and find your ballot again, without trusting any page
#[derive(Debug, Args)]
#[command(after_help = "\
The letter says the address and the fingerprint; they are remembered. The code on the letter is asked for, and not shown.

Examples:
  tabella voter vote --board https://vote.example.org/city-2026 --expect 4K7Q-…
  tabella voter challenge --choose chair=ada
  tabella voter track")]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Vote(VoteArguments),
    Challenge(ChallengeArguments),
    Track(TrackArguments),
}

/// Which election, and where everything is kept.
#[derive(Debug, Args)]
pub(super) struct Place {
    /// The election's address, as the letter says it, without the part from the # on; remembered
    #[arg(long, value_name = "ADDRESS")]
    board: Option<GivenAddress>,
    /// The election's fingerprint, as the letter says it; remembered
    #[arg(long, value_name = "FINGERPRINT")]
    pub(super) expect: Option<Fingerprint>,
    #[command(flatten)]
    pub(super) home: HomeArguments,
    /// How many seconds to try again when no answer comes
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    pub(super) patience: u64,
    /// Print JSON, and nothing else, on standard output
    #[arg(long)]
    pub(super) json: bool,
}

impl Place {
    /// Where the record is read.
    pub(super) fn board(&self) -> BoardArguments {
        BoardArguments { board: self.board.clone(), expect: self.expect, record: None, patience: self.patience }
    }
}

impl Arguments {
    /// Does what was asked for.
    pub fn run(self) -> Result<Outcome> {
        match self.command {
            Command::Vote(arguments) => arguments.run(),
            Command::Challenge(arguments) => arguments.run(),
            Command::Track(arguments) => arguments.run(),
        }
    }
}
