//! From the store to the files that everybody reads. Implements the end of specs/board.md#sequencing.

use std::cmp::Ordering;

use tabella_board::checkpoint::SignedCheckpoint;
use tabella_board::hash::Hash;
use tabella_board::tile::{FULL_WIDTH, Layer, Tile, encode_bundle, encode_hashes};

use super::SequencerError;
use super::chain::Chain;
use super::ledger::StoredLog;
use crate::storage::Store;
use crate::tiles::RecordDirectory;

/// The part of a record that grows with the log.
pub(super) struct Publication<'a, S> {
    pub(super) directory: &'a RecordDirectory,
    pub(super) chain: &'a Chain,
    pub(super) stored: &'a StoredLog<S>,
}

impl<S: Store> Publication<'_, S> {
    /// Publishes what the log has since it had `old` entries: first all tiles, then the checkpoint that calls for them.
    pub(super) fn publish(&self, old: u64, checkpoint: &SignedCheckpoint) -> Result<(), SequencerError> {
        let new = self.chain.tree().size();
        self.directory.write_tiles(Tile::added(old, new), |tile| self.content(tile))?;
        self.show(checkpoint)?;
        for full in Tile::added(old, new).filter(Tile::is_full) {
            self.directory.remove_superseded(&full)?;
        }
        Ok(())
    }

    /// Writes the tiles of the whole log that are missing; compares the others.
    pub(super) fn write_missing_tiles(&self) -> Result<(), SequencerError> {
        self.directory.write_tiles(Tile::of_log(self.chain.tree().size()), |tile| self.content(tile))
    }

    /// Replaces the published checkpoint by a larger one. Never goes back: whoever saw the larger one would have to think that the
    /// log was cut.
    pub(super) fn show(&self, checkpoint: &SignedCheckpoint) -> Result<(), SequencerError> {
        let head = checkpoint.unverified().head;
        let Some(bytes) = self.directory.checkpoint()? else {
            return Ok(self.directory.publish(checkpoint.as_bytes())?);
        };
        let published = SignedCheckpoint::parse(&bytes).map_err(SequencerError::PublishedForeign)?;
        let shown = published.unverified().head;
        match shown.size.cmp(&head.size) {
            Ordering::Less => Ok(self.directory.publish(checkpoint.as_bytes())?),
            // The published one may bear cosignatures that this one has not.
            Ordering::Equal if shown == head => Ok(()),
            Ordering::Equal => Err(SequencerError::PublishedDiffers { size: shown.size }),
            Ordering::Greater => Err(SequencerError::PublishedAhead { published: shown.size, stored: head.size }),
        }
    }

    fn content(&self, tile: &Tile) -> Result<Vec<u8>, SequencerError> {
        match tile.layer() {
            Layer::Hashes(_) => Ok(encode_hashes(tile, self.chain.nodes())?),
            Layer::Entries => self.bundle(tile),
        }
    }

    /// The bundle as the store has it: what is published is what was durable, and what was signed.
    fn bundle(&self, tile: &Tile) -> Result<Vec<u8>, SequencerError> {
        let first = tile.index() * u64::from(FULL_WIDTH);
        let entries = self.stored.entries_from(first, tile.width().into())?;
        let mut wanted = first..first + u64::from(tile.width());
        let damaged = |index: &u64| {
            let entry = entries.get((index - first) as usize);
            entry.map(|entry| Hash::of_entry(&entry.bytes)) != self.chain.leaf(*index)
        };
        match wanted.find(damaged) {
            Some(index) => Err(SequencerError::EntryDamaged(index)),
            None => Ok(encode_bundle(entries.iter().map(|entry| &entry.bytes))?),
        }
    }
}
