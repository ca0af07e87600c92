//! Whole elections: the result is what was voted, whatever happened on the way.

use tabella_election::kind::Phase;
use tabella_election::log::Log;
use tabella_election::message::ContestResult;
use tabella_election::rules::{Counts, Fault, GroupState, Warning};
use tabella_election::trustee::Refusal;
use tabella_election::{Code, Kind, Rejection, SignerKey};

use crate::samples::{self, GUESTS, MEMBERS, guest_vote, manifest, member_vote};
use crate::world::{MemoryLog, World, totals};

#[test]
fn nobody_votes() {
    let mut world = World::open(manifest(), &[(1, MEMBERS), (1, GUESTS)]);
    world.close();
    assert_eq!(world.board.awaited()[0].kind, Kind::Result);
    assert_eq!(world.publish(), [totals(&[0, 0, 0], Some(0)), totals(&[0; 4], None)]);
    assert_eq!(world.board.phase(), Phase::Finished);
    assert_eq!(world.board.awaited(), []);
}

#[test]
fn one_ballot_is_decrypted_if_the_minimum_allows() {
    let mut world = World::open(samples::manifest_with_minimum(1), &[(1, MEMBERS), (1, GUESTS)]);
    world.vote(0, &member_vote(Some(2), &[0, 3]));
    world.close();
    world.decrypt(&[1, 3]);
    assert_eq!(world.publish(), [totals(&[0, 0, 1], Some(0)), totals(&[1, 0, 0, 1], None)]);
}

#[test]
fn everybody_votes_blank() {
    let mut world = World::open(manifest(), &[(1, MEMBERS), (1, MEMBERS), (1, GUESTS)]);
    world.vote(0, &member_vote(None, &[]));
    world.vote(1, &member_vote(None, &[]));
    world.vote(2, &guest_vote(&[]));
    world.close();
    world.decrypt(&[2, 3]);
    assert_eq!(world.publish(), [totals(&[0, 0, 0], Some(2)), totals(&[0; 4], None)]);
}

#[test]
fn only_the_last_ballot_of_a_voter_counts() {
    let mut world = World::open(manifest(), &[(1, MEMBERS), (1, MEMBERS), (1, GUESTS)]);
    world.vote(0, &member_vote(Some(0), &[0, 1]));
    world.vote(1, &member_vote(Some(1), &[1]));
    world.vote(0, &member_vote(Some(2), &[3]));
    world.vote(2, &guest_vote(&[0, 2]));
    world.vote(0, &member_vote(Some(1), &[2]));
    let counts = Counts { roll: 3, accepted: 5, superseded: 2, challenged: 0, counted: 3 };
    assert_eq!(world.board.counts(), counts);
    world.close();
    assert_eq!(world.board.counts(), counts);
    world.decrypt(&[1, 2, 3]);
    assert_eq!(world.publish(), [totals(&[0, 2, 0], Some(0)), totals(&[1, 1, 2, 0], None)]);
}

#[test]
fn challenges_count_for_nothing() {
    let mut world = World::open(manifest(), &[(1, MEMBERS), (1, MEMBERS)]);
    world.challenge(0, &member_vote(Some(2), &[3]));
    world.vote(0, &member_vote(Some(0), &[0]));
    world.challenge(0, &member_vote(Some(2), &[3]));
    world.vote(1, &member_vote(Some(0), &[1]));
    let counts = Counts { roll: 2, accepted: 2, superseded: 0, challenged: 2, counted: 2 };
    assert_eq!(world.board.counts(), counts);
    world.close();
    world.decrypt(&[1, 2]);
    assert_eq!(world.publish(), [totals(&[2, 0, 0], Some(0)), totals(&[1, 1, 0, 0], None)]);
}

#[test]
fn weights_multiply_votes_even_when_ballots_are_replaced() {
    let mut world = World::open(manifest(), &[(1_000_003, MEMBERS), (7, MEMBERS), (1, GUESTS)]);
    world.vote(0, &member_vote(Some(0), &[0, 1]));
    world.vote(1, &member_vote(None, &[1]));
    world.vote(2, &guest_vote(&[3]));
    world.vote(0, &member_vote(Some(2), &[1, 2]));
    world.close();
    world.decrypt(&[1, 3]);
    assert_eq!(world.publish(), [totals(&[0, 0, 1_000_003], Some(7)), totals(&[0, 1_000_010, 1_000_003, 1], None)]);
}

#[test]
fn a_group_of_too_few_ballots_is_withheld_and_others_are_not() {
    let mut world = World::open(manifest(), &[(1, MEMBERS), (1, GUESTS)]);
    world.vote(0, &member_vote(Some(0), &[0]));
    world.vote(1, &guest_vote(&[0, 1]));
    world.close();
    let states: Vec<_> = world.board.tally().unwrap().counted().groups.iter().map(|group| group.state).collect();
    assert_eq!(states, [GroupState::Withheld, GroupState::Open]);
    world.decrypt(&[2, 3]);
    assert_eq!(world.publish(), [ContestResult::Withheld, totals(&[2, 1, 0, 0], None)]);
    let withheld = Warning::ResultWithheld { contest: "chair".to_owned() };
    assert!(world.board.warnings().contains(&withheld));
}

