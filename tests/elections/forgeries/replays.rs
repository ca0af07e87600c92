//! Ballots that were right somewhere else, and copies of what others have cast.

use std::sync::Arc;

use tabella_crypto::group::{Point, Scalar, decode_point, encode_point};
use tabella_election::message::{Ballot, Challenge, Manifest, Roll, decode, encode};
use tabella_election::{Code, Kind};

use super::Table;
use crate::scene::samples::{self, GUESTS, MEMBERS, manifest, member_vote};
use crate::scene::{Scene, resigned};

const VOTERS: [(u64, u64); 3] = [(1, MEMBERS), (2, MEMBERS), (1, GUESTS)];

pub(super) fn forge(table: &mut Table) {
    from_another_election(table);
    copies(table);
}

fn other_manifest() -> Manifest {
    Manifest { title: "Election of the board, again".to_owned(), ..manifest() }
}

/// The same people with the same codes, in another election on a log of the same name and key. The trustees repeat
/// their randomness, so that even the keys of the slots are the same.
fn from_another_election(table: &mut Table) {
    let mut elsewhere = Scene::open(other_manifest(), &VOTERS);
    let ballot = elsewhere.fill_in(0, Kind::Ballot, &member_vote(Some(0), &[1]));
    let challenge = elsewhere.fill_in(0, Kind::Challenge, &member_vote(Some(0), &[1]));
    let close = elsewhere.control(Kind::Close);
    let rehearse = elsewhere.control(Kind::Rehearse);

    let mut here = Scene::open(manifest(), &VOTERS);
    let key_of = |scene: &Scene| Scene::code(0).voting_key(&scene.board().election().id()).unwrap().public();
    assert_ne!(key_of(&here), key_of(&elsewhere), "one code has another credential in each election");
    let own = here.fill_in(0, Kind::Ballot, &member_vote(Some(0), &[1]));
    let here = Arc::new(here);
    let keys_of = |scene: &Scene| scene.board().poll().unwrap().keys().slot_keys().to_vec();
    assert_eq!(keys_of(&here), keys_of(&elsewhere));
    let own = decode::<Ballot>(&own).unwrap().prefix.credential;
    table.payload("ballot: of another election", Code::CredentialUnknown, &here, Kind::Ballot, &ballot);
    table.payload("challenge: of another election", Code::CredentialUnknown, &here, Kind::Challenge, &challenge);
    table.payload("close: of another election", Code::ElectionMismatch, &here, Kind::Close, &close);
    table.payload("rehearse: of another election", Code::ElectionMismatch, &here, Kind::Rehearse, &rehearse);
    let renamed = |mut ballot: Ballot| {
        ballot.prefix.credential = own;
        encode(&ballot)
    };
    let ballot_here = renamed(decode(&ballot).unwrap());
    table.payload("ballot: of another election, with this K", Code::ProofInvalid, &here, Kind::Ballot, &ballot_here);

    // A registrar who puts the other election's credentials on this roll.
    let mut lent = Scene::new(manifest());
    lent.play_to(Kind::Roll);
    lent.draw_voters(&VOTERS);
    let mut voters: Vec<_> = elsewhere.voters.iter().map(|(_, voter)| *voter).collect();
    voters.sort_by_key(|voter| voter.credential);
    let roll = resigned::<Roll>(&lent.control(Kind::Roll), &samples::registrar(), |roll| roll.voters = voters);
    lent.accept(Kind::Roll, &roll);
    lent.provide(Kind::Open);
    lent.voters = elsewhere.voters.clone();
    let lent = Arc::new(lent);
    table.payload("ballot: of another election, with its roll", Code::ProofInvalid, &lent, Kind::Ballot, &ballot);
    let name = "challenge: of another election, with its roll";
    table.payload(name, Code::ChallengeSignature, &lent, Kind::Challenge, &challenge);
}

fn copies(table: &mut Table) {
    let mut scene = Scene::open(manifest(), &VOTERS);
    let victims = scene.fill_in(0, Kind::Ballot, &member_vote(Some(2), &[0, 3]));
    scene.accept(Kind::Ballot, &victims);
    let copiers = scene.fill_in(1, Kind::Ballot, &member_vote(Some(0), &[]));
    let challenge = scene.fill_in(1, Kind::Challenge, &member_vote(Some(0), &[]));
    let guest = scene.voters[2].1.credential;
    let keys = scene.board().poll().unwrap().keys().slot_keys().to_vec();
    let scene = Arc::new(scene);
    let victim: Ballot = decode(&victims).unwrap();
    let copied = victim.clone();
    let add = |bytes: &mut [u8], point: Point| {
        let sum = decode_point((&*bytes).try_into().unwrap()).unwrap() + point;
        bytes.copy_from_slice(&encode_point(&sum));
    };
    // Encrypted again with 7 more of randomness, so that not even R is the same.
    let mut again = victim.clone();
    add(&mut again.prefix.r.0, Point::mul_base(&Scalar::from(7_u64)));
    let bytes = again.prefix.contests.values_mut().flat_map(|bytes| bytes.chunks_mut(32));
    bytes.zip(&keys).for_each(|(bytes, key)| add(bytes, key * Scalar::from(7_u64)));
    table
        .vote::<Ballot>(&scene, Kind::Ballot, &copiers)
        .with("a copy under another K", Code::RReused, |ballot| {
            let credential = ballot.prefix.credential;
            *ballot = copied.clone();
            ballot.prefix.credential = credential;
        })
        .with("the copied ciphertexts with the own R", Code::ProofInvalid, |ballot| {
            ballot.prefix.contests = copied.prefix.contests.clone();
        })
        .with("the copied ciphertexts, B and proof with the own R", Code::ProofInvalid, |ballot| {
            let (credential, r) = (ballot.prefix.credential, ballot.prefix.r);
            *ballot = copied.clone();
            (ballot.prefix.credential, ballot.prefix.r) = (credential, r);
        })
        .with("encrypted again, with the copied proof", Code::ProofInvalid, |ballot| {
            let credential = ballot.prefix.credential;
            *ballot = again.clone();
            ballot.prefix.credential = credential;
        })
        .with("encrypted again, with the own proof", Code::ProofInvalid, |ballot| {
            let credential = ballot.prefix.credential;
            ballot.prefix = again.prefix.clone();
            ballot.prefix.credential = credential;
        })
        .with("one copied contest", Code::ProofInvalid, |ballot| {
            ballot.prefix.contests.insert(1, copied.prefix.contests[&1].clone());
        })
        .with("a copy for a guest", Code::ContestSet, |ballot| {
            *ballot = copied.clone();
            ballot.prefix.credential = guest;
        });
    table.payload("ballot: replayed by a stranger", Code::LinkStale, &scene, Kind::Ballot, &victims);
    table.vote::<Challenge>(&scene, Kind::Challenge, &challenge).with(
        "the copied ciphertexts with the own opening",
        Code::OpeningInvalid,
        |challenge| challenge.prefix.contests = copied.prefix.contests.clone(),
    );
}
