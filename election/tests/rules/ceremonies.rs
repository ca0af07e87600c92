//! Ceremonies in which something goes wrong: who is at fault is named, and any t of the others finish the election.

use tabella_crypto::dealing::AtFault;
use tabella_crypto::polynomial::Index;
use tabella_election::ceremony::{Complaint, Stage, Step};
use tabella_election::message::{Commit, Confirm, ContestResult, Deal, Keys, Rehearsal, Share, Style};
use tabella_election::rules::{Awaited, Warning};
use tabella_election::trustee::{Refusal, Trustee};
use tabella_election::{Code, Kind, authority};

use crate::samples::{self, MEMBERS, contest, manifest, member_vote, stranger, trustee_key};
use crate::world::{World, resigned, totals};

fn index(number: u64) -> Index {
    Index::new(number).unwrap()
}

fn complaint(complainer: u64, dealer: u64, at_fault: AtFault) -> Complaint {
    Complaint { complainer: index(complainer), dealer: index(dealer), at_fault }
}

/// The election goes on after its keys are there, and these trustees decrypt.
fn finish(world: &mut World, decrypting: &[u64]) -> Vec<ContestResult> {
    world.rehearse(decrypting);
    world.enrol(&[(1, MEMBERS), (1, MEMBERS)]);
    world.accept(Kind::Open, &authority::open(&world.board, world.log.anchor(), &samples::authority()).unwrap());
    world.vote(0, &member_vote(Some(0), &[1]));
    world.vote(1, &member_vote(Some(0), &[2]));
    world.close();
    world.decrypt(decrypting);
    world.publish()
}

fn outcome() -> [ContestResult; 2] {
    [totals(&[2, 0, 0], Some(0)), totals(&[0, 1, 1, 0], None)]
}

/// At the step of dealing, with the dealings of all three trustees, which are not sent.
fn dealings() -> (World, Vec<Vec<u8>>) {
    let mut world = World::new(manifest());
    (1..=3).for_each(|index| world.commit(index));
    world.end_round();
    let dealings = (1..=3).map(|index| world.dealing(index).remove(0)).collect();
    (world, dealings)
}

/// The dealing of trustee 1 with another byte in its envelope for trustee 2, which stands before that for trustee 3.
fn with_bad_share(dealing: &[u8]) -> Vec<u8> {
    resigned::<Deal>(dealing, &trustee_key(1), |deal| {
        let last_of_second_to_last = deal.bytes.len() - (32 + 8 * 32 + 16) - 1;
        deal.bytes[last_of_second_to_last] ^= 1;
    })
}

/// At the step of confirming, where all dealings are good, and a complaint all the same: its key is the right one.
pub fn complaint_of(complainer: u64, dealer: u64) -> (World, Vec<u8>) {
    assert_eq!((complainer, dealer), (2, 1), "only this dealing is spoilt");
    let (mut world, mut dealings) = dealings();
    let mut elsewhere = world.clone();
    for dealing in &dealings {
        world.accept(Kind::Deal, dealing);
    }
    world.end_round();

    dealings[0] = with_bad_share(&dealings[0]);
    for dealing in &dealings {
        elsewhere.accept(Kind::Deal, dealing);
    }
    elsewhere.end_round();
    let honest = elsewhere.step(complainer, |trustee, board, _| trustee.confirm(board));
    let history = world.board.ceremony().history();
    (world, resigned::<Confirm>(&honest, &trustee_key(complainer), |confirm| confirm.history = history))
}

#[test]
fn any_two_of_three_decrypt() {
    for decrypting in [[1, 2], [1, 3], [2, 3]] {
        let mut world = World::new(manifest());
        world.make_keys(&[1, 2, 3]);
        assert_eq!(finish(&mut world, &decrypting), outcome());
    }
}

#[test]
fn who_deals_a_bad_share_is_named() {
    let (mut world, mut dealings) = dealings();
    dealings[0] = with_bad_share(&dealings[0]);
    for dealing in &dealings {
        world.accept(Kind::Deal, dealing);
    }
    world.end_round();
    (1..=3).for_each(|index| world.confirm(index));
    assert_eq!(world.board.ceremony().complaints(), [complaint(2, 1, AtFault::Dealer)]);
    world.end_round();
    let upheld = Warning::ComplaintUpheld { trustee: "Trustee 1".to_owned() };
    assert!(world.board.warnings().contains(&upheld));

    let awaited = Awaited { kind: Kind::Keys, trustees: vec!["Trustee 2".to_owned(), "Trustee 3".to_owned()] };
    assert_eq!(world.board.awaited()[0], awaited);
    assert_eq!(world.trustee(1).keys(&world.board).unwrap_err(), Refusal::NotAwaited(Kind::Keys));
    [2, 3].iter().for_each(|index| world.confirm_keys(*index));
    assert_eq!(finish(&mut world, &[2, 3]), outcome());
}

