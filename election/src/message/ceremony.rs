//! Messages of the key ceremony and of rehearsals. Implements specs/ceremony.md.
//!
//! `attempt` and `history` place a message: the attempt of the ceremony, from 1, and the leaf hash of the entry that
//! began the current round.

use std::collections::BTreeMap;

use minicbor::{Decode, Encode};

use super::ByteVec;
use crate::bytes::{ElectionId, EncodedPoint, EncodedScalar, Hash};

/// A trustee commits to its polynomials and shows the keys of the envelopes that it will open.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Commit {
    /// The election.
    #[n(0)]
    pub election: ElectionId,
    /// The attempt.
    #[n(1)]
    pub attempt: u64,
    /// Where the round began.
    #[n(2)]
    pub history: Hash,
    /// The sender's index.
    #[n(3)]
    pub trustee: u64,
    /// Hash of the sender's commitments A.
    #[n(4)]
    pub commitment: Hash,
    /// From the index of each other trustee, as a dealer, to the envelope key P.
    #[n(5)]
    pub envelope_keys: BTreeMap<u64, EncodedPoint>,
}

/// The authority ends a step of the ceremony.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Round {
    /// The election.
    #[n(0)]
    pub election: ElectionId,
    /// The attempt.
    #[n(1)]
    pub attempt: u64,
    /// Where the round began that this entry ends.
    #[n(2)]
    pub history: Hash,
    /// The trustees who have not completed the step, ascending.
    #[n(3)]
    pub left_out: Vec<u64>,
}

/// The authority begins a new attempt.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Restart {
    /// The election.
    #[n(0)]
    pub election: ElectionId,
    /// The new attempt.
    #[n(1)]
    pub attempt: u64,
    /// Where the current round began.
    #[n(2)]
    pub history: Hash,
}

/// A piece of a trustee's dealing.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Deal {
    /// The election.
    #[n(0)]
    pub election: ElectionId,
    /// The attempt.
    #[n(1)]
    pub attempt: u64,
    /// Where the round began.
    #[n(2)]
    pub history: Hash,
    /// The dealer's index.
    #[n(3)]
    pub trustee: u64,
    /// The number of this piece, from 1.
    #[n(4)]
    pub chunk: u64,
    /// How many pieces the dealing has.
    #[n(5)]
    pub chunks: u64,
    /// The piece.
    #[n(6)]
    pub bytes: ByteVec,
}

/// A trustee says which dealings gave it good shares, and opens the envelopes of the others.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Confirm {
    /// The election.
    #[n(0)]
    pub election: ElectionId,
    /// The attempt.
    #[n(1)]
    pub attempt: u64,
    /// Where the round began.
    #[n(2)]
    pub history: Hash,
    /// The sender's index.
    #[n(3)]
    pub trustee: u64,
    /// From a dealer's index to its dealing hash.
    #[n(4)]
    pub confirmed: BTreeMap<u64, Hash>,
    /// From a dealer's index to the secret key p of the envelope: public from now on.
    #[n(5)]
    pub complaints: BTreeMap<u64, EncodedScalar>,
}

/// A qualified trustee has computed the keys.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Keys {
    /// The election.
    #[n(0)]
    pub election: ElectionId,
    /// The attempt.
    #[n(1)]
    pub attempt: u64,
    /// Where the round began.
    #[n(2)]
    pub history: Hash,
    /// The sender's index.
    #[n(3)]
    pub trustee: u64,
    /// The keys hash.
    #[n(4)]
    pub keys: Hash,
}

/// The authority asks the trustees to prove that their shares work.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Rehearse {
    /// The election.
    #[n(0)]
    pub election: ElectionId,
    /// The keys hash.
    #[n(1)]
    pub keys: Hash,
    /// The number of this rehearsal, from 1.
    #[n(2)]
    pub round: u64,
}

/// A trustee's answer: a decryption of a point that nobody chose.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Rehearsal {
    /// The election.
    #[n(0)]
    pub election: ElectionId,
    /// The keys hash.
    #[n(1)]
    pub keys: Hash,
    /// The rehearsal that it answers.
    #[n(2)]
    pub round: u64,
    /// The sender's index.
    #[n(3)]
    pub trustee: u64,
    /// The D_j, 32 bytes each.
    #[n(4)]
    pub decryption: ByteVec,
    /// Their proof.
    #[n(5)]
    pub proof: ByteVec,
}
