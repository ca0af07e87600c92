//! The proof that a ballot is legal and signed, as its verifier sees it. Implements specs/ballot.md#proof.
//!
//! | transcript("ballot") | |
//! | --- | --- |
//! | election, shape, keys | absorbed once for all ballots, by [`Context::new`] |
//! | credential, link, ciphertexts, B | the prefix |
//! | values | the `V_j`; only with ranged slots |
//! | y = scalar("y") | |
//! | range | the range proof, made on a copy of the transcript; only with ranged slots |
//! | commitments | T, T0, S, `K_a`, and S′ with ranged slots |
//! | x = scalar("x") | |

use curve25519_dalek::Scalar;
use curve25519_dalek::traits::{IsIdentity, VartimeMultiscalarMul};
use thiserror::Error;

use super::ranged::RangedClaim;
use super::{Context, Prefix, PrefixPoints, TRACKER};
use crate::group::{ENCODED, EncodingFault, Point, decode_point, decode_scalar, generator_g, generator_h};
use crate::range;
use crate::shape::Shape;

/// Why a ballot is refused, in the order in which the checks are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum BallotFault {
    /// Not as many ciphertexts as slots, or a proof of another length.
    #[error("the ballot or its proof has another length")]
    Length,
    /// A point or a scalar is wrongly encoded.
    #[error(transparent)]
    Encoding(#[from] EncodingFault),
    /// The proof does not hold.
    #[error("the proof does not hold")]
    Proof,
}

/// A ballot whose proof holds in its context. Nothing but verification makes one.
#[derive(Debug, Clone)]
pub struct VerifiedBallot {
    context: Context,
    prefix: Prefix,
    r: Point,
    ciphertexts: Vec<Point>,
}

/// A ballot that is well-formed, with its challenges and everything that the equations need. Its range proof, if it
/// needs one, holds.
pub(crate) struct Claim {
    pub(crate) context: Context,
    prefix: Prefix,
    pub(crate) points: PrefixPoints,
    pub(crate) t: Point,
    pub(crate) t0: Point,
    pub(crate) s: Point,
    pub(crate) k_a: Point,
    pub(crate) f: Vec<Scalar>,
    pub(crate) z: Scalar,
    pub(crate) eta: Scalar,
    pub(crate) omega: Scalar,
    /// y, y², … of the slots.
    pub(crate) powers: Vec<Scalar>,
    pub(crate) x: Scalar,
    pub(crate) p_f: Scalar,
    pub(crate) l_f: Scalar,
    pub(crate) ranged: Option<RangedClaim>,
}

/// A proof taken apart, not yet decoded.
struct Layout<'a> {
    /// The `V_j`.
    values: &'a [[u8; ENCODED]],
    range: &'a [u8],
    /// T, T0, S, `K_a`, and S′ with ranged slots.
    commitments: &'a [[u8; ENCODED]],
    f: &'a [[u8; ENCODED]],
    /// z, η, ω, and ω′ with ranged slots.
    others: &'a [[u8; ENCODED]],
}

impl Context {
    /// Verifies one ballot: checks 3, 6 and 7 of specs/ballot.md#ballot, in this order.
    pub fn verify(&self, prefix: &Prefix, proof: &[u8]) -> Result<VerifiedBallot, BallotFault> {
        let claim = Claim::read(self, prefix, proof)?;
        if claim.holds() { Ok(claim.into_verified()) } else { Err(BallotFault::Proof) }
    }
}

impl<'a> Layout<'a> {
    /// Takes a proof apart, if it has exactly the length that the shape asks for.
    fn of(proof: &'a [u8], shape: &Shape) -> Option<Self> {
        let (chunks, []) = proof.as_chunks::<ENCODED>() else {
            return None;
        };
        let count = shape.ranged().len();
        let one_more = usize::from(count > 0);
        let (values, rest) = chunks.split_at_checked(count)?;
        let (range, rest) = rest.split_at_checked(range::proof_length(count) / ENCODED)?;
        let (commitments, rest) = rest.split_at_checked(4 + one_more)?;
        let (f, others) = rest.split_at_checked(shape.free())?;
        let is_exact = others.len() == 3 + one_more;
        is_exact.then_some(Self { values, range: range.as_flattened(), commitments, f, others })
    }
}

