//! The manifest: the election's constitution. Implements specs/election.md#manifest.

use minicbor::{Decode, Encode};

use super::Contest;
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
