//! Seats for lists, and for the options on them.

use tabella_counting::outcome::Outcome;
use tabella_counting::rule::Method;

use crate::sample::{count_lists, elected, open, open_lists, rule};

const METHODS: [Method; 3] = [Method::DHondt, Method::SainteLague, Method::LargestRemainder];

/// Lists without options: only their seats are counted.
fn seats_of(method: Method, seats: u64, tie_break: &[u64], totals: &[u64]) -> Outcome {
    let lists: Vec<(u64, &[u64])> = totals.iter().map(|&total| (total, &[][..])).collect();
    count_lists(&rule(method, seats, tie_break), &lists)
}

fn list_seats(method: Method, seats: u64, totals: &[u64]) -> Vec<u64> {
    let outcome = seats_of(method, seats, &[], totals);
    assert_eq!((outcome.undecided, outcome.vacant), (vec![], 0), "{method}");
    assert!(outcome.elected.is_empty());
    outcome.list_seats.unwrap()
}

#[test]
fn the_textbook_tables_of_quotients() {
    let votes = [100_000, 80_000, 30_000, 20_000];
    assert_eq!(list_seats(Method::DHondt, 8, &votes), [4, 3, 1, 0]);
    assert_eq!(list_seats(Method::SainteLague, 8, &votes), [3, 3, 1, 1]);
    assert_eq!(list_seats(Method::DHondt, 7, &[340_000, 280_000, 160_000, 60_000, 15_000]), [3, 3, 1, 0, 0]);
    assert_eq!(list_seats(Method::SainteLague, 7, &[53_000, 24_000, 23_000]), [3, 2, 2]);
}

#[test]
fn the_textbook_table_of_remainders() {
    let votes = [47_000, 16_000, 15_800, 12_000, 6_100, 3_100];
    assert_eq!(list_seats(Method::LargestRemainder, 10, &votes), [5, 2, 1, 1, 1, 0]);
}

/// With one seat more a list can lose one.
#[test]
fn hare_has_the_paradox_of_alabama() {
    assert_eq!(list_seats(Method::LargestRemainder, 10, &[6, 6, 2]), [4, 4, 2]);
    assert_eq!(list_seats(Method::LargestRemainder, 11, &[6, 6, 2]), [5, 5, 1]);
    assert_eq!(list_seats(Method::LargestRemainder, 14, &[6, 6, 2]), [6, 6, 2]);
}

#[test]
fn lists_that_tie_get_a_seat_each_while_seats_suffice() {
    assert_eq!(list_seats(Method::DHondt, 4, &[10, 10]), [2, 2]);
    // 12/2 = 6/1: both have a seat.
    assert_eq!(list_seats(Method::DHondt, 3, &[12, 6]), [2, 1]);
    for (method, totals) in
        [(Method::DHondt, [12, 6]), (Method::SainteLague, [9, 3]), (Method::LargestRemainder, [3, 1])]
    {
        let outcome = seats_of(method, 2, &[], &totals);
        assert_eq!(outcome.undecided, [open_lists(1, &[0, 1])], "{method}");
        assert_eq!((outcome.list_seats, outcome.by_tie_break), (Some(vec![1, 0]), false), "{method}");
        let outcome = seats_of(method, 2, &[1, 0], &totals);
        assert_eq!(outcome.undecided, [], "{method}");
        assert_eq!((outcome.list_seats, outcome.by_tie_break), (Some(vec![1, 1]), true), "{method}");
        let outcome = seats_of(method, 2, &[0, 1], &totals);
        assert_eq!((outcome.list_seats, outcome.by_tie_break), (Some(vec![2, 0]), true), "{method}");
    }
    for method in METHODS {
        let outcome = seats_of(method, 5, &[], &[7, 7, 7]);
        assert_eq!(outcome.undecided, [open_lists(2, &[0, 1, 2])], "{method}");
        assert_eq!(outcome.list_seats, Some(vec![1, 1, 1]), "{method}");
        let outcome = seats_of(method, 5, &[2, 0, 1], &[7, 7, 7]);
        assert_eq!(outcome.list_seats, Some(vec![2, 1, 2]), "{method}");
    }
}

