//! The rounds of a board: in each, every witness is handed the same checkpoint, and when the quorum has cosigned it is published.
//!
//! A round ends with its quorum, and the next begins with whatever was signed last by then: however fast ballots come, witnesses are
//! asked as fast as they answer. Who is late cosigns what is then the latest.

use std::mem;
use std::sync::Arc;
use std::time::Duration;

use tabella_board::checkpoint::SignedCheckpoint;
use tabella_board::policy::Policy;
use tabella_board::tree::TreeHead;
use tabella_record::directory::RecordDirectory;
use tabella_record::files::{Record, TileError};
use tabella_record::publication::show;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::{JoinSet, spawn_blocking};
use tokio::time::{Instant, sleep, sleep_until};

use super::agent::{Failure, WitnessAgent};
use super::comparison::{Contradiction, Own, Unconfirmed, shown};
use super::start::WitnessFault;
use super::state::{Quorum, WitnessState, WitnessingState};
use super::submission::{Submitted, submit};
use super::{Witnessing, on_thread};
use crate::sequencer::{Order, SequencerError, SignedHead, Snapshot};

/// A witness that failed is left alone for a while, which grows from the first to the longest.
const FIRST_REST: Duration = Duration::from_millis(250);
const LONGEST_REST: Duration = Duration::from_secs(15);

/// How often the alarm is raised again.
const ALARM_AGAIN: Duration = Duration::from_secs(60);

/// A checkpoint on its way to be published.
struct Round {
    signed: Arc<SignedHead>,
    /// The checkpoint with the cosignatures so far.
    note: Arc<SignedCheckpoint>,
    is_published: bool,
    /// Some witnesses have cosigned something later, and the others who answer are no quorum: it waits for nobody any more.
    is_overtaken: bool,
}

/// What is known of a witness, in the order of the policy.
#[derive(Default)]
struct Courier {
    /// The head that it has cosigned last, as far as is known.
    cosigned: Option<TreeHead>,
    /// The size of what somebody else had it cosign; it cosigns nothing smaller any more.
    ahead: u64,
    is_busy: bool,
    /// How long it is left alone after the next failure; the first rest, if it has not failed since it cosigned last.
    rest: Duration,
}

impl Courier {
    /// Whether it may still cosign a checkpoint of this size without being waited for.
    fn can_cosign(&self, size: u64) -> bool {
        self.ahead <= size && self.rest == FIRST_REST
    }
}

/// What a courier comes back with.
enum Errand {
    Cosigned(TreeHead, String),
    /// It has cosigned a later head of this log, of this size.
    Ahead(u64),
    Failed(Failure),
    Contradicted(Box<Contradiction>),
    Rested,
}

/// The task.
pub(crate) struct Rounds {
    settings: Witnessing,
    agent: WitnessAgent,
    directory: Arc<RecordDirectory>,
    signed: watch::Receiver<Option<Arc<SignedHead>>>,
    snapshots: watch::Sender<Arc<Snapshot>>,
    /// To stop the sequencer; it ends without this task if nobody else can hand in anything.
    orders: mpsc::WeakSender<Order>,
    couriers: Vec<Courier>,
    state: WitnessingState,
    round: Option<Round>,
    /// When the alarm is due.
    alarm: Instant,
    errands: JoinSet<(usize, Errand)>,
}

impl Rounds {
    pub(crate) fn new(
        settings: Witnessing,
        agent: WitnessAgent,
        directory: Arc<RecordDirectory>,
        signed: watch::Receiver<Option<Arc<SignedHead>>>,
        snapshots: watch::Sender<Arc<Snapshot>>,
        orders: mpsc::WeakSender<Order>,
    ) -> Self {
        let alarm = Instant::now() + settings.quorum_alarm;
        Self {
            settings,
            agent,
            directory,
            signed,
            snapshots,
            orders,
            couriers: Vec::new(),
            state: WitnessingState::default(),
            round: None,
            alarm,
            errands: JoinSet::new(),
        }
    }

