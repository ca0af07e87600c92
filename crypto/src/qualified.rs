//! The election's keys: what the dealings of the qualified trustees give. Implements specs/ceremony.md#qualified and
//! specs/ceremony.md#keys.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use curve25519_dalek::traits::IsIdentity;
use thiserror::Error;

use crate::dealing::{Attempt, DealRound, Dealing, constant_terms};
use crate::group::{ENCODED, Point, encode_point};
use crate::polynomial::{Index, evaluate_commitments};
use crate::transcript::Transcript;

/// Why dealings give no keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum KeysFault {
    /// Fewer dealings than the threshold: nobody could ever decrypt.
    #[error("there are fewer qualified dealings than trustees are needed to decrypt")]
    TooFew,
    /// The dealings are not all of one round: the caller's mistake.
    #[error("the dealings are of different rounds")]
    OtherRound,
    /// Two dealings of one dealer: the caller's mistake.
    #[error("there are two dealings of trustee {}", .0.get())]
    RepeatedDealer(Index),
    /// A slot's key is the identity: the attempt has failed.
    #[error("the key of slot {slot} is the identity")]
    IdentityKey {
        /// The slot, from 1.
        slot: usize,
    },
    /// Two slots have one key: the attempt has failed.
    #[error("the keys of slots {first} and {second} are equal")]
    EqualKeys {
        /// The lower slot, from 1.
        first: usize,
        /// The higher slot.
        second: usize,
    },
}

/// The election's public keys, and the public share of each qualified trustee. The keys hash commits to all of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ElectionKeys {
    attempt: Attempt,
    slot_keys: Vec<Point>,
    public_shares: BTreeMap<Index, Vec<Point>>,
    hash: [u8; 32],
}

impl ElectionKeys {
    /// Adds up the dealings of exactly the qualified trustees, in any order.
    ///
    /// `history` is the leaf hash of the entry that ended the round of confirming.
    pub fn from_dealings(qualified: &[&Dealing], history: &[u8; 32]) -> Result<Self, KeysFault> {
        let attempt = one_round(qualified)?.attempt;
        let parameters = attempt.parameters;
        if qualified.len() < parameters.threshold() {
            return Err(KeysFault::TooFew);
        }
        let commitments = summed_commitments(qualified)?;
        let slot_keys = constant_terms(&commitments, parameters);
        let slot_encodings: Vec<_> = slot_keys.iter().map(encode_point).collect();
        check_slot_keys(&slot_keys, &slot_encodings)?;

        let public_share = |trustee| -> Vec<Point> {
            let slots = commitments.chunks_exact(parameters.threshold());
            slots.map(|slot| evaluate_commitments(slot, trustee)).collect()
        };
        let public_shares =
            qualified.iter().map(|dealing| (dealing.dealer(), public_share(dealing.dealer()))).collect();
        let hash = keys_hash(&attempt, history, &slot_encodings, &public_shares);
        Ok(Self { attempt, slot_keys, public_shares, hash })
    }

    /// The attempt that gave these keys.
    pub fn attempt(&self) -> &Attempt {
        &self.attempt
    }

    /// PK_j for each slot j = 1..k, in order.
    pub fn slot_keys(&self) -> &[Point] {
        &self.slot_keys
    }

    /// The qualified trustees, ascending.
    pub fn qualified(&self) -> impl ExactSizeIterator<Item = Index> {
        self.public_shares.keys().copied()
    }

    /// X_{ij} for each slot j = 1..k of trustee i; none if it is not qualified.
    pub fn public_shares(&self, trustee: Index) -> Option<&[Point]> {
        self.public_shares.get(&trustee).map(Vec::as_slice)
    }

    /// The keys hash.
    pub fn hash(&self) -> [u8; 32] {
        self.hash
    }
}

/// The round of which all the dealings are.
fn one_round<'a>(dealings: &[&'a Dealing]) -> Result<&'a DealRound, KeysFault> {
    let (first, others) = dealings.split_first().ok_or(KeysFault::TooFew)?;
    let same = |other: &&Dealing| other.round() == first.round();
    if others.iter().all(same) { Ok(first.round()) } else { Err(KeysFault::OtherRound) }
}

/// Σ_d A_{djl} for each coefficient: the commitments to the sum of all polynomials.
///
/// Evaluating this sum gives X_{ij} for the price of one dealing.
fn summed_commitments(dealings: &[&Dealing]) -> Result<Vec<Point>, KeysFault> {
    let mut by_dealer = BTreeMap::new();
    for dealing in dealings {
        if by_dealer.insert(dealing.dealer(), dealing.commitments()).is_some() {
            return Err(KeysFault::RepeatedDealer(dealing.dealer()));
        }
    }
    let add = |sums: Vec<Point>, dealing: &[Point]| sums.iter().zip(dealing).map(|(sum, point)| sum + point).collect();
    let summed = by_dealer.into_values().fold(None, |sums, dealing| match sums {
        None => Some(dealing.to_vec()),
        Some(sums) => Some(add(sums, dealing)),
    });
    summed.ok_or(KeysFault::TooFew)
}

fn check_slot_keys(keys: &[Point], encodings: &[[u8; ENCODED]]) -> Result<(), KeysFault> {
    let mut seen = BTreeMap::new();
    for ((key, encoding), slot) in keys.iter().zip(encodings).zip(1..) {
        if key.is_identity() {
            return Err(KeysFault::IdentityKey { slot });
        }
        match seen.entry(encoding) {
            Entry::Occupied(first) => {
                return Err(KeysFault::EqualKeys { first: *first.get(), second: slot });
            }
            Entry::Vacant(vacant) => vacant.insert(slot),
        };
    }
    Ok(())
}

fn keys_hash(
    attempt: &Attempt,
    history: &[u8; 32],
    slot_keys: &[[u8; ENCODED]],
    public_shares: &BTreeMap<Index, Vec<Point>>,
) -> [u8; 32] {
    let qualified: Vec<u8> = public_shares.keys().flat_map(|trustee| trustee.get().to_be_bytes()).collect();
    let shares: Vec<_> = public_shares.values().flatten().map(encode_point).collect();
    let mut transcript = Transcript::new("tabella/1/keys");
    transcript.absorb("election", &attempt.election);
    transcript.absorb_u64("attempt", attempt.number);
    transcript.absorb("history", history);
    transcript.absorb("qualified", &qualified);
    transcript.absorb_points("keys", slot_keys);
    transcript.absorb_points("shares", &shares);
    transcript.hash()
}
