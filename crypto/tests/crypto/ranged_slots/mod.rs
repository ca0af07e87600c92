//! Ballots with ranged slots: honest ones, and what must fail when one thing of them is changed.

mod attacks;
mod forgeries;
mod parts;
mod proofs;

use tabella_crypto::ballot::{BallotFault, ChallengeFault, Draft, DraftFault, Opening, Prefix};
use tabella_crypto::credential::VotingKey;
use tabella_crypto::group::Scalar;
use tabella_crypto::nonce::Nonces;
use tabella_crypto::shape::Shape;
use zeroize::ZeroizeOnDrop;

use crate::kinds::{allocation_in_bits, allocation_with_range, choice, score};
use crate::prover::Proof;
use crate::samples::{Election, base, rng};

/// A choice and 60,000 units for three options: four coordinates, five slots, the last three of them ranged.
fn mixed() -> Election {
    Election::new(Shape::join(&[choice(0, 1, 2, false), allocation_with_range(60_000, 3)]).unwrap())
}

const MIXED_VOTE: [u64; 4] = [1, 0, 20_000, 39_999];

fn fault(election: &Election, prefix: &Prefix, proof: &[u8]) -> Option<BallotFault> {
    election.context.verify(prefix, proof).err()
}

#[test]
fn honest_ballots_hold_their_values() {
    let large = allocation_with_range(4_000_000_000, 10);
    // Nine parts of all sizes; the last coordinate is the upper limb of what is left.
    let parts = [0, 1, 65_535, 65_536, 1_000_000, 2_000_000_000, 65_537, 131_071, 999_999_999];
    let mut of_large: Vec<u64> = parts.iter().flat_map(|part| [part & 0xffff, part >> 16]).collect();
    of_large.push((4_000_000_000 - parts.iter().sum::<u64>()) >> 16);
    let cases = [
        (allocation_with_range(9, 1), vec![]),
        (allocation_with_range(65_535, 1), vec![]),
        (allocation_with_range(60_000, 3), vec![0, 60_000]),
        (allocation_with_range(60_000, 3), vec![20_000, 30_000]),
        (allocation_with_range(4_294_967_295, 1), vec![65_535]),
        (allocation_with_range(70_000, 3), vec![65_535, 0, 0, 0, 0]),
        (large.clone(), of_large.clone()),
        (Shape::join(&[score(3, 0, 4, 2), large, choice(1, 1, 2, false)]).unwrap(), {
            [&[1, 0, 1, 1, 0, 0][..], &of_large, &[1]].concat()
        }),
        (
            Shape::join(&[allocation_with_range(7, 2), allocation_in_bits(5, 2), allocation_with_range(65_536, 1)])
                .unwrap(),
            { vec![3, 1, 0, 1, 0, 0, 1] },
        ),
    ];
    for (seed, (shape, coordinates)) in (0..).zip(cases) {
        let election = Election::new(shape);
        let values = election.shape.evaluate(&coordinates).unwrap();
        let (prefix, proof) = election.cast(&coordinates, seed);
        let ballot = election.context.verify(&prefix, &proof).unwrap();
        for ((slot, ciphertext), value) in ballot.ciphertexts().iter().enumerate().zip(values) {
            assert_eq!(election.decrypt(slot, ballot.r(), ciphertext), base() * Scalar::from(value));
        }

        let ranged = election.shape.ranged().len();
        let rounds = (16 * ranged.next_power_of_two()).ilog2() as usize;
        let others = ranged + (4 + 1) + coordinates.len() + (3 + 1);
        assert_eq!(proof.len(), 32 * (others + 2 * rounds + 9));
        assert_eq!(proof.len(), election.shape.proof_length());
    }
}

#[test]
fn votes_out_of_range_are_not_encrypted() {
    let election = Election::new(allocation_with_range(60_000, 3));
    for coordinates in [[60_001, 0], [30_000, 30_001], [65_535, 65_535], [65_536, 0], [u64::MAX, 1], [1, u64::MAX]] {
        assert_eq!(
            election.context.encrypt(&election.voter, None, &coordinates, 0, &mut rng(0)).unwrap_err(),
            DraftFault::Illegal
        );
    }
}

#[test]
fn the_same_voter_with_a_repeating_generator_repeats_no_blinding() {
    let election = mixed();
    let proof = |attempt, coordinates: &[u64], seed| {
        let draft = election.context.encrypt(&election.voter, None, coordinates, attempt, &mut rng(1)).unwrap();
        Proof::decode(&draft.cast(&mut rng(seed)).unwrap(), &election.shape)
    };
    let first = proof(0, &MIXED_VOTE, 1);
    assert_eq!(first.encode(), proof(0, &MIXED_VOTE, 1).encode());
    for other in [proof(1, &MIXED_VOTE, 1), proof(0, &[1, 0, 20_000, 39_998], 1), proof(0, &MIXED_VOTE, 2)] {
        // Neither the commitments to the same value nor any point of the range proof is the same.
        assert_ne!(first.values[0], other.values[0]);
        assert_ne!(first.ranged_s, other.ranged_s);
        for (ours, theirs) in first.range.chunks(32).zip(other.range.chunks(32)) {
            assert_ne!(ours, theirs);
        }
    }
}

#[test]
fn what_holds_secrets_is_wiped() {
    fn wiped<T: ZeroizeOnDrop>() {}
    wiped::<Draft>();
    wiped::<Nonces>();
    wiped::<VotingKey>();
}

#[test]
fn challenges_open_numbers_within_their_range() {
    let election = mixed();
    let draft = election.context.encrypt(&election.voter, None, &MIXED_VOTE, 0, &mut rng(1)).unwrap();
    let prefix = draft.prefix().clone();
    let opening = draft.challenge(&mut rng(2)).unwrap();
    assert_eq!(opening.coordinates, MIXED_VOTE);
    assert_eq!(election.context.verify_challenge(&prefix, &opening).unwrap(), [1, 0, 20_000, 39_999, 1]);

    let opened = |coordinates: [u64; 4]| {
        let other = Opening { coordinates: coordinates.to_vec(), ..opening.clone() };
        election.context.verify_challenge(&prefix, &other).err()
    };
    assert_eq!(opened(MIXED_VOTE), None);
    let others = [
        [1, 0, 20_001, 39_999],
        [1, 0, 20_002, 39_999],
        [1, 0, 65_535, 0],
        [1, 0, 65_536, 39_999],
        [1, 0, 20_000 + (1 << 16), 39_999],
        [1, 0, u64::MAX, 39_999],
        [1, 0, u64::MAX, u64::MAX],
        [u64::MAX, 0, 20_000, 39_999],
        [65_535, 65_535, 20_000, 39_999],
    ];
    for coordinates in others {
        assert_eq!(opened(coordinates), Some(ChallengeFault::Opening), "{coordinates:?}");
    }
}
