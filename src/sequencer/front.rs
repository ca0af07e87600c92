//! What a process does for a board of which another one is the sequencer: it follows what that one stores and publishes, and tells
//! those who wait what became of their payloads. It signs nothing, and writes nothing of the record.

use std::sync::Arc;
use std::time::Instant;

use tabella_board::checkpoint::SignedCheckpoint;
use tabella_board::policy::Policy;
use tabella_election::Rejection;

use super::numbering::replace_poll;
use super::worker::Sequencing;
use super::{Numbered, SequencerError, Snapshot, restart};
use crate::storage::{Fate, Rejected, Store, StoreError};
use crate::witnessing::{Quorum, WitnessState, WitnessingState};

/// Something was signed, and does not get published.
pub(super) struct Behind {
    published: u64,
    since: Instant,
}

impl<S: Store> Sequencing<S> {
    /// Looks at what there is: in the store, and then in the record. Judges what was published; compares it with what was stored.
    pub(super) fn follow(&mut self) -> Result<(), SequencerError> {
        // In this order: what was published is stored, and whatever stood before a request to close is under the head that is read.
        let closing = self.stored.wait(self.stored.store.closing(self.stored.log))?;
        let published = restart::published_checkpoint(&self.record, self.key.verifier())?;
        let signed = restart::signed_checkpoint(&self.stored, self.key.verifier())?;
        let head = restart::head_of(published.as_ref());

        self.ledger.catch_up_until(head.size, &self.stored)?;
        restart::compare_published(self.ledger.chain(), head)?;
        self.closing = closing;
        self.seen = restart::head_of(signed.as_ref());
        // Who has been the sequencer may know more.
        if self.ledger.chain().head() == head {
            self.poll.send_if_modified(|poll| replace_poll(poll, self.ledger.poll()));
            self.show_published(published.as_ref());
        }
        // Without witnesses what was signed is published before anybody is answered.
        if let Some(signed) = if self.needs_witnesses() { signed } else { published } {
            self.show_signed(Arc::new(signed))?;
        }
        self.answer_those_who_wait()
    }

    /// Whether the sequencer knows entries that this process has not judged.
    pub(super) fn is_behind(&self) -> bool {
        self.seen != self.ledger.chain().head()
    }

    /// Shows the state under the published checkpoint, if it is another one than before.
    fn show_published(&mut self, published: Option<&SignedCheckpoint>) {
        let snapshot = Snapshot { witnessing: self.guess_witnessing(published), ..self.observe() };
        self.snapshots.send_if_modified(|shown| {
            let said = |snapshot: &Snapshot| (snapshot.head, snapshot.closing, snapshot.witnessing.clone());
            let differs = said(shown) != said(&snapshot);
            if differs {
                *shown = Arc::new(snapshot);
            }
            differs
        });
    }

    /// Shows what was signed, once its tiles are there: then a receipt can be made.
    fn show_signed(&mut self, signed: Arc<SignedCheckpoint>) -> Result<(), SequencerError> {
        let (old, new) = (self.size_with_tiles(), signed.unverified().head.size);
        let is_shown = self.signed.borrow().as_ref().is_some_and(|shown| shown.as_bytes() == signed.as_bytes());
        if !is_shown && self.record.has_grown(old, new)? {
            self.signed.send_replace(Some(signed));
        }
        Ok(())
    }

    /// What can be known of witnesses without asking them.
    fn guess_witnessing(&mut self, published: Option<&SignedCheckpoint>) -> WitnessingState {
        let size = self.ledger.chain().size();
        if !self.is_behind() {
            self.behind = None;
        } else if self.behind.as_ref().is_none_or(|behind| behind.published != size) {
            self.behind = Some(Behind { published: size, since: Instant::now() });
        }
        let Some(policy) = self.ledger.policy().filter(|policy| !policy.is_quorum_none()) else {
            return WitnessingState::default();
        };
        let alarm = self.witnessing.quorum_alarm;
        let is_late = self.behind.as_ref().is_some_and(|behind| behind.since.elapsed() >= alarm);
        WitnessingState {
            quorum: if is_late { Quorum::Missing } else { Quorum::Met },
            witnesses: cosigners(policy, published, size),
        }
    }

    /// Tells what became of payloads in other hands.
    pub(super) fn answer_those_who_wait(&mut self) -> Result<(), SequencerError> {
        let payloads = self.waiting.payloads();
        if payloads.is_empty() {
            return Ok(());
        }
        let fates = self.stored.wait(self.stored.store.fates(self.stored.log, &payloads))?;
        for (payload, fate) in payloads.iter().zip(fates) {
            match fate {
                Fate::Numbered(index) if index < self.size_with_tiles() => {
                    self.waiting.answer(payload, &Ok(Numbered { index, is_repeated: false }));
                }
                // Only when what stood before it is known.
                Fate::Taken if self.closing.is_some_and(|closing| closing.payload_hash == *payload) => {
                    self.waiting.answer(payload, &Ok(self.taken()));
                }
                Fate::Rejected(Rejected { code, message, .. }) => {
                    let code = code.parse().map_err(|_| StoreError::Damaged("code"))?;
                    self.waiting.answer(payload, &Err(Rejection { code, message }));
                }
                Fate::Unknown => self.waiting.forget(payload),
                Fate::Waits | Fate::Numbered(_) | Fate::Taken => {}
            }
        }
        Ok(())
    }
}

/// Who has cosigned what is published.
fn cosigners(policy: &Policy, published: Option<&SignedCheckpoint>, size: u64) -> Vec<WitnessState> {
    let found = published.map(|published| policy.cosignatures(published)).unwrap_or_default();
    let state = |name: &str| {
        let has_cosigned = found.iter().any(|cosigned| cosigned.witness == name);
        WitnessState {
            name: name.to_owned(),
            size: if has_cosigned { size } else { 0 },
            cosignatures: 0,
            failures: 0,
            answer: has_cosigned.then_some("cosigned"),
        }
    };
    policy.witnesses().iter().map(|witness| state(&witness.name)).collect()
}
