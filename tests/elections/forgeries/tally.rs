//! Closing, shares, result, end. What is wrong with anchors stands elsewhere.

use std::sync::Arc;

use tabella_election::message::{Close, ContestResult, Final, Manifest, Share, Signed, TallyResult};
use tabella_election::{Code, Hash, Kind};

use super::votes::{bad_points, bad_scalars, other_point};
use super::{ELSEWHERE, IDENTITY, NEITHER, OTHER_ELECTION, Table, overwrite};
use crate::scene::samples::{self, GUESTS, MEMBERS, guest_vote, manifest, member_vote, trustee_key};
use crate::scene::{Scene, resigned};

pub(super) fn forge(table: &mut Table) {
    closings(table);
    shares(table);
    shares_that_nobody_needs(table);
    results(table);
    results_of_withheld_groups(table);
    ends(table);
}

/// Two members and a guest have voted, and one has voted twice.
fn voted(manifest: Manifest) -> Scene {
    let mut scene = Scene::open(manifest, &[(1, MEMBERS), (3, MEMBERS), (1, GUESTS)]);
    scene.vote(0, &member_vote(Some(0), &[0, 1]));
    scene.vote(1, &member_vote(Some(1), &[1]));
    scene.vote(2, &guest_vote(&[3]));
    scene.vote(0, &member_vote(Some(1), &[0]));
    scene
}

fn closings(table: &mut Table) {
    let scene = Arc::new(voted(manifest()));
    let close = scene.control(Kind::Close);
    let by_registrar = resigned::<Close>(&close, &samples::registrar(), |_| ());
    table
        .signed::<Close>(&scene, &close, samples::authority())
        .payload("by the registrar", Code::SignatureInvalid, &by_registrar)
        .with("another election", Code::ElectionMismatch, |close| close.election = OTHER_ELECTION)
        .with("a ballot too few", Code::CloseCount, |close| close.ballots = 3)
        .with("a ballot too many", Code::CloseCount, |close| close.ballots = 5)
        .with("ballots of 64 bits", Code::CloseCount, |close| close.ballots = u64::MAX)
        .with("another last", Code::CloseLast, |close| close.last = ELSEWHERE)
        .with("another last and count", Code::CloseCount, |close| (close.last, close.ballots) = (ELSEWHERE, 0))
        .with("another last and no anchor", Code::CloseLast, |close| {
            close.last = ELSEWHERE;
            close.anchor.clear();
        })
        .after("after another ballot", Code::CloseCount, |scene| scene.vote(1, &member_vote(None, &[])))
        .after("after a challenge", Code::CloseLast, |scene| scene.challenge(1, &member_vote(None, &[])))
        .again(Code::OutOfPhase);
    let ready = Arc::new(Scene::ready(manifest(), &[(1, MEMBERS)]));
    table.payload("close: before the opening", Code::OutOfPhase, &ready, Kind::Close, &close);
}

