//! Decryption shares and their proofs, in the tally and in rehearsals. Implements specs/tally.md#decryption.

use crate::checks::Code;
use crate::group::{self, Point, sum_of_products};
use crate::transcript::{Transcript, transcript};
use crate::tree::Hash;
use curve25519_dalek::{RistrettoPoint, Scalar};

/// Slots that are decrypted with one R.
#[derive(Clone, Debug)]
pub struct OpenGroup {
    /// Slots, counted from 0 through all contests.
    pub slots: Vec<usize>,
    pub r: Point,
}

/// Which of the two kinds of decryption is proved.
#[derive(Clone, Copy, Debug)]
pub enum Occasion {
    /// Of the counted ballots, by their hash.
    Share { counted_hash: Hash },
    /// Of the point of a round.
    Rehearsal { round: u64 },
}

impl Occasion {
    fn transcript(self, election: &Hash, keys_hash: &Hash) -> Transcript {
        let begin = |transcript: Transcript| transcript.absorb("election", election).absorb("keys", keys_hash);
        match self {
            Self::Share { counted_hash } => begin(transcript!("share")).absorb("counted", &counted_hash),
            Self::Rehearsal { round } => begin(transcript!("rehearsal")).absorb("counted", &round.to_be_bytes()),
        }
    }
}

/// What a trustee's decryption is proved against.
#[derive(Clone, Copy, Debug)]
pub struct Statement<'a> {
    pub occasion: Occasion,
    pub election: &'a Hash,
    pub keys_hash: &'a Hash,
    pub trustee: u64,
    pub groups: &'a [OpenGroup],
    /// The C_j of all slots of the groups, in order; empty for a rehearsal.
    pub ciphertexts: &'a [Point],
    /// X_{ij} of the trustee for all slots of the election.
    pub shares: &'a [Point],
}

impl Statement<'_> {
    /// Checks lengths, encodings and the proof; gives the D_j in order.
    pub fn check(&self, decryption: &[u8], proof: &[u8]) -> Result<Vec<Point>, Code> {
        let slots: usize = self.groups.iter().map(|group| group.slots.len()).sum();
        let count = self.groups.len();
        if decryption.len() != 32 * slots || proof.len() != 32 * (2 * count + 1) {
            return Err(Code::ShareLength);
        }
        let decryption = group::points(decryption)?;
        let (commitments, responses) = proof.split_at_checked(32 * (count + 1)).ok_or(Code::ShareLength)?;
        let commitments = group::points(commitments)?;
        let responses = group::scalars(responses)?;
        let holds = self.proof_holds(&decryption, &commitments, &responses).unwrap_or(false);
        if holds { Ok(decryption) } else { Err(Code::ShareInvalid) }
    }

    /// z_g·G = W_g + c·Σ_{j∈g} ρ_j·X_{ij} for each g, and Σ_g z_g·R_g = V + c·Σ_j ρ_j·D_j.
    fn proof_holds(&self, decryption: &[Point], commitments: &[Point], responses: &[Scalar]) -> Option<bool> {
        let (v, w) = commitments.split_last()?;
        let mut transcript =
            self.occasion.transcript(self.election, self.keys_hash).absorb_number("trustee", self.trustee);
        for group in self.groups {
            transcript = transcript
                .absorb_numbers("slots", group.slots.iter().map(|slot| *slot as u64 + 1))
                .absorb("R", &group.r.bytes);
        }
        transcript = transcript.absorb_points("ciphertexts", self.ciphertexts).absorb_points("decryption", decryption);
        let weights: Vec<Scalar> = decryption.iter().map(|_| transcript.weight("rho")).collect();
        let challenge = transcript.absorb_points("W", w).absorb("V", &v.bytes).scalar("c");

        let mut remaining = weights.as_slice();
        for ((group, w), z) in self.groups.iter().zip(w).zip(responses) {
            let (weights, rest) = remaining.split_at_checked(group.slots.len())?;
            remaining = rest;
            let shares: Vec<RistrettoPoint> =
                group.slots.iter().map(|slot| Some(self.shares.get(*slot)?.point)).collect::<Option<_>>()?;
            if RistrettoPoint::mul_base(z) != w.point + challenge * sum_of_products(weights, &shares) {
                return Some(false);
            }
        }
        let randomness: Vec<RistrettoPoint> = self.groups.iter().map(|group| group.r.point).collect();
        let decrypted: Vec<RistrettoPoint> = decryption.iter().map(|point| point.point).collect();
        let right = v.point + challenge * sum_of_products(&weights, &decrypted);
        Some(sum_of_products(responses, &randomness) == right)
    }
}
