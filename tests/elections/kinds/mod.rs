//! Contests of every kind. Both implementations give the totals that a count of the votes in clear gives, and the
//! outcomes that were worked out by hand.

mod large;
mod outcomes;
mod outcomes_at_random;
mod rich;
mod unanimous;

use serde_json::{Value, json};
use tabella_election::Kind;
use tabella_election::contest::Selection;
use tabella_verifier::report::Report;

use crate::scene::Scene;
use crate::scene::count::{count, said_by_rules, said_by_verifier, withheld};
use crate::scene::record::{assert_valid, assert_warnings};
use crate::scene::samples::Vote;

/// The election ends; these are the votes that count, by voter, and these the outcomes, by contest. Both
/// implementations say so.
#[track_caller]
fn ends_with(scene: &mut Scene, votes: &[(usize, Vote)], outcomes: &[(u64, Value)]) -> Report {
    scene.provide(Kind::Close);
    scene.play_on();
    let manifest = scene.board().election().manifest();
    let expected: Vec<Value> = (0..)
        .zip(&manifest.contests)
        .map(|(index, contest)| {
            let of_contest =
                votes.iter().filter_map(|(voter, vote)| Some((scene.voters[*voter].1.weight, vote.get(&index)?)));
            let of_contest: Vec<(u64, &Selection)> = of_contest.collect();
            let is_withheld = (1..manifest.minimum).contains(&(of_contest.len() as u64));
            let mut said = if is_withheld { withheld(contest, &of_contest) } else { count(contest, &of_contest) };
            if contest.counting.0.is_some() {
                let outcome = outcomes.iter().find(|(counted, _)| *counted == index);
                said["outcome"] = outcome.map_or(Value::Null, |(_, outcome)| outcome.clone());
            }
            said
        })
        .collect();
    assert_eq!(said_by_rules(scene), expected);
    let report = scene.record().verify();
    assert_valid(&report);
    assert_warnings(&report, scene.board());
    assert_eq!(said_by_verifier(&report), expected);
    report
}

/// An outcome in which so many seats are filled with these, and nothing is open.
fn elects(method: &str, seats: u64, elected: &[&str]) -> Value {
    json!({
        "method": method, "seats": seats, "elected": elected,
        "undecided": [], "vacant": 0, "by_tie_break": false,
    })
}

/// The outcome with other fields.
fn with(mut outcome: Value, fields: Value) -> Value {
    let Value::Object(fields) = fields else { panic!("no fields") };
    outcome.as_object_mut().unwrap().extend(fields);
    outcome
}
