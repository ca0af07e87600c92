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
    /// `["choice", totals, blank]`.
    Choice {
        /// The total of each option.
        totals: Vec<u64>,
        /// The total of blank votes; `None` if and only if the contest offers none.
        blank: Option<u64>,
    },
    /// `["withheld"]`: too few ballots to show their sum.
    Withheld,
}

impl<C> Encode<C> for ContestResult {
    fn encode<W: Write>(&self, encoder: &mut Encoder<W>, context: &mut C) -> Result<(), EncodeError<W::Error>> {
        match self {
            Self::Choice { totals, blank } => ("choice", totals, blank).encode(encoder, context),
            Self::Withheld => ("withheld",).encode(encoder, context),
        }
    }
}

impl<'b, C> Decode<'b, C> for ContestResult {
    fn decode(decoder: &mut Decoder<'b>, context: &mut C) -> Result<Self, DecodeError> {
        let position = decoder.position();
        let length = decoder.array()?;
        match (decoder.str()?, length) {
            ("choice", Some(3)) => {
                Ok(Self::Choice { totals: Decode::decode(decoder, context)?, blank: Decode::decode(decoder, context)? })
            }
            ("withheld", Some(1)) => Ok(Self::Withheld),
            _ => Err(DecodeError::message("no result of a contest of this version").at(position)),
        }
    }
}
