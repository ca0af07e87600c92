//! The log with the rules of its election: judges what may follow, and says what the next entry is.

use std::sync::Arc;

use tabella_board::anchor;
use tabella_board::entry::{EncodeFault, Entry};
use tabella_board::hash::Hash;
use tabella_board::key::LogVerifier;
use tabella_board::policy::Policy;
use tabella_election::bytes::SignerKey;
use tabella_election::log::Log;
use tabella_election::rules::{self, Board, Examined, Fault, Poll, Position};
use tabella_election::{Code, Kind, Rejection};

use crate::chain::Chain;
use crate::entries::{EntryReader, NumberedEntry, PayloadHash};
use crate::examination::{Seeds, examine, is_of_voter};
use crate::manifest::judge_policy;

/// A payload to be judged.
#[derive(Debug, Clone)]
pub struct Draft {
    /// The kind of the entry that it asks for.
    pub kind: Kind,
    /// What the author wrote.
    pub payload: Vec<u8>,
    /// Hash of `payload`.
    pub payload_hash: PayloadHash,
    /// Of a ballot or challenge, if its proof was verified already.
    pub examined: Option<Examined>,
}

/// Why the entries of a log cannot be judged.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError<E> {
    /// An entry that was read is not the one that can stand there, or not the one that was accepted.
    #[error("entry {0} is damaged: its bytes cannot stand in this place of the log")]
    EntryDamaged(u64),

    /// An entry that was read breaks the rules.
    #[error("entry {index} breaks the rules ({})", .rejection.code)]
    EntryRejected {
        /// The entry.
        index: u64,
        /// What is wrong with it.
        rejection: Rejection,
    },

    /// Entries could not be read.
    #[error(transparent)]
    Reader(E),
}

/// The accepted entries and what follows from them.
pub struct Ledger {
    chain: Chain,
    key: LogVerifier,
    board: Option<Board>,
    policy: Option<Arc<Policy>>,
    seeds: Seeds,
}

impl Ledger {
    /// The empty log that this key signs. `seeds` weigh the proofs of batches.
    pub fn new(key: LogVerifier, seeds: Seeds) -> Self {
        Self { chain: Chain::new(key.origin().clone()), key, board: None, policy: None, seeds }
    }

    /// The log without its entries.
    pub fn chain(&self) -> &Chain {
        &self.chain
    }

    /// The state of the election; `None` before the manifest.
    pub fn board(&self) -> Option<&Board> {
        self.board.as_ref()
    }

    /// The policy of the manifest: what a checkpoint must bear that people act on. `None` before the manifest.
    pub fn policy(&self) -> Option<&Arc<Policy>> {
        self.policy.as_ref()
    }

    /// The log as far as it was judged, for whoever asks about it between entries.
    /// Payloads come out of `entries`, and are compared with what was judged.
    pub fn log<'a, R: EntryReader>(&'a self, entries: &'a R) -> impl Log<Error = LedgerError<R::Error>> + 'a {
        LogView { entries, chain: &self.chain, key: &self.key, policy: self.policy.as_deref() }
    }

    /// What ballots are examined against, while ballots are taken.
    pub fn poll(&self) -> Option<&Arc<Poll>> {
        Some(self.board.as_ref()?.voting()?.poll())
    }

    /// Judges payloads in this order, each after those before it were accepted or rejected. Gives the entries of the accepted ones,
    /// which are the last of the log then. Entries before are read again from `entries`.
    pub fn judge<R: EntryReader>(
        &mut self,
        drafts: Vec<Draft>,
        entries: &R,
    ) -> Result<Vec<Result<NumberedEntry, Rejection>>, LedgerError<R::Error>> {
        let drafts = self.examine_all(drafts);
        drafts.into_iter().map(|draft| self.judge_one(draft, entries)).collect()
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

    fn judge_one<R: EntryReader>(
        &mut self,
        draft: Draft,
        entries: &R,
    ) -> Result<Result<NumberedEntry, Rejection>, LedgerError<R::Error>> {
        let Draft { kind, payload, payload_hash, examined } = draft;
        let place = self.chain.place().clone();
        let index = place.index;
        let entry = Entry { place, kind: kind.as_str().to_owned(), payload };
        let bytes = match entry.encode() {
            Ok(bytes) => bytes,
            Err(fault) => return Ok(Err(too_large(&fault))),
        };
        let leaf_hash = Hash::of_entry(&bytes);
        match self.apply(&entry, kind, leaf_hash, examined, entries) {
            Ok(()) => {}
            Err(Fault::Rejected(rejection)) => return Ok(Err(rejection)),
            Err(Fault::Log(error)) => return Err(error),
            Err(Fault::Damaged(index)) => return Err(LedgerError::EntryDamaged(index)),
        }
        self.chain.append(&bytes);
        Ok(Ok(NumberedEntry { index, kind: entry.kind, leaf_hash, payload_hash, bytes }))
    }

    /// Implements specs/election.md#rules.
    fn apply<R: EntryReader>(
        &mut self,
        entry: &Entry,
        kind: Kind,
        leaf_hash: Hash,
        examined: Option<Examined>,
        entries: &R,
    ) -> Result<(), Fault<LedgerError<R::Error>>> {
        let log = LogView { entries, key: &self.key, chain: &self.chain, policy: self.policy.as_deref() };
        let position = Position { index: entry.place.index, leaf_hash: (*leaf_hash.as_bytes()).into() };
        let prev = (*entry.place.prev.as_bytes()).into();
        let judged = rules::Entry { position, prev, kind, payload: &entry.payload };
        match (&mut self.board, examined) {
            (Some(board), Some(examined)) => board.admit(position, examined, &log),
            (Some(board), None) => board.judge(&judged, &log),
            (None, _) => {
                let board = Board::found(&judged, entry.place.origin.as_str(), &log)?;
                self.policy = Policy::parse(&board.election().manifest().policy).ok().map(Arc::new);
                self.board = Some(board);
                Ok(())
            }
        }
    }
}

fn too_large(fault: &EncodeFault) -> Rejection {
    let code = match fault {
        EncodeFault::PayloadTooLarge => Code::PayloadTooLarge,
        EncodeFault::EntryTooLarge(_) => Code::EntryTooLarge,
    };
    Rejection::new(code, format!("The entry is too large: {fault}."))
}

/// What the rules see of the log: the entries that were judged.
struct LogView<'a, R> {
    entries: &'a R,
    key: &'a LogVerifier,
    chain: &'a Chain,
    policy: Option<&'a Policy>,
}

impl<R: EntryReader> Log for LogView<'_, R> {
    type Error = LedgerError<R::Error>;

    fn payload(&self, index: u64) -> Result<Vec<u8>, Self::Error> {
        let bytes = self.entries.entry(index).map_err(LedgerError::Reader)?;
        // Whatever is read again must be what was judged.
        let judged = bytes.filter(|bytes| self.chain.leaf(index) == Some(Hash::of_entry(bytes)));
        let entry = judged.and_then(|bytes| Entry::parse(&bytes).ok()).ok_or(LedgerError::EntryDamaged(index))?;
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
        judge_policy(self.key, policy, origin, log_key)
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
