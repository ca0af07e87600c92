//! Provers that cheat with ranged slots. Each forgery would be accepted if the protocol left out one thing.

use tabella_crypto::batch::{Submission, verify_batch};
use tabella_crypto::group::{Scalar, encode_point};
use tabella_crypto::shape::{Form, Shape};
use tabella_crypto::transcript::Transcript;

use super::{MIXED_VOTE, fault, mixed};
use crate::hostile::{assert_refused, broken};
use crate::kinds::choice;
use crate::prover::{Claim, Proof, blinding_base, prove_range, transcript};
use crate::samples::{Election, base, rng};

/// A shape of one number, and nothing but its range that bounds it.
fn one_number() -> Election {
    Election::new(Shape::with_ranged(1, vec![Form::coordinate(1)], Vec::new(), vec![1]).unwrap())
}

#[test]
fn numbers_out_of_range_are_refused_by_the_range_proof_alone() {
    let election = one_number();
    let largest = Scalar::from(65_535_u64);
    for (number, in_range) in
        [(Scalar::ZERO, true), (largest, true), (largest + Scalar::ONE, false), (-Scalar::ONE, false)]
    {
        let mut claim = Claim::new(&election, &[1], &mut rng(1));
        claim.coordinates = vec![number];
        claim.ranged = vec![number];
        let prefix = claim.prefix();
        let proof = claim.prove(&prefix, &mut rng(2));
        let (y, x) = proof.challenges(&election, &prefix);
        assert_eq!(broken(proof.remainders(&election, &prefix, y, x)), [false; 4]);
        if in_range {
            assert_eq!(fault(&election, &prefix, &proof.encode()), None);
        } else {
            assert_refused(&election, &[1], &prefix, &proof);
        }
    }
}

#[test]
fn a_number_encrypted_out_of_range_with_another_in_the_range_proof_breaks_the_fourth_equation() {
    let election = one_number();
    let mut claim = Claim::new(&election, &[1], &mut rng(1));
    claim.coordinates = vec![Scalar::from(1_000_000_u64)];
    let prefix = claim.prefix();
    let proof = claim.prove(&prefix, &mut rng(2));
    let (y, x) = proof.challenges(&election, &prefix);
    assert_eq!(broken(proof.remainders(&election, &prefix, y, x)), [false, false, false, true]);
    assert_refused(&election, &[1], &prefix, &proof);
}

