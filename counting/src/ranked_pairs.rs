//! Tideman's ranked pairs. Implements specs/counting.md#pairs.

use std::cmp::Reverse;

use crate::cut::elect_candidate;
use crate::outcome::{Outcome, Step};
use crate::tie_break::TieBreak;
use crate::totals::{Pairs, Strength};

/// A win of one option over another.
struct Win {
    winner: usize,
    loser: usize,
    strength: Strength,
}

/// Who stands above all others by the wins that no stronger ones contradict. Implements specs/counting.md#pairs.
pub(crate) fn ranked_pairs(pairs: &Pairs, tie_break: &TieBreak, outcome: &mut Outcome) {
    let mut reach = Reach::new(pairs.options());
    for equals in wins(pairs).chunk_by(|win, next| win.strength == next.strength) {
        // Those of equal strength together: all are held against the wins kept before, and then kept.
        let kept: Vec<bool> = equals.iter().map(|win| !reach.leads(win.loser, win.winner)).collect();
        for (&Win { winner, loser, strength }, kept) in equals.iter().zip(kept) {
            outcome.steps.push(Step::Lock { winner, loser, strength, kept });
            if kept {
                reach.keep(winner, loser);
            }
        }
    }
    let options = 0..pairs.options();
    let is_candidate = |a: usize| options.clone().all(|b| !reach.leads(b, a) || reach.leads(a, b));
    let candidates: Vec<usize> = options.clone().filter(|&a| is_candidate(a)).collect();
    elect_candidate(&candidates, tie_break, outcome);
}

/// All wins, the strongest first.
fn wins(pairs: &Pairs) -> Vec<Win> {
    let options = 0..pairs.options();
    let each = options.clone().flat_map(|winner| options.clone().map(move |loser| (winner, loser)));
    let win = |(winner, loser)| pairs.win(winner, loser).map(|strength| Win { winner, loser, strength });
    let mut wins: Vec<Win> = each.filter_map(win).collect();
    wins.sort_by_key(|win| Reverse(win.strength));
    wins
}

/// From whom a path of kept wins leads to whom.
struct Reach {
    leads: Vec<Vec<bool>>,
}

impl Reach {
    /// Nothing is kept yet.
    fn new(options: usize) -> Self {
        Self { leads: vec![vec![false; options]; options] }
    }

    fn leads(&self, from: usize, to: usize) -> bool {
        self.leads[from][to]
    }

    /// Whoever leads to the winner, or is it, now leads to all that the loser leads to, and to the loser.
    fn keep(&mut self, winner: usize, loser: usize) {
        if self.leads[winner][loser] {
            return;
        }
        let mut below = self.leads[loser].clone();
        below[loser] = true;
        for (from, leads) in self.leads.iter_mut().enumerate() {
            if from == winner || leads[winner] {
                leads.iter_mut().zip(&below).for_each(|(leads, &below)| *leads |= below);
            }
        }
    }
}
