//! The counted hash, and decryptions: of the tally, and of a rehearsal while the voting is open.

use tabella_crypto::group::{Point, Scalar, decode_point, hash_to_group};
use tabella_crypto::polynomial::Index;
use tabella_election::message::{Ballot, Rehearsal, Share, decode};
use tabella_election::{Code, Hash, Kind};

use super::spec::{self, Field};
use super::{Fields, lying, two_kinds};
use crate::glass::decryption::{Decryption, Group, Statement, decrypt};
use crate::glass::transcript::Transcript;
use crate::scene::samples::{GUESTS, MEMBERS, trustee_key};
use crate::scene::{Scene, resigned};
use crate::soundness::share_of;

/// The trustee who lies.
const TRUSTEE: u64 = 2;

pub(super) fn forge(fields: &mut Fields) {
    let mut scene = Scene::open(two_kinds(), &[(1, MEMBERS), (1, MEMBERS), (1, GUESTS)]);
    rehearsals(fields, &scene);
    let first = scene.log.next.index;
    scene.everybody_votes();
    let ballots: Vec<(Hash, Ballot)> = (first..scene.log.next.index).map(|index| ballot(&scene, index)).collect();
    scene.provide(Kind::Close);
    counted(fields, &scene, &ballots);
    shares(fields, &scene, &ballots);
}

/// A ballot of the log, with its leaf hash.
fn ballot(scene: &Scene, index: u64) -> (Hash, Ballot) {
    let bytes = &scene.log.entries[usize::try_from(index).unwrap()];
    let entry = tabella_board::entry::Entry::parse(bytes).unwrap();
    let leaf = tabella_board::hash::Hash::of_entry(bytes);
    (Hash(*leaf.as_bytes()), decode(&entry.payload).unwrap())
}

fn counted(fields: &mut Fields, scene: &Scene, ballots: &[(Hash, Ballot)]) {
    let election = scene.board().election().id();
    let close = scene.log.last();
    let hash = || {
        let mut transcript = Transcript::new("tabella/1/counted");
        transcript.absorb("election", &election.0);
        transcript.absorb("close", &close.0);
        transcript.absorb_u64("count", ballots.len() as u64);
        transcript.absorb("ballots", &ballots.iter().flat_map(|(leaf, _)| leaf.0).collect::<Vec<u8>>());
        Hash(transcript.hash())
    };
    let share = scene.ahead(TRUSTEE, Kind::Share);
    let with = |hash| resigned::<Share>(&share, &trustee_key(TRUSTEE), |share| share.counted = hash);
    assert_eq!(with(hash()), share);
    for field in spec::of("counted") {
        fields.payload(&field, Code::CountedMismatch, scene, Kind::Share, &with(lying(&field, hash)));
    }
}

fn shares(fields: &mut Fields, scene: &Scene, ballots: &[(Hash, Ballot)]) {
    let statement = Statement {
        label: "tabella/1/share",
        election: scene.board().election().id().0,
        keys_hash: scene.board().ceremony().keys().unwrap().hash(),
        counted: scene.board().tally().unwrap().counted().hash.0.to_vec(),
        groups: vec![group(ballots, 0, &[1, 2]), group(ballots, 1, &[3, 4])],
    };
    let honest = scene.ahead(TRUSTEE, Kind::Share);
    let with = |decryption: Decryption| {
        resigned::<Share>(&honest, &trustee_key(TRUSTEE), |share| {
            (share.decryption, share.proof) = (decryption.points.into(), decryption.proof.into());
        })
    };
    let prove = || with(decrypt(&statement, TRUSTEE, &secrets(scene), &[Scalar::from(5_u64), Scalar::from(6_u64)]));
    assert_eq!(scene.clone().send(Kind::Share, &prove()), Ok(()));
    for field in spec::of("share") {
        fields.payload(&field, Code::ShareInvalid, scene, Kind::Share, &lying(&field, prove));
    }
}

/// The sums of a contest's slots, of voters of weight 1.
fn group(ballots: &[(Hash, Ballot)], contest: u64, slots: &[usize]) -> Group {
    let point = |bytes: &[u8]| decode_point(bytes.try_into().unwrap()).unwrap();
    let own: Vec<_> = ballots.iter().map(|(_, ballot)| &ballot.prefix).collect();
    let own: Vec<_> = own.into_iter().filter(|prefix| prefix.contests.contains_key(&contest)).collect();
    let sum =
        |slot: usize| own.iter().map(|prefix| point(&prefix.contests[&contest][32 * slot..32 * (slot + 1)])).sum();
    Group {
        slots: slots.to_vec(),
        aggregate: own.iter().map(|prefix| point(&prefix.r.0)).sum(),
        ciphertexts: (0..slots.len()).map(sum).collect(),
    }
}

fn secrets(scene: &Scene) -> Vec<Scalar> {
    (0..4).map(|slot| share_of(scene, Index::new(TRUSTEE).unwrap(), slot)).collect()
}

/// The parts of what is hashed to R_test.
const R_TEST: &str = "R_test = hash_to_group(\"rehearsal\", election ‖ u64(attempt) ‖ keys hash ‖ u64(round))";

fn rehearsals(fields: &mut Fields, scene: &Scene) {
    let mut scene = scene.clone();
    scene.provide(Kind::Rehearse);
    let honest = scene.ahead(TRUSTEE, Kind::Rehearsal);
    let keys_hash = scene.board().ceremony().keys().unwrap().hash();
    let election = scene.board().election().id().0;
    // The second rehearsal of this attempt.
    let parts = [&election[..], &1_u64.to_be_bytes(), &keys_hash, &2_u64.to_be_bytes()].map(<[u8]>::to_vec);
    let statement = |label: &str, parts: &[Vec<u8>]| Statement {
        label: "tabella/1/rehearsal",
        election,
        keys_hash,
        counted: 2_u64.to_be_bytes().to_vec(),
        groups: vec![Group {
            slots: (1..=4).collect(),
            aggregate: hash_to_group(label, &parts.concat()),
            ciphertexts: Vec::<Point>::new(),
        }],
    };
    let prove = |statement: &Statement| {
        let decryption = decrypt(statement, TRUSTEE, &secrets(&scene), &[Scalar::from(5_u64)]);
        resigned::<Rehearsal>(&honest, &trustee_key(TRUSTEE), |answer| {
            (answer.decryption, answer.proof) = (decryption.points.into(), decryption.proof.into());
        })
    };
    let right = statement("rehearsal", &parts);
    assert_eq!(scene.clone().send(Kind::Rehearsal, &prove(&right)), Ok(()));
    for field in spec::of("rehearsal") {
        let payload = lying(&field, || prove(&right));
        fields.payload(&field, Code::ShareInvalid, &scene, Kind::Rehearsal, &payload);
    }
    assert!(include_str!("../../../../specs/ceremony.md").contains(R_TEST));
    for (place, label) in ["election", "attempt", "keys hash", "round"].into_iter().enumerate() {
        let mut parts = parts.clone();
        parts[place][0] ^= 1;
        let field = Field { transcript: "R_test".to_owned(), label: Some(label.to_owned()), number: 1 };
        let payload = prove(&statement("rehearsal", &parts));
        fields.payload(&field, Code::ShareInvalid, &scene, Kind::Rehearsal, &payload);
    }
    let field = Field { transcript: "R_test".to_owned(), label: None, number: 1 };
    let payload = prove(&statement("another", &parts));
    fields.payload(&field, Code::ShareInvalid, &scene, Kind::Rehearsal, &payload);
}
