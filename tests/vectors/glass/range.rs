//! The range proof, by the crate bulletproofs. Follows specs/range.md.

use bulletproofs::{BulletproofGens, PedersenGens, RangeProof};
use curve25519_dalek_4::scalar::Scalar as OlderScalar;
use rand_chacha::ChaCha20Rng;
use rand_core::{Rng, SeedableRng};
use rand_core_06::{CryptoRng, Error, RngCore};
use tabella_crypto::group::{Point, Scalar, decode_point};

use super::transcript::Transcript;

const BITS: usize = 16;

/// H̃.
pub fn blinding_base() -> Point {
    decode_point(PedersenGens::default().B_blinding.compress().as_bytes()).unwrap()
}

/// Of values that may be out of range: then the proof is none.
pub fn prove(transcript: &Transcript, values: &[u64], blindings: &[Scalar], seed: [u8; 32]) -> Vec<u8> {
    let count = values.len().next_power_of_two();
    let (mut values, mut older) = (values.to_vec(), Vec::new());
    older.extend(blindings.iter().map(|blinding| OlderScalar::from_bytes_mod_order(blinding.to_bytes())));
    values.resize(count, 0);
    older.resize(count, OlderScalar::ZERO);
    let (proof, _) = RangeProof::prove_multiple_with_rng(
        &BulletproofGens::new(BITS, count),
        &PedersenGens::default(),
        &mut transcript.clone().into_merlin(),
        &values,
        &older,
        BITS,
        &mut Older(ChaCha20Rng::from_seed(seed)),
    )
    .unwrap();
    proof.to_bytes()
}

/// Of a proof for so many values: 32·(2·log2(16·P) + 9).
pub fn length(values: usize) -> usize {
    match values {
        0 => 0,
        _ => 32 * (2 * (BITS * values.next_power_of_two()).ilog2() as usize + 9),
    }
}

/// A generator as the crate's older family of crates asks for it.
struct Older(ChaCha20Rng);

impl RngCore for Older {
    fn next_u32(&mut self) -> u32 {
        self.0.next_u32()
    }

    fn next_u64(&mut self) -> u64 {
        self.0.next_u64()
    }

    fn fill_bytes(&mut self, out: &mut [u8]) {
        self.0.fill_bytes(out);
    }

    fn try_fill_bytes(&mut self, out: &mut [u8]) -> Result<(), Error> {
        self.fill_bytes(out);
        Ok(())
    }
}

impl CryptoRng for Older {}
