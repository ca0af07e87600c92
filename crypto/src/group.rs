//! The group ristretto255, its encodings and generators. Implements specs/conventions.md#group.

use std::sync::OnceLock;

use curve25519_dalek::ristretto::CompressedRistretto;
use curve25519_dalek::traits::IsIdentity;
pub use curve25519_dalek::{RistrettoPoint as Point, Scalar};
use rand_core::CryptoRng;
use sha2::{Digest, Sha512};
use thiserror::Error;
use zeroize::Zeroizing;

/// Bytes of an encoded point or scalar.
pub const ENCODED: usize = 32;

/// What can be wrong with the encoding of a point or scalar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum EncodingFault {
    /// Not the canonical encoding of a point of ristretto255.
    #[error("not the canonical encoding of a point")]
    Point,
    /// Not the canonical encoding of a scalar.
    #[error("not the canonical encoding of a scalar")]
    Scalar,
    /// The identity, where it makes no sense.
    #[error("the identity, where a point other than it is needed")]
    Identity,
}

/// The canonical encoding of a point: 32 bytes.
pub fn encode_point(point: &Point) -> [u8; ENCODED] {
    point.compress().to_bytes()
}

/// Decodes a point; the identity is a point.
pub fn decode_point(bytes: &[u8; ENCODED]) -> Result<Point, EncodingFault> {
    CompressedRistretto(*bytes).decompress().ok_or(EncodingFault::Point)
}

/// Decodes a point other than the identity: keys, credentials, commitments.
pub fn decode_proper_point(bytes: &[u8; ENCODED]) -> Result<Point, EncodingFault> {
    let point = decode_point(bytes)?;
    if point.is_identity() {
        return Err(EncodingFault::Identity);
    }
    Ok(point)
}

/// Decodes points other than the identity: all are decoded before one is compared with it.
pub fn decode_proper_points<'a>(
    encoded: impl IntoIterator<Item = &'a [u8; ENCODED]>,
) -> Result<Vec<Point>, EncodingFault> {
    let points: Vec<Point> = encoded.into_iter().map(decode_point).collect::<Result<_, _>>()?;
    if points.iter().any(Point::is_identity) {
        return Err(EncodingFault::Identity);
    }
    Ok(points)
}

/// Decodes a canonical scalar: one that is its own remainder modulo q.
///
/// The comparison takes the same time for all scalars; of what is none, it may tell where it differs.
pub fn decode_scalar(bytes: &[u8; ENCODED]) -> Result<Scalar, EncodingFault> {
    let scalar = Scalar::from_bytes_mod_order(*bytes);
    if scalar.as_bytes() == bytes { Ok(scalar) } else { Err(EncodingFault::Scalar) }
}

/// A uniform scalar, from 64 bytes of the generator.
pub fn random_scalar(rng: &mut impl CryptoRng) -> Scalar {
    let mut wide = Zeroizing::new([0; 64]);
    rng.fill_bytes(wide.as_mut());
    Scalar::from_bytes_mod_order_wide(&wide)
}

/// `hash_to_group(label, data)` of specs/conventions.md#group: nobody knows a logarithm of the result.
pub fn hash_to_group(label: &str, data: &[u8]) -> Point {
    let mut hash = Sha512::new();
    hash.update(b"tabella/1/");
    hash.update(label.as_bytes());
    hash.update([0]);
    hash.update(data);
    Point::from_uniform_bytes(&hash.finalize().into())
}

/// The generator H, the base of blindings.
pub fn generator_h() -> Point {
    static GENERATOR: OnceLock<Point> = OnceLock::new();
    *GENERATOR.get_or_init(|| hash_to_group("generator/H", b""))
}

/// The generator `G_i`: `G_0` carries a ballot's randomness, `G_1`, `G_2`, … its coordinates.
///
/// Generators are constants, but too many to be written down: those that a ballot can need are computed once.
pub fn generator_g(index: u32) -> Point {
    static GENERATORS: [OnceLock<Point>; 2_048] = [const { OnceLock::new() }; 2_048];
    let compute = || hash_to_group("generator/G", &index.to_be_bytes());
    match GENERATORS.get(index as usize) {
        Some(generator) => *generator.get_or_init(compute),
        None => compute(),
    }
}
