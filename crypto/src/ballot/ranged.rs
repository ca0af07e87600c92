//! What a proof says of ranged slots, for prover and verifier. Implements specs/ballot.md#ranged.

use curve25519_dalek::Scalar;
use curve25519_dalek::traits::{IsIdentity, VartimeMultiscalarMul};
use zeroize::Zeroizing;

use crate::group::{ENCODED, Point, encode_point};
use crate::nonce::Nonces;
use crate::range::{self, RangeFault};
use crate::shape::Shape;
use crate::transcript::Transcript;

/// The values of a voter's ranged slots with their commitments. Of a shape without ranged slots there are none.
pub(super) struct RangedValues {
    values: Zeroizing<Vec<u64>>,
    /// The `γ_j`.
    blindings: Zeroizing<Vec<Scalar>>,
    /// The `V_j`.
    commitments: Vec<[u8; ENCODED]>,
}

/// What a ballot with ranged slots claims of them, but for the range proof.
pub(crate) struct RangedClaim {
    /// The `V_j`.
    pub(crate) commitments: Vec<Point>,
    /// S′.
    pub(crate) s: Point,
    /// ω′.
    pub(crate) omega: Scalar,
    /// `Σ_{j∈Z} y^j·(L_j·f + x·c_j)`.
    pub(crate) l_f: Scalar,
}

impl RangedValues {
    /// Commits to those of the slots' values that are ranged: `V_j = u_j·G + γ_j·H̃`.
    pub(super) fn commit(shape: &Shape, values: &[u64], mut nonces: Nonces) -> Self {
        let count = shape.ranged().len();
        let mut ranged = Zeroizing::new(Vec::with_capacity(count));
        ranged.extend(shape.ranged_of(values));
        let mut blindings = Zeroizing::new(Vec::with_capacity(count));
        blindings.extend((0..count).map(|_| nonces.scalar("gamma")));
        let committed = ranged.iter().zip(blindings.iter());
        let commitments = committed.map(|(&value, blinding)| encode_point(&range::commit(value, blinding))).collect();
        Self { values: ranged, blindings, commitments }
    }

    /// The encodings of the `V_j`.
    pub(super) fn commitments(&self) -> &[[u8; ENCODED]] {
        &self.commitments
    }

    /// The step "values", if there is one.
    pub(super) fn absorb(&self, transcript: &mut Transcript) {
        if !self.commitments.is_empty() {
            transcript.absorb_points("values", &self.commitments);
        }
    }

    /// The range proof, made on a copy of the ballot's transcript after y, and the step "range".
    pub(super) fn prove(&self, transcript: &mut Transcript, nonces: Nonces) -> Result<Vec<u8>, RangeFault> {
        if self.commitments.is_empty() {
            return Ok(Vec::new());
        }
        let proof = range::prove(transcript.clone(), &self.values, &self.blindings, nonces)?;
        transcript.absorb("range", &proof);
        Ok(proof)
    }

    /// `S' = (Σ_{j∈Z} y^j·(L_j·a))·G + γ'·H̃`; `powers` are y, y², … of all slots.
    pub(super) fn masked_sum(&self, shape: &Shape, powers: &[Scalar], a: &[Scalar], gamma: &Scalar) -> Option<Point> {
        let l_a = Zeroizing::new(shape.ranged_sum(powers, a, &Scalar::ZERO));
        let sum = || Point::mul_base(&l_a) + range::blinding_base() * gamma;
        (!self.commitments.is_empty()).then(sum)
    }

    /// `ω' = x·Σ_{j∈Z} y^j·γ_j + γ'`.
    pub(super) fn response(&self, shape: &Shape, powers: &[Scalar], x: &Scalar, gamma: &Scalar) -> Option<Scalar> {
        let blindings = shape.ranged_of(powers).zip(self.blindings.iter()).map(|(power, blinding)| power * blinding);
        let response = || x * blindings.sum::<Scalar>() + gamma;
        (!self.commitments.is_empty()).then(response)
    }
}

impl RangedClaim {
    /// (E4) `x·Σ_{j∈Z} y^j·V_j + S' = (Σ_{j∈Z} y^j·(L_j·f + x·c_j))·G + ω'·H̃`. All of it is public.
    pub(super) fn holds(&self, shape: &Shape, powers: &[Scalar], x: &Scalar) -> bool {
        let mut scalars = vec![Scalar::ONE, -self.l_f, -self.omega];
        let mut points = vec![self.s, Point::mul_base(&Scalar::ONE), range::blinding_base()];
        scalars.extend(shape.ranged_of(powers).map(|power| x * power));
        points.extend(&self.commitments);
        Point::vartime_multiscalar_mul(&scalars, &points).is_identity()
    }
}
