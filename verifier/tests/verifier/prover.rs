//! Ballots, challenges and decryption proofs as their authors make them. From specs/ballot.md and specs/tally.md.

use crate::bytes::{
    Hash, Transcript, base, bytes, cbor, encode, encode_scalars, hash_to_group, map, numbers, secret, uint,
};
use ciborium::Value;
use curve25519_dalek::{RistrettoPoint, Scalar};

/// An affine form: constant and one coefficient for each free bit.
#[derive(Clone)]
struct Form(i64, Vec<i64>);

fn integer(number: i64) -> Scalar {
    if number < 0 { -Scalar::from(number.unsigned_abs()) } else { Scalar::from(number.unsigned_abs()) }
}

impl Form {
    fn bit(bits: usize, index: usize) -> Self {
        Self(0, (0..bits).map(|bit| i64::from(bit == index)).collect())
    }

    fn linear(&self, values: &[Scalar]) -> Scalar {
        self.1.iter().zip(values).map(|(coefficient, value)| integer(*coefficient) * value).sum()
    }

    fn value(&self, bits: &[Scalar]) -> Scalar {
        integer(self.0) + self.linear(bits)
    }

    fn encoding(&self) -> Value {
        let terms = (1u64..).zip(&self.1).filter(|(_, coefficient)| **coefficient != 0);
        let terms =
            terms.map(|(index, coefficient)| Value::Array(vec![uint(index), Value::Integer((*coefficient).into())]));
        Value::Array(vec![Value::Integer(self.0.into()), Value::Array(terms.collect())])
    }
}

/// Two contests: choose 1..2 of 3 or blank (4 bits, 4 slots), and 1 of 2 (1 bit, 2 slots). Style 1 has only the first.
pub struct Shape {
    bits: usize,
    slots: Vec<Form>,
    constraints: Vec<Form>,
}

impl Shape {
    pub fn new(style: usize) -> Self {
        let bits = if style == 0 { 5 } else { 4 };
        let bit = |index| Form::bit(bits, index);
        let mut last = vec![-1, -1, -2, -1];
        last.resize(bits, 0);
        let (last, blank, slack) = (Form(2, last), bit(2), bit(3));
        let mut slots = vec![bit(0), bit(1), last.clone(), blank.clone()];
        let mut constraints = vec![bit(0), bit(1), last, blank, slack];
        if style == 0 {
            let second = Form(1, vec![0, 0, 0, 0, -1]);
            slots.extend([bit(4), second.clone()]);
            constraints.extend([bit(4), second]);
        }
        Self { bits, slots, constraints }
    }

    fn digest(&self, style: usize) -> Hash {
        let zero = Value::Array(vec![uint(0), Value::Array(vec![])]);
        let constraint = |form: &Form| {
            let complement = Form(1 - form.0, form.1.iter().map(|coefficient| -coefficient).collect());
            let product = Value::Array(vec![uint(1), form.encoding(), complement.encoding()]);
            Value::Array(vec![Value::Array(vec![product]), zero.clone()])
        };
        let encoding = Value::Array(vec![
            uint(self.bits as u64),
            Value::Array(self.slots.iter().map(Form::encoding).collect()),
            Value::Array(self.constraints.iter().map(constraint).collect()),
        ]);
        Transcript::new("shape").number("style", style as u64).absorb("shape", &cbor(&encoding)).hash()
    }
}

/// A voter with her secret κ.
#[derive(Clone)]
pub struct Voter {
    pub kappa: Scalar,
    pub weight: u64,
    pub style: usize,
}

impl Voter {
    pub fn credential(&self) -> RistrettoPoint {
        base(&self.kappa)
    }
}

/// What a device holds between encrypting and casting.
pub struct Device<'a> {
    pub election: Hash,
    /// PK_j of all slots.
    pub keys: &'a [RistrettoPoint],
    pub voter: &'a Voter,
    pub link: Option<Vec<u8>>,
    /// The free bits, honest or not.
    pub bits: Vec<u64>,
    /// Names the randomness.
    pub name: &'a str,
}

