//! Who is elected. Implements specs/counting.md#outcome.

use super::cut::{Cut, Tie, cut};
use super::lists::{by_quotients, by_remainders};
use super::pairs::Win;
use super::words::{Words, counted};
use super::{Method, Pairs, Rule};
use crate::contest::Contest;
use crate::totals::Totals;

/// What follows from the totals by the counting rule.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Options, in the order of the manifest.
    pub elected: Vec<usize>,
    /// Seats that ties leave open: first that between lists, then those within lists in their order.
    pub undecided: Vec<Undecided>,
    /// Seats that nobody is there to take.
    pub vacant: u64,
    /// Whether a tie was decided by the manifest's tie-break.
    pub by_tie_break: bool,
    /// The seats of each list, where seats go to lists first.
    pub lists: Option<Vec<u64>>,
    /// Sentences for people.
    pub explanation: Vec<String>,
}

/// Seats for which options, or lists, tie.
#[derive(Debug, PartialEq, Eq)]
pub struct Undecided {
    pub seats: u64,
    pub options: Vec<usize>,
    pub lists: Vec<usize>,
}

impl Outcome {
    /// Counts by the contest's rule. For totals of at least one ballot.
    pub fn new(contest: &Contest, rule: &Rule, totals: &Totals) -> Self {
        let mut outcome = Self::default();
        let options = totals.options.as_deref().unwrap_or(&[]);
        match (rule.method, &totals.pairs) {
            (Method::Highest, _) => {
                let all: Vec<usize> = (0..options.len()).collect();
                outcome.cut_options(contest, rule, options, &all, rule.seats, "their totals");
            }
            (Method::Dhondt | Method::SainteLague | Method::LargestRemainder, _) => {
                outcome.count_lists(contest, rule, options, totals.lists.as_deref().unwrap_or(&[]));
            }
            (_, Some(pairs)) => outcome.count_pairs(contest, rule, pairs),
            // A ranking has pairs.
            (_, None) => {}
        }
        outcome.elected.sort_unstable();
        outcome
    }

    /// Cuts some options by their totals.
    fn cut_options(&mut self, contest: &Contest, rule: &Rule, totals: &[u64], of: &[usize], seats: u64, by: &str) {
        let total = |option: usize| u128::from(totals.get(option).copied().unwrap_or(0));
        let candidates: Vec<(usize, u128)> = of.iter().map(|option| (*option, total(*option))).collect();
        let cut = cut(&candidates, seats, rule.tie_break.as_deref());
        self.explanation.extend(Words::new(contest).cut(&cut, by, total));
        self.add(cut);
    }

    /// Takes the result of a cut of options.
    fn add(&mut self, cut: Cut) {
        self.elected.extend(cut.elected);
        self.vacant += cut.vacant;
        if let Some(tie) = cut.tie {
            self.add_tie(&tie, tie.entrants.clone(), Vec::new());
        }
    }

    fn add_tie(&mut self, tie: &Tie, options: Vec<usize>, lists: Vec<usize>) {
        self.by_tie_break |= tie.decided.is_some();
        if tie.undecided() > 0 {
            self.undecided.push(Undecided { seats: tie.seats, options, lists });
        }
    }

