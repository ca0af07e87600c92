//! The JSON of answers: views of what the board knows, made for reading. Implements specs/server.md#status, #manifest,
//! #receipt, #ballot, #voter and #closing.

use data_encoding::{BASE64, HEXLOWER};
use serde::Serialize;
use tabella_election::Election;
use tabella_election::kind::Phase;
use tabella_election::rules::{Counts, Warning};
use tabella_record::receipts::ReceiptFiles;

use super::hosted::Hosted;
use crate::sequencer::{CeremonyState, ClosingState, ElectionState, Snapshot, Standstill};
use crate::witnessing::WitnessState;

mod lookups;

pub use lookups::{BallotView, VoterView};
pub use tabella_record::manifest_view::ManifestView;

/// Bytes in lower-case hexadecimal.
pub fn hex(bytes: impl AsRef<[u8]>) -> String {
    HEXLOWER.encode(bytes.as_ref())
}

/// The list of elections.
#[derive(Debug, Serialize)]
pub struct ElectionsView {
    /// In the order of their ids.
    pub elections: Vec<ElectionInList>,
}

/// An election in the list.
#[derive(Debug, Serialize)]
pub struct ElectionInList {
    /// Its id.
    pub id: String,
    /// Its title; null before the manifest.
    pub title: Option<String>,
    /// Its phase.
    pub phase: &'static str,
}

/// What this process does for each election.
#[derive(Debug, Serialize)]
pub struct ReadyView {
    /// In the order of their ids.
    pub elections: Vec<ReadyElection>,
}

/// What this process does for an election.
#[derive(Debug, Serialize)]
pub struct ReadyElection {
    /// Its id.
    pub id: String,
    /// The role.
    pub role: &'static str,
}

/// Where an election stands.
#[derive(Debug, Serialize)]
pub struct StatusView {
    election: Option<ElectionView>,
    origin: String,
    phase: &'static str,
    closing: ClosingView,
    size: u64,
    root: String,
    received: u64,
    quorum: &'static str,
    witnesses: Vec<WitnessView>,
    ceremony: Option<CeremonyView>,
    counts: CountsView,
    awaited: Vec<AwaitedView>,
    warnings: Vec<WarningView>,
}

#[derive(Debug, Serialize)]
struct ElectionView {
    id: String,
    title: String,
    manifest_hash: String,
    fingerprint: String,
    simulation: bool,
}

#[derive(Debug, Serialize)]
struct ClosingView {
    number: u64,
    is_closing: bool,
}

#[derive(Debug, Serialize)]
struct WitnessView {
    name: String,
    size: u64,
    answer: Option<&'static str>,
}

#[derive(Debug, Serialize)]
struct CeremonyView {
    attempt: u64,
    step: String,
    qualified: Option<Vec<String>>,
    rehearsal: Option<RehearsalView>,
}

#[derive(Debug, Serialize)]
struct RehearsalView {
    round: u64,
    answered: Vec<String>,
}

#[derive(Debug, Serialize)]
struct CountsView {
    roll: u64,
    accepted: u64,
    superseded: u64,
    challenged: u64,
    counted: u64,
}

#[derive(Debug, Serialize)]
struct AwaitedView {
    kind: &'static str,
    trustees: Vec<String>,
}

#[derive(Debug, Serialize)]
struct WarningView {
    code: &'static str,
    message: String,
}

impl StatusView {
    /// The status of an election, as this snapshot of it shows it.
    pub fn new(hosted: &Hosted, snapshot: &Snapshot) -> Self {
        let state = snapshot.state.as_ref();
        let awaited = state.map_or_else(awaited_of_empty_log, awaited);
        Self {
            election: state.map(|state| ElectionView::new(&state.election)),
            origin: hosted.origin().to_owned(),
            phase: phase_name(state.map(|state| state.phase)),
            closing: ClosingView::new(snapshot.closing),
            size: snapshot.head.size,
            root: hex(snapshot.head.root.as_bytes()),
            received: hosted.received(snapshot),
            quorum: snapshot.witnessing.quorum.as_str(),
            witnesses: snapshot.witnessing.witnesses.iter().map(WitnessView::new).collect(),
            ceremony: state.map(|state| CeremonyView::new(&state.ceremony)),
            counts: CountsView::new(state.map_or_else(Counts::default, |state| state.counts)),
            awaited,
            warnings: state.map_or_else(Vec::new, |state| state.warnings.iter().map(WarningView::new).collect()),
        }
    }
}

