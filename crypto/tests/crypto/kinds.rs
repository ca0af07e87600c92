//! The shapes of all kinds of contests, written after specs/ballot.md#shape: for tests, and for the benchmark.

use std::collections::BTreeMap;

use tabella_crypto::shape::{Constraint, Form, Shape};

/// An affine form while it is being made.
#[derive(Clone, Default)]
struct Affine {
    constant: i64,
    terms: BTreeMap<u32, i64>,
}

impl Affine {
    fn constant(constant: i64) -> Self {
        Self { constant, ..Self::default() }
    }

    fn plus(mut self, factor: i64, other: &Self) -> Self {
        self.constant += factor * other.constant;
        for (index, coefficient) in &other.terms {
            *self.terms.entry(*index).or_default() += factor * coefficient;
        }
        self
    }

    /// This, less all of the others.
    fn less<'a>(self, others: impl IntoIterator<Item = &'a Self>) -> Self {
        others.into_iter().fold(self, |rest, other| rest.plus(-1, other))
    }

    fn sum<'a>(parts: impl IntoIterator<Item = &'a Self>) -> Self {
        parts.into_iter().fold(Self::default(), |sum, part| sum.plus(1, part))
    }

    fn form(&self) -> Form {
        let terms = self.terms.iter().map(|(&index, &coefficient)| (index, coefficient));
        Form { constant: self.constant, terms: terms.filter(|(_, coefficient)| *coefficient != 0).collect() }
    }
}

/// Hands out coordinates, and makes the shape in the end.
#[derive(Default)]
struct Coordinates(u32);

impl Coordinates {
    fn next(&mut self) -> Affine {
        self.0 += 1;
        Affine { constant: 0, terms: BTreeMap::from([(self.0, 1)]) }
    }

    fn take(&mut self, count: usize) -> Vec<Affine> {
        (0..count).map(|_| self.next()).collect()
    }

    fn shape<'a>(self, slots: &[Affine], bits: impl IntoIterator<Item = &'a Affine>) -> Shape {
        self.shape_with(slots, bits, None)
    }

    fn shape_with<'a>(
        self,
        slots: &[Affine],
        bits: impl IntoIterator<Item = &'a Affine>,
        last: Option<Constraint>,
    ) -> Shape {
        let constraints = bits.into_iter().map(|bit| Constraint::bit(bit.form())).chain(last).collect();
        Shape::new(self.0 as usize, slots.iter().map(Affine::form).collect(), constraints).unwrap()
    }
}

/// digits(s): the weights of the bits whose sums are the numbers from 0 to s.
fn digits(largest: u64) -> Vec<i64> {
    let mut left = largest as i64;
    let powers = (0..).map(|power| 1_i64 << power);
    powers
        .map_while(|weight| {
            let weight = weight.min(left);
            left -= weight;
            (weight > 0).then_some(weight)
        })
        .collect()
}

/// The number that bits with these weights make up.
fn weighted(weights: &[i64], bits: &[Affine]) -> Affine {
    weights.iter().zip(bits).fold(Affine::default(), |sum, (&weight, bit)| sum.plus(weight, bit))
}

pub fn choice(min: u64, max: u64, options: usize, blank: bool) -> Shape {
    let mut coordinates = Coordinates::default();
    let mut slots = coordinates.take(options - 1);
    let blank = blank.then(|| coordinates.next());
    let weights = digits(max - min);
    let slack = coordinates.take(weights.len());
    let of_blank = blank.iter().fold(Affine::constant(max as i64), |rest, blank| rest.plus(-(max as i64), blank));
    slots.push(of_blank.less(&slots).less([&weighted(&weights, &slack)]));
    slots.extend(blank);
    coordinates.shape(&slots, slots.iter().chain(&slack))
}

pub fn score(most: u64, min: u64, max: u64, options: usize) -> Shape {
    let mut coordinates = Coordinates::default();
    let (of_option, of_slack) = (digits(most), digits(max - min));
    let mut bits: Vec<Vec<Affine>> = (1..options).map(|_| coordinates.take(of_option.len())).collect();
    let of_last = coordinates.take(of_option.len() - 1);
    let slack = coordinates.take(of_slack.len());
    let values: Vec<Affine> = bits.iter().map(|bits| weighted(&of_option, bits)).collect();
    let others = weighted(&of_option[1..], &of_last);
    let first = Affine::constant(max as i64).less(&values).less([&others, &weighted(&of_slack, &slack)]);
    bits.push([vec![first], of_last].concat());
    let slots: Vec<Affine> = bits.iter().map(|bits| weighted(&of_option, bits)).collect();
    coordinates.shape(&slots, bits.iter().flatten().chain(&slack))
}

pub fn positional(min: usize, weights: &[i64], options: usize) -> Shape {
    let mut coordinates = Coordinates::default();
    let one = Affine::constant(1);
    let of_rank = |rank| match rank < min {
        true => {
            let others = coordinates.take(options - 1);
            let last = one.clone().less(&others);
            [others, vec![last]].concat()
        }
        false => coordinates.take(options),
    };
    let ranks: Vec<Vec<Affine>> = (0..weights.len()).map(of_rank).collect();
    let of_option = |option: usize| ranks.iter().map(move |rank| &rank[option]);
    let slots: Vec<Affine> = (0..options)
        .map(|option| weights.iter().zip(of_option(option)).fold(Affine::default(), |sum, (&w, bit)| sum.plus(w, bit)))
        .collect();
    let ranks_of_options = (0..options).map(|option| Affine::sum(of_option(option)));
    let mut bits: Vec<Affine> = ranks.iter().flatten().cloned().collect();
    bits.extend(ranks_of_options.filter(|_| weights.len() >= 2));
    let mut before = one;
    for rank in &ranks[min..] {
        let used = Affine::sum(rank);
        bits.push(before.less([&used]));
        before = used;
    }
    coordinates.shape(&slots, &bits)
}

