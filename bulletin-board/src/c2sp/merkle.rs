//! RFC 6962 hashing and proofs, by `tlog_tiles`.

use std::cell::RefCell;

use tlog_tiles::tile::{Tile as ForeignTile, TileHashReader, TileReader as ForeignTileReader};
use tlog_tiles::tlog::{self, HashReader};

use crate::hash::Hash;
use crate::tile::{Tile, TileReader};
use crate::tree::{MAX_SIZE, Node, NodeReader, ReadFault, TreeHead, read_nodes};

/// log2 of the hashes in a full tile.
const TILE_HEIGHT: u8 = 8;

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
    reader: &R,
    size: u64,
    index: u64,
) -> Result<Vec<Hash>, ReadFault<R::Error>> {
    if size > MAX_SIZE || index >= size {
        return Err(ReadFault::OutOfRange);
    }
    NodesAdapter::run(reader, |nodes| tlog::prove_record(size, index, nodes))
}

/// The proof of RFC 6962 §2.1.2 for 1 ≤ `old` ≤ `new`; asks the reader once.
pub(crate) fn prove_consistency<R: NodeReader>(
    reader: &R,
    old: u64,
    new: u64,
) -> Result<Vec<Hash>, ReadFault<R::Error>> {
    if new > MAX_SIZE || !(1..=new).contains(&old) {
        return Err(ReadFault::OutOfRange);
    }
    NodesAdapter::run(reader, |nodes| tlog::prove_tree(new, old, nodes))
}

pub(crate) fn inclusion_holds(proof: &[Hash], head: TreeHead, index: u64, leaf: Hash) -> bool {
    proof.len() <= MAX_PROOF_LENGTH
        && tlog::check_record(
            &foreign_proof(proof),
            head.size,
            foreign(head.root),
            index,
            foreign(leaf),
        )
        .is_ok()
}

pub(crate) fn consistency_holds(proof: &[Hash], old: TreeHead, new: TreeHead) -> bool {
    proof.len() <= MAX_PROOF_LENGTH
        && tlog::check_tree(
            &foreign_proof(proof),
            new.size,
            foreign(new.root),
            old.size,
            foreign(old.root),
        )
        .is_ok()
}

/// Reads nodes out of tiles, each of which is checked against the root first.
pub(crate) fn read_authenticated<R: TileReader>(
    tiles: &R,
    head: TreeHead,
    nodes: &[Node],
) -> Result<Vec<Hash>, ReadFault<R::Error>> {
    if nodes.is_empty() {
        return Ok(Vec::new());
    }
    if head.size > MAX_SIZE || !nodes.iter().all(|node| node.is_in_tree(head.size)) {
        return Err(ReadFault::OutOfRange);
    }
    let indexes: Vec<u64> = nodes
        .iter()
        .map(|node| tlog::stored_hash_index(node.level, node.index))
        .collect();
    let adapter = TilesAdapter {
        tiles,
        fault: RefCell::new(None),
    };
    let result = TileHashReader::new(head.size, foreign(head.root), &adapter).read_hashes(&indexes);
    settle(result, adapter.fault)
}

/// Lets `tlog_tiles` read our nodes. Its error type cannot carry ours, so the first fault is kept aside.
struct NodesAdapter<'a, R: NodeReader> {
    nodes: &'a R,
    fault: RefCell<Option<ReadFault<R::Error>>>,
}

impl<'a, R: NodeReader> NodesAdapter<'a, R> {
    fn run(
        nodes: &'a R,
        prove: impl FnOnce(&Self) -> Result<Vec<tlog::Hash>, tlog::Error>,
    ) -> Result<Vec<Hash>, ReadFault<R::Error>> {
        let adapter = Self {
            nodes,
            fault: RefCell::new(None),
        };
        let result = prove(&adapter);
        settle(result, adapter.fault)
    }
}

impl<R: NodeReader> HashReader for NodesAdapter<'_, R> {
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<tlog::Hash>, tlog::Error> {
        let nodes: Vec<Node> = indexes
            .iter()
            .map(|&index| {
                let (level, index) = tlog::split_stored_hash_index(index);
                Node { level, index }
            })
            .collect();
        match read_nodes(self.nodes, &nodes) {
            Ok(hashes) => Ok(foreign_proof(&hashes)),
            Err(fault) => Err(set_aside(&self.fault, fault)),
        }
    }
}

/// Lets `tlog_tiles` read our tiles.
struct TilesAdapter<'a, R: TileReader> {
    tiles: &'a R,
    fault: RefCell<Option<ReadFault<R::Error>>>,
}

impl<R: TileReader> ForeignTileReader for TilesAdapter<'_, R> {
    fn height(&self) -> u8 {
        TILE_HEIGHT
    }

    fn read_tiles(&self, tiles: &[ForeignTile]) -> Result<Vec<Vec<u8>>, tlog::Error> {
        let wanted: Vec<Tile> = tiles
            .iter()
            .map(|tile| Tile::of_hashes(tile.level(), tile.level_index(), tile.width()))
            .collect();
        let contents = self
            .tiles
            .read(&wanted)
            .map_err(|error| set_aside(&self.fault, ReadFault::Reader(error)))?;
        let lengths_fit = contents.len() == wanted.len()
            && wanted
                .iter()
                .zip(&contents)
                .all(|(tile, content)| Some(content.len()) == tile.content_length());
        if lengths_fit {
            Ok(contents)
        } else {
            Err(set_aside(&self.fault, ReadFault::WrongLength))
        }
    }

    fn save_tiles(&self, _: &[ForeignTile], _: &[Vec<u8>]) {}
}

fn set_aside<E>(place: &RefCell<Option<ReadFault<E>>>, fault: ReadFault<E>) -> tlog::Error {
    place.replace(Some(fault));
    tlog::Error::InvalidInput(String::new())
}

/// Our own fault if there is one; else the only one left to `tlog_tiles` for input in range: tiles that do not fit the root.
fn settle<E>(
    result: Result<Vec<tlog::Hash>, tlog::Error>,
    fault: RefCell<Option<ReadFault<E>>>,
) -> Result<Vec<Hash>, ReadFault<E>> {
    match result {
        Ok(hashes) => Ok(hashes.into_iter().map(ours).collect()),
        Err(_) => Err(fault.into_inner().unwrap_or(ReadFault::Inconsistent)),
    }
}

fn ours(hash: tlog::Hash) -> Hash {
    Hash::from(hash.0)
}

fn foreign(hash: Hash) -> tlog::Hash {
    tlog::Hash(*hash.as_bytes())
}

fn foreign_proof(hashes: &[Hash]) -> Vec<tlog::Hash> {
    hashes.iter().copied().map(foreign).collect()
}
