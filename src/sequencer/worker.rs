//! The thread of a board, in both of its roles: what it is asked to do, and what it does when its role ends.
//! Implements specs/board.md#sequencing.

use std::collections::HashMap;
use std::sync::Arc;

use tabella_board::checkpoint::SignedCheckpoint;
use tabella_board::key::LogKey;
use tabella_board::tree::TreeHead;
use tabella_election::rules::{Examined, Poll};
use tabella_election::{Kind, Rejection};
use tabella_record::entries::PayloadHash;
use tabella_record::examination::Seeds;
use tabella_record::files::Record;
use tabella_record::ledger::Ledger;
use tokio::sync::{mpsc, oneshot, watch};

use super::closing::ClosingRequest;
use super::front::Behind;
use super::office::Office;
use super::snapshot::{Observer, Snapshot};
use super::stored::StoredLog;
use super::{Numbered, Role, SequencerError, restart};
use crate::storage::{Pending, Store, StoredClosing};
use crate::witnessing::Witnessing;

/// The most payloads that are taken, and the most entries that are numbered, together.
pub(super) const BATCH: usize = 1024;

/// What became of a payload. Of a request to close that was taken, the index is that of the entry that comes next.
pub(super) type Outcome = Result<Numbered, Rejection>;

/// A payload of which everything is known that does not depend on what else is handed in.
pub(super) struct Prepared {
    pub(super) kind: Kind,
    pub(super) pending: Pending,
    /// Of a ballot or challenge that was handed in while there was a poll.
    pub(super) examined: Option<Examined>,
}

/// A payload on its way to the queue.
pub(crate) struct Request {
    pub(super) prepared: Prepared,
    pub(super) reply: oneshot::Sender<Outcome>,
}

/// What the thread is asked to do.
pub(crate) enum Order {
    /// To number payloads, or to have them numbered.
    Number(Vec<Request>),
    /// To close the voting, or to go on with it.
    Close(ClosingRequest),
    /// To look at what other processes did to the store. `done` is dropped when it has.
    Look { is_regular: bool, done: oneshot::Sender<()> },
    /// To stop: what it has signed cannot be published.
    Stop(Box<SequencerError>),
}

/// Who waits for a payload that is in the queue. Lost with the process, unlike the queue.
#[derive(Default)]
struct Waiting {
    examined: Option<Examined>,
    replies: Vec<oneshot::Sender<Outcome>>,
}

/// The state of the thread.
pub(super) struct Sequencing<S> {
    pub(super) key: LogKey,
    pub(super) ledger: Ledger,
    pub(super) stored: StoredLog<S>,
    pub(super) record: Record,
    pub(super) orders: mpsc::Receiver<Order>,
    /// The way to itself, for those who work for it.
    pub(super) orders_sender: mpsc::WeakSender<Order>,
    pub(super) poll: watch::Sender<Option<Arc<Poll>>>,
    pub(super) snapshots: watch::Sender<Arc<Snapshot>>,
    pub(super) role: watch::Sender<Role>,
    /// The checkpoint that was signed last, as far as all its tiles are there.
    pub(super) signed: watch::Sender<Option<Arc<SignedCheckpoint>>>,
    pub(super) observer: Observer,
    /// The last request to close that was taken.
    pub(super) closing: Option<StoredClosing>,
    pub(super) seeds: Seeds,
    pub(super) waiting: Waiters,
    pub(super) witnessing: Witnessing,
    /// Whether other processes may have the store.
    pub(super) is_shared: bool,
    /// What the sequencer alone has; a front has none.
    pub(super) office: Option<Office>,
    /// Of a front, the head that it has seen in the store last.
    pub(super) seen: TreeHead,
    /// Of a front, since when nothing is published although something was signed.
    pub(super) behind: Option<Behind>,
    /// Why the last regular look of a front failed.
    pub(super) trouble: Option<String>,
}

/// By the hash of the payload that they wait for.
#[derive(Default)]
pub(super) struct Waiters(HashMap<PayloadHash, Waiting>);

impl<S: Store> Sequencing<S> {
    /// Does what is asked until every handle is dropped.
    ///
    /// Where other processes have the store, a sequencer that is none any more goes on as a front, and who failed for the moment
    /// tries again. Else any failure is the end.
    pub(super) fn run(mut self) -> Result<(), SequencerError> {
        loop {
            match self.serve() {
                Ok(()) => return self.leave_office(),
                Err(error) if self.is_shared && error.is_of_the_moment() => self.step_down(&error)?,
                Err(error) => {
                    // Leaving takes as long as the round of a witness: nobody is sent here meanwhile.
                    self.role.send_replace(Role::Stalled);
                    // What made it stop says more than what may come after.
                    drop(self.leave_office());
                    return Err(error);
                }
            }
        }
    }

