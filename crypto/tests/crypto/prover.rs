//! A prover that checks nothing: it follows the formulas of specs/ballot.md#proof for whatever it is told to prove.
//!
//! It is written against the specification and shares no code with the crate's prover and verifier but points,
//! scalars, transcripts and the shape digest.

use curve25519_dalek::traits::Identity;
use rand_core::CryptoRng;
use tabella_crypto::ballot::Prefix;
use tabella_crypto::group::{
    Point, Scalar, decode_point, decode_scalar, encode_point, generator_g, generator_h, random_scalar,
};
use tabella_crypto::shape::{Constraint, Form, Shape};
use tabella_crypto::transcript::Transcript;

use crate::samples::{ELECTION, Election, STYLE, base, sum};

/// What the prover claims, and with which secrets.
pub struct Claim<'a> {
    pub election: &'a Election,
    pub credential: Point,
    /// What it signs with, whatever the credential is.
    pub kappa: Scalar,
    /// The "bits": any scalars.
    pub bits: Vec<Scalar>,
    pub r: Scalar,
    pub beta: Scalar,
    /// Added to R, to each ciphertext and to B once they are made.
    pub added_to_r: Point,
    pub added_to_ciphertexts: Vec<Point>,
    pub added_to_b: Point,
}

/// A proof taken apart.
#[derive(Clone)]
pub struct Proof {
    pub t: Point,
    pub t0: Point,
    pub s: Point,
    pub k_a: Point,
    pub f: Vec<Scalar>,
    pub z: Scalar,
    pub eta: Scalar,
    pub omega: Scalar,
}

impl<'a> Claim<'a> {
    /// An honest claim of these bits, signed with a random key.
    pub fn new(election: &'a Election, bits: &[u64], rng: &mut impl CryptoRng) -> Self {
        let kappa = random_scalar(rng);
        Self {
            election,
            credential: Point::mul_base(&kappa),
            kappa,
            bits: bits.iter().map(|&bit| Scalar::from(bit)).collect(),
            r: random_scalar(rng),
            beta: random_scalar(rng),
            added_to_r: Point::identity(),
            added_to_ciphertexts: vec![Point::identity(); election.keys.len()],
            added_to_b: Point::identity(),
        }
    }

    pub fn prefix(&self) -> Prefix {
        let values = self.election.shape.slots().iter().map(|form| homogeneous(form, &self.bits, Scalar::ONE));
        let ciphertexts = values.zip(&self.election.keys).zip(&self.added_to_ciphertexts);
        let committed: Point = (1..).zip(&self.bits).map(|(index, bit)| generator_g(index) * bit).sum();
        let b = committed + generator_g(0) * self.r + generator_h() * self.beta + self.added_to_b;
        Prefix {
            credential: encode_point(&self.credential),
            link: None,
            r: encode_point(&(Point::mul_base(&self.r) + self.added_to_r)),
            ciphertexts: ciphertexts
                .map(|((value, key), added)| encode_point(&(Point::mul_base(&value) + key * self.r + added)))
                .collect(),
            b: encode_point(&b),
        }
    }

