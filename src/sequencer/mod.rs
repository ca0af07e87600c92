//! Numbers what is handed in: one sequencer for each log. Implements specs/board.md#sequencing.
//!
//! Where processes share a store, each of them has a thread for the log; one is the *sequencer*, the others are *fronts* until it
//! leaves. Whoever hands something in need not know which one it has got. A payload goes this way, and an answer is given only at its end:
//!
//! 1. [`Sequencer::submit`] decodes it. While there is a poll, the proofs of ballots are verified on all cores: those together that came
//!    while the last ones were verified (`crate::groups`).
//! 2. What cannot become an entry, whatever else is handed in, is answered at once. The rest is put into the durable queue; the
//!    same payload again gets the answer of the first.
//!    A front goes no further: it tells the sequencer, and waits for the outcome in the store (`front`).
//! 3. A batch is taken off the queue, in ascending order of payload hash: ballots and challenges, at most one of a
//!    credential; or one payload of another kind. Each is judged by the rules of `tabella-election` after those before it.
//! 4. The bytes of the accepted entries are hashed again, and their tree is signed.
//! 5. Entries, head, checkpoint and the shortened queue become durable in one transaction, or not at all. If another sequencer was
//!    faster, this one is none any more, and its signature is forgotten.
//! 6. The tiles are written, then the checkpoint; where the policy asks for witnesses, [`crate::witnessing`] publishes it when they have
//!    cosigned it, and nobody waits for that here.
//!
//! Whenever anything but a payload is at fault the sequencer stops, for what it has in memory may no longer be what is durable.
//! What follows, its next start or a front that it becomes, judges the stored log again from entry 0. The same payloads in the same
//! batches give the same log, to the byte.
//!
//! Read the modules in the order of a payload's way: `worker` (what the thread is asked, and its roles), `queue` (1 and 2), `front`,
//! `office` (how a process becomes the sequencer), `numbering` (3 to 6).

mod error;
mod role;
mod snapshot;
mod stored;

mod worker;

mod door;
mod queue;

mod front;

mod office;
mod restart;

mod closing;
mod numbering;
mod votes;

mod attendance;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use rand_core::CryptoRng;
use tabella_board::checkpoint::SignedCheckpoint;
use tabella_board::entry::MAX_PAYLOAD_LENGTH;
use tabella_board::key::LogKey;
use tabella_board::tree::TreeHead;
use tabella_election::message::{Closing, Message, Prefix, Signed};
use tabella_election::rules::Poll;
use tabella_election::{Code, Kind, Rejection};
use tabella_record::entries::PayloadHash;
use tabella_record::examination::{Seeds, examine, is_of_voter};
use tabella_record::files::Record;
use tabella_record::ledger::Ledger;
use tokio::runtime::Handle;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::{JoinHandle, spawn_blocking};
use tokio::time::timeout;

pub use self::closing::Standstill;
pub use self::error::{SequencerError, SubmitError};
pub use self::role::Role;
pub(crate) use self::snapshot::SignedHead;
pub use self::snapshot::{CeremonyState, ClosingState, ElectionState, Snapshot, Voters};
pub(crate) use self::worker::Order;

use self::attendance::{look_out, tell_others};
use self::closing::ClosingRequest;
use self::snapshot::Observer;
use self::stored::StoredLog;
use self::worker::{BATCH, Prepared, Request, Sequencing, Waiters};
use crate::groups::Groups;
use crate::storage::{LogId, Pending, Store, StoreError, Voter};
use crate::witnessing::Witnessing;

/// Submissions that may wait for the sequencer's thread; whoever comes then waits before it.
const SUBMISSIONS: usize = BATCH;

/// A payload that stands in the log: durable, and under a signed checkpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Numbered {
    /// The index of its entry.
    pub index: u64,
    /// Whether it stood there before it was handed in this time (`already_submitted`).
    pub is_repeated: bool,
}

/// What is handed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Submission {
    /// The kind of the entry that it asks for.
    pub kind: Kind,
    /// What the author wrote.
    pub payload: Vec<u8>,
}

/// The way to the sequencer of a log, wherever it runs. Cheap to clone; the thread of the log ends when all clones are dropped.
#[derive(Clone)]
pub struct Sequencer {
    log: LogId,
    orders: mpsc::Sender<Order>,
    examiner: Groups<Vec<Prepared>, Vec<Prepared>>,
    snapshots: watch::Receiver<Arc<Snapshot>>,
    role: watch::Receiver<Role>,
    signed: watch::Receiver<Option<Arc<SignedCheckpoint>>>,
    record: Record,
    patience: Duration,
}

/// The thread of a log.
pub struct Worker(JoinHandle<Result<(), SequencerError>>);

impl Worker {
    /// Waits until the thread has ended: because all handles were dropped, or why it had to stop.
    pub async fn ended(self) -> Result<(), SequencerError> {
        self.0.await.unwrap_or(Err(SequencerError::Panicked))
    }
}

