//! The range proof. Follows specs/range.md.

use std::iter::{successors, zip};

use sha3::digest::{ExtendableOutput, Update, XofReader};
use sha3::{Digest, Sha3_512, Shake256};
use tabella_crypto::group::{Point, Scalar, encode_point};

use super::transcript::Transcript;
use crate::source::Source;

const BITS: usize = 16;

/// What is random in a proof: α, ρ, τ_1, τ_2, r and r'.
#[derive(Clone)]
pub struct Nonces {
    pub alpha: Scalar,
    pub rho: Scalar,
    pub tau_1: Scalar,
    pub tau_2: Scalar,
    pub r: Vec<Scalar>,
    pub r_prime: Vec<Scalar>,
}

impl Nonces {
    /// For so many numbers.
    pub fn draw(source: &mut Source, numbers: usize) -> Self {
        let bits = bits(numbers);
        Self {
            alpha: source.scalar(),
            rho: source.scalar(),
            tau_1: source.scalar(),
            tau_2: source.scalar(),
            r: source.scalars(bits),
            r_prime: source.scalars(bits),
        }
    }
}

/// The bytes of a proof for so many numbers; without numbers there is none.
pub fn length(numbers: usize) -> usize {
    bits(numbers).checked_ilog2().map_or(0, |rounds| 32 * (2 * rounds as usize + 9))
}

/// N, the bits of all numbers and of the padding.
fn bits(numbers: usize) -> usize {
    if numbers == 0 { 0 } else { BITS * numbers.next_power_of_two() }
}

/// H̃.
pub fn blinding_base() -> Point {
    Point::from_uniform_bytes(&Sha3_512::digest(encode_point(&Point::mul_base(&Scalar::ONE))).into())
}

/// The generators of the j-th number, from 0: 𝐆 or 𝐇, by their letter.
pub fn generators(letter: &str, number: usize) -> Vec<Point> {
    let mut hash = Shake256::default();
    hash.update(b"GeneratorsChain");
    hash.update(letter.as_bytes());
    hash.update(&(number as u32).to_le_bytes());
    let mut bytes = hash.finalize_xof();
    let mut next = || {
        let mut wide = [0; 64];
        bytes.read(&mut wide);
        Point::from_uniform_bytes(&wide)
    };
    (0..BITS).map(|_| next()).collect()
}

/// Of the lowest 16 bits of each value: of larger values the proof is none.
#[expect(non_snake_case, reason = "the names are those of the formulas")]
pub fn prove(transcript: &Transcript, values: &[u64], blindings: &[Scalar], nonces: &Nonces) -> Vec<u8> {
    let Nonces { alpha, rho, tau_1, tau_2, r, r_prime } = nonces;
    let (P, N) = (bits(values.len()) / BITS, bits(values.len()));
    let padding = P - values.len();
    let values: Vec<u64> = values.iter().copied().chain(std::iter::repeat_n(0, padding)).collect();
    let gamma: Vec<Scalar> = blindings.iter().copied().chain(std::iter::repeat_n(Scalar::ZERO, padding)).collect();
    let (base, H_blind) = (Point::mul_base(&Scalar::ONE), blinding_base());
    let G: Vec<Point> = (0..P).flat_map(|number| generators("G", number)).collect();
    let H: Vec<Point> = (0..P).flat_map(|number| generators("H", number)).collect();
    let p: Vec<Scalar> = (0..N).map(|i| Scalar::from(values[i / BITS] >> (i % BITS) & 1)).collect();

    let mut t = transcript.clone();
    t.absorb("dom-sep", b"rangeproof v1");
    t.absorb_u64("n", BITS as u64);
    t.absorb_u64("m", P as u64);
    for (value, gamma) in zip(&values, &gamma) {
        t.absorb_points("V", &[Scalar::from(*value) * base + gamma * H_blind]);
    }
    let p_less_one: Vec<Scalar> = p.iter().map(|p| p - Scalar::ONE).collect();
    let A = alpha * H_blind + sum(&p, &G) + sum(&p_less_one, &H);
    let S = rho * H_blind + sum(r, &G) + sum(r_prime, &H);
    t.absorb_points("A", &[A]);
    t.absorb_points("S", &[S]);
    let (y, z) = (t.scalar("y"), t.scalar("z"));

    let (powers_of_y, powers_of_z) = (powers(y, N), powers(z, P));
    let a_0: Vec<Scalar> = p.iter().map(|p| p - z).collect();
    let weight = |i: usize| z * z * powers_of_z[i / BITS] * Scalar::from(1_u64 << (i % BITS));
    let b_0: Vec<Scalar> = (0..N).map(|i| powers_of_y[i] * (p_less_one[i] + z) + weight(i)).collect();
    let b_1: Vec<Scalar> = zip(&powers_of_y, r_prime).map(|(y, r)| y * r).collect();
    let t_0 = product(&a_0, &b_0);
    let t_1 = product(&a_0, &b_1) + product(r, &b_0);
    let t_2 = product(r, &b_1);
    let T_1 = t_1 * base + tau_1 * H_blind;
    let T_2 = t_2 * base + tau_2 * H_blind;
    t.absorb_points("T_1", &[T_1]);
    t.absorb_points("T_2", &[T_2]);
    let x = t.scalar("x");

    let t_x = t_0 + t_1 * x + t_2 * x * x;
    let tau_x = z * z * product(&powers_of_z, &gamma) + x * tau_1 + x * x * tau_2;
    let e = alpha + x * rho;
    for (label, scalar) in [("t_x", t_x), ("t_x_blinding", tau_x), ("e_blinding", e)] {
        t.absorb(label, scalar.as_bytes());
    }
    let Q = t.scalar("w") * base;
    let at_x = |zeroth: &[Scalar], first: &[Scalar]| -> Vec<Scalar> {
        zip(zeroth, first).map(|(zeroth, first)| zeroth + x * first).collect()
    };
    let inverse_of_y = powers(y.invert(), N);
    let H = zip(inverse_of_y, H).map(|(y, H)| y * H).collect();
    let points = [A, S, T_1, T_2].map(|point| encode_point(&point));
    let scalars = [t_x, tau_x, e].map(|scalar| scalar.to_bytes());
    [points.as_flattened(), scalars.as_flattened(), &inner_product(t, Q, at_x(&a_0, r), at_x(&b_0, &b_1), G, H)]
        .concat()
}

