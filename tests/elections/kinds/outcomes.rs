//! Outcomes worked out by hand: ties, tie-breaks, circles, vacant seats. All are contests of one election, each in a
//! style of its own.

use serde_json::{Value, json};
use tabella_counting::rule::Method::{
    Condorcet, Copeland, DHondt, Highest, LargestRemainder, RankedPairs, SainteLague, Schulze,
};
use tabella_election::contest::Selection;
use tabella_election::message::{Allocation, Choice, Contest, ContestKind, Manifest, Ranking};

use super::{elects, ends_with, with};
use crate::scene::Scene;
use crate::scene::samples::{Vote, counted, list, lists, numbers, options, order, places, question, quick, style};

/// A contest of the options A, B, C, …, its votes, each with its weight, and the outcome.
type Case = (Contest, Vec<(u64, Selection)>, Value);

/// A contest without its name and its counting rule.
fn asked(options: usize, kind: ContestKind) -> Contest {
    let mut contest = question("q", options, kind);
    for (option, letter) in contest.options.iter_mut().zip('A'..) {
        option.id = letter.to_string();
    }
    contest
}

fn approval(options: usize) -> Contest {
    asked(options, ContestKind::Choice(Choice { min: 0, max: options as u64, blank: false }))
}

fn ranking(options: usize, ties: bool) -> Contest {
    asked(options, ContestKind::Ranking(Ranking { ties }))
}

fn of_lists(sizes: &[u64]) -> Contest {
    asked(usize::try_from(sizes.iter().sum::<u64>()).unwrap(), lists(sizes, 0, 1))
}

/// Votes for an option each, by their numbers.
fn approvals(totals: &[u64]) -> Vec<(u64, Selection)> {
    let for_each = totals.iter().enumerate().map(|(option, total)| (*total, options(&[option])));
    for_each.filter(|(total, _)| *total > 0).collect()
}

/// Orders written as the letters of the options, each with its number.
fn orders(orders: &[(u64, &str)]) -> Vec<(u64, Selection)> {
    let places = |letters: &str| letters.bytes().map(|letter| usize::from(letter - b'A')).collect::<Vec<usize>>();
    orders.iter().map(|(number, letters)| (*number, order(&places(letters)))).collect()
}

/// Seats that some tie for.
fn tie(seats: u64, options: &[&str], lists: &[&str]) -> Value {
    json!({ "seats": seats, "options": options, "lists": lists })
}

fn open(method: &str, seats: u64, elected: &[&str], ties: &[Value]) -> Value {
    with(elects(method, seats, elected), json!({ "undecided": ties }))
}

fn by_tie_break(method: &str, seats: u64, elected: &[&str]) -> Value {
    with(elects(method, seats, elected), json!({ "by_tie_break": true }))
}

/// The outcome, with the seats of the lists.
fn gives(seats: &[u64], outcome: Value) -> Value {
    let seats = (1..).zip(seats).map(|(number, seats)| json!({ "id": format!("list{number}"), "seats": seats }));
    with(outcome, json!({ "lists": seats.collect::<Vec<_>>() }))
}

/// "highest": who is level with the last, and for how many seats.
fn of_totals() -> Vec<Case> {
    let numbers_of_65_536 = asked(2, ContestKind::Allocation(Allocation { amount: 131_071, range: true }));
    vec![
        // The example of specs/counting.md, without and with its tie-break.
        (
            counted(approval(3), Highest, 1, None),
            approvals(&[12, 12, 5]),
            open("highest", 1, &[], &[tie(1, &["A", "B"], &[])]),
        ),
        (
            counted(approval(3), Highest, 1, Some(&[1, 0, 2])),
            approvals(&[12, 12, 5]),
            by_tie_break("highest", 1, &["B"]),
        ),
        (
            counted(approval(3), Highest, 2, None),
            approvals(&[3, 5, 3]),
            open("highest", 2, &["B"], &[tie(1, &["A", "C"], &[])]),
        ),
        (counted(approval(4), Highest, 3, None), approvals(&[5, 9, 5, 1]), elects("highest", 3, &["A", "B", "C"])),
        // As many seats as options: nobody ties, even with nothing.
        (counted(approval(3), Highest, 3, None), approvals(&[0, 2, 0]), elects("highest", 3, &["A", "B", "C"])),
        (
            counted(approval(3), Highest, 2, None),
            vec![(4, options(&[]))],
            open("highest", 2, &[], &[tie(2, &["A", "B", "C"], &[])]),
        ),
        // 65,535 is 65,535 of a low limb, 65,536 is 1 of a high one.
        (
            counted(numbers_of_65_536, Highest, 1, None),
            vec![(1, numbers(&[65_535, 65_536]))],
            elects("highest", 1, &["B"]),
        ),
    ]
}

