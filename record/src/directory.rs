//! The record on disk, as its one writer makes it: what any web server may serve, and what the archive is made of.
//!
//! Implements specs/board.md#record. A file appears whole or not at all, and once it is there it never changes, but for
//! `checkpoint`, which is replaced last: whoever reads a checkpoint finds every file that it calls for.

use std::collections::BTreeSet;
use std::fs::{self, File, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tabella_board::key::LogVerifier;
use tabella_board::tile::Tile;

use crate::files::{CHECKPOINT, Record, TileError, at, read};

const LOG_KEY: &str = "log.vkey";
const TILES: &str = "tile";

/// Where files are written before they get their names. Not part of a record: [`RecordDirectory::finish`] removes it.
const INCOMING: &str = ".incoming";

/// The directory that holds the record of one log, for the one who writes it: a sequencer, or a mirror.
///
/// While the value lives nobody else can open the directory with this type. What is locked is the directory itself, so that no
/// file of a lock stands in the record or is left behind by a killed process.
#[derive(Debug)]
pub struct RecordDirectory {
    record: Record,
    /// Held, not read: the lock ends with it.
    _lock: File,
}

impl RecordDirectory {
    /// Opens the directory, makes it if needed, and removes files that a killed process did not finish.
    ///
    /// Fails with [`TileError::InUse`] while it is open elsewhere.
    pub fn open(root: impl Into<PathBuf>) -> Result<Self, TileError> {
        let record = Record::make(root)?;
        let lock = lock_directory(record.root())?;
        let directory = Self { record, _lock: lock };
        directory.remove_tree(&directory.root().join(INCOMING))?;
        Ok(directory)
    }

    /// The published files, to be read.
    pub fn record(&self) -> &Record {
        &self.record
    }

    fn root(&self) -> &Path {
        self.record.root()
    }

    /// Writes `log.vkey`.
    pub fn write_log_key(&self, verifier: &LogVerifier) -> Result<(), TileError> {
        self.write_once(Path::new(LOG_KEY), verifier.to_file().as_bytes())?;
        sync_directory(self.root())
    }

    /// Writes the tiles that are not there yet, and returns when they are durable.
    ///
    /// Fails with [`TileError::Conflict`] at the first tile that is there with other bytes than `content` gives.
    pub fn write_tiles<E: From<TileError>>(
        &self,
        tiles: impl IntoIterator<Item = Tile>,
        content: impl Fn(&Tile) -> Result<Vec<u8>, E>,
    ) -> Result<(), E> {
        let mut touched = BTreeSet::new();
        for tile in tiles {
            let path = PathBuf::from(tile.path());
            if self.write_once(&path, &content(&tile)?)? {
                touched.extend(path.ancestors().skip(1).map(|ancestor| self.root().join(ancestor)));
            }
        }
        touched.iter().try_for_each(|directory| sync_directory(directory))?;
        Ok(())
    }

    /// Replaces `checkpoint`, and returns when the new one is durable. Every tile that it calls for must be there.
    pub fn publish(&self, checkpoint: &[u8]) -> Result<(), TileError> {
        self.write(Path::new(CHECKPOINT), checkpoint)?;
        sync_directory(self.root())
    }

    /// How many entries the bundles that are there hold, by their names; a killed process may have written more of them than any
    /// published checkpoint calls for.
    pub fn written(&self) -> Result<u64, TileError> {
        let bundles = Path::new(TILES).join("entries");
        let files = if self.root().join(&bundles).is_dir() { self.files(&bundles)? } else { Vec::new() };
        let ends = files.iter().filter_map(|path| Tile::parse(path.to_str()?)).map(|tile| tile.end());
        Ok(ends.max().unwrap_or(0))
    }

    /// Removes the partial tiles that a full one supersedes: readers of older checkpoints find the full one.
    pub fn remove_superseded(&self, full: &Tile) -> Result<(), TileError> {
        self.remove_tree(&self.root().join(format!("{}.p", full.path())))
    }

    /// The same, but for those that a log of `size` entries has.
    pub fn remove_superseded_after(&self, full: &Tile, size: u64) -> Result<(), TileError> {
        let folder = PathBuf::from(format!("{}.p", full.path()));
        if !self.root().join(&folder).is_dir() {
            return Ok(());
        }
        for path in self.files(&folder)? {
            if !path.to_str().and_then(Tile::parse).is_some_and(|tile| tile.is_in_log(size)) {
                self.remove_file(&path)?;
            }
        }
        Ok(())
    }

    /// Makes the directory exactly the record of a log of `size` entries, for the archive: removes the partial tiles of
    /// smaller sizes, and makes sure that nothing is missing and nothing else is there.
    pub fn finish(&self, size: u64) -> Result<(), TileError> {
        self.remove_tree(&self.root().join(INCOMING))?;
        for path in self.files(Path::new(""))? {
            match path.to_str().map(|name| (name, Tile::parse(name))) {
                Some((CHECKPOINT | LOG_KEY, _)) => {}
                Some((_, Some(tile))) if tile.is_in_log(size) => {}
                Some((_, Some(tile))) if !tile.is_full() => self.remove_file(&path)?,
                _ => return Err(TileError::Surplus(self.root().join(path))),
            }
        }
        let tiles = Tile::of_log(size).map(|tile| PathBuf::from(tile.path()));
        for path in tiles.chain([CHECKPOINT.into(), LOG_KEY.into()]) {
            let path = self.root().join(path);
            if !path.is_file() {
                return Err(TileError::Missing(path));
            }
        }
        Ok(())
    }

    /// Writes a file unless it is there with the same bytes; says whether it wrote.
    fn write_once(&self, path: &Path, bytes: &[u8]) -> Result<bool, TileError> {
        let published = self.root().join(path);
        match read(&published)? {
            Some(found) if found == bytes => Ok(false),
            Some(_) => Err(TileError::Conflict(published)),
            None => self.write(path, bytes).map(|()| true),
        }
    }

    /// Writes a file under another name and gives it its own when its bytes are durable. Tiles may be written while the checkpoint is:
    /// no tile is called so.
    fn write(&self, path: &Path, bytes: &[u8]) -> Result<(), TileError> {
        let name = path.file_name().unwrap_or_default();
        let (incoming, published) = (self.root().join(INCOMING).join(name), self.root().join(path));
        for parent in [&incoming, &published].into_iter().filter_map(|file| file.parent()) {
            fs::create_dir_all(parent).map_err(at(parent))?;
        }
        let mut file = File::create(&incoming).map_err(at(&incoming))?;
        file.write_all(bytes).and_then(|()| file.sync_all()).map_err(at(&incoming))?;
        fs::rename(&incoming, &published).map_err(at(&published))
    }

    /// The files below `directory`, named from the root.
    fn files(&self, directory: &Path) -> Result<Vec<PathBuf>, TileError> {
        let here = self.root().join(directory);
        let mut files = Vec::new();
        for found in fs::read_dir(&here).map_err(at(&here))? {
            let found = found.map_err(at(&here))?;
            let path = directory.join(found.file_name());
            if found.file_type().map_err(at(&here))?.is_dir() {
                files.extend(self.files(&path)?);
            } else {
                files.push(path);
            }
        }
        Ok(files)
    }

    /// Removes a file, and the directories that it leaves empty.
    fn remove_file(&self, path: &Path) -> Result<(), TileError> {
        let file = self.root().join(path);
        fs::remove_file(&file).map_err(at(&file))?;
        for parent in path.ancestors().skip(1).take_while(|parent| parent.starts_with(TILES)) {
            // Fails on the first that is not empty, which is meant.
            if fs::remove_dir(self.root().join(parent)).is_err() {
                break;
            }
        }
        Ok(())
    }

    fn remove_tree(&self, directory: &Path) -> Result<(), TileError> {
        match fs::remove_dir_all(directory) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(at(directory)(error)),
            _ => Ok(()),
        }
    }
}

fn lock_directory(directory: &Path) -> Result<File, TileError> {
    let opened = File::open(directory).map_err(at(directory))?;
    match opened.try_lock() {
        Ok(()) => Ok(opened),
        Err(TryLockError::WouldBlock) => Err(TileError::InUse(directory.to_owned())),
        Err(TryLockError::Error(error)) => Err(at(directory)(error)),
    }
}

/// Makes the names in a directory durable.
fn sync_directory(directory: &Path) -> Result<(), TileError> {
    File::open(directory).and_then(|opened| opened.sync_all()).map_err(at(directory))
}
