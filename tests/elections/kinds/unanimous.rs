//! Totals that tell how everybody voted: both implementations warn of the same.

use tabella_election::contest::Selection;
use tabella_election::message::{Allocation, Contest, ContestKind, Manifest, Positional, Quadratic, Ranking, Score};

use super::ends_with;
use crate::scene::Scene;
use crate::scene::samples::{Vote, contest, list, lists, numbers, options, order, places, question, quick, style};

/// A contest, the votes of two voters of weights 1 and 3, and whether the totals tell both.
fn cases() -> Vec<(Contest, [Selection; 2], bool)> {
    let choice = || contest("q", 3, 0, 2, true);
    let score = || question("q", 2, ContestKind::Score(Score { most: 3, min: 0, max: 6 }));
    let score_of = |min, max| question("q", 2, ContestKind::Score(Score { most: 3, min, max }));
    let ranks = || question("q", 4, ContestKind::Positional(Positional { min: 0, weights: vec![3, 2, 0] }));
    let credits = || question("q", 2, ContestKind::Quadratic(Quadratic { credits: 5 }));
    let ranking = |ties| question("q", 3, ContestKind::Ranking(Ranking { ties }));
    let house = || question("q", 3, lists(&[2, 1], 0, 2));
    let split = |amount, range| question("q", 2, ContestKind::Allocation(Allocation { amount, range }));
    vec![
        (choice(), [options(&[0, 2]), options(&[0, 2])], true),
        (choice(), [Selection::Blank, Selection::Blank], true),
        (choice(), [options(&[]), options(&[])], true),
        (choice(), [options(&[0]), options(&[1])], false),
        (score(), [numbers(&[3, 0]), numbers(&[3, 0])], true),
        // Alike, but so are 1 + 2 and 2 + 1.
        (score(), [numbers(&[2, 0]), numbers(&[2, 0])], false),
        (score_of(0, 2), [numbers(&[2, 0]), numbers(&[2, 0])], true),
        // As many as there are, and as few: they cannot have been given in another way.
        (score_of(0, 4), [numbers(&[3, 1]), numbers(&[3, 1])], true),
        (score_of(2, 5), [numbers(&[2, 0]), numbers(&[2, 0])], true),
        (score_of(0, 4), [numbers(&[2, 2]), numbers(&[2, 2])], false),
        (ranks(), [order(&[1, 3]), order(&[1, 3])], true),
        (ranks(), [order(&[1]), order(&[1])], true),
        (ranks(), [order(&[1, 3]), order(&[3, 1])], false),
        (credits(), [numbers(&[2, 0]), numbers(&[2, 0])], true),
        (credits(), [numbers(&[2, 1]), numbers(&[2, 1])], true),
        (credits(), [numbers(&[1, 1]), numbers(&[1, 1])], false),
        (credits(), [numbers(&[2, 0]), numbers(&[0, 2])], false),
        (ranking(false), [order(&[2, 0, 1]), order(&[2, 0, 1])], true),
        (ranking(false), [order(&[2, 0, 1]), order(&[0, 2, 1])], false),
        (ranking(true), [places(&[&[1, 2], &[0]]), places(&[&[1, 2]])], true),
        (ranking(true), [places(&[&[1, 2]]), places(&[&[1], &[2]])], false),
        (house(), [list(0, &[1]), list(0, &[1])], true),
        (house(), [list(0, &[1]), list(0, &[])], false),
        (split(9, false), [numbers(&[0, 9]), numbers(&[0, 9])], true),
        (split(9, false), [numbers(&[4, 5]), numbers(&[4, 5])], false),
        (split(70_000, true), [numbers(&[70_000, 0]), numbers(&[70_000, 0])], true),
        // The largest low limb: there is only one amount of it that leaves no high one.
        (split(70_000, true), [numbers(&[65_535, 4_465]), numbers(&[65_535, 4_465])], true),
        (split(70_000, true), [numbers(&[65_534, 4_466]), numbers(&[65_534, 4_466])], false),
        (split(140_000, true), [numbers(&[131_072, 8_928]), numbers(&[131_072, 8_928])], true),
        (split(140_000, true), [numbers(&[65_536, 74_464]), numbers(&[65_536, 74_464])], false),
    ]
}

#[track_caller]
fn warns(asked: Contest, votes: Vec<Selection>) -> bool {
    let manifest = Manifest { contests: vec![asked], styles: vec![style("All", &[0])], ..quick() };
    let weights = [(1, 0), (3, 0)];
    let mut scene = Scene::open(manifest, &weights[..votes.len()]);
    let votes: Vec<(usize, Vote)> = votes.into_iter().map(|vote| Vote::from([(0, vote)])).enumerate().collect();
    votes.iter().for_each(|(voter, vote)| scene.vote(*voter, vote));
    let report = ends_with(&mut scene, &votes, &[]);
    let warns = report.warnings.iter().any(|warning| warning.code == "unanimous");
    let slots = scene.result()[0].totals().unwrap();
    let group = scene.board().tally().unwrap().group_of(0).unwrap();
    let contest = &scene.board().election().manifest().contests[0];
    assert_eq!(contest.is_unanimous(group.ballots, group.weight, slots), warns, "{slots:?}");
    warns
}

#[test]
fn totals_that_tell_every_vote_are_warned_of() {
    for (number, (asked, votes, expected)) in cases().into_iter().enumerate() {
        assert_eq!(warns(asked, votes.into()), expected, "case {number}");
    }
}

#[test]
fn a_single_ballot_is_told_whatever_it_holds() {
    for (asked, [vote, _], _) in cases() {
        assert!(warns(asked, vec![vote]));
    }
}
