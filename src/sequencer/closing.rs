//! The end of the voting, before `close`: nothing else is taken, so that the authority can count what it closes over.
//! Implements specs/server.md#closing.

use tabella_board::hash::Hash;
use tabella_election::kind::Phase;
use tabella_election::message::{Authored, Closing, Signed};
use tabella_election::{Code, Kind, Rejection};
use tabella_record::entries::PayloadHash;
use tokio::sync::oneshot;

use super::snapshot::ClosingState;
use super::worker::{Outcome, Sequencing, answer};
use super::{Numbered, SequencerError};
use crate::storage::{Pending, Rejected, Store, StoredClosing};

/// The board as it stands when a request to close, or not to close, was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standstill {
    /// The request that was taken.
    pub closing: ClosingState,
    /// The count of accepted ballots under the checkpoint.
    pub ballots: u64,
    /// The leaf hash of the last entry under the checkpoint.
    pub last: Hash,
    /// If the voting is being closed, the published checkpoint over everything that was taken; else the one that was published last.
    pub checkpoint: Vec<u8>,
}

/// A request of the authority on its way to the queue.
pub(crate) struct ClosingRequest {
    pub(super) payload: Vec<u8>,
    pub(super) reply: oneshot::Sender<Outcome>,
}

impl<S: Store> Sequencing<S> {
    /// Whether nothing but `close` is taken.
    pub(super) fn is_closing(&self) -> bool {
        self.closing_state().is_closing
    }

    /// What others may know of the last request. It has done its work when the voting has ended.
    pub(super) fn closing_state(&self) -> ClosingState {
        let is_voting = self.ledger.board().is_some_and(|board| board.phase() == Phase::Voting);
        self.closing.map_or_else(ClosingState::default, |closing| ClosingState {
            number: closing.number,
            is_closing: closing.is_closing && is_voting,
        })
    }

    /// Puts a request to close into the queue, behind everything that was handed in before, or refuses it.
    pub(super) fn take_closing_request(&mut self, request: ClosingRequest) -> Result<(), SequencerError> {
        let ClosingRequest { payload, reply } = request;
        let mut judged = self.judge_closing(&payload);
        if judged.is_err() && self.office.is_none() {
            self.follow()?;
            judged = self.judge_closing(&payload);
        }
        match judged {
            Err(rejection) => answer(reply, Err(rejection)),
            Ok(closing) if self.closing == Some(closing) => answer(reply, Ok(self.taken())),
            Ok(StoredClosing { payload_hash, .. }) => {
                self.waiting.add(payload_hash, None, reply);
                let pending = Pending { payload_hash, kind: Closing::DOMAIN.to_owned(), payload, voter: None };
                self.stored.wait(self.stored.store.insert_pending(self.stored.log, &[pending]))?;
                self.go_on()?;
            }
        }
        Ok(())
    }

    /// Takes a request to close out of the queue. What waited before it is numbered by now; it is durable before it is answered.
    pub(super) fn take_closing(&mut self, request: &Pending) -> Result<(), SequencerError> {
        let payload_hash = request.payload_hash;
        match self.judge_closing(&request.payload) {
            Ok(closing) => {
                self.stored.wait(self.stored.store.take_closing(self.stored.log, closing))?;
                self.closing = Some(closing);
                self.show();
                self.waiting.answer(&payload_hash, &Ok(self.taken()));
            }
            Err(rejection) => {
                let Rejection { code, message } = rejection.clone();
                let rejected = Rejected { payload_hash, code: code.to_string(), message };
                let head = self.ledger.chain().head();
                self.stored.wait(self.stored.store.reject(self.stored.log, head, &[rejected]))?;
                self.waiting.answer(&payload_hash, &Err(rejection));
            }
        }
        Ok(())
    }

    /// The checks of the specification, in their order.
    fn judge_closing(&self, payload: &[u8]) -> Result<StoredClosing, Rejection> {
        let signed = Signed::<Closing>::decode(payload)?;
        let board = self.ledger.board().filter(|board| board.phase() == Phase::Voting).ok_or_else(out_of_phase)?;
        board.election().judge_author(&signed)?;
        let &Closing { number, is_closing, .. } = signed.body();
        let closing = StoredClosing { number, is_closing, payload_hash: PayloadHash::of(payload) };
        let last = self.closing.map_or(0, |last| last.number);
        if number > last && i64::try_from(number).is_ok() || self.closing == Some(closing) {
            return Ok(closing);
        }
        let text =
            format!("The request has the number {number}, but number {last} was taken already: use a greater one.");
        Err(Rejection::new(Code::ClosingStale, text))
    }

    /// What was taken before the request stands before this place.
    pub(super) fn taken(&self) -> Numbered {
        let size = if self.office.is_some() { self.ledger.chain().size() } else { self.seen.size };
        Numbered { index: size, is_repeated: false }
    }
}

/// Why a payload is refused while the election closes.
pub(super) fn refusal(kind: Kind) -> Rejection {
    let text = match kind {
        Kind::Ballot | Kind::Challenge => "Voting is being closed: no ballot is taken now. Send it again in a moment.",
        _ => "The authority is closing the election: nothing but `close` is taken now.",
    };
    Rejection::new(Code::ElectionClosing, text)
}

fn out_of_phase() -> Rejection {
    Rejection::new(Code::OutOfPhase, "Only a voting that goes on can be closed.")
}
