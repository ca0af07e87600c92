//! Rankings: pairs of options, and the options that win by them. Implements specs/counting.md#pairs.

use std::cmp::Reverse;

/// N(a,b) for all options a, b: the weight of the ballots that rank a above b.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pairs(Vec<Vec<u64>>);

/// How strong a win is: more for it, then fewer against it.
type Strength = (u64, Reverse<u64>);

/// A win of the first option over the second.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Win {
    pub winner: usize,
    pub loser: usize,
    strength: Strength,
}

/// What ranked pairs makes of the wins.
#[derive(Debug)]
pub struct RankedPairs {
    /// The options over which no win is sure.
    pub candidates: Vec<usize>,
    /// Wins that are not possible, for stronger ones contradict them; the strongest first.
    pub dropped: Vec<Win>,
    /// Wins that are possible and not sure, for others as strong contradict them.
    pub open: Vec<Win>,
}

impl Pairs {
    /// From the totals of the slots. Without ties only the pairs (a, b) with a < b have slots: what a ballot does not
    /// give to one of the two it gives to the other.
    pub fn new(options: usize, ties: bool, totals: &[u64], weight: u64) -> Self {
        let mut rows = vec![vec![0u64; options]; options];
        let pairs = (0..options).flat_map(|a| (0..options).map(move |b| (a, b)));
        let with_slots = pairs.filter(|(a, b)| if ties { a != b } else { a < b });
        let mut set = |a: usize, b: usize, value: u64| {
            rows.get_mut(a).and_then(|row| row.get_mut(b)).into_iter().for_each(|place| *place = value);
        };
        for ((a, b), total) in with_slots.zip(totals) {
            set(a, b, *total);
            if !ties {
                set(b, a, weight.saturating_sub(*total));
            }
        }
        Self(rows)
    }

    /// Row a, column b is N(a,b).
    pub fn rows(&self) -> &[Vec<u64>] {
        &self.0
    }

    fn options(&self) -> std::ops::Range<usize> {
        0..self.0.len()
    }

    /// N(a,b).
    pub fn above(&self, a: usize, b: usize) -> u64 {
        self.0.get(a).and_then(|row| row.get(b)).copied().unwrap_or(0)
    }

    /// Whether a beats b.
    pub fn beats(&self, a: usize, b: usize) -> bool {
        self.above(a, b) > self.above(b, a)
    }

    fn strength(&self, a: usize, b: usize) -> Option<Strength> {
        self.beats(a, b).then(|| (self.above(a, b), Reverse(self.above(b, a))))
    }

    /// Who beats every other option.
    pub fn condorcet(&self) -> Option<usize> {
        self.options().find(|a| self.options().all(|b| b == *a || self.beats(*a, b)))
    }

    /// Each option with 2 for each option that it beats and 1 for each that neither beats it nor is beaten.
    pub fn copeland(&self) -> Vec<(usize, u128)> {
        let points = |a: usize, b: usize| match (self.beats(a, b), self.beats(b, a)) {
            _ if a == b => 0,
            (true, _) => 2,
            (false, false) => 1,
            (false, true) => 0,
        };
        self.options().map(|a| (a, self.options().map(|b| points(a, b)).sum())).collect()
    }

    /// The options to which no other has a stronger path than they have to it.
    pub fn schulze(&self) -> Vec<usize> {
        let paths = self.strongest_paths();
        let path = |a: usize, b: usize| paths.get(a).and_then(|row| row.get(b)).copied().flatten();
        self.options().filter(|a| self.options().all(|b| path(b, *a) <= path(*a, b))).collect()
    }

    /// The strength of the strongest path between any two; none, which is less than all, if there is no path.
    fn strongest_paths(&self) -> Vec<Vec<Option<Strength>>> {
        let mut paths: Vec<Vec<Option<Strength>>> =
            self.options().map(|a| self.options().map(|b| self.strength(a, b)).collect()).collect();
        for middle in self.options() {
            let Some(from_middle) = paths.get(middle).cloned() else {
                continue;
            };
            for row in &mut paths {
                let to_middle = row.get(middle).copied().flatten();
                for (path, onwards) in row.iter_mut().zip(&from_middle) {
                    *path = (*path).max(to_middle.min(*onwards));
                }
            }
        }
        paths
    }

