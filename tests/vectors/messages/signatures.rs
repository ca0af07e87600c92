//! Ed25519 at its edges: what strict verification takes, and what only other rules would.

use curve25519_dalek::Scalar;
use curve25519_dalek::constants::{ED25519_BASEPOINT_TABLE, EIGHT_TORSION};
use curve25519_dalek::edwards::EdwardsPoint;
use ed25519_dalek::{Signature, Signer};
use serde_json::{Value, json};
use sha2::{Digest, Sha512};
use tabella_election::SignerKey;
use tabella_election::message::verifying_key;

use super::payloads::add_order;
use crate::file::{hex, vector};
use crate::manifest::{authority_key, public, signing_key};
use crate::source::Source;

type Key = [u8; 32];

/// What the case is about, the key, the message, the signature, and whether it is valid.
type Case = (&'static str, Key, Vec<u8>, [u8; 64], bool);

pub fn vectors() -> Vec<Value> {
    let (key, message) = (authority_key(), b"message".to_vec());
    let right = key.sign(&message).to_bytes();
    let own = public(&key).0;
    let flipped = |place: usize| {
        let mut signature = right;
        signature[place] ^= 1;
        signature
    };
    let mut large_s = right;
    add_order(&mut large_s[32..]);
    let negative_zero = {
        let mut bytes = [0; 32];
        (bytes[0], bytes[31]) = (1, 0x80);
        bytes
    };
    let identity = EIGHT_TORSION[0].compress().to_bytes();
    let of_order_8 = EIGHT_TORSION[1].compress().to_bytes();
    let zeros = |first: Key| joined(&first, &Scalar::ZERO);
    let mut source = Source::new("signatures");
    let mut cases = vec![
        ("right", own, message.clone(), right, true),
        ("right, of the empty message", own, Vec::new(), key.sign(b"").to_bytes(), true),
        ("another message", own, b"massage".to_vec(), right, false),
        ("another key", public(&signing_key("registrar")).0, message.clone(), right, false),
        ("a bit of R", own, message.clone(), flipped(0), false),
        ("a bit of S", own, message.clone(), flipped(32), false),
        ("S above the order", own, message.clone(), large_s, false),
        ("key the identity, R the identity, S zero", identity, message.clone(), zeros(identity), false),
        ("key of order 8", of_order_8, message.clone(), zeros(identity), false),
        ("key the identity with a sign", negative_zero, message.clone(), zeros(identity), false),
        (
            "key no point",
            [2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
            message,
            zeros(identity),
            false,
        ),
    ];
    cases.extend(made_by_hand(&mut source));
    cases
        .into_iter()
        .map(|(name, key, message, signature, valid)| case(name, key, &message, signature, valid))
        .collect()
}

/// Signatures whose R or key has a part of small order.
fn made_by_hand(source: &mut Source) -> Vec<Case> {
    let a = Scalar::from_bytes_mod_order(source.bytes());
    let r = Scalar::from_bytes_mod_order(source.bytes());
    let (base_a, base_r) = (ED25519_BASEPOINT_TABLE * &a, ED25519_BASEPOINT_TABLE * &r);
    let torsion = EIGHT_TORSION[1];
    let identity = EIGHT_TORSION[0];

    let small_r = sign(&base_a, &identity, &a, &Scalar::ZERO, b"message");
    let mixed_r = sign(&base_a, &(base_r + torsion), &a, &r, b"message");
    let mixed = base_a + torsion;
    let message_with = |remainder: bool| -> Vec<u8> {
        let messages = (0_u32..).map(|number| number.to_be_bytes().to_vec());
        let mut fitting =
            messages.filter(|message| challenge(&base_r, &mixed, message).to_bytes()[0].is_multiple_of(8) == remainder);
        fitting.next().unwrap()
    };
    let (vanishing, remaining) = (message_with(true), message_with(false));
    let (key_a, key_mixed) = (base_a.compress().to_bytes(), mixed.compress().to_bytes());
    vec![
        ("R the identity", key_a, b"message".to_vec(), small_r, false),
        ("R with a part of small order: right only with the cofactor", key_a, b"message".to_vec(), mixed_r, false),
        (
            "key with a part of small order that vanishes",
            key_mixed,
            vanishing.clone(),
            sign(&mixed, &base_r, &a, &r, &vanishing),
            true,
        ),
        (
            "key with a part of small order: right only with the cofactor",
            key_mixed,
            remaining.clone(),
            sign(&mixed, &base_r, &a, &r, &remaining),
            false,
        ),
    ]
}

/// R ‖ r + k·a for whatever points are claimed.
fn sign(key: &EdwardsPoint, nonce: &EdwardsPoint, a: &Scalar, r: &Scalar, message: &[u8]) -> [u8; 64] {
    joined(&nonce.compress().to_bytes(), &(r + challenge(nonce, key, message) * a))
}

fn challenge(nonce: &EdwardsPoint, key: &EdwardsPoint, message: &[u8]) -> Scalar {
    let (nonce, key) = (nonce.compress(), key.compress());
    let digest = Sha512::digest([nonce.as_bytes(), key.as_bytes(), message].concat());
    Scalar::from_bytes_mod_order_wide(&digest.into())
}

fn joined(first: &Key, second: &Scalar) -> [u8; 64] {
    let mut signature = [0; 64];
    signature[..32].copy_from_slice(first);
    signature[32..].copy_from_slice(second.as_bytes());
    signature
}

fn case(name: &str, key: Key, message: &[u8], signature: [u8; 64], valid: bool) -> Value {
    let verified = verifying_key(&SignerKey(key))
        .is_some_and(|key| key.verify_strict(message, &Signature::from_bytes(&signature)).is_ok());
    assert_eq!(verified, valid, "{name}");
    vector(
        format!("signature: {name}"),
        "signature",
        json!({ "public": hex(key), "message": hex(message), "signature": hex(signature), "valid": valid }),
    )
}
