//! Schulze's method. Implements specs/counting.md#pairs.

use crate::cut::elect_candidate;
use crate::outcome::{Outcome, Step};
use crate::tie_break::TieBreak;
use crate::totals::{Pairs, Strength};

/// Who has to every other option a path that is as strong as the one back. Implements specs/counting.md#pairs.
pub(crate) fn schulze(pairs: &Pairs, tie_break: &TieBreak, outcome: &mut Outcome) {
    let paths = strongest_paths(pairs);
    let options = 0..pairs.options();
    let stronger = |a: usize, b: usize| paths[a][b] > paths[b][a];
    let candidates: Vec<usize> = options.clone().filter(|&a| !options.clone().any(|b| stronger(b, a))).collect();
    for to in options {
        // "Has a stronger path to" is transitive: a candidate is above each who is none.
        if let Some(&from) = candidates.iter().find(|&&from| stronger(from, to))
            && let Some(there) = paths[from][to]
        {
            outcome.steps.push(Step::Paths { from, to, there, back: paths[to][from] });
        }
    }
    elect_candidate(&candidates, tie_break, outcome);
}

/// p(a,b) for all a and b; `None`, which is less than every win, where there is no path.
fn strongest_paths(pairs: &Pairs) -> Vec<Vec<Option<Strength>>> {
    let options = 0..pairs.options();
    let row = |a: usize| options.clone().map(|b| pairs.win(a, b)).collect();
    let mut paths: Vec<Vec<Option<Strength>>> = options.clone().map(row).collect();
    // Floyd and Warshall: after each round, the strongest paths by way of the options so far.
    for by in options.clone() {
        for from in options.clone() {
            for to in options.clone().filter(|&to| to != from) {
                let way = paths[from][by].min(paths[by][to]);
                paths[from][to] = paths[from][to].max(way);
            }
        }
    }
    paths
}
