//! The part of range proofs that the crate `bulletproofs` does. It is built on an older family of crates than the rest, so
//! points and scalars cross the border as their encodings, and only here. Implements specs/range.md.

use std::sync::OnceLock;

use bulletproofs::{BulletproofGens, PedersenGens, ProofError, RangeProof};
use curve25519_dalek::Scalar;
use curve25519_dalek_4::Scalar as OlderScalar;
use curve25519_dalek_4::ristretto::CompressedRistretto;
use rand_core_06::{CryptoRng, Error, RngCore, impls};
use zeroize::Zeroizing;

use super::{BITS, LARGEST_COUNT, LARGEST_LOGARITHM, LARGEST_VALUE, RangeFault, proof_length};
use crate::group::ENCODED;
use crate::nonce::Nonces;
use crate::transcript::Transcript;

/// Proves that every value has at most 16 bits, given the blindings of their commitments.
///
/// The numbers are secret. What is published of them in the end is masked, and only that is computed in a time that
/// depends on it. `nonces` must be those of `transcript`, which has absorbed the commitments.
pub fn prove(
    transcript: Transcript,
    values: &[u64],
    blindings: &[Scalar],
    mut nonces: Nonces,
) -> Result<Vec<u8>, RangeFault> {
    let generators = generators(values.len()).ok_or(RangeFault)?;
    if values.iter().any(|&value| value > LARGEST_VALUE) {
        return Err(RangeFault);
    }
    let padding = generators.party_capacity - values.len();

    let mut padded_values = Zeroizing::new(Vec::with_capacity(generators.party_capacity));
    padded_values.extend(values.iter().copied().chain(std::iter::repeat_n(0, padding)));
    let mut padded_blindings = Zeroizing::new(Vec::with_capacity(generators.party_capacity));
    let older = |scalar: &Scalar| OlderScalar::from_bytes_mod_order(scalar.to_bytes());
    padded_blindings.extend(blindings.iter().map(older).chain(std::iter::repeat_n(OlderScalar::ZERO, padding)));

    let proven = RangeProof::prove_multiple_with_rng(
        generators,
        &PedersenGens::default(),
        &mut transcript.into_merlin(),
        &padded_values,
        &padded_blindings,
        BITS,
        &mut Stream(|out: &mut [u8]| nonces.fill("range", out)),
    );
    proven.map(|(proof, _)| proof.to_bytes()).map_err(|_| RangeFault)
}

/// Whether the proof holds for these commitments, at least one. All of it is public, so the time may vary.
pub fn verify(transcript: Transcript, commitments: &[[u8; ENCODED]], proof: &[u8]) -> bool {
    let Some(generators) = generators(commitments.len()) else {
        return false;
    };
    if proof.len() != proof_length(commitments.len()) {
        return false;
    }

    // The two equations of a proof are checked as one, the second multiplied by a weight. It is a hash of everything
    // that they are made of: whoever tries proofs hits a weight that hides a fault once in q trials.
    let mut weights = transcript.clone();
    weights.absorb_points("commitments", commitments);
    weights.absorb("proof", proof);

    let commitments = commitments.iter().copied().map(CompressedRistretto);
    let padding = std::iter::repeat(CompressedRistretto([0; ENCODED]));
    let padded: Vec<_> = commitments.chain(padding).take(generators.party_capacity).collect();
    let verify = |proof: RangeProof| -> Result<(), ProofError> {
        let (pedersen, transcript) = (PedersenGens::default(), &mut transcript.into_merlin());
        let mut weights = Stream(|out: &mut [u8]| weights.challenge("weight", out));
        proof.verify_multiple_with_rng(generators, &pedersen, transcript, &padded, BITS, &mut weights)
    };
    RangeProof::from_bytes(proof).and_then(verify).is_ok()
}

/// The generators for as many numbers, up to the next power of two. They take long to make, and are made once.
fn generators(count: usize) -> Option<&'static BulletproofGens> {
    static GENERATORS: [OnceLock<BulletproofGens>; LARGEST_LOGARITHM + 1] =
        [const { OnceLock::new() }; LARGEST_LOGARITHM + 1];
    if count == 0 || count > LARGEST_COUNT {
        return None;
    }
    let parties = count.next_power_of_two();
    let generators = GENERATORS.get(parties.ilog2() as usize)?;
    Some(generators.get_or_init(|| BulletproofGens::new(BITS, parties)))
}

/// Bytes from a transcript, as the older family's source of randomness. It never fails.
struct Stream<F>(F);

impl<F: FnMut(&mut [u8])> RngCore for Stream<F> {
    fn next_u32(&mut self) -> u32 {
        impls::next_u32_via_fill(self)
    }

    fn next_u64(&mut self) -> u64 {
        impls::next_u64_via_fill(self)
    }

    fn fill_bytes(&mut self, out: &mut [u8]) {
        self.0(out);
    }

    fn try_fill_bytes(&mut self, out: &mut [u8]) -> Result<(), Error> {
        self.fill_bytes(out);
        Ok(())
    }
}

impl<F: FnMut(&mut [u8])> CryptoRng for Stream<F> {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::group::{Point, encode_point};
    use crate::range::blinding_base;

    #[test]
    fn the_blinding_base_is_that_of_the_crate() {
        let [ours, base] = [blinding_base(), Point::mul_base(&Scalar::ONE)].map(|point| encode_point(&point));
        let pedersen = PedersenGens::default();
        assert_eq!(ours, pedersen.B_blinding.compress().to_bytes());
        assert_eq!(base, pedersen.B.compress().to_bytes());
    }
}
