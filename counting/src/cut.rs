//! Filling seats by a score. Implements specs/counting.md#outcome, "Cutting".

use crate::outcome::{Entrant, Outcome, Score, Step};
use crate::tie_break::TieBreak;

/// What a score decides.
pub(crate) struct Cut<S> {
    /// Who wins a seat without a tie, the highest score first.
    pub(crate) elected: Vec<(Entrant, S)>,
    /// The tie for the seats left, if there is one.
    pub(crate) tie: Option<Tie<S>>,
    /// Seats that no candidate is there for.
    pub(crate) vacant: u64,
}

/// More candidates have a score than seats are left for it.
pub(crate) struct Tie<S> {
    /// The seats left: at least one.
    pub(crate) seats: u64,
    /// Who has the score, ascending: more than the seats.
    pub(crate) between: Vec<Entrant>,
    pub(crate) score: S,
}

/// Fills seats from candidates by their scores.
pub(crate) fn cut<S: Ord + Copy>(mut candidates: Vec<(Entrant, S)>, seats: u64) -> Cut<S> {
    candidates.sort_by(|(a, with), (b, than)| than.cmp(with).then(a.cmp(b)));
    let number = candidates.len() as u64;
    let last = usize::try_from(seats).unwrap_or(usize::MAX);
    // "Let c be the s-th highest score": there is one if there are more candidates than seats, and a seat.
    let score = last.checked_sub(1).filter(|_| last < candidates.len()).map(|place| candidates[place].1);
    let Some(score) = score else {
        candidates.truncate(last);
        return Cut { elected: candidates, tie: None, vacant: seats.saturating_sub(number) };
    };
    let above = candidates.partition_point(|&(_, with)| with > score);
    let level = candidates.partition_point(|&(_, with)| with >= score);
    if level <= last {
        candidates.truncate(last);
        return Cut { elected: candidates, tie: None, vacant: 0 };
    }
    let between = candidates[above..level].iter().map(|&(entrant, _)| entrant).collect();
    candidates.truncate(above);
    let tie = Tie { seats: seats - above as u64, between, score };
    Cut { elected: candidates, tie: Some(tie), vacant: 0 }
}

/// Fills the one seat with the one candidate of a method; more tie for it.
pub(crate) fn elect_candidate(candidates: &[usize], tie_break: &TieBreak, outcome: &mut Outcome) {
    let candidates = candidates.iter().map(|&option| (Entrant::Option(option), ())).collect();
    outcome.settle(cut(candidates, 1), |()| Score::Candidate, tie_break);
}

/// The options with the highest totals. Implements specs/counting.md#highest.
pub(crate) fn highest(totals: &[u64], seats: u64, tie_break: &TieBreak, outcome: &mut Outcome) {
    outcome.steps.push(Step::Fill { list: None, seats });
    let candidates = totals.iter().enumerate().map(|(option, &total)| (Entrant::Option(option), total)).collect();
    outcome.settle(cut(candidates, seats), Score::Total, tie_break);
}
