//! The tiles of a log that nobody vouches for but its root: each is held against the root before anything is made of it.

use crate::proof::{Beginning, Tiles};
use crate::record::{self, Series, TILE_WIDTH, Tile};
use crate::tree::{Hash, leaf_hash, node_hash, root_of};
use std::cell::RefCell;
use std::collections::BTreeMap;

/// Where tiles come from.
pub trait Place {
    /// Why a tile cannot be had.
    type Error;

    /// The bytes of a tile or bundle, of a possible length. `again`: what was given the first time is wrong; it is to be
    /// asked for once more where it first came from.
    fn tile(&self, tile: &Tile, again: bool) -> Result<Vec<u8>, Self::Error>;
}

/// Why there are no authentic tiles.
#[derive(Debug)]
pub enum Fault<E> {
    Place(E),
    /// These files, twice asked for, are not those of the root: name and bytes as given last.
    Wrong(Vec<(String, Vec<u8>)>),
}

impl<E> From<E> for Fault<E> {
    fn from(error: E) -> Self {
        Self::Place(error)
    }
}

/// The tiles of the log with this size and root.
pub struct Authentic<'a, P: Place> {
    place: &'a P,
    size: u64,
    /// The hashes of the last tile of each level, where that is partial.
    edge: BTreeMap<u32, Vec<Hash>>,
    /// The tile of each level that was read last.
    last: RefCell<BTreeMap<u32, (u64, Vec<Hash>)>>,
    proved: RefCell<BTreeMap<String, Vec<u8>>>,
}

impl<'a, P: Place> Authentic<'a, P> {
    /// Reads the partial tiles, out of which the root follows. `size` is not 0.
    pub fn open(place: &'a P, size: u64, root: &Hash) -> Result<Self, Fault<P::Error>> {
        let mut wrong = Vec::new();
        for again in [false, true] {
            let mut edge = BTreeMap::new();
            wrong.clear();
            for (level, tile) in edge_of(size) {
                let bytes = place.tile(&tile, again)?;
                edge.insert(level, hashes(&bytes));
                wrong.push((tile.name(), bytes));
            }
            if root_of_edge(&edge) == Some(*root) {
                let proved = RefCell::new(wrong.into_iter().collect());
                return Ok(Self { place, size, edge, last: RefCell::default(), proved });
            }
        }
        Err(Fault::Wrong(wrong))
    }

    /// The hashes of a tile of this log.
    pub fn hashes(&self, tile: &Tile) -> Result<Vec<Hash>, Fault<P::Error>> {
        let Series::Level(level) = tile.series else {
            return Ok(Vec::new());
        };
        if tile.width < TILE_WIDTH {
            return Ok(self.edge.get(&level).cloned().unwrap_or_default());
        }
        if let Some((_, hashes)) = self.last.borrow().get(&level).filter(|(number, _)| *number == tile.number) {
            return Ok(hashes.clone());
        }
        // A full tile has a place in the level above.
        let above = record::tile(self.size, Series::Level(level + 1), tile.number / TILE_WIDTH);
        let above = above.map_or(Ok(Vec::new()), |above| self.hashes(&above))?;
        let root = above.get(place_in_tile(tile.number)).copied();
        let bytes = self.read(tile, |bytes| Some(root_of(&hashes(bytes))) == root)?;
        let hashes = hashes(&bytes);
        self.last.borrow_mut().insert(level, (tile.number, hashes.clone()));
        Ok(hashes)
    }

    /// The entries of a bundle of this log.
    pub fn entries(&self, bundle: &Tile) -> Result<Vec<Vec<u8>>, Fault<P::Error>> {
        let leaves = self.hashes(&Tile { series: Series::Level(0), ..*bundle })?;
        let split = |bytes: &[u8]| record::split_bundle(bytes, bundle.width);
        let is_right = |entries: Vec<Vec<u8>>| entries.iter().map(|entry| leaf_hash(entry)).eq(leaves.iter().copied());
        let bytes = self.read(bundle, |bytes| split(bytes).is_some_and(is_right))?;
        Ok(split(&bytes).unwrap_or_default())
    }

    /// The first `smaller` entries, 0 < `smaller` < the size.
    pub fn beginning(&self, smaller: u64) -> Result<Beginning, Fault<P::Error>> {
        let read = |tile: &Tile| self.hashes(tile).map(Some);
        let tiles = Tiles::new(self.size, &read);
        tiles.beginning(smaller)?.ok_or_else(|| Fault::Wrong(Vec::new()))
    }

    /// The sibling hashes of an entry, from the leaf upwards.
    pub fn inclusion(&self, index: u64) -> Result<Vec<Hash>, Fault<P::Error>> {
        let read = |tile: &Tile| self.hashes(tile).map(Some);
        Ok(Tiles::new(self.size, &read).inclusion(index)?.unwrap_or_default())
    }

    /// The files that were found right since this was last asked, by name.
    pub fn take_proved(&self) -> BTreeMap<String, Vec<u8>> {
        self.proved.take()
    }