pub fn quadratic(credits: u64, options: usize) -> Shape {
    let mut coordinates = Coordinates::default();
    let (of_option, of_slack) = (digits(credits.isqrt()), digits(credits));
    let bits: Vec<Vec<Affine>> = (0..options).map(|_| coordinates.take(of_option.len())).collect();
    let slack = coordinates.take(of_slack.len());
    let slots: Vec<Affine> = bits.iter().map(|bits| weighted(&of_option, bits)).collect();
    let budget = Constraint {
        products: slots.iter().map(|votes| (1, votes.form(), votes.form())).collect(),
        rest: weighted(&of_slack, &slack).plus(1, &Affine::constant(-(credits as i64))).form(),
    };
    coordinates.shape_with(&slots, bits.iter().flatten().chain(&slack), Some(budget))
}

pub fn ranking(options: usize, ties: bool) -> Shape {
    let mut coordinates = Coordinates::default();
    let all = || 0..options;
    let is_slot = |a, b| if ties { a != b } else { a < b };
    let pairs: BTreeMap<(usize, usize), Affine> = all()
        .flat_map(|a| all().map(move |b| (a, b)))
        .filter(|&(a, b)| is_slot(a, b))
        .map(|pair| (pair, coordinates.next()))
        .collect();
    let p = |a, b| &pairs[&(a, b)];

    let slots: Vec<Affine> = pairs.values().cloned().collect();
    let mut bits = slots.clone();
    if ties {
        let both = pairs.keys().filter(|(a, b)| a < b).map(|&(a, b)| Affine::sum([p(a, b), p(b, a)]));
        bits.extend(both);
    }
    for (a, b, c) in all().flat_map(|a| all().flat_map(move |b| all().map(move |c| (a, b, c)))) {
        if ties && a != b && b != c && a != c {
            bits.push(Affine::sum([p(a, c), p(c, b)]).less([p(a, b)]));
        } else if !ties && a < b && b < c {
            bits.push(Affine::sum([p(a, b), p(b, c)]).less([p(a, c)]));
        }
    }
    coordinates.shape(&slots, &bits)
}

/// `lists` are the numbers of the lists' options.
pub fn lists(min: usize, max: usize, lists: &[usize]) -> Shape {
    let mut coordinates = Coordinates::default();
    let mut of_lists = coordinates.take(lists.len() - 1);
    of_lists.push(Affine::constant(1).less(&of_lists));
    let (mut slots, mut bits) = (Vec::new(), of_lists.clone());
    for (list, &count) in of_lists.iter().zip(lists).filter(|(_, count)| **count > 0) {
        let most = max.min(count);
        let weights = digits((most - min) as u64);
        let mut options = coordinates.take(count - 1);
        let slack = coordinates.take(weights.len());
        let last = Affine::default().plus(most as i64, list).less(&options);
        options.push(last.less([&weighted(&weights, &slack)]));
        slots.extend(options.clone());
        bits.extend(options.into_iter().chain(slack));
    }
    slots.extend(of_lists);
    coordinates.shape(&slots, &bits)
}

/// An allocation without range: in bits.
pub fn allocation_in_bits(amount: u64, options: usize) -> Shape {
    let mut coordinates = Coordinates::default();
    let weights: Vec<i64> = (0..=amount.ilog2()).map(|place| 1 << place).collect();
    let mut bits: Vec<Vec<Affine>> = (1..options).map(|_| coordinates.take(weights.len())).collect();
    let of_last = coordinates.take(weights.len() - 1);
    let values = bits.iter().map(|bits| weighted(&weights, bits));
    let values: Vec<Affine> = values.chain([weighted(&weights[1..], &of_last)]).collect();
    let lowest = Affine::constant(amount as i64).less(&values);
    bits.push([vec![lowest], of_last].concat());
    let limbs = bits.iter().flat_map(|bits| bits.chunks(16));
    let slots: Vec<Affine> = limbs.map(|bits| weighted(&weights[..bits.len()], bits)).collect();
    coordinates.shape(&slots, bits.iter().flatten())
}

/// An allocation with range: in limbs.
pub fn allocation_with_range(amount: u64, options: usize) -> Shape {
    let mut coordinates = Coordinates::default();
    let limbs = if amount < 1 << 16 { 1 } else { 2 };
    let mut slots = coordinates.take(limbs * (options - 1));
    let of_last = coordinates.take(limbs - 1);
    let weights = (0..limbs).cycle().map(|limb| 1 << (16 * limb));
    let values = slots.iter().zip(weights).fold(Affine::constant(amount as i64), |rest, (limb, w)| rest.plus(-w, limb));
    let first_of_last = of_last.iter().fold(values, |rest, limb| rest.plus(-(1 << 16), limb));
    slots.push(first_of_last);
    slots.extend(of_last);
    let forms: Vec<Form> = slots.iter().map(Affine::form).collect();
    Shape::with_ranged(coordinates.0 as usize, forms, Vec::new(), (1..=slots.len() as u32).collect()).unwrap()
}
