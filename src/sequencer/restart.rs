//! How a sequencer begins: it trusts neither its store nor its directory, and signs nothing before both agree.

use tabella_board::checkpoint::SignedCheckpoint;
use tabella_board::key::LogVerifier;
use tabella_board::tree::TreeHead;
use tabella_record::chain::Chain;
use tabella_record::directory::RecordDirectory;

use super::SequencerError;
use super::stored::StoredLog;
use crate::storage::Store;

/// The checkpoint in the store, which `key` must have signed; `None` for the empty log.
pub(super) fn signed_checkpoint(
    stored: &StoredLog<impl Store>,
    key: &LogVerifier,
) -> Result<Option<SignedCheckpoint>, SequencerError> {
    let head = stored.wait(stored.store.head(stored.log))?;
    let Some(bytes) = head.checkpoint else { return Ok(None) };
    let signed = SignedCheckpoint::parse(&bytes).map_err(SequencerError::WrongKey)?;
    match signed.verify(key).map_err(SequencerError::WrongKey)?.head == head.tree {
        true => Ok(Some(signed)),
        false => Err(SequencerError::HeadDamaged(head.tree.size)),
    }
}

/// What the public was shown; `None` before anything was.
pub(super) fn published_head(
    directory: &RecordDirectory,
    key: &LogVerifier,
) -> Result<Option<TreeHead>, SequencerError> {
    let Some(bytes) = directory.record().checkpoint()? else {
        return Ok(None);
    };
    let published = SignedCheckpoint::parse(&bytes).map_err(SequencerError::PublishedForeign)?;
    Ok(Some(published.verify(key).map_err(SequencerError::PublishedForeign)?.head))
}

/// Compares the entries with the head that was signed.
pub(super) fn compare_signed(chain: &Chain, signed: Option<&SignedCheckpoint>) -> Result<(), SequencerError> {
    let head = signed.map_or_else(TreeHead::empty, |signed| signed.unverified().head);
    if chain.head() == head { Ok(()) } else { Err(SequencerError::HeadDamaged(chain.size())) }
}

/// Compares the entries with what the public was shown: what does not continue it must never be signed.
pub(super) fn compare_published(chain: &Chain, published: Option<TreeHead>) -> Result<(), SequencerError> {
    let Some(published) = published else { return Ok(()) };
    match chain.head_at(published.size) {
        None => Err(SequencerError::PublishedAhead { published: published.size, stored: chain.size() }),
        Some(head) if head == published => Ok(()),
        Some(_) => Err(SequencerError::PublishedDiffers { size: published.size }),
    }
}

/// Compares the entries with the files that were written before: they come after the store.
pub(super) fn compare_written(chain: &Chain, directory: &RecordDirectory) -> Result<(), SequencerError> {
    let (written, stored) = (directory.written()?, chain.size());
    let record = || directory.record().root().to_owned();
    if written <= stored { Ok(()) } else { Err(SequencerError::WrittenAhead { record: record(), written, stored }) }
}
