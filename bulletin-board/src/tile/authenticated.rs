//! Reading the nodes of a tree out of tiles that nobody vouches for.
//!
//! `tlog_tiles` has a reader for this too, but version 0.2.0 leaves some full tiles unchecked: where several edge
//! hashes stand in one tile, it counts hashes for tiles.

use std::collections::BTreeMap;
use std::ops::Range;

use super::{FULL_WIDTH, Layer, Tile, decode_hashes};
use crate::hash::Hash;
use crate::tree::{MAX_SIZE, Node, NodeReader, ReadFault, Tree, TreeHead};

/// Levels of the tree in one level of tiles.
const HEIGHT: u8 = 8;

/// Where the tiles of a log are stored.
pub trait TileReader {
    /// Why tiles could not be read.
    type Error;

    /// The contents of the tiles, in their order. Only tiles of hashes of one size of the log are asked for.
    fn read(&self, tiles: &[Tile]) -> Result<Vec<Vec<u8>>, Self::Error>;
}

/// The nodes of a tree, read out of its tiles. Each tile is checked against the root before its hashes are used; tiles
/// that do not fit give [`ReadFault::Inconsistent`].
pub struct AuthenticatedTiles<'a, R> {
    tiles: &'a R,
    head: TreeHead,
}

impl<'a, R: TileReader> AuthenticatedTiles<'a, R> {
    /// The tiles of the tree with this head.
    pub fn new(tiles: &'a R, head: TreeHead) -> Self {
        Self { tiles, head }
    }

    fn load(&self, tiles: &[Tile]) -> Result<Contents, ReadFault<R::Error>> {
        let contents = self.tiles.read(tiles).map_err(ReadFault::Reader)?;
        if contents.len() != tiles.len() {
            return Err(ReadFault::WrongLength);
        }
        let decode = |(tile, content): (&Tile, Vec<u8>)| Some((*tile, decode_hashes(&content, tile.width()).ok()?));
        let hashes = tiles.iter().zip(contents).map(decode).collect::<Option<_>>().ok_or(ReadFault::WrongLength)?;
        Ok(Contents { size: self.head.size, hashes })
    }
}

impl<R: TileReader> NodeReader for AuthenticatedTiles<'_, R> {
    type Error = R::Error;

    /// Asks for all tiles at once.
    fn read(&self, nodes: &[Node]) -> Result<Vec<Hash>, ReadFault<R::Error>> {
        let size = self.head.size;
        if size > MAX_SIZE || !nodes.iter().all(|node| node.is_in_tree(size)) {
            return Err(ReadFault::OutOfRange);
        }
        let contents = self.load(&tiles_for(nodes, size))?;
        if contents.root() != Some(self.head.root) || !contents.all_full_tiles_fit() {
            return Err(ReadFault::Inconsistent);
        }
        nodes.iter().map(|node| contents.node(node).ok_or(ReadFault::OutOfRange)).collect()
    }
}

/// The tiles that hold the nodes, the full ones above them, and all partial ones, on which the root stands.
fn tiles_for(nodes: &[Node], size: u64) -> Vec<Tile> {
    let mut tiles: Vec<Tile> = partial_tiles(size).collect();
    for node in nodes {
        let mut next = place_of(node, size).map(|(tile, _)| tile);
        while let Some(tile) = next.filter(|tile| !tiles.contains(tile)) {
            tiles.push(tile);
            next = parent(&tile, size);
        }
    }
    tiles
}

/// The partial tiles of hashes, the topmost first.
fn partial_tiles(size: u64) -> impl Iterator<Item = Tile> {
    let levels = Layer::all().filter(|layer| *layer != Layer::Entries);
    let partial: Vec<Tile> = levels.filter_map(|layer| Tile::partial(layer, layer.length(size))).collect();
    partial.into_iter().rev()
}

/// The tile that a node is made of, and which of its hashes.
fn place_of(node: &Node, size: u64) -> Option<(Tile, Range<usize>)> {
    let (tile_level, height) = (node.level / HEIGHT, node.level % HEIGHT);
    let first = node.index << height;
    let tile = Tile::at(Layer::Hashes(tile_level), first >> HEIGHT, size)?;
    let start = offset_in_tile(first);
    Some((tile, start..start + (1 << height)))
}

/// The tile that holds the root of a full tile.
fn parent(tile: &Tile, size: u64) -> Option<Tile> {
    let Layer::Hashes(level) = tile.layer() else {
        return None;
    };
    Tile::at(Layer::Hashes(level + 1), tile.index() >> HEIGHT, size).filter(|_| tile.is_full())
}

fn offset_in_tile(index: u64) -> usize {
    (index % u64::from(FULL_WIDTH)) as usize
}

/// Tiles of a log of `size` entries, as they were read.
struct Contents {
    size: u64,
    hashes: BTreeMap<Tile, Vec<Hash>>,
}

impl Contents {
    /// The root of the tree: the partial tiles hold its right edge.
    fn root(&self) -> Option<Hash> {
        let mut edge = Vec::new();
        for tile in partial_tiles(self.size) {
            edge.extend_from_slice(subtree(self.hashes.get(&tile)?).edge());
        }
        Tree::restore(self.size, edge).ok().map(|tree| tree.root())
    }

    /// Whether the root of each full tile stands in the tile above.
    fn all_full_tiles_fit(&self) -> bool {
        self.hashes.iter().filter(|(tile, _)| tile.is_full()).all(|(tile, hashes)| {
            let above = parent(tile, self.size).and_then(|parent| self.hashes.get(&parent));
            let root_above = above.and_then(|hashes| hashes.get(offset_in_tile(tile.index())));
            root_above == Some(&subtree(hashes).root())
        })
    }

    fn node(&self, node: &Node) -> Option<Hash> {
        let (tile, range) = place_of(node, self.size)?;
        Some(subtree(self.hashes.get(&tile)?.get(range)?).root())
    }
}

fn subtree(hashes: &[Hash]) -> Tree {
    hashes.iter().copied().collect()
}
