//! Decryption shares and the result. Implements specs/tally.md#share and #result.

use minicbor::decode::Error as DecodeError;
use minicbor::encode::{Error as EncodeError, Write};
use minicbor::{Decode, Decoder, Encode, Encoder};

use super::ByteVec;
use crate::bytes::{ElectionId, Hash};

/// A trustee's part of the decryption of the open groups.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Share {
    /// The election.
    #[n(0)]
    pub election: ElectionId,
    /// The keys hash.
    #[n(1)]
    pub keys: Hash,
    /// The counted hash.
    #[n(2)]
    pub counted: Hash,
    /// The sender's index.
    #[n(3)]
    pub trustee: u64,
    /// The D_j, 32 bytes each.
    #[n(4)]
    pub decryption: ByteVec,
    /// Their proof.
    #[n(5)]
    pub proof: ByteVec,
    /// The checkpoint right after `close`.
    #[n(6)]
    pub anchor: String,
}

/// The totals.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct TallyResult {
    /// The election.
    #[n(0)]
    pub election: ElectionId,
    /// The checkpoint of everything before.
    #[n(1)]
    pub anchor: String,
    /// The counted hash.
    #[n(2)]
    pub counted: Hash,
    /// One for each contest of the manifest, in its order.
    #[n(3)]
    pub contests: Vec<ContestResult>,
}

/// The result of one contest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ContestResult {
    /// The totals of its slots, in their order.
    Totals(Vec<u64>),
    /// `null`: too few ballots to show their sum.
    Withheld,
}

impl ContestResult {
    /// The totals, unless they are withheld.
    pub fn totals(&self) -> Option<&[u64]> {
        match self {
            Self::Totals(totals) => Some(totals),
            Self::Withheld => None,
        }
    }
}

impl<C> Encode<C> for ContestResult {
    fn encode<W: Write>(&self, encoder: &mut Encoder<W>, context: &mut C) -> Result<(), EncodeError<W::Error>> {
        self.totals().encode(encoder, context)
    }
}

impl<'b, C> Decode<'b, C> for ContestResult {
    fn decode(decoder: &mut Decoder<'b>, context: &mut C) -> Result<Self, DecodeError> {
        let totals: Option<Vec<u64>> = Decode::decode(decoder, context)?;
        Ok(totals.map_or(Self::Withheld, Self::Totals))
    }
}
