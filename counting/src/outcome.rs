//! The outcome of a contest, and the steps that led to it. Implements specs/counting.md#outcome.

use std::collections::BTreeSet;

use crate::cut::Cut;
use crate::rule::{CountingRule, Method};
use crate::tie_break::TieBreak;
use crate::totals::Strength;

/// Who can win a seat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Entrant {
    /// The option of this number, from 0, in the order of the manifest.
    Option(usize),
    /// The list of this number, from 0, in the order of the manifest.
    List(usize),
}

/// Who won, and what is open. Implements specs/counting.md#outcome.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// How totals became seats.
    pub method: Method,
    /// How many seats there were.
    pub seats: u64,
    /// The options that won a seat.
    pub elected: BTreeSet<usize>,
    /// The ties that nobody decided: that between lists first, then those within lists in the order of the lists.
    pub undecided: Vec<Undecided>,
    /// Seats that nobody is there to take.
    pub vacant: u64,
    /// Whether a tie was decided by the manifest's tie-break.
    pub by_tie_break: bool,
    /// The seats of each list, for methods that give seats to lists.
    pub list_seats: Option<Vec<u64>>,
    /// How it came about, in order. [`Outcome::explain`] makes sentences of them.
    pub steps: Vec<Step>,
}

/// A tie that leaves seats open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undecided {
    /// How many seats are open.
    pub seats: u64,
    /// The options that tie for them, ascending; none where lists tie, or where nobody beats every other option.
    pub options: Vec<usize>,
    /// The lists that tie for them, ascending.
    pub lists: Vec<usize>,
}

/// One step of a count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Seats are to be filled with options by their totals.
    Fill {
        /// The list whose seats they are; `None`: those of the contest.
        list: Option<usize>,
        /// How many.
        seats: u64,
    },
    /// One seat is won.
    Seat {
        /// By whom.
        entrant: Entrant,
        /// With what.
        score: Score,
    },
    /// More tie than seats are left.
    Tie {
        /// How many seats are left.
        seats: u64,
        /// Who ties, ascending.
        between: Vec<Entrant>,
        /// With what.
        score: Score,
        /// Who wins by the manifest's tie-break; `None` without one.
        won: Option<Vec<Entrant>>,
    },
    /// Nobody is left to take so many seats.
    Vacant {
        /// How many.
        seats: u64,
    },
    /// One option beats another: for "condorcet".
    Beats {
        /// Who beats.
        winner: usize,
        /// Whom.
        loser: usize,
        /// How many are for it and against it.
        strength: Strength,
    },
    /// An option does not beat another, so it does not beat every other: for "condorcet".
    Fails {
        /// Who does not beat.
        option: usize,
        /// Whom.
        other: usize,
        /// How many rank the option above the other.
        support: u64,
        /// How many rank the other above the option.
        against: u64,
    },
    /// The pairs of an option: for "copeland".
    Record {
        /// The option.
        option: usize,
        /// How many others it beats.
        beats: u64,
        /// How many others it neither beats nor is beaten by.
        level: u64,
    },
    /// An option is no candidate, since another has a stronger path to it than it has back: for "schulze".
    Paths {
        /// The other.
        from: usize,
        /// The option.
        to: usize,
        /// The strength of the strongest path.
        there: Strength,
        /// The same in the other direction; `None` if there is no path.
        back: Option<Strength>,
    },
    /// A win is gone through: for "ranked-pairs". Told are the strongest sure win over each option that is no candidate, and all wins
    /// over candidates.
    Lock {
        /// Who beats.
        winner: usize,
        /// Whom.
        loser: usize,
        /// How strongly.
        strength: Strength,
        /// Whether it is kept.
        standing: Standing,
    },
    /// The other wins, all over options that are no candidates: for "ranked-pairs".
    OtherLocks {
        /// How many.
        wins: usize,
    },
    /// The seats of a list, each with the greatest quotient when it was given: for "dhondt" and "sainte-lague".
    Quotients {
        /// The list.
        list: usize,
        /// How many seats.
        seats: u64,
        /// Its total.
        votes: u64,
        /// By what the total was divided for the first seat.
        first: u64,
        /// The same for the last.
        last: u64,
    },
    /// The whole seats of a list: for "largest-remainder".
    Quota {
        /// The list.
        list: usize,
        /// Its total.
        votes: u64,
        /// ⌊v·S/V⌋.
        whole: u64,
        /// The remainder of v·S divided by V.
        remainder: u128,
    },
    /// No list has votes, so none gets a seat.
    NoVotes,
    /// The seats of a list without options are only counted.
    Counted {
        /// The list.
        list: usize,
        /// How many.
        seats: u64,
    },
}

