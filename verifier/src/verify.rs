//! The way through a record: its checkpoint, entry by entry, its files.

use crate::bookmark::Bookmark;
use crate::checks::Code;
use crate::findings::{Failure, Findings};
use crate::judging::Judging;
use crate::note::{Checkpoint, LOG, LONGEST_NOTE, VerifierKey};
use crate::record::{self, Series, TILE_WIDTH};
use crate::report::Report;
use crate::rules::Phase;
use crate::source::{Source, SourceError};
use crate::text::election_fingerprint;
use crate::tree::root_of;
use std::ops::ControlFlow;

/// So many bundles are read before somebody who wants to stop is heard.
const BETWEEN_STOPS: usize = 4;

/// What the reader of the report asks for.
#[derive(Clone, Debug)]
pub struct Options {
    /// The fingerprint from the voters' letters, in the form of [`crate::text::read_fingerprint`].
    pub expected: Option<String>,
    /// Accept a record that has not ended.
    pub unfinished: bool,
    /// Fresh secret bytes for the weights of batches.
    pub seed: [u8; 32],
}

/// Verifies a record. `progress` is told how many of how many entries are done.
pub fn verify(source: &dyn Source, options: &Options, progress: &dyn Fn(u64, u64)) -> Result<Report, SourceError> {
    let (mut findings, checkpoint) = read_notes(source)?;
    if let Some(checkpoint) = checkpoint {
        let origin = findings.log_key.as_ref().map_or(&checkpoint.origin, |key| &key.name);
        let mut judging = Judging::new(origin, options.seed);
        judging.read(source, checkpoint.size, u64::MAX, progress)?;
        conclude(source, options, checkpoint, judging, &mut findings)?;
    }
    Ok(Report::new(&findings, options))
}

/// Verifies a record, from where an earlier run was stopped; a bookmark that is not of this record is passed over.
/// `is_stopped` is asked now and then whether to stop; then the answer is what the next run need not do again. Implements
/// specs/checks.md#stopped.
pub fn verify_resumably(
    source: &dyn Source,
    options: &Options,
    bookmark: Option<Bookmark>,
    progress: &dyn Fn(u64, u64),
    is_stopped: &dyn Fn() -> bool,
) -> Result<ControlFlow<Option<Bookmark>, Report>, SourceError> {
    let (mut findings, checkpoint) = read_notes(source)?;
    if let Some(checkpoint) = checkpoint {
        let origin = findings.log_key.as_ref().map_or(&checkpoint.origin, |key| &key.name);
        // A checkpoint can claim any size: what is there ends.
        let bundles = record::present_bundles(source.listing(), checkpoint.size);
        let mut judging = match bookmark {
            Some(bookmark) => Judging::resume(origin, options.seed, bookmark),
            None => Judging::new(origin, options.seed),
        };
        let mut rest = bundles.as_slice();
        while !rest.is_empty() {
            let (next, after) = rest.split_at(BETWEEN_STOPS.min(rest.len()));
            judging.read_on(source, checkpoint.size, next, progress)?;
            rest = after;
            if judging.is_misled(if rest.is_empty() { u64::MAX } else { judging.size() }) {
                judging = Judging::new(origin, options.seed);
                rest = &bundles;
            } else if !rest.is_empty() && is_stopped() {
                judging.judge_pending(source, checkpoint.size)?;
                return Ok(ControlFlow::Break(judging.bookmark()));
            }
        }
        judging.judge_pending(source, checkpoint.size)?;
        conclude(source, options, checkpoint, judging, &mut findings)?;
    }
    Ok(ControlFlow::Continue(Report::new(&findings, options)))
}

/// Verifies a record of which all entries have been judged, in this log's `judging`.
pub fn verify_judged(source: &dyn Source, options: &Options, judging: Judging) -> Result<Report, SourceError> {
    let (mut findings, checkpoint) = read_notes(source)?;
    if let Some(checkpoint) = checkpoint {
        conclude(source, options, checkpoint, judging, &mut findings)?;
    }
    Ok(Report::new(&findings, options))
}

/// Reads `log.vkey` and `checkpoint`.
fn read_notes(source: &dyn Source) -> Result<(Findings, Option<Checkpoint>), SourceError> {
    let mut findings = Findings::default();
    read_log_key(source, &mut findings)?;
    let checkpoint = read_checkpoint(source, &mut findings)?;
    Ok((findings, checkpoint))
}

