//! Payloads at the border: one change each.

use ed25519_dalek::SigningKey;
use serde_json::{Value, json};
use tabella_election::message::{Body, Close, Confirm, Keys, Message, Roll, Round, Signed, TallyResult};
use tabella_election::{Code, Kind};

use super::{payload, sign, signed_bytes};
use crate::cbor::{Value as Cbor, bytes, integer, text};
use crate::file::{code, hex, vector};
use crate::glass::dealing::ORDER;
use crate::manifest::{authority_key, public, registrar_key, trustee_key};
use crate::scene::Scene;

/// A payload of a kind, with the election and the author that it should have.
struct Case {
    name: String,
    kind: Kind,
    payload: Vec<u8>,
    election: [u8; 32],
    author: SigningKey,
    expected: Option<Code>,
}

pub fn vectors(scene: &Scene) -> Vec<Value> {
    let mut cases = closes(scene);
    cases.extend(maps(scene));
    cases.extend(arrays(scene));
    let mut vectors: Vec<Value> = cases.into_iter().map(bad_message).collect();
    vectors.extend(votes(scene));
    vectors
}

fn body_of(scene: &Scene, kind: Kind) -> Vec<u8> {
    let written = scene.written.iter().rev().find(|entry| entry.kind == kind).unwrap();
    match &Cbor::decode(&written.payload).elements()[0] {
        Cbor::Bytes(body) => body.clone(),
        _ => panic!("a signed payload"),
    }
}

