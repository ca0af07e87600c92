use std::convert::Infallible;

use ct_merkle::mem_backed_tree::MemoryBackedTree;
use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};
use sha2::Sha256;
use tabella_board::hash::Hash;
use tabella_board::tree::{
    ConsistencyProof, InclusionProof, MAX_SIZE, MemoryNodes, Node, NodeReader, ProofFault, ReadFault, Tree, TreeHead,
};

/// The same tree, kept by us and by an independent crate.
struct Twin {
    tree: Tree,
    nodes: MemoryNodes,
    oracle: MemoryBackedTree<Sha256, Vec<u8>>,
}

impl Twin {
    fn of_size(size: u64) -> Self {
        let mut twin = Self { tree: Tree::new(), nodes: MemoryNodes::new(), oracle: MemoryBackedTree::new() };
        twin.grow(size);
        twin
    }

    fn grow(&mut self, size: u64) {
        for index in self.tree.size()..size {
            let leaf = leaf(index);
            self.tree.append(leaf);
            self.nodes.append(leaf);
            self.oracle.push(index.to_be_bytes().to_vec());
        }
    }

    fn oracle_root(&self) -> Hash {
        Hash::from(<[u8; 32]>::from(*self.oracle.root().as_bytes()))
    }

    fn check_inclusion(&self, index: u64) {
        let proof = InclusionProof::prove(&self.nodes, self.tree.size(), index).unwrap();
        assert_eq!(bytes(proof.hashes()), self.oracle.prove_inclusion(index as usize).as_bytes());
        assert_eq!(proof.verify(self.tree.head(), index, leaf(index)), Ok(()));
    }

    fn check_consistency(&self, old: TreeHead) {
        let new = self.tree.head();
        let proof = ConsistencyProof::prove(&self.nodes, old.size, new.size).unwrap();
        if old.size > 0 {
            let oracle = self.oracle.prove_consistency((new.size - old.size) as usize);
            assert_eq!(bytes(proof.hashes()), oracle.as_bytes());
        }
        assert_eq!(proof.verify(old, new), Ok(()));
    }
}

fn leaf(index: u64) -> Hash {
    Hash::of_entry(&index.to_be_bytes())
}

fn bytes(hashes: &[Hash]) -> Vec<u8> {
    hashes.iter().flat_map(|hash| *hash.as_bytes()).collect()
}

