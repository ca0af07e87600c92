//! Rolls and results in elections with every kind of contest.

use std::sync::Arc;

use tabella_election::message::{
    Allocation, ContestKind, ContestResult, Manifest, Positional, Quadratic, Ranking, Roll, Score, TallyResult,
};
use tabella_election::{Code, Kind};

use super::tally::totals_of;
use super::{Subject, Table};
use crate::scene::Scene;
use crate::scene::record::assert_valid;
use crate::scene::samples::{self, MEMBERS, Vote, first_vote, lists, manifest, numbers, order, question, quick, style};

pub(super) fn forge(table: &mut Table) {
    rolls(table);
    results(table);
}

/// A roll of one voter whose weight is the largest that the contest allows; one more is too much.
fn rolls(table: &mut Table) {
    let allocation = |amount, range| ContestKind::Allocation(Allocation { amount, range });
    let largest = (1 << 32) - 1;
    let cases = [
        // By the largest value of a slot: 2^40 in all.
        (ContestKind::Score(Score { most: 1_000_000, min: 0, max: 2_000_000 }), (1 << 40) / 1_000_000),
        (ContestKind::Score(Score { most: 1_000_000, min: 0, max: 7 }), (1 << 40) / 7),
        (ContestKind::Positional(Positional { min: 0, weights: vec![1_000, 1] }), (1 << 40) / 1_000),
        (ContestKind::Quadratic(Quadratic { credits: 1_000_000 }), (1 << 40) / 1_000),
        (ContestKind::Quadratic(Quadratic { credits: 999_999 }), (1 << 40) / 999),
        (ContestKind::Ranking(Ranking { ties: true }), 1 << 40),
        (lists(&[1, 1], 0, 1), 1 << 40),
        (allocation(65_535, false), (1 << 40) / 65_535),
        (allocation(65_536, true), (1 << 40) / 65_535),
        // By the largest value of an option: 2^53 − 1 in all, which for such amounts is less.
        (allocation(largest, true), ((1 << 53) - 1) / largest),
        (allocation(largest, false), ((1 << 53) - 1) / largest),
        (allocation(1 << 31, true), ((1 << 53) - 1) / (1 << 31)),
    ];
    for (kind, most) in cases {
        let asked = question("q", 2, kind.clone());
        let manifest = Manifest { contests: vec![asked], styles: vec![style("All", &[0])], ..quick() };
        let mut scene = Scene::new(manifest);
        scene.draw_voters(&[(1, MEMBERS), (most - 1, MEMBERS)]);
        let payload = scene.control(Kind::Roll);
        let scene = Arc::new(scene);
        let name = |what: &str| format!("{kind:?}: {what}");
        table
            .signed::<Roll>(&scene, &payload, samples::registrar())
            .with(&name("one too many"), Code::RollTotal, |roll| roll.voters[1].weight += 1)
            .with(&name("a weight of 64 bits"), Code::RollTotal, |roll| roll.voters[1].weight = u64::MAX)
            .with(&name("weights that overflow"), Code::RollTotal, |roll| {
                roll.voters.iter_mut().for_each(|voter| voter.weight = 1 << 63);
            });
    }
}

/// The contests of the first style, and one each of two others.
const ORDER: usize = 0;
const HOUSE: usize = 1;
const FUNDS: usize = 2;
const POINTS: usize = 3;
const WITHHELD: usize = 4;
const EMPTY: usize = 5;

fn voted() -> Scene {
    let kinds = [
        (3, ContestKind::Ranking(Ranking { ties: false })),
        (3, lists(&[2, 1], 0, 2)),
        (2, ContestKind::Allocation(Allocation { amount: 100_000, range: true })),
        (2, ContestKind::Score(Score { most: 5, min: 0, max: 10 })),
        (3, ContestKind::Ranking(Ranking { ties: true })),
        (2, ContestKind::Allocation(Allocation { amount: 70_000, range: false })),
    ];
    let contests = (0..).zip(kinds).map(|(number, (options, kind))| question(&format!("q{number}"), options, kind));
    let manifest = Manifest {
        contests: contests.collect(),
        styles: vec![style("All", &[0, 1, 2, 3]), style("Lonely", &[4]), style("Empty", &[5])],
        ..manifest()
    };
    let mut scene = Scene::open(manifest, &[(1, 0), (3, 0), (1, 1), (1, 2)]);
    let contests = scene.board().election().manifest().contests.clone();
    let mut vote: Vote = (0..4).map(|index| (index as u64, first_vote(&contests[index]))).collect();
    vote.insert(2, numbers(&[40_000, 60_000]));
    scene.vote(0, &vote);
    vote.insert(0, order(&[1, 0, 2]));
    vote.insert(2, numbers(&[70_000, 30_000]));
    scene.vote(1, &vote);
    scene.vote(2, &Vote::from([(4, order(&[2, 1, 0]))]));
    scene
}

fn results(table: &mut Table) {
    let mut scene = voted();
    scene.play_to(Kind::Result);
    let result = scene.control(Kind::Result);
    let scene = Arc::new(scene);
    let mut subject = table.signed::<TallyResult>(&scene, &result, samples::authority());
    let totals = [
        ContestResult::Totals(vec![1, 4, 4]),
        ContestResult::Totals(vec![0, 0, 0, 4, 0]),
        // 40,000 and 3 times 4,464; 3 high limbs; 60,000 and 3 times 30,000.
        ContestResult::Totals(vec![53_392, 3, 150_000, 0]),
        ContestResult::Totals(vec![4, 0]),
        ContestResult::Withheld,
        ContestResult::Totals(vec![0; 4]),
    ];
    assert_eq!(subject.valid.contests, totals);
    shapes(&mut subject);
    values(&mut subject);
}

