//! Shapes of contests, written down a second time. From specs/ballot.md.

use crate::bytes::{Hash, Transcript, cbor, uint};
use crate::questions::{Kind, Question, digits, pairs};
use ciborium::Value;
use curve25519_dalek::Scalar;
use std::collections::BTreeMap;
use std::ops::{Add, Mul, Sub};

/// An affine form: constant, and coefficients of coordinates counted from 1.
#[derive(Clone, Debug)]
pub struct Form(i64, BTreeMap<usize, i64>);

fn integer(number: i64) -> Scalar {
    if number < 0 { -Scalar::from(number.unsigned_abs()) } else { Scalar::from(number.unsigned_abs()) }
}

fn number(number: i64) -> Form {
    Form(number, BTreeMap::new())
}

impl Add for Form {
    type Output = Self;

    fn add(mut self, other: Self) -> Self {
        self.0 += other.0;
        for (index, coefficient) in other.1 {
            *self.1.entry(index).or_default() += coefficient;
        }
        self.1.retain(|_, coefficient| *coefficient != 0);
        self
    }
}

impl Mul<i64> for Form {
    type Output = Self;

    fn mul(self, factor: i64) -> Self {
        Self(self.0 * factor, self.1.into_iter().map(|(index, coefficient)| (index, coefficient * factor)).collect())
    }
}

impl Sub for Form {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        self + other * -1
    }
}

/// Σ weight·form.
fn sum<'a>(weights: impl IntoIterator<Item = &'a u64>, forms: impl IntoIterator<Item = &'a Form>) -> Form {
    let terms = weights.into_iter().zip(forms).filter(|(weight, _)| **weight > 0);
    terms.fold(number(0), |sum, (weight, form)| sum + form.clone() * *weight as i64)
}

fn plain_sum<'a>(forms: impl IntoIterator<Item = &'a Form>) -> Form {
    sum(std::iter::repeat(&1), forms)
}

impl Form {
    pub fn linear(&self, values: &[Scalar]) -> Scalar {
        self.1.iter().map(|(index, coefficient)| integer(*coefficient) * values[index - 1]).sum()
    }

    pub fn value(&self, coordinates: &[Scalar]) -> Scalar {
        integer(self.0) + self.linear(coordinates)
    }

    /// The value of coordinates that are numbers.
    pub fn number(&self, coordinates: &[u64]) -> i64 {
        self.0 + self.1.iter().map(|(index, coefficient)| coefficient * coordinates[index - 1] as i64).sum::<i64>()
    }

    fn shifted(&self, before: usize) -> Self {
        Self(self.0, self.1.iter().map(|(index, coefficient)| (index + before, *coefficient)).collect())
    }

    fn encoding(&self) -> Value {
        let integer = |number: i64| Value::Integer(number.into());
        let terms = self.1.iter().map(|(index, factor)| Value::Array(vec![uint(*index as u64), integer(*factor)]));
        Value::Array(vec![integer(self.0), Value::Array(terms.collect())])
    }
}

/// Σ F·F' + F''.
#[derive(Clone, Debug)]
pub struct Constraint {
    pub products: Vec<(Form, Form)>,
    pub rest: Form,
}

fn bit(form: &Form) -> Constraint {
    Constraint { products: vec![(form.clone(), number(1) - form.clone())], rest: number(0) }
}

/// A shape, of a contest or a style.
#[derive(Clone, Debug, Default)]
pub struct Shape {
    pub coordinates: usize,
    pub slots: Vec<Form>,
    pub constraints: Vec<Constraint>,
    /// Ranged slots, counted from 0.
    pub ranged: Vec<usize>,
}

