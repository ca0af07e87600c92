//! Small logarithms are found, others are not.

use tabella_crypto::discrete_logarithm::LogarithmTable;
use tabella_crypto::group::{Point, Scalar};

fn multiple(factor: u64) -> Point {
    Point::mul_base(&Scalar::from(factor))
}

#[test]
fn every_total_up_to_the_bound_is_found() {
    for bound in [0, 1, 2, 3, 99, 100, 1_000] {
        let table = LogarithmTable::new(bound);
        for total in 0..=bound {
            assert_eq!(table.find(&multiple(total), bound), Some(total), "bound {bound}");
        }
        assert_eq!(table.find(&multiple(bound + 1), bound), None);
        assert_eq!(table.find(&-multiple(1), bound), None);
    }
}

#[test]
fn totals_of_a_large_election_are_found() {
    let table = LogarithmTable::new(10_000_000);
    for total in [1, 9_999, 123_456, 5_000_000, 9_999_999, 10_000_000] {
        assert_eq!(table.find(&multiple(total), 10_000_000), Some(total));
    }
    assert_eq!(table.find(&multiple(10_000_001), 10_000_000), None);
    assert_eq!(table.find(&multiple(10_000_001), 20_000_000), Some(10_000_001));
}

#[test]
fn a_bound_beyond_all_totals_does_no_harm() {
    let table = LogarithmTable::new(0);
    assert_eq!(table.find(&multiple(300), u64::MAX), Some(300));
}
