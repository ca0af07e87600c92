//! Counting the votes of a file in clear, to hold the result of an encrypted election against.

use std::sync::Arc;

use super::{Rule, Vote, VoteFile};

impl VoteFile {
    /// What each option gets: how many voters chose it, or its points. `None` if the rule makes rankings of no worth in points.
    pub fn totals(&self) -> Option<Vec<u64>> {
        let weights = match &self.rule {
            Rule::Ranking { .. } => return None,
            Rule::Positional { weights, .. } => weights.as_slice(),
            Rule::Choice { .. } | Rule::Score { .. } => &[],
        };
        let mut totals = vec![0; self.options.len()];
        for vote in &self.votes {
            match vote.as_ref() {
                Vote::Options(chosen) => add(&mut totals, chosen.iter().map(|option| (*option, 1))),
                Vote::Points(points) => add(&mut totals, points.iter().copied().enumerate()),
                Vote::Ranking(ranks) => {
                    let worth = |(rank, weight)| std::iter::zip(rank, std::iter::repeat(weight));
                    let worth = ranks.iter().zip(weights).flat_map(worth);
                    add(&mut totals, worth.map(|(option, weight)| (*option, *weight)));
                }
            }
        }
        Some(totals)
    }

    /// How many voters voted for each option: chose it, gave it points, or ranked it.
    pub fn voters(&self) -> Vec<u64> {
        let mut voters = vec![0; self.options.len()];
        for vote in &self.votes {
            match vote.as_ref() {
                Vote::Options(chosen) => add(&mut voters, chosen.iter().map(|option| (*option, 1))),
                Vote::Points(points) => {
                    add(&mut voters, points.iter().map(|points| u64::from(*points > 0)).enumerate());
                }
                Vote::Ranking(ranks) => add(&mut voters, ranks.iter().flatten().map(|option| (*option, 1))),
            }
        }
        voters
    }

    /// For each pair of options, how many voters rank the first (the row) better than the second (the column). `None` if the votes
    /// are not rankings.
    pub fn pairwise(&self) -> Option<Vec<Vec<u64>>> {
        if !matches!(self.rule, Rule::Positional { .. } | Rule::Ranking { .. }) {
            return None;
        }
        let options = self.options.len();
        let mut better = vec![vec![0; options]; options];
        // Voters of one line of the file stand together: their vote is compared once.
        for equal in self.votes.chunk_by(Arc::ptr_eq) {
            let Some(Vote::Ranking(ranks)) = equal.first().map(AsRef::as_ref) else { continue };
            let mut ranked = vec![usize::MAX; options];
            for (rank, tied) in ranks.iter().enumerate() {
                for option in tied {
                    if let Some(place) = ranked.get_mut(*option) {
                        *place = rank;
                    }
                }
            }
            for (row, rank) in better.iter_mut().zip(&ranked) {
                for (count, _) in row.iter_mut().zip(&ranked).filter(|(_, other)| rank < other) {
                    *count += equal.len() as u64;
                }
            }
        }
        Some(better)
    }
}

fn add(totals: &mut [u64], amounts: impl Iterator<Item = (usize, u64)>) {
    for (option, amount) in amounts {
        if let Some(total) = totals.get_mut(option) {
            *total = total.saturating_add(amount);
        }
    }
}
