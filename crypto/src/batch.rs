//! Verifying many ballots at once. Implements specs/ballot.md#proof, "Batches".
//!
//! The equations of all ballots, each multiplied by a random weight, are added up and checked as one: a fixed point
//! then costs one term for the whole batch. If the sum is not zero, halves of the batch are checked until the ballots
//! that are wrong are found.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use curve25519_dalek::Scalar;
use curve25519_dalek::traits::{IsIdentity, VartimeMultiscalarMul};
use sha2::{Digest, Sha256};

use crate::ballot::{BallotFault, Claim, Context, Prefix, VerifiedBallot};
use crate::group::{ENCODED, Point, generator_g, generator_h};
use crate::product_sum::ProductSum;
use crate::range;
use crate::transcript::Transcript;

/// The points that are added up in one sum, about: more of them make a point hardly cheaper.
const LARGEST_SUM: usize = 8_000;

/// The points of a ballot beside its ciphertexts: K, R, B, T, T0, S and `K_a`, and with ranged slots S′.
const OTHER_POINTS: usize = 8;

/// A ballot to be verified.
#[derive(Debug, Clone, Copy)]
pub struct Submission<'a> {
    /// What the ballot is verified against.
    pub context: &'a Context,
    /// The ballot's prefix.
    pub prefix: &'a Prefix,
    /// The ballot's proof.
    pub proof: &'a [u8],
}

/// Verifies ballots of any contexts. The results stand in the order of the ballots and are those of
/// [`Context::verify`], but with probability 2^−128.
///
/// `seed` must be fresh, and secret until the ballots are fixed.
pub fn verify_batch(submissions: &[Submission<'_>], seed: [u8; 32]) -> Vec<Result<VerifiedBallot, BallotFault>> {
    let mut results = Vec::with_capacity(submissions.len());
    let mut rest = submissions;
    while !rest.is_empty() {
        let (chunk, others) = rest.split_at(chunk_length(rest));
        results.extend(verify_chunk(chunk, seed));
        rest = others;
    }
    results
}

/// How many of the first ballots have about [`LARGEST_SUM`] points together: at least one.
fn chunk_length(submissions: &[Submission<'_>]) -> usize {
    let points = submissions.iter().scan(0, |points, ballot| {
        let shape = ballot.context.shape();
        *points += shape.slots().len() + shape.ranged().len() + OTHER_POINTS;
        Some(*points)
    });
    points.take_while(|&points| points <= LARGEST_SUM).count().max(1)
}

fn verify_chunk(submissions: &[Submission<'_>], seed: [u8; 32]) -> Vec<Result<VerifiedBallot, BallotFault>> {
    let read = |ballot: &Submission<'_>| Claim::read(ballot.context, ballot.prefix, ballot.proof);
    let claims: Vec<Result<Claim, BallotFault>> = submissions.iter().map(read).collect();

    let mut verdicts = judge(&weigh(submissions, &claims, seed)).into_iter();
    let mut conclude = |claim: Claim| match verdicts.next() {
        Some(true) => Ok(claim.into_verified()),
        _ => Err(BallotFault::Proof),
    };
    claims.into_iter().map(|claim| claim.and_then(&mut conclude)).collect()
}

/// A claim with the weights ρ1 to ρ4 of its equations.
struct Weighted<'a> {
    claim: &'a Claim,
    weights: [Scalar; 4],
}

/// Gives every well-formed claim its weights. They depend on all bytes of all claims: a claim's x is a hash of
/// everything in it but the responses, which the proof holds.
fn weigh<'a>(
    submissions: &[Submission<'_>],
    claims: &'a [Result<Claim, BallotFault>],
    seed: [u8; 32],
) -> Vec<Weighted<'a>> {
    // Proofs are long, and SHA-256 is faster than a transcript.
    let mut proofs = Sha256::new();
    let mut transcript = Transcript::new("tabella/1/batch");
    transcript.absorb("seed", &seed);
    for (ballot, claim) in submissions.iter().zip(claims) {
        if let Ok(claim) = claim {
            transcript.absorb("x", claim.x.as_bytes());
            proofs.update(ballot.proof);
        }
    }
    transcript.absorb("proofs", &proofs.finalize());

    let mut weights = || {
        let mut bytes = [0; 4 * 16];
        transcript.challenge("weights", &mut bytes);
        let (chunks, _) = bytes.as_chunks();
        std::array::from_fn(|equation| Scalar::from(u128::from_le_bytes(chunks[equation])))
    };
    claims.iter().flatten().map(|claim| Weighted { claim, weights: weights() }).collect()
}

/// Which of the claims hold. A claim alone is judged by its equations, not by their weighted sum.
fn judge(claims: &[Weighted<'_>]) -> Vec<bool> {
    match claims {
        [] => Vec::new(),
        [single] => vec![single.claim.holds()],
        _ if Sum::of(claims).vanishes() => vec![true; claims.len()],
        _ => {
            // The same weights serve again: whoever made the ballots has learnt nothing about them.
            let (left, right) = claims.split_at(claims.len() / 2);
            [judge(left), judge(right)].concat()
        }
    }
}

/// `Σ (ρ1·E1 + ρ2·E2 + ρ3·E3 + ρ4·E4)`, the points of the ballots on the left and the fixed points on the right.
///
/// All of it stands on the board, so the time may vary.
#[derive(Default)]
struct Sum<'a> {
    /// Terms of a ballot's own points. T0, S, `K_a` and S′ have only a weight, which is short and makes them cheaper;
    /// negated it would be long.
    scalars: Vec<Scalar>,
    points: Vec<Point>,
    /// Factors of G, of H, of H̃, of the `G_i` and of the trustees' keys, which different contexts may have in common.
    g: Scalar,
    h: Scalar,
    range_base: Scalar,
    generators: Vec<ProductSum>,
    keys: BTreeMap<&'a [u8; ENCODED], (&'a Point, ProductSum)>,
}

