//! Votes that break the rule of their kind, each proven as well as can be: both implementations refuse them.

use tabella_crypto::group::Point;
use tabella_election::Kind;
use tabella_election::message::{
    Allocation, Contest, ContestKind, Manifest, Positional, Quadratic, Ranking, Roll, Score,
};

use super::prover::{Claim, integer};
use super::{assert_refused, cheater, claim, proven, worth};
use crate::scene::record::assert_valid;
use crate::scene::samples::{self, first_vote, lists, question, quick, style};
use crate::scene::{Scene, resigned};

/// The coordinates of a vote, the slot in which it is worth something that is wrong there, and what.
pub type Illegal = (&'static str, &'static [i64], usize, i64);

/// A contest, the coordinates of a vote, the values of its slots, and votes that break the rule.
pub struct Kinded {
    pub name: &'static str,
    options: usize,
    kind: ContestKind,
    pub legal: &'static [i64],
    slots: &'static [i64],
    pub illegal: &'static [Illegal],
}

pub fn cases() -> Vec<Kinded> {
    vec![
        Kinded {
            name: "score",
            options: 3,
            kind: ContestKind::Score(Score { most: 5, min: 2, max: 8 }),
            // Points in bits of weights 1, 2, 2 (the first of the last option is derived), slack in 1, 2, 3.
            legal: &[1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0],
            slots: &[5, 3, 0],
            illegal: &[
                ("six points of five", &[2, 1, 1, 0, 1, 0, 0, 0, 0, 0, 0], 0, 6),
                ("ten points of eight", &[1, 1, 1, 1, 1, 1, 0, 0, -2, 0, 0], 1, 5),
                ("ten points, two of them taken back", &[1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0], 2, -2),
                ("one point where two are the fewest", &[1, 0, 0, 0, 0, 0, 0, 0, 2, 1, 1], 0, 1),
                ("a point taken from an option", &[-1, 0, 0, 1, 1, 1, 1, 1, 0, 0, 0], 0, -1),
            ],
        },
        Kinded {
            name: "positional",
            options: 4,
            kind: ContestKind::Positional(Positional { min: 1, weights: vec![3, 2, 1] }),
            // The last option's first rank is derived.
            legal: &[1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0],
            slots: &[3, 0, 2, 0],
            illegal: &[
                ("an option ranked twice", &[1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0], 0, 5),
                ("two options of the first rank", &[1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0], 3, -3),
                ("two options of the second rank", &[1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0], 1, 2),
                ("a third rank without a second", &[1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0], 2, 1),
                ("a rank of two", &[1, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0], 1, 4),
                ("two of the second rank, for one with less", &[1, 0, 0, 0, 1, -1, 1, 0, 0, 0, 0], 2, -2),
            ],
        },
        Kinded {
            name: "quadratic",
            options: 2,
            kind: ContestKind::Quadratic(Quadratic { credits: 7 }),
            // Votes in bits of weights 1, 1, slack in 1, 2, 4.
            legal: &[1, 1, 1, 0, 0, 1, 0],
            slots: &[2, 1],
            illegal: &[
                ("a credit more than there are", &[1, 1, 1, 1, 0, 0, 0], 1, 2),
                ("a credit more, from negative slack", &[1, 1, 1, 1, -1, 0, 0], 1, 2),
                ("three votes", &[2, 1, 0, 0, -2, 0, 0], 0, 3),
                ("a vote against", &[1, 1, -1, 0, 0, 1, 0], 1, -1),
            ],
        },
        Kinded {
            name: "strict",
            options: 3,
            kind: ContestKind::Ranking(Ranking { ties: false }),
            // 1 over 2, 1 over 3, 2 over 3.
            legal: &[1, 1, 0],
            slots: &[1, 1, 0],
            illegal: &[
                ("a circle", &[1, 0, 1], 1, 0),
                ("the other circle", &[0, 1, 0], 1, 1),
                ("twice above", &[2, 1, 0], 0, 2),
                ("less than below", &[-1, 0, 1], 0, -1),
            ],
        },
        Kinded {
            name: "weak",
            options: 3,
            kind: ContestKind::Ranking(Ranking { ties: true }),
            // 1 over 2, 1 over 3, 2 over 1, 2 over 3, 3 over 1, 3 over 2.
            legal: &[1, 1, 0, 0, 0, 1],
            slots: &[1, 1, 0, 0, 0, 1],
            illegal: &[
                ("each above all others", &[1, 1, 1, 1, 1, 1], 2, 1),
                ("a circle", &[1, 0, 0, 1, 1, 0], 4, 1),
                ("above one of two that are level", &[1, 0, 0, 0, 0, 0], 0, 1),
                ("twice above", &[2, 2, 0, 0, 0, 0], 0, 2),
            ],
        },
        Kinded {
            name: "house",
            options: 5,
            kind: lists(&[3, 0, 2], 0, 2),
            // Lists 1 and 2; options 1 and 2 and slack of list 1, option 4 and slack of list 3.
            legal: &[1, 0, 1, 0, 1, 0, 0, 0, 0],
            slots: &[1, 0, 0, 0, 0, 1, 0, 0],
            illegal: &[
                ("two lists", &[1, 1, 1, 0, 1, 0, 0, -1, -1], 7, -1),
                ("a list twice", &[2, -1, 1, 1, 1, 1, 0, 0, 0], 5, 2),
                ("an option of another list", &[1, 0, 1, 0, 1, 0, 1, -1, 0], 3, 1),
                ("an option of another list, taken from its last", &[1, 0, 1, 0, 1, 0, 1, 0, 0], 4, -1),
                ("three options of two", &[1, 0, 1, 1, -1, 0, 0, 0, 0], 2, 1),
                ("options of a list that is not chosen", &[0, 1, 1, 0, -1, 0, 0, 0, 0], 0, 1),
            ],
        },
        Kinded {
            name: "split",
            options: 2,
            kind: ContestKind::Allocation(Allocation { amount: 100, range: false }),
            // 37 in seven bits; 63 without its lowest, which is derived.
            legal: &[1, 0, 1, 0, 0, 1, 0, 1, 1, 1, 1, 1, 0],
            slots: &[37, 63],
            illegal: &[
                ("more than the amount", &[1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0], 1, -1),
                ("a bit of three", &[3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1], 0, 3),
                ("a bit that is negative", &[-1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 1, 1], 0, -1),
            ],
        },
        Kinded {
            name: "funds",
            options: 2,
            kind: ContestKind::Allocation(Allocation { amount: 100_000, range: true }),
            // 70,000 low and high; the high limb of 30,000, whose low one is derived.
            legal: &[4_464, 1, 0],
            slots: &[4_464, 1, 30_000, 0],
            illegal: &[
                ("a limb of 65,536", &[65_536, 0, 0], 0, 65_536),
                ("a low limb below nothing", &[-1, 1, 0], 0, -1),
                ("a derived limb below nothing", &[34_465, 1, 0], 2, -1),
                ("a high limb below nothing", &[0, 2, -1], 3, -1),
                ("a high limb above the amount", &[0, 65_536, -65_534], 1, 65_536),
            ],
        },
        Kinded {
            name: "shares",
            options: 3,
            kind: ContestKind::Allocation(Allocation { amount: 9, range: true }),
            legal: &[4, 0],
            slots: &[4, 0, 5],
            illegal: &[("one more than the amount", &[4, 6], 2, -1), ("one less than nothing", &[-1, 5], 0, -1)],
        },
    ]
}

