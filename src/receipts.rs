//! Receipts, made from the published record alone: whoever can read the files can make them. Implements
//! specs/board.md#receipt.

use tabella_board::checkpoint::{CheckpointFault, SignedCheckpoint};
use tabella_board::hash::Hash;
use tabella_board::receipt::Receipt;
use tabella_board::tile::{AuthenticatedTiles, BundleFault, FULL_WIDTH, Layer, Tile, TileReader, decode_bundle};
use tabella_board::tree::{InclusionProof, ProofFault, ReadFault};

use crate::tiles::{RecordDirectory, TileError};

/// What a voter keeps: both parts of a receipt.
#[derive(Debug)]
pub struct ReceiptFiles {
    /// The entry's bytes.
    pub entry: Vec<u8>,
    /// The proof, under the published checkpoint, that the entry is in the log.
    pub receipt: Receipt,
}

/// A receipt cannot be made from the record.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReceiptError {
    /// The published log has no such entry.
    #[error("the published log has no entry {0}")]
    NoEntry(u64),
    /// The published checkpoint is none.
    #[error("the published checkpoint cannot be read")]
    Checkpoint(#[source] CheckpointFault),
    /// A bundle does not hold the entries that it should.
    #[error("a published bundle is damaged")]
    Bundle(#[from] BundleFault),
    /// A bundle holds another entry than the tree.
    #[error("the published entry is not the one in the tree")]
    Entry(#[from] ProofFault),
    /// The tiles do not make the tree of the checkpoint.
    #[error("the published tiles cannot be read")]
    Tiles(#[from] ReadFault<TileError>),
    /// A file cannot be read.
    #[error(transparent)]
    File(#[from] TileError),
}

/// The receipt of the entry `index` under the published checkpoint.
pub fn receipt(directory: &RecordDirectory, index: u64) -> Result<ReceiptFiles, ReceiptError> {
    let checkpoint = directory.checkpoint()?.ok_or(ReceiptError::NoEntry(index))?;
    let checkpoint = SignedCheckpoint::parse(&checkpoint).map_err(ReceiptError::Checkpoint)?;
    let head = checkpoint.unverified().head;

    let entry = entry(directory, head.size, index)?;
    let tiles = AuthenticatedTiles::new(directory, head);
    let proof = InclusionProof::prove(&tiles, head.size, index)?;
    proof.verify(head, index, Hash::of_entry(&entry))?;
    Ok(ReceiptFiles { entry, receipt: Receipt { index, proof, checkpoint } })
}

/// The entry `index` of a log of `size` entries.
fn entry(directory: &RecordDirectory, size: u64, index: u64) -> Result<Vec<u8>, ReceiptError> {
    if index >= size {
        return Err(ReceiptError::NoEntry(index));
    }
    // The first bundle that changed since the log ended before the entry is the one that holds it.
    let mut bundles = Tile::added(index, size).filter(|tile| tile.layer() == Layer::Entries);
    let bundle = bundles.next().ok_or(ReceiptError::NoEntry(index))?;
    let bytes = directory.tile(&bundle)?;
    // A bundle that superseded the one that was asked for is full.
    let entries = decode_bundle(&bytes, bundle.width()).or_else(|_| decode_bundle(&bytes, FULL_WIDTH))?;
    let position = usize::try_from(index % u64::from(FULL_WIDTH)).ok();
    let entry = position.and_then(|position| entries.get(position)).ok_or(BundleFault)?;
    Ok(entry.to_vec())
}

impl TileReader for RecordDirectory {
    type Error = TileError;

    fn read(&self, tiles: &[Tile]) -> Result<Vec<Vec<u8>>, TileError> {
        let wanted = |tile: &Tile| {
            let mut bytes = self.tile(tile)?;
            bytes.truncate(tile.content_length().unwrap_or(bytes.len()));
            Ok(bytes)
        };
        tiles.iter().map(wanted).collect()
    }
}
