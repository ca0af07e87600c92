//! One election with everything: kinds, styles, weights, ballots that replace others, challenges, contests that nobody
//! or only one voter answered.

use serde_json::json;
use tabella_counting::rule::Method;
use tabella_election::contest::Selection::Blank;
use tabella_election::message::{
    Allocation, Choice, Contest, ContestKind, Manifest, Positional, Quadratic, Ranking, Score,
};

use super::{elects, ends_with, with};
use crate::scene::Scene;
use crate::scene::samples::{
    Vote, contest, counted, list, lists, manifest, numbers, options, order, places, question, style,
};

/// The styles.
const EVERYTHING: u64 = 0;
const SOME: u64 = 1;
const MOTION: u64 = 2;
const EMPTY: u64 = 3;
const LONELY: u64 = 4;

fn contests() -> Vec<Contest> {
    let score = ContestKind::Score(Score { most: 5, min: 1, max: 8 });
    let positional = ContestKind::Positional(Positional { min: 1, weights: vec![3, 2, 1] });
    let quadratic = ContestKind::Quadratic(Quadratic { credits: 20 });
    let [strict, weak] = [false, true].map(|ties| ContestKind::Ranking(Ranking { ties }));
    let bits = ContestKind::Allocation(Allocation { amount: 100, range: false });
    let limbs = ContestKind::Allocation(Allocation { amount: 100_000, range: true });
    let chair = ContestKind::Choice(Choice { min: 1, max: 1, blank: true });
    vec![
        counted(question("chair", 3, chair), Method::Highest, 1, Some(&[2, 0, 1])),
        counted(question("points", 3, score.clone()), Method::Highest, 2, None),
        counted(question("ranks", 4, positional), Method::Highest, 1, Some(&[3, 2, 1, 0])),
        counted(question("credits", 3, quadratic), Method::Highest, 2, None),
        counted(question("order", 4, strict.clone()), Method::Schulze, 1, None),
        counted(question("weak", 3, weak), Method::RankedPairs, 1, None),
        counted(question("house", 5, lists(&[3, 0, 2], 0, 2)), Method::DHondt, 5, None),
        counted(question("split", 3, bits), Method::Highest, 1, None),
        counted(question("funds", 3, limbs), Method::Highest, 1, None),
        contest("motion", 2, 0, 1, true),
        counted(question("empty", 2, score), Method::Highest, 1, None),
        counted(question("lonely", 3, strict), Method::Schulze, 1, None),
    ]
}

fn rich() -> Manifest {
    Manifest {
        contests: contests(),
        styles: vec![
            style("Everything", &(0..10).collect::<Vec<u64>>()),
            style("Some", &[4, 6, 8]),
            style("Motion", &[9]),
            style("Empty", &[10]),
            style("Lonely", &[11]),
        ],
        ..manifest()
    }
}

/// A vote in all contests of the style with everything.
fn everything(vote: [tabella_election::contest::Selection; 10]) -> Vote {
    (0..).zip(vote).collect()
}

