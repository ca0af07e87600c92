//! What helpers find out about the proofs of ballots, for whoever judges the record in its order. Implements
//! specs/checks.md#shared.

use crate::tree::Hash;
use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What a helper found out about the ballots of one bundle.
///
/// It is believed, so it comes from the same program, run by the same person, and never from the place of the record. It says by hashes what it
/// is about, so that nothing is believed if the place shows the helper something else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Help {
    /// Up to where the helper has judged the record: the end of the bundle in which the voting began.
    beginning: Beginning,
    /// The number of the bundle.
    bundle: u64,
    /// The root over its entries alone, hexadecimal.
    root: String,
    /// Those of them that are ballots whose proof does not hold.
    refused: BTreeSet<u64>,
}

/// The entries up to the end of the bundle in which the voting began: keys, roll and ballots' shapes follow from them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Beginning {
    size: u64,
    /// The root over them, hexadecimal.
    root: String,
}

impl Beginning {
    pub(crate) fn new(size: u64, root: &Hash) -> Self {
        Self { size, root: HEXLOWER.encode(root) }
    }
}

impl Help {
    pub(crate) fn new(beginning: Beginning, bundle: u64, root: &Hash, refused: BTreeSet<u64>) -> Self {
        Self { beginning, bundle, root: HEXLOWER.encode(root), refused }
    }

    /// Whether the proof of this entry of the bundle, if it is a ballot, holds.
    pub(crate) fn proof(&self, index: u64) -> bool {
        !self.refused.contains(&index)
    }
}

/// The help that was not used yet.
#[derive(Debug, Default)]
pub(crate) struct Helps {
    by_bundle: BTreeMap<u64, Help>,
}

impl Helps {
    pub fn add(&mut self, help: Help) {
        self.by_bundle.insert(help.bundle, help);
    }

    /// The help for a bundle, if it is about these entries after that beginning. What is about others is dropped.
    pub fn take(&mut self, beginning: Option<&Beginning>, bundle: u64, root: impl FnOnce() -> Hash) -> Option<Help> {
        let help = self.by_bundle.remove(&bundle)?;
        (Some(&help.beginning) == beginning && help.root == HEXLOWER.encode(&root())).then_some(help)
    }
}
