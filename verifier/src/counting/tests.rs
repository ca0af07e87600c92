//! Outcomes of small elections, and rankings counted once more by trying every path.

use super::*;
use crate::contest::{Choosable, List};
use crate::totals::Totals;
use std::cmp::Reverse;

/// Options a, b, c, … in lists of so many each, if there are any.
fn contest(options: usize, kind: Kind) -> Contest {
    let letter = |number: usize| char::from(b'A' + number as u8).to_string();
    let options = (0..options).map(|number| Choosable { id: letter(number), title: letter(number) }).collect();
    Contest { id: "c".to_owned(), title: "c".to_owned(), options, kind, counting: None }
}

fn lists(sizes: &[u64]) -> Contest {
    let list = |(number, options): (usize, &u64)| {
        let title = format!("List {}", number + 1);
        List { id: format!("l{number}"), title, options: *options }
    };
    let lists = sizes.iter().enumerate().map(list).collect();
    contest(sizes.iter().sum::<u64>() as usize, Kind::Lists { lists, min: 0, max: 1 })
}

fn rule(method: Method, seats: u64, tie_break: Option<&[u64]>) -> Rule {
    Rule { method, seats, tie_break: tie_break.map(<[u64]>::to_vec) }
}

fn outcome(contest: &Contest, rule: &Rule, slots: &[u64], weight: u64) -> Outcome {
    assert!(rule.fits(contest), "{rule:?}");
    Outcome::new(contest, rule, &Totals::new(contest, slots, weight))
}

/// Undecided seats with the options, then the lists that tie.
type Ties = Vec<(u64, [Vec<usize>; 2])>;

/// Who is elected, and what is undecided.
fn short(outcome: &Outcome) -> (Vec<usize>, Ties) {
    let undecided = outcome.undecided.iter().map(|tie| (tie.seats, [tie.options.clone(), tie.lists.clone()]));
    (outcome.elected.clone(), undecided.collect())
}

#[test]
fn the_example_of_the_specification() {
    let choice = contest(3, Kind::Choice { min: 1, max: 1, blank: false });
    let open = outcome(&choice, &rule(Method::Highest, 1, None), &[12, 12, 5], 29);
    assert_eq!(short(&open), (vec![], vec![(1, [vec![0, 1], vec![]])]));
    assert_eq!(open.explanation, ["A tie between A and B for 1 seat: the manifest has no tie-break."]);
    assert!(!open.by_tie_break);
    let decided = outcome(&choice, &rule(Method::Highest, 1, Some(&[1, 0, 2])), &[12, 12, 5], 29);
    assert_eq!((short(&decided), decided.by_tie_break), ((vec![1], vec![]), true));
    assert_eq!(decided.explanation, ["A tie between A and B for 1 seat: decided by the manifest's tie-break for B."]);
}

#[test]
fn the_highest_of_other_kinds() {
    let allocation = contest(2, Kind::Allocation { amount: 70_000, range: true });
    // 65,535 against 1·65,536.
    let by_value = outcome(&allocation, &rule(Method::Highest, 1, None), &[65_535, 0, 0, 1], 2);
    assert_eq!(short(&by_value).0, [1]);
    let score = contest(3, Kind::Score { most: 9, min: 0, max: 9 });
    let two = outcome(&score, &rule(Method::Highest, 2, None), &[4, 0, 9], 3);
    assert_eq!((short(&two), two.vacant), ((vec![0, 2], vec![]), 0));
    assert_eq!(two.explanation, ["Elected by their totals: A (4) and C (9)."]);
    let of_lists = outcome(&lists(&[2, 1]), &rule(Method::Highest, 1, None), &[1, 3, 2, 4, 2], 6);
    assert_eq!((short(&of_lists).0, of_lists.lists), (vec![1], None));
}

