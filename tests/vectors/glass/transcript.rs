//! Transcripts over the crate merlin. Follows specs/conventions.md#transcripts.

use tabella_crypto::group::{Point, Scalar, encode_point};

/// May be copied where a proof is made on the side.
#[derive(Clone)]
pub struct Transcript(merlin::Transcript);

impl Transcript {
    /// `label` is the name with "tabella/1/" before it.
    pub fn new(label: &'static str) -> Self {
        Self(merlin::Transcript::new(label.as_bytes()))
    }

    pub fn absorb(&mut self, label: &'static str, bytes: &[u8]) {
        self.0.append_message(label.as_bytes(), bytes);
    }

    pub fn absorb_u64(&mut self, label: &'static str, value: u64) {
        self.absorb(label, &value.to_le_bytes());
    }

    pub fn absorb_points(&mut self, label: &'static str, points: &[Point]) {
        self.absorb(label, &points.iter().flat_map(encode_point).collect::<Vec<u8>>());
    }

    pub fn scalar(&mut self, label: &'static str) -> Scalar {
        let mut wide = [0; 64];
        self.0.challenge_bytes(label.as_bytes(), &mut wide);
        Scalar::from_bytes_mod_order_wide(&wide)
    }

    pub fn hash(mut self) -> [u8; 32] {
        let mut hash = [0; 32];
        self.0.challenge_bytes(b"hash", &mut hash);
        hash
    }
}