impl Claim {
    /// Decodes a ballot, computes its challenges and verifies its range proof: everything but the equations.
    pub(crate) fn read(context: &Context, prefix: &Prefix, proof: &[u8]) -> Result<Self, BallotFault> {
        let shape = context.shape();
        let layout = Layout::of(proof, shape).ok_or(BallotFault::Length)?;
        let ([t, t0, s, k_a, ranged_s @ ..], [z, eta, omega, ranged_omega @ ..]) = (layout.commitments, layout.others)
        else {
            return Err(BallotFault::Length);
        };
        if prefix.ciphertexts.len() != shape.slots().len() {
            return Err(BallotFault::Length);
        }

        let points = PrefixPoints::decode(prefix)?;
        let (t, t0, s, k_a) = (decode_point(t)?, decode_point(t0)?, decode_point(s)?, decode_point(k_a)?);
        let values: Vec<Point> = layout.values.iter().map(decode_point).collect::<Result<_, _>>()?;
        let ranged_s = ranged_s.first().map(decode_point).transpose()?;
        let f: Vec<Scalar> = layout.f.iter().map(decode_scalar).collect::<Result<_, _>>()?;
        let (z, eta, omega) = (decode_scalar(z)?, decode_scalar(eta)?, decode_scalar(omega)?);
        let ranged_omega = ranged_omega.first().map(decode_scalar).transpose()?;
        points.check_identity()?;

        let mut transcript = context.ballot_transcript(prefix);
        if !values.is_empty() {
            transcript.absorb_points("values", layout.values);
        }
        let y = transcript.scalar("y");
        if !values.is_empty() {
            if !range::verify(transcript.clone(), layout.values, layout.range) {
                return Err(BallotFault::Proof);
            }
            transcript.absorb("range", layout.range);
        }
        transcript.absorb_points("commitments", layout.commitments);
        let x = transcript.scalar("x");

        let mut powers = shape.powers(&y);
        let p_f = shape.constraint_sum(&powers, &f, &x);
        powers.truncate(shape.slots().len());
        let l_f = shape.slot_sum(&powers, &f, &x);
        let ranged = ranged_s.zip(ranged_omega).map(|(s, omega)| {
            let l_f = shape.ranged_sum(&powers, &f, &x);
            RangedClaim { commitments: values, s, omega, l_f }
        });
        let (context, prefix) = (context.clone(), prefix.clone());
        Ok(Self { context, prefix, points, t, t0, s, k_a, f, z, eta, omega, powers, x, p_f, l_f, ranged })
    }

    /// Whether the equations hold. All that goes into them stands on the board, so the time may vary.
    pub(crate) fn holds(&self) -> bool {
        let shape = self.context.shape();
        self.commits_to_a_legal_vote()
            && self.encrypts_what_it_commits_to()
            && self.is_signed()
            && self.ranged.as_ref().is_none_or(|ranged| ranged.holds(shape, &self.powers, &self.x))
    }

    /// (E1) `x²·B + x·T + T0 = x·(Σ f_i·G_i + z·G_0) + p_f·G + η·H`.
    fn commits_to_a_legal_vote(&self) -> bool {
        let x = self.x;
        let mut scalars = vec![x * x, x, Scalar::ONE, -self.p_f, -self.eta];
        let mut points = vec![self.points.b, self.t, self.t0, Point::mul_base(&Scalar::ONE), generator_h()];
        for (index, response) in (0..).zip([&self.z].into_iter().chain(&self.f)) {
            scalars.push(-x * response);
            points.push(generator_g(index));
        }
        Point::vartime_multiscalar_mul(&scalars, &points).is_identity()
    }

    /// (E2) `x·(R + Σ_{j≥1} y^j·C_j) + S = l_f·G + z·(G + Σ_{j≥1} y^j·PK_j)`.
    fn encrypts_what_it_commits_to(&self) -> bool {
        let mut scalars = vec![self.x, Scalar::ONE, -(self.l_f + self.z)];
        let mut points = vec![self.points.r, self.s, Point::mul_base(&Scalar::ONE)];
        for ((power, ciphertext), key) in self.powers.iter().zip(&self.points.ciphertexts).zip(self.context.keys()) {
            scalars.extend([self.x * power, -self.z * power]);
            points.extend([*ciphertext, key.point]);
        }
        Point::vartime_multiscalar_mul(&scalars, &points).is_identity()
    }

    /// (E3) `x·K + K_a = ω·G`.
    fn is_signed(&self) -> bool {
        Point::vartime_double_scalar_mul_basepoint(&-self.x, &self.points.credential, &self.omega) == self.k_a
    }

    /// Only for a claim whose equations have been seen to hold.
    pub(crate) fn into_verified(self) -> VerifiedBallot {
        let PrefixPoints { r, ciphertexts, .. } = self.points;
        VerifiedBallot { context: self.context, prefix: self.prefix, r, ciphertexts }
    }
}

impl VerifiedBallot {
    /// What it was verified against.
    pub fn context(&self) -> &Context {
        &self.context
    }

    /// The prefix, as received.
    pub fn prefix(&self) -> &Prefix {
        &self.prefix
    }

    /// The ballot's tracker.
    pub fn tracker(&self) -> [u8; TRACKER] {
        self.context.tracker(&self.prefix)
    }

    /// R, to be added up over the counted ballots.
    pub fn r(&self) -> &Point {
        &self.r
    }

    /// The `C_j`, one for each slot, to be added up over the counted ballots.
    pub fn ciphertexts(&self) -> &[Point] {
        &self.ciphertexts
    }
}
