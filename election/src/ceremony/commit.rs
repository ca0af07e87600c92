//! The first step: commitments and envelope keys. Implements specs/ceremony.md#commit.

use std::collections::{BTreeMap, BTreeSet};

use tabella_crypto::dealing::{Attempt, DealRound};
use tabella_crypto::group::{Point, decode_proper_points};
use tabella_crypto::polynomial::Index;

use super::{Deals, duplicate};
use crate::bytes::{EncodedPoint, Hash};
use crate::code::{Code, Rejection};
use crate::manifest::Election;
use crate::message;

/// What a trustee published in the first step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commitment {
    /// The hash of all its A.
    pub hash: Hash,
    /// The envelope keys P that it made, by the dealer for whom each is.
    pub envelope_keys: BTreeMap<Index, Point>,
}

/// The commitments accepted so far.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Commits {
    commitments: BTreeMap<Index, Commitment>,
}

impl Commits {
    pub(super) fn missing(&self, election: &Election) -> BTreeSet<Index> {
        election.trustees().into_iter().filter(|index| !self.commitments.contains_key(index)).collect()
    }

    pub(super) fn take(
        &mut self,
        sender: Index,
        message: &message::Commit,
        election: &Election,
        used: &mut BTreeSet<EncodedPoint>,
    ) -> Result<(), Rejection> {
        if self.commitments.contains_key(&sender) {
            return Err(duplicate("commitment"));
        }
        let others: Vec<Index> = election.trustees().into_iter().filter(|index| *index != sender).collect();
        if !others.iter().map(|index| index.get()).eq(message.envelope_keys.keys().copied()) {
            let text = "The envelope keys are not exactly one for each other trustee.";
            return Rejection::refuse(Code::EnvelopeKeys, text);
        }
        let points = decode_proper_points(message.envelope_keys.values().map(|key| &key.0))?;
        let keys: BTreeSet<EncodedPoint> = message.envelope_keys.values().copied().collect();
        if keys.len() < points.len() || !keys.is_disjoint(used) {
            return Rejection::refuse(Code::EnvelopeKeyReused, "An envelope key was used before.");
        }

        used.extend(keys);
        let commitment =
            Commitment { hash: message.commitment, envelope_keys: others.into_iter().zip(points).collect() };
        self.commitments.insert(sender, commitment);
        Ok(())
    }

    /// The next step: those who committed deal to one another.
    pub(super) fn deals(&self, attempt: Attempt, history: Hash) -> Deals {
        let round = DealRound { attempt, history: history.0, trustees: self.commitments.keys().copied().collect() };
        Deals::new(round, self.commitments.clone())
    }
}