#[test]
fn one_election_with_every_kind_of_contest() {
    let voters = [
        (1, EVERYTHING),
        (2, EVERYTHING),
        (3, EVERYTHING),
        (2, SOME),
        (1, SOME),
        (2, MOTION),
        (5, MOTION),
        (1, LONELY),
        (9, EMPTY),
        (8, EVERYTHING),
    ];
    let mut scene = Scene::open(rich(), &voters);
    let first = || {
        everything([
            options(&[0]),
            numbers(&[5, 3, 0]),
            order(&[0, 1, 2]),
            numbers(&[4, 2, 0]),
            order(&[0, 1, 2, 3]),
            places(&[&[0], &[1, 2]]),
            list(0, &[0, 2]),
            numbers(&[50, 30, 20]),
            numbers(&[100_000, 0, 0]),
            options(&[1]),
        ])
    };
    let second = || {
        everything([
            options(&[0]),
            numbers(&[0, 4, 4]),
            order(&[1]),
            numbers(&[0, 3, 3]),
            order(&[1, 2, 0, 3]),
            order(&[1, 0, 2]),
            list(1, &[]),
            numbers(&[0, 100, 0]),
            numbers(&[65_536, 34_464, 0]),
            Blank,
        ])
    };
    let third = everything([
        options(&[2]),
        numbers(&[1, 0, 0]),
        order(&[3, 0]),
        numbers(&[2, 0, 0]),
        order(&[2, 0, 1, 3]),
        places(&[&[2]]),
        list(2, &[3, 4]),
        numbers(&[10, 20, 70]),
        numbers(&[1, 65_535, 34_464]),
        options(&[]),
    ]);
    let some = Vote::from([(4, order(&[1, 2, 0, 3])), (6, list(0, &[0])), (8, numbers(&[0, 0, 100_000]))]);
    let others = Vote::from([(4, order(&[3, 0, 1, 2])), (6, list(2, &[4])), (8, numbers(&[33_333, 33_333, 33_334]))]);

    // The third voter votes as the first and as the second before, and has two encryptions opened; the last voter only
    // looks.
    scene.vote(2, &first());
    scene.challenge(2, &third);
    scene.vote(2, &second());
    scene.challenge(2, &first());
    scene.challenge(9, &second());
    let cast = [
        (0, first()),
        (1, second()),
        (2, third),
        (3, some),
        (4, others),
        (5, Vote::from([(9, options(&[0]))])),
        (6, Vote::from([(9, options(&[1]))])),
        (7, Vote::from([(11, order(&[2, 0, 1]))])),
    ];
    for (voter, vote) in &cast {
        scene.vote(*voter, vote);
    }
    let lists = json!([{ "id": "list1", "seats": 2 }, { "id": "list2", "seats": 1 }, { "id": "list3", "seats": 2 }]);
    let outcomes = [
        // 3 votes with the first option, 3 with the third.
        (0, with(elects("highest", 1, &["chair3"]), json!({ "by_tie_break": true }))),
        // 8, 11 and 8 points for two seats.
        (
            1,
            with(
                elects("highest", 2, &["points2"]),
                json!({ "undecided": [{ "seats": 1, "options": ["points1", "points3"], "lists": [] }] }),
            ),
        ),
        // 9, 8, 1 and 9 points.
        (2, with(elects("highest", 1, &["ranks4"]), json!({ "by_tie_break": true }))),
        // 10, 8 and 6 votes.
        (3, elects("highest", 2, &["credits1", "credits2"])),
        // A circle: the third beats the first by 7 of 9, the second the third by 6, the first the second by 5.
        (4, elects("schulze", 1, &["order2"])),
        // The third beats the second by 3 to 2, the second the first by 2 to 1; the first and the third are level.
        (5, elects("ranked-pairs", 1, &["weak3"])),
        // 3, 2 and 4 votes; the third list has a second seat at 2, and so has the second list its first; the last seat
        // goes to the first list at 3/2.
        (6, with(elects("dhondt", 5, &["house1", "house3", "house4", "house5"]), json!({ "lists": lists }))),
        (7, elects("highest", 1, &["split2"])),
        (8, elects("highest", 1, &["funds3"])),
    ];
    let report = ends_with(&mut scene, &cast, &outcomes);
    let ballots = report.ballots.unwrap();
    assert_eq!((ballots.roll, ballots.accepted, ballots.superseded), (10, 10, 2));
    assert_eq!((ballots.challenged, ballots.counted, ballots.blank), (3, 8, 2));
    assert!(report.warnings.iter().any(|warning| warning.code == "result_withheld"));
}

#[test]
fn everybody_may_abstain_from_every_kind() {
    let mut scene = Scene::open(rich(), &[(1, EVERYTHING), (4, SOME)]);
    let report = ends_with(&mut scene, &[], &[]);
    assert_eq!(report.ballots.unwrap().roll, 2);
}
