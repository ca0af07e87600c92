//! Numbers what is handed in: one sequencer for each log. Implements specs/board.md#sequencing.
//!
//! A payload goes this way, and an answer is given only at its end:
//!
//! 1. [`Sequencer::submit`] decodes it and, while there is a poll, verifies the proofs of ballots on all cores.
//! 2. What cannot become an entry, whatever else is handed in, is answered at once. The rest is put into the durable queue; the
//!    same payload again gets the answer of the first.
//! 3. A batch is taken off the queue, in ascending order of payload hash: ballots and challenges, at most one of a
//!    credential; or one payload of another kind. Each is judged by the rules of `tabella-election` after those before it.
//! 4. The bytes of the accepted entries are hashed again, and their tree is signed.
//! 5. Entries, head, checkpoint and the shortened queue become durable in one transaction, or not at all. If another sequencer was
//!    faster, this one stops, and its signature is forgotten.
//! 6. The tiles are written, then the checkpoint.
//!
//! Whenever anything but a payload is at fault the sequencer stops, for what it has in memory may no longer be what is durable.
//! Its next start judges the stored log again from entry 0 ([`Sequencer::start`]). The same payloads in the same
//! batches give the same log, to the byte.

mod closing;
mod door;
mod error;
mod restart;
mod snapshot;
mod stored;
mod votes;
mod worker;

use std::sync::Arc;

use rand_core::CryptoRng;
use tabella_board::entry::MAX_PAYLOAD_LENGTH;
use tabella_board::key::LogKey;
use tabella_election::message::{Message, Prefix};
use tabella_election::rules::Poll;
use tabella_election::{Code, Kind, Rejection};
use tabella_record::directory::RecordDirectory;
use tabella_record::entries::PayloadHash;
use tabella_record::examination::{Seeds, examine, is_of_voter};
use tabella_record::ledger::Ledger;
use tabella_record::publication::Publication;
use tokio::runtime::Handle;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::{JoinHandle, spawn_blocking};

pub use self::closing::Standstill;
pub use self::error::{SequencerError, SubmitError};
pub use self::snapshot::{CeremonyState, ClosingState, ElectionState, Snapshot, Voters};

use self::closing::ClosingRequest;
use self::snapshot::Observer;
use self::stored::StoredLog;
use self::worker::{Order, Prepared, Request, Sequencing, Waiters};
use crate::storage::{LogId, Pending, Store, Voter};

/// Submissions that may wait for the sequencer's thread; whoever comes then waits before it.
const SUBMISSIONS: usize = 64;

/// A payload that stands in the log: durable, under a signed checkpoint, and published.
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

/// The way to a running sequencer. Cheap to clone; the sequencer ends when all clones are dropped.
#[derive(Clone)]
pub struct Sequencer {
    log: LogId,
    orders: mpsc::Sender<Order>,
    poll: watch::Receiver<Option<Arc<Poll>>>,
    snapshots: watch::Receiver<Arc<Snapshot>>,
    seeds: Seeds,
}

/// A sequencer's thread.
pub struct Worker(JoinHandle<Result<(), SequencerError>>);

impl Worker {
    /// Waits until the sequencer has ended: because all its handles were dropped, or why it had to stop.
    pub async fn ended(self) -> Result<(), SequencerError> {
        self.0.await.unwrap_or(Err(SequencerError::Panicked))
    }
}

