//! Numbers modulo q, for the forms of ballots: thousands of short sums and products for each.
//!
//! The group's library computes for secrets, in constant time, and reduces each sum and product fully; everything here
//! is public, and a ballot of a large ranking would spend most of its time there. Numbers are kept in Montgomery's form
//! (*Modular multiplication without trial division*, 1985): a is held as a·2^256 mod q, in four limbs of 64 bits.

use crate::checks::Code;
use curve25519_dalek::Scalar;
use std::ops::{Add, AddAssign, Mul, Sub, SubAssign};

type Limbs = [u64; 4];

/// q of specs/conventions.md#group, the lowest limb first.
const Q: Limbs = [0x5812_631a_5cf5_d3ed, 0x14de_f9de_a2f7_9cd6, 0, 0x1000_0000_0000_0000];
/// −1/q mod 2^64.
const MINUS_INVERSE: u64 = 0xd2b5_1da3_1254_7e1b;
/// 2^256 mod q: the form of 1.
const R: Limbs = [0xd6ec_3174_8d98_951d, 0xc6ef_5bf4_737d_cf70, 0xffff_ffff_ffff_fffe, 0x0fff_ffff_ffff_ffff];
/// 2^512 mod q.
const R_SQUARED: Limbs = [0xa406_11e3_449c_0f01, 0xd00e_1ba7_6885_9347, 0xceec_73d2_17f5_be65, 0x0399_411b_7c30_9a3d];

/// A number modulo q.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Residue(Limbs);

impl Residue {
    pub const ZERO: Self = Self([0; 4]);
    pub const ONE: Self = Self(R);

    /// Decodes 32 bytes; what is not below q is `scalar_invalid`.
    pub fn decode(bytes: &[u8]) -> Result<Self, Code> {
        let bytes: &[u8; 32] = bytes.try_into().map_err(|_| Code::ScalarInvalid)?;
        let number = limbs(bytes);
        if number.iter().rev().lt(Q.iter().rev()) {
            Ok(Self(product(&R_SQUARED, &number)))
        } else {
            Err(Code::ScalarInvalid)
        }
    }

    /// The same number for the group's library.
    pub fn scalar(self) -> Scalar {
        let number = product(&self.0, &[1, 0, 0, 0]);
        let mut bytes = [0; 32];
        bytes.chunks_mut(8).zip(number).for_each(|(place, limb)| place.copy_from_slice(&limb.to_le_bytes()));
        Scalar::from_bytes_mod_order(bytes)
    }

    fn negated(self) -> Self {
        Self::ZERO - self
    }
}

/// 32 bytes, little-endian.
fn limbs(bytes: &[u8; 32]) -> Limbs {
    let mut limbs = [0; 4];
    for (limb, chunk) in limbs.iter_mut().zip(bytes.chunks(8)) {
        *limb = chunk.iter().rev().fold(0, |limb, byte| limb << 8 | u64::from(*byte));
    }
    limbs
}

impl From<&Scalar> for Residue {
    fn from(scalar: &Scalar) -> Self {
        Self(product(&R_SQUARED, &limbs(scalar.as_bytes())))
    }
}

impl From<u64> for Residue {
    fn from(number: u64) -> Self {
        Self(product(&R_SQUARED, &[number, 0, 0, 0]))
    }
}

impl Add for Residue {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        // Both are below q < 2^253, so that nothing is carried out of the last limb.
        let (sum, _) = sum(&self.0, &other.0);
        Self(reduced_once(sum))
    }
}

impl Sub for Residue {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        let (less, borrowed) = difference(&self.0, &other.0);
        let again = Q.map(|limb| if borrowed { limb } else { 0 });
        Self(sum(&less, &again).0)
    }
}

impl Mul for Residue {
    type Output = Self;

    fn mul(self, other: Self) -> Self {
        Self(product(&self.0, &other.0))
    }
}

impl AddAssign for Residue {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl SubAssign for Residue {
    fn sub_assign(&mut self, other: Self) {
        *self = *self - other;
    }
}

/// a + b, and what is carried out of the last limb.
fn sum(a: &Limbs, b: &Limbs) -> (Limbs, bool) {
    let (mut result, mut carry) = ([0; 4], false);
    for ((place, a), b) in result.iter_mut().zip(a).zip(b) {
        let (sum, first) = a.overflowing_add(*b);
        let (sum, second) = sum.overflowing_add(u64::from(carry));
        (*place, carry) = (sum, first || second);
    }
    (result, carry)
}

/// a − b, and whether that is below 0.
fn difference(a: &Limbs, b: &Limbs) -> (Limbs, bool) {
    let (mut result, mut borrow) = ([0; 4], false);
    for ((place, a), b) in result.iter_mut().zip(a).zip(b) {
        let (less, first) = a.overflowing_sub(*b);
        let (less, second) = less.overflowing_sub(u64::from(borrow));
        (*place, borrow) = (less, first || second);
    }
    (result, borrow)
}

/// A number below 2·q, modulo q.
fn reduced_once(number: Limbs) -> Limbs {
    let (less, below) = difference(&number, &Q);
    if below { number } else { less }
}

/// a·b / 2^256 mod q. a is below q; b may be any number of four limbs.
fn product(a: &Limbs, b: &Limbs) -> Limbs {
    let wide = |number: u64| u128::from(number);
    // After each limb of b: (the sum so far + a·limb + a multiple of q) / 2^64, which stays below a + q < 2^254.
    let mut sum: Limbs = [0; 4];
    for b in b {
        let mut top = 0;
        for (place, a) in sum.iter_mut().zip(a) {
            let next = wide(*place) + wide(*a) * wide(*b) + top;
            (*place, top) = (next as u64, next >> 64);
        }
        // The multiple of q that makes the lowest limb 0, which is then left out.
        let [lowest, second, third, fourth] = sum;
        let multiple = wide(lowest.wrapping_mul(MINUS_INVERSE));
        let next = wide(lowest) + multiple * wide(Q[0]);
        let next = wide(second) + multiple * wide(Q[1]) + (next >> 64);
        let first = next as u64;
        let next = wide(third) + multiple * wide(Q[2]) + (next >> 64);
        let second = next as u64;
        let next = wide(fourth) + multiple * wide(Q[3]) + (next >> 64);
        sum = [first, second, next as u64, (top + (next >> 64)) as u64];
    }
    reduced_once(sum)
}

/// A sum of small multiples, reduced once at its end.
#[derive(Default)]
pub struct SmallMultiples {
    /// Σ factor·limb. Factors are below 2^47, by far, and fewer than 2^16, so that nothing overflows.
    limbs: Option<[u128; 4]>,
}

impl SmallMultiples {
    /// Adds factor·number.
    pub fn add(&mut self, factor: i64, number: Residue) {
        let number = if factor < 0 { number.negated() } else { number };
        let factor = u128::from(factor.unsigned_abs());
        let sums = self.limbs.get_or_insert_default();
        for (sum, limb) in sums.iter_mut().zip(number.0) {
            *sum = sum.wrapping_add(factor * u128::from(limb));
        }
    }

