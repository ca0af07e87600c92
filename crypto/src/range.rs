//! The proof that numbers have at most 16 bits: an aggregated Bulletproof. Implements specs/range.md.
//!
//! Proofs need the feature `range`, which is on unless a dependent says otherwise: it brings a second family of curve
//! crates, and a page of whose contests none has such proofs is smaller without. Only `proof.rs` knows the crate
//! `bulletproofs`.

#[cfg(not(feature = "range"))]
mod absent;
#[cfg(feature = "range")]
mod proof;

use std::sync::OnceLock;

use curve25519_dalek::Scalar;
use sha3::{Digest, Sha3_512};
use thiserror::Error;

#[cfg(not(feature = "range"))]
pub use self::absent::{prove, verify};
#[cfg(feature = "range")]
pub use self::proof::{prove, verify};
use crate::group::{ENCODED, Point, encode_point};

/// The bits of a number.
const BITS: usize = 16;

/// The largest number that has a proof.
pub const LARGEST_VALUE: u64 = (1 << BITS) - 1;

/// The most numbers that one proof takes: far more than a ballot has.
pub const LARGEST_COUNT: usize = 1 << LARGEST_LOGARITHM;

const LARGEST_LOGARITHM: usize = 10;

/// No proof was made: there are no numbers or too many, not as many blindings, or a number of more than 16 bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("these numbers have no range proof")]
pub struct RangeFault;

/// H̃, the base of the blindings of commitments.
pub fn blinding_base() -> Point {
    static BASE: OnceLock<Point> = OnceLock::new();
    *BASE.get_or_init(|| {
        let base = encode_point(&Point::mul_base(&Scalar::ONE));
        Point::from_uniform_bytes(&Sha3_512::digest(base).into())
    })
}

/// `value·G + blinding·H̃`, in constant time.
pub fn commit(value: u64, blinding: &Scalar) -> Point {
    Point::mul_base(&Scalar::from(value)) + blinding_base() * blinding
}

/// The bytes of a proof for `count` numbers; without numbers there is no proof.
pub fn proof_length(count: usize) -> usize {
    if count == 0 {
        return 0;
    }
    let rounds = (BITS * count.next_power_of_two()).ilog2() as usize;
    ENCODED * (2 * rounds + 9)
}