impl Sequencer {
    /// Starts the sequencer of the log that `key` signs; begins the log if the store has none. Must be called in a Tokio runtime.
    ///
    /// Judges every stored entry again, compares the log with the stored head and with the published checkpoint, writes what is
    /// missing from `directory`, and numbers what waits. `rng` weighs the proofs of batches; it has no influence on the log.
    ///
    /// Fails if store, directory and key are not of one history; the error says what to do.
    pub async fn start(
        store: impl Store,
        directory: Arc<RecordDirectory>,
        key: LogKey,
        rng: impl CryptoRng + Send + 'static,
    ) -> Result<(Self, Worker), SequencerError> {
        let origin = key.verifier().origin().as_str();
        let log = match store.find_log(origin).await? {
            Some(log) => log,
            None => store.create_log(origin).await?,
        };
        let stored = StoredLog { store, log, runtime: Handle::current() };
        let seeds = Seeds::new(rng);
        let (sender, orders) = mpsc::channel(SUBMISSIONS);
        let (poll_sender, poll) = watch::channel(None);

        let ledger = Ledger::new(key.verifier().clone(), seeds.clone());
        let mut observer = Observer::default();
        let (snapshot_sender, snapshots) = watch::channel(Arc::new(observer.observe(&ledger, ClosingState::default())));
        let sequencing = Sequencing {
            key,
            ledger,
            stored,
            directory,
            orders,
            poll: poll_sender,
            snapshots: snapshot_sender,
            observer,
            closing: None,
            seeds: seeds.clone(),
            waiting: Waiters::default(),
        };
        let sequencing = spawn_blocking(|| restart(sequencing)).await.unwrap_or(Err(SequencerError::Panicked))?;
        let worker = Worker(spawn_blocking(|| sequencing.run()));
        Ok((Self { log, orders: sender, poll, snapshots, seeds }, worker))
    }

    /// The log in its store.
    pub fn log(&self) -> LogId {
        self.log
    }

    /// The state under the published checkpoint, and each one after it. Its sender is dropped when the sequencer stops.
    pub fn watch(&self) -> watch::Receiver<Arc<Snapshot>> {
        self.snapshots.clone()
    }

    /// Hands in a request of the authority to close the voting, or to go on with it; returns when it is durable and nothing waits
    /// any more. Implements specs/server.md#closing.
    pub async fn take_closing(&self, payload: Vec<u8>) -> Result<Standstill, SubmitError> {
        let (reply, answer) = oneshot::channel();
        let order = Order::Close(ClosingRequest { payload, reply });
        self.orders.send(order).await.map_err(|_| SubmitError::Stopped)?;
        Ok(answer.await.map_err(|_| SubmitError::Stopped)??)
    }

    /// Hands in one payload, and returns when it is numbered, durable and published.
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
        let (poll, seeds) = (self.poll.borrow().clone(), self.seeds.clone());
        let prepare = move || prepare(submissions, poll.as_deref(), &seeds);
        let prepared = spawn_blocking(prepare).await.map_err(|_| SubmitError::Stopped)?;

        let mut group = Vec::new();
        let mut answers = Vec::new();
        for prepared in prepared {
            answers.push(prepared.map(|prepared| {
                let (reply, answer) = oneshot::channel();
                group.push(Request { prepared, reply });
                answer
            }));
        }
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

/// Makes sure that store, directory and key are of one history, and completes the directory.
fn restart<S: Store>(mut sequencing: Sequencing<S>) -> Result<Sequencing<S>, SequencerError> {
    let Sequencing { ledger, stored, directory, key, poll, .. } = &mut sequencing;
    let signed = restart::signed_checkpoint(stored, key.verifier())?;
    let published = restart::published_head(directory, key.verifier())?;
    ledger.catch_up(stored)?;
    let chain = ledger.chain();
    restart::compare_published(chain, published)?;
    restart::compare_signed(chain, signed.as_ref())?;
    directory.write_log_key(key.verifier())?;
    restart::republish(&Publication { directory, chain, entries: stored }, signed.as_ref())?;
    poll.send_replace(ledger.poll().cloned());
    sequencing.closing = sequencing.stored.wait(sequencing.stored.store.closing(sequencing.stored.log))?;
    sequencing.finish_record()?;
    sequencing.show();
    Ok(sequencing)
}

/// Everything about payloads that does not depend on what else is handed in.
fn prepare(submissions: Vec<Submission>, poll: Option<&Poll>, seeds: &Seeds) -> Vec<Result<Prepared, Rejection>> {
    let mut prepared: Vec<_> = submissions.into_iter().map(decode).collect();
    if let Some(poll) = poll {
        examine_votes(poll, prepared.iter_mut().flatten(), seeds);
    }
    prepared
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
