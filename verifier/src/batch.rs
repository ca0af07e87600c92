//! The equations of ballots, many at once. Implements specs/ballot.md#proof.

mod ranged;

use crate::ballot::{Opened, Ranged, Statement};
use crate::group::{self, Point, sum_of_products};
use crate::range::{self, Bases, RangeProof};
use crate::transcript::transcript;
use crate::tree::Hash;
use crate::wide::Sum;
use curve25519_dalek::traits::IsIdentity;
use curve25519_dalek::{RistrettoPoint, Scalar};
use std::iter::zip;

/// The points that all ballots share.
pub struct Fixed {
    h: RistrettoPoint,
    h_tilde: RistrettoPoint,
    /// 𝐆_i and 𝐇_i, if any ballot has a range proof.
    bits: Bases,
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
            bits: Bases::new(ranged),
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
    let sum = |claims: &[Weighted<'_>]| Combination::of(claims, fixed).sum(fixed);
    let weighted = weigh(claims, seed);
    let readable: Vec<bool> = weighted.iter().map(Option::is_some).collect();
    let weighted: Vec<Weighted<'_>> = weighted.into_iter().flatten().collect();
    let mut equations = sift(&weighted, sum(&weighted), &sum).into_iter();
    readable.into_iter().map(|readable| readable && equations.next().unwrap_or(false)).collect()
}

/// How many equations a claim has at most: E1 … E4, R1 and R2.
const EQUATIONS: usize = 6;

/// A claim with the weights ρ1 … ρ6 of its equations.
struct Weighted<'a> {
    claim: Claim<'a>,
    /// What it says of ranged slots, if it has any.
    ranged: Option<(&'a Ranged, RangeProof)>,
    rho: [Scalar; EQUATIONS],
}

impl<'a> Weighted<'a> {
    /// None if there is a range proof that is none.
    fn new(claim: Claim<'a>, rho: [Scalar; EQUATIONS]) -> Option<Self> {
        let ranged = match &claim.opened.ranged {
            Some(ranged) => Some((ranged, ranged.range_proof()?)),
            None => None,
        };
        Some(Self { claim, ranged, rho })
    }
}

/// The claims with their weights; in place of one whose range proof is not written as it must be, none.
fn weigh<'a>(claims: &[Claim<'a>], seed: &[u8; 32]) -> Vec<Option<Weighted<'a>>> {
    let hashes: Vec<Hash> = claims.iter().map(|claim| claim.payload_hash).collect();
    zip(claims, draw(&hashes, seed)).map(|(claim, rho)| Weighted::new(*claim, rho)).collect()
}

/// Weights below 2^128 for each payload of a batch, from the seed and all bytes of the batch.
fn draw(payload_hashes: &[Hash], seed: &[u8; 32]) -> Vec<[Scalar; EQUATIONS]> {
    let mut weights = transcript!("verifier-batch").absorb("seed", seed).absorb("batch", &payload_hashes.concat());
    let mut of_one = |_: &Hash| {
        let drawn: [u8; 16 * EQUATIONS] = weights.challenge("rho");
        let weight = |number: usize| drawn.iter().skip(16 * number).take(16);
        std::array::from_fn(|number| Scalar::from(weight(number).fold(0u128, |sum, byte| sum << 8 | u128::from(*byte))))
    };
    payload_hashes.iter().map(&mut of_one).collect()
}

/// For each item whether it adds nothing to a sum of which `total` is the value for all of them: as long as a total is not
/// 0, the sum of the first half is taken, and that of the second is what is left.
fn sift<T>(items: &[T], total: RistrettoPoint, sum: &impl Fn(&[T]) -> RistrettoPoint) -> Vec<bool> {
    let vanishes = total.is_identity();
    if vanishes || items.len() <= 1 {
        return vec![vanishes; items.len()];
    }
    let (left, right) = items.split_at(items.len() / 2);
    let of_left = sum(left);
    [sift(left, of_left, sum), sift(right, total - of_left, sum)].concat()
}

