//! The entries of the key ceremony.

use tabella_election::message::{Commit, Confirm, Deal, Keys, Rehearsal, Rehearse, Restart, Round, Signed};
use tabella_election::trustee::Trustee;
use tabella_election::{Code, Hash, Kind, authority};

use super::{IDENTITY, NEITHER, Seen, Subject, other_election, overwrite};
use crate::ceremonies::complaint_of;
use crate::samples::{self, GUESTS, MEMBERS, manifest, trustee_key};
use crate::world::{World, resigned};

const ELSEWHERE: Hash = Hash([5; 32]);

/// k·t points of 32 bytes stand in front of a dealing's proof.
const POINTS: usize = 8 * 2 * 32;

pub(super) fn refusals(seen: &mut Seen) {
    commits(seen);
    deals(seen);
    confirms(seen);
    rounds(seen);
    keys(seen);
    rehearsals(seen);
}

fn commits(seen: &mut Seen) {
    let mut world = World::new(manifest());
    world.commit(1);
    let payload = world.step(2, Trustee::commit);
    let used = Subject::<Commit>::signed(seen, &world, &payload, trustee_key(2)).valid.envelope_keys[&1];
    Subject::<Commit>::signed(seen, &world, &payload, trustee_key(2))
        .refuses(Code::ElectionMismatch, |commit| commit.election = other_election())
        .refuses(Code::TrusteeUnknown, |commit| commit.trustee = 4)
        .refuses(Code::TrusteeUnknown, |commit| commit.trustee = 0)
        .refuses(Code::SignatureInvalid, |commit| commit.trustee = 3)
        .refuses(Code::CeremonyHistory, |commit| commit.attempt = 2)
        .refuses(Code::CeremonyHistory, |commit| commit.history = ELSEWHERE)
        .refuses(Code::EnvelopeKeys, |commit| _ = commit.envelope_keys.remove(&3))
        .refuses(Code::EnvelopeKeys, |commit| _ = commit.envelope_keys.insert(2, used))
        .refuses(Code::PointInvalid, |commit| {
            commit.envelope_keys.get_mut(&1).unwrap().0 = NEITHER;
        })
        .refuses(Code::IdentityPoint, |commit| {
            commit.envelope_keys.get_mut(&1).unwrap().0 = IDENTITY;
        })
        // All are decoded before one is compared with the identity.
        .refuses(Code::PointInvalid, |commit| {
            commit.envelope_keys.get_mut(&1).unwrap().0 = IDENTITY;
            commit.envelope_keys.get_mut(&3).unwrap().0 = NEITHER;
        })
        .refuses(Code::EnvelopeKeyReused, |commit| {
            commit.envelope_keys.get_mut(&3).unwrap().0 = used.0;
        })
        .refuses_again(Code::Duplicate)
        .refuses_after(Code::OutOfPhase, World::end_round)
        // Everything of an attempt is void after a restart but its envelope keys.
        .refuses_after(Code::CeremonyHistory, World::restart);
}

