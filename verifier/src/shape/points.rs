//! Shapes of the kinds that give votes or points to options. Implements "choice", "score", "positional", "quadratic" and
//! "allocation" of specs/ballot.md#shape.

use super::ContestShape;
use super::form::{Constraint, Form};
use crate::digits;

/// Bits of the lower slot of an option of an allocation.
const LIMB: usize = 16;

/// The rules of the kinds keep all numbers far below this bound.
pub fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// Σ weight·form as summands of a form, each times `factor`.
fn weighted<'a>(factor: i64, weights: &'a [u64], forms: &'a [Form]) -> impl Iterator<Item = (i64, &'a Form)> {
    weights.iter().zip(forms).map(move |(weight, form)| (factor * signed(*weight), form))
}

/// "choice" min..max, or an explicit blank vote.
pub fn choice(options: usize, min: u64, max: u64, blank: bool) -> ContestShape {
    let mut shape = ContestShape::default();
    let mut votes = shape.coordinates(options.saturating_sub(1));
    let blank = shape.coordinates(usize::from(blank));
    let weights = digits::weights(max.saturating_sub(min));
    let slack = shape.coordinates(weights.len());
    // b_N = max − Σ_{i<N} b_i − max·blank − Σ weight·slack bit
    let others = votes.iter().map(|vote| (-1, vote));
    let of_blank = blank.iter().map(|bit| (-signed(max), bit));
    votes.push(Form::sum(signed(max), others.chain(of_blank).chain(weighted(-1, &weights, &slack))));
    shape.are_bits(votes.iter().chain(&blank).chain(&slack));
    shape.slots = votes;
    shape.slots.extend(blank);
    shape
}

/// "score" of up to `most` for each option, min..max in all.
pub fn score(options: usize, most: u64, min: u64, max: u64) -> ContestShape {
    let mut shape = ContestShape::default();
    let weights = digits::weights(most);
    let mut bits: Vec<Vec<Form>> = (1..options).map(|_| shape.coordinates(weights.len())).collect();
    let upper = shape.coordinates(weights.len().saturating_sub(1));
    let slack_weights = digits::weights(max.saturating_sub(min));
    let slack = shape.coordinates(slack_weights.len());
    // The first bit of option N, of weight 1, is what is left of Σ_o v_o + Σ weight·slack bit = max.
    let others = bits.iter().flat_map(|bits| weighted(-1, &weights, bits));
    let of_upper = weighted(-1, weights.get(1..).unwrap_or(&[]), &upper);
    let first = Form::sum(signed(max), others.chain(of_upper).chain(weighted(-1, &slack_weights, &slack)));
    bits.push(std::iter::once(first).chain(upper).collect());
    shape.are_bits(bits.iter().flatten().chain(&slack));
    shape.slots = bits.iter().map(|bits| Form::sum(0, weighted(1, &weights, bits))).collect();
    shape
}

/// "positional", at least min ranks; b(o,r) is 1 if option o has rank r.
pub fn positional(options: usize, min: u64, weights: &[u64]) -> ContestShape {
    let mut shape = ContestShape::default();
    let rank = |rank: u64| {
        let is_given = rank <= min;
        let mut bits = shape.coordinates(options - usize::from(is_given));
        if is_given {
            // A rank that must be given has one option: b(N,r) = 1 − Σ_{o<N} b(o,r).
            bits.push(Form::sum(1, bits.iter().map(|bit| (-1, bit))));
        }
        bits
    };
    let ranks: Vec<Vec<Form>> = (1..=weights.len() as u64).map(rank).collect();
    shape.are_bits(ranks.iter().flatten());
    let of_option = |option: usize| ranks.iter().filter_map(move |rank| rank.get(option));
    if ranks.len() >= 2 {
        // No option has two ranks.
        for option in 0..options {
            shape.constraints.push(Constraint::Bit(Form::sum(0, of_option(option).map(|bit| (1, bit)))));
        }
    }
    // U_{r−1} − U_r, with U_min the form 1: no rank is given twice, and none after a gap.
    let mut before = Form { constant: 1, terms: Vec::new() };
    for (_, rank) in (1..).zip(&ranks).filter(|(number, _)| *number > min) {
        let given = Form::sum(0, rank.iter().map(|bit| (1, bit)));
        shape.constraints.push(Constraint::Bit(Form::sum(0, [(1, &before), (-1, &given)])));
        before = given;
    }
    let points = |option| weights.iter().zip(of_option(option)).map(|(weight, bit)| (signed(*weight), bit));
    shape.slots = (0..options).map(|option| Form::sum(0, points(option))).collect();
    shape
}

/// "quadratic": v votes for an option cost v² credits.
pub fn quadratic(options: usize, credits: u64) -> ContestShape {
    let mut shape = ContestShape::default();
    let weights = digits::weights(credits.isqrt());
    let bits: Vec<Vec<Form>> = (0..options).map(|_| shape.coordinates(weights.len())).collect();
    let slack_weights = digits::weights(credits);
    let slack = shape.coordinates(slack_weights.len());
    shape.are_bits(bits.iter().flatten().chain(&slack));
    shape.slots = bits.iter().map(|bits| Form::sum(0, weighted(1, &weights, bits))).collect();
    let rest = Form::sum(-signed(credits), weighted(1, &slack_weights, &slack));
    shape.constraints.push(Constraint::Squares { squared: shape.slots.clone(), rest });
    shape
}

/// "allocation" of an amount, in bits.
pub fn allocation(options: usize, amount: u64) -> ContestShape {
    let mut shape = ContestShape::default();
    let length = digits::count(amount);
    let weights: Vec<u64> = (0..length).map(|bit| 1 << bit).collect();
    let mut bits: Vec<Vec<Form>> = (1..options).map(|_| shape.coordinates(weights.len())).collect();
    let upper = shape.coordinates(weights.len().saturating_sub(1));
    // The lowest bit of option N is what is left of the amount.
    let others = bits.iter().flat_map(|bits| weighted(-1, &weights, bits));
    let of_upper = weighted(-1, weights.get(1..).unwrap_or(&[]), &upper);
    let lowest = Form::sum(signed(amount), others.chain(of_upper));
    bits.push(std::iter::once(lowest).chain(upper).collect());
    shape.are_bits(bits.iter().flatten());
    // Each limb begins again with weight 1.
    let limbs = bits.iter().flat_map(|bits| bits.chunks(LIMB));
    shape.slots = limbs.map(|limb| Form::sum(0, weighted(1, &weights, limb))).collect();
    shape
}

/// "allocation" of an amount, each limb a coordinate that is held by a range proof.
pub fn ranged_allocation(options: usize, amount: u64) -> ContestShape {
    let mut shape = ContestShape { ranged: true, ..ContestShape::default() };
    let limbs = if amount < 1 << LIMB { 1 } else { 2 };
    let mut slots = shape.coordinates(limbs * options.saturating_sub(1));
    let upper = shape.coordinates(limbs - 1);
    // The low limb of option N is what is left of the amount.
    let of_limb = |place: usize| if place.is_multiple_of(limbs) { -1 } else { -(1 << LIMB) };
    let others = slots.iter().enumerate().map(|(place, limb)| (of_limb(place), limb));
    let of_upper = upper.iter().map(|limb| (-(1 << LIMB), limb));
    slots.push(Form::sum(signed(amount), others.chain(of_upper)));
    slots.extend(upper);
    shape.slots = slots;
    shape
}
