//! The equations of a range proof as terms of a sum. Implements specs/range.md#verification.

use super::{BITS, Challenges, RangeProof, Written};
use crate::group::Point;
use curve25519_dalek::Scalar;
use std::iter::successors;

/// log2 of the bits of a value.
const LOG_BITS: usize = BITS.ilog2() as usize;

/// The factors of a sum: those of the proof's own points, less those of the points that all share.
pub struct Terms<'a> {
    /// Of the V_j, and of the identities after them.
    pub values: Vec<Scalar>,
    pub own: Vec<(Scalar, &'a Point)>,
    /// Of the 𝐆_i and 𝐇_i.
    pub g: Vec<Scalar>,
    pub h: Vec<Scalar>,
    /// Of G and H̃.
    pub base: Scalar,
    pub h_tilde: Scalar,
}

impl RangeProof {
    /// ρ1·R1 + ρ2·R2, each equation brought to one side.
    pub fn terms(&self, rho1: &Scalar, rho2: &Scalar) -> Terms<'_> {
        let Written { commitments: [a_point, s, t_1, t_2], responses: [t_x, tau_x, e], rounds, last: [a, b] } =
            &self.written;
        let Challenges { x, z, w, u, u_inverse, .. } = &self.challenges;
        let [u_squared, u_inverse_squared] = [u, u_inverse].map(|u| u.iter().map(|u| u * u).collect::<Vec<_>>());
        // R1: z²·Σ z^j·V_j + x·T_1 + x²·T_2 − (t_x − δ)·G − τ_x·H̃
        let rho1_x = rho1 * x;
        let values = successors(Some(rho1 * z * z), |factor| Some(factor * z)).take(1 << (rounds.len() - LOG_BITS));
        let mut own = vec![(rho1_x, t_1), (rho1_x * x, t_2)];
        // R2: A + x·S + Σ (u_k²·L_k + u_k^−2·R_k) + Σ (g_i·𝐆_i + h_i·𝐇_i) − w·(a·b − t_x)·G − e·H̃
        own.extend([(*rho2, a_point), (rho2 * x, s)]);
        for (([l, r], u_squared), u_inverse_squared) in rounds.iter().zip(&u_squared).zip(&u_inverse_squared) {
            own.extend([(rho2 * u_squared, l), (rho2 * u_inverse_squared, r)]);
        }
        Terms {
            values: values.collect(),
            own,
            g: self.g(rho2, &u_squared),
            h: self.h(rho2, &u_inverse_squared),
            base: rho1 * (t_x - self.challenges.delta()) + rho2 * w * (a * b - t_x),
            h_tilde: rho1 * tau_x + rho2 * e,
        }
    }

    /// The −ρ·g_i = ρ·(z + a·s_i).
    fn g(&self, rho: &Scalar, u_squared: &[Scalar]) -> Vec<Scalar> {
        let Challenges { z, u_inverse, .. } = &self.challenges;
        let [a, _] = &self.written.last;
        // s_0 is Π u_k^−1, and each bit of i that is 1 turns a u_k^−1 into u_k: the lowest that of the last round.
        let s_0: Scalar = u_inverse.iter().product();
        let a_s = products(rho * a * s_0, u_squared.iter().rev().copied());
        let rho_z = rho * z;
        a_s.iter().map(|a_s| rho_z + a_s).collect()
    }

    /// The −ρ·h_i = ρ·(y^−i·b·s_i^−1 − y^−i·z²·z^⌊i/16⌋·2^(i mod 16) − z).
    fn h(&self, rho: &Scalar, u_inverse_squared: &[Scalar]) -> Vec<Scalar> {
        let Challenges { y_inverse, z, u, .. } = &self.challenges;
        let [_, b] = &self.written.last;
        // All of these are products over the bits of i: y^−i of y^−1, y^−2, y^−4, …, and the weight of 2, 4, 16, 256, z, z², z⁴, ….
        let inverse_s_0: Scalar = u.iter().product();
        let factors = u_inverse_squared.iter().rev().zip(squares(*y_inverse)).map(|(u, y)| u * y);
        let b_s = products(rho * b * inverse_s_0, factors);
        let weights = squares(Scalar::from(2u64)).take(LOG_BITS).chain(squares(*z));
        let factors = weights.zip(squares(*y_inverse)).map(|(weight, y)| weight * y);
        let weights = products(rho * z * z, factors.take(u.len()));
        let rho_z = rho * z;
        b_s.iter().zip(&weights).map(|(b_s, weight)| b_s - weight - rho_z).collect()
    }
}

impl Challenges {
    /// δ = (z − z²)·Σ_{i<N} y^i − z³·(2^16 − 1)·Σ_{j<P} z^j.
    fn delta(&self) -> Scalar {
        let Self { y, z, u, .. } = self;
        let largest = Scalar::from((1u64 << BITS) - 1);
        (z - z * z) * sum_of_powers(y, u.len()) - z * z * z * largest * sum_of_powers(z, u.len() - LOG_BITS)
    }
}

/// x, x², x⁴, x⁸, ….
fn squares(x: Scalar) -> impl Iterator<Item = Scalar> {
    successors(Some(x), |power| Some(power * power))
}

/// Σ x^i for i below 2^bits.
fn sum_of_powers(x: &Scalar, bits: usize) -> Scalar {
    squares(*x).take(bits).map(|power| Scalar::ONE + power).product()
}

/// For each i from 0 the product of `first` and of the factors whose bits in i are 1; that of the lowest bit comes first.
fn products(first: Scalar, factors: impl Iterator<Item = Scalar>) -> Vec<Scalar> {
    factors.fold(vec![first], |lower, factor| {
        let upper: Vec<Scalar> = lower.iter().map(|product| product * factor).collect();
        [lower, upper].concat()
    })
}
