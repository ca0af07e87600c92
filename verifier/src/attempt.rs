//! One attempt of the key ceremony: its step, and what was accepted in it. Implements specs/ceremony.md#round.

use crate::keys::Keys;
use crate::tree::Hash;
use std::collections::{BTreeMap, BTreeSet};

/// The steps of an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    Commit,
    Deal,
    Confirm,
    Keys,
}

/// The current attempt as the accepted entries tell it.
#[derive(Debug)]
pub struct Attempt {
    pub number: u64,
    pub step: Step,
    /// Leaf hash of the entry that began the current step.
    pub history: Hash,
    /// Trustees that were not left out.
    pub present: BTreeSet<u64>,
    pub commits: BTreeMap<u64, Commit>,
    /// Trustees still in after *commit*, and the history of *deal*.
    pub recipients: Vec<u64>,
    pub deal_history: Hash,
    pub dealings: BTreeMap<u64, Pieces>,
    /// Trustees at fault by the complaints of each sender of *confirm*.
    pub confirms: BTreeMap<u64, BTreeSet<u64>>,
    pub keys: Option<Keys>,
    pub keys_sent: BTreeSet<u64>,
}

/// What a trustee committed to.
#[derive(Debug)]
pub struct Commit {
    pub commitment: Hash,
    pub envelope_keys: BTreeMap<u64, [u8; 32]>,
}

/// The pieces of a dealing that were accepted.
#[derive(Debug, Default)]
pub struct Pieces {
    pub count: u64,
    pub bytes: Vec<u8>,
}

impl Attempt {
    /// An attempt of all trustees, begun by the entry whose leaf hash is `history`.
    pub fn begin(number: u64, history: Hash, trustees: u64) -> Self {
        Self {
            number,
            step: Step::Commit,
            history,
            present: (1..=trustees).collect(),
            commits: BTreeMap::new(),
            recipients: Vec::new(),
            deal_history: [0; 32],
            dealings: BTreeMap::new(),
            confirms: BTreeMap::new(),
            keys: None,
            keys_sent: BTreeSet::new(),
        }
    }
}
