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

/// The roots of the first `small` and of all `large` leaves to which the hashes of a consistency proof lead; `None` if they
/// lead nowhere. Implements specs/evidence.md#proofs.
pub fn roots_of_proof(small: u64, large: u64, hashes: &[Hash]) -> Option<(Hash, Hash)> {
    let (start, rest) = hashes.split_first().filter(|_| 0 < small && small < large)?;
    let (mut first, mut all) = (*start, *start);
    let halvings = (small - 1).trailing_ones();
    let (mut a, mut b) = ((small - 1) >> halvings, (large - 1) >> halvings);
    for hash in rest {
        if b == 0 {
            return None;
        }
        if a % 2 == 1 || a == b {
            first = node_hash(hash, &first);
            all = node_hash(hash, &all);
            let halvings = if a == 0 { 0 } else { a.trailing_zeros() };
            (a, b) = (a >> halvings, b >> halvings);
        } else {
            all = node_hash(&all, hash);
        }
        (a, b) = (a / 2, b / 2);
    }
    (b == 0).then_some((first, all))
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

    /// RFC 9162 §2.1.4.1, word by word, but that the root of the first leaves is never left out.
    fn proof(small: usize, hashes: &[Hash]) -> Vec<Hash> {
        if small == hashes.len() {
            return vec![defined(hashes)];
        }
        let split = hashes.len().next_power_of_two() / 2;
        let (left, right) = hashes.split_at(split);
        if small <= split {
            [proof(small, left), vec![defined(right)]].concat()
        } else {
            [proof(small - split, right), vec![defined(left)]].concat()
        }
    }

    #[test]
    fn a_consistency_proof_leads_to_both_roots() {
        let leaves: Vec<Hash> = (0..70u8).map(|number| leaf_hash(&[number])).collect();
        for large in 1..leaves.len() {
            for small in 1..large {
                let roots = (defined(&leaves[..small]), defined(&leaves[..large]));
                let hashes = proof(small, &leaves[..large]);
                assert_eq!(roots_of_proof(small as u64, large as u64, &hashes), Some(roots), "{small} {large}");
                for place in 0..hashes.len() {
                    let mut changed = hashes.clone();
                    changed[place][0] ^= 1;
                    let changed = roots_of_proof(small as u64, large as u64, &changed);
                    assert_ne!(changed.unwrap().1, roots.1, "{small} {large} {place}");
                }
                assert_eq!(roots_of_proof(small as u64, large as u64, &[&hashes[..], &[[0; 32]]].concat()), None);
                assert_eq!(roots_of_proof(small as u64, large as u64, &hashes[..hashes.len() - 1]), None);
            }
        }
        assert_eq!(roots_of_proof(0, 1, &leaves[..1]), None);
        assert_eq!(roots_of_proof(2, 2, &leaves[..1]), None);
        assert!(roots_of_proof(u64::MAX - 1, u64::MAX, &[[0; 32]; 64]).is_some());
        assert_eq!(roots_of_proof(u64::MAX - 1, u64::MAX, &[[0; 32]; 65]), None);
    }

    #[test]
    fn leaves_and_nodes_have_their_own_prefix() {
        assert_eq!(leaf_hash(b""), sha256(&[0]));
        assert_eq!(node_hash(&[7; 32], &[8; 32]), sha256(&[&[1][..], &[7; 32], &[8; 32]].concat()));
    }
}
