//! Chunks of the roll. Implements specs/election.md#roll.

use minicbor::{Decode, Encode};

use crate::bytes::{ElectionId, EncodedPoint, Hash};

/// One chunk of a revision of the roll.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Roll {
    /// The election.
    #[n(0)]
    pub election: ElectionId,
    /// From 1; a higher one discards the voters of those before.
    #[n(1)]
    pub revision: u64,
    /// The number of this chunk, from 1.
    #[n(2)]
    pub chunk: u64,
    /// How many chunks the revision has.
    #[n(3)]
    pub chunks: u64,
    /// By K ascending, over all chunks.
    #[n(4)]
    pub voters: Vec<Voter>,
    /// SHA-256 of the body of the chunk before, 32 zero bytes in chunk 1: chunks of two rolls cannot be mixed.
    #[n(5)]
    pub previous: Hash,
}

/// One credential: `[K, weight, style]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct Voter {
    /// K = κ·G.
    #[n(0)]
    pub credential: EncodedPoint,
    /// How often its ballot counts.
    #[n(1)]
    pub weight: u64,
    /// The index of its style in the manifest.
    #[n(2)]
    pub style: u64,
}
