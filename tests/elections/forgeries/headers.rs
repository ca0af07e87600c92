//! Headers of entries around a payload that is valid.

use std::sync::Arc;

use minicbor::Encoder;
use minicbor::data::Tag;
use tabella_board::entry::genesis_hash;
use tabella_election::{Code, Kind};

use super::Table;
use crate::scene::Scene;
use crate::scene::samples::{self, MEMBERS, ORIGIN, manifest, member_vote};

/// The six fields of an entry.
#[derive(Clone)]
struct Header {
    format: String,
    origin: String,
    index: u64,
    prev: Vec<u8>,
    kind: String,
    payload: Vec<u8>,
}

/// What makes a header wrong, and the code for it.
type Mistake = (&'static str, Code, fn(&mut Header));

impl Header {
    fn of(scene: &Scene, kind: Kind, payload: &[u8]) -> Self {
        Self {
            format: "tabella/1".to_owned(),
            origin: ORIGIN.to_owned(),
            index: scene.log.next.index,
            prev: scene.log.last().0.to_vec(),
            kind: kind.as_str().to_owned(),
            payload: payload.to_vec(),
        }
    }

    fn encode(&self) -> Vec<u8> {
        let mut encoder = Encoder::new(Vec::new());
        encoder.array(6).unwrap().str(&self.format).unwrap().str(&self.origin).unwrap();
        encoder.u64(self.index).unwrap().bytes(&self.prev).unwrap();
        encoder.str(&self.kind).unwrap().bytes(&self.payload).unwrap();
        encoder.into_writer()
    }
}

/// One mistake for each row of the table of specs/board.md#entry, in its order, and more of each.
const MISTAKES: [Mistake; 19] = [
    ("prev of 31 bytes", Code::EntryMalformed, |header| _ = header.prev.pop()),
    ("prev of 33 bytes", Code::EntryMalformed, |header| header.prev.push(0)),
    ("another format", Code::EntryFormat, |header| header.format = "tabella/2".to_owned()),
    ("no format", Code::EntryFormat, |header| header.format.clear()),
    ("another origin", Code::EntryOrigin, |header| header.origin.push('x')),
    ("no origin", Code::EntryOrigin, |header| header.origin.clear()),
    ("an origin that can be none", Code::EntryOrigin, |header| header.origin = "a b+c".to_owned()),
    ("the next index", Code::EntryIndex, |header| header.index += 1),
    ("the index before", Code::EntryIndex, |header| header.index -= 1),
    ("an index of 64 bits", Code::EntryIndex, |header| header.index = u64::MAX),
    ("another prev", Code::EntryPrev, |header| header.prev[31] ^= 1),
    ("the first prev", Code::EntryPrev, |header| {
        header.prev = genesis_hash(&samples::origin()).as_bytes().to_vec();
    }),
    ("an unknown kind", Code::KindUnknown, |header| header.kind = "vote".to_owned()),
    ("no kind", Code::KindUnknown, |header| header.kind.clear()),
    ("a kind with a capital", Code::KindUnknown, |header| header.kind = "Ballot".to_owned()),
    ("a payload of 65,001 bytes", Code::PayloadTooLarge, |header| header.payload = vec![0; 65_001]),
    ("a payload of 65,000 bytes", Code::PayloadMalformed, |header| header.payload = vec![0; 65_000]),
    ("no payload", Code::PayloadMalformed, |header| header.payload.clear()),
    ("another kind's payload", Code::PayloadMalformed, |header| header.kind = "close".to_owned()),
];

pub(super) fn forge(table: &mut Table) {
    let mut scene = Scene::open(manifest(), &[(1, MEMBERS), (1, MEMBERS)]);
    // Two votes, so that the index takes two bytes.
    scene.vote(1, &member_vote(None, &[1]));
    scene.vote(1, &member_vote(None, &[2]));
    let payload = scene.fill_in(0, Kind::Ballot, &member_vote(Some(1), &[0, 2]));
    let scene = Arc::new(scene);
    let valid = Header::of(&scene, Kind::Ballot, &payload);
    assert_eq!(Scene::clone(&scene).receive(&valid.encode()), Ok(()));

    for (name, code, change) in MISTAKES {
        let mut header = valid.clone();
        change(&mut header);
        table.entry(format!("header: {name}"), code, &scene, header.encode());
    }
    several(table, &scene, &valid);
    malformed(table, &scene, &valid);
    first(table);
}

/// All mistakes together, then without those of the first code, and so on: the first names the fault.
fn several(table: &mut Table, scene: &Arc<Scene>, valid: &Header) {
    let codes = [
        Code::EntryMalformed,
        Code::EntryFormat,
        Code::EntryOrigin,
        Code::EntryIndex,
        Code::EntryPrev,
        Code::KindUnknown,
        Code::PayloadTooLarge,
    ];
    let first_of = |code| MISTAKES.iter().find(|(_, of, _)| *of == code).unwrap().2;
    for (place, code) in codes.into_iter().enumerate() {
        let mut header = valid.clone();
        // The length of `prev` is wrong whatever its bytes are.
        codes[place..].iter().rev().for_each(|code| first_of(*code)(&mut header));
        table.entry(format!("header: all faults from {code} on"), code, scene, header.encode());
    }
}

fn malformed(table: &mut Table, scene: &Arc<Scene>, valid: &Header) {
    let bytes = valid.encode();
    let changed = |change: fn(&mut Vec<u8>)| {
        let mut changed = bytes.clone();
        change(&mut changed);
        changed
    };
    // The array's head, then the head of the format, 9 bytes of it, the head of the origin, 22 bytes, the index.
    assert_eq!((bytes[0], bytes[1], bytes[11]), (0x86, 0x69, 0x76));
    let index = 12 + ORIGIN.len();
    assert_eq!((bytes[index], u64::from(bytes[index + 1])), (0x18, valid.index));
    let mut wider = bytes.clone();
    wider.splice(index..index + 2, [0x19, 0, bytes[index + 1]]);
    let mut negative = bytes.clone();
    negative[index] = 0x38;
    let mut tagged = Encoder::new(Vec::new());
    tagged.tag(Tag::new(55_799)).unwrap();
    let variants = [
        ("nothing", Vec::new()),
        ("a trailing byte", changed(|bytes| bytes.push(0))),
        ("cut off", changed(|bytes| _ = bytes.pop())),
        ("five fields", changed(|bytes| bytes[0] = 0x85)),
        ("seven fields", changed(|bytes| bytes[0] = 0x87)),
        (
            "seven fields that are there",
            changed(|bytes| {
                bytes[0] = 0x87;
                bytes.push(0xf6);
            }),
        ),
        (
            "an array of indefinite length",
            changed(|bytes| {
                bytes[0] = 0x9f;
                bytes.push(0xff);
            }),
        ),
        ("a longer head", changed(|bytes| _ = bytes.splice(0..1, [0x98, 6]))),
        ("the format as bytes", changed(|bytes| bytes[1] = 0x49)),
        ("the format not in UTF-8", changed(|bytes| bytes[2] = 0xff)),
        (
            "the format in pieces",
            changed(|bytes| {
                bytes.insert(1, 0x7f);
                bytes.insert(12, 0xff);
            }),
        ),
        ("a longer index", wider),
        ("a negative index", negative),
        ("a tag", [tagged.into_writer(), bytes.clone()].concat()),
        ("a map", changed(|bytes| bytes[0] = 0xa3)),
        ("only a number", vec![0]),
        ("an array that is longer than all memory", vec![0x9b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]),
        ("arrays in arrays", vec![0x81; 60_000]),
    ];
    for (name, entry) in variants {
        table.entry(format!("header: {name}"), Code::EntryMalformed, scene, entry);
    }
}

/// The first entry names the genesis hash.
fn first(table: &mut Table) {
    let empty = Arc::new(Scene::empty());
    let payload = tabella_election::authority::manifest(manifest(), &samples::authority());
    let valid = Header::of(&empty, Kind::Manifest, &payload);
    let wrong: [Mistake; 3] = [
        ("first, with another prev", Code::EntryPrev, |header| header.prev = vec![0; 32]),
        ("first, with an index", Code::EntryIndex, |header| header.index = 1),
        ("first, of another format", Code::EntryFormat, |header| header.format = "tabella/0".to_owned()),
    ];
    for (name, code, change) in wrong {
        let mut header = valid.clone();
        change(&mut header);
        table.entry(format!("header: {name}"), code, &empty, header.encode());
    }
}
