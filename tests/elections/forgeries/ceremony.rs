//! The entries of the key ceremony.

use std::sync::Arc;

use tabella_election::message::{Commit, Confirm, Deal, Keys, Restart, Round, Signed};
use tabella_election::{Code, Kind};

use super::encodings::ORDER;
use super::{ELSEWHERE, IDENTITY, NEITHER, OTHER_ELECTION, Table, overwrite};
use crate::scene::samples::{self, manifest, trustee_key};
use crate::scene::{Scene, resigned};
use crate::trustees::complaint_of;

/// k·t points of 32 bytes stand in front of a dealing's proof.
const POINTS: usize = 8 * 2 * 32;

pub(super) fn forge(table: &mut Table) {
    commits(table);
    deals(table);
    dealings_of_those_left_out(table);
    confirms(table);
    rounds_and_restarts(table);
    keys(table);
}

/// A scene to which only what is told happened.
pub(super) fn told(tell: impl FnOnce(&mut Scene)) -> Scene {
    let mut scene = Scene::new(manifest());
    tell(&mut scene);
    scene
}

fn commits(table: &mut Table) {
    let scene = told(|scene| scene.steps(&[1], Kind::Commit));
    let payload = scene.ahead(2, Kind::Commit);
    let of_first = resigned_commit(&scene.log.entries[1]);
    let scene = Arc::new(scene);
    let mut subject = table.signed::<Commit>(&scene, &payload, trustee_key(2));
    let own = subject.valid.envelope_keys.clone();
    subject
        .with("another election", Code::ElectionMismatch, |commit| commit.election = OTHER_ELECTION)
        .with("trustee 4", Code::TrusteeUnknown, |commit| commit.trustee = 4)
        .with("trustee 0", Code::TrusteeUnknown, |commit| commit.trustee = 0)
        .with("a trustee of 64 bits", Code::TrusteeUnknown, |commit| commit.trustee = u64::MAX)
        .with("in the name of another trustee", Code::SignatureInvalid, |commit| commit.trustee = 3)
        .with("attempt 0", Code::CeremonyHistory, |commit| commit.attempt = 0)
        .with("attempt 2", Code::CeremonyHistory, |commit| commit.attempt = 2)
        .with("an attempt of 64 bits", Code::CeremonyHistory, |commit| commit.attempt = u64::MAX)
        .with("another history", Code::CeremonyHistory, |commit| commit.history = ELSEWHERE)
        .with("an envelope key too few", Code::EnvelopeKeys, |commit| _ = commit.envelope_keys.remove(&3))
        .with("no envelope key", Code::EnvelopeKeys, |commit| commit.envelope_keys.clear())
        .with("an envelope key for itself", Code::EnvelopeKeys, |commit| {
            commit.envelope_keys.insert(2, own[&1]);
        })
        .with("an envelope key for trustee 0", Code::EnvelopeKeys, |commit| {
            commit.envelope_keys.insert(0, own[&1]);
        })
        .with("an envelope key for trustee 4 instead of 3", Code::EnvelopeKeys, |commit| {
            let key = commit.envelope_keys.remove(&3).unwrap();
            commit.envelope_keys.insert(4, key);
        })
        .with("an envelope key for a trustee of 64 bits", Code::EnvelopeKeys, |commit| {
            let key = commit.envelope_keys.remove(&3).unwrap();
            commit.envelope_keys.insert(u64::MAX, key);
        })
        .with("an envelope key that is no point", Code::PointInvalid, |commit| {
            commit.envelope_keys.get_mut(&1).unwrap().0 = NEITHER;
        })
        .with("an identity before a key that is no point", Code::PointInvalid, |commit| {
            commit.envelope_keys.get_mut(&1).unwrap().0 = IDENTITY;
            commit.envelope_keys.get_mut(&3).unwrap().0 = NEITHER;
        })
        .with("an envelope key that is the identity", Code::IdentityPoint, |commit| {
            commit.envelope_keys.get_mut(&3).unwrap().0 = IDENTITY;
        })
        .with("a used key before the identity", Code::IdentityPoint, |commit| {
            commit.envelope_keys.get_mut(&1).unwrap().0 = of_first;
            commit.envelope_keys.get_mut(&3).unwrap().0 = IDENTITY;
        })
        .with("an envelope key twice", Code::EnvelopeKeyReused, |commit| {
            commit.envelope_keys.get_mut(&3).unwrap().0 = own[&1].0;
        })
        .with("another trustee's envelope key", Code::EnvelopeKeyReused, |commit| {
            commit.envelope_keys.get_mut(&3).unwrap().0 = of_first;
        })
        .after("a second time", Code::Duplicate, |scene| scene.steps(&[2], Kind::Commit))
        .after("after the round", Code::OutOfPhase, |scene| scene.provide(Kind::Round))
        .after("after a restart", Code::CeremonyHistory, |scene| scene.provide(Kind::Restart))
        .after("after the roll and the keys", Code::OutOfPhase, |scene| {
            scene.steps(&[2, 3], Kind::Commit);
            scene.provide(Kind::Round);
            scene.play_to(Kind::Open);
        });

    // The envelope keys of an attempt are used for ever.
    let mut again = Scene::clone(&scene);
    again.steps(&[2], Kind::Commit);
    again.provide(Kind::Restart);
    let history = again.board().ceremony().history();
    let second = resigned::<Commit>(&payload, &trustee_key(2), |commit| {
        commit.attempt = 2;
        commit.history = history;
    });
    let again = Arc::new(again);
    table.payload("commit: keys of the attempt before", Code::EnvelopeKeyReused, &again, Kind::Commit, &second);
}

