//! The roll and the opening.

use tabella_election::message::{Open, Roll};
use tabella_election::{Code, Hash, Kind, authority};

use super::{IDENTITY, NEITHER, Seen, Subject, other_election};
use crate::samples::{self, GUESTS, MEMBERS, manifest};
use crate::world::{World, resigned};

pub(super) fn refusals(seen: &mut Seen) {
    rolls(seen);
    openings(seen);
}

fn rolls(seen: &mut Seen) {
    let mut world = World::new(manifest());
    let payload = world.roll(&[(1, MEMBERS), (2, GUESTS), (3, MEMBERS)]).remove(0);
    Subject::<Roll>::signed(seen, &world, &payload, samples::registrar())
        .refuses(Code::ElectionMismatch, |roll| roll.election = other_election())
        .refuses(Code::RollChunk, |roll| roll.revision = 2)
        .refuses(Code::RollChunk, |roll| roll.chunk = 0)
        .refuses(Code::RollChunk, |roll| roll.chunks = 100_001)
        .refuses(Code::RollChunk, |roll| roll.previous = Hash([5; 32]))
        .refuses(Code::RollOrder, |roll| roll.voters.swap(0, 1))
        .refuses(Code::RollOrder, |roll| roll.voters[1] = roll.voters[0])
        .refuses(Code::PointInvalid, |roll| roll.voters[2].credential.0 = NEITHER)
        .refuses(Code::IdentityPoint, |roll| roll.voters[0].credential.0 = IDENTITY)
        .refuses(Code::RollWeight, |roll| roll.voters[1].weight = 0)
        .refuses(Code::RollStyle, |roll| roll.voters[1].style = 2)
        .refuses(Code::RollTotal, |roll| roll.voters[0].weight = 1 << 40)
        .refuses_again(Code::RollChunk);
    let mut open = World::open(manifest(), &[(1, MEMBERS)]);
    let late = open.roll(&[(1, MEMBERS)]).remove(0);
    assert_eq!(open.send(Kind::Roll, &late), Err(Code::OutOfPhase));
}

fn openings(seen: &mut Seen) {
    let world = World::ready(manifest(), &[(1, MEMBERS), (1, GUESTS)]);
    let payload = authority::open(&world.board, world.log.anchor(), &samples::authority()).unwrap();
    Subject::<Open>::signed(seen, &world, &payload, samples::authority())
        .refuses(Code::ElectionMismatch, |open| open.election = other_election())
        .refuses(Code::KeysMismatch, |open| open.keys = Hash([5; 32]))
        .refuses(Code::RollMismatch, |open| open.roll = Hash([5; 32]))
        .refuses(Code::AnchorMalformed, |open| open.anchor = "no note".to_owned())
        .refuses(Code::AnchorSignature, |open| open.anchor = "not signed".to_owned())
        .refuses(Code::AnchorMismatch, |open| {
            open.anchor = "checkpoint of 1 entries".to_owned();
        })
        .refuses(Code::AnchorQuorum, |open| open.anchor = "not cosigned".to_owned())
        .refuses_after(Code::RehearsalIncomplete, |world| world.rehearse(&[1]))
        .refuses_after(Code::CeremonyIncomplete, World::restart)
        .refuses_after(Code::RollMismatch, |world| world.enrol(&[(1, MEMBERS)]))
        .refuses_after(Code::RollIncomplete, |world| {
            let payload = world.roll(&[(1, MEMBERS)]).remove(0);
            let half = resigned::<Roll>(&payload, &samples::registrar(), |roll| roll.chunks = 2);
            world.accept(Kind::Roll, &half);
        })
        .refuses_again(Code::OutOfPhase);
}
