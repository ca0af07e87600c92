//! That shapes allow exactly the votes of the rules, for small contests by trying all coordinates.

use super::*;
use crate::cbor;
use crate::contest::{Choosable, List};
use ciborium::Value;
use std::collections::BTreeSet;

/// A contest of so many options.
pub fn contest(options: usize, kind: Kind) -> Contest {
    let option = |number: usize| Choosable { id: format!("o{number}"), title: format!("Option {number}") };
    let options = (0..options).map(option).collect();
    Contest { id: "c".to_owned(), title: "c".to_owned(), options, kind, counting: None }
}

/// Lists of so many options each.
fn lists(sizes: &[u64]) -> Vec<List> {
    let list = |(number, options)| List { id: format!("l{number}"), title: "l".to_owned(), options };
    sizes.iter().copied().enumerate().map(list).collect()
}

fn shape(contests: &[Contest]) -> Shape {
    let mut shape = Shape { parts: Vec::new(), coordinates: 0, ranged: Vec::new() };
    let mut slots = 0;
    for contest in contests {
        let own = ContestShape::new(contest);
        let (coordinates, next) = (own.coordinates as usize, slots + own.slots.len());
        shape.ranged.extend((slots..next).filter(|_| own.ranged));
        shape.parts.push(Part { first: shape.coordinates, shape: Arc::new(own) });
        shape.coordinates += coordinates;
        slots = next;
    }
    shape
}

/// Every vector of numbers up to these.
fn all(largest: &[u64]) -> Vec<Vec<u64>> {
    let empty = vec![Vec::new()];
    largest.iter().fold(empty, |vectors, largest| {
        let longer = |vector: &Vec<u64>| -> Vec<Vec<u64>> {
            (0..=*largest).map(|value| [vector.as_slice(), &[value]].concat()).collect()
        };
        vectors.iter().flat_map(longer).collect()
    })
}

fn slots(shape: &Shape, coordinates: &[u64]) -> Vec<i128> {
    shape.parts[0].shape.slots.iter().map(|slot| slot.integer(coordinates)).collect()
}

/// The slots of all coordinates up to `largest` that keep constraints and ranges.
fn possible(shape: &Shape, largest: u64) -> BTreeSet<Vec<i128>> {
    let kept = |coordinates: &Vec<u64>| {
        let scalars: Vec<Scalar> = coordinates.iter().map(|value| Scalar::from(*value)).collect();
        shape.is_kept_by(&scalars) && shape.keeps_ranges(coordinates)
    };
    let all = all(&vec![largest; shape.coordinates]).into_iter().filter(kept);
    all.map(|coordinates| slots(shape, &coordinates)).collect()
}

/// The sizes by which a manifest is judged, without the shape.
#[track_caller]
fn has_the_known_sizes(contest: &Contest, shape: &Shape) {
    let made = (shape.coordinates as u64, shape.slots(), shape.ranged.len(), shape.constraints() as u64);
    let known = (contest.coordinates(), contest.slots(), contest.ranged_slots(), contest.constraints());
    assert_eq!(made, known, "{:?}", contest.kind);
}

/// Compares with the votes that the rule allows, and the sizes with those that are known without the shape.
#[track_caller]
fn allows(contest: &Contest, largest: u64, votes: impl IntoIterator<Item = Vec<u64>>) -> usize {
    assert!(contest.keeps_its_rules() && contest.counts_are_right());
    let shape = shape(std::slice::from_ref(contest));
    has_the_known_sizes(contest, &shape);
    let votes: BTreeSet<Vec<i128>> = votes.into_iter().map(|vote| vote.into_iter().map(i128::from).collect()).collect();
    let largest_of_a_slot = votes.iter().flatten().max().copied();
    assert_eq!(largest_of_a_slot, Some(i128::from(contest.largest_of_a_slot())), "{:?}", contest.kind);
    let count = votes.len();
    assert_eq!(possible(&shape, largest), votes, "{} options, {:?}", contest.options.len(), contest.kind);
    count
}

