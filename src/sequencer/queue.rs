//! From hand to queue: what cannot become an entry is answered at once, the rest is made durable and waits.

use std::{iter, mem};

use tabella_election::rules::{Examined, Poll};
use tabella_election::{Code, Kind, Rejection};
use tabella_record::entries::NumberedEntry;
use tabella_record::examination::{Seeds, is_of_voter};
use tabella_record::ledger::Draft;

use super::worker::{BATCH, Outcome, Prepared, Request, Sequencing, answer};
use super::{Numbered, SequencerError, closing, door, examine_votes};
use crate::storage::{Admission, News, Pending, Store, StoreError};

impl<S: Store> Sequencing<S> {
    /// Puts these payloads into the queue, and numbers them if that is for this process to do. What cannot become an entry never
    /// reaches the queue: there it would be written to disk, and would keep the voter waiting in whose name anybody can have sent it.
    pub(super) fn take(&mut self, group: Vec<Request>) -> Result<(), SequencerError> {
        let mut admitted = Vec::new();
        for mut request in group {
            if let Some(outcome) = self.judge_at_door(&mut request.prepared)? {
                answer(request.reply, outcome);
                continue;
            }
            // What is no vote may change what can stand after it.
            let is_last = !is_of_voter(request.prepared.kind) || admitted.len() + 1 == BATCH;
            admitted.push(request);
            if is_last {
                self.number_together(mem::take(&mut admitted))?;
            }
        }
        self.number_together(admitted)
    }

    /// What becomes of a payload, if that is certain before it is queued. A front may know less than the sequencer: it looks again
    /// before it refuses, and leaves what it is not sure of to the sequencer.
    fn judge_at_door(&mut self, prepared: &mut Prepared) -> Result<Option<Outcome>, SequencerError> {
        let early = self.judge_early(prepared)?;
        let is_certain = self.office.is_some() || prepared.examined.as_ref().is_some_and(|found| !found.is_sound());
        if is_certain || !matches!(early, Some(Err(_))) {
            return Ok(early);
        }
        self.follow()?;
        if self.is_behind() { Ok(None) } else { self.judge_early(prepared) }
    }

    fn judge_early(&mut self, prepared: &mut Prepared) -> Result<Option<Outcome>, SequencerError> {
        if self.is_closing() && prepared.kind != Kind::Close {
            let entry = self.entry_of(&prepared.pending)?;
            return Ok(Some(
                entry.map_or_else(|| Err(closing::refusal(prepared.kind)), |entry| Ok(repeated(entry.index))),
            ));
        }
        let is_promising = match self.ledger.poll().filter(|_| is_of_voter(prepared.kind)) {
            Some(poll) => is_sound(poll, prepared, &self.seeds),
            None => {
                if let Some(entry) = self.entry_of(&prepared.pending)? {
                    return Ok(Some(Ok(repeated(entry.index))));
                }
                door::judge(self.ledger.board(), prepared.kind, &prepared.pending.payload).is_ok()
            }
        };
        match is_promising {
            true => Ok(None),
            false => self.refuse(prepared).map(Some),
        }
    }

    /// The code that the rules give to what cannot become an entry.
    fn refuse(&mut self, prepared: &Prepared) -> Result<Outcome, SequencerError> {
        let draft = Draft {
            kind: prepared.kind,
            payload: prepared.pending.payload.clone(),
            payload_hash: prepared.pending.payload_hash,
            examined: prepared.examined.clone(),
        };
        match self.ledger.judge(vec![draft], &self.stored)?.pop() {
            Some(Err(rejection)) => Ok(Err(rejection)),
            // Two judgements of the same bytes differ, and an entry that is in no queue is in memory.
            _ => Err(SequencerError::MemoryDamaged),
        }
    }

    /// The entry with this payload, as far as its receipt can be made.
    fn entry_of(&self, pending: &Pending) -> Result<Option<NumberedEntry>, StoreError> {
        let entry = self.stored.wait(self.stored.store.entry_of_payload(self.stored.log, pending.payload_hash))?;
        Ok(entry.filter(|entry| entry.index < self.size_with_tiles()))
    }

    fn number_together(&mut self, group: Vec<Request>) -> Result<(), SequencerError> {
        if group.is_empty() {
            return Ok(());
        }
        self.enqueue(group)?;
        self.go_on()
    }

    /// What happens when something was put into the queue: it is numbered, or the sequencer is told.
    pub(super) fn go_on(&mut self) -> Result<(), SequencerError> {
        match self.office {
            Some(_) => self.number_all(),
            None => Ok(self.stored.wait(self.stored.store.tell(self.stored.log, News::Waiting))?),
        }
    }

    /// Puts payloads into the durable queue, and answers those that need not wait.
    fn enqueue(&mut self, group: Vec<Request>) -> Result<(), SequencerError> {
        let (payloads, replies): (Vec<_>, Vec<_>) =
            group.into_iter().map(|Request { prepared, reply }| (prepared.pending, (prepared.examined, reply))).unzip();
        let admissions = self.stored.wait(self.stored.store.insert_pending(self.stored.log, &payloads))?;
        let size = self.size_with_tiles();
        for ((payload, (examined, reply)), admission) in payloads.iter().zip(replies).zip(admissions) {
            match admission {
                Admission::Numbered(index) if index < size => answer(reply, Ok(repeated(index))),
                Admission::VoterBusy => answer(reply, Err(busy())),
                _ => self.waiting.add(payload.payload_hash, examined, reply),
            }
        }
        Ok(())
    }

    /// How many entries there are of which a receipt can be made.
    pub(super) fn size_with_tiles(&self) -> u64 {
        self.signed.borrow().as_ref().map_or(0, |signed| signed.unverified().head.size)
    }
}

/// Whether a ballot or challenge may become an entry, as far as it can be examined alone.
fn is_sound(poll: &Poll, vote: &mut Prepared, seeds: &Seeds) -> bool {
    if vote.examined.is_none() {
        // It came before the poll began.
        examine_votes(poll, iter::once(&mut *vote), seeds);
    }
    vote.examined.as_ref().is_some_and(Examined::is_sound)
}

fn repeated(index: u64) -> Numbered {
    Numbered { index, is_repeated: true }
}

fn busy() -> Rejection {
    Rejection::new(
        Code::BallotPending,
        "Another ballot of this voter waits to be numbered. Send this one again when it is.",
    )
}