impl Sequencer {
    /// Starts the thread of the log that `key` signs, whose record is in the directory `record`; begins the log if the store has none.
    /// It is the sequencer unless another process that shares the store is. Must be called in a Tokio runtime.
    ///
    /// The sequencer judges every stored entry again, compares the log with the stored head, with the published files and with what
    /// every witness has cosigned, writes what is missing from the directory, and numbers what waits. `rng` weighs the proofs of
    /// batches; it has no influence on the log.
    ///
    /// Fails if store, directory, key and witnesses are not of one history; the error says what to do.
    pub async fn start(
        store: impl Store,
        record: impl Into<PathBuf>,
        key: LogKey,
        rng: impl CryptoRng + Send + 'static,
        witnessing: Witnessing,
    ) -> Result<(Self, Worker), SequencerError> {
        let log = find_or_create_log(&store, key.verifier().origin().as_str()).await?;
        let listener = store.listen(log).await?;
        let store = Arc::new(store);
        let record = Record::make(record)?;
        let seeds = Seeds::new(rng);
        let ledger = Ledger::new(key.verifier().clone(), seeds.clone());
        let mut observer = Observer::default();
        let snapshot = observer.observe(&ledger, ClosingState::default());

        let (orders_sender, orders) = mpsc::channel(SUBMISSIONS);
        let (poll_sender, poll) = watch::channel(None);
        let (snapshot_sender, snapshots) = watch::channel(Arc::new(snapshot));
        let (role_sender, role) = watch::channel(Role::Front);
        let (signed_sender, signed) = watch::channel(None);
        let examiner = {
            let seeds = seeds.clone();
            Groups::of(BATCH, move |groups| examine_groups(groups, poll.borrow().clone().as_deref(), &seeds))
        };
        let handle = Self {
            log,
            orders: orders_sender,
            examiner,
            snapshots,
            role,
            signed,
            record: record.clone(),
            patience: witnessing.witness_patience,
        };
        let sequencing = Sequencing {
            key,
            ledger,
            stored: StoredLog { store: Arc::clone(&store), log, runtime: Handle::current() },
            record,
            orders,
            orders_sender: handle.orders.downgrade(),
            poll: poll_sender,
            snapshots: snapshot_sender,
            role: role_sender,
            signed: signed_sender,
            observer,
            closing: None,
            seeds,
            waiting: Waiters::default(),
            witnessing,
            is_shared: listener.is_some(),
            office: None,
            seen: TreeHead::empty(),
            behind: None,
            trouble: None,
        };
        let sequencing = spawn_blocking(|| sequencing.begin()).await.unwrap_or(Err(SequencerError::Panicked))?;
        if let Some(listener) = listener {
            tokio::spawn(look_out(listener, handle.role.clone(), handle.orders.downgrade()));
            tokio::spawn(tell_others(store, log, handle.role.clone(), handle.watch(), handle.signed.clone()));
        }
        Ok((handle, Worker(spawn_blocking(|| sequencing.run()))))
    }

    /// The log in its store.
    pub fn log(&self) -> LogId {
        self.log
    }

    /// The state under the published checkpoint, and each one after it. Its sender is dropped when the sequencer stops.
    pub fn watch(&self) -> watch::Receiver<Arc<Snapshot>> {
        self.snapshots.clone()
    }

    /// The checkpoint that was signed last, with the log's signature alone; `None` before the manifest. All its tiles are in the record.
    /// Where the policy asks for witnesses, it may be ahead of what is published.
    pub fn signed(&self) -> Option<Arc<SignedCheckpoint>> {
        self.signed.borrow().clone()
    }

    /// The published files.
    pub fn record(&self) -> &Record {
        &self.record
    }

    /// What this process does for the log.
    pub fn role(&self) -> Role {
        *self.role.borrow()
    }

    /// The same, each time it changes.
    pub fn watch_role(&self) -> watch::Receiver<Role> {
        self.role.clone()
    }

    /// Hands in a request of the authority to close the voting, or to go on with it; returns when it is durable, nothing waits
    /// any more, and the board as it stands then is published. Implements specs/server.md#closing.
    pub async fn take_closing(&self, payload: Vec<u8>) -> Result<Standstill, SubmitError> {
        let (reply, answer) = oneshot::channel();
        let order = Order::Close(ClosingRequest { payload: payload.clone(), reply });
        self.orders.send(order).await.map_err(|_| SubmitError::Stopped)?;
        let taken = answer.await.map_err(|_| SubmitError::Stopped)??;
        let &Closing { number, is_closing, .. } = Signed::<Closing>::decode(&payload)?.body();
        if is_closing {
            self.wait_for(taken.index).await?;
        }
        let checkpoint = self.record.checkpoint().ok().flatten().ok_or(SubmitError::Stopped)?;
        let snapshot = Arc::clone(&self.snapshots.borrow());
        let ballots = snapshot.state.as_ref().map_or(0, |state| state.counts.accepted);
        Ok(Standstill { closing: ClosingState { number, is_closing }, ballots, last: snapshot.last, checkpoint })
    }

