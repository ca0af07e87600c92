//! The files of a log: tiles of hashes and bundles of entries. Implements specs/board.md#record.

mod authenticated;
mod bundle;
mod hashes;

use std::fmt;

pub use authenticated::{AuthenticatedTiles, TileReader};
pub use bundle::{BundleFault, EntryTooLarge, MAX_ENTRY_LENGTH, decode_bundle, encode_bundle};
pub use hashes::{TileFault, decode_hashes, encode_hashes};

use crate::hash::HASH_LENGTH;
use crate::text;

/// Hashes or entries of a full tile.
pub const FULL_WIDTH: u16 = 256;

/// Bits of a size or index that one level of tiles takes up.
const BITS_PER_LEVEL: u32 = 8;

/// Levels that a tree of less than 2^64 leaves can have.
const LEVELS: u8 = 8;

/// What a tile holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Layer {
    /// A bundle of entries.
    Entries,
    /// Hashes of level L: the roots of perfect subtrees of 256^L entries.
    Hashes(u8),
}

impl Layer {
    /// How many entries or hashes this layer has in a log of `size` entries.
    fn length(self, size: u64) -> u64 {
        match self {
            Self::Entries => size,
            Self::Hashes(level) => size.checked_shr(u32::from(level) * BITS_PER_LEVEL).unwrap_or(0),
        }
    }

    fn all() -> impl Iterator<Item = Self> {
        (0..LEVELS).map(Self::Hashes).chain([Self::Entries])
    }
}

/// The place of one file of the log. A full tile has 256 elements and never changes; a partial one, with fewer, is
/// replaced as the log grows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tile {
    layer: Layer,
    index: u64,
    width: u16,
}

impl Tile {
    /// The tiles of a log of `size` entries. There may be very many: `size` may come from a stranger.
    pub fn of_log(size: u64) -> impl Iterator<Item = Self> {
        Self::added(0, size)
    }

    /// The tiles that a log of `new` entries has and one of `old` ≤ `new` entries has not: what to write as it grows.
    pub fn added(old: u64, new: u64) -> impl Iterator<Item = Self> {
        Layer::all().flat_map(move |layer| {
            let (old, new) = (layer.length(old), layer.length(new));
            let first = old >> BITS_PER_LEVEL;
            let full = new >> BITS_PER_LEVEL;
            let full_tiles = (first..full).map(move |index| Self { layer, index, width: FULL_WIDTH });
            full_tiles.chain(Self::partial(layer, new).filter(|_| old < new))
        })
    }

    /// The partial tiles that a log of `old` entries has and one of `new` ≥ `old` entries has not: what may be removed.
    pub fn outgrown(old: u64, new: u64) -> impl Iterator<Item = Self> {
        Layer::all().filter_map(move |layer| {
            let (old, new) = (layer.length(old), layer.length(new));
            Self::partial(layer, old).filter(|_| old < new)
        })
    }

    /// Whether a log of `size` entries has this tile, with this width.
    pub fn is_in_log(&self, size: u64) -> bool {
        Self::at(self.layer, self.index, size) == Some(*self)
    }

    /// What the tile holds.
    pub fn layer(&self) -> Layer {
        self.layer
    }

    /// The position among the tiles of the layer: its first element is the 256 · `index`-th of the layer.
    pub fn index(&self) -> u64 {
        self.index
    }

    /// The number of its elements: 1–256.
    pub fn width(&self) -> u16 {
        self.width
    }

    /// The position in the layer after its last element.
    pub fn end(&self) -> u64 {
        self.index.saturating_mul(FULL_WIDTH.into()).saturating_add(self.width.into())
    }

    /// Whether it has 256 elements.
    pub fn is_full(&self) -> bool {
        self.width == FULL_WIDTH
    }

    /// The tile that it grows to be, and that supersedes it then; itself, if it is full.
    pub fn full(&self) -> Self {
        Self { width: FULL_WIDTH, ..*self }
    }

    /// The length of its file in bytes; `None` for bundles, whose length depends on the entries.
    pub fn content_length(&self) -> Option<usize> {
        match self.layer {
            Layer::Entries => None,
            Layer::Hashes(_) => Some(usize::from(self.width) * HASH_LENGTH),
        }
    }

    /// Its path in a record: `tile/0/x001/x234/067.p/12`.
    pub fn path(&self) -> String {
        self.to_string()
    }

    /// Reads a path of a record; `None` unless it is exactly the path of a tile.
    pub fn parse(path: &str) -> Option<Self> {
        let (layer, rest) = path.strip_prefix("tile/")?.split_once('/')?;
        let layer = match layer {
            "entries" => Layer::Entries,
            level => Layer::Hashes(text::parse_decimal(level)?.try_into().ok().filter(|level| *level < LEVELS)?),
        };
        let (groups, width) = match rest.split_once(".p/") {
            Some((groups, width)) => (groups, text::parse_decimal(width)?.try_into().ok()?),
            None => (rest, FULL_WIDTH),
        };
        let index = groups.split('/').try_fold(0_u64, |index, group| {
            let digits: u64 = group.trim_start_matches('x').parse().ok()?;
            index.checked_mul(1000)?.checked_add(digits)
        })?;
        let tile = Self { layer, index, width };
        // Writing it again rules out every other spelling: signs, missing zeros or x, a partial tile of width 256.
        ((1..=FULL_WIDTH).contains(&width) && tile.path() == path).then_some(tile)
    }

    /// The tile at this position in a log of `size` entries, if it has one.
    fn at(layer: Layer, index: u64, size: u64) -> Option<Self> {
        let length = layer.length(size);
        if index < length >> BITS_PER_LEVEL {
            return Some(Self { layer, index, width: FULL_WIDTH });
        }
        Self::partial(layer, length).filter(|tile| tile.index == index)
    }

    /// The partial tile of a layer with `length` elements, if it has one.
    fn partial(layer: Layer, length: u64) -> Option<Self> {
        let index = length >> BITS_PER_LEVEL;
        let width = u16::try_from(length - (index << BITS_PER_LEVEL)).ok()?;
        (width > 0).then_some(Self { layer, index, width })
    }
}

impl fmt::Display for Tile {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.layer {
            Layer::Entries => formatter.write_str("tile/entries/")?,
            Layer::Hashes(level) => write!(formatter, "tile/{level}/")?,
        }
        let mut groups = format!("{:03}", self.index % 1000);
        let mut rest = self.index / 1000;
        while rest > 0 {
            groups = format!("x{:03}/{groups}", rest % 1000);
            rest /= 1000;
        }
        formatter.write_str(&groups)?;
        if self.is_full() { Ok(()) } else { write!(formatter, ".p/{}", self.width) }
    }
}
