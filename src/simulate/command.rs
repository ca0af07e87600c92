//! The command line of `tabella simulate`.

use std::path::PathBuf;

use anyhow::{Context, Result, anyhow};
use clap::Args;
use serde_json::{Value, json};

use super::folders::Folders;
use super::progress::Progress;
use super::randomness::Seed;
use super::voters::{Share, Voters};
use super::{Simulation, contest, manifest, show};
use crate::result::Results;
use crate::votes::VoteFile;
use tabella_client::printable::printable;
use tabella_counting::rule::Method;

/// Run a whole election on the votes of a file, every role on this machine
///
/// The record that comes out is public and can be verified by anybody: it lies in OUT/record. What each role would keep on a machine of its own lies
/// in OUT/roles. The manifest, and every report, says that this is a simulation.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  tabella simulate --votes Netherlands_Amsterdam_643.pb --out amsterdam
  tabella simulate --votes votes.pb --out out --trustees 7 --threshold 4 --revotes 10
  tabella simulate --votes votes.pb --out out --seed 2026 --json
  tabella simulate --votes votes.toc --out out --counting ranked-pairs
Then:
  tabella-verify --expect \"$(cat out/fingerprint)\" out/record")]
pub struct Arguments {
    /// The votes: a file of Pabulib (.pb) or of PrefLib (.soc, .soi, .toc, .toi)
    #[arg(long, value_name = "FILE")]
    votes: PathBuf,
    /// Where to write: a folder that does not exist yet, or is empty
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// How many trustees there are
    #[arg(long, default_value_t = 5, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=50))]
    trustees: u64,
    /// How many trustees are needed to decrypt [default: more than half of them]
    #[arg(long, value_name = "T", value_parser = clap::value_parser!(u64).range(1..=50))]
    threshold: Option<u64>,
    /// The fewest ballots whose sum is decrypted
    #[arg(long, default_value_t = 1, value_name = "M", value_parser = clap::value_parser!(u64).range(1..))]
    minimum: u64,
    /// How the rankings of a PrefLib file are counted: schulze, condorcet, ranked-pairs or copeland [default: schulze]
    #[arg(long, value_name = "METHOD", value_parser = ranking_method)]
    counting: Option<Method>,
    /// Any text: the same text gives the same record, to the byte [default: randomness of the system]
    #[arg(long, value_name = "TEXT")]
    seed: Option<String>,
    /// How many voters, in per cent, cast another ballot first
    #[arg(long, default_value = "2", value_name = "PERCENT", value_parser = share)]
    revotes: Share,
    /// How many voters, in per cent, challenge an encryption first
    #[arg(long, default_value = "2", value_name = "PERCENT", value_parser = share)]
    challenges: Share,
    /// Print the result as JSON, and nothing else
    #[arg(long)]
    json: bool,
}

fn share(text: &str) -> Result<Share, String> {
    let percent = text.trim_end_matches('%').parse().ok().and_then(Share::from_percent);
    percent.ok_or_else(|| "a percentage from 0 to 100 is needed".to_owned())
}

fn ranking_method(name: &str) -> Result<Method, String> {
    const METHODS: [Method; 4] = [Method::Schulze, Method::Condorcet, Method::RankedPairs, Method::Copeland];
    let method = METHODS.into_iter().find(|method| method.as_str() == name);
    method.ok_or_else(|| "schulze, condorcet, ranked-pairs or copeland is needed".to_owned())
}

impl Arguments {
    /// Runs the simulation; gives what is to be printed on standard output.
    pub async fn run(self) -> Result<String> {
        let threshold = self.threshold.unwrap_or(self.trustees / 2 + 1);
        if threshold > self.trustees {
            return Err(anyhow!(
                "{threshold} trustees cannot decrypt if there are {}: lower --threshold",
                self.trustees
            ));
        }
        let votes = std::fs::read(&self.votes).with_context(|| format!("could not read {}", self.votes.display()))?;
        let unusable = || format!("{} cannot be used", self.votes.display());
        let file = VoteFile::read(&self.votes, &votes).with_context(unusable)?;
        drop(votes);
        let contest = manifest::contest(&file, contest::counting(&file.rule, self.counting)?);
        contest.judge().with_context(unusable)?;
        let seed = match &self.seed {
            Some(text) => Seed::from_text(text),
            None => Seed::from_system().map_err(|error| anyhow!("the system gives no randomness: {error}"))?,
        };
        let folders = Folders::create(&self.out)?;
        let progress = Progress::new(self.json);
        for limit in &file.beyond {
            progress.say(&printable(&limit.to_string()));
        }
        let voters = Voters { seed: &seed, votes: &file.votes, revotes: self.revotes, challenges: self.challenges };
        let simulation = Simulation {
            file: &file,
            contest,
            id: manifest::id_of(&self.votes),
            trustees: self.trustees,
            threshold,
            minimum: self.minimum,
            voters,
            folders: &folders,
            seed: &seed,
        };
        let results = simulation.run(&progress).await?;
        Ok(if self.json { self.json(&file, &results) } else { printable(&self.text(&file, &results)) })
    }

    fn text(&self, file: &VoteFile, results: &Results) -> String {
        let mut text = format!("\n{}\n", results.text());
        if let Some(compared) = show::published(file, results) {
            text.push_str(&format!("{compared}\n"));
        }
        text.push_str(&format!(
            "\nFingerprint  {}\nRecord       {}\nRoles        {}\n",
            results.election.fingerprint(),
            self.out.join("record").display(),
            self.out.join("roles").display()
        ));
        text
    }

    /// The result, with what the file's organisers published beside the total of each option.
    fn json(&self, file: &VoteFile, results: &Results) -> String {
        let mut value = results.json();
        value["record"] = json!(self.out.join("record"));
        let options = value.pointer_mut("/contests/0/options").and_then(Value::as_array_mut);
        for (option, of_file) in options.into_iter().flatten().zip(&file.options) {
            option["published"] = json!(of_file.published);
        }
        format!("{value:#}\n")
    }
}
