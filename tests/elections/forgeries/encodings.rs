//! Payloads that say what a valid one says, or nearly, in another encoding.

use std::sync::Arc;

use ed25519_dalek::{Signer, SigningKey};
use minicbor::Encoder;
use tabella_election::{Code, Kind};

use super::Table;
use crate::scene::Scene;
use crate::scene::samples::{self, MEMBERS, manifest, member_vote};

/// Replaces the bytes at a place, which must be these.
#[track_caller]
fn replaced(bytes: &[u8], place: usize, old: &[u8], new: &[u8]) -> Vec<u8> {
    assert_eq!(&bytes[place..place + old.len()], old);
    [&bytes[..place], new, &bytes[place + old.len()..]].concat()
}

/// A signed payload whose body is any bytes.
pub(super) fn sign_bytes(kind: Kind, body: &[u8], key: &SigningKey) -> Vec<u8> {
    let message = [b"tabella/1/", kind.as_str().as_bytes(), &[0], body].concat();
    let mut encoder = Encoder::new(Vec::new());
    encoder.array(2).unwrap().bytes(body).unwrap();
    encoder.bytes(&key.sign(&message).to_bytes()).unwrap();
    encoder.into_writer()
}

/// The body of a signed payload.
pub(super) fn body_of(payload: &[u8]) -> Vec<u8> {
    let mut decoder = minicbor::Decoder::new(payload);
    decoder.array().unwrap();
    decoder.bytes().unwrap().to_vec()
}

pub(super) fn forge(table: &mut Table) {
    let mut scene = Scene::open(manifest(), &[(1, MEMBERS), (1, MEMBERS)]);
    scene.vote(1, &member_vote(None, &[1]));
    let ballot = scene.fill_in(0, Kind::Ballot, &member_vote(Some(1), &[0, 2]));
    let close = scene.control(Kind::Close);
    let scene = Arc::new(scene);
    ballots(table, &scene, &ballot);
    envelopes(table, &scene, &close);
    bodies(table, &scene, &body_of(&close));
    wrong_signatures(table, &scene, &close);
}

fn ballots(table: &mut Table, scene: &Arc<Scene>, ballot: &[u8]) {
    // [K (2 + 32), null, R (2 + 32), {0: (2 + 128), 1: (2 + 128)}, B (2 + 32), proof]
    let (link, r, map, second, b) = (35, 36, 70, 202, 333);
    let head = &ballot[..map];
    let (first_contest, second_contest) = (&ballot[map + 1..second], &ballot[second..b]);
    let tail = &ballot[b..];
    let with_map = |count: u8, pairs: &[&[u8]]| [head, &[count], &pairs.concat(), tail].concat();
    let whole = |change: fn(&mut Vec<u8>)| {
        let mut whole = ballot.to_vec();
        change(&mut whole);
        whole
    };
    let variants = [
        ("nothing", Vec::new()),
        ("a trailing byte", whole(|bytes| bytes.push(0))),
        (
            "seven items",
            whole(|bytes| {
                bytes[0] = 0x87;
                bytes.push(0xf6);
            }),
        ),
        ("five items", whole(|bytes| bytes[0] = 0x85)),
        (
            "an indefinite array",
            whole(|bytes| {
                bytes[0] = 0x9f;
                bytes.push(0xff);
            }),
        ),
        ("a longer head of the array", replaced(ballot, 0, &[0x86], &[0x98, 6])),
        ("a longer head of K", replaced(ballot, 1, &[0x58, 0x20], &[0x59, 0, 0x20])),
        ("K as text", replaced(ballot, 1, &[0x58], &[0x78])),
        ("K of 31 bytes", {
            let mut short = replaced(ballot, 1, &[0x58, 0x20], &[0x58, 0x1f]);
            short.remove(3);
            short
        }),
        ("K in pieces", {
            let mut pieces = replaced(ballot, 1, &[0x58, 0x20], &[0x5f, 0x58, 0x20]);
            pieces.insert(36, 0xff);
            pieces
        }),
        ("an undefined link", replaced(ballot, link, &[0xf6], &[0xf7])),
        ("a null that is longer", replaced(ballot, link, &[0xf6], &[0xf8, 0x16])),
        ("a link that is false", replaced(ballot, link, &[0xf6], &[0xf4])),
        ("a link that is 0", replaced(ballot, link, &[0xf6], &[0x00])),
        ("a link of 0 bytes", replaced(ballot, link, &[0xf6], &[0x40])),
        ("a link of 19 bytes", replaced(ballot, link, &[0xf6], &[&[0x53][..], &[1; 19]].concat())),
        ("a link of 21 bytes", replaced(ballot, link, &[0xf6], &[&[0x55][..], &[1; 21]].concat())),
        ("a link of 32 bytes", replaced(ballot, link, &[0xf6], &[&[0x58, 0x20][..], &[1; 32]].concat())),
        ("a null R", [&ballot[..r], &[0xf6], &ballot[map..]].concat()),
        ("a tagged R", replaced(ballot, r, &[0x58], &[0xd8, 0x18, 0x58])),
        ("contests that descend", with_map(0xa2, &[second_contest, first_contest])),
        ("a contest twice", with_map(0xa2, &[first_contest, first_contest])),
        ("a contest twice and another", with_map(0xa3, &[first_contest, first_contest, second_contest])),
        ("a contest that is counted but not there", with_map(0xa3, &[first_contest, second_contest])),
        ("contests of indefinite length", with_map(0xbf, &[first_contest, second_contest, &[0xff]])),
        ("contests in an array", with_map(0x82, &[&first_contest[1..], &second_contest[1..]])),
        ("a negative contest", replaced(ballot, map + 1, &[0x00], &[0x20])),
        ("a contest named by a text", replaced(ballot, map + 1, &[0x00], &[0x61, 0x30])),
        ("a contest with a longer number", replaced(ballot, map + 1, &[0x00], &[0x18, 0x00])),
        ("a contest that is an array", replaced(ballot, map + 2, &[0x58], &[0x98])),
        ("B that is null", [&ballot[..b], &[0xf6], &ballot[b + 34..]].concat()),
        ("a proof as text", replaced(ballot, b + 34, &[0x59], &[0x79])),
        ("a proof that is longer than all memory", [&ballot[..b + 34], &[0x5b], &[0x7f; 8]].concat()),
        ("a challenge's items", replaced(ballot, 0, &[0x86], &[0x88])),
        ("arrays in arrays", vec![0x81; 60_000]),
        ("maps in maps", [0xa1, 0x00].repeat(30_000)),
        ("tags on tags", vec![0xc1; 60_000]),
    ];
    for (name, payload) in variants {
        table.payload(format!("ballot's encoding: {name}"), Code::PayloadMalformed, scene, Kind::Ballot, &payload);
    }
}

