//! Closing, shares, result, end.

use tabella_election::message::{Close, ContestResult, Final, Share, Signed, TallyResult};
use tabella_election::trustee::Refusal;
use tabella_election::{Code, Hash, Kind, authority};

use super::{NEITHER, Seen, Subject, other_election, overwrite};
use crate::samples::{self, GUESTS, MEMBERS, guest_vote, manifest, member_vote, trustee_key};
use crate::world::World;

const ELSEWHERE: Hash = Hash([5; 32]);

pub(super) fn refusals(seen: &mut Seen) {
    closings(seen);
    shares(seen);
    results(seen);
    ends(seen);
}

/// Two members and a guest have voted, and one has voted twice.
fn voted() -> World {
    let mut world = World::open(manifest(), &[(1, MEMBERS), (1, MEMBERS), (1, GUESTS)]);
    world.vote(0, &member_vote(Some(0), &[0, 1]));
    world.vote(1, &member_vote(Some(1), &[1]));
    world.vote(2, &guest_vote(&[3]));
    world.vote(0, &member_vote(Some(1), &[0]));
    world
}

fn closings(seen: &mut Seen) {
    let world = voted();
    let close = authority::close(&world.board, world.log.anchor(), world.log.last, &samples::authority()).unwrap();
    Subject::<Close>::signed(seen, &world, &close, samples::authority())
        .refuses(Code::ElectionMismatch, |close| close.election = other_election())
        .refuses(Code::CloseCount, |close| close.ballots = 3)
        .refuses(Code::CloseLast, |close| close.last = ELSEWHERE)
        .refuses(Code::AnchorMalformed, |close| close.anchor = "no note".to_owned())
        .refuses(Code::AnchorMismatch, |close| close.anchor.push('!'))
        .refuses_after(Code::CloseCount, |world| world.vote(1, &member_vote(None, &[])))
        .refuses_after(Code::CloseLast, |world| world.challenge(1, &member_vote(None, &[])))
        .refuses_again(Code::OutOfPhase);
}

fn shares(seen: &mut Seen) {
    let mut world = voted();
    world.close();
    world.decrypt(&[1]);
    let latest = world.log.anchor();
    let share = world.share(3);
    Subject::<Share>::signed(seen, &world, &share, trustee_key(3))
        .refuses(Code::ElectionMismatch, |share| share.election = other_election())
        .refuses(Code::TrusteeUnknown, |share| share.trustee = 4)
        .refuses(Code::KeysMismatch, |share| share.keys = ELSEWHERE)
        .refuses(Code::CountedMismatch, |share| share.counted = ELSEWHERE)
        .refuses(Code::ShareLength, |share| _ = share.decryption.pop())
        .refuses(Code::ShareLength, |share| share.proof.extend([0; 32]))
        .refuses(Code::PointInvalid, |share| {
            overwrite(&mut share.decryption, 32, NEITHER);
        })
        .refuses(Code::PointInvalid, |share| overwrite(&mut share.proof, 64, NEITHER))
        .refuses(Code::ScalarInvalid, |share| overwrite(&mut share.proof, 96, NEITHER))
        .refuses(Code::ShareInvalid, |share| share.decryption.copy_within(32..64, 0))
        .refuses(Code::ShareInvalid, |share| share.proof[96] ^= 1)
        .refuses(Code::ShareInvalid, |share| {
            share.proof[96] ^= 1;
            share.anchor = "no note".to_owned();
        })
        .refuses(Code::AnchorMalformed, |share| share.anchor = "no note".to_owned())
        .refuses(Code::AnchorSignature, |share| share.anchor = "not signed".to_owned())
        .refuses(Code::AnchorMismatch, |share| share.anchor = latest)
        .refuses(Code::AnchorQuorum, |share| share.anchor = "not cosigned".to_owned())
        .refuses_again(Code::Duplicate);

    // With no open group there is nothing to decrypt, and an honest trustee does not try.
    let mut empty = World::open(manifest(), &[(1, MEMBERS)]);
    empty.close();
    assert_eq!(empty.share_refusal(empty.trustee(1), &empty.after_close), Refusal::NothingToDecrypt);
    let share = Share {
        election: empty.board.election().id(),
        keys: Hash(empty.board.ceremony().keys().unwrap().hash()),
        counted: empty.board.tally().unwrap().counted().hash,
        trustee: 1,
        decryption: vec![].into(),
        proof: vec![].into(),
        anchor: empty.after_close.clone(),
    };
    let share = Signed::sign(share, &trustee_key(1)).payload();
    assert_eq!(empty.send(Kind::Share, &share), Err(Code::ShareNotNeeded));
    seen.insert(Code::ShareNotNeeded);
}

