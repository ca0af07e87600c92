//! Votes in clear, counted by the words of the specification: no ballot, no slot, no key. And the results of both
//! implementations, to be held against it.

use serde_json::{Value, json};
use tabella::result::Results;
use tabella_election::contest::Selection;
use tabella_election::message::{Contest, ContestKind};
use tabella_verifier::report::Report;

use super::Scene;

/// What a report says of a contest (specs/checks.md#report), but for its outcome, when these votes count, each with
/// its weight.
pub fn count(contest: &Contest, votes: &[(u64, &Selection)]) -> Value {
    let sum =
        |value: &dyn Fn(&Selection) -> u64| -> u64 { votes.iter().map(|(weight, vote)| weight * value(vote)).sum() };
    let is_ranking = matches!(contest.kind, ContestKind::Ranking(_));
    let options = contest.options.iter().enumerate().map(|(option, named)| {
        let total = (!is_ranking).then(|| sum(&|vote| given(contest, vote, option)));
        json!({ "id": named.id, "title": named.title, "total": total })
    });
    let offers_blank = matches!(&contest.kind, ContestKind::Choice(choice) if choice.blank);
    let mut said = json!({
        "id": contest.id,
        "kind": contest.kind.name(),
        "title": contest.title,
        "ballots": votes.len(),
        "weight": sum(&|_| 1),
        "blank": offers_blank.then(|| sum(&|vote| u64::from(*vote == Selection::Blank))),
        "withheld": false,
        "options": options.collect::<Vec<_>>(),
    });
    if is_ranking {
        let all = 0..contest.options.len();
        let row = |a: usize| -> Vec<u64> {
            all.clone().map(|b| sum(&|vote| u64::from(place_of(vote, a) < place_of(vote, b)))).collect()
        };
        said["pairs"] = all.clone().map(row).collect::<Vec<_>>().into();
    }
    if let ContestKind::Lists(lists) = &contest.kind {
        let list = |(number, named): (usize, &tabella_election::message::List)| {
            let total = sum(&|vote| u64::from(matches!(vote, Selection::List { list, .. } if *list == number)));
            json!({ "id": named.id, "title": named.title, "total": total })
        };
        said["lists"] = lists.lists.iter().enumerate().map(list).collect();
    }
    said
}

/// What a report says of a contest that so few voted in that it is withheld.
pub fn withheld(contest: &Contest, votes: &[(u64, &Selection)]) -> Value {
    let mut said = count(contest, votes);
    said["withheld"] = true.into();
    said["blank"] = Value::Null;
    for named in ["options", "lists"] {
        for entrant in said.get_mut(named).and_then(Value::as_array_mut).into_iter().flatten() {
            entrant["total"] = Value::Null;
        }
    }
    if let Some(pairs) = said.get_mut("pairs") {
        *pairs = json!([]);
    }
    said
}

/// What a vote gives to an option.
fn given(contest: &Contest, vote: &Selection, option: usize) -> u64 {
    match (vote, &contest.kind) {
        (Selection::Blank, _) => 0,
        (Selection::Options(chosen) | Selection::List { options: chosen, .. }, _) => {
            u64::from(chosen.contains(&option))
        }
        (Selection::Numbers(numbers), _) => numbers[option],
        (Selection::Ranking(_), ContestKind::Positional(positional)) => {
            positional.weights.get(place_of(vote, option)).copied().unwrap_or(0)
        }
        (Selection::Ranking(_), _) => panic!("an order gives nothing to an option of {}", contest.id),
    }
}

/// The place of an option in an order, from 0; after all others, if it is left out.
fn place_of(vote: &Selection, option: usize) -> usize {
    let Selection::Ranking(places) = vote else { panic!("no order") };
    places.iter().position(|place| place.contains(&option)).unwrap_or(usize::MAX)
}

/// The contests of the result as the rules know it, without explanations.
pub fn said_by_rules(scene: &Scene) -> Vec<Value> {
    unexplained(Results::of(scene.board()).unwrap().unwrap().json()["contests"].take())
}

/// The contests of the result as the verifier reports it, without explanations.
pub fn said_by_verifier(report: &Report) -> Vec<Value> {
    unexplained(serde_json::to_value(&report.result).unwrap()["contests"].take())
}

/// Explanations are for people, and their words are not fixed; that there is one is.
fn unexplained(contests: Value) -> Vec<Value> {
    let Value::Array(mut contests) = contests else { panic!("no result") };
    for outcome in contests.iter_mut().filter_map(|contest| contest.get_mut("outcome")?.as_object_mut()) {
        let explanation = outcome.remove("explanation").unwrap();
        assert!(explanation.as_array().is_some_and(|sentences| !sentences.is_empty()), "{outcome:?}");
    }
    contests
}
