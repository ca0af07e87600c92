//! A prover that checks nothing: it follows the formulas of specs/ballot.md#proof for whatever it is told to prove.
//!
//! It is written against the specification and shares no code with the crate's prover and verifier but points,
//! scalars, transcripts and the shape digest. Range proofs come from the crate `bulletproofs`, which proves false
//! things too.

use bulletproofs::{BulletproofGens, PedersenGens, RangeProof};
use curve25519_dalek::traits::Identity;
use curve25519_dalek_4::Scalar as OlderScalar;
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
    /// The coordinates: any scalars.
    pub coordinates: Vec<Scalar>,
    pub r: Scalar,
    pub beta: Scalar,
    /// Added to R, to each ciphertext and to B once they are made.
    pub added_to_r: Point,
    pub added_to_ciphertexts: Vec<Point>,
    pub added_to_b: Point,
    /// The numbers in the `V_j`, any scalars, and their blindings.
    pub ranged: Vec<Scalar>,
    pub blindings: Vec<Scalar>,
    /// Whether the `V_j` are hashed before y.
    pub hashes_values: bool,
    /// A range proof made elsewhere.
    pub range: Option<Vec<u8>>,
}

/// A proof taken apart.
#[derive(Clone)]
pub struct Proof {
    pub hashes_values: bool,
    pub values: Vec<Point>,
    pub range: Vec<u8>,
    pub t: Point,
    pub t0: Point,
    pub s: Point,
    pub k_a: Point,
    /// S′, with ranged slots.
    pub ranged_s: Option<Point>,
    pub f: Vec<Scalar>,
    pub z: Scalar,
    pub eta: Scalar,
    pub omega: Scalar,
    /// ω′, with ranged slots.
    pub ranged_omega: Option<Scalar>,
}

impl<'a> Claim<'a> {
    /// An honest claim of these coordinates, signed with a random key. The numbers of ranged slots are 0 if the
    /// coordinates are no vote.
    pub fn new(election: &'a Election, coordinates: &[u64], rng: &mut impl CryptoRng) -> Self {
        let kappa = random_scalar(rng);
        let ranged = election.shape.ranged().iter();
        let values = election.shape.evaluate(coordinates).unwrap_or_else(|| vec![0; election.keys.len()]);
        Self {
            election,
            credential: Point::mul_base(&kappa),
            kappa,
            coordinates: coordinates.iter().map(|&coordinate| Scalar::from(coordinate)).collect(),
            r: random_scalar(rng),
            beta: random_scalar(rng),
            added_to_r: Point::identity(),
            added_to_ciphertexts: vec![Point::identity(); election.keys.len()],
            added_to_b: Point::identity(),
            blindings: ranged.clone().map(|_| random_scalar(rng)).collect(),
            ranged: ranged.map(|&number| values[number as usize - 1].into()).collect(),
            hashes_values: true,
            range: None,
        }
    }

    pub fn prefix(&self) -> Prefix {
        let values = self.election.shape.slots().iter().map(|form| homogeneous(form, &self.coordinates, Scalar::ONE));
        let ciphertexts = values.zip(&self.election.keys).zip(&self.added_to_ciphertexts);
        let committed: Point = (1..).zip(&self.coordinates).map(|(index, b)| generator_g(index) * b).sum();
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
        let values: Vec<Point> =
            self.ranged.iter().zip(&self.blindings).map(|(&value, &gamma)| commit(value, gamma)).collect();
        let mut transcript = transcript(prefix, &self.election.shape, &self.election.keys);
        if self.hashes_values {
            absorb_values(&mut transcript, &values);
        }
        let y = transcript.scalar("y");
        let range = self.range.clone().unwrap_or_else(|| prove_range(&transcript, &self.ranged, &self.blindings, rng));
        let gamma = random_scalar(rng);
        let is_ranged = !values.is_empty();
        let a: Vec<Scalar> = self.coordinates.iter().map(|_| random_scalar(rng)).collect();
        let [s, sigma, tau, kappa_a] = std::array::from_fn(|_| random_scalar(rng));

        // p(X) = p2·X² + t1·X + t0, from its values at 0, at 1, and its highest coefficient.
        let t0 = constraint_sum(shape, y, &a, Scalar::ZERO);
        let p2 = constraint_sum(shape, y, &self.coordinates, Scalar::ONE);
        let masked: Vec<Scalar> = self.coordinates.iter().zip(&a).map(|(b, a)| b + a).collect();
        let t1 = constraint_sum(shape, y, &masked, Scalar::ONE) - t0 - p2;

        let masks: Point = (1..).zip(&a).map(|(index, a)| generator_g(index) * a).sum();
        let mut proof = Proof {
            hashes_values: self.hashes_values,
            values,
            range,
            t: masks + generator_g(0) * s + base() * t1 + generator_h() * sigma,
            t0: base() * t0 + generator_h() * tau,
            s: base() * slot_sum(shape, y, &a, Scalar::ZERO) + (base() + key_sum(self.election, y)) * s,
            k_a: base() * kappa_a,
            ranged_s: is_ranged.then(|| base() * ranged_sum(shape, y, &a, Scalar::ZERO) + blinding_base() * gamma),
            f: a,
            z: s,
            eta: tau,
            omega: kappa_a,
            ranged_omega: is_ranged.then_some(gamma),
        };
        let x = proof.x(transcript);
        proof.f.iter_mut().zip(&self.coordinates).for_each(|(f, b)| *f += x * b);
        proof.z += x * self.r;
        proof.eta += x * x * self.beta + x * sigma;
        proof.omega += x * self.kappa;
        if let Some(omega) = &mut proof.ranged_omega {
            *omega += x * of_ranged(shape, y).zip(&self.blindings).map(|(power, gamma)| power * gamma).sum::<Scalar>();
        }
        proof
    }
}

