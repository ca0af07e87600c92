//! Range proofs of ranged slots. Implements specs/range.md.

mod terms;

pub use self::terms::Terms;
use crate::group::{self, Point};
use crate::transcript::Transcript;
use curve25519_dalek::{RistrettoPoint, Scalar};
use sha3::digest::{ExtendableOutput, Update, XofReader};
use sha3::{Digest, Sha3_512, Shake256};
use std::iter::repeat;

/// Bits of a value.
const BITS: usize = 16;

/// P: so many values the proof is of, the least power of two that is at least their number.
fn padded(values: usize) -> usize {
    values.next_power_of_two()
}

/// n: the rounds of the proof of so many values.
fn rounds(values: usize) -> usize {
    (BITS * padded(values)).ilog2() as usize
}

/// Length in bytes of the proof of so many values, which are at least one.
pub fn proof_length(values: usize) -> usize {
    32 * (2 * rounds(values) + 9)
}

/// Points of the proof of so many values: A, S, T_1, T_2, the L_k and R_k. Without values there is no proof.
pub fn proof_points(values: usize) -> usize {
    if values == 0 { 0 } else { 2 * rounds(values) + 4 }
}

/// H̃: the blinding base of the commitments V_j.
pub fn blinding_base() -> RistrettoPoint {
    let base = Point::from(RistrettoPoint::mul_base(&Scalar::ONE));
    RistrettoPoint::from_uniform_bytes(&Sha3_512::digest(base.bytes).into())
}

/// The generators 𝐆_i and 𝐇_i.
#[derive(Default)]
pub struct Bases {
    pub g: Vec<RistrettoPoint>,
    pub h: Vec<RistrettoPoint>,
}

impl Bases {
    /// Generators for proofs of at most so many values.
    pub fn new(values: usize) -> Self {
        let count = if values == 0 { 0 } else { padded(values) };
        let all = |letter| (0u32..).take(count).flat_map(|value| chain(letter, value)).collect();
        Self { g: all(b"G"), h: all(b"H") }
    }
}

/// The generators that belong to the bits of one value, by the letter of their kind.
fn chain(letter: &[u8], value: u32) -> [RistrettoPoint; BITS] {
    let label = Shake256::default().chain(b"GeneratorsChain").chain(letter).chain(value.to_le_bytes());
    let mut bytes = label.finalize_xof();
    std::array::from_fn(|_| {
        let mut next = [0; 64];
        bytes.read(&mut next);
        RistrettoPoint::from_uniform_bytes(&next)
    })
}

/// A range proof as it is written, with its challenges.
pub struct RangeProof {
    written: Written,
    challenges: Challenges,
}

/// The points and scalars of a range proof.
struct Written {
    /// A, S, T_1, T_2.
    commitments: [Point; 4],
    /// t_x, τ_x, e.
    responses: [Scalar; 3],
    /// L_k and R_k.
    rounds: Vec<[Point; 2]>,
    /// a, b.
    last: [Scalar; 2],
}

/// What the transcript gives.
struct Challenges {
    y: Scalar,
    y_inverse: Scalar,
    z: Scalar,
    x: Scalar,
    w: Scalar,
    /// The u_k, and their inverses.
    u: Vec<Scalar>,
    u_inverse: Vec<Scalar>,
}

impl RangeProof {
    /// Reads the proof for these V_j; `transcript` is that of the ballot after y. None if the proof is not written as it
    /// must be: then it does not hold.
    pub fn read(transcript: Transcript, values: &[Point], proof: &[u8]) -> Option<Self> {
        let written = Written::read(values.len(), proof)?;
        let challenges = Challenges::draw(transcript, values, &written)?;
        Some(Self { written, challenges })
    }

    /// The same with T_1 and A such that R1 and R2 are wrong by these points, as if the challenges did not depend on them.
    #[cfg(test)]
    pub fn wrong_by(mut self, r1: RistrettoPoint, r2: RistrettoPoint) -> Self {
        let [a, _, t_1, _] = &mut self.written.commitments;
        t_1.point += self.challenges.x.invert() * r1;
        a.point += r2;
        self
    }
}

impl Written {
    /// Implements specs/range.md#encoding.
    fn read(values: usize, proof: &[u8]) -> Option<Self> {
        if values == 0 || proof.len() != proof_length(values) {
            return None;
        }
        let (commitments, rest) = proof.split_at_checked(4 * 32)?;
        let (responses, rest) = rest.split_at_checked(3 * 32)?;
        let (rounds, last) = rest.split_at_checked(2 * rounds(values) * 32)?;
        Some(Self {
            commitments: points(commitments)?,
            responses: scalars(responses)?,
            rounds: rounds.chunks(2 * 32).map(points).collect::<Option<_>>()?,
            last: scalars(last)?,
        })
    }
}

/// So many points, none of them the identity.
fn points<const N: usize>(bytes: &[u8]) -> Option<[Point; N]> {
    let points: [Point; N] = group::points(bytes).ok()?.try_into().ok()?;
    points.iter().all(|point| point.not_identity().is_ok()).then_some(points)
}

fn scalars<const N: usize>(bytes: &[u8]) -> Option<[Scalar; N]> {
    group::scalars(bytes).ok()?.try_into().ok()
}

impl Challenges {
    /// Implements specs/range.md#transcript.
    fn draw(transcript: Transcript, values: &[Point], written: &Written) -> Option<Self> {
        let Written { commitments: [a, s, t_1, t_2], responses: [t_x, tau_x, e], rounds, .. } = written;
        let count = padded(values.len());
        let mut transcript = transcript
            .absorb("dom-sep", b"rangeproof v1")
            .absorb_number("n", BITS as u64)
            .absorb_number("m", count as u64);
        // Padded with commitments to 0 that hide nothing: the identity.
        for value in values.iter().map(|value| &value.bytes).chain(repeat(&[0; 32])).take(count) {
            transcript = transcript.absorb("V", value);
        }
        transcript = transcript.absorb("A", &a.bytes).absorb("S", &s.bytes);
        let (y, z) = (transcript.scalar("y"), transcript.scalar("z"));
        transcript = transcript.absorb("T_1", &t_1.bytes).absorb("T_2", &t_2.bytes);
        let x = transcript.scalar("x");
        transcript = transcript
            .absorb("t_x", t_x.as_bytes())
            .absorb("t_x_blinding", tau_x.as_bytes())
            .absorb("e_blinding", e.as_bytes());
        let w = transcript.scalar("w");
        transcript = transcript.absorb("dom-sep", b"ipp v1").absorb_number("n", (BITS * count) as u64);
        let mut u = Vec::with_capacity(rounds.len());
        for [l, r] in rounds {
            transcript = transcript.absorb("L", &l.bytes).absorb("R", &r.bytes);
            u.push(transcript.scalar("u"));
        }
        // No hash is 0; if one were, it would have no inverse.
        let mut inverses = [u.as_slice(), &[y]].concat();
        if inverses.contains(&Scalar::ZERO) {
            return None;
        }
        Scalar::invert_batch_alloc(&mut inverses);
        let y_inverse = inverses.pop()?;
        Some(Self { y, y_inverse, z, x, w, u, u_inverse: inverses })
    }
}
