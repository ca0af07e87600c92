//! The whole verifier, on the trustee's own copy of the record: the second opinion before what cannot be taken back.

use std::path::Path;

use anyhow::{Context, Result, bail};
use rand_core::Rng;
use tabella_client::progress::Progress;
use tabella_client::randomness;
use tabella_election::text::Fingerprint;
use tabella_verifier::report::{CheckReport, Report, Verdict};
use tabella_verifier::source::Directory;
use tabella_verifier::text::read_fingerprint;
use tabella_verifier::{Options, verify};

/// Verifies the record in a folder as one of the election with this fingerprint.
///
/// # Errors
/// With the failed checks, if the record is not valid.
pub fn verify_copy(record: &Path, expected: Fingerprint) -> Result<()> {
    let mut seed = [0; 32];
    randomness::fresh()?.fill_bytes(&mut seed);
    let options = Options { expected: read_fingerprint(&expected.to_string()), unfinished: true, seed };
    let source = Directory::open(record).context("the verifier cannot read the copy of the record")?;
    let progress = Progress::of("verifying the whole record");
    let report = verify(&source, &options, &|done, total| progress.set(done, total));
    drop(progress);
    judge(&report.context("the verifier cannot read the copy of the record")?, record)
}

fn judge(report: &Report, record: &Path) -> Result<()> {
    if report.verdict == Verdict::Valid {
        return Ok(());
    }
    let failed: Vec<String> = report.checks.iter().filter_map(failed_check).collect();
    bail!(
        "the record is not valid, so nothing was done. The verifier found:\n{}\nTell the authority, the observers and the \
         other trustees, and keep {}: it is the evidence. Anybody can repeat this with `tabella-verify --unfinished`",
        failed.join("\n"),
        record.display()
    )
}

/// A failed check with everything that it found.
fn failed_check(check: &CheckReport) -> Option<String> {
    let found: Vec<String> = check
        .failures
        .iter()
        .map(|failure| {
            let entry = failure.entry.map(|entry| format!(", entry {entry}")).unwrap_or_default();
            let file = failure.file.as_ref().map(|file| format!(", file {file}")).unwrap_or_default();
            format!("    {}{entry}{file}: {}", failure.code, failure.message)
        })
        .collect();
    (!found.is_empty()).then(|| format!("  check {} ({}) failed:\n{}", check.id, check.title, found.join("\n")))
}