#[test]
fn commitments_to_other_numbers_break_the_fourth_equation() {
    let election = mixed();
    let one = Scalar::ONE;
    let changes: [fn(&mut Claim<'_>, Scalar); 4] = [
        |claim, one| claim.ranged[0] += one,
        |claim, one| {
            claim.ranged[0] += one;
            claim.ranged[1] -= one;
        },
        |claim, _| claim.ranged.swap(0, 1),
        |claim, _| {
            claim.ranged.swap(1, 2);
            claim.blindings.swap(1, 2);
        },
    ];
    for change in changes {
        let mut claim = Claim::new(&election, &MIXED_VOTE, &mut rng(1));
        change(&mut claim, one);
        let prefix = claim.prefix();
        let proof = claim.prove(&prefix, &mut rng(2));
        let (y, x) = proof.challenges(&election, &prefix);
        let broken = broken(proof.remainders(&election, &prefix, y, x));
        assert_eq!(broken, [false, false, false, true]);
        assert_refused(&election, &MIXED_VOTE, &prefix, &proof);
    }
}

#[test]
fn range_proofs_of_other_ballots_and_transcripts_are_refused() {
    let election = mixed();
    let claim = || Claim::new(&election, &MIXED_VOTE, &mut rng(1));
    let prefix = claim().prefix();
    let (values, blindings) = (claim().ranged, claim().blindings);
    let made_on = |transcript: &Transcript| prove_range(transcript, &values, &blindings, &mut rng(4));

    let mut before_y = transcript(&prefix, &election.shape, &election.keys);
    let before_values = before_y.clone();
    before_y.absorb(
        "values",
        &claim().prove(&prefix, &mut rng(3)).values.iter().map(encode_point).collect::<Vec<_>>().concat(),
    );
    let mut after_y = before_y.clone();
    after_y.scalar("y");
    let mut after_another_y = before_values.clone();
    after_another_y.scalar("y");
    let of_another_ballot = Claim::new(&election, &MIXED_VOTE, &mut rng(9));
    let of_another_ballot = of_another_ballot.prove(&of_another_ballot.prefix(), &mut rng(9)).range;

    let replays = [
        of_another_ballot,
        made_on(&Transcript::new("tabella/1/ballot")),
        made_on(&before_values),
        made_on(&before_y),
        made_on(&after_another_y),
    ];
    for replayed in replays {
        let mut claim = claim();
        claim.range = Some(replayed);
        let proof = claim.prove(&prefix, &mut rng(2));
        let (y, x) = proof.challenges(&election, &prefix);
        assert_eq!(broken(proof.remainders(&election, &prefix, y, x)), [false; 4]);
        assert_refused(&election, &MIXED_VOTE, &prefix, &proof);
    }

    // The same made where it belongs is accepted.
    let mut claim = claim();
    claim.range = Some(made_on(&after_y));
    assert_eq!(fault(&election, &prefix, &claim.prove(&prefix, &mut rng(2)).encode()), None);
}

#[test]
fn a_proof_that_does_not_hash_its_commitments_is_refused() {
    let election = mixed();
    let mut claim = Claim::new(&election, &MIXED_VOTE, &mut rng(1));
    claim.hashes_values = false;
    let prefix = claim.prefix();
    let proof = claim.prove(&prefix, &mut rng(2));
    let (y, x) = proof.challenges(&election, &prefix);
    assert_eq!(broken(proof.remainders(&election, &prefix, y, x)), [false; 4]);
    assert_refused(&election, &MIXED_VOTE, &prefix, &proof);
}

/// Changes a proof so that the equations still hold for the challenges y and x, which are given after a difference.
type Solution = fn(&mut Proof, Scalar, Scalar, Scalar);

#[test]
fn statements_solved_for_after_the_proof_are_refused() {
    let election = mixed();
    let (prefix, proof) = election.cast(&MIXED_VOTE, 1);
    let proof = Proof::decode(&proof, &election.shape);
    let (y, x) = proof.challenges(&election, &prefix);

    // The ranged slots are the third, fourth and fifth.
    let solutions: [Solution; 5] = [
        |proof, difference, y, x| {
            proof.values[0] += base() * difference;
            add(&mut proof.ranged_s, base() * (-difference * y * y * y * x));
        },
        |proof, difference, y, _| {
            proof.values[0] += base() * difference;
            proof.values[1] -= base() * (difference * y.invert());
        },
        |proof, difference, y, x| {
            proof.values[0] += base() * difference;
            proof.values[2] -= blinding_base() * difference;
            add(&mut proof.ranged_s, base() * (-difference * y * y * y * x));
            add(&mut proof.ranged_omega, -difference * y * y * y * y * y * x);
        },
        |proof, difference, y, x| {
            proof.values[0] += blinding_base() * difference;
            add(&mut proof.ranged_omega, difference * y * y * y * x);
        },
        |proof, difference, _, _| {
            add(&mut proof.ranged_s, blinding_base() * difference);
            add(&mut proof.ranged_omega, difference);
        },
    ];
    for solve in solutions {
        let mut proof = proof.clone();
        solve(&mut proof, Scalar::from(77_u64), y, x);
        // All equations hold for the challenges of the honest proof.
        assert_eq!(broken(proof.remainders(&election, &prefix, y, x)), [false; 4]);
        assert_refused(&election, &MIXED_VOTE, &prefix, &proof);
    }
}

fn add<T: std::ops::AddAssign>(part: &mut Option<T>, difference: T) {
    *part.as_mut().unwrap() += difference;
}

#[test]
fn faults_of_the_fourth_equation_that_cancel_are_found_in_a_batch() {
    let (election, without) = (mixed(), Election::new(choice(1, 1, 2, false)));
    let mut ballots: Vec<_> = (0..3).map(|seed| (&election, election.cast(&MIXED_VOTE, seed))).collect();
    ballots.insert(1, (&without, without.cast(&[1], 7)));
    let check = |changes: &[(usize, Scalar)], expected: [bool; 4]| {
        let mut changed = ballots.clone();
        for &(place, difference) in changes {
            let mut proof = Proof::decode(&changed[place].1.1, &election.shape);
            add(&mut proof.ranged_omega, difference);
            changed[place].1.1 = proof.encode();
        }
        let submissions: Vec<_> = changed
            .iter()
            .map(|(election, (prefix, proof))| Submission { context: &election.context, prefix, proof })
            .collect();
        let accepted: Vec<bool> = verify_batch(&submissions, [1; 32]).iter().map(Result::is_ok).collect();
        assert_eq!(accepted, expected);
        let single = changed.iter().map(|(election, (prefix, proof))| fault(election, prefix, proof).is_none());
        assert_eq!(single.collect::<Vec<_>>(), expected);
    };
    check(&[], [true; 4]);
    check(&[(0, Scalar::ONE), (3, -Scalar::ONE)], [false, true, true, false]);
    check(&[(2, Scalar::ONE)], [true, true, false, true]);
}
