//! Ballots, challenges and decryption proofs as their authors make them. From specs/ballot.md and specs/tally.md.

use crate::bytes::{Hash, Transcript, base, bytes, encode, encode_scalars, hash_to_group, map, numbers, secret, uint};
use crate::range::{self, commit};
use crate::shapes::Shape;
use ciborium::Value;
use curve25519_dalek::{RistrettoPoint, Scalar};
use std::ops::Range;

/// What all ballots of a style have in common.
pub struct Form {
    pub style: usize,
    pub shape: Shape,
    pub digest: Hash,
    /// Index of each contest, and its slots, counted from 0 through all contests.
    pub contests: Vec<(u64, Range<usize>)>,
}

impl Form {
    /// The slots of the style's ballot, counted from 0 through all contests.
    pub fn slots(&self) -> Vec<usize> {
        self.contests.iter().flat_map(|(_, slots)| slots.clone()).collect()
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
#[derive(Clone)]
pub struct Device<'a> {
    pub election: Hash,
    /// PK_j of all slots.
    pub keys: &'a [RistrettoPoint],
    pub form: &'a Form,
    pub voter: &'a Voter,
    pub link: Option<Vec<u8>>,
    /// Honest or not.
    pub coordinates: Vec<u64>,
    /// Names the randomness.
    pub name: &'a str,
    pub lies: Lies,
}

/// What a dishonest device puts in the place of the truth, each with all else made to fit.
#[derive(Clone, Default)]
pub struct Lies {
    /// The values in the C_j.
    pub encrypted: Option<Vec<u64>>,
    /// The values in the V_j.
    pub in_range: Option<Vec<u64>>,
    /// The secret that proves who votes.
    pub kappa: Option<Scalar>,
}

struct Prefix {
    fields: Vec<Value>,
    ciphertexts: Vec<RistrettoPoint>,
    b: RistrettoPoint,
    coordinates: Vec<Scalar>,
    r: Scalar,
    beta: Scalar,
}

impl Device<'_> {
    fn draw(&self, what: &str) -> Scalar {
        secret(&format!("{} {what}", self.name))
    }

    /// PK_j of the style's slots.
    fn own_keys(&self) -> Vec<RistrettoPoint> {
        self.form.slots().into_iter().map(|slot| self.keys[slot]).collect()
    }

    fn prefix(&self) -> Prefix {
        let shape = &self.form.shape;
        let coordinates: Vec<Scalar> = self.coordinates.iter().map(|value| Scalar::from(*value)).collect();
        let (r, beta) = (self.draw("r"), self.draw("beta"));
        let values: Vec<Scalar> = match &self.lies.encrypted {
            Some(values) => values.iter().map(|value| Scalar::from(*value)).collect(),
            None => shape.slots.iter().map(|form| form.value(&coordinates)).collect(),
        };
        let slots = values.iter().zip(self.own_keys()).map(|(value, key)| base(value) + r * key);
        let ciphertexts: Vec<RistrettoPoint> = std::iter::once(base(&r)).chain(slots).collect();
        let b = commitment(&coordinates, &r) + beta * generator_h();
        let mut next = 1;
        let contest = |(contest, slots): &(u64, Range<usize>)| {
            let first = next;
            next += slots.len();
            (*contest, bytes(&encode(&ciphertexts[first..next])))
        };
        let contests: Vec<(u64, Value)> = self.form.contests.iter().map(contest).collect();
        let fields = vec![
            bytes(&encode(&[self.voter.credential()])),
            self.link.as_ref().map_or(Value::Null, |link| bytes(link)),
            bytes(&encode(&ciphertexts[..1])),
            map(contests),
            bytes(&encode(&[b])),
        ];
        Prefix { fields, ciphertexts, b, coordinates, r, beta }
    }