/// A sum of products: terms of the ballots' own, less those of the points that all share.
struct Combination {
    base: Sum,
    h: Sum,
    h_tilde: Sum,
    g: Vec<Sum>,
    keys: Vec<Sum>,
    /// Of the 𝐆_i and the 𝐇_i.
    bits: [Vec<Scalar>; 2],
    coefficients: Vec<Scalar>,
    points: Vec<RistrettoPoint>,
}

impl Combination {
    /// Σ (ρ1·E1 + ρ2·E2 + ρ3·E3 + ρ4·E4 + ρ5·R1 + ρ6·R2), each equation brought to one side.
    fn of(claims: &[Weighted<'_>], fixed: &Fixed) -> Self {
        let own: usize = claims.iter().map(|weighted| weighted.claim.statement.points()).sum();
        let mut combination = Self::new(own, fixed);
        claims.iter().for_each(|weighted| combination.add(weighted));
        combination
    }

    /// An empty sum, with room for so many points of ballots.
    fn new(own: usize, fixed: &Fixed) -> Self {
        let terms = own + fixed.g.len() + fixed.keys.len() + fixed.bits.g.len() + fixed.bits.h.len() + 2;
        Self {
            base: Sum::default(),
            h: Sum::default(),
            h_tilde: Sum::default(),
            g: vec![Sum::default(); fixed.g.len()],
            keys: vec![Sum::default(); fixed.keys.len()],
            bits: Default::default(),
            coefficients: Vec::with_capacity(terms),
            points: Vec::with_capacity(terms),
        }
    }

    fn term(&mut self, coefficient: Scalar, point: &Point) {
        self.coefficients.push(coefficient);
        self.points.push(point.point);
    }

    fn add(&mut self, Weighted { claim: Claim { statement, opened, .. }, ranged, rho }: &Weighted<'_>) {
        let Opened { credential, ciphertexts, b, commitments, f, responses, y, x, ranged: _ } = opened;
        let [t, t0, s, k_a] = commitments;
        let [z, eta, omega] = responses;
        let [rho1, rho2, rho3, rho4, rho5, rho6] = rho;
        // E1: x²·B + x·T + T0 − x·(Σ f_i·G_i + z·G_0) − p_f·G − η·H, p_f = Σ_{q≥1} y^q·Q_q^h(f; x)
        let p_f = statement.shape.constraints_at(f, x, y);
        let rho1_x = rho1 * x;
        self.term(rho1_x * x, b);
        self.term(rho1_x, t);
        self.term(*rho1, t0);
        for (coefficient, response) in self.g.iter_mut().zip(std::iter::once(z).chain(f)) {
            coefficient.add(&rho1_x, response);
        }
        self.base.add(rho1, &p_f);
        self.h.add(rho1, eta);
        // E2: x·(R + Σ y^j·C_j) + S − l_f·G − z·(G + Σ y^j·PK_j), l_f = Σ_{j≥1} y^j·(L_j·f + x·c_j)
        let slots = statement.shape.slots_at(f, x);
        self.term(rho2 * x, &ciphertexts.r);
        self.term(*rho2, s);
        self.base.add(rho2, z);
        let mut weight = *rho2;
        for ((slot, value), ciphertext) in statement.slots.iter().zip(&slots).zip(&ciphertexts.slots) {
            weight *= y;
            self.term(weight * x, ciphertext);
            if let Some(coefficient) = self.keys.get_mut(*slot) {
                coefficient.add(&weight, z);
            }
            self.base.add(&weight, value);
        }
        // E3: x·K + K_a − ω·G
        self.term(rho3 * x, credential);
        self.term(*rho3, k_a);
        self.base.add(rho3, omega);
        if let Some(ranged) = ranged {
            self.add_ranged(ranged, &statement.shape.ranged, &slots, [y, x], [rho4, rho5, rho6]);
        }
    }

    fn sum(self, fixed: &Fixed) -> RistrettoPoint {
        // Those of the ballots are many, and are not copied.
        let (mut coefficients, mut points) = (self.coefficients, self.points);
        let shared = self.g.iter().chain(&self.keys).chain([&self.h, &self.h_tilde]);
        coefficients.extend(shared.map(|sum| -sum.reduced()));
        points.extend_from_slice(&fixed.g);
        points.extend_from_slice(&fixed.keys);
        points.extend([fixed.h, fixed.h_tilde]);
        for (factors, bases) in zip(&self.bits, [&fixed.bits.g, &fixed.bits.h]) {
            let (factors, bases): (Vec<Scalar>, Vec<RistrettoPoint>) =
                zip(factors, bases).map(|(f, b)| (-f, *b)).unzip();
            coefficients.extend(factors);
            points.extend(bases);
        }
        sum_of_products(&coefficients, &points) - RistrettoPoint::mul_base(&self.base.reduced())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use curve25519_dalek::traits::Identity;
    use std::cell::Cell;
    use std::collections::BTreeSet;

    /// The sum of items that are points, and how many were added up.
    fn count<'a>(summed: &'a Cell<usize>) -> impl Fn(&[RistrettoPoint]) -> RistrettoPoint + 'a {
        move |items| {
            summed.set(summed.get() + items.len());
            items.iter().sum()
        }
    }