    /// Goes on until there is no sequencer. If it cannot, the sequencer is told to stop. `ended` hears when the directory is not used
    /// any more: whoever waits for that takes no orders.
    pub(crate) async fn run(mut self, ended: oneshot::Sender<()>) {
        let gone_on = self.go_on().await;
        let orders = self.orders.clone();
        drop(self);
        // Whoever waits may have gone.
        let _ = ended.send(());
        if let Err(error) = gone_on
            && let Some(orders) = orders.upgrade()
        {
            drop(orders.send(Order::Stop(Box::new(error))).await);
        }
    }

    async fn go_on(&mut self) -> Result<(), SequencerError> {
        loop {
            self.begin()?;
            self.dispatch();
            let is_waiting = self.round.as_ref().is_some_and(|round| !round.is_published);
            tokio::select! {
                changed = self.signed.changed() => {
                    if changed.is_err() {
                        return Ok(());
                    }
                    self.show_closing();
                }
                Some(errand) = self.errands.join_next() => match errand {
                    Ok((position, errand)) => self.take(position, errand).await?,
                    Err(_) => return Err(SequencerError::Panicked),
                },
                () = sleep_until(self.alarm), if is_waiting => self.raise_alarm(),
            }
        }
    }

    /// Begins the next round, if the last has ended and there is something to be published.
    pub(crate) fn begin(&mut self) -> Result<(), SequencerError> {
        let Some(signed) = self.signed.borrow().clone() else { return Ok(()) };
        if signed.policy.is_quorum_none() {
            return Ok(());
        }
        let head = signed.head();
        let is_over = |round: &Round| round.is_published || round.is_overtaken;
        if self.round.as_ref().is_some_and(|round| !is_over(round) || round.signed.head() == head) {
            return Ok(());
        }
        if self.state.witnesses.is_empty() {
            self.meet(&signed.policy);
        }
        // After a start what was published last may be what was signed last, with some cosignatures.
        let published = self.directory.record().signed_checkpoint()?.filter(|note| note.unverified().head == head);
        let is_published = published.as_ref().is_some_and(|note| signed.policy.require_quorum(note).is_ok());
        let note = published.map_or_else(|| Arc::clone(&signed.checkpoint), Arc::new);
        if is_published && signed.is_finished() {
            // A process that was killed may have published it, and no more.
            self.directory.finish(head.size)?;
        }
        if self.round.as_ref().is_none_or(|round| round.is_published) {
            self.alarm = Instant::now() + self.settings.quorum_alarm;
        }
        self.round = Some(Round { signed, note, is_published, is_overtaken: false });
        Ok(())
    }

    /// The manifest names the witnesses.
    fn meet(&mut self, policy: &Policy) {
        let unknown =
            |name: &str| WitnessState { name: name.to_owned(), size: 0, cosignatures: 0, failures: 0, answer: None };
        self.state.quorum = Quorum::Met;
        self.state.witnesses = policy.witnesses().iter().map(|witness| unknown(&witness.name)).collect();
        self.couriers = policy.witnesses().iter().map(|_| Courier { rest: FIRST_REST, ..Courier::default() }).collect();
        self.show_state();
    }

    /// Sends everybody who is free, and has not cosigned the checkpoint of the round, to cosign it.
    fn dispatch(&mut self) {
        let Some(round) = &self.round else { return };
        if round.is_published && round.signed.is_finished() {
            return;
        }
        let head = round.signed.head();
        let policy = &round.signed.policy;
        let on_note: Vec<String> = policy.cosignatures(&round.note).into_iter().map(|found| found.witness).collect();
        for (position, (courier, witness)) in self.couriers.iter_mut().zip(policy.witnesses()).enumerate() {
            if courier.is_busy || courier.ahead > head.size || on_note.contains(&witness.name) {
                continue;
            }
            courier.is_busy = true;
            let errand = SubmissionErrand {
                agent: self.agent.clone(),
                signed: Arc::clone(&round.signed),
                latest: self.signed.clone(),
                record: self.directory.record().clone(),
                position,
                old: courier.cosigned.map_or(0, |cosigned| cosigned.size.min(head.size)),
            };
            self.errands.spawn(async move {
                let gone = || Errand::Failed(Failure::NoAnswer("there is no thread to ask it".to_owned()));
                (position, on_thread(move || errand.run()).await.unwrap_or_else(gone))
            });
        }
    }

