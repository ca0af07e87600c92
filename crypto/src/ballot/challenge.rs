//! A challenged ballot: the encryption is opened, and nobody can cast it. Implements specs/ballot.md#challenge.

use curve25519_dalek::Scalar;
use thiserror::Error;

use super::draft::bytes_of_coordinates;
use super::{Context, Prefix, PrefixPoints};
use crate::group::{ENCODED, EncodingFault, Point, decode_point, decode_scalar};
use crate::transcript::Transcript;

/// What a voter publishes to have an encryption checked: the vote in it, its randomness, and a signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opening {
    /// The coordinates: any numbers until they have been checked.
    pub coordinates: Vec<u64>,
    /// r, as received.
    pub r: [u8; ENCODED],
    /// `K_a` ‖ ω, as received.
    pub signature: [u8; 2 * ENCODED],
}

/// Why a challenge is refused, in the order in which the checks are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ChallengeFault {
    /// Not as many ciphertexts as slots, or not as many coordinates as the shape has.
    #[error("the challenged ballot or its opening has another length")]
    Length,
    /// A point or a scalar is wrongly encoded.
    #[error(transparent)]
    Encoding(#[from] EncodingFault),
    /// The opening is not a legal vote, or not what was encrypted.
    #[error("the encryption does not hold what the opening says")]
    Opening,
    /// The signature is not the voter's.
    #[error("the signature of the challenge does not hold")]
    Signature,
}

impl Context {
    /// Checks that a prefix encrypts what its opening says and that the voter signed the opening: checks 1 (lengths)
    /// and 3 to 5. The values of the slots.
    ///
    /// All of it is public, so the time may vary.
    pub fn verify_challenge(&self, prefix: &Prefix, opening: &Opening) -> Result<Vec<u64>, ChallengeFault> {
        let shape = self.shape();
        if prefix.ciphertexts.len() != shape.slots().len() || opening.coordinates.len() != shape.free() {
            return Err(ChallengeFault::Length);
        }

        let points = PrefixPoints::decode(prefix)?;
        let ([k_a_encoded, omega], _) = opening.signature.as_chunks::<ENCODED>() else {
            return Err(ChallengeFault::Length);
        };
        let k_a = decode_point(k_a_encoded)?;
        let (r, omega) = (decode_scalar(&opening.r)?, decode_scalar(omega)?);
        points.check_identity()?;

        let values = shape.evaluate(&opening.coordinates).ok_or(ChallengeFault::Opening)?;
        if !self.encrypts(&points, &values, &r) {
            return Err(ChallengeFault::Opening);
        }

        // ω·G = K_a + c·K
        let c = opening.signature_challenge(self.challenge_transcript(prefix), k_a_encoded);
        if Point::vartime_double_scalar_mul_basepoint(&-c, &points.credential, &omega) != k_a {
            return Err(ChallengeFault::Signature);
        }
        Ok(values)
    }

    /// Whether R = r·G and every `C_j = u_j·G + r·PK_j`.
    fn encrypts(&self, points: &PrefixPoints, values: &[u64], r: &Scalar) -> bool {
        let slots = values.iter().zip(self.keys()).zip(&points.ciphertexts);
        points.r == Point::mul_base(r)
            && slots.into_iter().all(|((&value, key), ciphertext)| {
                Point::vartime_double_scalar_mul_basepoint(r, &key.point, &Scalar::from(value)) == *ciphertext
            })
    }
}

impl Opening {
    /// c, from the transcript of the prefix and all of the opening but ω.
    pub(super) fn signature_challenge(&self, mut transcript: Transcript, k_a: &[u8; ENCODED]) -> Scalar {
        transcript.absorb("opening", &bytes_of_coordinates(&self.coordinates));
        transcript.absorb("r", &self.r);
        transcript.absorb("K_a", k_a);
        transcript.scalar("c")
    }
}
