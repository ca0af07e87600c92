//! Commitments, dealings, envelopes, confirmed hashes, the keys hash: trustee 1 is of glass, the others are honest.

use std::collections::BTreeMap;

use tabella_crypto::dealing::DealRound;
use tabella_crypto::group::{Point, encode_point};
use tabella_crypto::polynomial::Index;
use tabella_crypto::qualified::ElectionKeys;
use tabella_election::ceremony::Stage;
use tabella_election::message::{Commit, Confirm, Deal, Keys, Signed};
use tabella_election::{Code, Hash, Kind};

use super::{Fields, lying, spec, two_kinds};
use crate::glass::dealing::{Dealer, dealing_hash};
use crate::glass::transcript::Transcript;
use crate::scene::samples::trustee_key;
use crate::scene::{Scene, resigned};
use crate::source::Source;

pub(super) fn forge(fields: &mut Fields) {
    commitments(fields);
    dealings(fields);
    confirms(fields);
    envelopes(fields);
    keys(fields);
}

/// Trustee 1 commits to its points by another hash, and deals them.
fn commitments(fields: &mut Fields) {
    for field in spec::of("commitment") {
        let (scene, dealer) = committed(|dealer, scene| lying(&field, || commitment(dealer, scene)));
        let payload = deal(&scene, &dealing(&scene, &dealer));
        fields.payload(&field, Code::DealCommitment, &scene, Kind::Deal, &payload);
    }
}

fn dealings(fields: &mut Fields) {
    let (scene, dealer) = committed(commitment);
    assert_eq!(scene.clone().send(Kind::Deal, &deal(&scene, &dealing(&scene, &dealer))), Ok(()));
    for field in spec::of("deal") {
        let payload = deal(&scene, &lying(&field, || dealing(&scene, &dealer)));
        fields.payload(&field, Code::DealProof, &scene, Kind::Deal, &payload);
    }
}

/// Trustee 1 confirms a dealing by another hash.
fn confirms(fields: &mut Fields) {
    let (scene, dealer) = committed(commitment);
    let bytes = dealing(&scene, &dealer);
    let (scene, dealt) = dealt(scene, &bytes);
    assert_eq!(scene.clone().send(Kind::Confirm, &confirm(&scene, &dealt)), Ok(()));
    for field in spec::of("dealing") {
        let payload = lying(&field, || confirm(&scene, &dealt));
        fields.payload(&field, Code::ConfirmHash, &scene, Kind::Confirm, &payload);
    }
}

/// Trustee 1 seals its envelopes under another key, so that nobody can open them; both recipients complain, and it
/// is no more a trustee.
fn envelopes(fields: &mut Fields) {
    let (scene, dealer) = committed(commitment);
    let keys = |bytes: &[u8]| {
        let (mut scene, dealt) = dealt(scene.clone(), bytes);
        scene.steps(&[2, 3], Kind::Confirm);
        let own = confirm(&scene, &dealt);
        scene.accept(Kind::Confirm, &own);
        scene.provide(Kind::Round);
        let payload = resigned::<Keys>(&scene.ahead(2, Kind::Keys), &trustee_key(1), |keys| keys.trustee = 1);
        (scene, payload)
    };
    let (honest, payload) = keys(&dealing(&scene, &dealer));
    assert_eq!(honest.clone().send(Kind::Keys, &payload), Ok(()));
    for field in spec::of("envelope") {
        let (scene, payload) = keys(&lying(&field, || dealing(&scene, &dealer)));
        fields.payload(&field, Code::TrusteeLeftOut, &scene, Kind::Keys, &payload);
    }
}

fn keys(fields: &mut Fields) {
    let mut scene = Scene::new(two_kinds());
    scene.play_to(Kind::Keys);
    let history = scene.board().ceremony().history();
    let Stage::Keys(step) = scene.board().ceremony().stage() else { panic!("nobody confirms keys now") };
    let keys = step.keys().clone();
    let honest = scene.ahead(1, Kind::Keys);
    let with = |hash| resigned::<Keys>(&honest, &trustee_key(1), |body| body.keys = hash);
    assert_eq!(with(keys_hash(&keys, history)), honest);
    for field in spec::of("keys") {
        let payload = with(lying(&field, || keys_hash(&keys, history)));
        fields.payload(&field, Code::KeysMismatch, &scene, Kind::Keys, &payload);
    }
}

