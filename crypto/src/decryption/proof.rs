//! The parts of a decryption's proof, and their bytes.

use crate::group::{ENCODED, EncodingFault, Point, Scalar, decode_point, decode_scalar, encode_point};
use crate::transcript::Transcript;

/// What the prover says before the challenge.
#[derive(Debug)]
pub(super) struct Announcement {
    /// W_g = w_g·G for each group.
    pub(super) nonces: Vec<Point>,
    /// V = Σ_g w_g·R_g.
    pub(super) sum: Point,
}

impl Announcement {
    /// c.
    pub(super) fn challenge(&self, mut transcript: Transcript) -> Scalar {
        let nonces: Vec<_> = self.nonces.iter().map(encode_point).collect();
        transcript.absorb_points("W", &nonces);
        transcript.absorb_point("V", &self.sum);
        transcript.scalar("c")
    }
}

/// A decryption's proof.
#[derive(Debug)]
pub(super) struct Proof {
    pub(super) announcement: Announcement,
    /// z_g = w_g + c·s_g for each group.
    pub(super) responses: Vec<Scalar>,
}

impl Proof {
    /// W_1 ‖ … ‖ W_γ ‖ V ‖ z_1 ‖ … ‖ z_γ.
    pub(super) fn encode(&self) -> Vec<u8> {
        let Announcement { nonces, sum } = &self.announcement;
        let points = nonces.iter().chain([sum]).map(encode_point);
        points.chain(self.responses.iter().map(Scalar::to_bytes)).flatten().collect()
    }

    /// Reads 2γ + 1 encodings: the W_g, V, the z_g.
    pub(super) fn decode(bytes: &[[u8; ENCODED]], groups: usize) -> Result<Self, EncodingFault> {
        let mut nonces = Vec::with_capacity(groups + 1);
        let mut encodings = bytes.iter();
        for encoding in encodings.by_ref().take(groups) {
            nonces.push(decode_point(encoding)?);
        }
        let sum = encodings.next().ok_or(EncodingFault::Point).and_then(decode_point)?;
        let responses = encodings.map(decode_scalar).collect::<Result<_, _>>()?;
        Ok(Self { announcement: Announcement { nonces, sum }, responses })
    }
}
