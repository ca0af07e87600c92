//! Counting the pairs that each option wins. Implements specs/counting.md#pairs.

use crate::cut::cut;
use crate::outcome::{Entrant, Outcome, Score, Step, Undecided};
use crate::tie_break::TieBreak;
use crate::totals::Pairs;

/// Who beats every other option, or nobody. Implements specs/counting.md#pairs.
pub(crate) fn condorcet(pairs: &Pairs, outcome: &mut Outcome) {
    let options = 0..pairs.options();
    // For each option the first other that it does not beat.
    let fails = |a: usize| options.clone().find(|&b| a != b && pairs.win(a, b).is_none());
    if let Some(winner) = options.clone().find(|&a| fails(a).is_none()) {
        let wins = options.clone().filter_map(|loser| pairs.win(winner, loser).map(|strength| (loser, strength)));
        outcome.steps.extend(wins.map(|(loser, strength)| Step::Beats { winner, loser, strength }));
        outcome.win(Entrant::Option(winner), Score::Candidate);
        return;
    }
    let failures = options.clone().filter_map(|option| fails(option).map(|other| (option, other)));
    outcome.steps.extend(failures.map(|(option, other)| Step::Fails {
        option,
        other,
        support: pairs.votes(option, other),
        against: pairs.votes(other, option),
    }));
    outcome.undecided.push(Undecided::between(1, &[]));
}

/// The most pairs won. Implements specs/counting.md#pairs.
pub(crate) fn copeland(pairs: &Pairs, tie_break: &TieBreak, outcome: &mut Outcome) {
    let mut candidates = Vec::new();
    for option in 0..pairs.options() {
        let (mut beats, mut level) = (0, 0);
        for other in (0..pairs.options()).filter(|&other| other != option) {
            match (pairs.win(option, other), pairs.win(other, option)) {
                (Some(_), _) => beats += 1,
                (None, None) => level += 1,
                (None, Some(_)) => {}
            }
        }
        outcome.steps.push(Step::Record { option, beats, level });
        candidates.push((Entrant::Option(option), 2 * beats + level));
    }
    outcome.settle(cut(candidates, 1), Score::Points, tie_break);
}
