//! Entries of an election, changed at random and signed again by their authors: whatever they say then, both
//! implementations say the same of them.

use std::collections::BTreeSet;
use std::sync::Arc;

use ciborium::Value;
use rand_chacha::ChaCha20Rng;
use rand_core::{Rng, SeedableRng};
use rayon::prelude::*;
use tabella_board::entry::Entry;
use tabella_election::kind::Role;
use tabella_election::message::{Close, Manifest};
use tabella_election::{Code, Kind};

use super::encodings::{ORDER, body_of, sign_bytes};
use super::votes::other_point;
use crate::scene::record::{asked, failures};
use crate::scene::samples::{self, GUESTS, MEMBERS, first_vote, member_vote, quick, style, trustee_key};
use crate::scene::{Scene, random, resigned};

/// Changes of each entry in each way. Seeded: every run makes the same.
const CHANGES: u64 = 30;

/// Changes of the texts that have a grammar of their own.
const CHANGES_OF_TEXTS: u64 = 500;

/// An election in which everything occurs: a complaint, a challenge, a ballot that replaces another.
pub fn eventful() -> Scene {
    let (mut scene, complaint) = crate::trustees::complaint_of(2, 1);
    scene.accept(Kind::Confirm, &complaint);
    scene.play_to(Kind::Roll);
    scene.enrol(&[(1, MEMBERS), (2, MEMBERS), (1, GUESTS)]);
    scene.play_to(Kind::Close);
    scene.challenge(0, &member_vote(Some(2), &[1, 2]));
    scene.everybody_votes();
    scene.vote(0, &member_vote(None, &[3]));
    scene.play_on();
    scene
}

/// An election with a contest of every kind, each with a counting rule.
pub fn of_every_kind() -> Scene {
    let of_kind = |kind: &str| {
        let mut drawn = (0..).map(|seed| random::contest(kind, &mut ChaCha20Rng::seed_from_u64(seed)));
        drawn.find(|contest| contest.kind.name() == kind && contest.counting.0.is_some()).unwrap()
    };
    let kinds = ["choice", "score", "positional", "quadratic", "ranking", "lists", "allocation"];
    let mut scene = Scene::open(
        Manifest {
            contests: kinds.map(of_kind).into(),
            styles: vec![style("Members", &[0, 1, 2, 3, 4, 5, 6]), style("Guests", &[4, 6])],
            ..quick()
        },
        &[(1, MEMBERS), (2, MEMBERS), (1, GUESTS)],
    );
    let election = Arc::clone(scene.board().election());
    let contests = election.style_contests(election.style(MEMBERS).unwrap());
    let vote = contests.map(|(index, contest)| (index, first_vote(contest))).collect();
    scene.challenge(0, &vote);
    scene.everybody_votes();
    scene.play_on();
    scene
}

/// The scene before each entry, the entry's kind and its payload.
fn stages(played: &Scene) -> Vec<(Scene, Kind, Vec<u8>)> {
    let mut scene = Scene::empty();
    let receive = |bytes: &Vec<u8>| {
        let before = scene.clone();
        scene.receive(bytes).unwrap();
        let entry = Entry::parse(bytes).unwrap();
        (before, entry.kind.parse().unwrap(), entry.payload)
    };
    played.log.entries.iter().map(receive).collect()
}

/// Judges an entry by both implementations: what the rules say, and an error if the verifier says something else.
fn judge(before: &Scene, kind: Kind, payload: &[u8]) -> (Result<(), Code>, Result<(), String>) {
    let mut scene = before.clone();
    let index = scene.log.next.index;
    let forged = scene.entry(kind, payload);
    let judged = scene.receive(&forged);
    if judged.is_err() {
        scene.force(&forged);
    }
    let report = scene.record().verify_as(&asked(None, true));
    let found: Vec<(String, Option<u64>)> =
        failures(&report).into_iter().map(|failure| (failure.code, failure.entry)).collect();
    let expected: Vec<(String, Option<u64>)> =
        judged.err().map(|code| (code.to_string(), Some(index))).into_iter().collect();
    let agreed = if found == expected {
        Ok(())
    } else {
        let payload = data_encoding::HEXLOWER.encode(payload);
        Err(format!("`{kind}` at {index}: the rules {judged:?}, the verifier {found:?}: {payload}"))
    };
    (judged, agreed)
}

/// Both implementations agree on all of these, which have at least so many outcomes; to be accepted is one of them.
#[track_caller]
fn assert_agreed(least: usize, judged: Vec<(Result<(), Code>, Result<(), String>)>) {
    let outcomes: BTreeSet<Option<Code>> = judged.iter().map(|(judged, _)| judged.err()).collect();
    assert!(outcomes.contains(&None) && outcomes.len() >= least, "{outcomes:?}");
    let differences: Vec<String> = judged.into_iter().filter_map(|(_, agreed)| agreed.err()).collect();
    assert_eq!(differences, [""; 0]);
}

