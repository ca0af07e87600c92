//! The thread that numbers entries. Implements specs/board.md#sequencing.

use std::collections::HashMap;
use std::sync::Arc;
use std::{iter, mem};

use tabella_board::checkpoint::SignedCheckpoint;
use tabella_board::hash::Hash;
use tabella_board::key::LogKey;
use tabella_board::tree::{Tree, TreeHead};
use tabella_election::kind::Phase;
use tabella_election::rules::{Board, Examined, Poll};
use tabella_election::{Code, Kind, Rejection};
use tabella_record::directory::RecordDirectory;
use tabella_record::entries::{NumberedEntry, PayloadHash};
use tabella_record::examination::{Seeds, is_of_voter};
use tabella_record::ledger::{Draft, Ledger};
use tabella_record::publication::{Publication, show};
use tokio::sync::{mpsc, oneshot, watch};

use super::closing::{self, ClosingRequest};
use super::snapshot::{Observer, SignedHead, Snapshot};
use super::stored::StoredLog;
use super::{Numbered, SequencerError, door, examine_votes, votes};
use crate::storage::{Admission, Batch, Pending, Store, StoreError, StoredClosing};

/// The most entries that are numbered together.
pub(super) const BATCH: usize = 1024;

/// What became of a payload.
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

/// What the sequencer is asked to do.
pub(crate) enum Order {
    /// To number payloads.
    Number(Vec<Request>),
    /// To close the voting, or to go on with it.
    Close(ClosingRequest),
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
    pub(super) directory: Arc<RecordDirectory>,
    pub(super) orders: mpsc::Receiver<Order>,
    pub(super) poll: watch::Sender<Option<Arc<Poll>>>,
    pub(super) snapshots: watch::Sender<Arc<Snapshot>>,
    /// What was signed last, for whoever publishes it.
    pub(super) heads: watch::Sender<Option<Arc<SignedHead>>>,
    pub(super) signed: Option<Arc<SignedCheckpoint>>,
    pub(super) observer: Observer,
    /// The last request to close that was taken.
    pub(super) closing: Option<StoredClosing>,
    pub(super) seeds: Seeds,
    pub(super) waiting: Waiters,
}

/// By the hash of the payload that they wait for.
#[derive(Default)]
pub(super) struct Waiters(HashMap<PayloadHash, Waiting>);

impl<S: Store> Sequencing<S> {
    /// Numbers what waits since before the start, then what comes, until every handle is dropped.
    pub(super) fn run(mut self) -> Result<(), SequencerError> {
        self.number_all()?;
        while let Some(order) = self.orders.blocking_recv() {
            match order {
                Order::Number(group) => self.take_with_more(group)?,
                Order::Close(request) => self.take_closing(request)?,
                Order::Stop(error) => return Err(*error),
            }
        }
        Ok(())
    }

    /// What came while the last batch was made durable is made durable together, up to a request to close.
    fn take_with_more(&mut self, mut group: Vec<Request>) -> Result<(), SequencerError> {
        while group.len() < BATCH {
            match self.orders.try_recv() {
                Ok(Order::Number(more)) => group.extend(more),
                Ok(Order::Close(request)) => {
                    self.take(group)?;
                    return self.take_closing(request);
                }
                Ok(Order::Stop(error)) => return Err(*error),
                Err(_) => break,
            }
        }
        self.take(group)
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
        if let (Some(checkpoint), Some(policy)) = (&self.signed, self.ledger.policy()) {
            let signed = SignedHead { checkpoint: Arc::clone(checkpoint), policy: Arc::clone(policy), snapshot };
            self.heads.send_replace(Some(Arc::new(signed)));
        }
    }

    /// Numbers these payloads. What cannot become an entry never reaches the queue: there it would be written to disk, and would
    /// keep the voter waiting in whose name anybody can have sent it.
    fn take(&mut self, group: Vec<Request>) -> Result<(), SequencerError> {
        let mut admitted = Vec::new();
        for mut request in group {
            if let Some(outcome) = self.judge_early(&mut request.prepared)? {
                answer(request.reply, outcome);
                continue;
            }
            // What is no vote may change what can stand after it.
            let is_last = !is_of_voter(request.prepared.kind) || admitted.len() + 1 == BATCH;
            admitted.push(request);
            if is_last {
                self.number_together(mem::take(&mut admitted))?;
            }
        }
        self.number_together(admitted)
    }

