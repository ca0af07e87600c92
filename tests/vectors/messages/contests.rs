//! Contests that keep the rules of their kind and of counting, and contests that break one: specs/election.md#contest
//! and specs/counting.md#rule.

use serde_json::{Value, json};
use tabella_counting::rule::Method::{
    Condorcet, Copeland, DHondt, Highest, LargestRemainder, RankedPairs, SainteLague, Schulze,
};
use tabella_election::Code;

use crate::file::{code, vector};
use crate::question::{Question, allocation, choice, lists, positional, quadratic, ranking, score};

/// More than the most points, credits, ….
const ABOVE: u64 = 1_000_001;
const MOST: u64 = 1_000_000;

pub fn vectors() -> Vec<Value> {
    let [right, wrong] = [(right(), None), (wrong(), Some(Code::ManifestContest))]
        .map(|(questions, expected)| questions.into_iter().map(move |(name, question)| bad(name, &question, expected)));
    right.chain(wrong).collect()
}

fn bad(name: &str, question: &Question, expected: Option<Code>) -> Value {
    let judged = question.contest(0).judge().err().map(|rejection| rejection.code);
    assert_eq!(judged, expected, "{name}");
    let fields = json!({
        "contest": question.json(), "counting": question.counting_json(), "code": code(expected),
    });
    vector(format!("contest: {name}"), "bad_contest", fields)
}

fn right() -> Vec<(&'static str, Question)> {
    vec![
        ("choice", choice(3, 1, 2, false)),
        ("choice of all or nothing", choice(3, 0, 3, true)),
        ("score", score(3, 5, 2, 9)),
        ("score of one point", score(1, 1, 1, 1)),
        ("score of the most points", score(3, MOST, 0, 3 * MOST)),
        ("score with a maximum below the most", score(2, 5, 0, 3)),
        ("positional", positional(4, 1, &[5, 3, 1])),
        ("positional of all, alike", positional(3, 3, &[MOST, MOST, MOST])),
        ("positional with ranks for nothing", positional(3, 0, &[1, 0, 0])),
        ("quadratic", quadratic(3, 9)),
        ("quadratic with one credit", quadratic(1, 1)),
        ("quadratic with the most credits", quadratic(2, MOST)),
        ("ranking of two", ranking(2, false)),
        ("ranking of two with ties", ranking(2, true)),
        ("lists", lists(&[2, 3, 0], 0, 2)),
        ("lists without options", lists(&[0, 0], 0, 1)),
        ("lists with a maximum above their options", lists(&[1, 2], 1, u64::MAX)),
        ("lists with a minimum of all their options", lists(&[2, 2], 2, 2)),
        ("allocation", allocation(2, 5, false)),
        ("allocation of one", allocation(1, 1, true)),
        ("allocation of the most", allocation(2, (1 << 32) - 1, false)),
        ("allocation of the most with a range proof", allocation(2, (1 << 32) - 1, true)),
        ("choice, highest", choice(3, 1, 1, true).counted(Highest, 3, Some(&[2, 0, 1]))),
        ("score, highest", score(2, 5, 0, 9).counted(Highest, 1, None)),
        ("positional, highest", positional(2, 1, &[1]).counted(Highest, 2, None)),
        ("quadratic, highest", quadratic(2, 9).counted(Highest, 1, Some(&[0, 1]))),
        ("allocation, highest", allocation(2, 70_000, true).counted(Highest, 1, Some(&[1, 0]))),
        ("ranking, condorcet", ranking(3, false).counted(Condorcet, 1, None)),
        ("ranking, copeland", ranking(3, false).counted(Copeland, 1, Some(&[2, 0, 1]))),
        ("ranking, schulze", ranking(3, true).counted(Schulze, 1, None)),
        ("ranking, ranked-pairs", ranking(3, true).counted(RankedPairs, 1, Some(&[0, 1, 2]))),
        ("lists, highest", parties().counted(Highest, 3, Some(&[5, 4, 3, 2, 1, 0]))),
        ("lists, dhondt", parties().counted(DHondt, 1_000, None)),
        ("lists, sainte-lague", parties().counted(SainteLague, 1, Some(&[3, 0, 4, 1, 5, 2]))),
        ("lists, largest-remainder", lists(&[0, 0], 0, 1).counted(LargestRemainder, 9, Some(&[1, 0]))),
    ]
}

/// Three options and three lists.
fn parties() -> Question {
    lists(&[2, 1, 0], 0, 1)
}

fn wrong() -> Vec<(&'static str, Question)> {
    [of_choices(), of_numbers(), of_lists(), of_counting(), of_tie_breaks()].concat()
}

fn of_choices() -> Vec<(&'static str, Question)> {
    vec![
        ("choice: minimum above the maximum", choice(3, 2, 1, false)),
        ("choice: maximum above the options", choice(3, 0, 4, false)),
        ("choice: maximum 0", choice(3, 0, 0, true)),
        ("choice: maximum of 64 bits", choice(3, 0, u64::MAX, false)),
        ("choice: minimum of 64 bits", choice(3, u64::MAX, u64::MAX, false)),
        ("positional: no weight", positional(4, 0, &[])),
        ("positional: more weights than options", positional(2, 1, &[5, 3, 1])),
        ("positional: minimum above the ranks", positional(4, 4, &[5, 3, 1])),
        ("positional: minimum of 64 bits", positional(4, u64::MAX, &[5, 3, 1])),
        ("positional: weights ascend", positional(4, 1, &[5, 1, 3])),
        ("positional: all weights 0", positional(4, 1, &[0, 0])),
        ("positional: weight above the most", positional(4, 1, &[ABOVE, 3, 1])),
        ("positional: weight of 64 bits", positional(4, 1, &[u64::MAX, 3, 1])),
        ("ranking: one option", ranking(1, false)),
        ("ranking: one option, with ties", ranking(1, true)),
    ]
}

