//! A prover that checks nothing: it follows the formulas of specs/ballot.md#proof for whatever it is told to prove.

use curve25519_dalek::traits::Identity;
use rand_core::CryptoRng;
use tabella_crypto::ballot::Prefix;
use tabella_crypto::group::{Point, Scalar, decode_point, encode_point, generator_g, generator_h, random_scalar};
use tabella_crypto::shape::{Constraint, Form, Shape};
use tabella_crypto::transcript::Transcript;

/// What all ballots of a style share.
pub struct Style {
    pub election: [u8; 32],
    pub index: u64,
    pub shape: Shape,
    pub keys: Vec<Point>,
}

/// What the prover claims, and with which secrets.
pub struct Claim {
    pub kappa: Scalar,
    /// The free bits: any scalars.
    pub bits: Vec<Scalar>,
    pub r: Scalar,
    pub beta: Scalar,
    /// Added to R and to each ciphertext once they are made.
    pub added_to_r: Point,
    pub added_to_ciphertexts: Vec<Point>,
}

/// A proof taken apart.
pub struct Proof {
    t: Point,
    t0: Point,
    s: Point,
    k_a: Point,
    f: Vec<Scalar>,
    z: Scalar,
    eta: Scalar,
    omega: Scalar,
}

impl Claim {
    /// An honest claim of these bits.
    pub fn new(style: &Style, kappa: Scalar, bits: &[i64], rng: &mut impl CryptoRng) -> Self {
        Self {
            kappa,
            bits: bits.iter().map(|bit| integer(*bit)).collect(),
            r: random_scalar(rng),
            beta: random_scalar(rng),
            added_to_r: Point::identity(),
            added_to_ciphertexts: vec![Point::identity(); style.keys.len()],
        }
    }

    pub fn prefix(&self, style: &Style) -> Prefix {
        let values = style.shape.slots().iter().map(|form| homogeneous(form, &self.bits, Scalar::ONE));
        let ciphertexts = values.zip(&style.keys).zip(&self.added_to_ciphertexts);
        let committed: Point = (1..).zip(&self.bits).map(|(index, bit)| generator_g(index) * bit).sum();
        Prefix {
            credential: encode_point(&Point::mul_base(&self.kappa)),
            link: None,
            r: encode_point(&(Point::mul_base(&self.r) + self.added_to_r)),
            ciphertexts: ciphertexts
                .map(|((value, key), added)| encode_point(&(Point::mul_base(&value) + key * self.r + added)))
                .collect(),
            b: encode_point(&(committed + generator_g(0) * self.r + generator_h() * self.beta)),
        }
    }

    /// Proves the claim, in answer to the challenges that belong to `prefix`.
    pub fn prove(&self, style: &Style, prefix: &Prefix, rng: &mut impl CryptoRng) -> Proof {
        let shape = &style.shape;
        let mut transcript = style.transcript(prefix);
        let y = transcript.scalar("y");
        let a: Vec<Scalar> = self.bits.iter().map(|_| random_scalar(rng)).collect();
        let [s, sigma, tau, kappa_a] = std::array::from_fn(|_| random_scalar(rng));

        // p(X) = p2·X² + t1·X + t0, from its values at 0, at 1, and its highest coefficient.
        let t0 = constraint_sum(shape, y, &a, Scalar::ZERO);
        let p2 = constraint_sum(shape, y, &self.bits, Scalar::ONE);
        let masked: Vec<Scalar> = self.bits.iter().zip(&a).map(|(bit, a)| bit + a).collect();
        let t1 = constraint_sum(shape, y, &masked, Scalar::ONE) - t0 - p2;

        let masks: Point = (1..).zip(&a).map(|(index, a)| generator_g(index) * a).sum();
        let slots = Point::mul_base(&slot_sum(shape, y, &a, Scalar::ZERO));
        let mut proof = Proof {
            t: masks + generator_g(0) * s + Point::mul_base(&t1) + generator_h() * sigma,
            t0: Point::mul_base(&t0) + generator_h() * tau,
            s: slots + (Point::mul_base(&Scalar::ONE) + style.key_sum(y)) * s,
            k_a: Point::mul_base(&kappa_a),
            f: a,
            z: s,
            eta: tau,
            omega: kappa_a,
        };
        let x = proof.x(transcript);
        proof.f.iter_mut().zip(&self.bits).for_each(|(f, bit)| *f += x * bit);
        proof.z += x * self.r;
        proof.eta += x * x * self.beta + x * sigma;
        proof.omega += x * self.kappa;
        proof
    }
}

