//! shape.json: specs/ballot.md#shape.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use tabella_crypto::shape::{Constraint, Form, Shape};
use tabella_crypto::transcript::Transcript;
use tabella_election::contest::Selection;

use crate::cbor::{Value as Cbor, integer};
use crate::file::{hex, vector};
use crate::manifest::{Question, contest, question_json, shape};
use crate::source::Source;

/// The chosen options of a contest, from 1; `None` is blank.
type Choice<'a> = Option<&'a [usize]>;

/// The most free bits of which every assignment is written down.
const FEW_BITS: usize = 4;

pub fn vectors() -> Vec<Value> {
    let alone: [(&str, Question, &[Choice<'_>]); 8] = [
        ("one of two", (2, 1, 1, false), &[Some(&[1]), Some(&[2])]),
        ("one of three, or blank", (3, 1, 1, true), &[Some(&[1]), Some(&[3]), None]),
        ("one option, or none", (1, 0, 1, false), &[Some(&[1]), Some(&[])]),
        ("both of two", (2, 2, 2, false), &[Some(&[1, 2])]),
        ("at most three of four", (4, 0, 3, false), &[Some(&[]), Some(&[2]), Some(&[1, 4]), Some(&[2, 3, 4])]),
        ("at most five of six, or blank", (6, 0, 5, true), &[Some(&[]), Some(&[6]), Some(&[1, 2, 3]), None]),
        ("one to nine of ten", (10, 1, 9, false), &[Some(&[10]), Some(&[1, 2, 3, 4, 5]), Some(&[4, 7])]),
        ("two to four of thirty, or blank", (30, 2, 4, true), &[Some(&[1, 30]), Some(&[5, 6, 7]), None]),
    ];
    let mut vectors: Vec<Value> = Vec::new();
    for (name, question, choices) in alone {
        let votes: Vec<Vec<Choice<'_>>> = choices.iter().map(|choice| vec![*choice]).collect();
        vectors.push(shape_vector(name, &[question], &[vec![0]], 0, &votes));
    }
    let contests = [(2, 1, 1, true), (3, 0, 2, false), (2, 1, 1, false)];
    let styles = [vec![0, 1, 2], vec![1], vec![0, 2]];
    let votes: [&[Vec<Choice<'_>>]; 3] = [
        &[vec![Some(&[1]), Some(&[1, 3]), Some(&[2])], vec![None, Some(&[]), Some(&[1])]],
        &[vec![Some(&[2])]],
        &[vec![None, Some(&[2])]],
    ];
    for (style, votes) in votes.into_iter().enumerate() {
        vectors.push(shape_vector(&format!("three contests, style {style}"), &contests, &styles, style, votes));
    }
    vectors
}

/// A vote is a choice for each contest.
fn shape_vector(
    name: &str,
    contests: &[Question],
    styles: &[Vec<usize>],
    style: usize,
    votes: &[Vec<Choice<'_>>],
) -> Value {
    let chosen: Vec<Question> = styles[style].iter().map(|index| contests[*index]).collect();
    let shape = shape(&chosen);
    let encoding = encode(&shape);
    let mut transcript = Transcript::new("tabella/1/shape");
    transcript.absorb_u64("style", style as u64);
    transcript.absorb("shape", &encoding);
    let digest = shape.digest(style as u64);
    assert_eq!(transcript.hash(), digest);

    let encodings: Vec<Value> = votes.iter().map(|vote| encoding_of(&chosen, &shape, vote)).collect();
    let assignments: Vec<Value> = assignments(name, &shape).iter().map(|bits| assignment(&shape, bits)).collect();
    vector(
        name,
        "shape",
        json!({
            "contests": contests.iter().map(|question| question_json(*question)).collect::<Vec<_>>(),
            "styles": styles, "style": style,
            "slack": chosen.iter().map(|question| slack_weights(*question)).collect::<Vec<_>>(),
            "m": shape.free(), "k": shape.slots().len(), "n": shape.constraints().len(),
            "encoding": hex(encoding), "digest": hex(digest),
            "assignments": assignments, "encodings": encodings,
        }),
    )
}

/// All assignments of few bits, some of many.
fn assignments(name: &str, shape: &Shape) -> Vec<Vec<u64>> {
    let free = shape.free();
    if free <= FEW_BITS {
        return (0..1_u64 << free).map(|number| (0..free).map(|bit| number >> bit & 1).collect()).collect();
    }
    let mut source = Source::new(name);
    let mut drawn = || source.bytes::<64>().iter().take(free).map(|byte| u64::from(byte & 1)).collect();
    vec![vec![0; free], vec![1; free], drawn(), drawn(), drawn()]
}

fn assignment(shape: &Shape, bits: &[u64]) -> Value {
    let slots: Vec<i64> = shape.slots().iter().map(|form| value(form, bits)).collect();
    let legal = shape.evaluate(bits);
    if let Some(values) = &legal {
        assert!(values.iter().map(|value| *value as i64).eq(slots.iter().copied()));
    }
    json!({ "bits": bits, "slots": slots, "valid": legal.is_some() })
}

/// The free bits of a vote, with the slack bits by the convention of the files.
pub fn bits_of(question: Question, vote: Choice<'_>) -> Vec<u64> {
    let (options, _, max, blank) = question;
    let chosen = vote.unwrap_or(&[]);
    let mut bits: Vec<u64> = (1..options).map(|option| u64::from(chosen.contains(&option))).collect();
    bits.extend(blank.then_some(u64::from(vote.is_none())));
    let weights = slack_weights(question);
    let mut rest = if vote.is_some() { max - chosen.len() as u64 } else { 0 };
    let mut slack = vec![0; weights.len()];
    for (bit, weight) in slack.iter_mut().zip(&weights).rev() {
        if rest >= *weight {
            *bit = 1;
            rest -= weight;
        }
    }
    assert_eq!(rest, 0);
    bits.extend(slack);
    bits
}

fn encoding_of(questions: &[Question], shape: &Shape, vote: &[Choice<'_>]) -> Value {
    let mut bits = Vec::new();
    let mut produced = Vec::new();
    for (question, choice) in questions.iter().zip(vote) {
        bits.extend(bits_of(*question, *choice));
        produced.extend_from_slice(&contest(0, *question).bits(&selection(*choice)).unwrap());
    }
    // Slack bits may be distributed differently: the vote is the same.
    assert!(shape.evaluate(&bits).is_some());
    assert_eq!(shape.evaluate(&bits), shape.evaluate(&produced));
    let choices: Vec<Value> =
        vote.iter().map(|choice| choice.map_or(json!("blank"), |options| json!(options))).collect();
    json!({ "choices": choices, "bits": bits })
}

fn selection(choice: Choice<'_>) -> Selection {
    let options = |options: &[usize]| options.iter().map(|option| option - 1).collect::<BTreeSet<_>>();
    choice.map_or(Selection::Blank, |chosen| Selection::Options(options(chosen)))
}

fn slack_weights((_, min, max, _): Question) -> Vec<u64> {
    let (mut weights, mut rest) = (Vec::new(), max - min);
    for power in (0..).map(|exponent| 1 << exponent) {
        if power > rest {
            weights.extend((rest > 0).then_some(rest));
            return weights;
        }
        weights.push(power);
        rest -= power;
    }
    weights
}

fn value(form: &Form, bits: &[u64]) -> i64 {
    let terms = form.terms.iter().map(|(index, coefficient)| coefficient * bits[*index as usize - 1] as i64);
    form.constant + terms.sum::<i64>()
}

fn encode(shape: &Shape) -> Vec<u8> {
    let slots = shape.slots().iter().map(form).collect();
    let constraints = shape.constraints().iter().map(constraint).collect();
    Cbor::Array(vec![integer(shape.free() as i128), Cbor::Array(slots), Cbor::Array(constraints)]).encode()
}

fn constraint(constraint: &Constraint) -> Cbor {
    let product =
        |(factor, left, right): &(i64, Form, Form)| Cbor::Array(vec![integer(*factor), form(left), form(right)]);
    let products = constraint.products.iter().map(product).collect();
    Cbor::Array(vec![Cbor::Array(products), form(&constraint.rest)])
}

fn form(form: &Form) -> Cbor {
    let term = |(index, coefficient): &(u32, i64)| Cbor::Array(vec![integer(*index), integer(*coefficient)]);
    Cbor::Array(vec![integer(form.constant), Cbor::Array(form.terms.iter().map(term).collect())])
}