    /// Proves the claim, in answer to the challenges that belong to `prefix`.
    pub fn prove(&self, prefix: &Prefix, rng: &mut impl CryptoRng) -> Proof {
        let shape = &self.election.shape;
        let mut transcript = transcript(prefix, &self.election.shape, &self.election.keys);
        let y = transcript.scalar("y");
        let a: Vec<Scalar> = self.bits.iter().map(|_| random_scalar(rng)).collect();
        let [s, sigma, tau, kappa_a] = std::array::from_fn(|_| random_scalar(rng));

        // p(X) = p2·X² + t1·X + t0, from its values at 0, at 1, and its highest coefficient.
        let t0 = constraint_sum(shape, y, &a, Scalar::ZERO);
        let p2 = constraint_sum(shape, y, &self.bits, Scalar::ONE);
        let masked: Vec<Scalar> = self.bits.iter().zip(&a).map(|(bit, a)| bit + a).collect();
        let t1 = constraint_sum(shape, y, &masked, Scalar::ONE) - t0 - p2;

        let masks: Point = (1..).zip(&a).map(|(index, a)| generator_g(index) * a).sum();
        let mut proof = Proof {
            t: masks + generator_g(0) * s + base() * t1 + generator_h() * sigma,
            t0: base() * t0 + generator_h() * tau,
            s: base() * slot_sum(shape, y, &a, Scalar::ZERO) + (base() + key_sum(self.election, y)) * s,
            k_a: base() * kappa_a,
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
        let scalars = self.f.iter().chain([&self.z, &self.eta, &self.omega]).map(Scalar::to_bytes);
        points.into_iter().chain(scalars).flatten().collect()
    }

    pub fn decode(bytes: &[u8]) -> Self {
        let (chunks, _) = bytes.as_chunks();
        let [t, t0, s, k_a] = [0, 1, 2, 3].map(|place| decode_point(&chunks[place]).unwrap());
        let mut f: Vec<Scalar> = chunks[4..].iter().map(|chunk| decode_scalar(chunk).unwrap()).collect();
        let [omega, eta, z] = [(); 3].map(|()| f.pop().unwrap());
        Self { t, t0, s, k_a, f, z, eta, omega }
    }

    fn x(&self, mut transcript: Transcript) -> Scalar {
        let commitments = [&self.t, &self.t0, &self.s, &self.k_a].map(encode_point);
        transcript.absorb("commitments", &commitments.concat());
        transcript.scalar("x")
    }

    /// The challenges y and x of this proof behind a prefix.
    pub fn challenges(&self, election: &Election, prefix: &Prefix) -> (Scalar, Scalar) {
        let mut transcript = transcript(prefix, &election.shape, &election.keys);
        let y = transcript.scalar("y");
        (y, self.x(transcript))
    }

    /// What is left of (E1), (E2) and (E3) when the right sides are taken from the left sides: identities if they
    /// hold.
    pub fn remainders(&self, election: &Election, prefix: &Prefix, y: Scalar, x: Scalar) -> [Point; 3] {
        let point = |bytes| decode_point(bytes).unwrap();
        let generators: Point = (1..).zip(&self.f).map(|(index, f)| generator_g(index) * f).sum();
        let p_f = constraint_sum(&election.shape, y, &self.f, x);
        let l_f = slot_sum(&election.shape, y, &self.f, x);
        let ciphertexts: Point = powers(y).zip(&prefix.ciphertexts).map(|(power, c)| point(c) * power).sum();
        [
            (point(&prefix.b) * x + self.t) * x + self.t0
                - ((generators + generator_g(0) * self.z) * x + base() * p_f + generator_h() * self.eta),
            (point(&prefix.r) + ciphertexts) * x + self.s - (base() * l_f + (base() + key_sum(election, y)) * self.z),
            point(&prefix.credential) * x + self.k_a - base() * self.omega,
        ]
    }
}

/// The transcript of a ballot up to its prefix, row by row.
pub fn transcript(prefix: &Prefix, shape: &Shape, keys: &[Point]) -> Transcript {
    let mut transcript = Transcript::new("tabella/1/ballot");
    transcript.absorb("election", &ELECTION);
    transcript.absorb("shape", &shape.digest(STYLE));
    transcript.absorb("keys", &keys.iter().map(encode_point).collect::<Vec<_>>().concat());
    transcript.absorb("credential", &prefix.credential);
    transcript.absorb("link", prefix.link.as_ref().map_or(&[], |link| link));
    transcript.absorb("ciphertexts", &[&[prefix.r], prefix.ciphertexts.as_slice()].concat().concat());
    transcript.absorb("B", &prefix.b);
    transcript
}

/// y, y², y³, …
pub fn powers(y: Scalar) -> impl Iterator<Item = Scalar> {
    std::iter::successors(Some(y), move |power| Some(power * y))
}

fn key_sum(election: &Election, y: Scalar) -> Point {
    sum(powers(y).zip(&election.keys).map(|(power, key)| key * power).collect::<Vec<_>>().iter())
}

fn constraint_sum(shape: &Shape, y: Scalar, values: &[Scalar], x: Scalar) -> Scalar {
    let value = |Constraint { products, rest }: &Constraint| {
        let products = products.iter();
        products
            .map(|(e, left, right)| integer(*e) * homogeneous(left, values, x) * homogeneous(right, values, x))
            .chain([x * homogeneous(rest, values, x)])
            .sum::<Scalar>()
    };
    powers(y).zip(shape.constraints()).map(|(power, constraint)| power * value(constraint)).sum()
}

fn slot_sum(shape: &Shape, y: Scalar, values: &[Scalar], x: Scalar) -> Scalar {
    powers(y).zip(shape.slots()).map(|(power, form)| power * homogeneous(form, values, x)).sum()
}

pub fn homogeneous(form: &Form, values: &[Scalar], x: Scalar) -> Scalar {
    let terms = form.terms.iter().map(|&(index, coefficient)| integer(coefficient) * values[index as usize - 1]);
    terms.chain([integer(form.constant) * x]).sum()
}

fn integer(value: i64) -> Scalar {
    let magnitude = Scalar::from(value.unsigned_abs());
    if value < 0 { -magnitude } else { magnitude }
}
