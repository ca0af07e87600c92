//! Which signatures on a checkpoint are enough. Implements specs/board.md#policy.

mod parse;

use thiserror::Error;

pub use parse::PolicyFault;

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
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum QuorumFault {
    /// A line bears the name and key ID of a witness, but is not its signature.
    #[error("the cosignature of {0} is invalid")]
    Invalid(String),
    /// Too few of the witnesses signed.
    #[error("the witnesses that signed are no quorum")]
    NotMet,
}

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

    /// The cosignatures by witnesses of this policy, in the order of the policy, if they are enough. Whether the log
    /// signed is for [`SignedCheckpoint::verify`] to say.
    pub fn cosignatures(&self, checkpoint: &SignedCheckpoint) -> Result<Vec<Cosignature>, QuorumFault> {
        let by_witness = self.signatures_by_witness(checkpoint)?;
        let has_signed: Vec<bool> = by_witness.iter().map(Option::is_some).collect();
        if self.is_met_by(&has_signed) {
            Ok(by_witness.into_iter().flatten().collect())
        } else {
            Err(QuorumFault::NotMet)
        }
    }

    /// For each witness, its cosignature if it is on the checkpoint.
    fn signatures_by_witness(&self, checkpoint: &SignedCheckpoint) -> Result<Vec<Option<Cosignature>>, QuorumFault> {
        let keys: Vec<&WitnessVerifier> = self.witnesses.iter().map(|witness| &witness.verifier).collect();
        let signatures = checkpoint
            .note()
            .verify(&keys)
            .map_err(|fault| QuorumFault::Invalid(fault.key_name))?;
        let by_witness = self.witnesses.iter().map(|witness| {
            let signature = signatures.iter().find(|signature| signature.is_by(&witness.verifier))?;
            let (time, _) = cosignature::split(&signature.bytes)?;
            Some(Cosignature {
                witness: witness.name.clone(),
                time,
            })
        });
        Ok(by_witness.collect())
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
