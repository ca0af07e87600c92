//! Counts what stands on standard input, a case in JSON on each line, and writes an outcome for each.
//!
//! For `cargo xtask recount`, which has the same cases counted by programs of others. A case is
//! `{"rule": [method, seats, tie-break]}` with one of `"options": [totals]`,
//! `"ranking": {"options", "ties", "weight", "slots": [totals]}`, or
//! `"options": [totals], "lists": [[total, number of options]]`.

use std::error::Error;
use std::io::{BufRead, Write, stdin, stdout};

use serde_json::{Value, json};
use tabella_counting::count;
use tabella_counting::outcome::Outcome;
use tabella_counting::rule::CountingRule;
use tabella_counting::totals::{ListTotals, Pairs, Totals};

fn main() -> Result<(), Box<dyn Error>> {
    let mut out = stdout().lock();
    for line in stdin().lock().lines() {
        writeln!(out, "{}", as_json(&outcome(&serde_json::from_str(&line?)?)?))?;
    }
    Ok(())
}

fn outcome(case: &Value) -> Result<Outcome, Box<dyn Error>> {
    let rule = rule(&case["rule"])?;
    let options = || numbers(&case["options"]);
    if let Some(lists) = case["lists"].as_array() {
        let list = |list: &Value| {
            let [total, options] = numbers(list)?[..] else { return Err("a list is a total and a number".into()) };
            Ok(ListTotals { total, options: usize::try_from(options)? })
        };
        let lists = lists.iter().map(list).collect::<Result<Vec<_>, Box<dyn Error>>>()?;
        return Ok(count(&rule, &Totals::Lists { options: &options()?, lists: &lists })?);
    }
    let ranking = &case["ranking"];
    if ranking.is_object() {
        let ties = ranking["ties"].as_bool().ok_or("no ties")?;
        let (options, weight) = (number(&ranking["options"])?, number(&ranking["weight"])?);
        let pairs = Pairs::of_slots(usize::try_from(options)?, ties, &numbers(&ranking["slots"])?, weight)?;
        return Ok(count(&rule, &Totals::Pairs(pairs))?);
    }
    Ok(count(&rule, &Totals::Options(&options()?))?)
}

fn rule(rule: &Value) -> Result<CountingRule, Box<dyn Error>> {
    let tie_break = if rule[2].is_null() { None } else { Some(numbers(&rule[2])?) };
    Ok(CountingRule { method: rule[0].as_str().ok_or("no method")?.parse()?, seats: number(&rule[1])?, tie_break })
}

fn numbers(value: &Value) -> Result<Vec<u64>, Box<dyn Error>> {
    value.as_array().ok_or("no array")?.iter().map(number).collect()
}

fn number(value: &Value) -> Result<u64, Box<dyn Error>> {
    Ok(value.as_u64().ok_or("no number")?)
}

fn as_json(outcome: &Outcome) -> Value {
    let undecided = outcome.undecided.iter();
    let undecided: Vec<Value> =
        undecided.map(|tie| json!({"seats": tie.seats, "options": tie.options, "lists": tie.lists})).collect();
    json!({
        "elected": outcome.elected,
        "undecided": undecided,
        "vacant": outcome.vacant,
        "by_tie_break": outcome.by_tie_break,
        "list_seats": outcome.list_seats,
    })
}
