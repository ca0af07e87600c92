//! The shape of a style's ballot: bits, slots and constraints. Implements specs/ballot.md#shape.

use crate::cbor;
use crate::manifest::{Contest, Manifest, Style};
use crate::transcript::transcript;
use crate::tree::Hash;
use ciborium::Value;
use curve25519_dalek::Scalar;

/// An affine form c + Σ L_i·b_i of the free bits, with i from 1, ascending, and L_i ≠ 0.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Form {
    constant: i64,
    terms: Vec<(usize, i64)>,
}

impl Form {
    fn bit(index: usize) -> Self {
        Self { constant: 0, terms: vec![(index, 1)] }
    }

    /// 1 − F.
    fn complement(&self) -> Self {
        let terms = self.terms.iter().map(|(index, coefficient)| (*index, -coefficient)).collect();
        Self { constant: 1 - self.constant, terms }
    }

    /// F^h(v; x) = c·x + Σ L_i·v_i.
    pub fn homogeneous(&self, values: &[Scalar], x: &Scalar) -> Scalar {
        let term = |(index, coefficient): &(usize, i64)| {
            values.get(index.wrapping_sub(1)).map(|value| times(*coefficient, value)).unwrap_or_default()
        };
        times(self.constant, x) + self.terms.iter().map(term).sum::<Scalar>()
    }

    fn encoding(&self) -> Value {
        let terms = self.terms.iter().map(|(index, coefficient)| {
            Value::Array(vec![Value::Integer((*index as u64).into()), Value::Integer((*coefficient).into())])
        });
        Value::Array(vec![Value::Integer(self.constant.into()), Value::Array(terms.collect())])
    }
}

/// coefficient·value; most coefficients are 0, 1 or −1, which need no multiplication.
fn times(coefficient: i64, value: &Scalar) -> Scalar {
    match coefficient {
        0 => Scalar::ZERO,
        1 => *value,
        -1 => -value,
        _ if coefficient > 0 => Scalar::from(coefficient.unsigned_abs()) * value,
        _ => -(Scalar::from(coefficient.unsigned_abs()) * value),
    }
}

/// A polynomial Σ e·F·F' + F'' that must be 0.
#[derive(Clone, Debug)]
pub struct Constraint {
    products: Vec<(i64, Form, Form)>,
    rest: Form,
}

impl Constraint {
    /// F·(1 − F): the form is 0 or 1.
    fn is_bit(form: &Form) -> Self {
        Self { products: vec![(1, form.clone(), form.complement())], rest: Form::default() }
    }

    /// Q^h(v; x) = Σ e·F^h·F'^h + x·F''^h.
    pub fn homogeneous(&self, values: &[Scalar], x: &Scalar) -> Scalar {
        let product = |(factor, left, right): &(i64, Form, Form)| {
            times(*factor, &(left.homogeneous(values, x) * right.homogeneous(values, x)))
        };
        self.products.iter().map(product).sum::<Scalar>() + x * self.rest.homogeneous(values, x)
    }

    fn encoding(&self) -> Value {
        let products = self.products.iter().map(|(factor, left, right)| {
            Value::Array(vec![Value::Integer((*factor).into()), left.encoding(), right.encoding()])
        });
        Value::Array(vec![Value::Array(products.collect()), self.rest.encoding()])
    }
}

/// What a ballot of a style holds.
#[derive(Clone, Debug, Default)]
pub struct Shape {
    /// m: free bits.
    pub bits: usize,
    /// u_j of each slot.
    pub slots: Vec<Form>,
    pub constraints: Vec<Constraint>,
}

impl Shape {
    /// The shapes of the style's contests, one after another.
    pub fn of_style(manifest: &Manifest, style: &Style) -> Self {
        let mut shape = Self::default();
        for (_, contest) in manifest.contests_of(style) {
            shape.add_choice(contest);
        }
        shape
    }

    /// "choice" min..max of N options.
    fn add_choice(&mut self, contest: &Contest) {
        let max = i64::try_from(contest.kind.max).unwrap_or(i64::MAX);
        let mut new_bit = || {
            self.bits += 1;
            Form::bit(self.bits)
        };
        // b_N = max − Σ_{i<N} b_i − max·blank − Σ weight·slack bit
        let mut last = Form { constant: max, terms: Vec::new() };
        let mut subtract =
            |weight: i64, bit: &Form| last.terms.extend(bit.terms.iter().map(|(index, _)| (*index, -weight)));
        let mut options: Vec<Form> = (1..contest.options.len()).map(|_| new_bit()).collect();
        options.iter().for_each(|bit| subtract(1, bit));
        let blank = contest.kind.blank.then(&mut new_bit);
        blank.iter().for_each(|bit| subtract(max, bit));
        let slack_weights = contest.slack_weights();
        let slack: Vec<Form> = slack_weights.iter().map(|_| new_bit()).collect();
        for (weight, bit) in slack_weights.iter().zip(&slack) {
            subtract(i64::try_from(*weight).unwrap_or(i64::MAX), bit);
        }
        options.push(last);
        self.constraints.extend(options.iter().chain(&blank).chain(&slack).map(Constraint::is_bit));
        self.slots.extend(options.into_iter().chain(blank));
    }

