//! The equations of ballots, many at once. Implements specs/ballot.md#proof.

use crate::ballot::{Opened, Ranged, Statement};
use crate::group::{self, Point, sum_of_products};
use crate::range::{self, Bases};
use crate::transcript::transcript;
use crate::tree::Hash;
use curve25519_dalek::traits::IsIdentity;
use curve25519_dalek::{RistrettoPoint, Scalar};

/// The points that all ballots share.
pub struct Fixed {
    h: RistrettoPoint,
    /// H̃, and the generators of range proofs, if any ballot has one.
    h_tilde: RistrettoPoint,
    ranges: Option<Bases>,
    /// G_0, G_1, …
    g: Vec<RistrettoPoint>,
    /// PK_j of all slots.
    pub keys: Vec<RistrettoPoint>,
}

impl Fixed {
    /// Generators for ballots of at most so many coordinates and ranged slots, and the keys.
    pub fn new(coordinates: usize, ranged: usize, keys: &[Point]) -> Self {
        Self {
            h: group::generator_h(),
            h_tilde: range::blinding_base(),
            ranges: (ranged > 0).then(|| Bases::new(ranged)),
            g: group::generators_g(coordinates),
            keys: keys.iter().map(|key| key.point).collect(),
        }
    }
}

/// A ballot whose equations are to be checked.
#[derive(Clone, Copy)]
pub struct Claim<'a> {
    pub statement: &'a Statement,
    pub opened: &'a Opened,
    pub payload_hash: Hash,
}