/// Everything that can be wrong with a signed payload, on one kind.
fn closes(scene: &Scene) -> Vec<Case> {
    let (key, other) = (authority_key(), registrar_key());
    let body = body_of(scene, Kind::Close);
    let value = Cbor::decode(&body).set(2, integer(300));
    let right = value.encode();
    let signed = |body: &[u8]| sign("close", body, &key);
    let replaced = |from: &[u8], to: &[u8]| {
        let place = right.windows(from.len()).position(|window| window == from).unwrap();
        signed(&[&right[..place], to, &right[place + from.len()..]].concat())
    };
    let signature = match &Cbor::decode(&signed(&right)).elements()[1] {
        Cbor::Bytes(signature) => signature.clone(),
        _ => panic!("a signature"),
    };
    let mut large_s = signature.clone();
    add_order(&mut large_s[32..]);
    let Cbor::Map(pairs) = &value else { panic!("a map") };
    let reordered = Cbor::Map([&pairs[..2], &[pairs[3].clone(), pairs[2].clone()]].concat()).encode();
    let doubled = Cbor::Map([&pairs[..], &pairs[3..]].concat()).encode();
    let text_key = Cbor::Map([&pairs[..3], &[(text("3"), pairs[3].1.clone())]].concat()).encode();
    let of_open = {
        use ed25519_dalek::Signer;
        payload(&right, &key.sign(&signed_bytes("open", &right)).to_bytes())
    };
    let pair = |body: Cbor, signature: Cbor| Cbor::Array(vec![body, signature]);
    let malformed = Some(Code::PayloadMalformed);
    let invalid = Some(Code::SignatureInvalid);
    let own = scene.election();
    let cases = [
        ("good", signed(&right), own, None),
        ("largest integer", signed(&value.set(2, integer(u64::MAX)).encode()), own, None),
        ("empty text", signed(&value.set(1, text("")).encode()), own, None),
        ("another election", signed(&right), [7; 32], Some(Code::ElectionMismatch)),
        ("signed by another", sign("close", &right, &other), own, invalid),
        ("another election, signed by another", sign("close", &right, &other), [7; 32], Some(Code::ElectionMismatch)),
        ("signed as another kind", of_open, own, invalid),
        ("S above the order", payload(&right, &large_s), own, invalid),
        ("signature of zeros", payload(&right, &[0; 64]), own, invalid),
        ("body changed", payload(&value.set(2, integer(301)).encode(), &signature), own, invalid),
        ("signature of 63 bytes", payload(&right, &signature[..63]), own, malformed),
        ("signature of 65 bytes", payload(&right, &[&signature[..], &[0]].concat()), own, malformed),
        ("signature as text", pair(bytes(&right), text("signature")).encode(), own, malformed),
        ("body not wrapped", pair(value.clone(), bytes(&signature)).encode(), own, malformed),
        ("three elements", Cbor::Array(vec![bytes(&right), bytes(&signature), Cbor::Null]).encode(), own, malformed),
        ("one element", Cbor::Array(vec![bytes(&right)]).encode(), own, malformed),
        ("empty", Vec::new(), own, malformed),
        ("trailing byte", [signed(&right), vec![0]].concat(), own, malformed),
        ("payload of indefinite length", [&[0x9f], &signed(&right)[1..], &[0xff]].concat(), own, malformed),
        ("payload with a tag", [vec![0xc1], signed(&right)].concat(), own, malformed),
        ("byte string in pieces", in_pieces(&right, &signature), own, malformed),
        ("body empty", signed(&[]), own, malformed),
        ("trailing byte in the body", signed(&[&right[..], &[0]].concat()), own, malformed),
        ("body cut short", signed(&right[..right.len() - 1]), own, malformed),
        ("key missing", signed(&value.without(3).encode()), own, malformed),
        ("election missing", signed(&value.without(0).encode()), own, malformed),
        ("key too many", signed(&value.set(4, integer(0)).encode()), own, malformed),
        ("key twice", signed(&doubled), own, malformed),
        ("keys not ascending", signed(&reordered), own, malformed),
        ("key as text", signed(&text_key), own, malformed),
        (
            "body an array",
            signed(&Cbor::Array(pairs.iter().map(|pair| pair.1.clone()).collect()).encode()),
            own,
            malformed,
        ),
        ("map of indefinite length", signed(&[&[0xbf], &right[1..], &[0xff]].concat()), own, malformed),
        ("integer not in its shortest form", replaced(&[0x19, 0x01, 0x2c], &[0x1a, 0, 0, 0x01, 0x2c]), own, malformed),
        ("integer as text", signed(&value.set(2, text("300")).encode()), own, malformed),
        ("negative integer", signed(&value.set(2, integer(-1)).encode()), own, malformed),
        ("float", replaced(&[0x19, 0x01, 0x2c], &[0xf9, 0x5c, 0xb0]), own, malformed),
        ("bignum", replaced(&[0x19, 0x01, 0x2c], &[0xc2, 0x42, 0x01, 0x2c]), own, malformed),
        ("null", signed(&value.set(2, Cbor::Null).encode()), own, malformed),
        ("undefined", replaced(&[0x19, 0x01, 0x2c], &[0xf7]), own, malformed),
        ("hash of 31 bytes", signed(&value.set(3, bytes([1; 31])).encode()), own, malformed),
        ("hash of 33 bytes", signed(&value.set(3, bytes([1; 33])).encode()), own, malformed),
        ("text not UTF-8", replaced("witness".as_bytes(), b"witnes\xff"), own, malformed),
        ("text as bytes", signed(&value.set(1, bytes(b"anchor")).encode()), own, malformed),
    ];
    let case = |(name, payload, election, expected): (&str, Vec<u8>, [u8; 32], Option<Code>)| Case {
        name: format!("close: {name}"),
        kind: Kind::Close,
        payload,
        election,
        author: authority_key(),
        expected,
    };
    cases.into_iter().map(case).collect()
}

/// The body in two pieces of a string of indefinite length.
fn in_pieces(body: &[u8], signature: &[u8]) -> Vec<u8> {
    let (first, second) = body.split_at(10);
    let pieces = [&[0x5f][..], &bytes(first).encode(), &bytes(second).encode(), &[0xff]].concat();
    [&[0x82][..], &pieces, &bytes(signature).encode()].concat()
}

