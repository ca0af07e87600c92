//! `cargo xtask mutants`: every mutant of a package in one build, each behind a switch, and what the tests say of each.
//! docs/mutants.md tells of it.

mod build;
mod cases;
mod list;
mod packages;
mod render;
mod results;
mod sites;
mod tree;
mod try_all;

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result, bail, ensure};

use list::{Key, Mutant};
use packages::{PACKAGES, Package};
use results::{Outcome, Results};

const HELP: &str = "\
Usage: cargo xtask mutants [OPTIONS]

Changes the verifier, the mathematics and the rules in every way that cargo-mutants knows, and has the tests of verdicts say
which changes they notice. Goes on where it stopped: what was found stands in target/mutants, a file for each package.

  --package NAME   tabella-verifier, tabella-crypto or tabella-election; without it, all
  --file PART      only mutants whose file has this in its path
  --shard K/N      only every Nth mutant, from the Kth on, from 0
  --own            only by the package's own tests, which are quick to build; `--again` tries by all what these do not notice
  --most N         run at most N tests and records of each program of tests for a mutant: a first pass, before `--again`
  --again          try those again that no test noticed, but for the equivalent ones that are listed
  --alone          only mutants that need a build of their own, which come last
  --score          try nothing; print the table, and what is not in xtask/mutants/equivalent.toml

For example: cargo xtask mutants --package tabella-crypto --file polynomial --again";

/// What is asked for.
#[derive(Debug, Default)]
struct Options {
    package: Option<String>,
    file: Option<String>,
    shard: Option<(usize, usize)>,
    own: bool,
    most: Option<usize>,
    again: bool,
    alone: bool,
    score: bool,
}

fn main() -> ExitCode {
    match options(std::env::args().skip(1)).and_then(|options| options.map_or(Ok(true), |options| run(&options))) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Nothing if only help was asked for.
fn options(mut arguments: impl Iterator<Item = String>) -> Result<Option<Options>> {
    let mut options = Options::default();
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().with_context(|| format!("{argument} wants a value"));
        match argument.as_str() {
            "--package" => options.package = Some(value()?),
            "--file" => options.file = Some(value()?),
            "--shard" => {
                let text = value()?;
                let (shard, of) = text.split_once('/').context("--shard takes K/N, as 0/4")?;
                let (shard, of) = (shard.parse()?, of.parse()?);
                ensure!(shard < of, "--shard takes K/N with K below N");
                options.shard = Some((shard, of));
            }
            "--most" => options.most = Some(value()?.parse().context("--most takes a whole number")?),
            "--own" => options.own = true,
            "--again" => options.again = true,
            "--alone" => options.alone = true,
            "--score" => options.score = true,
            "--help" | "-h" => {
                say(HELP);
                return Ok(None);
            }
            other => bail!("no argument `{other}`; cargo xtask mutants --help"),
        }
    }
    Ok(Some(options))
}

/// Prints a line for people. A closed pipe is not an error.
fn say(line: &str) {
    let _ = writeln!(std::io::stdout(), "{line}");
}

/// Whether no mutant is left that nobody has looked at.
fn run(options: &Options) -> Result<bool> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).context("no workspace")?;
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), Into::into);
    let folder = target.join("mutants");
    std::fs::create_dir_all(&folder)?;
    let is_wanted = |package: &&'static Package| options.package.as_ref().is_none_or(|wanted| wanted == package.name);
    let wanted: Vec<&'static Package> = PACKAGES.iter().filter(is_wanted).collect();
    ensure!(!wanted.is_empty(), "no such package; cargo xtask mutants --help");
    // One number for each mutant of all packages, which are built together.
    let mut lists: BTreeMap<&str, Vec<Mutant>> = BTreeMap::new();
    let mut next = 1;
    for package in PACKAGES {
        let mutants = list::list(root, package.name, next)?;
        next += u32::try_from(mutants.len())?;
        lists.insert(package.name, mutants);
    }
    if !options.score {
        try_all::try_all(options, root, &folder, &wanted, &lists)?;
    }
    score(root, &folder, &wanted, &lists)
}

/// Prints how many mutants there are of each kind, and what is wrong with the list of equivalent ones.
fn score(root: &Path, folder: &Path, wanted: &[&Package], lists: &BTreeMap<&str, Vec<Mutant>>) -> Result<bool> {
    let equivalents = results::equivalents(&root.join("xtask/mutants/equivalent.toml"))?;
    let reasons: BTreeMap<&Key, &str> = equivalents.iter().map(|one| (&one.key, one.reason.as_str())).collect();
    say("\n| package | mutants | do not compile | caught | timed out | equivalent | survive | not tried |");
    say("| --- | --- | --- | --- | --- | --- | --- | --- |");
    let mut troubles = Vec::new();
    for package in wanted {
        let results = Results::open(folder.join(format!("{}.jsonl", package.name)))?;
        let mutants = &lists[package.name];
        let (mut counts, mut equivalent, mut open, mut untried) = (BTreeMap::new(), 0, 0, 0);
        for mutant in mutants {
            let outcome = results.lines.get(&mutant.key).map(|line| line.outcome);
            let is_listed = reasons.contains_key(&mutant.key);
            match outcome {
                Some(Outcome::Survived | Outcome::Unmet) if is_listed => equivalent += 1,
                Some(outcome @ (Outcome::Survived | Outcome::Unmet)) => {
                    open += 1;
                    let how = if outcome == Outcome::Unmet { "no test meets it" } else { "no test notices it" };
                    troubles.push(format!("{}: {how}\n    {}", mutant.name, mutant.key.line));
                }
                Some(outcome) => {
                    *counts.entry(outcome).or_insert(0) += 1;
                    if is_listed {
                        troubles.push(format!("{}: listed as equivalent, but {outcome:?}", mutant.name));
                    }
                }
                None => untried += 1,
            }
        }
        let count = |outcome| counts.get(&outcome).copied().unwrap_or(0);
        say(&format!(
            "| `{}` | {} | {} | {} | {} | {equivalent} | {open} | {untried} |",
            package.name,
            mutants.len(),
            count(Outcome::Unviable),
            count(Outcome::Caught),
            count(Outcome::TimedOut),
        ));
        let known: std::collections::BTreeSet<&Key> = mutants.iter().map(|mutant| &mutant.key).collect();
        let gone = reasons
            .keys()
            .filter(|key| key.file.starts_with(&format!("{}/", package.folder)) && !known.contains(**key));
        troubles.extend(
            gone.map(|key| {
                format!("{}: {} is listed as equivalent, but there is no such mutant", key.file, key.change)
            }),
        );
    }
    troubles.iter().for_each(|trouble| say(trouble));
    Ok(troubles.is_empty())
}
