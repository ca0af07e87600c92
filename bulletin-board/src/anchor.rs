//! Checkpoints inside entries: what was before is fixed by the log, and dated by the witnesses.
//! Implements specs/board.md#anchors.

use thiserror::Error;

use crate::checkpoint::SignedCheckpoint;
use crate::policy::{Cosignature, Policy, QuorumFault};
use crate::tree::TreeHead;

/// Why a text is not the anchor of an entry, in the order in which the faults are looked for.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum AnchorFault {
    /// Not a checkpoint of this log.
    #[error("the anchor is not a checkpoint of this log")]
    Malformed,
    /// Not signed by the log.
    #[error("the anchor has no valid signature by the log")]
    Signature,
    /// The checkpoint of another tree than that of the entries before.
    #[error("the anchor is not of the tree of the entries before")]
    Mismatch,
    /// Without the cosignatures that the policy asks for.
    #[error("the anchor does not meet the policy: {0}")]
    Quorum(#[from] QuorumFault),
}

impl AnchorFault {
    /// The code of specs/board.md#anchors.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Malformed => "anchor_malformed",
            Self::Signature => "anchor_signature",
            Self::Mismatch => "anchor_mismatch",
            Self::Quorum(_) => "anchor_quorum",
        }
    }
}

/// Judges the anchor of an entry. `before` is the head of the tree of all entries before it: its size is the entry's
/// index. The log, its key and its origin are those of the policy. Gives the cosignatures, which date the anchor.
pub fn judge(note: &[u8], before: TreeHead, policy: &Policy) -> Result<Vec<Cosignature>, AnchorFault> {
    let anchor = SignedCheckpoint::parse(note).map_err(|_| AnchorFault::Malformed)?;
    if anchor.unverified().origin != *policy.log().origin() {
        return Err(AnchorFault::Malformed);
    }
    let checkpoint = anchor.verify(policy.log()).map_err(|_| AnchorFault::Signature)?;
    if checkpoint.head != before {
        return Err(AnchorFault::Mismatch);
    }
    Ok(policy.require_quorum(&anchor)?)
}
