//! From queue to record: what the sequencer alone does. Implements specs/board.md#sequencing.

use std::sync::Arc;

use tabella_board::checkpoint::SignedCheckpoint;
use tabella_board::hash::Hash;
use tabella_board::tree::{Tree, TreeHead};
use tabella_election::kind::Phase;
use tabella_election::message::{Authored, Closing};
use tabella_election::rules::{Board, Poll};
use tabella_election::{Kind, Rejection};
use tabella_record::directory::RecordDirectory;
use tabella_record::entries::{NumberedEntry, PayloadHash};
use tabella_record::ledger::Draft;
use tabella_record::publication::{Publication, show};

use super::snapshot::{SignedHead, Snapshot};
use super::stored::StoredLog;
use super::worker::{BATCH, Sequencing};
use super::{Numbered, SequencerError, closing, votes};
use crate::storage::{Batch, Pending, Rejected, Store, StoreError};

/// The entry that a payload became, or why it became none.
type Judgement = Result<NumberedEntry, Rejection>;

impl<S: Store> Sequencing<S> {
    /// Numbers what is in the queue, whoever put it there; nothing, if that is not for this process to do. Reads each payload once.
    pub(super) fn number_all(&mut self) -> Result<(), SequencerError> {
        let Some(directory) = self.office.as_ref().map(|office| Arc::clone(&office.directory)) else { return Ok(()) };
        loop {
            let waiting = self.stored.wait(self.stored.store.pending(self.stored.log, BATCH))?;
            let is_last = waiting.len() < BATCH;
            for batch in batches(waiting) {
                self.require_lease()?;
                match batch.as_slice() {
                    [request] if request.kind == Closing::DOMAIN => self.take_closing(request)?,
                    _ => self.number(batch, &directory)?,
                }
            }
            if is_last {
                return Ok(());
            }
        }
    }

    /// Judges, signs, commits and publishes one batch, in this order.
    fn number(&mut self, batch: Vec<Pending>, directory: &RecordDirectory) -> Result<(), SequencerError> {
        let before = self.ledger.chain().tree().clone();
        let (mut entries, mut rejected, mut outcomes) = (Vec::new(), Vec::new(), Vec::new());
        for (payload_hash, judgement) in self.judge(batch)? {
            outcomes.push((payload_hash, judgement.as_ref().map(numbered).map_err(Clone::clone)));
            match judgement {
                Ok(entry) => entries.push(entry),
                Err(Rejection { code, message }) => {
                    rejected.push(Rejected { payload_hash, code: code.to_string(), message });
                }
            }
        }
        if entries.is_empty() {
            self.stored.wait(self.stored.store.reject(self.stored.log, before.head(), &rejected))?;
        } else {
            self.append(before, entries, rejected, directory)?;
            self.show();
        }
        self.poll.send_if_modified(|poll| replace_poll(poll, self.ledger.poll()));
        outcomes.iter().for_each(|(payload_hash, outcome)| self.waiting.answer(payload_hash, outcome));
        Ok(())
    }

    /// Judges the payloads of a batch, whoever judged them before. While the voting is being closed, what came after the request is
    /// refused, but for `close`.
    fn judge(&mut self, batch: Vec<Pending>) -> Result<Vec<(PayloadHash, Judgement)>, SequencerError> {
        let (mut refused, mut hashes, mut drafts) = (Vec::new(), Vec::new(), Vec::new());
        for Pending { payload_hash, payload, kind, .. } in batch {
            let kind: Kind = kind.parse().map_err(|_| StoreError::Damaged("kind"))?;
            if self.is_closing() && kind != Kind::Close {
                refused.push((payload_hash, Err(closing::refusal(kind))));
                continue;
            }
            hashes.push(payload_hash);
            // Of another process nothing is believed, not even that a proof was verified.
            let examined = self.waiting.take_examined(&payload_hash);
            drafts.push(Draft { kind, payload, payload_hash, examined });
        }
        let judged = self.ledger.judge(drafts, &self.stored)?;
        Ok(hashes.into_iter().zip(judged).chain(refused).collect())
    }

