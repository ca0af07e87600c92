//! The rules before the voting: manifest, roll, opening. Implements specs/election.md#manifest, #roll and #open.

use std::sync::Arc;

use tabella_crypto::qualified::ElectionKeys;

use super::{Board, Entry, Poll, Stage, Voting};
use crate::ceremony::{Ceremony, judge_keys_hash};
use crate::code::{Code, Rejection};
use crate::kind::Kind;
use crate::log::Log;
use crate::manifest::Election;
use crate::message::{self, Message, Open, Signed};
use crate::roll::Roll;

impl Board {
    /// Judges entry 0, which makes the election. `origin` is that of the entry's header.
    ///
    /// # Errors
    /// `payload_malformed`, `out_of_phase`, a `manifest_…` code or `signature_invalid`. Then no other entry of the log
    /// can be judged.
    pub fn found(entry: &Entry<'_>, origin: &str, log: &impl Log) -> Result<Self, Rejection> {
        let message = Message::decode(entry.kind, entry.payload)?;
        entry.kind.judge_phase(None)?;
        let Message::Manifest(manifest) = message else {
            return Rejection::refuse(Code::OutOfPhase, "The first entry must be a manifest.");
        };
        let election = Arc::new(Election::judge(&manifest, origin, log)?);
        let too_large = || Rejection::new(Code::ManifestSize, "The election has too many slots or trustees.");
        let ceremony = Ceremony::new(Arc::clone(&election), entry.position.leaf_hash).ok_or_else(too_large)?;
        Ok(Self { election, ceremony, stage: Stage::Setup(Roll::default()) })
    }

    /// Implements specs/election.md#roll.
    pub(super) fn take_roll(&mut self, chunk: &Signed<message::Roll>) -> Result<(), Rejection> {
        self.election.judge_author(chunk)?;
        let Stage::Setup(roll) = &mut self.stage else {
            return Err(self.out_of_phase(Kind::Roll));
        };
        let judged = roll.judge(chunk, &self.election)?;
        roll.apply(judged);
        Ok(())
    }

    /// Implements specs/election.md#open.
    pub(super) fn open(&mut self, open: &Open, index: u64, log: &impl Log) -> Result<(), Rejection> {
        let Stage::Setup(roll) = &self.stage else {
            return Err(self.out_of_phase(Kind::Open));
        };
        let keys = self.judge_ceremony()?;
        if !roll.is_complete() {
            return Rejection::refuse(Code::RollIncomplete, "Chunks of the roll are missing.");
        }
        judge_keys_hash(keys, &open.keys)?;
        if open.roll != roll.hash(&self.election.id()) {
            return Rejection::refuse(Code::RollMismatch, "The roll hash is not that of the roll.");
        }
        log.judge_anchor(&open.anchor, index)?;

        // The keys of a ceremony fit every style of its election.
        let poll = Poll::new(Arc::clone(&self.election), Arc::clone(keys), roll.clone());
        let poll = poll.map_err(|fault| Rejection::new(Code::CeremonyIncomplete, fault.to_string()))?;
        self.stage = Stage::Voting(Voting::new(Arc::new(poll)));
        Ok(())
    }

    /// The keys, if all qualified trustees have confirmed them and enough have shown that they can decrypt.
    fn judge_ceremony(&self) -> Result<&Arc<ElectionKeys>, Rejection> {
        let Some(keys) = self.ceremony.keys() else {
            let text = "Not every qualified trustee has confirmed the keys.";
            return Rejection::refuse(Code::CeremonyIncomplete, text);
        };
        let rehearsal = self.ceremony.rehearsal();
        let answers = rehearsal.map_or(0, |rehearsal| rehearsal.answered().len() as u64);
        if answers < self.election.manifest().threshold {
            let text = "In the last rehearsal, fewer trustees than are needed to decrypt have shown that they can.";
            return Rejection::refuse(Code::RehearsalIncomplete, text);
        }
        Ok(keys)
    }
}