/// An envelope key of the commit that stands in this entry.
fn resigned_commit(entry: &[u8]) -> [u8; 32] {
    let entry = tabella_board::entry::Entry::parse(entry).unwrap();
    let commit = Signed::<Commit>::decode(&entry.payload).unwrap();
    commit.body().envelope_keys.values().next().unwrap().0
}

fn deals(table: &mut Table) {
    let scene = told(|scene| {
        scene.steps(&[1, 2, 3], Kind::Commit);
        scene.provide(Kind::Round);
    });
    let payload = scene.ahead(1, Kind::Deal);
    let scene = Arc::new(scene);
    let mut subject = table.signed::<Deal>(&scene, &payload, trustee_key(1));
    let length = subject.valid.bytes.len();
    let envelope = 32 + 8 * 32 + 16;
    assert_eq!(length, POINTS + 64 + 2 * envelope);
    subject
        .with("another election", Code::ElectionMismatch, |deal| deal.election = OTHER_ELECTION)
        .with("in the name of another trustee", Code::SignatureInvalid, |deal| deal.trustee = 2)
        .with("another attempt", Code::CeremonyHistory, |deal| deal.attempt = 2)
        .with("another history", Code::CeremonyHistory, |deal| deal.history = ELSEWHERE)
        .with("chunk 0", Code::DealChunk, |deal| deal.chunk = 0)
        .with("chunk 2", Code::DealChunk, |deal| deal.chunk = 2)
        .with("a chunk of 64 bits", Code::DealChunk, |deal| deal.chunk = u64::MAX)
        .with("no chunks", Code::DealChunk, |deal| deal.chunks = 0)
        .with("two chunks", Code::DealChunk, |deal| deal.chunks = 2)
        .with("a byte too few", Code::DealChunk, |deal| _ = deal.bytes.pop())
        .with("a byte too many", Code::DealChunk, |deal| deal.bytes.push(0))
        .with("no bytes", Code::DealChunk, |deal| deal.bytes.clear())
        .with("an envelope too few", Code::DealChunk, |deal| deal.bytes.truncate(length - envelope));
    for (name, place) in [("first A", 0), ("last A", POINTS - 32), ("W", POINTS)] {
        subject.with(&format!("a {name} that is no point"), Code::PointInvalid, |deal| {
            overwrite(&mut deal.bytes, place, NEITHER);
        });
    }
    for (name, place) in [("first E", POINTS + 64), ("last E", POINTS + 64 + envelope)] {
        subject
            .with(&format!("a {name} that is no point"), Code::PointInvalid, |deal| {
                overwrite(&mut deal.bytes, place, NEITHER);
            })
            .with(&format!("a {name} that is the identity"), Code::IdentityPoint, |deal| {
                overwrite(&mut deal.bytes, place, IDENTITY);
            });
    }
    subject
        .with("a first A that is the identity", Code::IdentityPoint, |deal| overwrite(&mut deal.bytes, 0, IDENTITY))
        .with("a last A that is the identity", Code::IdentityPoint, |deal| {
            overwrite(&mut deal.bytes, POINTS - 32, IDENTITY);
        })
        .with("a z that is no scalar", Code::ScalarInvalid, |deal| {
            overwrite(&mut deal.bytes, POINTS + 32, ORDER);
        })
        .with("an identity and a z that is no scalar", Code::IdentityPoint, |deal| {
            overwrite(&mut deal.bytes, 0, IDENTITY);
            overwrite(&mut deal.bytes, POINTS + 32, NEITHER);
        })
        .with("an identity before an A that is no point", Code::PointInvalid, |deal| {
            overwrite(&mut deal.bytes, 0, IDENTITY);
            overwrite(&mut deal.bytes, 32, NEITHER);
        })
        .with("a z that is no scalar and an E that is no point", Code::ScalarInvalid, |deal| {
            overwrite(&mut deal.bytes, POINTS + 32, NEITHER);
            overwrite(&mut deal.bytes, POINTS + 64, NEITHER);
        })
        .with("an identity among the E before one that is no point", Code::PointInvalid, |deal| {
            overwrite(&mut deal.bytes, POINTS + 64, IDENTITY);
            overwrite(&mut deal.bytes, POINTS + 64 + envelope, NEITHER);
        })
        .with("an E that is no point and another commitment", Code::PointInvalid, |deal| {
            deal.bytes.copy_within(32..64, 0);
            overwrite(&mut deal.bytes, POINTS + 64, NEITHER);
        })
        .with("another A", Code::DealCommitment, |deal| deal.bytes.copy_within(32..64, 0))
        .with("another last A", Code::DealCommitment, |deal| deal.bytes.copy_within(32..64, POINTS - 32))
        .with("another W", Code::DealProof, |deal| deal.bytes.copy_within(32..64, POINTS))
        .with("a W that is the identity", Code::DealProof, |deal| overwrite(&mut deal.bytes, POINTS, IDENTITY))
        .with("another z", Code::DealProof, |deal| deal.bytes[POINTS + 32] ^= 1)
        .after("a second time", Code::Duplicate, |scene| scene.steps(&[1], Kind::Deal))
        .after("after the round", Code::OutOfPhase, |scene| {
            scene.steps(&[2, 3], Kind::Deal);
            scene.provide(Kind::Round);
        })
        .after("after a restart", Code::OutOfPhase, |scene| scene.provide(Kind::Restart));
}