#[test]
fn choice_allows_its_votes() {
    let parameters = [
        (1, 0, 1, false),
        (1, 1, 1, true),
        (2, 1, 1, true),
        (3, 1, 3, false),
        (4, 0, 3, true),
        (5, 0, 5, true),
        (4, 2, 2, false),
    ];
    for (options, min, max, blank) in parameters {
        let votes = all(&vec![1; options + usize::from(blank)]).into_iter().filter(|vote| {
            let chosen: u64 = vote[..options].iter().sum();
            if blank && vote[options] == 1 { chosen == 0 } else { (min..=max).contains(&chosen) }
        });
        allows(&contest(options, Kind::Choice { min, max, blank }), 1, votes);
    }
}

#[test]
fn score_allows_its_votes() {
    for (options, most, min, max) in [
        (1, 1, 0, 1),
        (1, 3, 1, 2),
        (3, 2, 2, 4),
        (2, 5, 0, 10),
        (3, 1, 1, 1),
        (2, 4, 3, 3),
        (2, 3, 0, 2),
        (4, 2, 0, 8),
    ] {
        let votes = all(&vec![most; options]).into_iter();
        let votes = votes.filter(|vote| (min..=max).contains(&vote.iter().sum()));
        allows(&contest(options, Kind::Score { most, min, max }), 1, votes);
    }
}

#[test]
fn positional_allows_its_votes() {
    let parameters: [(usize, u64, &[u64]); 10] = [
        (1, 0, &[3]),
        (1, 1, &[3]),
        (3, 0, &[1]),
        (3, 0, &[4, 2, 1]),
        (3, 1, &[4, 2, 1]),
        (3, 3, &[2, 1, 0]),
        (4, 1, &[3, 2]),
        (4, 2, &[3, 2]),
        (4, 0, &[1, 1, 1]),
        (5, 1, &[5, 5, 0]),
    ];
    for (options, min, weights) in parameters {
        // For each option its rank, or 0: ranks from 1 on without gap, each once.
        let votes = all(&vec![weights.len() as u64; options]).into_iter().filter(|ranks| {
            let mut given: Vec<u64> = ranks.iter().copied().filter(|rank| *rank > 0).collect();
            given.sort_unstable();
            given.len() as u64 >= min && given.iter().copied().eq(1..=given.len() as u64)
        });
        let points = |rank: u64| if rank == 0 { 0 } else { weights[rank as usize - 1] };
        let votes = votes.map(|ranks| ranks.into_iter().map(points).collect());
        allows(&contest(options, Kind::Positional { min, weights: weights.to_vec() }), 1, votes);
    }
}

#[test]
fn quadratic_allows_its_votes() {
    for (options, credits) in [(1, 1), (2, 4), (2, 8), (3, 9), (2, 30), (4, 5)] {
        let votes = all(&vec![credits; options]).into_iter();
        let votes = votes.filter(|vote| vote.iter().map(|value| value * value).sum::<u64>() <= credits);
        allows(&contest(options, Kind::Quadratic { credits }), 1, votes);
    }
}

#[test]
fn ranking_without_ties_allows_the_strict_orders() {
    for (options, count) in [(2, 2), (3, 6), (4, 24), (5, 120)] {
        let places = all(&vec![options - 1; options as usize]).into_iter();
        let strict = places.filter(|places| places.iter().collect::<BTreeSet<_>>().len() == places.len());
        let pairs = |places: Vec<u64>| {
            let of = |a: usize| (a + 1..places.len()).map(move |b| (a, b));
            (0..places.len()).flat_map(of).map(|(a, b)| u64::from(places[a] < places[b])).collect()
        };
        let votes = strict.map(pairs);
        assert_eq!(allows(&contest(options as usize, Kind::Ranking { ties: false }), 1, votes), count);
    }
}

