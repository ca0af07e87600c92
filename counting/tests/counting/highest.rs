//! The options with the highest totals.

use tabella_counting::count;
use tabella_counting::outcome::Outcome;
use tabella_counting::rule::Method;
use tabella_counting::totals::Totals;

use crate::sample::{count_lists, elected, open, rule};

fn highest(seats: u64, tie_break: &[u64], totals: &[u64]) -> Outcome {
    count(&rule(Method::Highest, seats, tie_break), &Totals::Options(totals)).unwrap()
}

#[test]
fn the_example_of_the_specification() {
    let undecided = highest(1, &[], &[12, 12, 5]);
    assert_eq!((elected(&undecided), undecided.undecided), (vec![], vec![open(1, &[0, 1])]));
    assert!(!undecided.by_tie_break);
    let decided = highest(1, &[1, 0, 2], &[12, 12, 5]);
    assert_eq!((elected(&decided), decided.undecided), (vec![1], vec![]));
    assert!(decided.by_tie_break);
}

#[test]
fn seats_go_to_the_highest_totals() {
    let outcome = highest(2, &[], &[3, 9, 0, 7]);
    assert_eq!((elected(&outcome), outcome.undecided, outcome.vacant), (vec![1, 3], vec![], 0));
    assert_eq!(outcome.list_seats, None);
    // As many options as seats: all are elected, whatever their totals.
    assert_eq!(elected(&highest(4, &[], &[3, 9, 0, 0])), [0, 1, 2, 3]);
    assert_eq!(elected(&highest(1, &[], &[0])), [0]);
}

#[test]
fn a_tie_above_or_below_the_last_seat_is_none() {
    let outcome = highest(2, &[], &[5, 5, 3, 3]);
    assert_eq!((elected(&outcome), outcome.undecided), (vec![0, 1], vec![]));
    let outcome = highest(2, &[3, 2, 1, 0], &[5, 5, 3, 3]);
    assert!(!outcome.by_tie_break, "the tie-break was not needed");
}

#[test]
fn a_tie_leaves_the_seats_that_it_is_for() {
    let outcome = highest(3, &[], &[4, 8, 4, 4, 1]);
    assert_eq!((elected(&outcome), outcome.undecided), (vec![1], vec![open(2, &[0, 2, 3])]));
    let outcome = highest(3, &[4, 1, 3, 0, 2], &[4, 8, 4, 4, 1]);
    assert_eq!((elected(&outcome), outcome.undecided), (vec![0, 1, 3], vec![]));
    // Nobody has a vote.
    let outcome = highest(1, &[], &[0, 0]);
    assert_eq!((elected(&outcome), outcome.undecided), (vec![], vec![open(1, &[0, 1])]));
}

#[test]
fn on_lists_options_are_elected_whatever_their_list() {
    let outcome = count_lists(&rule(Method::Highest, 2, &[]), &[(9, &[1, 5]), (4, &[4]), (0, &[])]);
    assert_eq!((elected(&outcome), outcome.list_seats), (vec![1, 2], None));
    let outcome = count_lists(&rule(Method::Highest, 1, &[3, 4, 2, 0, 1]), &[(9, &[4, 4]), (4, &[4])]);
    assert_eq!((elected(&outcome), outcome.by_tie_break), (vec![2], true));
}
