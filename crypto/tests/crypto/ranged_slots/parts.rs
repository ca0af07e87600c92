//! A proof with ranged slots, each part of it changed.

use tabella_crypto::ballot::BallotFault;
use tabella_crypto::group::{EncodingFault, Scalar, decode_point, decode_scalar, encode_point};

use super::{MIXED_VOTE, fault, mixed};
use crate::kinds::choice;
use crate::prover::Proof;
use crate::samples::{Election, base};

/// What stands at each place of a proof for [`mixed`].
#[derive(Clone, Copy, PartialEq)]
enum Part {
    Point,
    Scalar,
    PointOfRange,
    ScalarOfRange,
}

fn parts() -> Vec<Part> {
    use Part::{Point, PointOfRange, Scalar, ScalarOfRange};
    let range = [vec![PointOfRange; 4], vec![ScalarOfRange; 3], vec![PointOfRange; 12], vec![ScalarOfRange; 2]];
    [vec![Point; 3], range.concat(), vec![Point; 5], vec![Scalar; 4 + 4]].concat()
}

#[test]
fn each_part_of_a_proof_counts() {
    let election = mixed();
    let (prefix, proof) = election.cast(&MIXED_VOTE, 5);
    let (chunks, _) = proof.as_chunks::<32>();
    assert_eq!(chunks.len(), parts().len());
    let with = |place: usize, bytes: [u8; 32]| {
        let mut changed = chunks.to_vec();
        changed[place] = bytes;
        fault(&election, &prefix, &changed.concat())
    };
    for (place, part) in parts().into_iter().enumerate() {
        let (changed, expected) = match part {
            Part::Point => {
                (encode_point(&(decode_point(&chunks[place]).unwrap() + base())), EncodingFault::Point.into())
            }
            Part::PointOfRange => (encode_point(&(decode_point(&chunks[place]).unwrap() + base())), BallotFault::Proof),
            Part::Scalar => {
                ((decode_scalar(&chunks[place]).unwrap() + Scalar::ONE).to_bytes(), EncodingFault::Scalar.into())
            }
            Part::ScalarOfRange => {
                ((decode_scalar(&chunks[place]).unwrap() + Scalar::ONE).to_bytes(), BallotFault::Proof)
            }
        };
        assert_eq!(with(place, changed), Some(BallotFault::Proof), "chunk {place} changed");
        assert_eq!(with(place, [0; 32]), Some(BallotFault::Proof), "chunk {place} zero");
        assert_eq!(with(place, [0xff; 32]), Some(expected), "chunk {place} not canonical");

        let mut missing = chunks.to_vec();
        missing.remove(place);
        assert_eq!(fault(&election, &prefix, &missing.concat()), Some(BallotFault::Length), "chunk {place} missing");
        let mut surplus = chunks.to_vec();
        surplus.insert(place, chunks[place]);
        assert_eq!(fault(&election, &prefix, &surplus.concat()), Some(BallotFault::Length), "chunk {place} twice");
        if parts().get(place + 1) == Some(&part) {
            let mut swapped = chunks.to_vec();
            swapped.swap(place, place + 1);
            assert_eq!(fault(&election, &prefix, &swapped.concat()), Some(BallotFault::Proof), "chunk {place} swapped");
        }
    }
    for length in (0..proof.len()).step_by(7) {
        assert_eq!(fault(&election, &prefix, &proof[..length]), Some(BallotFault::Length));
    }
}

#[test]
fn encodings_are_judged_before_the_range_proof() {
    let election = mixed();
    let (prefix, mut proof) = election.cast(&MIXED_VOTE, 5);
    let mut spoil = |place: usize, bytes: [u8; 32]| {
        proof[32 * place..][..32].copy_from_slice(&bytes);
        fault(&election, &prefix, &proof)
    };
    let [last, ranged_s, range, value] = [parts().len() - 1, 28, 3, 0];
    assert_eq!(spoil(range, [0xff; 32]), Some(BallotFault::Proof));
    assert_eq!(spoil(last, [0xff; 32]), Some(EncodingFault::Scalar.into()));
    assert_eq!(spoil(ranged_s, [0xff; 32]), Some(EncodingFault::Point.into()));
    assert_eq!(spoil(ranged_s, [0; 32]), Some(EncodingFault::Scalar.into()));
    assert_eq!(spoil(value, [0xff; 32]), Some(EncodingFault::Point.into()));
    assert_eq!(spoil(value, [0; 32]), Some(EncodingFault::Scalar.into()));
    assert_eq!(spoil(last, [0; 32]), Some(BallotFault::Proof));
}

#[test]
fn a_proof_has_ranged_parts_only_where_the_shape_has_ranged_slots() {
    let election = mixed();
    let (prefix, proof) = election.cast(&MIXED_VOTE, 5);
    let proof = Proof::decode(&proof, &election.shape);
    let bare = Proof { values: Vec::new(), range: Vec::new(), ranged_s: None, ranged_omega: None, ..proof.clone() };
    assert_eq!(fault(&election, &prefix, &bare.encode()), Some(BallotFault::Length));

    let without = Election::new(choice(1, 1, 3, false));
    let (prefix, plain) = without.cast(&[1, 0], 1);
    let mut plain = Proof::decode(&plain, &without.shape);
    plain.values = proof.values[..1].to_vec();
    assert_eq!(fault(&without, &prefix, &plain.encode()), Some(BallotFault::Length));
}