    async fn take(&mut self, position: usize, errand: Errand) -> Result<(), SequencerError> {
        let (Some(courier), Some(state)) = (self.couriers.get_mut(position), self.state.witnesses.get_mut(position))
        else {
            return Ok(());
        };
        match errand {
            Errand::Rested => courier.is_busy = false,
            Errand::Contradicted(contradiction) => return Err(WitnessFault::from(contradiction).into()),
            Errand::Ahead(size) => {
                *courier = Courier { ahead: size, is_busy: false, rest: FIRST_REST, ..mem::take(courier) };
                self.overtake();
            }
            Errand::Cosigned(head, line) => {
                *courier = Courier { cosigned: Some(head), ahead: 0, is_busy: false, rest: FIRST_REST };
                (state.size, state.answer) = (head.size, Some("cosigned"));
                state.cosignatures += 1;
                self.add(head, &line).await?;
            }
            Errand::Failed(failure) => {
                state.failures += 1;
                // Once for each kind of failure: the log would be full of them.
                if state.answer.replace(failure.code()) != Some(failure.code()) {
                    tracing::warn!(witness = state.name, %failure, "a witness does not cosign");
                }
                let rest = courier.rest;
                courier.rest = (rest * 2).min(LONGEST_REST);
                self.errands.spawn(async move {
                    sleep(rest).await;
                    (position, Errand::Rested)
                });
                self.show_state();
                self.overtake();
            }
        }
        Ok(())
    }

    /// Anybody can hand a witness the checkpoint of a receipt. Where those who have cosigned something later are needed, because the
    /// others who answer are no quorum, the round gives way to one over what was signed last, which no witness is ahead of.
    fn overtake(&mut self) {
        let Some(round) = self.round.as_mut().filter(|round| !round.is_published) else { return };
        let (size, policy) = (round.signed.head().size, &round.signed.policy);
        if self.couriers.iter().all(|courier| courier.ahead <= size) {
            return;
        }
        let on_note = policy.cosignatures(&round.note).into_iter().map(|found| found.witness);
        let willing = self.couriers.iter().zip(policy.witnesses()).filter(|(courier, _)| courier.can_cosign(size));
        let names: Vec<String> = on_note.chain(willing.map(|(_, witness)| witness.name.clone())).collect();
        round.is_overtaken = !policy.is_quorum(|witness| names.contains(&witness.name));
    }

    /// Adds a cosignature to the checkpoint of the round, and publishes it if there are enough. One that comes after the round has
    /// ended is published too, as long as no larger checkpoint is.
    async fn add(&mut self, head: TreeHead, line: &str) -> Result<(), SequencerError> {
        let Some(round) = self.round.as_mut().filter(|round| round.signed.head() == head) else { return Ok(()) };
        let Ok(note) = round.note.with_signature_lines(line) else { return Ok(()) };
        let is_met = round.signed.policy.require_quorum(&note).is_ok();
        round.note = Arc::new(note);
        if !is_met {
            return Ok(());
        }
        round.is_published = true;
        let (signed, note) = (Arc::clone(&round.signed), Arc::clone(&round.note));
        let is_finished = signed.is_finished();
        let directory = Arc::clone(&self.directory);
        let publish = move || {
            show(&directory, &note)?;
            // Once the election has ended its folder is exactly the record.
            if is_finished { directory.finish(head.size) } else { Ok::<(), TileError>(()) }
                .map_err(SequencerError::from)
        };
        spawn_blocking(publish).await.unwrap_or(Err(SequencerError::Panicked))?;
        if mem::replace(&mut self.state.quorum, Quorum::Met) == Quorum::Missing {
            tracing::info!(size = head.size, "the witnesses have cosigned again: the board is published");
        }
        let snapshot = Snapshot { witnessing: self.state.clone(), ..signed.snapshot.clone() };
        self.snapshots.send_replace(Arc::new(snapshot));
        self.show_closing();
        Ok(())
    }

