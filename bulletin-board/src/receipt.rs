//! What a voter keeps: the proof, under a checkpoint, that an entry stands in the log. Implements specs/board.md#receipt.

use thiserror::Error;

use crate::checkpoint::{CheckpointFault, SignedCheckpoint};
use crate::entry::{Entry, EntryFault};
use crate::hash::Hash;
use crate::policy::{Cosignature, Policy};
use crate::text;
use crate::tree::InclusionProof;

/// The first line of a tlog-proof.
const HEADER: &str = "c2sp.org/tlog-proof@v1";

/// The proof of C2SP tlog-proof that the log has an entry, whose bytes stand beside it.
#[derive(Debug)]
pub struct Receipt {
    /// The position of the entry.
    pub index: u64,
    /// The proof that it is in the tree of the checkpoint.
    pub proof: InclusionProof,
    /// The checkpoint, with its signatures.
    pub checkpoint: SignedCheckpoint,
}

/// How far a verified receipt reaches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// The log has signed that the entry is in it: a later log without it is a provable fraud.
    Received,
    /// The checkpoint meets the policy: the log shows the entry to everybody. With the cosignatures on it.
    Recorded(Vec<Cosignature>),
}

/// Why a receipt does not show that an entry is in a log.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ReceiptFault {
    /// Not a tlog-proof without `extra` line.
    #[error("not a receipt")]
    Malformed,
    /// The bytes beside the proof are not an entry of this log at this index.
    #[error("the receipt is not for such an entry: {0}")]
    Entry(#[source] EntryFault),
    /// The checkpoint is not one of this log.
    #[error("the receipt's checkpoint cannot be accepted: {0}")]
    Checkpoint(#[source] CheckpointFault),
    /// The entry is not in the tree of the checkpoint.
    #[error("the entry is not in the tree of the receipt's checkpoint")]
    Inclusion,
}

impl ReceiptFault {
    /// A stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Malformed => "receipt_malformed",
            Self::Entry(fault) => fault.code(),
            Self::Checkpoint(fault) => fault.code(),
            Self::Inclusion => "receipt_mismatch",
        }
    }
}

impl Receipt {
    /// Reads a receipt; its checkpoint must be well-formed too.
    pub fn parse(bytes: &[u8]) -> Result<Self, ReceiptFault> {
        let text = std::str::from_utf8(bytes).map_err(|_| ReceiptFault::Malformed)?;
        let (head, checkpoint) = text.split_once("\n\n").ok_or(ReceiptFault::Malformed)?;
        let (index, hashes) = parse_head(head).ok_or(ReceiptFault::Malformed)?;
        let checkpoint = SignedCheckpoint::parse(checkpoint.as_bytes()).map_err(ReceiptFault::Checkpoint)?;
        Ok(Self { index, proof: InclusionProof::from(hashes), checkpoint })
    }

    /// The bytes of the receipt.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut text = format!("{HEADER}\nindex {}\n", self.index);
        for hash in self.proof.hashes() {
            text += &format!("{hash}\n");
        }
        text.push('\n');
        [text.as_bytes(), self.checkpoint.as_bytes()].concat()
    }

    /// Checks that the entry is in the log of the policy, in this order: the entry names this log and this index, the
    /// log signed the checkpoint, the entry is in its tree. What the entry holds is for the caller to compare with what
    /// was sent.
    pub fn verify(&self, entry: &[u8], policy: &Policy) -> Result<Standing, ReceiptFault> {
        let place = Entry::parse(entry).map_err(ReceiptFault::Entry)?.place;
        if place.origin != *policy.log().origin() {
            return Err(ReceiptFault::Entry(EntryFault::Origin));
        }
        if place.index != self.index {
            return Err(ReceiptFault::Entry(EntryFault::Index));
        }
        let checkpoint = self.checkpoint.verify(policy.log()).map_err(ReceiptFault::Checkpoint)?;
        let leaf = Hash::of_entry(entry);
        self.proof.verify(checkpoint.head, self.index, leaf).map_err(|_| ReceiptFault::Inclusion)?;
        Ok(policy.require_quorum(&self.checkpoint).map_or(Standing::Received, Standing::Recorded))
    }
}

/// Reads what stands before the checkpoint: header, index, hashes.
fn parse_head(head: &str) -> Option<(u64, Vec<Hash>)> {
    let mut lines = head.split('\n');
    if lines.next()? != HEADER {
        return None;
    }
    let index = text::parse_decimal(lines.next()?.strip_prefix("index ")?)?;
    let hashes = lines.map(Hash::from_base64).collect::<Option<_>>()?;
    Some((index, hashes))
}