impl<'a> Sum<'a> {
    fn of(claims: &[Weighted<'a>]) -> Self {
        let mut sum = Self::default();
        // Points are large: a vector that grows would copy them again and again.
        let of_claim = |Weighted { claim, .. }: &Weighted<'_>| claim.powers.len() + OTHER_POINTS;
        let points = claims.iter().map(of_claim).sum();
        sum.scalars.reserve(points);
        sum.points.reserve(points);
        for Weighted { claim, weights } in claims {
            sum.add(claim, weights);
        }
        sum
    }

    fn add(&mut self, claim: &'a Claim, weights: &[Scalar; 4]) {
        let [first, second, third, fourth] = weights;
        let (first_x, second_x) = (first * claim.x, second * claim.x);

        // (E1) x²·B + x·T + T0 = x·(Σ f_i·G_i + z·G_0) + p_f·G + η·H
        self.scalars.extend([first_x * claim.x, first_x, *first]);
        self.points.extend([claim.points.b, claim.t, claim.t0]);
        self.generators.resize(self.generators.len().max(1 + claim.f.len()), ProductSum::default());
        for (factor, response) in self.generators.iter_mut().zip([&claim.z].into_iter().chain(&claim.f)) {
            factor.add(&first_x, response);
        }
        self.g += first * claim.p_f;
        self.h += first * claim.eta;

        // (E2) x·(R + Σ_{j≥1} y^j·C_j) + S = l_f·G + z·(G + Σ_{j≥1} y^j·PK_j)
        self.scalars.extend([second_x, *second]);
        self.points.extend([claim.points.r, claim.s]);
        self.scalars.extend(claim.powers.iter().map(|power| second_x * power));
        self.points.extend(&claim.points.ciphertexts);
        let second_z = second * claim.z;
        for (key, power) in claim.context.keys().iter().zip(&claim.powers) {
            let (_, factor) = self.keys.entry(&key.encoded).or_insert_with(|| (&key.point, ProductSum::default()));
            factor.add(&second_z, power);
        }
        self.g += second * claim.l_f + second_z;

        // (E3) x·K + K_a = ω·G
        self.scalars.extend([third * claim.x, *third]);
        self.points.extend([claim.points.credential, claim.k_a]);
        self.g += third * claim.omega;

        // (E4) x·Σ_{j∈Z} y^j·V_j + S' = l_f·G + ω'·H̃, with the l_f of the ranged slots
        if let Some(ranged) = &claim.ranged {
            let fourth_x = fourth * claim.x;
            let powers = claim.context.shape().ranged_of(&claim.powers);
            self.scalars.extend(powers.map(|power| fourth_x * power).chain([*fourth]));
            self.points.extend(ranged.commitments.iter().chain([&ranged.s]));
            self.g += fourth * ranged.l_f;
            self.range_base += fourth * ranged.omega;
        }
    }

    fn vanishes(mut self) -> bool {
        self.scalars.extend([-self.g, -self.h, -self.range_base]);
        self.points.extend([Point::mul_base(&Scalar::ONE), generator_h(), range::blinding_base()]);
        for (index, factor) in (0..).zip(&self.generators) {
            self.scalars.push(-factor.reduce());
            self.points.push(generator_g(index));
        }
        for (key, factor) in self.keys.into_values() {
            self.scalars.push(-factor.reduce());
            self.points.push(*key);
        }
        // Slices, because dalek counts on iterators that know their exact length.
        Point::vartime_multiscalar_mul(&self.scalars, &self.points).is_identity()
    }
}
