//! Decryption shares with one thing changed, and what can be combined.

mod forgeries;

use std::sync::Arc;

use tabella_crypto::decryption::{
    CombineFault, Decryption, Group, ProveFault, ShareFault, Statement, StatementFault, VerifiedShare, test_point,
};
use tabella_crypto::group::{EncodingFault, Point, Scalar, decode_point, encode_point, hash_to_group};
use tabella_crypto::trustee::KeyShare;

use crate::ceremony::{Finished, index, rng};

const COUNTED: [u8; 32] = [4; 32];
const INVALID: [u8; 32] = [0xff; 32];

fn point(number: u64) -> Point {
    Point::mul_base(&Scalar::from(number))
}

/// Slots 1, 4 and 2 of four in two groups.
fn groups() -> Vec<Group> {
    vec![Group { slots: vec![1, 4], aggregate: point(100) }, Group { slots: vec![2], aggregate: point(200) }]
}

fn ciphertexts() -> Vec<Point> {
    vec![point(11), point(12), point(13)]
}

fn finished() -> Finished {
    Finished::new(3, 2, 4)
}

fn statement(ceremony: &Finished) -> Arc<Statement> {
    statement_of(ceremony, COUNTED, groups(), ciphertexts())
}

fn statement_of(ceremony: &Finished, counted: [u8; 32], groups: Vec<Group>, sums: Vec<Point>) -> Arc<Statement> {
    Arc::new(Statement::share(Arc::clone(&ceremony.keys), counted, groups, sums).unwrap())
}

fn prove(statement: &Arc<Statement>, ceremony: &Finished, trustee: u64) -> Decryption {
    statement.prove(&ceremony.shares[&index(trustee)], &mut rng(trustee)).unwrap()
}

/// The fault of trustee 1's decryption.
fn fault(statement: &Arc<Statement>, decryption: &Decryption) -> Option<ShareFault> {
    statement.verify(index(1), &decryption.points, &decryption.proof).err()
}

/// One 32-byte part replaced.
fn replaced(bytes: &[u8], part: usize, by: [u8; 32]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    bytes[32 * part..32 * (part + 1)].copy_from_slice(&by);
    bytes
}

fn swapped(bytes: &[u8], first: usize, second: usize) -> Vec<u8> {
    let mut parts = bytes.as_chunks::<32>().0.to_vec();
    parts.swap(first, second);
    parts.into_flattened()
}

#[test]
fn decryptions_are_the_shares_times_the_aggregate() {
    let ceremony = finished();
    let decryption = prove(&statement(&ceremony), &ceremony, 2);
    let public = ceremony.keys.public_shares(index(2)).unwrap();
    let expected =
        [public[0] * Scalar::from(100_u64), public[3] * Scalar::from(100_u64), public[1] * Scalar::from(200_u64)];
    let decoded: Vec<_> = decryption.points.as_chunks().0.iter().map(|bytes| decode_point(bytes).unwrap()).collect();
    assert_eq!(decoded, expected);
    assert_eq!(decryption.proof.len(), 32 * 5);
}

#[test]
fn a_share_is_bound_to_its_statement() {
    let ceremony = finished();
    let honest = prove(&statement(&ceremony), &ceremony, 1);
    let with_groups = |alter: fn(&mut Vec<Group>)| {
        let mut groups = groups();
        alter(&mut groups);
        statement_of(&ceremony, COUNTED, groups, ciphertexts())
    };
    let with_ciphertexts = |alter: fn(&mut Vec<Point>)| {
        let mut sums = ciphertexts();
        alter(&mut sums);
        statement_of(&ceremony, COUNTED, groups(), sums)
    };
    for (what, other) in [
        ("counted hash", statement_of(&ceremony, [5; 32], groups(), ciphertexts())),
        ("first R", with_groups(|groups| groups[0].aggregate = point(101))),
        ("last R", with_groups(|groups| groups[1].aggregate = point(201))),
        ("a slot", with_groups(|groups| groups[0].slots[1] = 3)),
        ("order of slots", with_groups(|groups| groups[0].slots.swap(0, 1))),
        ("slots of groups", with_groups(|groups| (groups[0].slots, groups[1].slots) = (vec![1, 2], vec![4]))),
        ("border of groups", with_groups(|groups| (groups[0].slots, groups[1].slots) = (vec![1], vec![4, 2]))),
        ("order of groups", with_groups(|groups| groups.swap(0, 1))),
        ("first ciphertext", with_ciphertexts(|sums| sums[0] = point(14))),
        ("last ciphertext", with_ciphertexts(|sums| sums[2] = point(14))),
        ("order of ciphertexts", with_ciphertexts(|sums| sums.swap(0, 1))),
    ] {
        assert_eq!(fault(&other, &honest), Some(ShareFault::Proof), "{what}");
    }
    assert_eq!(fault(&statement(&ceremony), &honest), None);
}

