//! A record in one tar file.

use super::{Listing, Source, SourceError};
use std::collections::BTreeMap;
use std::io::{self, Read, Seek, SeekFrom};
use std::sync::{Mutex, PoisonError};
use tar::{Archive, EntryType, PaxExtensions};

/// Extension headers (long names, times) are read into memory whole; no honest one is longer.
const LONGEST_EXTENSION: u64 = 65_536;

/// The files of a tar, read where they stand. Names may begin with `./`, and all may stand under one folder.
#[derive(Debug)]
pub struct Tar<R> {
    place: String,
    archive: Mutex<R>,
    /// Where the bytes of each file begin.
    positions: BTreeMap<String, u64>,
    listing: Listing,
}

impl<R: Read + Seek> Tar<R> {
    /// Lists the files of the tar; `place` names it in errors.
    pub fn open(place: &str, mut archive: R) -> Result<Self, SourceError> {
        let failed = |error| SourceError::Io { place: place.to_owned(), error };
        bound_extensions(&mut archive).map_err(failed)?;
        let members = members(&mut archive, place)?;
        let folder = common_folder(&members);
        let mut listing = Listing::default();
        let mut positions = BTreeMap::new();
        for member in members {
            let name = member.name.strip_prefix(&folder).unwrap_or(&member.name).to_owned();
            listing.has_room(&name)?;
            if member.regular && !positions.contains_key(&name) {
                positions.insert(name.clone(), member.position);
                listing.files.insert(name, member.length);
            } else {
                listing.irregular.push(name);
            }
        }
        if !listing.files.contains_key("checkpoint") {
            return Err(SourceError::NoCheckpoint(place.to_owned()));
        }
        Ok(Self { place: place.to_owned(), archive: Mutex::new(archive), positions, listing })
    }

    fn read_at(&self, position: u64, length: u64) -> io::Result<Vec<u8>> {
        let mut archive = self.archive.lock().unwrap_or_else(PoisonError::into_inner);
        archive.seek(SeekFrom::Start(position))?;
        let mut bytes = Vec::new();
        archive.by_ref().take(length).read_to_end(&mut bytes)?;
        Ok(bytes)
    }
}

/// The tar crate reads extension headers into memory before we see them, so that their sizes are looked at first. An
/// extension that gives a file another size than its header would hide from us where the next header stands.
fn bound_extensions<R: Read + Seek>(archive: &mut R) -> io::Result<()> {
    archive.rewind()?;
    for entry in Archive::new(archive).entries_with_seek()?.raw(true) {
        let mut entry = entry?;
        let kind = entry.header().entry_type();
        let is_pax = kind.is_pax_global_extensions() || kind.is_pax_local_extensions();
        let extension = kind.is_gnu_longname() || kind.is_gnu_longlink() || is_pax;
        if extension && entry.size() > LONGEST_EXTENSION {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "an extension header is too long"));
        }
        if is_pax && gives_size(&mut entry)? {
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                "an extension header gives the size of a file; pack the record with plain headers",
            ));
        }
    }
    Ok(())
}

/// Whether the records of a pax header, bounded before, hold a size.
fn gives_size(header: &mut impl Read) -> io::Result<bool> {
    let mut records = Vec::new();
    header.take(LONGEST_EXTENSION).read_to_end(&mut records)?;
    let gives_size =
        |record: io::Result<tar::PaxExtension<'_>>| record.is_ok_and(|record| record.key_bytes() == b"size");
    Ok(PaxExtensions::new(&records).any(gives_size))
}

struct Member {
    name: String,
    regular: bool,
    position: u64,
    length: u64,
}

fn members<R: Read + Seek>(archive: &mut R, place: &str) -> Result<Vec<Member>, SourceError> {
    let failed = |error| SourceError::Io { place: place.to_owned(), error };
    archive.rewind().map_err(failed)?;
    let mut members = Vec::new();
    for entry in Archive::new(archive).entries_with_seek().map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let kind = entry.header().entry_type();
        if kind.is_dir() || kind.is_pax_global_extensions() {
            continue;
        }
        let raw_name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        let name = raw_name.strip_prefix("./").unwrap_or(&raw_name).to_owned();
        if name.len() > super::LONGEST_NAME || members.len() >= super::MOST_FILES {
            return Err(SourceError::TooManyFiles);
        }
        let regular = matches!(kind, EntryType::Regular);
        members.push(Member { name, regular, position: entry.raw_file_position(), length: entry.size() });
    }
    Ok(members)
}

/// The one folder under which every member stands, with its slash; empty if there is none.
fn common_folder(members: &[Member]) -> String {
    let Some(folder) =
        members.first().and_then(|first| first.name.split_once('/')).map(|(folder, _)| format!("{folder}/"))
    else {
        return String::new();
    };
    if members.iter().all(|member| member.name.starts_with(&folder)) { folder } else { String::new() }
}

impl<R: Read + Seek + Send> Source for Tar<R> {
    fn listing(&self) -> &Listing {
        &self.listing
    }

    fn read(&self, name: &str) -> Result<Vec<u8>, SourceError> {
        let (Some(position), Some(length)) = (self.positions.get(name), self.listing.files.get(name)) else {
            return Err(SourceError::Changed(name.to_owned()));
        };
        let place = format!("{} in {}", name, self.place);
        let bytes =
            self.read_at(*position, *length).map_err(|error| SourceError::Io { place: place.clone(), error })?;
        if bytes.len() as u64 == *length { Ok(bytes) } else { Err(SourceError::Changed(place)) }
    }
}