/// The voting is open in one election with all of them, each in a style of its own, where everybody cheats but one voter
/// of each style.
pub fn scene(cases: &[Kinded]) -> Scene {
    let contests: Vec<Contest> =
        cases.iter().map(|case| question(case.name, case.options, case.kind.clone())).collect();
    let styles = (0..cases.len() as u64).map(|index| style(&format!("Style {index}"), &[index]));
    let mut scene = Scene::new(Manifest { styles: styles.collect(), contests, ..quick() });
    scene.play_to(Kind::Roll);
    scene.draw_voters(&(0..cases.len() as u64).map(|index| (1, index)).collect::<Vec<_>>());
    let roll = resigned::<Roll>(&scene.control(Kind::Roll), &samples::registrar(), |roll| {
        roll.voters.extend((0..cases.len() as u64).map(cheater));
        roll.voters.sort_by_key(|voter| voter.credential);
    });
    scene.accept(Kind::Roll, &roll);
    scene.provide(Kind::Open);
    scene.everybody_votes();
    scene
}

#[test]
fn votes_of_every_kind_are_believed_when_they_are_true() {
    let cases = cases();
    let mut scene = scene(&cases);
    for (index, case) in (0..).zip(&cases) {
        let (prefix, payload) = proven(&scene, index, &claim(&scene, index, case.legal));
        for (slot, value) in case.slots.iter().enumerate() {
            assert_eq!(worth(&scene, index, &prefix, slot), Point::mul_base(&integer(*value)), "{}", case.name);
        }
        scene.accept(Kind::Ballot, &payload);
    }
    scene.play_on();
    assert_valid(&scene.record().verify());
    for (result, case) in scene.result().iter().zip(&cases) {
        // The honest voter's vote is the first; what the prover said comes to it.
        let first = first_of(case);
        let both: Vec<u64> =
            case.slots.iter().zip(first).map(|(one, other)| u64::try_from(*one).unwrap() + other).collect();
        assert_eq!(result.totals(), Some(both.as_slice()), "{}", case.name);
    }
}

