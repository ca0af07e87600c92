//! Tideman's ranked pairs. Implements specs/counting.md#pairs.

use std::cmp::Reverse;

use crate::cut::elect_candidate;
use crate::outcome::{Entrant, Outcome, Score, Standing, Step};
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
    let mut wins = wins(pairs);
    let candidates = candidates(pairs.options(), &wins, outcome);
    let several = candidates.len() > 1;
    let Some(places) = tie_break.option_places().filter(|_| several) else {
        elect_candidate(&candidates, tie_break, outcome);
        return;
    };
    // One after another: where strengths are equal, the tie-break decides whose wins come first. Wins of one option do not
    // contradict each other, so their order does not matter.
    wins.extend(level_pairs(pairs));
    wins.sort_by_key(|win| (Reverse(win.rank()), places.get(win.winner)));
    let winner = first_of_order(pairs.options(), &wins);
    let between = candidates.into_iter().map(Entrant::Option).collect();
    outcome.tie(1, between, Score::Candidate, Some(winner.into_iter().map(Entrant::Option).collect()));
}

/// The options over which no win is sure, whatever comes first of wins that are equally strong.
fn candidates(options: usize, wins: &[Win], outcome: &mut Outcome) -> Vec<usize> {
    let (mut sure, mut possible) = (Reach::new(options), Reach::new(options));
    let (mut locks, mut loses) = (Vec::with_capacity(wins.len()), vec![false; options]);
    for equals in wins.chunk_by(|win, next| win.strength == next.strength) {
        let is_possible: Vec<bool> = equals.iter().map(|win| !sure.leads(win.loser, win.winner)).collect();
        let pursued = equals.iter().zip(&is_possible).filter(|&(_, &is_possible)| is_possible);
        pursued.for_each(|(win, _)| possible.keep(win));
        for (win, is_possible) in equals.iter().zip(is_possible) {
            let standing = match (is_possible, possible.leads(win.loser, win.winner)) {
                (false, _) => Standing::Contradicted,
                (true, true) => Standing::Possible,
                (true, false) => Standing::Sure,
            };
            if standing == Standing::Sure {
                sure.keep(win);
                loses[win.loser] = true;
            }
            locks.push((win, standing));
        }
    }
    tell(&locks, &loses, outcome);
    (0..options).filter(|&option| !loses[option]).collect()
}

/// Of all wins, the strongest first, those that make the candidates: over each option that is none the strongest sure one, and those
/// over the candidates.
fn tell(locks: &[(&Win, Standing)], loses: &[bool], outcome: &mut Outcome) {
    let mut told = vec![false; loses.len()];
    let mut others = 0;
    for &(&Win { winner, loser, strength }, standing) in locks {
        let is_first = standing == Standing::Sure && !told[loser];
        if loses[loser] && !is_first {
            others += 1;
            continue;
        }
        told[loser] |= is_first;
        outcome.steps.push(Step::Lock { winner, loser, strength, standing });
    }
    if others > 0 {
        outcome.steps.push(Step::OtherLocks { wins: others });
    }
}

/// The option over which no pair is kept, when all pairs are gone through in this order. One of each two options stands
/// above the other then, so there is exactly one.
fn first_of_order(options: usize, order: &[Win]) -> Option<usize> {
    let mut kept = Reach::new(options);
    let mut loses = vec![false; options];
    for pair in order {
        if !kept.leads(pair.loser, pair.winner) {
            kept.keep(pair);
            loses[pair.loser] = true;
        }
    }
    (0..options).find(|&option| !loses[option])
}

/// All wins, the strongest first.
fn wins(pairs: &Pairs) -> Vec<Win> {
    let win = |(winner, loser)| pairs.win(winner, loser).map(|strength| Win { winner, loser, strength });
    let mut wins: Vec<Win> = couples(pairs).filter_map(win).collect();
    wins.sort_by_key(|win| Reverse(win.strength));
    wins
}

/// The pairs that neither option wins, both ways.
fn level_pairs(pairs: &Pairs) -> impl Iterator<Item = Win> {
    let level = |&(a, b): &(usize, usize)| pairs.votes(a, b) == pairs.votes(b, a);
    couples(pairs).filter(level).map(|(winner, loser)| {
        let votes = pairs.votes(winner, loser);
        Win { winner, loser, strength: Strength { support: votes, against: votes } }
    })
}

/// All pairs of two options, both ways.
fn couples(pairs: &Pairs) -> impl Iterator<Item = (usize, usize)> {
    let options = pairs.options();
    (0..options).flat_map(move |a| (0..options).filter(move |&b| b != a).map(move |b| (a, b)))
}

impl Win {
    /// What wins are ordered by: pairs that neither wins come after all wins, however many votes they have.
    fn rank(&self) -> Option<Strength> {
        Some(self.strength).filter(|strength| strength.support > strength.against)
    }
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
    fn keep(&mut self, win: &Win) {
        if self.leads[win.winner][win.loser] {
            return;
        }
        let mut below = self.leads[win.loser].clone();
        below[win.loser] = true;
        for (from, leads) in self.leads.iter_mut().enumerate() {
            if from == win.winner || leads[win.winner] {
                leads.iter_mut().zip(&below).for_each(|(leads, &below)| *leads |= below);
            }
        }
    }
}
