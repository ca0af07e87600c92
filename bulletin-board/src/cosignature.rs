//! Timestamped signatures of witnesses on checkpoints, type 0x04 of C2SP tlog-cosignature.
//! Implements specs/board.md#policy.

use thiserror::Error;

use crate::c2sp::note;
use crate::checkpoint::SignedCheckpoint;
use crate::key::WitnessKey;

/// The largest time that tlog-cosignature allows.
const MAX_TIME: u64 = i64::MAX as u64;

/// The time does not fit a cosignature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a cosignature cannot say the time {0}")]
pub struct TimeFault(pub u64);

/// The signature line by which a witness says: at `time`, in seconds since 1970, this was the largest tree of the log
/// that I had seen, and it was consistent with all before. The caller has made sure of that.
pub fn cosign(key: &WitnessKey, checkpoint: &SignedCheckpoint, time: u64) -> Result<String, TimeFault> {
    if time > MAX_TIME {
        return Err(TimeFault(time));
    }
    let signature = key.signature(&message(time, checkpoint.note().text()));
    Ok(note::signature_line(key.verifier(), &[time.to_be_bytes().as_slice(), &signature].concat()))
}

/// What a witness signs.
pub(crate) fn message(time: u64, checkpoint: &[u8]) -> Vec<u8> {
    [format!("cosignature/v1\ntime {time}\n").as_bytes(), checkpoint].concat()
}

/// Splits the bytes of a cosignature into time and Ed25519 signature; `None` without an allowed time.
pub(crate) fn split(signature: &[u8]) -> Option<(u64, &[u8])> {
    let (time, signature) = signature.split_first_chunk()?;
    let time = u64::from_be_bytes(*time);
    (time <= MAX_TIME).then_some((time, signature))
}