    /// Makes entries durable together with their checkpoint, and only then shows it to anybody.
    fn append(
        &mut self,
        before: Tree,
        entries: Vec<NumberedEntry>,
        rejected: Vec<Rejected>,
        directory: &RecordDirectory,
    ) -> Result<(), SequencerError> {
        let old = before.head();
        let after = self.ledger.chain().head();
        compare_bytes(before, &entries, after)?;
        let checkpoint = SignedCheckpoint::sign(&self.key, after);
        let votes = self.ledger.poll().map_or_else(Vec::new, |poll| votes::of_entries(poll, &entries));
        let batch = Batch { before: old, after, checkpoint: checkpoint.as_bytes().to_vec(), entries, votes, rejected };
        self.stored.wait(self.stored.store.commit(self.stored.log, &batch))?;
        self.publication(directory).grow(old.size)?;
        self.signed.send_replace(Some(Arc::new(checkpoint)));
        self.publish(directory)
    }

    /// Publishes what was signed, if no witnesses are waited for. Once the election has ended its folder is exactly the record.
    /// Implements the end of specs/board.md#sequencing.
    pub(super) fn publish(&self, directory: &RecordDirectory) -> Result<(), SequencerError> {
        let signed = self.signed.borrow().clone().filter(|_| !self.needs_witnesses());
        let Some(signed) = signed else { return Ok(()) };
        show(directory, &signed)?;
        match self.ledger.board().map(Board::phase) {
            Some(Phase::Finished) => Ok(directory.finish(self.ledger.chain().size())?),
            _ => Ok(()),
        }
    }

    pub(super) fn publication<'a>(&'a self, directory: &'a RecordDirectory) -> Publication<'a, StoredLog<S>> {
        Publication { directory, chain: self.ledger.chain(), entries: &self.stored }
    }

    /// Whether a checkpoint is published only when witnesses have cosigned it, which is not for this thread to wait for.
    pub(super) fn needs_witnesses(&self) -> bool {
        self.ledger.policy().is_some_and(|policy| !policy.is_quorum_none())
    }

    /// The state after the last entry.
    pub(super) fn observe(&mut self) -> Snapshot {
        self.observer.observe(&self.ledger, self.closing_state())
    }

    /// Shows others the state under the signed checkpoint; as the published state, if it is that.
    pub(super) fn show(&mut self) {
        let snapshot = self.observe();
        if !self.needs_witnesses() {
            self.snapshots.send_replace(Arc::new(snapshot.clone()));
        }
        let signed = self.signed_head(snapshot);
        if let Some(office) = self.office.as_ref().filter(|_| signed.is_some()) {
            office.heads.send_replace(signed);
        }
    }

    /// What was signed last, for whoever publishes it.
    pub(super) fn signed_head(&self, snapshot: Snapshot) -> Option<Arc<SignedHead>> {
        let (checkpoint, policy) = (self.signed.borrow().clone()?, Arc::clone(self.ledger.policy()?));
        Some(Arc::new(SignedHead { checkpoint, policy, snapshot }))
    }
}

/// The batches of payloads that waited in this order: ballots and challenges that follow each other together, in the order that
/// tells nothing about their arrival; every other payload alone.
fn batches(waiting: Vec<Pending>) -> Vec<Vec<Pending>> {
    let is_vote = |pending: &Pending| pending.voter.is_some();
    let mut batches: Vec<Vec<Pending>> = Vec::new();
    for pending in waiting {
        match batches.last_mut() {
            Some(batch) if is_vote(&pending) && batch.last().is_some_and(is_vote) => batch.push(pending),
            _ => batches.push(vec![pending]),
        }
    }
    for batch in &mut batches {
        batch.sort_unstable_by_key(|pending| pending.payload_hash);
    }
    batches
}

/// Hashes the entries again as they go to the store: a bit that flipped since they were judged is never signed.
fn compare_bytes(mut tree: Tree, entries: &[NumberedEntry], after: TreeHead) -> Result<(), SequencerError> {
    tree.extend(entries.iter().map(|entry| Hash::of_entry(&entry.bytes)));
    if tree.head() == after { Ok(()) } else { Err(SequencerError::MemoryDamaged) }
}

fn numbered(entry: &NumberedEntry) -> Numbered {
    Numbered { index: entry.index, is_repeated: false }
}

/// Says whether the poll began or ended.
pub(super) fn replace_poll(shown: &mut Option<Arc<Poll>>, current: Option<&Arc<Poll>>) -> bool {
    let changed = shown.is_some() != current.is_some();
    if changed {
        *shown = current.cloned();
    }
    changed
}