#[test]
fn a_ballot_that_replaces_another_is_no_second_one_of_its_group() {
    let mut world = World::open(manifest(), &[(1, MEMBERS), (1, GUESTS)]);
    world.vote(0, &member_vote(Some(0), &[0]));
    world.vote(0, &member_vote(Some(1), &[1]));
    world.vote(1, &guest_vote(&[0, 1]));
    world.close();
    let states: Vec<_> = world.board.tally().unwrap().counted().groups.iter().map(|group| group.state).collect();
    assert_eq!(states, [GroupState::Withheld, GroupState::Open]);

    // Nor does its weight count twice: both chose the same.
    let mut world = World::open(manifest(), &[(2, MEMBERS), (3, MEMBERS)]);
    world.vote(0, &member_vote(Some(0), &[0]));
    world.vote(0, &member_vote(Some(1), &[1]));
    world.vote(1, &member_vote(Some(1), &[2]));
    world.close();
    world.decrypt(&[2, 3]);
    assert_eq!(world.publish()[0], totals(&[0, 5, 0], Some(0)));
    assert!(world.board.warnings().contains(&Warning::Unanimous { contest: "chair".to_owned() }));
}

/// Members of weight 1 and of weight 2, so many each, on the roll.
fn members(light: usize, heavy: usize) -> Vec<(u64, u64)> {
    [vec![(1, MEMBERS); light], vec![(2, MEMBERS); heavy]].concat()
}

fn small_class(weight: u64, voters: u64, counted: Option<u64>) -> Warning {
    Warning::SmallClass { style: "Members".to_owned(), weight, voters, counted }
}

#[test]
fn warnings_name_the_small_classes_of_the_roll() {
    // The minimum of the manifest, the voters of each weight, and which are warned of.
    for (minimum, light, heavy, expected) in [
        (2, 5, 4, vec![small_class(2, 4, None)]),
        (2, 4, 1, vec![small_class(1, 4, None), small_class(2, 1, None)]),
        (2, 5, 0, vec![]),
        (7, 7, 6, vec![small_class(2, 6, None)]),
    ] {
        let world = World::ready(samples::manifest_with_minimum(minimum), &members(light, heavy));
        let expected = [vec![Warning::Simulation], expected].concat();
        assert_eq!(world.board.warnings(), expected, "{minimum} {light} {heavy}");
    }
}

#[test]
fn warnings_name_the_small_classes_of_the_counted_ballots() {
    // How many of five light and five heavy members vote, and which are warned of.
    for (light, heavy, expected) in
        [(5, 4, vec![small_class(2, 5, Some(4))]), (1, 5, vec![small_class(1, 5, Some(1))]), (5, 0, vec![])]
    {
        let mut world = World::open(manifest(), &members(5, 5));
        for voter in (0..light).chain(5..5 + heavy) {
            world.vote(voter, &member_vote(Some(0), &[]));
        }
        // A ballot that replaces another is no second voter.
        world.vote(0, &member_vote(Some(1), &[]));
        assert_eq!(world.board.warnings(), [Warning::Simulation]);
        world.close();
        let expected = [vec![Warning::Simulation], expected].concat();
        assert_eq!(world.board.warnings(), expected, "{light} {heavy}");
    }
}

#[test]
fn a_trustee_answers_for_one_counted_set_only() {
    let voting = World::open(manifest(), &[(1, MEMBERS), (1, MEMBERS), (1, MEMBERS)]);
    let mut one = voting.clone();
    one.vote(0, &member_vote(Some(0), &[0]));
    one.vote(1, &member_vote(Some(1), &[1]));
    let mut other = one.clone();
    other.vote(2, &member_vote(Some(2), &[2]));
    one.close();
    other.close();

    one.decrypt(&[1]);
    let (before, now) = (one.board.tally().unwrap().counted().hash, other.board.tally().unwrap().counted().hash);
    assert_eq!(other.share_refusal(one.trustee(1), &other.after_close), Refusal::Answered { before, now });
    // A recount of the same ballots is another matter.
    one.share(1);
}

