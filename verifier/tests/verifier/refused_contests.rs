//! Manifests whose contests are to be refused, and rolls too heavy for them.

use crate::bytes::{body, text, uint};
use crate::papers;
use crate::questions::{Kind, Question, counted_by};
use crate::tampering::{all_refused, refused};
use crate::world::{Draft, Plan};
use ciborium::Value;

fn contests(draft: &mut Draft) -> &mut Vec<Value> {
    draft.key(7).as_array_mut().unwrap()
}

/// Puts a contest in the place of the second.
fn put(draft: &mut Draft, options: usize, kind: Kind) {
    contests(draft)[1] = Question::new("b", options, kind).value();
}

fn put_counted(draft: &mut Draft, options: usize, kind: Kind, counting: Value) {
    contests(draft)[1] = Question::new("b", options, kind).counted(counting).value();
}

fn score(most: u64, min: u64, max: u64) -> Kind {
    Kind::Score { most, min, max }
}

fn positional(min: u64, weights: &[u64]) -> Kind {
    Kind::Positional { min, weights: weights.to_vec() }
}

fn lists(sizes: &[u64], min: u64, max: u64) -> Kind {
    Kind::Lists { sizes: sizes.to_vec(), min, max }
}

fn choice() -> Kind {
    Kind::Choice { min: 1, max: 1, blank: false }
}

const LARGEST: u64 = u64::MAX;

#[test]
fn rules_of_the_kinds() {
    all_refused(&[
        ("manifest", "manifest_contest", |draft| put(draft, 3, Kind::Choice { min: 0, max: LARGEST, blank: true })),
        ("manifest", "manifest_contest", |draft| put(draft, 3, Kind::Choice { min: LARGEST, max: 1, blank: true })),
        ("manifest", "manifest_contest", |draft| put(draft, 3, score(0, 0, 1))),
        ("manifest", "manifest_contest", |draft| put(draft, 3, score(1_000_001, 0, 1))),
        ("manifest", "manifest_contest", |draft| put(draft, 3, score(LARGEST, 0, LARGEST))),
        ("manifest", "manifest_contest", |draft| put(draft, 3, score(5, 2, 1))),
        ("manifest", "manifest_contest", |draft| put(draft, 3, score(5, 0, 0))),
        ("manifest", "manifest_contest", |draft| put(draft, 3, score(5, 0, 16))),
        ("manifest", "manifest_contest", |draft| put(draft, 3, positional(0, &[]))),
        ("manifest", "manifest_contest", |draft| put(draft, 3, positional(0, &[4, 3, 2, 1]))),
        ("manifest", "manifest_contest", |draft| put(draft, 3, positional(0, &[2, 3]))),
        ("manifest", "manifest_contest", |draft| put(draft, 3, positional(0, &[0]))),
        ("manifest", "manifest_contest", |draft| put(draft, 3, positional(0, &[1_000_001, 1]))),
        ("manifest", "manifest_contest", |draft| put(draft, 3, positional(3, &[2, 1]))),
        ("manifest", "manifest_contest", |draft| put(draft, 3, positional(LARGEST, &[LARGEST]))),
        ("manifest", "manifest_contest", |draft| put(draft, 3, Kind::Quadratic { credits: 0 })),
        ("manifest", "manifest_contest", |draft| put(draft, 3, Kind::Quadratic { credits: 1_000_001 })),
        ("manifest", "manifest_contest", |draft| put(draft, 3, Kind::Quadratic { credits: LARGEST })),
        ("manifest", "manifest_contest", |draft| put(draft, 1, Kind::Ranking { ties: false })),
        ("manifest", "manifest_contest", |draft| put(draft, 1, Kind::Ranking { ties: true })),
        ("manifest", "manifest_contest", |draft| put(draft, 3, lists(&[1, 1], 0, 1))),
        ("manifest", "manifest_contest", |draft| put(draft, 3, lists(&[2, LARGEST, LARGEST], 0, 1))),
        ("manifest", "manifest_contest", |draft| put(draft, 3, lists(&[2, 1], 2, 1))),
        ("manifest", "manifest_contest", |draft| put(draft, 3, lists(&[2, 1], 0, 0))),
        ("manifest", "manifest_contest", |draft| put(draft, 3, lists(&[2, 1], 2, 2))),
        ("manifest", "manifest_contest", |draft| put(draft, 0, lists(&[0], 1, LARGEST))),
        ("manifest", "manifest_contest", |draft| put(draft, 3, Kind::Allocation { amount: 0, range: true })),
        ("manifest", "manifest_contest", |draft| put(draft, 3, Kind::Allocation { amount: 1 << 32, range: true })),
        ("manifest", "manifest_contest", |draft| put(draft, 3, Kind::Allocation { amount: LARGEST, range: false })),
    ]);
}

