//! "choice": min..max of the options, or blank. Implements specs/ballot.md#shape.

use std::collections::BTreeSet;

use tabella_crypto::shape::{Constraint, Shape, ShapeFault};
use zeroize::Zeroizing;

use super::digits::{bits, digits};
use super::forms::{Coordinates, coefficient, coefficients, combine};
use super::selection::judge_count;
use super::{Largest, Rules, Selection, SelectionFault, Size};
use crate::message::Choice;

impl Choice {
    fn slack(&self) -> Vec<u64> {
        digits(self.max.saturating_sub(self.min))
    }

    /// The chosen options, and how many fewer they are than the maximum; a blank vote needs no slack.
    fn chosen<'a>(
        &self,
        options: usize,
        selection: &'a Selection,
    ) -> Result<(&'a BTreeSet<usize>, u64), SelectionFault> {
        static NONE: BTreeSet<usize> = BTreeSet::new();
        match selection {
            Selection::Blank if self.blank => Ok((&NONE, 0)),
            Selection::Blank => Err(SelectionFault::BlankNotOffered),
            Selection::Options(chosen) if chosen.iter().any(|option| *option >= options) => {
                Err(SelectionFault::OptionUnknown)
            }
            Selection::Options(chosen) => {
                judge_count(chosen.len(), self.min, self.max)?;
                Ok((chosen, self.max - chosen.len() as u64))
            }
            _ => Err(SelectionFault::Kind),
        }
    }
}

impl Rules for Choice {
    fn judge(&self, options: usize) -> Result<(), String> {
        let Self { min, max, .. } = *self;
        if min <= max && max >= 1 && max <= options as u64 {
            return Ok(());
        }
        Err(format!("it lets voters choose {min} to {max} of {options} options"))
    }

    fn size(&self, options: usize) -> Size {
        let blank = usize::from(self.blank);
        // One option is derived. A contest without options has none to spare, and is refused anyway.
        let slack = self.slack().len();
        let coordinates = options.saturating_sub(1) + blank + slack;
        Size { coordinates, slots: options + blank, ranged: 0, constraints: options + blank + slack }
    }

    fn largest(&self) -> Largest {
        Largest { slot: 1, option: 1 }
    }

    fn shape(&self, options: usize) -> Result<Shape, ShapeFault> {
        let mut coordinates = Coordinates::default();
        let mut slots = coordinates.take(options.saturating_sub(1));
        let blank = coordinates.take(usize::from(self.blank));
        let weights = coefficients(&self.slack())?;
        let slack = coordinates.take(weights.len());

        // b_N = max − Σ_{i<N} b_i − max·blank − Σ weight·slack bit
        let max = coefficient(self.max)?;
        let others = slots.iter().map(|option| (-1, option));
        let others = others.chain(blank.iter().map(|blank| (-max, blank)));
        let last = combine(max, others.chain(weights.iter().map(|weight| -weight).zip(&slack)));

        slots.push(last);
        slots.extend(blank);
        let constraints = slots.iter().cloned().chain(slack).map(Constraint::bit).collect();
        Shape::new(coordinates.count(), slots, constraints)
    }

    fn fill(&self, options: usize, selection: &Selection) -> Result<Zeroizing<Vec<u64>>, SelectionFault> {
        let (chosen, slack) = self.chosen(options, selection)?;
        // With room for all, so that growing leaves no copy behind.
        let mut filled = Zeroizing::new(Vec::with_capacity(self.size(options).coordinates));
        filled.extend((0..options.saturating_sub(1)).map(|option| u64::from(chosen.contains(&option))));
        filled.extend(self.blank.then_some(u64::from(*selection == Selection::Blank)));
        filled.extend_from_slice(&bits(slack, &self.slack()));
        Ok(filled)
    }

    fn read(&self, options: usize, values: &[u64]) -> Selection {
        if self.blank && values.get(options) == Some(&1) {
            return Selection::Blank;
        }
        Selection::Options((0..options).filter(|option| values.get(*option) == Some(&1)).collect())
    }
}
