//! The key ceremony and the end of the setup.

use crate::bytes::*;
use crate::prover::{Part, Voter, decrypt};
use crate::world::{THRESHOLD, TRUSTEES, World};
use chacha20poly1305::aead::{Aead, KeyInit};
use ciborium::Value;
use curve25519_dalek::{RistrettoPoint, Scalar};
use std::collections::{BTreeMap, BTreeSet};

/// What the ceremony made.
pub struct Keys {
    pub hash: Hash,
    pub qualified: BTreeSet<u64>,
    pub public: Vec<RistrettoPoint>,
    /// x_{ij}.
    pub shares: BTreeMap<u64, Vec<Scalar>>,
}

impl World {
    fn coefficient(trustee: u64, slot: usize, power: usize) -> Scalar {
        secret(&format!("coefficient {trustee} {slot} {power}"))
    }

    fn polynomial(trustee: u64, slot: usize, x: u64) -> Scalar {
        (0..THRESHOLD)
            .rev()
            .fold(Scalar::ZERO, |sum, power| sum * Scalar::from(x) + Self::coefficient(trustee, slot, power))
    }

    fn commitments(&self, trustee: u64) -> Vec<RistrettoPoint> {
        let places = (0..self.slots()).flat_map(|slot| (0..THRESHOLD).map(move |power| (slot, power)));
        places.map(|(slot, power)| base(&Self::coefficient(trustee, slot, power))).collect()
    }

    fn commitment_hash(&self, trustee: u64) -> Hash {
        Transcript::new("commitment")
            .absorb("election", &self.election)
            .number("attempt", self.attempt)
            .number("dealer", trustee)
            .points("points", &self.commitments(trustee))
            .hash()
    }

    fn envelope_secret(&self, owner: u64, dealer: u64) -> Scalar {
        secret(&format!("envelope {} {owner} {dealer}", self.attempt))
    }

    pub fn ceremony(&mut self) -> Keys {
        if self.plan.restarted {
            // Trustee 1 alone is fewer than the quorum.
            let ended = self.rounds("failed ", &[1]);
            self.step("restart", |world| world.signed("restart", "authority", vec![uint(2), bytes(&ended)]));
            self.attempt = 2;
        }
        let present = self.trustees();
        let ended = self.rounds("", &present);
        let at_fault = if self.plan.bad_dealing { Some(3) } else { self.plan.bad_complaint.then_some(1) };
        let qualified = present.into_iter().filter(|trustee| Some(*trustee) != at_fault);
        let keys = self.keys(qualified.collect(), &ended);
        for trustee in &keys.qualified {
            self.step(&format!("keys {trustee}"), |world| {
                let values = vec![uint(world.attempt), bytes(&ended), uint(*trustee), bytes(&keys.hash)];
                world.signed("keys", &format!("trustee {trustee}"), values)
            });
        }
        keys
    }

