//! The keys that dealings give, and the ways in which they give none.

use std::collections::BTreeMap;

use tabella_crypto::dealing::Dealing;
use tabella_crypto::group::{Point, Scalar, decode_scalar, encode_point};
use tabella_crypto::polynomial::Index;
use tabella_crypto::qualified::{ElectionKeys, KeysClaim, KeysFault};
use tabella_crypto::transcript::Transcript;
use tabella_crypto::trustee::{CommitSecret, StepFault};

use super::{CONFIRMED, Committed, Dealt, Finished, index};

const SLOTS: usize = 2;
const THRESHOLD: usize = 2;
/// Where the coefficients stand in a [`CommitSecret`]'s bytes.
const COEFFICIENTS: usize = b"tabella/1/commit-secret\0".len() + 32 + 3 * 8 + 8;

fn keys_of(dealings: &[Dealing]) -> Result<ElectionKeys, KeysFault> {
    ElectionKeys::from_dealings(&dealings.iter().collect::<Vec<_>>(), &CONFIRMED)
}

fn coefficients(secret: &CommitSecret) -> Vec<Scalar> {
    let bytes = secret.to_secret_bytes();
    let encodings = bytes[COEFFICIENTS..].as_chunks().0.iter();
    encodings.take(SLOTS * THRESHOLD).map(|encoding| decode_scalar(encoding).unwrap()).collect()
}

/// The same secret with other polynomials.
fn with_coefficients(secret: &CommitSecret, coefficients: &[Scalar]) -> CommitSecret {
    let mut bytes = secret.to_secret_bytes();
    for (place, coefficient) in bytes[COEFFICIENTS..].chunks_exact_mut(32).zip(coefficients) {
        place.copy_from_slice(coefficient.as_bytes());
    }
    CommitSecret::from_secret_bytes(&bytes).unwrap()
}

/// The dealings of two trustees whose polynomials were altered in collusion.
fn colluding(alter: fn(&mut BTreeMap<Index, Vec<Scalar>>)) -> Vec<Dealing> {
    let mut committed = Committed::new(2, THRESHOLD, SLOTS);
    let mut drawn = committed.secrets.iter().map(|(trustee, secret)| (*trustee, coefficients(secret))).collect();
    alter(&mut drawn);
    for (trustee, secret) in &mut committed.secrets {
        *secret = with_coefficients(secret, &drawn[trustee]);
        committed.published.insert(*trustee, secret.commitment());
    }
    committed.deal().dealings()
}

#[test]
fn keys_that_are_the_identity_or_equal_fail_the_attempt() {
    let cancelled = colluding(|drawn| {
        let opposite = -drawn[&index(1)][THRESHOLD];
        drawn.get_mut(&index(2)).unwrap()[THRESHOLD] = opposite;
    });
    assert_eq!(keys_of(&cancelled), Err(KeysFault::IdentityKey { slot: 2 }));

    let equal = colluding(|drawn| {
        let difference = drawn[&index(1)][0] - drawn[&index(1)][THRESHOLD];
        let of_second = drawn.get_mut(&index(2)).unwrap();
        of_second[THRESHOLD] = of_second[0] + difference;
    });
    assert_eq!(keys_of(&equal), Err(KeysFault::EqualKeys { first: 1, second: 2 }));

    assert!(keys_of(&colluding(|_| ())).is_ok(), "an honest pair of dealings");
}

#[test]
fn keys_need_a_threshold_of_dealings_of_one_round() {
    let dealings = Dealt::new(3, THRESHOLD, SLOTS).dealings();
    let mut committed = Committed::new(3, THRESHOLD, SLOTS);
    committed.round.history = [9; 32];
    let of_another_round = committed.deal().dealing(index(2));

    assert_eq!(keys_of(&[]), Err(KeysFault::TooFew));
    assert_eq!(keys_of(&dealings[..1]), Err(KeysFault::TooFew));
    assert_eq!(keys_of(&[dealings[0].clone(), of_another_round]), Err(KeysFault::OtherRound));
    let repeated = [dealings[0].clone(), dealings[1].clone(), dealings[0].clone()];
    assert_eq!(keys_of(&repeated), Err(KeysFault::RepeatedDealer(index(1))));
}

