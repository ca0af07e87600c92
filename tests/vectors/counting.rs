//! counting.json: specs/tally.md#meaning and specs/counting.md.

mod orders;
mod parties;
mod totals;

use serde_json::{Value, json};
use tabella_counting::outcome::{Outcome, Undecided};
use tabella_election::contest::Totals;

use crate::file::{vector, with};
use crate::question::Question;

/// A contest with its totals: the name, the question, the weight of all ballots, the totals of the slots.
pub type Sample = (String, Question, u64, Option<Vec<u64>>);

pub fn vectors() -> Vec<Value> {
    let samples = [totals::samples(), orders::samples(), parties::samples()].concat();
    samples.into_iter().map(|(name, question, weight, totals)| outcome(&name, &question, weight, totals)).collect()
}

fn outcome(name: &str, question: &Question, weight: u64, slots: Option<Vec<u64>>) -> Value {
    let contest = question.contest(0);
    assert_eq!(contest.judge(), Ok(()), "{name}");
    let totals = slots.as_ref().map(|slots| contest.totals(weight, slots).unwrap());
    let outcome = totals.as_ref().and_then(|totals| contest.outcome(totals).unwrap());
    let fields = json!({
        "contest": question.json(), "counting": question.counting_json(), "totals": slots, "weight": weight,
        "meaning": totals.as_ref().map(meaning), "outcome": outcome.as_ref().map(outcome_json),
    });
    vector(name, "outcome", fields)
}

fn meaning(totals: &Totals) -> Value {
    let pairs = totals.pairs.as_ref().map(|pairs| pairs.rows().map(<[u64]>::to_vec).collect::<Vec<_>>());
    let options = pairs.is_none().then_some(&totals.options);
    json!({ "options": options, "blank": totals.blank, "lists": totals.lists, "pairs": pairs })
}

/// Options and lists are named by their numbers from 0.
fn outcome_json(outcome: &Outcome) -> Value {
    let undecided =
        |tie: &Undecided| json!({ "seats": tie.seats, "options": names(&tie.options), "lists": names(&tie.lists) });
    let fields = json!({
        "method": outcome.method.as_str(), "seats": outcome.seats, "elected": names(&outcome.elected),
        "undecided": outcome.undecided.iter().map(undecided).collect::<Vec<_>>(), "vacant": outcome.vacant,
        "by_tie_break": outcome.by_tie_break,
    });
    let Some(seats) = &outcome.list_seats else { return fields };
    let list = |(list, seats): (usize, &u64)| json!({ "id": list.to_string(), "seats": seats });
    with(fields, json!({ "lists": seats.iter().enumerate().map(list).collect::<Vec<_>>() }))
}

fn names<'a>(numbers: impl IntoIterator<Item = &'a usize>) -> Vec<String> {
    numbers.into_iter().map(usize::to_string).collect()
}
