//! The shape of a ballot: free bits, slots and constraints. Implements specs/ballot.md#shape.
//!
//! A shape is all that the proof knows of an election's rules. Every value is an integer combination of free bits that
//! is bounded so far below the group's order that an equation modulo q is the same equation over the integers.

use curve25519_dalek::Scalar;
use thiserror::Error;

use crate::transcript::Transcript;

/// The largest number of free bits, of slots and of constraints: far above what any ballot needs.
const LARGEST_COUNT: usize = 1 << 20;

/// The largest absolute value that a form can take; a slot's sum over all voters is bounded alike.
const LARGEST_FORM: u128 = 1 << 40;

/// The largest absolute value that a constraint can take: below q/2, and it fits an `i128`.
const LARGEST_CONSTRAINT: u128 = 1 << 126;

/// An affine form of the free bits: `constant + Σ coefficient·b_index`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Form {
    /// The value when all bits are 0.
    pub constant: i64,
    /// Pairs (index, coefficient): indexes from 1, ascending; coefficients other than 0.
    pub terms: Vec<(u32, i64)>,
}

/// A quadratic polynomial of the free bits that must be 0: `Σ e·F·F' + F''`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Constraint {
    /// The products `(e, F, F')`.
    pub products: Vec<(i64, Form, Form)>,
    /// The form `F''`.
    pub rest: Form,
}

/// What a ballot of one style may hold: m free bits, k slots as forms of them, n constraints.
///
/// Every legal assignment must give every slot a value that is not negative. [`Shape::new`] cannot see that; who
/// makes a shape answers for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shape {
    free: usize,
    slots: Vec<Form>,
    constraints: Vec<Constraint>,
}

/// Why forms and constraints make no shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ShapeFault {
    /// More than 2^20 free bits, slots or constraints.
    #[error("the shape is too large")]
    Size,
    /// A form's indexes do not ascend within 1..=m.
    #[error("the indexes of a form do not ascend within the free bits")]
    Index,
    /// A form names a bit with coefficient 0.
    #[error("a form has a coefficient of zero")]
    Coefficient,
    /// A form can exceed 2^40, or a constraint 2^126: sums could wrap around modulo q.
    #[error("the values of a form or a constraint can become too large")]
    Magnitude,
    /// No constraint holds the free bit of this index to 0 and 1.
    #[error("nothing holds free bit {0} to 0 and 1")]
    Unbound(u32),
}

impl Form {
    /// The form that is `value` whatever the bits are.
    pub fn constant(value: i64) -> Self {
        Self { constant: value, terms: Vec::new() }
    }

    /// The free bit of an index, from 1.
    pub fn bit(index: u32) -> Self {
        Self { constant: 0, terms: vec![(index, 1)] }
    }

    /// `1 − F`. Saturates where it would overflow; [`Shape::new`] refuses values that large.
    pub fn complement(&self) -> Self {
        Self {
            constant: self.constant.saturating_neg().saturating_add(1),
            terms: self.terms.iter().map(|&(index, coefficient)| (index, coefficient.saturating_neg())).collect(),
        }
    }

    fn check(&self, free: usize) -> Result<(), ShapeFault> {
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
        if self.magnitude() > LARGEST_FORM { Err(ShapeFault::Magnitude) } else { Ok(()) }
    }

    fn magnitude(&self) -> u128 {
        let coefficients = self.terms.iter().map(|&(_, coefficient)| coefficient);
        coefficients.chain([self.constant]).map(|value| u128::from(value.unsigned_abs())).sum()
    }

    fn shifted(&self, by: u32) -> Self {
        Self {
            constant: self.constant,
            terms: self.terms.iter().map(|&(index, coefficient)| (index + by, coefficient)).collect(),
        }
    }

    fn evaluate(&self, bits: &[u64]) -> i128 {
        let terms =
            self.terms.iter().map(|&(index, coefficient)| i128::from(coefficient) * i128::from(bits[at(index)]));
        i128::from(self.constant) + terms.sum::<i128>()
    }

    /// `F^h(v; x) = c·x + Σ L_i·v_i`.
    fn homogeneous(&self, values: &[Scalar], x: &Scalar) -> Scalar {
        let constant = plus_multiple(Scalar::ZERO, x, self.constant);
        let terms = self.terms.iter();
        terms.fold(constant, |sum, &(index, coefficient)| plus_multiple(sum, &values[at(index)], coefficient))
    }
}

impl Constraint {
    /// `F·(1 − F) = 0`: the form is a bit.
    pub fn bit(form: Form) -> Self {
        let complement = form.complement();
        Self { products: vec![(1, form, complement)], rest: Form::constant(0) }
    }

