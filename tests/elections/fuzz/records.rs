//! Entries of whole elections, changed by a forger who holds all keys, one after the other in one record: what the
//! rules refuse changes nothing, so that the next one can be tried in the same place.

use std::sync::LazyLock;

use ciborium::Value;
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use tabella_board::entry::Entry;
use tabella_election::Kind;

use super::Tried;
use crate::forgeries::mutations::{
    any_of, below, change_bytes, change_meaning, changed, eventful, of_every_kind, said_by_author, said_in,
};
use crate::scene::Scene;
use crate::scene::count::{said_by_rules, said_by_verifier};
use crate::scene::record::{asked, failures};
use crate::walks;

/// Places in an election that are tried in a round, and changed entries that are tried in each.
const PLACES: usize = 6;
const ENTRIES: usize = 32;

/// An entry of an election, and everything before it.
struct Stage {
    before: Scene,
    /// What the rules refused before it: its place, and the code.
    refused: Vec<(u64, String)>,
    kind: Kind,
    payload: Vec<u8>,
}

static EVENTFUL: LazyLock<Vec<Stage>> = LazyLock::new(|| stages(&eventful()));
static OF_EVERY_KIND: LazyLock<Vec<Stage>> = LazyLock::new(|| stages(&of_every_kind()));

fn stages(played: &Scene) -> Vec<Stage> {
    let (mut scene, mut refused) = (Scene::empty(), Vec::new());
    let stage = |bytes: &Vec<u8>| {
        let entry = Entry::parse(bytes).unwrap();
        let kind = entry.kind.parse().unwrap();
        let stage = Stage { before: scene.clone(), refused: refused.clone(), kind, payload: entry.payload };
        if let Err(code) = scene.receive(bytes) {
            scene.force(bytes);
            refused.push((entry.place.index, code.to_string()));
        }
        stage
    };
    played.log.entries.iter().map(stage).collect()
}

/// One election, tried in some places.
pub(super) fn round(number: u64) -> Tried {
    let mut rng = ChaCha20Rng::seed_from_u64(number);
    let drawn;
    let stages = match number % 4 {
        0 => &*EVENTFUL,
        1 => &*OF_EVERY_KIND,
        _ => {
            drawn = stages(&walks::election(number));
            &drawn
        }
    };
    let mut tried = Tried::default();
    for _ in 0..PLACES {
        let stage = &stages[below(stages.len(), &mut rng)];
        // Without a manifest there is nothing to go on with.
        let (records, entries) = if stage.before.log.entries.is_empty() { (ENTRIES, 1) } else { (1, ENTRIES) };
        for _ in 0..records {
            try_entries(stage, stages, entries, &mut tried, &mut rng);
        }
    }
    tried.differences.iter_mut().for_each(|difference| *difference = format!("round {number}: {difference}"));
    tried
}

/// Tries so many changed entries in the place of one, or until the rules take one.
fn try_entries(stage: &Stage, all: &[Stage], entries: usize, tried: &mut Tried, rng: &mut ChaCha20Rng) {
    let mut trial = Trial::new(stage);
    for _ in 0..entries {
        let forged = forge(&trial.scene, stage, all, rng);
        let Some(outcome) = forged.and_then(|entry| trial.offer(&entry)) else {
            continue;
        };
        tried.see(&outcome);
        if trial.accepted {
            break;
        }
    }
    tried.differences.extend(trial.judge(stage));
}

/// Entries that are offered one after the other in one place of an election.
struct Trial {
    scene: Scene,
    /// What the rules refused: its place, and the code.
    refused: Vec<(u64, String)>,
    /// Whether they took the last one.
    accepted: bool,
}

impl Trial {
    fn new(stage: &Stage) -> Self {
        Self { scene: stage.before.clone(), refused: stage.refused.clone(), accepted: false }
    }

    /// Puts the entry on the record, whatever the rules say of it. Gives their code, or "accepted"; nothing if the entry is
    /// too large for any record.
    fn offer(&mut self, entry: &[u8]) -> Option<String> {
        if entry.len() > usize::from(u16::MAX) {
            return None;
        }
        let index = self.scene.log.next.index;
        let judged = self.scene.receive(entry);
        self.accepted = judged.is_ok();
        Some(judged.err().map_or_else(
            || "accepted".to_owned(),
            |code| {
                self.scene.force(entry);
                self.refused.push((index, code.to_string()));
                code.to_string()
            },
        ))
    }

    /// Has the verifier judge the record: where both differ.
    fn judge(self, stage: &Stage) -> Vec<String> {
        let Self { scene, refused, accepted } = self;
        let mut differences = Vec::new();
        if !accepted && scene.state() != stage.before.state() {
            differences.push(format!("a refused `{}` changed the state", stage.kind));
        }
        if scene.log.entries.is_empty() {
            return differences;
        }
        let report = scene.record().verify_as(&asked(None, true));
        let mut found: Vec<(u64, String)> =
            failures(&report).into_iter().map(|failure| (failure.entry.unwrap_or(u64::MAX), failure.code)).collect();
        found.sort();
        for (index, code) in differing(&refused, &found) {
            let entry = usize::try_from(index).ok().and_then(|index| scene.log.entries.get(index));
            let hex = entry.map(|entry| data_encoding::HEXLOWER.encode(entry)).unwrap_or_default();
            let by_rules = refused.iter().any(|said| *said == (index, code.clone()));
            let who = if by_rules { "the rules" } else { "the verifier" };
            differences.push(format!("`{}` at {index}: {who} alone: {code}: {hex}", stage.kind));
        }
        let has_result = stage.kind == Kind::Final || stage.kind == Kind::Result && accepted;
        if has_result && scene.board().result().is_some() && said_by_rules(&scene) != said_by_verifier(&report) {
            differences.push(format!("another result after `{}`", stage.kind));
        }
        differences
    }
}