    /// Every win, from the strongest on.
    fn wins(&self) -> Vec<Win> {
        let all = self.options().flat_map(|a| self.options().map(move |b| (a, b)));
        let win = |(winner, loser)| Some(Win { winner, loser, strength: self.strength(winner, loser)? });
        let mut wins: Vec<Win> = all.filter_map(win).collect();
        wins.sort_by_key(|win| Reverse(win.strength));
        wins
    }

    /// Goes through the wins from the strongest to the weakest, those of equal strength together.
    pub fn ranked_pairs(&self) -> RankedPairs {
        let (mut possible, mut sure) = (Paths::new(self.0.len()), Paths::new(self.0.len()));
        let (mut dropped, mut open) = (Vec::new(), Vec::new());
        let mut beaten = Vec::new();
        for equals in self.wins().chunk_by(|a, b| a.strength == b.strength) {
            // Possible: no path of sure wins, all stronger, contradicts it.
            let (refused, kept): (Vec<&Win>, Vec<&Win>) =
                equals.iter().partition(|win| sure.leads(win.loser, win.winner));
            kept.iter().for_each(|win| possible.add(win.winner, win.loser));
            // Sure: nor does one of possible wins, all stronger or as strong.
            let (unsure, certain): (Vec<&Win>, Vec<&Win>) =
                kept.into_iter().partition(|win| possible.leads(win.loser, win.winner));
            certain.iter().for_each(|win| sure.add(win.winner, win.loser));
            beaten.extend(certain.iter().map(|win| win.loser));
            dropped.extend(refused);
            open.extend(unsure);
        }
        let candidates = self.options().filter(|option| !beaten.contains(option)).collect();
        RankedPairs { candidates, dropped, open }
    }

    /// Who wins if wins of equal strength are gone through one after another, in the order of the tie-break.
    pub fn ranked_pairs_in_order(&self, order: &[u64]) -> Option<usize> {
        let place = |option: usize| order.iter().position(|other| usize::try_from(*other) == Ok(option));
        let pairs = self.options().flat_map(|a| self.options().map(move |b| (a, b))).filter(|(a, b)| a != b);
        // The strongest win first, and what neither option wins last: it has no strength.
        let mut pairs: Vec<(usize, usize)> = pairs.filter(|(a, b)| !self.beats(*b, *a)).collect();
        pairs.sort_by_key(|(a, b)| (Reverse(self.strength(*a, *b)), place(*a)));
        let mut kept = Paths::new(self.0.len());
        let mut beaten = Vec::new();
        for (a, b) in pairs {
            if !kept.leads(b, a) {
                kept.add(a, b);
                beaten.push(b);
            }
        }
        self.options().find(|option| !beaten.contains(option))
    }
}

/// Which options are reached from which by a path of wins.
struct Paths(Vec<Vec<bool>>);

impl Paths {
    fn new(options: usize) -> Self {
        Self(vec![vec![false; options]; options])
    }

    fn leads(&self, from: usize, to: usize) -> bool {
        self.0.get(from).and_then(|row| row.get(to)).copied().unwrap_or(false)
    }

    /// Adds a win: whatever reached its winner reaches its loser and all that the loser reached.
    fn add(&mut self, winner: usize, loser: usize) {
        let Some(mut onwards) = self.0.get(loser).cloned() else {
            return;
        };
        onwards.get_mut(loser).into_iter().for_each(|place| *place = true);
        for (from, row) in self.0.iter_mut().enumerate() {
            if from == winner || row.get(winner).copied().unwrap_or(false) {
                row.iter_mut().zip(&onwards).for_each(|(place, further)| *place |= further);
            }
        }
    }
}
