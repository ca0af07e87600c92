//! The hashes that entries, tiles and checkpoints are made of.

use std::fmt;

use crate::c2sp::merkle;
use crate::text;

/// Bytes of a hash.
pub const HASH_LENGTH: usize = 32;

/// A SHA-256 hash in the log: of a leaf, of a node, of a whole tree, or the `prev` of an entry.
///
/// It is shown as base64, the form in which it stands in checkpoints and receipts.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hash([u8; HASH_LENGTH]);

impl Hash {
    /// The leaf hash of an entry: SHA-256(0x00 ‖ entry). Implements specs/board.md#entry.
    pub fn of_entry(entry: &[u8]) -> Self {
        merkle::leaf_hash(entry)
    }

    /// The 32 bytes.
    pub fn as_bytes(&self) -> &[u8; HASH_LENGTH] {
        &self.0
    }

    /// Reads the base64 form; `None` unless it is canonical and of 32 bytes.
    pub(crate) fn from_base64(encoded: &str) -> Option<Self> {
        text::decode_base64(encoded)?.try_into().ok().map(Self)
    }
}

impl From<[u8; HASH_LENGTH]> for Hash {
    fn from(bytes: [u8; HASH_LENGTH]) -> Self {
        Self(bytes)
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&text::encode_base64(&self.0))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Hash({self})")
    }
}