fn shares(table: &mut Table) {
    let mut scene = voted(manifest());
    let open = Arc::new(scene.clone());
    scene.provide(Kind::Close);
    let result = {
        let mut ahead = scene.clone();
        ahead.play_to(Kind::Result);
        ahead.control(Kind::Result)
    };
    scene.steps(&[1], Kind::Share);
    let share = scene.one_step(3, Kind::Share);
    let scene = Arc::new(scene);
    table.payload("share: during the voting", Code::OutOfPhase, &open, Kind::Share, &share);
    table.payload("result: during the voting", Code::OutOfPhase, &open, Kind::Result, &result);
    let mut subject = table.signed::<Share>(&scene, &share, trustee_key(3));
    let (decryption, proof) = (subject.valid.decryption.clone(), subject.valid.proof.clone());
    // Two groups: W_1, W_2, V, z_1, z_2.
    assert_eq!((decryption.len(), proof.len()), (8 * 32, 5 * 32));
    subject
        .with("another election", Code::ElectionMismatch, |share| share.election = OTHER_ELECTION)
        .with("trustee 4", Code::TrusteeUnknown, |share| share.trustee = 4)
        .with("trustee 0", Code::TrusteeUnknown, |share| share.trustee = 0)
        .with("in the name of another trustee", Code::SignatureInvalid, |share| share.trustee = 2)
        .with("another keys hash", Code::KeysMismatch, |share| share.keys = ELSEWHERE)
        .with("another counted hash", Code::CountedMismatch, |share| share.counted = ELSEWHERE)
        .with("both hashes others", Code::KeysMismatch, |share| (share.keys, share.counted) = (ELSEWHERE, ELSEWHERE))
        .with("a decryption too few", Code::ShareLength, |share| share.decryption.truncate(7 * 32))
        .with("a decryption too many", Code::ShareLength, |share| share.decryption.extend([0; 32]))
        .with("a decryption that is too short", Code::ShareLength, |share| _ = share.decryption.pop())
        .with("no decryption", Code::ShareLength, |share| share.decryption.clear())
        .with("a proof for one group", Code::ShareLength, |share| share.proof.truncate(3 * 32))
        .with("a proof that is too long", Code::ShareLength, |share| share.proof.extend([0; 32]))
        .with("a z that is no scalar and a D that is no point", Code::PointInvalid, |share| {
            overwrite(&mut share.proof, 96, NEITHER);
            overwrite(&mut share.decryption, 0, NEITHER);
        })
        .with("two D exchanged", Code::ShareInvalid, |share| {
            let (left, right) = share.decryption.split_at_mut(32);
            left.swap_with_slice(&mut right[..32]);
        })
        .with("W_1 and W_2 exchanged", Code::ShareInvalid, |share| {
            let (left, right) = share.proof.split_at_mut(32);
            left.swap_with_slice(&mut right[..32]);
        })
        .again(Code::Duplicate);
    for place in 0..8 {
        subject
            .with(&format!("another D_{}", place + 1), Code::ShareInvalid, |share| {
                overwrite(&mut share.decryption, 32 * place, other_point());
            })
            .with(&format!("a D_{} that is the identity", place + 1), Code::ShareInvalid, |share| {
                overwrite(&mut share.decryption, 32 * place, IDENTITY);
            })
            .with(&format!("a D_{} that is no point", place + 1), Code::PointInvalid, |share| {
                overwrite(&mut share.decryption, 32 * place, NEITHER);
            });
    }
    for (place, element) in ["W_1", "W_2", "V"].into_iter().enumerate() {
        subject.with(&format!("another {element}"), Code::ShareInvalid, |share| {
            overwrite(&mut share.proof, 32 * place, other_point());
        });
        for (name, bytes) in bad_points(proof[32 * place..32 * (place + 1)].try_into().unwrap()) {
            subject.with(&format!("{element} {name}"), Code::PointInvalid, |share| {
                overwrite(&mut share.proof, 32 * place, bytes);
            });
        }
    }
    for (place, element) in [(3, "z_1"), (4, "z_2")] {
        subject.with(&format!("another {element}"), Code::ShareInvalid, |share| share.proof[32 * place] ^= 1);
        for (name, bytes) in bad_scalars(proof[32 * place..32 * (place + 1)].try_into().unwrap()) {
            subject.with(&format!("{element} {name}"), Code::ScalarInvalid, |share| {
                overwrite(&mut share.proof, 32 * place, bytes);
            });
        }
    }

    // Trustee 2 signs what trustee 3 computed.
    let copied = resigned::<Share>(&share, &trustee_key(2), |share| share.trustee = 2);
    table.payload("share: another trustee's, signed as the own", Code::ShareInvalid, &scene, Kind::Share, &copied);
}

