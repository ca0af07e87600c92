//! Totals are called unanimous exactly if no other ballots give them.

use std::collections::{BTreeMap, BTreeSet};

use super::samples::{allocation, choice, lists, positional, quadratic, ranking, score};
use super::votes::{selections, vote_of};
use crate::message::Contest;

/// For the totals that so many ballots of weight 1 can have, the ballots that give them.
fn explanations(contest: &Contest, ballots: usize) -> BTreeMap<Vec<u64>, BTreeSet<Vec<Vec<u64>>>> {
    let votes: BTreeSet<Vec<u64>> = selections(contest).iter().filter_map(|vote| vote_of(contest, vote)).collect();
    let mut all = BTreeMap::from([(vec![0; contest.size().slots], BTreeSet::from([Vec::new()]))]);
    for _ in 0..ballots {
        let mut more: BTreeMap<Vec<u64>, BTreeSet<Vec<Vec<u64>>>> = BTreeMap::new();
        for (totals, sets) in &all {
            for vote in &votes {
                let sums = totals.iter().zip(vote).map(|(total, value)| total + value).collect();
                let with_vote = sets.iter().map(|set| {
                    let mut set = set.clone();
                    set.push(vote.clone());
                    set.sort_unstable();
                    set
                });
                more.entry(sums).or_default().extend(with_vote);
            }
        }
        all = more;
    }
    all
}

#[test]
fn what_no_other_votes_explain_is_unanimous() {
    let contests = [
        choice(3, 1, 2, true),
        score(2, 5, 1, 7),
        score(3, 2, 2, 3),
        quadratic(2, 10),
        quadratic(2, 25),
        ranking(3, false),
        ranking(3, true),
        lists(&[2, 1], 0, 2),
        allocation(3, 4, false),
    ];
    for contest in contests {
        for ballots in [2, 3] {
            for (totals, sets) in explanations(&contest, ballots) {
                let is_forced = sets.len() == 1 && sets.first().unwrap().iter().collect::<BTreeSet<_>>().len() == 1;
                let said = contest.is_unanimous(ballots as u64, ballots as u64, &totals);
                // Of few voters a sum can have one explanation that more voters would not force: that is not said.
                assert!(!said || is_forced, "{contest:?}: {totals:?} of {ballots}");
            }
            let alike = selections(&contest).iter().filter_map(|vote| vote_of(&contest, vote)).collect::<BTreeSet<_>>();
            assert!(!alike.is_empty());
        }
    }
}

#[test]
fn unanimous_votes_are_seen() {
    let seen = |contest: &Contest, ballots, weight, slots: &[u64]| contest.is_unanimous(ballots, weight, slots);
    assert!(seen(&choice(2, 1, 1, true), 5, 5, &[5, 0, 0]));
    assert!(!seen(&choice(2, 1, 1, true), 5, 5, &[4, 0, 1]));
    assert!(!seen(&choice(2, 1, 1, true), 0, 0, &[0, 0, 0]));
    assert!(!seen(&choice(2, 1, 1, true), 1, 1, &[1, 0]), "of another contest");
    assert!(seen(&score(2, 5, 0, 7), 1, 3, &[9, 3]), "one ballot");
    assert!(seen(&score(2, 5, 0, 7), 2, 2, &[10, 0]));
    assert!(!seen(&score(2, 5, 0, 7), 2, 2, &[9, 0]));
    assert!(seen(&score(2, 5, 1, 7), 2, 6, &[30, 12]), "5 and 2, the most in all");
    assert!(seen(&score(2, 5, 1, 7), 2, 6, &[6, 0]), "1, the fewest in all");
    assert!(!seen(&score(2, 5, 1, 7), 2, 6, &[24, 18]));
    assert!(seen(&positional(3, 0, &[3, 2, 1]), 4, 4, &[8, 12, 0]));
    assert!(seen(&positional(3, 0, &[3, 2, 1]), 4, 4, &[8, 12, 4]));
    assert!(!seen(&positional(3, 0, &[3, 2, 1]), 4, 4, &[12, 4, 7]));
    assert!(seen(&quadratic(2, 25), 3, 3, &[9, 12]), "3 and 4");
    assert!(seen(&quadratic(2, 26), 3, 3, &[9, 12]), "3 and 4, one credit left");
    assert!(!seen(&quadratic(2, 27), 3, 3, &[9, 12]));
    assert!(!seen(&quadratic(2, 25), 3, 3, &[10, 12]));
    assert!(seen(&ranking(2, false), 4, 4, &[0]));
    assert!(seen(&allocation(2, 100_000, true), 2, 2, &[0, 2, 2 * 34_464, 0]), "65,536 and 34,464");
    assert!(!seen(&allocation(2, 100_000, true), 2, 2, &[1, 2, 68_927, 0]));
    assert!(seen(&allocation(2, 131_070, true), 2, 2, &[131_070, 0, 131_070, 0]), "65,535 and 65,535");
    assert!(!seen(&allocation(2, 200_000, true), 2, 2, &[0, 2, 0, 3]));
}
