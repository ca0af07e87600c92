//! Short ways to write rules, totals and rankings, and made-up ones.

use tabella_counting::count;
use tabella_counting::outcome::{Outcome, Undecided};
use tabella_counting::rule::{CountingRule, Method};
use tabella_counting::totals::{ListTotals, Pairs, Totals};

/// A rule; without a tie-break if the order is empty.
pub fn rule(method: Method, seats: u64, tie_break: &[u64]) -> CountingRule {
    CountingRule { method, seats, tie_break: Some(tie_break.to_vec()).filter(|order| !order.is_empty()) }
}

/// The pairs of ballots: how many, and their order as letters; options between which a ballot has `=` share a place.
pub fn pairs(options: &str, ballots: &[(u64, &str)]) -> Pairs {
    let letters: Vec<char> = options.chars().collect();
    Pairs::new(letters.len(), |a, b| {
        ballots.iter().filter(|(_, order)| stands_above(order, letters[a], letters[b])).map(|(votes, _)| votes).sum()
    })
}

fn stands_above(order: &str, a: char, b: char) -> bool {
    let places = order.chars().scan((0, false), |(place, shared), letter| {
        if letter == '=' {
            *shared = true;
        } else {
            *place += i32::from(!*shared);
            *shared = false;
        }
        Some((letter, *place))
    });
    let place = |wanted: char| places.clone().find(|&(letter, _)| letter == wanted).unwrap().1;
    place(a) < place(b)
}

pub fn elected(outcome: &Outcome) -> Vec<usize> {
    outcome.elected.iter().copied().collect()
}

/// Seats that options tie for.
pub fn open(seats: u64, options: &[usize]) -> Undecided {
    Undecided { seats, options: options.to_vec(), lists: Vec::new() }
}

/// Seats that lists tie for.
pub fn open_lists(seats: u64, lists: &[usize]) -> Undecided {
    Undecided { seats, options: Vec::new(), lists: lists.to_vec() }
}

/// The outcome of a contest of lists, each a total and the totals of its options.
pub fn count_lists(rule: &CountingRule, lists: &[(u64, &[u64])]) -> Outcome {
    let options: Vec<u64> = lists.iter().flat_map(|(_, options)| options.iter().copied()).collect();
    let lists: Vec<ListTotals> =
        lists.iter().map(|&(total, options)| ListTotals { total, options: options.len() }).collect();
    count(rule, &Totals::Lists { options: &options, lists: &lists }).unwrap()
}

/// Numbers that are made up, the same each time (SplitMix64).
pub struct MadeUp(pub u64);

impl MadeUp {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below.
    pub fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    /// An order of the numbers below.
    pub fn order(&mut self, number: usize) -> Vec<u64> {
        let mut order: Vec<u64> = (0..number as u64).collect();
        for last in (1..number).rev() {
            order.swap(last, self.below(last as u64 + 1) as usize);
        }
        order
    }
}