    fn read(&self, tile: &Tile, is_right: impl Fn(&[u8]) -> bool) -> Result<Vec<u8>, Fault<P::Error>> {
        let mut bytes = self.place.tile(tile, false)?;
        if !is_right(&bytes) {
            bytes = self.place.tile(tile, true)?;
        }
        if !is_right(&bytes) {
            return Err(Fault::Wrong(vec![(tile.name(), bytes)]));
        }
        self.proved.borrow_mut().insert(tile.name(), bytes.clone());
        Ok(bytes)
    }
}

fn hashes(bytes: &[u8]) -> Vec<Hash> {
    bytes.as_chunks().0.to_vec()
}

/// The partial tiles of a log, by level.
fn edge_of(size: u64) -> impl Iterator<Item = (u32, Tile)> {
    let last = move |series| record::tile(size, series, record::count(size, series).saturating_sub(1));
    record::all_series(size).filter_map(move |series| match (series, last(series)) {
        (Series::Level(level), Some(tile)) if tile.width < TILE_WIDTH => Some((level, tile)),
        _ => None,
    })
}

/// The root that follows from the hashes of the partial tiles, by level: each is that of as many full subtrees, those of
/// higher levels to the left.
fn root_of_edge(edge: &BTreeMap<u32, Vec<Hash>>) -> Option<Hash> {
    let mut below: Option<Hash> = None;
    for hashes in edge.values() {
        // The full subtrees of a row of n nodes are as large as the bits of n, the largest first.
        let mut rest = hashes.as_slice();
        let mut subtrees = Vec::new();
        while !rest.is_empty() {
            let (first, others) = rest.split_at(1 << rest.len().ilog2());
            subtrees.push(root_of(first));
            rest = others;
        }
        below = subtrees
            .into_iter()
            .rev()
            .fold(below, |right, left| Some(right.map_or(left, |right| node_hash(&left, &right))));
    }
    below
}

/// The place of a node in its tile.
fn place_in_tile(number: u64) -> usize {
    usize::try_from(number % TILE_WIDTH).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proof::root_with;
    use std::cell::Cell;

    /// A log of entries that are their own numbers; one file is wrong so many times.
    struct Log {
        entries: Vec<Vec<u8>>,
        wrong: &'static str,
        times: Cell<u32>,
    }

    impl Log {
        fn new(size: u64) -> Self {
            let entries = (0..size).map(|number| number.to_be_bytes().to_vec()).collect();
            Self { entries, wrong: "", times: Cell::new(0) }
        }

        fn leaves(&self) -> Vec<Hash> {
            self.entries.iter().map(|entry| leaf_hash(entry)).collect()
        }

        fn all(&self) -> Result<(), Fault<String>> {
            let tiles = Authentic::open(self, self.entries.len() as u64, &root_of(&self.leaves()))?;
            for tile in record::tiles(self.entries.len() as u64) {
                match tile.series {
                    Series::Entries => drop(tiles.entries(&tile)?),
                    Series::Level(_) => drop(tiles.hashes(&tile)?),
                }
            }
            let proved: Vec<String> = tiles.take_proved().into_keys().collect();
            let mut names: Vec<String> = record::tiles(self.entries.len() as u64).map(|tile| tile.name()).collect();
            names.sort();
            assert_eq!(proved, names);
            Ok(())
        }
    }

    impl Place for Log {
        type Error = String;

        fn tile(&self, tile: &Tile, _: bool) -> Result<Vec<u8>, String> {
            let items: Vec<Vec<u8>> = match tile.series {
                Series::Entries => self.entries.iter().map(|entry| [&[0, 8], &entry[..]].concat()).collect(),
                Series::Level(0) => self.leaves().iter().map(|leaf| leaf.to_vec()).collect(),
                Series::Level(_) => self.leaves().chunks_exact(256).map(|tile| root_of(tile).to_vec()).collect(),
            };
            let mut bytes = items.chunks(256).nth(tile.number as usize).unwrap().concat();
            if tile.name() == self.wrong && self.times.get() > 0 {
                self.times.set(self.times.get() - 1);
                *bytes.last_mut().unwrap() ^= 1;
            }
            Ok(bytes)
        }
    }

    #[test]
    fn all_tiles_follow_from_the_root() {
        for size in [1, 2, 255, 256, 257, 511, 512, 700] {
            let log = Log::new(size);
            log.all().unwrap();
            let leaves = log.leaves();
            let tiles = Authentic::open(&log, size, &root_of(&leaves)).unwrap();
            for smaller in [1, 44, 256, 500].into_iter().filter(|smaller| *smaller < size) {
                assert_eq!(tiles.beginning(smaller).unwrap().root, root_of(&leaves[..smaller as usize]));
            }
            for index in [0, size / 2, size - 1] {
                let path = tiles.inclusion(index).unwrap();
                assert_eq!(root_with(index, size, leaves[index as usize], &path), Some(root_of(&leaves)));
            }
        }
    }

    #[test]
    fn a_wrong_file_is_asked_for_once_more() {
        for name in ["tile/0/000", "tile/0/002.p/188", "tile/1/000.p/2", "tile/entries/001", "tile/entries/002.p/188"] {
            let log = |times| Log { wrong: name, times: Cell::new(times), ..Log::new(700) };
            log(1).all().unwrap();
            let Err(Fault::Wrong(files)) = log(2).all() else { panic!("{name}") };
            assert!(files.iter().any(|(file, _)| file == name), "{name}");
        }
    }
}