    /// The steps up to the round that ends *confirm*, whose leaf hash it gives.
    fn rounds(&mut self, label: &str, present: &[u64]) -> Hash {
        let begin = self.board.prev();
        let absent: Vec<u64> = (1..=TRUSTEES).filter(|trustee| !present.contains(trustee)).collect();
        for trustee in present.iter().copied() {
            self.step(&format!("{label}commit {trustee}"), |world| {
                let others = (1..=TRUSTEES).filter(|other| *other != trustee);
                let keys = others.map(|other| (other, bytes(&encode(&[base(&world.envelope_secret(trustee, other))]))));
                let values = vec![
                    uint(world.attempt),
                    bytes(&begin),
                    uint(trustee),
                    bytes(&world.commitment_hash(trustee)),
                    map(keys),
                ];
                world.signed("commit", &format!("trustee {trustee}"), values)
            });
        }
        let deal = self.round(&format!("{label}round 1"), begin, &absent);
        let dealings: BTreeMap<u64, Vec<u8>> =
            present.iter().map(|dealer| (*dealer, self.dealing(*dealer, &deal, present))).collect();
        for (dealer, dealing) in &dealings {
            self.step(&format!("{label}deal {dealer}"), |world| {
                let values = vec![uint(world.attempt), bytes(&deal), uint(*dealer), uint(1), uint(1), bytes(dealing)];
                world.signed("deal", &format!("trustee {dealer}"), values)
            });
        }
        let confirm = self.round(&format!("{label}round 2"), deal, &[]);
        for trustee in present.iter().copied() {
            self.step(&format!("{label}confirm {trustee}"), |world| {
                let complains =
                    |dealer: u64| trustee == 1 && dealer == 3 && (world.plan.bad_dealing || world.plan.bad_complaint);
                let hash = |dealer: u64| {
                    let transcript =
                        Transcript::new("dealing").absorb("election", &world.election).number("attempt", world.attempt);
                    transcript.number("dealer", dealer).absorb("dealing", &dealings[&dealer]).hash()
                };
                let others: Vec<u64> = present.iter().copied().filter(|other| *other != trustee).collect();
                let confirmed =
                    others.iter().filter(|dealer| !complains(**dealer)).map(|dealer| (*dealer, bytes(&hash(*dealer))));
                let complaints = others.iter().filter(|dealer| complains(**dealer));
                let complaints =
                    complaints.map(|dealer| (*dealer, bytes(world.envelope_secret(trustee, *dealer).as_bytes())));
                let values = vec![uint(world.attempt), bytes(&confirm), uint(trustee), map(confirmed), map(complaints)];
                world.signed("confirm", &format!("trustee {trustee}"), values)
            });
        }
        self.round(&format!("{label}round 3"), confirm, &[])
    }

    fn round(&mut self, label: &str, history: Hash, left_out: &[u64]) -> Hash {
        self.step(label, |world| {
            let left_out = left_out.iter().copied().map(uint).collect();
            world.signed("round", "authority", vec![uint(world.attempt), bytes(&history), Value::Array(left_out)])
        });
        self.board.prev()
    }

    fn dealing(&self, dealer: u64, history: &Hash, present: &[u64]) -> Vec<u8> {
        let commitments = self.commitments(dealer);
        let mut transcript = Transcript::new("deal")
            .absorb("election", &self.election)
            .number("attempt", self.attempt)
            .absorb("history", history)
            .number("dealer", dealer)
            .points("points", &commitments);
        let weights: Vec<Scalar> = (0..self.slots()).map(|_| transcript.weight("w")).collect();
        let nonce = secret(&format!("deal {dealer}"));
        let c = transcript.points("W", &[base(&nonce)]).scalar("c");
        let weighted: Scalar = (0..self.slots()).map(|slot| weights[slot] * Self::coefficient(dealer, slot, 0)).sum();
        let mut dealing =
            [encode(&commitments), encode(&[base(&nonce)]), encode_scalars(&[nonce + c * weighted])].concat();
        for recipient in present.iter().filter(|other| **other != dealer) {
            dealing.extend(self.envelope(dealer, *recipient, history));
        }
        dealing
    }

    fn envelope(&self, dealer: u64, recipient: u64, history: &Hash) -> Vec<u8> {
        let ephemeral = secret(&format!("ephemeral {dealer} {recipient}"));
        let public = base(&self.envelope_secret(recipient, dealer));
        let info = Transcript::new("envelope")
            .absorb("election", &self.election)
            .number("attempt", self.attempt)
            .absorb("history", history)
            .number("dealer", dealer)
            .number("recipient", recipient)
            .points("E", &[base(&ephemeral)])
            .points("P", &[public])
            .absorb("commitment", &self.commitment_hash(dealer))
            .hash();
        let mut okm = [0; 44];
        let shared = encode(&[ephemeral * public]);
        hkdf::Hkdf::<sha2::Sha256>::new(Some(b"tabella/1/envelope"), &shared).expand(&info, &mut okm).unwrap();
        let key: [u8; 32] = okm[..32].try_into().unwrap();
        let nonce: [u8; 12] = okm[32..].try_into().unwrap();
        let wrong = self.plan.bad_dealing && dealer == 3 && recipient == 1;
        let at = if wrong { recipient + 7 } else { recipient };
        let shares: Vec<Scalar> = (0..self.slots()).map(|slot| Self::polynomial(dealer, slot, at)).collect();
        let cipher = chacha20poly1305::ChaCha20Poly1305::new(&key.into());
        let sealed = cipher.encrypt(&nonce.into(), encode_scalars(&shares).as_slice()).unwrap();
        [encode(&[base(&ephemeral)]), sealed].concat()
    }