struct Prefix {
    fields: Vec<Value>,
    ciphertexts: Vec<RistrettoPoint>,
    b: RistrettoPoint,
    bits: Vec<Scalar>,
    r: Scalar,
    beta: Scalar,
}

impl Device<'_> {
    fn shape(&self) -> Shape {
        Shape::new(self.voter.style)
    }

    fn draw(&self, what: &str) -> Scalar {
        secret(&format!("{} {what}", self.name))
    }

    /// Contests and slots are in one order here, so that a style's slots are the first ones.
    fn prefix(&self) -> Prefix {
        let shape = self.shape();
        let bits: Vec<Scalar> = self.bits.iter().map(|bit| Scalar::from(*bit)).collect();
        let (r, beta) = (self.draw("r"), self.draw("beta"));
        let slots = shape.slots.iter().zip(self.keys).map(|(form, key)| base(&form.value(&bits)) + r * key);
        let ciphertexts: Vec<RistrettoPoint> = std::iter::once(base(&r)).chain(slots).collect();
        let b = commitment(&bits, &r) + beta * generator_h();
        let contests = [(0, 1..5), (1, 5..7)]
            .into_iter()
            .filter_map(|(contest, range)| ciphertexts.get(range).map(|points| (contest, bytes(&encode(points)))));
        let fields = vec![
            bytes(&encode(&[self.voter.credential()])),
            self.link.as_ref().map_or(Value::Null, |link| bytes(link)),
            bytes(&encode(&ciphertexts[..1])),
            map(contests),
            bytes(&encode(&[b])),
        ];
        Prefix { fields, ciphertexts, b, bits, r, beta }
    }

    fn transcript(&self, name: &str, prefix: &Prefix) -> Transcript {
        let transcript = Transcript::new(name)
            .absorb("election", &self.election)
            .absorb("shape", &self.shape().digest(self.voter.style));
        let keys = &self.keys[..self.shape().slots.len()];
        let transcript = if name == "tracker" { transcript } else { transcript.points("keys", keys) };
        transcript
            .points("credential", &[self.voter.credential()])
            .absorb("link", self.link.as_deref().unwrap_or_default())
            .points("ciphertexts", &prefix.ciphertexts)
            .points("B", &[prefix.b])
    }

    pub fn tracker(&self) -> Vec<u8> {
        self.transcript("tracker", &self.prefix()).hash()[..20].to_vec()
    }

    /// The payload of a ballot.
    pub fn ballot(&self) -> Value {
        let shape = self.shape();
        let prefix = self.prefix();
        let mut transcript = self.transcript("ballot", &prefix);
        let y = transcript.scalar("y");
        let a: Vec<Scalar> = (0..shape.bits).map(|bit| self.draw(&format!("a{bit}"))).collect();
        let [s, sigma, tau, kappa_a] = ["s", "sigma", "tau", "kappa_a"].map(|what| self.draw(what));
        // For F·(1 − F): p(X) = X·L(a)·(1 − 2·F(b)) − L(a)²
        let (mut t1, mut t0, mut power) = (Scalar::ZERO, Scalar::ZERO, y);
        for form in &shape.constraints {
            let (value, linear) = (form.value(&prefix.bits), form.linear(&a));
            t1 += power * linear * (Scalar::ONE - value - value);
            t0 -= power * linear * linear;
            power *= y;
        }
        let (mut linear, mut keys, mut power) = (Scalar::ZERO, base(&Scalar::ONE), y);
        for (form, key) in shape.slots.iter().zip(self.keys) {
            linear += power * form.linear(&a);
            keys += power * key;
            power *= y;
        }
        let commitments = [
            commitment(&a, &s) + base(&t1) + sigma * generator_h(),
            base(&t0) + tau * generator_h(),
            base(&linear) + s * keys,
            base(&kappa_a),
        ];
        let x = transcript.points("commitments", &commitments).scalar("x");
        let mut responses: Vec<Scalar> = prefix.bits.iter().zip(&a).map(|(bit, a)| x * bit + a).collect();
        responses.push(x * prefix.r + s);
        responses.push(x * x * prefix.beta + x * sigma + tau);
        responses.push(x * self.voter.kappa + kappa_a);
        let mut fields = prefix.fields;
        fields.push(bytes(&[encode(&commitments), encode_scalars(&responses)].concat()));
        Value::Array(fields)
    }

    /// The payload of a challenge.
    pub fn challenge(&self) -> Value {
        let prefix = self.prefix();
        let kappa_a = self.draw("challenge");
        let mut transcript = self
            .transcript("challenge", &prefix)
            .absorb("opening", &numbers(self.bits.iter().copied()))
            .absorb("r", prefix.r.as_bytes())
            .points("K_a", &[base(&kappa_a)]);
        let omega = kappa_a + transcript.scalar("c") * self.voter.kappa;
        let mut fields = prefix.fields;
        fields.push(Value::Array(self.bits.iter().map(|bit| uint(*bit)).collect()));
        fields.push(bytes(prefix.r.as_bytes()));
        fields.push(bytes(&[encode(&[base(&kappa_a)]), encode_scalars(&[omega])].concat()));
        Value::Array(fields)
    }

    /// R and the C_j, for the sums.
    pub fn ciphertexts(&self) -> Vec<RistrettoPoint> {
        self.prefix().ciphertexts
    }

    /// The votes u_j.
    pub fn votes(&self) -> Vec<u64> {
        let bits: Vec<Scalar> = self.bits.iter().map(|bit| Scalar::from(*bit)).collect();
        self.shape().slots.iter().map(|form| u64::from(form.value(&bits) == Scalar::ONE)).collect()
    }
}

