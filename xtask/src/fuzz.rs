//! `cargo xtask fuzz`: the rounds of `tests/elections/fuzz`, for as long as one likes.

use std::collections::BTreeMap;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};

use crate::needs::{C_COMPILER, install};
use crate::run::{cargo, say, step};

/// Rounds after which the clock is looked at.
const ROUNDS: u64 = 32;

/// Tries rounds that no test tries, until so many seconds are over. Ends at the first difference or panic, and names it.
pub fn fuzz(arguments: &[&str]) -> Result<()> {
    let (seconds, mut round) = read(arguments)?;
    install(&[C_COMPILER])?;
    step("The tests", elections().arg("--no-run"))?;
    let begin = Instant::now();
    let mut seen: BTreeMap<String, u64> = BTreeMap::new();
    while begin.elapsed() < Duration::from_secs(seconds) {
        let rounds = format!("{round}..{}", round + ROUNDS);
        let mut run = elections();
        run.args(["fuzz::", "--", "--nocapture"]).env("TABELLA_FUZZ", &rounds).stdout(Stdio::piped());
        let output = run.output().context("could not start cargo")?;
        ensure!(
            output.status.success(),
            "{}\nrounds {rounds}: {}",
            String::from_utf8_lossy(&output.stderr),
            output.status
        );
        for (outcome, times) in String::from_utf8_lossy(&output.stdout).lines().filter_map(outcome) {
            *seen.entry(outcome).or_default() += times;
        }
        round += ROUNDS;
        say(&format!("round {round}, {} s: {} executions", begin.elapsed().as_secs(), seen.values().sum::<u64>()));
    }
    for (outcome, times) in &seen {
        say(&format!("{times:>9} {outcome}"));
    }
    say(&format!("{} executions, no difference, no panic. To go on: --from {round}", seen.values().sum::<u64>()));
    Ok(())
}

/// Seconds, and the first round.
fn read(arguments: &[&str]) -> Result<(u64, u64)> {
    let (mut seconds, mut first) = (60, 1_000);
    for pair in arguments.chunks(2) {
        match pair {
            ["--seconds", number] => seconds = number.parse().context("--seconds takes a whole number")?,
            ["--from", number] => first = number.parse().context("--from takes the number of a round")?,
            other => bail!("no argument `{}`: cargo xtask fuzz [--seconds N] [--from ROUND]", other.join(" ")),
        }
    }
    Ok((seconds, first))
}

fn elections() -> Command {
    cargo(&["test", "--quiet", "--locked", "--package", "tabella", "--test", "elections"])
}

/// A line of the tests, such as `fuzz records: 12 accepted`: what was seen how often.
fn outcome(line: &str) -> Option<(String, u64)> {
    let (what, seen) = line.strip_prefix("fuzz ")?.split_once(": ")?;
    let (times, outcome) = seen.split_once(' ')?;
    Some((format!("{what}: {outcome}"), times.parse().ok()?))
}