fn deals(seen: &mut Seen) {
    let mut world = World::new(manifest());
    [1, 2].iter().for_each(|index| world.commit(*index));
    let late = world.step(3, Trustee::commit);
    let in_time = world.clone();
    world.end_round();
    let dealing = world.dealing(1).remove(0);
    Subject::<Deal>::signed(seen, &world, &dealing, trustee_key(1))
        .refuses(Code::CeremonyHistory, |deal| deal.history = ELSEWHERE)
        .refuses(Code::DealChunk, |deal| deal.chunk = 2)
        .refuses(Code::DealChunk, |deal| deal.chunks = 2)
        .refuses(Code::DealChunk, |deal| _ = deal.bytes.pop())
        .refuses(Code::PointInvalid, |deal| overwrite(&mut deal.bytes, 0, NEITHER))
        .refuses(Code::PointInvalid, |deal| overwrite(&mut deal.bytes, POINTS, NEITHER))
        .refuses(Code::PointInvalid, |deal| {
            overwrite(&mut deal.bytes, POINTS + 64, NEITHER);
        })
        .refuses(Code::IdentityPoint, |deal| overwrite(&mut deal.bytes, 32, IDENTITY))
        .refuses(Code::IdentityPoint, |deal| {
            overwrite(&mut deal.bytes, POINTS + 64, IDENTITY);
        })
        .refuses(Code::ScalarInvalid, |deal| {
            overwrite(&mut deal.bytes, POINTS + 32, NEITHER);
        })
        .refuses(Code::DealCommitment, |deal| deal.bytes.copy_within(32..64, 0))
        .refuses(Code::DealProof, |deal| deal.bytes[POINTS + 32] ^= 1)
        .refuses_again(Code::Duplicate)
        .refuses_after(Code::OutOfPhase, |world| {
            world.deal(2);
            world.accept(Kind::Round, &authority::round(&world.board, &samples::authority()).unwrap());
        });

    // Trustee 3 was left out: whatever it sends next is refused.
    let mut everybody = in_time;
    everybody.accept(Kind::Commit, &late);
    everybody.end_round();
    let late = everybody.dealing(3).remove(0);
    let history = world.board.ceremony().history();
    let left_out = resigned::<Deal>(&late, &trustee_key(3), |deal| deal.history = history);
    assert_eq!(world.send(Kind::Deal, &left_out), Err(Code::TrusteeLeftOut));
    seen.insert(Code::TrusteeLeftOut);
}

fn confirms(seen: &mut Seen) {
    let (mut world, complaint) = complaint_of(2, 1);
    Subject::<Confirm>::signed(seen, &world, &complaint, trustee_key(2))
        .refuses(Code::CeremonyHistory, |confirm| confirm.attempt = 0)
        .refuses(Code::ConfirmDealers, |confirm| _ = confirm.confirmed.remove(&3))
        .refuses(Code::ConfirmDealers, |confirm| {
            _ = confirm.confirmed.insert(1, ELSEWHERE);
        })
        .refuses(Code::ConfirmHash, |confirm| _ = confirm.confirmed.insert(3, ELSEWHERE))
        .refuses(Code::ScalarInvalid, |confirm| {
            confirm.complaints.get_mut(&1).unwrap().0 = NEITHER;
        })
        .refuses(Code::ComplaintKey, |confirm| {
            confirm.complaints.get_mut(&1).unwrap().0[0] ^= 1;
        })
        .refuses_again(Code::Duplicate);
    world.confirm(1);
    world.end_round();
    assert_eq!(world.send(Kind::Confirm, &complaint), Err(Code::CeremonyFailed));
}

fn rounds(seen: &mut Seen) {
    let mut world = World::new(manifest());
    world.commit(1);
    world.commit(3);
    let round = authority::round(&world.board, &samples::authority()).unwrap();
    Subject::<Round>::signed(seen, &world, &round, samples::authority())
        .refuses(Code::ElectionMismatch, |round| round.election = other_election())
        .refuses(Code::CeremonyHistory, |round| round.attempt = 2)
        .refuses(Code::CeremonyHistory, |round| round.history = ELSEWHERE)
        .refuses(Code::RoundLeftOut, |round| round.left_out.clear())
        .refuses(Code::RoundLeftOut, |round| round.left_out.push(3))
        .refuses_after(Code::RoundLeftOut, |world| world.commit(2))
        .refuses_again(Code::CeremonyHistory);
    let restart = authority::restart(&world.board, &samples::authority());
    Subject::<Restart>::signed(seen, &world, &restart, samples::authority())
        .refuses(Code::CeremonyHistory, |restart| restart.attempt = 1)
        .refuses(Code::CeremonyHistory, |restart| restart.attempt = 3)
        .refuses(Code::CeremonyHistory, |restart| restart.history = ELSEWHERE)
        .refuses_again(Code::CeremonyHistory);

    // Nobody deals: the attempt fails, and only a restart may follow.
    (0..3).for_each(|_| world.end_round());
    let failed = Round {
        election: world.board.election().id(),
        attempt: 1,
        history: world.board.ceremony().history(),
        left_out: Vec::new(),
    };
    let failed = Signed::sign(failed, &samples::authority()).payload();
    assert_eq!(world.send(Kind::Round, &failed), Err(Code::CeremonyFailed));
    seen.insert(Code::CeremonyFailed);
}

