//! The third step: confirmations and complaints, and who is qualified. Implements specs/ceremony.md#confirm and
//! #qualified.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use tabella_crypto::dealing::{AtFault, ComplaintFault, Dealing};
use tabella_crypto::polynomial::Index;
use tabella_crypto::qualified::ElectionKeys;

use super::{Commitment, Failure, KeysStep, Stage, duplicate, left_out};
use crate::bytes::{EncodedScalar, Hash};
use crate::code::{Code, Rejection};
use crate::manifest::Election;
use crate::message;

/// A complaint, judged: anybody can open the one envelope that it is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Complaint {
    /// Who complained.
    pub complainer: Index,
    /// Of whose dealing.
    pub dealer: Index,
    /// Who is at fault: the dealer if the share was bad, the complainer if it was good.
    pub at_fault: AtFault,
}

/// The confirmations accepted so far.
#[derive(Debug, Clone)]
pub struct Confirms {
    commitments: BTreeMap<Index, Commitment>,
    dealings: BTreeMap<Index, Dealing>,
    confirmed: BTreeSet<Index>,
    complaints: Vec<Complaint>,
}

impl Complaint {
    /// The trustee at fault.
    pub fn culprit(&self) -> Index {
        match self.at_fault {
            AtFault::Dealer => self.dealer,
            AtFault::Complainer => self.complainer,
        }
    }
}

impl Confirms {
    pub(super) fn new(commitments: BTreeMap<Index, Commitment>, dealings: BTreeMap<Index, Dealing>) -> Self {
        Self { commitments, dealings, confirmed: BTreeSet::new(), complaints: Vec::new() }
    }

    /// The complete dealings.
    pub fn dealings(&self) -> impl Iterator<Item = &Dealing> {
        self.dealings.values()
    }

    /// The complaints accepted so far, judged.
    pub fn complaints(&self) -> &[Complaint] {
        &self.complaints
    }

    pub(super) fn missing(&self) -> BTreeSet<Index> {
        self.dealings.keys().copied().filter(|index| !self.confirmed.contains(index)).collect()
    }

    pub(super) fn take(&mut self, sender: Index, message: &message::Confirm) -> Result<(), Rejection> {
        if !self.dealings.contains_key(&sender) {
            return Err(left_out(sender));
        }
        if self.confirmed.contains(&sender) {
            return Err(duplicate("confirmation"));
        }
        self.judge_dealers(sender, message)?;
        for (dealing, hash) in self.answered(&message.confirmed) {
            if dealing.hash() != hash.0 {
                let text = format!("The confirmed hash is not that of trustee {}'s dealing.", dealing.dealer().get());
                return Rejection::refuse(Code::ConfirmHash, text);
            }
        }
        let complaints = self.answered(&message.complaints).map(|(dealing, key)| self.judge(sender, dealing, key));
        let complaints = complaints.collect::<Result<Vec<_>, _>>()?;

        self.confirmed.insert(sender);
        self.complaints.extend(complaints);
        Ok(())
    }

    /// Every other complete dealing is either confirmed or complained of.
    fn judge_dealers(&self, sender: Index, message: &message::Confirm) -> Result<(), Rejection> {
        let mut said: Vec<u64> = message.confirmed.keys().chain(message.complaints.keys()).copied().collect();
        said.sort_unstable();
        let others = self.dealings.keys().filter(|dealer| **dealer != sender).map(|dealer| dealer.get());
        if others.eq(said) {
            return Ok(());
        }
        let text = "The dealings that are confirmed or complained of are not exactly those of the others, each once.";
        Rejection::refuse(Code::ConfirmDealers, text)
    }

    /// The dealings that a map of a message answers, with the answers.
    fn answered<'a, T>(&'a self, answers: &'a BTreeMap<u64, T>) -> impl Iterator<Item = (&'a Dealing, &'a T)> {
        self.dealings.iter().filter_map(|(dealer, dealing)| Some((dealing, answers.get(&dealer.get())?)))
    }

    /// Implements specs/ceremony.md#confirm, "Judgement".
    fn judge(&self, complainer: Index, dealing: &Dealing, key: &EncodedScalar) -> Result<Complaint, Rejection> {
        let dealer = dealing.dealer();
        let published = self.commitments.get(&complainer).and_then(|own| own.envelope_keys.get(&dealer));
        let at_fault = dealing.judge(complainer, published.ok_or(ComplaintFault::NoEnvelope)?, &key.0)?;
        Ok(Complaint { complainer, dealer, at_fault })
    }

    /// Who is qualified after the `round` with this leaf hash, and with which keys.
    pub(super) fn conclude(&self, election: &Election, history: Hash) -> Stage {
        let culprits: BTreeSet<Index> = self.complaints.iter().map(Complaint::culprit).collect();
        let qualified: BTreeSet<Index> = self.confirmed.difference(&culprits).copied().collect();
        let dealings: Vec<&Dealing> = qualified.iter().filter_map(|dealer| self.dealings.get(dealer)).collect();
        let enough = qualified.len() as u64 >= election.manifest().quorum;
        match ElectionKeys::from_dealings(&dealings, &history.0) {
            Ok(keys) if enough => Stage::Keys(KeysStep::new(Arc::new(keys), self.complaints.clone())),
            _ => Stage::Failed(Failure { qualified, complaints: self.complaints.clone() }),
        }
    }
}
