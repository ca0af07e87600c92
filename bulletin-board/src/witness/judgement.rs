//! Whether a witness cosigns. Implements specs/witness.md#judgement.

use thiserror::Error;

use super::cosigned::{Cosigned, newest};
use super::request::{AddCheckpoint, RequestFault};
use crate::checkpoint::{Checkpoint, CheckpointFault, SignedCheckpoint};
use crate::key::{LogVerifier, WitnessKey, WitnessVerifier};
use crate::tree::TreeHead;

/// How many seconds a witness's clock may have gone back for it to sign its last time once more.
pub const MAX_STEP_BACK: u64 = 60;

/// Why a witness does not cosign. Implements specs/witness.md#refusals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Refusal {
    /// The request cannot be read.
    #[error(transparent)]
    Request(#[from] RequestFault),
    /// The log is not one of the witness's.
    #[error("this witness does not know the log")]
    OriginUnknown,
    /// The log did not sign, or a line under its key is not its signature.
    #[error(transparent)]
    Signature(CheckpointFault),
    /// The old size is more than the checkpoint's.
    #[error("the old size is larger than that of the checkpoint")]
    OldSize,
    /// The old size is not the one that the witness cosigned last.
    #[error("the old size is not {size}, the size that was cosigned last")]
    Conflict {
        /// The size that it cosigned last.
        size: u64,
    },
    /// The log signed a tree that does not begin with the last one, or it did not prove that it does.
    #[error("the proof does not show that the tree begins with the one that was cosigned last")]
    Inconsistent,
    /// The clock stands before the last time that was signed, or beyond all times.
    #[error("the clock of this witness stands before the time that it signed last, or is wrong altogether")]
    Clock,
    /// The checkpoint has a cosignature of this witness that it does not remember: it has lost what it saw.
    #[error("this witness has cosigned the log later than it remembers, and must not sign any more")]
    Forgotten,
}

impl Refusal {
    /// The status of the answer.
    pub fn status(&self) -> u16 {
        match self {
            Self::Request(_) | Self::OldSize => 400,
            Self::Signature(_) => 403,
            Self::OriginUnknown => 404,
            Self::Conflict { .. } => 409,
            Self::Inconsistent => 422,
            Self::Clock | Self::Forgotten => 503,
        }
    }

    /// A stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Request(fault) => fault.code(),
            Self::OriginUnknown => "origin_unknown",
            Self::Signature(fault) => fault.code(),
            Self::OldSize => "old_size_above",
            Self::Conflict { .. } => "old_size_conflict",
            Self::Inconsistent => "checkpoint_inconsistent",
            Self::Clock => "clock_behind",
            Self::Forgotten => "witness_retired",
        }
    }
}

/// A log, and what its witness remembers of it.
#[derive(Debug)]
pub struct WitnessedLog {
    verifier: LogVerifier,
    last: Option<Cosigned>,
}

impl WitnessedLog {
    /// The log with this key. `last` is `None` only if nothing of it was ever cosigned.
    pub fn new(verifier: LogVerifier, last: Option<Cosigned>) -> Self {
        Self { verifier, last }
    }

    /// The log's key.
    pub fn verifier(&self) -> &LogVerifier {
        &self.verifier
    }

    /// What was cosigned last.
    pub fn last(&self) -> Option<&Cosigned> {
        self.last.as_ref()
    }

    /// Judges a request at the time `now`, in seconds since 1970. What it gives is to be durable before anything is
    /// answered, and then to be [remembered](Self::remember); until then no other request of this log may be judged.
    pub fn judge(&self, key: &WitnessKey, request: &AddCheckpoint, now: u64) -> Result<Cosigned, Refusal> {
        let checkpoint = &request.checkpoint;
        let head = checkpoint.verify(&self.verifier).map_err(Refusal::Signature)?.head;
        if self.has_forgotten(checkpoint, key.verifier()) {
            return Err(Refusal::Forgotten);
        }
        if request.old > head.size {
            return Err(Refusal::OldSize);
        }
        let last = self.last.as_ref().map_or_else(TreeHead::empty, Cosigned::head);
        if request.old != last.size {
            return Err(Refusal::Conflict { size: last.size });
        }
        request.proof.verify(last, head).map_err(|_| Refusal::Inconsistent)?;
        let time = self.time_to_sign(now)?;
        Cosigned::sign(key, &self.verifier, checkpoint, time)
    }

    /// Takes what is durable now as the last.
    pub fn remember(&mut self, cosigned: Cosigned) {
        self.last = Some(cosigned);
    }

    /// Whether the log signed another root for the size that was cosigned last, or a root of no entries that is none: with
    /// what is remembered, the proof that it shows two histories.
    pub fn is_contradicted_by(&self, checkpoint: &SignedCheckpoint) -> bool {
        let last = self.last.as_ref().map_or_else(TreeHead::empty, Cosigned::head);
        let signed = checkpoint.verify(&self.verifier);
        signed.is_ok_and(|Checkpoint { head, .. }| head.size == last.size && *head != last)
    }

    /// Whether the checkpoint shows a cosignature that is later, or of a larger or another tree, than what is remembered.
    fn has_forgotten(&self, checkpoint: &SignedCheckpoint, witness: &WitnessVerifier) -> bool {
        let Some((time, _)) = newest(checkpoint, witness) else { return false };
        let head = checkpoint.unverified().head;
        self.last.as_ref().is_none_or(|last| {
            let last_head = last.head();
            time > last.time() || head.size > last_head.size || (head.size == last_head.size && head != last_head)
        })
    }

    /// `now`, or the last time that was signed if the clock has gone back a little since.
    fn time_to_sign(&self, now: u64) -> Result<u64, Refusal> {
        let last = self.last.as_ref().map_or(0, Cosigned::time);
        let is_near = last.saturating_sub(now) <= MAX_STEP_BACK;
        if is_near { Ok(now.max(last)) } else { Err(Refusal::Clock) }
    }
}
