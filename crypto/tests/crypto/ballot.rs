//! Honest ballots, and ballots with one thing changed.

use rand_core::Rng;
use tabella_crypto::ballot::{BallotFault, Context, ContextFault, DraftFault, Prefix};
use tabella_crypto::discrete_logarithm::LogarithmTable;
use tabella_crypto::group::{EncodingFault, Point, Scalar, decode_point, encode_point};
use tabella_crypto::shape::Shape;

use crate::prover::Claim;
use crate::samples::{ELECTION, Election, STYLE, assignments, base, choice, legal, quadratic, rng, shapes, sum, voter};

/// q, the order of the group, little-endian: the smallest encoding that is not a scalar.
const ORDER: [u8; 32] = [
    0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
];

/// p = 2^255 − 19, little-endian: the identity, were it not for the rule that encodings are canonical.
const FIELD: [u8; 32] = {
    let mut bytes = [0xff; 32];
    bytes[0] = 0xed;
    bytes[31] = 0x7f;
    bytes
};

fn fault(context: &Context, prefix: &Prefix, proof: &[u8]) -> Option<BallotFault> {
    context.verify(prefix, proof).err()
}

fn plus_base(encoded: &[u8; 32]) -> [u8; 32] {
    encode_point(&(decode_point(encoded).unwrap() + base()))
}

#[test]
fn every_legal_vote_is_accepted_and_means_its_values() {
    for shape in shapes() {
        let election = Election::new(shape);
        for (seed, bits) in (0..).zip(legal(&election.shape).into_iter().step_by(3)) {
            let (prefix, proof) = election.cast(&bits, seed);
            let ballot = election.context.verify(&prefix, &proof).unwrap();
            assert_eq!(ballot.prefix(), &prefix);
            assert_eq!(ballot.tracker(), election.context.tracker(&prefix));
            assert_eq!(proof.len(), election.shape.proof_length());
            let values = election.shape.evaluate(&bits).unwrap();
            for ((slot, ciphertext), value) in ballot.ciphertexts().iter().enumerate().zip(values) {
                assert_eq!(election.decrypt(slot, ballot.r(), ciphertext), base() * Scalar::from(value));
            }
        }
    }
}

#[test]
fn illegal_votes_are_not_encrypted() {
    for shape in shapes() {
        let election = Election::new(shape);
        let encrypt = |bits: &[u64]| election.context.encrypt(&election.voter, None, bits, 0, &mut rng(0));
        let illegal = assignments(election.shape.free()).filter(|bits| election.shape.evaluate(bits).is_none());
        for bits in illegal.step_by(7) {
            assert_eq!(encrypt(&bits).unwrap_err(), DraftFault::Illegal);
        }
        assert_eq!(encrypt(&vec![0; election.shape.free() + 1]).unwrap_err(), DraftFault::Illegal);
        if election.shape.free() > 0 {
            assert_eq!(encrypt(&vec![2; election.shape.free()]).unwrap_err(), DraftFault::Illegal);
        }
    }
}

#[test]
fn a_prover_written_after_the_specification_is_understood() {
    for shape in shapes() {
        let election = Election::new(shape);
        let bits = legal(&election.shape).pop().unwrap();
        let claim = Claim::new(&election, &bits, &mut rng(2));
        let prefix = claim.prefix();
        let proof = claim.prove(&prefix, &mut rng(3));
        assert_eq!(fault(&election.context, &prefix, &proof.encode()), None);
    }
}

#[test]
fn the_sum_of_ballots_decrypts_to_the_sum_of_votes() {
    let election = Election::new(Shape::join(&[choice(1, 2, 3, true), quadratic(2, 9)]).unwrap());
    let votes: Vec<Vec<u64>> = legal(&election.shape).into_iter().step_by(11).take(40).collect();
    let ballots: Vec<_> = (0..)
        .zip(&votes)
        .map(|(seed, bits)| {
            let (prefix, proof) = election.cast(bits, seed);
            election.context.verify(&prefix, &proof).unwrap()
        })
        .collect();

    let table = LogarithmTable::new(1_000);
    let r = sum(ballots.iter().map(|ballot| ballot.r()));
    for slot in 0..election.keys.len() {
        let ciphertext = sum(ballots.iter().map(|ballot| &ballot.ciphertexts()[slot]));
        let total = votes.iter().map(|bits| election.shape.evaluate(bits).unwrap()[slot]).sum();
        assert_eq!(table.find(&election.decrypt(slot, &r, &ciphertext), 1_000), Some(total));
    }
}