/// Judges an entry of a fuzzer's own in one place of an election. The first byte chooses the place, the second what follows:
/// an entry, a payload, or what its author says, which is then signed.
pub(super) fn judge(input: &[u8]) -> Result<bool, String> {
    let [place, way, bytes @ ..] = input else { return Ok(false) };
    let all = EVENTFUL.len() + OF_EVERY_KIND.len();
    let Some(stage) = EVENTFUL.iter().chain(&*OF_EVERY_KIND).nth(usize::from(*place) % all) else { return Ok(false) };
    let mut trial = Trial::new(stage);
    let entry = written(&trial.scene, stage.kind, *way, bytes);
    if trial.offer(&entry).is_none() {
        return Ok(false);
    }
    let accepted = trial.accepted;
    let differences = trial.judge(stage);
    if differences.is_empty() { Ok(accepted) } else { Err(differences.join("; ")) }
}

fn written(scene: &Scene, kind: Kind, way: u8, bytes: &[u8]) -> Vec<u8> {
    match way {
        0 => bytes.to_vec(),
        1 => scene.entry(kind, bytes),
        // Which trustee signs hangs on the seed.
        seed => scene.entry(kind, &said_by_author(kind, bytes.to_vec(), &mut ChaCha20Rng::seed_from_u64(seed.into()))),
    }
}

/// The entries of the elections as inputs of [`judge`], in all ways.
pub(super) fn seeds() -> Vec<Vec<u8>> {
    let stages = EVENTFUL.iter().chain(&*OF_EVERY_KIND).zip(0u8..);
    let of_stage = |(stage, place): (&Stage, u8)| {
        let Stage { before, kind, payload, .. } = stage;
        let (entry, said) = (before.entry(*kind, payload), said_in(payload, *kind));
        let signed_so = |seed: &u8| written(before, *kind, *seed, &said) == entry;
        let seed = (2..=u8::MAX).find(signed_so).unwrap_or(2);
        [(0, entry.as_slice()), (1, payload), (seed, &said)].map(|(way, bytes)| [&[place, way], bytes].concat())
    };
    stages.flat_map(of_stage).collect()
}

/// What only one of both says.
fn differing(expected: &[(u64, String)], found: &[(u64, String)]) -> Vec<(u64, String)> {
    let alone = |these: &[(u64, String)], those: &[(u64, String)]| -> Vec<(u64, String)> {
        these.iter().filter(|said| !those.contains(said)).cloned().collect()
    };
    [alone(expected, found), alone(found, expected)].concat()
}

/// A changed entry. Nothing if the change changes nothing.
fn forge(scene: &Scene, stage: &Stage, all: &[Stage], rng: &mut ChaCha20Rng) -> Option<Vec<u8>> {
    let kind = stage.kind;
    // What carries an anchor is written anew, or nothing but its anchor would be judged.
    let has_anchor = matches!(kind, Kind::Open | Kind::Close | Kind::Result | Kind::Final);
    let anew = || scene.try_control(kind).ok();
    let payload = Some(kind).filter(|_| has_anchor).and_then(|_| anew()).unwrap_or_else(|| stage.payload.clone());
    let times = 1 + below(3, rng);
    let changed_entry = |change: fn(&mut Vec<u8>, &mut ChaCha20Rng), rng: &mut ChaCha20Rng| {
        let mut entry = scene.entry(kind, &payload);
        change(&mut entry, rng);
        entry
    };
    let payload = match below(12, rng) {
        0 => return Some(changed_entry(change_bytes, rng)),
        1 => return Some(changed_entry(change_meaning, rng)),
        2 => {
            let mut payload = payload.clone();
            change_bytes(&mut payload, rng);
            Some(payload)
        }
        3 => {
            let other = Kind::ALL[below(Kind::ALL.len(), rng)];
            let payload = said_by_author(other, said_in(&payload, kind), rng);
            return Some(scene.entry(other, &payload));
        }
        4 => changed(&payload, kind, change_bytes, rng),
        5..8 => {
            let other = &all[below(all.len(), rng)];
            let other = said_in(&other.payload, other.kind);
            changed(&payload, kind, |said, rng| (0..times).for_each(|_| take_from(said, &other, rng)), rng)
        }
        _ => changed(&payload, kind, |said, rng| (0..times).for_each(|_| change_meaning(said, rng)), rng),
    };
    payload.map(|payload| scene.entry(kind, &payload))
}

/// Puts a value of another message, or a point or scalar of it, in the place of one of the same type.
fn take_from(said: &mut Vec<u8>, other: &[u8], rng: &mut ChaCha20Rng) {
    let mut value: Value = ciborium::from_reader(said.as_slice()).unwrap();
    let mut other: Value = ciborium::from_reader(other).unwrap();
    // Most values are of another type, and of another length: some luck is needed.
    for attempt in 0..20 {
        let (place, taken) = (any_of(&mut value, rng), any_of(&mut other, rng));
        match (&mut *place, &*taken) {
            (Value::Bytes(bytes), Value::Bytes(taken)) if bytes.len() > 32 && taken.len() >= 32 => {
                let (to, from) = (32 * below(bytes.len() / 32, rng), 32 * below(taken.len() / 32, rng));
                bytes[to..to + 32].copy_from_slice(&taken[from..from + 32]);
            }
            (Value::Bytes(one), Value::Bytes(two)) if one.len() != two.len() && attempt < 16 => continue,
            (one, two) if std::mem::discriminant(one) == std::mem::discriminant(two) => *place = taken.clone(),
            _ => continue,
        }
        break;
    }
    said.clear();
    ciborium::into_writer(&value, said).unwrap();
}