#[test]
fn who_complains_without_a_reason_is_named() {
    let (mut world, lie) = complaint_of(2, 1);
    world.accept(Kind::Confirm, &lie);
    [1, 3].iter().for_each(|index| world.confirm(*index));
    world.end_round();
    assert_eq!(world.board.ceremony().complaints(), [complaint(2, 1, AtFault::Complainer)]);
    [1, 3].iter().for_each(|index| world.confirm_keys(*index));
    assert_eq!(finish(&mut world, &[1, 3]), outcome());
}

#[test]
fn who_is_silent_is_left_out_and_the_others_finish() {
    for silent_from in [Step::Commit, Step::Deal, Step::Confirm] {
        let mut world = World::new(manifest());
        [1, 2, 3]
            .iter()
            .filter(|index| **index != 2 || silent_from > Step::Commit)
            .for_each(|index| world.commit(*index));
        world.end_round();
        [1, 2, 3].iter().filter(|index| **index != 2 || silent_from > Step::Deal).for_each(|index| world.deal(*index));
        world.end_round();
        [1, 3].iter().for_each(|index| world.confirm(*index));
        let awaited = Awaited { kind: Kind::Confirm, trustees: vec!["Trustee 2".to_owned()] };
        assert_eq!(world.board.awaited().contains(&awaited), silent_from == Step::Confirm);
        world.end_round();
        assert_eq!(world.board.ceremony().left_out().get(&index(2)), Some(&silent_from));
        let absent = Warning::TrusteeAbsent { trustee: "Trustee 2".to_owned() };
        assert!(world.board.warnings().contains(&absent));
        [1, 3].iter().for_each(|index| world.confirm_keys(*index));
        assert_eq!(finish(&mut world, &[1, 3]), outcome());
    }
}

#[test]
fn who_is_silent_at_the_keys_costs_an_attempt() {
    let mut world = World::new(manifest());
    [1, 2, 3].iter().for_each(|index| world.commit(*index));
    world.end_round();
    [1, 2, 3].iter().for_each(|index| world.deal(*index));
    world.end_round();
    [1, 2, 3].iter().for_each(|index| world.confirm(*index));
    world.end_round();
    [1, 3].iter().for_each(|index| world.confirm_keys(*index));
    assert!(world.board.ceremony().keys().is_none());
    world.restart();
    world.make_keys(&[1, 3]);
    assert_eq!(finish(&mut world, &[1, 3]), outcome());
}

#[test]
fn who_sends_a_bad_share_is_refused_and_the_others_finish() {
    let mut world = World::open(manifest(), &[(1, MEMBERS), (1, MEMBERS)]);
    world.vote(0, &member_vote(Some(0), &[1]));
    world.vote(1, &member_vote(Some(0), &[2]));
    world.close();
    let share = world.share(1);
    let bad = resigned::<Share>(&share, &trustee_key(1), |share| share.decryption.copy_within(0..32, 32));
    assert_eq!(world.send(Kind::Share, &bad), Err(Code::ShareInvalid));
    let awaited: Vec<String> = ["Trustee 1", "Trustee 2", "Trustee 3"].map(str::to_owned).to_vec();
    assert_eq!(world.board.awaited(), [Awaited { kind: Kind::Share, trustees: awaited }]);
    world.decrypt(&[2, 3]);
    assert_eq!(world.publish(), outcome());
}

#[test]
fn after_a_failed_attempt_a_second_succeeds() {
    let mut world = World::new(manifest());
    let first = world.step(1, Trustee::commit);
    world.accept(Kind::Commit, &first);
    world.commit(2);
    world.end_round();
    let dealing = world.dealing(1).remove(0);
    world.end_round();
    assert!(matches!(world.board.ceremony().stage(), Stage::Confirm(_)));
    world.end_round();
    assert!(matches!(world.board.ceremony().stage(), Stage::Failed(_)));
    assert_eq!(world.board.awaited()[0].kind, Kind::Restart);
    assert_eq!(world.send(Kind::Commit, &first), Err(Code::CeremonyFailed));
    assert_eq!(authority::round(&world.board, &samples::authority()), Err(authority::NotYet::Ceremony(Kind::Round)));

    world.restart();
    assert!(world.board.ceremony().left_out().is_empty());
    // What was sent in the first attempt is of no use in the second, whoever signs it again.
    assert_eq!(world.send(Kind::Commit, &first), Err(Code::CeremonyHistory));
    let (attempt, history) = (world.board.ceremony().attempt().number, world.board.ceremony().history());
    let again = resigned::<Commit>(&first, &trustee_key(1), |commit| {
        commit.attempt = attempt;
        commit.history = history;
    });
    assert_eq!(world.send(Kind::Commit, &again), Err(Code::EnvelopeKeyReused));
    [1, 2, 3].iter().for_each(|index| world.commit(*index));
    world.end_round();
    assert_eq!(world.send(Kind::Deal, &dealing), Err(Code::CeremonyHistory));
    [1, 2, 3].iter().for_each(|index| world.deal(*index));
    world.end_round();
    [1, 2, 3].iter().for_each(|index| world.confirm(*index));
    world.end_round();
    [1, 2, 3].iter().for_each(|index| world.confirm_keys(*index));
    assert_eq!(finish(&mut world, &[2, 3]), outcome());
}