#[test]
fn a_share_is_bound_to_its_trustee_and_keys() {
    let ceremony = finished();
    let statement = statement(&ceremony);
    let Decryption { points, proof } = prove(&statement, &ceremony, 1);
    assert_eq!(statement.verify(index(2), &points, &proof), Err(ShareFault::Proof));
    assert_eq!(statement.verify(index(4), &points, &proof), Err(ShareFault::NotQualified));

    let dealings = crate::ceremony::Dealt::new(3, 2, 4).dealings();
    let dealings: Vec<_> = dealings.iter().collect();
    let keys = tabella_crypto::qualified::ElectionKeys::from_dealings(&dealings, &[9; 32]).unwrap();
    let of_other_keys = Arc::new(Statement::share(Arc::new(keys), COUNTED, groups(), ciphertexts()).unwrap());
    assert_eq!(of_other_keys.verify(index(1), &points, &proof), Err(ShareFault::Proof));
    let refused = of_other_keys.prove(&ceremony.shares[&index(1)], &mut rng(1));
    assert_eq!(refused, Err(ProveFault::OtherKeys));
}

#[test]
fn each_part_of_a_share_is_checked() {
    let ceremony = finished();
    let statement = statement(&ceremony);
    let Decryption { points, proof } = prove(&statement, &ceremony, 1);
    let other = encode_point(&point(77));
    for part in 0..3 {
        for (by, expected) in [(INVALID, ShareFault::Encoding(EncodingFault::Point)), (other, ShareFault::Proof)] {
            let altered = Decryption { points: replaced(&points, part, by), proof: proof.clone() };
            assert_eq!(fault(&statement, &altered), Some(expected), "D {part}");
            let altered = Decryption { points: points.clone(), proof: replaced(&proof, part, by) };
            assert_eq!(fault(&statement, &altered), Some(expected), "W or V {part}");
        }
    }
    for part in 3..5 {
        let one = Scalar::ONE.to_bytes();
        for (by, expected) in [(INVALID, ShareFault::Encoding(EncodingFault::Scalar)), (one, ShareFault::Proof)] {
            let altered = Decryption { points: points.clone(), proof: replaced(&proof, part, by) };
            assert_eq!(fault(&statement, &altered), Some(expected), "z {part}");
        }
    }
}

#[test]
fn points_and_scalars_of_a_share_cannot_change_places() {
    let ceremony = finished();
    let statement = statement(&ceremony);
    let Decryption { points, proof } = prove(&statement, &ceremony, 1);
    for (first, second) in [(0, 1), (1, 2)] {
        let altered = Decryption { points: swapped(&points, first, second), proof: proof.clone() };
        assert_eq!(fault(&statement, &altered), Some(ShareFault::Proof), "D {first} and {second}");
    }
    for (first, second) in [(0, 1), (1, 2), (3, 4)] {
        let altered = Decryption { points: points.clone(), proof: swapped(&proof, first, second) };
        assert_eq!(fault(&statement, &altered), Some(ShareFault::Proof), "parts {first} and {second} of the proof");
    }
}