    /// One seat by the pairs of a ranking.
    fn count_pairs(&mut self, contest: &Contest, rule: &Rule, pairs: &Pairs) {
        let words = Words::new(contest);
        let order = rule.tie_break.as_deref();
        let among = |candidates: &[usize]| {
            let level: Vec<(usize, u128)> = candidates.iter().map(|option| (*option, 0)).collect();
            cut(&level, 1, order)
        };
        match rule.method {
            Method::Copeland => {
                let points = pairs.copeland();
                let cut = cut(&points, 1, order);
                let of = |option: usize| points.get(option).map_or(0, |(_, points)| *points);
                self.explanation.push(
                    "Each option has 2 points for each that it beats and 1 for each that it draws with.".to_owned(),
                );
                self.explanation.extend(words.cut(&cut, "points", of));
                self.add(cut);
            }
            Method::Schulze => {
                let candidates = pairs.schulze();
                let cut = among(&candidates);
                self.explanation.push(format!(
                    "No option has a stronger path of wins to {} than the other way round.",
                    words.names(&candidates)
                ));
                self.explain_single(words, &cut);
                self.add(cut);
            }
            Method::RankedPairs => {
                let ranked = pairs.ranked_pairs();
                let mut cut = among(&ranked.candidates);
                // Its tie-break is one of wins, not of options.
                if let (Some(tie), Some(order)) = (&mut cut.tie, order) {
                    let winner: Vec<usize> = pairs.ranked_pairs_in_order(order).into_iter().collect();
                    tie.decided = Some(winner.clone());
                    cut.elected = winner;
                }
                let names = |wins: &[Win]| wins.iter().map(|win| (win.winner, win.loser)).collect::<Vec<_>>();
                let dropped = words.wins("Dropped, since stronger wins contradict them", &names(&ranked.dropped));
                let open = words.wins("Not sure, since wins as strong contradict them", &names(&ranked.open));
                self.explanation.extend(dropped.into_iter().chain(open));
                self.explanation.push(format!("No sure win is over {}.", words.names(&ranked.candidates)));
                self.explain_single(words, &cut);
                self.add(cut);
            }
            _ => match pairs.condorcet() {
                Some(winner) => {
                    self.explanation.push(format!("{} beats every other option.", words.name(winner)));
                    self.elected.push(winner);
                }
                None => {
                    self.explanation.push(
                        "No option beats every other one: there is a cycle or a tie, and nobody is elected.".to_owned(),
                    );
                    self.undecided.push(Undecided { seats: 1, options: Vec::new(), lists: Vec::new() });
                }
            },
        }
    }

    /// Who is elected of those whom nobody stands before.
    fn explain_single(&mut self, words: Words<'_>, cut: &Cut) {
        match &cut.tie {
            Some(tie) => self.explanation.push(words.tie(tie)),
            None => self.explanation.push(format!("Elected: {}.", words.names(&cut.elected))),
        }
    }

    /// Seats to lists, then in each list to its options.
    fn count_lists(&mut self, contest: &Contest, rule: &Rule, options: &[u64], votes: &[u64]) {
        let words = Words::new(contest);
        let order = rule.tie_break.as_deref();
        let first = contest.options.len();
        let (given, how) = match rule.method {
            Method::Dhondt => (by_quotients(votes, rule.seats, |seats| seats + 1, first, order), "1, 2, 3, …"),
            Method::SainteLague => (by_quotients(votes, rule.seats, |seats| 2 * seats + 1, first, order), "1, 3, 5, …"),
            _ => (by_remainders(votes, rule.seats, first, order), ""),
        };
        self.explanation.push(if how.is_empty() {
            "Each list gets the whole part of its share of the seats; the seats left go by the largest remainders."
                .to_owned()
        } else {
            format!("The seats go one after another to the greatest quotient of a list's votes and {how}")
        });
        self.vacant += given.vacant;
        if let Some(tie) = &given.tie {
            self.explanation.push(words.tie(tie));
            self.add_tie(tie, Vec::new(), tie.entrants.iter().map(|entrant| entrant.saturating_sub(first)).collect());
        }
        let mut next = 0usize;
        for (number, (list, seats)) in contest.lists().iter().zip(&given.seats).enumerate() {
            let size = usize::try_from(list.options).unwrap_or(usize::MAX);
            let of: Vec<usize> = (next..next.saturating_add(size).min(first)).collect();
            next += of.len();
            let total = counted(votes.get(number).copied().unwrap_or(0), "vote");
            self.explanation.push(format!("{}: {total}, {}.", list.title, counted(*seats, "seat")));
            // A list without options elects nobody, and its seats are only counted.
            if !of.is_empty() {
                self.cut_options(contest, rule, options, &of, *seats, "their votes in the list");
            }
        }
        self.lists = Some(given.seats);
    }
}