fn dealings_of_those_left_out(table: &mut Table) {
    let two = told(|scene| scene.steps(&[1, 2], Kind::Commit));
    let mut three = two.clone();
    three.steps(&[3], Kind::Commit);
    three.provide(Kind::Round);
    let late = three.one_step(3, Kind::Deal);
    let mut two = two;
    two.provide(Kind::Round);
    let history = two.board().ceremony().history();
    let late = resigned::<Deal>(&late, &trustee_key(3), |deal| deal.history = history);
    let two = Arc::new(two);
    table.payload("deal: of a trustee that was left out", Code::TrusteeLeftOut, &two, Kind::Deal, &late);
    let elsewhere = resigned::<Deal>(&late, &trustee_key(3), |deal| deal.history = ELSEWHERE);
    table.payload("deal: left out, with another history", Code::CeremonyHistory, &two, Kind::Deal, &elsewhere);
}

fn confirms(table: &mut Table) {
    let (mut scene, complaint) = complaint_of(2, 1);
    let mut honest = Scene::clone(&scene);
    let of_third = honest.one_step(3, Kind::Confirm);
    let before = Arc::new(scene.clone());
    let mut subject = table.signed::<Confirm>(&before, &complaint, trustee_key(2));
    let secret = subject.valid.complaints[&1];
    subject
        .with("another election", Code::ElectionMismatch, |confirm| confirm.election = OTHER_ELECTION)
        .with("attempt 0", Code::CeremonyHistory, |confirm| confirm.attempt = 0)
        .with("another history", Code::CeremonyHistory, |confirm| confirm.history = ELSEWHERE)
        .with("a dealer too few", Code::ConfirmDealers, |confirm| _ = confirm.confirmed.remove(&3))
        .with("a complaint too few", Code::ConfirmDealers, |confirm| confirm.complaints.clear())
        .with("a dealer in both maps", Code::ConfirmDealers, |confirm| {
            confirm.confirmed.insert(1, ELSEWHERE);
        })
        .with("a dealer in both maps and one in none", Code::ConfirmDealers, |confirm| {
            confirm.confirmed.clear();
            confirm.confirmed.insert(1, ELSEWHERE);
        })
        .with("itself", Code::ConfirmDealers, |confirm| _ = confirm.confirmed.insert(2, ELSEWHERE))
        .with("a dealer 4", Code::ConfirmDealers, |confirm| _ = confirm.confirmed.insert(4, ELSEWHERE))
        .with("a dealer 0", Code::ConfirmDealers, |confirm| _ = confirm.complaints.insert(0, secret))
        .with("a dealer of 64 bits", Code::ConfirmDealers, |confirm| {
            confirm.complaints.insert(u64::MAX, secret);
        })
        .with("another hash", Code::ConfirmHash, |confirm| _ = confirm.confirmed.insert(3, ELSEWHERE))
        .with("another hash and a key that is no scalar", Code::ConfirmHash, |confirm| {
            confirm.confirmed.insert(3, ELSEWHERE);
            confirm.complaints.get_mut(&1).unwrap().0 = NEITHER;
        })
        .with("a key that is no scalar", Code::ScalarInvalid, |confirm| {
            confirm.complaints.get_mut(&1).unwrap().0 = NEITHER;
        })
        .with("a key of q", Code::ScalarInvalid, |confirm| confirm.complaints.get_mut(&1).unwrap().0 = ORDER)
        .with("a key of 0", Code::ComplaintKey, |confirm| confirm.complaints.get_mut(&1).unwrap().0 = IDENTITY)
        .with("another key", Code::ComplaintKey, |confirm| {
            confirm.complaints.get_mut(&1).unwrap().0[0] ^= 1;
        })
        .again(Code::Duplicate);

    scene.accept(Kind::Confirm, &complaint);
    scene.steps(&[1], Kind::Confirm);
    scene.provide(Kind::Round);
    let history = scene.board().ceremony().history();
    let left_out = resigned::<Keys>(&keys_of(&scene, 3), &trustee_key(3), |keys| keys.history = history);
    let failed = Arc::new(scene);
    table.payload("confirm: after the attempt failed", Code::CeremonyFailed, &failed, Kind::Confirm, &of_third);
    table.payload("confirm: a second time after it failed", Code::CeremonyFailed, &failed, Kind::Confirm, &complaint);
    table.payload("keys: after the attempt failed", Code::CeremonyFailed, &failed, Kind::Keys, &left_out);
}

