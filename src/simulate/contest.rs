//! The contest that a file of votes asks for, and what its votes select there.

use tabella_election::contest::Selection;
use tabella_election::message::{Choice, ContestKind};
use thiserror::Error;

use crate::votes::{Rule, Vote};

/// Votes of a rule for which there is no kind of contest.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{0} cannot be voted on yet; choosing some of the options can")]
pub struct Unsupported(&'static str);

/// The kind of contest of this rule.
pub fn kind(rule: &Rule) -> Result<ContestKind, Unsupported> {
    match rule {
        Rule::Choice { min, max } => Ok(ContestKind::Choice(Choice { min: *min, max: *max, blank: false })),
        Rule::Score { .. } => Err(Unsupported("giving points to the options")),
        Rule::Positional { .. } => Err(Unsupported("giving points to the options by ranking them")),
        Rule::Ranking { .. } => Err(Unsupported("ranking the options")),
    }
}

/// What this vote selects in a contest of that kind.
pub fn selection(vote: &Vote) -> Result<Selection, Unsupported> {
    match vote {
        Vote::Options(chosen) => Ok(Selection::Options(chosen.clone())),
        Vote::Points(_) => Err(Unsupported("giving points to the options")),
        Vote::Ranking(_) => Err(Unsupported("ranking the options")),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn choices_are_contests_of_choice() {
        let choice = Choice { min: 1, max: 3, blank: false };
        assert_eq!(kind(&Rule::Choice { min: 1, max: 3 }), Ok(ContestKind::Choice(choice)));
        let chosen = BTreeSet::from([0, 2]);
        let selected = selection(&Vote::Options(chosen.clone()));
        assert!(matches!(selected, Ok(Selection::Options(found)) if found == chosen));
    }

    #[test]
    fn other_rules_are_refused_by_name() {
        for (rule, vote, named) in [
            (Rule::Score { most: 3, min: 0, max: 6 }, Vote::Points(vec![1, 2]), "giving points to the options"),
            (Rule::Positional { min: 1, weights: vec![2, 1] }, Vote::Ranking(Vec::new()), "ranking"),
            (Rule::Ranking { ties: false }, Vote::Ranking(Vec::new()), "ranking the options"),
        ] {
            assert!(kind(&rule).unwrap_err().to_string().contains(named));
            assert!(selection(&vote).is_err());
        }
    }
}
