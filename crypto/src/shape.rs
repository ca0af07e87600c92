//! The shape of a ballot: coordinates, slots and constraints. Implements specs/ballot.md#shape.
//!
//! A shape is all that the proof knows of an election's rules. Every value is an integer combination of coordinates
//! that is bounded so far below the group's order that an equation modulo q is the same equation over the integers.

mod encoding;
mod form;

use curve25519_dalek::Scalar;
use thiserror::Error;

use self::form::at;
pub use self::form::{Constraint, Form};
use crate::group::ENCODED;
use crate::product_sum::{ProductSum, SquareSum};
use crate::range;
use crate::transcript::Transcript;

/// The largest number of coordinates, of slots and of constraints: far above what any ballot needs.
const LARGEST_COUNT: usize = 1 << 20;

/// The constraints that share the first powers of y.
const BLOCK: usize = 32;

/// What a ballot of one style may hold: m coordinates, k slots as forms of them, n constraints, and the slots whose
/// values a range proof bounds.
///
/// Every legal assignment must give every slot a value that is not negative. [`Shape::new`] cannot see that; who
/// makes a shape answers for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shape {
    free: usize,
    slots: Vec<Form>,
    constraints: Vec<Constraint>,
    ranged: Vec<u32>,
    /// The largest value of each coordinate.
    largest: Vec<u64>,
    /// Of each constraint, whether it is `F·(1 − F)`, which is cheaper to compute than another.
    are_bits: Vec<bool>,
}

/// Why forms and constraints make no shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ShapeFault {
    /// More than 2^20 coordinates, slots or constraints, or more ranged slots than one range proof takes.
    #[error("the shape is too large")]
    Size,
    /// A form's indexes do not ascend within 1..=m.
    #[error("the indexes of a form do not ascend within the coordinates")]
    Index,
    /// A form names a coordinate with coefficient 0.
    #[error("a form has a coefficient of zero")]
    Coefficient,
    /// The numbers of the ranged slots do not ascend within 1..=k.
    #[error("the numbers of the ranged slots do not ascend within the slots")]
    Ranged,
    /// Neither its constraint nor a range proof bounds the coordinate of this index.
    #[error("nothing bounds coordinate {0}")]
    Unbound(u32),
    /// A form can exceed 2^40, or a constraint 2^126: sums could wrap around modulo q.
    #[error("the values of a form or a constraint can become too large")]
    Magnitude,
}

impl Shape {
    /// A shape of `free` bits. Every one must have its constraint `b·(1 − b)`, written as [`Constraint::bit`]
    /// of [`Form::bit`] writes it; derived bits are the caller's to constrain.
    pub fn new(free: usize, slots: Vec<Form>, constraints: Vec<Constraint>) -> Result<Self, ShapeFault> {
        Self::with_ranged(free, slots, constraints, Vec::new())
    }

    /// A shape of `free` coordinates and with ranged slots, given by their numbers from 1. Every coordinate must have
    /// its constraint, or must be a ranged slot itself.
    pub fn with_ranged(
        free: usize,
        slots: Vec<Form>,
        constraints: Vec<Constraint>,
        ranged: Vec<u32>,
    ) -> Result<Self, ShapeFault> {
        let counts = [free, slots.len(), constraints.len()];
        if counts.into_iter().any(|count| count > LARGEST_COUNT) || ranged.len() > range::LARGEST_COUNT {
            return Err(ShapeFault::Size);
        }
        slots.iter().try_for_each(|form| form.check_terms(free))?;
        constraints.iter().try_for_each(|constraint| constraint.check_terms(free))?;
        let first_is_number = ranged.first().is_none_or(|&number| number >= 1);
        let last_is_number = ranged.last().is_none_or(|&number| number as usize <= slots.len());
        if !(first_is_number && last_is_number && ranged.is_sorted_by(|number, next| number < next)) {
            return Err(ShapeFault::Ranged);
        }

        let bits: Vec<Option<&Form>> = constraints.iter().map(Constraint::as_bit).collect();
        let largest = largest_coordinates(free, &bits, ranged.iter().map(|&number| &slots[at(number)]))?;
        let are_bits = bits.iter().map(Option::is_some).collect();
        slots.iter().try_for_each(|form| form.check_magnitude(&largest))?;
        constraints.iter().try_for_each(|constraint| constraint.check_magnitude(&largest))?;
        Ok(Self { free, slots, constraints, ranged, largest, are_bits })
    }

