//! Numbers what is handed in: one sequencer for each log. Implements specs/board.md#sequencing.
//!
//! A payload goes this way, and an answer is given only at its end:
//!
//! 1. [`Sequencer::submit`] decodes it. While there is a poll, the proofs of ballots are verified on all cores: those together that came
//!    while the last ones were verified ([`crate::groups`]).
//! 2. What cannot become an entry, whatever else is handed in, is answered at once. The rest is put into the durable queue; the
//!    same payload again gets the answer of the first.
//! 3. A batch is taken off the queue, in ascending order of payload hash: ballots and challenges, at most one of a
//!    credential; or one payload of another kind. Each is judged by the rules of `tabella-election` after those before it.
//! 4. The bytes of the accepted entries are hashed again, and their tree is signed.
//! 5. Entries, head, checkpoint and the shortened queue become durable in one transaction, or not at all. If another sequencer was
//!    faster, this one stops, and its signature is forgotten.
//! 6. The tiles are written, then the checkpoint; where the policy asks for witnesses, [`crate::witnessing`] publishes it when they have
//!    cosigned it, and nobody waits for that here.
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
use std::time::Duration;

use rand_core::CryptoRng;
use tabella_board::entry::MAX_PAYLOAD_LENGTH;
use tabella_board::key::LogKey;
use tabella_election::message::{Message, Prefix};
use tabella_election::rules::Poll;
use tabella_election::{Code, Kind, Rejection};
use tabella_record::directory::RecordDirectory;
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
pub use self::snapshot::{CeremonyState, ClosingState, ElectionState, SignedHead, Snapshot, Voters};
pub(crate) use self::worker::Order;

use self::closing::{ClosingRequest, Drained};
use self::snapshot::Observer;
use self::stored::StoredLog;
use self::worker::{BATCH, Prepared, Request, Sequencing, Waiters};
use crate::groups::Groups;
use crate::storage::{LogId, Pending, Store, Voter};
use crate::witnessing::{Own, Rounds, WitnessAgent, Witnessing, judge_start};

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

/// The way to a running sequencer. Cheap to clone; the sequencer ends when all clones are dropped.
#[derive(Clone)]
pub struct Sequencer {
    log: LogId,
    orders: mpsc::Sender<Order>,
    examiner: Groups<Vec<Prepared>, Vec<Prepared>>,
    snapshots: watch::Receiver<Arc<Snapshot>>,
    heads: watch::Receiver<Option<Arc<SignedHead>>>,
    record: Record,
    patience: Duration,
}

/// A sequencer's thread, and the task that publishes what it signs.
pub struct Worker {
    sequencing: JoinHandle<Result<(), SequencerError>>,
    rounds: JoinHandle<()>,
}

impl Worker {
    /// Waits until the sequencer has ended: because all its handles were dropped, or why it had to stop.
    pub async fn ended(self) -> Result<(), SequencerError> {
        let ended = self.sequencing.await.unwrap_or(Err(SequencerError::Panicked));
        // It ends with the sequencer. If it panicked before, nothing was published since.
        self.rounds.await.map_err(|_| SequencerError::Panicked)?;
        ended
    }
}

