//! Dealings: what a dealer publishes, and what anybody can check of it. Implements specs/ceremony.md#deal.
//!
//! A dealing is commitments to k polynomials, a proof that the dealer knows their constant terms, and an envelope with
//! a share of each for every other trustee.

use std::collections::{BTreeMap, BTreeSet};
use std::slice::ChunksExact;

use curve25519_dalek::traits::IsIdentity;
use thiserror::Error;

use crate::envelope::{self, Envelope, EnvelopeContext, EnvelopeKey, TAG};
use crate::group::{ENCODED, EncodingFault, Point, decode_point, decode_scalar};
use crate::knowledge::KnowledgeProof;
use crate::polynomial::{Index, Parameters, ShareVector};
use crate::secret::SecretScalars;
use crate::transcript::Transcript;

/// Bytes of every piece into which a dealing is cut, but the last.
pub const PIECE: usize = 60_000;

/// One attempt at a key ceremony.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attempt {
    /// The manifest hash.
    pub election: [u8; 32],
    /// The attempt's number; the first is 1.
    pub number: u64,
    /// k and t.
    pub parameters: Parameters,
}

/// The round in which the trustees deal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DealRound {
    /// The attempt to which the round belongs.
    pub attempt: Attempt,
    /// The leaf hash of the entry that began the round.
    pub history: [u8; 32],
    /// The trustees who are still in.
    pub trustees: BTreeSet<Index>,
}

impl DealRound {
    /// Those to whom `dealer` deals, ascending.
    pub fn recipients(&self, dealer: Index) -> impl Iterator<Item = Index> {
        self.trustees.iter().copied().filter(move |trustee| *trustee != dealer)
    }

    /// The length in bytes of a dealing of `dealer`.
    pub fn dealing_length(&self, dealer: Index) -> usize {
        let parameters = self.attempt.parameters;
        let commitments_and_proof = ENCODED * (parameters.coefficients() + 2);
        commitments_and_proof + self.recipients(dealer).count() * envelope_length(parameters)
    }

    /// To what the envelope of `dealer` for `recipient` is bound.
    pub(crate) fn envelope_context(&self, dealer: Index, recipient: Index, commitment: [u8; 32]) -> EnvelopeContext {
        let Self { attempt, history, .. } = self;
        EnvelopeContext {
            election: attempt.election,
            attempt: attempt.number,
            history: *history,
            dealer,
            recipient,
            commitment,
        }
    }
}

/// The pieces of a dealing, in order: all of [`PIECE`] bytes but the last.
pub fn pieces(dealing: &[u8]) -> impl ExactSizeIterator<Item = &[u8]> {
    dealing.chunks(PIECE)
}

/// The dealer's commitment of the first round: a hash of the encodings of all its A. Implements
/// specs/ceremony.md#commit.
pub fn commitment(attempt: &Attempt, dealer: Index, points: &[[u8; ENCODED]]) -> [u8; 32] {
    let mut transcript = Transcript::new("tabella/1/commitment");
    transcript.absorb("election", &attempt.election);
    transcript.absorb_u64("attempt", attempt.number);
    transcript.absorb_u64("dealer", dealer.get());
    transcript.absorb_points("points", points);
    transcript.hash()
}

/// Why a dealing is refused. The dealer is at fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum DealingFault {
    /// The bytes have not the length that k, t and the number of recipients call for.
    #[error("the dealing has {found} bytes instead of {expected}")]
    Length {
        /// The length that it should have.
        expected: usize,
        /// The length that it has.
        found: usize,
    },
    /// A point or scalar is not canonical, or a point is the identity.
    #[error("in the dealing: {0}")]
    Encoding(#[from] EncodingFault),
    /// The points are not those to which the dealer committed.
    #[error("the dealing is not the one to which the dealer committed")]
    Commitment,
    /// The proof of knowledge is wrong.
    #[error("the proof that the dealer knows its secrets is wrong")]
    Proof,
}

/// A dealing that was verified, with everything against which it was.
#[derive(Debug, Clone)]
pub struct Dealing {
    round: DealRound,
    dealer: Index,
    commitment: [u8; 32],
    commitments: Vec<Point>,
    envelopes: BTreeMap<Index, Envelope>,
    hash: [u8; 32],
}

impl Dealing {
    /// Checks everything of a dealing that is public: its length, its encodings, that it is what the dealer committed
    /// to, and the proof of knowledge, in this order.
    pub fn verify(bytes: &[u8], round: &DealRound, dealer: Index, commitment: &[u8; 32]) -> Result<Self, DealingFault> {
        let expected = round.dealing_length(dealer);
        let parts = Parts::split(bytes, round, dealer).ok_or(DealingFault::Length { expected, found: bytes.len() })?;

        let commitments = parts.points.iter().map(decode_point).collect::<Result<Vec<_>, _>>()?;
        let nonce = decode_point(parts.nonce)?;
        if commitments.iter().any(Point::is_identity) {
            return Err(EncodingFault::Identity.into());
        }
        let proof = KnowledgeProof { nonce, response: decode_scalar(parts.response)? };
        let envelopes = round
            .recipients(dealer)
            .zip(parts.envelopes)
            .map(|(recipient, bytes)| Ok((recipient, decode_envelope(bytes)?)))
            .collect::<Result<BTreeMap<_, _>, EncodingFault>>()?;
        if envelopes.values().any(|envelope| envelope.ephemeral.is_identity()) {
            return Err(EncodingFault::Identity.into());
        }

        if self::commitment(&round.attempt, dealer, parts.points) != *commitment {
            return Err(DealingFault::Commitment);
        }
        let constant_terms = constant_terms(&commitments, round.attempt.parameters);
        if !proof.verify(round, dealer, parts.points, &constant_terms) {
            return Err(DealingFault::Proof);
        }

        Ok(Self {
            round: round.clone(),
            dealer,
            commitment: *commitment,
            commitments,
            envelopes,
            hash: dealing_hash(&round.attempt, dealer, bytes),
        })
    }