/// Rankings that have a winner for every method, or for some.
fn of_pairs() -> Vec<Case> {
    // The capital of Tennessee; and the first example of Schulze's paper, where nobody beats all others.
    let capital = [(42, "ABCD"), (26, "BCDA"), (15, "CDBA"), (17, "DCBA")];
    let paper = [
        (5, "ACBED"),
        (5, "ADECB"),
        (8, "BEDAC"),
        (3, "CABED"),
        (7, "CAEBD"),
        (2, "CBADE"),
        (7, "DCEBA"),
        (8, "EBADC"),
    ];
    let mut cases: Vec<Case> = [Condorcet, Copeland, Schulze, RankedPairs]
        .into_iter()
        .map(|method| {
            (counted(ranking(4, false), method, 1, None), orders(&capital), elects(method.as_str(), 1, &["B"]))
        })
        .collect();
    cases.extend([
        (counted(ranking(5, false), Schulze, 1, None), orders(&paper), elects("schulze", 1, &["E"])),
        // A over B by 6 to 3, B over C by 7 to 2; C over A, by 5 to 4, is dropped.
        (
            counted(ranking(3, true), RankedPairs, 1, None),
            orders(&[(4, "ABC"), (3, "BCA"), (2, "CAB")]),
            elects("ranked-pairs", 1, &["A"]),
        ),
        // A and B are level, and beat C.
        (
            counted(ranking(3, true), Condorcet, 1, None),
            vec![(3, places(&[&[0, 1], &[2]]))],
            open("condorcet", 1, &[], &[tie(1, &[], &[])]),
        ),
        (
            counted(ranking(3, true), Copeland, 1, None),
            vec![(3, places(&[&[0, 1], &[2]]))],
            open("copeland", 1, &[], &[tie(1, &["A", "B"], &[])]),
        ),
        // D loses to C by all, which no order of the other wins makes good: it wins by 2 to 1, but is no candidate.
        (
            counted(ranking(4, false), RankedPairs, 1, None),
            orders(&[(1, "ABCD"), (1, "BCDA"), (1, "CDAB")]),
            open("ranked-pairs", 1, &[], &[tie(1, &["A", "B", "C"], &[])]),
        ),
        // A single ballot, with all level.
        (
            counted(ranking(3, true), Schulze, 1, Some(&[1, 2, 0])),
            vec![(9, places(&[]))],
            by_tie_break("schulze", 1, &["B"]),
        ),
    ]);
    cases
}

/// The circle of A, B and C.
fn of_circles() -> Vec<Case> {
    let circle = || orders(&[(1, "ABC"), (1, "BCA"), (1, "CAB")]);
    let all = || tie(1, &["A", "B", "C"], &[]);
    let mut cases = vec![(
        counted(ranking(3, false), Condorcet, 1, None),
        circle(),
        open("condorcet", 1, &[], &[tie(1, &[], &[])]),
    )];
    for method in [Copeland, Schulze, RankedPairs] {
        cases.push((counted(ranking(3, false), method, 1, None), circle(), open(method.as_str(), 1, &[], &[all()])));
    }
    for method in [Copeland, Schulze] {
        let asked = counted(ranking(3, false), method, 1, Some(&[2, 1, 0]));
        cases.push((asked, circle(), by_tie_break(method.as_str(), 1, &["C"])));
    }
    // The wins of C come first, then those of B: C over A is kept, B over C is kept, A over B is not.
    let asked = counted(ranking(3, false), RankedPairs, 1, Some(&[2, 1, 0]));
    cases.push((asked, circle(), by_tie_break("ranked-pairs", 1, &["B"])));
    cases
}