/// The values of the slots of the honest vote.
fn first_of(case: &Kinded) -> Vec<u64> {
    let contest = question(case.name, case.options, case.kind.clone());
    let coordinates = contest.fill(&first_vote(&contest)).unwrap();
    contest.shape().unwrap().evaluate(&coordinates).unwrap()
}

#[test]
fn votes_that_break_the_rule_of_their_kind_are_refused() {
    let cases = cases();
    let scene = scene(&cases);
    for (index, case) in (0..).zip(&cases) {
        for (name, coordinates, slot, value) in case.illegal {
            let name = format!("{}: {name}", case.name);
            let (prefix, payload) = proven(&scene, index, &claim(&scene, index, coordinates));
            assert_eq!(worth(&scene, index, &prefix, *slot), Point::mul_base(&integer(*value)), "{name}");
            assert_refused(&name, &scene, &payload);
        }
    }
}

#[test]
fn a_vote_more_in_any_slot_is_refused() {
    let cases = cases();
    let scene = scene(&cases);
    for (index, case) in (0..).zip(&cases) {
        let slot = case.slots.len() - 1;
        let mut claim = claim(&scene, index, case.legal);
        claim.added_to_ciphertexts[slot] = Point::mul_base(&integer(1));
        let (prefix, payload) = proven(&scene, index, &claim);
        assert_eq!(worth(&scene, index, &prefix, slot), Point::mul_base(&integer(case.slots[slot] + 1)));
        assert_refused(&format!("{}: one more", case.name), &scene, &payload);
    }
}

/// Coordinates of limbs, and what else is said of them than the truth.
type Lie = (&'static str, [i64; 3], fn(&mut Claim));

#[test]
fn limbs_are_those_that_were_shown_to_be_small() {
    const LIES: [Lie; 5] = [
        // What is shown to be small is small, but it is not what is encrypted.
        ("a limb of 65,536 beside a V of 0", [65_536, 0, 0], |claim| claim.ranged[0] = integer(0)),
        ("a negative limb beside a V of 65,535", [-1, 1, 0], |claim| {
            (claim.ranged[0], claim.in_range[0]) = (integer(65_535), 65_535);
        }),
        ("another number in a V", [4_464, 1, 0], |claim| {
            (claim.ranged[0], claim.in_range[0]) = (integer(4_465), 4_465);
        }),
        ("two limbs in each other's V", [4_464, 1, 0], |claim| {
            claim.ranged.swap(0, 2);
            claim.in_range.swap(0, 2);
        }),
        ("another number shown than the one in a V", [4_464, 1, 0], |claim| claim.in_range[1] = 0),
    ];
    let cases = cases();
    let scene = scene(&cases);
    let funds = cases.iter().position(|case| case.name == "funds").unwrap() as u64;
    for (name, coordinates, lie) in LIES {
        let mut claim = claim(&scene, funds, &coordinates);
        lie(&mut claim);
        let (_, payload) = proven(&scene, funds, &claim);
        assert_refused(name, &scene, &payload);
    }
}
