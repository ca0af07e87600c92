//! Provers that cheat. Each forgery would be accepted if the protocol left out one thing, and the test says which.

use tabella_crypto::ballot::{BallotFault, Prefix};
use tabella_crypto::batch::{Submission, verify_batch};
use tabella_crypto::group::{Point, Scalar, decode_point, encode_point};

use crate::prover::{Claim, Proof};
use crate::samples::{Election, base, choice, legal, quadratic, ranking, rng, score};

/// Asserts that the forgery is refused alone and beside an honest ballot of this vote.
pub fn assert_refused(election: &Election, vote: &[u64], prefix: &Prefix, proof: &Proof) {
    let proof = proof.encode();
    assert_eq!(election.context.verify(prefix, &proof).unwrap_err(), BallotFault::Proof);

    let (honest_prefix, honest_proof) = election.cast(vote, 40);
    let submissions = [
        Submission { context: &election.context, prefix: &honest_prefix, proof: &honest_proof },
        Submission { context: &election.context, prefix, proof: &proof },
    ];
    let faults = verify_batch(&submissions, [6; 32]).into_iter().map(Result::err);
    assert_eq!(faults.collect::<Vec<_>>(), [None, Some(BallotFault::Proof)]);
}

fn point(bytes: &[u8; 32]) -> Point {
    decode_point(bytes).unwrap()
}

/// Adds `difference` to an encoded point.
fn add(bytes: &mut [u8; 32], difference: Point) {
    *bytes = encode_point(&(point(bytes) + difference));
}

/// Which of the four equations do not hold.
pub fn broken(remainders: [Point; 4]) -> [bool; 4] {
    remainders.map(|remainder| remainder != base() - base())
}

#[test]
fn assignments_that_break_a_rule_cannot_be_proven() {
    let cases: [(_, &[&[i64]]); 4] = [
        // Two votes for one option; two options; votes taken from one option to be given to another; a half vote twice.
        (choice(1, 1, 3, false), &[&[2, 0], &[1, 1], &[-1, 0], &[-1, 1], &[1000, -999]]),
        (score(2, 3), &[&[1, 1, 1, 0, 0, 0], &[1, 1, 0, 0, 1, 0], &[3, 0, 0, 0, 0, 0], &[1, 1, 0, 0, -1, 1]]),
        (quadratic(2, 4), &[&[1, 1, 0, 0, 0, 0, 0], &[0, 1, 0, 1, 0, 0, 0], &[0, 1, 0, 0, 1, 0, 0]]),
        (ranking(3), &[&[1, 0, 1], &[0, 1, 0], &[2, 2, 2]]),
    ];
    for (shape, illegal) in cases {
        let election = Election::new(shape);
        for bits in illegal {
            let mut claim = Claim::new(&election, &[], &mut rng(1));
            claim.coordinates = bits.iter().map(|&bit| Scalar::from(bit.unsigned_abs()) * sign(bit)).collect();
            let prefix = claim.prefix();
            let proof = claim.prove(&prefix, &mut rng(2));
            let (y, x) = proof.challenges(&election, &prefix);
            assert_eq!(broken(proof.remainders(&election, &prefix, y, x)), [true, false, false, false], "{bits:?}");
            assert_refused(&election, &legal(&election.shape)[0], &prefix, &proof);
        }
    }
}

fn sign(value: i64) -> Scalar {
    if value < 0 { -Scalar::ONE } else { Scalar::ONE }
}

#[test]
fn two_votes_are_refused_even_from_those_who_know_every_key() {
    let election = Election::new(choice(1, 1, 3, false));
    let honest = || Claim::new(&election, &[1, 0], &mut rng(1));
    let sk = election.secrets[0];
    let (two_votes, other_randomness) = (base(), Scalar::from(5_u64));

    // One more vote in the ciphertext; the same made of randomness, which only the holders of the key can do; other
    // randomness in one slot than in R.
    for added in [two_votes, election.keys[0] * sk.invert(), election.keys[0] * other_randomness] {
        let mut claim = honest();
        claim.added_to_ciphertexts[0] = added;
        let prefix = claim.prefix();
        let proof = claim.prove(&prefix, &mut rng(2));
        let (y, x) = proof.challenges(&election, &prefix);
        assert_eq!(broken(proof.remainders(&election, &prefix, y, x)), [false, true, false, false]);
        assert_refused(&election, &legal(&election.shape)[0], &prefix, &proof);
    }
}

