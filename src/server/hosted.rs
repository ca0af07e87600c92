//! One election on the server: its sequencer, its record, and what is found in them.

use std::sync::Arc;
use std::time::Instant;

use rand_core::CryptoRng;
use tabella_board::checkpoint::SignedCheckpoint;
use tabella_board::key::{LogKey, LogVerifier};
use tabella_election::message::{Message, Signed, Voter};
use tabella_election::text::{CredentialFingerprint, Tracker};
use tabella_election::{Code, Election, EncodedPoint, Kind, Rejection, SignerKey};
use tabella_record::files::Record;
use tabella_record::opening::OpeningView;
use tabella_record::receipts::{ReceiptError, ReceiptFiles};
use tokio::sync::{OnceCell, Semaphore, TryAcquireError, watch};
use tokio::task::{JoinHandle, spawn_blocking};

use super::folder::BoardFolder;
use super::limits::Limits;
use super::problem::{Problem, ProblemCode};
use super::receipts::{self, Wanted};
use super::shares::Shares;
use super::view::{BallotView, VoterView};
use super::{BUSY_FOR, StartError};
use crate::bucket::{Bucket, BucketState, Copier};
use crate::groups::Groups;
use crate::sequencer::{Numbered, Role, Sequencer, Snapshot, Standstill, SubmitError, Worker};
use crate::storage::{BoardStore, LogId, Store, StoreError, StoredVote};
use crate::witnessing::Witnessing;

/// An election that the server has the board of.
pub struct Hosted {
    id: String,
    verifier: LogVerifier,
    authority: SignerKey,
    sequencer: Sequencer,
    snapshots: watch::Receiver<Arc<Snapshot>>,
    record: Record,
    store: BoardStore,
    log: LogId,
    in_flight: Arc<Semaphore>,
    shares: Shares,
    receipts: Groups<Wanted, Result<ReceiptFiles, ReceiptError>>,
    /// Found in the record when somebody first asks.
    opening: OnceCell<OpeningView>,
    /// How far its copy in the bucket is, if there is one.
    bucket: Option<watch::Receiver<BucketState>>,
}

impl Hosted {
    /// Starts the sequencer of a board. Its history is judged first; what is wrong with it is told, and nothing runs.
    pub(super) async fn start(
        folder: &BoardFolder,
        key: LogKey,
        store: BoardStore,
        limits: &Limits,
        witnessing: Witnessing,
        rng: impl CryptoRng + Send + 'static,
    ) -> Result<(Self, Worker), StartError> {
        let at = |source| StartError::Board { id: folder.id().to_owned(), source };
        let verifier = key.verifier().clone();
        let started = Sequencer::start(store.clone(), folder.record(), key, rng, witnessing).await;
        let (sequencer, worker) = started.map_err(at)?;
        let record = sequencer.record().clone();
        let hosted = Self {
            id: folder.id().to_owned(),
            verifier,
            authority: folder.authority(),
            snapshots: sequencer.watch(),
            log: sequencer.log(),
            record: record.clone(),
            sequencer,
            receipts: receipts::desk(record),
            store,
            in_flight: Arc::new(Semaphore::new(limits.in_flight.get())),
            shares: Shares::new(limits.votes_per_hour),
            opening: OnceCell::new(),
            bucket: None,
        };
        Ok((hosted, worker))
    }

    /// Has what is published copied into this bucket. The task ends soon after the board.
    pub(super) fn copy_into(&mut self, bucket: &Bucket) -> JoinHandle<()> {
        let (sender, state) = watch::channel(BucketState::default());
        self.bucket = Some(state);
        let bucket = bucket.of_election(&self.id);
        let copier = Copier { bucket, record: self.record.clone(), verifier: self.verifier.clone() };
        tokio::spawn(copier.run(self.watch(), self.sequencer.watch_role(), sender))
    }

    /// How far the copy in the bucket is; `None` if there is no bucket.
    pub fn bucket(&self) -> Option<BucketState> {
        self.bucket.as_ref().map(|state| *state.borrow())
    }

    /// The election's id.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The log's origin.
    pub fn origin(&self) -> &str {
        self.verifier.origin().as_str()
    }

    /// The published files.
    pub fn record(&self) -> &Record {
        &self.record
    }

    /// The state under the published checkpoint, and each one after it.
    pub fn watch(&self) -> watch::Receiver<Arc<Snapshot>> {
        self.snapshots.clone()
    }

