//! The coordinates of an answer. Follows specs/ballot.md#shape and, where bits can be chosen,
//! specs/vectors/README.md#shape.

use std::iter::zip;

use tabella_election::message::{Allocation, Choice, ContestKind, Lists, Positional, Quadratic, Ranking, Score};

use crate::answer::Answer;
use crate::question::Question;

/// digits(s).
pub fn digits(sum: u64) -> Vec<u64> {
    let (mut weights, mut rest) = (Vec::new(), sum);
    for weight in (0..).map(|exponent| 1 << exponent) {
        if weight > rest {
            weights.extend((rest > 0).then_some(rest));
            break;
        }
        weights.push(weight);
        rest -= weight;
    }
    weights
}

/// The bits that make up a number: from the last weight to the first, each set if it is not more than what is left.
fn bits(number: u64, weights: &[u64]) -> Vec<u64> {
    let mut rest = number;
    let mut bits = vec![0; weights.len()];
    for (bit, weight) in zip(&mut bits, weights).rev() {
        if rest >= *weight {
            *bit = 1;
            rest -= weight;
        }
    }
    assert_eq!(rest, 0, "{number} of {weights:?}");
    bits
}

/// Follows the kind's paragraph. `answer` must be a vote.
pub fn coordinates(question: &Question, answer: Answer) -> Vec<u64> {
    let n = question.options;
    match (&question.kind, answer) {
        (ContestKind::Choice(rule), Answer::Blank) => choice(n, rule, None),
        (ContestKind::Choice(rule), Answer::Chosen(options)) => choice(n, rule, Some(options)),
        (ContestKind::Score(rule), Answer::Numbers(points)) => score(*rule, points),
        (ContestKind::Positional(rule), Answer::Ranks(ranks)) => positional(n, rule, ranks),
        (ContestKind::Quadratic(rule), Answer::Numbers(votes)) => quadratic(*rule, votes),
        (ContestKind::Ranking(rule), Answer::Places(places)) => ranking(n, *rule, places),
        (ContestKind::Lists(rule), Answer::List(list, options)) => lists(rule, list, options),
        (ContestKind::Allocation(rule), Answer::Numbers(amounts)) => allocation(*rule, amounts),
        (kind, answer) => panic!("{answer:?} answers no {}", kind.name()),
    }
}

fn bit(is_set: bool) -> u64 {
    u64::from(is_set)
}

fn choice(n: usize, rule: &Choice, chosen: Option<&[usize]>) -> Vec<u64> {
    let options = (1..n).map(|option| bit(chosen.is_some_and(|chosen| chosen.contains(&option))));
    let blank = rule.blank.then_some(bit(chosen.is_none()));
    let slack = chosen.map_or(0, |chosen| rule.max - chosen.len() as u64);
    options.chain(blank).chain(bits(slack, &digits(rule.max - rule.min))).collect()
}

fn score(rule: Score, points: &[u64]) -> Vec<u64> {
    let mut of_options: Vec<Vec<u64>> = points.iter().map(|points| bits(*points, &digits(rule.most))).collect();
    of_options.last_mut().unwrap().remove(0);
    let slack = rule.max - points.iter().sum::<u64>();
    of_options.into_iter().flatten().chain(bits(slack, &digits(rule.max - rule.min))).collect()
}

fn positional(n: usize, rule: &Positional, ranks: &[usize]) -> Vec<u64> {
    assert!(ranks.len() >= rule.min as usize);
    let mut all = Vec::new();
    for rank in 1..=rule.weights.len() {
        let last = if rank as u64 <= rule.min { n - 1 } else { n };
        all.extend((1..=last).map(|option| bit(ranks.get(rank - 1) == Some(&option))));
    }
    all
}

fn quadratic(rule: Quadratic, votes: &[u64]) -> Vec<u64> {
    let root = (0..).take_while(|root| root * root <= rule.credits).last().unwrap();
    let slack = rule.credits - votes.iter().map(|votes| votes * votes).sum::<u64>();
    let of_options = votes.iter().flat_map(|votes| bits(*votes, &digits(root)));
    of_options.chain(bits(slack, &digits(rule.credits))).collect()
}

fn ranking(n: usize, rule: Ranking, places: &[&[usize]]) -> Vec<u64> {
    let place = |option: usize| places.iter().position(|place| place.contains(&option)).unwrap();
    let pairs = (1..=n).flat_map(|a| (1..=n).map(move |b| (a, b)));
    let pairs = pairs.filter(|(a, b)| if rule.ties { a != b } else { a < b });
    pairs.map(|(a, b)| bit(place(a) < place(b))).collect()
}

fn lists(rule: &Lists, list: usize, chosen: &[usize]) -> Vec<u64> {
    let mut all: Vec<u64> = (1..rule.lists.len()).map(|number| bit(number == list)).collect();
    let mut first = 1;
    for (number, size) in (1..).zip(rule.lists.iter().map(|list| list.options)) {
        if size == 0 {
            continue;
        }
        let last = first + size as usize - 1;
        let max = rule.max.min(size);
        let slack = if number == list { max - chosen.len() as u64 } else { 0 };
        all.extend((first..last).map(|option| bit(chosen.contains(&option))));
        all.extend(bits(slack, &digits(max - rule.min)));
        first = last + 1;
    }
    all
}

fn allocation(rule: Allocation, amounts: &[u64]) -> Vec<u64> {
    let of_option = |amount: &u64| match (rule.range, rule.amount < 1 << 16) {
        (false, _) => (0..=rule.amount.ilog2()).map(|exponent| amount >> exponent & 1).collect(),
        (true, true) => vec![*amount],
        (true, false) => vec![amount & 0xffff, amount >> 16],
    };
    let mut of_options: Vec<Vec<u64>> = amounts.iter().map(of_option).collect();
    of_options.last_mut().unwrap().remove(0);
    of_options.concat()
}
