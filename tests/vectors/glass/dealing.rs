//! A trustee in the ceremony. Follows specs/ceremony.md.

use std::collections::BTreeMap;
use std::iter::zip;

use chacha20poly1305::ChaCha20Poly1305;
use chacha20poly1305::aead::{Aead, KeyInit};
use hkdf::Hkdf;
use serde_json::{Value, json};
use sha2::Sha256;
use tabella_crypto::dealing::{Attempt, DealRound, pieces};
use tabella_crypto::group::{Point, Scalar, encode_point};

use super::transcript::Transcript;
use crate::file::{hex, hexes, point, scalar, scalars, with};
use crate::source::Source;

/// A trustee's secrets.
#[derive(Clone)]
pub struct Dealer {
    pub index: u64,
    /// For each slot a_j0 … a_j,t−1.
    pub polynomials: Vec<Vec<Scalar>>,
    /// The secret envelope keys p, by the dealer for whom each is.
    pub envelope_keys: BTreeMap<u64, Scalar>,
    nu: Scalar,
    /// e, by recipient.
    ephemerals: BTreeMap<u64, Scalar>,
}

/// What a dealer may do to one envelope.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Trick {
    /// Another value for the first slot.
    WrongShare,
    /// The group's order in place of the first value: no canonical scalar.
    NotCanonical,
    /// A ciphertext that does not open.
    Damaged,
}

/// A dealing with all that led to it.
pub struct Dealing {
    pub bytes: Vec<u8>,
    pub json: Value,
    /// What was encrypted, by recipient.
    pub plaintexts: BTreeMap<u64, Vec<u8>>,
}

impl Dealer {
    pub fn draw(source: &mut Source, index: u64, trustees: u64, slots: usize, threshold: usize) -> Self {
        let others: Vec<u64> = (1..=trustees).filter(|other| *other != index).collect();
        Self {
            index,
            polynomials: (0..slots).map(|_| source.scalars(threshold)).collect(),
            envelope_keys: others.iter().map(|dealer| (*dealer, source.scalar())).collect(),
            nu: source.scalar(),
            ephemerals: others.iter().map(|recipient| (*recipient, source.scalar())).collect(),
        }
    }

    /// All A, slot by slot.
    pub fn points(&self) -> Vec<[u8; 32]> {
        self.polynomials.iter().flatten().map(Point::mul_base).map(|point| encode_point(&point)).collect()
    }

    pub fn commitment(&self, attempt: &Attempt) -> [u8; 32] {
        let mut transcript = Transcript::new("tabella/1/commitment");
        transcript.absorb("election", &attempt.election);
        transcript.absorb_u64("attempt", attempt.number);
        transcript.absorb_u64("dealer", self.index);
        transcript.absorb("points", self.points().as_flattened());
        transcript.hash()
    }

    /// a_j(at) for each slot.
    pub fn evaluate(&self, at: u64) -> Vec<Scalar> {
        let at = Scalar::from(at);
        let horner = |polynomial: &Vec<Scalar>| polynomial.iter().rev().fold(Scalar::ZERO, |sum, a| sum * at + a);
        self.polynomials.iter().map(horner).collect()
    }