impl Proof {
    pub fn encode(&self) -> Vec<u8> {
        let points = [&self.t, &self.t0, &self.s, &self.k_a].map(encode_point);
        let scalars = self.f.iter().chain([&self.z, &self.eta, &self.omega]);
        points.into_iter().chain(scalars.map(Scalar::to_bytes)).flatten().collect()
    }

    fn x(&self, mut transcript: Transcript) -> Scalar {
        let commitments = [&self.t, &self.t0, &self.s, &self.k_a].map(encode_point);
        transcript.absorb("commitments", &commitments.concat());
        transcript.scalar("x")
    }

    /// What is left of (E1) when the right side is taken from the left: with it, who knows y can mend B.
    pub fn rest_of_first(&self, style: &Style, prefix: &Prefix) -> (Point, Scalar) {
        let mut transcript = style.transcript(prefix);
        let y = transcript.scalar("y");
        let x = self.x(transcript);
        let generators: Point = (1..).zip(&self.f).map(|(index, f)| generator_g(index) * f).sum();
        let p_f = Point::mul_base(&constraint_sum(&style.shape, y, &self.f, x));
        let b = decode_point(&prefix.b).unwrap();
        let right = (generators + generator_g(0) * self.z) * x + p_f + generator_h() * self.eta;
        ((b * x + self.t) * x + self.t0 - right, x)
    }
}

impl Style {
    /// The transcript of a ballot up to its prefix, row by row.
    fn transcript(&self, prefix: &Prefix) -> Transcript {
        let keys: Vec<[u8; 32]> = self.keys.iter().map(encode_point).collect();
        let ciphertexts = [&[prefix.r], prefix.ciphertexts.as_slice()].concat();
        let mut transcript = Transcript::new("tabella/1/ballot");
        transcript.absorb("election", &self.election);
        transcript.absorb("shape", &self.shape.digest(self.index));
        transcript.absorb("keys", &keys.concat());
        transcript.absorb("credential", &prefix.credential);
        transcript.absorb("link", prefix.link.as_ref().map_or(&[], |link| link));
        transcript.absorb("ciphertexts", &ciphertexts.concat());
        transcript.absorb("B", &prefix.b);
        transcript
    }

    fn key_sum(&self, y: Scalar) -> Point {
        powers(y).zip(&self.keys).map(|(power, key)| key * power).sum()
    }
}

/// y, y², y³, …
fn powers(y: Scalar) -> impl Iterator<Item = Scalar> {
    std::iter::successors(Some(y), move |power| Some(power * y))
}

fn constraint_sum(shape: &Shape, y: Scalar, values: &[Scalar], x: Scalar) -> Scalar {
    let value = |Constraint { products, rest }: &Constraint| {
        let products = products.iter();
        products
            .map(|(e, left, right)| integer(*e) * homogeneous(left, values, x) * homogeneous(right, values, x))
            .chain([x * homogeneous(rest, values, x)])
            .sum::<Scalar>()
    };
    let constraints = powers(y).zip(shape.constraints());
    constraints.map(|(power, constraint)| power * value(constraint)).sum()
}

fn slot_sum(shape: &Shape, y: Scalar, values: &[Scalar], x: Scalar) -> Scalar {
    let slots = powers(y).zip(shape.slots());
    slots.map(|(power, form)| power * homogeneous(form, values, x)).sum()
}

fn homogeneous(form: &Form, values: &[Scalar], x: Scalar) -> Scalar {
    let terms = form.terms.iter();
    terms
        .map(|&(index, coefficient)| integer(coefficient) * values[index as usize - 1])
        .chain([integer(form.constant) * x])
        .sum()
}

pub fn integer(value: i64) -> Scalar {
    let magnitude = Scalar::from(value.unsigned_abs());
    if value < 0 { -magnitude } else { magnitude }
}
