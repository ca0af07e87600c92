//! Control entries of the authority. Implements specs/election.md#open, #close and #final.

use minicbor::{Decode, Encode};

use crate::bytes::{ElectionId, Hash};

/// Begins the voting.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Open {
    /// The election.
    #[n(0)]
    pub election: ElectionId,
    /// The checkpoint of everything before.
    #[n(1)]
    pub anchor: String,
    /// The keys hash of the ceremony.
    #[n(2)]
    pub keys: Hash,
    /// The roll hash.
    #[n(3)]
    pub roll: Hash,
}

/// Ends the voting.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Close {
    /// The election.
    #[n(0)]
    pub election: ElectionId,
    /// The checkpoint of everything before.
    #[n(1)]
    pub anchor: String,
    /// The number of accepted ballots.
    #[n(2)]
    pub ballots: u64,
    /// The leaf hash of the entry before.
    #[n(3)]
    pub last: Hash,
}

/// Ends the record.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Final {
    /// The election.
    #[n(0)]
    pub election: ElectionId,
    /// The checkpoint of everything before.
    #[n(1)]
    pub anchor: String,
    /// The leaf hash of the accepted `result` entry.
    #[n(2)]
    pub result: Hash,
}