    /// The round in which it was dealt.
    pub fn round(&self) -> &DealRound {
        &self.round
    }

    /// Whose dealing it is.
    pub fn dealer(&self) -> Index {
        self.dealer
    }

    /// The commitments A_{jl}, slot by slot.
    pub fn commitments(&self) -> &[Point] {
        &self.commitments
    }

    /// The dealing hash, by which the others confirm it.
    pub fn hash(&self) -> [u8; 32] {
        self.hash
    }

    /// Opens the envelope of `recipient` and checks that the share in it is good.
    pub fn open(&self, recipient: Index, key: &EnvelopeKey) -> Result<ShareVector, OpenFault> {
        let envelope = self.envelopes.get(&recipient).ok_or(OpenFault::NoEnvelope)?;
        let context = self.round.envelope_context(self.dealer, recipient, self.commitment);
        let parameters = self.round.attempt.parameters;
        envelope::open(&context, key, envelope)
            .and_then(|content| SecretScalars::decode(&content).ok())
            .map(ShareVector::new)
            .filter(|share| share.matches(&self.commitments, parameters, recipient))
            .ok_or(OpenFault::BadShare)
    }

    /// Judges a complaint of `complainer`, which reveals the secret half of its envelope key for this dealer.
    ///
    /// `published` is the public half, as the complainer published it. Implements specs/ceremony.md#confirm,
    /// "Judgement".
    pub fn judge(
        &self,
        complainer: Index,
        published: &Point,
        revealed: &[u8; ENCODED],
    ) -> Result<AtFault, ComplaintFault> {
        let key = EnvelopeKey::decode(revealed)?;
        if key.public() != *published {
            return Err(ComplaintFault::KeyMismatch);
        }
        match self.open(complainer, &key) {
            Ok(_) => Ok(AtFault::Complainer),
            Err(OpenFault::BadShare) => Ok(AtFault::Dealer),
            Err(OpenFault::NoEnvelope) => Err(ComplaintFault::NoEnvelope),
        }
    }
}

/// Why a trustee has no share from a dealing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum OpenFault {
    /// The dealing has no envelope for this trustee, who is its dealer or was left out before it was dealt.
    #[error("the dealing has no envelope for this trustee")]
    NoEnvelope,
    /// The envelope does not open, or the share in it is not good: a reason to complain.
    #[error("the envelope does not open or holds a wrong share")]
    BadShare,
}

/// Who is at fault after a complaint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AtFault {
    /// The share is good: the trustee complained without a reason.
    Complainer,
    /// The share is bad: the dealer dealt it.
    Dealer,
}

/// Why a complaint cannot be judged. The complainer sent what no complaint may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ComplaintFault {
    /// The revealed key is not a canonical scalar.
    #[error("in the revealed key: {0}")]
    Encoding(#[from] EncodingFault),
    /// The revealed key is not the secret half of the published one.
    #[error("the revealed key is not that of the published envelope key")]
    KeyMismatch,
    /// The dealing has no envelope for the complainer.
    #[error("the dealing has no envelope for the complainer")]
    NoEnvelope,
}

/// The commitments A_{j0} to the constant terms, one for each slot.
pub(crate) fn constant_terms(commitments: &[Point], parameters: Parameters) -> Vec<Point> {
    commitments.iter().step_by(parameters.threshold()).copied().collect()
}

/// The parts of a dealing of the right length.
struct Parts<'a> {
    points: &'a [[u8; ENCODED]],
    nonce: &'a [u8; ENCODED],
    response: &'a [u8; ENCODED],
    envelopes: ChunksExact<'a, u8>,
}

impl<'a> Parts<'a> {
    fn split(bytes: &'a [u8], round: &DealRound, dealer: Index) -> Option<Self> {
        if bytes.len() != round.dealing_length(dealer) {
            return None;
        }
        let parameters = round.attempt.parameters;
        let (head, envelopes) = bytes.split_at_checked(ENCODED * (parameters.coefficients() + 2))?;
        let (points, [nonce, response]) = head.as_chunks().0.split_last_chunk()?;
        let envelopes = envelopes.chunks_exact(envelope_length(parameters));
        Some(Self { points, nonce, response, envelopes })
    }
}

fn decode_envelope(bytes: &[u8]) -> Result<Envelope, EncodingFault> {
    let (ephemeral, ciphertext) = bytes.split_first_chunk().ok_or(EncodingFault::Point)?;
    Ok(Envelope { ephemeral: decode_point(ephemeral)?, ciphertext: ciphertext.to_vec() })
}

/// Bytes of E ‖ envelope.
fn envelope_length(parameters: Parameters) -> usize {
    ENCODED + ENCODED * parameters.slots() + TAG
}

fn dealing_hash(attempt: &Attempt, dealer: Index, bytes: &[u8]) -> [u8; 32] {
    let mut transcript = Transcript::new("tabella/1/dealing");
    transcript.absorb("election", &attempt.election);
    transcript.absorb_u64("attempt", attempt.number);
    transcript.absorb_u64("dealer", dealer.get());
    transcript.absorb("dealing", bytes);
    transcript.hash()
}
