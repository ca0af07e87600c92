//! A dealing, its proof and its envelopes. Implements specs/ceremony.md#deal.

use crate::checks::Code;
use crate::group::{self, Point, small_multiple, sum_of_products};
use crate::message::Context;
use crate::transcript::transcript;
use crate::tree::Hash;
use chacha20poly1305::ChaCha20Poly1305;
use chacha20poly1305::aead::{Aead, KeyInit};
use curve25519_dalek::traits::Identity;
use curve25519_dalek::{RistrettoPoint, Scalar};
use hkdf::Hkdf;
use sha2::Sha256;

/// Bytes of every piece of a dealing but the last.
const PIECE: usize = 60_000;
/// Bytes that an envelope is longer than its text.
const SEAL: usize = 16;

/// What fixes the lengths in a dealing and what its hashes bind.
#[derive(Clone, Debug)]
pub struct Terms {
    pub election: Hash,
    /// Attempt, and the history of the step *deal*.
    pub context: Context,
    pub dealer: u64,
    pub slots: usize,
    pub threshold: usize,
    /// The other trustees still in after *commit*, ascending.
    pub recipients: Vec<u64>,
}

impl Terms {
    fn commitments_length(&self) -> usize {
        32 * self.slots * self.threshold
    }

    fn envelope_length(&self) -> usize {
        32 * self.slots + SEAL
    }

    /// Bytes of the whole dealing.
    pub fn length(&self) -> usize {
        self.commitments_length() + 64 + self.recipients.len() * (32 + self.envelope_length())
    }

    /// Number of pieces.
    pub fn pieces(&self) -> u64 {
        self.length().div_ceil(PIECE) as u64
    }

    /// Bytes of the piece that follows `received` bytes.
    pub fn next_piece(&self, received: usize) -> usize {
        self.length().saturating_sub(received).min(PIECE)
    }
}

/// A whole dealing, decoded.
#[derive(Debug)]
pub struct Dealing {
    /// A_{jl}, slot by slot.
    pub commitments: Vec<Point>,
    proof_commitment: Point,
    proof_response: Scalar,
    envelopes: Vec<Envelope>,
}

#[derive(Debug)]
struct Envelope {
    recipient: u64,
    ephemeral: Point,
    sealed: Vec<u8>,
}

impl Dealing {
    /// Decodes the bytes of a whole dealing, whose length was checked.
    pub fn decode(bytes: &[u8], terms: &Terms) -> Result<Self, Code> {
        let (commitments, rest) = split(bytes, terms.commitments_length())?;
        let (proof, rest) = split(rest, 64)?;
        let (proof_commitment, proof_response) = split(proof, 32)?;
        let commitments = group::points(commitments)?;
        let proof_commitment = Point::decode(proof_commitment)?;
        commitments.iter().try_for_each(Point::not_identity)?;
        let proof_response = group::scalar(proof_response)?;
        let boxes = rest.chunks(32 + terms.envelope_length()).zip(&terms.recipients);
        let envelopes = boxes.map(|(bytes, recipient)| {
            let (ephemeral, sealed) = split(bytes, 32)?;
            Ok(Envelope { recipient: *recipient, ephemeral: Point::decode(ephemeral)?, sealed: sealed.to_owned() })
        });
        let envelopes = envelopes.collect::<Result<Vec<_>, Code>>()?;
        envelopes.iter().try_for_each(|envelope| envelope.ephemeral.not_identity())?;
        Ok(Self { commitments, proof_commitment, proof_response, envelopes })
    }

    /// Checks that the commitments are those that the dealer committed to, and the proof of knowledge.
    pub fn check(&self, terms: &Terms, commitment: &Hash) -> Result<(), Code> {
        if commitment_hash(terms, &self.commitments) != *commitment {
            return Err(Code::DealCommitment);
        }
        if !self.proof_holds(terms) {
            return Err(Code::DealProof);
        }
        Ok(())
    }

    /// z·G = W + c·Σ w_j·A_{j0}.
    fn proof_holds(&self, terms: &Terms) -> bool {
        let mut transcript = transcript!("deal")
            .absorb("election", &terms.election)
            .absorb_number("attempt", terms.context.attempt)
            .absorb("history", &terms.context.history)
            .absorb_number("dealer", terms.dealer)
            .absorb_points("points", &self.commitments);
        let weights: Vec<Scalar> = (0..terms.slots).map(|_| transcript.weight("w")).collect();
        let mut transcript = transcript.absorb("W", &self.proof_commitment.bytes);
        let challenge = transcript.scalar("c");
        let constants: Vec<RistrettoPoint> =
            self.commitments.iter().step_by(terms.threshold.max(1)).map(|point| point.point).collect();
        let weighted = sum_of_products(&weights, &constants);
        RistrettoPoint::mul_base(&self.proof_response) == self.proof_commitment.point + challenge * weighted
    }

