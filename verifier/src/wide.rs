//! Sums of products of scalars that are reduced modulo q but once: reducing costs many times what multiplying does.

use curve25519_dalek::Scalar;

/// A sum of products of scalars: an integer below 2^576, in limbs of 64 bits from the lowest. A product is below 2^506, so
/// that no sum that a computer can take overflows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sum([u64; 9]);

impl Sum {
    /// Adds a·b.
    pub fn add(&mut self, a: &Scalar, b: &Scalar) {
        let b = limbs(b);
        for (place, factor) in limbs(a).into_iter().enumerate() {
            self.add_row(place, factor, &b);
        }
    }

    /// Adds factor·a.
    pub fn add_multiple(&mut self, factor: u64, a: &Scalar) {
        self.add_row(0, factor, &limbs(a));
    }

    /// Adds 2^(64·place)·factor·number.
    fn add_row(&mut self, place: usize, factor: u64, number: &[u64; 4]) {
        let mut carry = 0u128;
        let mut sum = self.0.iter_mut().skip(place);
        // In this order: the end of the number takes no limb.
        for (digit, limb) in number.iter().zip(sum.by_ref()) {
            // At most (2^64 − 1)² + 2·(2^64 − 1) = 2^128 − 1.
            let wide = u128::from(factor) * u128::from(*digit) + u128::from(*limb) + carry;
            (*limb, carry) = (wide as u64, wide >> 64);
        }
        for limb in sum {
            let wide = u128::from(*limb) + carry;
            (*limb, carry) = (wide as u64, wide >> 64);
        }
    }

    /// The sum modulo q.
    pub fn reduced(&self) -> Scalar {
        if *self == Self::default() {
            return Scalar::ZERO;
        }
        let [low @ .., high] = &self.0;
        let mut sum = reduced(low);
        if *high != 0 {
            let two_to_256 = reduced(&[0, 0, 0, 0, 1, 0, 0, 0]);
            sum += Scalar::from(*high) * two_to_256 * two_to_256;
        }
        sum
    }
}

fn limbs(scalar: &Scalar) -> [u64; 4] {
    let mut limbs = [0; 4];
    for (limb, bytes) in limbs.iter_mut().zip(scalar.as_bytes().as_chunks().0) {
        *limb = u64::from_le_bytes(*bytes);
    }
    limbs
}

fn reduced(limbs: &[u64; 8]) -> Scalar {
    let mut bytes = [0; 64];
    for (place, limb) in bytes.as_chunks_mut().0.iter_mut().zip(limbs) {
        *place = limb.to_le_bytes();
    }
    Scalar::from_bytes_mod_order_wide(&bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Scalars of all sizes, the largest among them.
    fn scalars() -> Vec<Scalar> {
        let mut scalars: Vec<Scalar> = [0u64, 1, 2, u64::MAX].map(Scalar::from).to_vec();
        scalars.extend(scalars.clone().iter().map(|scalar| -scalar));
        scalars.extend([7u64, 1 << 40].map(|number| Scalar::from(number).invert()));
        scalars
    }

    #[test]
    fn sums_are_those_of_the_scalars() {
        for a in scalars() {
            for b in scalars() {
                let mut sum = Sum::default();
                let mut expected = Scalar::ZERO;
                // More than 64 products of the largest do not fit into 512 bits.
                for count in 1..=300 {
                    sum.add(&a, &b);
                    expected += a * b;
                    assert_eq!(sum.reduced(), expected, "{count}·{a:?}·{b:?}");
                }
                sum.add_multiple(u64::MAX, &a);
                assert_eq!(sum.reduced(), expected + Scalar::from(u64::MAX) * a);
            }
        }
    }
}