    /// The sum.
    pub fn sum(self) -> Residue {
        let Some(sums) = self.limbs else {
            return Residue::ZERO;
        };
        let (mut low, mut carry) = ([0; 4], 0u128);
        for (place, sum) in low.iter_mut().zip(sums) {
            let next = sum.wrapping_add(carry);
            (*place, carry) = (next as u64, next >> 64);
        }
        // low + carry·2^256, both made smaller than q.
        let high = [carry as u64, (carry >> 64) as u64, 0, 0];
        Residue(product(&R, &low)) + Residue(product(&R_SQUARED, &high))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(seed: u64) -> Scalar {
        let mut bytes = [0; 64];
        let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        for byte in &mut bytes {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            *byte = (state >> 56) as u8;
        }
        Scalar::from_bytes_mod_order_wide(&bytes)
    }

    /// Random numbers, and those at whose neighbours carries go wrong.
    fn numbers() -> Vec<Scalar> {
        let powers = (0..253).step_by(4).map(|power| {
            let mut bytes = [0; 32];
            bytes[power / 8] = 1 << (power % 8);
            Scalar::from_bytes_mod_order(bytes)
        });
        let edges = [Scalar::ZERO, Scalar::from(u64::MAX), Scalar::from(u128::MAX)].into_iter().chain(powers);
        let near = edges.flat_map(|edge| [edge, edge + Scalar::ONE, edge - Scalar::ONE, -edge]);
        near.chain((0..60).map(number)).collect()
    }

    #[test]
    fn it_computes_what_the_groups_library_computes() {
        let numbers = numbers();
        for a in &numbers {
            let own = Residue::from(a);
            assert_eq!(own.scalar(), *a);
            assert_eq!(Residue::decode(a.as_bytes()), Ok(own));
            for b in &numbers {
                let other = Residue::from(b);
                assert_eq!((own + other).scalar(), a + b);
                assert_eq!((own - other).scalar(), a - b);
                assert_eq!((own * other).scalar(), a * b);
            }
        }
        assert_eq!(Residue::ONE.scalar(), Scalar::ONE);
        assert_eq!(Residue::from(77), Residue::from(&Scalar::from(77u64)));
    }

    #[test]
    fn only_numbers_below_q_are_decoded() {
        let q_less_one = (-Scalar::ONE).to_bytes();
        assert_eq!(Residue::decode(&q_less_one).map(Residue::scalar), Ok(-Scalar::ONE));
        let mut q = q_less_one;
        q[0] += 1;
        let mut more = q;
        more[16] = 1;
        for bytes in [q, more, [0xff; 32]] {
            assert_eq!(Residue::decode(&bytes), Err(Code::ScalarInvalid));
        }
        assert_eq!(Residue::decode(&q_less_one[1..]), Err(Code::ScalarInvalid));
    }

    #[test]
    fn small_multiples_add_up() {
        let factors = [1, -1, 2, 3, -65_536, 1 << 32, -(1 << 40), (1 << 46) + 12_345];
        let numbers: Vec<Scalar> = numbers().into_iter().cycle().take(3_000).collect();
        let (mut own, mut known) = (SmallMultiples::default(), Scalar::ZERO);
        assert_eq!(SmallMultiples::default().sum(), Residue::ZERO);
        for (factor, number) in factors.iter().cycle().zip(&numbers) {
            own.add(*factor, Residue::from(number));
            let size = Scalar::from(factor.unsigned_abs());
            known += if *factor < 0 { -size * number } else { size * number };
        }
        assert_eq!(own.sum().scalar(), known);
        let (mut own, largest) = (SmallMultiples::default(), Residue(difference(&Q, &[1, 0, 0, 0]).0));
        (0..3_000).for_each(|_| own.add((1 << 47) - 1, largest));
        let known = Scalar::from(3_000u64) * Scalar::from((1u64 << 47) - 1) * largest.scalar();
        assert_eq!(own.sum().scalar(), known);
    }
}