    /// Opens the envelope of `recipient` with its secret key: whether a good share is in it.
    pub fn share_is_good(&self, terms: &Terms, commitment: &Hash, recipient: u64, secret: &Scalar) -> bool {
        let envelope = self.envelopes.iter().find(|envelope| envelope.recipient == recipient);
        let opened = envelope.and_then(|envelope| envelope.open(terms, commitment, secret));
        opened.is_some_and(|shares| self.matches(terms, recipient, &shares))
    }

    /// Whether a_j(l)·G = Σ l^l'·A_{jl'} for each slot.
    fn matches(&self, terms: &Terms, recipient: u64, shares: &[Scalar]) -> bool {
        let polynomials = self.commitments.chunks(terms.threshold.max(1));
        shares.len() == terms.slots
            && shares.iter().zip(polynomials).all(|(share, polynomial)| {
                RistrettoPoint::mul_base(share) == evaluate(polynomial.iter().map(|point| &point.point), recipient)
            })
    }
}

/// Σ x^l·A_l, for the commitments A_0, A_1, … of a polynomial.
pub fn evaluate<'a>(commitments: impl DoubleEndedIterator<Item = &'a RistrettoPoint>, x: u64) -> RistrettoPoint {
    commitments.rev().fold(RistrettoPoint::identity(), |sum, commitment| small_multiple(x, &sum) + commitment)
}

/// The commitment that a dealer publishes before its dealing.
fn commitment_hash(terms: &Terms, commitments: &[Point]) -> Hash {
    transcript!("commitment")
        .absorb("election", &terms.election)
        .absorb_number("attempt", terms.context.attempt)
        .absorb_number("dealer", terms.dealer)
        .absorb_points("points", commitments)
        .hash()
}

/// The hash by which others confirm a dealing.
pub fn dealing_hash(election: &Hash, attempt: u64, dealer: u64, bytes: &[u8]) -> Hash {
    transcript!("dealing")
        .absorb("election", election)
        .absorb_number("attempt", attempt)
        .absorb_number("dealer", dealer)
        .absorb("dealing", bytes)
        .hash()
}

impl Envelope {
    /// The shares in the envelope, if it opens and holds canonical scalars.
    fn open(&self, terms: &Terms, commitment: &Hash, secret: &Scalar) -> Option<Vec<Scalar>> {
        let public = Point::from(RistrettoPoint::mul_base(secret));
        let info = transcript!("envelope")
            .absorb("election", &terms.election)
            .absorb_number("attempt", terms.context.attempt)
            .absorb("history", &terms.context.history)
            .absorb_number("dealer", terms.dealer)
            .absorb_number("recipient", self.recipient)
            .absorb("E", &self.ephemeral.bytes)
            .absorb("P", &public.bytes)
            .absorb("commitment", commitment)
            .hash();
        let shared = Point::from(secret * self.ephemeral.point);
        let mut material = [0; 44];
        Hkdf::<Sha256>::new(Some(b"tabella/1/envelope"), &shared.bytes).expand(&info, &mut material).ok()?;
        let (key, nonce) = material.split_first_chunk::<32>()?;
        let nonce: &[u8; 12] = nonce.try_into().ok()?;
        let opened = ChaCha20Poly1305::new(key.into()).decrypt(nonce.into(), self.sealed.as_slice()).ok()?;
        group::scalars(&opened).ok()
    }
}

/// The first `length` bytes and the rest. Lengths were checked before, so that it fails on no input.
fn split(bytes: &[u8], length: usize) -> Result<(&[u8], &[u8]), Code> {
    bytes.split_at_checked(length).ok_or(Code::DealChunk)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_dealings_are_cut_into_pieces() {
        let context = Context { attempt: 1, history: [0; 32] };
        let terms = Terms { election: [0; 32], context, dealer: 1, slots: 500, threshold: 2, recipients: vec![2, 3] };
        assert_eq!(terms.length(), 32 * 500 * 2 + 64 + 2 * (32 + 32 * 500 + 16));
        assert_eq!((terms.pieces(), terms.next_piece(0), terms.next_piece(60_000)), (2, 60_000, 4_160));
    }
}