    /// The shape of several contests on one ballot: one after another, with indexes and numbers shifted.
    pub fn join(shapes: &[Self]) -> Result<Self, ShapeFault> {
        let (mut free, mut slots, mut constraints, mut ranged) = (0, Vec::new(), Vec::new(), Vec::new());
        for shape in shapes {
            let shift = |count: usize| u32::try_from(count).map_err(|_| ShapeFault::Size);
            let (by, slots_before) = (shift(free)?, shift(slots.len())?);
            free += shape.free;
            if free > LARGEST_COUNT || slots.len() + shape.slots.len() > LARGEST_COUNT {
                return Err(ShapeFault::Size);
            }
            slots.extend(shape.slots.iter().map(|form| form.shifted(by)));
            constraints.extend(shape.constraints.iter().map(|constraint| constraint.shifted(by)));
            ranged.extend(shape.ranged.iter().map(|number| number + slots_before));
        }
        Self::with_ranged(free, slots, constraints, ranged)
    }

    /// m, the number of coordinates.
    pub fn free(&self) -> usize {
        self.free
    }

    /// The k slots.
    pub fn slots(&self) -> &[Form] {
        &self.slots
    }

    /// The n constraints.
    pub fn constraints(&self) -> &[Constraint] {
        &self.constraints
    }

    /// The numbers of the ranged slots, from 1, ascending.
    pub fn ranged(&self) -> &[u32] {
        &self.ranged
    }

    /// The bytes of a proof for this shape: specs/ballot.md#ballot, and #ranged.
    pub fn proof_length(&self) -> usize {
        // T, T0, S, K_a, z, η and ω; with ranged slots the V_j, S′ and ω′ too.
        let others = 7;
        let of_ranged = if self.ranged.is_empty() { 0 } else { self.ranged.len() + 2 };
        (others + self.free + of_ranged) * ENCODED + range::proof_length(self.ranged.len())
    }

    /// The values of the slots, if there are m coordinates within their ranges, every constraint holds over the
    /// integers, and the values of ranged slots have 16 bits.
    ///
    /// The coordinates may be a voter's secret: the time depends on the shape, and on whether they are legal.
    pub fn evaluate(&self, coordinates: &[u64]) -> Option<Vec<u64>> {
        // What comes after may rely on the ranges: magnitudes are bounded within them.
        let within = |(value, largest): (&u64, &u64)| value <= largest;
        if coordinates.len() != self.free || !coordinates.iter().zip(&self.largest).all(within) {
            return None;
        }
        if self.constraints.iter().any(|constraint| constraint.evaluate(coordinates) != 0) {
            return None;
        }
        // A vector that grows would leave copies of the vote behind.
        let mut values = Vec::with_capacity(self.slots.len());
        for form in &self.slots {
            values.push(u64::try_from(form.evaluate(coordinates)).ok()?);
        }
        let within_ranges = self.ranged_of(&values).all(|&value| value <= range::LARGEST_VALUE);
        within_ranges.then_some(values)
    }

    /// The shape digest: names this shape and the index of its style in every hash over a ballot.
    pub fn digest(&self, style: u64) -> [u8; 32] {
        let mut transcript = Transcript::new("tabella/1/shape");
        transcript.absorb_u64("style", style);
        transcript.absorb("shape", &encoding::encode(self));
        transcript.hash()
    }

    /// The largest value of each coordinate.
    pub(crate) fn largest(&self) -> &[u64] {
        &self.largest
    }

