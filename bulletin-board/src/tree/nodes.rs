//! The nodes of a tree, and where they are read from.

use std::convert::Infallible;

use thiserror::Error;

use crate::c2sp::merkle;
use crate::hash::Hash;

/// The root of a perfect subtree: of the 2^`level` leaves from leaf `index` · 2^`level` on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Node {
    /// 0 for leaves.
    pub level: u8,
    /// Position among the nodes of the level.
    pub index: u64,
}

impl Node {
    /// Whether a tree of `size` leaves has all leaves below this node.
    pub fn is_in_tree(&self, size: u64) -> bool {
        size.checked_shr(self.level.into()).is_some_and(|nodes_of_level| self.index < nodes_of_level)
    }
}

/// Where the nodes of a tree are stored.
pub trait NodeReader {
    /// Why nodes could not be read.
    type Error;

    /// The hashes of the nodes, in their order. Only nodes inside the tree are asked for.
    fn read(&self, nodes: &[Node]) -> Result<Vec<Hash>, ReadFault<Self::Error>>;
}

/// A proof or the contents of a tile cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ReadFault<E> {
    /// The caller asked for a leaf or size outside the tree, or the tree is too large.
    #[error("not in the tree")]
    OutOfRange,
    /// The reader failed.
    #[error("the nodes of the tree cannot be read")]
    Reader(#[source] E),
    /// The reader gave more or fewer bytes than were asked for.
    #[error("more or fewer hashes were read than were asked for")]
    WrongLength,
    /// The tiles are not those of the tree with this root.
    #[error("the tiles do not fit the root")]
    Inconsistent,
}

/// Reads nodes and makes sure that none is missing.
pub(crate) fn read_nodes<R: NodeReader>(reader: &R, nodes: &[Node]) -> Result<Vec<Hash>, ReadFault<R::Error>> {
    let hashes = reader.read(nodes)?;
    if hashes.len() == nodes.len() { Ok(hashes) } else { Err(ReadFault::WrongLength) }
}

/// All nodes of a tree in memory: 64 bytes for each leaf.
#[derive(Debug, Clone, Default)]
pub struct MemoryNodes {
    levels: Vec<Vec<Hash>>,
}

impl MemoryNodes {
    /// The nodes of the tree without leaves.
    pub fn new() -> Self {
        Self::default()
    }

    /// Appends the leaf hash of the next entry and the nodes that it completes.
    pub fn append(&mut self, leaf: Hash) {
        let mut node = leaf;
        for level in &mut self.levels {
            let left = if level.len() % 2 == 1 { level.last().copied() } else { None };
            level.push(node);
            match left {
                Some(left) => node = merkle::node_hash(left, node),
                None => return,
            }
        }
        self.levels.push(vec![node]);
    }

    /// The number of leaves.
    pub fn size(&self) -> u64 {
        self.levels.first().map_or(0, |leaves| leaves.len() as u64)
    }

    fn node(&self, node: &Node) -> Option<Hash> {
        let level = self.levels.get(usize::from(node.level))?;
        level.get(usize::try_from(node.index).ok()?).copied()
    }
}

impl NodeReader for MemoryNodes {
    type Error = Infallible;

    fn read(&self, nodes: &[Node]) -> Result<Vec<Hash>, ReadFault<Infallible>> {
        nodes.iter().map(|node| self.node(node).ok_or(ReadFault::OutOfRange)).collect()
    }
}