#[test]
fn a_trustee_decrypts_only_under_the_checkpoint_right_after_close() {
    let mut world = World::open(manifest(), &[(1, MEMBERS), (1, MEMBERS)]);
    world.vote(0, &member_vote(Some(0), &[0]));
    world.vote(1, &member_vote(Some(1), &[1]));
    let before_close = world.log.anchor();
    world.close();
    let after_close = world.after_close.clone();
    world.decrypt(&[1]);
    let latest = world.log.anchor();
    for (anchor, code) in [
        ("no note", Code::AnchorMalformed),
        ("not signed", Code::AnchorSignature),
        (&before_close, Code::AnchorMismatch),
        (&latest, Code::AnchorMismatch),
        ("not cosigned", Code::AnchorQuorum),
    ] {
        let Refusal::Anchor(rejection) = world.share_refusal(world.trustee(2), anchor) else {
            panic!("the trustee decrypts under “{anchor}”, or refuses for another reason")
        };
        assert_eq!(rejection.code, code, "{anchor}");
        assert_eq!(world.trustee(2).answered(), None);
    }

    // A log that ends before `close` has no such checkpoint.
    let mut forked = world.clone();
    forked.log.payloads.truncate(2);
    assert!(matches!(forked.share_refusal(forked.trustee(2), &after_close), Refusal::Anchor(_)));
    world.decrypt(&[2]);
}

#[test]
fn a_damaged_log_is_nobodys_fault() {
    let mut world = World::open(manifest(), &[(1, MEMBERS)]);
    world.vote(0, &member_vote(Some(0), &[0]));
    let replaced = world.log.payloads.len() - 1;
    let payload = world.fill_in(0, Kind::Ballot, &member_vote(Some(1), &[0]));
    let intact = world.clone();
    world.log.payloads[replaced][60] ^= 1;
    let entry = intact.log.entry(Kind::Ballot, &payload);
    assert_eq!(world.board.judge(&entry, &world.log), Err(Fault::Damaged(replaced as u64)));
    assert_eq!(world.board.judge(&entry, &intact.log), Ok(()));
}

/// A log whose storage is out of reach.
struct Unreachable(MemoryLog);

impl Log for Unreachable {
    type Error = &'static str;

    fn payload(&self, _: u64) -> Result<Vec<u8>, Self::Error> {
        Err("out of reach")
    }

    fn judge_anchor(&self, anchor: &str, size: u64) -> Result<(), Rejection> {
        self.0.judge_anchor(anchor, size)
    }

    fn judge_policy(&self, policy: &str, origin: &str, log_key: &SignerKey) -> Result<(), Rejection> {
        self.0.judge_policy(policy, origin, log_key)
    }
}

#[test]
fn a_log_out_of_reach_rejects_nothing() {
    let mut world = World::open(manifest(), &[(1, MEMBERS)]);
    world.vote(0, &member_vote(Some(0), &[0]));
    let payload = world.fill_in(0, Kind::Ballot, &member_vote(Some(1), &[0]));
    let entry = world.log.entry(Kind::Ballot, &payload);
    let before = format!("{:?}", world.board);
    let log = Unreachable(world.log.clone());
    assert_eq!(world.board.judge(&entry, &log), Err(Fault::Log("out of reach")));
    assert_eq!(format!("{:?}", world.board), before);
    assert_eq!(world.board.judge(&entry, &world.log), Ok(()));
}

#[test]
fn a_warning_is_one_sentence_everywhere() {
    for (warning, sentence) in [
        (
            small_class(2, 1, None),
            "Only 1 voter has the style “Members” and the weight 2: totals may tell how they voted.",
        ),
        (
            small_class(1, 5, Some(4)),
            "Only 5 voters have the style “Members” and the weight 1 (4 of them counted): totals may tell how they voted.",
        ),
        (
            Warning::ResultWithheld { contest: "chair".to_owned() },
            "The contest “chair” had fewer ballots than the minimum: its totals are not decrypted.",
        ),
    ] {
        assert_eq!(warning.to_string(), sentence);
    }
}

#[test]
fn what_is_awaited_before_the_opening_and_of_whom() {
    let awaited = |world: &World| world.board.awaited();
    let kinds = |world: &World| awaited(world).iter().map(|awaited| awaited.kind).collect::<Vec<_>>();
    let mut world = World::new(manifest());
    world.make_keys(&[1, 2, 3]);
    assert_eq!(kinds(&world), [Kind::Rehearse, Kind::Roll]);
    world.rehearse(&[2]);
    assert_eq!(kinds(&world), [Kind::Rehearsal, Kind::Roll]);
    assert_eq!(awaited(&world)[0].trustees, ["Trustee 1", "Trustee 3"]);
    world.rehearse(&[1, 3]);
    assert_eq!(kinds(&world), [Kind::Roll]);
    world.enrol(&[(1, MEMBERS)]);
    assert_eq!(kinds(&world), [Kind::Open]);
}

#[test]
fn shares_are_those_that_were_accepted() {
    let mut world = World::open(manifest(), &[(1, MEMBERS), (1, MEMBERS)]);
    world.vote(0, &member_vote(Some(0), &[1]));
    world.vote(1, &member_vote(Some(0), &[2]));
    world.close();
    world.decrypt(&[2]);
    let shares = world.board.tally().unwrap().shares();
    assert_eq!(shares.keys().map(|index| index.get()).collect::<Vec<_>>(), [2]);
}
