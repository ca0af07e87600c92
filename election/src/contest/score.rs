//! "score": points for each option. Implements specs/ballot.md#shape.

use tabella_crypto::shape::{Constraint, Form, Shape, ShapeFault};
use zeroize::Zeroizing;

use super::digits::{bits, digits};
use super::forms::{Coordinates, coefficient, coefficients, combine, weighted};
use super::selection::{numbers, sum};
use super::{Largest, Rules, Selection, SelectionFault, Size};
use crate::message::Score;

/// The most points for one option.
const MOST: u64 = 1_000_000;

impl Score {
    fn slack(&self) -> Vec<u64> {
        digits(self.max.saturating_sub(self.min))
    }
}

impl Rules for Score {
    fn judge(&self, options: usize) -> Result<(), String> {
        let Self { most, min, max } = *self;
        if !(1..=MOST).contains(&most) {
            return Err(format!("it allows {most} points for one option; 1 to {MOST} can be allowed"));
        }
        let all = most * options as u64;
        if min <= max && (1..=all).contains(&max) {
            return Ok(());
        }
        Err(format!("it asks for {min} to {max} points in all, of {all} that {options} options can get"))
    }

    fn size(&self, options: usize) -> Size {
        let constraints = options.saturating_mul(digits(self.most).len()).saturating_add(self.slack().len());
        Size { coordinates: constraints.saturating_sub(1), slots: options, ranged: 0, constraints }
    }

    fn largest(&self) -> Largest {
        let points = self.most.min(self.max);
        Largest { slot: points, option: points }
    }

    fn shape(&self, options: usize) -> Result<Shape, ShapeFault> {
        let weights = coefficients(&digits(self.most))?;
        let slack_weights = coefficients(&self.slack())?;
        let mut coordinates = Coordinates::default();
        let mut of_option: Vec<Vec<Form>> = (1..options).map(|_| coordinates.take(weights.len())).collect();
        let of_last = coordinates.take(weights.len().saturating_sub(1));
        let slack = coordinates.take(slack_weights.len());

        // v_N = max − Σ_{o<N} v_o − Σ weight·slack bit, and its first bit is what its others leave of it.
        let mut slots: Vec<Form> = of_option.iter().map(|bits| weighted(&weights, bits)).collect();
        let others = slots.iter().map(|slot| (-1, slot)).chain(slack_weights.iter().map(|weight| -weight).zip(&slack));
        let last = combine(coefficient(self.max)?, others);
        let others = weights.iter().skip(1).map(|weight| -weight).zip(&of_last);
        let first_bit = combine(0, [(1, &last)].into_iter().chain(others));

        slots.push(last);
        of_option.push([vec![first_bit], of_last].concat());
        let constraints = of_option.into_iter().flatten().chain(slack).map(Constraint::bit).collect();
        Shape::new(coordinates.count(), slots, constraints)
    }

    fn fill(&self, options: usize, selection: &Selection) -> Result<Zeroizing<Vec<u64>>, SelectionFault> {
        let points = numbers(selection, options)?;
        if points.iter().any(|points| *points > self.most) {
            return Err(SelectionFault::TooManyPoints(self.most));
        }
        let slack = match sum(points) {
            small if small < self.min => return Err(SelectionFault::TotalTooSmall(self.min)),
            total => self.max.checked_sub(total).ok_or(SelectionFault::TotalTooLarge(self.max))?,
        };
        let weights = digits(self.most);
        let mut filled = Zeroizing::new(Vec::with_capacity(self.size(options).coordinates));
        for (option, points) in (1..).zip(points) {
            let derived = usize::from(option == options);
            filled.extend(bits(*points, &weights).iter().skip(derived));
        }
        filled.extend_from_slice(&bits(slack, &self.slack()));
        Ok(filled)
    }

    fn read(&self, _: usize, values: &[u64]) -> Selection {
        Selection::Numbers(values.to_vec())
    }
}
