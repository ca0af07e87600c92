use tabella_counting::rule::{CountingRule, Method};
use tabella_election::message::{
    Allocation, Choice, Contest, ContestKind, ContestOption, Counting, List, Lists, Positional, Quadratic, Ranking,
    Score,
};

use super::*;

fn contest(options: usize, kind: ContestKind) -> Contest {
    let option = |number: usize| ContestOption { id: format!("o{number}"), title: format!("Option {number}") };
    Contest {
        id: "c".to_owned(),
        title: "C".to_owned(),
        options: (0..options).map(option).collect(),
        kind,
        counting: Counting(None),
    }
}

fn lists(sizes: &[u64], min: u64, max: u64) -> Contest {
    let list = |options: &u64| List { id: format!("l{options}"), title: format!("List {options}"), options: *options };
    let options = sizes.iter().sum::<u64>();
    let lists = sizes.iter().map(list).collect();
    contest(usize::try_from(options).unwrap(), ContestKind::Lists(Lists { lists, min, max }))
}

fn counted(contest: Contest, method: Method, seats: u64, tie_break: Option<&[u64]>) -> Contest {
    let rule = CountingRule { method, seats, tie_break: tie_break.map(<[u64]>::to_vec) };
    let contest = Contest { counting: Counting(Some(rule)), ..contest };
    contest.judge().unwrap();
    contest
}

#[test]
fn every_kind_has_its_sentence() {
    let score = |most, min, max| rule(&contest(3, ContestKind::Score(Score { most, min, max })));
    let choice = |min, max, blank| rule(&contest(3, ContestKind::Choice(Choice { min, max, blank })));
    let positional = |min, weights: &[u64]| {
        rule(&contest(3, ContestKind::Positional(Positional { min, weights: weights.to_vec() })))
    };
    for (found, wanted) in [
        (choice(1, 1, true), "choose 1, or vote blank"),
        (choice(0, 2, false), "choose up to 2"),
        (choice(1, 3, false), "choose 1 to 3"),
        (score(5, 0, 15), "give each option 0 to 5 points"),
        (score(5, 1, 15), "give each option 0 to 5 points, at least 1 in all"),
        (score(5, 0, 9), "give each option 0 to 5 points, at most 9 in all"),
        (score(5, 2, 9), "give each option 0 to 5 points, 2 to 9 in all"),
        (score(5, 9, 9), "give each option 0 to 5 points, exactly 9 in all"),
        (positional(0, &[3, 2, 1]), "rank up to 3, the best first: the ranks earn 3, 2 and 1 points"),
        (positional(1, &[3]), "rank 1, the best first: it earns 3 points"),
        (
            rule(&contest(3, ContestKind::Quadratic(Quadratic { credits: 17 }))),
            "spend up to 17 credits: v votes for an option cost v·v credits, so 4 for one at most",
        ),
        (rule(&contest(3, ContestKind::Ranking(Ranking { ties: false }))), "order all options, the best first"),
        (
            rule(&contest(3, ContestKind::Allocation(Allocation { amount: 9, range: false }))),
            "split 9 over the options, in whole numbers and all of it",
        ),
        (rule(&lists(&[3, 1], 0, 2)), "choose one list, and up to 2 of its options"),
        (rule(&lists(&[3, 1], 1, 9)), "choose one list, and 1 to 3 of its options"),
        (rule(&lists(&[0, 0], 0, 9)), "choose one list"),
    ] {
        assert_eq!(found, wanted);
    }
}

#[test]
fn every_method_has_its_sentence() {
    let choice = || contest(3, ContestKind::Choice(Choice { min: 1, max: 1, blank: false }));
    let ranking = || contest(2, ContestKind::Ranking(Ranking { ties: true }));
    assert_eq!(counting(&choice()), "The totals are the outcome: no rule says who is elected.");
    assert_eq!(tie_break(&choice()), None);
    let highest = counted(choice(), Method::Highest, 2, Some(&[2, 0, 1]));
    assert_eq!(counting(&highest), "The 2 options with the highest totals are elected.");
    assert_eq!(
        tie_break(&highest).unwrap(),
        "A tie of options is decided for whoever comes first in: Option 2, Option 0 and Option 1."
    );
    let condorcet = counted(ranking(), Method::Condorcet, 1, None);
    assert_eq!((counting(&condorcet).contains("(Condorcet)"), tie_break(&condorcet)), (true, None));
    let schulze = counted(ranking(), Method::Schulze, 1, None);
    assert!(counting(&schulze).contains("Schulze"));
    assert_eq!(tie_break(&schulze).unwrap(), "A tie stays undecided: there is no tie-break.");
    let dhondt = counted(lists(&[1, 2], 0, 1), Method::DHondt, 5, Some(&[2, 0, 1, 4, 3]));
    assert!(counting(&dhondt).starts_with("5 seats go to the lists by the highest quotients of 1, 2, 3, … (D'Hondt)"));
    assert_eq!(
        tie_break(&dhondt).unwrap(),
        "A tie of lists is decided for whoever comes first in: List 2 and List 1. A tie of options is decided for \
         whoever comes first in: Option 2, Option 0 and Option 1."
    );
    let highest = counted(lists(&[1, 2], 0, 1), Method::Highest, 1, Some(&[2, 0, 1, 4, 3]));
    assert!(counting(&highest).ends_with("whatever their list."));
    assert!(!tie_break(&highest).unwrap().contains("lists"));
}

#[test]
fn paragraphs_are_wrapped_under_their_mark() {
    let text = wrap("  – ", &"word ".repeat(40));
    assert!(text.lines().all(|line| line.chars().count() <= 96));
    assert!(text.starts_with("  – word word") && text.lines().nth(1).unwrap().starts_with("    word"));
    assert_eq!(wrap("  ", "one two"), "  one two");
    assert_eq!(wrap("  – ", &"x".repeat(200)), format!("  – {}", "x".repeat(200)));
}