#[test]
fn a_list_without_votes_gets_no_seat() {
    for method in METHODS {
        assert_eq!(list_seats(method, 1_000, &[0, 1, 0]), [0, 1_000, 0], "{method}");
        // Not even where no list has votes.
        let outcome = count_lists(&rule(method, 5, &[]), &[(0, &[0]), (0, &[])]);
        assert_eq!((outcome.vacant, &outcome.list_seats), (5, &Some(vec![0, 0])), "{method}");
        assert_eq!((elected(&outcome), outcome.undecided), (vec![], vec![]), "{method}");
    }
}

#[test]
fn quotients_are_compared_exactly() {
    // As floating point numbers the two quotients would be equal.
    let (large, larger) = ((1 << 53) - 2, (1 << 53) - 1);
    for method in METHODS {
        assert_eq!(list_seats(method, 1, &[large, larger]), [0, 1], "{method}");
    }
    for method in METHODS {
        let outcome = seats_of(method, 999, &[], &[u64::MAX; 500]);
        assert_eq!(outcome.list_seats, Some(vec![1; 500]), "{method}");
        assert_eq!(outcome.undecided, [open_lists(499, &(0..500).collect::<Vec<_>>())], "{method}");
    }
}

#[test]
fn the_options_of_a_list_fill_its_seats() {
    for method in METHODS {
        let lists: [(u64, &[u64]); 3] = [(60, &[5, 30, 25]), (30, &[10, 20]), (10, &[10])];
        let outcome = count_lists(&rule(method, 3, &[]), &lists);
        assert_eq!(outcome.list_seats, Some(vec![2, 1, 0]), "{method}");
        assert_eq!((elected(&outcome), outcome.undecided), (vec![1, 2, 4], vec![]), "{method}");
    }
}

#[test]
fn ties_within_lists_stand_beside_the_tie_between_them() {
    let lists: [(u64, &[u64]); 3] = [(40, &[20, 20]), (20, &[7, 6, 7]), (20, &[9, 9])];
    let outcome = count_lists(&rule(Method::DHondt, 3, &[]), &lists);
    // 40/1 is a seat; then 40/2 = 20/1 = 20/1 for two.
    assert_eq!(outcome.list_seats, Some(vec![1, 0, 0]));
    assert_eq!(outcome.undecided, [open_lists(2, &[0, 1, 2]), open(1, &[0, 1])]);
    assert!(outcome.elected.is_empty());
    // Lists are 7, 8, 9; options 0–1, 2–4, 5–6.
    let outcome = count_lists(&rule(Method::DHondt, 3, &[9, 8, 7, 6, 5, 4, 3, 2, 1, 0]), &lists);
    assert_eq!(outcome.list_seats, Some(vec![1, 1, 1]));
    assert_eq!((elected(&outcome), outcome.undecided), (vec![1, 4, 6], vec![]));
    assert!(outcome.by_tie_break);
}

#[test]
fn seats_that_a_list_cannot_fill_are_vacant() {
    for method in METHODS {
        let outcome = count_lists(&rule(method, 5, &[]), &[(91, &[1]), (9, &[9])]);
        assert_eq!((elected(&outcome), outcome.vacant), (vec![0], 4), "{method}");
        assert_eq!(outcome.undecided, [], "{method}");
    }
    // A list that names nobody leaves nothing vacant: its seats are counted.
    let outcome = count_lists(&rule(Method::DHondt, 5, &[]), &[(91, &[]), (9, &[9])]);
    assert_eq!((elected(&outcome), outcome.vacant, outcome.list_seats), (vec![], 0, Some(vec![5, 0])));
}
