//! The same votes with elastic-elgamal: a well-kept library for the same curve.

use anyhow::{Result, anyhow};
use ciborium::Value;
use elastic_elgamal::app::{ChoiceParams, EncryptedChoice, QuadraticVotingBallot, QuadraticVotingParams, SingleChoice};
use elastic_elgamal::group::Ristretto;
use elastic_elgamal::{Keypair, PublicKey};
use rand_chacha_03::ChaCha20Rng;
use rand_chacha_03::rand_core::SeedableRng;
use serde::Serialize;

use crate::clock::Best;
use crate::contests::Peer;

/// Ballots of one kind, and the times that they took so far.
pub struct Bench {
    kind: Kind,
    rng: ChaCha20Rng,
    bytes: usize,
    encrypt: Best,
    verify: Best,
}

enum Kind {
    Choice(ChoiceParams<Ristretto, SingleChoice>),
    Quadratic(QuadraticVotingParams<Ristretto>, Vec<u64>),
}

impl Bench {
    /// The same vote as ours.
    pub fn new(kind: Peer) -> Self {
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        let receiver: PublicKey<Ristretto> = Keypair::generate(&mut rng).public().clone();
        let kind = match kind {
            Peer::Choice(options) => Kind::Choice(ChoiceParams::single(receiver, options)),
            Peer::Quadratic(options, credits) => {
                let mut votes = vec![4, 3, 2, 1];
                votes.resize(options, 0);
                Kind::Quadratic(QuadraticVotingParams::new(receiver, options, credits), votes)
            }
        };
        Self { kind, rng, bytes: 0, encrypt: Best::default(), verify: Best::default() }
    }

    /// Takes each time once more.
    pub fn round(&mut self) -> Result<()> {
        let Self { kind, rng, .. } = self;
        let fault = |error| anyhow!("elastic-elgamal refuses its own ballot: {error}");
        match kind {
            Kind::Choice(params) => {
                let ballot = self.encrypt.time(|| EncryptedChoice::single(params, 1, rng));
                self.bytes = bytes(&ballot)?;
                self.verify.time(|| ballot.verify(params).map(drop)).map_err(|error| fault(error.to_string()))
            }
            Kind::Quadratic(params, votes) => {
                let ballot = self.encrypt.time(|| QuadraticVotingBallot::new(params, votes, rng));
                self.bytes = bytes(&ballot)?;
                self.verify.time(|| ballot.verify(params).map(drop)).map_err(|error| fault(error.to_string()))
            }
        }
    }

    /// The bytes of all points and scalars of a ballot.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// Microseconds to encrypt and prove a ballot.
    pub fn encrypt(&self) -> f64 {
        self.encrypt.micros_each(1)
    }

    /// Microseconds to verify a ballot: it knows no batches.
    pub fn verify(&self) -> f64 {
        self.verify.micros_each(1)
    }
}

fn bytes(ballot: &impl Serialize) -> Result<usize> {
    fn within(value: &Value) -> usize {
        match value {
            Value::Bytes(bytes) => bytes.len(),
            Value::Array(values) => values.iter().map(within).sum(),
            Value::Map(pairs) => pairs.iter().map(|(_, value)| within(value)).sum(),
            _ => 0,
        }
    }
    Ok(within(&Value::serialized(ballot)?))
}
