//! The proof that a ballot is legal and signed, as its verifier sees it. Implements specs/ballot.md#proof.
//!
//! | transcript("ballot") | |
//! | --- | --- |
//! | election, shape, keys | absorbed once for all ballots, by [`Context::new`] |
//! | credential, link, ciphertexts, B | the prefix |
//! | y = scalar("y") | |
//! | commitments | T, T0, S, `K_a` |
//! | x = scalar("x") | |

use curve25519_dalek::Scalar;
use curve25519_dalek::traits::{IsIdentity, VartimeMultiscalarMul};
use thiserror::Error;

use super::{Context, Prefix, PrefixPoints, TRACKER};
use crate::group::{ENCODED, EncodingFault, Point, decode_point, decode_scalar, generator_g, generator_h};

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

/// A ballot that is well-formed, with its challenges and everything that the three equations need.
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
    /// y, y², …
    pub(crate) powers: Vec<Scalar>,
    pub(crate) x: Scalar,
    pub(crate) p_f: Scalar,
    pub(crate) l_f: Scalar,
}

impl Context {
    /// Verifies one ballot: checks 3, 6 and 7 of specs/ballot.md#ballot, in this order.
    pub fn verify(&self, prefix: &Prefix, proof: &[u8]) -> Result<VerifiedBallot, BallotFault> {
        let claim = Claim::read(self, prefix, proof)?;
        if claim.holds() { Ok(claim.into_verified()) } else { Err(BallotFault::Proof) }
    }
}

impl Claim {
    /// Decodes a ballot and computes its challenges: everything but the equations.
    pub(crate) fn read(context: &Context, prefix: &Prefix, proof: &[u8]) -> Result<Self, BallotFault> {
        let shape = context.shape();
        let (chunks, []) = proof.as_chunks::<ENCODED>() else {
            return Err(BallotFault::Length);
        };
        let (commitments, responses) = chunks.split_first_chunk::<4>().ok_or(BallotFault::Length)?;
        let (f, [z, eta, omega]) = responses.split_last_chunk::<3>().ok_or(BallotFault::Length)?;
        if prefix.ciphertexts.len() != shape.slots().len() || f.len() != shape.free() {
            return Err(BallotFault::Length);
        }

        let points = PrefixPoints::decode(prefix)?;
        let [t, t0, s, k_a] = commitments;
        let (t, t0, s, k_a) = (decode_point(t)?, decode_point(t0)?, decode_point(s)?, decode_point(k_a)?);
        let f: Vec<Scalar> = f.iter().map(decode_scalar).collect::<Result<_, _>>()?;
        let (z, eta, omega) = (decode_scalar(z)?, decode_scalar(eta)?, decode_scalar(omega)?);
        points.check_identity()?;

        let mut transcript = context.ballot_transcript(prefix);
        let powers = context.powers(transcript.scalar("y"));
        transcript.absorb_points("commitments", commitments);
        let x = transcript.scalar("x");

        let p_f = shape.constraint_sum(&powers, &f, &x);
        let l_f = shape.slot_sum(&powers, &f, &x);
        let (context, prefix) = (context.clone(), prefix.clone());
        Ok(Self { context, prefix, points, t, t0, s, k_a, f, z, eta, omega, powers, x, p_f, l_f })
    }

    /// Whether the three equations hold. All that goes into them stands on the board, so the time may vary.
    pub(crate) fn holds(&self) -> bool {
        self.commits_to_legal_bits() && self.encrypts_what_it_commits_to() && self.is_signed()
    }

    /// (E1) `x²·B + x·T + T0 = x·(Σ f_i·G_i + z·G_0) + p_f·G + η·H`.
    fn commits_to_legal_bits(&self) -> bool {
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