impl Proof {
    pub fn encode(&self) -> Vec<u8> {
        let scalars = self.f.iter().chain([&self.z, &self.eta, &self.omega]).chain(&self.ranged_omega);
        let values = self.values.iter().flat_map(encode_point);
        let commitments = self.commitments().into_iter().flatten();
        values.chain(self.range.clone()).chain(commitments).chain(scalars.flat_map(Scalar::to_bytes)).collect()
    }

    pub fn decode(bytes: &[u8], shape: &Shape) -> Self {
        let count = shape.ranged().len();
        let (values, rest) = bytes.split_at(32 * count);
        let (range, rest) = rest.split_at(range_proof_length(count));
        let (commitments, responses) = rest.split_at(32 * if count == 0 { 4 } else { 5 });
        let points = |bytes: &[u8]| bytes.as_chunks().0.iter().map(|chunk| decode_point(chunk).unwrap()).collect();
        let (values, commitments): (Vec<Point>, Vec<Point>) = (points(values), points(commitments));
        let responses: Vec<Scalar> =
            responses.as_chunks().0.iter().map(|chunk| decode_scalar(chunk).unwrap()).collect();
        let (f, others) = responses.split_at(shape.free());
        Self {
            hashes_values: true,
            values,
            range: range.to_vec(),
            t: commitments[0],
            t0: commitments[1],
            s: commitments[2],
            k_a: commitments[3],
            ranged_s: commitments.get(4).copied(),
            f: f.to_vec(),
            z: others[0],
            eta: others[1],
            omega: others[2],
            ranged_omega: others.get(3).copied(),
        }
    }

    fn commitments(&self) -> Vec<[u8; 32]> {
        [&self.t, &self.t0, &self.s, &self.k_a].into_iter().chain(&self.ranged_s).map(encode_point).collect()
    }

    /// The challenges y and x of this proof behind a prefix.
    pub fn challenges(&self, election: &Election, prefix: &Prefix) -> (Scalar, Scalar) {
        let mut transcript = transcript(prefix, &election.shape, &election.keys);
        if self.hashes_values {
            absorb_values(&mut transcript, &self.values);
        }
        let y = transcript.scalar("y");
        (y, self.x(transcript))
    }

    fn x(&self, mut transcript: Transcript) -> Scalar {
        if !self.values.is_empty() {
            transcript.absorb("range", &self.range);
        }
        transcript.absorb("commitments", &self.commitments().concat());
        transcript.scalar("x")
    }

