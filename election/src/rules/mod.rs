//! The rules of the record: whether an entry may follow those before it. Implements specs/election.md#rules.
//!
//! A [`Board`] is a pure function of the accepted entries. [`Board::judge`] is total: it accepts an entry, or refuses
//! it with exactly one code and changes nothing. Between `open` and `close` the expensive part of judging ballots does
//! not depend on their order: [`Poll`] does it in parallel, and [`Board::admit`] does the rest in order.

mod poll;
mod setup;
mod status;
mod sums;
mod tally;
mod voting;

use std::sync::Arc;

use tabella_crypto::polynomial::Index;
use thiserror::Error;

pub use self::poll::{Examined, Inspected, Poll};
pub use self::status::{Awaited, Counts, Warning};
pub use self::tally::{Counted, CountedGroup, GroupState, Tally};
pub use self::voting::{Head, Voting};
use crate::bytes::Hash;
use crate::ceremony::Ceremony;
use crate::code::{Code, Rejection};
use crate::kind::{Kind, Phase, Role};
use crate::log::Log;
use crate::manifest::Election;
use crate::message::{Body, Message, Signed};
use crate::roll::Roll;

/// An entry whose header is right: it names this log, its own index and the entry before it.
#[derive(Debug, Clone, Copy)]
pub struct Entry<'a> {
    /// Where it stands in the log.
    pub position: Position,
    /// The leaf hash of the entry before it.
    pub prev: Hash,
    /// What its payload is.
    pub kind: Kind,
    /// What its author wrote.
    pub payload: &'a [u8],
}

/// The place of an entry in the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// From 0.
    pub index: u64,
    /// The hash of the entry's bytes.
    pub leaf_hash: Hash,
}

/// Why an entry was not accepted.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Fault<E> {
    /// It breaks a rule: its author is at fault.
    #[error(transparent)]
    Rejected(#[from] Rejection),
    /// The log could not be read: nothing is known about the entry.
    #[error("the log cannot be read: {0}")]
    Log(E),
    /// The log gave other bytes for an entry than those that were accepted: nothing is known about the entry.
    #[error("entry {0} is not what was accepted: the log's storage is damaged")]
    Damaged(u64),
}

/// What the accepted entries say: the state of one election.
#[derive(Debug, Clone)]
pub struct Board {
    election: Arc<Election>,
    ceremony: Ceremony,
    stage: Stage,
}

/// The phase, with what is known in it alone.
#[derive(Debug, Clone)]
enum Stage {
    Setup(Roll),
    Voting(Voting),
    Tally(Tally),
    Published(Published),
    Finished(Published),
}

/// The tally with its result.
#[derive(Debug, Clone)]
struct Published {
    tally: Tally,
    result: crate::message::TallyResult,
    /// The leaf hash of the `result` entry.
    leaf_hash: Hash,
}

impl Board {
    /// The election as its manifest fixes it.
    pub fn election(&self) -> &Arc<Election> {
        &self.election
    }

    /// The key ceremony: in any phase, for rehearsals go on during the voting.
    pub fn ceremony(&self) -> &Ceremony {
        &self.ceremony
    }

    /// The phase after the last accepted entry.
    pub fn phase(&self) -> Phase {
        match self.stage {
            Stage::Setup(_) => Phase::Setup,
            Stage::Voting(_) => Phase::Voting,
            Stage::Tally(_) => Phase::Tally,
            Stage::Published(_) => Phase::Published,
            Stage::Finished(_) => Phase::Finished,
        }
    }

    /// Accepts the entry, or refuses it and changes nothing. Implements steps 2 to 5 of specs/election.md#rules.
    ///
    /// # Errors
    /// [`Fault::Rejected`] with the one code that the order of the rules fixes; the other faults if the log fails.
    pub fn judge<L: Log>(&mut self, entry: &Entry<'_>, log: &L) -> Result<(), Fault<L::Error>> {
        if entry.kind.author() == Role::Voter {
            return self.judge_vote(entry, log);
        }
        let message = Message::decode(entry.kind, entry.payload)?;
        entry.kind.judge_phase(Some(self.phase()))?;
        Ok(self.judge_signed(entry, &message, log)?)
    }

    /// Steps 4 and 5 for messages that somebody signed.
    fn judge_signed(&mut self, entry: &Entry<'_>, message: &Message, log: &impl Log) -> Result<(), Rejection> {
        let Position { index, leaf_hash } = entry.position;
        match message {
            Message::Commit(commit) => self.ceremony.take_commit(self.judge_trustee(commit)?, commit.body()),
            Message::Deal(deal) => self.ceremony.take_deal(self.judge_trustee(deal)?, deal.body()),
            Message::Confirm(confirm) => self.ceremony.take_confirm(self.judge_trustee(confirm)?, confirm.body()),
            Message::Keys(keys) => self.ceremony.take_keys(self.judge_trustee(keys)?, keys.body()),
            Message::Rehearsal(answer) => self.ceremony.take_rehearsal(self.judge_trustee(answer)?, answer.body()),
            Message::Round(round) => self.ceremony.end_round(self.judge_author(round)?, leaf_hash),
            Message::Restart(restart) => self.ceremony.restart(self.judge_author(restart)?, leaf_hash),
            Message::Rehearse(rehearse) => self.ceremony.begin_rehearsal(self.judge_author(rehearse)?),
            Message::Roll(chunk) => self.take_roll(chunk),
            Message::Open(open) => self.open(self.judge_author(open)?, index, log),
            Message::Close(close) => self.close(self.judge_author(close)?, entry, log),
            Message::Share(share) => self.take_share(self.judge_trustee(share)?, share.body(), log),
            Message::Result(result) => self.publish(self.judge_author(result)?, entry.position, log),
            Message::Final(last) => self.finish(self.judge_author(last)?, index, log),
            Message::Manifest(_) | Message::Ballot(_) | Message::Challenge(_) => Err(self.out_of_phase(entry.kind)),
        }
    }

    /// Step 4 for a trustee's message: who sent it.
    fn judge_trustee<T: Body>(&self, message: &Signed<T>) -> Result<Index, Rejection> {
        self.election.judge_author(message)?;
        let unknown = || Rejection::new(Code::TrusteeUnknown, "The manifest has no trustee of this index.");
        message.body().trustee().and_then(Index::new).ok_or_else(unknown)
    }

    /// Step 4 for a message of the authority or the registrar.
    fn judge_author<'a, T: Body>(&self, message: &'a Signed<T>) -> Result<&'a T, Rejection> {
        self.election.judge_author(message)?;
        Ok(message.body())
    }

    fn out_of_phase(&self, kind: Kind) -> Rejection {
        Rejection::new(Code::OutOfPhase, format!("A `{kind}` entry cannot stand here ({}).", self.phase()))
    }
}