/// Maps with keys of their own.
fn maps(scene: &Scene) -> Vec<Case> {
    let confirm = Cbor::decode(&body_of(scene, Kind::Confirm));
    let map =
        |pairs: &[(i128, Cbor)]| Cbor::Map(pairs.iter().map(|(key, item)| (integer(*key), item.clone())).collect());
    let (one, three) = (bytes([1; 32]), bytes([3; 32]));
    let malformed = Some(Code::PayloadMalformed);
    let cases = [
        ("good", confirm.clone(), None),
        ("any keys", confirm.set(4, map(&[(0, one.clone()), (u64::MAX.into(), three.clone())])), None),
        ("a complaint that is no scalar", confirm.set(5, map(&[(1, bytes(ORDER))])), None),
        ("empty maps", confirm.set(4, map(&[])).set(5, map(&[])), None),
        ("keys not ascending", confirm.set(4, map(&[(3, three.clone()), (1, one.clone())])), malformed),
        ("key twice", confirm.set(4, map(&[(1, one.clone()), (1, three.clone())])), malformed),
        ("negative key", confirm.set(4, map(&[(-1, one.clone())])), malformed),
        ("hash of 31 bytes", confirm.set(4, map(&[(1, bytes([1; 31]))])), malformed),
        ("complaint of 33 bytes", confirm.set(5, map(&[(1, bytes([1; 33]))])), malformed),
        ("array for a map", confirm.set(5, Cbor::Array(vec![])), malformed),
    ];
    let Cbor::Map(pairs) = &confirm else { panic!("a map") };
    let Cbor::Integer(trustee) = pairs[3].1 else { panic!("an index") };
    let author = trustee_key(trustee as u64);
    let case = |(name, body, expected): (&str, Cbor, Option<Code>)| Case {
        name: format!("confirm: {name}"),
        kind: Kind::Confirm,
        payload: sign("confirm", &body.encode(), &author),
        election: scene.election(),
        author: author.clone(),
        expected,
    };
    cases.into_iter().map(case).collect()
}

/// Arrays within bodies.
fn arrays(scene: &Scene) -> Vec<Case> {
    let result = Cbor::decode(&body_of(scene, Kind::Result));
    let roll = Cbor::decode(&body_of(scene, Kind::Roll));
    let round = Cbor::decode(&body_of(scene, Kind::Round));
    let keys = Cbor::decode(&body_of(scene, Kind::Keys));
    let array = |items: &[Cbor]| Cbor::Array(items.to_vec());
    let contests = |items: &[Cbor]| result.set(3, array(items));
    let voters = |items: &[Cbor]| roll.set(4, array(&[array(items)]));
    let totals = array(&[integer(1), integer(0)]);
    let malformed = Some(Code::PayloadMalformed);
    let cases = [
        (Kind::Result, "good", result.clone(), None),
        (Kind::Result, "no contest", result.set(3, array(&[])), None),
        (Kind::Result, "withheld", contests(&[Cbor::Null]), None),
        (Kind::Result, "any totals", contests(&[totals.clone(), array(&[]), array(&[integer(u64::MAX)])]), None),
        (Kind::Result, "a word for totals", contests(&[text("withheld")]), malformed),
        (Kind::Result, "totals beside their kind", contests(&[array(&[text("choice"), totals.clone()])]), malformed),
        (
            Kind::Result,
            "totals in an array of their own",
            contests(&[array(&[array(&[integer(1), integer(0)])])]),
            malformed,
        ),
        (Kind::Result, "totals as a map", contests(&[Cbor::Map(vec![(integer(0), integer(1))])]), malformed),
        (Kind::Result, "negative total", contests(&[array(&[integer(-1)])]), malformed),
        (Kind::Result, "null total", contests(&[array(&[Cbor::Null])]), malformed),
        (Kind::Roll, "good", roll.clone(), None),
        (Kind::Roll, "credential that is no point", voters(&[bytes([0xff; 32]), integer(0), integer(u64::MAX)]), None),
        (Kind::Roll, "voter of two elements", voters(&[bytes([1; 32]), integer(1)]), malformed),
        (
            Kind::Roll,
            "voter of four elements",
            voters(&[bytes([1; 32]), integer(1), integer(0), integer(0)]),
            malformed,
        ),
        (Kind::Roll, "credential of 31 bytes", voters(&[bytes([1; 31]), integer(1), integer(0)]), malformed),
        (Kind::Roll, "voter as a map", roll.set(4, array(&[Cbor::Map(vec![(integer(0), bytes([1; 32]))])])), malformed),
        (Kind::Round, "good", round.clone(), None),
        (Kind::Round, "any indexes", round.set(3, array(&[integer(u64::MAX), integer(0), integer(0)])), None),
        (Kind::Round, "null for an array", round.set(3, Cbor::Null), malformed),
        (Kind::Keys, "good", keys.clone(), None),
        (Kind::Keys, "trustee as bytes", keys.set(3, bytes([1])), malformed),
        (Kind::Keys, "attempt above 64 bits", keys.set(1, bytes([1; 9])), malformed),
    ];
    let Cbor::Map(pairs) = &keys else { panic!("a map") };
    let Cbor::Integer(trustee) = pairs[3].1 else { panic!("an index") };
    let case = |(kind, name, body, expected): (Kind, &str, Cbor, Option<Code>)| {
        let author = match kind {
            Kind::Roll => registrar_key(),
            Kind::Keys => trustee_key(trustee as u64),
            _ => authority_key(),
        };
        Case {
            name: format!("{kind}: {name}"),
            kind,
            payload: sign(kind.as_str(), &body.encode(), &author),
            election: scene.election(),
            author,
            expected,
        }
    };
    cases.into_iter().map(case).collect()
}

