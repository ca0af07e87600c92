//! Whole records, verified by the programs that people run: decoding, hashes, chain, tree, proofs, tally.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use tempfile::TempDir;

use crate::clock::Best;

/// Enough that a verifier computes for a second or so: CPU times of other processes are told in hundredths.
const VOTERS: usize = 4_000;

/// The record of a simulated election, and the times that it took to verify it.
pub struct Bench {
    folder: TempDir,
    ballots: usize,
    verify: Best,
}

impl Bench {
    /// Every voter chooses one of so many answers; 2 % vote twice, and 2 % challenge.
    pub fn new(answers: usize) -> Result<Self> {
        let folder = TempDir::new()?;
        let votes = folder.path().join("votes.pb");
        fs::write(&votes, self::votes(answers))?;
        let mut simulate = Command::new(program("tabella")?);
        simulate.arg("simulate").arg("--votes").arg(&votes).arg("--out").arg(folder.path().join("out"));
        simulate.args(["--seed", "1", "--json"]);
        run(&mut simulate)?;
        let mut bench = Self { folder, ballots: 0, verify: Best::default() };
        let report: Value = serde_json::from_slice(&run(&mut bench.verifier()?)?)?;
        let ballots = report["ballots"]["accepted"].as_u64().context("a report without ballots")?;
        bench.ballots = usize::try_from(ballots)?;
        Ok(bench)
    }

    /// Takes the time to verify the record once more.
    pub fn round(&mut self) -> Result<()> {
        let mut verifier = self.verifier()?;
        self.verify.children(|| run(&mut verifier)).map(drop)
    }

    /// How many ballots were accepted, those that another replaced among them.
    pub fn ballots(&self) -> usize {
        self.ballots
    }

    /// The bytes of the record for each of them.
    pub fn bytes(&self) -> Result<f64> {
        Ok(size(&self.record())? as f64 / self.ballots as f64)
    }

    /// Microseconds a ballot to verify the record.
    pub fn verify(&self) -> f64 {
        self.verify.micros_each(self.ballots)
    }

    fn record(&self) -> PathBuf {
        self.folder.path().join("out/record")
    }

    fn verifier(&self) -> Result<Command> {
        let mut verifier = Command::new(program("tabella-verify")?);
        verifier.arg("--json").arg(self.record()).env("RAYON_NUM_THREADS", "1");
        Ok(verifier)
    }
}

/// A file of Pabulib.
fn votes(answers: usize) -> String {
    let mut text = format!(
        "META\nkey;value\ndescription;One of {answers}\nnum_projects;{answers}\nnum_votes;{VOTERS}\nbudget;10\nvote_type;choose-1\n\
         min_length;1\nmax_length;1\nPROJECTS\nproject_id;cost;name\n"
    );
    (0..answers).for_each(|answer| text += &format!("{answer};1;Answer {answer}\n"));
    text += "VOTES\nvoter_id;vote\n";
    (0..VOTERS).for_each(|voter| text += &format!("{voter};{}\n", voter % answers));
    text
}

/// A program that was built beside this one.
fn program(name: &str) -> Result<PathBuf> {
    let path = std::env::current_exe()?.with_file_name(name);
    ensure!(path.is_file(), "{} is not there: cargo xtask bench builds it", path.display());
    Ok(path)
}

/// What a program prints, if it ends well.
fn run(command: &mut Command) -> Result<Vec<u8>> {
    let output = command.output().with_context(|| format!("could not start {:?}", command.get_program()))?;
    let told = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{:?}: {}\n{told}", command.get_program(), output.status);
    Ok(output.stdout)
}

/// The bytes of all files in a folder.
fn size(folder: &Path) -> Result<u64> {
    fs::read_dir(folder)?.try_fold(0, |sum, file| {
        let file = file?;
        let inner = if file.file_type()?.is_dir() { size(&file.path())? } else { file.metadata()?.len() };
        Ok(sum + inner)
    })
}
