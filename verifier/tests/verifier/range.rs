//! Commitments to the values of ranged slots, and their range proof. From specs/range.md, with `bulletproofs`.

use crate::bytes::{Transcript, base};
use bulletproofs::{BulletproofGens, PedersenGens, RangeProof};
use curve25519_dalek::ristretto::CompressedRistretto;
use curve25519_dalek::{RistrettoPoint, Scalar};
use curve25519_dalek_4::Scalar as ForeignScalar;
use rand_core_06::{CryptoRng, RngCore};
use sha2::{Digest, Sha512};

/// H̃.
pub fn blinding_base() -> RistrettoPoint {
    CompressedRistretto(PedersenGens::default().B_blinding.compress().to_bytes()).decompress().unwrap()
}

/// V = value·G + γ·H̃.
pub fn commit(value: &Scalar, gamma: &Scalar) -> RistrettoPoint {
    base(value) + gamma * blinding_base()
}

/// The proof that all values have 16 bits, on a copy of the transcript after y. Of larger values it is one of their low
/// bits: the library refuses to try more.
pub fn prove(transcript: &Transcript, values: &[Scalar], gammas: &[Scalar], name: &str) -> Vec<u8> {
    let count = values.len().next_power_of_two();
    let foreign = |scalar: &Scalar| ForeignScalar::from_canonical_bytes(scalar.to_bytes()).unwrap();
    let low = |value: &Scalar| u64::from(u16::from_le_bytes([value.as_bytes()[0], value.as_bytes()[1]]));
    let mut values: Vec<u64> = values.iter().map(low).collect();
    let mut gammas: Vec<ForeignScalar> = gammas.iter().map(foreign).collect();
    values.resize(count, 0);
    gammas.resize(count, ForeignScalar::ZERO);
    let (proof, _) = RangeProof::prove_multiple_with_rng(
        &BulletproofGens::new(16, count),
        &PedersenGens::default(),
        &mut transcript.merlin(),
        &values,
        &gammas,
        16,
        &mut Named(Sha512::digest(name).into()),
    )
    .unwrap();
    proof.to_bytes()
}

/// Randomness by a name: tests want the same record each time.
struct Named([u8; 64]);

impl RngCore for Named {
    fn next_u32(&mut self) -> u32 {
        self.next_u64() as u32
    }

    fn next_u64(&mut self) -> u64 {
        let mut bytes = [0; 8];
        self.fill_bytes(&mut bytes);
        u64::from_le_bytes(bytes)
    }

    fn fill_bytes(&mut self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(32) {
            self.0 = Sha512::digest(self.0).into();
            chunk.copy_from_slice(&self.0[..chunk.len()]);
        }
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), rand_core_06::Error> {
        self.fill_bytes(bytes);
        Ok(())
    }
}

impl CryptoRng for Named {}