#[test]
fn errors_cannot_cancel_between_slots() {
    let ceremony = finished();
    let statement = statement(&ceremony);
    let Decryption { points, proof } = prove(&statement, &ceremony, 1);
    let decoded: Vec<_> = points.as_chunks().0.iter().map(|bytes| decode_point(bytes).unwrap()).collect();
    for (first, second) in [(0, 1), (0, 2)] {
        let moved = replaced(&points, first, encode_point(&(decoded[first] + point(1))));
        let moved = replaced(&moved, second, encode_point(&(decoded[second] - point(1))));
        let altered = Decryption { points: moved, proof: proof.clone() };
        assert_eq!(fault(&statement, &altered), Some(ShareFault::Proof), "D {first} and {second}");
    }
}

#[test]
fn a_share_has_one_length() {
    let ceremony = finished();
    let statement = statement(&ceremony);
    let Decryption { points, proof } = prove(&statement, &ceremony, 1);
    let lengths = |bytes: &[u8]| {
        let longer = |surplus| [bytes, &vec![0; surplus]].concat();
        [Vec::new(), bytes[..bytes.len() - 32].to_vec(), bytes[..bytes.len() - 1].to_vec(), longer(1), longer(32)]
    };
    for points in lengths(&points) {
        assert_eq!(fault(&statement, &Decryption { points, proof: proof.clone() }), Some(ShareFault::Length));
    }
    for proof in lengths(&proof) {
        assert_eq!(fault(&statement, &Decryption { points: points.clone(), proof }), Some(ShareFault::Length));
    }
}

#[test]
fn faults_are_found_in_the_order_of_the_spec() {
    let ceremony = finished();
    let statement = statement(&ceremony);
    let Decryption { points, proof } = prove(&statement, &ceremony, 1);
    let bad_scalar = replaced(&proof, 3, INVALID);
    let bad_points = Decryption { points: replaced(&points, 2, INVALID), proof: bad_scalar.clone() };
    let bad_nonce = Decryption { points: points.clone(), proof: replaced(&bad_scalar, 2, INVALID) };
    let bad_length = Decryption { proof: bad_scalar[..128].to_vec(), ..bad_points.clone() };
    assert_eq!(fault(&statement, &bad_length), Some(ShareFault::Length));
    assert_eq!(fault(&statement, &bad_points), Some(ShareFault::Encoding(EncodingFault::Point)));
    assert_eq!(fault(&statement, &bad_nonce), Some(ShareFault::Encoding(EncodingFault::Point)));
}

#[test]
fn the_identity_may_be_decrypted() {
    let ceremony = finished();
    let groups = vec![Group { slots: vec![3], aggregate: point(0) }];
    let statement = statement_of(&ceremony, COUNTED, groups, vec![point(5)]);
    let shares: Vec<_> = [1, 2].map(|trustee| verified(&statement, &ceremony, trustee)).into();
    assert_eq!(statement.combine(&shares), Ok(vec![point(0)]));
}

#[test]
fn statements_are_about_slots_of_the_election() {
    let keys = finished().keys;
    let make = |slots: &[&[usize]], ciphertexts: usize| {
        let group = |slots: &&[usize]| Group { slots: slots.to_vec(), aggregate: point(1) };
        let groups = slots.iter().map(group).collect();
        Statement::share(Arc::clone(&keys), COUNTED, groups, vec![point(1); ciphertexts]).err()
    };
    assert_eq!(make(&[&[1, 2], &[3, 4]], 4), None);
    assert_eq!(make(&[], 0), Some(StatementFault::NoGroup));
    assert_eq!(make(&[&[1, 0]], 2), Some(StatementFault::Slot(0)));
    assert_eq!(make(&[&[1, 5]], 2), Some(StatementFault::Slot(5)));
    assert_eq!(make(&[&[1], &[2, 1]], 3), Some(StatementFault::Slot(1)));
    assert_eq!(make(&[&[1], &[2]], 1), Some(StatementFault::Ciphertexts { slots: 2, found: 1 }));
    assert_eq!(make(&[&[1], &[2]], 3), Some(StatementFault::Ciphertexts { slots: 2, found: 3 }));
}

