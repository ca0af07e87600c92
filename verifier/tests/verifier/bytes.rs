//! Bytes of the protocol as a test writes them: CBOR, transcripts, signatures, scalars.

use ciborium::Value;
use curve25519_dalek::{RistrettoPoint, Scalar};
use ed25519_dalek::{Signer, SigningKey};
use sha2::{Digest, Sha256, Sha512};

pub type Hash = [u8; 32];

pub fn uint(number: u64) -> Value {
    Value::Integer(number.into())
}

pub fn bytes(bytes: &[u8]) -> Value {
    Value::Bytes(bytes.to_vec())
}

pub fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

/// A map with the keys 0, 1, 2, …
pub fn body(values: Vec<Value>) -> Value {
    map((0..).zip(values))
}

pub fn map(pairs: impl IntoIterator<Item = (u64, Value)>) -> Value {
    Value::Map(pairs.into_iter().map(|(key, value)| (uint(key), value)).collect())
}

pub fn cbor(value: &Value) -> Vec<u8> {
    let mut bytes = Vec::new();
    ciborium::into_writer(value, &mut bytes).unwrap();
    bytes
}

pub fn sha256(bytes: &[u8]) -> Hash {
    Sha256::digest(bytes).into()
}

/// `[body, signature]`.
pub fn sign(kind: &str, body: &[u8], key: &SigningKey) -> Vec<u8> {
    let message = [b"tabella/1/", kind.as_bytes(), &[0], body].concat();
    cbor(&Value::Array(vec![bytes(body), bytes(&key.sign(&message).to_bytes())]))
}

/// A transcript whose steps read like the specification's tables.
#[derive(Clone)]
pub struct Transcript(merlin::Transcript);

impl Transcript {
    pub fn new(name: &str) -> Self {
        // merlin wants names that live for ever; there are few.
        Self(merlin::Transcript::new(format!("tabella/1/{name}").leak().as_bytes()))
    }

    pub fn absorb(mut self, label: &'static str, data: &[u8]) -> Self {
        self.0.append_message(label.as_bytes(), data);
        self
    }

    pub fn number(self, label: &'static str, number: u64) -> Self {
        self.absorb(label, &number.to_le_bytes())
    }

    pub fn points(self, label: &'static str, points: &[RistrettoPoint]) -> Self {
        self.absorb(label, &encode(points))
    }

    fn challenge<const N: usize>(&mut self, label: &'static str) -> [u8; N] {
        let mut out = [0; N];
        self.0.challenge_bytes(label.as_bytes(), &mut out);
        out
    }

    pub fn scalar(&mut self, label: &'static str) -> Scalar {
        Scalar::from_bytes_mod_order_wide(&self.challenge(label))
    }

    pub fn weight(&mut self, label: &'static str) -> Scalar {
        Scalar::from(u128::from_le_bytes(self.challenge(label)))
    }

    /// For a library that goes on with a copy.
    pub fn merlin(&self) -> merlin::Transcript {
        self.0.clone()
    }

    pub fn hash(mut self) -> Hash {
        self.challenge("hash")
    }
}

pub fn encode(points: &[RistrettoPoint]) -> Vec<u8> {
    points.iter().flat_map(|point| point.compress().to_bytes()).collect()
}

pub fn encode_scalars(scalars: &[Scalar]) -> Vec<u8> {
    scalars.iter().flat_map(Scalar::to_bytes).collect()
}

/// Integers as u64 big-endian, one after the other.
pub fn numbers(numbers: impl IntoIterator<Item = u64>) -> Vec<u8> {
    numbers.into_iter().flat_map(u64::to_be_bytes).collect()
}

pub fn base(scalar: &Scalar) -> RistrettoPoint {
    RistrettoPoint::mul_base(scalar)
}

pub fn hash_to_group(label: &str, data: &[u8]) -> RistrettoPoint {
    let hash = Sha512::digest([b"tabella/1/", label.as_bytes(), &[0], data].concat());
    RistrettoPoint::from_uniform_bytes(&hash.into())
}

/// A scalar for every label: tests want the same record each time.
pub fn secret(label: &str) -> Scalar {
    Scalar::from_bytes_mod_order_wide(&Sha512::digest(label).into())
}