/// Follows specs/ceremony.md#keys.
fn keys_hash(keys: &ElectionKeys, history: Hash) -> Hash {
    let qualified: Vec<Index> = keys.qualified().collect();
    let indexes: Vec<u8> = qualified.iter().flat_map(|index| index.get().to_be_bytes()).collect();
    let shares: Vec<Point> = qualified.iter().flat_map(|index| keys.public_shares(*index).unwrap()).copied().collect();
    let mut transcript = Transcript::new("tabella/1/keys");
    transcript.absorb("election", &keys.attempt().election);
    transcript.absorb_u64("attempt", keys.attempt().number);
    transcript.absorb("history", &history.0);
    transcript.absorb("qualified", &indexes);
    transcript.absorb_points("keys", keys.slot_keys());
    transcript.absorb_points("shares", &shares);
    Hash(transcript.hash())
}

/// Everybody has committed, trustee 1 to what `commit` says of its points.
fn committed(commit: impl FnOnce(&Dealer, &Scene) -> Hash) -> (Scene, Dealer) {
    let mut scene = Scene::new(two_kinds());
    let slots = scene.board().election().slots();
    let dealer = Dealer::draw(&mut Source::new("a trustee of glass"), 1, 3, slots, 2);
    let body = Commit {
        election: scene.board().election().id(),
        attempt: 1,
        history: scene.board().ceremony().history(),
        trustee: 1,
        commitment: commit(&dealer, &scene),
        envelope_keys: dealer
            .envelope_keys
            .iter()
            .map(|(index, secret)| (*index, encode_point(&Point::mul_base(secret)).into()))
            .collect(),
    };
    scene.accept(Kind::Commit, &Signed::sign(body, &trustee_key(1)).payload());
    scene.steps(&[2, 3], Kind::Commit);
    scene.provide(Kind::Round);
    (scene, dealer)
}

fn commitment(dealer: &Dealer, scene: &Scene) -> Hash {
    Hash(dealer.commitment(&scene.board().ceremony().attempt()))
}

fn dealing(scene: &Scene, dealer: &Dealer) -> Vec<u8> {
    let Stage::Deal(step) = scene.board().ceremony().stage() else { panic!("nobody deals now") };
    let round: &DealRound = step.round();
    let keys = step.envelope_keys_for(Index::new(1).unwrap());
    let keys: BTreeMap<u64, Point> = keys.into_iter().map(|(index, key)| (index.get(), key)).collect();
    dealer.deal(round, &keys, &BTreeMap::new()).bytes
}

fn deal(scene: &Scene, bytes: &[u8]) -> Vec<u8> {
    let body = Deal {
        election: scene.board().election().id(),
        attempt: 1,
        history: scene.board().ceremony().history(),
        trustee: 1,
        chunk: 1,
        chunks: 1,
        bytes: bytes.to_vec().into(),
    };
    Signed::sign(body, &trustee_key(1)).payload()
}

/// After all have dealt, and what the others have dealt.
fn dealt(mut scene: Scene, bytes: &[u8]) -> (Scene, BTreeMap<u64, Vec<u8>>) {
    let payload = deal(&scene, bytes);
    scene.accept(Kind::Deal, &payload);
    let others = [2, 3].map(|index| {
        let payload = scene.one_step(index, Kind::Deal);
        scene.accept(Kind::Deal, &payload);
        (index, Signed::<Deal>::decode(&payload).unwrap().body().bytes.to_vec())
    });
    scene.provide(Kind::Round);
    (scene, others.into())
}

/// Trustee 1 confirms what the others have dealt.
fn confirm(scene: &Scene, dealt: &BTreeMap<u64, Vec<u8>>) -> Vec<u8> {
    let attempt = scene.board().ceremony().attempt();
    let hash = |(dealer, bytes): (&u64, &Vec<u8>)| (*dealer, Hash(dealing_hash(&attempt, *dealer, bytes)));
    let body = Confirm {
        election: scene.board().election().id(),
        attempt: 1,
        history: scene.board().ceremony().history(),
        trustee: 1,
        confirmed: dealt.iter().map(hash).collect(),
        complaints: BTreeMap::new(),
    };
    Signed::sign(body, &trustee_key(1)).payload()
}