/// The array of body and signature.
fn envelopes(table: &mut Table, scene: &Arc<Scene>, close: &[u8]) {
    let (body, key) = (body_of(close), samples::authority());
    let signature = &close[close.len() - 64..];
    let parts = |count: u8, parts: &[&[u8]]| [&[count], parts.concat().as_slice()].concat();
    let bytes = |bytes: &[u8]| minicbor::to_vec(minicbor::bytes::ByteVec::from(bytes.to_vec())).unwrap();
    let (body_item, signature_item) = (bytes(&body), bytes(signature));
    let variants = [
        ("the body alone", body.clone()),
        ("no signature", parts(0x81, &[&body_item])),
        ("two signatures", parts(0x83, &[&body_item, &signature_item, &signature_item])),
        ("a signature of 63 bytes", parts(0x82, &[&body_item, &bytes(&signature[1..])])),
        ("a signature of 65 bytes", parts(0x82, &[&body_item, &bytes(&[signature, &[0]].concat())])),
        ("a null signature", parts(0x82, &[&body_item, &[0xf6]])),
        ("a body that is no byte string", parts(0x82, &[&body, &signature_item])),
        ("an indefinite array", parts(0x9f, &[&body_item, &signature_item, &[0xff]])),
        ("a trailing byte", parts(0x82, &[&body_item, &signature_item, &[0]])),
        ("no body", sign_bytes(Kind::Close, &[], &key)),
        ("a body that is null", sign_bytes(Kind::Close, &[0xf6], &key)),
        ("a body in a body", sign_bytes(Kind::Close, &body_item, &key)),
    ];
    for (name, payload) in variants {
        table.payload(format!("close's envelope: {name}"), Code::PayloadMalformed, scene, Kind::Close, &payload);
    }
}

