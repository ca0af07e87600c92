//! The Merkle tree of RFC 6962 §2.1 over the leaf hashes of the entries. Implements specs/board.md#entry.

mod nodes;
mod proof;

use thiserror::Error;

use crate::c2sp::merkle;
use crate::hash::Hash;

pub(crate) use nodes::read_nodes;
pub use nodes::{MemoryNodes, Node, NodeReader, ReadFault};
pub use proof::{ConsistencyProof, InclusionProof, ProofFault};

/// The most leaves of a tree that this crate grows or proves things about. (Proofs are verified for any size.)
pub const MAX_SIZE: u64 = 1 << 55;

/// The size of a tree and its root: all that a checkpoint says about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TreeHead {
    /// The number of leaves.
    pub size: u64,
    /// The root hash.
    pub root: Hash,
}

impl TreeHead {
    /// The head of the tree without leaves.
    pub fn empty() -> Self {
        Self { size: 0, root: merkle::empty_root() }
    }
}

/// A tree that grows: its size and its right edge, enough to append leaves and to tell the root.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tree {
    size: u64,
    /// The roots of the perfect subtrees that the leaves make, largest first: one for each 1 in the binary size.
    edge: Vec<Hash>,
}

/// A tree cannot be restored from what was stored of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a tree of {size} leaves has {expected} edge hashes, not {found}, and at most {MAX_SIZE} leaves", expected = size.count_ones())]
pub struct RestoreFault {
    size: u64,
    found: usize,
}

impl Tree {
    /// The tree without leaves.
    pub fn new() -> Self {
        Self::default()
    }

    /// The tree of `size` leaves whose [`Tree::edge`] was stored.
    pub fn restore(size: u64, edge: Vec<Hash>) -> Result<Self, RestoreFault> {
        let fits = usize::try_from(size.count_ones()) == Ok(edge.len()) && size <= MAX_SIZE;
        if fits { Ok(Self { size, edge }) } else { Err(RestoreFault { size, found: edge.len() }) }
    }

    /// Appends the leaf hash of the next entry.
    pub fn append(&mut self, leaf: Hash) {
        let mut node = leaf;
        // Each trailing 1 of the size is a perfect subtree that the new leaf completes to one twice as large.
        let completed = self.edge.len().saturating_sub(self.size.trailing_ones() as usize);
        for left in self.edge.drain(completed..).rev() {
            node = merkle::node_hash(left, node);
        }
        self.edge.push(node);
        self.size += 1;
    }

    /// The number of leaves.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The root hash; of the empty tree, SHA-256 of nothing.
    pub fn root(&self) -> Hash {
        let from_the_right = self.edge.iter().rev().copied();
        from_the_right.reduce(|right, left| merkle::node_hash(left, right)).unwrap_or_else(merkle::empty_root)
    }

    /// Size and root.
    pub fn head(&self) -> TreeHead {
        TreeHead { size: self.size, root: self.root() }
    }

    /// What to store, with the size, to [`Tree::restore`] this tree.
    pub fn edge(&self) -> &[Hash] {
        &self.edge
    }
}

impl Extend<Hash> for Tree {
    fn extend<I: IntoIterator<Item = Hash>>(&mut self, leaves: I) {
        leaves.into_iter().for_each(|leaf| self.append(leaf));
    }
}

impl FromIterator<Hash> for Tree {
    fn from_iter<I: IntoIterator<Item = Hash>>(leaves: I) -> Self {
        let mut tree = Self::new();
        tree.extend(leaves);
        tree
    }
}
