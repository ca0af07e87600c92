//! RFC 6962 hashing and proofs, by `tlog_tiles`.

use std::cell::RefCell;
use std::convert::Infallible;

use tlog_tiles::tlog::{self, HashReader};

use crate::hash::Hash;
use crate::tree::{MAX_SIZE, Node, NodeReader, ReadFault, TreeHead, read_nodes};

/// The most hashes that a proof in a tree of up to 2^64 leaves can have.
const MAX_PROOF_LENGTH: usize = 64;

/// The root of the tree without leaves: SHA-256 of nothing.
pub(crate) fn empty_root() -> Hash {
    ours(tlog::EMPTY_HASH)
}

pub(crate) fn leaf_hash(entry: &[u8]) -> Hash {
    ours(tlog::record_hash(entry))
}

pub(crate) fn node_hash(left: Hash, right: Hash) -> Hash {
    ours(tlog::node_hash(foreign(left), foreign(right)))
}

/// The audit path of RFC 6962 §2.1.1; asks the reader once.
pub(crate) fn prove_inclusion<R: NodeReader>(
    nodes: &R,
    size: u64,
    index: u64,
) -> Result<Vec<Hash>, ReadFault<R::Error>> {
    if size > MAX_SIZE || index >= size {
        return Err(ReadFault::OutOfRange);
    }
    Adapter::run(nodes, |adapter| tlog::prove_record(size, index, adapter))
}

/// The nodes that [`prove_inclusion`] asks for; none of a leaf that it refuses.
pub(crate) fn inclusion_nodes(size: u64, index: u64) -> Vec<Node> {
    let asked = Asked(RefCell::new(Vec::new()));
    // Which nodes are read does not depend on what they are.
    drop(prove_inclusion(&asked, size, index));
    asked.0.into_inner()
}

/// Takes down what is asked for.
struct Asked(RefCell<Vec<Node>>);

impl NodeReader for Asked {
    type Error = Infallible;

    fn read(&self, nodes: &[Node]) -> Result<Vec<Hash>, ReadFault<Infallible>> {
        self.0.borrow_mut().extend_from_slice(nodes);
        Ok(vec![empty_root(); nodes.len()])
    }
}

/// The proof of RFC 6962 §2.1.2 for 1 ≤ `old` ≤ `new`; asks the reader once.
pub(crate) fn prove_consistency<R: NodeReader>(
    nodes: &R,
    old: u64,
    new: u64,
) -> Result<Vec<Hash>, ReadFault<R::Error>> {
    if new > MAX_SIZE || !(1..=new).contains(&old) {
        return Err(ReadFault::OutOfRange);
    }
    Adapter::run(nodes, |adapter| tlog::prove_tree(new, old, adapter))
}

pub(crate) fn inclusion_holds(proof: &[Hash], head: TreeHead, index: u64, leaf: Hash) -> bool {
    proof.len() <= MAX_PROOF_LENGTH
        && tlog::check_record(&foreign_all(proof), head.size, foreign(head.root), index, foreign(leaf)).is_ok()
}

pub(crate) fn consistency_holds(proof: &[Hash], old: TreeHead, new: TreeHead) -> bool {
    proof.len() <= MAX_PROOF_LENGTH
        && tlog::check_tree(&foreign_all(proof), new.size, foreign(new.root), old.size, foreign(old.root)).is_ok()
}

/// Lets `tlog_tiles` read our nodes. Its error type cannot carry ours, so the fault is kept aside.
struct Adapter<'a, R: NodeReader> {
    nodes: &'a R,
    fault: RefCell<Option<ReadFault<R::Error>>>,
}

impl<'a, R: NodeReader> Adapter<'a, R> {
    fn run(
        nodes: &'a R,
        prove: impl FnOnce(&Self) -> Result<Vec<tlog::Hash>, tlog::Error>,
    ) -> Result<Vec<Hash>, ReadFault<R::Error>> {
        let adapter = Self { nodes, fault: RefCell::new(None) };
        match prove(&adapter) {
            Ok(proof) => Ok(proof.into_iter().map(ours).collect()),
            // Input in range leaves no other fault than the reader's.
            Err(_) => Err(adapter.fault.into_inner().unwrap_or(ReadFault::OutOfRange)),
        }
    }
}

impl<R: NodeReader> HashReader for Adapter<'_, R> {
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<tlog::Hash>, tlog::Error> {
        let nodes: Vec<Node> = indexes.iter().copied().map(node_at).collect();
        match read_nodes(self.nodes, &nodes) {
            Ok(hashes) => Ok(foreign_all(&hashes)),
            Err(fault) => {
                self.fault.replace(Some(fault));
                Err(tlog::Error::IndexesNotInTree)
            }
        }
    }
}

/// The node that has this index in the linear order of `tlog_tiles`.
fn node_at(stored_hash_index: u64) -> Node {
    let (level, index) = tlog::split_stored_hash_index(stored_hash_index);
    Node { level, index }
}

fn ours(hash: tlog::Hash) -> Hash {
    Hash::from(hash.0)
}

fn foreign(hash: Hash) -> tlog::Hash {
    tlog::Hash(*hash.as_bytes())
}

fn foreign_all(hashes: &[Hash]) -> Vec<tlog::Hash> {
    hashes.iter().copied().map(foreign).collect()
}