    /// What becomes of a payload, if that is certain before it is queued.
    fn judge_early(&mut self, prepared: &mut Prepared) -> Result<Option<Outcome>, SequencerError> {
        if self.is_closing() && prepared.kind != Kind::Close {
            let entry = self.entry_of(&prepared.pending)?;
            return Ok(Some(
                entry.map_or_else(|| Err(closing::refusal(prepared.kind)), |entry| Ok(repeated(entry.index))),
            ));
        }
        let is_promising = match self.ledger.poll().filter(|_| is_of_voter(prepared.kind)) {
            Some(poll) => is_sound(poll, prepared, &self.seeds),
            None => {
                if let Some(entry) = self.entry_of(&prepared.pending)? {
                    return Ok(Some(Ok(repeated(entry.index))));
                }
                door::judge(self.ledger.board(), prepared.kind, &prepared.pending.payload).is_ok()
            }
        };
        match is_promising {
            true => Ok(None),
            false => self.refuse(prepared).map(Some),
        }
    }

    /// The code that the rules give to what cannot become an entry.
    fn refuse(&mut self, prepared: &Prepared) -> Result<Outcome, SequencerError> {
        let draft = Draft {
            kind: prepared.kind,
            payload: prepared.pending.payload.clone(),
            payload_hash: prepared.pending.payload_hash,
            examined: prepared.examined.clone(),
        };
        match self.ledger.judge(vec![draft], &self.stored)?.pop() {
            Some(Err(rejection)) => Ok(Err(rejection)),
            // Two judgements of the same bytes differ, and an entry that is in no queue is in memory.
            _ => Err(SequencerError::MemoryDamaged),
        }
    }

    fn entry_of(&self, pending: &Pending) -> Result<Option<NumberedEntry>, StoreError> {
        let entry = self.stored.store.entry_of_payload(self.stored.log, pending.payload_hash);
        self.stored.wait(entry)
    }

    fn number_together(&mut self, group: Vec<Request>) -> Result<(), SequencerError> {
        if group.is_empty() {
            return Ok(());
        }
        self.enqueue(group)?;
        self.number_all()
    }

    /// Puts payloads into the durable queue, and answers those that need not wait.
    fn enqueue(&mut self, group: Vec<Request>) -> Result<(), SequencerError> {
        let (payloads, replies): (Vec<_>, Vec<_>) =
            group.into_iter().map(|Request { prepared, reply }| (prepared.pending, (prepared.examined, reply))).unzip();
        let admissions = self.stored.wait(self.stored.store.insert_pending(self.stored.log, &payloads))?;
        for ((payload, (examined, reply)), admission) in payloads.iter().zip(replies).zip(admissions) {
            match admission {
                Admission::New | Admission::Waiting => self.waiting.add(payload.payload_hash, examined, reply),
                Admission::Numbered(index) => answer(reply, Ok(repeated(index))),
                Admission::VoterBusy => answer(reply, Err(busy())),
            }
        }
        Ok(())
    }

    /// Numbers what is in the queue. Reads each payload once.
    pub(super) fn number_all(&mut self) -> Result<(), SequencerError> {
        loop {
            let waiting = self.stored.wait(self.stored.store.pending(self.stored.log, BATCH))?;
            let is_last = waiting.len() < BATCH;
            for batch in batches(waiting) {
                self.number(batch)?;
            }
            if is_last {
                return Ok(());
            }
        }
    }

    /// Judges, signs, commits and publishes one batch, in this order.
    fn number(&mut self, batch: Vec<Pending>) -> Result<(), SequencerError> {
        let before = self.ledger.chain().tree().clone();
        let hashes: Vec<PayloadHash> = batch.iter().map(|pending| pending.payload_hash).collect();
        let drafts = batch.into_iter().map(|pending| self.draft(pending)).collect::<Result<_, _>>()?;
        let judged = self.ledger.judge(drafts, &self.stored)?;

        let (mut entries, mut rejected, mut outcomes) = (Vec::new(), Vec::new(), Vec::new());
        for (payload_hash, judgement) in hashes.into_iter().zip(judged) {
            outcomes.push((payload_hash, judgement.as_ref().map(numbered).map_err(Clone::clone)));
            match judgement {
                Ok(entry) => entries.push(entry),
                Err(_) => rejected.push(payload_hash),
            }
        }
        if entries.is_empty() {
            self.stored.wait(self.stored.store.drop_pending(self.stored.log, &rejected))?;
        } else {
            self.append(before, entries, rejected)?;
            self.show();
        }
        self.poll.send_if_modified(|poll| replace_poll(poll, self.ledger.poll()));
        self.waiting.answer(outcomes);
        Ok(())
    }

