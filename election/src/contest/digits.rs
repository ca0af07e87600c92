//! Numbers as sums of weighted bits. Implements "Digits" of specs/ballot.md#shape.

use zeroize::Zeroizing;

/// digits(s): weights whose sums are exactly the numbers from 0 to s. 1, 2, 4, … as long as they fit, and the rest.
pub(super) fn digits(largest: u64) -> Vec<u64> {
    let mut rest = largest;
    let mut weights = Vec::new();
    let mut weight = 1_u64;
    while weight <= rest {
        weights.push(weight);
        rest -= weight;
        weight = weight.saturating_mul(2);
    }
    weights.extend((rest > 0).then_some(rest));
    weights
}

/// The powers of two that make up an amount: 1, 2, …, up to its highest bit.
pub(super) fn powers(amount: u64) -> Vec<u64> {
    (0..u64::BITS - amount.leading_zeros()).map(|exponent| 1 << exponent).collect()
}

/// The bits of a number by such weights: the weighted sum of the result is `number`, if it is at most their sum.
pub(super) fn bits(number: u64, weights: &[u64]) -> Zeroizing<Vec<u64>> {
    let mut rest = number;
    let mut before: u64 = weights.iter().sum();
    let mut bits = Zeroizing::new(vec![0; weights.len()]);
    // From the last: a weight is taken where those before it cannot make up what is left.
    for (bit, weight) in bits.iter_mut().zip(weights).rev() {
        before -= weight;
        if rest > before {
            *bit = 1;
            rest -= weight;
        }
    }
    bits
}
