//! Files of the record as the page fetched them. Nothing that comes from there is believed.

use std::collections::BTreeMap;

use tabella_board::tile::{Layer, Tile, TileReader};

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

    /// Tiles of hashes change as the log grows: those of an earlier size are of no more use.
    pub fn forget_partial(&mut self) {
        self.0.retain(|path, _| !path.contains(".p/"));
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