    /// The shape digest.
    pub fn digest(&self, style: usize) -> Hash {
        let encoding = Value::Array(vec![
            Value::Integer((self.bits as u64).into()),
            Value::Array(self.slots.iter().map(Form::encoding).collect()),
            Value::Array(self.constraints.iter().map(Constraint::encoding).collect()),
        ]);
        transcript!("shape").absorb_number("style", style as u64).absorb("shape", &cbor::encode(&encoding)).hash()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::{Choice, Choosable};

    fn shape(options: usize, min: u64, max: u64, blank: bool) -> Shape {
        let option = Choosable { id: "o".to_owned(), title: "o".to_owned() };
        let contest = Contest {
            id: "c".to_owned(),
            title: "c".to_owned(),
            options: vec![option; options],
            kind: Choice { min, max, blank },
        };
        let mut shape = Shape::default();
        shape.add_choice(&contest);
        shape
    }

    /// The slot values of every assignment of bits that keeps all constraints.
    fn votes(shape: &Shape) -> Vec<Vec<Scalar>> {
        let assignments = (0..1u64 << shape.bits)
            .map(|word| -> Vec<Scalar> { (0..shape.bits).map(|bit| Scalar::from(word >> bit & 1)).collect() });
        assignments
            .filter(|bits| shape.constraints.iter().all(|one| one.homogeneous(bits, &Scalar::ONE) == Scalar::ZERO))
            .map(|bits| shape.slots.iter().map(|slot| slot.homogeneous(&bits, &Scalar::ONE)).collect())
            .collect()
    }

    /// All votes of 0s and 1s that the rule of "choice" allows.
    fn allowed(options: usize, min: u64, max: u64, blank: bool) -> Vec<Vec<u64>> {
        let slots = options + usize::from(blank);
        let all = (0..1u64 << slots).map(|word| (0..slots).map(|slot| word >> slot & 1).collect::<Vec<u64>>());
        all.filter(|vote| {
            let chosen: u64 = vote[..options].iter().sum();
            let is_blank = blank && vote[options] == 1;
            if is_blank { chosen == 0 } else { (min..=max).contains(&chosen) }
        })
        .collect()
    }

    #[test]
    fn shapes_allow_exactly_the_votes_of_the_rule() {
        for (options, min, max, blank) in [
            (1, 0, 1, false),
            (1, 1, 1, true),
            (2, 1, 1, true),
            (3, 1, 3, false),
            (4, 0, 3, true),
            (5, 0, 5, true),
            (4, 2, 2, false),
        ] {
            let found: std::collections::BTreeSet<Vec<[u8; 32]>> = votes(&shape(options, min, max, blank))
                .iter()
                .map(|vote| vote.iter().map(Scalar::to_bytes).collect())
                .collect();
            let wanted: std::collections::BTreeSet<Vec<[u8; 32]>> = allowed(options, min, max, blank)
                .iter()
                .map(|vote| vote.iter().map(|value| Scalar::from(*value).to_bytes()).collect())
                .collect();
            assert_eq!(found, wanted, "{min}..{max} of {options}, blank {blank}");
        }
    }

    #[test]
    fn the_encoding_is_the_specs() {
        let shape = shape(2, 0, 1, false);
        // Bits: option 1, slack of weight 1. Slots: b1; 1 − b1 − b2.
        let last = "8201828201208202 20".replace(' ', "");
        let first = "820081820101";
        assert_eq!(data_encoding::HEXLOWER.encode(&cbor::encode(&shape.slots[0].encoding())), first);
        assert_eq!(data_encoding::HEXLOWER.encode(&cbor::encode(&shape.slots[1].encoding())), last);
        let constraint = format!("828183 01{first}820181820120 820080").replace(' ', "");
        assert_eq!(data_encoding::HEXLOWER.encode(&cbor::encode(&shape.constraints[0].encoding())), constraint);
        assert_eq!((shape.bits, shape.slots.len(), shape.constraints.len()), (2, 2, 3));
    }
}