#[test]
fn texts_and_counts_of_contests() {
    fn list(draft: &mut Draft, list: usize) -> &mut Vec<(Value, Value)> {
        put(draft, 3, lists(&[2, 1], 0, 1));
        let kind = &mut contests(draft)[1].as_map_mut().unwrap()[3].1;
        let parameters = kind.as_array_mut().unwrap()[1].as_map_mut().unwrap();
        parameters[0].1.as_array_mut().unwrap()[list].as_map_mut().unwrap()
    }
    all_refused(&[
        ("manifest", "manifest_text", |draft| put(draft, 0, choice())),
        ("manifest", "manifest_text", |draft| put(draft, 501, choice())),
        ("manifest", "manifest_text", |draft| put(draft, 0, lists(&[], 0, 1))),
        ("manifest", "manifest_text", |draft| put(draft, 0, lists(&[0; 501], 0, 1))),
        ("manifest", "manifest_text", |draft| list(draft, 1)[0].1 = text("l0")),
        ("manifest", "manifest_text", |draft| list(draft, 1)[0].1 = text("")),
        ("manifest", "manifest_text", |draft| list(draft, 0)[1].1 = text("a\nb")),
        ("manifest", "payload_malformed", |draft| list(draft, 0)[2].1 = Value::Null),
        ("manifest", "payload_malformed", |draft| drop(list(draft, 0).pop())),
        ("manifest", "payload_malformed", |draft| drop(contests(draft)[1].as_map_mut().unwrap().pop())),
    ]);
}

#[test]
fn counting_rules() {
    all_refused(&[
        ("manifest", "payload_malformed", |draft| put_counted(draft, 3, choice(), counted_by("lowest", 1, None))),
        ("manifest", "payload_malformed", |draft| put_counted(draft, 3, choice(), text("highest"))),
        ("manifest", "manifest_contest", |draft| put_counted(draft, 3, choice(), counted_by("schulze", 1, None))),
        ("manifest", "manifest_contest", |draft| put_counted(draft, 3, choice(), counted_by("highest", 0, None))),
        ("manifest", "manifest_contest", |draft| put_counted(draft, 3, choice(), counted_by("highest", 4, None))),
        ("manifest", "manifest_contest", |draft| {
            put_counted(draft, 3, choice(), counted_by("highest", 1, Some(&[0, 1])));
        }),
        ("manifest", "manifest_contest", |draft| {
            put_counted(draft, 3, choice(), counted_by("highest", 1, Some(&[0, 1, LARGEST])));
        }),
        ("manifest", "manifest_contest", |draft| {
            put_counted(draft, 2, Kind::Ranking { ties: true }, counted_by("condorcet", 1, Some(&[0, 1])));
        }),
        ("manifest", "manifest_contest", |draft| {
            put_counted(draft, 2, Kind::Ranking { ties: true }, counted_by("schulze", 2, None));
        }),
        ("manifest", "manifest_contest", |draft| {
            put_counted(draft, 3, lists(&[2, 1], 0, 1), counted_by("dhondt", LARGEST, None));
        }),
        // A list has no number.
        ("manifest", "manifest_contest", |draft| {
            put_counted(draft, 3, lists(&[2, 1], 0, 1), counted_by("dhondt", 1, Some(&[2, 1, 0])));
        }),
    ]);
}

#[test]
fn sizes() {
    all_refused(&[
        // 1,035 slots; 992 slots and as many coordinates; 130 ranged slots.
        ("manifest", "manifest_size", |draft| put(draft, 46, Kind::Ranking { ties: false })),
        ("manifest", "manifest_size", |draft| put(draft, 32, Kind::Ranking { ties: true })),
        ("manifest", "manifest_size", |draft| put(draft, 65, Kind::Allocation { amount: 1 << 16, range: true })),
        // 100·19 coordinates and 100 slots; 55·32 and 110.
        ("manifest", "manifest_size", |draft| put(draft, 100, positional(0, &[1; 19]))),
        ("manifest", "manifest_size", |draft| put(draft, 56, Kind::Allocation { amount: (1 << 32) - 1, range: false })),
        ("manifest", "manifest_size", |draft| put(draft, 500, score(1_000_000, 0, 500_000_000))),
        // 34 styles with a shape of 30,225 coordinates, slots and constraints each.
        ("manifest", "manifest_size", |draft| {
            let ids = ["s", "t", "u", "v", "w", "x"];
            let small = ids.map(|id| Question::new(id, 1, choice()).value());
            *contests(draft) = vec![Question::new("r", 31, Kind::Ranking { ties: true }).value()];
            contests(draft).extend(small);
            let style = |word: u64| {
                let chosen = (0..6).filter(|bit| word >> bit & 1 == 1).map(|bit| uint(bit + 1));
                let contests = std::iter::once(uint(0)).chain(chosen).collect();
                body(vec![text(&format!("style {word}")), Value::Array(contests)])
            };
            *draft.key(8) = Value::Array((30..64).map(style).collect());
        }),
    ]);
}

#[test]
fn rolls_too_heavy_for_the_contests() {
    fn first_weight(draft: &mut Draft, weight: u64) {
        draft.key(4).as_array_mut().unwrap()[0].as_array_mut().unwrap()[1] = uint(weight);
    }
    // Of four voters the other three, who follow in part in the next chunk, have a weight of 3 at most here.
    let scores = Plan { paper: papers::score(), ..Plan::default() };
    refused(&scores, "roll 1", "roll_total", |draft| first_weight(draft, (1 << 40) / 5 + 1));
    let halves = Plan { paper: papers::allocation(60_000, true), ..Plan::default() };
    refused(&halves, "roll 1", "roll_total", |draft| first_weight(draft, (1 << 40) / 60_000 + 1));
    // A slot has 65,535 at most, an option the whole amount.
    let amounts = Plan { paper: papers::allocation(4_294_967_295, true), ..Plan::default() };
    refused(&amounts, "roll 1", "roll_total", |draft| first_weight(draft, (1 << 53) / 4_294_967_295 + 1));
    refused(&amounts, "roll 1", "roll_total", |draft| first_weight(draft, u64::MAX));
}
