//! For every value that a transcript absorbs, by the words of the specification, a record in which the prover hashed
//! another: all else that it says is right, and follows from the hash that it made.

mod ballots;
mod ceremony;
mod opening;
pub mod spec;
mod tally;

use std::sync::Arc;

use tabella_election::message::{Allocation, ContestKind, Manifest};
use tabella_election::{Code, Kind};

use self::spec::Field;
use super::case::Case;
use crate::forgeries::Forgery;
use crate::glass::transcript::{LIE, Lie};
use crate::scene::Scene;
use crate::scene::samples::{contest, manifest, question};

/// Transcripts of which no record shows whether they were made right.
pub const UNSEEN: [(&str, &str); 4] = [
    ("nonce-key", "advice to voters: what they draw from it is as good as any random number"),
    ("code-check", "between letter and voter: finds typing errors"),
    ("credential", "the secret of the voter; the record has K = κ·G, whatever κ came from"),
    ("credential-fingerprint", "a name for people to compare; nothing in a record"),
];

/// The record for each value.
pub fn cases() -> Vec<Case> {
    let mut fields = Fields(Vec::new());
    opening::forge(&mut fields);
    ceremony::forge(&mut fields);
    ballots::forge(&mut fields);
    tally::forge(&mut fields);
    fields.0
}

struct Fields(Vec<Case>);

impl Fields {
    /// A payload in the place of the next entry, in which this is a lie.
    fn payload(&mut self, field: &Field, code: Code, scene: &Scene, kind: Kind, payload: &[u8]) {
        let name = format!("{kind}: another value hashed as {}", field.id());
        let entry = scene.entry(kind, payload);
        let forgery = Forgery { name, code, scene: Arc::new(scene.clone()), entry };
        self.0.push(Case { field: Some(field.id()), ..Case::of_entry(&forgery) });
    }
}

/// What the provers of glass say while they hash another value in one place.
#[track_caller]
fn lying<T>(field: &Field, prove: impl FnOnce() -> T) -> T {
    let Field { transcript, label, number } = field.clone();
    LIE.set(Some(Lie { transcript, label, number, told: false }));
    let proven = prove();
    let lie = LIE.take().unwrap();
    assert!(lie.told, "nothing is hashed as {}", field.id());
    proven
}

/// A contest of bits and one with a range proof for the members, the latter alone for the guests.
fn two_kinds() -> Manifest {
    let funds = question("funds", 2, ContestKind::Allocation(Allocation { amount: 1_000, range: true }));
    Manifest { contests: vec![contest("chair", 2, 1, 1, false), funds], ..manifest() }
}