    /// The last state that was published.
    pub fn last(&self) -> Arc<Snapshot> {
        Arc::clone(&self.snapshots.borrow())
    }

    /// What was signed last, published or not; `None` before the manifest.
    pub fn signed(&self) -> Option<Arc<SignedCheckpoint>> {
        self.sequencer.signed()
    }

    /// How many entries were taken, published or not, as far as this snapshot or the sequencer knows.
    pub fn received(&self, snapshot: &Snapshot) -> u64 {
        self.signed().map_or(0, |signed| signed.unverified().head.size).max(snapshot.head.size)
    }

    /// What this process does for the board; `unavailable` if the board has stopped.
    pub fn role(&self) -> Result<Role, Problem> {
        self.snapshots.has_changed().map_err(|_| Problem::unavailable())?;
        Ok(self.sequencer.role())
    }

    /// The state, as long as the board takes entries; else `unavailable`.
    pub fn current(&self) -> Result<Arc<Snapshot>, Problem> {
        match self.role()? {
            Role::Sequencer | Role::Front => Ok(self.last()),
            Role::Stalled => Err(Problem::unavailable()),
        }
    }

    /// The election; `entry_unknown` before the manifest.
    pub fn election(&self) -> Result<Arc<Election>, Problem> {
        let state = &self.last().state;
        let election = state.as_ref().map(|state| Arc::clone(&state.election));
        election.ok_or_else(|| Problem::new(ProblemCode::EntryUnknown, "The board has no manifest yet."))
    }

    /// Hands in a payload, and returns when it is durable and numbered. Whoever asked may go away; the payload goes on.
    pub async fn hand_in(self: &Arc<Self>, kind: Kind, payload: Vec<u8>) -> Result<Numbered, Problem> {
        let permit = Arc::clone(&self.in_flight).try_acquire_owned().map_err(|error| match error {
            TryAcquireError::NoPermits => busy(),
            TryAcquireError::Closed => Problem::unavailable(),
        })?;
        self.judge_manifest(kind, &payload)?;
        let credential = credential_of(kind, &payload);
        credential.map_or(Ok(()), |credential| self.shares.judge(&credential, Instant::now()))?;

        let hosted = Arc::clone(self);
        let handed_in = tokio::spawn(async move {
            let numbered = hosted.sequencer.submit(kind, payload).await;
            if let (Some(credential), Ok(Numbered { is_repeated: false, .. })) = (credential, &numbered) {
                hosted.shares.charge(credential, Instant::now());
            }
            drop(permit);
            numbered
        });
        handed_in.await.map_err(|_| Problem::internal())?.map_err(Problem::from)
    }

    /// Hands in a request to close, or not to close, the voting.
    pub async fn take_closing(&self, payload: Vec<u8>) -> Result<Standstill, Problem> {
        let _permit = self.in_flight.try_acquire().map_err(|_| busy())?;
        self.sequencer.take_closing(payload).await.map_err(Problem::from)
    }

    /// The first entry of a log must come from the authority for whom the log was made. All else of it is judged by the rules.
    fn judge_manifest(&self, kind: Kind, payload: &[u8]) -> Result<(), Problem> {
        if kind != Kind::Manifest || self.last().state.is_some() {
            return Ok(());
        }
        let signed = Signed::<tabella_election::message::Manifest>::decode(payload)?;
        if signed.body().authority == self.authority {
            return Ok(());
        }
        let text = "This board was made for another authority. Ask its operator to make one for your key.";
        Err(Problem::new(ProblemCode::AuthorityUnknown, text))
    }

    /// The receipt of an entry under the published checkpoint.
    pub async fn receipt(&self, index: u64) -> Result<ReceiptFiles, Problem> {
        self.made(self.receipts.ask(Wanted { index, under: None }).await)
    }

    /// The receipt of an entry that was numbered: under the published checkpoint if it covers the entry, else under the one that was
    /// signed last.
    pub async fn receipt_of_numbered(&self, index: u64) -> Result<ReceiptFiles, Problem> {
        let signed = self.signed().filter(|_| self.last().head.size <= index);
        self.made(self.receipts.ask(Wanted { index, under: signed }).await)
    }