    fn draft(&mut self, pending: Pending) -> Result<Draft, SequencerError> {
        let Pending { payload_hash, payload, kind, .. } = pending;
        let kind: Kind = kind.parse().map_err(|_| StoreError::Damaged("kind"))?;
        Ok(Draft { kind, payload, payload_hash, examined: self.waiting.take_examined(&payload_hash) })
    }

    /// Makes entries durable together with their checkpoint, and only then shows it to anybody.
    fn append(
        &mut self,
        before: Tree,
        entries: Vec<NumberedEntry>,
        rejected: Vec<PayloadHash>,
    ) -> Result<(), SequencerError> {
        let old = before.head();
        let after = self.ledger.chain().head();
        compare_bytes(before, &entries, after)?;
        let checkpoint = SignedCheckpoint::sign(&self.key, after);
        let votes = self.ledger.poll().map_or_else(Vec::new, |poll| votes::of_entries(poll, &entries));
        let batch = Batch { before: old, after, checkpoint: checkpoint.as_bytes().to_vec(), entries, votes, rejected };
        self.stored.wait(self.stored.store.commit(self.stored.log, &batch))?;
        self.publication().grow(old.size)?;
        self.signed = Some(Arc::new(checkpoint));
        self.publish()
    }

    /// Publishes what was signed, if no witnesses are waited for. Once the election has ended its folder is exactly the record.
    /// Implements the end of specs/board.md#sequencing.
    pub(super) fn publish(&self) -> Result<(), SequencerError> {
        let Some(signed) = self.signed.as_ref().filter(|_| !self.needs_witnesses()) else { return Ok(()) };
        show(&self.directory, signed)?;
        match self.ledger.board().map(Board::phase) {
            Some(Phase::Finished) => Ok(self.directory.finish(self.ledger.chain().size())?),
            _ => Ok(()),
        }
    }

    pub(super) fn publication(&self) -> Publication<'_, StoredLog<S>> {
        Publication { directory: &self.directory, chain: self.ledger.chain(), entries: &self.stored }
    }
}

impl Waiters {
    fn add(&mut self, payload_hash: PayloadHash, examined: Option<Examined>, reply: oneshot::Sender<Outcome>) {
        let waiting = self.0.entry(payload_hash).or_default();
        waiting.examined = waiting.examined.take().or(examined);
        waiting.replies.push(reply);
    }

    fn take_examined(&mut self, payload_hash: &PayloadHash) -> Option<Examined> {
        self.0.get_mut(payload_hash)?.examined.take()
    }

    fn answer(&mut self, outcomes: Vec<(PayloadHash, Outcome)>) {
        for (payload_hash, outcome) in outcomes {
            let replies = self.0.remove(&payload_hash).unwrap_or_default().replies;
            replies.into_iter().for_each(|reply| answer(reply, outcome.clone()));
        }
    }
}

/// Whether a ballot or challenge may become an entry, as far as it can be examined alone.
fn is_sound(poll: &Poll, vote: &mut Prepared, seeds: &Seeds) -> bool {
    if vote.examined.is_none() {
        // It came before the poll began.
        examine_votes(poll, iter::once(&mut *vote), seeds);
    }
    vote.examined.as_ref().is_some_and(Examined::is_sound)
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

fn repeated(index: u64) -> Numbered {
    Numbered { index, is_repeated: true }
}

fn busy() -> Rejection {
    Rejection::new(
        Code::BallotPending,
        "Another ballot of this voter waits to be numbered. Send this one again when it is.",
    )
}

/// Whoever asked may have gone; the entry stands all the same.
fn answer(reply: oneshot::Sender<Outcome>, outcome: Outcome) {
    drop(reply.send(outcome));
}

/// Says whether the poll began or ended.
fn replace_poll(shown: &mut Option<Arc<Poll>>, current: Option<&Arc<Poll>>) -> bool {
    let changed = shown.is_some() != current.is_some();
    if changed {
        *shown = current.cloned();
    }
    changed
}
