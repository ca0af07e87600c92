//! The sums of every kind of contest: specs/tally.md#result.

use serde_json::Value;
use tabella_election::Code;
use tabella_election::message::ContestResult;

use super::hostile::bad_result;
use super::{EVERY_KIND, tally};
use crate::answer::Answer::{List, Numbers, Places};
use crate::stories::{
    ALL, ALONE, KINDS, LIMBS, LISTS, POSITIONAL, RANGE, RANGE_LIMBS, RANKING, SCORE, SEVERAL, vote_of_all,
    vote_of_several,
};
use crate::story::{Answers, Told, results};

/// The other voters of [`ALL`], with the weight that makes the totals large, and of [`SEVERAL`].
const HEAVY: usize = ALL as usize + 1;
const ANOTHER_OF_SEVERAL: usize = ALL as usize + 2;

pub fn vectors() -> Vec<Value> {
    let told = told();
    let mut vectors = vec![tally(EVERY_KIND, &told)];
    vectors.extend(bad_results(&told));
    vectors
}

/// In each contest but one the heavy voter and others. Some vote twice.
fn told() -> Told {
    let alone = (0..).zip(ALONE).filter(|(style, _)| *style != POSITIONAL as usize);
    let mut votes: Vec<(usize, Answers)> = alone.map(|(style, (_, answer))| (style, vec![answer])).collect();
    votes.push((HEAVY, vote_of_all()));
    votes.push((SEVERAL as usize, vote_of_several()));
    votes.push((ANOTHER_OF_SEVERAL, vote_of_several()));
    votes.push((LISTS as usize, vec![List(1, &[2])]));
    votes.push((RANKING as usize, vec![Places(&[&[1], &[3], &[2], &[4]])]));
    votes.push((RANGE as usize, vec![Numbers(&[0, 1_000, 0])]));
    KINDS.tell(EVERY_KIND, &votes, &[3, 1])
}

fn bad_results(told: &Told) -> Vec<Value> {
    let right = results(&KINDS, &told.totals);
    let changed = |contest: u64, change: &dyn Fn(&mut Vec<u64>)| {
        let mut contests = right.clone();
        let mut totals = contests[contest as usize].totals().unwrap().to_vec();
        change(&mut totals);
        contests[contest as usize] = ContestResult::Totals(totals);
        contests
    };
    let mut shown = right.clone();
    shown[POSITIONAL as usize] = ContestResult::Totals(vec![0, 1_000_000, 3_000_000, 5_000_000]);
    let (shape, total) = (Some(Code::ResultShape), Some(Code::ResultTotal));
    let scene = told.shared(&[1, 3]);
    let counted = scene.board.tally().unwrap().counted().hash;
    let cases = [
        ("good", right.clone(), None),
        ("right totals of a withheld contest", shown, shape),
        ("a total for each option of a ranking", changed(RANKING, &|totals| totals.truncate(4)), shape),
        ("no totals of the lists", changed(LISTS, &|totals| totals.truncate(5)), shape),
        ("no total of the last list", changed(LISTS, &|totals| totals.truncate(7)), shape),
        ("one total for both limbs", changed(RANGE_LIMBS, &|totals| join_limbs(totals)), shape),
        ("points as totals of limbs", changed(SCORE, &|totals| totals.extend([0, 0, 0])), shape),
        ("a point more", changed(SCORE, &|totals| totals[2] += 1), total),
        ("pairs exchanged", changed(RANKING, &|totals| totals.swap(2, 3)), total),
        ("a vote more for the last list", changed(LISTS, &|totals| totals[7] += 1), total),
        ("a vote moved from list to list", changed(LISTS, &|totals| move_one(totals, 5, 7)), total),
        ("65,536 units as one of the high limb", changed(RANGE_LIMBS, &|totals| carry(totals)), total),
        ("limbs of bits exchanged", changed(LIMBS, &|totals| totals.swap(2, 3)), total),
        ("a unit moved", changed(RANGE, &|totals| move_one(totals, 1, 0)), total),
        ("a total of 64 bits", changed(RANGE, &|totals| totals[1] = u64::MAX), total),
    ];
    let case = |(name, contests, expected): (&str, Vec<ContestResult>, Option<Code>)| {
        bad_result(&format!("kinds: {name}"), EVERY_KIND, &scene, counted, contests, expected)
    };
    cases.into_iter().map(case).collect()
}

fn join_limbs(totals: &mut Vec<u64>) {
    *totals = totals.chunks(2).map(|limbs| limbs[0] + (limbs[1] << 16)).collect();
}

fn move_one(totals: &mut [u64], from: usize, to: usize) {
    totals[from] -= 1;
    totals[to] += 1;
}

/// The same amount, written otherwise.
fn carry(totals: &mut [u64]) {
    totals[2] -= 65_536;
    totals[3] += 1;
}