#[test]
fn a_ballot_worth_a_thousand_votes_is_refused_because_r_is_in_the_second_equation() {
    let election = Election::new(choice(0, 1, 1, false));
    // The committed vote is 1 − b = 0, but the trustees make an R under which the ciphertext decrypts to 1,000.
    let mut claim = Claim::new(&election, &[1], &mut rng(1));
    claim.added_to_r = base() * (-Scalar::from(1_000_u64) * election.secrets[0].invert());
    let prefix = claim.prefix();
    let proof = claim.prove(&prefix, &mut rng(2));

    let worth = election.decrypt(0, &point(&prefix.r), &point(&prefix.ciphertexts[0]));
    assert_eq!(worth, base() * Scalar::from(1_000_u64));
    // Without R the equation would hold: nothing but the forged part of R is left of it.
    let (y, x) = proof.challenges(&election, &prefix);
    let [first, second, third, _] = proof.remainders(&election, &prefix, y, x);
    assert_eq!([first, second - claim.added_to_r * x, third], [base() - base(); 3]);
    assert_refused(&election, &legal(&election.shape)[0], &prefix, &proof);
}

#[test]
fn two_votes_are_refused_because_b_is_hashed_before_y() {
    let election = Election::new(choice(1, 1, 3, false));
    let mut claim = Claim::new(&election, &[1, 0], &mut rng(1));
    claim.coordinates[0] = Scalar::from(2_u64);
    let mut prefix = claim.prefix();
    let proof = claim.prove(&prefix, &mut rng(2));
    let (y, x) = proof.challenges(&election, &prefix);

    // Who knows y can hide in B what the broken rule leaves over.
    let [left_over, ..] = proof.remainders(&election, &prefix, y, x);
    add(&mut prefix.b, -left_over * (x * x).invert());
    assert_eq!(broken(proof.remainders(&election, &prefix, y, x)), [false; 4]);
    assert_refused(&election, &legal(&election.shape)[0], &prefix, &proof);
}

#[test]
fn a_ballot_in_the_name_of_another_is_refused_because_the_signature_has_its_own_equation() {
    let election = Election::new(choice(1, 1, 3, false));
    let mut claim = Claim::new(&election, &[1, 0], &mut rng(1));
    // The credential is known, its secret is not. Taken out of R, it would cancel in a sum of both equations.
    claim.kappa = Scalar::ZERO;
    claim.added_to_r = -claim.credential;
    let prefix = claim.prefix();
    let proof = claim.prove(&prefix, &mut rng(2));

    let (y, x) = proof.challenges(&election, &prefix);
    let [first, second, third, _] = proof.remainders(&election, &prefix, y, x);
    assert_eq!([first, second + third], [base() - base(); 2]);
    assert_refused(&election, &legal(&election.shape)[0], &prefix, &proof);
}

#[test]
fn a_signature_of_another_key_is_refused() {
    let election = Election::new(choice(1, 1, 3, false));
    let mut claim = Claim::new(&election, &[1, 0], &mut rng(1));
    claim.kappa += Scalar::ONE;
    let prefix = claim.prefix();
    assert_refused(&election, &legal(&election.shape)[0], &prefix, &claim.prove(&prefix, &mut rng(2)));
}

/// Changes a prefix and a proof so that the equations still hold for the challenges y and x, which are given after a
/// difference.
type Solution = fn(&mut Prefix, &mut Proof, Point, Scalar, Scalar);

#[test]
fn statements_solved_for_after_the_proof_are_refused() {
    let election = Election::new(choice(1, 1, 3, false));
    let (prefix, proof) = election.cast(&[1, 0], 1);
    let proof = Proof::decode(&proof, &election.shape);
    let (y, x) = proof.challenges(&election, &prefix);
    let difference = base() * Scalar::from(77_u64);

    let solutions: [Solution; 7] = [
        |prefix, _, difference, y, _| {
            add(&mut prefix.ciphertexts[0], difference);
            add(&mut prefix.ciphertexts[1], -difference * y.invert());
        },
        |prefix, _, difference, y, _| {
            add(&mut prefix.r, difference * y);
            add(&mut prefix.ciphertexts[0], -difference);
        },
        |prefix, proof, difference, y, x| {
            add(&mut prefix.ciphertexts[0], difference);
            proof.s -= difference * y * x;
        },
        |prefix, proof, difference, _, x| {
            add(&mut prefix.b, difference);
            proof.t -= difference * x;
        },
        |prefix, proof, difference, _, x| {
            add(&mut prefix.b, difference);
            proof.t0 -= difference * x * x;
        },
        |_, proof, difference, _, x| {
            proof.t += difference;
            proof.t0 -= difference * x;
        },
        |prefix, proof, difference, _, x| {
            add(&mut prefix.credential, difference);
            proof.k_a -= difference * x;
        },
    ];
    for solve in solutions {
        let (mut prefix, mut proof) = (prefix.clone(), proof.clone());
        solve(&mut prefix, &mut proof, difference, y, x);
        // All equations hold for the challenges of the honest proof.
        assert_eq!(broken(proof.remainders(&election, &prefix, y, x)), [false; 4]);
        assert_refused(&election, &legal(&election.shape)[0], &prefix, &proof);
    }
}
