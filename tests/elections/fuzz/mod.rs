//! Differential fuzzing: whatever stands in a record or a file, both implementations say the same of it, and neither
//! panics. `cargo xtask fuzz` runs it for as long as one likes (docs/fuzzing.md); a few rounds are a test.

mod decoders;
mod records;

use std::collections::BTreeMap;
use std::ops::Range;
use std::panic::catch_unwind;

use rayon::prelude::*;

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
    for (name, _) in decoders::TARGETS {
        assert!(seen.contains_key(&format!("{name} accepted")), "{seen:?}");
        assert!(seen.contains_key(&format!("{name} refused")), "{seen:?}");
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
