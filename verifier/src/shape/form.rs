//! Affine forms of coordinates, and the constraints that they must keep. Implements specs/ballot.md#shape.

use crate::wide::Sum;
use curve25519_dalek::Scalar;
use std::collections::BTreeMap;

/// An affine form c + Σ L_i·b_i of a contest's coordinates, with i from 0, ascending, and L_i ≠ 0.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Form {
    pub constant: i64,
    pub terms: Vec<(u32, i64)>,
}

impl Form {
    /// b_i.
    pub fn coordinate(index: u32) -> Self {
        Self { constant: 0, terms: vec![(index, 1)] }
    }

    /// c + Σ factor·form; terms that cancel are left out.
    pub fn sum<'a>(constant: i64, summands: impl IntoIterator<Item = (i64, &'a Self)>) -> Self {
        let mut sum = Self { constant, terms: Vec::new() };
        let mut terms: BTreeMap<u32, i64> = BTreeMap::new();
        // The bounds of the kinds keep all numbers far from the ends of i64.
        for (factor, form) in summands {
            sum.constant = sum.constant.saturating_add(factor.saturating_mul(form.constant));
            for (index, coefficient) in &form.terms {
                let term = terms.entry(*index).or_default();
                *term = term.saturating_add(factor.saturating_mul(*coefficient));
            }
        }
        sum.terms.extend(terms.into_iter().filter(|(_, coefficient)| *coefficient != 0));
        sum
    }

    /// 1 − F.
    pub fn complement(&self) -> Self {
        Self::sum(1, [(-1, self)])
    }

    /// F^h(v; x) = c·x + Σ L_i·v_i.
    pub fn at(&self, values: &[Scalar], x: &Scalar) -> Scalar {
        let mut sum = match self.constant {
            0 => Scalar::ZERO,
            1 => *x,
            constant => integer(constant) * x,
        };
        let (mut more, mut less) = (Sum::default(), Sum::default());
        for (index, coefficient) in &self.terms {
            let Some(value) = values.get(*index as usize) else {
                continue;
            };
            // Most coefficients are 1 or −1, which need no multiplication.
            match coefficient {
                1 => sum += value,
                -1 => sum -= value,
                2.. => more.add_multiple(coefficient.unsigned_abs(), value),
                _ => less.add_multiple(coefficient.unsigned_abs(), value),
            }
        }
        sum + more.reduced() - less.reduced()
    }

    /// The value for coordinates that are small integers, below 2^16.
    pub fn integer(&self, coordinates: &[u64]) -> i128 {
        let term = |(index, coefficient): &(u32, i64)| {
            let value = coordinates.get(*index as usize).copied().unwrap_or(0);
            i128::from(*coefficient).saturating_mul(i128::from(value))
        };
        self.terms.iter().map(term).fold(i128::from(self.constant), i128::saturating_add)
    }
}

/// A number as a scalar.
fn integer(number: i64) -> Scalar {
    let size = Scalar::from(number.unsigned_abs());
    if number < 0 { -size } else { size }
}

/// A polynomial that must be 0.
#[derive(Clone, Debug)]
pub enum Constraint {
    /// F·(1 − F): the form is 0 or 1.
    Bit(Form),
    /// Σ F·F + F''.
    Squares { squared: Vec<Form>, rest: Form },
}

impl Constraint {
    /// Q^h(v; x) = Σ e·F^h·F'^h + x·F''^h.
    pub fn at(&self, values: &[Scalar], x: &Scalar) -> Scalar {
        match self {
            // (1 − F)^h = x − F^h: the form is evaluated once.
            Self::Bit(form) => {
                let value = form.at(values, x);
                value * (x - value)
            }
            Self::Squares { squared, rest } => {
                let squares = squared.iter().map(|form| form.at(values, x)).map(|value| value * value);
                squares.fold(x * rest.at(values, x), |sum, square| sum + square)
            }
        }
    }
}
