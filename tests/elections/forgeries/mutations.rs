//! Entries of an election, changed at random and signed again by their authors: whatever they say then, both
//! implementations say the same of them.

use rand_chacha::ChaCha20Rng;
use rand_core::{Rng, SeedableRng};
use rayon::prelude::*;
use tabella_board::entry::Entry;
use tabella_election::Kind;
use tabella_election::kind::Role;

use super::encodings::{body_of, sign_bytes};
use crate::scene::Scene;
use crate::scene::record::{asked, failures};
use crate::scene::samples::{self, GUESTS, MEMBERS, member_vote, trustee_key};

/// Changes of each entry. Seeded: every run makes the same.
const CHANGES: u64 = 60;

/// An election in which everything occurs: a complaint, a challenge, a ballot that replaces another.
fn eventful() -> Scene {
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

#[test]
fn both_implementations_say_the_same_of_entries_changed_at_random() {
    let scene = eventful();
    let entries = &scene.log.entries;
    let cases: Vec<(usize, u64)> =
        (0..entries.len()).flat_map(|place| (0..CHANGES).map(move |seed| (place, seed))).collect();
    let before: Vec<Scene> = stages(entries);
    let differences: Vec<String> =
        cases.into_par_iter().filter_map(|(place, seed)| difference(&before[place], &entries[place], seed)).collect();
    assert!(differences.is_empty(), "{differences:#?}");
}

/// The scene before each entry.
fn stages(entries: &[Vec<u8>]) -> Vec<Scene> {
    let mut scene = Scene::empty();
    let receive = |entry: &Vec<u8>| {
        let before = scene.clone();
        scene.receive(entry).unwrap();
        before
    };
    entries.iter().map(receive).collect()
}

fn difference(before: &Scene, entry: &[u8], seed: u64) -> Option<String> {
    let mut rng = ChaCha20Rng::seed_from_u64(seed);
    let valid = Entry::parse(entry).unwrap();
    let kind: Kind = valid.kind.parse().unwrap();
    let mut scene = before.clone();
    let index = scene.log.next.index;
    let payload = changed(&valid.payload, kind, &mut rng)?;
    let forged = scene.entry(kind, &payload);
    let judged = scene.receive(&forged);
    if judged.is_err() {
        scene.force(&forged);
    }
    let report = scene.record().verify_as(&asked(None, true));
    let expected: Vec<String> = judged.err().map(|code| code.to_string()).into_iter().collect();
    let found: Vec<(String, Option<u64>)> =
        failures(&report).into_iter().map(|failure| (failure.code, failure.entry)).collect();
    let said: Vec<String> = found.iter().map(|(code, _)| code.clone()).collect();
    let is_here = found.iter().all(|(_, entry)| *entry == Some(index));
    (said != expected || !is_here)
        .then(|| format!("`{kind}` at {index}, change {seed}: the rules {judged:?}, the verifier {found:?}"))
}

/// The payload with a change in it; what is signed is signed again. Nothing if the change changes nothing.
fn changed(payload: &[u8], kind: Kind, rng: &mut ChaCha20Rng) -> Option<Vec<u8>> {
    let author = match kind.author() {
        Role::Voter => {
            let mut bytes = payload.to_vec();
            change(&mut bytes, rng);
            return (bytes != payload).then_some(bytes);
        }
        Role::Authority => samples::authority(),
        Role::Registrar => samples::registrar(),
        Role::Trustee => trustee_key(1 + u64::from(rng.next_u32() % 3)),
    };
    let mut body = body_of(payload);
    change(&mut body, rng);
    Some(sign_bytes(kind, &body, &author)).filter(|signed| signed != payload)
}

/// Changes bytes in one of the ways in which encodings and numbers go wrong.
fn change(bytes: &mut Vec<u8>, rng: &mut ChaCha20Rng) {
    let mut below = |limit: usize| rng.next_u32() as usize % limit.max(1);
    let (place, other) = (below(bytes.len()), below(bytes.len()));
    match below(8) {
        0 | 1 => bytes[place] ^= 1 << below(8),
        2 => bytes[place] = u8::try_from(below(256)).unwrap(),
        3 => _ = bytes.remove(place),
        4 => bytes.insert(place, u8::try_from(below(256)).unwrap()),
        5 => bytes.swap(place, other),
        6 => bytes.truncate(place),
        // Heads stand in front of small numbers, mostly near the beginning.
        _ => {
            let near = below(bytes.len().min(48));
            bytes[near] = bytes[near].wrapping_add(1);
        }
    }
}
