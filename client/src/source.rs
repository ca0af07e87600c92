//! Where a record is read from. Nothing that comes from there is believed.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};

use tabella_board::key::LogVerifier;
use tabella_board::tile::{Tile, TileReader};

use crate::private_file::{self, FileFault};

/// The longest note: a checkpoint with a hundred signature lines, or a key.
pub const LONGEST_NOTE: u64 = 100_000;

/// The longest bundle: 256 entries, each with two bytes of length.
pub const LONGEST_BUNDLE: u64 = 256 * (2 + 65_535);

/// The most that is unpacked of a tar.
const LARGEST_RECORD: u64 = 1 << 38;

/// A place cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SourceFault {
    /// The network or the server failed; nothing is known about the record.
    #[error("{0}")]
    Unreachable(String),
    /// A file that must be there is not.
    #[error(
        "{place} has no {file}. Is the address right? If it is, try again later, and tell the operator if it stays so"
    )]
    Missing {
        /// The place.
        place: String,
        /// The file's name in the record.
        file: String,
    },
    /// A file is not as long as it may be.
    #[error("{file} of {place} has another length than it can have")]
    Length {
        /// The place.
        place: String,
        /// The file's name in the record.
        file: String,
    },
    /// The file `log.vkey` holds no key.
    #[error("{0} gives no key of a log; is this the address of an election?")]
    LogKey(String),
    /// A tar holds what no record holds.
    #[error("{} is no record: {reason}", path.display())]
    NoRecord {
        /// The tar or folder.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// The file system failed.
    #[error(transparent)]
    File(#[from] FileFault),
}

/// A place that holds the files of a record.
pub trait RecordSource {
    /// The place, for people.
    fn place(&self) -> String;

    /// A file of the record by its name, if it is there. Fails if it has more than `limit` bytes.
    fn file(&self, name: &str, limit: u64) -> Result<Option<Vec<u8>>, SourceFault>;

    /// A file that must be there.
    fn required(&self, name: &str, limit: u64) -> Result<Vec<u8>, SourceFault> {
        let missing = || SourceFault::Missing { place: self.place(), file: name.to_owned() };
        self.file(name, limit)?.ok_or_else(missing)
    }

    /// The key of the log, as the place gives it. Whether it is the right one, the fingerprint says.
    fn log_key(&self) -> Result<LogVerifier, SourceFault> {
        let bytes = self.required("log.vkey", LONGEST_NOTE)?;
        LogVerifier::from_file(&bytes).map_err(|_| SourceFault::LogKey(self.place()))
    }

    /// The bytes of a tile, or of the full tile that superseded it.
    fn tile(&self, tile: &Tile) -> Result<Vec<u8>, SourceFault> {
        let limit = tile.content_length().map_or(LONGEST_BUNDLE, |_| LONGEST_NOTE);
        let path = tile.path();
        if let Some(bytes) = self.file(&path, limit)? {
            return Ok(bytes);
        }
        // `tile/0/001.p/7` is superseded by `tile/0/001`.
        match path.split_once(".p/") {
            Some((full, _)) => self.required(full, limit),
            None => Err(SourceFault::Missing { place: self.place(), file: path }),
        }
    }
}

/// The tiles of hashes of a source, for proofs.
pub(crate) struct Tiles<'a, S: ?Sized>(pub(crate) &'a S);

impl<S: RecordSource + ?Sized> TileReader for Tiles<'_, S> {
    type Error = SourceFault;

    fn read(&self, tiles: &[Tile]) -> Result<Vec<Vec<u8>>, SourceFault> {
        let read = |tile: &Tile| {
            let mut bytes = self.0.tile(tile)?;
            bytes.truncate(tile.content_length().unwrap_or(bytes.len()));
            Ok(bytes)
        };
        tiles.iter().map(read).collect()
    }
}

/// A record in a folder, such as one that was carried here.
#[derive(Debug)]
pub struct Folder(PathBuf);

impl Folder {
    /// The record that lies in this folder.
    pub fn new(folder: &Path) -> Self {
        Self(folder.to_owned())
    }

