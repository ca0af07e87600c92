//! Entries that are valid but for one thing. The rules refuse each with one code; where a dishonest board publishes it
//! all the same, the verifier names the same entry with the same code, and both leave it out of everything else.

mod anchors;
mod ceremony;
mod challenges;
mod contests;
mod encodings;
pub mod files;
mod headers;
mod manifests;
pub mod mutations;
mod ranged;
mod rehearsals;
mod replays;
mod setup;
mod tally;
mod totals;
mod votes;

use std::collections::BTreeSet;
use std::sync::{Arc, LazyLock};

use ed25519_dalek::SigningKey;
use rayon::prelude::*;
use tabella_election::message::{Body, Signed, decode, encode};
use tabella_election::{Code, ElectionId, Hash, Kind};

use crate::scene::Scene;
use crate::scene::count::{said_by_rules, said_by_verifier};
use crate::scene::record::{Failure, asked, failures};
use crate::scene::samples::stranger;

/// A row of the table: what is forged, where it is tried, and how it is refused.
pub struct Forgery {
    pub name: String,
    pub code: Code,
    pub scene: Arc<Scene>,
    pub entry: Vec<u8>,
}

/// All forgeries so far.
#[derive(Default)]
struct Table(Vec<Forgery>);

/// An entry that is accepted as it is, to be changed in one thing.
struct Subject<'a, T> {
    table: &'a mut Table,
    scene: Arc<Scene>,
    kind: Kind,
    valid: T,
    write: Box<dyn Fn(T) -> Vec<u8>>,
}

/// What writes a chapter, under its name.
type Chapter = (&'static str, fn(&mut Table));

/// The modules of this folder, each a chapter of the table.
const CHAPTERS: [Chapter; 14] = [
    ("headers", headers::forge),
    ("encodings", encodings::forge),
    ("manifests", manifests::forge),
    ("contests", contests::forge),
    ("ceremony", ceremony::forge),
    ("rehearsals", rehearsals::forge),
    ("setup", setup::forge),
    ("anchors", anchors::forge),
    ("votes", votes::forge),
    ("replays", replays::forge),
    ("ranged", ranged::forge),
    ("challenges", challenges::forge),
    ("tally", tally::forge),
    ("totals", totals::forge),
];

static TABLE: LazyLock<Vec<(&'static str, Table)>> = LazyLock::new(|| {
    let write = |(name, forge): Chapter| {
        let mut table = Table::default();
        forge(&mut table);
        (name, table)
    };
    CHAPTERS.into_iter().map(write).collect()
});

/// All forgeries of entries, by the chapter in which they stand.
pub fn chapters() -> impl Iterator<Item = (&'static str, &'static [Forgery])> {
    TABLE.iter().map(|(name, table)| (*name, table.0.as_slice()))
}

/// 32 bytes that encode no point and no scalar: above the order of the field and of the group.
const NEITHER: [u8; 32] = [0xff; 32];

/// The encoding of the identity, and of the scalar 0.
const IDENTITY: [u8; 32] = [0; 32];

/// A hash of nothing in particular.
const ELSEWHERE: Hash = Hash([5; 32]);

/// An election that is not that of any scene.
const OTHER_ELECTION: ElectionId = ElectionId([7; 32]);

#[test]
fn both_implementations_refuse_every_forgery_with_its_code() {
    let all: Vec<&Forgery> = chapters().flat_map(|(_, forgeries)| forgeries).collect();
    let disagreements: Vec<String> = all
        .into_par_iter()
        .flat_map_iter(|forgery| [forgery.judged_by_the_rules(), forgery.judged_by_the_verifier()])
        .filter_map(Result::err)
        .collect();
    assert!(disagreements.is_empty(), "{disagreements:#?}");
}

/// Codes of files and of the whole record, which no single entry has.
const OF_FILES: [Code; 12] = [
    Code::FileMissing,
    Code::FileSurplus,
    Code::FileMalformed,
    Code::CheckpointMalformed,
    Code::CheckpointSignature,
    Code::CheckpointQuorum,
    Code::LogKeyMismatch,
    Code::LeafMismatch,
    Code::TileMismatch,
    Code::RootMismatch,
    Code::FingerprintDiffers,
    Code::RecordUnfinished,
];

#[test]
fn every_code_of_the_specification_is_given() {
    let of_entries: BTreeSet<Code> =
        chapters().flat_map(|(_, forgeries)| forgeries).map(|forgery| forgery.code).collect();
    let of_files: BTreeSet<Code> = files::codes();
    assert_eq!(of_files, BTreeSet::from(OF_FILES));
    let listed: BTreeSet<Code> = codes_of_the_check_table().into_iter().collect();
    assert_eq!(of_entries.union(&of_files).copied().collect::<BTreeSet<Code>>(), listed);
}

/// The words in the last column of the table of specs/checks.md.
pub fn codes_of_the_check_table() -> Vec<Code> {
    let text = include_str!("../../../specs/checks.md");
    let rows = text.lines().filter(|line| line.starts_with("| ") && line.matches('|').count() == 6);
    let cells = rows.filter_map(|row| row.rsplit('|').nth(1));
    let words = cells.flat_map(|cell| cell.split('`').skip(1).step_by(2));
    words.map(crate::scene::code_of).collect()
}

