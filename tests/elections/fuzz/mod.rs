//! Differential fuzzing: whatever stands in a record or a file, both implementations say the same of it, and neither
//! panics. `cargo xtask fuzz` runs it for as long as one likes (docs/fuzzing.md); a few rounds are a test. The targets of
//! `fuzz/` are the same judges, with inputs that libFuzzer finds by what they make the code do.

mod decoders;
mod judges;
mod records;
mod samples;

use std::collections::BTreeMap;
use std::ops::Range;
use std::panic::catch_unwind;
use std::path::PathBuf;

use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use rayon::prelude::*;

use self::samples::SAMPLES;

/// What was tried.
#[derive(Default)]
struct Tried {
    /// How often each outcome was seen, by its name.
    outcomes: BTreeMap<String, u64>,
    /// Where both differ, or one panics.
    differences: Vec<String>,
}

impl Tried {
    fn see(&mut self, outcome: &str) {
        *self.outcomes.entry(outcome.to_owned()).or_default() += 1;
    }

    fn and(mut self, other: Self) -> Self {
        for (outcome, times) in other.outcomes {
            *self.outcomes.entry(outcome).or_default() += times;
        }
        self.differences.extend(other.differences);
        self
    }
}

/// Judges an input of libFuzzer: an entry, or one of the texts and files. Panics where both implementations differ.
pub fn judge(target: &str, input: &[u8]) {
    let judged = match decoders::TARGETS.iter().find(|known| known.name == target) {
        Some(known) => (known.judge)(&SAMPLES, input),
        None => records::judge(input),
    };
    if let Err(difference) = judged {
        panic!("{target}: {difference}");
    }
}

/// Inputs that libFuzzer may begin with, by target.
#[cfg(test)]
fn seeds() -> Vec<(&'static str, Vec<Vec<u8>>)> {
    let drawn = decoders::TARGETS.map(|target| {
        let draw = |seed| (target.draw)(&SAMPLES, &mut ChaCha20Rng::seed_from_u64(seed));
        (target.name, (0..SEEDS).map(draw).collect())
    });
    drawn.into_iter().chain([("entry", records::seeds())]).collect()
}

/// Inputs that are drawn for a text or file.
#[cfg(test)]
const SEEDS: u64 = 50;

/// Rounds of the test. Each has a seed, its number: every run makes the same.
const ROUNDS: u64 = 16;

#[test]
fn both_judge_changed_records_alike() {
    let seen = run("records", records::round);
    assert!(seen.len() > 30 && seen.contains_key("accepted"), "{seen:?}");
}

#[test]
fn both_read_changed_texts_and_files_alike() {
    let seen = run("decoders", decoders::round);
    for name in decoders::TARGETS.map(|target| target.name).into_iter().chain(["record"]) {
        assert!(seen.contains_key(&format!("{name} accepted")), "{seen:?}");
        assert!(seen.contains_key(&format!("{name} refused")), "{seen:?}");
    }
}

/// With `TABELLA_FUZZ_CORPUS`, the name of a folder, they are written there, in a folder for each target.
#[test]
fn both_judge_alike_what_libfuzzer_begins_with() {
    let corpus = std::env::var_os("TABELLA_FUZZ_CORPUS").map(PathBuf::from);
    for (target, inputs) in seeds() {
        inputs.par_iter().for_each(|input| judge(target, input));
        let Some(folder) = corpus.as_ref().map(|corpus| corpus.join(target.replace(' ', "_"))) else { continue };
        std::fs::create_dir_all(&folder).unwrap();
        for (number, input) in inputs.iter().enumerate() {
            std::fs::write(folder.join(format!("seed-{number}")), input).unwrap();
        }
    }
}

/// Tries all rounds and prints, for `cargo xtask fuzz`, what was seen. Gives the outcomes.
#[track_caller]
#[expect(clippy::print_stdout, reason = "`cargo xtask fuzz` adds these lines up")]
fn run(what: &str, round: fn(u64) -> Tried) -> BTreeMap<String, u64> {
    let guarded = |number: u64| {
        catch_unwind(|| round(number))
            .unwrap_or_else(|_| Tried { differences: vec![format!("round {number} panics")], ..Tried::default() })
    };
    let tried = rounds().into_par_iter().map(guarded).reduce(Tried::default, Tried::and);
    for (outcome, times) in &tried.outcomes {
        println!("fuzz {what}: {times} {outcome}");
    }
    assert_eq!(tried.differences, [""; 0]);
    tried.outcomes
}

/// Those of `TABELLA_FUZZ`, such as `8..16`; else those of the test.
fn rounds() -> Range<u64> {
    let Ok(asked) = std::env::var("TABELLA_FUZZ") else { return 0..ROUNDS };
    let (first, end) = asked.split_once("..").unwrap();
    first.parse().unwrap()..end.parse().unwrap()
}
