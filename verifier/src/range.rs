//! Range proofs of ranged slots. Implements specs/range.md with `bulletproofs`.
//!
//! The border to that crate: it computes with an earlier version of the arithmetic, so that points cross as bytes.

use crate::transcript::{Transcript, transcript};
use crate::tree::Hash;
use bulletproofs::{BulletproofGens, PedersenGens, RangeProof};
use curve25519_dalek::RistrettoPoint;
use curve25519_dalek::ristretto::CompressedRistretto;
use curve25519_dalek_4::ristretto::CompressedRistretto as ForeignPoint;
use rand_core_06::{CryptoRng, Error, RngCore};

/// Bits of a value.
const BITS: usize = 16;

/// P: so many values the proof is of, the least power of two that is at least their number.
fn padded(values: usize) -> usize {
    values.next_power_of_two()
}

/// Length in bytes of the proof of so many values, which are at least one.
pub fn proof_length(values: usize) -> usize {
    let rounds = (BITS * padded(values)).ilog2() as usize;
    32 * (2 * rounds + 9)
}

/// H̃: the blinding base of the commitments V_j.
pub fn blinding_base() -> RistrettoPoint {
    let bytes = PedersenGens::default().B_blinding.compress().to_bytes();
    // A point's own encoding always decodes; H̃ = the identity would refuse proofs rather than accept them.
    CompressedRistretto(bytes).decompress().unwrap_or_default()
}

/// The first 𝐆 of a value, counted from 0.
#[cfg(test)]
pub fn bases_g(value: usize, number: usize) -> Vec<[u8; 32]> {
    let bases = BulletproofGens::new(BITS, value + 1);
    bases.share(value).G(number).map(|base| base.compress().to_bytes()).collect()
}

/// The generators of all range proofs of an election.
pub struct Bases {
    commitments: PedersenGens,
    bits: BulletproofGens,
}

impl Bases {
    /// Generators for proofs of at most so many values.
    pub fn new(values: usize) -> Self {
        Self { commitments: PedersenGens::default(), bits: BulletproofGens::new(BITS, padded(values)) }
    }
}

/// A range proof that is to be checked.
#[derive(Clone)]
pub struct RangeClaim {
    /// The ballot's transcript after y.
    pub transcript: Transcript,
    /// V_j, which are points.
    pub values: Vec<[u8; 32]>,
    pub proof: Vec<u8>,
}

impl RangeClaim {
    /// Whether every V_j holds a value of 16 bits. `seed` is fresh, `payload` all that the ballot says.
    pub fn holds(&self, bases: &Bases, seed: &[u8; 32], payload: &Hash) -> bool {
        if self.values.is_empty() || self.proof.len() != proof_length(self.values.len()) {
            return false;
        }
        let Ok(proof) = RangeProof::from_bytes(&self.proof) else {
            return false;
        };
        // Padded with commitments to 0 that hide nothing: the identity.
        let mut values: Vec<ForeignPoint> = self.values.iter().copied().map(ForeignPoint).collect();
        values.resize(padded(values.len()), ForeignPoint([0; 32]));
        let mut transcript = self.transcript.merlin();
        let mut weights = Weights(transcript!("verifier-range").absorb("seed", seed).absorb("payload", payload));
        proof
            .verify_multiple_with_rng(&bases.bits, &bases.commitments, &mut transcript, &values, BITS, &mut weights)
            .is_ok()
    }
}

/// The weights by which the library joins its equations: from the seed and the ballot.
struct Weights(Transcript);

impl RngCore for Weights {
    fn next_u32(&mut self) -> u32 {
        u32::from_le_bytes(self.0.challenge("weight"))
    }

    fn next_u64(&mut self) -> u64 {
        u64::from_le_bytes(self.0.challenge("weight"))
    }

    fn fill_bytes(&mut self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(32) {
            let drawn: [u8; 32] = self.0.challenge("weight");
            chunk.iter_mut().zip(drawn).for_each(|(place, byte)| *place = byte);
        }
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Error> {
        self.fill_bytes(bytes);
        Ok(())
    }
}

/// Nobody foresees the seed.
impl CryptoRng for Weights {}
