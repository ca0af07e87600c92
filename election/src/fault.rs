//! What the mathematics finds wrong, as the codes of the rules. Implements specs/checks.md.

use tabella_crypto::ballot::{BallotFault, ChallengeFault};
use tabella_crypto::dealing::{ComplaintFault, DealingFault};
use tabella_crypto::decryption::ShareFault;
use tabella_crypto::group::EncodingFault;

use crate::code::{Code, Rejection};

impl From<EncodingFault> for Rejection {
    fn from(fault: EncodingFault) -> Self {
        Self::new(fault.into(), format!("A point or scalar is wrong: {fault}."))
    }
}

impl From<DealingFault> for Rejection {
    fn from(fault: DealingFault) -> Self {
        let code = match fault {
            DealingFault::Encoding(fault) => return fault.into(),
            DealingFault::Length { .. } => Code::DealChunk,
            DealingFault::Commitment => Code::DealCommitment,
            DealingFault::Proof => Code::DealProof,
        };
        Self::new(code, format!("The dealing is wrong: {fault}."))
    }
}

impl From<ComplaintFault> for Rejection {
    fn from(fault: ComplaintFault) -> Self {
        let code = match fault {
            ComplaintFault::Encoding(fault) => return fault.into(),
            ComplaintFault::KeyMismatch => Code::ComplaintKey,
            ComplaintFault::NoEnvelope => Code::ConfirmDealers,
        };
        Self::new(code, format!("The complaint cannot be judged: {fault}."))
    }
}

impl From<BallotFault> for Rejection {
    fn from(fault: BallotFault) -> Self {
        let code = match fault {
            BallotFault::Encoding(fault) => return fault.into(),
            BallotFault::Length => Code::BallotLength,
            BallotFault::Proof => Code::ProofInvalid,
        };
        Self::new(code, format!("The ballot is wrong: {fault}."))
    }
}

impl From<ChallengeFault> for Rejection {
    fn from(fault: ChallengeFault) -> Self {
        let code = match fault {
            ChallengeFault::Encoding(fault) => return fault.into(),
            ChallengeFault::Length => Code::BallotLength,
            ChallengeFault::Opening => Code::OpeningInvalid,
            ChallengeFault::Signature => Code::ChallengeSignature,
        };
        Self::new(code, format!("The challenge is wrong: {fault}."))
    }
}

impl From<ShareFault> for Rejection {
    fn from(fault: ShareFault) -> Self {
        let code = match fault {
            ShareFault::Encoding(fault) => return fault.into(),
            ShareFault::NotQualified => Code::TrusteeLeftOut,
            ShareFault::Length => Code::ShareLength,
            ShareFault::Proof => Code::ShareInvalid,
        };
        Self::new(code, format!("The decryption is wrong: {fault}."))
    }
}
