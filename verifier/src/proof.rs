//! Proofs out of tiles: that an entry is in a tree, and with which tree a longer log begins (RFC 9162 §2.1.3 and §2.1.4).

use crate::record::{self, Series, TILE_WIDTH, Tile};
use crate::source::{Source, SourceError};
use crate::tree::{Hash, Tree, node_hash, root_of, roots_of_proof};

/// The size of the left subtree: the largest power of two below `size`, which is above 1.
fn split(size: u64) -> u64 {
    1 << (size - 1).ilog2()
}

/// The root of the tree of `size` leaves whose leaf `index` is `leaf`, by the sibling hashes from the leaf upwards.
pub fn root_with(index: u64, size: u64, leaf: Hash, siblings: &[Hash]) -> Option<Hash> {
    if index >= size {
        return None;
    }
    let Some((last, rest)) = siblings.split_last() else {
        return (size == 1).then_some(leaf);
    };
    if size == 1 {
        return None;
    }
    let left = split(size);
    if index < left {
        root_with(index, left, leaf, rest).map(|hash| node_hash(&hash, last))
    } else {
        root_with(index - left, size - left, leaf, rest).map(|hash| node_hash(last, &hash))
    }
}

/// Gives the hashes of a tile; none if it is not to be had.
pub type Read<'a, E> = dyn Fn(&Tile) -> Result<Option<Vec<Hash>>, E> + 'a;

/// The tiles of one log, from wherever they are read.
pub struct Tiles<'a, E> {
    size: u64,
    read: &'a Read<'a, E>,
}

impl<'a, E> Tiles<'a, E> {
    /// The tiles of a log of `size` entries.
    pub fn new(size: u64, read: &'a Read<'a, E>) -> Self {
        Self { size, read }
    }

    /// The root over the first `size` entries; none if a tile is missing.
    pub fn root(&self, size: u64) -> Result<Option<Hash>, E> {
        self.range(0, size)
    }

    /// The sibling hashes of the entry `index` in the tree over all, from the leaf upwards; none if a tile is missing.
    pub fn inclusion(&self, index: u64) -> Result<Option<Vec<Hash>>, E> {
        let mut ranges = Vec::new();
        let (mut first, mut end) = (0, self.size);
        while end.saturating_sub(first) > 1 {
            let middle = first + split(end - first);
            if index < middle {
                ranges.push((middle, end));
                end = middle;
            } else {
                ranges.push((first, middle));
                first = middle;
            }
        }
        self.all(ranges.into_iter().rev())
    }

    /// The hashes of specs/evidence.md#proofs for the first `smaller` entries and all; none if a tile is missing.
    pub fn consistency(&self, smaller: u64) -> Result<Option<Vec<Hash>>, E> {
        let mut ranges = Vec::new();
        let (mut first, mut end) = (0, self.size);
        while smaller < end {
            let middle = first + split(end - first);
            if smaller <= middle {
                ranges.push((middle, end));
                end = middle;
            } else {
                ranges.push((first, middle));
                first = middle;
            }
        }
        ranges.push((first, end));
        self.all(ranges.into_iter().rev())
    }

    fn all(&self, ranges: impl Iterator<Item = (u64, u64)>) -> Result<Option<Vec<Hash>>, E> {
        ranges.map(|(first, end)| self.range(first, end)).collect()
    }

    /// The root over the entries from `first` to before `end`, where a subtree of as many begins.
    fn range(&self, first: u64, end: u64) -> Result<Option<Hash>, E> {
        let mut subtrees = Vec::new();
        let mut next = first;
        while next < end {
            let level = (end - next).ilog2();
            let Some(hash) = self.node(level, next >> level)? else {
                return Ok(None);
            };
            subtrees.push(hash);
            next += 1 << level;
        }
        let mut subtrees = subtrees.into_iter().rev();
        let last = subtrees.next().unwrap_or_else(|| Tree::default().root());
        Ok(Some(subtrees.fold(last, |right, left| node_hash(&left, &right))))
    }

    /// The root of the full subtree of 2^level leaves with this number.
    fn node(&self, level: u32, number: u64) -> Result<Option<Hash>, E> {
        let width = 1_u64 << (level % 8);
        let Some(first) = number.checked_mul(width) else {
            return Ok(None);
        };
        let Some(tile) = record::tile(self.size, Series::Level(level / 8), first / TILE_WIDTH) else {
            return Ok(None);
        };
        let hashes = (self.read)(&tile)?;
        // Both are at most 256.
        let place = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
        let range = place(first % TILE_WIDTH)..place(first % TILE_WIDTH + width);
        Ok(hashes.and_then(|hashes| hashes.get(range).map(root_of)))
    }
}

/// What a log begins with, as its tiles show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Beginning {
    /// The root over the first entries.
    pub root: Hash,
    /// The root over all, to which the proof leads.
    pub whole: Hash,
    /// The hashes that prove it (specs/evidence.md#proofs).
    pub proof: Vec<Hash>,
}

