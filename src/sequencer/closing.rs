//! The end of the voting, before `close`: nothing else is taken, so that the authority can count what it closes over.
//! Implements specs/server.md#closing.

use tabella_board::hash::Hash;
use tabella_election::kind::Phase;
use tabella_election::message::{Closing, Signed};
use tabella_election::{Code, Kind, Rejection};
use tabella_record::entries::PayloadHash;
use tokio::sync::oneshot;

use super::SequencerError;
use super::snapshot::ClosingState;
use super::worker::Sequencing;
use crate::storage::{Store, StoredClosing};

/// The board as it stands when a request to close, or not to close, was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standstill {
    /// The request that was taken.
    pub closing: ClosingState,
    /// The count of accepted ballots.
    pub ballots: u64,
    /// The leaf hash of the last entry.
    pub last: Hash,
    /// If the voting is being closed, the published checkpoint over it; else the one that was published last.
    pub checkpoint: Vec<u8>,
}

/// The same before the checkpoint is published.
pub(crate) struct Drained {
    pub(super) closing: ClosingState,
    pub(super) ballots: u64,
    pub(super) last: Hash,
    /// The count of all entries.
    pub(super) size: u64,
}

/// A request of the authority on its way to the sequencer.
pub(crate) struct ClosingRequest {
    pub(super) payload: Vec<u8>,
    pub(super) reply: oneshot::Sender<Result<Drained, Rejection>>,
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

    /// Takes a request to close, or refuses it. It is durable, and nothing waits any more, before it is answered.
    pub(super) fn take_closing(&mut self, request: ClosingRequest) -> Result<(), SequencerError> {
        let answer = match self.judge_closing(&request.payload) {
            Ok(closing) if self.closing == Some(closing) => Ok(self.drained()),
            Ok(closing) => {
                self.stored.wait(self.stored.store.take_closing(self.stored.log, closing))?;
                self.closing = Some(closing);
                self.number_all()?;
                self.show();
                Ok(self.drained())
            }
            Err(rejection) => Err(rejection),
        };
        // Whoever asked may have gone; the request stands all the same.
        drop(request.reply.send(answer));
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

    fn drained(&self) -> Drained {
        Drained {
            closing: self.closing_state(),
            ballots: self.ledger.board().map_or(0, |board| board.counts().accepted),
            last: self.ledger.chain().last_leaf(),
            size: self.ledger.chain().size(),
        }
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