fn results(seen: &mut Seen) {
    let mut world = voted();
    world.close();
    let missing = world.clone();
    world.decrypt(&[1, 2]);
    let result = authority::result(&world.board, world.log.anchor(), &samples::authority()).unwrap();
    let total = |result: &mut TallyResult, contest: usize, change: fn(&mut Vec<u64>)| {
        let ContestResult::Totals(totals) = &mut result.contests[contest] else { panic!("withheld") };
        change(totals);
    };
    Subject::<TallyResult>::signed(seen, &world, &result, samples::authority())
        .refuses(Code::CountedMismatch, |result| result.counted = ELSEWHERE)
        .refuses(Code::ResultShape, |result| _ = result.contests.pop())
        .refuses(Code::ResultShape, |result| result.contests[0] = ContestResult::Withheld)
        .refuses(Code::ResultShape, |result| total(result, 0, |totals| totals.push(0)))
        .refuses(Code::ResultShape, |result| total(result, 0, |totals| _ = totals.pop()))
        .refuses(Code::ResultShape, |result| {
            total(result, 1, |totals| totals.push(0));
        })
        .refuses(Code::ResultTotal, |result| {
            total(result, 0, |totals| totals.swap(0, 1));
        })
        .refuses(Code::ResultTotal, |result| {
            total(result, 0, |totals| totals[3] = 1);
        })
        .refuses(Code::ResultTotal, |result| total(result, 1, |totals| totals[2] = 1))
        .refuses(Code::AnchorSignature, |result| result.anchor = "not signed".to_owned())
        .refuses_again(Code::OutOfPhase);

    let mut missing = missing;
    missing.decrypt(&[3]);
    assert_eq!(missing.send(Kind::Result, &result), Err(Code::SharesMissing));
    seen.insert(Code::SharesMissing);

    // Who did not vote has no votes, and what is withheld stays so.
    let mut one = World::open(manifest(), &[(1, MEMBERS), (1, GUESTS), (1, GUESTS)]);
    one.vote(1, &guest_vote(&[3]));
    one.vote(2, &guest_vote(&[3]));
    one.close();
    one.decrypt(&[2, 3]);
    let result = authority::result(&one.board, one.log.anchor(), &samples::authority()).unwrap();
    Subject::<TallyResult>::signed(seen, &one, &result, samples::authority())
        .refuses(Code::ResultTotal, |result| total(result, 0, |totals| totals[0] = 1))
        .refuses(Code::ResultShape, |result| result.contests[0] = ContestResult::Withheld);
    let mut withheld = World::open(manifest(), &[(1, MEMBERS)]);
    withheld.vote(0, &member_vote(Some(0), &[]));
    withheld.close();
    let result = authority::result(&withheld.board, withheld.log.anchor(), &samples::authority()).unwrap();
    Subject::<TallyResult>::signed(seen, &withheld, &result, samples::authority())
        .refuses(Code::ResultShape, |result| result.contests[1] = ContestResult::Totals(vec![0; 4]));
}

fn ends(seen: &mut Seen) {
    let mut world = voted();
    world.close();
    world.decrypt(&[2, 3]);
    let result = authority::result(&world.board, world.log.anchor(), &samples::authority()).unwrap();
    world.accept(Kind::Result, &result);
    let last = authority::finish(&world.board, world.log.anchor(), &samples::authority()).unwrap();
    Subject::<Final>::signed(seen, &world, &last, samples::authority())
        .refuses(Code::FinalResult, |last| last.result = ELSEWHERE)
        .refuses(Code::AnchorQuorum, |last| last.anchor = "not cosigned".to_owned())
        .refuses_again(Code::AfterFinal);
}
