//! Builds the forms of a shape: new coordinates, and combinations of forms.

use std::collections::BTreeMap;

use tabella_crypto::shape::{Form, ShapeFault};

/// Hands out the coordinates of a contest, in their order.
#[derive(Default)]
pub(super) struct Coordinates {
    count: u32,
}

impl Coordinates {
    /// The next coordinate.
    pub(super) fn next(&mut self) -> Form {
        self.count += 1;
        Form::bit(self.count)
    }

    /// The next coordinates.
    pub(super) fn take(&mut self, count: usize) -> Vec<Form> {
        (0..count).map(|_| self.next()).collect()
    }

    /// How many there are.
    pub(super) fn count(&self) -> usize {
        self.count as usize
    }
}

/// `constant + Σ factor·form`, without the terms that cancel.
pub(super) fn combine<'a>(constant: i64, forms: impl IntoIterator<Item = (i64, &'a Form)>) -> Form {
    let mut sum = Form::constant(constant);
    let mut coefficients: BTreeMap<u32, i64> = BTreeMap::new();
    for (factor, form) in forms {
        // Saturates where it would overflow; a shape refuses values that large.
        sum.constant = sum.constant.saturating_add(factor.saturating_mul(form.constant));
        for (index, coefficient) in &form.terms {
            let own = coefficients.entry(*index).or_default();
            *own = own.saturating_add(factor.saturating_mul(*coefficient));
        }
    }
    sum.terms = coefficients.into_iter().filter(|(_, coefficient)| *coefficient != 0).collect();
    sum
}

/// `Σ weight·bit`.
pub(super) fn weighted(weights: &[i64], bits: &[Form]) -> Form {
    combine(0, weights.iter().copied().zip(bits))
}

/// A parameter of a contest, or weights, as coefficients of a form.
pub(super) fn coefficient(number: u64) -> Result<i64, ShapeFault> {
    i64::try_from(number).map_err(|_| ShapeFault::Magnitude)
}

/// Weights as coefficients.
pub(super) fn coefficients(weights: &[u64]) -> Result<Vec<i64>, ShapeFault> {
    weights.iter().map(|weight| coefficient(*weight)).collect()
}