    /// Unpacks a tar of a record into `into`, which must be empty: nothing but the files of a record, and no link.
    pub fn unpack(tar: &Path, into: &Path) -> Result<Self, SourceFault> {
        let no_record = |reason: String| SourceFault::NoRecord { path: tar.to_owned(), reason };
        let file = File::open(tar).map_err(FileFault::at("open", tar))?;
        let mut archive = tar::Archive::new(file.take(LARGEST_RECORD));
        let entries = archive.entries().map_err(|error| no_record(error.to_string()))?;
        let mut above = None;
        for entry in entries {
            let mut entry = entry.map_err(|error| no_record(error.to_string()))?;
            if entry.header().entry_type().is_dir() {
                continue;
            }
            let path = entry.path().map_err(|error| no_record(error.to_string()))?.into_owned();
            let name = record_name(&path).filter(|_| entry.header().entry_type().is_file());
            // All stand under one folder, or all under none.
            let name = name.filter(|name| *above.get_or_insert_with(|| name.above.clone()) == name.above);
            let name = name.ok_or_else(|| no_record(format!("it holds {}", path.display())))?.name;
            let limit = if name.starts_with("tile/entries/") { LONGEST_BUNDLE } else { LONGEST_NOTE };
            if entry.size() > limit {
                return Err(no_record(format!("{name} is too long")));
            }
            let path = into.join(&name);
            if let Some(folder) = path.parent() {
                private_file::create_folder(folder)?;
            }
            let mut unpacked = match File::create_new(&path) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                    return Err(no_record(format!("it holds {name} twice")));
                }
                created => created.map_err(FileFault::at("unpack", &path))?,
            };
            let written = io::copy(&mut entry, &mut unpacked).map_err(FileFault::at("unpack", &path))?;
            if written != entry.size() {
                return Err(no_record("it is cut off".to_owned()));
            }
        }
        Ok(Self(into.to_owned()))
    }
}

/// Where a file of a record stands within a tar.
#[derive(Debug, PartialEq, Eq)]
struct RecordName {
    /// The folder above all files, if there is one.
    above: Option<String>,
    /// The name within the record.
    name: String,
}

/// Reads a name within a tar: it may begin with `./`, and stand under one folder. `None` for all that are not a record's.
fn record_name(path: &Path) -> Option<RecordName> {
    let parts = path.components().filter(|part| *part != Component::CurDir).map(|part| match part {
        Component::Normal(name) => name.to_str(),
        _ => None,
    });
    let parts: Vec<&str> = parts.collect::<Option<_>>()?;
    let named = |above: Option<&str>, parts: &[&str]| {
        let name = parts.join("/");
        let is_named = name == "checkpoint" || name == "log.vkey" || Tile::parse(&name).is_some();
        is_named.then(|| RecordName { above: above.map(str::to_owned), name })
    };
    let (above, below) = parts.split_first()?;
    named(None, &parts).or_else(|| named(Some(above), below))
}

impl RecordSource for Folder {
    fn place(&self) -> String {
        self.0.display().to_string()
    }

    fn file(&self, name: &str, limit: u64) -> Result<Option<Vec<u8>>, SourceFault> {
        let path = self.0.join(name);
        match fs::metadata(&path) {
            // What is no file may have no end, and one may hold more than it says.
            Ok(metadata) if metadata.is_file() && metadata.len() <= limit => {
                Ok(private_file::read(&path, limit)?.map(|bytes| bytes.to_vec()))
            }
            Ok(_) => Err(SourceFault::Length { place: self.place(), file: name.to_owned() }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(FileFault::at("read", &path)(error).into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_of_a_record_are_unpacked() {
        let name = |path: &str| record_name(Path::new(path)).map(|found| found.name);
        assert_eq!(name("./checkpoint").as_deref(), Some("checkpoint"));
        assert_eq!(
            record_name(Path::new("record/checkpoint")).and_then(|found| found.above).as_deref(),
            Some("record")
        );
        assert_eq!(name("record/tile/0/000").as_deref(), Some("tile/0/000"));
        assert_eq!(name("tile/entries/000.p/7").as_deref(), Some("tile/entries/000.p/7"));
        for other in ["../checkpoint", "/checkpoint", "a/b/checkpoint", "tile/0/0", "x", "a/../checkpoint", ""] {
            assert_eq!(name(other), None, "{other}");
        }
    }
}
