//! Every vote of a small contest, and whether it is one: by the words of the specification, without shapes.

use std::collections::BTreeSet;

use crate::contest::Selection;
use crate::message::{Contest, ContestKind, Lists};

/// All bit vectors of a length.
pub fn assignments(bits: usize) -> impl Iterator<Item = Vec<u64>> {
    assert!(bits <= 20, "{bits} bits are too many to try");
    (0..1_u64 << bits).map(move |number| (0..bits).map(|bit| number >> bit & 1).collect())
}

/// All subsets of the options.
fn subsets(options: usize) -> impl Iterator<Item = BTreeSet<usize>> {
    assignments(options).map(|bits| (0..bits.len()).filter(|option| bits[*option] == 1).collect())
}

/// All vectors of numbers up to `most`.
fn numbers(options: usize, most: u64) -> Vec<Vec<u64>> {
    (0..options).fold(vec![Vec::new()], |all, _| {
        all.iter().flat_map(|begun| (0..=most).map(move |number| [begun.as_slice(), &[number]].concat())).collect()
    })
}

/// All orders of all or some options, with and without ties.
fn orders(left: &BTreeSet<usize>) -> Vec<Vec<BTreeSet<usize>>> {
    let mut all = vec![Vec::new()];
    let options: Vec<usize> = left.iter().copied().collect();
    for chosen in subsets(options.len()).filter(|chosen| !chosen.is_empty()) {
        let first: BTreeSet<usize> = chosen.iter().map(|place| options[*place]).collect();
        let rest: BTreeSet<usize> = left.difference(&first).copied().collect();
        all.extend(orders(&rest).into_iter().map(|order| [vec![first.clone()], order].concat()));
    }
    all
}

/// More selections than there are legal ones: all that can be told apart and some more.
pub fn selections(contest: &Contest) -> Vec<Selection> {
    let options = contest.options.len();
    match &contest.kind {
        ContestKind::Choice(_) => subsets(options).map(Selection::Options).chain([Selection::Blank]).collect(),
        ContestKind::Score(score) => all_numbers(options, score.most + 1),
        ContestKind::Quadratic(quadratic) => all_numbers(options, quadratic.credits.isqrt() + 1),
        ContestKind::Allocation(allocation) if options == 1 => {
            [allocation.amount, allocation.amount + 1].map(|amount| Selection::Numbers(vec![amount])).into()
        }
        ContestKind::Allocation(allocation) => all_numbers(options, allocation.amount),
        ContestKind::Positional(_) | ContestKind::Ranking(_) => {
            orders(&(0..options).collect()).into_iter().map(Selection::Ranking).collect()
        }
        ContestKind::Lists(lists) => (0..lists.lists.len())
            .flat_map(|list| subsets(options).map(move |options| Selection::List { list, options }))
            .collect(),
    }
}

fn all_numbers(options: usize, most: u64) -> Vec<Selection> {
    numbers(options, most).into_iter().map(Selection::Numbers).collect()
}

/// The slot values of a selection, if it is a vote.
pub fn vote_of(contest: &Contest, selection: &Selection) -> Option<Vec<u64>> {
    let options = contest.options.len();
    match (&contest.kind, selection) {
        (ContestKind::Choice(choice), Selection::Blank) => choice.blank.then(|| [vec![0; options], vec![1]].concat()),
        (ContestKind::Choice(choice), Selection::Options(chosen)) => {
            let mut values = indicator(chosen, options);
            values.extend(choice.blank.then_some(0));
            (choice.min..=choice.max).contains(&(chosen.len() as u64)).then_some(values)
        }
        (ContestKind::Score(score), Selection::Numbers(points)) => {
            let legal =
                (score.min..=score.max).contains(&points.iter().sum()) && points.iter().all(|one| *one <= score.most);
            legal.then(|| points.clone())
        }
        (ContestKind::Quadratic(quadratic), Selection::Numbers(votes)) => {
            (votes.iter().map(|votes| votes * votes).sum::<u64>() <= quadratic.credits).then(|| votes.clone())
        }
        (ContestKind::Allocation(allocation), Selection::Numbers(amounts)) => {
            let limbs = |amount: &u64| match allocation.amount {
                0..=65_535 => vec![*amount],
                _ => vec![amount & 0xffff, amount >> 16],
            };
            (amounts.iter().sum::<u64>() == allocation.amount).then(|| amounts.iter().flat_map(limbs).collect())
        }
        (ContestKind::Positional(positional), Selection::Ranking(places)) => {
            let ranks = positional.min..=positional.weights.len() as u64;
            let legal = ranks.contains(&(places.len() as u64)) && places.iter().all(|place| place.len() == 1);
            let rank_of = |option: usize| places.iter().position(|place| place.contains(&option));
            let points = |option: usize| rank_of(option).map_or(0, |rank| positional.weights[rank]);
            legal.then(|| (0..options).map(points).collect())
        }
        (ContestKind::Ranking(ranking), Selection::Ranking(places)) => {
            let rank_of =
                |option: usize| places.iter().position(|place| place.contains(&option)).unwrap_or(places.len());
            let is_strict = (0..options).map(rank_of).collect::<BTreeSet<_>>().len() == options;
            let pairs = (0..options).flat_map(|a| (0..options).map(move |b| (a, b)));
            let pairs = pairs.filter(|(a, b)| if ranking.ties { a != b } else { a < b });
            let values = pairs.map(|(a, b)| u64::from(rank_of(a) < rank_of(b))).collect();
            (ranking.ties || is_strict).then_some(values)
        }
        (ContestKind::Lists(lists), Selection::List { list, options: chosen }) => {
            vote_of_list(lists, options, *list, chosen)
        }
        _ => None,
    }
}

fn vote_of_list(lists: &Lists, options: usize, list: usize, chosen: &BTreeSet<usize>) -> Option<Vec<u64>> {
    let first: u64 = lists.lists[..list].iter().map(|list| list.options).sum();
    let own = first..first + lists.lists[list].options;
    let legal = chosen.iter().all(|option| own.contains(&(*option as u64)))
        && (lists.min..=lists.max).contains(&(chosen.len() as u64));
    let values = [indicator(chosen, options), indicator(&[list].into(), lists.lists.len())].concat();
    legal.then_some(values)
}

fn indicator(chosen: &BTreeSet<usize>, length: usize) -> Vec<u64> {
    (0..length).map(|place| u64::from(chosen.contains(&place))).collect()
}