#[test]
fn each_bound_field_is_bound() {
    let election = Election::new(choice(1, 2, 3, true));
    let (prefix, proof) = election.cast(&[1, 0, 0, 0], 5);
    let Election { shape, keys, context, .. } = &election;
    assert_eq!(fault(context, &prefix, &proof), None);

    let in_context = |election, style, shape: &Shape, keys: &[Point]| {
        let context = Context::new(election, style, shape.clone(), keys.to_vec()).unwrap();
        fault(&context, &prefix, &proof)
    };
    let mut swapped_keys = keys.clone();
    swapped_keys.swap(2, 3);
    let mut constraints = shape.constraints().to_vec();
    constraints.swap(0, 1);
    let swapped_constraints = Shape::new(shape.free(), shape.slots().to_vec(), constraints).unwrap();
    assert_eq!(in_context(ELECTION, STYLE, shape, keys), None);
    assert_eq!(in_context([8; 32], STYLE, shape, keys), Some(BallotFault::Proof));
    assert_eq!(in_context(ELECTION, STYLE + 1, shape, keys), Some(BallotFault::Proof));
    assert_eq!(in_context(ELECTION, STYLE, &swapped_constraints, keys), Some(BallotFault::Proof));
    assert_eq!(in_context(ELECTION, STYLE, shape, &swapped_keys), Some(BallotFault::Proof));

    let mut changed = vec![
        Prefix { credential: voter(2).public(), ..prefix.clone() },
        Prefix { link: Some([0; 20]), ..prefix.clone() },
        Prefix { r: plus_base(&prefix.r), ..prefix.clone() },
        Prefix { b: plus_base(&prefix.b), ..prefix.clone() },
    ];
    for slot in 0..keys.len() {
        let mut other = prefix.clone();
        other.ciphertexts[slot] = plus_base(&prefix.ciphertexts[slot]);
        changed.push(other);
    }
    let mut swapped = prefix.clone();
    swapped.ciphertexts.swap(0, 1);
    changed.push(swapped);
    let tracker = context.tracker(&prefix);
    for other in &changed {
        assert_eq!(fault(context, other, &proof), Some(BallotFault::Proof), "{other:?}");
        assert_ne!(context.tracker(other), tracker);
    }
}

#[test]
fn a_link_is_bound_to_its_ballot() {
    let election = Election::new(choice(1, 1, 2, false));
    let draft = election.context.encrypt(&election.voter, Some([4; 20]), &[1], 0, &mut rng(1)).unwrap();
    let prefix = draft.prefix().clone();
    let proof = draft.cast(&mut rng(2)).unwrap();
    assert_eq!(fault(&election.context, &prefix, &proof), None);
    for link in [None, Some([5; 20])] {
        let other = Prefix { link, ..prefix.clone() };
        assert_eq!(fault(&election.context, &other, &proof), Some(BallotFault::Proof));
    }
}

#[test]
fn each_part_of_a_proof_counts() {
    let election = Election::new(choice(1, 4, 5, true));
    let (prefix, proof) = election.cast(&legal(&election.shape)[9], 5);
    let (chunks, _) = proof.as_chunks::<32>();
    let fault = |chunks: Vec<[u8; 32]>| fault(&election.context, &prefix, &chunks.concat());
    for place in 0..chunks.len() {
        let mut changed = chunks.to_vec();
        changed[place] = match place {
            0..4 => plus_base(&chunks[place]),
            _ => (Scalar::from_canonical_bytes(chunks[place]).unwrap() + Scalar::ONE).to_bytes(),
        };
        assert_eq!(fault(changed), Some(BallotFault::Proof), "chunk {place} changed");

        let mut missing = chunks.to_vec();
        missing.remove(place);
        assert_eq!(fault(missing), Some(BallotFault::Length), "chunk {place} missing");

        let mut surplus = chunks.to_vec();
        surplus.insert(place, chunks[place]);
        assert_eq!(fault(surplus), Some(BallotFault::Length), "chunk {place} twice");

        let mut zero = chunks.to_vec();
        zero[place] = [0; 32];
        assert_eq!(fault(zero), Some(BallotFault::Proof), "chunk {place} zero");
    }
    for place in (0..3).chain(4..chunks.len() - 1) {
        let mut swapped = chunks.to_vec();
        swapped.swap(place, place + 1);
        assert_eq!(fault(swapped), Some(BallotFault::Proof), "chunks {place} and the next swapped");
    }
}

