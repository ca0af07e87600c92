//! Rehearsals: what the authority asks, and what trustees answer.

use std::sync::Arc;

use tabella_election::message::{Rehearsal, Rehearse};
use tabella_election::{Code, Kind};

use super::ceremony::told;
use super::encodings::ORDER;
use super::votes::other_point;
use super::{ELSEWHERE, IDENTITY, NEITHER, OTHER_ELECTION, Table, overwrite};
use crate::scene::samples::{self, GUESTS, MEMBERS, manifest, trustee_key};
use crate::scene::{Scene, resigned};

pub(super) fn forge(table: &mut Table) {
    requests(table);
    answers(table);
}

fn requests(table: &mut Table) {
    let scene = Arc::new(told(|scene| scene.make_keys(&[1, 2])));
    table
        .signed::<Rehearse>(&scene, &scene.control(Kind::Rehearse), samples::authority())
        .with("another election", Code::ElectionMismatch, |rehearse| rehearse.election = OTHER_ELECTION)
        .with("another hash", Code::KeysMismatch, |rehearse| rehearse.keys = ELSEWHERE)
        .with("another hash and round", Code::KeysMismatch, |rehearse| {
            rehearse.keys = ELSEWHERE;
            rehearse.round = 0;
        })
        .with("round 0", Code::RehearsalRound, |rehearse| rehearse.round = 0)
        .with("round 2", Code::RehearsalRound, |rehearse| rehearse.round = 2)
        .with("a round of 64 bits", Code::RehearsalRound, |rehearse| rehearse.round = u64::MAX)
        .again(Code::RehearsalRound)
        .after("after a restart", Code::CeremonyIncomplete, |scene| scene.provide(Kind::Restart));
    let early = Arc::new(told(|scene| scene.steps(&[1], Kind::Commit)));
    let rehearse = scene.control(Kind::Rehearse);
    let early_rehearse = resigned::<Rehearse>(&rehearse, &samples::authority(), |rehearse| {
        rehearse.election = early.board().election().id();
    });
    table.payload("rehearse: before the keys", Code::CeremonyIncomplete, &early, Kind::Rehearse, &early_rehearse);

    let mut closed = Scene::open(manifest(), &[(1, MEMBERS), (1, GUESTS)]);
    let late = closed.control(Kind::Rehearse);
    closed.everybody_votes();
    closed.provide(Kind::Close);
    let closed = Arc::new(closed);
    table.payload("rehearse: after the voting", Code::OutOfPhase, &closed, Kind::Rehearse, &late);
}

fn answers(table: &mut Table) {
    let mut scene = told(|scene| {
        scene.make_keys(&[1, 2]);
        scene.rehearse(&[1]);
    });
    let payload = scene.one_step(2, Kind::Rehearsal);
    let scene = Arc::new(scene);
    let other = other_point();
    let mut subject = table.signed::<Rehearsal>(&scene, &payload, trustee_key(2));
    subject
        .with("another election", Code::ElectionMismatch, |answer| answer.election = OTHER_ELECTION)
        .with("another hash", Code::KeysMismatch, |answer| answer.keys = ELSEWHERE)
        .with("round 0", Code::RehearsalRound, |answer| answer.round = 0)
        .with("round 2", Code::RehearsalRound, |answer| answer.round = 2)
        .with("a decryption that is too short", Code::ShareLength, |answer| _ = answer.decryption.pop())
        .with("a decryption too many", Code::ShareLength, |answer| answer.decryption.extend([0; 32]))
        .with("a proof that is too long", Code::ShareLength, |answer| answer.proof.push(0))
        .with("no proof", Code::ShareLength, |answer| answer.proof.clear())
        .with("a D that is no point", Code::PointInvalid, |answer| {
            overwrite(&mut answer.decryption, 7 * 32, NEITHER);
        })
        .with("a z that is no scalar", Code::ScalarInvalid, |answer| overwrite(&mut answer.proof, 64, ORDER))
        .with("a D that is the identity", Code::ShareInvalid, |answer| {
            overwrite(&mut answer.decryption, 0, IDENTITY);
        })
        .with("another D", Code::ShareInvalid, |answer| answer.decryption.copy_within(32..64, 0))
        .with("another W", Code::ShareInvalid, |answer| overwrite(&mut answer.proof, 0, other))
        .with("another V", Code::ShareInvalid, |answer| overwrite(&mut answer.proof, 32, other))
        .with("another z", Code::ShareInvalid, |answer| answer.proof[64] ^= 1)
        .again(Code::Duplicate)
        .after("after the next request", Code::RehearsalRound, |scene| scene.provide(Kind::Rehearse))
        .after("after a restart", Code::CeremonyIncomplete, |scene| scene.provide(Kind::Restart));
    let left_out = resigned::<Rehearsal>(&payload, &trustee_key(3), |answer| answer.trustee = 3);
    table.payload(
        "rehearsal: of a trustee that was left out",
        Code::TrusteeLeftOut,
        &scene,
        Kind::Rehearsal,
        &left_out,
    );
    let replayed = resigned::<Rehearsal>(&payload, &trustee_key(1), |answer| answer.trustee = 1);
    let mut asked_again = Scene::clone(&scene);
    asked_again.provide(Kind::Rehearse);
    let old = resigned::<Rehearsal>(&payload, &trustee_key(2), |answer| answer.round = 2);
    let asked_again = Arc::new(asked_again);
    table.payload("rehearsal: the proof of the round before", Code::ShareInvalid, &asked_again, Kind::Rehearsal, &old);
    let replayed = resigned::<Rehearsal>(&replayed, &trustee_key(1), |answer| answer.round = 2);
    let name = "rehearsal: another trustee's decryption";
    table.payload(name, Code::ShareInvalid, &asked_again, Kind::Rehearsal, &replayed);
    let unasked = Arc::new(told(|scene| scene.make_keys(&[1, 2])));
    table.payload("rehearsal: that nobody asked for", Code::RehearsalRound, &unasked, Kind::Rehearsal, &payload);
}
