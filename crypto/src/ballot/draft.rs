//! A draft: an encrypted vote that is not yet cast. Implements specs/ballot.md#proof for the prover.
//!
//! Everything here touches the vote, so all arithmetic takes the same time whatever it is. What is computed of a
//! prefix alone is about to be public and may take its time.

use std::fmt;

use curve25519_dalek::Scalar;
use curve25519_dalek::traits::{Identity, MultiscalarMul, VartimeMultiscalarMul};
use rand_core::CryptoRng;
use subtle::{Choice, ConditionallySelectable};
use thiserror::Error;
use zeroize::{ZeroizeOnDrop, Zeroizing};

use super::challenge::Opening;
use super::ranged::RangedValues;
use super::{Context, Key, Prefix, TRACKER, absorb_voter};
use crate::credential::VotingKey;
use crate::group::{ENCODED, Point, encode_point, generator_g, generator_h};
use crate::nonce::Nonces;
use crate::range;
use crate::shape::Shape;
use crate::transcript::Transcript;

/// Why no draft came to be, or was not let out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum DraftFault {
    /// The coordinates are not a legal vote.
    #[error("the coordinates break the rules of the ballot")]
    Illegal,
    /// What was made does not verify: a fault of the machine or of this program. Nothing of it is released.
    #[error("the finished ballot does not verify")]
    SelfCheck,
}

/// An encrypted vote with its secrets. Either cast or challenged, never both.
///
/// Wiped when dropped, never printed.
pub struct Draft {
    context: Context,
    key: VotingKey,
    prefix: Prefix,
    coordinates: Zeroizing<Vec<u64>>,
    /// The values of the slots.
    values: Zeroizing<Vec<u64>>,
    r: Zeroizing<Scalar>,
    beta: Zeroizing<Scalar>,
}

impl Context {
    /// Encrypts a vote, given as its coordinates. `link` is the tracker of the ballot that this one replaces.
    ///
    /// `attempt` counts the drafts of a voter: the next draft shares no nonce with this one even if `rng` repeats.
    pub fn encrypt(
        &self,
        key: &VotingKey,
        link: Option<[u8; TRACKER]>,
        coordinates: &[u64],
        attempt: u64,
        rng: &mut impl CryptoRng,
    ) -> Result<Draft, DraftFault> {
        let values = self.shape().evaluate(coordinates).map(Zeroizing::new).ok_or(DraftFault::Illegal)?;

        let credential = key.public();
        let mut transcript = self.0.ballot.clone();
        absorb_voter(&mut transcript, &credential, link.as_ref());
        let mut nonces = Nonces::fork(&transcript, rng)
            .with("nonce-key", key.nonce_key())
            .with("coordinates", &bytes_of_coordinates(coordinates))
            .with("attempt", &attempt.to_be_bytes());
        let r = Zeroizing::new(nonces.scalar("r"));
        let beta = Zeroizing::new(nonces.scalar("beta"));

        let encrypt =
            |(&value, key): (&u64, &Key)| encode_point(&(Point::mul_base(&Scalar::from(value)) + key.point * *r));
        let prefix = Prefix {
            credential,
            link,
            r: encode_point(&Point::mul_base(&r)),
            ciphertexts: values.iter().zip(self.keys()).map(encrypt).collect(),
            b: encode_point(&commit(self.shape(), coordinates, &r, &beta)),
        };
        let coordinates = Zeroizing::new(coordinates.to_vec());
        Ok(Draft { context: self.clone(), key: key.clone(), prefix, coordinates, values, r, beta })
    }
}

impl Draft {
    /// What the draft has fixed: the voter may write down its tracker before deciding.
    pub fn prefix(&self) -> &Prefix {
        &self.prefix
    }