#[test]
fn a_rehearsal_decrypts_a_point_of_its_own() {
    let ceremony = finished();
    let hash = ceremony.keys.hash();
    let data = [&[1; 32][..], &[0, 0, 0, 0, 0, 0, 0, 1], &hash, &[0, 0, 0, 0, 0, 0, 0, 7]].concat();
    assert_eq!(test_point(&ceremony.keys, 7), hash_to_group("rehearsal", &data));

    let rehearsal = Arc::new(Statement::rehearsal(Arc::clone(&ceremony.keys), 7));
    let decryption = prove(&rehearsal, &ceremony, 1);
    assert_eq!((decryption.points.len(), decryption.proof.len()), (4 * 32, 3 * 32));
    assert_eq!(fault(&rehearsal, &decryption), None);
    let next = Arc::new(Statement::rehearsal(Arc::clone(&ceremony.keys), 8));
    assert_eq!(fault(&next, &decryption), Some(ShareFault::Proof));
}

#[test]
fn a_rehearsal_is_no_share() {
    let ceremony = finished();
    let rehearsal = Arc::new(Statement::rehearsal(Arc::clone(&ceremony.keys), 7));
    let decryption = prove(&rehearsal, &ceremony, 1);
    let groups = vec![Group { slots: vec![1, 2, 3, 4], aggregate: test_point(&ceremony.keys, 7) }];
    let share = statement_of(&ceremony, COUNTED, groups, vec![point(1); 4]);
    assert_eq!(fault(&share, &decryption), Some(ShareFault::Proof));
}

#[test]
fn a_damaged_key_share_is_noticed() {
    let ceremony = finished();
    let statement = statement(&ceremony);
    let mut bytes = ceremony.shares[&index(1)].to_secret_bytes();
    let first_scalar = b"tabella/1/key-share\0".len() + 48;
    bytes[first_scalar..first_scalar + 32].copy_from_slice(Scalar::ONE.as_bytes());
    let damaged = KeyShare::from_secret_bytes(&bytes).unwrap();
    assert_eq!(statement.prove(&damaged, &mut rng(1)), Err(ProveFault::SelfCheck(ShareFault::Proof)));
}

fn verified(statement: &Arc<Statement>, ceremony: &Finished, trustee: u64) -> VerifiedShare {
    let Decryption { points, proof } = prove(statement, ceremony, trustee);
    let verified = statement.verify(index(trustee), &points, &proof).unwrap();
    assert_eq!(verified.points().iter().flat_map(encode_point).collect::<Vec<u8>>(), points);
    verified
}

#[test]
fn fewer_than_the_threshold_do_not_decrypt() {
    let ceremony = finished();
    let statement = statement(&ceremony);
    let share = verified(&statement, &ceremony, 3);
    let none = CombineFault::TooFew { needed: 2, found: 0 };
    let one = CombineFault::TooFew { needed: 2, found: 1 };
    assert_eq!(statement.combine(&[]), Err(none));
    assert_eq!(statement.combine(std::slice::from_ref(&share)), Err(one));
    assert_eq!(statement.combine(&[share.clone(), share]), Err(CombineFault::RepeatedTrustee(index(3))));
}

#[test]
fn shares_of_different_statements_do_not_combine() {
    let ceremony = finished();
    let ours = statement(&ceremony);
    let theirs = statement_of(&ceremony, [5; 32], groups(), ciphertexts());
    let shares = [verified(&ours, &ceremony, 1), verified(&theirs, &ceremony, 2)];
    assert_eq!(ours.combine(&shares), Err(CombineFault::OtherStatement(index(2))));
    assert_eq!(theirs.combine(&shares), Err(CombineFault::OtherStatement(index(1))));
}

#[test]
fn equal_statements_are_one() {
    let ceremony = finished();
    let shares = [1, 2].map(|trustee| verified(&statement(&ceremony), &ceremony, trustee));
    assert!(statement(&ceremony).combine(&shares).is_ok());
}

#[test]
fn nonces_differ_even_if_the_generator_repeats() {
    let ceremony = finished();
    let share = &ceremony.shares[&index(1)];
    let nonces = |counted: u8| {
        let statement = statement_of(&ceremony, [counted; 32], groups(), ciphertexts());
        statement.prove(share, &mut rng(1)).unwrap().proof[..64].to_vec()
    };
    assert_eq!(nonces(4), nonces(4));
    assert_ne!(nonces(4), nonces(5));
}