impl<E> Tiles<'_, E> {
    /// The first `smaller` entries, 0 < `smaller` < the size; none if a tile is missing, or leads nowhere.
    pub fn beginning(&self, smaller: u64) -> Result<Option<Beginning>, E> {
        let proof = self.consistency(smaller)?.unwrap_or_default();
        let roots = roots_of_proof(smaller, self.size, &proof);
        Ok(roots.map(|(root, whole)| Beginning { root, whole, proof }))
    }
}

/// The first `smaller` of the first `size` of the `all` entries of a record, 0 < `smaller` < `size` ≤ `all`; none if files are
/// missing.
pub fn beginning(source: &dyn Source, all: u64, size: u64, smaller: u64) -> Result<Option<Beginning>, SourceError> {
    // The record's tiles may be wider than those of the smaller log.
    let read = |tile: &Tile| {
        let wider = record::tile(all, tile.series, tile.number);
        let hashes = wider.map_or(Ok(None), |wider| record::hashes(source, &wider))?;
        Ok(hashes.map(|hashes| hashes.into_iter().zip(0..tile.width).map(|(hash, _)| hash).collect()))
    };
    Tiles::new(size, &read).beginning(smaller)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Memory;
    use crate::tree::leaf_hash;
    use std::convert::Infallible;

    fn leaves(size: u64) -> Vec<Hash> {
        (0..size).map(|number| leaf_hash(&number.to_be_bytes())).collect()
    }

    /// The hashes of a tile of the log with these leaves.
    fn tile(leaves: &[Hash], tile: &Tile) -> Vec<Hash> {
        let Series::Level(level) = tile.series else { unreachable!() };
        let level: Vec<Hash> = match level {
            0 => leaves.to_vec(),
            1 => leaves.chunks_exact(256).map(root_of).collect(),
            _ => unreachable!(),
        };
        level.chunks(256).nth(tile.number as usize).unwrap().to_vec()
    }

    #[test]
    fn proofs_lead_to_the_roots() {
        let all = leaves(700);
        for size in [1, 2, 3, 5, 8, 31, 32, 33, 255, 256, 257, 511, 512, 513, 700] {
            let leaves = &all[..size];
            let read = |wanted: &Tile| Ok::<_, Infallible>(Some(tile(leaves, wanted)));
            let tiles = Tiles::new(size as u64, &read);
            assert_eq!(tiles.root(size as u64).unwrap(), Some(root_of(leaves)));
            for index in [0, 1, size / 2, size - 1] {
                let proof = tiles.inclusion(index as u64).unwrap().unwrap();
                let found = |leaf| root_with(index as u64, size as u64, leaf, &proof);
                if index < size {
                    assert_eq!(found(leaves[index]), Some(root_of(leaves)), "{index} of {size}");
                    assert_ne!(found([0; 32]), Some(root_of(leaves)));
                }
            }
            for smaller in 1..size as u64 {
                let proof = tiles.consistency(smaller).unwrap().unwrap();
                let roots = (root_of(&leaves[..smaller as usize]), root_of(leaves));
                assert_eq!(roots_of_proof(smaller, size as u64, &proof), Some(roots), "{smaller} of {size}");
                assert_eq!(tiles.root(smaller).unwrap(), Some(roots.0));
            }
        }
    }

    #[test]
    fn a_record_shows_the_beginning_of_any_beginning_of_it() {
        let all = leaves(300);
        let files = record::tiles(300).filter(|tile| tile.series != Series::Entries);
        let files = files.map(|wanted| (wanted.name(), tile(&all, &wanted).concat())).collect();
        let record = Memory::new(files);
        for (size, smaller) in [(300, 299), (280, 100), (256, 255), (257, 256), (2, 1)] {
            let found = beginning(&record, 300, size, smaller).unwrap().unwrap();
            assert_eq!((found.root, found.whole), (root_of(&all[..smaller as usize]), root_of(&all[..size as usize])));
        }
        assert!(beginning(&Memory::default(), 300, 280, 100).unwrap().is_none());
    }

    #[test]
    fn proofs_of_nothing_prove_nothing() {
        assert_eq!(root_with(1, 1, [0; 32], &[]), None);
        assert_eq!(root_with(0, 1, [0; 32], &[[0; 32]]), None);
        assert_eq!(root_with(0, 2, [0; 32], &[]), None);
        assert_eq!(root_with(0, 0, [0; 32], &[]), None);
    }

    #[test]
    fn missing_tiles_are_no_proof() {
        let none = |_: &Tile| Ok::<_, Infallible>(None);
        let tiles = Tiles::new(5, &none);
        assert_eq!(tiles.root(3), Ok(None));
        assert_eq!((tiles.inclusion(2), tiles.consistency(3)), (Ok(None), Ok(None)));
    }
}
