//! Secret polynomials, one for each slot, and what can be computed of them in the open.
//!
//! A dealer's polynomial of slot j is a_j(X) = a_{j0} + … + a_{j,t−1}·X^{t−1}; its commitments are A_{jl} = a_{jl}·G.
//! Any t values a_j(i) at distinct indexes give a_j(0). Implements specs/ceremony.md.

use std::collections::BTreeSet;
use std::fmt;
use std::num::{NonZeroU8, NonZeroU16};

use rand_core::CryptoRng;

use crate::group::{Point, Scalar, random_scalar};
use crate::secret::SecretScalars;

/// The index of a trustee: where the polynomials are evaluated for it. Never zero, for a(0) is the secret.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Index(NonZeroU8);

impl Index {
    /// The index of this number, if that is 1 to 255.
    pub fn new(number: u64) -> Option<Self> {
        let number = u8::try_from(number).ok()?;
        NonZeroU8::new(number).map(Self)
    }

    /// The number, as hashes and messages have it.
    pub fn get(self) -> u64 {
        self.0.get().into()
    }

    fn scalar(self) -> Scalar {
        Scalar::from(self.get())
    }
}

/// How many polynomials a dealer draws, and how many coefficients each has.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Parameters {
    slots: NonZeroU16,
    threshold: NonZeroU8,
}

impl Parameters {
    /// Parameters for 1 to 65,535 slots and a threshold of 1 to 255.
    pub fn new(slots: usize, threshold: usize) -> Option<Self> {
        Some(Self {
            slots: NonZeroU16::new(slots.try_into().ok()?)?,
            threshold: NonZeroU8::new(threshold.try_into().ok()?)?,
        })
    }

    /// k: one polynomial for each slot.
    pub fn slots(&self) -> usize {
        usize::from(self.slots.get())
    }

    /// t: how many shares give the secret back.
    pub fn threshold(&self) -> usize {
        usize::from(self.threshold.get())
    }

    /// k·t: how many coefficients, and commitments, a dealer has.
    pub fn coefficients(&self) -> usize {
        self.slots() * self.threshold()
    }
}

/// A dealer's secret polynomials. Wiped when dropped.
pub struct Polynomials {
    parameters: Parameters,
    coefficients: SecretScalars,
}

impl Polynomials {
    /// Draws all coefficients at random.
    pub fn random(parameters: Parameters, rng: &mut impl CryptoRng) -> Self {
        let drawn = (0..parameters.coefficients()).map(|_| random_scalar(rng));
        Self { parameters, coefficients: SecretScalars::collect(parameters.coefficients(), drawn) }
    }

    /// The polynomials of these k·t coefficients, slot by slot; none if their number is another.
    pub(crate) fn from_coefficients(parameters: Parameters, coefficients: SecretScalars) -> Option<Self> {
        (coefficients.len() == parameters.coefficients()).then_some(Self { parameters, coefficients })
    }

    /// All coefficients, slot by slot.
    pub(crate) fn coefficients(&self) -> &SecretScalars {
        &self.coefficients
    }

    /// k and t.
    pub fn parameters(&self) -> Parameters {
        self.parameters
    }

    /// The commitments A_{jl} to all coefficients, slot by slot.
    pub fn commitments(&self) -> Vec<Point> {
        self.coefficients.iter().map(Point::mul_base).collect()
    }

    /// The secrets a_{j0} themselves, one for each slot.
    pub(crate) fn constant_terms(&self) -> SecretScalars {
        let constant_terms = self.coefficients.iter().step_by(self.parameters.threshold()).copied();
        SecretScalars::collect(self.parameters.slots(), constant_terms)
    }

    /// The values a_j(index), one for each slot: the share of the trustee with that index.
    pub fn evaluate(&self, index: Index) -> ShareVector {
        let at = index.scalar();
        let horner = |slot: &[Scalar]| slot.iter().rev().fold(Scalar::ZERO, |sum, coefficient| sum * at + coefficient);
        let slots = self.coefficients.chunks_exact(self.parameters.threshold());
        ShareVector(SecretScalars::collect(self.parameters.slots(), slots.map(horner)))
    }
}

impl fmt::Debug for Polynomials {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Polynomials").field("parameters", &self.parameters).finish_non_exhaustive()
    }
}

/// What one dealer gives to one trustee: the value of each slot's polynomial at its index. Wiped when dropped.
pub struct ShareVector(SecretScalars);

impl ShareVector {
    pub(crate) fn new(scalars: SecretScalars) -> Self {
        Self(scalars)
    }

    /// One scalar for each slot.
    pub(crate) fn scalars(&self) -> &SecretScalars {
        &self.0
    }

    /// Whether each value is that of the committed polynomial: a_j(index)·G = Σ_l index^l·A_{jl} for each slot.
    ///
    /// `commitments` holds t points for each slot, slot by slot.
    pub fn matches(&self, commitments: &[Point], parameters: Parameters, index: Index) -> bool {
        commitments.len() == parameters.coefficients()
            && self.0.len() == parameters.slots()
            && commitments
                .chunks_exact(parameters.threshold())
                .zip(self.0.iter())
                .all(|(slot, share)| evaluate_commitments(slot, index) == Point::mul_base(share))
    }
}

impl fmt::Debug for ShareVector {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("ShareVector(<redacted>)")
    }
}

/// The value of a committed polynomial "in the exponent": Σ_l index^l·A_l. All of it is public.
pub fn evaluate_commitments(commitments: &[Point], index: Index) -> Point {
    match commitments.split_last() {
        None => Point::mul_base(&Scalar::ZERO),
        Some((highest, lower)) => {
            lower.iter().rev().fold(*highest, |sum, commitment| times_index(&sum, index) + commitment)
        }
    }
}

/// The Lagrange coefficients at 0 of these indexes, ascending: λ_i = Π_{l≠i} l/(l−i) mod q.
pub fn lagrange_at_zero(indexes: &BTreeSet<Index>) -> Vec<Scalar> {
    let coefficient = |of: &Index| {
        let others = indexes.iter().filter(|index| *index != of).map(|index| index.scalar());
        let (numerator, denominator) = others.fold((Scalar::ONE, Scalar::ONE), |(numerator, denominator), other| {
            (numerator * other, denominator * (other - of.scalar()))
        });
        numerator * denominator.invert()
    };
    indexes.iter().map(coefficient).collect()
}

/// Doubles and adds over the few bits of an index: some forty times faster than a scalar of full length. An index is
/// public.
fn times_index(point: &Point, index: Index) -> Point {
    let number = index.0.get();
    let below_the_highest_bit = (0..number.ilog2()).rev();
    below_the_highest_bit.fold(*point, |sum, bit| {
        let doubled = sum + sum;
        if number >> bit & 1 == 1 { doubled + point } else { doubled }
    })
}