fn shares_that_nobody_needs(table: &mut Table) {
    let empty_share = |scene: &Scene, trustee: u64| {
        let share = Share {
            election: scene.board().election().id(),
            keys: Hash(scene.board().ceremony().keys().unwrap().hash()),
            counted: scene.board().tally().unwrap().counted().hash,
            trustee,
            decryption: vec![].into(),
            proof: vec![].into(),
            anchor: scene.log.anchor(),
        };
        Signed::sign(share, &trustee_key(trustee)).payload()
    };
    let mut empty = Scene::open(manifest(), &[(1, MEMBERS)]);
    empty.provide(Kind::Close);
    let share = empty_share(&empty, 1);
    let empty = Arc::new(empty);
    table.payload("share: of no ballots", Code::ShareNotNeeded, &empty, Kind::Share, &share);
    let long = resigned::<Share>(&share, &trustee_key(1), |share| share.decryption.extend([0xff; 31]));
    table.payload("share: of no ballots, with something", Code::ShareNotNeeded, &empty, Kind::Share, &long);
    let mut withheld = Scene::open(manifest(), &[(1, MEMBERS), (1, MEMBERS)]);
    withheld.vote(0, &member_vote(Some(1), &[2]));
    withheld.provide(Kind::Close);
    let share = empty_share(&withheld, 2);
    let withheld = Arc::new(withheld);
    table.payload("share: of too few ballots", Code::ShareNotNeeded, &withheld, Kind::Share, &share);

    // Trustee 2 was left out of the ceremony.
    let mut scene = Scene::new(manifest());
    scene.make_keys(&[1, 3]);
    scene.rehearse(&[1, 3]);
    scene.enrol(&[(1, MEMBERS), (1, MEMBERS)]);
    scene.provide(Kind::Open);
    scene.everybody_votes();
    scene.provide(Kind::Close);
    let share = scene.one_step(3, Kind::Share);
    let other = resigned::<Share>(&share, &trustee_key(2), |share| share.trustee = 2);
    let scene = Arc::new(scene);
    table.payload("share: of a trustee that was left out", Code::TrusteeLeftOut, &scene, Kind::Share, &other);
}

/// What stands in the result of a contest.
pub(super) fn totals_of(result: &mut TallyResult, contest: usize) -> &mut Vec<u64> {
    match &mut result.contests[contest] {
        ContestResult::Totals(totals) => totals,
        ContestResult::Withheld => panic!("contest {contest} is withheld"),
    }
}

fn results(table: &mut Table) {
    let mut scene = voted(manifest());
    scene.provide(Kind::Close);
    let missing = scene.clone();
    scene.steps(&[1, 2], Kind::Share);
    let result = scene.control(Kind::Result);
    let scene = Arc::new(scene);
    // chair: voters 0 and 1 for option 2, with 1 + 3. seats: 0, 1 (3 times), and the guest for 4.
    table
        .signed::<TallyResult>(&scene, &result, samples::authority())
        .with("another election", Code::ElectionMismatch, |result| result.election = OTHER_ELECTION)
        .with("another counted hash", Code::CountedMismatch, |result| result.counted = ELSEWHERE)
        .with("a contest too few", Code::ResultShape, |result| _ = result.contests.pop())
        .with("a contest too many", Code::ResultShape, |result| result.contests.push(result.contests[1].clone()))
        .with("no contests", Code::ResultShape, |result| result.contests.clear())
        .with("contests in another order", Code::ResultTotal, |result| result.contests.reverse())
        .with("a contest withheld", Code::ResultShape, |result| result.contests[0] = ContestResult::Withheld)
        .with("a total too many", Code::ResultShape, |result| totals_of(result, 0).push(0))
        .with("a total too few", Code::ResultShape, |result| _ = totals_of(result, 1).pop())
        .with("no blank total", Code::ResultShape, |result| _ = totals_of(result, 0).pop())
        .with("a blank total that is not offered", Code::ResultShape, |result| totals_of(result, 1).push(0))
        .with("totals exchanged", Code::ResultTotal, |result| totals_of(result, 0).swap(0, 1))
        .with("another blank total", Code::ResultTotal, |result| totals_of(result, 0)[3] = 1)
        .with("a vote more", Code::ResultTotal, |result| totals_of(result, 1)[3] += 1)
        .with("a vote less", Code::ResultTotal, |result| totals_of(result, 0)[1] -= 1)
        .with("a total of 64 bits", Code::ResultTotal, |result| totals_of(result, 1)[2] = u64::MAX)
        .with("a total of 2^63", Code::ResultTotal, |result| totals_of(result, 0)[0] = 1 << 63)
        .with("another total and shape", Code::ResultShape, |result| {
            totals_of(result, 0)[0] = 9;
            result.contests[1] = ContestResult::Withheld;
        })
        .with("another total and no anchor", Code::ResultTotal, |result| {
            totals_of(result, 0)[0] = 9;
            result.anchor.clear();
        })
        .again(Code::OutOfPhase);

    let closed = Arc::new(missing.clone());
    table.payload("result: without shares", Code::SharesMissing, &closed, Kind::Result, &result);
    let mut missing = missing;
    missing.steps(&[3], Kind::Share);
    let missing = Arc::new(missing);
    table.payload("result: with one share", Code::SharesMissing, &missing, Kind::Result, &result);
    let hopeless = resigned::<TallyResult>(&result, &samples::authority(), |result| result.contests.clear());
    table.payload("result: with one share, without contests", Code::SharesMissing, &missing, Kind::Result, &hopeless);
}

