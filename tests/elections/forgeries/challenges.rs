//! Opened encryptions, changed in one thing.

use std::sync::Arc;

use tabella_election::message::{Ballot, Challenge, decode};
use tabella_election::text::Tracker;
use tabella_election::{Code, Kind};

use super::votes::{above_order, bad_points, bad_scalars, other_point};
use super::{IDENTITY, NEITHER, Subject, Table, overwrite};
use crate::scene::Scene;
use crate::scene::samples::{GUESTS, MEMBERS, guest_vote, manifest, member_vote};

pub(super) fn forge(table: &mut Table) {
    let mut scene = Scene::open(manifest(), &[(1, MEMBERS), (1, GUESTS), (1, MEMBERS)]);
    scene.challenge(1, &guest_vote(&[1]));
    let cast = scene.fill_in(2, Kind::Ballot, &member_vote(None, &[1]));
    scene.accept(Kind::Ballot, &cast);
    let payload = scene.fill_in(0, Kind::Challenge, &member_vote(Some(1), &[0, 2]));
    let (guest, member) = (scene.voters[1].1.credential, scene.voters[2].1.credential);
    let cast = decode::<Ballot>(&cast).unwrap().prefix;
    let scene = Arc::new(scene);
    let mut subject = table.vote::<Challenge>(&scene, Kind::Challenge, &payload);
    subject
        .with("another K", Code::CredentialUnknown, |challenge| challenge.prefix.credential.0 = other_point())
        .with("a K that is no point", Code::CredentialUnknown, |challenge| challenge.prefix.credential.0 = NEITHER)
        .with("another member's K", Code::ChallengeSignature, |challenge| challenge.prefix.credential = member)
        .with("a guest's K", Code::ContestSet, |challenge| challenge.prefix.credential = guest)
        .with("the R of a cast ballot", Code::RReused, |challenge| challenge.prefix.r = cast.r)
        .with("a cast ballot, opened", Code::RReused, |challenge| {
            let credential = challenge.prefix.credential;
            challenge.prefix = cast.clone();
            challenge.prefix.credential = credential;
        })
        .with("contest 2", Code::ContestUnknown, |challenge| {
            challenge.prefix.contests.insert(2, vec![].into());
        })
        .with("a contest too few", Code::ContestSet, |challenge| _ = challenge.prefix.contests.remove(&0))
        .with("a ciphertext too few", Code::BallotLength, |challenge| {
            challenge.prefix.contests.get_mut(&0).unwrap().truncate(3 * 32);
        })
        .with("a ciphertext too many", Code::BallotLength, |challenge| {
            challenge.prefix.contests.get_mut(&1).unwrap().extend([0; 32]);
        })
        .with("a bit too few", Code::BallotLength, |challenge| _ = challenge.opening.pop())
        .with("a bit too many", Code::BallotLength, |challenge| challenge.opening.push(0))
        .with("no bits", Code::BallotLength, |challenge| challenge.opening.clear())
        .again(Code::RReused)
        .after("after the closing", Code::ElectionClosed, |scene| scene.provide(Kind::Close));
    encodings(&mut subject);
    openings(&mut subject);
}