fn keys(seen: &mut Seen) {
    let mut world = World::new(manifest());
    world.make_keys(&[1, 2]);
    world.restart();
    [1, 2, 3].iter().for_each(|index| world.commit(*index));
    world.end_round();
    [1, 2, 3].iter().for_each(|index| world.deal(*index));
    world.end_round();
    [1, 2].iter().for_each(|index| world.confirm(*index));
    world.end_round();
    // No round ends the last step.
    let round = Round {
        election: world.board.election().id(),
        attempt: 2,
        history: world.board.ceremony().history(),
        left_out: vec![1, 2],
    };
    let round = Signed::sign(round, &samples::authority()).payload();
    assert_eq!(world.send(Kind::Round, &round), Err(Code::OutOfPhase));
    let payload = world.step(2, |trustee, board, _| trustee.keys(board));
    Subject::<Keys>::signed(seen, &world, &payload, trustee_key(2))
        .refuses(Code::CeremonyHistory, |keys| keys.attempt = 1)
        .refuses(Code::KeysMismatch, |keys| keys.keys = ELSEWHERE)
        .refuses_again(Code::Duplicate);
    // Keys that a qualified trustee has not confirmed are not rehearsed.
    let mut complete = world.clone();
    complete.accept(Kind::Keys, &payload);
    complete.confirm_keys(1);
    let rehearse = authority::rehearse(&complete.board, &samples::authority()).unwrap();
    assert_eq!(world.send(Kind::Rehearse, &rehearse), Err(Code::CeremonyIncomplete));
    let left_out = resigned::<Keys>(&payload, &trustee_key(3), |keys| keys.trustee = 3);
    assert_eq!(world.send(Kind::Keys, &left_out), Err(Code::TrusteeLeftOut));
}

fn rehearsals(seen: &mut Seen) {
    let mut world = World::new(manifest());
    world.make_keys(&[1, 2]);
    let payload = authority::rehearse(&world.board, &samples::authority()).unwrap();
    Subject::<Rehearse>::signed(seen, &world, &payload, samples::authority())
        .refuses(Code::KeysMismatch, |rehearse| rehearse.keys = ELSEWHERE)
        .refuses(Code::RehearsalRound, |rehearse| rehearse.round = 2)
        .refuses_again(Code::RehearsalRound)
        .refuses_after(Code::CeremonyIncomplete, World::restart);

    world.rehearse(&[1]);
    let payload = world.trustee(2).rehearse(&world.board, &mut world.rng).unwrap();
    Subject::<Rehearsal>::signed(seen, &world, &payload, trustee_key(2))
        .refuses(Code::KeysMismatch, |rehearsal| rehearsal.keys = ELSEWHERE)
        .refuses(Code::RehearsalRound, |rehearsal| rehearsal.round = 2)
        .refuses(Code::ShareLength, |rehearsal| _ = rehearsal.decryption.pop())
        .refuses(Code::ShareLength, |rehearsal| rehearsal.proof.push(0))
        .refuses(Code::PointInvalid, |rehearsal| {
            overwrite(&mut rehearsal.decryption, 0, NEITHER);
        })
        .refuses(Code::ScalarInvalid, |rehearsal| {
            overwrite(&mut rehearsal.proof, 64, NEITHER);
        })
        .refuses(Code::ShareInvalid, |rehearsal| {
            rehearsal.decryption.copy_within(32..64, 0);
        })
        .refuses_again(Code::Duplicate)
        .refuses_after(Code::RehearsalRound, |world| world.rehearse(&[]))
        .refuses_after(Code::CeremonyIncomplete, World::restart);

    // A rehearsal can still be held during the voting.
    let mut world = World::open(manifest(), &[(1, MEMBERS), (1, GUESTS)]);
    world.rehearse(&[3]);
}
