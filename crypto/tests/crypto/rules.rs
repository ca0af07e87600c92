//! Every kind of contest allows exactly the votes that its rules allow: all assignments of small contests are tried.

use std::collections::BTreeSet;

use tabella_crypto::shape::Shape;

use crate::kinds::{allocation_in_bits, allocation_with_range, choice, lists, positional, quadratic, ranking, score};
use crate::samples::assignments;

type Votes = BTreeSet<Vec<u64>>;

/// The values of the slots of all legal votes.
fn legal_values(shape: &Shape) -> Votes {
    assignments(shape.free()).filter_map(|bits| shape.evaluate(&bits)).collect()
}

/// All lists of `length` numbers of 0..=largest.
fn tuples(length: usize, largest: u64) -> Vec<Vec<u64>> {
    (0..length).fold(vec![Vec::new()], |tuples, _| {
        let extended = |tuple: Vec<u64>| (0..=largest).map(move |number| [tuple.as_slice(), &[number]].concat());
        tuples.into_iter().flat_map(extended).collect()
    })
}

fn votes(length: usize, largest: u64, allowed: impl Fn(&[u64]) -> bool) -> Votes {
    tuples(length, largest).into_iter().filter(|tuple| allowed(tuple)).collect()
}

fn sum(numbers: &[u64]) -> u64 {
    numbers.iter().sum()
}

#[test]
fn choice_allows_just_the_choices() {
    for options in 1..=5 {
        for (min, max) in ranges(1, options) {
            let chosen = votes(options as usize, 1, |chosen| (min..=max).contains(&sum(chosen)));
            assert_eq!(legal_values(&choice(min, max, options as usize, false)), chosen, "{min}..{max} of {options}");

            let mut with_blank: Votes = chosen.into_iter().map(|chosen| [chosen, vec![0]].concat()).collect();
            with_blank.insert([vec![0; options as usize], vec![1]].concat());
            assert_eq!(legal_values(&choice(min, max, options as usize, true)), with_blank, "{min}..{max}, blank");
        }
    }
}

/// All min..max with a max from `least` to `largest`.
fn ranges(least: u64, largest: u64) -> impl Iterator<Item = (u64, u64)> {
    (least..=largest).flat_map(|max| (0..=max).map(move |min| (min, max)))
}

#[test]
fn score_keeps_the_scores_and_their_sum() {
    for (options, largest) in [(1, 9), (2, 5), (3, 3)] {
        for most in 1..=largest {
            for (min, max) in ranges(1, most * options as u64) {
                let expected = votes(options, most, |scores| (min..=max).contains(&sum(scores)));
                assert_eq!(legal_values(&score(most, min, max, options)), expected, "{most}, {min}..{max}, {options}");
            }
        }
    }
}

#[test]
fn positional_gives_each_rank_once_and_leaves_no_gap() {
    for options in 1..=4 {
        for weights in [vec![7], vec![3, 3], vec![5, 2, 1], vec![4, 3, 0]] {
            if weights.len() > options {
                continue;
            }
            for min in 0..=weights.len() {
                let ranked = |ranks: &[u64]| {
                    let of = |rank| ranks.iter().filter(|of| **of == rank).count();
                    let used = (1..=weights.len() as u64).take_while(|rank| of(*rank) == 1).count();
                    used >= min && (used as u64 + 1..=weights.len() as u64).all(|rank| of(rank) == 0)
                };
                // Rank 0 stands for no rank.
                let worth = |rank: &u64| rank.checked_sub(1).map_or(0, |place| weights[place as usize] as u64);
                let orders = votes(options, weights.len() as u64, ranked);
                let expected = orders.iter().map(|ranks| ranks.iter().map(worth).collect()).collect::<Votes>();
                let shape = positional(min, &weights, options);
                assert_eq!(legal_values(&shape), expected, "{weights:?}, at least {min} of {options}");
                // Weights may be equal: not only the values, the orders are as many as they should be.
                let legal = assignments(shape.free()).filter(|bits| shape.evaluate(bits).is_some()).count();
                assert_eq!(legal, orders.len(), "{weights:?}, at least {min} of {options}");
            }
        }
    }
}

#[test]
fn quadratic_keeps_within_the_credits() {
    for (options, largest) in [(1, 40), (2, 20), (3, 9)] {
        for credits in 1..=largest {
            let squares = |votes: &[u64]| votes.iter().map(|votes| votes * votes).sum::<u64>() <= credits;
            let expected = votes(options, 7, squares);
            assert_eq!(legal_values(&quadratic(credits, options)), expected, "{credits} credits, {options} options");
        }
    }
}

/// What each pair's slot holds if these are the options' places.
fn pairs(places: &[u64], ties: bool) -> Vec<u64> {
    let all = || 0..places.len();
    let pairs = all().flat_map(|a| all().map(move |b| (a, b)));
    pairs.filter(|(a, b)| if ties { a != b } else { a < b }).map(|(a, b)| (places[a] < places[b]).into()).collect()
}

