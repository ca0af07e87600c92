//! Whole ceremonies, from the first commitment to a decrypted sum.

use std::collections::BTreeSet;
use std::sync::Arc;

use tabella_crypto::dealing::{PIECE, pieces};
use tabella_crypto::decryption::{Group, Statement};
use tabella_crypto::group::{Point, Scalar};
use tabella_crypto::qualified::ElectionKeys;

use super::{CONFIRMED, Committed, Dealt, Finished, index};

/// Votes for the slots, encrypted with one randomness each, and added up: R and the C_j.
fn sum_of_ballots(keys: &ElectionKeys, ballots: &[Vec<u64>]) -> (Point, Vec<Point>) {
    let none = Point::mul_base(&Scalar::ZERO);
    let mut sum = (none, vec![none; keys.slot_keys().len()]);
    for (votes, randomness) in ballots.iter().zip(1001_u64..) {
        let randomness = Scalar::from(randomness);
        sum.0 += Point::mul_base(&randomness);
        for ((ciphertext, vote), key) in sum.1.iter_mut().zip(votes).zip(keys.slot_keys()) {
            *ciphertext += Point::mul_base(&Scalar::from(*vote)) + randomness * key;
        }
    }
    sum
}

/// All subsets of `size` of the numbers 0..count.
fn subsets(count: usize, size: usize) -> impl Iterator<Item = Vec<usize>> {
    (0_u32..1 << count)
        .filter(move |subset| subset.count_ones() as usize == size)
        .map(move |subset| (0..count).filter(|member| subset >> member & 1 == 1).collect())
}

#[test]
fn any_threshold_of_trustees_decrypts_a_sum() {
    for (trustees, threshold) in [(1, 1), (2, 2), (3, 2), (5, 3)] {
        let ceremony = Finished::new(trustees, threshold, 4);
        let (aggregate, ciphertexts) =
            sum_of_ballots(&ceremony.keys, &[vec![1, 0, 0, 2], vec![0, 1, 0, 5], vec![1, 0, 0, 0]]);
        let groups = vec![Group { slots: vec![1, 2, 3, 4], aggregate }];
        let statement = Statement::share(Arc::clone(&ceremony.keys), [4; 32], groups, ciphertexts.clone()).unwrap();
        let statement = Arc::new(statement);
        let verified: Vec<_> = ceremony
            .shares
            .iter()
            .map(|(trustee, share)| {
                let decryption = statement.prove(share, &mut super::rng(5)).unwrap();
                statement.verify(*trustee, &decryption.points, &decryption.proof).unwrap()
            })
            .collect();
        for subset in subsets(verified.len(), threshold) {
            let shares: Vec<_> = subset.iter().map(|member| verified[*member].clone()).collect();
            let masks = statement.combine(&shares).unwrap();
            let totals: Vec<_> = ciphertexts.iter().zip(masks).map(|(ciphertext, mask)| ciphertext - mask).collect();
            let expected: Vec<_> = [2_u64, 1, 0, 7].map(|total| Point::mul_base(&total.into())).into();
            assert_eq!(totals, expected, "{subset:?} of {trustees} trustees");
        }
    }
}

#[test]
fn a_long_dealing_is_cut_into_pieces() {
    let dealt = Dealt::new(5, 3, 300);
    let length = 32 * 300 * 3 + 64 + 4 * (32 + 32 * 300 + 16);
    assert_eq!(dealt.round().dealing_length(index(1)), length);
    let bytes = &dealt.bytes[&index(1)];
    let lengths: Vec<_> = pieces(bytes).map(<[u8]>::len).collect();
    assert_eq!(lengths, [PIECE, length - PIECE]);
    assert_eq!(&pieces(bytes).collect::<Vec<_>>().concat(), bytes);
    assert_eq!(dealt.finish().keys.slot_keys().len(), 300);
}

#[test]
fn those_left_out_before_dealing_are_not_dealt_to() {
    let mut committed = Committed::new(3, 2, 2);
    committed.round.trustees.remove(&index(2));
    committed.secrets.remove(&index(2));
    let ceremony = committed.deal().finish();
    assert_eq!(ceremony.keys.qualified().collect::<BTreeSet<_>>(), BTreeSet::from([index(1), index(3)]));
    assert_eq!(ceremony.keys.public_shares(index(2)), None);
}

#[test]
fn a_dealer_outside_the_qualified_set_adds_nothing() {
    let dealt = Dealt::new(3, 2, 2);
    let dealings = dealt.dealings();
    let qualified = [&dealings[0], &dealings[2]];
    let keys = ElectionKeys::from_dealings(&qualified, &CONFIRMED).unwrap();
    let of_slot = |slot: usize| dealings[0].commitments()[2 * slot] + dealings[2].commitments()[2 * slot];
    assert_eq!(keys.slot_keys(), [of_slot(0), of_slot(1)]);
    for (trustee, secret) in dealt.secrets {
        let finished = secret.confirm(&dealings.iter().collect::<Vec<_>>()).unwrap().0.finish(&keys);
        assert_eq!(finished.is_ok(), trustee != index(2));
    }
}
