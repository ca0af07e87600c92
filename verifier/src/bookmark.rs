//! How far a run came that was stopped, so that the next one need not examine the same proofs again. Implements
//! specs/checks.md#stopped.

use crate::tree::Hash;
use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// What an earlier run found out about the proofs of ballots.
///
/// It is believed: it comes from this program's own file, never from the place of the record. It speaks of entries by the root over them, and is worth
/// nothing for others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bookmark {
    /// How many entries were judged.
    pub size: u64,
    /// The root over them, hexadecimal.
    root: String,
    /// Those of them that are ballots whose proof does not hold.
    refused: BTreeSet<u64>,
}

impl Bookmark {
    /// After this many entries with this root.
    pub(crate) fn new(size: u64, root: &Hash, refused: BTreeSet<u64>) -> Self {
        Self { size, root: HEXLOWER.encode(root), refused }
    }

    /// Whether the proof of this entry, if it is a ballot, holds; none if it was not examined.
    pub(crate) fn proof(&self, index: u64) -> Option<bool> {
        (index < self.size).then(|| !self.refused.contains(&index))
    }

    /// Whether it speaks of these entries.
    pub(crate) fn is_of(&self, size: u64, root: Option<Hash>) -> bool {
        size == self.size && root.is_some_and(|root| HEXLOWER.encode(&root) == self.root)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_speaks_of_the_entries_before_its_size() {
        let bookmark = Bookmark::new(3, &[7; 32], BTreeSet::from([1]));
        assert_eq!([0, 1, 2, 3].map(|index| bookmark.proof(index)), [Some(true), Some(false), Some(true), None]);
        assert!(bookmark.is_of(3, Some([7; 32])));
        assert!(!bookmark.is_of(2, Some([7; 32])) && !bookmark.is_of(3, Some([8; 32])) && !bookmark.is_of(3, None));
    }
}
