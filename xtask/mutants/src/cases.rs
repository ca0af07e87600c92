//! The cases of a suite: tests, and forged records one by one; how long each takes, and which mutants it meets.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, SystemTime};

use anyhow::{Context, Result, bail, ensure};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::build::Programs;
use crate::packages::Suite;
use crate::say;

/// A test, or a forged record.
#[derive(Debug, Serialize, Deserialize)]
pub struct Case {
    pub name: String,
    pub is_record: bool,
    /// How much time of the processor it takes, and which mutants it meets, where nothing is changed.
    pub time: Duration,
    pub met: BTreeSet<u32>,
}

impl Drop for Ready {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.scratch);
    }
}

/// A suite that can be run.
pub struct Ready {
    suite: &'static Suite,
    program: PathBuf,
    /// The copy of the workspace.
    tree: PathBuf,
    /// Where lists for the tests are written.
    scratch: PathBuf,
    pub cases: Vec<Case>,
}

/// What is remembered of a program, as long as it is the same.
#[derive(Serialize, Deserialize)]
struct Measured {
    built: SystemTime,
    cases: Vec<Case>,
}

/// What tests say of a mutant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    /// In so much time of the processor.
    Passed(Duration),
    /// With what was printed, or the name of the case that failed.
    Failed(String),
    TimedOut,
}

impl Ready {
    /// Runs each case once, without mutants.
    pub fn measure(suite: &'static Suite, programs: &Programs, tree: &Path, folder: &Path) -> Result<Self> {
        let key = (suite.package.to_owned(), suite.target.map(str::to_owned));
        let program = programs.get(&key).with_context(|| format!("no program of tests {key:?}"))?.clone();
        let scratch = folder.join(format!("run-{}", std::process::id()));
        std::fs::create_dir_all(&scratch)?;
        let built = program.metadata()?.modified()?;
        let name = program.file_name().unwrap_or_default().to_string_lossy();
        let what = if suite.forged.is_some() { "records" } else { "tests" };
        let memory = folder.join(format!("{name}.{what}.json"));
        let mut ready = Self { suite, program, tree: tree.to_owned(), scratch, cases: Vec::new() };
        let text = std::fs::read_to_string(&memory).unwrap_or_default();
        match serde_json::from_str::<Measured>(&text) {
            Ok(measured) if measured.built == built => {
                let names: BTreeSet<(String, bool)> = ready.names()?.into_iter().collect();
                let is_wanted = |case: &Case| names.contains(&(case.name.clone(), case.is_record));
                ready.cases = measured.cases.into_iter().filter(is_wanted).collect();
            }
            _ => {
                let names = ready.names()?;
                say(&format!("running {} cases of {key:?} once", names.len()));
                let run = |(name, is_record)| ready.run_once(name, is_record);
                let cases = names.into_iter().map(run).collect::<Result<Vec<Case>>>()?;
                let measured = Measured { built, cases };
                std::fs::write(&memory, serde_json::to_string(&measured)?)?;
                ready.cases = measured.cases;
            }
        }
        ensure!(!ready.cases.is_empty(), "no test of {key:?}");
        Ok(ready)
    }

    fn run_once(&self, name: String, is_record: bool) -> Result<Case> {
        let met = self.scratch.join("met");
        let _ = std::fs::remove_file(&met);
        let mut case = Case { name, is_record, time: Duration::ZERO, met: BTreeSet::new() };
        let mut command = self.command(&[&case], 600)?;
        match said(command.env("TABELLA_MUTANTS_MET", &met))? {
            Said::Passed(time) => case.time = time,
            Said::Failed(text) => bail!("{} fails though nothing is changed:\n{text}", case.name),
            Said::TimedOut => bail!("{} takes minutes", case.name),
        }
        let numbers = std::fs::read_to_string(&met).unwrap_or_default();
        case.met = numbers.lines().filter_map(|line| line.parse().ok()).collect();
        Ok(case)
    }

    /// All cases, and whether they are records.
    fn names(&self) -> Result<Vec<(String, bool)>> {
        let output = Command::new(&self.program).args(["--list", "--format", "terse"]).output()?;
        let text = String::from_utf8(output.stdout)?;
        let tests = text.lines().filter_map(|line| line.strip_suffix(": test"));
        let is_wanted = |test: &&str| {
            let only = self.suite.only;
            (only.is_empty() || only.iter().any(|word| test.starts_with(word))) && Some(*test) != self.suite.forged
        };
        let mut names: Vec<(String, bool)> = tests.filter(is_wanted).map(|test| (test.to_owned(), false)).collect();
        if self.suite.forged.is_some() {
            names.extend(self.records()?.into_iter().map(|record| (record, true)));
        }
        Ok(names)
    }

