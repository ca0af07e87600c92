//! Rankings, counted by pairs.

use tabella_counting::count;
use tabella_counting::outcome::Outcome;
use tabella_counting::rule::Method;
use tabella_counting::totals::{Pairs, Totals};

use crate::sample::{elected, open, pairs, rule};

const ALL: [Method; 4] = [Method::Condorcet, Method::Schulze, Method::RankedPairs, Method::Copeland];
const WITH_TIES: [Method; 3] = [Method::Schulze, Method::RankedPairs, Method::Copeland];

fn counted(method: Method, tie_break: &[u64], pairs: &Pairs) -> Outcome {
    count(&rule(method, 1, tie_break), &Totals::Pairs(pairs.clone())).unwrap()
}

/// The option that is elected, without a tie-break.
fn winner(method: Method, pairs: &Pairs) -> usize {
    let outcome = counted(method, &[], pairs);
    assert_eq!(outcome.undecided, [], "{method}");
    outcome.elected.first().copied().unwrap()
}

/// The options that tie, and which of them each tie-break of one option before all others elects.
fn tied(method: Method, pairs: &Pairs) -> Vec<usize> {
    let outcome = counted(method, &[], pairs);
    assert_eq!((elected(&outcome), outcome.by_tie_break), (vec![], false), "{method}");
    let [tie] = outcome.undecided.as_slice() else { panic!("{method}: {:?}", outcome.undecided) };
    assert_eq!((tie.seats, &tie.lists), (1, &vec![]), "{method}");
    tie.options.clone()
}

/// A ranking's pairs by the wins: winner, loser, votes for and against.
fn by_wins(options: usize, wins: &[(usize, usize, u64, u64)]) -> Pairs {
    Pairs::new(options, |a, b| {
        let of = |&(winner, loser, support, against): &(usize, usize, u64, u64)| match (winner, loser) {
            found if found == (a, b) => support,
            found if found == (b, a) => against,
            _ => 0,
        };
        wins.iter().map(of).sum()
    })
}

#[test]
fn the_capital_of_tennessee_is_nashville() {
    let pairs = pairs("MNCK", &[(42, "MNCK"), (26, "NCKM"), (15, "CKNM"), (17, "KCNM")]);
    assert_eq!(pairs.rows().next(), Some(&[0, 42, 42, 42][..]));
    for method in ALL {
        assert_eq!(winner(method, &pairs), 1, "{method}");
    }
}

/// The example of 45 voters by which Schulze's method is mostly explained: E wins, though A beats B and D.
#[test]
fn schulze_of_45_voters() {
    let ballots = [
        (5, "ACBED"),
        (5, "ADECB"),
        (8, "BEDAC"),
        (3, "CABED"),
        (7, "CAEBD"),
        (2, "CBADE"),
        (7, "DCEBA"),
        (8, "EBADC"),
    ];
    let pairs = pairs("ABCDE", &ballots);
    let rows: Vec<&[u64]> = pairs.rows().collect();
    let expected =
        [[0, 20, 26, 30, 22], [25, 0, 16, 33, 18], [19, 29, 0, 17, 24], [15, 12, 28, 0, 14], [23, 27, 21, 31, 0]];
    assert_eq!(rows, expected);
    assert_eq!(winner(Method::Schulze, &pairs), 4);
    assert_eq!(winner(Method::RankedPairs, &pairs), 0);
    assert_eq!(counted(Method::Condorcet, &[], &pairs).undecided, [open(1, &[])]);
}

/// Example 1 of Schulze's paper of 2011: 21 voters; d wins.
#[test]
fn schulze_of_21_voters() {
    let pairs = pairs("abcd", &[(8, "acdb"), (2, "badc"), (4, "cdba"), (4, "dbac"), (3, "dcba")]);
    assert_eq!(winner(Method::Schulze, &pairs), 3);
}

/// Condorcet's own cycle, with unequal majorities: the weakest falls.
#[test]
fn of_a_cycle_the_weakest_win_falls() {
    let pairs = pairs("ABC", &[(7, "ABC"), (6, "BCA"), (4, "CAB")]);
    // A over B 11, B over C 13, C over A 10.
    for method in [Method::Schulze, Method::RankedPairs] {
        assert_eq!(winner(method, &pairs), 0, "{method}");
    }
    assert_eq!(tied(Method::Copeland, &pairs), [0, 1, 2]);
    assert_eq!(counted(Method::Condorcet, &[], &pairs).undecided, [open(1, &[])]);
}

#[test]
fn a_cycle_of_equals_ties() {
    let pairs = pairs("ABC", &[(1, "ABC"), (1, "BCA"), (1, "CAB")]);
    for method in WITH_TIES {
        assert_eq!(tied(method, &pairs), [0, 1, 2], "{method}");
    }
    for first in 0..3 {
        let order = [first, (first + 1) % 3, (first + 2) % 3];
        for method in WITH_TIES {
            let outcome = counted(method, &order, &pairs);
            assert_eq!((elected(&outcome), outcome.by_tie_break), (vec![first as usize], true), "{method}");
            assert_eq!(outcome.undecided, [], "{method}");
        }
    }
}

