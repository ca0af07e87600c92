//! Wrong decryptions whose proofs are made after the challenge: they hold if the challenge does not cover everything.

use std::iter::zip;

use tabella_crypto::decryption::ShareFault;
use tabella_crypto::group::{Point, Scalar, decode_scalar, encode_point};
use tabella_crypto::transcript::Transcript;

use super::{COUNTED, Decryption, Finished, ciphertexts, fault, finished, groups, point, statement};
use crate::ceremony::index;

/// Trustee 1, who knows its own shares and decrypts wrongly.
struct Forger {
    ceremony: Finished,
    /// x_j of slots 1, 4 and 2, in the groups' order.
    secrets: Vec<Scalar>,
    /// The D_j: those of other secrets.
    false_secrets: Vec<Scalar>,
}

/// The nonces w_g; any will do.
const NONCES: [u64; 2] = [31, 37];

impl Forger {
    fn new() -> Self {
        let ceremony = finished();
        let bytes = ceremony.shares[&index(1)].to_secret_bytes();
        let scalars = bytes[bytes.len() - 32 * 4..].as_chunks().0;
        let secrets: Vec<_> = [0, 3, 1].map(|slot: usize| decode_scalar(&scalars[slot]).unwrap()).into();
        let false_secrets = secrets.iter().map(|secret| secret + Scalar::ONE).collect();
        Self { ceremony, secrets, false_secrets }
    }

    fn points(&self, secrets: &[Scalar]) -> Vec<Point> {
        zip(aggregates_of_slots(), secrets).map(|(aggregate, secret)| aggregate * secret).collect()
    }

    /// The transcript before W, written after the specification, and the weights ρ_j.
    fn transcript(&self, points: &[Point]) -> (Transcript, Vec<Scalar>) {
        let encode = |points: &[Point]| -> Vec<u8> { points.iter().flat_map(encode_point).collect() };
        let mut transcript = Transcript::new("tabella/1/share");
        transcript.absorb("election", &[1; 32]);
        transcript.absorb("keys", &self.ceremony.keys.hash());
        transcript.absorb("counted", &COUNTED);
        transcript.absorb("trustee", &1_u64.to_le_bytes());
        transcript.absorb("slots", &[0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 4]);
        transcript.absorb("R", &encode_point(&groups()[0].aggregate));
        transcript.absorb("slots", &[0, 0, 0, 0, 0, 0, 0, 2]);
        transcript.absorb("R", &encode_point(&groups()[1].aggregate));
        transcript.absorb("ciphertexts", &encode(&ciphertexts()));
        transcript.absorb("decryption", &encode(points));
        let weights = points.iter().map(|_| transcript.weight("rho")).collect();
        (transcript, weights)
    }

    fn verdict(&self, points: &[Point], w: &[Point], v: Point, z: &[Scalar]) -> Option<ShareFault> {
        let nonces = w.iter().chain([&v]).map(encode_point);
        let decryption = Decryption {
            points: points.iter().flat_map(encode_point).collect(),
            proof: nonces.chain(z.iter().map(Scalar::to_bytes)).flatten().collect(),
        };
        fault(&statement(&self.ceremony), &decryption)
    }
}

fn aggregates_of_slots() -> [Point; 3] {
    [groups()[0].aggregate, groups()[0].aggregate, groups()[1].aggregate]
}

/// s_g = Σ ρ_j·x_j of both groups.
fn sums(weights: &[Scalar], secrets: &[Scalar]) -> [Scalar; 2] {
    [weights[0] * secrets[0] + weights[1] * secrets[1], weights[2] * secrets[2]]
}

fn responses(challenge: Scalar, sums: [Scalar; 2]) -> Vec<Scalar> {
    zip(NONCES, sums).map(|(nonce, sum)| Scalar::from(nonce) + challenge * sum).collect()
}

fn sum_over_groups(scalars: &[Scalar]) -> Point {
    zip(groups(), scalars).map(|(group, scalar)| group.aggregate * scalar).sum()
}

fn nonce_points() -> Vec<Point> {
    NONCES.map(point).into()
}

#[test]
fn a_prover_written_after_the_specification_is_understood() {
    let forger = Forger::new();
    let points = forger.points(&forger.secrets);
    let (mut transcript, weights) = forger.transcript(&points);
    let v = sum_over_groups(&NONCES.map(Scalar::from));
    transcript.absorb("W", &nonce_points().iter().flat_map(encode_point).collect::<Vec<_>>());
    transcript.absorb("V", &encode_point(&v));
    let z = responses(transcript.scalar("c"), sums(&weights, &forger.secrets));
    assert_eq!(forger.verdict(&points, &nonce_points(), v, &z), None);
}

#[test]
fn w_is_hashed_before_the_challenge() {
    let forger = Forger::new();
    let points = forger.points(&forger.false_secrets);
    let (mut transcript, weights) = forger.transcript(&points);
    let v = sum_over_groups(&NONCES.map(Scalar::from));
    transcript.absorb("V", &encode_point(&v));
    let challenge = transcript.scalar("c");
    let z = responses(challenge, sums(&weights, &forger.false_secrets));
    let public = sums(&weights, &forger.secrets).map(|sum| Point::mul_base(&sum));
    let w: Vec<_> = zip(&z, public).map(|(z, public)| Point::mul_base(z) - public * challenge).collect();
    assert_eq!(forger.verdict(&points, &w, v, &z), Some(ShareFault::Proof));
}

#[test]
fn v_is_hashed_before_the_challenge() {
    let forger = Forger::new();
    let points = forger.points(&forger.false_secrets);
    let (mut transcript, weights) = forger.transcript(&points);
    transcript.absorb("W", &nonce_points().iter().flat_map(encode_point).collect::<Vec<_>>());
    let challenge = transcript.scalar("c");
    let z = responses(challenge, sums(&weights, &forger.secrets));
    let decrypted: Point = zip(&weights, &points).map(|(weight, point)| point * weight).sum();
    let v = sum_over_groups(&z) - decrypted * challenge;
    assert_eq!(forger.verdict(&points, &nonce_points(), v, &z), Some(ShareFault::Proof));
}

#[test]
fn nothing_is_hashed_too_late_when_all_of_the_proof_is_solved_for() {
    let forger = Forger::new();
    let points = forger.points(&forger.false_secrets);
    let (mut transcript, weights) = forger.transcript(&points);
    let challenge = transcript.scalar("c");
    let z = [Scalar::from(5_u64), Scalar::from(7_u64)];
    let public = sums(&weights, &forger.secrets).map(|sum| Point::mul_base(&sum));
    let w: Vec<_> = zip(&z, public).map(|(z, public)| Point::mul_base(z) - public * challenge).collect();
    let decrypted: Point = zip(&weights, &points).map(|(weight, point)| point * weight).sum();
    let v = sum_over_groups(&z) - decrypted * challenge;
    assert_eq!(forger.verdict(&points, &w, v, &z), Some(ShareFault::Proof));
}
