//! A voter. Follows specs/ballot.md.

use std::iter::zip;

use serde_json::{Value, json};
use tabella_crypto::group::{Point, Scalar, encode_point, generator_g, generator_h};
use tabella_crypto::shape::Shape;

use super::form::{evaluate, from_i64, homogeneous, homogeneous_form};
use super::range;
use super::transcript::Transcript;
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
    /// Nothing here asks whether they are a vote's.
    pub coordinates: Vec<u64>,
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
    /// γ_j for each ranged slot.
    pub gamma: Vec<Scalar>,
    pub gamma_prime: Scalar,
    pub range: range::Nonces,
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

/// Where the parts of a proof begin.
pub struct Layout {
    pub values: usize,
    pub range: usize,
    pub t: usize,
    pub t0: usize,
    pub s: usize,
    pub k_a: usize,
    pub s_prime: usize,
    pub f: usize,
    pub z: usize,
    pub eta: usize,
    pub omega: usize,
    pub omega_prime: usize,
    pub end: usize,
}

/// The signature K_a ‖ ω of a challenge, and its fields.
pub struct Opening {
    pub signature: [u8; 64],
    pub json: Value,
}

impl Vote {
    pub fn draw(source: &mut Source, kappa: Scalar, link: Option<[u8; 20]>, coordinates: Vec<u64>) -> Self {
        Self { kappa, link, coordinates, r: source.scalar(), beta: source.scalar() }
    }
}

