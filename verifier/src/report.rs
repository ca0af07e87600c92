//! The report: what outside programs read. Implements specs/checks.md#report.

use crate::beyond;
use crate::checks::{CHECKS, Check, Code};
use crate::findings::{Failure, Findings};
use crate::manifest::Manifest;
use crate::policy::{Policy, Quorum};
use crate::rules::{Election, Phase};
use crate::text::election_fingerprint;
use crate::tree::sha256;
use crate::verify::Options;
use crate::views::{Standing, View};
use crate::warnings::{self, Warning};
use data_encoding::HEXLOWER;
use serde::Serialize;

mod result;
#[cfg(test)]
mod tests;

#[cfg(test)]
pub(crate) use result::outcome_report;
pub use result::{
    ContestReport, ListReport, ListSeatsReport, OptionReport, OutcomeReport, ResultReport, UndecidedReport,
};

/// What the whole record is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    Valid,
    Invalid,
    Unreadable,
}

impl Verdict {
    /// The exit status of the program.
    pub fn exit_status(self) -> u8 {
        match self {
            Self::Valid => 0,
            Self::Invalid => 1,
            Self::Unreadable => 2,
        }
    }
}

/// The whole report, its fields in the order of the specification.
#[derive(Debug, Serialize)]
pub struct Report {
    report: u32,
    pub verdict: Verdict,
    pub election: Option<ElectionReport>,
    pub record: Option<RecordReport>,
    pub checks: Vec<CheckReport>,
    pub ballots: Option<BallotsReport>,
    pub trustees: Vec<TrusteeReport>,
    /// None if they were not asked.
    pub witnesses: Option<Vec<View>>,
    pub warnings: Vec<Warning>,
    /// What no record can show.
    pub beyond: Vec<Warning>,
    pub result: Option<ResultReport>,
    /// Whether the election is over.
    #[serde(skip)]
    is_finished: bool,
}

/// Which election this is.
#[derive(Debug, Serialize)]
pub struct ElectionReport {
    pub id: String,
    pub title: String,
    pub manifest_hash: String,
    pub fingerprint: String,
    pub simulation: bool,
    pub spec: String,
    /// The files of the voting page that the manifest fixes.
    pub assets: Vec<AssetReport>,
    /// One hash for all of them.
    pub page: Option<String>,
}

/// A file of the voting page.
#[derive(Debug, Serialize)]
pub struct AssetReport {
    pub path: String,
    pub hash: String,
}

/// Which log this is.
#[derive(Debug, Serialize)]
pub struct RecordReport {
    pub origin: String,
    pub size: u64,
    pub root: String,
    pub log_key: String,
    pub policy: String,
    pub cosignatures: Vec<String>,
    /// None if the policy asks for no witness, or there is none that could be read.
    pub quorum: Option<Quorum>,
    pub expected_fingerprint: String,
}

/// The outcome of a check.
#[derive(Debug, Serialize)]
pub struct CheckReport {
    pub id: String,
    pub class: String,
    pub title: String,
    pub status: Status,
    pub failures: Vec<FailureReport>,
}

/// Whether a check passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    Pass,
    Fail,
    Skipped,
}

/// One thing that is wrong.
#[derive(Debug, Serialize)]
pub struct FailureReport {
    pub code: String,
    pub message: String,
    pub entry: Option<u64>,
    pub file: Option<String>,
}

/// How many ballots there are.
#[derive(Debug, Serialize)]
pub struct BallotsReport {
    pub roll: u64,
    pub accepted: u64,
    pub superseded: u64,
    pub challenged: u64,
    pub counted: u64,
    pub blank: u64,
}

/// What a trustee did.
#[derive(Debug, Serialize)]
pub struct TrusteeReport {
    pub name: String,
    pub qualified: bool,
    pub decrypted: bool,
}

impl Report {
    /// Makes the report of what was found.
    pub(crate) fn new(findings: &Findings, options: &Options) -> Self {
        let election = findings.election.as_ref();
        Self {
            report: 1,
            verdict: if findings.failures.is_empty() { Verdict::Valid } else { Verdict::Invalid },
            election: findings.manifest.as_ref().map(|(manifest, hash)| election_report(manifest, hash)),
            record: record_report(findings, options),
            checks: CHECKS.iter().map(|check| check_report(check, findings, options)).collect(),
            ballots: election.map(ballots_report),
            trustees: election.map(trustee_reports).unwrap_or_default(),
            witnesses: None,
            warnings: warnings::of(findings, options),
            beyond: election.map(beyond::of).unwrap_or_default(),
            result: election.and_then(result::of),
            is_finished: election.is_some_and(|election| election.phase == Phase::Finished),
        }
    }

    /// The report on a record that cannot be read at all.
    pub fn unreadable(why: &str) -> Self {
        Self {
            report: 1,
            verdict: Verdict::Unreadable,
            election: None,
            record: None,
            checks: Vec::new(),
            ballots: None,
            trustees: Vec::new(),
            witnesses: None,
            warnings: vec![Warning { code: "unreadable".to_owned(), message: why.to_owned() }],
            beyond: Vec::new(),
            result: None,
            is_finished: false,
        }
    }

    /// Adds what the witnesses say. Implements specs/checks.md#witnesses.
    pub fn hear(&mut self, views: Vec<View>) {
        let is_ahead = views.iter().any(|view| view.standing == Standing::Ahead);
        let is_fork = views.iter().any(|view| view.standing == Standing::Fork);
        if self.verdict == Verdict::Valid && (is_fork || is_ahead && self.is_finished) {
            self.verdict = Verdict::Invalid;
        }
        if is_ahead && !self.is_finished {
            let (code, message) = warnings::WITNESS_AHEAD;
            self.warnings.push(Warning { code: code.to_owned(), message: message.to_owned() });
        }
        self.witnesses = Some(views);
    }