    /// What is left of (E1) to (E4) when the right sides are taken from the left sides: identities if they hold.
    pub fn remainders(&self, election: &Election, prefix: &Prefix, y: Scalar, x: Scalar) -> [Point; 4] {
        let shape = &election.shape;
        let point = |bytes| decode_point(bytes).unwrap();
        let generators: Point = (1..).zip(&self.f).map(|(index, f)| generator_g(index) * f).sum();
        let p_f = constraint_sum(shape, y, &self.f, x);
        let l_f = slot_sum(shape, y, &self.f, x);
        let ciphertexts: Point = powers(y).zip(&prefix.ciphertexts).map(|(power, c)| point(c) * power).sum();
        let values: Point = of_ranged(shape, y).zip(&self.values).map(|(power, value)| value * power).sum();
        let ranged = self
            .ranged_s
            .zip(self.ranged_omega)
            .map(|(s, omega)| values * x + s - (base() * ranged_sum(shape, y, &self.f, x) + blinding_base() * omega));
        [
            (point(&prefix.b) * x + self.t) * x + self.t0
                - ((generators + generator_g(0) * self.z) * x + base() * p_f + generator_h() * self.eta),
            (point(&prefix.r) + ciphertexts) * x + self.s - (base() * l_f + (base() + key_sum(election, y)) * self.z),
            point(&prefix.credential) * x + self.k_a - base() * self.omega,
            ranged.unwrap_or_else(Point::identity),
        ]
    }
}

/// H̃, the other base of the `V_j`.
pub fn blinding_base() -> Point {
    decode_point(&PedersenGens::default().B_blinding.compress().to_bytes()).unwrap()
}

fn commit(value: Scalar, blinding: Scalar) -> Point {
    base() * value + blinding_base() * blinding
}

fn range_proof_length(count: usize) -> usize {
    if count == 0 { 0 } else { 32 * (2 * (16 * count.next_power_of_two()).ilog2() as usize + 9) }
}

/// A proof that these numbers have 16 bits, whether they have or not.
pub fn prove_range(
    transcript: &Transcript,
    values: &[Scalar],
    blindings: &[Scalar],
    rng: &mut impl CryptoRng,
) -> Vec<u8> {
    if values.is_empty() {
        return Vec::new();
    }
    let parties = values.len().next_power_of_two();
    let low = |value: &Scalar| u64::from_le_bytes(*value.as_bytes().first_chunk().unwrap());
    let mut values: Vec<u64> = values.iter().map(low).collect();
    values.resize(parties, 0);
    let mut blindings: Vec<OlderScalar> =
        blindings.iter().map(|gamma| OlderScalar::from_canonical_bytes(gamma.to_bytes()).unwrap()).collect();
    blindings.resize(parties, OlderScalar::ZERO);
    let (proof, _) = RangeProof::prove_multiple_with_rng(
        &BulletproofGens::new(16, parties),
        &PedersenGens::default(),
        &mut transcript.clone().into_merlin(),
        &values,
        &blindings,
        16,
        &mut OlderRng(rng),
    )
    .unwrap();
    proof.to_bytes()
}

/// A generator of randomness, as `bulletproofs` knows them.
struct OlderRng<'a, R>(&'a mut R);

impl<R: CryptoRng> rand_core_06::RngCore for OlderRng<'_, R> {
    fn next_u32(&mut self) -> u32 {
        self.0.next_u32()
    }

    fn next_u64(&mut self) -> u64 {
        self.0.next_u64()
    }

    fn fill_bytes(&mut self, out: &mut [u8]) {
        self.0.fill_bytes(out);
    }

    fn try_fill_bytes(&mut self, out: &mut [u8]) -> Result<(), rand_core_06::Error> {
        self.0.fill_bytes(out);
        Ok(())
    }
}

impl<R: CryptoRng> rand_core_06::CryptoRng for OlderRng<'_, R> {}

fn absorb_values(transcript: &mut Transcript, values: &[Point]) {
    if !values.is_empty() {
        transcript.absorb("values", &values.iter().map(encode_point).collect::<Vec<_>>().concat());
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

/// The powers of y that belong to the ranged slots.
fn of_ranged(shape: &Shape, y: Scalar) -> impl Iterator<Item = Scalar> {
    let powers: Vec<Scalar> = powers(y).take(shape.slots().len()).collect();
    shape.ranged().iter().map(move |&number| powers[number as usize - 1])
}

fn ranged_sum(shape: &Shape, y: Scalar, values: &[Scalar], x: Scalar) -> Scalar {
    let forms = shape.ranged().iter().map(|&number| &shape.slots()[number as usize - 1]);
    of_ranged(shape, y).zip(forms).map(|(power, form)| power * homogeneous(form, values, x)).sum()
}

pub fn homogeneous(form: &Form, values: &[Scalar], x: Scalar) -> Scalar {
    let terms = form.terms.iter().map(|&(index, coefficient)| integer(coefficient) * values[index as usize - 1]);
    terms.chain([integer(form.constant) * x]).sum()
}

fn integer(value: i64) -> Scalar {
    let magnitude = Scalar::from(value.unsigned_abs());
    if value < 0 { -magnitude } else { magnitude }
}
