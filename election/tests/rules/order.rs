//! The code of an entry that breaks several rules is that of the first; examining many ballots at once changes nothing
//! of that.

use tabella_election::message::{Ballot, decode, encode};
use tabella_election::rules::Board;
use tabella_election::{Code, Kind};

use crate::samples::{GUESTS, MEMBERS, guest_vote, manifest, manifest_with_minimum, member_vote};
use crate::world::{MemoryLog, World, code};

/// Judges votes as a server does: all proofs together, then one after another.
fn judge_together(board: &mut Board, log: &mut MemoryLog, votes: &[(Kind, Vec<u8>)]) -> Vec<Result<(), Code>> {
    let poll = board.poll().unwrap().clone();
    let inspected = votes.iter().map(|(kind, payload)| poll.inspect(*kind, payload)).collect();
    let examined = poll.examine(inspected, [3; 32]);
    assert_eq!(examined.len(), votes.len());
    let mut admit = |(examined, (kind, payload)): (_, &(Kind, Vec<u8>))| {
        let position = log.position(*kind, payload);
        let admitted = code(board.admit(position, examined, log));
        if admitted.is_ok() {
            log.append(position, payload);
        }
        admitted
    };
    examined.into_iter().zip(votes).map(&mut admit).collect()
}

/// What makes a ballot wrong, and the code for it.
type Mistake = (Code, fn(&mut Ballot));

fn changed(payload: &[u8], change: impl FnOnce(&mut Ballot)) -> Vec<u8> {
    let mut ballot: Ballot = decode(payload).unwrap();
    change(&mut ballot);
    encode(&ballot)
}

fn break_proof(ballot: &mut Ballot) {
    let last = ballot.proof.len() - 32;
    ballot.proof[last] ^= 1;
}

#[test]
fn judged_together_or_one_by_one_is_the_same() {
    let mut world = World::open(manifest(), &[(1, MEMBERS), (3, MEMBERS), (1, GUESTS)]);
    world.vote(1, &member_vote(Some(2), &[3]));
    let first = world.fill_in(0, Kind::Ballot, &member_vote(Some(0), &[0]));
    let other_first = world.fill_in(0, Kind::Ballot, &member_vote(Some(1), &[0]));
    let replacing = world.fill_in(1, Kind::Ballot, &member_vote(None, &[1]));
    let guest = world.fill_in(2, Kind::Ballot, &guest_vote(&[1]));
    let challenge = world.fill_in(2, Kind::Challenge, &guest_vote(&[2]));
    let votes: Vec<(Kind, Vec<u8>)> = vec![
        (Kind::Ballot, changed(&first, break_proof)),
        (Kind::Ballot, first.clone()),
        (Kind::Ballot, other_first.clone()),
        (Kind::Ballot, vec![0]),
        (Kind::Challenge, challenge.clone()),
        (Kind::Challenge, challenge),
        (Kind::Challenge, guest.clone()),
        (Kind::Ballot, changed(&guest, |ballot| _ = ballot.proof.pop())),
        (Kind::Ballot, guest),
        (Kind::Ballot, replacing),
        (Kind::Ballot, first),
    ];
    let expected = [
        Err(Code::ProofInvalid),
        Ok(()),
        Err(Code::LinkStale),
        Err(Code::PayloadMalformed),
        Ok(()),
        Err(Code::RReused),
        Err(Code::PayloadMalformed),
        Err(Code::BallotLength),
        Ok(()),
        Ok(()),
        Err(Code::LinkStale),
    ];

    let (mut board, mut log) = (world.board.clone(), world.log.clone());
    assert_eq!(judge_together(&mut board, &mut log, &votes), expected);
    let one_by_one: Vec<_> = votes.iter().map(|(kind, payload)| world.send(*kind, payload)).collect();
    assert_eq!(one_by_one, expected);
    assert_eq!(format!("{board:?}"), format!("{:?}", world.board));
}

