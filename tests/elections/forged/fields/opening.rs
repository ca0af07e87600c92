//! The roll hash, and the fingerprint.

use tabella_election::message::{Open, Roll, Signed};
use tabella_election::text::Fingerprint;
use tabella_election::{Code, Hash, Kind};

use super::super::case::Case;
use super::{Fields, lying, spec, two_kinds};
use crate::glass::transcript::Transcript;
use crate::scene::record::Failure;
use crate::scene::samples::{self, GUESTS, MEMBERS, log_key};
use crate::scene::{Scene, resigned};

pub(super) fn forge(fields: &mut Fields) {
    rolls(fields);
    fingerprints(fields);
}

/// The opening names the roll by a hash that was made in another way.
fn rolls(fields: &mut Fields) {
    let mut scene = Scene::new(two_kinds());
    scene.play_to(Kind::Roll);
    scene.draw_voters(&[(1, MEMBERS), (1, GUESTS)]);
    let roll = scene.control(Kind::Roll);
    let chunk = Signed::<Roll>::decode(&roll).unwrap().body_hash();
    scene.accept(Kind::Roll, &roll);
    let election = scene.board().election().id();
    let hash = || {
        let mut transcript = Transcript::new("tabella/1/roll");
        transcript.absorb("election", &election.0);
        transcript.absorb_u64("revision", 1);
        transcript.absorb_u64("count", 2);
        transcript.absorb("chunks", &chunk.0);
        Hash(transcript.hash())
    };
    let open = scene.control(Kind::Open);
    let with = |roll: Hash| resigned::<Open>(&open, &samples::authority(), |open| open.roll = roll);
    assert_eq!(with(hash()), open);
    for field in spec::of("roll") {
        fields.payload(&field, Code::RollMismatch, &scene, Kind::Open, &with(lying(&field, hash)));
    }
}

/// The reader was given a fingerprint that was made in another way.
fn fingerprints(fields: &mut Fields) {
    let mut scene = Scene::new(two_kinds());
    scene.play_on();
    let election = scene.board().election();
    let fingerprint = || {
        let mut transcript = Transcript::new("tabella/1/fingerprint");
        transcript.absorb("election", &election.id().0);
        transcript.absorb("log", &log_key().verifier().public_key());
        Fingerprint(*transcript.hash().first_chunk().unwrap()).to_string()
    };
    assert_eq!(fingerprint(), election.fingerprint().to_string());
    for field in spec::of("fingerprint") {
        let name = format!("the fingerprint: another value hashed as {}", field.id());
        let expected = vec![Failure { code: Code::FingerprintDiffers.to_string(), entry: None, file: None }];
        let (given, field) = (Some(lying(&field, fingerprint)), Some(field.id()));
        let case = Case::new(&name, &scene.log.entries);
        fields.0.push(Case { fingerprint: given, field, expected, unfinished: false, ..case });
    }
}
