//! shape.json: specs/ballot.md#shape.

mod encoding;
mod samples;

use std::iter::zip;

use serde_json::{Value, json};
use tabella_crypto::shape::{Constraint, Shape};
use tabella_crypto::transcript::Transcript;

use crate::answer::Answer;
use crate::file::{hex, vector};
use crate::glass::coordinates::{coordinates, digits};
use crate::glass::form::evaluate;
use crate::question::{Question, contests_json, shape};
use crate::source::Source;

/// The most coordinates of which every assignment of bits is written down.
const FEW: usize = 4;

/// The largest value of a ranged slot.
const LARGEST_RANGED: i64 = 65_535;

pub fn vectors() -> Vec<Value> {
    let sums = [0, 1, 2, 3, 4, 5, 8, 100, 1_000, 65_535, 999_999, 1_000_000];
    let weights = |sum: u64| vector(format!("digits({sum})"), "digits", json!({ "sum": sum, "weights": digits(sum) }));
    let mut vectors: Vec<Value> = sums.map(weights).to_vec();
    for (name, question, answers, tried) in samples::alone() {
        let votes: Vec<Vec<Answer>> = answers.iter().map(|answer| vec![*answer]).collect();
        vectors.push(shape_vector(name, &[question], &[vec![0]], 0, &votes, tried));
    }
    for (name, contests, styles, votes) in samples::joined() {
        for (style, votes) in votes.into_iter().enumerate() {
            vectors.push(shape_vector(&format!("{name}, style {style}"), &contests, &styles, style, &votes, &[]));
        }
    }
    vectors
}

/// A vote is an answer to each question of the style.
fn shape_vector(
    name: &str,
    contests: &[Question],
    styles: &[Vec<usize>],
    style: usize,
    votes: &[Vec<Answer>],
    tried: &[&[u64]],
) -> Value {
    let asked: Vec<Question> = styles[style].iter().map(|index| contests[*index].clone()).collect();
    let shape = shape(&asked);
    let encoding = encoding::encode(&shape);
    let mut transcript = Transcript::new("tabella/1/shape");
    transcript.absorb_u64("style", style as u64);
    transcript.absorb("shape", &encoding);
    let digest = shape.digest(style as u64);
    assert_eq!(transcript.hash(), digest);

    let of_votes: Vec<Vec<u64>> = votes.iter().map(|vote| coordinates_of(&asked, &shape, vote)).collect();
    let encodings = zip(votes, &of_votes).map(|(vote, coordinates)| {
        let votes: Vec<Value> = vote.iter().map(|answer| answer.json()).collect();
        json!({ "votes": votes, "coordinates": coordinates })
    });
    let tried = tried.iter().map(|coordinates| coordinates.to_vec());
    let assignments = assignments(name, &shape, &of_votes).into_iter().chain(tried);
    let largest = asked.iter().map(|question| question.contest(0).largest());
    vector(
        name,
        "shape",
        json!({
            "contests": contests_json(contests), "styles": styles, "style": style,
            "m": shape.free(), "k": shape.slots().len(), "n": shape.constraints().len(), "ranged": shape.ranged(),
            "largest": largest.map(|most| json!({ "slot": most.slot, "option": most.option })).collect::<Vec<_>>(),
            "encoding": hex(encoding), "digest": hex(digest),
            "assignments": assignments.map(|values| assignment(&shape, &values)).collect::<Vec<_>>(),
            "encodings": encodings.collect::<Vec<_>>(),
        }),
    )
}

/// All assignments of few bits; else some, and what is almost a vote.
fn assignments(name: &str, shape: &Shape, votes: &[Vec<u64>]) -> Vec<Vec<u64>> {
    let free = shape.free();
    if free <= FEW && shape.ranged().is_empty() {
        let mut all: Vec<Vec<u64>> =
            (0..1_u64 << free).map(|number| (0..free).map(|bit| number >> bit & 1).collect()).collect();
        all.extend((free > 0).then(|| [vec![2], vec![0; free - 1]].concat()));
        return all;
    }
    let mut source = Source::new(name);
    let mut all = vec![vec![0; free], vec![1; free]];
    all.push((0..free).map(|_| u64::from(source.bytes::<1>()[0] & 1)).collect());
    for vote in votes.iter().filter(|_| free > 0) {
        let place = u64::from_le_bytes(source.bytes()) as usize % free;
        let mut changed = vote.clone();
        changed[place] = if vote[place] == 0 { 1 } else { vote[place] - 1 };
        all.extend([vote.clone(), changed]);
    }
    all
}

fn assignment(shape: &Shape, coordinates: &[u64]) -> Value {
    let slots: Vec<i64> = shape.slots().iter().map(|form| evaluate(form, coordinates)).collect();
    let in_range = shape.ranged().iter().all(|slot| (0..=LARGEST_RANGED).contains(&slots[*slot as usize - 1]));
    let valid = in_range && shape.constraints().iter().all(|constraint| value(constraint, coordinates) == 0);
    let found = shape.evaluate(coordinates);
    let expected = valid.then(|| slots.iter().map(|value| *value as u64).collect::<Vec<_>>());
    assert_eq!(found, expected, "{coordinates:?}");
    json!({ "coordinates": coordinates, "slots": slots, "valid": valid })
}

fn value(constraint: &Constraint, coordinates: &[u64]) -> i128 {
    let products = constraint.products.iter().map(|(factor, left, right)| {
        i128::from(*factor) * i128::from(evaluate(left, coordinates)) * i128::from(evaluate(right, coordinates))
    });
    products.sum::<i128>() + i128::from(evaluate(&constraint.rest, coordinates))
}

/// The coordinates of a vote, which are not always those of production code: the vote is the same.
fn coordinates_of(questions: &[Question], shape: &Shape, vote: &[Answer]) -> Vec<u64> {
    let (mut all, mut produced) = (Vec::new(), Vec::new());
    for (question, answer) in zip(questions, vote) {
        all.extend(coordinates(question, *answer));
        produced.extend_from_slice(&question.contest(0).fill(&answer.selection()).unwrap());
    }
    assert!(shape.evaluate(&all).is_some());
    assert_eq!(shape.evaluate(&all), shape.evaluate(&produced));
    all
}
