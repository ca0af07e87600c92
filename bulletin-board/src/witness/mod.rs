//! What a witness and a log say to each other, and how a witness judges. Implements specs/witness.md, which is the
//! part of C2SP tlog-witness that there is no choice about, with the choices that it leaves open.
//!
//! Nothing here remembers, waits or reads a clock: a witness hands in what it remembers of a log, and stores what it
//! gets back before it answers.

mod answer;
mod cosigned;
mod judgement;
mod request;

pub use answer::{Answer, AnswerFault, CONFLICT_TYPE, MAX_ANSWER_LENGTH};
pub use cosigned::{Cosigned, CosignedFault};
pub use judgement::{MAX_STEP_BACK, Refusal, WitnessedLog};
pub use request::{AddCheckpoint, MAX_PROOF_LINES, MAX_REQUEST_LENGTH, RequestFault};

use sha2::{Digest, Sha256};

use crate::origin::Origin;

/// Where a witness takes checkpoints, below its address. Implements specs/witness.md#add-checkpoint.
pub const SUBMISSION_PATH: &str = "add-checkpoint";

/// Where a witness shows the latest checkpoint of a log that it cosigned, below its address: the SHA-256 of the origin
/// in hexadecimal, and `/checkpoint`. Implements specs/witness.md#monitoring.
pub fn monitoring_path(origin: &Origin) -> String {
    format!("{}/checkpoint", origin_hash(origin))
}

/// The SHA-256 of an origin in lower-case hexadecimal.
pub fn origin_hash(origin: &Origin) -> String {
    let digest = Sha256::digest(origin.as_str());
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}