fn hex(hash: Hash) -> String {
    hash.as_bytes().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn roots_are_those_of_certificate_transparency() {
    // The entries and roots of the reference implementation's tests.
    let entries: [&[u8]; 8] = [
        b"",
        b"\x00",
        b"\x10",
        b"\x20\x21",
        b"\x30\x31",
        b"\x40\x41\x42\x43",
        b"\x50\x51\x52\x53\x54\x55\x56\x57",
        b"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f",
    ];
    let roots = [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ];
    let mut tree = Tree::new();
    assert_eq!(tree.root().to_string(), "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
    for (entry, root) in entries.into_iter().zip(roots) {
        tree.append(Hash::of_entry(entry));
        assert_eq!(hex(tree.root()), root, "size {}", tree.size());
    }
}

#[test]
fn all_roots_and_proofs_of_small_trees_are_those_of_the_oracle() {
    let mut heads = vec![TreeHead::empty()];
    let mut twin = Twin::of_size(0);
    for size in 1..=70 {
        twin.grow(size);
        heads.push(twin.tree.head());
        assert_eq!(twin.tree.root(), twin.oracle_root(), "size {size}");
        (0..size).for_each(|index| twin.check_inclusion(index));
        heads.iter().for_each(|old| twin.check_consistency(*old));
    }
}

#[test]
fn roots_and_proofs_of_large_trees_are_those_of_the_oracle() {
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let mut heads = Vec::new();
    let mut twin = Twin::of_size(0);
    for size in [255, 256, 257, 511, 1000, 4095, 65_535, 65_536, 65_537, 70_000] {
        twin.grow(size);
        heads.push(twin.tree.head());
        assert_eq!(twin.tree.root(), twin.oracle_root(), "size {size}");
        [0, size / 2, size - 1].into_iter().for_each(|index| twin.check_inclusion(index));
        (0..20).for_each(|_| twin.check_inclusion(rng.next_u64() % size));
        heads.iter().for_each(|old| twin.check_consistency(*old));
    }
}

#[test]
fn a_tree_is_restored_from_its_edge() {
    let mut tree = Tree::new();
    for size in 0..100 {
        let mut restored = Tree::restore(size, tree.edge().to_vec()).unwrap();
        assert_eq!(restored, tree);
        tree.append(leaf(size));
        restored.append(leaf(size));
        assert_eq!(restored.head(), tree.head());
    }
}

#[test]
fn a_tree_is_not_restored_from_another_edge() {
    let edge = vec![leaf(0); 2];
    assert!(Tree::restore(3, edge.clone()).is_ok());
    assert_eq!(
        Tree::restore(7, edge.clone()).unwrap_err().to_string(),
        "a tree of 7 leaves has 3 edge hashes, not 2, and at most 36028797018963968 leaves"
    );
    assert!(Tree::restore(4, edge.clone()).is_err());
    assert!(Tree::restore(MAX_SIZE + 1, edge).is_err());
}

#[test]
fn every_part_of_an_inclusion_proof_matters() {
    let twin = Twin::of_size(13);
    let head = twin.tree.head();
    let proof = InclusionProof::prove(&twin.nodes, 13, 5).unwrap();
    // A size at which the way of leaf 5 has another shape: that the size itself is right, the signature says.
    assert_eq!(proof.verify(TreeHead { size: 8, ..head }, 5, leaf(5)), Err(ProofFault));
    assert_eq!(proof.verify(TreeHead { size: 17, ..head }, 5, leaf(5)), Err(ProofFault));
    assert_eq!(proof.verify(TreeHead { root: leaf(0), ..head }, 5, leaf(5)), Err(ProofFault));
    assert_eq!(proof.verify(head, 4, leaf(5)), Err(ProofFault));
    assert_eq!(proof.verify(head, 13, leaf(5)), Err(ProofFault));
    assert_eq!(proof.verify(head, 5, leaf(4)), Err(ProofFault));
    assert_eq!(proof.verify(TreeHead::empty(), 0, leaf(5)), Err(ProofFault));
    for damaged in damaged_proofs(proof.hashes()) {
        assert_eq!(InclusionProof::from(damaged).verify(head, 5, leaf(5)), Err(ProofFault));
    }
}

#[test]
fn every_part_of_a_consistency_proof_matters() {
    let twin = Twin::of_size(13);
    let (old, new) = (Twin::of_size(6).tree.head(), twin.tree.head());
    let proof = ConsistencyProof::prove(&twin.nodes, 6, 13).unwrap();
    assert_eq!(proof.verify(TreeHead { root: leaf(0), ..old }, new), Err(ProofFault));
    assert_eq!(proof.verify(old, TreeHead { root: leaf(0), ..new }), Err(ProofFault));
    assert_eq!(proof.verify(TreeHead { size: 5, ..old }, new), Err(ProofFault));
    assert_eq!(proof.verify(old, TreeHead { size: 5, ..new }), Err(ProofFault));
    for damaged in damaged_proofs(proof.hashes()) {
        assert_eq!(ConsistencyProof::from(damaged).verify(old, new), Err(ProofFault));
    }
}

#[test]
fn the_empty_tree_begins_every_tree() {
    let (empty, new) = (TreeHead::empty(), Twin::of_size(3).tree.head());
    let nothing = ConsistencyProof::from(Vec::new());
    assert_eq!(nothing.verify(empty, new), Ok(()));
    assert_eq!(nothing.verify(empty, empty), Ok(()));
    assert_eq!(nothing.verify(TreeHead { root: leaf(0), ..empty }, new), Err(ProofFault));
    assert_eq!(nothing.verify(empty, TreeHead { root: leaf(0), ..empty }), Err(ProofFault));
    assert_eq!(ConsistencyProof::from(vec![leaf(0)]).verify(empty, new), Err(ProofFault));
}

#[test]
fn proofs_of_hostile_sizes_and_lengths_are_refused() {
    let head = TreeHead { size: u64::MAX, root: leaf(0) };
    let old = TreeHead { size: u64::MAX / 3, root: leaf(1) };
    for length in [0, 1, 63, 64, 65, 10_000] {
        let hashes = vec![leaf(2); length];
        for index in [0, 1, 1 << 63, u64::MAX - 1, u64::MAX] {
            assert_eq!(InclusionProof::from(hashes.clone()).verify(head, index, leaf(0)), Err(ProofFault));
        }
        assert_eq!(ConsistencyProof::from(hashes.clone()).verify(old, head), Err(ProofFault));
        assert_eq!(ConsistencyProof::from(hashes).verify(head, old), Err(ProofFault));
    }
}

#[test]
fn nothing_is_proved_outside_the_tree() {
    let nodes = Twin::of_size(5).nodes;
    for (size, index) in [(5, 5), (0, 0), (MAX_SIZE + 1, 0), (6, 0)] {
        assert_eq!(InclusionProof::prove(&nodes, size, index), Err(ReadFault::OutOfRange), "{index} of {size}");
    }
    for (old, new) in [(6, 5), (1, MAX_SIZE + 1), (u64::MAX, u64::MAX)] {
        assert_eq!(ConsistencyProof::prove(&nodes, old, new), Err(ReadFault::OutOfRange), "{old} of {new}");
    }
}

#[test]
fn a_reader_that_answers_too_little_is_noticed() {
    struct Forgetful;
    impl NodeReader for Forgetful {
        type Error = Infallible;
        fn read(&self, nodes: &[Node]) -> Result<Vec<Hash>, ReadFault<Infallible>> {
            Ok(vec![leaf(0); nodes.len() - 1])
        }
    }
    assert_eq!(InclusionProof::prove(&Forgetful, 5, 1), Err(ReadFault::WrongLength));
    assert_eq!(ConsistencyProof::prove(&Forgetful, 3, 5), Err(ReadFault::WrongLength));
}

#[test]
fn a_readers_own_error_comes_through() {
    struct Broken;
    impl NodeReader for Broken {
        type Error = &'static str;
        fn read(&self, _: &[Node]) -> Result<Vec<Hash>, ReadFault<&'static str>> {
            Err(ReadFault::Reader("the disk is gone"))
        }
    }
    assert_eq!(InclusionProof::prove(&Broken, 5, 1), Err(ReadFault::Reader("the disk is gone")));
}

/// The proof with each hash changed, each left out, and one too many.
fn damaged_proofs(hashes: &[Hash]) -> Vec<Vec<Hash>> {
    let mut damaged = vec![[hashes, &[leaf(0)]].concat(), [&[leaf(0)], hashes].concat()];
    for position in 0..hashes.len() {
        let mut changed = hashes.to_vec();
        changed[position] = leaf(99);
        damaged.push(changed);
        let mut shorter = hashes.to_vec();
        shorter.remove(position);
        damaged.push(shorter);
    }
    damaged
}
