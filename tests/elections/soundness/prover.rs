//! A prover that checks nothing: it follows the formulas of specs/ballot.md#proof for whatever it is told to prove. Only
//! range proofs are made by who refuses what they cannot show.

use curve25519_dalek::traits::Identity;
use rand_core::CryptoRng;
use tabella_crypto::ballot::Prefix;
use tabella_crypto::group::{Point, Scalar, decode_point, encode_point, generator_g, generator_h, random_scalar};
use tabella_crypto::nonce::Nonces;
use tabella_crypto::range::{self, blinding_base};
use tabella_crypto::shape::{Constraint, Form, Shape};
use tabella_crypto::transcript::Transcript;

pub use crate::glass::ballot::Style;

/// What the prover claims, and with which secrets.
pub struct Claim {
    pub kappa: Scalar,
    /// The coordinates: any scalars.
    pub coordinates: Vec<Scalar>,
    pub r: Scalar,
    pub beta: Scalar,
    /// Added to R and to each ciphertext once they are made.
    pub added_to_r: Point,
    pub added_to_ciphertexts: Vec<Point>,
    /// What the `V_j` of ranged slots hold, and with which blindings.
    pub ranged: Vec<Scalar>,
    pub gammas: Vec<Scalar>,
    /// What is shown of them.
    pub in_range: Vec<u64>,
}

/// A proof taken apart.
pub struct Proof {
    values: Vec<Point>,
    range: Vec<u8>,
    t: Point,
    t0: Point,
    s: Point,
    k_a: Point,
    /// S', with ranged slots.
    ranged_s: Option<Point>,
    f: Vec<Scalar>,
    z: Scalar,
    eta: Scalar,
    omega: Scalar,
    /// ω', with ranged slots.
    ranged_omega: Option<Scalar>,
}

impl Claim {
    /// The claim of these coordinates, legal or not, of which everything else is honest. What a range proof cannot show
    /// of a limb it shows of its low 16 bits.
    pub fn new(style: &Style, kappa: Scalar, coordinates: &[i64], rng: &mut impl CryptoRng) -> Self {
        let coordinates: Vec<Scalar> = coordinates.iter().map(|coordinate| integer(*coordinate)).collect();
        let ranged: Vec<Scalar> =
            style.ranged().map(|(_, form)| homogeneous(form, &coordinates, Scalar::ONE)).collect();
        let low_bits = |value: &Scalar| u64::from(u16::from_le_bytes([value.as_bytes()[0], value.as_bytes()[1]]));
        Self {
            kappa,
            coordinates,
            r: random_scalar(rng),
            beta: random_scalar(rng),
            added_to_r: Point::identity(),
            added_to_ciphertexts: vec![Point::identity(); style.keys.len()],
            gammas: ranged.iter().map(|_| random_scalar(rng)).collect(),
            in_range: ranged.iter().map(low_bits).collect(),
            ranged,
        }
    }

    pub fn prefix(&self, style: &Style) -> Prefix {
        let values = style.shape.slots().iter().map(|form| homogeneous(form, &self.coordinates, Scalar::ONE));
        let ciphertexts = values.zip(&style.keys).zip(&self.added_to_ciphertexts);
        let committed: Point = (1..).zip(&self.coordinates).map(|(index, bit)| generator_g(index) * bit).sum();
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
        let ranged = self.ranged.iter().zip(&self.gammas);
        let values: Vec<Point> =
            ranged.map(|(value, gamma)| Point::mul_base(value) + blinding_base() * gamma).collect();
        let (mut transcript, y) = style.challenged(prefix, &values);
        let range = self.range(&mut transcript, rng);
        let gamma = random_scalar(rng);
        let a: Vec<Scalar> = self.coordinates.iter().map(|_| random_scalar(rng)).collect();
        let [s, sigma, tau, kappa_a] = std::array::from_fn(|_| random_scalar(rng));

        // p(X) = p2·X² + t1·X + t0, from its values at 0, at 1, and its highest coefficient.
        let t0 = constraint_sum(shape, y, &a, Scalar::ZERO);
        let p2 = constraint_sum(shape, y, &self.coordinates, Scalar::ONE);
        let masked: Vec<Scalar> = self.coordinates.iter().zip(&a).map(|(bit, a)| bit + a).collect();
        let t1 = constraint_sum(shape, y, &masked, Scalar::ONE) - t0 - p2;

        let masks: Point = (1..).zip(&a).map(|(index, a)| generator_g(index) * a).sum();
        let slots = Point::mul_base(&slot_sum(shape, y, &a, Scalar::ZERO));
        let is_ranged = !values.is_empty();
        let ranged_masks = || Point::mul_base(&style.sum_of_ranged(y, &a, Scalar::ZERO)) + blinding_base() * gamma;
        let mut proof = Proof {
            ranged_s: is_ranged.then(ranged_masks),
            values,
            range,
            t: masks + generator_g(0) * s + Point::mul_base(&t1) + generator_h() * sigma,
            t0: Point::mul_base(&t0) + generator_h() * tau,
            s: slots + (Point::mul_base(&Scalar::ONE) + style.key_sum(y)) * s,
            k_a: Point::mul_base(&kappa_a),
            f: a,
            z: s,
            eta: tau,
            omega: kappa_a,
            ranged_omega: is_ranged.then_some(gamma),
        };
        let x = proof.x(transcript);
        proof.f.iter_mut().zip(&self.coordinates).for_each(|(f, bit)| *f += x * bit);
        proof.z += x * self.r;
        proof.eta += x * x * self.beta + x * sigma;
        proof.omega += x * self.kappa;
        if let Some(omega) = &mut proof.ranged_omega {
            let blindings = style.ranged().zip(&self.gammas).map(|((number, _), gamma)| power(y, number) * gamma);
            *omega += x * blindings.sum::<Scalar>();
        }
        proof
    }

