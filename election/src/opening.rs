//! What whoever votes must know of the election's beginning, held against its signatures without the entries between.
//! Implements specs/server.md#opening.

use tabella_crypto::group::Point;
use tabella_crypto::qualified::KeysClaim;

use crate::bytes::{EncodedPoint, Hash};
use crate::code::{Code, Rejection};
use crate::manifest::Election;
use crate::message::{Keys, Open, Roll, Signed, Voter};
use crate::roll::RollClaim;

/// Keys and roll, as somebody claims that `open` fixes them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opening {
    /// The keys.
    pub keys: KeysClaim,
    /// The roll.
    pub roll: RollClaim,
}

impl Opening {
    /// Holds the claim against the authority's `open` and the confirmations of the trustees. Gives PK_j for each slot.
    ///
    /// # Errors
    /// The code of the first thing that is wrong, in the order of specs/server.md#opening.
    pub fn judge(
        &self,
        election: &Election,
        open: &Signed<Open>,
        confirmations: &[Signed<Keys>],
    ) -> Result<Vec<Point>, Rejection> {
        election.judge_author(open)?;
        if self.keys.hash() != open.body().keys.0 || self.keys.election != election.id().0 {
            return Rejection::refuse(Code::KeysMismatch, "The election was opened with other keys.");
        }
        if self.roll.hash(&election.id()) != open.body().roll {
            return Rejection::refuse(Code::RollMismatch, "The election was opened with another roll.");
        }
        self.judge_confirmations(election, confirmations)?;
        let keys = self.keys.decode_slot_keys().filter(|keys| keys.len() == election.slots());
        keys.ok_or_else(|| Rejection::new(Code::KeysMismatch, "What the trustees confirmed are no keys."))
    }

    /// Enough trustees, and each of them has signed the keys hash.
    fn judge_confirmations(&self, election: &Election, confirmations: &[Signed<Keys>]) -> Result<(), Rejection> {
        let qualified = &self.keys.qualified;
        let is_enough = qualified.len() as u64 >= election.manifest().quorum && qualified.is_sorted_by(|a, b| a < b);
        if !is_enough {
            return Rejection::refuse(Code::CeremonyIncomplete, "The keys are of fewer trustees than they must be of.");
        }
        for trustee in qualified {
            let confirmation = confirmations.iter().find(|keys| keys.body().trustee == *trustee);
            let missing =
                || Rejection::new(Code::CeremonyIncomplete, format!("Trustee {trustee} has not confirmed the keys."));
            self.judge_confirmation(election, confirmation.ok_or_else(missing)?)?;
        }
        Ok(())
    }

    fn judge_confirmation(&self, election: &Election, confirmation: &Signed<Keys>) -> Result<(), Rejection> {
        election.judge_author(confirmation)?;
        let body = confirmation.body();
        if body.attempt != self.keys.attempt || body.history != Hash(self.keys.history) {
            return Rejection::refuse(Code::CeremonyHistory, "A trustee has confirmed keys of another attempt.");
        }
        if body.keys != Hash(self.keys.hash()) {
            return Rejection::refuse(Code::KeysMismatch, "A trustee has confirmed other keys.");
        }
        Ok(())
    }

    /// The line of a credential in a chunk of the roll; none if it is not in there.
    ///
    /// # Errors
    /// If the chunk is not the registrar's, or not one of this roll.
    pub fn voter(
        &self,
        election: &Election,
        chunk: &Signed<Roll>,
        credential: &EncodedPoint,
    ) -> Result<Option<Voter>, Rejection> {
        election.judge_author(chunk)?;
        if !self.roll.has(chunk) {
            return Rejection::refuse(Code::RollMismatch, "The election was opened with another roll.");
        }
        Ok(chunk.body().voters.iter().find(|voter| voter.credential == *credential).copied())
    }
}

#[cfg(test)]
mod tests;
