//! Labelled hashes. Implements specs/conventions.md#transcripts over `merlin`.

use crate::group::Point;
use curve25519_dalek::Scalar;

/// A transcript of this protocol.
#[derive(Clone)]
pub struct Transcript(merlin::Transcript);

/// `transcript!("name")` is the spec's transcript("name").
macro_rules! transcript {
    ($name:literal) => {
        $crate::transcript::Transcript::begin(concat!("tabella/1/", $name))
    };
}
pub(crate) use transcript;

impl Transcript {
    /// Begins a transcript by its whole name.
    pub fn begin(name: &'static str) -> Self {
        Self(merlin::Transcript::new(name.as_bytes()))
    }

    /// absorb(label, x) for a byte string.
    pub fn absorb(mut self, label: &'static str, bytes: &[u8]) -> Self {
        self.0.append_message(label.as_bytes(), bytes);
        self
    }

    /// absorb(label, n) for an integer.
    pub fn absorb_number(mut self, label: &'static str, number: u64) -> Self {
        self.0.append_u64(label.as_bytes(), number);
        self
    }

    /// Integers as 8 bytes big-endian, one after the other.
    pub fn absorb_numbers(self, label: &'static str, numbers: impl IntoIterator<Item = u64>) -> Self {
        let bytes: Vec<u8> = numbers.into_iter().flat_map(u64::to_be_bytes).collect();
        self.absorb(label, &bytes)
    }

    /// absorb(label, [P…]).
    pub fn absorb_points<'a>(self, label: &'static str, points: impl IntoIterator<Item = &'a Point>) -> Self {
        let bytes: Vec<u8> = points.into_iter().flat_map(|point| point.bytes).collect();
        self.absorb(label, &bytes)
    }

    /// challenge(label, N).
    pub fn challenge<const N: usize>(&mut self, label: &'static str) -> [u8; N] {
        let mut bytes = [0; N];
        self.0.challenge_bytes(label.as_bytes(), &mut bytes);
        bytes
    }

    /// t.scalar(label).
    pub fn scalar(&mut self, label: &'static str) -> Scalar {
        Scalar::from_bytes_mod_order_wide(&self.challenge(label))
    }

    /// t.weight(label).
    pub fn weight(&mut self, label: &'static str) -> Scalar {
        Scalar::from(u128::from_le_bytes(self.challenge(label)))
    }

    /// t.hash().
    pub fn hash(mut self) -> [u8; 32] {
        self.challenge("hash")
    }
}