#[test]
fn ranking_allows_just_the_orders() {
    for options in 2..=5 {
        let distinct = |places: &[u64]| places.iter().collect::<BTreeSet<_>>().len() == options;
        let orders = votes(options, options as u64 - 1, distinct);
        let expected: Votes = orders.iter().map(|places| pairs(places, false)).collect();
        assert_eq!(expected.len(), (1..=options).product::<usize>());
        assert_eq!(legal_values(&ranking(options, false)), expected, "{options} options");
    }
    for (options, count) in [(2, 3), (3, 13), (4, 75)] {
        let orders = votes(options, options as u64 - 1, |_| true);
        let expected: Votes = orders.iter().map(|places| pairs(places, true)).collect();
        assert_eq!(expected.len(), count);
        assert_eq!(legal_values(&ranking(options, true)), expected, "{options} options, with ties");
    }
}

#[test]
fn lists_take_options_of_one_list() {
    for sizes in [vec![1], vec![3], vec![2, 2], vec![1, 3], vec![0, 2], vec![2, 0, 3], vec![0, 0], vec![1, 1, 1, 1]] {
        let options = sizes.iter().sum::<usize>();
        let least = sizes.iter().copied().min().unwrap();
        for (min, max) in ranges(1, options as u64 + 1).filter(|(min, _)| *min as usize <= least) {
            let mut expected = Votes::new();
            for list in 0..sizes.len() {
                let before: usize = sizes[..list].iter().sum();
                let of_list = |option| (before..before + sizes[list]).contains(&option);
                let allowed = |chosen: &[u64]| {
                    let none_of_others = (0..options).all(|option| of_list(option) || chosen[option] == 0);
                    none_of_others && (min..=max).contains(&sum(chosen))
                };
                let chosen_list = (0..sizes.len()).map(|other| u64::from(other == list)).collect::<Vec<_>>();
                let with_list = |chosen: Vec<u64>| [chosen, chosen_list.clone()].concat();
                expected.extend(votes(options, 1, allowed).into_iter().map(with_list));
            }
            let shape = lists(min as usize, max as usize, &sizes);
            assert_eq!(legal_values(&shape), expected, "{min}..{max} of {sizes:?}");
        }
    }
}

#[test]
fn allocation_splits_exactly_the_amount() {
    for options in 1..=3 {
        for amount in 1..=8 {
            let expected = votes(options, amount, |values| sum(values) == amount);
            assert_eq!(legal_values(&allocation_in_bits(amount, options)), expected, "{amount} in {options}, bits");

            let shape = allocation_with_range(amount, options);
            let candidates = tuples(shape.free(), amount + 2);
            let mut legal: Votes = candidates.iter().filter_map(|limbs| shape.evaluate(limbs)).collect();
            assert_eq!(legal, expected, "{amount} in {options}, range");
            let beyond = [65_535, 65_536, u64::MAX].map(|limb| vec![limb; shape.free()]);
            legal.extend(beyond.iter().filter(|_| options > 1).filter_map(|limbs| shape.evaluate(limbs)));
            assert_eq!(legal, expected, "{amount} in {options}, range");
        }
    }
}

#[test]
fn amounts_of_two_limbs_are_split_exactly() {
    let limbs_of = |value: u64| [value & 0xffff, value >> 16];
    for amount in [65_536, 65_541, 196_608, 4_294_967_295] {
        // One option has it all.
        let shape = allocation_in_bits(amount, 1);
        let bits = |value: u64, first| (first..=amount.ilog2()).map(move |place| value >> place & 1);
        let all: Vec<u64> = bits(amount, 1).collect();
        assert_eq!(shape.evaluate(&all), Some(limbs_of(amount).to_vec()));
        for place in 0..shape.free() {
            let mut other = all.clone();
            other[place] ^= 1;
            assert_eq!(shape.evaluate(&other), None);
        }

        // Of two options the first has any part; limbs and bits of both must be those of the parts.
        let [in_bits, with_range] = [allocation_in_bits(amount, 2), allocation_with_range(amount, 2)];
        for part in [0, 1, 65_534, 65_535, 65_536, 65_537, amount - 1, amount] {
            let rest = amount.saturating_sub(part);
            let expected = (part <= amount).then(|| [limbs_of(part), limbs_of(rest)].concat());
            let coordinates: Vec<u64> = bits(part, 0).chain(bits(rest, 1)).collect();
            assert_eq!(in_bits.evaluate(&coordinates), expected, "{part} of {amount} in bits");
            assert_eq!(with_range.evaluate(&[&limbs_of(part)[..], &limbs_of(rest)[1..]].concat()), expected);
        }

        // Whatever limbs are legal, they are those of parts that make up the amount.
        let near = [0, 1, 2, 3, 4, 5, 6, 65_533, 65_534, 65_535, 65_536];
        for coordinates in tuples(3, near.len() as u64 - 1) {
            let coordinates: Vec<u64> = coordinates.iter().map(|place| near[*place as usize]).collect();
            if let Some(limbs) = with_range.evaluate(&coordinates) {
                assert!(limbs.iter().all(|limb| *limb <= 65_535));
                assert_eq!(limbs[0] + limbs[2] + ((limbs[1] + limbs[3]) << 16), amount);
                assert_eq!([limbs[0], limbs[1], limbs[3]], coordinates[..]);
            }
        }
    }
}