impl Shape {
    /// One contest after another.
    pub fn of(questions: &[&Question]) -> Self {
        let mut all = Self::default();
        for question in questions {
            let own = Self::of_question(question);
            let shift = |form: &Form| form.shifted(all.coordinates);
            let product = |(left, right): &(Form, Form)| (shift(left), shift(right));
            let constraint = |one: &Constraint| Constraint {
                products: one.products.iter().map(product).collect(),
                rest: shift(&one.rest),
            };
            all.ranged.extend(own.ranged.iter().map(|slot| slot + all.slots.len()));
            all.constraints.extend(own.constraints.iter().map(constraint));
            all.slots.extend(own.slots.iter().map(shift));
            all.coordinates += own.coordinates;
        }
        all
    }

    fn draw(&mut self, count: usize) -> Vec<Form> {
        let drawn = self.coordinates + 1..=self.coordinates + count;
        self.coordinates += count;
        drawn.map(|index| Form(0, BTreeMap::from([(index, 1)]))).collect()
    }

    fn bits<'a>(&mut self, forms: impl IntoIterator<Item = &'a Form>) {
        self.constraints.extend(forms.into_iter().map(bit));
    }

    fn of_question(question: &Question) -> Self {
        let n = question.options;
        let mut shape = Self::default();
        match &question.kind {
            Kind::Choice { min, max, blank } => {
                let mut options = shape.draw(n - 1);
                let blank = shape.draw(usize::from(*blank));
                let weights = digits(max - min);
                let slack = shape.draw(weights.len());
                let all = number(*max as i64);
                options.push(all - plain_sum(&options) - plain_sum(&blank) * *max as i64 - sum(&weights, &slack));
                shape.bits(options.iter().chain(&blank).chain(&slack));
                shape.slots = [options, blank].concat();
            }
            Kind::Score { most, min, max } => {
                let weights = digits(*most);
                let mut bits: Vec<Vec<Form>> = (1..n).map(|_| shape.draw(weights.len())).collect();
                let last = shape.draw(weights.len() - 1);
                let slack_weights = digits(max - min);
                let slack = shape.draw(slack_weights.len());
                let others = bits.iter().map(|bits| sum(&weights, bits)).fold(number(0), |sum, one| sum + one);
                let rest = others + sum(&weights[1..], &last) + sum(&slack_weights, &slack);
                bits.push([vec![number(*max as i64) - rest], last].concat());
                shape.bits(bits.iter().flatten().chain(&slack));
                shape.slots = bits.iter().map(|bits| sum(&weights, bits)).collect();
            }
            Kind::Positional { min, weights } => shape.positional(n, *min as usize, weights),
            Kind::Quadratic { credits } => {
                let weights = digits(credits.isqrt());
                let bits: Vec<Vec<Form>> = (0..n).map(|_| shape.draw(weights.len())).collect();
                let slack_weights = digits(*credits);
                let slack = shape.draw(slack_weights.len());
                shape.bits(bits.iter().flatten().chain(&slack));
                shape.slots = bits.iter().map(|bits| sum(&weights, bits)).collect();
                let products = shape.slots.iter().map(|votes| (votes.clone(), votes.clone())).collect();
                let rest = sum(&slack_weights, &slack) - number(*credits as i64);
                shape.constraints.push(Constraint { products, rest });
            }
            Kind::Ranking { ties } => shape.ranking(n, *ties),
            Kind::Lists { sizes, min, max } => shape.lists(sizes, *min, *max),
            Kind::Allocation { amount, range } => shape.allocation(n, *amount, *range),
        }
        shape
    }

    fn positional(&mut self, n: usize, min: usize, weights: &[u64]) {
        let mut ranks: Vec<Vec<Form>> = Vec::new();
        for rank in 1..=weights.len() {
            let mut bits = self.draw(if rank <= min { n - 1 } else { n });
            if rank <= min {
                bits.push(number(1) - plain_sum(&bits));
            }
            ranks.push(bits);
        }
        self.bits(ranks.iter().flatten());
        let of = |option: usize| ranks.iter().map(move |bits| &bits[option]);
        if weights.len() >= 2 {
            let sums: Vec<Form> = (0..n).map(|option| plain_sum(of(option))).collect();
            self.bits(&sums);
        }
        let given = |rank: usize| if rank == min { number(1) } else { plain_sum(&ranks[rank - 1]) };
        let steps: Vec<Form> = (min + 1..=weights.len()).map(|rank| given(rank - 1) - given(rank)).collect();
        self.bits(&steps);
        self.slots = (0..n).map(|option| sum(weights, of(option))).collect();
    }

    fn ranking(&mut self, n: usize, ties: bool) {
        let pairs = pairs(n, ties);
        self.slots = self.draw(pairs.len());
        let p: BTreeMap<(usize, usize), Form> = pairs.into_iter().zip(self.slots.clone()).collect();
        self.bits(&self.slots.clone());
        let mut forms = Vec::new();
        if ties {
            let less = p.keys().filter(|(a, b)| a < b);
            forms.extend(less.map(|(a, b)| p[&(*a, *b)].clone() + p[&(*b, *a)].clone()));
        }
        for a in 0..n {
            for b in 0..n {
                for c in 0..n {
                    if ties && a != b && a != c && b != c {
                        forms.push(p[&(a, c)].clone() + p[&(c, b)].clone() - p[&(a, b)].clone());
                    } else if !ties && a < b && b < c {
                        forms.push(p[&(a, b)].clone() + p[&(b, c)].clone() - p[&(a, c)].clone());
                    }
                }
            }
        }
        self.bits(&forms);
    }

    fn lists(&mut self, sizes: &[u64], min: u64, max: u64) {
        let mut lists = self.draw(sizes.len() - 1);
        lists.push(number(1) - plain_sum(&lists));
        self.bits(&lists);
        for (size, list) in sizes.iter().zip(&lists).filter(|(size, _)| **size > 0) {
            let most = max.min(*size);
            let mut options = self.draw(*size as usize - 1);
            let weights = digits(most - min);
            let slack = self.draw(weights.len());
            options.push(list.clone() * most as i64 - plain_sum(&options) - sum(&weights, &slack));
            self.bits(options.iter().chain(&slack));
            self.slots.extend(options);
        }
        self.slots.extend(lists);
    }

    fn allocation(&mut self, n: usize, amount: u64, range: bool) {
        let large = amount >= 1 << 16;
        // What an option is made of, lowest first, and the weights.
        let weights: Vec<u64> = match range {
            true if large => vec![1, 1 << 16],
            true => vec![1],
            false => (0..u64::BITS - amount.leading_zeros()).map(|bit| 1 << bit).collect(),
        };
        let mut parts: Vec<Vec<Form>> = (1..n).map(|_| self.draw(weights.len())).collect();
        let last = self.draw(weights.len() - 1);
        let others = parts.iter().map(|parts| sum(&weights, parts)).fold(number(0), |sum, one| sum + one);
        parts.push([vec![number(amount as i64) - others - sum(&weights[1..], &last)], last].concat());
        if range {
            self.slots = parts.concat();
            self.ranged = (0..self.slots.len()).collect();
        } else {
            self.bits(parts.iter().flatten());
            let limbs = |bits: &Vec<Form>| bits.chunks(16).map(|limb| sum(&weights, limb)).collect::<Vec<Form>>();
            self.slots = parts.iter().flat_map(limbs).collect();
        }
    }

    pub fn digest(&self, style: usize) -> Hash {
        let constraint = |one: &Constraint| {
            let product = |(left, right): &(Form, Form)| Value::Array(vec![uint(1), left.encoding(), right.encoding()]);
            let products = one.products.iter().map(product).collect();
            Value::Array(vec![Value::Array(products), one.rest.encoding()])
        };
        let encoding = Value::Array(vec![
            uint(self.coordinates as u64),
            Value::Array(self.slots.iter().map(Form::encoding).collect()),
            Value::Array(self.constraints.iter().map(constraint).collect()),
            Value::Array(self.ranged.iter().map(|slot| uint(*slot as u64 + 1)).collect()),
        ]);
        Transcript::new("shape").number("style", style as u64).absorb("shape", &cbor(&encoding)).hash()
    }
}
