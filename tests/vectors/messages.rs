//! messages.json: specs/conventions.md#encoding and #signatures, specs/election.md#manifest and #roll.

mod contests;
mod kinds;
mod manifests;
mod payloads;
mod rolls;
mod signatures;

pub use self::payloads::add_order;

use ed25519_dalek::SigningKey;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tabella_election::Kind;

use crate::cbor::{Value as Cbor, bytes};
use crate::file::{hex, vector};
use crate::manifest::public;
use crate::scene::Written;
use crate::stories::KINDS;
use crate::tally::told_open;

pub fn vectors() -> Vec<Value> {
    let told = told_open();
    let written = &told.finished.written;
    // The last of a kind: the first roll has no voters.
    let last = |kind: &Kind| written.iter().rev().find(|entry| entry.kind == *kind).unwrap();
    let mut vectors: Vec<Value> = Kind::ALL.iter().map(|kind| message(kind.as_str(), last(kind))).collect();
    vectors.push(message("manifest with every kind", &KINDS.scene.written[0]));
    vectors.extend(payloads::vectors(&told.finished));
    vectors.extend(manifests::vectors());
    vectors.extend(kinds::vectors());
    vectors.extend(contests::vectors());
    vectors.extend(rolls::vectors(&told.finished));
    vectors.extend(signatures::vectors());
    vectors
}

fn message(name: &str, written: &Written) -> Value {
    let Written { kind, payload, signer, .. } = written;
    let payload_hash = hex(Sha256::digest(payload));
    let value = Cbor::decode(payload);
    let Some(signer) = signer else {
        let fields = json!({
            "message": kind.as_str(), "value": value.to_json(), "payload": hex(payload), "payload_hash": payload_hash,
        });
        return vector(format!("message: {name}"), "unsigned", fields);
    };
    let [Cbor::Bytes(body), Cbor::Bytes(signature)] = value.elements() else { panic!("a signed payload") };
    let mut fields = json!({
        "message": kind.as_str(), "value": Cbor::decode(body).to_json(), "body": hex(body),
        "secret": hex(signer.to_bytes()), "public": hex(public(signer)), "signed": hex(signed_bytes(kind.as_str(), body)),
        "signature": hex(signature), "payload": hex(payload), "payload_hash": payload_hash,
    });
    if *kind == Kind::Manifest {
        fields["manifest_hash"] = json!(hex(Sha256::digest(body)));
    }
    assert_eq!(*payload, sign(kind.as_str(), body, signer));
    vector(format!("message: {name}"), "message", fields)
}

fn signed_bytes(kind: &str, body: &[u8]) -> Vec<u8> {
    [b"tabella/1/", kind.as_bytes(), &[0], body].concat()
}

/// The payload of a body, whatever it is.
fn sign(kind: &str, body: &[u8], key: &SigningKey) -> Vec<u8> {
    use ed25519_dalek::Signer;
    payload(body, &key.sign(&signed_bytes(kind, body)).to_bytes())
}

fn payload(body: &[u8], signature: &[u8]) -> Vec<u8> {
    Cbor::Array(vec![bytes(body), bytes(signature)]).encode()
}
