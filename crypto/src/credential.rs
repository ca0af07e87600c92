//! A voter's secrets, derived from the code in the voter's letter. Implements specs/conventions.md#text.

use std::fmt;

use curve25519_dalek::Scalar;
use thiserror::Error;
use zeroize::ZeroizeOnDrop;

use crate::group::{ENCODED, Point, encode_point};
use crate::transcript::Transcript;

/// Bytes of a voter's code, without the bytes that check its spelling.
pub const CODE: usize = 16;

/// Why a code gives no voting key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum CredentialFault {
    /// κ is 0. Nobody will ever meet such a code.
    #[error("the code's voting key is zero")]
    Zero,
}

/// What a voter's code becomes in one election: κ, which signs ballots, and the key that hedges their nonces.
///
/// Wiped when dropped, never printed.
#[derive(Clone, ZeroizeOnDrop)]
pub struct VotingKey {
    secret: Scalar,
    nonce_key: [u8; 32],
    #[zeroize(skip)]
    public: [u8; ENCODED],
}

impl VotingKey {
    /// Derives κ and the nonce key. They are hashes of the same code under different labels, so that who learns one
    /// of them does not learn the other.
    pub fn derive(election: &[u8; 32], code: &[u8; CODE]) -> Result<Self, CredentialFault> {
        let transcript = |label| {
            let mut transcript = Transcript::new(label);
            transcript.absorb("election", election);
            transcript.absorb("code", code);
            transcript
        };
        let secret = transcript("tabella/1/credential").scalar("kappa");
        if secret == Scalar::ZERO {
            return Err(CredentialFault::Zero);
        }
        let public = encode_point(&Point::mul_base(&secret));
        Ok(Self { secret, nonce_key: transcript("tabella/1/nonce-key").hash(), public })
    }

    /// The credential K = κ·G, as it stands on the roll.
    pub fn public(&self) -> [u8; ENCODED] {
        self.public
    }

    /// κ, for the signature within a proof or over a challenge.
    pub(crate) fn secret(&self) -> &Scalar {
        &self.secret
    }

    /// The key that makes nonces unpredictable even when the random generator is not.
    pub(crate) fn nonce_key(&self) -> &[u8; 32] {
        &self.nonce_key
    }
}

impl fmt::Debug for VotingKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("VotingKey(<redacted>)")
    }
}
