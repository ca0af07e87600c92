//! The log in memory: where the next entry stands, and the tree over those before it.

use tabella_board::entry::Place;
use tabella_board::hash::Hash;
use tabella_board::origin::Origin;
use tabella_board::tree::{MemoryNodes, Node, NodeReader, Tree, TreeHead};

/// All of the log but its entries.
#[derive(Debug, Clone)]
pub struct Chain {
    next: Place,
    tree: Tree,
    nodes: MemoryNodes,
}

impl Chain {
    /// The empty log of this origin.
    pub fn new(origin: Origin) -> Self {
        Self { next: Place::first(origin), tree: Tree::new(), nodes: MemoryNodes::new() }
    }

    /// Where the next entry stands.
    pub fn place(&self) -> &Place {
        &self.next
    }

    /// How many entries there are.
    pub fn size(&self) -> u64 {
        self.tree.size()
    }

    /// The head of the tree over all entries.
    pub fn head(&self) -> TreeHead {
        self.tree.head()
    }

    /// The tree over all entries.
    pub fn tree(&self) -> &Tree {
        &self.tree
    }

    /// The nodes of the tree, for proofs.
    pub fn nodes(&self) -> &MemoryNodes {
        &self.nodes
    }

    /// Appends an entry. Whether it may stand there is not judged.
    pub fn append(&mut self, entry: &[u8]) {
        self.next = self.next.next(entry);
        self.tree.append(self.next.prev);
        self.nodes.append(self.next.prev);
    }

    /// The leaf hash of the last entry; of none, the hash that the first entry names.
    pub fn last_leaf(&self) -> Hash {
        self.next.prev
    }

    /// The leaf hash of the entry `index`.
    pub fn leaf(&self, index: u64) -> Option<Hash> {
        self.nodes.read(&[Node { level: 0, index }]).ok()?.pop()
    }

    /// The head of the tree over the first `size` entries; `None` if there are fewer.
    pub fn head_at(&self, size: u64) -> Option<TreeHead> {
        if size > self.tree.size() {
            return None;
        }
        // One perfect subtree for each 1 in the binary size, the largest first.
        let levels = (0..u64::BITS as u8).rev().filter(|level| (size >> level) & 1 == 1);
        let edge: Vec<Node> = levels.map(|level| Node { level, index: (size >> level) - 1 }).collect();
        Some(Tree::restore(size, self.nodes.read(&edge).ok()?).ok()?.head())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_size_had_its_head() {
        let mut chain = Chain::new(Origin::parse("example.org/e").unwrap());
        let mut heads = vec![chain.tree().head()];
        for number in 0..70_u8 {
            chain.append(&[number]);
            heads.push(chain.tree().head());
        }
        for head in heads {
            assert_eq!(chain.head_at(head.size), Some(head));
        }
        assert_eq!(chain.head_at(71), None);
    }
}
