//! Signed payloads, manifests and rolls.

use super::*;
use crate::ballot::{Ballot, Challenge};
use crate::entry::Kind;
use crate::message::{Content, Message};
use crate::note::signed_by;
use crate::roll::{Limits, Roll};
use crate::rules::Election;
use crate::tree::sha256;

fn kind(vector: &Value) -> Kind {
    Kind::named(text(&vector["message"])).unwrap()
}

/// Decodes a payload, then compares the election and checks the signature where the vector names them.
fn judge(vector: &Value) -> Result<(), Code> {
    let payload = hex(&vector["payload"]);
    match kind(vector) {
        Kind::Ballot => Ballot::decode(&payload).map(|_| ()),
        Kind::Challenge => Challenge::decode(&payload).map(|_| ()),
        kind => {
            let message = Message::decode(kind, &payload)?;
            let election = &vector["election"];
            if !election.is_null() && message.election != Some(fixed(election)) {
                return Err(Code::ElectionMismatch);
            }
            if message.is_signed_by(&fixed(&vector["public"])) { Ok(()) } else { Err(Code::SignatureInvalid) }
        }
    }
}

#[test]
fn messages_are_read() {
    for vector in vectors("messages", "message") {
        let name = text(&vector["name"]);
        let message = Message::decode(kind(&vector), &hex(&vector["payload"])).unwrap();
        assert_eq!(message.body, hex(&vector["body"]), "{name}");
        assert_eq!(message.body, crate::cbor::encode(&cbor(&vector["value"])), "{name}");
        assert!(message.is_signed_by(&fixed(&vector["public"])), "{name}");
        if vector["message"] == "manifest" {
            assert_eq!(sha256(&message.body), fixed::<32>(&vector["manifest_hash"]), "{name}");
        }
    }
    for vector in vectors("messages", "unsigned") {
        assert_eq!(judge(&vector), Ok(()), "{}", vector["name"]);
    }
}

#[test]
fn bad_messages_have_their_codes() {
    for vector in vectors("messages", "bad_message") {
        assert_code(judge(&vector), &vector);
    }
}

#[test]
fn bad_manifests_have_their_codes() {
    for vector in vectors("messages", "bad_manifest") {
        let message = Message::decode(Kind::Manifest, &hex(&vector["payload"]));
        let found = message.and_then(|message| Election::begin(&Some(message), text(&vector["origin"]), [0; 32]));
        assert_code(found.map(|_| ()), &vector);
    }
}

fn accept(roll: &mut Roll, body: &Value, limits: &Limits) -> Result<(), Code> {
    let message = Message::decode(Kind::Roll, &unsigned(hex(body)))?;
    let Content::Roll(chunk) = &message.content else {
        panic!("no roll");
    };
    roll.accept(chunk, &message.body, limits)
}

#[test]
fn rolls() {
    for vector in vectors("messages", "roll") {
        let name = text(&vector["name"]);
        let mut roll = Roll::default();
        let any = Limits { styles: usize::MAX, largest_of_a_slot: 1, largest_of_an_option: 1 };
        // A revision before the first of the vector is an empty chunk of its own.
        for revision in 1..integer(&vector["revision"]) {
            let number = |number: u64| Cbor::Integer(number.into());
            let body = record(vec![
                Cbor::Bytes(hex(&vector["election"])),
                number(revision),
                number(1),
                number(1),
                Cbor::Array(Vec::new()),
                Cbor::Bytes(vec![0; 32]),
            ]);
            let body = data_encoding::HEXLOWER.encode(&crate::cbor::encode(&body));
            assert_eq!(accept(&mut roll, &Value::String(body), &any), Ok(()), "{name}");
        }
        for chunk in vector["chunks"].as_array().unwrap() {
            assert_eq!(accept(&mut roll, chunk, &any), Ok(()), "{name}");
        }
        assert!(roll.is_complete(), "{name}");
        assert_eq!(roll.voters().len() as u64, integer(&vector["count"]), "{name}");
        assert_eq!(roll.hash(&fixed(&vector["election"])), fixed::<32>(&vector["roll_hash"]), "{name}");
    }
}

#[test]
fn bad_rolls_have_their_codes() {
    for vector in vectors("messages", "bad_roll") {
        let manifest = manifest(&vector["contests"], &Value::Array(Vec::new()), 1, 1);
        let styles = usize::try_from(integer(&vector["styles"])).unwrap();
        let limits = Limits { styles, ..manifest.limits() };
        let mut roll = Roll::default();
        for body in vector["before"].as_array().unwrap() {
            assert_eq!(accept(&mut roll, body, &limits), Ok(()), "{}", vector["name"]);
        }
        assert_code(accept(&mut roll, &vector["body"], &limits), &vector);
    }
}

#[test]
fn signatures_are_checked_strictly() {
    for vector in vectors("messages", "signature") {
        let signature = hex(&vector["signature"]);
        let found = signature
            .as_slice()
            .try_into()
            .is_ok_and(|signature| signed_by(&fixed(&vector["public"]), &hex(&vector["message"]), signature));
        assert_eq!(found, vector["valid"] == true, "{}", vector["name"]);
    }
}
