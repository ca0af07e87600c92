//! Range proofs of others, right and wrong, by themselves: one by one and together, the verifier says of each what the
//! crate `bulletproofs` says.

use super::super::{Combination, Fixed, draw, sift};
use crate::group::{Point, hash_to_group};
use crate::range::{RangeProof, proof_length};
use crate::transcript::Transcript;
use crate::tree::sha256;
use bulletproofs::{BulletproofGens, PedersenGens};
use curve25519_dalek::{RistrettoPoint, Scalar};
use curve25519_dalek_4::Scalar as ForeignScalar;
use curve25519_dalek_4::ristretto::CompressedRistretto as ForeignPoint;
use rand_core_06::{CryptoRng, Error, RngCore};
use sha2::{Digest, Sha256};
use std::iter::zip;

/// The most values of a proof here.
const MOST_VALUES: usize = 20;

/// What is said to be in range.
#[derive(Clone)]
struct Claimed {
    /// The number that the transcript has absorbed.
    ballot: u64,
    values: Vec<[u8; 32]>,
    proof: Vec<u8>,
}

/// Bytes that are the same each time.
struct Stream([u8; 32]);

impl RngCore for Stream {
    fn next_u32(&mut self) -> u32 {
        self.next_u64() as u32
    }

    fn next_u64(&mut self) -> u64 {
        self.0 = Sha256::digest(self.0).into();
        u64::from_le_bytes(*self.0.first_chunk().unwrap())
    }

    fn fill_bytes(&mut self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            chunk.copy_from_slice(&self.next_u64().to_le_bytes()[..chunk.len()]);
        }
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Error> {
        self.fill_bytes(bytes);
        Ok(())
    }
}

impl CryptoRng for Stream {}

impl Claimed {
    /// A right one of so many values.
    fn new(ballot: u64, count: usize, rng: &mut Stream) -> Self {
        let padded = count.next_power_of_two();
        let mut values: Vec<u64> = (0..count).map(|_| rng.next_u64() % 65_536).collect();
        let mut blindings: Vec<ForeignScalar> = (0..count).map(|_| ForeignScalar::random(rng)).collect();
        values.resize(padded, 0);
        blindings.resize(padded, ForeignScalar::ZERO);
        let (bases, commitments) = (BulletproofGens::new(16, padded), PedersenGens::default());
        let (proof, values) = bulletproofs::RangeProof::prove_multiple_with_rng(
            &bases,
            &commitments,
            &mut foreign_transcript(ballot),
            &values,
            &blindings,
            16,
            rng,
        )
        .unwrap();
        let values = values.into_iter().take(count).map(|value| value.to_bytes()).collect();
        Self { ballot, values, proof: proof.to_bytes() }
    }

    /// What the crate says.
    fn holds_for_others(&self, rng: &mut Stream) -> bool {
        let mut values: Vec<ForeignPoint> = self.values.iter().copied().map(ForeignPoint).collect();
        let padded = values.len().next_power_of_two();
        values.resize(padded, ForeignPoint([0; 32]));
        let Ok(proof) = bulletproofs::RangeProof::from_bytes(&self.proof) else {
            return false;
        };
        let (bases, commitments) = (BulletproofGens::new(16, padded), PedersenGens::default());
        let transcript = &mut foreign_transcript(self.ballot);
        proof.verify_multiple_with_rng(&bases, &commitments, transcript, &values, 16, rng).is_ok()
    }

    /// The same with part `number` of the proof replaced.
    fn with(&self, number: usize, part: &[u8; 32]) -> Self {
        let mut changed = self.clone();
        changed.proof[32 * number..32 * (number + 1)].copy_from_slice(part);
        changed
    }

    fn part(&self, number: usize) -> [u8; 32] {
        *self.proof[32 * number..].first_chunk().unwrap()
    }
}

fn foreign_transcript(ballot: u64) -> merlin::Transcript {
    let mut transcript = merlin::Transcript::new(b"tabella/1/test");
    transcript.append_u64(b"ballot", ballot);
    transcript
}

/// A proof that was read, the V_j, and the weights of R1 and R2.
type Weighted = (RangeProof, Vec<Point>, [Scalar; 2]);

impl Claimed {
    fn read(&self, [.., rho5, rho6]: [Scalar; 6]) -> Option<Weighted> {
        let values: Vec<Point> = self.values.iter().map(|value| Point::decode(value).ok()).collect::<Option<_>>()?;
        let transcript = Transcript::begin("tabella/1/test").absorb_number("ballot", self.ballot);
        Some((RangeProof::read(transcript, &values, &self.proof)?, values, [rho5, rho6]))
    }
}

/// What the verifier says of all of them as one batch.
fn hold(claims: &[Claimed], fixed: &Fixed) -> Vec<bool> {
    let hashes: Vec<[u8; 32]> = claims.iter().map(|claim| sha256(&claim.proof)).collect();
    let weighted = zip(claims, draw(&hashes, &[7; 32])).map(|(claim, rho)| claim.read(rho));
    let weighted: Vec<Option<Weighted>> = weighted.collect();
    let readable: Vec<bool> = weighted.iter().map(Option::is_some).collect();
    let mut held = judge(weighted.into_iter().flatten().collect(), fixed).into_iter();
    readable.into_iter().map(|readable| readable && held.next().unwrap()).collect()
}

fn judge(proofs: Vec<Weighted>, fixed: &Fixed) -> Vec<bool> {
    let sum = |proofs: &[Weighted]| {
        let mut combination = Combination::new(0, fixed);
        for (proof, values, [rho5, rho6]) in proofs {
            let terms = proof.terms(rho5, rho6);
            zip(values, &terms.values).for_each(|(value, factor)| combination.term(*factor, value));
            combination.add_range_proof(&terms);
        }
        combination.sum(fixed)
    };
    sift(&proofs, sum(&proofs), &sum)
}

