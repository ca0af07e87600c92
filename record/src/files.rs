//! The published files, as anybody reads them. Implements specs/board.md#record.

use std::fs;
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};

use tabella_board::checkpoint::{CheckpointFault, SignedCheckpoint};
use tabella_board::tile::{BundleFault, FULL_WIDTH, Layer, Tile, TileReader, decode_bundle};
use tabella_board::tree::TreeHead;

use crate::entries::EntryReader;

pub(crate) const CHECKPOINT: &str = "checkpoint";

/// A failure to write or read the record. Never the fault of who handed in a payload.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TileError {
    /// A published file does not have the bytes that it should have.
    #[error(
        "{0} is published with other bytes than the log has. Published files never change: find out whether the \
         directory belongs to another log or the disk is damaged, and keep both versions as evidence"
    )]
    Conflict(PathBuf),

    /// A file of the record is not there.
    #[error("{0} is missing from the record")]
    Missing(PathBuf),

    /// The directory holds something that is no part of a record and that this program did not write.
    #[error("{0} is no part of the record; move it elsewhere")]
    Surplus(PathBuf),

    /// The published checkpoint is none.
    #[error("the published checkpoint cannot be read")]
    Checkpoint(#[source] CheckpointFault),

    /// A bundle does not hold the number of entries that it should.
    #[error("the bundle {path} is damaged")]
    Bundle {
        /// The bundle.
        path: PathBuf,
        /// What is wrong with it.
        source: BundleFault,
    },

    /// Another process, or another [`RecordDirectory`](crate::directory::RecordDirectory), has the directory.
    #[error("{0} is in use by another running board: stop that one first, or give this one a directory of its own")]
    InUse(PathBuf),

    /// The file system failed.
    #[error("cannot access {path}")]
    Io {
        /// The file or directory at fault.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

/// The published files of one log. Whoever reads them needs no lock: a checkpoint is there after the files that it calls for.
///
/// Nothing is verified: [`Ledger`](crate::ledger::Ledger) judges the entries, and its head is to be compared with a
/// checkpoint that the log's key has signed.
#[derive(Debug, Clone)]
pub struct Record {
    root: PathBuf,
}

impl Record {
    /// The record in this directory, to be read while somebody else may write it.
    ///
    /// Fails with [`TileError::Missing`] if there is no such directory.
    pub fn open(root: impl Into<PathBuf>) -> Result<Self, TileError> {
        let root = root.into();
        if root.is_dir() { Ok(Self { root }) } else { Err(TileError::Missing(root)) }
    }

    /// The same, of a directory that is made if it is not there.
    pub fn make(root: impl Into<PathBuf>) -> Result<Self, TileError> {
        let root = root.into();
        fs::create_dir_all(&root).map_err(at(&root))?;
        Self::open(root)
    }

    /// The directory.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The bytes of the published checkpoint, if there is one.
    pub fn checkpoint(&self) -> Result<Option<Vec<u8>>, TileError> {
        read(&self.root.join(CHECKPOINT))
    }

    /// The published checkpoint, if there is one. Who signed it is not verified.
    pub fn signed_checkpoint(&self) -> Result<Option<SignedCheckpoint>, TileError> {
        let checkpoint = self.checkpoint()?;
        checkpoint.map(|bytes| SignedCheckpoint::parse(&bytes)).transpose().map_err(TileError::Checkpoint)
    }

    /// The head that the published checkpoint claims; that of the empty log before there is one.
    pub fn head(&self) -> Result<TreeHead, TileError> {
        let checkpoint = self.signed_checkpoint()?;
        Ok(checkpoint.map_or_else(TreeHead::empty, |checkpoint| checkpoint.unverified().head))
    }

    /// The bytes of a tile of a published size, from the full tile if that superseded it: then there may be more of them than
    /// the tile calls for.
    pub fn tile(&self, tile: &Tile) -> Result<Vec<u8>, TileError> {
        let path = self.root.join(tile.path());
        if let Some(bytes) = read(&path)? {
            return Ok(bytes);
        }
        match read(&self.root.join(tile.full().path()))? {
            Some(bytes) => Ok(bytes),
            None => Err(TileError::Missing(path)),
        }
    }

    /// The bytes that a tile of a published size had when it was published, whether or not a full one has superseded it since.
    pub fn exact_tile(&self, tile: &Tile) -> Result<Vec<u8>, TileError> {
        let mut bytes = self.tile(tile)?;
        let length = match tile.content_length() {
            Some(length) => length,
            None => self.decode(tile, &bytes)?.iter().take(tile.width().into()).map(|entry| 2 + entry.len()).sum(),
        };
        bytes.truncate(length);
        Ok(bytes)
    }

    /// The entries of a bundle that was read, or of the one that superseded it: there may be more of them than the bundle has.
    fn decode<'a>(&self, bundle: &Tile, bytes: &'a [u8]) -> Result<Vec<&'a [u8]>, TileError> {
        decode_bundle(bytes, bundle.width())
            .or_else(|_| decode_bundle(bytes, FULL_WIDTH))
            .map_err(|source| TileError::Bundle { path: self.root.join(bundle.path()), source })
    }

    /// Whether every tile is there that a log of `new` entries has, and one of `old` entries has not.
    pub fn has_grown(&self, old: u64, new: u64) -> Result<bool, TileError> {
        for tile in Tile::added(old, new) {
            let is_there = |tile: &Tile| {
                let path = self.root.join(tile.path());
                path.try_exists().map_err(at(&path))
            };
            if !is_there(&tile)? && !is_there(&tile.full())? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The entries of a log of `size` entries, whether or not the published checkpoint calls for its files.
    pub fn under(&self, size: u64) -> Under<'_> {
        Under { record: self, size }
    }

    /// Those of the entries with these indexes that a log of `size` entries has.
    pub(crate) fn entries_within(&self, size: u64, indexes: Range<u64>) -> Result<Vec<Vec<u8>>, TileError> {
        let indexes = indexes.start..indexes.end.min(size);
        let mut found = Vec::new();
        for bundle in bundles(size, &indexes) {
            let bytes = self.tile(&bundle)?;
            let first = bundle.index() * u64::from(FULL_WIDTH);
            let wanted = (first..).zip(self.decode(&bundle, &bytes)?).filter(|(index, _)| indexes.contains(index));
            found.extend(wanted.map(|(_, entry)| entry.to_vec()));
        }
        Ok(found)
    }
}

/// The bundles of a log of `size` entries that hold the entries with these indexes.
fn bundles(size: u64, indexes: &Range<u64>) -> impl Iterator<Item = Tile> + use<> {
    // A stranger's checkpoint may claim any size: only the bundles that are wanted are counted out.
    let end = indexes.end.checked_next_multiple_of(FULL_WIDTH.into()).unwrap_or(size).min(size);
    // The first bundle that changed since the log ended before an entry is the one that holds it.
    let changed = (indexes.start < indexes.end).then(|| Tile::added(indexes.start, end));
    changed.into_iter().flatten().filter(|tile| tile.layer() == Layer::Entries)
}

/// The files of a record as those of a log of a certain size.
#[derive(Debug, Clone, Copy)]
pub struct Under<'a> {
    record: &'a Record,
    size: u64,
}