#[test]
fn methods_fit_their_kinds() {
    let choice = contest(3, Kind::Choice { min: 1, max: 1, blank: true });
    let ranking = contest(3, Kind::Ranking { ties: true });
    let of_lists = lists(&[2, 0, 1]);
    let fits = |contest: &Contest| -> Vec<&'static str> {
        Method::ALL.iter().filter(|(method, _)| rule(*method, 1, None).fits(contest)).map(|(_, name)| *name).collect()
    };
    assert_eq!(fits(&choice), ["highest"]);
    assert_eq!(fits(&ranking), ["condorcet", "schulze", "ranked-pairs", "copeland"]);
    assert_eq!(fits(&of_lists), ["highest", "dhondt", "sainte-lague", "largest-remainder"]);
    let cases = [
        (&choice, rule(Method::Highest, 0, None), false),
        (&choice, rule(Method::Highest, 3, None), true),
        (&choice, rule(Method::Highest, 4, None), false),
        (&choice, rule(Method::Highest, 1, Some(&[2, 0, 1])), true),
        (&choice, rule(Method::Highest, 1, Some(&[2, 0])), false),
        (&choice, rule(Method::Highest, 1, Some(&[2, 0, 0])), false),
        (&choice, rule(Method::Highest, 1, Some(&[1, 2, 3])), false),
        (&ranking, rule(Method::Schulze, 2, None), false),
        (&ranking, rule(Method::Schulze, 1, Some(&[0, 1, 2])), true),
        (&ranking, rule(Method::Condorcet, 1, Some(&[0, 1, 2])), false),
        (&of_lists, rule(Method::Dhondt, 1_000, None), true),
        (&of_lists, rule(Method::Dhondt, 1_001, None), false),
        (&of_lists, rule(Method::Dhondt, 0, None), false),
        (&of_lists, rule(Method::Highest, 4, None), false),
        (&of_lists, rule(Method::Highest, 1, Some(&[0, 1, 2])), false),
        (&of_lists, rule(Method::Highest, 1, Some(&[5, 4, 3, 2, 1, 0])), true),
        (&of_lists, rule(Method::Dhondt, u64::MAX, Some(&[u64::MAX])), false),
    ];
    for (contest, rule, wanted) in cases {
        assert_eq!(rule.fits(contest), wanted, "{rule:?}");
    }
}

/// N(a,b) for a ≠ b from rankings without ties, each with its number.
fn slots_of(options: usize, rankings: &[(u64, &str)]) -> Vec<u64> {
    let place = |ranking: &str, option: usize| ranking.find(char::from(b'A' + option as u8));
    let count = |a: usize, b: usize| {
        rankings.iter().filter(|(_, ranking)| place(ranking, a) < place(ranking, b)).map(|(count, _)| count).sum()
    };
    (0..options)
        .flat_map(|a| (0..options).filter(move |b| *b != a).map(move |b| (a, b)))
        .map(|(a, b)| count(a, b))
        .collect()
}

fn winners(rankings: &[(u64, &str)]) -> [Vec<usize>; 4] {
    let options = rankings[0].1.len();
    let (slots, weight) = (slots_of(options, rankings), rankings.iter().map(|(count, _)| count).sum());
    [Method::Condorcet, Method::Copeland, Method::Schulze, Method::RankedPairs].map(|method| {
        let weak = outcome(&contest(options, Kind::Ranking { ties: true }), &rule(method, 1, None), &slots, weight);
        // The same without ties, where only half the pairs have slots.
        let pairs = (0..options).flat_map(|a| (0..options).filter(move |b| *b != a).map(move |b| a < b));
        let half: Vec<u64> = slots.iter().zip(pairs).filter(|(_, kept)| *kept).map(|(slot, _)| *slot).collect();
        let strict = outcome(&contest(options, Kind::Ranking { ties: false }), &rule(method, 1, None), &half, weight);
        assert_eq!(weak, strict);
        weak.elected
    })
}

#[test]
fn rankings_of_books() {
    // The capital of Tennessee: Memphis, Nashville, Chattanooga, Knoxville.
    let capital = [(42, "ABCD"), (26, "BCDA"), (15, "CDBA"), (17, "DCBA")];
    assert_eq!(winners(&capital), [[1], [1], [1], [1]]);
    let pairs = Pairs::new(4, true, &slots_of(4, &capital), 100);
    assert_eq!(pairs.copeland(), [(0, 0), (1, 6), (2, 4), (3, 2)]);
    // Schulze's first example: 45 voters, no option beats every other, E wins.
    let schulze = [
        (5, "ACBED"),
        (5, "ADECB"),
        (8, "BEDAC"),
        (3, "CABED"),
        (7, "CAEBD"),
        (2, "CBADE"),
        (7, "DCEBA"),
        (8, "EBADC"),
    ];
    let [condorcet, _, path, _] = winners(&schulze);
    assert_eq!((condorcet, path), (vec![], vec![4]));
}

