//! What `META` allows a vote to be.

use super::fault::{Bounds, Fault};
use super::meta::{Meta, VoteType};
use crate::votes::AtLine;

/// The limits of a vote, as `META` states them or as the format sets them.
pub struct Limits {
    /// What a vote is.
    pub vote_type: VoteType,
    /// How many projects there are.
    pub options: u64,
    /// The fewest projects that a vote names.
    pub min_length: u64,
    /// The most; never above the number of projects.
    pub max_length: u64,
    /// Points of each project that a vote names.
    pub points: Bounds,
    /// Points of a whole vote.
    pub sum: Bounds,
    /// Least and greatest cost of a vote.
    pub cost: (Option<u128>, Option<u128>),
    /// Points of a project that a vote does not name.
    pub default_points: u64,
    /// What the projects of a vote get, in its order, where the votes themselves do not say.
    pub weights: Vec<u64>,
}

impl Limits {
    /// Reads the limits of votes of this type on so many projects; `some_empty` is whether some votes name none.
    pub fn read(meta: &Meta, vote_type: VoteType, options: usize, some_empty: bool) -> Result<Self, AtLine<Fault>> {
        let options = options as u64;
        let (min_length, max_length) = lengths(meta, vote_type, options, some_empty)?;
        let (points, sum) = points(meta, vote_type)?;
        let (least_cost, most_cost) = (meta.amount("min_sum_cost")?, meta.amount("max_sum_cost")?);
        if let (Some(least), Some(most)) = (least_cost, most_cost)
            && least > most
        {
            return Err(Fault::Range { least: "min_sum_cost", most: "max_sum_cost" }.at(meta.line("max_sum_cost")));
        }
        let default_points = meta.number("default_score")?.unwrap_or(0);
        if default_points > 0 && vote_type != VoteType::Scoring {
            return Err(Fault::NotOfType { key: "default_score", vote_type }.at(meta.line("default_score")));
        }
        Ok(Self {
            vote_type,
            options,
            min_length,
            // A larger bound than there are projects is common where one rule serves many districts.
            max_length: max_length.min(options),
            points,
            sum,
            cost: (least_cost, most_cost),
            default_points,
            weights: weights(meta, vote_type, max_length, options)?,
        })
    }

    /// Whether `META` limits what the projects of a vote cost together.
    pub fn limits_cost(&self) -> bool {
        self.cost != (None, None)
    }
}

/// The fewest and the most projects of a vote.
fn lengths(meta: &Meta, vote_type: VoteType, options: u64, some_empty: bool) -> Result<(u64, u64), AtLine<Fault>> {
    let most = if vote_type == VoteType::Choose1 { 1 } else { options };
    // One at least, unless somebody was allowed to name none.
    let least = if some_empty && vote_type != VoteType::Choose1 { 0 } else { 1 };
    let min = meta.number("min_length")?.unwrap_or(least);
    let max = meta.number("max_length")?.unwrap_or(most);
    if vote_type == VoteType::Choose1 && (min, max) != (1, 1) {
        let key = if max == 1 { "min_length" } else { "max_length" };
        return Err(Fault::NotOne { min, max }.at(meta.line(key)));
    }
    if max == 0 {
        return Err(Fault::NoVote("max_length").at(meta.line("max_length")));
    }
    // Without a stated maximum, the number of projects is it.
    if min > max && meta.text("max_length").is_some() {
        return Err(Fault::Range { least: "min_length", most: "max_length" }.at(meta.line("max_length")));
    }
    if min > options {
        return Err(Fault::TooFewProjects { min, options }.at(meta.line("min_length")));
    }
    Ok((min, max))
}

/// The points of a project that is named, and of a whole vote.
fn points(meta: &Meta, vote_type: VoteType) -> Result<(Bounds, Bounds), AtLine<Fault>> {
    let sum = bounds(meta, "min_sum_points", "max_sum_points")?;
    if vote_type == VoteType::Cumulative && sum.most.is_none() {
        return Err(meta.missing("max_sum_points"));
    }
    Ok((bounds(meta, "min_points", "max_points")?, sum))
}

fn bounds(meta: &Meta, least: &'static str, most: &'static str) -> Result<Bounds, AtLine<Fault>> {
    let found = Bounds { least: meta.number(least)?.unwrap_or(0), most: meta.number(most)? };
    match found.most {
        Some(0) => Err(Fault::NoVote(most).at(meta.line(most))),
        Some(limit) if limit < found.least => Err(Fault::Range { least, most }.at(meta.line(most))),
        _ => Ok(found),
    }
}

/// What the projects of a vote get by their places in it.
fn weights(meta: &Meta, vote_type: VoteType, max_length: u64, options: u64) -> Result<Vec<u64>, AtLine<Fault>> {
    if let Some(name) = meta.text("scoring_fn") {
        let line = meta.line("scoring_fn");
        if vote_type != VoteType::Ordinal {
            return Err(Fault::NotOfType { key: "scoring_fn", vote_type }.at(line));
        }
        if !name.eq_ignore_ascii_case("borda") {
            return Err(Fault::ScoringFunction(name.to_owned()).at(line));
        }
    }
    let places = 0..max_length.min(options);
    Ok(match vote_type {
        VoteType::Choose1 | VoteType::Approval => places.map(|_| 1).collect(),
        // As many points for the best as META lets voters rank, even where there are fewer projects to rank.
        VoteType::Ordinal => places.map(|place| max_length - place).collect(),
        VoteType::Cumulative | VoteType::Scoring => Vec::new(),
    })
}
