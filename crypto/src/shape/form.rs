//! The polynomials that a shape is made of, and their values: over the integers for who votes, modulo q for the proof.

use curve25519_dalek::Scalar;

use super::ShapeFault;
use crate::product_sum::ProductSum;

/// The largest absolute value that a form can take; a slot's sum over all voters is bounded alike.
const LARGEST_FORM: u128 = 1 << 40;

/// The largest absolute value that a constraint can take: below q/2, and it fits an `i128`.
const LARGEST_CONSTRAINT: u128 = 1 << 126;

/// An affine form of the coordinates: `constant + Σ coefficient·b_index`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Form {
    /// The value when all coordinates are 0.
    pub constant: i64,
    /// Pairs (index, coefficient): indexes from 1, ascending; coefficients other than 0.
    pub terms: Vec<(u32, i64)>,
}

/// A quadratic polynomial of the coordinates that must be 0: `Σ e·F·F' + F''`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Constraint {
    /// The products `(e, F, F')`.
    pub products: Vec<(i64, Form, Form)>,
    /// The form `F''`.
    pub rest: Form,
}

impl Form {
    /// The form that is `value` whatever the coordinates are.
    pub fn constant(value: i64) -> Self {
        Self { constant: value, terms: Vec::new() }
    }

    /// The coordinate of an index, from 1.
    pub fn coordinate(index: u32) -> Self {
        Self { constant: 0, terms: vec![(index, 1)] }
    }

    /// The coordinate of an index, from 1, where it is a bit.
    pub fn bit(index: u32) -> Self {
        Self::coordinate(index)
    }

    /// `1 − F`. Saturates where it would overflow; [`Shape::new`](super::Shape::new) refuses values that large.
    pub fn complement(&self) -> Self {
        Self {
            constant: self.constant.saturating_neg().saturating_add(1),
            terms: self.terms.iter().map(|&(index, coefficient)| (index, coefficient.saturating_neg())).collect(),
        }
    }

    /// The index of the coordinate that this form is, if it is one.
    pub(super) fn as_coordinate(&self) -> Option<u32> {
        match (self.constant, self.terms.as_slice()) {
            (0, &[(index, 1)]) => Some(index),
            _ => None,
        }
    }

    /// Whether the terms are written as the specification says.
    pub(super) fn check_terms(&self, free: usize) -> Result<(), ShapeFault> {
        let mut last = 0;
        for &(index, coefficient) in &self.terms {
            if index <= last || index as usize > free {
                return Err(ShapeFault::Index);
            }
            if coefficient == 0 {
                return Err(ShapeFault::Coefficient);
            }
            last = index;
        }
        Ok(())
    }

    /// Whether the form stays small; `largest` are the largest values of the coordinates.
    pub(super) fn check_magnitude(&self, largest: &[u64]) -> Result<(), ShapeFault> {
        if self.magnitude(largest) > LARGEST_FORM { Err(ShapeFault::Magnitude) } else { Ok(()) }
    }

    /// A bound of the absolute value over all coordinates. At most 2^20 terms below 2^79: the sum does not overflow.
    fn magnitude(&self, largest: &[u64]) -> u128 {
        let terms = self.terms.iter();
        let terms =
            terms.map(|&(index, coefficient)| u128::from(coefficient.unsigned_abs()) * u128::from(largest[at(index)]));
        u128::from(self.constant.unsigned_abs()) + terms.sum::<u128>()
    }

    pub(super) fn shifted(&self, by: u32) -> Self {
        Self {
            constant: self.constant,
            terms: self.terms.iter().map(|&(index, coefficient)| (index + by, coefficient)).collect(),
        }
    }

    /// The value over the integers.
    pub(super) fn evaluate(&self, coordinates: &[u64]) -> i128 {
        let terms = self.terms.iter();
        let terms = terms.map(|&(index, coefficient)| i128::from(coefficient) * i128::from(coordinates[at(index)]));
        i128::from(self.constant) + terms.sum::<i128>()
    }