/// Any `keys` of a trustee in the current round.
fn keys_of(scene: &Scene, trustee: u64) -> Vec<u8> {
    let keys = Keys {
        election: scene.board().election().id(),
        attempt: scene.board().ceremony().attempt().number,
        history: scene.board().ceremony().history(),
        trustee,
        keys: ELSEWHERE,
    };
    Signed::sign(keys, &trustee_key(trustee)).payload()
}

fn rounds_and_restarts(table: &mut Table) {
    let scene = Arc::new(told(|scene| scene.steps(&[1, 3], Kind::Commit)));
    table
        .signed::<Round>(&scene, &scene.control(Kind::Round), samples::authority())
        .with("another election", Code::ElectionMismatch, |round| round.election = OTHER_ELECTION)
        .with("another attempt", Code::CeremonyHistory, |round| round.attempt = 2)
        .with("another history", Code::CeremonyHistory, |round| round.history = ELSEWHERE)
        .with("nobody left out", Code::RoundLeftOut, |round| round.left_out.clear())
        .with("somebody left out who has sent", Code::RoundLeftOut, |round| round.left_out.push(3))
        .with("somebody left out twice", Code::RoundLeftOut, |round| round.left_out.push(2))
        .with("trustee 0 left out", Code::RoundLeftOut, |round| round.left_out.insert(0, 0))
        .with("trustee 4 left out", Code::RoundLeftOut, |round| round.left_out.push(4))
        .with("a trustee of 64 bits left out", Code::RoundLeftOut, |round| round.left_out.push(u64::MAX))
        .after("after the last commit", Code::RoundLeftOut, |scene| scene.steps(&[2], Kind::Commit))
        .again(Code::CeremonyHistory);
    table
        .signed::<Restart>(&scene, &scene.control(Kind::Restart), samples::authority())
        .with("another election", Code::ElectionMismatch, |restart| restart.election = OTHER_ELECTION)
        .with("the same attempt", Code::CeremonyHistory, |restart| restart.attempt = 1)
        .with("attempt 0", Code::CeremonyHistory, |restart| restart.attempt = 0)
        .with("the attempt after the next", Code::CeremonyHistory, |restart| restart.attempt = 3)
        .with("an attempt of 64 bits", Code::CeremonyHistory, |restart| restart.attempt = u64::MAX)
        .with("another history", Code::CeremonyHistory, |restart| restart.history = ELSEWHERE)
        .after("after a round", Code::CeremonyHistory, |scene| scene.provide(Kind::Round))
        .again(Code::CeremonyHistory);
    let by_registrar = resigned::<Restart>(&scene.control(Kind::Restart), &samples::registrar(), |_| ());
    table.payload("restart: by the registrar", Code::SignatureInvalid, &scene, Kind::Restart, &by_registrar);

    // Two are left out, in the order of their indexes.
    let one = Arc::new(told(|scene| scene.steps(&[2], Kind::Commit)));
    table
        .signed::<Round>(&one, &one.control(Kind::Round), samples::authority())
        .with("left out in another order", Code::RoundLeftOut, |round| round.left_out.reverse())
        .with("one of two left out", Code::RoundLeftOut, |round| round.left_out.truncate(1));

    // Nobody deals: the attempt fails, and only a restart may follow.
    let failed = told(|scene| {
        scene.provide(Kind::Round);
        scene.provide(Kind::Round);
        scene.provide(Kind::Round);
    });
    let round = Round {
        election: failed.board().election().id(),
        attempt: 1,
        history: failed.board().ceremony().history(),
        left_out: Vec::new(),
    };
    let round = Signed::sign(round, &samples::authority()).payload();
    let failed = Arc::new(failed);
    table.payload("round: after the attempt failed", Code::CeremonyFailed, &failed, Kind::Round, &round);
    let complete = Arc::new(told(|scene| scene.make_keys(&[1, 2, 3])));
    let round = resigned::<Round>(&round, &samples::authority(), |round| {
        round.history = complete.board().ceremony().history();
    });
    table.payload("round: after the keys", Code::OutOfPhase, &complete, Kind::Round, &round);
}

