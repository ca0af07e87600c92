//! Challenged ballots: honest ones, and ones with one thing changed.

use tabella_crypto::ballot::{ChallengeFault, Context, Opening, Prefix};
use tabella_crypto::group::{EncodingFault, Scalar, decode_point, decode_scalar, encode_point};

use crate::samples::{ELECTION, Election, STYLE, base, choice, legal, rng, shapes, voter};

fn challenge(election: &Election, bits: &[u64]) -> (Prefix, Opening) {
    let draft = election.context.encrypt(&election.voter, Some([3; 20]), bits, 1, &mut rng(1)).unwrap();
    (draft.prefix().clone(), draft.challenge(&mut rng(2)).unwrap())
}

fn fault(election: &Election, prefix: &Prefix, opening: &Opening) -> Option<ChallengeFault> {
    election.context.verify_challenge(prefix, opening).err()
}

fn plus_one(scalar: &[u8]) -> [u8; 32] {
    (decode_scalar(scalar.try_into().unwrap()).unwrap() + Scalar::ONE).to_bytes()
}

fn plus_base(point: &[u8]) -> [u8; 32] {
    encode_point(&(decode_point(point.try_into().unwrap()).unwrap() + base()))
}

#[test]
fn honest_challenges_show_their_votes() {
    for shape in shapes() {
        let election = Election::new(shape);
        for bits in legal(&election.shape).into_iter().step_by(5) {
            let (prefix, opening) = challenge(&election, &bits);
            assert_eq!(opening.coordinates, bits);
            let values = election.context.verify_challenge(&prefix, &opening).unwrap();
            assert_eq!(values, election.shape.evaluate(&bits).unwrap());
        }
    }
}

#[test]
fn an_opening_is_that_of_its_ballot() {
    let election = Election::new(choice(1, 1, 3, false));
    let (prefix, opening) = challenge(&election, &[1, 0]);
    let opened =
        |bits: &[u64], r| fault(&election, &prefix, &Opening { coordinates: bits.to_vec(), r, ..opening.clone() });
    assert_eq!(opened(&[1, 0], opening.r), None);
    for bits in [[0, 1], [0, 0], [1, 1], [2, 0], [u64::MAX, 1]] {
        assert_eq!(opened(&bits, opening.r), Some(ChallengeFault::Opening));
    }
    assert_eq!(opened(&[1, 0], plus_one(&opening.r)), Some(ChallengeFault::Opening));

    for slot in 0..3 {
        let mut other = prefix.clone();
        other.ciphertexts[slot] = plus_base(&other.ciphertexts[slot]);
        assert_eq!(fault(&election, &other, &opening), Some(ChallengeFault::Opening));
    }
    let other = Prefix { r: plus_base(&prefix.r), ..prefix.clone() };
    assert_eq!(fault(&election, &other, &opening), Some(ChallengeFault::Opening));
}

#[test]
fn a_challenge_is_signed_by_its_voter() {
    let election = Election::new(choice(1, 1, 3, false));
    let (prefix, opening) = challenge(&election, &[1, 0]);
    let signature = Some(ChallengeFault::Signature);
    let others = [
        Prefix { credential: voter(2).public(), ..prefix.clone() },
        Prefix { link: None, ..prefix.clone() },
        Prefix { link: Some([4; 20]), ..prefix.clone() },
        Prefix { b: plus_base(&prefix.b), ..prefix.clone() },
    ];
    for other in others {
        assert_eq!(fault(&election, &other, &opening), signature, "{other:?}");
    }
    for (half, changed) in [(0, plus_base(&opening.signature[..32])), (32, plus_one(&opening.signature[32..]))] {
        let mut other = opening.clone();
        other.signature[half..][..32].copy_from_slice(&changed);
        assert_eq!(fault(&election, &prefix, &other), signature);
    }
    for (other_election, style) in [([8; 32], STYLE), (ELECTION, STYLE + 1)] {
        let other = Context::new(other_election, style, election.shape.clone(), election.keys.clone()).unwrap();
        assert_eq!(other.verify_challenge(&prefix, &opening).err(), signature);
    }
}

#[test]
fn a_signature_covers_bits_that_no_slot_shows() {
    // Two slack bits of weight 1: either of them stands for the vote that was not given.
    let election = Election::new(choice(0, 2, 2, false));
    let (prefix, mut opening) = challenge(&election, &[1, 1, 0]);
    assert_eq!(fault(&election, &prefix, &opening), None);
    opening.coordinates = vec![1, 0, 1];
    assert_eq!(fault(&election, &prefix, &opening), Some(ChallengeFault::Signature));
}

#[test]
fn checks_of_challenges_are_made_in_order() {
    let election = Election::new(choice(1, 1, 3, false));
    let (prefix, opening) = challenge(&election, &[1, 0]);
    let encoding = |fault| Some(ChallengeFault::Encoding(fault));

    // Everything is wrong at first, and then one thing after another is mended, in the order of the checks.
    let mut bad_prefix = Prefix { r: [0xff; 32], b: [0xff; 32], link: None, ..prefix.clone() };
    bad_prefix.ciphertexts[2] = [0xff; 32];
    let mut bad_opening = Opening { coordinates: vec![1, 1, 0], r: [0xff; 32], signature: [0xff; 64] };
    let mut check = |mend: &dyn Fn(&mut Prefix, &mut Opening)| {
        mend(&mut bad_prefix, &mut bad_opening);
        fault(&election, &bad_prefix, &bad_opening)
    };
    assert_eq!(check(&|prefix, _| prefix.ciphertexts.truncate(2)), Some(ChallengeFault::Length));
    assert_eq!(check(&|prefix, _| prefix.ciphertexts.push([0xff; 32])), Some(ChallengeFault::Length));
    assert_eq!(check(&|_, opening| opening.coordinates.truncate(2)), encoding(EncodingFault::Point));
    assert_eq!(check(&|bad, _| bad.r = [0; 32]), encoding(EncodingFault::Point));
    assert_eq!(check(&|bad, _| bad.ciphertexts[2] = prefix.ciphertexts[2]), encoding(EncodingFault::Point));
    assert_eq!(check(&|bad, _| bad.b = prefix.b), encoding(EncodingFault::Point));
    let (k_a, omega) = opening.signature.split_at(32);
    assert_eq!(check(&|_, bad| bad.signature[..32].copy_from_slice(k_a)), encoding(EncodingFault::Scalar));
    assert_eq!(check(&|_, bad| bad.signature[32..].copy_from_slice(omega)), encoding(EncodingFault::Scalar));
    assert_eq!(check(&|_, bad| bad.r = opening.r), encoding(EncodingFault::Identity));
    assert_eq!(check(&|bad, _| bad.r = prefix.r), Some(ChallengeFault::Opening));
    assert_eq!(check(&|_, bad| bad.coordinates[1] = 0), Some(ChallengeFault::Signature));
    assert_eq!(check(&|bad, _| bad.link = prefix.link), None);
}

#[test]
fn nonces_of_challenges_differ_even_if_the_generator_repeats() {
    let election = Election::new(choice(1, 1, 3, false));
    let attempt = |attempt| {
        let draft = election.context.encrypt(&election.voter, None, &[1, 0], attempt, &mut rng(1)).unwrap();
        (draft.prefix().r, draft.challenge(&mut rng(1)).unwrap().signature)
    };
    let [(first_r, first_signature), (second_r, second_signature)] = [attempt(0), attempt(1)];
    assert_ne!(first_r, second_r);
    assert_ne!(first_signature[..32], second_signature[..32]);
}