/// L_1 ‖ R_1 ‖ … ‖ a ‖ b.
#[expect(non_snake_case, reason = "the names are those of the formulas")]
fn inner_product(
    mut t: Transcript,
    Q: Point,
    mut a: Vec<Scalar>,
    mut b: Vec<Scalar>,
    mut G: Vec<Point>,
    mut H: Vec<Point>,
) -> Vec<u8> {
    t.absorb("dom-sep", b"ipp v1");
    t.absorb_u64("n", a.len() as u64);
    let mut proof = Vec::new();
    while a.len() > 1 {
        let half = a.len() / 2;
        let ((a_lo, a_hi), (b_lo, b_hi)) = (a.split_at(half), b.split_at(half));
        let ((G_lo, G_hi), (H_lo, H_hi)) = (G.split_at(half), H.split_at(half));
        let L = sum(a_lo, G_hi) + sum(b_hi, H_lo) + product(a_lo, b_hi) * Q;
        let R = sum(a_hi, G_lo) + sum(b_lo, H_hi) + product(a_hi, b_lo) * Q;
        t.absorb_points("L", &[L]);
        t.absorb_points("R", &[R]);
        let u = t.scalar("u");
        let v = u.invert();
        proof.extend([L, R].iter().flat_map(encode_point));
        let folded = (fold(u, a_lo, v, a_hi), fold(v, b_lo, u, b_hi), fold(v, G_lo, u, G_hi), fold(u, H_lo, v, H_hi));
        (a, b, G, H) = folded;
    }
    proof.extend([a[0], b[0]].iter().flat_map(Scalar::to_bytes));
    proof
}

fn powers(base: Scalar, count: usize) -> Vec<Scalar> {
    successors(Some(Scalar::ONE), |power| Some(power * base)).take(count).collect()
}

fn product(a: &[Scalar], b: &[Scalar]) -> Scalar {
    zip(a, b).map(|(a, b)| a * b).sum()
}

fn sum(scalars: &[Scalar], points: &[Point]) -> Point {
    zip(scalars, points).map(|(scalar, point)| scalar * point).sum()
}

/// `first·lower + second·upper`, of scalars or points.
fn fold<T: Copy + std::ops::Mul<Scalar, Output = T> + std::ops::Add<Output = T>>(
    first: Scalar,
    lower: &[T],
    second: Scalar,
    upper: &[T],
) -> Vec<T> {
    zip(lower, upper).map(|(lower, upper)| *lower * first + *upper * second).collect()
}