#[test]
fn the_order_of_dealings_does_not_matter() {
    let mut dealings = Dealt::new(3, THRESHOLD, SLOTS).dealings();
    let keys = keys_of(&dealings);
    dealings.reverse();
    assert_eq!(keys_of(&dealings), keys);
}

#[test]
fn claimed_keys_are_keys_of_their_own() {
    let keys = Finished::new(3, THRESHOLD, SLOTS).keys;
    let claim = keys.claim();
    assert_eq!(claim.decode_slot_keys().as_deref(), Some(keys.slot_keys()));
    let changed = |key: [u8; 32]| KeysClaim { slot_keys: vec![claim.slot_keys[0], key], ..claim.clone() };
    for wrong in [claim.slot_keys[0], encode_point(&Point::mul_base(&Scalar::ZERO)), [0xff; 32]] {
        assert_eq!(changed(wrong).decode_slot_keys(), None, "{wrong:?}");
    }
}

#[test]
fn the_keys_hash_follows_the_spec() {
    let keys = Finished::new(3, THRESHOLD, SLOTS).keys;
    let encode = |points: &[Point]| -> Vec<u8> { points.iter().flat_map(encode_point).collect() };
    let shares: Vec<u8> = [1, 2, 3].into_iter().flat_map(|i| encode(keys.public_shares(index(i)).unwrap())).collect();
    let mut transcript = Transcript::new("tabella/1/keys");
    transcript.absorb("election", &[1; 32]);
    transcript.absorb("attempt", &1_u64.to_le_bytes());
    transcript.absorb("history", &CONFIRMED);
    transcript.absorb("qualified", &[0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 3]);
    transcript.absorb("keys", &encode(keys.slot_keys()));
    transcript.absorb("shares", &shares);
    assert_eq!(keys.hash(), transcript.hash());
}

#[test]
fn the_keys_hash_is_bound_to_the_history() {
    let dealings = Dealt::new(3, THRESHOLD, SLOTS).dealings();
    let dealings: Vec<_> = dealings.iter().collect();
    let hash = |history: u8| ElectionKeys::from_dealings(&dealings, &[history; 32]).unwrap().hash();
    assert_ne!(hash(3), hash(4));
}

#[test]
fn a_trustee_finishes_only_with_shares_of_all_qualified_dealers() {
    let dealt = Dealt::new(3, THRESHOLD, SLOTS);
    let dealings = dealt.dealings();
    let all: Vec<_> = dealings.iter().collect();
    let keys = ElectionKeys::from_dealings(&all, &CONFIRMED).unwrap();
    let others = ElectionKeys::from_dealings(&all[..2], &CONFIRMED).unwrap();
    let finish = |heard: &[&Dealing], keys: &ElectionKeys| {
        let secret = Dealt::new(3, THRESHOLD, SLOTS).secrets.remove(&index(3)).unwrap();
        secret.confirm(heard).unwrap().0.finish(keys).err()
    };
    assert_eq!(finish(&all, &keys), None);
    assert_eq!(finish(&all[1..], &keys), Some(StepFault::NoShare(index(1))));
    assert_eq!(finish(&all, &others), Some(StepFault::LeftOut));
}

#[test]
fn a_trustee_finishes_only_with_keys_of_its_attempt_that_match_its_shares() {
    let finish = |dealt: Dealt| {
        let keys = keys_of(&dealt.dealings()).unwrap();
        let honest = Dealt::new(3, THRESHOLD, SLOTS);
        let dealings = honest.dealings();
        let mut secrets = honest.secrets;
        let secret = secrets.remove(&index(3)).unwrap();
        secret.confirm(&dealings.iter().collect::<Vec<_>>()).unwrap().0.finish(&keys).err()
    };
    let mut committed = Committed::new(3, THRESHOLD, SLOTS);
    let secret = &committed.secrets[&index(1)];
    let mut altered = coefficients(secret);
    altered[0] += Scalar::ONE;
    let altered = with_coefficients(secret, &altered);
    committed.published.insert(index(1), altered.commitment());
    committed.secrets.insert(index(1), altered);

    assert_eq!(finish(Dealt::new(3, THRESHOLD, SLOTS)), None);
    assert_eq!(finish(committed.deal()), Some(StepFault::ShareMismatch));
    assert_eq!(finish(Dealt::new(3, THRESHOLD, SLOTS + 1)), Some(StepFault::OtherRound));
}