fn awaited_of_empty_log() -> Vec<AwaitedView> {
    vec![AwaitedView { kind: "manifest", trustees: Vec::new() }]
}

fn awaited(state: &ElectionState) -> Vec<AwaitedView> {
    let view = |awaited: &tabella_election::rules::Awaited| AwaitedView {
        kind: awaited.kind.as_str(),
        trustees: awaited.trustees.clone(),
    };
    state.awaited.iter().map(view).collect()
}

/// The phase as the status names it; `None` is the empty log.
pub fn phase_name(phase: Option<Phase>) -> &'static str {
    phase.map_or("empty", Phase::as_str)
}

impl ElectionView {
    fn new(election: &Election) -> Self {
        let manifest = election.manifest();
        Self {
            id: manifest.id.clone(),
            title: manifest.title.clone(),
            manifest_hash: election.id().to_hex(),
            fingerprint: election.fingerprint().to_string(),
            simulation: manifest.simulation,
        }
    }
}

impl ClosingView {
    fn new(closing: ClosingState) -> Self {
        Self { number: closing.number, is_closing: closing.is_closing }
    }
}

impl WitnessView {
    fn new(witness: &WitnessState) -> Self {
        Self { name: witness.name.clone(), size: witness.size, answer: witness.answer }
    }
}

impl CeremonyView {
    fn new(ceremony: &CeremonyState) -> Self {
        let rehearsal = ceremony.rehearsal.clone();
        Self {
            attempt: ceremony.attempt,
            step: ceremony.step.map_or_else(|| "failed".to_owned(), |step| step.to_string()),
            qualified: ceremony.qualified.clone(),
            rehearsal: rehearsal.map(|(round, answered)| RehearsalView { round, answered }),
        }
    }
}

impl CountsView {
    fn new(counts: Counts) -> Self {
        let Counts { roll, accepted, superseded, challenged, counted } = counts;
        Self { roll, accepted, superseded, challenged, counted }
    }
}

impl WarningView {
    fn new(warning: &Warning) -> Self {
        Self { code: warning.code(), message: warning.to_string() }
    }
}

/// An entry with its receipt.
#[derive(Debug, Serialize)]
pub struct ReceiptView {
    index: u64,
    repeated: bool,
    entry: String,
    receipt: String,
}

impl ReceiptView {
    /// The receipt of an entry that stood on the board before, or not.
    pub fn new(files: &ReceiptFiles, repeated: bool) -> Self {
        let receipt = files.receipt.to_bytes();
        Self {
            index: files.receipt.index,
            repeated,
            entry: BASE64.encode(&files.entry),
            // Header, numbers, hashes and a signed note: ASCII, but for names of witnesses, which are UTF-8.
            receipt: String::from_utf8_lossy(&receipt).into_owned(),
        }
    }
}

/// The board as it stands when a request to close was taken.
#[derive(Debug, Serialize)]
pub struct StandstillView {
    number: u64,
    is_closing: bool,
    ballots: u64,
    last: String,
    checkpoint: String,
}

impl StandstillView {
    /// What the authority compares with its own copy of the record.
    pub fn new(standstill: &Standstill) -> Self {
        Self {
            number: standstill.closing.number,
            is_closing: standstill.closing.is_closing,
            ballots: standstill.ballots,
            last: hex(standstill.last.as_bytes()),
            checkpoint: String::from_utf8_lossy(&standstill.checkpoint).into_owned(),
        }
    }
}