fn of_seats() -> Vec<Case> {
    let tied = || vec![(2, list(0, &[0])), (2, list(0, &[1])), (3, list(1, &[2])), (1, list(1, &[3]))];
    let wide = || vec![(1, list(0, &[0])), (6, list(0, &[1])), (2, list(1, &[])), (5, list(2, &[3]))];
    vec![
        // Both lists have 4 votes and a seat for 4; then both have 2, and one seat is left.
        (
            counted(of_lists(&[2, 2]), DHondt, 3, None),
            tied(),
            gives(&[1, 1], open("dhondt", 3, &["C"], &[tie(1, &[], &["list1", "list2"]), tie(1, &["A", "B"], &[])])),
        ),
        (
            counted(of_lists(&[2, 2]), DHondt, 3, Some(&[5, 1, 0, 2, 3, 4])),
            tied(),
            gives(&[1, 2], by_tie_break("dhondt", 3, &["B", "C", "D"])),
        ),
        // 7, 7/3 and 7/5, 2, 5 and 5/3. The second list has no options: its seat is only counted.
        (
            counted(of_lists(&[3, 0, 2]), SainteLague, 6, None),
            wide(),
            gives(&[3, 1, 2], elects("sainte-lague", 6, &["A", "B", "C", "D", "E"])),
        ),
        // Four seats of the first and three of the third list are more than they have options.
        (
            counted(of_lists(&[3, 0, 2]), SainteLague, 14, None),
            wide(),
            gives(&[7, 2, 5], with(elects("sainte-lague", 14, &["A", "B", "C", "D", "E"]), json!({ "vacant": 7 }))),
        ),
        // 2, 1 and 0 whole seats; the remainder of the third list is the largest.
        (
            counted(of_lists(&[2, 2, 1]), LargestRemainder, 4, None),
            vec![(5, list(0, &[0])), (3, list(1, &[3])), (2, list(2, &[4]))],
            gives(&[2, 1, 1], elects("largest-remainder", 4, &["A", "B", "D", "E"])),
        ),
        (
            counted(of_lists(&[1, 1]), LargestRemainder, 1, None),
            vec![(1, list(0, &[0])), (1, list(1, &[1]))],
            gives(&[0, 0], open("largest-remainder", 1, &[], &[tie(1, &[], &["list1", "list2"])])),
        ),
        (
            counted(of_lists(&[1, 1]), LargestRemainder, 1, Some(&[0, 1, 3, 2])),
            vec![(1, list(0, &[0])), (1, list(1, &[1]))],
            gives(&[0, 1], by_tie_break("largest-remainder", 1, &["B"])),
        ),
        // A list that nobody votes for gets nothing.
        (
            counted(of_lists(&[1, 3]), DHondt, 2, None),
            vec![(1, list(1, &[3]))],
            gives(&[0, 2], open("dhondt", 2, &["D"], &[tie(1, &["B", "C"], &[])])),
        ),
        // By their own votes, whatever their lists have.
        (counted(of_lists(&[2, 2]), Highest, 2, None), tied(), open("highest", 2, &["C"], &[tie(1, &["A", "B"], &[])])),
    ]
}

#[test]
fn outcomes_are_those_worked_out_by_hand() {
    let cases = [of_totals(), of_pairs(), of_circles(), of_seats()].into_iter().flatten();
    let mut manifest = Manifest { contests: Vec::new(), styles: Vec::new(), ..quick() };
    let (mut voters, mut votes, mut outcomes) = (Vec::new(), Vec::new(), Vec::new());
    for (index, (contest, cast, outcome)) in (0..).zip(cases) {
        manifest.contests.push(Contest { id: format!("case{index}"), ..contest });
        manifest.styles.push(style(&format!("Case {index}"), &[index]));
        for (weight, vote) in cast {
            votes.push((voters.len(), Vote::from([(index, vote)])));
            voters.push((weight, index));
        }
        outcomes.push((index, outcome));
    }
    let mut scene = Scene::open(manifest, &voters);
    votes.iter().for_each(|(voter, vote)| scene.vote(*voter, vote));
    ends_with(&mut scene, &votes, &outcomes);
}