/// Each part changed in all ways: parts are points up to T_2, three scalars, points, and two scalars.
fn changed(claim: &Claimed) -> Vec<Claimed> {
    let parts = claim.proof.len() / 32;
    let any_point = Point::from(hash_to_group("test", b"any"));
    let mut all = Vec::new();
    for number in 0..parts {
        let part = claim.part(number);
        let mut others = vec![[0; 32], [0xff; 32], any_point.bytes, claim.part((number + 1) % parts)];
        let mut flipped = part;
        flipped[number % 31] ^= 4;
        others.push(flipped);
        if let Ok(Point { point, .. }) = Point::decode(&part) {
            others.extend([-point, point + point].map(|point| Point::from(point).bytes));
            // The encoding of the same element as an integer that is not below the modulus, or negative.
            others.extend([0x80, 1].map(|bit| {
                let mut bytes = part;
                bytes[if bit == 1 { 0 } else { 31 }] ^= bit;
                bytes
            }));
        }
        if let Some(scalar) = Option::<Scalar>::from(Scalar::from_canonical_bytes(part)) {
            others.extend([scalar + Scalar::ONE, -scalar].map(|scalar| scalar.to_bytes()));
            others.push(plus_order(part));
        }
        others.retain(|other| *other != part);
        all.extend(others.iter().map(|other| claim.with(number, other)));
    }
    all
}

/// The same scalar, written as itself and q.
fn plus_order(mut scalar: [u8; 32]) -> [u8; 32] {
    let order = (-Scalar::ONE).to_bytes();
    let mut carry = 1u16;
    for (byte, more) in zip(&mut scalar, order) {
        carry += u16::from(*byte) + u16::from(more);
        (*byte, carry) = (carry as u8, carry >> 8);
    }
    scalar
}

fn fixed() -> Fixed {
    Fixed::new(0, MOST_VALUES, &[])
}

#[test]
fn changed_proofs_do_not_hold_and_both_agree() {
    let (fixed, mut rng) = (fixed(), Stream([1; 32]));
    for count in [1, 3] {
        let claim = Claimed::new(count as u64, count, &mut rng);
        assert!(claim.holds_for_others(&mut rng));
        assert_eq!(hold(std::slice::from_ref(&claim), &fixed), [true]);
        for changed in changed(&claim) {
            assert!(!changed.holds_for_others(&mut rng));
            assert_eq!(hold(&[changed], &fixed), [false]);
        }
    }
}

#[test]
fn proofs_of_all_sizes_hold_together_and_wrong_ones_are_named() {
    let (fixed, mut rng) = (fixed(), Stream([2; 32]));
    let counts = [1, 20, 2, 3, 8, 1, 5, 16, 1, 4];
    let right: Vec<Claimed> = zip(0.., counts).map(|(ballot, count)| Claimed::new(ballot, count, &mut rng)).collect();
    assert_eq!(hold(&right, &fixed), [true; 10]);
    assert_eq!(hold(&[], &fixed), [true; 0]);
    for round in 0..8 {
        let mut claims = right.clone();
        for claim in &mut claims {
            let (number, other) = (rng.next_u64() as usize, rng.next_u64() as usize);
            match rng.next_u64() % 12 {
                0 => {
                    let changed = changed(claim);
                    *claim = changed[number % changed.len()].clone();
                }
                // In the name of another ballot, with another's proof, or with other values.
                1 => claim.ballot += 1,
                2 => claim.proof = right[number % right.len()].proof.clone(),
                3 => {
                    let place = number % claim.values.len();
                    claim.values[place] = right[other % right.len()].values[0];
                }
                // For other numbers of values: padded, so that the identity may be written out.
                4 => claim.values.push([0; 32]),
                5 if claim.values.len() > 1 => drop(claim.values.pop()),
                6 => claim.proof.truncate(number % proof_length(claim.values.len())),
                7 => claim.values.reverse(),
                _ => (),
            }
        }
        let expected: Vec<bool> = claims.iter().map(|claim| claim.holds_for_others(&mut rng)).collect();
        assert_eq!(hold(&claims, &fixed), expected, "round {round}");
    }
}

/// Errors of two equations that are the same but for their sign: without weights the sum would be 0.
#[test]
fn errors_do_not_cancel() {
    let (fixed, mut rng) = (fixed(), Stream([3; 32]));
    let right = Claimed::new(0, 3, &mut rng);
    let (error, none) = (hash_to_group("test", b"error"), RistrettoPoint::default());
    let wrong = |weights: &[[Scalar; 6]], errors: &[[RistrettoPoint; 2]]| {
        let proofs = zip(weights, errors).map(|(rho, [r1, r2])| {
            let (proof, values, rho) = right.read(*rho).unwrap();
            (proof.wrong_by(*r1, *r2), values, rho)
        });
        judge(proofs.collect(), &fixed)
    };
    // Of one proof; of two, in the same equation and in different ones; and of a right one beside them.
    for errors in [
        vec![[error, -error]],
        vec![[error, none], [-error, none]],
        vec![[none, error], [none, -error]],
        vec![[error, none], [none, -error]],
    ] {
        let expected = vec![false; errors.len()];
        assert_eq!(wrong(&[[Scalar::ONE; 6]; 2], &errors), vec![true; errors.len()]);
        assert_eq!(wrong(&draw(&[[1; 32]; 2], &[7; 32]), &errors), expected);
        let errors = [errors, vec![[none, none]]].concat();
        assert_eq!(wrong(&draw(&[[1; 32]; 3], &[7; 32]), &errors), [expected, vec![true]].concat());
    }
}