    fn transcript(&self, name: &str, prefix: &Prefix) -> Transcript {
        let transcript = Transcript::new(name).absorb("election", &self.election).absorb("shape", &self.form.digest);
        let transcript = if name == "tracker" { transcript } else { transcript.points("keys", &self.own_keys()) };
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
        let shape = &self.form.shape;
        let prefix = self.prefix();
        let b = &prefix.coordinates;
        let mut transcript = self.transcript("ballot", &prefix);
        let gammas: Vec<Scalar> = shape.ranged.iter().map(|slot| self.draw(&format!("gamma{slot}"))).collect();
        let values: Vec<Scalar> = match &self.lies.in_range {
            Some(values) => values.iter().map(|value| Scalar::from(*value)).collect(),
            None => shape.ranged.iter().map(|slot| shape.slots[*slot].value(b)).collect(),
        };
        let v: Vec<RistrettoPoint> = values.iter().zip(&gammas).map(|(value, gamma)| commit(value, gamma)).collect();
        if !v.is_empty() {
            transcript = transcript.points("values", &v);
        }
        let y = transcript.scalar("y");
        let mut proof = encode(&v);
        if !v.is_empty() {
            let range_proof = range::prove(&transcript, &values, &gammas, self.name);
            transcript = transcript.absorb("range", &range_proof);
            proof.extend(range_proof);
        }
        let a: Vec<Scalar> = (0..shape.coordinates).map(|place| self.draw(&format!("a{place}"))).collect();
        let [s, sigma, tau, kappa_a, gamma_a] = ["s", "sigma", "tau", "kappa_a", "gamma'"].map(|what| self.draw(what));
        // F^h(X·b + a; X) = X·F(b) + L(a), so that of Σ y^q·(Σ F·F' + X·F'') the factors of X and 1 are:
        let (mut t1, mut t0, mut power) = (Scalar::ZERO, Scalar::ZERO, y);
        for constraint in &shape.constraints {
            for (left, right) in &constraint.products {
                t1 += power * (left.value(b) * right.linear(&a) + left.linear(&a) * right.value(b));
                t0 += power * left.linear(&a) * right.linear(&a);
            }
            t1 += power * constraint.rest.linear(&a);
            power *= y;
        }
        let (mut linear, mut ranged, mut omega_v) = (Scalar::ZERO, Scalar::ZERO, Scalar::ZERO);
        let (mut keys, mut power) = (base(&Scalar::ONE), y);
        for (place, (form, key)) in shape.slots.iter().zip(self.own_keys()).enumerate() {
            linear += power * form.linear(&a);
            keys += power * key;
            if let Some(gamma) = shape.ranged.iter().position(|slot| *slot == place) {
                ranged += power * form.linear(&a);
                omega_v += power * gammas[gamma];
            }
            power *= y;
        }
        let mut commitments = vec![
            commitment(&a, &s) + base(&t1) + sigma * generator_h(),
            base(&t0) + tau * generator_h(),
            base(&linear) + s * keys,
            base(&kappa_a),
        ];
        if !v.is_empty() {
            commitments.push(base(&ranged) + gamma_a * range::blinding_base());
        }
        let x = transcript.points("commitments", &commitments).scalar("x");
        let mut responses: Vec<Scalar> = b.iter().zip(&a).map(|(b, a)| x * b + a).collect();
        responses.push(x * prefix.r + s);
        responses.push(x * x * prefix.beta + x * sigma + tau);
        responses.push(x * self.lies.kappa.unwrap_or(self.voter.kappa) + kappa_a);
        if !v.is_empty() {
            responses.push(x * omega_v + gamma_a);
        }
        proof.extend(encode(&commitments));
        proof.extend(encode_scalars(&responses));
        let mut fields = prefix.fields;
        fields.push(bytes(&proof));
        Value::Array(fields)
    }

    /// The payload of a challenge.
    pub fn challenge(&self) -> Value {
        let prefix = self.prefix();
        let kappa_a = self.draw("challenge");
        let mut transcript = self
            .transcript("challenge", &prefix)
            .absorb("opening", &numbers(self.coordinates.iter().copied()))
            .absorb("r", prefix.r.as_bytes())
            .points("K_a", &[base(&kappa_a)]);
        let omega = kappa_a + transcript.scalar("c") * self.voter.kappa;
        let mut fields = prefix.fields;
        fields.push(Value::Array(self.coordinates.iter().map(|value| uint(*value)).collect()));
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
        self.form.shape.slots.iter().map(|form| u64::try_from(form.number(&self.coordinates)).unwrap()).collect()
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
