//! What the rules ask of the log that they judge for.

use crate::bytes::SignerKey;
use crate::code::Rejection;

/// Implemented where the log lives: the rules read through it and stay free of storage and of the log's formats.
pub trait Log {
    /// Why the log could not be read: nobody's fault among the authors of entries.
    type Error;

    /// The payload of an entry that was accepted earlier, read again.
    fn payload(&self, index: u64) -> Result<Vec<u8>, Self::Error>;

    /// Whether `anchor` is the checkpoint over the first `size` entries, with the policy's quorum on it.
    /// Implements specs/board.md#anchors; refuses with one of the `anchor_…` codes.
    fn judge_anchor(&self, anchor: &str, size: u64) -> Result<(), Rejection>;

    /// Whether `policy` parses and names the log of this origin and key.
    /// Implements specs/board.md#policy; refuses with `manifest_policy`.
    fn judge_policy(&self, policy: &str, origin: &str, log_key: &SignerKey) -> Result<(), Rejection>;
}
