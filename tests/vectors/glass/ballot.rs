//! A voter. Follows specs/ballot.md.

use std::iter::zip;

use serde_json::{Value, json};
use tabella_crypto::group::{Point, Scalar, encode_point, generator_g, generator_h};
use tabella_crypto::shape::{Constraint, Form, Shape};
use tabella_crypto::transcript::Transcript;

use crate::file::{hex, point, points, scalar, scalars};
use crate::source::Source;

/// The ballots of one style.
pub struct Style {
    pub election: [u8; 32],
    pub index: u64,
    pub shape: Shape,
    /// PK_j of the style's slots.
    pub keys: Vec<Point>,
}

/// What the voter knows and draws before the choice between casting and checking.
#[derive(Clone)]
pub struct Vote {
    pub kappa: Scalar,
    pub link: Option<[u8; 20]>,
    /// The free bits. Nothing here asks whether they are bits.
    pub bits: Vec<u64>,
    pub r: Scalar,
    pub beta: Scalar,
}

/// The nonces of a proof.
#[derive(Clone)]
pub struct Masks {
    pub a: Vec<Scalar>,
    pub s: Scalar,
    pub sigma: Scalar,
    pub tau: Scalar,
    pub kappa_a: Scalar,
}

/// What is fixed before the choice.
pub struct Draft {
    pub shape_digest: [u8; 32],
    pub credential: [u8; 32],
    pub slots: Vec<i64>,
    pub r: Point,
    pub ciphertexts: Vec<Point>,
    pub b: Point,
    pub tracker_hash: [u8; 32],
}

/// A proof as a ballot holds it, and as the files show it.
pub struct Proof {
    pub bytes: Vec<u8>,
    pub json: Value,
}

/// r, the bits and the signature K_a ‖ ω of a challenge.
pub struct Opening {
    pub signature: [u8; 64],
    pub json: Value,
}

impl Vote {
    pub fn draw(source: &mut Source, kappa: Scalar, link: Option<[u8; 20]>, bits: Vec<u64>) -> Self {
        Self { kappa, link, bits, r: source.scalar(), beta: source.scalar() }
    }
}

impl Masks {
    pub fn draw(source: &mut Source, bits: usize) -> Self {
        Self {
            a: source.scalars(bits),
            s: source.scalar(),
            sigma: source.scalar(),
            tau: source.scalar(),
            kappa_a: source.scalar(),
        }
    }
}

impl Draft {
    pub fn tracker(&self) -> [u8; 20] {
        self.tracker_hash[..20].try_into().unwrap()
    }
}

impl Style {
    pub fn draft(&self, vote: &Vote) -> Draft {
        let slots: Vec<i64> = self.shape.slots().iter().map(|form| integer_value(form, &vote.bits)).collect();
        let encrypt = |(value, key): (&i64, &Point)| Point::mul_base(&from_i64(*value)) + vote.r * key;
        let terms = (1..).map(generator_g).zip(&vote.bits).map(|(generator, bit)| Scalar::from(*bit) * generator);
        let mut draft = Draft {
            shape_digest: self.shape.digest(self.index),
            credential: encode_point(&Point::mul_base(&vote.kappa)),
            r: Point::mul_base(&vote.r),
            ciphertexts: zip(&slots, &self.keys).map(encrypt).collect(),
            b: terms.sum::<Point>() + vote.r * generator_g(0) + vote.beta * generator_h(),
            slots,
            tracker_hash: [0; 32],
        };
        let mut transcript = Transcript::new("tabella/1/tracker");
        transcript.absorb("election", &self.election);
        transcript.absorb("shape", &draft.shape_digest);
        absorb_prefix(&mut transcript, vote, &draft);
        draft.tracker_hash = transcript.hash();
        draft
    }

    /// The rows of the transcript up to the prefix.
    fn transcript(&self, label: &'static str, vote: &Vote, draft: &Draft) -> Transcript {
        let keys: Vec<_> = self.keys.iter().map(encode_point).collect();
        let mut transcript = Transcript::new(label);
        transcript.absorb("election", &self.election);
        transcript.absorb("shape", &draft.shape_digest);
        transcript.absorb_points("keys", &keys);
        absorb_prefix(&mut transcript, vote, draft);
        transcript
    }