fn encodings(subject: &mut Subject<'_, Challenge>) {
    let valid = subject.valid.clone();
    let k_a: [u8; 32] = valid.signature.0[..32].try_into().unwrap();
    let omega: [u8; 32] = valid.signature.0[32..].try_into().unwrap();
    let c_1: [u8; 32] = valid.prefix.contests[&1][..32].try_into().unwrap();
    for (name, bytes) in bad_points(valid.prefix.r.0) {
        subject.with(&format!("R {name}"), Code::PointInvalid, |challenge| challenge.prefix.r.0 = bytes);
    }
    for (name, bytes) in bad_points(valid.prefix.b.0) {
        subject.with(&format!("B {name}"), Code::PointInvalid, |challenge| challenge.prefix.b.0 = bytes);
    }
    for (name, bytes) in bad_points(c_1) {
        subject.with(&format!("a ciphertext {name}"), Code::PointInvalid, |challenge| {
            overwrite(challenge.prefix.contests.get_mut(&1).unwrap(), 0, bytes);
        });
    }
    for (name, bytes) in bad_points(k_a) {
        subject.with(&format!("K_a {name}"), Code::PointInvalid, |challenge| {
            overwrite(&mut challenge.signature.0, 0, bytes);
        });
    }
    for (name, bytes) in bad_scalars(valid.r_opened.0) {
        subject.with(&format!("r {name}"), Code::ScalarInvalid, |challenge| challenge.r_opened.0 = bytes);
    }
    for (name, bytes) in bad_scalars(omega) {
        subject.with(&format!("ω {name}"), Code::ScalarInvalid, |challenge| {
            overwrite(&mut challenge.signature.0, 32, bytes);
        });
    }
    subject
        .with("an R that is the identity", Code::IdentityPoint, |challenge| challenge.prefix.r.0 = IDENTITY)
        .with("an R that is the identity, opened by 0", Code::IdentityPoint, |challenge| {
            challenge.prefix.r.0 = IDENTITY;
            challenge.r_opened.0 = [0; 32];
        })
        .with("an identity and an r that is no scalar", Code::ScalarInvalid, |challenge| {
            challenge.prefix.r.0 = IDENTITY;
            challenge.r_opened.0 = above_order(challenge.r_opened.0);
        })
        .with("an r that is no scalar and a K_a that is no point", Code::PointInvalid, |challenge| {
            challenge.r_opened.0 = NEITHER;
            overwrite(&mut challenge.signature.0, 0, NEITHER);
        })
        .with("bits of 2 and an ω that is no scalar", Code::ScalarInvalid, |challenge| {
            challenge.opening[0] = 2;
            overwrite(&mut challenge.signature.0, 32, NEITHER);
        });
}

fn openings(subject: &mut Subject<'_, Challenge>) {
    for bit in 0..subject.valid.opening.len() {
        subject.with(&format!("bit {} turned", bit + 1), Code::OpeningInvalid, |challenge| {
            challenge.opening[bit] ^= 1;
        });
    }
    subject
        .with("a bit of 2", Code::OpeningInvalid, |challenge| challenge.opening[0] = 2)
        .with("a bit of 64 bits", Code::OpeningInvalid, |challenge| challenge.opening[7] = u64::MAX)
        .with("bits of 64 bits", Code::OpeningInvalid, |challenge| challenge.opening.fill(u64::MAX))
        .with("another vote", Code::OpeningInvalid, |challenge| challenge.opening[..3].copy_from_slice(&[1, 0, 0]))
        .with("another r", Code::OpeningInvalid, |challenge| challenge.r_opened.0[0] ^= 1)
        .with("an r of 0", Code::OpeningInvalid, |challenge| challenge.r_opened.0 = [0; 32])
        .with("another R", Code::OpeningInvalid, |challenge| challenge.prefix.r.0 = other_point())
        .with("another ciphertext", Code::OpeningInvalid, |challenge| {
            overwrite(challenge.prefix.contests.get_mut(&1).unwrap(), 96, other_point());
        })
        .with("another r and ω", Code::OpeningInvalid, |challenge| {
            challenge.r_opened.0[0] ^= 1;
            challenge.signature.0[32] ^= 1;
        })
        .with("another K_a", Code::ChallengeSignature, |challenge| {
            overwrite(&mut challenge.signature.0, 0, other_point());
        })
        .with("a K_a that is the identity", Code::ChallengeSignature, |challenge| {
            overwrite(&mut challenge.signature.0, 0, IDENTITY);
        })
        .with("another ω", Code::ChallengeSignature, |challenge| challenge.signature.0[32] ^= 1)
        .with("another B", Code::ChallengeSignature, |challenge| challenge.prefix.b.0 = other_point())
        .with("a link", Code::ChallengeSignature, |challenge| challenge.prefix.link = Some(Tracker([1; 20])));
}
