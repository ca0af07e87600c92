//! The rule of the contest that `META` describes, and what `META` demands beyond it.

use super::fault::Fault;
use super::limits::Limits;
use super::meta::VoteType;
use crate::votes::{Limit, Rule};

/// The most points that one option of a vote may get. With as many voters as a file may have, every total stays far below 2⁶⁴.
pub const MOST_POINTS: u64 = 1_000_000;

/// The rule, or what speaks against it and the key of `META` that says so. `most_points` is the most that any vote of the file gives
/// to a project.
pub fn rule(limits: &Limits, most_points: u64) -> Result<Rule, (&'static str, Fault)> {
    match limits.vote_type {
        VoteType::Choose1 | VoteType::Approval => Ok(Rule::Choice { min: limits.min_length, max: limits.max_length }),
        VoteType::Ordinal => {
            let best = limits.weights.first().copied().unwrap_or(0);
            if best > MOST_POINTS {
                return Err(("max_length", Fault::TooLarge { field: "max_length", most: MOST_POINTS }));
            }
            Ok(Rule::Positional { min: limits.min_length, weights: limits.weights.clone() })
        }
        VoteType::Cumulative | VoteType::Scoring => score(limits, most_points),
    }
}

fn score(limits: &Limits, most_points: u64) -> Result<Rule, (&'static str, Fault)> {
    // Scoring need not have an upper limit. A ballot has to: it is what the votes of the file need.
    let named = limits.points.most.or(limits.sum.most).unwrap_or(most_points.max(1));
    let most = named.max(limits.default_points).min(limits.sum.most.unwrap_or(u64::MAX));
    if most > MOST_POINTS {
        let keys = ["max_points", "max_sum_points", "default_score"];
        let stated = [limits.points.most, limits.sum.most, Some(limits.default_points)];
        let key =
            keys.into_iter().zip(stated).find(|(_, stated)| *stated >= Some(most)).map_or("max_points", |(key, _)| key);
        return Err((key, Fault::TooLarge { field: key, most: MOST_POINTS }));
    }
    // What votes of any length can give, the projects that they do not name included.
    let sum = |length: u64, points: u64| {
        let others = limits.options.saturating_sub(length).saturating_mul(limits.default_points);
        length.saturating_mul(points).saturating_add(others)
    };
    let lengths = [limits.min_length, limits.max_length];
    let least = lengths.map(|length| sum(length, limits.points.least));
    let greatest = lengths.map(|length| sum(length, most));
    let min = least[0].min(least[1]).max(limits.sum.least);
    let max = greatest[0].max(greatest[1]).min(limits.sum.most.unwrap_or(u64::MAX));
    if min > max {
        let key = if limits.sum.least > max { "min_sum_points" } else { "max_sum_points" };
        return Err((key, Fault::Unreachable { min, max }));
    }
    Ok(Rule::Score { most, min, max })
}

/// What `META` demands that the rule does not say. `unknown` are the keys that this reader does not know.
pub fn beyond(limits: &Limits, rule: &Rule, unknown: Vec<String>) -> Vec<Limit> {
    let (length, points) = match rule {
        Rule::Score { most, max, .. } => {
            let default = limits.default_points;
            // Who gives points has named a project; and no more than `max` projects can have points.
            let reached = if default == 0 { limits.options.min(*max) } else { limits.options };
            let length = limits.min_length > 1 || limits.max_length < reached;
            // A project that is not named has the default, whatever those that are named need.
            let least = limits.points.least > u64::from(default == 0);
            (length, least || limits.points.most.is_some_and(|named| named < *most))
        }
        Rule::Choice { .. } | Rule::Positional { .. } | Rule::Ranking { .. } => {
            (false, !fixed_points_are_within(limits))
        }
    };
    let known = [(limits.limits_cost(), Limit::Cost), (length, Limit::Length), (points, Limit::Points)];
    let known = known.into_iter().filter(|(limited, _)| *limited).map(|(_, limit)| limit);
    known.chain(unknown.into_iter().map(Limit::Unknown)).collect()
}

/// Whether every vote of an allowed length keeps the limits of points, which are fixed by the places in the vote.
fn fixed_points_are_within(limits: &Limits) -> bool {
    let shortest = usize::try_from(limits.min_length).unwrap_or(usize::MAX);
    let least: u64 = limits.weights.iter().take(shortest).fold(0, |sum, weight| sum.saturating_add(*weight));
    let most: u64 = limits.weights.iter().fold(0, |sum, weight| sum.saturating_add(*weight));
    limits.weights.iter().all(|weight| limits.points.hold(*weight)) && limits.sum.hold(least) && limits.sum.hold(most)
}