    /// Opens the ballot as these coordinates, whatever it holds: `K_a ‖ ω` of a challenge.
    pub fn sign_opening(&self, style: &Style, prefix: &Prefix, opening: &[u64], rng: &mut impl CryptoRng) -> [u8; 64] {
        let kappa_a = random_scalar(rng);
        let k_a = encode_point(&Point::mul_base(&kappa_a));
        let mut transcript = style.begun("tabella/1/challenge", prefix);
        transcript.absorb("opening", &opening.iter().copied().flat_map(u64::to_be_bytes).collect::<Vec<u8>>());
        transcript.absorb("r", &self.r.to_bytes());
        transcript.absorb("K_a", &k_a);
        let omega = kappa_a + transcript.scalar("c") * self.kappa;
        [k_a, omega.to_bytes()].concat().try_into().unwrap()
    }

    /// The range proof, in the place where it stands; nothing without ranged slots.
    fn range(&self, transcript: &mut Transcript, rng: &mut impl CryptoRng) -> Vec<u8> {
        if self.ranged.is_empty() {
            return Vec::new();
        }
        let nonces = Nonces::fork(transcript, rng);
        let proof = range::prove(transcript.clone(), &self.in_range, &self.gammas, nonces).unwrap();
        transcript.absorb("range", &proof);
        proof
    }
}

impl Proof {
    pub fn encode(&self) -> Vec<u8> {
        let points = self.commitments();
        let scalars = self.f.iter().chain([&self.z, &self.eta, &self.omega]).chain(&self.ranged_omega);
        let values = self.values.iter().flat_map(encode_point).chain(self.range.iter().copied());
        values.chain(points).chain(scalars.flat_map(Scalar::to_bytes)).collect()
    }

    /// T, T0, S, K_a, and S' if it is there.
    fn commitments(&self) -> Vec<u8> {
        let points = [&self.t, &self.t0, &self.s, &self.k_a].into_iter().chain(&self.ranged_s);
        points.flat_map(encode_point).collect()
    }

    fn x(&self, mut transcript: Transcript) -> Scalar {
        transcript.absorb("commitments", &self.commitments());
        transcript.scalar("x")
    }

    /// What is left of (E1) when the right side is taken from the left: with it, who knows y can mend B. Of a ballot without ranged
    /// slots.
    pub fn rest_of_first(&self, style: &Style, prefix: &Prefix) -> (Point, Scalar) {
        let (transcript, y) = style.challenged(prefix, &[]);
        let x = self.x(transcript);
        let generators: Point = (1..).zip(&self.f).map(|(index, f)| generator_g(index) * f).sum();
        let p_f = Point::mul_base(&constraint_sum(&style.shape, y, &self.f, x));
        let b = decode_point(&prefix.b).unwrap();
        let right = (generators + generator_g(0) * self.z) * x + p_f + generator_h() * self.eta;
        ((b * x + self.t) * x + self.t0 - right, x)
    }
}

impl Style {
    /// The transcript of a ballot, or of a challenge, up to the prefix, row by row.
    fn begun(&self, label: &'static str, prefix: &Prefix) -> Transcript {
        let keys: Vec<[u8; 32]> = self.keys.iter().map(encode_point).collect();
        let ciphertexts = [&[prefix.r], prefix.ciphertexts.as_slice()].concat();
        let mut transcript = Transcript::new(label);
        transcript.absorb("election", &self.election);
        transcript.absorb("shape", &self.shape.digest(self.index));
        transcript.absorb("keys", &keys.concat());
        transcript.absorb("credential", &prefix.credential);
        transcript.absorb("link", prefix.link.as_ref().map_or(&[], |link| link));
        transcript.absorb("ciphertexts", &ciphertexts.concat());
        transcript.absorb("B", &prefix.b);
        transcript
    }

    /// The transcript after y, and y.
    fn challenged(&self, prefix: &Prefix, values: &[Point]) -> (Transcript, Scalar) {
        let mut transcript = self.begun("tabella/1/ballot", prefix);
        if !values.is_empty() {
            transcript.absorb("values", &values.iter().flat_map(encode_point).collect::<Vec<u8>>());
        }
        let y = transcript.scalar("y");
        (transcript, y)
    }

    /// The ranged slots, by their numbers from 1.
    fn ranged(&self) -> impl Iterator<Item = (usize, &Form)> {
        let numbers = self.shape.ranged().iter().map(|number| *number as usize);
        numbers.map(|number| (number, &self.shape.slots()[number - 1]))
    }

    fn sum_of_ranged(&self, y: Scalar, values: &[Scalar], x: Scalar) -> Scalar {
        self.ranged().map(|(number, form)| power(y, number) * homogeneous(form, values, x)).sum()
    }

    fn key_sum(&self, y: Scalar) -> Point {
        powers(y).zip(&self.keys).map(|(power, key)| key * power).sum()
    }
}

/// y, y², y³, …
fn powers(y: Scalar) -> impl Iterator<Item = Scalar> {
    std::iter::successors(Some(y), move |power| Some(power * y))
}

fn power(y: Scalar, exponent: usize) -> Scalar {
    powers(y).nth(exponent - 1).unwrap()
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
