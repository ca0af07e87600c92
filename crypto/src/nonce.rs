//! Nonces hedged against a bad random generator. Implements specs/ballot.md#proof, "Nonces".
//!
//! A nonce is a hash of everything said so far, of secrets, and of fresh randomness. A generator that repeats itself
//! then repeats a nonce only where it does no harm: for the same values in the same place.

use curve25519_dalek::Scalar;
use rand_core::CryptoRng;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::transcript::Transcript;

/// A fork of a transcript that has absorbed randomness and secrets, and yields nonces. Wiped when dropped.
pub struct Nonces(Transcript);

impl Nonces {
    /// Forks the transcript and absorbs 32 fresh random bytes.
    pub fn fork(transcript: &Transcript, rng: &mut impl CryptoRng) -> Self {
        let mut random = Zeroizing::new([0; 32]);
        rng.fill_bytes(random.as_mut());
        Self(transcript.clone()).with("randomness", random.as_ref())
    }

    /// Absorbs a secret, or whatever else must not meet the same nonce twice.
    pub fn with(mut self, label: &'static str, secret: &[u8]) -> Self {
        self.0.absorb(label, secret);
        self
    }

    /// The next nonce.
    pub fn scalar(&mut self, label: &'static str) -> Scalar {
        self.0.scalar(label)
    }

    /// The next nonces of a proof that draws them itself.
    #[cfg(feature = "range")]
    pub(crate) fn fill(&mut self, label: &'static str, out: &mut [u8]) {
        self.0.challenge(label, out);
    }
}

impl Drop for Nonces {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl ZeroizeOnDrop for Nonces {}
