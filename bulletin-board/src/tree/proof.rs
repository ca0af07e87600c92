//! Inclusion and consistency proofs of RFC 6962 §2.1.1 and §2.1.2.

use std::collections::{HashMap, HashSet};
use std::marker::PhantomData;

use thiserror::Error;

use super::{Node, NodeReader, ReadFault, TreeHead, read_nodes};
use crate::c2sp::merkle;
use crate::hash::Hash;

/// The proof does not show what it should.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the proof does not lead to the root")]
pub struct ProofFault;

/// The proof that a leaf stands in a tree: the siblings on its way to the root, the leaf's own first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InclusionProof(Vec<Hash>);

impl InclusionProof {
    /// Proves that the tree of the first `size` leaves holds the leaf `index` < `size`.
    pub fn prove<R: NodeReader>(nodes: &R, size: u64, index: u64) -> Result<Self, ReadFault<R::Error>> {
        merkle::prove_inclusion(nodes, size, index).map(Self)
    }

    /// Proves it for many leaves, in their order. The reader is asked once, and for each node once.
    pub fn prove_all<R: NodeReader>(nodes: &R, size: u64, indexes: &[u64]) -> Result<Vec<Self>, ReadFault<R::Error>> {
        let wanted: HashSet<Node> = indexes.iter().flat_map(|index| merkle::inclusion_nodes(size, *index)).collect();
        let wanted: Vec<Node> = wanted.into_iter().collect();
        let hashes = read_nodes(nodes, &wanted)?;
        let known = Known::<R::Error>(wanted.into_iter().zip(hashes).collect(), PhantomData);
        indexes.iter().map(|index| Self::prove(&known, size, *index)).collect()
    }

    /// Checks that the tree with this head has `leaf` at `index`.
    pub fn verify(&self, head: TreeHead, index: u64, leaf: Hash) -> Result<(), ProofFault> {
        if merkle::inclusion_holds(&self.0, head, index, leaf) { Ok(()) } else { Err(ProofFault) }
    }

    /// The hashes of the proof.
    pub fn hashes(&self) -> &[Hash] {
        &self.0
    }
}

/// Nodes that were read already.
struct Known<E>(HashMap<Node, Hash>, PhantomData<E>);

impl<E> NodeReader for Known<E> {
    type Error = E;

    fn read(&self, nodes: &[Node]) -> Result<Vec<Hash>, ReadFault<E>> {
        nodes.iter().map(|node| self.0.get(node).copied().ok_or(ReadFault::OutOfRange)).collect()
    }
}

impl From<Vec<Hash>> for InclusionProof {
    fn from(hashes: Vec<Hash>) -> Self {
        Self(hashes)
    }
}

/// The proof that a tree begins with all leaves of a smaller one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsistencyProof(Vec<Hash>);

impl ConsistencyProof {
    /// Proves that the tree of the first `new` leaves begins with that of the first `old` ≤ `new`.
    pub fn prove<R: NodeReader>(nodes: &R, old: u64, new: u64) -> Result<Self, ReadFault<R::Error>> {
        if old == 0 {
            return Ok(Self(Vec::new()));
        }
        merkle::prove_consistency(nodes, old, new).map(Self)
    }

    /// Checks that the tree with the head `new` begins with the one with the head `old`.
    pub fn verify(&self, old: TreeHead, new: TreeHead) -> Result<(), ProofFault> {
        let holds = if old.size == 0 {
            old == TreeHead::empty() && self.0.is_empty() && (new.size > 0 || new == old)
        } else {
            merkle::consistency_holds(&self.0, old, new)
        };
        if holds { Ok(()) } else { Err(ProofFault) }
    }

    /// The hashes of the proof.
    pub fn hashes(&self) -> &[Hash] {
        &self.0
    }
}

impl From<Vec<Hash>> for ConsistencyProof {
    fn from(hashes: Vec<Hash>) -> Self {
        Self(hashes)
    }
}
