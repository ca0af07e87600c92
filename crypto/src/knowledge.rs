//! The proof that a dealer knows the constant terms of all its polynomials: one Schnorr proof for a weighted sum of
//! them. Implements specs/ceremony.md#deal, "Proof of knowledge".

use curve25519_dalek::traits::VartimeMultiscalarMul;
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use crate::dealing::DealRound;
use crate::group::{ENCODED, Point, Scalar, encode_point};
use crate::nonce::Nonces;
use crate::polynomial::Index;
use crate::secret::SecretScalars;
use crate::transcript::Transcript;

/// W ‖ z, decoded.
#[derive(Debug, Clone, Copy)]
pub(crate) struct KnowledgeProof {
    /// W = ν·G.
    pub(crate) nonce: Point,
    /// z = ν + c·Σ w_j·a_{j0}.
    pub(crate) response: Scalar,
}

impl KnowledgeProof {
    /// Proves knowledge of `constant_terms`. `points` are the encodings of all A, slot by slot.
    pub(crate) fn prove(
        round: &DealRound,
        dealer: Index,
        points: &[[u8; ENCODED]],
        constant_terms: &SecretScalars,
        rng: &mut impl CryptoRng,
    ) -> Self {
        let mut transcript = transcript(round, dealer, points);
        let weights = weights(&mut transcript, constant_terms.len());
        let mut nonces = Nonces::fork(&transcript, rng).with("constant terms", &constant_terms.encode(0));
        let secret_nonce = Zeroizing::new(nonces.scalar("nu"));
        let nonce = Point::mul_base(&secret_nonce);
        let sum: Zeroizing<Scalar> =
            Zeroizing::new(weights.iter().zip(constant_terms.iter()).map(|(w, a)| w * a).sum());
        let challenge = challenge(transcript, &nonce);
        Self { nonce, response: *secret_nonce + challenge * *sum }
    }

    /// Whether z·G = W + c·Σ w_j·A_{j0}. `constant_terms` are the A_{j0}.
    pub(crate) fn verify(
        &self,
        round: &DealRound,
        dealer: Index,
        points: &[[u8; ENCODED]],
        constant_terms: &[Point],
    ) -> bool {
        let mut transcript = transcript(round, dealer, points);
        let weights = weights(&mut transcript, constant_terms.len());
        let challenge = challenge(transcript, &self.nonce);
        // Variable time: all of it is published.
        let sum = Point::vartime_multiscalar_mul(&weights, constant_terms);
        Point::mul_base(&self.response) == self.nonce + challenge * sum
    }

    pub(crate) fn encode(&self) -> [[u8; ENCODED]; 2] {
        [encode_point(&self.nonce), self.response.to_bytes()]
    }
}

fn transcript(round: &DealRound, dealer: Index, points: &[[u8; ENCODED]]) -> Transcript {
    let mut transcript = Transcript::new("tabella/1/deal");
    transcript.absorb("election", &round.attempt.election);
    transcript.absorb_u64("attempt", round.attempt.number);
    transcript.absorb("history", &round.history);
    transcript.absorb_u64("dealer", dealer.get());
    transcript.absorb_points("points", points);
    transcript
}

fn weights(transcript: &mut Transcript, slots: usize) -> Vec<Scalar> {
    (0..slots).map(|_| transcript.weight("w")).collect()
}

fn challenge(mut transcript: Transcript, nonce: &Point) -> Scalar {
    transcript.absorb_point("W", nonce);
    transcript.scalar("c")
}
