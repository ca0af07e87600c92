//! Entry 0 by itself: the manifest, for whoever reads no further. Implements specs/election.md#manifest.

use tabella_board::entry::Entry;
use tabella_board::key::LogVerifier;
use tabella_board::policy::Policy;
use tabella_election::bytes::SignerKey;
use tabella_election::log::Log;
use tabella_election::message::{Manifest, Signed};
use tabella_election::{Code, Election, Rejection};
use thiserror::Error;

/// Judges the manifest that stands in entry 0 of the log with this key.
///
/// # Errors
/// `out_of_phase` for an entry of another kind, `payload_malformed`, a `manifest_…` code or `signature_invalid`.
pub fn judge_manifest(entry: &Entry, key: &LogVerifier) -> Result<Election, Rejection> {
    if entry.kind != tabella_election::Kind::Manifest.as_str() {
        return Rejection::refuse(Code::OutOfPhase, "The first entry must be a manifest.");
    }
    let signed = Signed::<Manifest>::decode(&entry.payload)?;
    Election::judge(&signed, entry.place.origin.as_str(), &Beginning(key))
}

/// Whether a policy parses and names the log with this key. Implements specs/board.md#policy.
pub(crate) fn judge_policy(
    key: &LogVerifier,
    policy: &str,
    origin: &str,
    log_key: &SignerKey,
) -> Result<(), Rejection> {
    let wrong = |reason: String| Rejection::new(Code::ManifestPolicy, reason);
    let policy = Policy::parse(policy).map_err(|fault| wrong(format!("The policy is wrong: {fault}.")))?;
    let named = policy.log();
    let is_manifests = named.origin().as_str() == origin && named.public_key() == log_key.0;
    // A manifest that names another key would make a log whose own signatures mean nothing.
    if is_manifests && named == key {
        return Ok(());
    }
    Err(wrong("The policy does not name this log with its key.".to_owned()))
}

/// A log of which nothing but its key is known.
struct Beginning<'a>(&'a LogVerifier);

/// Nothing stands before a manifest.
#[derive(Debug, Error)]
#[error("there is no entry before the manifest")]
struct NothingBefore;

impl Log for Beginning<'_> {
    type Error = NothingBefore;

    fn payload(&self, _: u64) -> Result<Vec<u8>, NothingBefore> {
        Err(NothingBefore)
    }

    fn judge_anchor(&self, _: &str, _: u64) -> Result<(), Rejection> {
        Rejection::refuse(Code::AnchorMismatch, "There is no entry before the manifest.")
    }

    fn judge_policy(&self, policy: &str, origin: &str, log_key: &SignerKey) -> Result<(), Rejection> {
        judge_policy(self.0, policy, origin, log_key)
    }
}