    /// Proves and signs the draft as a ballot. The proof's bytes, seen to verify.
    pub fn cast(self, rng: &mut impl CryptoRng) -> Result<Vec<u8>, DraftFault> {
        let shape = self.context.shape();
        let mut transcript = self.context.ballot_transcript(&self.prefix);
        let ranged = RangedValues::commit(shape, &self.values, self.nonces(&transcript, rng));
        ranged.absorb(&mut transcript);
        let y = transcript.scalar("y");
        let powers = shape.powers(&y);

        let mut nonces = self.nonces(&transcript, rng);
        let masks = Masks::draw(self.coordinates.len(), &mut nonces);
        let range_proof = ranged.prove(&mut transcript, nonces).map_err(|_| DraftFault::SelfCheck)?;

        let commitments = self.commitments(&powers, &masks);
        let of_ranged = ranged.masked_sum(shape, &powers, &masks.a, &masks.gamma);
        let commitments: Vec<[u8; ENCODED]> =
            commitments.into_iter().chain(of_ranged).map(|point| encode_point(&point)).collect();
        transcript.absorb_points("commitments", &commitments);
        let x = transcript.scalar("x");

        let responses = self.responses(&x, &masks).chain(ranged.response(shape, &powers, &x, &masks.gamma));
        let mut proof = Vec::with_capacity(shape.proof_length());
        proof.extend(ranged.commitments().iter().flatten());
        proof.extend(range_proof);
        proof.extend(commitments.iter().flatten());
        proof.extend(responses.flat_map(|response| response.to_bytes()));

        // A fault while computing could reveal the vote or the key: nothing is released that does not verify.
        self.context.verify(&self.prefix, &proof).map_err(|_| DraftFault::SelfCheck)?;
        Ok(proof)
    }

    /// Opens the draft for everybody to check, signed by the voter. It can then never be cast.
    ///
    /// Implements specs/ballot.md#challenge for the voter.
    pub fn challenge(self, rng: &mut impl CryptoRng) -> Result<Opening, DraftFault> {
        let transcript = self.context.challenge_transcript(&self.prefix);
        let kappa_a = Zeroizing::new(self.nonces(&transcript, rng).scalar("kappa_a"));
        let k_a = encode_point(&Point::mul_base(&kappa_a));

        let mut opening =
            Opening { coordinates: self.coordinates.to_vec(), r: self.r.to_bytes(), signature: [0; 2 * ENCODED] };
        let omega = *kappa_a + opening.signature_challenge(transcript, &k_a) * self.key.secret();
        opening.signature[..ENCODED].copy_from_slice(&k_a);
        opening.signature[ENCODED..].copy_from_slice(omega.as_bytes());

        self.context.verify_challenge(&self.prefix, &opening).map_err(|_| DraftFault::SelfCheck)?;
        Ok(opening)
    }

    /// The nonces of a proof or a signature that begins with this transcript.
    fn nonces(&self, transcript: &Transcript, rng: &mut impl CryptoRng) -> Nonces {
        Nonces::fork(transcript, rng)
            .with("nonce-key", self.key.nonce_key())
            .with("coordinates", &bytes_of_coordinates(&self.coordinates))
            .with("r", self.r.as_bytes())
    }

    /// T, T0, S and `K_a`; `powers` are those of the shape.
    #[expect(non_snake_case, reason = "the names of the points are those of the formulas")]
    fn commitments(&self, powers: &[Scalar], masks: &Masks) -> [Point; 4] {
        let shape = self.context.shape();
        let Masks { a, s, sigma, tau, kappa_a, .. } = masks;

        // p(X) = t1·X + t0: its square term vanishes for a legal vote, so that p(0) and p(1) determine it.
        let coordinates_and_masks = self.coordinates.iter().zip(a.iter());
        let masked: Zeroizing<Vec<Scalar>> =
            Zeroizing::new(coordinates_and_masks.map(|(&b, a)| Scalar::from(b) + a).collect());
        let t0 = Zeroizing::new(shape.constraint_sum(powers, a, &Scalar::ZERO));
        let t1 = Zeroizing::new(shape.constraint_sum(powers, &masked, &Scalar::ONE) - *t0);

        // T = Σ a_i·G_i + s·G_0 + t1·G + σ·H and T0 = t0·G + τ·H
        let scalars = [&**s].into_iter().chain(a.iter()).chain([&**sigma]);
        let generators = (0..).map(generator_g).take(1 + a.len()).chain([generator_h()]);
        let T = Point::multiscalar_mul(scalars, generators) + Point::mul_base(&t1);
        let T0 = Point::mul_base(&t0) + generator_h() * **tau;

        // S = (Σ y^j·(L_j·a))·G + s·Σ y^j·PK_j, with PK_0 = G
        let keys: Vec<Point> = self.context.keys().iter().map(|key| key.point).collect();
        let combined_key = Point::vartime_multiscalar_mul(&powers[..keys.len()], &keys);
        let S = Point::mul_base(&(shape.slot_sum(powers, a, &Scalar::ZERO) + **s)) + combined_key * **s;

        let K_a = Point::mul_base(kappa_a);
        [T, T0, S, K_a]
    }