fn generator_h() -> RistrettoPoint {
    hash_to_group("generator/H", b"")
}

/// Σ values_i·G_i + last·G_0.
fn commitment(values: &[Scalar], last: &Scalar) -> RistrettoPoint {
    let scalars = std::iter::once(last).chain(values);
    (0u32..).zip(scalars).map(|(index, scalar)| scalar * hash_to_group("generator/G", &index.to_be_bytes())).sum()
}

/// An open group as a trustee sees it: slots counted from 0, R, and its secret shares for these slots.
pub struct Part {
    pub slots: Vec<usize>,
    pub r: RistrettoPoint,
    pub shares: Vec<Scalar>,
}

/// Decryption and proof; `transcript` holds the rows up to "trustee".
pub fn decrypt(transcript: Transcript, parts: &[Part], ciphertexts: &[RistrettoPoint]) -> (Vec<u8>, Vec<u8>) {
    let mut transcript = transcript;
    for part in parts {
        transcript =
            transcript.absorb("slots", &numbers(part.slots.iter().map(|slot| *slot as u64 + 1))).points("R", &[part.r]);
    }
    let decryption: Vec<RistrettoPoint> =
        parts.iter().flat_map(|part| part.shares.iter().map(|share| share * part.r)).collect();
    transcript = transcript.points("ciphertexts", ciphertexts).points("decryption", &decryption);
    let weights: Vec<Scalar> = decryption.iter().map(|_| transcript.weight("rho")).collect();
    let nonces: Vec<Scalar> =
        (0..parts.len()).map(|group| secret(&format!("nonce {group} {:?}", decryption[0]))).collect();
    let w: Vec<RistrettoPoint> = nonces.iter().map(base).collect();
    let v: RistrettoPoint = nonces.iter().zip(parts).map(|(nonce, part)| nonce * part.r).sum();
    let c = transcript.points("W", &w).points("V", &[v]).scalar("c");
    let mut weights = weights.into_iter();
    let responses: Vec<Scalar> = nonces
        .iter()
        .zip(parts)
        .map(|(nonce, part)| {
            nonce + c * part.shares.iter().map(|share| share * weights.next().unwrap()).sum::<Scalar>()
        })
        .collect();
    (encode(&decryption), [encode(&w), encode(&[v]), encode_scalars(&responses)].concat())
}