    /// Numbers what waits since before, then what comes.
    fn serve(&mut self) -> Result<(), SequencerError> {
        self.number_all()?;
        while let Some(order) = self.orders.blocking_recv() {
            // Whoever has lost the lease can still do as a front what is asked.
            if let Err(error) = self.require_lease() {
                self.step_down(&error)?;
            }
            self.obey(order)?;
        }
        Ok(())
    }

    fn obey(&mut self, order: Order) -> Result<(), SequencerError> {
        match order {
            Order::Number(group) => self.take_with_more(group),
            Order::Close(request) => self.take_closing_request(request),
            Order::Look { is_regular, done } => {
                self.look(is_regular)?;
                drop(done);
                Ok(())
            }
            Order::Stop(error) => Err(*error),
        }
    }

    /// What came while the last batch was made durable is made durable together, up to the next order of another kind.
    fn take_with_more(&mut self, mut group: Vec<Request>) -> Result<(), SequencerError> {
        while group.len() < BATCH {
            match self.orders.try_recv() {
                Ok(Order::Number(more)) => group.extend(more),
                Ok(other) => {
                    self.take(group)?;
                    return self.obey(other);
                }
                Err(_) => break,
            }
        }
        self.take(group)
    }

    /// What other processes did: the sequencer numbers what they put into the queue; a front follows what was numbered, and now and
    /// then tries to become the sequencer.
    fn look(&mut self, is_regular: bool) -> Result<(), SequencerError> {
        if self.office.is_none() {
            if !(is_regular && self.take_office()?) {
                self.follow()?;
            }
            if is_regular && self.trouble.take().is_some() && self.office.is_none() {
                self.role.send_replace(Role::Front);
            }
        }
        self.number_all()
    }

    /// Goes on as a front, which tries again with each regular look. Whatever a sequencer knows that may not be durable is forgotten.
    pub(super) fn step_down(&mut self, error: &SequencerError) -> Result<(), SequencerError> {
        let text = error.to_string();
        if self.trouble.as_ref() != Some(&text) {
            let origin = self.key.verifier().origin().as_str();
            let error = error as &dyn std::error::Error;
            match self.office {
                Some(_) => tracing::warn!(origin, error, "not the sequencer any more: another process may be"),
                None => tracing::warn!(origin, error, "stalled: this process tries again until it can go on"),
            }
        }
        self.trouble = Some(text);
        self.role.send_replace(Role::Stalled);
        if self.office.is_none() {
            return Ok(());
        }
        self.leave_office()?;
        let durable = restart::head_of(self.signed.borrow().as_deref());
        if self.ledger.chain().head() != durable {
            self.ledger = Ledger::new(self.key.verifier().clone(), self.seeds.clone());
        }
        Ok(())
    }
}

impl Waiters {
    pub(super) fn add(
        &mut self,
        payload_hash: PayloadHash,
        examined: Option<Examined>,
        reply: oneshot::Sender<Outcome>,
    ) {
        let waiting = self.0.entry(payload_hash).or_default();
        waiting.examined = waiting.examined.take().or(examined);
        waiting.replies.push(reply);
    }

    pub(super) fn take_examined(&mut self, payload_hash: &PayloadHash) -> Option<Examined> {
        self.0.get_mut(payload_hash)?.examined.take()
    }

    /// What is waited for.
    pub(super) fn payloads(&self) -> Vec<PayloadHash> {
        self.0.keys().copied().collect()
    }

    pub(super) fn answer(&mut self, payload_hash: &PayloadHash, outcome: &Outcome) {
        let replies = self.0.remove(payload_hash).unwrap_or_default().replies;
        replies.into_iter().for_each(|reply| answer(reply, outcome.clone()));
    }

    /// Whoever waited for it is told that nobody knows.
    pub(super) fn forget(&mut self, payload_hash: &PayloadHash) {
        self.0.remove(payload_hash);
    }
}

/// Whoever asked may have gone; what became of the payload stands all the same.
pub(super) fn answer(reply: oneshot::Sender<Outcome>, outcome: Outcome) {
    drop(reply.send(outcome));
}
