//! The log with the rules of its election: judges what may follow, and says what the next entry is.

use tabella_board::anchor;
use tabella_board::entry::{EncodeFault, Entry};
use tabella_board::hash::Hash;
use tabella_board::key::LogVerifier;
use tabella_board::policy::Policy;
use tabella_election::bytes::SignerKey;
use tabella_election::log::Log;
use tabella_election::rules::{self, Board, Examined, Fault, Poll, Position};
use tabella_election::{Code, Kind, Rejection};
use tokio::runtime::Handle;

use super::SequencerError;
use super::chain::Chain;
use super::examination::{Seeds, examine};
use crate::storage::{LogId, PayloadHash, Store, StoreError, StoredEntry};

/// A payload to be judged.
pub(super) struct Draft {
    pub(super) kind: Kind,
    pub(super) payload: Vec<u8>,
    pub(super) payload_hash: PayloadHash,
    /// Of a ballot or challenge, if its proof was verified already.
    pub(super) examined: Option<Examined>,
}

/// What of the store the sequencer's thread needs. It may block: it is no thread of the runtime.
pub(super) struct StoredLog<S> {
    pub(super) store: S,
    pub(super) log: LogId,
    pub(super) runtime: Handle,
}

impl<S: Store> StoredLog<S> {
    /// Waits for the store.
    pub(super) fn wait<T>(&self, answer: impl Future<Output = Result<T, StoreError>>) -> Result<T, StoreError> {
        self.runtime.block_on(answer)
    }

    pub(super) fn entries_from(&self, index: u64, limit: usize) -> Result<Vec<StoredEntry>, StoreError> {
        self.wait(self.store.entries_from(self.log, index, limit))
    }
}

/// The accepted entries and what follows from them.
pub(super) struct Ledger {
    chain: Chain,
    key: LogVerifier,
    board: Option<Board>,
    policy: Option<Policy>,
    seeds: Seeds,
}

impl Ledger {
    /// The empty log of this key's origin.
    pub(super) fn new(key: LogVerifier, seeds: Seeds) -> Self {
        Self { chain: Chain::new(key.origin().clone()), key, board: None, policy: None, seeds }
    }

    pub(super) fn chain(&self) -> &Chain {
        &self.chain
    }

    /// The state of the election; `None` before the manifest.
    pub(super) fn board(&self) -> Option<&Board> {
        self.board.as_ref()
    }

    /// The log as far as it was judged, for whoever asks about it between entries.
    pub(super) fn log<'a, S: Store>(&'a self, stored: &'a StoredLog<S>) -> impl Log<Error = StoreError> + 'a {
        LogView { stored, chain: &self.chain, key: &self.key, policy: self.policy.as_ref() }
    }

    /// What ballots are examined against, while ballots are taken.
    pub(super) fn poll(&self) -> Option<&std::sync::Arc<Poll>> {
        Some(self.board.as_ref()?.voting()?.poll())
    }

    /// Judges payloads in this order, each after those before it were accepted or rejected. Gives the entries of the accepted ones.
    pub(super) fn judge(
        &mut self,
        drafts: Vec<Draft>,
        stored: &StoredLog<impl Store>,
    ) -> Result<Vec<Result<StoredEntry, Rejection>>, SequencerError> {
        let drafts = self.examine_all(drafts);
        drafts.into_iter().map(|draft| self.judge_one(draft, stored)).collect()
    }

    /// Verifies, all at once, the proofs that nobody verified yet.
    fn examine_all(&self, mut drafts: Vec<Draft>) -> Vec<Draft> {
        let Some(poll) = self.poll() else { return drafts };
        let unexamined = |draft: &Draft| draft.examined.is_none() && is_of_voter(draft.kind);
        let payloads: Vec<_> = drafts
            .iter()
            .filter(|draft| unexamined(draft))
            .map(|draft| (draft.kind, draft.payload.as_slice()))
            .collect();
        let examined = examine(poll, &payloads, &self.seeds);
        for (draft, examined) in drafts.iter_mut().filter(|draft| unexamined(draft)).zip(examined) {
            draft.examined = Some(examined);
        }
        drafts
    }

