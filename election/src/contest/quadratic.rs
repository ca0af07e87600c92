//! "quadratic": v votes for an option cost v² credits. Implements specs/ballot.md#shape.

use tabella_crypto::shape::{Constraint, Form, Shape, ShapeFault};
use zeroize::Zeroizing;

use super::digits::{bits, digits};
use super::forms::{Coordinates, coefficient, coefficients, combine, weighted};
use super::selection::numbers;
use super::{Largest, Rules, Selection, SelectionFault, Size};
use crate::message::Quadratic;

/// The most credits.
const MOST: u64 = 1_000_000;

impl Quadratic {
    fn most_votes(&self) -> u64 {
        self.credits.isqrt()
    }
}

impl Rules for Quadratic {
    fn judge(&self, _: usize) -> Result<(), String> {
        if (1..=MOST).contains(&self.credits) {
            return Ok(());
        }
        Err(format!("it gives voters {} credits; 1 to {MOST} can be given", self.credits))
    }

    fn size(&self, options: usize) -> Size {
        let bits = options.saturating_mul(digits(self.most_votes()).len());
        let coordinates = bits.saturating_add(digits(self.credits).len());
        Size { coordinates, slots: options, ranged: 0, constraints: coordinates.saturating_add(1) }
    }

    fn largest(&self) -> Largest {
        Largest { slot: self.most_votes(), option: self.most_votes() }
    }

    fn shape(&self, options: usize) -> Result<Shape, ShapeFault> {
        let weights = coefficients(&digits(self.most_votes()))?;
        let slack_weights = coefficients(&digits(self.credits))?;
        let mut coordinates = Coordinates::default();
        let of_option: Vec<Vec<Form>> = (0..options).map(|_| coordinates.take(weights.len())).collect();
        let slack = coordinates.take(slack_weights.len());
        let slots: Vec<Form> = of_option.iter().map(|bits| weighted(&weights, bits)).collect();

        // Σ v_o² − credits + Σ weight·slack bit = 0
        let spent = Constraint {
            products: slots.iter().map(|votes| (1, votes.clone(), votes.clone())).collect(),
            rest: combine(-coefficient(self.credits)?, slack_weights.iter().copied().zip(&slack)),
        };
        let bits = of_option.into_iter().flatten().chain(slack).map(Constraint::bit);
        Shape::new(coordinates.count(), slots, bits.chain([spent]).collect())
    }

    fn fill(&self, options: usize, selection: &Selection) -> Result<Zeroizing<Vec<u64>>, SelectionFault> {
        let votes = numbers(selection, options)?;
        // A vote above 2^64 credits cannot be, but be typed.
        let squares = votes.iter().map(|votes| u128::from(*votes) * u128::from(*votes));
        let cost = squares.fold(0_u128, u128::saturating_add);
        let slack = u64::try_from(cost).ok().and_then(|cost| self.credits.checked_sub(cost));
        let slack = slack.ok_or(SelectionFault::Credits { cost, credits: self.credits })?;
        let weights = digits(self.most_votes());
        let mut filled = Zeroizing::new(Vec::with_capacity(self.size(options).coordinates));
        for votes in votes {
            filled.extend_from_slice(&bits(*votes, &weights));
        }
        filled.extend_from_slice(&bits(slack, &digits(self.credits)));
        Ok(filled)
    }

    fn read(&self, _: usize, values: &[u64]) -> Selection {
        Selection::Numbers(values.to_vec())
    }
}