    /// `F^h(v; x) = c·x + Σ L_i·v_i`. The values may be secret, the form is not.
    pub(super) fn homogeneous(&self, values: &[Scalar], x: &Scalar) -> Scalar {
        if let Some(index) = self.as_coordinate() {
            return values[at(index)];
        }
        let terms = || self.terms.iter().map(|&(index, factor)| (&values[at(index)], factor));
        let parts = || terms().chain((self.constant != 0).then_some((x, self.constant)));
        // Many others are sums and differences of a few, which need no multiplication.
        if self.terms.len() < 4 && parts().all(|(_, factor)| factor.unsigned_abs() == 1) {
            let of_sign = |sign| parts().filter(move |(_, factor)| *factor == sign).map(|(value, _)| value);
            let sum = of_sign(1).copied().reduce(|sum, value| sum + value).unwrap_or(Scalar::ZERO);
            return of_sign(-1).fold(sum, |sum, value| sum - value);
        }
        let mut sum = ProductSum::default();
        parts().for_each(|(value, factor)| sum.add_multiple(value, factor));
        sum.reduce()
    }
}

impl Constraint {
    /// `F·(1 − F) = 0`: the form is a bit.
    pub fn bit(form: Form) -> Self {
        let complement = form.complement();
        Self { products: vec![(1, form, complement)], rest: Form::constant(0) }
    }

    /// The form that this constraint holds to 0 and 1, if it is of that kind.
    pub(super) fn as_bit(&self) -> Option<&Form> {
        match self.products.as_slice() {
            [(1, form, complement)] if *complement == form.complement() && self.rest == Form::constant(0) => Some(form),
            _ => None,
        }
    }

    fn forms(&self) -> impl Iterator<Item = &Form> {
        self.products.iter().flat_map(|(_, left, right)| [left, right]).chain([&self.rest])
    }

    /// Whether the terms of all forms are written as the specification says.
    pub(super) fn check_terms(&self, free: usize) -> Result<(), ShapeFault> {
        self.forms().try_for_each(|form| form.check_terms(free))
    }

    /// Whether the constraint and all its forms stay small.
    pub(super) fn check_magnitude(&self, largest: &[u64]) -> Result<(), ShapeFault> {
        self.forms().try_for_each(|form| form.check_magnitude(largest))?;
        let bounded = self.magnitude(largest).filter(|&magnitude| magnitude <= LARGEST_CONSTRAINT);
        bounded.map(drop).ok_or(ShapeFault::Magnitude)
    }

    /// A bound of the absolute value over all coordinates; `None` if not even that can be computed.
    fn magnitude(&self, largest: &[u64]) -> Option<u128> {
        self.products.iter().try_fold(self.rest.magnitude(largest), |sum, (factor, left, right)| {
            // The forms are at most 2^40 each and the factor 2^63: only the product of all three can overflow.
            let forms = left.magnitude(largest) * right.magnitude(largest);
            sum.checked_add(u128::from(factor.unsigned_abs()).checked_mul(forms)?)
        })
    }

    pub(super) fn shifted(&self, by: u32) -> Self {
        let products = self.products.iter();
        Self {
            products: products.map(|(factor, left, right)| (*factor, left.shifted(by), right.shifted(by))).collect(),
            rest: self.rest.shifted(by),
        }
    }

    /// The value over the integers.
    pub(super) fn evaluate(&self, coordinates: &[u64]) -> i128 {
        let products = self.products.iter();
        let products = products.map(|(factor, left, right)| {
            i128::from(*factor) * left.evaluate(coordinates) * right.evaluate(coordinates)
        });
        self.rest.evaluate(coordinates) + products.sum::<i128>()
    }

    /// `Q^h(v; x) = Σ e·F^h·F'^h + x·F''^h`. The values may be secret, the constraint is not.
    pub(super) fn homogeneous(&self, values: &[Scalar], x: &Scalar) -> Scalar {
        let mut sum = ProductSum::default();
        for (factor, left, right) in &self.products {
            let (left, right) = (left.homogeneous(values, x), right.homogeneous(values, x));
            let mut multiple = ProductSum::default();
            multiple.add_multiple(&left, *factor);
            sum.add(&multiple.reduce(), &right);
        }
        sum.add(x, &self.rest.homogeneous(values, x));
        sum.reduce()
    }
}

/// The place in a list of values of an index that counts from 1. A shape's indexes are in range.
pub(super) fn at(index: u32) -> usize {
    index as usize - 1
}
