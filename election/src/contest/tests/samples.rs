//! Contests of every kind, as small as they come.

use crate::message::{
    Allocation, Choice, Contest, ContestKind, ContestOption, Counting, List, Lists, Positional, Quadratic, Ranking,
    Score,
};

pub fn contest(options: usize, kind: ContestKind) -> Contest {
    let option = |number: usize| ContestOption { id: format!("o{number}"), title: format!("Option {number}") };
    Contest {
        id: "c".to_owned(),
        title: "A question".to_owned(),
        options: (0..options).map(option).collect(),
        kind,
        counting: Counting(None),
    }
}

pub fn choice(options: usize, min: u64, max: u64, blank: bool) -> Contest {
    contest(options, ContestKind::Choice(Choice { min, max, blank }))
}

pub fn score(options: usize, most: u64, min: u64, max: u64) -> Contest {
    contest(options, ContestKind::Score(Score { most, min, max }))
}

pub fn positional(options: usize, min: u64, weights: &[u64]) -> Contest {
    contest(options, ContestKind::Positional(Positional { min, weights: weights.to_vec() }))
}

pub fn quadratic(options: usize, credits: u64) -> Contest {
    contest(options, ContestKind::Quadratic(Quadratic { credits }))
}

pub fn ranking(options: usize, ties: bool) -> Contest {
    contest(options, ContestKind::Ranking(Ranking { ties }))
}

pub fn lists(sizes: &[u64], min: u64, max: u64) -> Contest {
    let list = |(number, options): (usize, &u64)| List {
        id: format!("l{number}"),
        title: "List".to_owned(),
        options: *options,
    };
    let lists = sizes.iter().enumerate().map(list).collect();
    let options = usize::try_from(sizes.iter().sum::<u64>()).unwrap();
    contest(options, ContestKind::Lists(Lists { lists, min, max }))
}

pub fn allocation(options: usize, amount: u64, range: bool) -> Contest {
    contest(options, ContestKind::Allocation(Allocation { amount, range }))
}

/// Contests that keep the rules and whose assignments can all be tried.
pub fn small_contests() -> Vec<Contest> {
    let mut contests = Vec::new();
    for options in 1..=4_u64 {
        for max in 1..=options {
            for (min, blank) in (0..=max).flat_map(|min| [(min, false), (min, true)]) {
                contests.push(choice(usize::try_from(options).unwrap(), min, max, blank));
            }
        }
    }
    for options in 1..=3_u64 {
        for most in 1..=3 {
            for (min, max) in [(0, 1), (0, options * most), (1, most), (options, options), (most, most)] {
                if min <= max {
                    contests.push(score(usize::try_from(options).unwrap(), most, min, max));
                }
            }
        }
    }
    for weights in [&[1][..], &[3, 2], &[2, 2], &[3, 2, 1], &[2, 1, 0], &[5, 0, 0]] {
        for options in weights.len()..=4 {
            contests.extend((0..=weights.len() as u64).map(|min| positional(options, min, weights)));
        }
    }
    contests.extend((1..=3).flat_map(|options| [1, 2, 4, 5, 9, 12].map(|credits| quadratic(options, credits))));
    contests.extend((2..=5).map(|options| ranking(options, false)));
    contests.extend((2..=4).map(|options| ranking(options, true)));
    for sizes in [&[0][..], &[1], &[2], &[0, 0, 0], &[1, 1], &[2, 3], &[3, 0, 1], &[2, 2, 2]] {
        for (min, max) in [(0, 1), (0, 2), (1, 1), (1, 3), (2, 2)] {
            if min == 0 || sizes.iter().all(|size| *size >= min) {
                contests.push(lists(sizes, min, max));
            }
        }
    }
    for (options, amount) in [(1, 1), (1, 5), (2, 1), (2, 6), (2, 100), (3, 7), (3, 12), (4, 3)] {
        contests.extend([false, true].map(|range| allocation(options, amount, range)));
    }
    contests.push(allocation(1, 100_000, false));
    contests.retain(|contest| contest.judge().is_ok());
    contests
}
