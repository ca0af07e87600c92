//! ceremony.json: specs/ceremony.md.

mod hostile;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

pub use self::hostile::put;
use crate::glass::dealing::Trick;
use crate::manifest::Plan;
use crate::play::{Sabotage, Script};
use crate::question::choice;

/// The vector that others take as their base.
const BASE: &str = "ceremony: everybody honest";
const BASE_WITH_TWO_MISSING: &str = "ceremony: trustees who fall silent";

pub fn vectors() -> Vec<Value> {
    let base = Script { answers: vec![1, 2, 3], ..Script::honest(BASE, plan(3, 2, 2)) };
    let missing = Script {
        silent: [vec![2], vec![4], vec![6]],
        answers: vec![1, 5],
        rehearsals: 2,
        restarts: 1,
        ..Script::honest(BASE_WITH_TWO_MISSING, plan(6, 2, 3))
    };
    let mut vectors = Vec::new();
    for script in [&base, &missing].into_iter().chain(&others()) {
        vectors.push(script.play().vector(script));
    }
    vectors.extend(hostile::vectors(&base.play(), &missing.play()));
    vectors
}

fn plan(trustees: u64, threshold: u64, quorum: u64) -> Plan {
    Plan {
        id: "ceremony",
        contests: vec![choice(2, 1, 1, false)],
        styles: vec![vec![0]],
        trustees,
        threshold,
        quorum,
        minimum: 1,
    }
}

fn others() -> Vec<Script> {
    let tricks = BTreeMap::from([((1, 2), Trick::WrongShare), ((3, 1), Trick::Damaged), ((3, 5), Trick::NotCanonical)]);
    vec![
        Script { answers: vec![1], ..Script::honest("ceremony: one trustee", plan(1, 1, 1)) },
        Script { tricks, answers: vec![2, 4], ..Script::honest("ceremony: dealers at fault", plan(5, 2, 2)) },
        Script {
            false_complaints: BTreeSet::from([(3, 1)]),
            answers: vec![4, 2],
            ..Script::honest("ceremony: a complainer at fault", plan(4, 2, 3))
        },
        Script {
            tricks: BTreeMap::from([((1, 3), Trick::Damaged)]),
            ..Script::honest("ceremony: too few qualified", plan(3, 2, 3))
        },
        Script {
            sabotage: Some(Sabotage::Identity),
            ..Script::honest("ceremony: a key is the identity", plan(3, 2, 2))
        },
        Script { sabotage: Some(Sabotage::Equal), ..Script::honest("ceremony: two keys are equal", plan(3, 2, 2)) },
    ]
}