    fn made(&self, made: Option<Result<ReceiptFiles, ReceiptError>>) -> Result<ReceiptFiles, Problem> {
        match made.ok_or_else(Problem::internal)? {
            Ok(files) => Ok(files),
            Err(ReceiptError::NoEntry(index)) => {
                Err(Problem::new(ProblemCode::EntryUnknown, format!("The published log has no entry {index}.")))
            }
            Err(error) => {
                tracing::error!(election = self.id, error = &error as &dyn std::error::Error, "cannot make a receipt");
                Err(Problem::internal())
            }
        }
    }

    /// Where keys and roll are signed, and what the signed hashes commit to; `election_not_open` before voting has begun.
    pub async fn opening(&self) -> Result<&OpeningView, Problem> {
        let poll = self.last().state.as_ref().and_then(|state| state.poll.clone());
        let poll = poll.ok_or_else(|| Rejection::new(Code::ElectionNotOpen, "Voting has not begun yet."))?;
        let find = || async {
            let record = self.record.clone();
            let found = spawn_blocking(move || OpeningView::find(&record, &poll)).await;
            found.map_err(|_| Problem::internal())?.map_err(|error| self.unread(&error))?.ok_or_else(Problem::internal)
        };
        self.opening.get_or_try_init(find).await
    }

    /// What became of a ballot or challenge.
    pub async fn ballot(&self, tracker: Tracker) -> Result<BallotView, Problem> {
        let unknown = || {
            let text = "No ballot or challenge with this tracker stands on the board. Compare it with your own.";
            Problem::new(ProblemCode::TrackerUnknown, text)
        };
        let size = self.last().head.size;
        let vote = self.found(self.store.vote_of_tracker(self.log, tracker.0).await)?;
        let vote = vote.filter(|vote| vote.index < size).ok_or_else(unknown)?;
        let votes = self.votes(&EncodedPoint(vote.credential), size).await?;
        let credential = CredentialFingerprint::new(&self.election()?.id(), &EncodedPoint(vote.credential));
        Ok(BallotView::new(&vote, credential, &votes))
    }

    /// What stands under a credential.
    pub async fn voter(&self, fingerprint: CredentialFingerprint) -> Result<VoterView, Problem> {
        let snapshot = self.last();
        let voter: Option<Voter> = snapshot.state.as_ref().and_then(|state| state.voters.find(&fingerprint)).copied();
        let voter = voter.ok_or_else(|| {
            let text = "No credential of the roll has this fingerprint, or the roll is not complete yet.";
            Problem::new(ProblemCode::VoterUnknown, text)
        })?;
        let votes = self.votes(&voter.credential, snapshot.head.size).await?;
        Ok(VoterView::new(fingerprint, &voter, &votes))
    }

    /// The published votes of a credential.
    async fn votes(&self, credential: &EncodedPoint, size: u64) -> Result<Vec<StoredVote>, Problem> {
        let votes = self.found(self.store.votes_of_credential(self.log, credential.0).await)?;
        Ok(votes.into_iter().filter(|vote| vote.index < size).collect())
    }

    fn found<T>(&self, answer: Result<T, StoreError>) -> Result<T, Problem> {
        answer.map_err(|error| {
            let problem = self.unread(&error);
            // A database that is away comes back; what is damaged does not mend itself.
            if error.is_absence() { Problem::unavailable().retry_after(BUSY_FOR) } else { problem }
        })
    }

    fn unread(&self, error: &(dyn std::error::Error + 'static)) -> Problem {
        tracing::error!(election = self.id, error, "cannot look up");
        Problem::internal()
    }
}

/// The credential in whose name a payload comes; whether rightly is for the rules to say.
fn credential_of(kind: Kind, payload: &[u8]) -> Option<EncodedPoint> {
    match kind {
        Kind::Ballot | Kind::Challenge => match Message::decode(kind, payload).ok()? {
            Message::Ballot(ballot) => Some(ballot.prefix.credential),
            Message::Challenge(challenge) => Some(challenge.prefix.credential),
            _ => None,
        },
        _ => None,
    }
}

fn busy() -> Problem {
    Problem::new(ProblemCode::Busy, "More is waiting than the server can do. Send the same again in a moment.")
        .retry_after(BUSY_FOR)
}

impl From<SubmitError> for Problem {
    fn from(error: SubmitError) -> Self {
        match error {
            SubmitError::Rejected(rejection) => rejection.into(),
            SubmitError::Stopped => Self::unavailable(),
            SubmitError::QuorumMissing => {
                Self::new(ProblemCode::QuorumMissing, error.to_string()).retry_after(BUSY_FOR)
            }
        }
    }
}
