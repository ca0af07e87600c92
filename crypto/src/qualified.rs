//! The election's keys: what the dealings of the qualified trustees give. Implements specs/ceremony.md#qualified and
//! specs/ceremony.md#keys.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use curve25519_dalek::traits::IsIdentity;
use thiserror::Error;

use crate::dealing::{Attempt, DealRound, Dealing, constant_terms};
use crate::group::{ENCODED, Point, decode_proper_points, encode_point};
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
    history: [u8; 32],
    slot_keys: Vec<Point>,
    public_shares: BTreeMap<Index, Vec<Point>>,
    hash: [u8; 32],
}

/// Keys as somebody claims that a ceremony gave them. Whoever believes the trustees compares the hash with the one that they signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeysClaim {
    /// The manifest hash.
    pub election: [u8; 32],
    /// The number of the attempt.
    pub attempt: u64,
    /// The leaf hash of the entry that ended the round of confirming.
    pub history: [u8; 32],
    /// The qualified trustees, ascending.
    pub qualified: Vec<u64>,
    /// PK_j for each slot j = 1..k.
    pub slot_keys: Vec<[u8; ENCODED]>,
    /// X_{ij}: by trustee, within it by slot.
    pub shares: Vec<[u8; ENCODED]>,
}

impl KeysClaim {
    /// The keys hash.
    pub fn hash(&self) -> [u8; 32] {
        let qualified: Vec<u8> = self.qualified.iter().flat_map(|trustee| trustee.to_be_bytes()).collect();
        let mut transcript = Transcript::new("tabella/1/keys");
        transcript.absorb("election", &self.election);
        transcript.absorb_u64("attempt", self.attempt);
        transcript.absorb("history", &self.history);
        transcript.absorb("qualified", &qualified);
        transcript.absorb_points("keys", &self.slot_keys);
        transcript.absorb_points("shares", &self.shares);
        transcript.hash()
    }

    /// PK_j for each slot, if they can be keys: points, none of them the identity, no two equal.
    pub fn decode_slot_keys(&self) -> Option<Vec<Point>> {
        let keys = decode_proper_points(&self.slot_keys).ok()?;
        check_slot_keys(&keys, &self.slot_keys).ok()?;
        Some(keys)
    }
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
        let keys = Self { attempt, history: *history, slot_keys, public_shares, hash: [0; 32] };
        Ok(Self { hash: keys.claim().hash(), ..keys })
    }

    /// The attempt that gave these keys.
    pub fn attempt(&self) -> &Attempt {
        &self.attempt
    }

    /// What the keys hash commits to.
    pub fn claim(&self) -> KeysClaim {
        KeysClaim {
            election: self.attempt.election,
            attempt: self.attempt.number,
            history: self.history,
            qualified: self.public_shares.keys().map(|trustee| trustee.get()).collect(),
            slot_keys: self.slot_keys.iter().map(encode_point).collect(),
            shares: self.public_shares.values().flatten().map(encode_point).collect(),
        }
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
