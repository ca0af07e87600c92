//! The last step: the qualified trustees confirm the keys. Implements specs/ceremony.md#keys.

use std::collections::BTreeSet;
use std::sync::Arc;

use tabella_crypto::polynomial::Index;
use tabella_crypto::qualified::ElectionKeys;

use super::{Complaint, Rehearsal, duplicate, left_out};
use crate::bytes::Hash;
use crate::code::{Code, Rejection};
use crate::message;

/// The keys of an attempt, who has confirmed them, and the last rehearsal with them.
#[derive(Debug, Clone)]
pub struct KeysStep {
    keys: Arc<ElectionKeys>,
    complaints: Vec<Complaint>,
    confirmed: BTreeSet<Index>,
    rehearsal: Option<Rehearsal>,
}

impl KeysStep {
    pub(super) fn new(keys: Arc<ElectionKeys>, complaints: Vec<Complaint>) -> Self {
        Self { keys, complaints, confirmed: BTreeSet::new(), rehearsal: None }
    }

    /// The keys, and Q.
    pub fn keys(&self) -> &Arc<ElectionKeys> {
        &self.keys
    }

    /// The complaints of the attempt, judged.
    pub fn complaints(&self) -> &[Complaint] {
        &self.complaints
    }

    /// The last rehearsal that was asked for.
    pub fn rehearsal(&self) -> Option<&Rehearsal> {
        self.rehearsal.as_ref()
    }

    /// Whether every qualified trustee has confirmed the keys.
    pub fn is_complete(&self) -> bool {
        self.missing().is_empty()
    }

    pub(super) fn missing(&self) -> BTreeSet<Index> {
        self.keys.qualified().filter(|index| !self.confirmed.contains(index)).collect()
    }

    pub(super) fn take(&mut self, sender: Index, message: &message::Keys) -> Result<(), Rejection> {
        if self.keys.public_shares(sender).is_none() {
            return Err(left_out(sender));
        }
        if self.confirmed.contains(&sender) {
            return Err(duplicate("confirmation of the keys"));
        }
        judge_keys_hash(&self.keys, &message.keys)?;
        self.confirmed.insert(sender);
        Ok(())
    }

    /// The authority asks for a rehearsal. Implements specs/ceremony.md#rehearsal.
    pub(super) fn begin_rehearsal(&mut self, message: &message::Rehearse) -> Result<(), Rejection> {
        self.judge_complete()?;
        judge_keys_hash(&self.keys, &message.keys)?;
        let number = self.rehearsal.as_ref().map_or(0, Rehearsal::round) + 1;
        if message.round != number {
            return Rejection::refuse(Code::RehearsalRound, format!("The next rehearsal has number {number}."));
        }
        self.rehearsal = Some(Rehearsal::new(&self.keys, number));
        Ok(())
    }

    /// A trustee answers. Implements specs/ceremony.md#rehearsal.
    pub(super) fn take_rehearsal(&mut self, sender: Index, message: &message::Rehearsal) -> Result<(), Rejection> {
        self.judge_complete()?;
        if self.keys.public_shares(sender).is_none() {
            return Err(left_out(sender));
        }
        judge_keys_hash(&self.keys, &message.keys)?;
        match &mut self.rehearsal {
            Some(rehearsal) if rehearsal.round() == message.round => rehearsal.take(sender, message),
            _ => Rejection::refuse(Code::RehearsalRound, "This is not the rehearsal that was asked for last."),
        }
    }

    fn judge_complete(&self) -> Result<(), Rejection> {
        if self.is_complete() { Ok(()) } else { Err(nothing_to_rehearse()) }
    }
}

/// Why a rehearsal cannot be held yet.
pub(super) fn nothing_to_rehearse() -> Rejection {
    let text = "Not every qualified trustee has confirmed the keys: there is nothing to rehearse yet.";
    Rejection::new(Code::CeremonyIncomplete, text)
}

/// Whether a message is about these keys.
pub(crate) fn judge_keys_hash(keys: &ElectionKeys, said: &Hash) -> Result<(), Rejection> {
    if said.0 == keys.hash() {
        return Ok(());
    }
    Rejection::refuse(Code::KeysMismatch, "The keys hash is not that of the keys that the ceremony made.")
}
