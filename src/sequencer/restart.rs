//! How a sequencer begins: it trusts neither its store nor its directory, and signs nothing before both agree.

use tabella_board::checkpoint::SignedCheckpoint;
use tabella_board::entry::Entry;
use tabella_board::hash::Hash;
use tabella_board::key::LogVerifier;
use tabella_board::tree::TreeHead;
use tabella_election::Kind;

use super::SequencerError;
use super::chain::Chain;
use super::ledger::{Draft, Ledger, StoredLog, is_of_voter};
use super::publication::Publication;
use crate::storage::{PayloadHash, Store, StoredEntry};
use crate::tiles::RecordDirectory;

/// Entries that are read from the store and judged together.
const PAGE: usize = 1024;

/// Judges the stored log again, from entry 0, and compares every byte of it.
pub(super) fn replay(ledger: &mut Ledger, stored: &StoredLog<impl Store>) -> Result<(), SequencerError> {
    loop {
        let page = stored.entries_from(ledger.chain().tree().size(), PAGE)?;
        if page.is_empty() {
            return Ok(());
        }
        // The proofs of neighbouring ballots are verified together; whether there is a poll may change between runs.
        let same_author = |entry: &StoredEntry, next: &StoredEntry| is_vote(entry) == is_vote(next);
        for run in page.chunk_by(same_author) {
            replay_run(ledger, run, stored)?;
        }
    }
}

fn replay_run(ledger: &mut Ledger, run: &[StoredEntry], stored: &StoredLog<impl Store>) -> Result<(), SequencerError> {
    let first = ledger.chain().tree().size();
    let drafts = run.iter().zip(first..).map(|(entry, index)| draft(entry, index)).collect::<Result<_, _>>()?;
    let judged = ledger.judge(drafts, stored)?;
    for (found, judged) in run.iter().zip(judged) {
        let index = found.index;
        // The same payload in the same place makes the same bytes, so any other byte is a damaged one.
        match judged {
            Ok(entry) if entry == *found => {}
            Ok(_) => return Err(SequencerError::EntryDamaged(index)),
            Err(rejection) => return Err(SequencerError::EntryRejected { index, rejection }),
        }
    }
    Ok(())
}

/// Reads a stored entry back into what was once handed in.
fn draft(entry: &StoredEntry, index: u64) -> Result<Draft, SequencerError> {
    let damaged = SequencerError::EntryDamaged(index);
    if entry.index != index || Hash::of_entry(&entry.bytes) != entry.leaf_hash {
        return Err(damaged);
    }
    let Ok(Entry { payload, .. }) = Entry::parse(&entry.bytes) else {
        return Err(damaged);
    };
    let Ok(kind) = entry.kind.parse::<Kind>() else {
        return Err(damaged);
    };
    Ok(Draft { kind, payload_hash: PayloadHash::of(&payload), payload, examined: None })
}

fn is_vote(entry: &StoredEntry) -> bool {
    entry.kind.parse().is_ok_and(is_of_voter)
}

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
    let Some(bytes) = directory.checkpoint()? else {
        return Ok(None);
    };
    let published = SignedCheckpoint::parse(&bytes).map_err(SequencerError::PublishedForeign)?;
    Ok(Some(published.verify(key).map_err(SequencerError::PublishedForeign)?.head))
}

/// Compares the entries with the head that was signed.
pub(super) fn compare_signed(chain: &Chain, signed: Option<&SignedCheckpoint>) -> Result<(), SequencerError> {
    let head = signed.map_or_else(TreeHead::empty, |signed| signed.unverified().head);
    if chain.tree().head() == head { Ok(()) } else { Err(SequencerError::HeadDamaged(chain.tree().size())) }
}

/// Compares the entries with what the public was shown: what does not continue it must never be signed.
pub(super) fn compare_published(chain: &Chain, published: Option<TreeHead>) -> Result<(), SequencerError> {
    let Some(published) = published else { return Ok(()) };
    match chain.head_at(published.size) {
        None => Err(SequencerError::PublishedAhead { published: published.size, stored: chain.tree().size() }),
        Some(head) if head == published => Ok(()),
        Some(_) => Err(SequencerError::PublishedDiffers { size: published.size }),
    }
}

/// Does what a process that was killed after a commit could not do any more.
pub(super) fn republish(
    publication: &Publication<'_, impl Store>,
    signed: Option<&SignedCheckpoint>,
) -> Result<(), SequencerError> {
    publication.write_missing_tiles()?;
    signed.map_or(Ok(()), |signed| publication.show(signed))
}