    /// So many batches of 512 items, the items at these places wrong.
    fn batches(number: usize, wrong: &[usize]) -> Vec<Vec<RistrettoPoint>> {
        let mut items = vec![RistrettoPoint::identity(); 512 * number];
        wrong.iter().for_each(|place| items[*place] = group::hash_to_group("test", &place.to_be_bytes()));
        items.chunks(512).map(<[_]>::to_vec).collect()
    }

    /// The places of what is found wrong, and how many items were added up to find it.
    fn find(batches: &[Vec<RistrettoPoint>]) -> (Vec<usize>, usize) {
        let summed = Cell::new(0);
        let sum = count(&summed);
        let found = batches.iter().flat_map(|batch| sift(batch, sum(batch), &sum));
        let wrong = found.enumerate().filter_map(|(place, right)| (!right).then_some(place)).collect();
        (wrong, summed.get())
    }

    /// Were two weights the same, errors of two equations could cancel: of one ballot, or of two with the same payload.
    #[test]
    fn no_two_equations_have_the_same_weight() {
        let hashes = [[1; 32], [1; 32], [2; 32], [3; 32]];
        let drawn = draw(&hashes, &[7; 32]);
        let weights: BTreeSet<[u8; 32]> = drawn.iter().flatten().map(Scalar::to_bytes).collect();
        assert_eq!(weights.len(), EQUATIONS * hashes.len());
        for weight in &weights {
            assert!(weight[..16] != [0; 16] && weight[16..] == [0; 16]);
        }
        // Nor are they made of the same bytes.
        let parts: BTreeSet<&[u8]> = weights.iter().flat_map(|weight| weight[..16].windows(8)).collect();
        assert_eq!(parts.len(), 9 * weights.len());
        // All of the batch and the seed decide them.
        let others = [draw(&hashes, &[8; 32]), draw(&[[1; 32], [1; 32], [2; 32], [4; 32]], &[7; 32])];
        for other in others.iter().flat_map(|drawn| drawn.iter().flatten()) {
            assert!(!weights.contains(&other.to_bytes()));
        }
    }

    #[test]
    fn bad_ballots_are_named_wherever_they_stand() {
        for wrong in [&[][..], &[0], &[511], &[0, 1], &[255, 256], &[3, 9, 300], &Vec::from_iter(0..512)] {
            assert_eq!(find(&batches(1, wrong)).0, wrong);
        }
    }

    #[test]
    fn ten_bad_ballots_cost_ten_batches_more_and_not_the_others() {
        // Among 51,200, each in a batch of its own: half of it is summed again, then a quarter, …, then one.
        let wrong: Vec<usize> = (0..10).map(|number| 512 * 7 * number + 37 * number).collect();
        assert_eq!(find(&batches(100, &wrong)), (wrong, 51_200 + 10 * 511));
        assert_eq!(find(&batches(100, &[])), (Vec::new(), 51_200));
    }
}
