//! Values that look random and are always the same.

use rand_chacha::ChaCha20Rng;
use rand_core::{Rng, SeedableRng};
use sha2::{Digest, Sha256};
use tabella_crypto::group::{Scalar, random_scalar};

/// A generator seeded by its label.
pub struct Source(ChaCha20Rng);

impl Source {
    pub fn new(label: &str) -> Self {
        let seed = Sha256::digest(format!("tabella vectors: {label}"));
        Self(ChaCha20Rng::from_seed(seed.into()))
    }

    pub fn bytes<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        self.0.fill_bytes(&mut bytes);
        bytes
    }

    pub fn scalar(&mut self) -> Scalar {
        random_scalar(&mut self.0)
    }

    pub fn scalars(&mut self, count: usize) -> Vec<Scalar> {
        (0..count).map(|_| self.scalar()).collect()
    }
}