    #[expect(non_snake_case, reason = "the names are those of the formulas")]
    pub fn prove(&self, vote: &Vote, draft: &Draft, masks: &Masks) -> Proof {
        let Vote { kappa, bits, r, beta, .. } = vote;
        let Masks { a, s, sigma, tau, kappa_a } = masks;
        let b: Vec<Scalar> = bits.iter().map(|bit| Scalar::from(*bit)).collect();
        let mut transcript = self.transcript("tabella/1/ballot", vote, draft);
        let y = transcript.scalar("y");

        // p(1) − p(0), if the square term vanishes.
        let masked: Vec<Scalar> = zip(&b, a).map(|(b, a)| b + a).collect();
        let t0 = self.constraints(&y, a, &Scalar::ZERO);
        let t1 = self.constraints(&y, &masked, &Scalar::ONE) - t0;

        let G = Point::mul_base;
        let masks_of_bits: Point = (1..).map(generator_g).zip(a).map(|(generator, a)| a * generator).sum();
        let T = masks_of_bits + s * generator_g(0) + G(&t1) + sigma * generator_h();
        let T0 = G(&t0) + tau * generator_h();
        let S = G(&self.slots(&y, a, &Scalar::ZERO)) + s * (G(&Scalar::ONE) + self.weighted(&y, &self.keys));
        let K_a = G(kappa_a);
        let commitments = [T, T0, S, K_a].map(|point| encode_point(&point));
        transcript.absorb_points("commitments", &commitments);
        let x = transcript.scalar("x");

        let f: Vec<Scalar> = zip(&b, a).map(|(b, a)| x * b + a).collect();
        let (z, eta, omega) = (x * r + s, x * x * beta + x * sigma + tau, x * kappa + kappa_a);
        let (p_f, l_f) = (self.constraints(&y, &f, &x), self.slots(&y, &f, &x));
        let responses = f.iter().chain([&z, &eta, &omega]).flat_map(Scalar::to_bytes);
        let bytes: Vec<u8> = commitments.into_iter().flatten().chain(responses).collect();
        let json = json!({
            "a": scalars(a), "s": scalar(s), "sigma": scalar(sigma), "tau": scalar(tau), "kappa_a": scalar(kappa_a),
            "y": scalar(&y), "t1": scalar(&t1), "t0": scalar(&t0), "T": point(&T), "T0": point(&T0), "S": point(&S),
            "K_a": point(&K_a), "x": scalar(&x), "f": scalars(&f), "z": scalar(&z), "eta": scalar(&eta),
            "omega": scalar(&omega), "p_f": scalar(&p_f), "l_f": scalar(&l_f), "proof": hex(&bytes),
        });
        Proof { bytes, json }
    }

    pub fn challenge(&self, vote: &Vote, draft: &Draft, kappa_a: &Scalar) -> Opening {
        let k_a = encode_point(&Point::mul_base(kappa_a));
        let opening: Vec<u8> = vote.bits.iter().flat_map(|bit| bit.to_be_bytes()).collect();
        let mut transcript = self.transcript("tabella/1/challenge", vote, draft);
        transcript.absorb("opening", &opening);
        transcript.absorb("r", vote.r.as_bytes());
        transcript.absorb("K_a", &k_a);
        let c = transcript.scalar("c");
        let omega = kappa_a + c * vote.kappa;
        let mut signature = [0; 64];
        signature[..32].copy_from_slice(&k_a);
        signature[32..].copy_from_slice(omega.as_bytes());
        let json = json!({
            "kappa_a": scalar(kappa_a), "K_a": hex(k_a), "c": scalar(&c), "omega": scalar(&omega),
            "signature": hex(signature),
        });
        Opening { signature, json }
    }

    /// Σ_{q≥1} y^q·Q_q^h(v; x).
    fn constraints(&self, y: &Scalar, values: &[Scalar], x: &Scalar) -> Scalar {
        let constraints = self.shape.constraints().iter();
        zip(powers(y), constraints).map(|(power, constraint)| power * homogeneous(constraint, values, x)).sum()
    }

    /// Σ_{j≥1} y^j·F_j^h(v; x) over the slots.
    fn slots(&self, y: &Scalar, values: &[Scalar], x: &Scalar) -> Scalar {
        zip(powers(y), self.shape.slots()).map(|(power, form)| power * homogeneous_form(form, values, x)).sum()
    }

    fn weighted(&self, y: &Scalar, points: &[Point]) -> Point {
        zip(powers(y), points).map(|(power, point)| power * point).sum()
    }
}

/// The fields of `ballot` and `challenge` up to the tracker.
pub fn draft_json(vote: &Vote, draft: &Draft) -> Value {
    json!({
        "kappa": scalar(&vote.kappa), "link": vote.link.map(hex), "bits": vote.bits, "r": scalar(&vote.r),
        "beta": scalar(&vote.beta), "shape_digest": hex(draft.shape_digest), "credential": hex(draft.credential),
        "R": point(&draft.r), "C": points(&draft.ciphertexts), "B": point(&draft.b), "tracker": hex(draft.tracker()),
    })
}

fn absorb_prefix(transcript: &mut Transcript, vote: &Vote, draft: &Draft) {
    let ciphertexts: Vec<_> = [&draft.r].into_iter().chain(&draft.ciphertexts).map(encode_point).collect();
    transcript.absorb("credential", &draft.credential);
    transcript.absorb("link", vote.link.as_ref().map_or(&[], |link| &link[..]));
    transcript.absorb_points("ciphertexts", &ciphertexts);
    transcript.absorb_point("B", &draft.b);
}

/// y, y², ….
fn powers(y: &Scalar) -> impl Iterator<Item = Scalar> {
    std::iter::successors(Some(*y), move |power| Some(power * y))
}

fn homogeneous(constraint: &Constraint, values: &[Scalar], x: &Scalar) -> Scalar {
    let products = constraint.products.iter().map(|(factor, left, right)| {
        from_i64(*factor) * homogeneous_form(left, values, x) * homogeneous_form(right, values, x)
    });
    products.sum::<Scalar>() + x * homogeneous_form(&constraint.rest, values, x)
}

fn homogeneous_form(form: &Form, values: &[Scalar], x: &Scalar) -> Scalar {
    let terms = form.terms.iter().map(|(index, coefficient)| from_i64(*coefficient) * values[*index as usize - 1]);
    from_i64(form.constant) * x + terms.sum::<Scalar>()
}

fn integer_value(form: &Form, bits: &[u64]) -> i64 {
    let terms = form.terms.iter().map(|(index, coefficient)| coefficient * bits[*index as usize - 1] as i64);
    form.constant + terms.sum::<i64>()
}

fn from_i64(value: i64) -> Scalar {
    let magnitude = Scalar::from(value.unsigned_abs());
    if value < 0 { -magnitude } else { magnitude }
}