    fn forms(&self) -> impl Iterator<Item = &Form> {
        self.products.iter().flat_map(|(_, left, right)| [left, right]).chain([&self.rest])
    }

    fn check(&self, free: usize) -> Result<(), ShapeFault> {
        self.forms().try_for_each(|form| form.check(free))?;
        self.magnitude().filter(|&magnitude| magnitude <= LARGEST_CONSTRAINT).map(drop).ok_or(ShapeFault::Magnitude)
    }

    /// A bound of the absolute value over all bits; `None` if not even that can be computed.
    fn magnitude(&self) -> Option<u128> {
        self.products.iter().try_fold(self.rest.magnitude(), |sum, (factor, left, right)| {
            // The forms are at most 2^40 each and the factor 2^63: only the product of all three can overflow.
            let product = u128::from(factor.unsigned_abs()).checked_mul(left.magnitude() * right.magnitude())?;
            sum.checked_add(product)
        })
    }

    /// The index of the free bit that this constraint holds to 0 and 1, if it is of that kind.
    fn bound_bit(&self) -> Option<u32> {
        let [(1, Form { constant: 0, terms }, _)] = self.products.as_slice() else {
            return None;
        };
        let [(index, 1)] = terms.as_slice() else { return None };
        (*self == Self::bit(Form::bit(*index))).then_some(*index)
    }

    fn shifted(&self, by: u32) -> Self {
        let products = self.products.iter();
        Self {
            products: products.map(|(factor, left, right)| (*factor, left.shifted(by), right.shifted(by))).collect(),
            rest: self.rest.shifted(by),
        }
    }

    fn evaluate(&self, bits: &[u64]) -> i128 {
        let products = self.products.iter();
        let products =
            products.map(|(factor, left, right)| i128::from(*factor) * left.evaluate(bits) * right.evaluate(bits));
        self.rest.evaluate(bits) + products.sum::<i128>()
    }

    /// `Q^h(v; x) = Σ e·F^h·F'^h + x·F''^h`.
    fn homogeneous(&self, values: &[Scalar], x: &Scalar) -> Scalar {
        let rest = x * self.rest.homogeneous(values, x);
        self.products.iter().fold(rest, |sum, (factor, left, right)| {
            plus_multiple(sum, &(left.homogeneous(values, x) * right.homogeneous(values, x)), *factor)
        })
    }
}

impl Shape {
    /// A shape of `free` bits. Every free bit must have its constraint `b·(1 − b)`, written as [`Constraint::bit`]
    /// of [`Form::bit`] writes it; derived bits are the caller's to constrain.
    pub fn new(free: usize, slots: Vec<Form>, constraints: Vec<Constraint>) -> Result<Self, ShapeFault> {
        if [free, slots.len(), constraints.len()].into_iter().any(|count| count > LARGEST_COUNT) {
            return Err(ShapeFault::Size);
        }
        slots.iter().try_for_each(|form| form.check(free))?;
        constraints.iter().try_for_each(|constraint| constraint.check(free))?;

        let mut bound = vec![false; free];
        for index in constraints.iter().filter_map(Constraint::bound_bit) {
            bound[at(index)] = true;
        }
        match (1..).zip(bound).find(|&(_, bound)| !bound) {
            Some((index, _)) => Err(ShapeFault::Unbound(index)),
            None => Ok(Self { free, slots, constraints }),
        }
    }

    /// stub
    pub fn with_ranged(
        free: usize,
        slots: Vec<Form>,
        constraints: Vec<Constraint>,
        _ranged: Vec<u32>,
    ) -> Result<Self, ShapeFault> {
        Ok(Self { free, slots, constraints })
    }

    /// stub
    pub fn proof_length(&self) -> usize {
        32 * (self.free + 7)
    }

    /// The shape of several contests on one ballot: one after another, with indexes shifted.
    pub fn join(shapes: &[Self]) -> Result<Self, ShapeFault> {
        let mut joined = Self { free: 0, slots: Vec::new(), constraints: Vec::new() };
        for shape in shapes {
            let by = u32::try_from(joined.free).map_err(|_| ShapeFault::Size)?;
            joined.free += shape.free;
            if joined.free > LARGEST_COUNT {
                return Err(ShapeFault::Size);
            }
            joined.slots.extend(shape.slots.iter().map(|form| form.shifted(by)));
            joined.constraints.extend(shape.constraints.iter().map(|constraint| constraint.shifted(by)));
        }
        Self::new(joined.free, joined.slots, joined.constraints)
    }

