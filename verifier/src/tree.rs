//! The tree over the entries (RFC 6962 §2.1) and the paths of its tiles. Implements specs/board.md#entry and #record.

use sha2::{Digest, Sha256};

/// The hash of a leaf or of a node.
pub type Hash = [u8; 32];

/// SHA-256 of `bytes`.
pub fn sha256(bytes: &[u8]) -> Hash {
    Sha256::digest(bytes).into()
}

/// The leaf hash of an entry: SHA-256(0x00 ‖ entry).
pub fn leaf_hash(entry: &[u8]) -> Hash {
    Sha256::new().chain_update([0]).chain_update(entry).finalize().into()
}

/// The hash of a node: SHA-256(0x01 ‖ left ‖ right).
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    Sha256::new().chain_update([1]).chain_update(left).chain_update(right).finalize().into()
}

/// What `prev` of entry 0 must be.
pub fn genesis(origin: &str) -> Hash {
    sha256(format!("tabella/1 genesis\n{origin}\n").as_bytes())
}

/// A tree that grows to the right: the roots of the largest full subtrees, from the left.
#[derive(Clone, Debug, Default)]
pub struct Tree {
    size: u64,
    edge: Vec<Hash>,
}

impl Tree {
    /// How many leaves were pushed.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Adds a leaf, or the root of a full subtree of one fixed size.
    pub fn push(&mut self, leaf: Hash) {
        let mut hash = leaf;
        for _ in 0..self.size.trailing_ones() {
            if let Some(left) = self.edge.pop() {
                hash = node_hash(&left, &hash);
            }
        }
        self.edge.push(hash);
        self.size += 1;
    }

    /// The root over all leaves; of none, SHA-256 of nothing.
    pub fn root(&self) -> Hash {
        let mut subtrees = self.edge.iter().rev();
        let Some(last) = subtrees.next() else {
            return sha256(b"");
        };
        subtrees.fold(*last, |right, left| node_hash(left, &right))
    }
}

/// The root over `hashes`.
pub fn root_of(hashes: &[Hash]) -> Hash {
    let mut tree = Tree::default();
    hashes.iter().for_each(|hash| tree.push(*hash));
    tree.root()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The definition of RFC 6962 §2.1, word by word.
    fn defined(hashes: &[Hash]) -> Hash {
        match hashes {
            [] => sha256(b""),
            [one] => *one,
            _ => {
                let split = hashes.len().next_power_of_two() / 2;
                node_hash(&defined(&hashes[..split]), &defined(&hashes[split..]))
            }
        }
    }

    #[test]
    fn the_growing_root_is_the_defined_one() {
        let leaves: Vec<Hash> = (0..70u8).map(|number| leaf_hash(&[number])).collect();
        for size in 0..leaves.len() {
            assert_eq!(root_of(&leaves[..size]), defined(&leaves[..size]), "size {size}");
        }
    }

    #[test]
    fn leaves_and_nodes_have_their_own_prefix() {
        assert_eq!(leaf_hash(b""), sha256(&[0]));
        assert_eq!(node_hash(&[7; 32], &[8; 32]), sha256(&[&[1][..], &[7; 32], &[8; 32]].concat()));
    }
}
