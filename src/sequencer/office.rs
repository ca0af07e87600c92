//! What the sequencer of a log has and no other process: the lease of the store, the lock of the record's directory, and the rounds
//! of witnesses. Implements specs/board.md#office.

use std::sync::Arc;

use tabella_record::directory::RecordDirectory;
use tabella_record::files::TileError;
use tokio::sync::{oneshot, watch};

use super::snapshot::SignedHead;
use super::worker::Sequencing;
use super::{Role, SequencerError, restart};
use crate::storage::{Lease, Store};
use crate::witnessing::{Own, Rounds, WitnessAgent, judge_start};

pub(super) struct Office {
    lease: Lease,
    pub(super) directory: Arc<RecordDirectory>,
    /// What was signed last, for whoever publishes it.
    pub(super) heads: watch::Sender<Option<Arc<SignedHead>>>,
    /// Comes when the rounds of witnesses have ended, and the directory is theirs no more.
    rounds_ended: oneshot::Receiver<()>,
}

/// The directory, the way to the rounds of witnesses, and their end.
type Furniture = (Arc<RecordDirectory>, watch::Sender<Option<Arc<SignedHead>>>, oneshot::Receiver<()>);

impl<S: Store> Sequencing<S> {
    /// The start of a process: the sequencer, if no other process is; else a front that has seen what there is.
    pub(super) fn begin(mut self) -> Result<Self, SequencerError> {
        match self.take_office() {
            Ok(true) => {}
            Ok(false) => self.follow()?,
            // Who had the lease before has the directory until it knows that it has lost it.
            Err(error @ SequencerError::Tiles(TileError::InUse(_))) if self.is_shared => {
                self.step_down(&error)?;
                self.follow()?;
            }
            Err(error) => return Err(error),
        }
        Ok(self)
    }

    /// Becomes the sequencer, unless another process is. Whatever the process has judged before, it begins as after a start: it
    /// compares what is stored, signed, published and cosigned, and writes what is missing from the directory.
    ///
    /// Fails if these are not of one history, or if the directory is not free.
    pub(super) fn take_office(&mut self) -> Result<bool, SequencerError> {
        let Some(lease) = self.stored.wait(self.stored.store.lease(self.stored.log))? else { return Ok(false) };
        match self.furnish_office() {
            Ok((directory, heads, rounds_ended)) => {
                self.office = Some(Office { lease, directory, heads, rounds_ended });
            }
            Err(error) => {
                self.stored.runtime.block_on(lease.give_back());
                return Err(error);
            }
        }
        self.require_lease()?;
        self.role.send_replace(Role::Sequencer);
        if self.is_shared {
            tracing::info!(origin = self.key.verifier().origin().as_str(), "the sequencer from now on");
        }
        // What the sequencer before has numbered or rejected will not come out of the queue again.
        self.answer_those_who_wait()?;
        Ok(true)
    }

    /// All that the sequencer needs beside the lease.
    fn furnish_office(&mut self) -> Result<Furniture, SequencerError> {
        let directory = Arc::new(RecordDirectory::open(self.record.root())?);
        self.restart(&directory)?;
        let snapshot = self.observe();
        let signed = self.signed_head(snapshot);
        let agent = WitnessAgent::new(self.witnessing.witness_timeout);
        if let Some(signed) = signed.clone().filter(|signed| !signed.policy.is_quorum_none()) {
            let own = Own { signed, record: self.record.clone() };
            self.stored.runtime.block_on(judge_start(own, &agent, &self.witnessing))?;
        }
        let (heads, signed) = watch::channel(signed);
        let (settings, snapshots) = (self.witnessing.clone(), self.snapshots.clone());
        let mut rounds =
            Rounds::new(settings, agent, Arc::clone(&directory), signed, snapshots, self.orders_sender.clone());
        rounds.begin()?;
        let (ended, rounds_ended) = oneshot::channel();
        drop(self.stored.runtime.spawn(rounds.run(ended)));
        Ok((directory, heads, rounds_ended))
    }

    /// Fails if another process may be the sequencer by now.
    pub(super) fn require_lease(&self) -> Result<(), SequencerError> {
        match &self.office {
            Some(office) if office.lease.is_lost() => Err(SequencerError::LeaseLost),
            _ => Ok(()),
        }
    }

    /// Makes room for another sequencer: nothing more is published, then the directory is free, then the lease.
    pub(super) fn leave_office(&mut self) -> Result<(), SequencerError> {
        let Some(Office { lease, directory, heads, rounds_ended }) = self.office.take() else { return Ok(()) };
        drop(heads);
        // If they panicked, nothing was published since.
        let ended = self.stored.runtime.block_on(rounds_ended).map_err(|_| SequencerError::Panicked);
        drop(directory);
        self.stored.runtime.block_on(lease.give_back());
        ended
    }

    /// Makes sure that store, directory and key are of one history, and completes the directory.
    fn restart(&mut self, directory: &RecordDirectory) -> Result<(), SequencerError> {
        let verifier = self.key.verifier();
        let signed = restart::signed_checkpoint(&self.stored, verifier)?;
        let published = restart::head_of(restart::published_checkpoint(&self.record, verifier)?.as_ref());
        self.closing = self.stored.wait(self.stored.store.closing(self.stored.log))?;
        // What is published may be of fewer entries than are stored.
        self.ledger.catch_up_until(published.size, &self.stored)?;
        let snapshot = (self.ledger.chain().size() == published.size).then(|| self.observe());
        self.ledger.catch_up(&self.stored)?;
        let chain = self.ledger.chain();
        restart::compare_published(chain, published)?;
        restart::compare_written(chain, directory)?;
        restart::compare_signed(chain, signed.as_ref())?;
        directory.write_log_key(self.key.verifier())?;
        self.publication(directory).write_missing_tiles()?;
        self.signed.send_replace(signed.map(Arc::new));
        self.publish(directory)?;
        self.poll.send_replace(self.ledger.poll().cloned());
        if let Some(snapshot) = snapshot {
            self.snapshots.send_replace(Arc::new(snapshot));
        }
        self.show();
        Ok(())
    }
}
