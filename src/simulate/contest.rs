//! The contest that a file of votes asks for, and what its votes select there.

use anyhow::{Result, ensure};
use tabella_counting::rule::{CountingRule, Method};
use tabella_election::contest::Selection;
use tabella_election::message::{Choice, ContestKind, Counting, Positional, Ranking, Score};

use crate::votes::{Rule, Vote};

/// How rankings are counted if nobody says how.
const USUAL_METHOD: Method = Method::Schulze;

/// The kind of contest of this rule.
pub fn kind(rule: &Rule) -> ContestKind {
    match rule {
        Rule::Choice { min, max } => ContestKind::Choice(Choice { min: *min, max: *max, blank: false }),
        Rule::Score { most, min, max } => ContestKind::Score(Score { most: *most, min: *min, max: *max }),
        Rule::Positional { min, weights } => {
            ContestKind::Positional(Positional { min: *min, weights: weights.clone() })
        }
        Rule::Ranking { ties } => ContestKind::Ranking(Ranking { ties: *ties }),
    }
}

/// How such a contest is counted. Rankings elect one option; all other totals are the outcome: the rules by which
/// projects are paid for are not those of [`tabella_counting`].
pub fn counting(rule: &Rule, method: Option<Method>) -> Result<Counting> {
    let is_ranking = matches!(rule, Rule::Ranking { .. });
    ensure!(is_ranking || method.is_none(), "--counting is for rankings, and the file has none");
    let method = method.unwrap_or(USUAL_METHOD);
    Ok(Counting(is_ranking.then_some(CountingRule { method, seats: 1, tie_break: None })))
}

/// What this vote selects in a contest of that kind.
pub fn selection(vote: &Vote) -> Selection {
    match vote {
        Vote::Options(chosen) => Selection::Options(chosen.clone()),
        Vote::Points(points) => Selection::Numbers(points.clone()),
        Vote::Ranking(places) => Selection::Ranking(places.clone()),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_rule_is_a_contest() {
        let set = |options: &[usize]| options.iter().copied().collect::<BTreeSet<usize>>();
        for (rule, wanted, vote, selected) in [
            (
                Rule::Choice { min: 1, max: 3 },
                ContestKind::Choice(Choice { min: 1, max: 3, blank: false }),
                Vote::Options(set(&[0, 2])),
                Selection::Options(set(&[0, 2])),
            ),
            (
                Rule::Score { most: 3, min: 0, max: 6 },
                ContestKind::Score(Score { most: 3, min: 0, max: 6 }),
                Vote::Points(vec![1, 2]),
                Selection::Numbers(vec![1, 2]),
            ),
            (
                Rule::Positional { min: 1, weights: vec![2, 1] },
                ContestKind::Positional(Positional { min: 1, weights: vec![2, 1] }),
                Vote::Ranking(vec![set(&[1])]),
                Selection::Ranking(vec![set(&[1])]),
            ),
            (
                Rule::Ranking { ties: true },
                ContestKind::Ranking(Ranking { ties: true }),
                Vote::Ranking(vec![set(&[1, 2])]),
                Selection::Ranking(vec![set(&[1, 2])]),
            ),
        ] {
            assert_eq!(kind(&rule), wanted);
            assert!(selection(&vote) == selected);
        }
    }

    #[test]
    fn rankings_alone_are_counted() {
        let method = |rule: &Rule, method| counting(rule, method).unwrap().0.map(|rule| rule.method);
        let ranking = Rule::Ranking { ties: false };
        let choice = Rule::Choice { min: 1, max: 1 };
        assert_eq!(method(&ranking, None), Some(Method::Schulze));
        assert_eq!(method(&ranking, Some(Method::Copeland)), Some(Method::Copeland));
        assert_eq!(method(&choice, None), None);
        assert!(
            counting(&choice, Some(Method::Schulze)).unwrap_err().to_string().contains("--counting is for rankings")
        );
    }
}
