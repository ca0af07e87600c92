//! What a witness has signed, and remembers. Implements specs/witness.md#state.

use thiserror::Error;

use super::judgement::Refusal;
use crate::c2sp::note;
use crate::checkpoint::{CheckpointFault, SignedCheckpoint};
use crate::cosignature::{self, TimeFault, cosign};
use crate::key::{LogVerifier, WitnessKey, WitnessVerifier};
use crate::tree::TreeHead;

/// A checkpoint with the log's signature and one cosignature of the witness, which says that it saw this tree last:
/// all that a witness remembers of a log, and shows to monitors.
#[derive(Debug)]
pub struct Cosigned {
    checkpoint: SignedCheckpoint,
    line: String,
    time: u64,
}

/// The bytes are not a checkpoint that this log signed and this witness cosigned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum CosignedFault {
    /// Not a checkpoint, or not signed by the log.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointFault),
    /// No valid cosignature by the witness.
    #[error("the checkpoint has no valid cosignature by the witness")]
    Cosignature,
}

impl Cosigned {
    /// Reads what was remembered, and checks both signatures.
    pub fn parse(bytes: &[u8], log: &LogVerifier, witness: &WitnessVerifier) -> Result<Self, CosignedFault> {
        let checkpoint = SignedCheckpoint::parse(bytes)?;
        checkpoint.verify(log)?;
        let (time, signature) = newest(&checkpoint, witness).ok_or(CosignedFault::Cosignature)?;
        let line = note::signature_line(witness, signature);
        Ok(Self { checkpoint, line, time })
    }

    /// Signs; the caller has judged. Of the lines of the request only one of the log's own is kept.
    pub(super) fn sign(
        key: &WitnessKey,
        log: &LogVerifier,
        checkpoint: &SignedCheckpoint,
        time: u64,
    ) -> Result<Self, Refusal> {
        let line = cosign(key, checkpoint, time).map_err(|TimeFault(_)| Refusal::Clock)?;
        let alone = checkpoint.signed_by_log_alone(log).map_err(Refusal::Signature)?;
        let checkpoint = alone.with_signature_lines(&line).map_err(Refusal::Signature)?;
        Ok(Self { checkpoint, line, time })
    }

    /// The checkpoint with the witness's own valid line out of those that it answered with; all others are left out.
    pub fn from_answer(
        checkpoint: &SignedCheckpoint,
        lines: &str,
        log: &LogVerifier,
        witness: &WitnessVerifier,
    ) -> Result<Self, CosignedFault> {
        let answered = checkpoint.signed_by_log_alone(log)?.with_signature_lines(lines)?;
        let (time, signature) = newest(&answered, witness).ok_or(CosignedFault::Cosignature)?;
        let line = note::signature_line(witness, signature);
        let checkpoint = checkpoint.signed_by_log_alone(log)?.with_signature_lines(&line)?;
        Ok(Self { checkpoint, line, time })
    }

    /// Size and root of the tree.
    pub fn head(&self) -> TreeHead {
        self.checkpoint.unverified().head
    }

    /// When the witness signed: seconds since 1970.
    pub fn time(&self) -> u64 {
        self.time
    }

    /// The note, to be remembered and shown.
    pub fn as_bytes(&self) -> &[u8] {
        self.checkpoint.as_bytes()
    }

    /// The witness's signature line: what is answered.
    pub fn line(&self) -> &str {
        &self.line
    }
}

/// The latest valid cosignature by the witness: its time, and the bytes of the signature.
pub(super) fn newest<'a>(checkpoint: &'a SignedCheckpoint, witness: &WitnessVerifier) -> Option<(u64, &'a [u8])> {
    let valid = checkpoint.cosignatures_by(witness);
    valid.filter_map(|signature| Some((cosignature::split(signature)?.0, signature))).max_by_key(|(time, _)| *time)
}