/// Payloads that nobody signs.
fn votes(scene: &Scene) -> Vec<Value> {
    let value = |kind: Kind| Cbor::decode(&scene.written.iter().find(|entry| entry.kind == kind).unwrap().payload);
    let (ballot, challenge) = (value(Kind::Ballot), value(Kind::Challenge));
    let malformed = Some(Code::PayloadMalformed);
    let cases = [
        (Kind::Ballot, "good", ballot.encode(), None),
        (Kind::Ballot, "of nothing but sizes", ballot.put(3, Cbor::Map(vec![])).put(5, bytes([])).encode(), None),
        (Kind::Ballot, "link of 32 bytes", ballot.put(1, bytes([1; 32])).encode(), malformed),
        (Kind::Ballot, "link empty", ballot.put(1, bytes([])).encode(), malformed),
        (Kind::Ballot, "proof null", ballot.put(5, Cbor::Null).encode(), malformed),
        (Kind::Ballot, "as a challenge", challenge.encode(), malformed),
        (Kind::Challenge, "good", challenge.encode(), None),
        (Kind::Challenge, "any coordinates", challenge.put(5, Cbor::Array(vec![integer(u64::MAX)])).encode(), None),
        (
            Kind::Challenge,
            "coordinates as bools",
            challenge.put(5, Cbor::Array(vec![Cbor::Bool(true)])).encode(),
            malformed,
        ),
        (Kind::Challenge, "r of 31 bytes", challenge.put(6, bytes([1; 31])).encode(), malformed),
        (Kind::Challenge, "as a ballot", ballot.encode(), malformed),
    ];
    let case = |(kind, name, payload, expected): (Kind, &str, Vec<u8>, Option<Code>)| {
        assert_eq!(Message::decode(kind, &payload).err().map(|rejection| rejection.code), expected, "{kind}: {name}");
        let fields = json!({
            "message": kind.as_str(), "election": null, "public": null, "payload": hex(payload), "code": code(expected),
        });
        vector(format!("{kind}: {name}"), "bad_message", fields)
    };
    cases.into_iter().map(case).collect()
}

fn bad_message(case: Case) -> Value {
    let judge = match case.kind {
        Kind::Close => judge::<Close>,
        Kind::Confirm => judge::<Confirm>,
        Kind::Result => judge::<TallyResult>,
        Kind::Roll => judge::<Roll>,
        Kind::Round => judge::<Round>,
        Kind::Keys => judge::<Keys>,
        other => panic!("no case has the kind {other}"),
    };
    assert_eq!(judge(&case), case.expected, "{}", case.name);
    let fields = json!({
        "message": case.kind.as_str(), "election": hex(case.election), "public": hex(public(&case.author)),
        "payload": hex(case.payload), "code": code(case.expected),
    });
    vector(case.name, "bad_message", fields)
}

/// Steps 2 and 4 of specs/election.md#rules.
fn judge<T: Body>(case: &Case) -> Option<Code> {
    let signed = match Signed::<T>::decode(&case.payload) {
        Ok(signed) => signed,
        Err(rejection) => return Some(rejection.code),
    };
    if signed.body().election().is_some_and(|election| election.0 != case.election) {
        return Some(Code::ElectionMismatch);
    }
    signed.judge_signature(&public(&case.author)).err().map(|rejection| rejection.code)
}

/// Adds the group's order to a little-endian scalar.
pub fn add_order(scalar: &mut [u8]) {
    let mut carry = 0;
    for (byte, more) in scalar.iter_mut().zip(ORDER) {
        let sum = u16::from(*byte) + u16::from(more) + carry;
        (*byte, carry) = (sum as u8, sum >> 8);
    }
}