impl Forgery {
    /// The rules refuse the entry with its code, and nothing changes.
    pub fn judged_by_the_rules(&self) -> Result<(), String> {
        let mut scene = Scene::clone(&self.scene);
        let judged = scene.receive(&self.entry);
        self.expect(judged == Err(self.code), &format!("the rules say {judged:?}"))?;
        self.expect(scene.state() == self.scene.state(), "it changed the state")
    }

    /// In a record in which the election goes on beside it, the verifier finds nothing wrong but this entry, and the
    /// same result as the rules.
    pub fn judged_by_the_verifier(&self) -> Result<(), String> {
        let mut scene = Scene::clone(&self.scene);
        let index = scene.log.next.index;
        scene.force(&self.entry);
        let is_founded = index > 0;
        if is_founded {
            scene.play_on();
        }
        let report = scene.record().verify_as(&asked(None, !is_founded));
        let expected = Failure { code: self.code.as_str().to_owned(), entry: Some(index), file: None };
        let found = failures(&report);
        self.expect(found == [expected], &format!("the verifier finds {found:?}"))?;
        if is_founded {
            let said = said_by_verifier(&report);
            self.expect(said == said_by_rules(&scene), &format!("the verifier says {said:?}"))?;
        }
        Ok(())
    }

    fn expect(&self, holds: bool, otherwise: &str) -> Result<(), String> {
        let Self { name, code, .. } = self;
        if holds { Ok(()) } else { Err(format!("{name} ({code}): {otherwise}")) }
    }
}

impl Table {
    /// The bytes of an entry in the place of the next one.
    fn entry(&mut self, name: impl Into<String>, code: Code, scene: &Arc<Scene>, entry: Vec<u8>) {
        self.0.push(Forgery { name: name.into(), code, scene: Arc::clone(scene), entry });
    }

    /// A payload in the place of the next one.
    fn payload(&mut self, name: impl Into<String>, code: Code, scene: &Arc<Scene>, kind: Kind, payload: &[u8]) {
        let entry = scene.entry(kind, payload);
        self.entry(name, code, scene, entry);
    }

    /// A signed entry that is valid. That its signature, its signer and its election matter is seen at once.
    #[track_caller]
    fn signed<T: Body + Clone + 'static>(
        &mut self,
        scene: &Arc<Scene>,
        payload: &[u8],
        key: SigningKey,
    ) -> Subject<'_, T> {
        let valid = Signed::<T>::decode(payload).unwrap().body().clone();
        let write = Box::new(move |body| Signed::sign(body, &key).payload());
        let mut subject = self.subject(scene, T::KIND, valid.clone(), write);
        let by_stranger = Signed::sign(valid, &stranger()).payload();
        subject.payload("signed by a stranger", Code::SignatureInvalid, &by_stranger);
        subject.payload("cut off", Code::PayloadMalformed, &payload[..payload.len() - 1]);
        subject
    }

    /// A ballot or a challenge that is valid.
    #[track_caller]
    fn vote<T>(&mut self, scene: &Arc<Scene>, kind: Kind, payload: &[u8]) -> Subject<'_, T>
    where
        T: Clone + for<'b> minicbor::Decode<'b, ()> + minicbor::Encode<()> + 'static,
    {
        let valid: T = decode(payload).unwrap();
        let mut subject = self.subject(scene, kind, valid, Box::new(|vote| encode(&vote)));
        subject.payload("cut off", Code::PayloadMalformed, &payload[..payload.len() - 1]);
        subject
    }

    #[track_caller]
    fn subject<T: Clone>(
        &mut self,
        scene: &Arc<Scene>,
        kind: Kind,
        valid: T,
        write: Box<dyn Fn(T) -> Vec<u8>>,
    ) -> Subject<'_, T> {
        let payload = write(valid.clone());
        assert_eq!(Scene::clone(scene).send(kind, &payload), Ok(()), "`{kind}` as it is");
        Subject { table: self, scene: Arc::clone(scene), kind, valid, write }
    }
}

impl<T: Clone> Subject<'_, T> {
    /// The entry with one thing changed.
    fn with(&mut self, name: &str, code: Code, change: impl FnOnce(&mut T)) -> &mut Self {
        let mut changed = self.valid.clone();
        change(&mut changed);
        let payload = (self.write)(changed);
        self.payload(name, code, &payload)
    }

    /// Another payload in the place of the entry's.
    fn payload(&mut self, name: &str, code: Code, payload: &[u8]) -> &mut Self {
        let name = self.name(name);
        self.table.payload(name, code, &self.scene, self.kind, payload);
        self
    }

    /// The entry as it is, after something else.
    #[track_caller]
    fn after(&mut self, name: &str, code: Code, change: impl FnOnce(&mut Scene)) -> &mut Self {
        let mut scene = Scene::clone(&self.scene);
        change(&mut scene);
        let payload = (self.write)(self.valid.clone());
        let name = self.name(name);
        self.table.payload(name, code, &Arc::new(scene), self.kind, &payload);
        self
    }

    fn name(&self, what: &str) -> String {
        format!("{} at {}: {what}", self.kind, self.scene.log.next.index)
    }

    /// The entry as it is, a second time.
    #[track_caller]
    fn again(&mut self, code: Code) -> &mut Self {
        let (payload, kind) = ((self.write)(self.valid.clone()), self.kind);
        self.after("a second time", code, |scene| scene.accept(kind, &payload))
    }
}

/// Overwrites 32 bytes from this place on.
fn overwrite(bytes: &mut [u8], place: usize, with: [u8; 32]) {
    bytes[place..place + 32].copy_from_slice(&with);
}
