//! A batch and single checks always agree.

use rand_core::Rng;
use tabella_crypto::ballot::{BallotFault, Prefix, VerifiedBallot};
use tabella_crypto::batch::{Submission, verify_batch};
use tabella_crypto::group::{EncodingFault, Scalar};

use crate::prover::Proof;
use crate::samples::{Election, choice, legal, rng, shapes};

/// The verdicts of a batch; those of single checks must be the same.
fn verdicts(ballots: &[(&Election, Prefix, Vec<u8>)]) -> Vec<Option<BallotFault>> {
    let submissions: Vec<Submission<'_>> = ballots
        .iter()
        .map(|(election, prefix, proof)| Submission { context: &election.context, prefix, proof })
        .collect();
    let results = verify_batch(&submissions, [1; 32]);
    assert_eq!(results.len(), ballots.len());
    for (result, (election, prefix, proof)) in results.iter().zip(ballots) {
        let single = election.context.verify(prefix, proof);
        let essence = |result: &Result<VerifiedBallot, BallotFault>| {
            result
                .as_ref()
                .map(|ballot| (ballot.prefix().clone(), *ballot.r(), ballot.ciphertexts().to_vec()))
                .map_err(|fault| *fault)
        };
        assert_eq!(essence(result), essence(&single));
    }
    results.into_iter().map(Result::err).collect()
}

fn add_to_omega((election, _, proof): &mut (&Election, Prefix, Vec<u8>), difference: Scalar) {
    let mut parts = Proof::decode(proof, &election.shape);
    parts.omega += difference;
    *proof = parts.encode();
}

#[test]
fn honest_ballots_of_all_shapes_are_accepted_together() {
    let elections: Vec<Election> = shapes().into_iter().map(Election::new).collect();
    let ballots: Vec<_> = (0..5)
        .flat_map(|seed| elections.iter().map(move |election| (seed, election)))
        .map(|(seed, election)| {
            let votes = legal(&election.shape);
            let (prefix, proof) = election.cast(&votes[7 * seed as usize % votes.len()], seed);
            (election, prefix, proof)
        })
        .collect();
    assert_eq!(verdicts(&ballots), vec![None; ballots.len()]);
    assert_eq!(verdicts(&ballots[..1]), [None]);
    assert_eq!(verdicts(&[]), []);
}

#[test]
fn bad_ballots_are_named_wherever_they_stand() {
    let election = Election::new(choice(1, 1, 2, false));
    let honest: Vec<_> = (0..20)
        .map(|seed| {
            let (prefix, proof) = election.cast(&[seed % 2], seed);
            (&election, prefix, proof)
        })
        .collect();
    let proof = Some(BallotFault::Proof);
    for bad in [vec![0], vec![19], vec![0, 19], vec![3, 4, 5, 11], (0..20).collect()] {
        let mut ballots = honest.clone();
        bad.iter().for_each(|&place: &usize| add_to_omega(&mut ballots[place], Scalar::ONE));
        let expected: Vec<_> = (0..20).map(|place| if bad.contains(&place) { proof } else { None }).collect();
        assert_eq!(verdicts(&ballots), expected, "bad ballots at {bad:?}");
    }

    let mut ballots = honest;
    ballots[2].2.pop();
    ballots[7].2[96..128].fill(0xff);
    ballots[8].1.r = [0; 32];
    add_to_omega(&mut ballots[9], Scalar::ONE);
    let mut expected = vec![None; 20];
    expected[2] = Some(BallotFault::Length);
    expected[7] = Some(BallotFault::Encoding(EncodingFault::Point));
    expected[8] = Some(BallotFault::Encoding(EncodingFault::Identity));
    expected[9] = proof;
    assert_eq!(verdicts(&ballots), expected);
}

#[test]
fn faults_that_cancel_are_found() {
    let election = Election::new(choice(1, 1, 2, false));
    let mut ballots: Vec<_> = (0..3)
        .map(|seed| {
            let (prefix, proof) = election.cast(&[1], seed);
            (&election, prefix, proof)
        })
        .collect();
    add_to_omega(&mut ballots[0], Scalar::ONE);
    add_to_omega(&mut ballots[2], -Scalar::ONE);
    assert_eq!(verdicts(&ballots), [Some(BallotFault::Proof), None, Some(BallotFault::Proof)]);
}

#[test]
fn batches_of_several_sums_agree() {
    let election = Election::new(choice(1, 1, 50, false));
    let mut bits = [0; 49];
    bits[17] = 1;
    let (prefix, proof) = election.cast(&bits, 1);
    let mut ballots = vec![(&election, prefix, proof); 300];
    let bad = [0, 139, 140, 141, 299];
    bad.iter().for_each(|&place: &usize| add_to_omega(&mut ballots[place], Scalar::ONE));
    let expected: Vec<_> = (0..300).map(|place| bad.contains(&place).then_some(BallotFault::Proof)).collect();
    assert_eq!(verdicts(&ballots), expected);
}

#[test]
fn random_damage_is_judged_alike() {
    let elections: Vec<Election> = shapes().into_iter().map(Election::new).collect();
    let mut random = rng(5);
    let mut below = move |bound: usize| random.next_u32() as usize % bound;
    let mut damaged = 0;
    for round in 0..30 {
        let ballots: Vec<_> = (0..10)
            .map(|seed| {
                let election = &elections[below(elections.len())];
                let votes = legal(&election.shape);
                let (mut prefix, mut proof) = election.cast(&votes[below(votes.len())], 10 * round + seed);
                let chunks = proof.len() / 32;
                let slot = below(prefix.ciphertexts.len());
                match below(10) {
                    0 => proof[below(32 * chunks)] ^= 1 << below(8),
                    1 => prefix.ciphertexts[slot][below(32)] ^= 1 << below(8),
                    2 => prefix.ciphertexts[slot] = prefix.r,
                    3 => proof.copy_within(32 * below(chunks)..32 * chunks, 0),
                    4 => drop(proof.split_off(below(proof.len()))),
                    5 => prefix.link = Some([below(256) as u8; 20]),
                    6 => proof.rotate_left(32 * below(chunks)),
                    _ => {}
                }
                (election, prefix, proof)
            })
            .collect();
        damaged += verdicts(&ballots).iter().flatten().count();
    }
    assert!((100..250).contains(&damaged), "{damaged} of 300 damaged");
}