    fn keys(&self, qualified: BTreeSet<u64>, ended: &Hash) -> Keys {
        let sum =
            |slot: usize, x: u64| qualified.iter().map(|dealer| Self::polynomial(*dealer, slot, x)).sum::<Scalar>();
        let public: Vec<RistrettoPoint> = (0..self.slots()).map(|slot| base(&sum(slot, 0))).collect();
        let shares: BTreeMap<u64, Vec<Scalar>> = qualified
            .iter()
            .map(|member| (*member, (0..self.slots()).map(|slot| sum(slot, *member)).collect()))
            .collect();
        let public_shares: Vec<RistrettoPoint> = shares.values().flatten().map(base).collect();
        let hash = Transcript::new("keys")
            .absorb("election", &self.election)
            .number("attempt", self.attempt)
            .absorb("history", ended)
            .absorb("qualified", &numbers(qualified.iter().copied()))
            .points("keys", &public)
            .points("shares", &public_shares)
            .hash();
        Keys { hash, qualified, public, shares }
    }

    /// Rehearsal, roll, open.
    pub fn setup_ends(&mut self, keys: &Keys) {
        self.step("rehearse", |world| world.signed("rehearse", "authority", vec![bytes(&keys.hash), uint(1)]));
        for trustee in &keys.qualified {
            self.step(&format!("rehearsal {trustee}"), |world| {
                let data =
                    [&world.election[..], &world.attempt.to_be_bytes(), &keys.hash, &1u64.to_be_bytes()].concat();
                let r = hash_to_group("rehearsal", &data);
                let part = Part { slots: (0..world.slots()).collect(), r, shares: keys.shares[trustee].clone() };
                let transcript = Transcript::new("rehearsal")
                    .absorb("election", &world.election)
                    .absorb("keys", &keys.hash)
                    .absorb("counted", &1u64.to_be_bytes())
                    .number("trustee", *trustee);
                let (decryption, proof) = decrypt(transcript, &[part], &[]);
                let values = vec![bytes(&keys.hash), uint(1), uint(*trustee), bytes(&decryption), bytes(&proof)];
                world.signed("rehearsal", &format!("trustee {trustee}"), values)
            });
        }
        let mut hashes = Vec::new();
        let mut previous = [0; 32];
        for chunk in 1..=2u64 {
            let line = |voter: &Voter| {
                Value::Array(vec![bytes(&encode(&[voter.credential()])), uint(voter.weight), uint(voter.style as u64)])
            };
            let (first, second) = self.voters.split_at(self.voters.len() / 2);
            let half = if chunk == 1 { first } else { second };
            let voters = Value::Array(half.iter().map(line).collect());
            let values = vec![uint(1), uint(chunk), uint(2), voters, bytes(&previous)];
            let draft = self.signed("roll", "registrar", values);
            previous = sha256(&cbor(&draft.value));
            hashes.extend(previous);
            self.step(&format!("roll {chunk}"), |_| draft.clone());
        }
        let transcript = Transcript::new("roll").absorb("election", &self.election).number("revision", 1);
        let roll_hash = transcript.number("count", self.voters.len() as u64).absorb("chunks", &hashes).hash();
        self.step("open", |world| {
            let values = vec![text(&world.board.checkpoint()), bytes(&keys.hash), bytes(&roll_hash)];
            world.signed("open", "authority", values)
        });
    }
}
