//! What is compared whenever a process begins, or takes over: it trusts neither its store nor its directory, and signs nothing before
//! both agree.

use tabella_board::checkpoint::SignedCheckpoint;
use tabella_board::key::LogVerifier;
use tabella_board::tree::TreeHead;
use tabella_record::chain::Chain;
use tabella_record::directory::RecordDirectory;
use tabella_record::files::Record;

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
pub(super) fn published_checkpoint(
    record: &Record,
    key: &LogVerifier,
) -> Result<Option<SignedCheckpoint>, SequencerError> {
    let Some(bytes) = record.checkpoint()? else {
        return Ok(None);
    };
    let published = SignedCheckpoint::parse(&bytes).map_err(SequencerError::PublishedForeign)?;
    published.verify(key).map_err(SequencerError::PublishedForeign)?;
    Ok(Some(published))
}

/// The tree of a checkpoint whose signature was verified; the empty one of none.
pub(super) fn head_of(verified: Option<&SignedCheckpoint>) -> TreeHead {
    verified.map_or_else(TreeHead::empty, |checkpoint| checkpoint.unverified().head)
}

/// Compares the entries with the head that was signed.
pub(super) fn compare_signed(chain: &Chain, signed: Option<&SignedCheckpoint>) -> Result<(), SequencerError> {
    if chain.head() == head_of(signed) { Ok(()) } else { Err(SequencerError::HeadDamaged(chain.size())) }
}

/// Compares the entries with what the public was shown: what does not continue it must never be signed.
pub(super) fn compare_published(chain: &Chain, published: TreeHead) -> Result<(), SequencerError> {
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