#[test]
fn ranking_with_ties_allows_the_weak_orders() {
    for (options, count) in [(2, 3), (3, 13), (4, 75)] {
        let places = all(&vec![options - 1; options as usize]).into_iter();
        let pairs = |places: Vec<u64>| {
            let of = |a: usize| (0..places.len()).filter(move |b| *b != a).map(move |b| (a, b));
            (0..places.len()).flat_map(of).map(|(a, b)| u64::from(places[a] < places[b])).collect()
        };
        assert_eq!(allows(&contest(options as usize, Kind::Ranking { ties: true }), 1, places.map(pairs)), count);
    }
}

#[test]
fn lists_allow_their_votes() {
    let parameters: [(&[u64], u64, u64); 8] = [
        (&[1], 1, 1),
        (&[0], 0, 1),
        (&[0, 0, 0], 0, 5),
        (&[2, 1], 0, 2),
        (&[3, 2], 1, 2),
        (&[3, 2, 2], 2, 2),
        (&[2, 0, 3], 0, 9),
        (&[4, 3], 2, 3),
    ];
    for (sizes, min, max) in parameters {
        let options: u64 = sizes.iter().sum();
        let votes = all(&vec![1; options as usize + sizes.len()]).into_iter().filter(|vote| {
            let (marks, chosen) = vote.split_at(options as usize);
            let mut rest = marks;
            let fits = sizes.iter().zip(chosen).all(|(size, chosen)| {
                let (own, after) = rest.split_at(*size as usize);
                rest = after;
                let marked: u64 = own.iter().sum();
                if *chosen == 1 { (min.min(*size)..=max).contains(&marked) } else { marked == 0 }
            });
            fits && chosen.iter().sum::<u64>() == 1
        });
        allows(&contest(options as usize, Kind::Lists { lists: lists(sizes), min, max }), 1, votes);
    }
}

#[test]
fn allocation_allows_its_votes() {
    for (options, amount) in [(1, 1), (1, 6), (2, 1), (2, 7), (3, 5), (4, 3)] {
        let votes = || all(&vec![amount; options]).into_iter().filter(|vote| vote.iter().sum::<u64>() == amount);
        allows(&contest(options, Kind::Allocation { amount, range: false }), 1, votes());
        allows(&contest(options, Kind::Allocation { amount, range: true }), amount + 2, votes());
    }
}

#[test]
fn limbs_make_up_large_amounts() {
    let amount = 70_000;
    for range in [false, true] {
        let contest = contest(2, Kind::Allocation { amount, range });
        let shape = shape(std::slice::from_ref(&contest));
        has_the_known_sizes(&contest, &shape);
        // 17 bits for option 1, lowest first, and 16 for option 2 without its lowest; or limbs.
        let bits = |value: u64| (0..17).map(move |bit| value >> bit & 1);
        for first in [0, 1, 4_464, 4_465, 65_535, 65_536, 69_999, 70_000] {
            let second = amount - first;
            let coordinates: Vec<u64> = match range {
                false => bits(first).chain(bits(second).skip(1)).collect(),
                true => vec![first % 65_536, first / 65_536, second / 65_536],
            };
            let scalars: Vec<Scalar> = coordinates.iter().map(|value| Scalar::from(*value)).collect();
            assert!(shape.is_kept_by(&scalars) && shape.keeps_ranges(&coordinates), "{first}");
            let wanted = [first % 65_536, first / 65_536, second % 65_536, second / 65_536];
            assert_eq!(slots(&shape, &coordinates), wanted.map(i128::from), "{first}");
        }
        // More than the amount, and a low limb that borrows from the high one.
        let (bits, limbs): (Vec<u64>, Vec<u64>) = (bits(70_001).chain([0; 16]).collect(), vec![0, 0, 2]);
        let coordinates = if range { limbs } else { bits };
        let scalars: Vec<Scalar> = coordinates.iter().map(|value| Scalar::from(*value)).collect();
        assert!(!(shape.is_kept_by(&scalars) && shape.keeps_ranges(&coordinates)));
    }
}