impl Masks {
    pub fn draw(source: &mut Source, shape: &Shape) -> Self {
        Self {
            a: source.scalars(shape.free()),
            s: source.scalar(),
            sigma: source.scalar(),
            tau: source.scalar(),
            kappa_a: source.scalar(),
            gamma: source.scalars(shape.ranged().len()),
            gamma_prime: source.scalar(),
            range: range::Nonces::draw(source, shape.ranged().len()),
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
        let slots: Vec<i64> = self.shape.slots().iter().map(|form| evaluate(form, &vote.coordinates)).collect();
        let encrypt = |(value, key): (&i64, &Point)| Point::mul_base(&from_i64(*value)) + vote.r * key;
        let terms = (1..).map(generator_g).zip(&vote.coordinates).map(|(generator, b)| Scalar::from(*b) * generator);
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
        let mut transcript = Transcript::new(label);
        transcript.absorb("election", &self.election);
        transcript.absorb("shape", &draft.shape_digest);
        transcript.absorb_points("keys", &self.keys);
        absorb_prefix(&mut transcript, vote, draft);
        transcript
    }

    pub fn prove(&self, vote: &Vote, draft: &Draft, masks: &Masks) -> Proof {
        let values: Vec<u64> = self.shape.ranged().iter().map(|slot| draft.slots[*slot as usize - 1] as u64).collect();
        self.prove_with(vote, draft, masks, &values, &|_| {})
    }

    /// A proof whose V_j hold these values, and whose range proof is for them and then changed.
    #[expect(non_snake_case, reason = "the names are those of the formulas")]
    pub fn prove_with(
        &self,
        vote: &Vote,
        draft: &Draft,
        masks: &Masks,
        values: &[u64],
        change: &dyn Fn(&mut Vec<u8>),
    ) -> Proof {
        let Vote { kappa, coordinates, r, beta, .. } = vote;
        let Masks { a, s, sigma, tau, kappa_a, gamma, gamma_prime, range } = masks;
        let G = Point::mul_base;
        let H_blind = range::blinding_base();
        let b: Vec<Scalar> = coordinates.iter().map(|b| Scalar::from(*b)).collect();
        let mut transcript = self.transcript("tabella/1/ballot", vote, draft);
        let V: Vec<Point> = zip(values, gamma).map(|(u, gamma)| G(&Scalar::from(*u)) + gamma * H_blind).collect();
        if !V.is_empty() {
            transcript.absorb_points("values", &V);
        }
        let y = transcript.scalar("y");
        let mut range_proof = Vec::new();
        if !V.is_empty() {
            range_proof = range::prove(&transcript, values, gamma, range);
            change(&mut range_proof);
            transcript.absorb("range", &range_proof);
        }

        // p(1) − p(0), if the square term vanishes.
        let masked: Vec<Scalar> = zip(&b, a).map(|(b, a)| b + a).collect();
        let t0 = self.constraints(&y, a, &Scalar::ZERO);
        let t1 = self.constraints(&y, &masked, &Scalar::ONE) - t0;

        let masks_of_b: Point = (1..).map(generator_g).zip(a).map(|(generator, a)| a * generator).sum();
        let T = masks_of_b + s * generator_g(0) + G(&t1) + sigma * generator_h();
        let T0 = G(&t0) + tau * generator_h();
        let S = G(&self.slots(&y, a, &Scalar::ZERO)) + s * (G(&Scalar::ONE) + self.weighted(&y, &self.keys));
        let K_a = G(kappa_a);
        let S_prime = G(&self.ranged_slots(&y, a, &Scalar::ZERO)) + gamma_prime * H_blind;
        let mut commitments = vec![T, T0, S, K_a];
        if !V.is_empty() {
            commitments.push(S_prime);
        }
        transcript.absorb_points("commitments", &commitments);
        let x = transcript.scalar("x");

        let f: Vec<Scalar> = zip(&b, a).map(|(b, a)| x * b + a).collect();
        let (z, eta, omega) = (x * r + s, x * x * beta + x * sigma + tau, x * kappa + kappa_a);
        let (p_f, l_f) = (self.constraints(&y, &f, &x), self.slots(&y, &f, &x));
        let omega_prime = x * self.ranged_sum(&y, gamma) + gamma_prime;
        let responses = f.iter().chain([&z, &eta, &omega]).chain((!V.is_empty()).then_some(&omega_prime));
        let bytes =
            [encoded(&V), range_proof.clone(), encoded(&commitments), responses.flat_map(Scalar::to_bytes).collect()]
                .concat();
        assert_eq!(bytes.len(), self.layout().end);
        let ranged = (!V.is_empty()).then(|| {
            json!({
                "gamma": scalars(gamma), "gamma_prime": scalar(gamma_prime), "range_proof": hex(&range_proof),
                "V": points(&V), "S_prime": point(&S_prime), "omega_prime": scalar(&omega_prime),
                "l_r": scalar(&self.ranged_slots(&y, &f, &x)),
            })
        });
        let json = json!({
            "a": scalars(a), "s": scalar(s), "sigma": scalar(sigma), "tau": scalar(tau), "kappa_a": scalar(kappa_a),
            "ranged": ranged, "y": scalar(&y), "t1": scalar(&t1), "t0": scalar(&t0), "T": point(&T),
            "T0": point(&T0), "S": point(&S), "K_a": point(&K_a), "x": scalar(&x), "f": scalars(&f),
            "z": scalar(&z), "eta": scalar(&eta), "omega": scalar(&omega), "p_f": scalar(&p_f), "l_f": scalar(&l_f),
            "proof": hex(&bytes),
        });
        Proof { bytes, json }
    }

    /// Follows specs/ballot.md#ballot and #ranged.
    pub fn layout(&self) -> Layout {
        let (m, v) = (self.shape.free(), self.shape.ranged().len());
        let range = 32 * v;
        let t = range + range::length(v);
        let k_a = t + 3 * 32;
        let f = k_a + if v > 0 { 64 } else { 32 };
        let z = f + 32 * m;
        let omega = z + 64;
        Layout {
            values: 0,
            range,
            t,
            t0: t + 32,
            s: t + 64,
            k_a,
            s_prime: k_a + 32,
            f,
            z,
            eta: z + 32,
            omega,
            omega_prime: omega + 32,
            end: omega + if v > 0 { 64 } else { 32 },
        }
    }

    pub fn challenge(&self, vote: &Vote, draft: &Draft, kappa_a: &Scalar) -> Opening {
        let k_a = encode_point(&Point::mul_base(kappa_a));
        let opening: Vec<u8> = vote.coordinates.iter().flat_map(|b| b.to_be_bytes()).collect();
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

    /// Σ_{j∈Z} y^j·F_j^h(v; x) over the ranged slots.
    fn ranged_slots(&self, y: &Scalar, values: &[Scalar], x: &Scalar) -> Scalar {
        let forms = self.shape.ranged().iter().map(|slot| &self.shape.slots()[*slot as usize - 1]);
        let values: Vec<Scalar> = forms.map(|form| homogeneous_form(form, values, x)).collect();
        self.ranged_sum(y, &values)
    }

    /// Σ_{j∈Z} y^j·v_j of values of the ranged slots.
    fn ranged_sum(&self, y: &Scalar, values: &[Scalar]) -> Scalar {
        let powers: Vec<Scalar> = powers(y).take(self.shape.slots().len()).collect();
        zip(self.shape.ranged(), values).map(|(slot, value)| powers[*slot as usize - 1] * value).sum()
    }

    fn weighted(&self, y: &Scalar, points: &[Point]) -> Point {
        zip(powers(y), points).map(|(power, point)| power * point).sum()
    }
}

/// The fields of `ballot` and `challenge` up to the tracker.
pub fn draft_json(vote: &Vote, draft: &Draft) -> Value {
    json!({
        "kappa": scalar(&vote.kappa), "link": vote.link.map(hex), "coordinates": vote.coordinates, "r": scalar(&vote.r),
        "beta": scalar(&vote.beta), "shape_digest": hex(draft.shape_digest), "credential": hex(draft.credential),
        "R": point(&draft.r), "C": points(&draft.ciphertexts), "B": point(&draft.b), "tracker": hex(draft.tracker()),
    })
}

fn absorb_prefix(transcript: &mut Transcript, vote: &Vote, draft: &Draft) {
    let ciphertexts: Vec<Point> = [draft.r].into_iter().chain(draft.ciphertexts.iter().copied()).collect();
    transcript.absorb("credential", &draft.credential);
    transcript.absorb("link", vote.link.as_ref().map_or(&[], |link| &link[..]));
    transcript.absorb_points("ciphertexts", &ciphertexts);
    transcript.absorb_points("B", &[draft.b]);
}

/// y, y², ….
fn powers(y: &Scalar) -> impl Iterator<Item = Scalar> {
    std::iter::successors(Some(*y), move |power| Some(power * y))
}

fn encoded(points: &[Point]) -> Vec<u8> {
    points.iter().flat_map(encode_point).collect()
}