/// Takes what was found in the entries, and holds files, tree and policy against it.
fn conclude(
    source: &dyn Source,
    options: &Options,
    checkpoint: Checkpoint,
    judging: Judging,
    findings: &mut Findings,
) -> Result<(), SourceError> {
    check_files(source, options, checkpoint.size, findings);
    let is_complete = judging.size() == checkpoint.size;
    let other_root = judging.root().filter(|root| is_complete && *root != checkpoint.root);
    findings.failures.extend(judging.failures);
    findings.manifest = judging.manifest;
    findings.election = judging.election;
    if other_root.is_some() {
        findings.fail_file("checkpoint", Code::RootMismatch);
    }
    check_upper_tiles(source, checkpoint.size, findings)?;
    findings.checkpoint = Some(checkpoint);
    check_whole(options, findings);
    Ok(())
}

/// Reads `log.vkey`.
fn read_log_key(source: &dyn Source, findings: &mut Findings) -> Result<(), SourceError> {
    // That it is missing is said with the other files.
    let Some(length) = source.listing().files.get("log.vkey") else {
        return Ok(());
    };
    let bytes = if *length <= LONGEST_NOTE as u64 { source.read("log.vkey")? } else { Vec::new() };
    let line = std::str::from_utf8(&bytes).ok().and_then(|text| text.strip_suffix('\n'));
    match line.map(|line| VerifierKey::parse(line, LOG)) {
        Some(Ok(key)) => findings.log_key = Some(key),
        _ => findings.fail_file("log.vkey", Code::LogKeyMismatch),
    }
    Ok(())
}

/// Reads `checkpoint` and checks its signature by the key of `log.vkey`.
fn read_checkpoint(source: &dyn Source, findings: &mut Findings) -> Result<Option<Checkpoint>, SourceError> {
    let length = source.listing().files.get("checkpoint").copied().unwrap_or(0);
    let bytes = if length <= LONGEST_NOTE as u64 { source.read("checkpoint")? } else { Vec::new() };
    let checkpoint = Checkpoint::parse(&bytes).ok().filter(|checkpoint| checkpoint.size > 0);
    let Some(checkpoint) = checkpoint else {
        findings.fail_file("checkpoint", Code::CheckpointMalformed);
        return Ok(None);
    };
    if let Some(key) = &findings.log_key {
        let (named, signed) = (key.name == checkpoint.origin, checkpoint.note.is_signed_by(key));
        if !named {
            findings.fail_file("checkpoint", Code::LogKeyMismatch);
        }
        if !signed {
            findings.fail_file("checkpoint", Code::CheckpointSignature);
        }
    }
    Ok(Some(checkpoint))
}

fn check_files(source: &dyn Source, options: &Options, size: u64, findings: &mut Findings) {
    let faults = record::faults(source.listing(), size, options.unfinished);
    faults.missing.iter().for_each(|name| findings.fail_file(name, Code::FileMissing));
    if faults.more_missing > 0 {
        findings.failures.push(Failure { code: Code::FileMissing, entry: None, file: None, more: faults.more_missing });
    }
    faults.surplus.iter().for_each(|name| findings.fail_file(name, Code::FileSurplus));
    faults.malformed.iter().for_each(|name| findings.fail_file(name, Code::FileMalformed));
}

/// Each hash of a tile above level 0 is that of the tile below it.
fn check_upper_tiles(source: &dyn Source, size: u64, findings: &mut Findings) -> Result<(), SourceError> {
    for tile in record::present_upper_tiles(source.listing(), size) {
        let (Some(hashes), Series::Level(level)) = (record::hashes(source, &tile)?, tile.series) else {
            continue;
        };
        let first = tile.number.saturating_mul(TILE_WIDTH);
        for (number, hash) in (first..).zip(&hashes) {
            let Some(below) = record::tile(size, Series::Level(level - 1), number) else {
                continue;
            };
            if record::hashes(source, &below)?.is_some_and(|below| root_of(&below) != *hash) {
                findings.fail_file(&tile.name(), Code::TileMismatch);
                break;
            }
        }
    }
    Ok(())
}

/// What can be said only when all entries were read.
fn check_whole(options: &Options, findings: &mut Findings) {
    if let Some(election) = &findings.election {
        let wrong_key = findings.log_key.as_ref().is_some_and(|key| *key != election.policy.log);
        let cosigned =
            findings.checkpoint.as_ref().is_none_or(|checkpoint| election.policy.is_met_by(&checkpoint.note));
        let unfinished = election.phase != Phase::Finished && !options.unfinished;
        if wrong_key {
            findings.fail_file("log.vkey", Code::LogKeyMismatch);
        }
        if !cosigned {
            findings.fail_file("checkpoint", Code::CheckpointQuorum);
        }
        if unfinished {
            findings.fail_record(Code::RecordUnfinished);
        }
    }
    if let (Some((manifest, hash)), Some(expected)) = (&findings.manifest, &options.expected)
        && election_fingerprint(hash, &manifest.log) != *expected
    {
        findings.fail_record(Code::FingerprintDiffers);
    }
}
