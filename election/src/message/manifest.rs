//! The manifest: the election's constitution. Implements specs/election.md#manifest.

use minicbor::decode::Error as DecodeError;
use minicbor::encode::{Error as EncodeError, Write};
use minicbor::{Decode, Decoder, Encode, Encoder};

use crate::bytes::{Hash, SignerKey};

/// The body of entry 0.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Manifest {
    /// 1 in this version.
    #[n(0)]
    pub version: u64,
    /// Short name in addresses: `a`–`z`, `0`–`9`, `-`.
    #[n(1)]
    pub id: String,
    /// What people call the election.
    #[n(2)]
    pub title: String,
    /// The voters are not real; every report says so.
    #[n(3)]
    pub simulation: bool,
    /// The log's origin; ends in `/<id>`.
    #[n(4)]
    pub origin: String,
    /// The log's key.
    #[n(5)]
    pub log: SignerKey,
    /// A tlog-policy: see specs/board.md#policy.
    #[n(6)]
    pub policy: String,
    /// The questions, in the order of the ballot.
    #[n(7)]
    pub contests: Vec<Contest>,
    /// Which voters see which questions.
    #[n(8)]
    pub styles: Vec<Style>,
    /// The authority's key.
    #[n(9)]
    pub authority: SignerKey,
    /// The registrar's key.
    #[n(10)]
    pub registrar: SignerKey,
    /// The i-th has index i, from 1.
    #[n(11)]
    pub trustees: Vec<Trustee>,
    /// t: how many trustees decrypt.
    #[n(12)]
    pub threshold: u64,
    /// The fewest qualified trustees with which the ceremony succeeds.
    #[n(13)]
    pub quorum: u64,
    /// The fewest counted ballots whose sum is decrypted.
    #[n(14)]
    pub minimum: u64,
    /// The files of the voting page.
    #[n(15)]
    pub assets: Vec<Asset>,
}

/// One question.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Contest {
    /// Names the contest in reports.
    #[n(0)]
    pub id: String,
    /// The question.
    #[n(1)]
    pub title: String,
    /// The answers, in the order of the ballot.
    #[n(2)]
    pub options: Vec<ContestOption>,
    /// How voters may answer.
    #[n(3)]
    pub kind: ContestKind,
}

/// One answer.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct ContestOption {
    /// Names the option in reports.
    #[n(0)]
    pub id: String,
    /// The answer.
    #[n(1)]
    pub title: String,
}

/// How voters may answer: `[name, parameters]`. Implements specs/election.md#contest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ContestKind {
    /// `"choice"`: some of the options, or blank.
    Choice(Choice),
}

/// The parameters of a "choice": min..max of the options or, if offered, an explicit blank vote.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Choice {
    /// The fewest options that a vote other than blank holds.
    #[n(0)]
    pub min: u64,
    /// The most.
    #[n(1)]
    pub max: u64,
    /// Whether an explicit blank vote is offered.
    #[n(2)]
    pub blank: bool,
}

/// The set of contests that a voter sees.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Style {
    /// What people call it.
    #[n(0)]
    pub name: String,
    /// Contest indexes from 0, ascending.
    #[n(1)]
    pub contests: Vec<u64>,
}

/// One holder of a part of the keys.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Trustee {
    /// What people call them.
    #[n(0)]
    pub name: String,
    /// Their signing key.
    #[n(1)]
    pub key: SignerKey,
}

/// One file of the voting page.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Asset {
    /// Where the page loads it from.
    #[n(0)]
    pub path: String,
    /// SHA-256 of its bytes.
    #[n(1)]
    pub hash: Hash,
}

impl<C> Encode<C> for ContestKind {
    fn encode<W: Write>(&self, encoder: &mut Encoder<W>, context: &mut C) -> Result<(), EncodeError<W::Error>> {
        match self {
            Self::Choice(choice) => ("choice", choice).encode(encoder, context),
        }
    }
}

impl<'b, C> Decode<'b, C> for ContestKind {
    fn decode(decoder: &mut Decoder<'b>, context: &mut C) -> Result<Self, DecodeError> {
        let position = decoder.position();
        let length = decoder.array()?;
        match (decoder.str()?, length) {
            ("choice", Some(2)) => Choice::decode(decoder, context).map(Self::Choice),
            _ => Err(DecodeError::message("no kind of contest of this version").at(position)),
        }
    }
}