    /// m, the number of free bits.
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

    /// The values of the slots, if there are m bits, all 0 or 1, and every constraint holds over the integers.
    ///
    /// The bits may be a voter's secret: the time depends on the shape, and on whether they are legal.
    pub fn evaluate(&self, bits: &[u64]) -> Option<Vec<u64>> {
        let are_bits = bits.len() == self.free && bits.iter().all(|&bit| bit <= 1);
        if !are_bits || self.constraints.iter().any(|constraint| constraint.evaluate(bits) != 0) {
            return None;
        }
        self.slots.iter().map(|form| u64::try_from(form.evaluate(bits)).ok()).collect()
    }

    /// The shape digest: names this shape and the index of its style in every hash over a ballot.
    pub fn digest(&self, style: u64) -> [u8; 32] {
        let mut transcript = Transcript::new("tabella/1/shape");
        transcript.absorb_u64("style", style);
        transcript.absorb("shape", &self.encoding());
        transcript.hash()
    }

    /// `Σ_{j≥1} y^j·F_j^h(v; x)` over the slots; `powers` are y, y², ….
    pub(crate) fn slot_sum(&self, powers: &[Scalar], values: &[Scalar], x: &Scalar) -> Scalar {
        powers.iter().zip(&self.slots).map(|(power, form)| power * form.homogeneous(values, x)).sum()
    }

    /// `Σ_{q≥1} y^q·Q_q^h(v; x)` over the constraints; `powers` are y, y², ….
    pub(crate) fn constraint_sum(&self, powers: &[Scalar], values: &[Scalar], x: &Scalar) -> Scalar {
        powers.iter().zip(&self.constraints).map(|(power, constraint)| power * constraint.homogeneous(values, x)).sum()
    }

    /// The deterministic CBOR of the shape.
    fn encoding(&self) -> Vec<u8> {
        let mut cbor = Cbor(Vec::new());
        cbor.array(3);
        cbor.unsigned(self.free);
        cbor.array(self.slots.len());
        self.slots.iter().for_each(|form| cbor.form(form));
        cbor.array(self.constraints.len());
        self.constraints.iter().for_each(|constraint| cbor.constraint(constraint));
        cbor.0
    }
}

/// Writes the three types of CBOR items that a shape needs.
struct Cbor(Vec<u8>);

impl Cbor {
    fn constraint(&mut self, constraint: &Constraint) {
        self.array(2);
        self.array(constraint.products.len());
        for (factor, left, right) in &constraint.products {
            self.array(3);
            self.integer(*factor);
            self.form(left);
            self.form(right);
        }
        self.form(&constraint.rest);
    }

    fn form(&mut self, form: &Form) {
        self.array(2);
        self.integer(form.constant);
        self.array(form.terms.len());
        for &(index, coefficient) in &form.terms {
            self.array(2);
            self.integer(i64::from(index));
            self.integer(coefficient);
        }
    }

    fn array(&mut self, length: usize) {
        self.head(4, length as u64);
    }

    fn unsigned(&mut self, value: usize) {
        self.head(0, value as u64);
    }

    fn integer(&mut self, value: i64) {
        match u64::try_from(value) {
            Ok(value) => self.head(0, value),
            // CBOR holds −1 − n for a negative number n: its one's complement.
            Err(_) => self.head(1, !value as u64),
        }
    }

    /// A head in its shortest form: RFC 8949 §3.
    fn head(&mut self, major: u8, value: u64) {
        let bytes = value.to_be_bytes();
        let (additional, tail) = match value {
            0..24 => (bytes[7], &bytes[8..]),
            24..=0xff => (24, &bytes[7..]),
            0x100..=0xffff => (25, &bytes[6..]),
            0x1_0000..=0xffff_ffff => (26, &bytes[4..]),
            _ => (27, &bytes[..]),
        };
        self.0.push(major << 5 | additional);
        self.0.extend_from_slice(tail);
    }
}

/// The place in a list of values of an index that counts from 1. [`Shape::new`] has seen that it is in range.
fn at(index: u32) -> usize {
    index as usize - 1
}

/// `sum + factor·value`. Factors are public and mostly 1 or −1, which need no multiplication; the value may be secret.
fn plus_multiple(sum: Scalar, value: &Scalar, factor: i64) -> Scalar {
    match factor {
        0 => sum,
        1 => sum + value,
        -1 => sum - value,
        2.. => sum + Scalar::from(factor.unsigned_abs()) * value,
        _ => sum - Scalar::from(factor.unsigned_abs()) * value,
    }
}
