//! Ballots and challenges.

use tabella_crypto::group::{Point, Scalar, encode_point};
use tabella_election::message::{Ballot, Challenge, decode};
use tabella_election::text::Tracker;
use tabella_election::{Code, Kind};

use super::{IDENTITY, NEITHER, Seen, Subject, overwrite};
use crate::samples::{GUESTS, MEMBERS, guest_vote, manifest, member_vote};
use crate::world::World;

pub(super) fn refusals(seen: &mut Seen) {
    ballots(seen);
    challenges(seen);
}

/// A point that is not what it should be.
fn other_point() -> [u8; 32] {
    encode_point(&Point::mul_base(&Scalar::from(5_u64)))
}

fn ballots(seen: &mut Seen) {
    let mut world = World::open(manifest(), &[(1, MEMBERS), (1, GUESTS), (1, MEMBERS)]);
    world.vote(2, &member_vote(Some(0), &[1]));
    world.vote(0, &member_vote(Some(0), &[1]));
    let payload = world.fill_in(0, Kind::Ballot, &member_vote(Some(1), &[0, 2]));
    let guest = world.voters[1].1.credential;
    let valid: Ballot = decode(&payload).unwrap();
    let last = valid.proof.len() - 32;
    Subject::<Ballot>::vote(seen, &world, Kind::Ballot, &payload)
        .refuses(Code::CredentialUnknown, |ballot| {
            ballot.prefix.credential.0 = other_point();
        })
        .refuses(Code::ContestUnknown, |ballot| {
            _ = ballot.prefix.contests.insert(2, vec![].into());
        })
        .refuses(Code::ContestSet, |ballot| _ = ballot.prefix.contests.remove(&1))
        .refuses(Code::ContestSet, |ballot| ballot.prefix.credential = guest)
        .refuses(Code::BallotLength, |ballot| {
            _ = ballot.prefix.contests.get_mut(&0).unwrap().pop();
        })
        .refuses(Code::BallotLength, |ballot| ballot.proof.extend([0; 32]))
        .refuses(Code::LinkStale, |ballot| ballot.prefix.link = None)
        .refuses(Code::LinkStale, |ballot| ballot.prefix.link = Some(Tracker([1; 20])))
        .refuses(Code::PointInvalid, |ballot| ballot.prefix.r.0 = NEITHER)
        .refuses(Code::PointInvalid, |ballot| {
            overwrite(ballot.prefix.contests.get_mut(&1).unwrap(), 96, NEITHER);
        })
        .refuses(Code::PointInvalid, |ballot| ballot.prefix.b.0 = NEITHER)
        .refuses(Code::PointInvalid, |ballot| overwrite(&mut ballot.proof, 96, NEITHER))
        .refuses(Code::ScalarInvalid, |ballot| overwrite(&mut ballot.proof, 128, NEITHER))
        .refuses(Code::ScalarInvalid, |ballot| {
            overwrite(&mut ballot.proof, last, NEITHER);
        })
        .refuses(Code::IdentityPoint, |ballot| ballot.prefix.r.0 = IDENTITY)
        .refuses(Code::ProofInvalid, |ballot| ballot.prefix.r.0 = other_point())
        .refuses(Code::ProofInvalid, |ballot| ballot.prefix.b.0 = other_point())
        .refuses(Code::ProofInvalid, |ballot| {
            overwrite(ballot.prefix.contests.get_mut(&0).unwrap(), 0, other_point());
        })
        .refuses(Code::ProofInvalid, |ballot| ballot.proof[last] ^= 1)
        .refuses_again(Code::LinkStale)
        .refuses_after(Code::ElectionClosed, World::close);

    // The same R again, in the next ballot of the same voter or in another's.
    world.accept(Kind::Ballot, &payload);
    let next = world.fill_in(0, Kind::Ballot, &member_vote(Some(1), &[0, 2]));
    Subject::<Ballot>::vote(seen, &world, Kind::Ballot, &next)
        .refuses(Code::RReused, |ballot| ballot.prefix.r = valid.prefix.r);
    let other = world.fill_in(2, Kind::Ballot, &member_vote(Some(1), &[0, 2]));
    Subject::<Ballot>::vote(seen, &world, Kind::Ballot, &other)
        .refuses(Code::RReused, |ballot| ballot.prefix.r = valid.prefix.r);

    let mut early = World::ready(manifest(), &[(1, MEMBERS)]);
    assert_eq!(early.send(Kind::Ballot, &payload), Err(Code::ElectionNotOpen));
    assert_eq!(early.send(Kind::Ballot, &payload[1..]), Err(Code::PayloadMalformed));
    seen.insert(Code::ElectionNotOpen);
}

fn challenges(seen: &mut Seen) {
    let mut world = World::open(manifest(), &[(1, MEMBERS), (1, GUESTS)]);
    world.challenge(1, &guest_vote(&[1]));
    let payload = world.fill_in(0, Kind::Challenge, &member_vote(Some(1), &[0, 2]));
    let guest = world.voters[1].1.credential;
    let opened = decode::<Challenge>(&payload).unwrap().prefix;
    Subject::<Challenge>::vote(seen, &world, Kind::Challenge, &payload)
        .refuses(Code::CredentialUnknown, |challenge| {
            challenge.prefix.credential.0 = other_point();
        })
        .refuses(Code::ContestUnknown, |challenge| {
            _ = challenge.prefix.contests.insert(2, vec![].into());
        })
        .refuses(Code::ContestSet, |challenge| challenge.prefix.credential = guest)
        .refuses(Code::BallotLength, |challenge| {
            _ = challenge.prefix.contests.get_mut(&0).unwrap().pop();
        })
        .refuses(Code::BallotLength, |challenge| challenge.opening.push(0))
        .refuses(Code::PointInvalid, |challenge| challenge.prefix.b.0 = NEITHER)
        .refuses(Code::PointInvalid, |challenge| {
            overwrite(&mut challenge.signature.0, 0, NEITHER);
        })
        .refuses(Code::ScalarInvalid, |challenge| challenge.r_opened.0 = NEITHER)
        .refuses(Code::ScalarInvalid, |challenge| {
            overwrite(&mut challenge.signature.0, 32, NEITHER);
        })
        .refuses(Code::IdentityPoint, |challenge| challenge.prefix.r.0 = IDENTITY)
        .refuses(Code::OpeningInvalid, |challenge| challenge.opening[0] = 2)
        .refuses(Code::OpeningInvalid, |challenge| challenge.opening[0] ^= 1)
        .refuses(Code::OpeningInvalid, |challenge| challenge.r_opened.0[0] ^= 1)
        .refuses(Code::ChallengeSignature, |challenge| challenge.signature.0[32] ^= 1)
        .refuses(Code::ChallengeSignature, |challenge| {
            challenge.prefix.b.0 = other_point();
        })
        .refuses(Code::ChallengeSignature, |challenge| {
            challenge.prefix.link = Some(Tracker([1; 20]));
        })
        .refuses_again(Code::RReused)
        .refuses_after(Code::ElectionClosed, World::close);

    // What was challenged can never be cast: its R is spent.
    world.accept(Kind::Challenge, &payload);
    let ballot = world.fill_in(0, Kind::Ballot, &member_vote(Some(1), &[0, 2]));
    Subject::<Ballot>::vote(seen, &world, Kind::Ballot, &ballot)
        .refuses(Code::RReused, |ballot| ballot.prefix = opened);
}