/// Two members and no guest vote where three ballots are needed; and an empty group is never withheld.
fn results_of_withheld_groups(table: &mut Table) {
    let mut scene = Scene::open(Manifest { minimum: 3, ..manifest() }, &[(1, MEMBERS), (1, MEMBERS), (1, GUESTS)]);
    scene.everybody_votes();
    scene.provide(Kind::Close);
    let mut ahead = scene.clone();
    ahead.play_to(Kind::Result);
    let result = ahead.control(Kind::Result);
    let scene = Arc::new(ahead);
    table.signed::<TallyResult>(&scene, &result, samples::authority()).with(
        "a withheld contest shown",
        Code::ResultShape,
        |result| {
            result.contests[0] = ContestResult::Totals(vec![2, 0, 0, 0]);
        },
    );

    let mut empty = Scene::open(manifest(), &[(1, MEMBERS)]);
    empty.provide(Kind::Close);
    let result = empty.control(Kind::Result);
    let scene = Arc::new(empty);
    table
        .signed::<TallyResult>(&scene, &result, samples::authority())
        .with("of no ballots: withheld", Code::ResultShape, |result| result.contests[1] = ContestResult::Withheld)
        .with("of no ballots: a vote", Code::ResultTotal, |result| totals_of(result, 0)[0] = 1)
        .with("of no ballots: a blank vote", Code::ResultTotal, |result| totals_of(result, 0)[3] = 1);
}

fn ends(table: &mut Table) {
    let mut scene = voted(manifest());
    scene.play_to(Kind::Final);
    let payload = scene.control(Kind::Final);
    let last = scene.log.last();
    let scene = Arc::new(scene);
    assert_eq!(scene.board().result().unwrap().1, last);
    table
        .signed::<Final>(&scene, &payload, samples::authority())
        .with("another election", Code::ElectionMismatch, |end| end.election = OTHER_ELECTION)
        .with("another result", Code::FinalResult, |end| end.result = ELSEWHERE)
        .with("the entry before the result", Code::FinalResult, |end| {
            end.result = Hash(*scene.log.head(1).root.as_bytes());
        })
        .with("another result and no anchor", Code::FinalResult, |end| {
            end.result = ELSEWHERE;
            end.anchor.clear();
        })
        .again(Code::AfterFinal);
    let mut tally = voted(manifest());
    tally.play_to(Kind::Share);
    let tally = Arc::new(tally);
    table.payload("final: before the result", Code::OutOfPhase, &tally, Kind::Final, &payload);
}
