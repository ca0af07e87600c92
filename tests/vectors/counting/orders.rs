//! Rankings, by every method.

use tabella_counting::rule::Method::{self, Condorcet, Copeland, RankedPairs, Schulze};

use super::Sample;
use crate::answer::Answer::{self, Places};
use crate::glass::coordinates::coordinates;
use crate::question::{Question, ranking};
use crate::source::Source;

const METHODS: [Method; 4] = [Condorcet, Copeland, Schulze, RankedPairs];

/// Drawn totals of each sort.
const DRAWN: usize = 6;

pub fn samples() -> Vec<Sample> {
    let of_votes = profiles().into_iter().map(|(name, question, votes)| {
        let weight = votes.iter().map(|(weight, _)| weight).sum();
        (name.to_owned(), weight, totals(&question, votes), question)
    });
    let profiles: Vec<_> = of_votes.chain(drawn()).collect();
    let sample = |method: Method| {
        profiles.iter().flat_map(move |(name, weight, totals, question)| {
            let sample = |what: &str, tie_break: Option<&[u64]>| {
                let question = question.clone().counted(method, 1, tie_break);
                (format!("{method}: {name}{what}"), question, *weight, Some(totals.clone()))
            };
            let order = tie_break(question.options as u64);
            let with_tie_break = (method != Condorcet).then(|| sample(", with a tie-break", Some(&order)));
            [sample("", None)].into_iter().chain(with_tie_break)
        })
    };
    METHODS.into_iter().flat_map(sample).collect()
}

/// Every second option, then the others, from the last.
fn tie_break(options: u64) -> Vec<u64> {
    let (odd, even): (Vec<u64>, Vec<u64>) = (0..options).rev().partition(|option| option % 2 == 1);
    [odd, even].concat()
}

/// The sums of the votes.
fn totals(question: &Question, votes: &[(u64, Answer)]) -> Vec<u64> {
    let mut totals = vec![0; question.slots()];
    for (weight, answer) in votes {
        // The slots of a ranking are its coordinates.
        let values = coordinates(question, *answer);
        totals.iter_mut().zip(values).for_each(|(total, value)| *total += weight * value);
    }
    totals
}

type Profile = (&'static str, Question, &'static [(u64, Answer)]);

fn profiles() -> Vec<Profile> {
    let three = || ranking(3, false);
    vec![
        ("two", ranking(2, false), &[(3, Places(&[&[2], &[1]])), (2, Places(&[&[1], &[2]]))]),
        (
            "two level",
            ranking(2, true),
            &[(3, Places(&[&[2], &[1]])), (3, Places(&[&[1], &[2]])), (1, Places(&[&[1, 2]]))],
        ),
        (
            "one beats all",
            three(),
            &[(4, Places(&[&[1], &[2], &[3]])), (3, Places(&[&[3], &[2], &[1]])), (2, Places(&[&[2], &[3], &[1]]))],
        ),
        (
            "a cycle",
            three(),
            &[(4, Places(&[&[1], &[2], &[3]])), (3, Places(&[&[2], &[3], &[1]])), (2, Places(&[&[3], &[1], &[2]]))],
        ),
        (
            "a cycle of equal wins",
            three(),
            &[(1, Places(&[&[1], &[2], &[3]])), (1, Places(&[&[2], &[3], &[1]])), (1, Places(&[&[3], &[1], &[2]]))],
        ),
        ("nobody beats anybody", ranking(4, true), &[(5, Places(&[&[1, 2, 3, 4]]))]),
        ("two level above a third", three(), &[(5, Places(&[&[1], &[2], &[3]])), (5, Places(&[&[2], &[1], &[3]]))]),
        (
            "as much for it, less against it",
            ranking(3, true),
            &[
                (4, Places(&[&[1], &[2, 3]])),
                (3, Places(&[&[2], &[1], &[3]])),
                (4, Places(&[&[3], &[1, 2]])),
                (2, Places(&[&[2], &[3], &[1]])),
            ],
        ),
        // Schulze elects the fifth, Tideman the first: the example of Schulze's paper.
        (
            "45 votes for five",
            ranking(5, false),
            &[
                (5, Places(&[&[1], &[3], &[2], &[5], &[4]])),
                (5, Places(&[&[1], &[4], &[5], &[3], &[2]])),
                (8, Places(&[&[2], &[5], &[4], &[1], &[3]])),
                (3, Places(&[&[3], &[1], &[2], &[5], &[4]])),
                (7, Places(&[&[3], &[1], &[5], &[2], &[4]])),
                (2, Places(&[&[3], &[2], &[1], &[4], &[5]])),
                (7, Places(&[&[4], &[3], &[5], &[2], &[1]])),
                (8, Places(&[&[5], &[2], &[1], &[4], &[3]])),
            ],
        ),
        (
            "large weights",
            ranking(3, true),
            &[
                (1 << 39, Places(&[&[3], &[1, 2]])),
                ((1 << 39) - 1, Places(&[&[1], &[2], &[3]])),
                (1, Places(&[&[1, 2, 3]])),
            ],
        ),
    ]
}

/// Small totals, of which many are equal.
fn drawn() -> Vec<(String, u64, Vec<u64>, Question)> {
    const WEIGHT: u64 = 6;
    let mut source = Source::new("counting");
    let mut all = Vec::new();
    for (ties, options) in [(true, 4), (true, 6), (false, 5)] {
        for number in 1..=DRAWN {
            let question = ranking(options, ties);
            // With ties a pair has the weight of both directions at most.
            let most = if ties { WEIGHT / 2 } else { WEIGHT };
            let draw = |_| u64::from(source.bytes::<1>()[0]) % (most + 1);
            let totals = (0..question.slots()).map(draw).collect();
            let ties = if ties { ", ties" } else { "" };
            all.push((format!("{options} options{ties}, drawn {number}"), WEIGHT, totals, question));
        }
    }
    all
}