#[test]
fn lengths_are_exact() {
    let election = Election::new(choice(1, 1, 3, false));
    let (prefix, proof) = election.cast(&[1, 0], 5);
    let check = |prefix: &Prefix, proof: &[u8]| fault(&election.context, prefix, proof);
    for length in 0..proof.len() {
        assert_eq!(check(&prefix, &proof[..length]), Some(BallotFault::Length));
    }
    assert_eq!(check(&prefix, &[&proof[..], &[0]].concat()), Some(BallotFault::Length));
    for count in [0, 2, 4] {
        let ciphertexts = prefix.ciphertexts.iter().copied().cycle().take(count).collect();
        let other = Prefix { ciphertexts, ..prefix.clone() };
        assert_eq!(check(&other, &proof), Some(BallotFault::Length));
    }
}

#[test]
fn encodings_are_canonical_and_judged_in_order() {
    let election = Election::new(choice(1, 1, 3, false));
    let (prefix, proof) = election.cast(&[1, 0], 5);
    let with_proof = |place: usize, bytes: [u8; 32]| {
        let mut changed = proof.clone();
        changed[32 * place..][..32].copy_from_slice(&bytes);
        changed
    };
    let check = |prefix: &Prefix, proof: &[u8]| fault(&election.context, prefix, proof);
    let [point, scalar, identity] = [EncodingFault::Point, EncodingFault::Scalar, EncodingFault::Identity]
        .map(|fault| Some(BallotFault::Encoding(fault)));

    // The negative of a field element encodes no point, nor do p and numbers above it.
    let mut negative = FIELD;
    (0..32).fold(0_u16, |borrow, place| {
        let difference = 0x100 + u16::from(FIELD[place]) - u16::from(prefix.b[place]) - borrow;
        negative[place] = difference as u8;
        1 - (difference >> 8)
    });
    for bytes in [FIELD, negative, [0xff; 32]] {
        for place in 0..4 {
            assert_eq!(check(&prefix, &with_proof(place, bytes)), point);
        }
        for slot in 0..3 {
            let mut other = prefix.clone();
            other.ciphertexts[slot] = bytes;
            assert_eq!(check(&other, &proof), point);
        }
        assert_eq!(check(&Prefix { r: bytes, ..prefix.clone() }, &proof), point);
        assert_eq!(check(&Prefix { b: bytes, ..prefix.clone() }, &proof), point);
        assert_eq!(check(&Prefix { credential: bytes, ..prefix.clone() }, &proof), point);
    }

    for place in 4..proof.len() / 32 {
        let mut above = proof[32 * place..][..32].to_vec();
        (0..32).fold(0_u16, |carry, byte| {
            let sum = u16::from(above[byte]) + u16::from(ORDER[byte]) + carry;
            above[byte] = sum as u8;
            sum >> 8
        });
        for bytes in [ORDER, above.try_into().unwrap(), [0xff; 32]] {
            assert_eq!(check(&prefix, &with_proof(place, bytes)), scalar);
        }
    }

    let identity_r = Prefix { r: [0; 32], ..prefix.clone() };
    assert_eq!(check(&identity_r, &proof), identity);
    assert_eq!(check(&Prefix { credential: [0; 32], ..prefix.clone() }, &proof), identity);

    // Lengths before points before scalars before the identity before the proof.
    let bad_scalar = with_proof(4, ORDER);
    let mut bad_both = bad_scalar.clone();
    bad_both[96..128].copy_from_slice(&FIELD);
    assert_eq!(check(&identity_r, &bad_scalar), scalar);
    assert_eq!(check(&identity_r, &bad_both), point);
    assert_eq!(check(&identity_r, &bad_both[1..]), Some(BallotFault::Length));
}

#[test]
fn a_context_needs_a_key_for_each_slot() {
    let shape = choice(1, 1, 2, false);
    let context = |keys| Context::new(ELECTION, STYLE, shape.clone(), keys).map(drop);
    assert_eq!(context(vec![base(), base() + base()]), Ok(()));
    assert_eq!(context(vec![base()]), Err(ContextFault::Count { keys: 1, slots: 2 }));
    assert_eq!(context(vec![base(); 3]), Err(ContextFault::Count { keys: 3, slots: 2 }));
    assert_eq!(context(vec![base(), base() - base()]), Err(ContextFault::Identity));
}

#[test]
fn no_bytes_make_the_verifier_panic() {
    let election = Election::new(choice(1, 1, 3, false));
    let (prefix, proof) = election.cast(&[1, 0], 5);
    let mut random = rng(9);
    for _ in 0..2_000 {
        let mut noise = vec![0; random.next_u32() as usize % 400];
        random.fill_bytes(&mut noise);
        let kept = random.next_u32() as usize % (proof.len() + 1);
        let mixed = [&proof[..kept], &noise].concat();
        assert!(mixed == proof || fault(&election.context, &prefix, &mixed).is_some());
    }
}