fn keys(table: &mut Table) {
    let scene = told(|scene| {
        scene.make_keys(&[1, 2]);
        scene.provide(Kind::Restart);
        for kind in [Kind::Commit, Kind::Deal] {
            scene.steps(&[1, 2, 3], kind);
            scene.provide(Kind::Round);
        }
        scene.steps(&[1, 2], Kind::Confirm);
        scene.provide(Kind::Round);
    });
    let payload = scene.ahead(2, Kind::Keys);
    let scene = Arc::new(scene);
    table
        .signed::<Keys>(&scene, &payload, trustee_key(2))
        .with("another election", Code::ElectionMismatch, |keys| keys.election = OTHER_ELECTION)
        .with("attempt 1", Code::CeremonyHistory, |keys| keys.attempt = 1)
        .with("another history", Code::CeremonyHistory, |keys| keys.history = ELSEWHERE)
        .with("another hash", Code::KeysMismatch, |keys| keys.keys = ELSEWHERE)
        .after("a second time", Code::Duplicate, |scene| scene.steps(&[2], Kind::Keys))
        .after("after a restart", Code::OutOfPhase, |scene| scene.provide(Kind::Restart));
    let left_out = resigned::<Keys>(&payload, &trustee_key(3), |keys| keys.trustee = 3);
    table.payload("keys: of a trustee that was left out", Code::TrusteeLeftOut, &scene, Kind::Keys, &left_out);
    let mut sent = Scene::clone(&scene);
    sent.steps(&[2], Kind::Keys);
    let sent = Arc::new(sent);
    let again = resigned::<Keys>(&payload, &trustee_key(2), |keys| keys.keys = ELSEWHERE);
    table.payload("keys: a second time with another hash", Code::Duplicate, &sent, Kind::Keys, &again);
}
