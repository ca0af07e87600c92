//! Receipts, made from the files of a record alone: whoever can read them, and has a checkpoint, can make them. Implements
//! specs/board.md#receipt.

use tabella_board::checkpoint::SignedCheckpoint;
use tabella_board::hash::Hash;
use tabella_board::receipt::Receipt;
use tabella_board::tile::AuthenticatedTiles;
use tabella_board::tree::{InclusionProof, ProofFault, ReadFault};

use crate::files::{Record, TileError};

/// What a voter keeps: both parts of a receipt.
#[derive(Debug)]
pub struct ReceiptFiles {
    /// The entry's bytes.
    pub entry: Vec<u8>,
    /// The proof, under a checkpoint, that the entry is in the log.
    pub receipt: Receipt,
}

/// A receipt cannot be made from the record.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReceiptError {
    /// The log of the checkpoint has no such entry.
    #[error("the log has no entry {0} yet")]
    NoEntry(u64),
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
pub fn published_receipt(record: &Record, index: u64) -> Result<ReceiptFiles, ReceiptError> {
    let checkpoint = record.signed_checkpoint()?.ok_or(ReceiptError::NoEntry(index))?;
    receipt(record, checkpoint, index)
}

/// The receipt of the entry `index` under this checkpoint, for whose size the files of the record must be there.
pub fn receipt(record: &Record, checkpoint: SignedCheckpoint, index: u64) -> Result<ReceiptFiles, ReceiptError> {
    let head = checkpoint.unverified().head;
    let end = index.checked_add(1).ok_or(ReceiptError::NoEntry(index))?;
    let entry = record.entries_within(head.size, index..end)?.pop().ok_or(ReceiptError::NoEntry(index))?;
    let tiles = AuthenticatedTiles::new(record, head);
    let proof = InclusionProof::prove(&tiles, head.size, index)?;
    proof.verify(head, index, Hash::of_entry(&entry))?;
    Ok(ReceiptFiles { entry, receipt: Receipt { index, proof, checkpoint } })
}
