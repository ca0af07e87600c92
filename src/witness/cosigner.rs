//! The witness at work: judges, stores, and only then lets a signature leave. Implements specs/witness.md#judgement.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard};

use tabella_board::checkpoint::SignedCheckpoint;
use tabella_board::key::WitnessKey;
use tabella_board::witness::{AddCheckpoint, Refusal, WitnessedLog, origin_hash};

use super::evidence::{self, Kind};
use super::folder::{Folder, FolderFault};

/// A witness, with what it remembers of its logs.
pub struct Cosigner {
    folder: Folder,
    key: WitnessKey,
    /// By the hash of the origin.
    logs: BTreeMap<String, Mutex<WitnessedLog>>,
    is_retired: AtomicBool,
}

/// No cosignature is given.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Declined {
    /// The request was judged.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// What was judged could not be stored.
    #[error("what was cosigned could not be stored: {0}")]
    Store(#[from] FolderFault),
    /// A request for this log came to a bad end before: what it has stored is not known.
    #[error("a request for this log has failed; start the witness again")]
    Poisoned,
}

impl Cosigner {
    /// Reads what the witness remembers. Fails if anything of it is lost.
    pub fn open(folder: Folder, key: WitnessKey) -> Result<Self, FolderFault> {
        folder.check_retired()?;
        folder.check_place()?;
        let logs = folder.logs().iter().map(|log| {
            let remembered = WitnessedLog::new(log.clone(), folder.last(log)?);
            Ok((origin_hash(log.origin()), Mutex::new(remembered)))
        });
        let logs = logs.collect::<Result<_, FolderFault>>()?;
        Ok(Self { folder, key, logs, is_retired: AtomicBool::new(false) })
    }

    /// Answers a request with the witness's signature line. `clock` gives seconds since 1970; it is read when all requests of
    /// the same log that came before are answered.
    pub fn cosign(&self, body: &[u8], clock: impl FnOnce() -> u64) -> Result<String, Declined> {
        if self.is_retired.load(Ordering::SeqCst) {
            return Err(Refusal::Forgotten.into());
        }
        let request = AddCheckpoint::parse(body).map_err(Refusal::from)?;
        let origin = &request.checkpoint.unverified().origin;
        let log = self.logs.get(&origin_hash(origin)).ok_or(Refusal::OriginUnknown)?;
        let mut log = lock(log)?;
        match log.judge(&self.key, &request, clock()) {
            Ok(cosigned) => {
                let line = cosigned.line().to_owned();
                self.folder.write_last(log.verifier(), &cosigned)?;
                log.remember(cosigned);
                Ok(line)
            }
            Err(refusal) => {
                self.look_at(&log, &request.checkpoint, body, refusal);
                Err(refusal.into())
            }
        }
    }

    /// The latest cosigned checkpoint of the log with this hash of its origin.
    pub fn shown(&self, origin_hash: &str) -> Result<Option<Vec<u8>>, Declined> {
        let Some(log) = self.logs.get(origin_hash) else { return Ok(None) };
        Ok(lock(log)?.last().map(|last| last.as_bytes().to_vec()))
    }

    /// Keeps what shows a lie of the log, or a loss of the witness's own, and tells the operator.
    fn look_at(&self, log: &WitnessedLog, submitted: &SignedCheckpoint, request: &[u8], refusal: Refusal) {
        let origin = log.verifier().origin().as_str();
        if refusal == Refusal::Forgotten {
            self.is_retired.store(true, Ordering::SeqCst);
            let kept = self
                .folder
                .retire("it was shown a cosignature of its own that it does not remember", submitted.as_bytes());
            tracing::error!(origin, kept = kept.is_ok(), "ALARM: {refusal}; its key must be replaced");
            return;
        }
        let kind = match refusal {
            _ if log.is_contradicted_by(submitted) => Kind::Fork,
            Refusal::Inconsistent => Kind::Unproved,
            _ => return,
        };
        match evidence::keep(self.folder.path(), kind, log, submitted, request) {
            Ok(Some(path)) if kind == Kind::Fork => {
                tracing::error!(origin, evidence = %path.display(), "ALARM: the log has signed two trees of the same size");
            }
            Ok(Some(path)) => {
                tracing::warn!(origin, evidence = %path.display(), "ALARM: nobody proved that the log only grew");
            }
            Ok(None) => tracing::warn!(origin, "refused as inconsistent; no more evidence of it is kept"),
            Err(error) => {
                tracing::error!(origin, error = &error as &dyn std::error::Error, "evidence could not be kept");
            }
        }
    }
}

/// After a panic nobody knows whether memory and disk agree.
fn lock(log: &Mutex<WitnessedLog>) -> Result<MutexGuard<'_, WitnessedLog>, Declined> {
    log.lock().map_err(|_| Declined::Poisoned)
}