#[test]
fn messages_of_those_left_out_are_refused() {
    let (mut world, dealings) = dealings();
    dealings.iter().for_each(|dealing| world.accept(Kind::Deal, dealing));
    world.end_round();
    let late = world.clone().step(2, |trustee, board, _| trustee.confirm(board));
    [1, 3].iter().for_each(|index| world.confirm(*index));
    world.end_round();
    assert_eq!(world.send(Kind::Confirm, &late), Err(Code::OutOfPhase));
    let keys = world.step(1, |trustee, board, _| trustee.keys(board));
    let other = resigned::<Keys>(&keys, &trustee_key(2), |keys| keys.trustee = 2);
    assert_eq!(world.send(Kind::Keys, &other), Err(Code::TrusteeLeftOut));
    world.accept(Kind::Keys, &keys);
    world.confirm_keys(3);
    world.rehearse(&[1]);
    let answer = world.trustee(3).rehearse(&world.board, &mut world.rng).unwrap();
    let other = resigned::<Rehearsal>(&answer, &trustee_key(2), |answer| answer.trustee = 2);
    assert_eq!(world.send(Kind::Rehearsal, &other), Err(Code::TrusteeLeftOut));
}

#[test]
fn a_long_dealing_is_sent_in_pieces() {
    let mut long = manifest();
    let id = |number: usize| format!("contest{number}");
    long.contests = (0..3).map(|number| contest(&id(number), 316, 1, 1, false)).collect();
    long.styles = (0..3).map(|number| Style { name: id(number), contests: vec![number as u64] }).collect();
    let mut world = World::new(long);
    world.commit(1);
    world.commit(2);
    world.end_round();
    let pieces = world.dealing(1);
    // 2·948 points, the proof, one envelope of 948 scalars: 91,120 bytes.
    assert_eq!(pieces.len(), 2);
    assert_eq!(world.send(Kind::Deal, &pieces[1]), Err(Code::DealChunk));
    world.accept(Kind::Deal, &pieces[0]);
    assert_eq!(world.send(Kind::Deal, &pieces[0]), Err(Code::DealChunk));
    let short = resigned::<Deal>(&pieces[1], &trustee_key(1), |deal| _ = deal.bytes.pop());
    assert_eq!(world.send(Kind::Deal, &short), Err(Code::DealChunk));
    world.accept(Kind::Deal, &pieces[1]);
    assert_eq!(world.board.ceremony().awaited(), [index(2)].into());
}

#[test]
fn a_trustee_takes_each_step_once_and_in_order() {
    let mut world = World::new(manifest());
    assert_eq!(Trustee::new(world.board.election(), stranger()).unwrap_err(), Refusal::NoTrustee);
    assert_eq!(world.trustee(1).confirm(&world.board).unwrap_err(), Refusal::NotAwaited(Kind::Confirm));
    let other = World::new(samples::manifest_with_minimum(3));
    assert_eq!(world.trustee(1).commit(&other.board, &mut world.rng).unwrap_err(), Refusal::OtherElection);
    let unused = world.trustee(2);
    (1..=3).for_each(|index| world.commit(index));
    assert_eq!(world.trustee(1).commit(&world.board, &mut world.rng).unwrap_err(), Refusal::NotAwaited(Kind::Commit));
    world.end_round();
    assert_eq!(unused.deal(&world.board, &mut world.rng).unwrap_err(), Refusal::NotHeld(Kind::Deal));
    world.dealing(1);
    assert_eq!(world.trustee(1).deal(&world.board, &mut world.rng).unwrap_err(), Refusal::NotHeld(Kind::Deal));
}

#[test]
fn an_old_copy_of_the_board_cannot_take_a_trustees_share_away() {
    let mut world = World::new(manifest());
    let old = world.clone();
    world.make_keys(&[1, 2, 3]);
    let refusal = |trustee: Trustee, board| trustee.commit(board, &mut old.rng.clone()).unwrap_err();
    assert_eq!(refusal(world.trustee(1), &old.board), Refusal::OldAttempt { committed: 1, now: 1 });

    // A genuine restart is another matter, and takes nothing away either.
    let first = world.clone();
    world.restart();
    let restarted = world.clone();
    world.make_keys(&[1, 2, 3]);
    for board in [&old.board, &restarted.board] {
        let now = board.ceremony().attempt().number;
        assert_eq!(refusal(world.trustee(1), board), Refusal::OldAttempt { committed: 2, now });
    }
    let mut shown = first;
    for index in 1..=3 {
        shown.save(&world.trustee(index));
    }
    assert_eq!(finish(&mut shown, &[1, 3]), outcome());
    assert_eq!(finish(&mut world, &[1, 3]), outcome());
}

#[test]
fn a_trustee_has_no_share_of_keys_that_it_did_not_help_to_make() {
    let mut world = World::new(manifest());
    let before = world.clone();
    world.make_keys(&[1, 2, 3]);
    world.restart();
    world.make_keys(&[1, 3]);
    world.rehearse(&[1]);
    for trustee in [before.trustee(3), world.trustee(2)] {
        assert_eq!(trustee.rehearse(&world.board, &mut world.rng).unwrap_err(), Refusal::NotHeld(Kind::Rehearsal));
    }
}
