//! Numbers as sums of weighted bits. Implements digits(s) of specs/ballot.md#shape.

/// How many weights digits(s) has: as many as s has bits.
pub fn count(s: u64) -> u64 {
    u64::from(u64::BITS - s.leading_zeros())
}

/// digits(s): 1, 2, 4, … as long as their sum stays at most s, then what is left.
pub fn weights(s: u64) -> Vec<u64> {
    let (mut weights, mut sum, mut next) = (Vec::new(), 0u64, 1u64);
    while sum.saturating_add(next) <= s && sum < s {
        weights.push(next);
        sum = sum.saturating_add(next);
        next = next.saturating_mul(2);
    }
    weights.extend((sum < s).then(|| s.saturating_sub(sum)));
    weights
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn the_weights_make_up_every_number_to_the_largest_and_no_other() {
        assert_eq!([weights(5), weights(3), weights(0)], [vec![1, 2, 2], vec![1, 2], vec![]]);
        for s in 0..=130 {
            let weights = weights(s);
            let sums: BTreeSet<u64> = (0..1u64 << weights.len())
                .map(|word| weights.iter().enumerate().map(|(place, weight)| (word >> place & 1) * weight).sum())
                .collect();
            assert!(sums.into_iter().eq(0..=s), "{s}");
        }
    }

    #[test]
    fn weights_are_counted_without_being_made() {
        for s in (0..300).chain([1_000_000, u64::from(u32::MAX), 1 << 40, u64::MAX - 1, u64::MAX]) {
            assert_eq!(count(s), weights(s).len() as u64, "{s}");
        }
    }
}
