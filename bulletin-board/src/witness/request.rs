//! What a log asks of a witness. Implements specs/witness.md#add-checkpoint.

use thiserror::Error;

use crate::checkpoint::{CheckpointFault, SignedCheckpoint};
use crate::hash::Hash;
use crate::text;
use crate::tree::ConsistencyProof;

/// The most hashes of a proof in a request.
pub const MAX_PROOF_LINES: usize = 63;

/// The most bytes of a request: the longest proof, and a note with a dozen of the longest signatures in use.
pub const MAX_REQUEST_LENGTH: usize = 64 * 1024;

/// The request to cosign a checkpoint.
#[derive(Debug)]
pub struct AddCheckpoint {
    /// The size of the tree that the witness cosigned last; 0 if it cosigned none.
    pub old: u64,
    /// The proof that the checkpoint's tree begins with that tree.
    pub proof: ConsistencyProof,
    /// The checkpoint, signed by the log.
    pub checkpoint: SignedCheckpoint,
}

/// The bytes are no such request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum RequestFault {
    /// Not the lines `old <size>` and up to 63 hashes, and an empty line.
    #[error("the request does not begin with a line “old SIZE”, up to {MAX_PROOF_LINES} hashes and an empty line")]
    Malformed,
    /// What follows them is no checkpoint.
    #[error("what follows the empty line is {0}")]
    Checkpoint(#[source] CheckpointFault),
}

impl RequestFault {
    /// The code of specs/witness.md#refusals.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Malformed => "request_malformed",
            Self::Checkpoint(fault) => fault.code(),
        }
    }
}

impl AddCheckpoint {
    /// Reads a request.
    pub fn parse(bytes: &[u8]) -> Result<Self, RequestFault> {
        // No line before the checkpoint is empty, so the first empty line ends them.
        let end = bytes.windows(2).position(|pair| pair == b"\n\n").ok_or(RequestFault::Malformed)?;
        let (head, checkpoint) = bytes.split_at(end);
        let (old, hashes) = parse_head(head).ok_or(RequestFault::Malformed)?;
        let checkpoint = checkpoint.get(2..).unwrap_or_default();
        let checkpoint = SignedCheckpoint::parse(checkpoint).map_err(RequestFault::Checkpoint)?;
        Ok(Self { old, proof: hashes.into(), checkpoint })
    }

    /// The bytes of the request.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut head = format!("old {}\n", self.old);
        for hash in self.proof.hashes() {
            head += &format!("{hash}\n");
        }
        head.push('\n');
        [head.as_bytes(), self.checkpoint.as_bytes()].concat()
    }
}

/// Reads what stands before the empty line: the old size and the hashes.
fn parse_head(head: &[u8]) -> Option<(u64, Vec<Hash>)> {
    let mut lines = std::str::from_utf8(head).ok()?.split('\n');
    let old = text::parse_decimal(lines.next()?.strip_prefix("old ")?)?;
    let hashes: Vec<Hash> = lines.map(Hash::from_base64).collect::<Option<_>>()?;
    (hashes.len() <= MAX_PROOF_LINES).then_some((old, hashes))
}