    /// Whether the voting is being closed is said at once: it stands in no entry.
    fn show_closing(&self) {
        let Some(closing) = self.signed.borrow().as_ref().map(|signed| signed.snapshot.closing) else { return };
        self.snapshots.send_if_modified(|snapshot| {
            let differs = snapshot.closing != closing;
            if differs {
                *snapshot = Arc::new(Snapshot { closing, ..Snapshot::clone(snapshot) });
            }
            differs
        });
    }

    fn show_state(&self) {
        self.snapshots.send_modify(|snapshot| {
            *snapshot = Arc::new(Snapshot { witnessing: self.state.clone(), ..Snapshot::clone(snapshot) });
        });
    }

    fn raise_alarm(&mut self) {
        self.alarm = Instant::now() + ALARM_AGAIN;
        self.state.quorum = Quorum::Missing;
        self.show_state();
        let on_note =
            self.round.as_ref().map(|round| round.signed.policy.cosignatures(&round.note)).unwrap_or_default();
        let missing = self.state.witnesses.iter().map(|state| state.name.as_str());
        let missing: Vec<&str> = missing.filter(|name| on_note.iter().all(|found| found.witness != *name)).collect();
        tracing::error!(
            published = self.snapshots.borrow().head.size,
            signed = self.signed.borrow().as_ref().map_or(0, |signed| signed.head().size),
            missing = missing.join(", "),
            "the quorum of witnesses is missing: entries are taken, but not published"
        );
    }
}

/// A courier on the way with a checkpoint.
struct SubmissionErrand {
    agent: WitnessAgent,
    signed: Arc<SignedHead>,
    /// What the board has signed by the time that the witness answers.
    latest: watch::Receiver<Option<Arc<SignedHead>>>,
    record: Record,
    position: usize,
    old: u64,
}

impl SubmissionErrand {
    fn run(self) -> Errand {
        let policy = &self.signed.policy;
        let Some(witness) = policy.witnesses().get(self.position) else { return Errand::Failed(Failure::NoAddress) };
        match submit(&self.agent, witness, policy, &self.record, &self.signed.checkpoint, self.old) {
            Ok(Submitted::Cosigned(line)) => Errand::Cosigned(self.signed.head(), line),
            Ok(Submitted::Doubted) => self.look(),
            Err(failure) => Errand::Failed(failure),
        }
    }

    /// What the witness has cosigned shows who is right.
    fn look(&self) -> Errand {
        match self.seen() {
            Ok(size) if size > self.signed.head().size => Errand::Ahead(size),
            Ok(_) => Errand::Failed(Failure::Answer("it doubts a log that continues what it has cosigned".to_owned())),
            Err(Unconfirmed::Contradiction(contradiction)) => Errand::Contradicted(contradiction),
            Err(Unconfirmed::Failure(failure)) => Errand::Failed(failure),
        }
    }

    fn seen(&self) -> Result<u64, Unconfirmed> {
        let policy = &self.signed.policy;
        let witness = policy.witnesses().get(self.position).ok_or(Failure::NoAddress)?;
        let note = shown(&self.agent, witness, policy)?;
        // Only now: it may show what the board has published since it was asked.
        let latest = self.latest.borrow().clone().unwrap_or_else(|| Arc::clone(&self.signed));
        let own = Own { signed: latest, record: self.record.clone() };
        own.continued(self.position, &note)
    }
}