    /// The names of the forged records, in specs/vectors/forged.
    fn records(&self) -> Result<Vec<String>> {
        let mut records = Vec::new();
        let mut files: Vec<PathBuf> = std::fs::read_dir(self.tree.join("specs/vectors/forged"))?
            .map(|file| Ok(file?.path()))
            .collect::<Result<_>>()?;
        files.sort();
        for file in files {
            let chapter = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            let document: Value = serde_json::from_str(&std::fs::read_to_string(&file)?)?;
            let own = document["records"].as_array().context("no records")?;
            records.extend(own.iter().filter_map(|record| Some(format!("{chapter}: {}", record["name"].as_str()?))));
        }
        Ok(records)
    }

    /// Runs these cases, all tests or all records, for so many seconds of the processor at most.
    fn command(&self, cases: &[&Case], seconds: u64) -> Result<Command> {
        let mut command = Command::new("sh");
        // A mutant may run for ever, or ask for all the memory there is.
        command.args([
            "-c",
            "ulimit -t $0; ulimit -v 8000000; \"$@\"; code=$?; times; exit $code",
            &seconds.to_string(),
        ]);
        command.arg(&self.program).args(["--exact", "--test-threads", "1"]);
        match (cases.first(), self.suite.forged) {
            (Some(first), Some(test)) if first.is_record => {
                let names: Vec<&str> = cases.iter().map(|case| case.name.as_str()).collect();
                let list = self.scratch.join("records");
                std::fs::write(&list, names.join("\n"))?;
                command.arg(test).env("TABELLA_FORGED", list);
            }
            _ => _ = command.args(cases.iter().map(|case| &case.name)),
        }
        command.current_dir(self.tree.join(self.suite.folder)).env("RAYON_NUM_THREADS", "1");
        Ok(command)
    }

    /// Runs those cases that a mutant concerns, the first ones alone: most mutants fail at once.
    pub fn judge(&self, number: Option<u32>, cases: &[&Case]) -> Result<Said> {
        for is_record in [true, false] {
            let mut rest: Vec<&Case> = cases.iter().copied().filter(|case| case.is_record == is_record).collect();
            let mut most = 8;
            while !rest.is_empty() {
                let later = rest.split_off(most.min(rest.len()));
                let time: Duration = rest.iter().map(|case| case.time).sum();
                let mut command = self.command(&rest, time.as_secs() * 2 + 1)?;
                command.env("TABELLA_MUTANT", number.map_or_else(String::new, |number| number.to_string()));
                match said(&mut command)? {
                    Said::Passed(_) => {}
                    Said::Failed(text) => {
                        let end = if is_record { ": expected" } else { " ... FAILED" };
                        let failed = rest.iter().find(|case| text.contains(&format!("{}{end}", case.name)));
                        return Ok(Said::Failed(failed.map(|case| case.name.clone()).unwrap_or_default()));
                    }
                    Said::TimedOut => return Ok(Said::TimedOut),
                }
                rest = later;
                most *= 8;
            }
        }
        Ok(Said::Passed(Duration::ZERO))
    }
}

fn said(command: &mut Command) -> Result<Said> {
    let output = command.stdin(Stdio::null()).output().context("could not start a program of tests")?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    // The shell's words for a signal: 9 and 24 are those of a limit of the processor's time.
    Ok(match output.status.code() {
        Some(0) => Said::Passed(processor_time(&text)),
        Some(137 | 152) | None => Said::TimedOut,
        _ => Said::Failed(text),
    })
}

/// What `times` says last: the time of all that the shell ran, as `0m1.25s 0m0.03s`.
fn processor_time(text: &str) -> Duration {
    let seconds = |word: &str| {
        let (minutes, seconds) = word.strip_suffix('s')?.split_once('m')?;
        Some(minutes.parse::<f64>().ok()? * 60.0 + seconds.parse::<f64>().ok()?)
    };
    let last = text.lines().last().unwrap_or_default();
    Duration::from_secs_f64(last.split_whitespace().filter_map(seconds).sum())
}

/// The cases that meet a mutant, those first that found others in the same file, then the short ones.
pub fn order<'a>(cases: &'a [Case], is_met: &dyn Fn(&Case) -> bool, finds: &BTreeMap<String, usize>) -> Vec<&'a Case> {
    let mut cases: Vec<&Case> = cases.iter().filter(|case| is_met(case)).collect();
    cases.sort_by_key(|case| (std::cmp::Reverse(finds.get(&case.name).copied().unwrap_or(0)), case.time));
    cases
}
