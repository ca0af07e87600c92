//! Contests, votes and counting rules at random: all of them allowed.

use rand_chacha::ChaCha20Rng;
use rand_core::Rng;
use tabella_counting::rule::Method;
use tabella_election::contest::Selection;
use tabella_election::message::{
    Allocation, Choice, Contest, ContestKind, Lists, Positional, Quadratic, Ranking, Score,
};

use super::samples::{counted, lists, numbers, options, order, places, question};

/// A number from 0, below the limit.
pub fn below(limit: u64, rng: &mut ChaCha20Rng) -> u64 {
    rng.next_u64() % limit
}

/// A number from the least to the most.
fn between(least: u64, most: u64, rng: &mut ChaCha20Rng) -> u64 {
    least + below(most - least + 1, rng)
}

fn is_heads(rng: &mut ChaCha20Rng) -> bool {
    below(2, rng) == 0
}

fn pick<T: Copy>(from: &[T], rng: &mut ChaCha20Rng) -> T {
    from[index(below(from.len() as u64, rng))]
}

fn index(number: u64) -> usize {
    usize::try_from(number).unwrap()
}

/// The numbers below `count` in any order.
fn shuffled(count: u64, rng: &mut ChaCha20Rng) -> Vec<usize> {
    let mut left: Vec<usize> = (0..index(count)).collect();
    (0..count).map(|_| left.swap_remove(index(below(left.len() as u64, rng)))).collect()
}

/// A small contest of any kind, with a counting rule or without.
pub fn contest(id: &str, rng: &mut ChaCha20Rng) -> Contest {
    let count = between(1, 4, rng);
    let (count, kind) = match below(7, rng) {
        0 => {
            let max = between(1, count, rng);
            (count, ContestKind::Choice(Choice { min: between(0, max, rng), max, blank: is_heads(rng) }))
        }
        1 => {
            let most = between(1, 3, rng);
            let max = between(1, count * most, rng);
            (count, ContestKind::Score(Score { most, min: between(0, max, rng), max }))
        }
        2 => {
            let ranks = between(1, count, rng);
            let mut weights: Vec<u64> = (0..ranks).map(|_| below(4, rng)).collect();
            weights[0] = weights[0].max(1);
            weights.sort_unstable_by(|one, next| next.cmp(one));
            (count, ContestKind::Positional(Positional { min: between(0, ranks, rng), weights }))
        }
        3 => (count, ContestKind::Quadratic(Quadratic { credits: between(1, 12, rng) })),
        4 => (count.max(2), ContestKind::Ranking(Ranking { ties: is_heads(rng) })),
        5 => {
            let sizes: Vec<u64> = (0..count).map(|_| below(4, rng)).collect();
            let min = below(sizes.iter().min().unwrap() + 1, rng);
            (sizes.iter().sum(), lists(&sizes, min, between(min.max(1), 3, rng)))
        }
        _ => {
            let amount = pick(&[1, 6, 100, 65_535, 65_536, 100_000], rng);
            (count, ContestKind::Allocation(Allocation { amount, range: is_heads(rng) }))
        }
    };
    let asked = question(id, index(count), kind);
    if is_heads(rng) {
        let method = pick(methods(&asked), rng);
        with_rule(asked, method, rng)
    } else {
        asked
    }
}

/// A larger contest that is counted by this method.
pub fn contest_for(method: Method, id: &str, rng: &mut ChaCha20Rng) -> Contest {
    let asked = match method {
        Method::Highest => {
            question(id, 6, ContestKind::Choice(Choice { min: 0, max: between(1, 6, rng), blank: is_heads(rng) }))
        }
        Method::Condorcet | Method::Copeland | Method::Schulze | Method::RankedPairs => {
            let options = index(between(3, 7, rng));
            question(id, options, ContestKind::Ranking(Ranking { ties: is_heads(rng) }))
        }
        Method::DHondt | Method::SainteLague | Method::LargestRemainder => {
            let sizes: Vec<u64> = (0..between(2, 5, rng)).map(|_| below(4, rng)).collect();
            question(id, index(sizes.iter().sum()), lists(&sizes, 0, 2))
        }
    };
    with_rule(asked, method, rng)
}

