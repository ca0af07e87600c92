//! Which signatures on a checkpoint are enough. Implements specs/board.md#policy.

mod guarantee;
mod parse;

use thiserror::Error;

pub use guarantee::Guarantee;
pub use parse::PolicyFault;

use crate::c2sp::note::NoteKey;
use crate::checkpoint::SignedCheckpoint;
use crate::cosignature;
use crate::key::{LogVerifier, WitnessVerifier};

/// A trust policy: one log, its witnesses, and the quorum of them that a checkpoint needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    log: LogVerifier,
    log_address: Option<String>,
    witnesses: Vec<Witness>,
    /// Witnesses and groups, each after those that it refers to.
    signers: Vec<Signer>,
    /// The position in `signers` of who must sign; `None` for `quorum none`.
    quorum: Option<usize>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Signer {
    /// The position in `witnesses`.
    Witness(usize),
    /// Positions in `signers`, and how many of them must sign.
    Group { threshold: usize, members: Vec<usize> },
}

/// A witness of a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Witness {
    /// Its name in the policy.
    pub name: String,
    /// Its key.
    pub verifier: WitnessVerifier,
    /// Where it takes checkpoints, if the policy says so.
    pub address: Option<String>,
}

/// A witness's valid signature on a checkpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cosignature {
    /// The name of the witness in the policy.
    pub witness: String,
    /// When it signed: seconds since 1970, by its own clock.
    pub time: u64,
}

/// The cosignatures on a checkpoint are not enough. Code `checkpoint_quorum`, or `anchor_quorum` in an anchor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the witnesses that signed are no quorum")]
pub struct QuorumFault;

impl QuorumFault {
    /// The code of specs/checks.md.
    pub fn code(&self) -> &'static str {
        "checkpoint_quorum"
    }
}

impl Policy {
    /// Reads a tlog-policy text with exactly one log.
    pub fn parse(text: &str) -> Result<Self, PolicyFault> {
        parse::parse(text)
    }

    /// The key of the log.
    pub fn log(&self) -> &LogVerifier {
        &self.log
    }

    /// Where the log is served, if the policy says so.
    pub fn log_address(&self) -> Option<&str> {
        self.log_address.as_deref()
    }

    /// All witnesses, in the order of the text.
    pub fn witnesses(&self) -> &[Witness] {
        &self.witnesses
    }

    /// Whether no cosignature is asked for: a fact that readers of reports must be told.
    pub fn is_quorum_none(&self) -> bool {
        self.quorum.is_none()
    }

    /// Whether these witnesses together are a quorum; always, for `quorum none`.
    pub fn is_quorum(&self, has_signed: impl Fn(&Witness) -> bool) -> bool {
        self.is_met_by(&self.witnesses.iter().map(has_signed).collect::<Vec<_>>())
    }

    /// The cosignatures by witnesses of this policy, in the order of the policy. Wrong ones do not count. Whether the
    /// log signed is for [`SignedCheckpoint::verify`] to say.
    pub fn cosignatures(&self, checkpoint: &SignedCheckpoint) -> Vec<Cosignature> {
        self.cosignatures_by_witness(checkpoint).into_iter().flatten().collect()
    }

    /// The same cosignatures, if they are the quorum that the policy asks for.
    pub fn require_quorum(&self, checkpoint: &SignedCheckpoint) -> Result<Vec<Cosignature>, QuorumFault> {
        let by_witness = self.cosignatures_by_witness(checkpoint);
        let has_signed: Vec<bool> = by_witness.iter().map(Option::is_some).collect();
        if self.is_met_by(&has_signed) { Ok(by_witness.into_iter().flatten().collect()) } else { Err(QuorumFault) }
    }

    fn cosignatures_by_witness(&self, checkpoint: &SignedCheckpoint) -> Vec<Option<Cosignature>> {
        let note = checkpoint.note();
        let by_witness = self.witnesses.iter().map(|Witness { name, verifier, .. }| {
            let mut signatures = note.signatures_of(verifier);
            let valid = signatures.find(|signature| verifier.verifies(note.text(), signature))?;
            let (time, _) = cosignature::split(valid)?;
            Some(Cosignature { witness: name.clone(), time })
        });
        by_witness.collect()
    }

    fn is_met_by(&self, has_signed: &[bool]) -> bool {
        let is_true = |position: usize, facts: &[bool]| facts.get(position).copied().unwrap_or(false);
        let mut is_met: Vec<bool> = Vec::with_capacity(self.signers.len());
        for signer in &self.signers {
            is_met.push(match signer {
                Signer::Witness(witness) => is_true(*witness, has_signed),
                Signer::Group { threshold, members } => {
                    members.iter().filter(|member| is_true(**member, &is_met)).count() >= *threshold
                }
            });
        }
        self.quorum.is_none_or(|quorum| is_true(quorum, &is_met))
    }
}
