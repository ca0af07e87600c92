//! Contests: what a voter may choose, as the shape that a ballot proves. Implements specs/ballot.md#shape.

use std::collections::BTreeSet;

use tabella_crypto::shape::{Constraint, Form, Shape, ShapeFault};
use thiserror::Error;
use zeroize::Zeroizing;

use crate::code::{Code, Rejection};
use crate::message::{Choice, Contest, ContestKind};

/// What a voter chose in one contest. A secret of the voter: it is neither copied nor shown.
#[derive(PartialEq, Eq)]
pub enum Selection {
    /// These options, by their indexes from 0. None of them is a choice too, where the minimum is 0.
    Options(BTreeSet<usize>),
    /// An explicit blank vote.
    Blank,
}

/// Why a selection is no vote in its contest: told to the voter before anything is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum SelectionFault {
    /// Fewer options than the contest asks for.
    #[error("choose at least {0}")]
    TooFew(u64),
    /// More options than the contest allows.
    #[error("choose at most {0}")]
    TooMany(u64),
    /// An option that the contest does not have.
    #[error("there is no such option")]
    OptionUnknown,
    /// A blank vote, and the contest offers none.
    #[error("this contest has no blank vote")]
    BlankNotOffered,
}

impl Contest {
    /// Whether the contest keeps the rules of its kind. Check 6 of specs/election.md#manifest.
    ///
    /// # Errors
    /// `manifest_contest`.
    pub fn judge(&self) -> Result<(), Rejection> {
        let ContestKind::Choice(Choice { min, max, .. }) = self.kind;
        if min <= max && max >= 1 && usize::try_from(max).is_ok_and(|max| max <= self.options.len()) {
            return Ok(());
        }
        Rejection::refuse(
            Code::ManifestContest,
            format!("Contest `{}` lets voters choose {min} to {max} of {} options.", self.id, self.options.len()),
        )
    }

    /// How many slots the contest has: one for each option, one for blank votes.
    pub fn slots(&self) -> usize {
        let ContestKind::Choice(choice) = self.kind;
        self.options.len() + usize::from(choice.blank)
    }

    /// The largest value that a vote gives to a slot.
    pub fn largest_value(&self) -> u64 {
        let ContestKind::Choice(_) = self.kind;
        1
    }

    /// How many free bits the contest has.
    pub fn free_bits(&self) -> usize {
        let ContestKind::Choice(choice) = self.kind;
        // One option is derived. A contest without options has no bit to spare, and is refused anyway.
        self.options.len().saturating_sub(1) + usize::from(choice.blank) + choice.slack_weights().len()
    }

    /// The contest's part of the shape of a ballot.
    ///
    /// # Errors
    /// Only for a contest that [`Contest::judge`] refuses.
    pub fn shape(&self) -> Result<Shape, ShapeFault> {
        let ContestKind::Choice(choice) = self.kind;
        choice.shape(self.options.len())
    }

    /// The free bits of a selection: each 0 or 1, as [`Contest::shape`] orders them.
    ///
    /// # Errors
    /// A [`SelectionFault`] for the voter.
    pub fn bits(&self, selection: &Selection) -> Result<Zeroizing<Vec<u64>>, SelectionFault> {
        let ContestKind::Choice(choice) = self.kind;
        choice.bits(self.options.len(), selection)
    }
}

impl Choice {
    /// The weights of the slack bits, whose sums are exactly the numbers from 0 to max − min: 1, 2, 4, … as long as
    /// they fit, and the rest.
    fn slack_weights(&self) -> Vec<u64> {
        let mut rest = self.max.saturating_sub(self.min);
        let mut weights = Vec::new();
        let mut weight = 1_u64;
        while weight <= rest {
            weights.push(weight);
            rest -= weight;
            weight = weight.saturating_mul(2);
        }
        if rest > 0 {
            weights.push(rest);
        }
        weights
    }

    /// "choice" min..max of N options: the last option is derived from the free bits.
    fn shape(&self, options: usize) -> Result<Shape, ShapeFault> {
        let free_options = options.saturating_sub(1);
        let bits = |count| (1..).map(Form::bit).take(count);
        let max = i64::try_from(self.max).map_err(|_| ShapeFault::Magnitude)?;
        let blank = if self.blank { vec![max] } else { Vec::new() };
        let slack = self.slack_weights();
        let slack = slack.into_iter().map(|weight| i64::try_from(weight).map_err(|_| ShapeFault::Magnitude));

        // b_N = max − Σ_{i<N} b_i − max·blank − Σ weight·slack bit
        let mut weights = vec![1; free_options];
        weights.extend(&blank);
        weights.extend(slack.collect::<Result<Vec<_>, _>>()?);
        let terms = (1..).zip(&weights).map(|(index, weight)| (index, -weight)).collect();
        let last = Form { constant: max, terms };

        let mut slots: Vec<Form> = bits(free_options).collect();
        slots.push(last);
        slots.extend(bits(weights.len()).skip(free_options).take(blank.len()));

        let slack_bits = bits(weights.len()).skip(free_options + blank.len());
        let constraints = slots.iter().cloned().chain(slack_bits).map(Constraint::bit).collect();
        Shape::new(weights.len(), slots, constraints)
    }

    fn bits(&self, options: usize, selection: &Selection) -> Result<Zeroizing<Vec<u64>>, SelectionFault> {
        let none = BTreeSet::new();
        let (chosen, mut rest) = match selection {
            Selection::Blank if !self.blank => return Err(SelectionFault::BlankNotOffered),
            Selection::Blank => (&none, 0),
            Selection::Options(chosen) => (chosen, self.slack_of(options, chosen)?),
        };
        let weights = self.slack_weights();
        let free_options = options.saturating_sub(1);
        // With room for all, so that growing leaves no copy behind.
        let mut bits = Zeroizing::new(Vec::with_capacity(options + 1 + weights.len()));
        bits.extend((0..free_options).map(|option| u64::from(chosen.contains(&option))));
        if self.blank {
            bits.push(u64::from(*selection == Selection::Blank));
        }
        let slack = bits.len();
        bits.resize(slack + weights.len(), 0);
        // From the last: a weight is taken where those before it cannot make up what is left.
        let mut before: u64 = weights.iter().sum();
        for (bit, weight) in bits.iter_mut().skip(slack).zip(&weights).rev() {
            before -= weight;
            if rest > before {
                *bit = 1;
                rest -= weight;
            }
        }
        Ok(bits)
    }

    /// How many options fewer than the maximum were chosen.
    fn slack_of(&self, options: usize, chosen: &BTreeSet<usize>) -> Result<u64, SelectionFault> {
        if chosen.iter().any(|option| *option >= options) {
            return Err(SelectionFault::OptionUnknown);
        }
        let count = chosen.len() as u64;
        if count < self.min {
            return Err(SelectionFault::TooFew(self.min));
        }
        self.max.checked_sub(count).ok_or(SelectionFault::TooMany(self.max))
    }
}

#[cfg(test)]
mod tests;