    /// `keys` are the envelope keys P that the recipients made for this dealer.
    #[expect(non_snake_case, reason = "the names are those of the formulas")]
    pub fn deal(
        &self,
        round: &DealRound,
        keys: &BTreeMap<u64, Point>,
        tricks: &BTreeMap<(u64, u64), Trick>,
    ) -> Dealing {
        let points = self.points();
        let commitment = self.commitment(&round.attempt);

        let mut transcript = Transcript::new("tabella/1/deal");
        transcript.absorb("election", &round.attempt.election);
        transcript.absorb_u64("attempt", round.attempt.number);
        transcript.absorb("history", &round.history);
        transcript.absorb_u64("dealer", self.index);
        transcript.absorb("points", points.as_flattened());
        let w: Vec<Scalar> = self.polynomials.iter().map(|_| transcript.weight("w")).collect();
        let W = Point::mul_base(&self.nu);
        transcript.absorb_points("W", &[W]);
        let c = transcript.scalar("c");
        let z = self.nu + c * zip(&w, &self.polynomials).map(|(w, a)| w * a[0]).sum::<Scalar>();

        let mut bytes = [points.concat(), encode_point(&W).to_vec(), z.to_bytes().to_vec()].concat();
        let mut envelopes = Vec::new();
        let mut plaintexts = BTreeMap::new();
        for (recipient, key) in keys {
            let trick = tricks.get(&(self.index, *recipient)).copied();
            let envelope = self.seal(round, &commitment, *recipient, key, trick);
            bytes.extend([envelope.ephemeral.to_vec(), envelope.ciphertext].concat());
            plaintexts.insert(*recipient, envelope.plaintext);
            envelopes.push(envelope.json);
        }

        let json = json!({
            "index": self.index, "polynomials": self.polynomials.iter().map(scalars).collect::<Vec<_>>(),
            "points": hexes(&points), "commitment": hex(commitment), "nu": scalar(&self.nu), "w": scalars(&w),
            "W": point(&W), "c": scalar(&c), "z": scalar(&z), "envelopes": envelopes, "dealing": hex(&bytes),
            "dealing_hash": hex(dealing_hash(&round.attempt, self.index, &bytes)), "pieces": pieces(&bytes).map(<[u8]>::len).collect::<Vec<_>>(),
        });
        Dealing { bytes, json, plaintexts }
    }

    fn seal(
        &self,
        round: &DealRound,
        commitment: &[u8; 32],
        recipient: u64,
        key: &Point,
        trick: Option<Trick>,
    ) -> Envelope {
        let e = self.ephemerals[&recipient];
        let ephemeral = encode_point(&Point::mul_base(&e));
        let shared = encode_point(&(e * key));
        let mut transcript = Transcript::new("tabella/1/envelope");
        transcript.absorb("election", &round.attempt.election);
        transcript.absorb_u64("attempt", round.attempt.number);
        transcript.absorb("history", &round.history);
        transcript.absorb_u64("dealer", self.index);
        transcript.absorb_u64("recipient", recipient);
        transcript.absorb("E", &ephemeral);
        transcript.absorb_points("P", &[*key]);
        transcript.absorb("commitment", commitment);
        let info = transcript.hash();
        let mut okm = [0; 44];
        Hkdf::<Sha256>::new(Some(b"tabella/1/envelope"), &shared).expand(&info, &mut okm).unwrap();

        let share: Vec<u8> = self.evaluate(recipient).iter().flat_map(Scalar::to_bytes).collect();
        let mut plaintext = share.clone();
        match trick {
            Some(Trick::WrongShare) => {
                plaintext[..32].copy_from_slice(&(self.evaluate(recipient)[0] + Scalar::ONE).to_bytes());
            }
            Some(Trick::NotCanonical) => plaintext[..32].copy_from_slice(&ORDER),
            Some(Trick::Damaged) | None => {}
        }
        let cipher = ChaCha20Poly1305::new(&<[u8; 32]>::try_from(&okm[..32]).unwrap().into());
        let nonce = <[u8; 12]>::try_from(&okm[32..]).unwrap();
        let mut ciphertext = cipher.encrypt(&nonce.into(), &plaintext[..]).unwrap();
        let mut json = json!({});
        if trick == Some(Trick::Damaged) {
            ciphertext[0] ^= 1;
            json["damaged"] = json!(true);
        }
        let json = with(
            json,
            json!({
                "recipient": recipient, "e": scalar(&e), "E": hex(ephemeral), "shared": hex(shared), "info": hex(info),
                "okm": hex(okm), "plaintext": hex(&plaintext), "ciphertext": hex(&ciphertext), "honest": plaintext == share,
            }),
        );
        Envelope { ephemeral, ciphertext, plaintext, json }
    }
}

pub fn dealing_hash(attempt: &Attempt, dealer: u64, bytes: &[u8]) -> [u8; 32] {
    let mut transcript = Transcript::new("tabella/1/dealing");
    transcript.absorb("election", &attempt.election);
    transcript.absorb_u64("attempt", attempt.number);
    transcript.absorb_u64("dealer", dealer);
    transcript.absorb("dealing", bytes);
    transcript.hash()
}

struct Envelope {
    ephemeral: [u8; 32],
    ciphertext: Vec<u8>,
    plaintext: Vec<u8>,
    json: Value,
}

/// q, little-endian.
pub const ORDER: [u8; 32] = [
    0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
];