impl EntryReader for Under<'_> {
    type Error = TileError;

    fn entry(&self, index: u64) -> Result<Option<Vec<u8>>, TileError> {
        Ok(self.entries_from(index, 1)?.pop())
    }

    fn entries_from(&self, index: u64, limit: usize) -> Result<Vec<Vec<u8>>, TileError> {
        let end = index.saturating_add(u64::try_from(limit).unwrap_or(u64::MAX));
        self.record.entries_within(self.size, index..end)
    }
}

/// The entries under the published checkpoint.
impl EntryReader for Record {
    type Error = TileError;

    fn entry(&self, index: u64) -> Result<Option<Vec<u8>>, TileError> {
        self.under(self.head()?.size).entry(index)
    }

    fn entries_from(&self, index: u64, limit: usize) -> Result<Vec<Vec<u8>>, TileError> {
        self.under(self.head()?.size).entries_from(index, limit)
    }
}

impl TileReader for Record {
    type Error = TileError;

    fn read(&self, tiles: &[Tile]) -> Result<Vec<Vec<u8>>, TileError> {
        tiles.iter().map(|tile| self.exact_tile(tile)).collect()
    }
}

pub(crate) fn read(path: &Path) -> Result<Option<Vec<u8>>, TileError> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(at(path)(error)),
    }
}

pub(crate) fn at(path: &Path) -> impl FnOnce(io::Error) -> TileError {
    let path = path.to_owned();
    move |source| TileError::Io { path, source }
}
