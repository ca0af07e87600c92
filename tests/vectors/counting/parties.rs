//! Seats for lists.

use tabella_counting::rule::Method::{self, DHondt, LargestRemainder, SainteLague};

use super::Sample;
use crate::question::{Question, lists};

const METHODS: [Method; 3] = [DHondt, SainteLague, LargestRemainder];

/// The sizes of the lists, the seats, the tie-break, the totals of the options, those of the lists.
type Case = (&'static str, &'static [u64], u64, Option<&'static [u64]>, &'static [u64], &'static [u64]);

/// By each method.
const CASES: [Case; 20] = [
    ("one list", &[2], 1, None, &[3, 2], &[4]),
    ("one seat", &[2, 2], 1, None, &[3, 2, 1, 2], &[4, 3]),
    ("seven seats", &[4, 3, 3], 7, None, &[9, 20, 3, 4, 5, 6, 7, 2, 1, 0], &[34, 18, 9]),
    ("nobody chose options", &[2, 2], 2, None, &[0, 0, 0, 0], &[4, 3]),
    ("nobody chose options, with a tie-break", &[2, 2], 2, Some(&[3, 1, 0, 2, 5, 4]), &[0, 0, 0, 0], &[4, 3]),
    ("lists level, a seat for each", &[1, 1], 2, None, &[1, 1], &[5, 5]),
    ("lists level for one seat", &[2, 1], 1, None, &[3, 1, 2], &[5, 5]),
    ("lists level for one seat, with a tie-break", &[2, 1], 1, Some(&[0, 1, 2, 4, 3]), &[3, 1, 2], &[5, 5]),
    ("three lists level for two seats", &[1, 1, 1], 2, None, &[1, 1, 1], &[5, 5, 5]),
    (
        "three lists level for two seats, with a tie-break",
        &[1, 1, 1],
        2,
        Some(&[5, 0, 4, 1, 3, 2]),
        &[1, 1, 1],
        &[5, 5, 5],
    ),
    ("five seats, the last between two", &[3, 3, 3], 5, None, &[9, 8, 7, 6, 5, 4, 3, 2, 1], &[6, 3, 3]),
    ("a tie within a list", &[3, 2], 3, None, &[7, 7, 1, 2, 3], &[9, 12]),
    ("ties between and within lists", &[3, 2, 2], 3, None, &[7, 7, 7, 5, 5, 4, 4], &[12, 6, 6]),
    (
        "ties between and within lists, with a tie-break",
        &[3, 2, 2],
        3,
        Some(&[2, 9, 8, 7, 6, 5, 4, 3, 1, 0]),
        &[7, 7, 7, 5, 5, 4, 4],
        &[12, 6, 6],
    ),
    ("more seats than options", &[1, 2], 6, None, &[1, 1, 2], &[8, 4]),
    ("lists without options", &[0, 2, 0], 5, None, &[3, 4], &[10, 9, 5]),
    ("a list without votes", &[1, 1, 1], 3, None, &[1, 2, 0], &[2, 2, 0]),
    ("no list has votes", &[1, 1], 3, None, &[0, 0], &[0, 0]),
    ("one vote and many seats", &[1, 0, 1], 1_000, None, &[0, 1], &[0, 0, 1]),
    ("large totals", &[1, 1, 1], 999, None, &[1, 2, 3], &[(1 << 40) - 3, 2, 1]),
];

/// Where the methods differ: 53, 24 and 23 votes.
const SEATS: [u64; 6] = [1, 2, 3, 7, 10, 100];

pub fn samples() -> Vec<Sample> {
    let of_method = |method: Method| {
        let case = move |(name, sizes, seats, tie_break, options, votes): Case| {
            sample(method, name, (sizes, seats, tie_break), options, votes)
        };
        let seats = move |seats| {
            let sizes: &[u64] = &[0, 0, 0];
            sample(method, &format!("{seats} of the 53, 24, 23"), (sizes, seats, None), &[], &[53, 24, 23])
        };
        CASES.into_iter().map(case).chain(SEATS.into_iter().map(seats))
    };
    METHODS.into_iter().flat_map(of_method).collect()
}

fn sample(
    method: Method,
    name: &str,
    (sizes, seats, tie_break): (&[u64], u64, Option<&[u64]>),
    options: &[u64],
    votes: &[u64],
) -> Sample {
    let question: Question = lists(sizes, 0, 3).counted(method, seats, tie_break);
    // Everybody votes for one list. Where no list has votes, the sum is not that of any ballots.
    let weight = votes.iter().sum::<u64>().max(1);
    (format!("{method}: {name}"), question, weight, Some([options, votes].concat()))
}
