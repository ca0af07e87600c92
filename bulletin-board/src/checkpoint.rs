//! The signed head of a log. Implements specs/board.md#checkpoint.

use std::fmt;

use thiserror::Error;

use crate::c2sp::note::{self, Note, NoteKey};
use crate::hash::Hash;
use crate::key::{LogKey, LogVerifier, WitnessVerifier};
use crate::origin::Origin;
use crate::text;
use crate::tree::TreeHead;

/// What a checkpoint says: this log has a tree with this head.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// The name of the log.
    pub origin: Origin,
    /// Size and root of its tree.
    pub head: TreeHead,
}

impl Checkpoint {
    /// Reads the text of a note: `<origin>\n<size>\n<base64 root>\n` and no extension lines.
    fn parse(text: &[u8]) -> Option<Self> {
        let mut lines = std::str::from_utf8(text).ok()?.split('\n');
        let origin = Origin::parse(lines.next()?).ok()?;
        let size = text::parse_decimal(lines.next()?)?;
        let root = Hash::from_base64(lines.next()?)?;
        let ends_there = lines.next() == Some("") && lines.next().is_none();
        ends_there.then_some(Self { origin, head: TreeHead { size, root } })
    }
}

/// The text that log and witnesses sign.
impl fmt::Display for Checkpoint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let TreeHead { size, root } = self.head;
        writeln!(formatter, "{}\n{size}\n{root}", self.origin)
    }
}

/// A checkpoint cannot be accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum CheckpointFault {
    /// Not a signed note, or not with the text of a checkpoint.
    #[error("not a checkpoint")]
    Malformed,
    /// No signature by the log, or a wrong one, even beside a right one.
    #[error("the checkpoint has no valid signature by the log")]
    Signature,
    /// The key signed the checkpoint of another log.
    #[error("the checkpoint's origin is not the name of the log's key")]
    Origin,
}

impl CheckpointFault {
    /// The code of specs/checks.md.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Malformed => "checkpoint_malformed",
            Self::Signature => "checkpoint_signature",
            Self::Origin => "log_key_mismatch",
        }
    }
}

/// A checkpoint with signatures, of which nobody knows yet whether they are valid.
#[derive(Debug, Clone)]
pub struct SignedCheckpoint {
    checkpoint: Checkpoint,
    note: Note,
    bytes: Vec<u8>,
}

impl SignedCheckpoint {
    /// Signs the head of the log's tree.
    #[expect(clippy::expect_used, reason = "an origin, a number and a hash make a checkpoint")]
    pub fn sign(key: &LogKey, head: TreeHead) -> Self {
        let checkpoint = Checkpoint { origin: key.verifier().origin().clone(), head };
        let text = checkpoint.to_string();
        let line = note::signature_line(key.verifier(), &key.signature(text.as_bytes()));
        Self::parse(format!("{text}\n{line}").as_bytes()).expect("what was just written is well-formed")
    }

    /// Reads a signed note whose text is a checkpoint.
    pub fn parse(bytes: &[u8]) -> Result<Self, CheckpointFault> {
        let note = Note::parse(bytes).ok_or(CheckpointFault::Malformed)?;
        let checkpoint = Checkpoint::parse(note.text()).ok_or(CheckpointFault::Malformed)?;
        Ok(Self { checkpoint, note, bytes: bytes.to_vec() })
    }

    /// The same checkpoint with more signature lines, such as a witness answers with.
    pub fn with_signature_lines(&self, lines: &str) -> Result<Self, CheckpointFault> {
        Self::parse(&[&self.bytes, lines.as_bytes()].concat())
    }

    /// The checkpoint, if the log signed it. Each line under the log's key must be its signature.
    pub fn verify(&self, log: &LogVerifier) -> Result<&Checkpoint, CheckpointFault> {
        let mut signatures = self.note.signatures_of(log).peekable();
        let is_signed = signatures.peek().is_some();
        if !is_signed || !signatures.all(|signature| log.verifies(self.note.text(), signature)) {
            return Err(CheckpointFault::Signature);
        }
        if self.checkpoint.origin != *log.origin() {
            return Err(CheckpointFault::Origin);
        }
        Ok(&self.checkpoint)
    }

    /// The checkpoint with one signature line of the log, which must be valid, and no other lines.
    pub(crate) fn signed_by_log_alone(&self, log: &LogVerifier) -> Result<Self, CheckpointFault> {
        self.verify(log)?;
        let signature = self.note.signatures_of(log).next().ok_or(CheckpointFault::Signature)?;
        let line = note::signature_line(log, signature);
        Self::parse(&[self.note.text(), b"\n", line.as_bytes()].concat())
    }

    /// The valid signatures of a witness, as they stand after the key ID.
    pub(crate) fn cosignatures_by(&self, witness: &WitnessVerifier) -> impl Iterator<Item = &[u8]> {
        self.note.signatures_of(witness).filter(|signature| witness.verifies(self.note.text(), signature))
    }

    /// The note, to look for signatures of keys other than the log's.
    pub(crate) fn note(&self) -> &Note {
        &self.note
    }

    /// What the checkpoint says, whoever signed it.
    pub fn unverified(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// The note, verbatim.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }
}