    /// Those of something that there is one of for each slot which belong to the ranged slots.
    pub(crate) fn ranged_of<'a, T>(&self, of_slots: &'a [T]) -> impl Iterator<Item = &'a T> {
        self.ranged.iter().map(|&number| &of_slots[at(number)])
    }

    /// `Σ_{j≥1} y^j·F_j^h(v; x)` over the slots; `powers` are y, y², ….
    pub(crate) fn slot_sum(&self, powers: &[Scalar], values: &[Scalar], x: &Scalar) -> Scalar {
        weighted_sum(powers.iter().zip(&self.slots), values, x)
    }

    /// `Σ_{j∈Z} y^j·F_j^h(v; x)` over the ranged slots; `powers` are y, y², ….
    pub(crate) fn ranged_sum(&self, powers: &[Scalar], values: &[Scalar], x: &Scalar) -> Scalar {
        weighted_sum(self.ranged_of(powers).zip(self.ranged_of(&self.slots)), values, x)
    }

    /// y, y², …: as many as both the slots and [`Self::constraint_sum`] ask for.
    pub(crate) fn powers(&self, y: &Scalar) -> Vec<Scalar> {
        std::iter::successors(Some(*y), |power| Some(power * y)).take(self.slots.len().max(self.block())).collect()
    }

    /// How many constraints share the first powers of y.
    fn block(&self) -> usize {
        BLOCK.min(self.constraints.len())
    }

    /// `Σ_{q≥1} y^q·Q_q^h(v; x)` over the constraints: block by block, from the last to the first, so that the first
    /// [powers](Self::powers) of y serve them all.
    pub(crate) fn constraint_sum(&self, powers: &[Scalar], values: &[Scalar], x: &Scalar) -> Scalar {
        let powers = &powers[..self.block()];
        let shift = powers.last().copied().unwrap_or(Scalar::ONE);
        let blocks = self.constraints.chunks(BLOCK).zip(self.are_bits.chunks(BLOCK)).rev();
        let sums = blocks.map(|(constraints, are_bits)| {
            // That F is a bit: F^h·(x − F^h). Its parts are added up apart.
            let (mut linear, mut square, mut others) = <(ProductSum, SquareSum, ProductSum)>::default();
            for ((constraint, is_bit), power) in constraints.iter().zip(are_bits).zip(powers) {
                match constraint.products.as_slice() {
                    [(_, form, _)] if *is_bit => {
                        let value = form.homogeneous(values, x);
                        linear.add(power, &value);
                        square.add(power, &value);
                    }
                    _ => others.add(power, &constraint.homogeneous(values, x)),
                }
            }
            x * linear.reduce() - square.reduce() + others.reduce()
        });
        sums.fold(Scalar::ZERO, |sum, block| sum * shift + block)
    }
}

/// The sum of the homogeneous values of forms, each with its weight.
fn weighted_sum<'a>(forms: impl Iterator<Item = (&'a Scalar, &'a Form)>, values: &[Scalar], x: &Scalar) -> Scalar {
    let mut sum = ProductSum::default();
    forms.for_each(|(weight, form)| sum.add(weight, &form.homogeneous(values, x)));
    sum.reduce()
}

/// The largest value of each coordinate: 1 if its constraint says so, else that of a range proof.
fn largest_coordinates<'a>(
    free: usize,
    bits: &[Option<&Form>],
    ranged: impl Iterator<Item = &'a Form>,
) -> Result<Vec<u64>, ShapeFault> {
    let mut largest = vec![None; free];
    for index in ranged.filter_map(Form::as_coordinate) {
        largest[at(index)] = Some(range::LARGEST_VALUE);
    }
    for index in bits.iter().flatten().filter_map(|form| form.as_coordinate()) {
        largest[at(index)] = Some(1);
    }
    let bounded = (1..).zip(largest).map(|(index, largest)| largest.ok_or(ShapeFault::Unbound(index)));
    bounded.collect()
}