/// The map that is signed.
fn bodies(table: &mut Table, scene: &Arc<Scene>, body: &[u8]) {
    // {0: election (2 + 32), 1: anchor, 2: ballots, 3: last (2 + 32)}
    let last = body.len() - 35;
    let ballots = last - 2;
    assert_eq!((body[ballots], body[ballots + 1], body[last]), (2, 1, 3));
    let anchor = &body[36..ballots];
    let (pair0, pair1) = (&body[1..36 - 1], &body[35..ballots]);
    let (pair2, pair3) = (&body[ballots..last], &body[last..]);
    let map = |count: u8, pairs: &[&[u8]]| [&[count], pairs.concat().as_slice()].concat();
    let variants = [
        ("a trailing byte", [body, &[0]].concat()),
        ("a key too few", map(0xa3, &[pair0, pair1, pair2])),
        ("a key in the middle too few", map(0xa3, &[pair0, pair1, pair3])),
        ("a key too many", map(0xa5, &[pair0, pair1, pair2, pair3, &[4, 0]])),
        ("a key too many that is null", map(0xa5, &[pair0, pair1, pair2, pair3, &[4, 0xf6]])),
        ("keys that descend", map(0xa4, &[pair3, pair2, pair1, pair0])),
        ("two keys exchanged", map(0xa4, &[pair0, pair1, pair3, pair2])),
        ("a key twice", map(0xa4, &[pair0, pair1, pair2, pair2])),
        ("a key twice and another", map(0xa5, &[pair0, pair1, pair2, pair2, pair3])),
        ("an indefinite map", map(0xbf, &[pair0, pair1, pair2, pair3, &[0xff]])),
        ("a longer head", [&[0xb8, 4], &body[1..]].concat()),
        ("a longer key", replaced(body, ballots, &[2], &[0x18, 2])),
        ("a negative key", replaced(body, ballots, &[2], &[0x21])),
        ("a text as key", replaced(body, ballots, &[2], &[0x61, 0x32])),
        ("an array", map(0x84, &[&pair0[1..], &pair1[1..], &pair2[1..], &pair3[1..]])),
        ("a longer number", replaced(body, ballots + 1, &[1], &[0x18, 1])),
        ("a number of 9 bytes", replaced(body, ballots + 1, &[1], &[0x1b, 0, 0, 0, 0, 0, 0, 0, 1])),
        ("a number as float", replaced(body, ballots + 1, &[1], &[0xf9, 0x3c, 0])),
        ("a number as big number", replaced(body, ballots + 1, &[1], &[0xc2, 0x41, 1])),
        ("a negative number", replaced(body, ballots + 1, &[1], &[0x20])),
        ("a number that is true", replaced(body, ballots + 1, &[1], &[0xf5])),
        ("a number that is null", replaced(body, ballots + 1, &[1], &[0xf6])),
        ("a hash of 31 bytes", body[..body.len() - 1].to_vec()),
        ("a hash of 0 bytes", map(0xa4, &[pair0, pair1, pair2, &[3, 0x40]])),
        ("an election of 31 bytes", map(0xa4, &[&[0, 0x58, 0x1f], &pair0[4..], pair1, pair2, pair3])),
        ("an election as text", map(0xa4, &[&[0, 0x78, 0x20], &[b'e'; 32], pair1, pair2, pair3])),
        ("an anchor as bytes", map(0xa4, &[pair0, &[1], &[anchor[0] & 0x1f | 0x40], &anchor[1..], pair2, pair3])),
        ("an anchor that is not UTF-8", map(0xa4, &[pair0, &[1, 0x61, 0xff], pair2, pair3])),
        ("an anchor in pieces", map(0xa4, &[pair0, &[1, 0x7f], anchor, &[0xff], pair2, pair3])),
        ("an anchor that is null", map(0xa4, &[pair0, &[1, 0xf6], pair2, pair3])),
    ];
    for (name, body) in variants {
        let payload = sign_bytes(Kind::Close, &body, &samples::authority());
        table.payload(format!("close's body: {name}"), Code::PayloadMalformed, scene, Kind::Close, &payload);
    }
}

/// Signatures under the right key that are not over this, or not strict.
fn wrong_signatures(table: &mut Table, scene: &Arc<Scene>, close: &[u8]) {
    let body = body_of(close);
    let place = close.len() - 64;
    let with_signature = |signature: &[u8]| [&close[..place], signature].concat();
    let signature = &close[place..];
    let over_bytes = samples::authority().sign(&body).to_bytes();
    let other_kind = sign_bytes(Kind::Open, &body, &samples::authority());
    let without_zero = samples::authority().sign(&[b"tabella/1/close".as_slice(), &body].concat()).to_bytes();
    // S + ℓ: the same number modulo the order of the group.
    let mut above = signature.to_vec();
    let mut carry = 0_u16;
    for (byte, order) in above[32..].iter_mut().zip(ORDER) {
        let sum = u16::from(*byte) + u16::from(order) + carry;
        *byte = sum.to_le_bytes()[0];
        carry = sum >> 8;
    }
    let mut zero = vec![0; 64];
    zero[0] = 1;
    let variants = [
        ("over the body alone", over_bytes.to_vec()),
        ("over another kind", other_kind[other_kind.len() - 64..].to_vec()),
        ("without the zero byte", without_zero.to_vec()),
        ("with S above the order", above),
        ("with another bit", {
            let mut signature = signature.to_vec();
            signature[0] ^= 1;
            signature
        }),
        ("with R of small order", zero),
        ("of zeros", vec![0; 64]),
        ("of ones", vec![0xff; 64]),
    ];
    for (name, signature) in variants {
        let payload = with_signature(&signature);
        table.payload(format!("close's signature: {name}"), Code::SignatureInvalid, scene, Kind::Close, &payload);
    }
}

/// q, the order of the group, with its lowest byte first.
pub(super) const ORDER: [u8; 32] = [
    0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
];