/// Whether "ranked-pairs" keeps a win. Implements specs/counting.md#pairs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It is kept, whatever comes first of wins that are equally strong.
    Sure,
    /// What is equally strong may contradict it.
    Possible,
    /// It is not kept, whatever comes first.
    Contradicted,
}

/// With what a seat is won.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Score {
    /// A total.
    Total(u64),
    /// 2 for each option beaten and 1 for each that neither beats nor is beaten.
    Points(u64),
    /// A total divided by this.
    Quotient {
        /// The total.
        votes: u64,
        /// 1, 2, 3, … or 1, 3, 5, ….
        divisor: u64,
    },
    /// What the whole seats left over.
    Remainder(u128),
    /// As the method's only candidate, or one of several.
    Candidate,
}

impl Outcome {
    /// Before anything is counted.
    pub(crate) fn before(rule: &CountingRule) -> Self {
        Self {
            method: rule.method,
            seats: rule.seats,
            elected: BTreeSet::new(),
            undecided: Vec::new(),
            vacant: 0,
            by_tie_break: false,
            list_seats: None,
            steps: Vec::new(),
        }
    }

    /// Takes over what a cut decided, with the tie-break where it left a tie. Who won a seat is returned.
    pub(crate) fn settle<S: Copy>(
        &mut self,
        cut: Cut<S>,
        score: impl Fn(S) -> Score,
        tie_break: &TieBreak,
    ) -> Vec<Entrant> {
        let mut winners = Vec::new();
        for (entrant, with) in cut.elected {
            self.win(entrant, score(with));
            winners.push(entrant);
        }
        if let Some(tie) = cut.tie {
            let won = tie_break.first(&tie.between, tie.seats);
            winners.extend(self.tie(tie.seats, tie.between, score(tie.score), won));
        }
        if cut.vacant > 0 {
            self.leave_vacant(cut.vacant);
        }
        winners
    }

    /// More tie than seats are left. Who wins by the tie-break is returned; without one the seats are undecided.
    pub(crate) fn tie(
        &mut self,
        seats: u64,
        between: Vec<Entrant>,
        score: Score,
        won: Option<Vec<Entrant>>,
    ) -> Vec<Entrant> {
        match &won {
            Some(winners) => {
                self.by_tie_break = true;
                winners.iter().for_each(|&winner| self.elect(winner));
            }
            None => self.undecided.push(Undecided::between(seats, &between)),
        }
        self.steps.push(Step::Tie { seats, between, score, won: won.clone() });
        won.unwrap_or_default()
    }

    /// One seat is won without a tie.
    pub(crate) fn win(&mut self, entrant: Entrant, score: Score) {
        self.elect(entrant);
        self.steps.push(Step::Seat { entrant, score });
    }

    /// Options are elected; the seats of lists are counted by who gives them.
    fn elect(&mut self, entrant: Entrant) {
        if let Entrant::Option(option) = entrant {
            self.elected.insert(option);
        }
    }

    /// Nobody is there to take so many seats.
    pub(crate) fn leave_vacant(&mut self, seats: u64) {
        self.vacant += seats;
        self.steps.push(Step::Vacant { seats });
    }
}

impl Undecided {
    /// So many seats, and who ties for them.
    pub(crate) fn between(seats: u64, entrants: &[Entrant]) -> Self {
        let mut undecided = Self { seats, options: Vec::new(), lists: Vec::new() };
        for entrant in entrants {
            match *entrant {
                Entrant::Option(option) => undecided.options.push(option),
                Entrant::List(list) => undecided.lists.push(list),
            }
        }
        undecided
    }
}