/// The methods that the contest can have.
fn methods(asked: &Contest) -> &'static [Method] {
    match &asked.kind {
        ContestKind::Ranking(_) => &[Method::Condorcet, Method::Copeland, Method::Schulze, Method::RankedPairs],
        ContestKind::Lists(_) if asked.options.is_empty() => {
            &[Method::DHondt, Method::SainteLague, Method::LargestRemainder]
        }
        ContestKind::Lists(_) => &[Method::Highest, Method::DHondt, Method::SainteLague, Method::LargestRemainder],
        _ => &[Method::Highest],
    }
}

fn with_rule(asked: Contest, method: Method, rng: &mut ChaCha20Rng) -> Contest {
    let options = asked.options.len() as u64;
    let lists = if let ContestKind::Lists(kind) = &asked.kind { kind.lists.len() as u64 } else { 0 };
    let seats = match (method, &asked.kind) {
        (Method::Highest, _) => between(1, options, rng),
        (_, ContestKind::Ranking(_)) => 1,
        _ => between(1, 7, rng),
    };
    let order: Vec<u64> = shuffled(options + lists, rng).into_iter().map(|entrant| entrant as u64).collect();
    let has_order = method != Method::Condorcet && is_heads(rng);
    counted(asked, method, seats, has_order.then_some(&order))
}

/// A vote that the contest allows.
pub fn vote(contest: &Contest, rng: &mut ChaCha20Rng) -> Selection {
    let count = contest.options.len() as u64;
    match &contest.kind {
        ContestKind::Choice(choice) if choice.blank && below(4, rng) == 0 => Selection::Blank,
        ContestKind::Choice(choice) => {
            let chosen = index(between(choice.min, choice.max, rng));
            options(&shuffled(count, rng)[..chosen])
        }
        ContestKind::Score(score) => {
            let mut points = vec![0; index(count)];
            for _ in 0..between(score.min, score.max, rng) {
                let room: Vec<usize> = (0..points.len()).filter(|option| points[*option] < score.most).collect();
                points[pick(&room, rng)] += 1;
            }
            numbers(&points)
        }
        ContestKind::Positional(Positional { min, weights }) => {
            let ranked = index(between(*min, weights.len() as u64, rng));
            order(&shuffled(count, rng)[..ranked])
        }
        ContestKind::Quadratic(quadratic) => {
            let mut votes = vec![0_u64; index(count)];
            for _ in 0..below(5, rng) {
                let option = index(below(count, rng));
                let cost: u64 = votes.iter().map(|votes| votes * votes).sum();
                if cost + 2 * votes[option] < quadratic.credits {
                    votes[option] += 1;
                }
            }
            numbers(&votes)
        }
        ContestKind::Ranking(ranking) => {
            let all = shuffled(count, rng);
            let mut tied: Vec<&[usize]> = Vec::new();
            let mut rest = all.as_slice();
            while !rest.is_empty() {
                let size = if ranking.ties { index(between(1, rest.len() as u64, rng)) } else { 1 };
                let (place, others) = rest.split_at(size);
                tied.push(place);
                rest = others;
            }
            places(&tied)
        }
        ContestKind::Lists(lists) => vote_for_list(lists, rng),
        ContestKind::Allocation(allocation) => {
            let mut amounts = vec![0; index(count)];
            let mut left = allocation.amount;
            for option in shuffled(count, rng) {
                amounts[option] = between(0, left, rng);
                left -= amounts[option];
            }
            amounts[0] += left;
            numbers(&amounts)
        }
    }
}

fn vote_for_list(lists: &Lists, rng: &mut ChaCha20Rng) -> Selection {
    let list = index(below(lists.lists.len() as u64, rng));
    let own = lists.ranges().nth(list).unwrap();
    let chosen = index(between(lists.min, lists.max.min(own.len() as u64), rng));
    let options = shuffled(own.len() as u64, rng).into_iter().take(chosen).map(|option| own.start + option).collect();
    Selection::List { list, options }
}