    /// `f_i = x·b_i + a_i`, `z = x·r + s`, `η = x²·β + x·σ + τ`, `ω = x·κ + κ_a`.
    fn responses(&self, x: &Scalar, masks: &Masks) -> impl Iterator<Item = Scalar> {
        let Masks { a, s, sigma, tau, kappa_a, .. } = masks;
        let f = self.coordinates.iter().zip(a.iter()).map(move |(&b, a)| x * Scalar::from(b) + a);
        let z = x * *self.r + **s;
        let eta = x * x * *self.beta + x * **sigma + **tau;
        let omega = x * self.key.secret() + **kappa_a;
        f.chain([z, eta, omega])
    }
}

/// The nonces of a proof: what hides the coordinates, r, β, κ and the γ in its responses.
struct Masks {
    a: Zeroizing<Vec<Scalar>>,
    s: Zeroizing<Scalar>,
    sigma: Zeroizing<Scalar>,
    tau: Zeroizing<Scalar>,
    kappa_a: Zeroizing<Scalar>,
    /// γ′: of use only with ranged slots.
    gamma: Zeroizing<Scalar>,
}

impl Masks {
    fn draw(coordinates: usize, nonces: &mut Nonces) -> Self {
        Self {
            a: Zeroizing::new((0..coordinates).map(|_| nonces.scalar("a")).collect()),
            s: Zeroizing::new(nonces.scalar("s")),
            sigma: Zeroizing::new(nonces.scalar("sigma")),
            tau: Zeroizing::new(nonces.scalar("tau")),
            kappa_a: Zeroizing::new(nonces.scalar("kappa_a")),
            gamma: Zeroizing::new(nonces.scalar("gamma")),
        }
    }
}

/// Each of its secrets is wiped by itself.
impl ZeroizeOnDrop for Draft {}

impl fmt::Debug for Draft {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Draft").field("prefix", &self.prefix).finish_non_exhaustive()
    }
}

/// Each coordinate as an integer of 8 bytes, big-endian, one after the other.
pub(super) fn bytes_of_coordinates(coordinates: &[u64]) -> Zeroizing<Vec<u8>> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(size_of_val(coordinates)));
    bytes.extend(coordinates.iter().flat_map(|coordinate| coordinate.to_be_bytes()));
    bytes
}

/// `B = Σ b_i·G_i + r·G_0 + β·H`.
///
/// The coordinates are added up in binary, from the highest place that a number can have. At each place they select
/// their generators, which takes the same time for 0 and 1; that bits have no higher places is public.
fn commit(shape: &Shape, coordinates: &[u64], r: &Scalar, beta: &Scalar) -> Point {
    let places = (0..=range::LARGEST_VALUE.ilog2()).rev();
    let committed = places.fold(Point::identity(), |sum, place| {
        let with_place = (1..).zip(coordinates).zip(shape.largest()).filter(|(_, largest)| **largest >> place != 0);
        with_place.fold(sum + sum, |sum, ((index, &coordinate), _)| {
            let chosen = Choice::from((coordinate >> place & 1) as u8);
            sum + Point::conditional_select(&Point::identity(), &generator_g(index), chosen)
        })
    });
    committed + Point::multiscalar_mul([r, beta], [generator_g(0), generator_h()])
}
