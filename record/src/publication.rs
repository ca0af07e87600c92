//! From the entries to the files that everybody reads. Implements the end of specs/board.md#sequencing.

use std::cmp::Ordering;
use std::convert::Infallible;

use tabella_board::checkpoint::{CheckpointFault, SignedCheckpoint};
use tabella_board::hash::Hash;
use tabella_board::tile::{EntryTooLarge, FULL_WIDTH, Layer, Tile, encode_bundle, encode_hashes};
use tabella_board::tree::ReadFault;

use crate::chain::Chain;
use crate::directory::RecordDirectory;
use crate::entries::EntryReader;
use crate::files::TileError;

/// Why the record does not grow. The published checkpoint is what it was.
#[derive(Debug, thiserror::Error)]
pub enum PublicationError<E> {
    /// The checkpoint is not that of the entries.
    #[error("the checkpoint to be published is not that of the {0} entries that there are")]
    CheckpointDiffers(u64),

    /// The checkpoint cannot follow the published one.
    #[error(transparent)]
    Show(#[from] ShowError),

    /// An entry that was read is not the one in the tree.
    #[error("entry {0} is damaged: it is not the one in the tree")]
    EntryDamaged(u64),

    /// An entry that cannot stand in a bundle was read.
    #[error(transparent)]
    EntryTooLarge(#[from] EntryTooLarge),

    /// Nodes of the tree were asked for that are not there: a fault of this program.
    #[error("the tree in memory is incomplete")]
    Nodes(#[from] ReadFault<Infallible>),

    /// Entries could not be read.
    #[error(transparent)]
    Reader(E),

    /// The record's files cannot be written.
    #[error(transparent)]
    Tiles(#[from] TileError),
}

/// Why a checkpoint is not published. The published one is what it was.
#[derive(Debug, thiserror::Error)]
pub enum ShowError {
    /// The published checkpoint has more entries.
    #[error("the published checkpoint has {published} entries; there are only {size}")]
    PublishedAhead {
        /// Size of the published checkpoint.
        published: u64,
        /// Size of the checkpoint that was to be published.
        size: u64,
    },

    /// The published checkpoint is of other entries.
    #[error("the published checkpoint of {0} entries is of other entries. Keep both as evidence")]
    PublishedDiffers(u64),

    /// The published checkpoint is none of this log.
    #[error("the published checkpoint is not this log's ({0})")]
    PublishedForeign(#[source] CheckpointFault),

    /// The record's files cannot be written.
    #[error(transparent)]
    Tiles(#[from] TileError),
}

/// The part of a record that grows with the log.
#[derive(Debug)]
pub struct Publication<'a, R> {
    /// Where the files are written.
    pub directory: &'a RecordDirectory,
    /// The log after it has grown.
    pub chain: &'a Chain,
    /// All its entries. They are compared with the tree before they are written.
    pub entries: &'a R,
}

impl<R: EntryReader> Publication<'_, R> {
    /// Publishes what the log has since it had `old` entries: first all tiles, then the checkpoint that calls for them. Writes
    /// nothing if the checkpoint is not that of the chain; who signed it is for the caller to verify.
    pub fn publish(&self, old: u64, checkpoint: &SignedCheckpoint) -> Result<(), PublicationError<R::Error>> {
        let new = self.chain.size();
        if checkpoint.unverified().head != self.chain.head() {
            return Err(PublicationError::CheckpointDiffers(new));
        }
        self.grow(old)?;
        Ok(show(self.directory, checkpoint)?)
    }

    /// Writes the tiles that the log has and one of `old` entries has not; no published checkpoint calls for them yet. Removes the partial
    /// ones that a full one supersedes, but for those of the published log: while nothing is published, they would pile up.
    pub fn grow(&self, old: u64) -> Result<(), PublicationError<R::Error>> {
        let new = self.chain.size();
        self.directory.write_tiles(Tile::added(old, new), |tile| self.content(tile))?;
        let published = self.directory.record().head()?.size;
        let full = Tile::added(old, new).filter(Tile::is_full);
        Ok(full.into_iter().try_for_each(|full| self.directory.remove_superseded_after(&full, published))?)
    }

    /// Writes the tiles of the whole log that are missing; compares the others.
    pub fn write_missing_tiles(&self) -> Result<(), PublicationError<R::Error>> {
        self.directory.write_tiles(Tile::of_log(self.chain.size()), |tile| self.content(tile))
    }

    fn content(&self, tile: &Tile) -> Result<Vec<u8>, PublicationError<R::Error>> {
        match tile.layer() {
            Layer::Hashes(_) => Ok(encode_hashes(tile, self.chain.nodes())?),
            Layer::Entries => self.bundle(tile),
        }
    }

    /// The bundle as it is read: what is published is what was durable, and what was signed.
    fn bundle(&self, tile: &Tile) -> Result<Vec<u8>, PublicationError<R::Error>> {
        let first = tile.index() * u64::from(FULL_WIDTH);
        let entries = self.entries.entries_from(first, tile.width().into()).map_err(PublicationError::Reader)?;
        let mut wanted = first..first + u64::from(tile.width());
        let damaged = |index: &u64| {
            let entry = entries.get((index - first) as usize);
            entry.map(|entry| Hash::of_entry(entry)) != self.chain.leaf(*index)
        };
        match wanted.find(damaged) {
            Some(index) => Err(PublicationError::EntryDamaged(index)),
            None => Ok(encode_bundle(entries.iter().take(tile.width().into()))?),
        }
    }
}

/// Replaces the published checkpoint by a larger one, or by the same with more signatures, and removes the partial tiles that full
/// ones supersede then. All tiles that the checkpoint calls for must be there.
///
/// Never goes back: whoever saw the larger one would have to think that the log was cut.
pub fn show(directory: &RecordDirectory, checkpoint: &SignedCheckpoint) -> Result<(), ShowError> {
    let head = checkpoint.unverified().head;
    let shown = directory.record().checkpoint()?;
    let old = shown.as_deref().map(SignedCheckpoint::parse).transpose().map_err(ShowError::PublishedForeign)?;
    if old.as_ref().map_or(Ok(true), |old| replaces(checkpoint, old))? {
        directory.publish(checkpoint.as_bytes())?;
        remove_superseded(directory, old.map_or(0, |old| old.unverified().head.size), head.size)?;
    }
    Ok(())
}

/// Whether a checkpoint takes the place of the published one: it is larger, or the same with more signatures. Fails if it would go
/// back, or is of other entries. Implements specs/board.md#publication.
pub fn replaces(checkpoint: &SignedCheckpoint, published: &SignedCheckpoint) -> Result<bool, ShowError> {
    let (head, shown) = (checkpoint.unverified().head, published.unverified().head);
    match shown.size.cmp(&head.size) {
        Ordering::Less => Ok(true),
        // The one with fewer cosignatures tells less.
        Ordering::Equal if shown == head => Ok(checkpoint.as_bytes().starts_with(published.as_bytes())),
        Ordering::Equal => Err(ShowError::PublishedDiffers(shown.size)),
        Ordering::Greater => Err(ShowError::PublishedAhead { published: shown.size, size: head.size }),
    }
}

fn remove_superseded(directory: &RecordDirectory, old: u64, new: u64) -> Result<(), ShowError> {
    Ok(Tile::added(old, new).filter(Tile::is_full).try_for_each(|full| directory.remove_superseded(&full))?)
}