#[test]
fn both_say_the_same_of_entries_changed_at_random() {
    let stages = stages(&eventful());
    for change in [change_bytes, change_meaning] {
        let cases: Vec<(usize, u64)> =
            (0..stages.len()).flat_map(|place| (0..CHANGES).map(move |seed| (place, seed))).collect();
        let judged = cases.into_par_iter().filter_map(|(place, seed)| {
            let (before, kind, payload) = &stages[place];
            let changed = changed(payload, *kind, change, &mut ChaCha20Rng::seed_from_u64(seed))?;
            Some(judge(before, *kind, &changed))
        });
        assert_agreed(20, judged.collect());
    }
}

#[test]
fn both_say_the_same_of_every_kind_of_contest_changed_at_random() {
    let stages = stages(&of_every_kind());
    let mut judged = Vec::new();
    for (kind, changes) in [(Kind::Manifest, 2_000), (Kind::Ballot, 100), (Kind::Challenge, 100), (Kind::Result, 200)] {
        let (before, _, payload) = stages.iter().find(|(_, found, _)| *found == kind).unwrap();
        let of_kind = (0..changes).into_par_iter().filter_map(|seed| {
            let changed = changed(payload, kind, change_meaning, &mut ChaCha20Rng::seed_from_u64(seed))?;
            Some(judge(before, kind, &changed))
        });
        judged.par_extend(of_kind);
    }
    assert_agreed(15, judged);
}

#[test]
fn both_say_the_same_of_anchors_changed_at_random() {
    let stages = stages(&eventful());
    let (before, kind, payload) = stages.iter().find(|(_, kind, _)| *kind == Kind::Close).unwrap();
    let judged = (0..CHANGES_OF_TEXTS).into_par_iter().map(|seed| {
        let mut rng = ChaCha20Rng::seed_from_u64(seed);
        let changed =
            resigned::<Close>(payload, &samples::authority(), |close| change_text(&mut close.anchor, &mut rng));
        judge(before, *kind, &changed)
    });
    assert_agreed(4, judged.collect());
}

#[test]
fn both_say_the_same_of_policies_changed_at_random() {
    let (before, kind, payload) = &stages(&eventful())[0];
    let judged = (0..CHANGES_OF_TEXTS).into_par_iter().map(|seed| {
        let mut rng = ChaCha20Rng::seed_from_u64(seed);
        let changed = resigned::<Manifest>(payload, &samples::authority(), |manifest| {
            let groups = "group g 1 w\n\tgroup  h all g # no comment\n\n# a comment\nquorum g\n";
            manifest.policy = manifest.policy.replace("quorum w\n", groups).replace(" # no comment", "");
            change_text(&mut manifest.policy, &mut rng);
        });
        judge(before, *kind, &changed)
    });
    assert_agreed(2, judged.collect());
}

/// The payload with a change in it; what is signed is signed again. Nothing if the change changes nothing.
pub fn changed(
    payload: &[u8],
    kind: Kind,
    change: impl FnOnce(&mut Vec<u8>, &mut ChaCha20Rng),
    rng: &mut ChaCha20Rng,
) -> Option<Vec<u8>> {
    let mut said = said_in(payload, kind);
    change(&mut said, rng);
    let changed = said_by_author(kind, said, rng);
    (changed != payload).then_some(changed)
}

/// What the author of a payload wrote: the body of what is signed.
pub fn said_in(payload: &[u8], kind: Kind) -> Vec<u8> {
    if kind.author() == Role::Voter { payload.to_vec() } else { body_of(payload) }
}

/// The payload in which its author says this.
pub fn said_by_author(kind: Kind, said: Vec<u8>, rng: &mut ChaCha20Rng) -> Vec<u8> {
    let author = match kind.author() {
        Role::Voter => return said,
        Role::Authority => samples::authority(),
        Role::Registrar => samples::registrar(),
        // The index in the body may have become another's.
        Role::Trustee => trustee_key(1 + rng.next_u64() % 3),
    };
    sign_bytes(kind, &said, &author)
}

pub fn below(limit: usize, rng: &mut ChaCha20Rng) -> usize {
    usize::try_from(rng.next_u64()).unwrap() % limit.max(1)
}

/// Changes bytes, whatever they mean.
pub fn change_bytes(bytes: &mut Vec<u8>, rng: &mut ChaCha20Rng) {
    let (place, other) = (below(bytes.len(), rng), below(bytes.len(), rng));
    let byte = u8::try_from(below(256, rng)).unwrap();
    // Heads stand in front of small numbers, mostly near the beginning.
    let near = below(bytes.len().min(48), rng);
    match below(8, rng) {
        0 | 1 => bytes[place] ^= 1 << below(8, rng),
        2 => bytes[place] = byte,
        3 => _ = bytes.remove(place),
        4 => bytes.insert(place, byte),
        5 => bytes.swap(place, other),
        6 => bytes.truncate(place),
        _ => bytes[near] = bytes[near].wrapping_add(1),
    }
}