    /// Waits until so many entries are published.
    async fn wait_for(&self, size: u64) -> Result<(), SubmitError> {
        let mut snapshots = self.snapshots.clone();
        let published = snapshots.wait_for(|snapshot| snapshot.head.size >= size);
        match timeout(self.patience, published).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(_)) => Err(SubmitError::Stopped),
            Err(_) => Err(SubmitError::QuorumMissing),
        }
    }

    /// Hands in one payload, and returns when it is numbered and durable.
    pub async fn submit(&self, kind: Kind, payload: Vec<u8>) -> Result<Numbered, SubmitError> {
        let outcome = self.submit_many(vec![Submission { kind, payload }]).await?.pop();
        Ok(outcome.ok_or(SubmitError::Stopped)??)
    }

    /// Hands in many payloads at once, and returns when each is numbered or rejected; the answers stand in their order.
    ///
    /// Up to 1,024 ballots of different voters that are handed in while nothing else waits make one batch.
    pub async fn submit_many(
        &self,
        submissions: Vec<Submission>,
    ) -> Result<Vec<Result<Numbered, Rejection>>, SubmitError> {
        let mut prepared = Vec::with_capacity(submissions.len());
        let mut replies = Vec::with_capacity(submissions.len());
        let mut answers = Vec::with_capacity(submissions.len());
        for submission in submissions {
            answers.push(decode(submission).map(|decoded| {
                let (reply, answer) = oneshot::channel();
                prepared.push(decoded);
                replies.push(reply);
                answer
            }));
        }
        let prepared = self.examiner.ask(prepared).await.ok_or(SubmitError::Stopped)?;
        let group = prepared.into_iter().zip(replies).map(|(prepared, reply)| Request { prepared, reply }).collect();
        self.orders.send(Order::Number(group)).await.map_err(|_| SubmitError::Stopped)?;
        let mut outcomes = Vec::with_capacity(answers.len());
        for answer in answers {
            outcomes.push(match answer {
                Ok(answer) => answer.await.map_err(|_| SubmitError::Stopped)?,
                Err(rejection) => Err(rejection),
            });
        }
        Ok(outcomes)
    }
}

/// The log of this origin; it begins now, if no other process has begun it.
async fn find_or_create_log(store: &impl Store, origin: &str) -> Result<LogId, StoreError> {
    loop {
        if let Some(log) = store.find_log(origin).await? {
            return Ok(log);
        }
        match store.create_log(origin).await {
            // Another process was faster.
            Err(StoreError::LogExists(_)) => {}
            begun => return begun,
        }
    }
}

/// Verifies the proofs of all ballots in these groups at once, while there is a poll.
fn examine_groups(mut groups: Vec<Vec<Prepared>>, poll: Option<&Poll>, seeds: &Seeds) -> Vec<Vec<Prepared>> {
    if let Some(poll) = poll {
        examine_votes(poll, groups.iter_mut().flatten(), seeds);
    }
    groups
}

fn examine_votes<'a>(poll: &Poll, prepared: impl Iterator<Item = &'a mut Prepared>, seeds: &Seeds) {
    let mut votes: Vec<_> = prepared.filter(|prepared| is_of_voter(prepared.kind)).collect();
    let payloads: Vec<_> = votes.iter().map(|vote| (vote.kind, vote.pending.payload.as_slice())).collect();
    let examined = examine(poll, &payloads, seeds);
    for (vote, examined) in votes.iter_mut().zip(examined) {
        vote.examined = Some(examined);
    }
}

/// Step 2 of specs/election.md#rules, and the size that comes before it.
fn decode(Submission { kind, payload }: Submission) -> Result<Prepared, Rejection> {
    if payload.len() > MAX_PAYLOAD_LENGTH {
        let text = format!("A payload has at most {MAX_PAYLOAD_LENGTH} bytes; this one has {}.", payload.len());
        return Rejection::refuse(Code::PayloadTooLarge, text);
    }
    let voter = match Message::decode(kind, &payload)? {
        Message::Ballot(ballot) => Some(voter(&ballot.prefix)),
        Message::Challenge(challenge) => Some(voter(&challenge.prefix)),
        _ => None,
    };
    let payload_hash = PayloadHash::of(&payload);
    let pending = Pending { payload_hash, kind: kind.as_str().to_owned(), payload, voter };
    Ok(Prepared { kind, pending, examined: None })
}

fn voter(prefix: &Prefix) -> Voter {
    Voter { credential: prefix.credential.0, nonce: prefix.r.0 }
}
