//! A record that lies in a directory.

use super::{Listing, Source, SourceError};
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// A record's own folders are at most seven deep; what lies deeper is listed by the name of its folder.
const DEEPEST: usize = 10;

/// The files below a directory, links not followed.
#[derive(Debug)]
pub struct Directory {
    root: PathBuf,
    listing: Listing,
}

impl Directory {
    /// Lists everything below `root`, where a record must lie.
    pub fn open(root: &Path) -> Result<Self, SourceError> {
        let found = Self::open_any(root)?;
        if !found.listing.files.contains_key("checkpoint") {
            return Err(SourceError::NoCheckpoint(root.display().to_string()));
        }
        Ok(found)
    }

    /// Lists everything below `root`, where there may be no record yet.
    pub fn open_any(root: &Path) -> Result<Self, SourceError> {
        let mut listing = Listing::default();
        list(root, "", 0, &mut listing)?;
        Ok(Self { root: root.to_owned(), listing })
    }

    /// A file was written since the folder was listed.
    pub fn add(&mut self, name: &str, length: u64) {
        self.listing.files.insert(name.to_owned(), length);
    }

    /// A file was removed since the folder was listed.
    pub fn remove(&mut self, name: &str) {
        self.listing.files.remove(name);
    }
}

fn list(folder: &Path, prefix: &str, depth: usize, listing: &mut Listing) -> Result<(), SourceError> {
    for item in fs::read_dir(folder).map_err(|error| failed(folder, error))? {
        let item = item.map_err(|error| failed(folder, error))?;
        let name = format!("{prefix}{}", item.file_name().to_string_lossy());
        listing.has_room(&name)?;
        let metadata = fs::symlink_metadata(item.path()).map_err(|error| failed(&item.path(), error))?;
        if metadata.is_dir() && depth < DEEPEST {
            list(&item.path(), &format!("{name}/"), depth + 1, listing)?;
        } else if metadata.is_file() && item.file_name().to_str().is_some() {
            listing.files.insert(name, metadata.len());
        } else {
            listing.irregular.push(name);
        }
    }
    Ok(())
}

fn failed(place: &Path, error: io::Error) -> SourceError {
    SourceError::Io { place: place.display().to_string(), error }
}

impl Source for Directory {
    fn listing(&self) -> &Listing {
        &self.listing
    }

    fn read(&self, name: &str) -> Result<Vec<u8>, SourceError> {
        let path = self.root.join(name);
        let length = self.listing.files.get(name).copied().unwrap_or(0);
        let mut bytes = Vec::new();
        // One byte more than expected is enough to see that the file has grown.
        let file = fs::File::open(&path).map_err(|error| failed(&path, error))?;
        file.take(length.saturating_add(1)).read_to_end(&mut bytes).map_err(|error| failed(&path, error))?;
        if bytes.len() as u64 == length { Ok(bytes) } else { Err(SourceError::Changed(path.display().to_string())) }
    }
}
