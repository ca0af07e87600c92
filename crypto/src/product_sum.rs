//! Sums of many products of scalars, as integers. A product is cheap; reducing it modulo q is not, and a sum needs that
//! only once.
//!
//! What is added may be secret: the time depends on the number of products alone.

use curve25519_dalek::Scalar;
use zeroize::ZeroizeOnDrop;

use crate::group::ENCODED;

/// Limbs of 64 bits of a scalar, the lowest first.
const LIMBS: usize = 4;

/// q, the order of the group.
const ORDER: [u64; LIMBS] = [0x5812_631a_5cf5_d3ed, 0x14de_f9de_a2f7_9cd6, 0, 1 << 60];

/// The products that a sum has room for: one is less than 2^505, with a square 2^757.
const ROOM: u8 = 127;

/// A sum of products of two scalars, not yet reduced.
pub(crate) type ProductSum = Lazy<{ 2 * LIMBS }>;

/// A sum of products of a scalar and the square of another, not yet reduced.
pub(crate) type SquareSum = Lazy<{ 3 * LIMBS }>;

/// An integer of N limbs, and how many products it holds.
#[derive(Clone, ZeroizeOnDrop)]
pub(crate) struct Lazy<const N: usize> {
    limbs: [u64; N],
    products: u8,
}

impl<const N: usize> Default for Lazy<N> {
    fn default() -> Self {
        Self { limbs: [0; N], products: 0 }
    }
}

impl ProductSum {
    /// Adds `left·right`.
    pub(crate) fn add(&mut self, left: &Scalar, right: &Scalar) {
        self.make_room(Self::reduce);
        self.add_product(&limbs(left), &limbs(right));
    }

    /// Adds `factor·value`. The factor is public.
    pub(crate) fn add_multiple(&mut self, value: &Scalar, factor: i64) {
        self.make_room(Self::reduce);
        let value = if factor < 0 { negative(&limbs(value)) } else { limbs(value) };
        self.add_row(0, factor.unsigned_abs(), &value);
    }

    /// The sum modulo q.
    pub(crate) fn reduce(&self) -> Scalar {
        reduce(&self.limbs)
    }
}

impl SquareSum {
    /// Adds `factor·value²`.
    pub(crate) fn add(&mut self, factor: &Scalar, value: &Scalar) {
        self.make_room(Self::reduce);
        let value = limbs(value);
        let mut square = ProductSum::default();
        square.add_product(&value, &value);
        self.add_product(&limbs(factor), &square.limbs);
    }

    /// The sum modulo q.
    pub(crate) fn reduce(&self) -> Scalar {
        let [low @ .., a, b, c, d] = self.limbs;
        let half = reduce(&[0, 0, 0, 0, 1, 0, 0, 0]);
        reduce(&low) + reduce(&[a, b, c, d, 0, 0, 0, 0]) * half * half
    }
}

impl<const N: usize> Lazy<N> {
    /// Reduces the sum if it is full.
    fn make_room(&mut self, reduce: impl Fn(&Self) -> Scalar) {
        if self.products == ROOM {
            let reduced = reduce(self);
            self.limbs = [0; N];
            self.limbs[..LIMBS].copy_from_slice(&limbs(&reduced));
            self.products = 0;
        }
        self.products += 1;
    }

    /// Adds the product of two numbers.
    fn add_product(&mut self, left: &[u64; LIMBS], right: &[u64]) {
        for (place, limb) in left.iter().enumerate() {
            self.add_row(place, *limb, right);
        }
    }

    /// Adds `factor·value·2^(64·place)`.
    fn add_row(&mut self, place: usize, factor: u64, value: &[u64]) {
        let (row, rest) = self.limbs[place..].split_at_mut(value.len());
        let mut carry = 0;
        for (sum, limb) in row.iter_mut().zip(value) {
            let product = u128::from(factor) * u128::from(*limb) + u128::from(*sum) + u128::from(carry);
            (*sum, carry) = (product as u64, (product >> 64) as u64);
        }
        for sum in rest {
            let (added, overflows) = sum.overflowing_add(carry);
            (*sum, carry) = (added, overflows.into());
        }
    }
}

/// An integer modulo q.
fn reduce(sum: &[u64; 2 * LIMBS]) -> Scalar {
    let mut wide = [0; 2 * ENCODED];
    for (bytes, limb) in wide.as_chunks_mut().0.iter_mut().zip(sum) {
        *bytes = limb.to_le_bytes();
    }
    Scalar::from_bytes_mod_order_wide(&wide)
}

fn limbs(scalar: &Scalar) -> [u64; LIMBS] {
    let (chunks, _) = scalar.as_bytes().as_chunks();
    std::array::from_fn(|place| u64::from_le_bytes(chunks[place]))
}

/// q less a scalar: its negative, or q itself for zero.
fn negative(scalar: &[u64; LIMBS]) -> [u64; LIMBS] {
    let mut borrow = 0;
    std::array::from_fn(|place| {
        let (difference, first) = ORDER[place].overflowing_sub(scalar[place]);
        let (difference, second) = difference.overflowing_sub(borrow);
        borrow = u64::from(first | second);
        difference
    })
}

#[cfg(test)]
mod tests {
    use rand_chacha::ChaCha20Rng;
    use rand_core::{Rng, SeedableRng};

    use super::*;
    use crate::group::random_scalar;

    #[test]
    fn sums_are_those_of_reduced_products() {
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        let largest = -Scalar::ONE;
        let (mut sum, mut expected) = (ProductSum::default(), Scalar::ZERO);
        let (mut squares, mut expected_squares) = (SquareSum::default(), Scalar::ZERO);
        for round in 0..1_000 {
            let [left, right] = [round % 3, round % 5].map(|kind| match kind {
                0 => largest,
                1 => Scalar::ZERO,
                _ => random_scalar(&mut rng),
            });
            sum.add(&left, &right);
            expected += left * right;
            let factor = [0, 1, -1, i64::MAX, i64::MIN, rng.next_u64() as i64][round % 6];
            sum.add_multiple(&right, factor);
            let magnitude = Scalar::from(factor.unsigned_abs());
            expected += right * if factor < 0 { -magnitude } else { magnitude };
            assert_eq!(sum.reduce(), expected);
            squares.add(&left, &right);
            expected_squares += left * right * right;
            assert_eq!(squares.reduce(), expected_squares);
        }
    }

    #[test]
    fn the_largest_products_do_not_overflow() {
        let largest = -Scalar::ONE;
        let (mut sum, mut squares) = (ProductSum::default(), SquareSum::default());
        for count in 1..=1_000_u64 {
            sum.add(&largest, &largest);
            assert_eq!(sum.reduce(), Scalar::from(count));
            squares.add(&largest, &largest);
            assert_eq!(squares.reduce(), -Scalar::from(count));
        }
    }

    #[test]
    fn the_order_is_that_of_the_group() {
        let order = ORDER.map(u64::to_le_bytes).concat();
        let last = -Scalar::ONE;
        assert_eq!(order[0], last.as_bytes()[0] + 1);
        assert_eq!(order[1..], last.as_bytes()[1..]);
    }
}
