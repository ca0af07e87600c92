//! Shapes and elections to try the mathematics with.

use curve25519_dalek::traits::Identity;
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use tabella_crypto::ballot::{Context, Prefix};
use tabella_crypto::credential::VotingKey;
use tabella_crypto::group::{Point, Scalar, random_scalar};
use tabella_crypto::shape::{Constraint, Form, Shape};

use crate::kinds::allocation_with_range;
pub use crate::kinds::choice;

pub const ELECTION: [u8; 32] = [7; 32];
pub const STYLE: u64 = 3;

/// Everything of an election of one style, the trustees' secrets included.
pub struct Election {
    pub shape: Shape,
    pub secrets: Vec<Scalar>,
    pub keys: Vec<Point>,
    pub context: Context,
    pub voter: VotingKey,
}

impl Election {
    pub fn new(shape: Shape) -> Self {
        let mut rng = rng(1);
        let secrets: Vec<Scalar> = shape.slots().iter().map(|_| random_scalar(&mut rng)).collect();
        let keys: Vec<Point> = secrets.iter().map(Point::mul_base).collect();
        let context = Context::new(ELECTION, STYLE, shape.clone(), keys.clone()).unwrap();
        Self { shape, secrets, keys, context, voter: voter(1) }
    }

    /// Encrypts and proves these bits for the election's voter.
    pub fn cast(&self, bits: &[u64], seed: u64) -> (Prefix, Vec<u8>) {
        let draft = self.context.encrypt(&self.voter, None, bits, 0, &mut rng(seed)).unwrap();
        let prefix = draft.prefix().clone();
        (prefix, draft.cast(&mut rng(seed)).unwrap())
    }

    /// A slot's value as a point, by the trustees' secret key.
    pub fn decrypt(&self, slot: usize, r: &Point, ciphertext: &Point) -> Point {
        ciphertext - r * self.secrets[slot]
    }
}

pub fn rng(seed: u64) -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(seed)
}

pub fn voter(number: u8) -> VotingKey {
    VotingKey::derive(&ELECTION, &[number; 16]).unwrap()
}

pub fn base() -> Point {
    Point::mul_base(&Scalar::ONE)
}

pub fn sum<'a>(points: impl Iterator<Item = &'a Point>) -> Point {
    points.fold(Point::identity(), |sum, point| sum + point)
}

/// All assignments of bits, legal or not.
pub fn assignments(free: usize) -> impl Iterator<Item = Vec<u64>> {
    (0..1_u64 << free).map(move |number| (0..free).map(|bit| number >> bit & 1).collect())
}

/// All legal assignments.
pub fn legal(shape: &Shape) -> Vec<Vec<u64>> {
    assignments(shape.free()).filter(|bits| shape.evaluate(bits).is_some()).collect()
}

/// Shapes of every sort, small enough to try all assignments.
pub fn shapes() -> Vec<Shape> {
    vec![
        choice(1, 1, 1, false),
        choice(0, 1, 1, false),
        choice(1, 1, 3, false),
        choice(1, 4, 5, true),
        choice(0, 3, 3, true),
        score(3, 4),
        quadratic(2, 9),
        ranking(3),
        Shape::join(&[choice(1, 2, 3, true), ranking(3), choice(1, 1, 1, false)]).unwrap(),
        allocation_with_range(1, 2),
        Shape::join(&[choice(0, 1, 2, false), allocation_with_range(1, 3), quadratic(1, 1)]).unwrap(),
    ]
}

/// Scores from 0 to 3 that add up to `budget` at most.
pub fn score(options: u32, budget: i64) -> Shape {
    let scores: Vec<Form> = (0..options).map(score_of).collect();
    let sum = scores.iter().flat_map(|form| form.terms.clone());
    let slack: Vec<(u32, i64)> = (2 * options + 1..).zip(slack_weights(budget)).collect();
    let exact = Constraint {
        products: Vec::new(),
        rest: Form { constant: -budget, terms: sum.chain(slack.iter().copied()).collect() },
    };
    let free = 2 * options + slack.len() as u32;
    let constraints = (1..=free).map(|index| Constraint::bit(Form::bit(index))).chain([exact]).collect();
    Shape::new(free as usize, scores, constraints).unwrap()
}

/// Scores from 0 to 3 whose squares add up to `budget` at most.
pub fn quadratic(options: u32, budget: i64) -> Shape {
    let scores: Vec<Form> = (0..options).map(score_of).collect();
    let slack: Vec<(u32, i64)> = (2 * options + 1..).zip(slack_weights(budget)).collect();
    let free = 2 * options + slack.len() as u32;
    let exact = Constraint {
        products: scores.iter().map(|form| (1, form.clone(), form.clone())).collect(),
        rest: Form { constant: -budget, terms: slack },
    };
    let constraints = (1..=free).map(|index| Constraint::bit(Form::bit(index))).chain([exact]).collect();
    Shape::new(free as usize, scores, constraints).unwrap()
}

/// A strict order of the options: a bit for each pair says which of the two is preferred, and no three options are
/// preferred in a circle. A slot counts how many others an option is preferred to.
pub fn ranking(options: u32) -> Shape {
    let pairs: Vec<(u32, u32)> = (1..=options).flat_map(|a| (a + 1..=options).map(move |b| (a, b))).collect();
    let bit = |a, b| 1 + pairs.iter().position(|&pair| pair == (a, b)).unwrap() as u32;
    let slot = |option| {
        let mut slot = Form::constant(i64::from(option) - 1);
        slot.terms.extend((1..option).map(|better| (bit(better, option), -1)));
        slot.terms.extend((option + 1..=options).map(|worse| (bit(option, worse), 1)));
        slot.terms.sort_unstable();
        slot
    };
    let no_circle = |a, b, c| Form { constant: 0, terms: vec![(bit(a, b), 1), (bit(a, c), -1), (bit(b, c), 1)] };
    let triples = pairs.iter().flat_map(|&(a, b)| (b + 1..=options).map(move |c| (a, b, c)));
    let bits = (1..=pairs.len() as u32).map(Form::bit);
    let constraints = bits.chain(triples.map(|(a, b, c)| no_circle(a, b, c))).map(Constraint::bit).collect();
    Shape::new(pairs.len(), (1..=options).map(slot).collect(), constraints).unwrap()
}

fn score_of(option: u32) -> Form {
    Form { constant: 0, terms: vec![(2 * option + 1, 1), (2 * option + 2, 2)] }
}

/// 1, 2, 4, …, and what is left: sums of them are all the integers from 0 to `slack`.
fn slack_weights(slack: i64) -> impl Iterator<Item = i64> {
    let mut left = slack;
    (0..).map(|power| 1_i64 << power).map_while(move |weight| {
        let weight = weight.min(left);
        left -= weight;
        (weight > 0).then_some(weight)
    })
}
