//! What a voter may do in a contest (specs/election.md#contest), as one sentence.

use tabella_election::message::{
    Allocation, Choice, Contest, ContestKind, Lists, Positional, Quadratic, Ranking, Score,
};

use super::join;

/// What a voter may do: a sentence without capital and full stop.
pub(crate) fn rule(contest: &Contest) -> String {
    let options = contest.options.len() as u64;
    match &contest.kind {
        ContestKind::Choice(Choice { min, max, blank }) => {
            let blank = if *blank { ", or vote blank" } else { "" };
            format!("choose {}{blank}", span(*min, *max))
        }
        ContestKind::Score(Score { most, min, max }) => {
            let all = most.saturating_mul(options);
            let sum = match (*min, *max) {
                (0, max) if max == all => String::new(),
                (min, max) if min == max => format!(", exactly {max} in all"),
                (0, max) => format!(", at most {max} in all"),
                (min, max) if max == all => format!(", at least {min} in all"),
                (min, max) => format!(", {min} to {max} in all"),
            };
            format!("give each option 0 to {most} points{sum}")
        }
        ContestKind::Positional(Positional { min, weights }) => positional(*min, weights),
        ContestKind::Quadratic(Quadratic { credits }) => format!(
            "spend up to {credits} credits: v votes for an option cost v·v credits, so {} for one at most",
            credits.isqrt()
        ),
        ContestKind::Ranking(Ranking { ties: false }) => "order all options, the best first".to_owned(),
        ContestKind::Ranking(Ranking { ties: true }) => {
            "order the options, the best first; several may share a place, and those left out come last".to_owned()
        }
        ContestKind::Lists(lists) => list(lists),
        ContestKind::Allocation(Allocation { amount, .. }) => {
            format!("split {amount} over the options, in whole numbers and all of it")
        }
    }
}

fn positional(min: u64, weights: &[u64]) -> String {
    let points: Vec<String> = weights.iter().map(u64::to_string).collect();
    let rank = format!("rank {}, the best first", span(min, weights.len() as u64));
    match points.as_slice() {
        [only] => format!("{rank}: it earns {only} points"),
        _ => format!("{rank}: the ranks earn {} points", join(&points, "and")),
    }
}

fn list(lists: &Lists) -> String {
    let longest = lists.lists.iter().map(|list| list.options).max().unwrap_or(0);
    match (lists.min, lists.max.min(longest)) {
        (_, 0) => "choose one list".to_owned(),
        (min, max) => format!("choose one list, and {} of its options", span(min, max)),
    }
}

/// How many: "2", "up to 2", "1 to 2".
fn span(min: u64, max: u64) -> String {
    match (min, max) {
        (min, max) if min == max => max.to_string(),
        (0, max) => format!("up to {max}"),
        (min, max) => format!("{min} to {max}"),
    }
}
