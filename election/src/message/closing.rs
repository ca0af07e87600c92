//! What the authority tells the server before it closes the voting. No entry. Implements specs/server.md#closing.

use minicbor::{Decode, Encode};

use super::Authored;
use crate::bytes::ElectionId;
use crate::kind::Role;

/// Asks the server to take no more ballots, or to take them again.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Closing {
    /// The election.
    #[n(0)]
    pub election: ElectionId,
    /// Counts the requests of the authority, from 1: one with a smaller number is old.
    #[n(1)]
    pub number: u64,
    /// Whether the voting is to end; if not, it goes on.
    #[n(2)]
    pub is_closing: bool,
}

impl Authored for Closing {
    const DOMAIN: &'static str = "closing";
    const AUTHOR: Role = Role::Authority;

    fn election(&self) -> Option<ElectionId> {
        Some(self.election)
    }

    fn trustee(&self) -> Option<u64> {
        None
    }
}
