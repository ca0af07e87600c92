//! Points and scalars of ristretto255. Implements specs/conventions.md#group.

use crate::checks::Code;
use curve25519_dalek::ristretto::CompressedRistretto;
use curve25519_dalek::traits::{Identity, VartimeMultiscalarMul};
use curve25519_dalek::{RistrettoPoint, Scalar};
use sha2::{Digest, Sha512};

/// A canonical point together with its encoding.
#[derive(Clone, Debug)]
pub struct Point {
    pub bytes: [u8; 32],
    pub point: RistrettoPoint,
}

impl Point {
    /// Decodes 32 bytes; anything else, or what is not canonical, is `point_invalid`.
    pub fn decode(bytes: &[u8]) -> Result<Self, Code> {
        let bytes: [u8; 32] = bytes.try_into().map_err(|_| Code::PointInvalid)?;
        let point = CompressedRistretto(bytes).decompress().ok_or(Code::PointInvalid)?;
        Ok(Self { bytes, point })
    }

    /// Refuses the identity.
    pub fn not_identity(&self) -> Result<(), Code> {
        if self.bytes == [0; 32] { Err(Code::IdentityPoint) } else { Ok(()) }
    }
}

impl From<RistrettoPoint> for Point {
    fn from(point: RistrettoPoint) -> Self {
        Self { bytes: point.compress().to_bytes(), point }
    }
}

/// Decodes 32 bytes each into a point, in order.
pub fn points(bytes: &[u8]) -> Result<Vec<Point>, Code> {
    bytes.chunks(32).map(Point::decode).collect()
}

/// Decodes 32 bytes; what is not below q is `scalar_invalid`.
pub fn scalar(bytes: &[u8]) -> Result<Scalar, Code> {
    let bytes: [u8; 32] = bytes.try_into().map_err(|_| Code::ScalarInvalid)?;
    Option::from(Scalar::from_canonical_bytes(bytes)).ok_or(Code::ScalarInvalid)
}

/// Decodes 32 bytes each into a scalar, in order.
pub fn scalars(bytes: &[u8]) -> Result<Vec<Scalar>, Code> {
    bytes.chunks(32).map(scalar).collect()
}

/// hash_to_group(label, data).
pub fn hash_to_group(label: &str, data: &[u8]) -> RistrettoPoint {
    let hash = Sha512::new().chain_update("tabella/1/").chain_update(label).chain_update([0]).chain_update(data);
    RistrettoPoint::from_uniform_bytes(&hash.finalize().into())
}

/// H = hash_to_group("generator/H", "").
pub fn generator_h() -> RistrettoPoint {
    hash_to_group("generator/H", b"")
}

/// G_0 … G_count.
pub fn generators_g(count: usize) -> Vec<RistrettoPoint> {
    (0u32..).take(count + 1).map(|index| hash_to_group("generator/G", &index.to_be_bytes())).collect()
}

/// number·point in time that depends on the number: all of it is public.
pub fn small_multiple(number: u64, point: &RistrettoPoint) -> RistrettoPoint {
    let Some(highest) = number.checked_ilog2() else {
        return RistrettoPoint::identity();
    };
    // Most numbers are 1.
    (0..highest).rev().fold(*point, |sum, bit| {
        let doubled = sum + sum;
        if number >> bit & 1 == 1 { doubled + point } else { doubled }
    })
}

/// Σ coefficient·point, in time that depends on public data only.
///
/// Slices, because the library panics on iterators that do not know their length.
pub fn sum_of_products(coefficients: &[Scalar], points: &[RistrettoPoint]) -> RistrettoPoint {
    let terms = coefficients.len().min(points.len());
    let (coefficients, points) = (coefficients.get(..terms).unwrap_or(&[]), points.get(..terms).unwrap_or(&[]));
    RistrettoPoint::vartime_multiscalar_mul(coefficients, points)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_canonical_encodings_are_decoded() {
        let base = Point::from(RistrettoPoint::mul_base(&Scalar::ONE));
        assert_eq!(Point::decode(&base.bytes).map(|point| point.point), Ok(base.point));
        assert_eq!(Point::decode(&[0xff; 32]).map(|_| ()), Err(Code::PointInvalid));
        assert_eq!(Point::decode(&base.bytes[1..]).map(|_| ()), Err(Code::PointInvalid));
        assert_eq!(Point::decode(&[0; 32]).and_then(|point| point.not_identity()), Err(Code::IdentityPoint));
        let order = data_encoding::HEXLOWER
            .decode(b"edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010")
            .unwrap();
        assert_eq!(scalar(&order), Err(Code::ScalarInvalid));
        assert_eq!(scalar(&[0; 32]), Ok(Scalar::ZERO));
    }

    #[test]
    fn small_multiples_are_multiples() {
        for number in [0, 1, 2, 3, 50, 1 << 40, u64::MAX] {
            let point = generator_h();
            assert_eq!(small_multiple(number, &point), Scalar::from(number) * point, "{number}");
        }
    }
}
