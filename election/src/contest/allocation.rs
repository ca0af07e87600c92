//! "allocation": an amount, split over the options. Implements specs/ballot.md#shape.

use tabella_crypto::shape::{Constraint, Form, Shape, ShapeFault};
use zeroize::Zeroizing;

use super::digits::{bits, powers};
use super::forms::{Coordinates, coefficient, coefficients, combine, weighted};
use super::selection::{numbers, sum};
use super::{Largest, Rules, Selection, SelectionFault, Size};
use crate::message::Allocation;

/// The largest amount.
const MOST: u64 = (1 << 32) - 1;

/// Bits of a limb.
const LIMB_BITS: usize = 16;

/// What one unit of a high limb is worth.
pub(super) const LIMB: u64 = 1 << LIMB_BITS;

impl Allocation {
    /// The limbs of a number: its slots. One, or low and high.
    pub(super) fn limbs(self) -> usize {
        if self.amount < LIMB { 1 } else { 2 }
    }

    fn split(self, number: u64) -> impl Iterator<Item = u64> {
        [number % LIMB, number / LIMB].into_iter().take(self.limbs())
    }

    /// The total of each option, from those of its slots.
    pub(super) fn totals(self, slots: &[u64]) -> Vec<u64> {
        let value =
            |limbs: &[u64]| limbs.iter().rev().fold(0_u64, |high, low| high.saturating_mul(LIMB).saturating_add(*low));
        slots.chunks(self.limbs()).map(value).collect()
    }

    /// With bits: those of each option, lowest first. The lowest of the last option is derived.
    fn shape_of_bits(self, options: usize) -> Result<Shape, ShapeFault> {
        let weights = coefficients(&powers(self.amount))?;
        let mut coordinates = Coordinates::default();
        let mut of_option: Vec<Vec<Form>> = (1..options).map(|_| coordinates.take(weights.len())).collect();
        let of_last = coordinates.take(weights.len().saturating_sub(1));
        let values: Vec<Form> = of_option.iter().map(|bits| weighted(&weights, bits)).collect();
        let others = values.iter().map(|value| (-1, value));
        let others = others.chain(weights.iter().skip(1).map(|weight| -weight).zip(&of_last));
        let lowest = combine(coefficient(self.amount)?, others);
        of_option.push([vec![lowest], of_last].concat());

        // A limb has the weights of the lowest bits, whichever bits it is made of.
        let slots = of_option.iter().flat_map(|bits| bits.chunks(LIMB_BITS)).map(|limb| weighted(&weights, limb));
        let slots = slots.collect();
        let constraints = of_option.iter().flatten().cloned().map(Constraint::bit).collect();
        Shape::new(coordinates.count(), slots, constraints)
    }

    /// With a range proof: the limbs themselves. The first of the last option is derived.
    fn shape_of_limbs(self, options: usize) -> Result<Shape, ShapeFault> {
        let weights = coefficients(&[1, LIMB])?;
        let mut coordinates = Coordinates::default();
        let mut slots = coordinates.take(options.saturating_sub(1) * self.limbs());
        let of_last = coordinates.take(self.limbs() - 1);
        let others = slots.chunks(self.limbs()).flat_map(|limbs| weights.iter().zip(limbs));
        let others = others.chain(weights.iter().skip(1).zip(&of_last)).map(|(weight, limb)| (-weight, limb));
        let first = combine(coefficient(self.amount)?, others);
        slots.push(first);
        slots.extend(of_last);
        let ranged = (1..).take(slots.len()).collect();
        Shape::with_ranged(coordinates.count(), slots, Vec::new(), ranged)
    }
}

impl Rules for Allocation {
    fn judge(&self, _: usize) -> Result<(), String> {
        if (1..=MOST).contains(&self.amount) {
            return Ok(());
        }
        Err(format!("it splits {}; amounts from 1 to {MOST} can be split", self.amount))
    }

    fn size(&self, options: usize) -> Size {
        let slots = options.saturating_mul(self.limbs());
        if self.range {
            return Size { coordinates: slots.saturating_sub(1), slots, ranged: slots, constraints: 0 };
        }
        let constraints = options.saturating_mul(powers(self.amount).len());
        Size { coordinates: constraints.saturating_sub(1), slots, ranged: 0, constraints }
    }

    fn largest(&self) -> Largest {
        Largest { slot: self.amount.min(LIMB - 1), option: self.amount }
    }

    fn shape(&self, options: usize) -> Result<Shape, ShapeFault> {
        if self.range { self.shape_of_limbs(options) } else { self.shape_of_bits(options) }
    }

    fn fill(&self, options: usize, selection: &Selection) -> Result<Zeroizing<Vec<u64>>, SelectionFault> {
        let amounts = numbers(selection, options)?;
        if sum(amounts) != self.amount {
            return Err(SelectionFault::Amount(self.amount));
        }
        let weights = powers(self.amount);
        let mut filled = Zeroizing::new(Vec::with_capacity(self.size(options).coordinates));
        for (option, amount) in (1..).zip(amounts) {
            let derived = usize::from(option == options);
            if self.range {
                filled.extend(self.split(*amount).skip(derived));
            } else {
                filled.extend(bits(*amount, &weights).iter().skip(derived));
            }
        }
        Ok(filled)
    }

    fn read(&self, _: usize, values: &[u64]) -> Selection {
        Selection::Numbers(self.totals(values))
    }
}
