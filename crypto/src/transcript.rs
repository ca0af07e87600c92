//! The one way of hashing with a label: a merlin transcript. Implements specs/conventions.md#transcripts.

use curve25519_dalek::Scalar;
use zeroize::{Zeroize, Zeroizing};

use crate::group::{ENCODED, Point, encode_point};

/// A labelled, length-prefixed hash of everything absorbed so far.
///
/// Cloning a transcript forks it: a prefix that many proofs share is absorbed once.
#[derive(Clone)]
pub struct Transcript(merlin::Transcript);

impl Transcript {
    /// `transcript(name)`. The label holds the protocol's version: `"tabella/1/ballot"` for the name "ballot".
    pub fn new(label: &'static str) -> Self {
        debug_assert!(label.starts_with("tabella/1/"), "a transcript's label begins with the version");
        Self(merlin::Transcript::new(label.as_bytes()))
    }

    /// Absorbs a byte string.
    pub fn absorb(&mut self, label: &'static str, bytes: &[u8]) {
        self.0.append_message(label.as_bytes(), bytes);
    }

    /// Absorbs an integer, 8 bytes little-endian.
    pub fn absorb_u64(&mut self, label: &'static str, value: u64) {
        self.0.append_u64(label.as_bytes(), value);
    }

    /// Absorbs the encodings of points, one after the other, as one byte string.
    pub fn absorb_points<'a>(&mut self, label: &'static str, points: impl IntoIterator<Item = &'a [u8; ENCODED]>) {
        let bytes: Vec<u8> = points.into_iter().flatten().copied().collect();
        self.absorb(label, &bytes);
    }

    /// Absorbs one point.
    pub fn absorb_point(&mut self, label: &'static str, point: &Point) {
        self.absorb(label, &encode_point(point));
    }

    /// A challenge of any length.
    pub fn challenge(&mut self, label: &'static str, out: &mut [u8]) {
        self.0.challenge_bytes(label.as_bytes(), out);
    }

    /// `scalar(label)`: 64 bytes reduced modulo q, so that the bias is negligible.
    pub fn scalar(&mut self, label: &'static str) -> Scalar {
        let mut wide = Zeroizing::new([0; 64]);
        self.challenge(label, wide.as_mut());
        Scalar::from_bytes_mod_order_wide(&wide)
    }

    /// `weight(label)`: a 128-bit integer as a scalar.
    pub fn weight(&mut self, label: &'static str) -> Scalar {
        let mut short = [0; 16];
        self.challenge(label, &mut short);
        Scalar::from(u128::from_le_bytes(short))
    }

    /// The bare transcript, for a proof that is specified over it.
    pub fn into_merlin(self) -> merlin::Transcript {
        self.0
    }

    /// `hash()`: ends the transcript in 32 bytes.
    pub fn hash(mut self) -> [u8; 32] {
        let mut out = [0; 32];
        self.challenge("hash", &mut out);
        out
    }
}

impl Zeroize for Transcript {
    fn zeroize(&mut self) {
        self.0.zeroize();
    }
}
