//! Ballots and challenges: arrays that carry their own proof of authorship. Implements specs/ballot.md#ballot, #challenge.

use std::collections::BTreeMap;

use minicbor::decode::Error as DecodeError;
use minicbor::encode::{Error as EncodeError, Write};
use minicbor::{Decode, Decoder, Encode, Encoder};

use super::ByteVec;
use crate::bytes::{EncodedPoint, EncodedScalar, Signature};
use crate::text::Tracker;

/// What is fixed before the voter chooses to cast or to check: the first five fields of both arrays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prefix {
    /// K.
    pub credential: EncodedPoint,
    /// The tracker of the ballot that this one replaces.
    pub link: Option<Tracker>,
    /// R = r·G.
    pub r: EncodedPoint,
    /// From contest index to the C_j of its slots, 32 bytes each.
    pub contests: BTreeMap<u64, ByteVec>,
    /// B, the commitment to the coordinates.
    pub b: EncodedPoint,
}

/// A vote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ballot {
    /// The ciphertexts and what binds them.
    pub prefix: Prefix,
    /// `T ‖ T0 ‖ S ‖ K_a ‖ f_1 ‖ … ‖ f_m ‖ z ‖ η ‖ ω`; with ranged slots more.
    pub proof: ByteVec,
}

/// A vote that the voter chose to open instead of casting it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Challenge {
    /// The ciphertexts and what binds them.
    pub prefix: Prefix,
    /// The m free coordinates.
    pub opening: Vec<u64>,
    /// r.
    pub r_opened: EncodedScalar,
    /// `K_a ‖ ω`.
    pub signature: Signature,
}

impl Prefix {
    /// Elements of the arrays that it takes.
    const ELEMENTS: u64 = 5;

    fn encode_elements<W: Write>(&self, encoder: &mut Encoder<W>) -> Result<(), EncodeError<W::Error>> {
        encoder.encode(self.credential)?.encode(self.link)?.encode(self.r)?.encode(&self.contests)?.encode(self.b)?.ok()
    }

    fn decode_elements(decoder: &mut Decoder<'_>) -> Result<Self, DecodeError> {
        Ok(Self {
            credential: decoder.decode()?,
            link: decoder.decode()?,
            r: decoder.decode()?,
            contests: decoder.decode()?,
            b: decoder.decode()?,
        })
    }
}

impl Ballot {
    const ELEMENTS: u64 = Prefix::ELEMENTS + 1;
}

impl<C> Encode<C> for Ballot {
    fn encode<W: Write>(&self, encoder: &mut Encoder<W>, _: &mut C) -> Result<(), EncodeError<W::Error>> {
        encoder.array(Self::ELEMENTS)?;
        self.prefix.encode_elements(encoder)?;
        encoder.encode(&self.proof)?.ok()
    }
}

impl<C> Decode<'_, C> for Ballot {
    fn decode(decoder: &mut Decoder<'_>, _: &mut C) -> Result<Self, DecodeError> {
        expect_array(decoder, Self::ELEMENTS)?;
        Ok(Self { prefix: Prefix::decode_elements(decoder)?, proof: decoder.decode()? })
    }
}

impl Challenge {
    const ELEMENTS: u64 = Prefix::ELEMENTS + 3;
}

impl<C> Encode<C> for Challenge {
    fn encode<W: Write>(&self, encoder: &mut Encoder<W>, _: &mut C) -> Result<(), EncodeError<W::Error>> {
        encoder.array(Self::ELEMENTS)?;
        self.prefix.encode_elements(encoder)?;
        encoder.encode(&self.opening)?.encode(self.r_opened)?.encode(self.signature)?.ok()
    }
}

impl<C> Decode<'_, C> for Challenge {
    fn decode(decoder: &mut Decoder<'_>, _: &mut C) -> Result<Self, DecodeError> {
        expect_array(decoder, Self::ELEMENTS)?;
        Ok(Self {
            prefix: Prefix::decode_elements(decoder)?,
            opening: decoder.decode()?,
            r_opened: decoder.decode()?,
            signature: decoder.decode()?,
        })
    }
}

fn expect_array(decoder: &mut Decoder<'_>, elements: u64) -> Result<(), DecodeError> {
    let position = decoder.position();
    if decoder.array()? == Some(elements) {
        return Ok(());
    }
    Err(DecodeError::message(format!("not an array of {elements} elements")).at(position))
}