impl Sequencer {
    /// Starts the sequencer of the log that `key` signs; begins the log if the store has none. Must be called in a Tokio runtime.
    ///
    /// Judges every stored entry again, compares the log with the stored head, with the published files and with what every witness
    /// has cosigned, writes what is missing from `directory`, and numbers what waits. `rng` weighs the proofs of batches; it has no
    /// influence on the log.
    ///
    /// Fails if store, directory, key and witnesses are not of one history; the error says what to do.
    pub async fn start(
        store: impl Store,
        directory: Arc<RecordDirectory>,
        key: LogKey,
        rng: impl CryptoRng + Send + 'static,
        witnessing: Witnessing,
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
        let (head_sender, heads) = watch::channel(None);
        let (record, patience) = (directory.record().clone(), witnessing.witness_patience);
        let sequencing = Sequencing {
            key,
            ledger,
            stored,
            directory: Arc::clone(&directory),
            orders,
            poll: poll_sender,
            snapshots: snapshot_sender.clone(),
            heads: head_sender,
            signed: None,
            observer,
            closing: None,
            seeds: seeds.clone(),
            waiting: Waiters::default(),
        };
        let sequencing = spawn_blocking(|| restart(sequencing)).await.unwrap_or(Err(SequencerError::Panicked))?;
        let agent = WitnessAgent::new(witnessing.witness_timeout);
        let signed = heads.borrow().clone().filter(|signed| !signed.policy.is_quorum_none());
        if let Some(signed) = signed {
            judge_start(Own { signed, record: record.clone() }, &agent, &witnessing).await?;
        }
        let orders = sender.downgrade();
        let mut rounds = Rounds::new(witnessing, agent, directory, heads.clone(), snapshot_sender, orders);
        rounds.begin()?;
        let rounds = tokio::spawn(rounds.run());
        let worker = Worker { sequencing: spawn_blocking(|| sequencing.run()), rounds };
        let examiner =
            Groups::of(BATCH, move |groups| examine_groups(groups, poll.borrow().clone().as_deref(), &seeds));
        Ok((Self { log, orders: sender, examiner, snapshots, heads, record, patience }, worker))
    }

    /// The log in its store.
    pub fn log(&self) -> LogId {
        self.log
    }

    /// The state under the published checkpoint, and each one after it. Its sender is dropped when the sequencer stops.
    pub fn watch(&self) -> watch::Receiver<Arc<Snapshot>> {
        self.snapshots.clone()
    }

    /// What was signed last; `None` before the manifest. Where the policy asks for witnesses, it may be ahead of what is published.
    pub fn signed(&self) -> Option<Arc<SignedHead>> {
        self.heads.borrow().clone()
    }

    /// Hands in a request of the authority to close the voting, or to go on with it; returns when it is durable, nothing waits
    /// any more, and the board as it stands then is published. Implements specs/server.md#closing.
    pub async fn take_closing(&self, payload: Vec<u8>) -> Result<Standstill, SubmitError> {
        let (reply, answer) = oneshot::channel();
        let order = Order::Close(ClosingRequest { payload, reply });
        self.orders.send(order).await.map_err(|_| SubmitError::Stopped)?;
        let Drained { closing, ballots, last, size } = answer.await.map_err(|_| SubmitError::Stopped)??;
        if closing.is_closing {
            self.wait_for(size).await?;
        }
        let checkpoint = self.record.checkpoint().ok().flatten().ok_or(SubmitError::Stopped)?;
        Ok(Standstill { closing, ballots, last, checkpoint })
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

/// Makes sure that store, directory and key are of one history, and completes the directory.
fn restart<S: Store>(mut sequencing: Sequencing<S>) -> Result<Sequencing<S>, SequencerError> {
    let this = &mut sequencing;
    let verifier = this.key.verifier();
    let signed = restart::signed_checkpoint(&this.stored, verifier)?;
    let published = restart::published_head(&this.directory, verifier)?;
    this.closing = this.stored.wait(this.stored.store.closing(this.stored.log))?;
    // What is published may be of fewer entries than are stored.
    this.ledger.catch_up_until(published.map_or(0, |head| head.size), &this.stored)?;
    let snapshot = this.observe();
    this.ledger.catch_up(&this.stored)?;
    let chain = this.ledger.chain();
    restart::compare_published(chain, published)?;
    restart::compare_written(chain, &this.directory)?;
    restart::compare_signed(chain, signed.as_ref())?;
    this.directory.write_log_key(this.key.verifier())?;
    this.publication().write_missing_tiles()?;
    this.signed = signed.map(Arc::new);
    this.publish()?;
    this.poll.send_replace(this.ledger.poll().cloned());
    this.snapshots.send_replace(Arc::new(snapshot));
    this.show();
    Ok(sequencing)
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