fn of_numbers() -> Vec<(&'static str, Question)> {
    vec![
        ("score: most 0", score(3, 0, 0, 1)),
        ("score: most above the most", score(3, ABOVE, 0, 1)),
        ("score: most of 64 bits", score(3, u64::MAX, 0, 1)),
        ("score: minimum above the maximum", score(3, 5, 6, 5)),
        ("score: maximum 0", score(3, 5, 0, 0)),
        ("score: maximum above all points", score(3, 5, 0, 16)),
        ("score: maximum of 64 bits", score(3, 5, 0, u64::MAX)),
        ("quadratic: no credit", quadratic(3, 0)),
        ("quadratic: more credits than the most", quadratic(3, ABOVE)),
        ("quadratic: credits of 64 bits", quadratic(3, u64::MAX)),
        ("allocation: nothing", allocation(2, 0, false)),
        ("allocation: nothing, with a range proof", allocation(2, 0, true)),
        ("allocation: 2^32", allocation(2, 1 << 32, false)),
        ("allocation: 2^32, with a range proof", allocation(2, 1 << 32, true)),
        ("allocation: 64 bits", allocation(2, u64::MAX, true)),
    ]
}

fn of_lists() -> Vec<(&'static str, Question)> {
    vec![
        ("lists: fewer options than those of the lists", Question { options: 3, ..lists(&[2, 2], 0, 1) }),
        ("lists: more options than those of the lists", Question { options: 5, ..lists(&[2, 2], 0, 1) }),
        ("lists: options that wrap around", Question { options: 3, ..lists(&[u64::MAX, 4], 0, 1) }),
        ("lists: minimum above the maximum", lists(&[2, 2], 2, 1)),
        ("lists: maximum 0", lists(&[2, 2], 0, 0)),
        ("lists: fewer options than the minimum", lists(&[2, 1], 2, 2)),
        ("lists: a list without options, and a minimum", lists(&[2, 0], 1, 2)),
    ]
}

fn of_counting() -> Vec<(&'static str, Question)> {
    let one = |question: Question, method| question.counted(method, 1, None);
    vec![
        ("choice: minimum above the maximum, highest", one(choice(3, 2, 1, false), Highest)),
        ("choice, highest: no seat", choice(3, 1, 1, true).counted(Highest, 0, None)),
        ("choice, highest: more seats than options", choice(3, 1, 1, true).counted(Highest, 4, None)),
        ("choice, highest: seats of 64 bits", choice(3, 1, 1, true).counted(Highest, u64::MAX, None)),
        ("choice, condorcet", one(choice(3, 1, 1, true), Condorcet)),
        ("score, copeland", one(score(3, 5, 2, 9), Copeland)),
        ("positional, schulze", one(positional(3, 1, &[1]), Schulze)),
        ("quadratic, dhondt", one(quadratic(3, 9), DHondt)),
        ("allocation, largest-remainder", one(allocation(3, 9, true), LargestRemainder)),
        ("ranking, highest", one(ranking(3, true), Highest)),
        ("ranking, sainte-lague", one(ranking(3, true), SainteLague)),
        ("ranking, schulze: two seats", ranking(3, true).counted(Schulze, 2, None)),
        ("ranking, ranked-pairs: no seat", ranking(3, true).counted(RankedPairs, 0, None)),
        ("lists, ranked-pairs", one(parties(), RankedPairs)),
        ("lists, dhondt: no seat", parties().counted(DHondt, 0, None)),
        ("lists, dhondt: 1,001 seats", parties().counted(DHondt, 1_001, None)),
        ("lists, highest: more seats than options", parties().counted(Highest, 4, None)),
        ("lists without options, highest", one(lists(&[0, 0], 0, 1), Highest)),
    ]
}

fn of_tie_breaks() -> Vec<(&'static str, Question)> {
    let of_choice = |order: &[u64]| choice(3, 1, 1, true).counted(Highest, 1, Some(order));
    let of_parties = |order: &[u64]| parties().counted(LargestRemainder, 1, Some(order));
    vec![
        ("tie-break: empty", of_choice(&[])),
        ("tie-break: an option missing", of_choice(&[0, 2])),
        ("tie-break: an option twice", of_choice(&[0, 2, 2])),
        ("tie-break: an option twice beside all", of_choice(&[0, 1, 2, 2])),
        ("tie-break: options from 1", of_choice(&[1, 2, 3])),
        ("tie-break: blank", of_choice(&[0, 1, 2, 3])),
        ("tie-break: an option of 64 bits", of_choice(&[0, 1, u64::MAX])),
        ("tie-break: condorcet", ranking(3, false).counted(Condorcet, 1, Some(&[0, 1, 2]))),
        ("tie-break: pairs", ranking(3, true).counted(Schulze, 1, Some(&[0, 1, 2, 3, 4, 5]))),
        ("tie-break: options without lists", of_parties(&[0, 1, 2])),
        ("tie-break: a list missing", of_parties(&[0, 1, 2, 3, 4])),
        ("tie-break: a list too many", of_parties(&[0, 1, 2, 3, 4, 5, 6])),
        ("tie-break: highest of lists without lists", parties().counted(Highest, 1, Some(&[0, 1, 2]))),
    ]
}