#[test]
fn of_several_faults_the_first_is_told() {
    let mut world = World::open(manifest(), &[(1, MEMBERS), (1, GUESTS)]);
    let used = world.fill_in(1, Kind::Ballot, &guest_vote(&[0]));
    let used_r = decode::<Ballot>(&used).unwrap().prefix.r;
    world.accept(Kind::Ballot, &used);
    let valid = world.fill_in(0, Kind::Ballot, &member_vote(Some(0), &[1]));

    let mut rest: Vec<Mistake> = vec![
        (Code::CredentialUnknown, |ballot| {
            ballot.prefix.credential.0 = [0xff; 32];
        }),
        (Code::ContestUnknown, |ballot| {
            _ = ballot.prefix.contests.insert(9, vec![].into());
        }),
        (Code::ContestSet, |ballot| _ = ballot.prefix.contests.remove(&1)),
        (Code::BallotLength, |ballot| _ = ballot.proof.drain(..32)),
        (Code::LinkStale, |ballot| ballot.prefix.link = Some([1; 20].into())),
        (Code::RReused, |_| ()),
        (Code::PointInvalid, |ballot| ballot.prefix.b.0 = [0xff; 32]),
        (Code::ScalarInvalid, |ballot| {
            ballot.proof.iter_mut().rev().take(32).for_each(|byte| *byte = 0xff);
        }),
        (Code::ProofInvalid, |ballot| ballot.proof.copy_within(0..32, 32)),
    ];
    // All faults together, then without the first, and so on.
    while let Some((code, _)) = rest.first() {
        let payload = changed(&valid, |ballot| {
            rest.iter().rev().for_each(|(_, change)| change(ballot));
            if rest.iter().any(|(code, _)| *code == Code::RReused) {
                ballot.prefix.r = used_r;
            }
        });
        assert_eq!(world.send(Kind::Ballot, &payload), Err(*code));
        let vote = [(Kind::Ballot, payload)];
        let (mut board, mut log) = (world.board.clone(), world.log.clone());
        assert_eq!(judge_together(&mut board, &mut log, &vote), [Err(*code)]);
        rest.remove(0);
    }
    world.accept(Kind::Ballot, &valid);

    // What does not decode is told before the phase, and the phase before all else.
    world.close();
    assert_eq!(world.send(Kind::Ballot, &[0]), Err(Code::PayloadMalformed));
    let unknown = changed(&valid, |ballot| ballot.prefix.credential.0 = [0xff; 32]);
    assert_eq!(world.send(Kind::Ballot, &unknown), Err(Code::ElectionClosed));
}

#[test]
fn what_was_examined_elsewhere_counts_nowhere_else() {
    let mut here = World::open(manifest(), &[(1, MEMBERS)]);
    let mut there = World::open(manifest_with_minimum(3), &[(1, MEMBERS)]);
    let ballot = there.fill_in(0, Kind::Ballot, &member_vote(Some(0), &[1]));
    let poll = there.board.poll().unwrap();
    let examined = poll.examine(vec![poll.inspect(Kind::Ballot, &ballot)], [0; 32]).remove(0);
    let position = there.log.position(Kind::Ballot, &ballot);
    let admitted = code(here.board.admit(position, examined.clone(), &here.log));
    assert_eq!(admitted, Err(Code::ProofInvalid));
    assert_eq!(here.board.counts().accepted, 0);
    assert_eq!(code(there.board.admit(position, examined, &there.log)), Ok(()));
}

/// A server takes no ballot into its queue whose proof is wrong, before it knows the order in which they come.
#[test]
fn whether_a_proof_is_right_is_told_before_the_order() {
    let mut world = World::open(manifest(), &[(1, MEMBERS)]);
    let right = world.fill_in(0, Kind::Ballot, &member_vote(Some(0), &[1]));
    let poll = world.board.poll().unwrap();
    let is_sound = |payload: &[u8]| poll.examine(vec![poll.inspect(Kind::Ballot, payload)], [3; 32])[0].is_sound();
    assert!(is_sound(&right));
    assert!(!is_sound(&changed(&right, break_proof)));
    assert!(!is_sound(&[0]));
}
