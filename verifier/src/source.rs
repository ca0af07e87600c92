//! Where the files of a record are read from. Implements specs/board.md#record.

mod directory;
mod tar;

pub use directory::Directory;
pub use tar::Tar;

use std::collections::BTreeMap;
use std::io;

/// No record names a longer path, or holds more files: 20 million entries have 250 thousand.
const LONGEST_NAME: usize = 1_000;
const MOST_FILES: usize = 4_000_000;

/// The record cannot be read at all: the place's fault, not the author's.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    #[error("cannot read {place}: {error}")]
    Io { place: String, error: io::Error },
    #[error("{0} holds no record: there is no file named checkpoint")]
    NoCheckpoint(String),
    #[error("too many or too long file names")]
    TooManyFiles,
    #[error("{0} changed while it was read")]
    Changed(String),
}

/// The regular files of a place, by name relative to the record's folder, and what else lies there.
#[derive(Debug, Default)]
pub struct Listing {
    /// Length in bytes of each regular file.
    pub files: BTreeMap<String, u64>,
    /// Names of links, devices and repeated files: none belongs to a record.
    pub irregular: Vec<String>,
}

impl Listing {
    fn has_room(&self, name: &str) -> Result<(), SourceError> {
        if name.len() > LONGEST_NAME || self.files.len() + self.irregular.len() >= MOST_FILES {
            return Err(SourceError::TooManyFiles);
        }
        Ok(())
    }
}

/// A place that holds the files of one record.
pub trait Source: Sync {
    /// What lies there.
    fn listing(&self) -> &Listing;

    /// All bytes of a file of the listing. Callers look at its length first.
    fn read(&self, name: &str) -> Result<Vec<u8>, SourceError>;
}

/// A record in memory, by file name.
#[derive(Debug, Default)]
pub struct Memory {
    contents: BTreeMap<String, Vec<u8>>,
    listing: Listing,
}

impl Memory {
    /// Takes the files as they are.
    pub fn new(contents: BTreeMap<String, Vec<u8>>) -> Self {
        let files = contents.iter().map(|(name, bytes)| (name.clone(), bytes.len() as u64)).collect();
        Self { contents, listing: Listing { files, irregular: Vec::new() } }
    }

    /// Adds a file, or puts it in the place of the one of this name.
    pub fn add(&mut self, name: String, bytes: Vec<u8>) {
        self.listing.files.insert(name.clone(), bytes.len() as u64);
        self.contents.insert(name, bytes);
    }

    /// Forgets a file.
    pub fn remove(&mut self, name: &str) {
        self.listing.files.remove(name);
        self.contents.remove(name);
    }
}

impl Source for Memory {
    fn listing(&self) -> &Listing {
        &self.listing
    }

    fn read(&self, name: &str) -> Result<Vec<u8>, SourceError> {
        self.contents.get(name).cloned().ok_or_else(|| SourceError::Changed(name.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_has_only_so_many_files_and_such_long_names() {
        let of = |irregular: usize, length: usize| {
            let files = BTreeMap::from([("checkpoint".to_owned(), 1)]);
            let listing = Listing { files, irregular: vec![String::new(); irregular] };
            listing.has_room(&"n".repeat(length)).is_ok()
        };
        assert!(of(0, LONGEST_NAME));
        assert!(!of(0, LONGEST_NAME + 1));
        assert!(of(MOST_FILES - 2, 1));
        assert!(!of(MOST_FILES - 1, 1));
    }

    #[test]
    fn what_is_added_in_memory_is_there_until_it_is_removed() {
        let mut memory = Memory::new(BTreeMap::new());
        memory.add("checkpoint".to_owned(), vec![1, 2]);
        assert_eq!(memory.listing().files.get("checkpoint"), Some(&2));
        assert_eq!(memory.read("checkpoint").ok(), Some(vec![1, 2]));
        memory.remove("checkpoint");
        assert!(memory.listing().files.is_empty());
        assert!(memory.read("checkpoint").is_err());
    }
}