fn shapes(subject: &mut Subject<'_, TallyResult>) {
    let mut with = |name: &str, change: fn(&mut TallyResult)| {
        subject.with(name, Code::ResultShape, change);
    };
    with("all pairs of a ranking without ties", |result| {
        result.contests[ORDER] = ContestResult::Totals(vec![1, 4, 3, 4, 0, 0]);
    });
    with("a pair too few", |result| _ = totals_of(result, ORDER).pop());
    with("places of a ranking", |result| *totals_of(result, ORDER) = vec![1, 4]);
    with("options without lists", |result| totals_of(result, HOUSE).truncate(3));
    with("lists without options", |result| _ = totals_of(result, HOUSE).drain(..3));
    with("amounts instead of limbs", |result| *totals_of(result, FUNDS) = vec![250_000, 150_000]);
    with("a limb too many", |result| totals_of(result, FUNDS).push(0));
    with("a limb too few", |result| _ = totals_of(result, FUNDS).pop());
    with("a total for those who gave no points", |result| totals_of(result, POINTS).push(0));
    with("no totals", |result| totals_of(result, POINTS).clear());
    with("limbs withheld", |result| result.contests[FUNDS] = ContestResult::Withheld);
    with("an empty contest withheld", |result| result.contests[EMPTY] = ContestResult::Withheld);
    with("a withheld contest shown", |result| {
        result.contests[WITHHELD] = ContestResult::Totals(vec![0, 0, 1, 0, 1, 1]);
    });
    with("a withheld contest without totals", |result| result.contests[WITHHELD] = ContestResult::Totals(vec![]));
    with("a withheld contest of nothing", |result| result.contests[WITHHELD] = ContestResult::Totals(vec![0; 6]));
    with("withheld and shown exchanged", |result| result.contests.swap(ORDER, WITHHELD));
    with("withheld and empty exchanged", |result| result.contests.swap(WITHHELD, EMPTY));
    with("the amounts of an empty contest", |result| *totals_of(result, EMPTY) = vec![0; 2]);
}

fn values(subject: &mut Subject<'_, TallyResult>) {
    let mut with = |name: &str, change: fn(&mut TallyResult)| {
        subject.with(name, Code::ResultTotal, change);
    };
    with("a pair the other way round", |result| totals_of(result, ORDER)[0] = 3);
    with("more for a pair than voted", |result| totals_of(result, ORDER)[1] = 5);
    with("two pairs exchanged", |result| totals_of(result, ORDER).swap(0, 1));
    with("lists before options", |result| totals_of(result, HOUSE).rotate_right(2));
    with("a list's votes for another", |result| totals_of(result, HOUSE).swap(3, 4));
    with("a vote for an option beside that for its list", |result| totals_of(result, HOUSE)[0] = 1);
    // The same amount in all, cut into other limbs.
    with("a low total cut at 16 bits", |result| {
        let totals = totals_of(result, FUNDS);
        (totals[2], totals[3]) = (150_000 - 131_072, 2);
    });
    with("a high total made low", |result| {
        let totals = totals_of(result, FUNDS);
        (totals[0], totals[1]) = (53_392 + 65_536, 2);
    });
    with("low and high exchanged", |result| totals_of(result, FUNDS).swap(0, 1));
    with("an option's amount for the other", |result| totals_of(result, FUNDS).rotate_left(2));
    with("one taken from an amount for another", |result| {
        let totals = totals_of(result, FUNDS);
        (totals[0], totals[2]) = (53_391, 150_001);
    });
    with("more than the weight times the largest limb", |result| totals_of(result, FUNDS)[2] = 4 * 65_535 + 1);
    with("more points than the weight times the most", |result| totals_of(result, POINTS)[1] = 21);
    with("a point more", |result| totals_of(result, POINTS)[0] += 1);
    with("points of 2^40", |result| totals_of(result, POINTS)[0] = 1 << 40);
    with("limbs of 2^53", |result| totals_of(result, FUNDS)[1] = 1 << 53);
    with("limbs of 64 bits", |result| totals_of(result, FUNDS)[3] = u64::MAX);
    with("an amount where nobody voted", |result| totals_of(result, EMPTY)[1] = 1);
}

#[test]
fn rolls_of_the_largest_weights_are_opened() {
    let amount = (1 << 32) - 1;
    let funds = question("funds", 2, ContestKind::Allocation(Allocation { amount, range: true }));
    let manifest = Manifest { contests: vec![funds], styles: vec![style("All", &[0])], ..quick() };
    let weight = ((1 << 53) - 1) / amount;
    let mut scene = Scene::open(manifest, &[(1, 0), (weight - 1, 0)]);
    scene.vote(0, &Vote::from([(0, numbers(&[amount, 0]))]));
    scene.play_on();
    assert_eq!(scene.result(), [ContestResult::Totals(vec![65_535, 65_535, 0, 0])]);
    assert_valid(&scene.record().verify());
}