    /// How many things are wrong.
    pub fn failures(&self) -> usize {
        let is_wrong =
            |view: &&View| view.standing == Standing::Fork || view.standing == Standing::Ahead && self.is_finished;
        let of_witnesses = self.witnesses.iter().flatten().filter(is_wrong).count();
        self.checks.iter().map(|check| check.failures.len()).sum::<usize>() + of_witnesses
    }
}

fn election_report(manifest: &Manifest, hash: &[u8; 32]) -> ElectionReport {
    ElectionReport {
        id: manifest.id.clone(),
        title: manifest.title.clone(),
        manifest_hash: HEXLOWER.encode(hash),
        fingerprint: election_fingerprint(hash, &manifest.log),
        simulation: manifest.simulation,
        spec: "1".to_owned(),
        page: page_hash(&manifest.assets),
        assets: manifest.assets.iter().map(asset_report).collect(),
    }
}

fn asset_report((path, hash): &(String, [u8; 32])) -> AssetReport {
    AssetReport { path: path.clone(), hash: HEXLOWER.encode(hash) }
}

/// One hash for all files of the page, such as `sha256sum` makes of its own lines.
fn page_hash(assets: &[(String, [u8; 32])]) -> Option<String> {
    let lines: String = assets.iter().map(|(path, hash)| format!("{}  {path}\n", HEXLOWER.encode(hash))).collect();
    (!assets.is_empty()).then(|| HEXLOWER.encode(&sha256(lines.as_bytes())))
}

fn record_report(findings: &Findings, options: &Options) -> Option<RecordReport> {
    let checkpoint = findings.checkpoint.as_ref()?;
    let policy = findings.election.as_ref().map(|election| &election.policy);
    let fingerprint = findings.manifest.as_ref().map(|(manifest, hash)| election_fingerprint(hash, &manifest.log));
    let expected_fingerprint = match &options.expected {
        None => "not given",
        Some(expected) if Some(expected) == fingerprint.as_ref() => "match",
        Some(_) => "differs",
    };
    Some(RecordReport {
        origin: checkpoint.origin.clone(),
        size: checkpoint.size,
        root: HEXLOWER.encode(&checkpoint.root),
        log_key: findings.log_key.as_ref().map(|key| key.text()).unwrap_or_default(),
        policy: findings.manifest.as_ref().map(|(manifest, _)| manifest.policy.clone()).unwrap_or_default(),
        cosignatures: policy.map(|policy| policy.cosigners(&checkpoint.note).into_iter().collect()).unwrap_or_default(),
        quorum: policy.and_then(Policy::quorum),
        expected_fingerprint: expected_fingerprint.to_owned(),
    })
}

fn check_report(check: &Check, findings: &Findings, options: &Options) -> CheckReport {
    let mut failures: Vec<&Failure> =
        findings.failures.iter().filter(|failure| failure.code.check() == check.number).collect();
    failures.sort_by_key(|failure| failure.entry);
    let status = match failures.is_empty() {
        false => Status::Fail,
        true if was_made(check, findings, options) => Status::Pass,
        true => Status::Skipped,
    };
    CheckReport {
        id: check.number.to_string(),
        class: check.class.name().to_owned(),
        title: check.title.to_owned(),
        status,
        failures: failures.into_iter().map(failure_report).collect(),
    }
}

/// Whether what a check looks at could be read.
fn was_made(check: &Check, findings: &Findings, options: &Options) -> bool {
    let first_code = check.codes.first().copied();
    match first_code {
        Some(Code::FileMissing | Code::LeafMismatch | Code::EntryMalformed) => findings.checkpoint.is_some(),
        Some(Code::CheckpointMalformed) => true,
        Some(Code::FingerprintDiffers) => findings.manifest.is_some() && options.expected.is_some(),
        Some(Code::ManifestVersion | Code::ElectionMismatch) => findings.manifest.is_some(),
        _ => findings.election.is_some(),
    }
}

fn failure_report(failure: &Failure) -> FailureReport {
    let more = if failure.more > 0 { format!(" ({} more like it)", failure.more) } else { String::new() };
    FailureReport {
        code: failure.code.name().to_owned(),
        message: format!("{}{more}", failure.code.message()),
        entry: failure.entry,
        file: failure.file.clone(),
    }
}

fn ballots_report(election: &Election) -> BallotsReport {
    let voting = election.voting.as_ref();
    let (accepted, challenged) = voting.map_or((0, 0), |voting| (voting.accepted, voting.challenged));
    let counted = voting.map_or(0, |voting| voting.heads().len() as u64);
    BallotsReport {
        roll: election.roll.voters().len() as u64,
        accepted,
        superseded: accepted.saturating_sub(counted),
        challenged,
        counted,
        blank: result::blank(election),
    }
}

fn trustee_reports(election: &Election) -> Vec<TrusteeReport> {
    let qualified = |index| election.ceremony.keys().is_some_and(|keys| keys.qualified.contains(&index));
    let decrypted = |index| election.tally.as_ref().is_some_and(|tally| tally.has_share_of(index));
    let report = |(index, trustee): (u64, &crate::manifest::Trustee)| TrusteeReport {
        name: trustee.name.clone(),
        qualified: qualified(index),
        decrypted: decrypted(index),
    };
    (1..).zip(&election.manifest.trustees).map(report).collect()
}