/// For each claim whether its proof is right. `seed` must be fresh and unknown to those who wrote the ballots.
pub fn hold(claims: &[Claim<'_>], fixed: &Fixed, seed: &[u8; 32]) -> Vec<bool> {
    let equations = equations_hold(claims, fixed, seed);
    claims.iter().zip(equations).map(|(claim, holds)| holds && is_in_range(claim, fixed, seed)).collect()
}

/// Whether the range proof of a ballot with ranged slots is right.
fn is_in_range(claim: &Claim<'_>, fixed: &Fixed, seed: &[u8; 32]) -> bool {
    match (&claim.opened.ranged, &fixed.ranges) {
        (None, _) => true,
        (Some(ranged), Some(bases)) => ranged.claim.holds(bases, seed, &claim.payload_hash),
        (Some(_), None) => false,
    }
}

/// For each claim whether its equations hold: of all together, and if they do not, of each half.
fn equations_hold(claims: &[Claim<'_>], fixed: &Fixed, seed: &[u8; 32]) -> Vec<bool> {
    if all_hold(claims, fixed, seed) {
        return vec![true; claims.len()];
    }
    if claims.len() <= 1 {
        return vec![false; claims.len()];
    }
    let (left, right) = claims.split_at(claims.len() / 2);
    [equations_hold(left, fixed, seed), equations_hold(right, fixed, seed)].concat()
}

/// Σ (ρ1·E1 + ρ2·E2 + ρ3·E3 + ρ4·E4) = 0 with weights from the seed and all bytes of the batch.
fn all_hold(claims: &[Claim<'_>], fixed: &Fixed, seed: &[u8; 32]) -> bool {
    let bytes: Vec<u8> = claims.iter().flat_map(|claim| claim.payload_hash).collect();
    let mut weights = transcript!("verifier-batch").absorb("seed", seed).absorb("batch", &bytes);
    let mut sum = Combination::new(fixed);
    for claim in claims {
        let rho = [weights.weight("rho"), weights.weight("rho"), weights.weight("rho")];
        let slots = claim.statement.shape.slots_at(&claim.opened.f, &claim.opened.x);
        sum.add(claim.statement, claim.opened, &slots, &rho);
        if let Some(ranged) = &claim.opened.ranged {
            sum.add_ranged(claim, ranged, &slots, &weights.weight("rho"));
        }
    }
    sum.vanishes(fixed)
}

/// A sum of products: coefficients of the shared points, and terms of a ballot's own.
struct Combination {
    base: Scalar,
    h: Scalar,
    h_tilde: Scalar,
    g: Vec<Scalar>,
    keys: Vec<Scalar>,
    coefficients: Vec<Scalar>,
    points: Vec<RistrettoPoint>,
}

impl Combination {
    fn new(fixed: &Fixed) -> Self {
        Self {
            base: Scalar::ZERO,
            h: Scalar::ZERO,
            h_tilde: Scalar::ZERO,
            g: vec![Scalar::ZERO; fixed.g.len()],
            keys: vec![Scalar::ZERO; fixed.keys.len()],
            coefficients: Vec::new(),
            points: Vec::new(),
        }
    }

    fn term(&mut self, coefficient: Scalar, point: &Point) {
        self.coefficients.push(coefficient);
        self.points.push(point.point);
    }

    /// Adds ρ1·E1 + ρ2·E2 + ρ3·E3 of a ballot, each equation brought to one side. `slots` are the L_j·f + x·c_j.
    fn add(&mut self, statement: &Statement, opened: &Opened, slots: &[Scalar], [rho1, rho2, rho3]: &[Scalar; 3]) {
        let Opened { credential, ciphertexts, b, commitments, f, responses, y, x, .. } = opened;
        let [t, t0, s, k_a] = commitments;
        let [z, eta, omega] = responses;
        // E1: x²·B + x·T + T0 − x·(Σ f_i·G_i + z·G_0) − p_f·G − η·H, p_f = Σ_{q≥1} y^q·Q_q^h(f; x)
        let p_f = statement.shape.constraints_at(f, x, y);
        self.term(rho1 * x * x, b);
        self.term(rho1 * x, t);
        self.term(*rho1, t0);
        let rho1_x = rho1 * x;
        for (coefficient, response) in self.g.iter_mut().zip(std::iter::once(z).chain(f)) {
            *coefficient -= rho1_x * response;
        }
        self.h -= rho1 * eta;
        // E2: x·(R + Σ y^j·C_j) + S − l_f·G − z·(G + Σ y^j·PK_j), l_f = Σ_{j≥1} y^j·(L_j·f + x·c_j)
        let l_f = slots.iter().rev().fold(Scalar::ZERO, |sum, slot| (sum + slot) * y);
        self.term(rho2 * x, &ciphertexts.r);
        self.term(*rho2, s);
        let (rho2_x, rho2_z) = (rho2 * x, rho2 * z);
        let mut power = *y;
        for (slot, ciphertext) in statement.slots.iter().zip(&ciphertexts.slots) {
            self.term(rho2_x * power, ciphertext);
            if let Some(coefficient) = self.keys.get_mut(*slot) {
                *coefficient -= rho2_z * power;
            }
            power *= y;
        }
        // E3: x·K + K_a − ω·G
        self.term(rho3 * x, credential);
        self.term(*rho3, k_a);
        self.base -= rho1 * p_f + rho2 * (l_f + z) + rho3 * omega;
    }

    /// Adds ρ4·E4 of a ballot with ranged slots.
    fn add_ranged(&mut self, claim: &Claim<'_>, ranged: &Ranged, slots: &[Scalar], rho4: &Scalar) {
        let Opened { y, x, .. } = claim.opened;
        // E4: x·Σ_{j∈Z} y^j·V_j + S' − (Σ_{j∈Z} y^j·(L_j·f + x·c_j))·G − ω'·H̃
        let rho4_x = rho4 * x;
        let mut values = claim.statement.shape.ranged.iter().zip(&ranged.values).peekable();
        let (mut power, mut sum) = (*y, Scalar::ZERO);
        for (place, slot) in slots.iter().enumerate() {
            if let Some((_, value)) = values.next_if(|(ranged, _)| **ranged == place) {
                self.term(rho4_x * power, value);
                sum += power * slot;
            }
            power *= y;
        }
        self.term(*rho4, &ranged.commitment);
        self.base -= rho4 * sum;
        self.h_tilde -= rho4 * ranged.response;
    }

    fn vanishes(self, fixed: &Fixed) -> bool {
        // Those of the ballots are many, and are not copied.
        let (mut coefficients, mut points) = (self.coefficients, self.points);
        coefficients.extend(self.g);
        coefficients.extend(self.keys);
        coefficients.extend([self.h, self.h_tilde]);
        points.extend_from_slice(&fixed.g);
        points.extend_from_slice(&fixed.keys);
        points.extend([fixed.h, fixed.h_tilde]);
        (RistrettoPoint::mul_base(&self.base) + sum_of_products(&coefficients, &points)).is_identity()
    }
}