/// Changes one value, and keeps the encoding right.
pub fn change_meaning(bytes: &mut Vec<u8>, rng: &mut ChaCha20Rng) {
    let mut value: Value = ciborium::from_reader(bytes.as_slice()).unwrap();
    change_one(any_of(&mut value, rng), rng);
    bytes.clear();
    ciborium::into_writer(&value, bytes).unwrap();
}

/// Any of the values in a value; itself is one of them.
pub fn any_of<'a>(value: &'a mut Value, rng: &mut ChaCha20Rng) -> &'a mut Value {
    let mut place = below(count(value), rng);
    at(value, &mut place).unwrap()
}

/// How many values there are, those in others included.
fn count(value: &Value) -> usize {
    1 + match value {
        Value::Array(items) => items.iter().map(count).sum::<usize>(),
        Value::Map(pairs) => pairs.iter().map(|(key, item)| count(key) + count(item)).sum(),
        _ => 0,
    }
}

/// The value that stands at this place among all of them.
fn at<'a>(value: &'a mut Value, place: &mut usize) -> Option<&'a mut Value> {
    if *place == 0 {
        return Some(value);
    }
    *place -= 1;
    match value {
        Value::Array(items) => items.iter_mut().find_map(|item| at(item, place)),
        Value::Map(pairs) => pairs.iter_mut().find_map(|(key, item)| at(key, place).or_else(|| at(item, place))),
        _ => None,
    }
}

fn change_one(value: &mut Value, rng: &mut ChaCha20Rng) {
    match value {
        Value::Integer(integer) => {
            let number = u64::try_from(*integer).unwrap();
            let others = [number.wrapping_add(1), number.wrapping_sub(1), 0, 1, 1 << 40, 1 << 63, u64::MAX];
            *value = others[below(others.len(), rng)].into();
        }
        Value::Bytes(bytes) => change_byte_string(bytes, rng),
        Value::Text(text) => change_text(text, rng),
        Value::Bool(bit) => *bit = !*bit,
        Value::Null => *value = Value::Bytes(vec![1; 20]),
        Value::Array(items) => change_list(items, rng),
        Value::Map(pairs) => change_list(pairs, rng),
        other => panic!("{other:?} does not occur"),
    }
}

fn change_list<T: Clone>(items: &mut Vec<T>, rng: &mut ChaCha20Rng) {
    let (place, other) = (below(items.len(), rng), below(items.len(), rng));
    match below(4, rng) {
        _ if items.is_empty() => {}
        0 => _ = items.remove(place),
        1 => items.insert(other, items[place].clone()),
        2 => items.swap(place, other),
        _ => items.clear(),
    }
}

/// Byte strings are hashes, or points and scalars one after the other.
fn change_byte_string(bytes: &mut Vec<u8>, rng: &mut ChaCha20Rng) {
    let chunks = bytes.len() / 32;
    let (place, other) = (32 * below(chunks, rng), 32 * below(chunks, rng));
    let encodings = [[0; 32], [0xff; 32], ORDER, other_point()];
    match below(6, rng) {
        _ if chunks == 0 => bytes.push(0),
        0 | 1 => bytes[place..place + 32].copy_from_slice(&encodings[below(4, rng)]),
        2 => bytes.copy_within(other..other + 32, place),
        3 => _ = bytes.drain(place..place + 32),
        4 => bytes.extend([0; 32]),
        _ => bytes[place] ^= 1,
    }
}

/// What means something in notes, keys and policies, or looks like it.
const LETTERS: [char; 26] = [
    '\n', ' ', '\t', '\r', '\u{2014}', '-', '+', '=', '/', '#', 'A', 'a', '0', '1', '9', '\u{85}', '\u{a0}',
    '\u{2003}', '\0', 'é', '\u{7f}', '\u{80}', '\u{ad}', '\u{200b}', '\u{2028}', '\u{feff}',
];

/// Changes letters, words or lines.
pub fn change_text(text: &mut String, rng: &mut ChaCha20Rng) {
    let separator = [None, Some(' '), Some('\n')][below(3, rng)];
    let Some(separator) = separator else {
        let mut letters: Vec<char> = text.chars().collect();
        let (place, letter) = (below(letters.len(), rng), LETTERS[below(LETTERS.len(), rng)]);
        match below(3, rng) {
            _ if letters.is_empty() => letters.push(letter),
            0 => letters[place] = letter,
            1 => letters.insert(place, letter),
            _ => _ = letters.remove(place),
        }
        *text = letters.into_iter().collect();
        return;
    };
    let mut parts: Vec<&str> = text.split(separator).collect();
    change_list(&mut parts, rng);
    *text = parts.join(&separator.to_string());
}