    fn judge_one(
        &mut self,
        draft: Draft,
        stored: &StoredLog<impl Store>,
    ) -> Result<Result<StoredEntry, Rejection>, SequencerError> {
        let Draft { kind, payload, payload_hash, examined } = draft;
        let place = self.chain.place().clone();
        let index = place.index;
        let entry = Entry { place, kind: kind.as_str().to_owned(), payload };
        let bytes = match entry.encode() {
            Ok(bytes) => bytes,
            Err(fault) => return Ok(Err(too_large(&fault))),
        };
        let leaf_hash = Hash::of_entry(&bytes);
        match self.apply(&entry, kind, leaf_hash, examined, stored) {
            Ok(()) => {}
            Err(Fault::Rejected(rejection)) => return Ok(Err(rejection)),
            Err(Fault::Log(error)) => return Err(error.into()),
            Err(Fault::Damaged(index)) => return Err(SequencerError::EntryDamaged(index)),
        }
        self.chain.append(&bytes);
        Ok(Ok(StoredEntry { index, kind: entry.kind, leaf_hash, payload_hash, bytes }))
    }

    /// Implements specs/election.md#rules.
    fn apply(
        &mut self,
        entry: &Entry,
        kind: Kind,
        leaf_hash: Hash,
        examined: Option<Examined>,
        stored: &StoredLog<impl Store>,
    ) -> Result<(), Fault<StoreError>> {
        let log = LogView { stored, key: &self.key, chain: &self.chain, policy: self.policy.as_ref() };
        let position = Position { index: entry.place.index, leaf_hash: (*leaf_hash.as_bytes()).into() };
        let prev = (*entry.place.prev.as_bytes()).into();
        let judged = rules::Entry { position, prev, kind, payload: &entry.payload };
        match (&mut self.board, examined) {
            (Some(board), Some(examined)) => board.admit(position, examined, &log),
            (Some(board), None) => board.judge(&judged, &log),
            (None, _) => {
                let board = Board::found(&judged, entry.place.origin.as_str(), &log)?;
                self.policy = Policy::parse(&board.election().manifest().policy).ok();
                self.board = Some(board);
                Ok(())
            }
        }
    }
}

/// Whether entries of this kind are ballots or challenges.
pub(super) fn is_of_voter(kind: Kind) -> bool {
    matches!(kind, Kind::Ballot | Kind::Challenge)
}

fn too_large(fault: &EncodeFault) -> Rejection {
    let code = match fault {
        EncodeFault::PayloadTooLarge => Code::PayloadTooLarge,
        EncodeFault::EntryTooLarge(_) => Code::EntryTooLarge,
    };
    Rejection::new(code, format!("The entry is too large: {fault}."))
}

/// What the rules see of the log: the entries that were judged.
struct LogView<'a, S> {
    stored: &'a StoredLog<S>,
    key: &'a LogVerifier,
    chain: &'a Chain,
    policy: Option<&'a Policy>,
}

impl<S: Store> Log for LogView<'_, S> {
    type Error = StoreError;

    fn payload(&self, index: u64) -> Result<Vec<u8>, StoreError> {
        let entry = self.stored.wait(self.stored.store.entry(self.stored.log, index))?;
        let entry = entry.and_then(|entry| Entry::parse(&entry.bytes).ok()).ok_or(StoreError::Damaged("bytes"))?;
        Ok(entry.payload)
    }

    fn judge_anchor(&self, anchor: &str, size: u64) -> Result<(), Rejection> {
        let malformed = || Rejection::new(Code::AnchorMalformed, "There is no policy that an anchor could meet.");
        let policy = self.policy.ok_or_else(malformed)?;
        let beyond = || Rejection::new(Code::AnchorMismatch, format!("The log has no {size} entries yet."));
        let head = self.chain.head_at(size).ok_or_else(beyond)?;
        match anchor::judge(anchor.as_bytes(), head, policy) {
            Ok(_) => Ok(()),
            Err(fault) => Rejection::refuse(anchor_code(&fault), format!("The anchor is wrong: {fault}.")),
        }
    }

    fn judge_policy(&self, policy: &str, origin: &str, log_key: &SignerKey) -> Result<(), Rejection> {
        let wrong = |reason: String| Rejection::new(Code::ManifestPolicy, reason);
        let policy = Policy::parse(policy).map_err(|fault| wrong(format!("The policy is wrong: {fault}.")))?;
        let named = policy.log();
        let is_manifests = named.origin().as_str() == origin && named.public_key() == log_key.0;
        // A manifest that names another key would make a log whose own signatures mean nothing.
        if is_manifests && named == self.key {
            return Ok(());
        }
        Err(wrong("The policy does not name this log with its key.".to_owned()))
    }
}

fn anchor_code(fault: &anchor::AnchorFault) -> Code {
    match fault {
        anchor::AnchorFault::Malformed => Code::AnchorMalformed,
        anchor::AnchorFault::Signature => Code::AnchorSignature,
        anchor::AnchorFault::Mismatch => Code::AnchorMismatch,
        anchor::AnchorFault::Quorum(_) => Code::AnchorQuorum,
    }
}