#[test]
fn options_that_nobody_tells_apart_tie() {
    let level = pairs("ABC", &[(2, "A=BC"), (1, "C=B=A")]);
    for method in WITH_TIES {
        assert_eq!(tied(method, &level), [0, 1], "{method}");
        assert_eq!(elected(&counted(method, &[2, 1, 0], &level)), [1], "{method}");
    }
    assert_eq!(counted(Method::Condorcet, &[], &level).undecided, [open(1, &[])]);
    let empty = Pairs::new(3, |_, _| 0);
    for method in WITH_TIES {
        assert_eq!(tied(method, &empty), [0, 1, 2], "{method}");
        assert_eq!(elected(&counted(method, &[2, 1, 0], &empty)), [2], "{method}");
    }
}

#[test]
fn an_only_option_is_elected() {
    for method in ALL {
        assert_eq!(winner(method, &Pairs::new(1, |_, _| 7)), 0, "{method}");
    }
}

#[test]
fn a_tie_break_that_is_not_needed_changes_nothing() {
    let pairs = pairs("MNCK", &[(42, "MNCK"), (26, "NCKM"), (15, "CKNM"), (17, "KCNM")]);
    for method in WITH_TIES {
        let outcome = counted(method, &[0, 3, 2, 1], &pairs);
        assert_eq!((elected(&outcome), outcome.by_tie_break), (vec![1], false), "{method}");
    }
}

/// Winning votes, not margins: 5 to 4 is stronger than 4 to 1, and 5 to 1 than 5 to 4.
#[test]
fn strength_is_votes_for_then_votes_against() {
    let cycle = by_wins(3, &[(0, 1, 5, 4), (1, 2, 5, 1), (2, 0, 4, 1)]);
    for method in [Method::Schulze, Method::RankedPairs] {
        assert_eq!(winner(method, &cycle), 0, "{method}");
    }
    let cycle = by_wins(3, &[(0, 1, 5, 4), (1, 2, 5, 1), (2, 0, 5, 3)]);
    for method in [Method::Schulze, Method::RankedPairs] {
        assert_eq!(winner(method, &cycle), 1, "{method}");
    }
}

/// Equal wins in a cycle at the bottom leave no doubt about the top.
#[test]
fn ranked_pairs_elects_what_every_order_of_equal_wins_elects() {
    let cycle_below = by_wins(
        5,
        &[
            (1, 2, 9, 0),
            (2, 3, 9, 0),
            (3, 1, 9, 0),
            (0, 1, 7, 2),
            (0, 2, 7, 2),
            (0, 3, 7, 2),
            (4, 0, 6, 3),
            (1, 4, 8, 1),
        ],
    );
    // 0 > 1 and 1 > 4 are kept in every order, and with them 4 > 0 in none.
    assert_eq!(winner(Method::RankedPairs, &cycle_below), 0);
}

/// Were wins of equal strength kept together, 0 would win: by the path 0 > 2 > 1 > 3, which no order of them keeps.
#[test]
fn ranked_pairs_elects_nobody_whom_no_order_of_equal_wins_elects() {
    let wins = [(0, 2, 9, 0), (3, 2, 9, 0), (2, 1, 8, 1), (1, 3, 8, 1), (1, 0, 7, 2), (3, 0, 7, 2)];
    let pairs = by_wins(4, &wins);
    assert_eq!(tied(Method::RankedPairs, &pairs), [0, 1, 3]);
    assert_eq!(winner(Method::Schulze, &pairs), 0);
    for order in [[0, 1, 2, 3], [1, 0, 2, 3], [1, 3, 2, 0]] {
        assert_eq!(elected(&counted(Method::RankedPairs, &order, &pairs)), [1], "{order:?}");
    }
    for order in [[0, 2, 1, 3], [2, 3, 0, 1], [3, 2, 0, 1]] {
        assert_eq!(elected(&counted(Method::RankedPairs, &order, &pairs)), [3], "{order:?}");
    }
}

/// A pair that neither wins comes last, and the option that stands first in the tie-break is held above the other.
#[test]
fn ranked_pairs_goes_through_level_pairs_last() {
    // 0 and 1 lose to nobody; 2 is level with 0 and loses to 1.
    let pairs = by_wins(3, &[(1, 2, 3, 1), (0, 1, 2, 2), (0, 2, 5, 5)]);
    assert_eq!(tied(Method::RankedPairs, &pairs), [0, 1]);
    assert_eq!(elected(&counted(Method::RankedPairs, &[0, 1, 2], &pairs)), [0]);
    // 2 is held above 0 then, and 1 above 2.
    assert_eq!(elected(&counted(Method::RankedPairs, &[2, 0, 1], &pairs)), [1]);
}
