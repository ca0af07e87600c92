//! From the totals of a contest to its outcome. Implements specs/counting.md.
//!
//! Pure functions of numbers: no I/O, no ballots, no keys, no names. Read the modules in the order in which they stand
//! here, which is the way of the data: a [`rule`] of the manifest, the [`totals`] of a result, the methods that count
//! them, and the [`outcome`] with the steps that led to it.

#![deny(missing_docs)]

pub mod rule;
pub mod totals;

mod tie_break;

mod cut;

mod pairs;
mod schulze;

mod ranked_pairs;

mod lists;

pub mod outcome;

mod explain;

use thiserror::Error;

use crate::outcome::Outcome;
use crate::rule::{CountingRule, Method, RuleFault};
use crate::tie_break::TieBreak;
use crate::totals::Totals;

/// Why totals cannot be counted by a rule. It does not happen to a contest that the checks of its manifest accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum CountFault {
    /// The rule does not belong to such totals.
    #[error(transparent)]
    Rule(#[from] RuleFault),
    /// The lists do not divide the options among them.
    #[error("the options of the lists are not the options of the contest")]
    Lists,
}

/// The outcome of a contest on which somebody voted. Implements specs/counting.md#outcome.
///
/// # Errors
/// A [`CountFault`] if rule and totals do not belong to each other.
pub fn count(rule: &CountingRule, totals: &Totals<'_>) -> Result<Outcome, CountFault> {
    let entrants = totals.entrants();
    rule.judge(entrants)?;
    let tie_break = TieBreak::new(rule.tie_break.as_deref(), entrants);
    let mut outcome = Outcome::before(rule);
    match (rule.method, totals) {
        (Method::Highest, Totals::Options(options) | Totals::Lists { options, .. }) => {
            cut::highest(options, rule.seats, &tie_break, &mut outcome);
        }
        (Method::Condorcet, Totals::Pairs(pairs)) => pairs::condorcet(pairs, &mut outcome),
        (Method::Copeland, Totals::Pairs(pairs)) => pairs::copeland(pairs, &tie_break, &mut outcome),
        (Method::Schulze, Totals::Pairs(pairs)) => schulze::schulze(pairs, &tie_break, &mut outcome),
        (Method::RankedPairs, Totals::Pairs(pairs)) => ranked_pairs::ranked_pairs(pairs, &tie_break, &mut outcome),
        (method, Totals::Lists { options, lists }) => {
            if !totals::divide(options, lists) {
                return Err(CountFault::Lists);
            }
            lists::elect(method, rule.seats, options, lists, &tie_break, &mut outcome);
        }
        (method, _) => return Err(RuleFault::Method(method).into()),
    }
    Ok(outcome)
}
