//! What was chosen, said back to the voter.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};
use tabella_election::Election;
use tabella_election::contest::Selection;
use tabella_election::message::{Contest, ContestKind, Quadratic};

use super::Choices;
use crate::wording::join;

/// What was chosen, a line for each contest.
pub(in crate::voter) fn show(election: &Election, choices: &Choices) -> String {
    let line = |(index, selection): (&u64, &Selection)| {
        let contest = election.contest(*index)?;
        Some(format!("  {}: {}\n", contest.title, chosen(contest, selection)))
    };
    choices.iter().filter_map(line).collect()
}

/// The titles of options, for a sentence.
pub(super) fn titles(contest: &Contest, options: &BTreeSet<usize>) -> String {
    let titles: Vec<String> = options.iter().map(|option| format!("“{}”", title(contest, *option))).collect();
    join(&titles, "and")
}

pub(super) fn chosen(contest: &Contest, selection: &Selection) -> String {
    let listed = |options: &BTreeSet<usize>, separator: &str| {
        let titles: Vec<&str> = options.iter().map(|option| title(contest, *option)).collect();
        titles.join(separator)
    };
    match selection {
        Selection::Blank => "(blank)".to_owned(),
        Selection::Options(options) if options.is_empty() => "(none of the options)".to_owned(),
        Selection::Options(options) => listed(options, ", "),
        Selection::Numbers(numbers) => {
            let given = numbers.iter().enumerate().filter(|(_, number)| **number > 0);
            let given: Vec<String> =
                given.map(|(option, number)| format!("{} {number}", title(contest, option))).collect();
            let given = if given.is_empty() { "(nothing to any option)".to_owned() } else { given.join(", ") };
            format!("{given}{}", spent(contest, numbers))
        }
        Selection::Ranking(places) if places.is_empty() => "(no order)".to_owned(),
        Selection::Ranking(places) => {
            let places: Vec<String> = places.iter().map(|place| listed(place, " = ")).collect();
            places.join(" > ")
        }
        Selection::List { list, options } => {
            let name = list_of(contest, *list).map_or("", |(_, title)| title);
            if options.is_empty() { name.to_owned() } else { format!("{name}: {}", listed(options, ", ")) }
        }
    }
}

/// What the votes of a quadratic contest cost.
fn spent(contest: &Contest, numbers: &[u64]) -> String {
    let ContestKind::Quadratic(Quadratic { credits }) = contest.kind else { return String::new() };
    let cost = numbers.iter().fold(0_u64, |cost, votes| cost.saturating_add(votes.saturating_mul(*votes)));
    format!(" ({cost} of {credits} credits)")
}

/// What was chosen, for programs, by contest id. A choice: option ids, or `null` for a blank vote; numbers: by option id;
/// an order: place for place the option ids; a list: its id and the option ids.
pub(in crate::voter) fn to_json(election: &Election, choices: &Choices) -> Value {
    let member = |(index, selection): (&u64, &Selection)| {
        let contest = election.contest(*index)?;
        Some((contest.id.clone(), chosen_json(contest, selection)))
    };
    choices.iter().filter_map(member).collect::<Map<_, _>>().into()
}

pub(super) fn chosen_json(contest: &Contest, selection: &Selection) -> Value {
    let id = |option: &usize| Some(contest.options.get(*option)?.id.as_str());
    let ids = |options: &BTreeSet<usize>| options.iter().filter_map(id).collect::<Value>();
    match selection {
        Selection::Blank => Value::Null,
        Selection::Options(options) => ids(options),
        Selection::Numbers(numbers) => {
            let options = contest.options.iter().zip(numbers);
            options.map(|(option, number)| (option.id.clone(), json!(number))).collect::<Map<_, _>>().into()
        }
        Selection::Ranking(places) => places.iter().map(ids).collect(),
        Selection::List { list, options } => {
            json!({ "list": list_of(contest, *list).map(|(id, _)| id), "options": ids(options) })
        }
    }
}

/// The id and title of a list.
fn list_of(contest: &Contest, list: usize) -> Option<(&str, &str)> {
    let ContestKind::Lists(lists) = &contest.kind else { return None };
    lists.lists.get(list).map(|list| (list.id.as_str(), list.title.as_str()))
}

fn title(contest: &Contest, option: usize) -> &str {
    contest.options.get(option).map_or("", |option| option.title.as_str())
}