#[test]
fn circles_are_said_plainly() {
    let circle = slots_of(3, &[(1, "ABC"), (1, "BCA"), (1, "CAB")]);
    let ranking = contest(3, Kind::Ranking { ties: true });
    let by = |method, order: Option<&[u64]>| outcome(&ranking, &rule(method, 1, order), &circle, 3);
    let nobody = by(Method::Condorcet, None);
    assert_eq!(short(&nobody), (vec![], vec![(1, [vec![], vec![]])]));
    for method in [Method::Copeland, Method::Schulze, Method::RankedPairs] {
        let open = by(method, None);
        assert_eq!(short(&open), (vec![], vec![(1, [vec![0, 1, 2], vec![]])]), "{method:?}");
        let said =
            open.explanation.iter().any(|line| line.contains("A tie between A, B and C for 1 seat: the manifest"));
        assert!(said, "{:?}", open.explanation);
        let decided = by(method, Some(&[2, 1, 0]));
        // The first win gone through is that of C over A, then that of B over C: A loses, and B wins.
        let winner = if method == Method::RankedPairs { 1 } else { 2 };
        assert_eq!((short(&decided), decided.by_tie_break), ((vec![winner], vec![]), true), "{method:?}");
    }
    // The weakest win of a circle is dropped, and named.
    let uneven = slots_of(3, &[(4, "ABC"), (3, "BCA"), (2, "CAB")]);
    let ranked = outcome(&ranking, &rule(Method::RankedPairs, 1, None), &uneven, 9);
    assert_eq!(short(&ranked), (vec![0], vec![]));
    assert_eq!(ranked.explanation[0], "Dropped, since stronger wins contradict them: C over A.");
}

/// Every path of wins from a to b without going round.
fn paths(wins: &[(usize, usize)], a: usize, b: usize, passed: &[usize]) -> Vec<Vec<(usize, usize)>> {
    let onwards = wins.iter().filter(|(from, to)| *from == a && !passed.contains(to));
    onwards
        .flat_map(|win| {
            let further = if win.1 == b { vec![vec![]] } else { paths(wins, win.1, b, &[passed, &[win.1]].concat()) };
            further.into_iter().map(|rest| [vec![*win], rest].concat())
        })
        .collect()
}

#[test]
fn rankings_agree_with_the_definitions_tried_out() {
    let mut state = 1u64;
    let mut draw = |below: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    for options in [2usize, 3, 4, 5] {
        for _ in 0..150 {
            // Small numbers, so that draws and equal wins occur.
            let slots: Vec<u64> = (0..options * (options - 1)).map(|_| draw(4)).collect();
            let pairs = Pairs::new(options, true, &slots, 6);
            let n = |a: usize, b: usize| pairs.above(a, b);
            let all = || (0..options).flat_map(|a| (0..options).map(move |b| (a, b)));
            let mut wins: Vec<(usize, usize)> = all().filter(|(a, b)| n(*a, *b) > n(*b, *a)).collect();
            let strength = |win: &(usize, usize)| (n(win.0, win.1), Reverse(n(win.1, win.0)));
            let path = |a: usize, b: usize| {
                let weakest = |path: Vec<(usize, usize)>| path.iter().map(strength).min();
                paths(&wins, a, b, &[a]).into_iter().filter_map(weakest).max()
            };
            let schulze: Vec<usize> =
                (0..options).filter(|a| !(0..options).any(|b| b != *a && path(b, *a) > path(*a, b))).collect();
            assert_eq!(pairs.schulze(), schulze, "{slots:?}");

            wins.sort_by_key(|win| Reverse(strength(win)));
            let leads_back =
                |wins: &[(usize, usize)], win: &(usize, usize)| !paths(wins, win.1, win.0, &[win.1]).is_empty();
            let mut possible: Vec<(usize, usize)> = Vec::new();
            let mut sure: Vec<(usize, usize)> = Vec::new();
            for win in &wins {
                let stronger = sure.iter().copied().filter(|one| strength(one) > strength(win)).collect::<Vec<_>>();
                possible.extend((!leads_back(&stronger, win)).then_some(*win));
                // Those as strong that come later in this loop may matter too: sure wins are found when all are in.
                let is_last = wins.iter().rfind(|one| strength(one) == strength(win)) == Some(win);
                let equals = possible.iter().filter(|one| is_last && strength(one) == strength(win));
                let found: Vec<(usize, usize)> = equals.copied().filter(|one| !leads_back(&possible, one)).collect();
                sure.extend(found);
            }
            let ranked: Vec<usize> = (0..options).filter(|a| sure.iter().all(|win| win.1 != *a)).collect();
            assert_eq!(pairs.ranked_pairs().candidates, ranked, "{slots:?}");
            assert!(!schulze.is_empty() && !ranked.is_empty());

            // By an order of the options: who wins is a candidate, and an only candidate wins.
            let mut order: Vec<u64> = (0..options as u64).collect();
            (1..options).for_each(|place| order.swap(place, draw(place as u64 + 1) as usize));
            let place = |a: usize| order.iter().position(|option| *option == a as u64);
            let mut all_pairs: Vec<(usize, usize)> = all().filter(|(a, b)| a != b && n(*a, *b) >= n(*b, *a)).collect();
            let rank = |(a, b): &(usize, usize)| match n(*a, *b) > n(*b, *a) {
                true => (0, Some(Reverse(strength(&(*a, *b)))), place(*a)),
                false => (1, None, place(*a)),
            };
            all_pairs.sort_by_key(rank);
            let mut kept: Vec<(usize, usize)> = Vec::new();
            all_pairs.iter().for_each(|pair| kept.extend((!leads_back(&kept, pair)).then_some(*pair)));
            let firsts: Vec<usize> = (0..options).filter(|a| kept.iter().all(|win| win.1 != *a)).collect();
            assert_eq!(firsts, [pairs.ranked_pairs_in_order(&order).unwrap()], "{slots:?} {order:?}");
            assert!(ranked.contains(&firsts[0]));
        }
    }
}

