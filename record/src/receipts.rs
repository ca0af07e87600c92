//! Receipts, made from the files of a record alone: whoever can read them, and has a checkpoint, can make them. Implements
//! specs/board.md#receipt.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use tabella_board::checkpoint::SignedCheckpoint;
use tabella_board::hash::Hash;
use tabella_board::receipt::Receipt;
use tabella_board::tile::{AuthenticatedTiles, FULL_WIDTH};
use tabella_board::tree::{InclusionProof, ProofFault, ReadFault};

use crate::files::{Record, TileError};

/// Entries of a full bundle.
const WIDTH: u64 = FULL_WIDTH as u64;

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
    receipt(record, &checkpoint, index)
}

/// The receipt of the entry `index` under this checkpoint, for whose size the files of the record must be there.
pub fn receipt(record: &Record, checkpoint: &SignedCheckpoint, index: u64) -> Result<ReceiptFiles, ReceiptError> {
    receipts(record, checkpoint, &[index])?.pop().ok_or(ReceiptError::NoEntry(index))
}

/// The receipts of these entries, in their order. Entries that stand near each other are read together, and each tile once.
///
/// Fails if one of them cannot be made.
pub fn receipts(
    record: &Record,
    checkpoint: &SignedCheckpoint,
    indexes: &[u64],
) -> Result<Vec<ReceiptFiles>, ReceiptError> {
    let head = checkpoint.unverified().head;
    if let Some(beyond) = indexes.iter().find(|index| **index >= head.size) {
        return Err(ReceiptError::NoEntry(*beyond));
    }
    let proofs = InclusionProof::prove_all(&AuthenticatedTiles::new(record, head), head.size, indexes)?;
    let mut bundles = BTreeMap::new();
    let mut made = Vec::with_capacity(indexes.len());
    for (&index, proof) in indexes.iter().zip(proofs) {
        let (bundle, offset) = (index / WIDTH, index % WIDTH);
        let bundle = match bundles.entry(bundle) {
            Entry::Occupied(read) => read.into_mut(),
            Entry::Vacant(unread) => {
                unread.insert(record.entries_within(head.size, bundle * WIDTH..(bundle + 1) * WIDTH)?)
            }
        };
        let entry = bundle.get(offset as usize).cloned().ok_or(ReceiptError::NoEntry(index))?;
        proof.verify(head, index, Hash::of_entry(&entry))?;
        let checkpoint = checkpoint.clone();
        made.push(ReceiptFiles { entry, receipt: Receipt { index, proof, checkpoint } });
    }
    Ok(made)
}