/// The encoding by way of a library.
fn encoding(shape: &Shape) -> Vec<u8> {
    let number = |number: i64| Value::Integer(number.into());
    let form = |form: &Form, before: usize| {
        let term = |(index, coefficient): &(u32, i64)| {
            Value::Array(vec![number(before as i64 + i64::from(*index) + 1), number(*coefficient)])
        };
        Value::Array(vec![number(form.constant), Value::Array(form.terms.iter().map(term).collect())])
    };
    let product =
        |left: &Form, right: &Form, before| Value::Array(vec![number(1), form(left, before), form(right, before)]);
    let constraint = |one: &Constraint, before: usize| match one {
        Constraint::Bit(bit) => {
            let complement = Form::sum(1, [(-1, bit)]);
            let zero = Value::Array(vec![number(0), Value::Array(vec![])]);
            Value::Array(vec![Value::Array(vec![product(bit, &complement, before)]), zero])
        }
        Constraint::Squares { squared, rest } => {
            let squares = squared.iter().map(|one| product(one, one, before)).collect();
            Value::Array(vec![Value::Array(squares), form(rest, before)])
        }
    };
    let slots = shape.parts.iter().flat_map(|part| part.shape.slots.iter().map(|slot| form(slot, part.first)));
    let constraints =
        shape.parts.iter().flat_map(|part| part.shape.constraints.iter().map(|one| constraint(one, part.first)));
    cbor::encode(&Value::Array(vec![
        number(shape.coordinates as i64),
        Value::Array(slots.collect()),
        Value::Array(constraints.collect()),
        Value::Array(shape.ranged.iter().map(|slot| number(*slot as i64 + 1)).collect()),
    ]))
}

#[test]
fn the_encoding_is_the_specs() {
    let one = shape(&[contest(2, Kind::Choice { min: 0, max: 1, blank: false })]);
    // Coordinates: option 1, slack of weight 1. Slots: b1; 1 − b1 − b2. No ranged slot.
    let (first, not_first) = ("8200 81820101", "8201 81820120");
    let (last, not_last) = ("8201 8282012082 0220", "8200 82820101820201");
    let (slack, not_slack) = ("8200 81820201", "8201 81820220");
    let is_bit = |form: &str, complement: &str| format!("82 818301{form}{complement} 820080");
    let constraints = [is_bit(first, not_first), is_bit(last, not_last), is_bit(slack, not_slack)].concat();
    let wanted = format!("84 02 82{first}{last} 83{constraints} 80").replace(' ', "");
    assert_eq!(data_encoding::HEXLOWER.encode(&one.encoding()), wanted);
}

#[test]
fn the_encoding_of_all_kinds_is_deterministic_cbor() {
    let contests = [
        contest(30, Kind::Choice { min: 0, max: 17, blank: true }),
        contest(7, Kind::Score { most: 1_000_000, min: 3, max: 6_000_000 }),
        contest(5, Kind::Positional { min: 2, weights: vec![70_000, 3, 0] }),
        contest(6, Kind::Quadratic { credits: 1_000 }),
        contest(9, Kind::Ranking { ties: false }),
        contest(6, Kind::Ranking { ties: true }),
        contest(9, Kind::Lists { lists: lists(&[4, 0, 5]), min: 0, max: 5 }),
        contest(3, Kind::Allocation { amount: u64::from(u32::MAX), range: false }),
        contest(3, Kind::Allocation { amount: u64::from(u32::MAX), range: true }),
    ];
    for contest in &contests {
        let one = shape(std::slice::from_ref(contest));
        assert_eq!(one.encoding(), encoding(&one), "{:?}", contest.kind);
        has_the_known_sizes(contest, &one);
    }
    // All on one ballot: indexes are shifted, and the ranged slots are the last six.
    let all = shape(&contests);
    assert_eq!(all.encoding(), encoding(&all));
    let slots = all.slots();
    assert!(all.ranged.iter().copied().eq(slots - 6..slots));
}

#[test]
fn rankings_have_the_constraints_of_the_specification() {
    let strict = shape(&[contest(20, Kind::Ranking { ties: false })]);
    assert_eq!((strict.coordinates, strict.constraints()), (190, 190 + 1_140));
    let weak = shape(&[contest(20, Kind::Ranking { ties: true })]);
    assert_eq!((weak.coordinates, weak.constraints()), (380, 7_410));
}