#[test]
fn seats_of_lists_go_to_their_options() {
    // Lists of 3, 0 and 2 options; votes 7, 2, 5; six seats: 3, 1 and 2.
    let contest = lists(&[3, 0, 2]);
    let found = outcome(&contest, &rule(Method::SainteLague, 6, None), &[1, 6, 0, 5, 0, 7, 2, 5], 14);
    assert_eq!(found.lists, Some(vec![3, 1, 2]));
    assert_eq!((short(&found), found.vacant), ((vec![0, 1, 2, 3, 4], vec![]), 0));
    // One more seat, which the second list, without options, only counts; and vacant ones of the others.
    let found = outcome(&contest, &rule(Method::SainteLague, 14, None), &[1, 6, 0, 5, 0, 7, 2, 5], 14);
    assert_eq!((found.lists.clone(), found.vacant), (Some(vec![7, 2, 5]), 4 + 3));
    // A list without a seat elects nobody, and nothing is said of its options.
    let found = outcome(&lists(&[1, 2]), &rule(Method::Dhondt, 1, None), &[7, 1, 2, 7, 3], 10);
    assert_eq!((found.lists.clone(), short(&found)), (Some(vec![1, 0]), (vec![0], vec![])));
    assert_eq!(
        found.explanation[1..],
        ["List 1: 7 votes, 1 seat.", "Elected by their votes in the list: A (7).", "List 2: 3 votes, 0 seats."]
    );
    // A tie between lists and one within a list.
    let contest = lists(&[2, 2]);
    let found = outcome(&contest, &rule(Method::Dhondt, 3, None), &[2, 2, 3, 1, 4, 4], 8);
    assert_eq!(found.lists, Some(vec![1, 1]));
    assert_eq!(short(&found), (vec![2], vec![(1, [vec![], vec![0, 1]]), (1, [vec![0, 1], vec![]])]));
    assert!(
        found
            .explanation
            .contains(&"A tie between List 1 and List 2 for 1 seat: the manifest has no tie-break.".to_owned())
    );
    // The tie-break of lists and options: options 0..3, lists 4 and 5.
    let found = outcome(&contest, &rule(Method::Dhondt, 3, Some(&[5, 1, 0, 2, 3, 4])), &[2, 2, 3, 1, 4, 4], 8);
    assert_eq!(
        (found.lists.clone(), short(&found), found.by_tie_break),
        (Some(vec![1, 2]), (vec![1, 2, 3], vec![]), true)
    );
    let found =
        outcome(&contest, &rule(Method::LargestRemainder, 3, Some(&[5, 1, 0, 2, 3, 4])), &[2, 2, 3, 1, 4, 4], 8);
    assert_eq!((found.lists, found.by_tie_break), (Some(vec![1, 2]), true));
}
