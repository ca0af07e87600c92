//! The contents of tiles of hashes, written from the nodes of the tree and read as such.

use thiserror::Error;

use super::{FULL_WIDTH, Layer, Tile};
use crate::hash::{HASH_LENGTH, Hash};
use crate::tree::{Node, NodeReader, ReadFault, read_nodes};

/// A tile does not have the length that its width calls for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the tile does not hold the number of hashes that its place calls for")]
pub struct TileFault;

impl TileFault {
    /// The code of specs/checks.md.
    pub fn code(&self) -> &'static str {
        "file_malformed"
    }
}

/// The contents of a tile of hashes. Implements specs/board.md#record.
///
/// A bundle is not made of hashes: [`ReadFault::OutOfRange`].
pub fn encode_hashes<R: NodeReader>(tile: &Tile, nodes: &R) -> Result<Vec<u8>, ReadFault<R::Error>> {
    let wanted = nodes_of(tile).ok_or(ReadFault::OutOfRange)?;
    let hashes = read_nodes(nodes, &wanted)?;
    Ok(hashes.iter().flat_map(|hash| *hash.as_bytes()).collect())
}

/// The hashes of a tile of `width` hashes.
pub fn decode_hashes(content: &[u8], width: u16) -> Result<Vec<Hash>, TileFault> {
    let (hashes, rest) = content.as_chunks::<HASH_LENGTH>();
    if !rest.is_empty() || hashes.len() != usize::from(width) {
        return Err(TileFault);
    }
    Ok(hashes.iter().copied().map(Hash::from).collect())
}

/// The nodes that stand in a tile of hashes, in their order.
fn nodes_of(tile: &Tile) -> Option<Vec<Node>> {
    let Layer::Hashes(tile_level) = tile.layer() else {
        return None;
    };
    let level = tile_level.checked_mul(8)?;
    let first = tile.index().checked_mul(FULL_WIDTH.into())?;
    Some((0..u64::from(tile.width())).map(|offset| Node { level, index: first + offset }).collect())
}
