//! Files of the record as the page fetched them. Nothing that comes from there is believed.

use std::collections::BTreeMap;

use data_encoding::BASE64;
use serde::Deserialize;
use tabella_board::entry::Entry;
use tabella_board::hash::Hash;
use tabella_board::tile::{AuthenticatedTiles, Layer, Tile, TileReader};
use tabella_board::tree::{Node, NodeReader, ReadFault, TreeHead};

use crate::fault::Fault;

/// The files that were given, by their names in the record.
#[derive(Debug, Default)]
pub struct Files(BTreeMap<String, Vec<u8>>);

impl Files {
    /// Takes a file, in place of the one of that name.
    pub fn give(&mut self, path: String, bytes: Vec<u8>) {
        self.0.insert(path, bytes);
    }

    /// A file; if it was not given, the fault that asks for it.
    pub fn file(&self, path: &str) -> Result<&[u8], Fault> {
        self.0.get(path).map(Vec::as_slice).ok_or_else(|| Fault::Need(vec![path.to_owned()]))
    }

    /// Asks at once for all of these files that were not given.
    pub fn require(&self, paths: &[&str]) -> Result<(), Fault> {
        let missing: Vec<String> =
            paths.iter().filter(|path| !self.0.contains_key(**path)).map(|path| (*path).to_owned()).collect();
        if missing.is_empty() { Ok(()) } else { Err(Fault::Need(missing)) }
    }

    /// A file that the server may not have yet: then it was given empty.
    pub fn optional(&self, path: &str) -> Result<Option<&[u8]>, Fault> {
        Ok(Some(self.file(path)?).filter(|bytes| !bytes.is_empty()))
    }

    /// The entries of these indexes, as they stand in the tree of this head.
    pub fn entries(&self, indexes: &[u64], head: TreeHead) -> Result<Vec<Entry>, Fault> {
        let other = || Fault::new("entry_other", "the server gave another entry than the one that was asked for");
        if indexes.iter().any(|index| *index >= head.size) {
            return Err(other());
        }
        let paths: Vec<String> = indexes.iter().map(|index| format!("entries/{index}")).collect();
        self.require(&paths.iter().map(String::as_str).collect::<Vec<_>>())?;
        let given = paths.iter().map(|path| entry_of(self.file(path)?)).collect::<Result<Vec<_>, _>>()?;
        let leaves: Vec<Node> = indexes.iter().map(|index| Node { level: 0, index: *index }).collect();
        let leaves = AuthenticatedTiles::new(self, head).read(&leaves).map_err(unread)?;
        if !leaves.iter().eq(&given.iter().map(|entry| Hash::of_entry(entry)).collect::<Vec<_>>()) {
            return Err(other());
        }
        given.iter().map(|bytes| Entry::parse(bytes).map_err(|fault| Fault::new(fault.code(), fault))).collect()
    }

    /// One entry.
    pub fn entry(&self, index: u64, head: TreeHead) -> Result<Entry, Fault> {
        self.entries(&[index], head)?.pop().ok_or_else(|| Fault::call("no entry was asked for"))
    }

    /// What was given belongs to one checkpoint. What never changes lies in the browser's cache.
    pub fn forget(&mut self) {
        self.0.clear();
    }
}

/// The bytes of an entry, out of the answer of specs/server.md#receipt. The receipt is not looked at.
fn entry_of(answer: &[u8]) -> Result<Vec<u8>, Fault> {
    #[derive(Deserialize)]
    struct Answer {
        entry: String,
    }
    let read = serde_json::from_slice(answer).ok().and_then(|Answer { entry }| BASE64.decode(entry.as_bytes()).ok());
    read.ok_or_else(|| Fault::new("entry_malformed", "the server gave no entry"))
}

/// Why nodes of the tree cannot be read.
pub fn unread(fault: ReadFault<Vec<String>>) -> Fault {
    match fault {
        ReadFault::Reader(paths) => Fault::Need(paths),
        _ => Fault::new("root_mismatch", "the tiles of the board are not those of its checkpoint"),
    }
}

impl TileReader for Files {
    /// The paths of the tiles that were not given.
    type Error = Vec<String>;

    fn read(&self, tiles: &[Tile]) -> Result<Vec<Vec<u8>>, Vec<String>> {
        let (mut found, mut missing) = (Vec::new(), Vec::new());
        for tile in tiles {
            let path = tile.path();
            match self.0.get(&path) {
                // The page may have got the full tile that superseded this one.
                Some(bytes) => found.push(first(bytes, tile).to_vec()),
                None => missing.push(path),
            }
        }
        if missing.is_empty() { Ok(found) } else { Err(missing) }
    }
}

fn first<'a>(bytes: &'a [u8], tile: &Tile) -> &'a [u8] {
    let length = tile.content_length().filter(|_| matches!(tile.layer(), Layer::Hashes(_)));
    length.and_then(|length| bytes.get(..length)).unwrap_or(bytes)
}
