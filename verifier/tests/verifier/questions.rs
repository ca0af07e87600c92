//! Contests as an authority writes them, and votes as coordinates. From specs/election.md and specs/ballot.md.

use crate::bytes::{body, text, uint};
use ciborium::Value;

/// The kinds with their parameters.
#[derive(Clone, Debug)]
pub enum Kind {
    Choice { min: u64, max: u64, blank: bool },
    Score { most: u64, min: u64, max: u64 },
    Positional { min: u64, weights: Vec<u64> },
    Quadratic { credits: u64 },
    Ranking { ties: bool },
    Lists { sizes: Vec<u64>, min: u64, max: u64 },
    Allocation { amount: u64, range: bool },
}

/// A contest.
#[derive(Clone, Debug)]
pub struct Question {
    pub id: &'static str,
    pub options: usize,
    pub kind: Kind,
    pub counting: Value,
}

/// `[method, seats, tie-break]`.
pub fn counted_by(method: &str, seats: u64, tie_break: Option<&[u64]>) -> Value {
    let tie_break = tie_break.map_or(Value::Null, numbers);
    Value::Array(vec![text(method), uint(seats), tie_break])
}

fn numbers(numbers: &[u64]) -> Value {
    Value::Array(numbers.iter().map(|number| uint(*number)).collect())
}

/// The weights of bits that make up 0..s.
pub fn digits(s: u64) -> Vec<u64> {
    let (mut weights, mut left, mut next) = (vec![], s, 1);
    while next <= left {
        weights.push(next);
        left -= next;
        next *= 2;
    }
    weights.extend((left > 0).then_some(left));
    weights
}

/// The bits of a number, from the last weight on.
fn bits_of(number: u64, weights: &[u64]) -> Vec<u64> {
    let mut left = number;
    let mut bits: Vec<u64> = weights
        .iter()
        .rev()
        .map(|weight| {
            let bit = u64::from(left >= *weight);
            left -= bit * weight;
            bit
        })
        .collect();
    assert_eq!(left, 0, "{number} by {weights:?}");
    bits.reverse();
    bits
}

impl Question {
    pub fn new(id: &'static str, options: usize, kind: Kind) -> Self {
        Self { id, options, kind, counting: Value::Null }
    }

    pub fn counted(self, counting: Value) -> Self {
        Self { counting, ..self }
    }

    /// The contest of a manifest.
    pub fn value(&self) -> Value {
        let (name, parameters) = match &self.kind {
            Kind::Choice { min, max, blank } => ("choice", vec![uint(*min), uint(*max), Value::Bool(*blank)]),
            Kind::Score { most, min, max } => ("score", vec![uint(*most), uint(*min), uint(*max)]),
            Kind::Positional { min, weights } => ("positional", vec![uint(*min), numbers(weights)]),
            Kind::Quadratic { credits } => ("quadratic", vec![uint(*credits)]),
            Kind::Ranking { ties } => ("ranking", vec![Value::Bool(*ties)]),
            Kind::Lists { sizes, min, max } => {
                let list = |(number, size): (usize, &u64)| {
                    body(vec![text(&format!("l{number}")), text(&format!("List {number}")), uint(*size)])
                };
                ("lists", vec![Value::Array(sizes.iter().enumerate().map(list).collect()), uint(*min), uint(*max)])
            }
            Kind::Allocation { amount, range } => ("allocation", vec![uint(*amount), Value::Bool(*range)]),
        };
        let option = |number: usize| body(vec![text(&number.to_string()), text(&format!("Option {number}"))]);
        body(vec![
            text(self.id),
            text(&format!("Contest {}", self.id)),
            Value::Array((1..=self.options).map(option).collect()),
            Value::Array(vec![text(name), body(parameters)]),
            self.counting.clone(),
        ])
    }

    pub fn slots(&self) -> usize {
        let n = self.options;
        match &self.kind {
            Kind::Choice { blank, .. } => n + usize::from(*blank),
            Kind::Score { .. } | Kind::Positional { .. } | Kind::Quadratic { .. } => n,
            Kind::Ranking { ties } => pairs(n, *ties).len(),
            Kind::Lists { sizes, .. } => n + sizes.len(),
            Kind::Allocation { amount, .. } => {
                if *amount < 1 << 16 {
                    n
                } else {
                    2 * n
                }
            }
        }
    }

    /// The coordinates of a vote. What a vote is:
    ///
    /// - choice: a mark for each option and, if it is offered, for blank; lists: a mark for each option, then each list
    /// - score, quadratic, allocation: the value of each option
    /// - positional: the rank of each option, or 0; ranking: the place of each option
    pub fn coordinates(&self, vote: &[u64]) -> Vec<u64> {
        let n = self.options;
        match &self.kind {
            Kind::Choice { min, max, .. } => {
                let chosen: u64 = vote[..n].iter().sum();
                let blank = vote.get(n).copied().unwrap_or(0);
                let slack = bits_of(max - chosen - max * blank, &digits(max - min));
                [&vote[..n - 1], &vote[n..], &slack].concat()
            }
            Kind::Score { most, min, max } => {
                let mut bits: Vec<Vec<u64>> = vote.iter().map(|value| bits_of(*value, &digits(*most))).collect();
                bits[n - 1].remove(0);
                bits.push(bits_of(max - vote.iter().sum::<u64>(), &digits(max - min)));
                bits.concat()
            }
            Kind::Positional { min, weights } => {
                let row = |rank: u64| {
                    let derived = usize::from(rank <= *min);
                    vote[..n - derived].iter().map(move |given| u64::from(*given == rank)).collect::<Vec<u64>>()
                };
                (1..=weights.len() as u64).flat_map(row).collect()
            }
            Kind::Quadratic { credits } => {
                let spent: u64 = vote.iter().map(|value| value * value).sum();
                let values = vote.iter().flat_map(|value| bits_of(*value, &digits(credits.isqrt())));
                values.chain(bits_of(credits - spent, &digits(*credits))).collect()
            }
            Kind::Ranking { ties } => pairs(n, *ties).into_iter().map(|(a, b)| u64::from(vote[a] < vote[b])).collect(),
            Kind::Lists { sizes, min, max } => {
                let (mut marks, chosen) = vote.split_at(n);
                let mut coordinates = chosen[..sizes.len() - 1].to_vec();
                for (size, chosen) in sizes.iter().zip(chosen).filter(|(size, _)| **size > 0) {
                    let own = marks.split_off(..*size as usize).unwrap();
                    let most = *max.min(size);
                    coordinates.extend(&own[..own.len() - 1]);
                    coordinates.extend(bits_of(most * chosen - own.iter().sum::<u64>(), &digits(most - min)));
                }
                coordinates
            }
            Kind::Allocation { amount, range } => {
                let mut options: Vec<Vec<u64>> = match (range, *amount < 1 << 16) {
                    (true, true) => vote.iter().map(|value| vec![*value]).collect(),
                    (true, false) => vote.iter().map(|value| vec![value % (1 << 16), value >> 16]).collect(),
                    (false, _) => {
                        let bits = u64::BITS - amount.leading_zeros();
                        vote.iter().map(|value| (0..bits).map(|bit| value >> bit & 1).collect()).collect()
                    }
                };
                options[n - 1].remove(0);
                options.concat()
            }
        }
    }
}

/// The pairs of options that have slots, in order.
pub fn pairs(options: usize, ties: bool) -> Vec<(usize, usize)> {
    let all = (0..options).flat_map(|a| (0..options).map(move |b| (a, b)));
    all.filter(|(a, b)| if ties { a != b } else { a < b }).collect()
}
