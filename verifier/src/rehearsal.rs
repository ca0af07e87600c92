//! Rehearsals: trustees prove that their shares work. Implements specs/ceremony.md#rehearsal.

use crate::ceremony::Ceremony;
use crate::checks::Code;
use crate::decryption::{Occasion, OpenGroup, Statement};
use crate::group::hash_to_group;
use crate::keys::Keys;
use crate::tree::Hash;
use std::collections::BTreeSet;

/// The last request and who answered it.
#[derive(Debug, Default)]
pub struct Rehearsals {
    round: u64,
    answered: BTreeSet<u64>,
}

/// An answer to a request.
#[derive(Clone, Copy, Debug)]
pub struct Answer<'a> {
    pub keys_hash: &'a Hash,
    pub round: u64,
    pub trustee: u64,
    pub decryption: &'a [u8],
    pub proof: &'a [u8],
}

impl Rehearsals {
    /// How many answers the last request has.
    pub fn answers(&self) -> u64 {
        self.answered.len() as u64
    }

    /// Judges a request.
    pub fn request(&mut self, ceremony: &Ceremony, keys_hash: &Hash, round: u64) -> Result<(), Code> {
        let keys = ceremony.complete_keys().ok_or(Code::CeremonyIncomplete)?;
        if keys.hash != *keys_hash {
            return Err(Code::KeysMismatch);
        }
        if round != self.round + 1 {
            return Err(Code::RehearsalRound);
        }
        *self = Self { round, answered: BTreeSet::new() };
        Ok(())
    }

    /// Judges an answer.
    pub fn answer(&mut self, ceremony: &Ceremony, election: &Hash, answer: &Answer<'_>) -> Result<(), Code> {
        let keys = ceremony.complete_keys().ok_or(Code::CeremonyIncomplete)?;
        let shares = keys.shares.get(&answer.trustee).ok_or(Code::TrusteeLeftOut)?;
        if keys.hash != *answer.keys_hash {
            return Err(Code::KeysMismatch);
        }
        if self.round == 0 || answer.round != self.round {
            return Err(Code::RehearsalRound);
        }
        if self.answered.contains(&answer.trustee) {
            return Err(Code::Duplicate);
        }
        let statement = Statement {
            occasion: Occasion::Rehearsal { round: answer.round },
            election,
            keys_hash: &keys.hash,
            trustee: answer.trustee,
            groups: &[test_group(keys, election, answer.round)],
            ciphertexts: &[],
            shares,
        };
        statement.check(answer.decryption, answer.proof)?;
        self.answered.insert(answer.trustee);
        Ok(())
    }
}

/// All slots, with R_test = hash_to_group("rehearsal", election ‖ u64(attempt) ‖ keys hash ‖ u64(round)).
fn test_group(keys: &Keys, election: &Hash, round: u64) -> OpenGroup {
    let data = [&election[..], &keys.context.attempt.to_be_bytes(), &keys.hash, &round.to_be_bytes()].concat();
    OpenGroup { slots: (0..keys.public.len()).collect(), r: hash_to_group("rehearsal", &data).into() }
}
