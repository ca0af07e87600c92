//! Polynomials, their commitments and interpolation.

use std::collections::BTreeSet;

use tabella_crypto::group::{Point, Scalar};
use tabella_crypto::polynomial::{Index, Parameters, Polynomials, evaluate_commitments, lagrange_at_zero};

use super::{index, rng};

#[test]
fn indexes_are_1_to_255() {
    let accepted: Vec<_> = [0, 1, 50, 255, 256, u64::MAX].map(|number| Index::new(number).map(Index::get)).into();
    assert_eq!(accepted, [None, Some(1), Some(50), Some(255), None, None]);
}

#[test]
fn parameters_are_in_range() {
    for (slots, threshold, expected) in [
        (1, 1, true),
        (1_000, 50, true),
        (65_535, 255, true),
        (0, 1, false),
        (1, 0, false),
        (65_536, 1, false),
        (1, 256, false),
    ] {
        assert_eq!(Parameters::new(slots, threshold).is_some(), expected, "{slots} slots, threshold {threshold}");
    }
}

#[test]
fn commitments_are_evaluated_by_powers_of_the_index() {
    let coefficients = [7_u64, 11, 13, 17].map(Scalar::from);
    let commitments = coefficients.map(|coefficient| Point::mul_base(&coefficient));
    for number in [1, 2, 3, 10, 50, 255] {
        let at = Scalar::from(number);
        let value = coefficients[0] + at * (coefficients[1] + at * (coefficients[2] + at * coefficients[3]));
        assert_eq!(evaluate_commitments(&commitments, index(number)), Point::mul_base(&value), "at {number}");
    }
}

#[test]
fn shares_match_their_commitments_and_no_others() {
    let parameters = Parameters::new(3, 2).unwrap();
    let polynomials = Polynomials::random(parameters, &mut rng(1));
    let commitments = polynomials.commitments();
    let share = polynomials.evaluate(index(4));
    let mut altered = commitments.clone();
    altered[5] += Point::mul_base(&Scalar::ONE);

    assert!(share.matches(&commitments, parameters, index(4)));
    assert!(!share.matches(&commitments, parameters, index(5)), "another index");
    assert!(!share.matches(&altered, parameters, index(4)), "another commitment in the last slot");
    assert!(!share.matches(&commitments[..4], parameters, index(4)), "a slot less");
    assert!(!share.matches(&commitments[..4], Parameters::new(2, 2).unwrap(), index(4)), "a share too many");
    assert!(!share.matches(&[], Parameters::new(4, 2).unwrap(), index(4)), "a share too few");
}

#[test]
fn lagrange_coefficients_give_the_value_at_zero() {
    let value = |at: u64| Scalar::from(5 + 3 * at + 2 * at * at);
    for indexes in [[1, 2, 3], [2, 7, 50], [1, 254, 255]] {
        let set: BTreeSet<_> = indexes.map(index).into();
        let coefficients = lagrange_at_zero(&set);
        let at_zero: Scalar = coefficients.iter().zip(indexes).map(|(coefficient, at)| coefficient * value(at)).sum();
        assert_eq!(at_zero, value(0), "from {indexes:?}");
    }
}

#[test]
fn one_index_has_the_coefficient_one() {
    assert_eq!(lagrange_at_zero(&BTreeSet::from([index(9)])), [Scalar::ONE]);
}
