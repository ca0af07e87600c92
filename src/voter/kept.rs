//! What a voter's folder holds of one credential: how often it was encrypted for, what waits to be sent, and what was cast. Neither the
//! code nor any choice.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use data_encoding::BASE64;
use serde::{Deserialize, Serialize};
use tabella_board::policy::Policy;
use tabella_board::receipt::Receipt;
use tabella_client::desk::Desk;
use tabella_client::private_file;
use tabella_election::Kind;
use tabella_election::text::{CredentialFingerprint, Tracker};

const LARGEST: u64 = 1 << 20;
const LARGEST_RECEIPT: u64 = 1 << 20;

/// What is kept of one credential.
#[derive(Debug)]
pub(super) struct Kept {
    path: PathBuf,
    state: State,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct State {
    /// How many drafts there were: no two of them may share a nonce.
    attempts: u64,
    waiting: Option<WaitingState>,
    /// The trackers of the ballots that were cast from here, in their order.
    ballots: Vec<String>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WaitingState {
    kind: String,
    tracker: String,
    payload: String,
}

/// A payload that is, or was, about to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Waiting {
    pub(super) kind: Kind,
    pub(super) tracker: Tracker,
    pub(super) payload: Vec<u8>,
}

impl Kept {
    /// What the folder keeps of a credential.
    pub(super) fn open(desk: &Desk, credential: &CredentialFingerprint) -> Result<Self> {
        let path = desk.path("voters").join(format!("{credential}.json"));
        let bytes = private_file::read(&path, LARGEST)?;
        let state = bytes.map(|bytes| serde_json::from_slice(&bytes)).transpose();
        let damaged = || format!("{} is damaged; move it away: your ballots stand on the board", path.display());
        let state = state.with_context(damaged)?.unwrap_or_default();
        Ok(Self { path, state })
    }

    /// The number of the next draft, which no other will have.
    pub(super) fn next_attempt(&mut self) -> Result<u64> {
        self.state.attempts += 1;
        self.save()?;
        Ok(self.state.attempts)
    }

    /// What an earlier run has not brought to its end.
    pub(super) fn waiting(&self) -> Result<Option<Waiting>> {
        let Some(waiting) = &self.state.waiting else { return Ok(None) };
        let damaged = || format!("{} is damaged; move it away", self.path.display());
        Ok(Some(Waiting {
            kind: waiting.kind.parse().with_context(damaged)?,
            tracker: waiting.tracker.parse().with_context(damaged)?,
            payload: BASE64.decode(waiting.payload.as_bytes()).with_context(damaged)?,
        }))
    }

    /// Keeps what is about to be sent. It is durable when this returns.
    pub(super) fn wait(&mut self, waiting: &Waiting) -> Result<()> {
        self.state.waiting = Some(WaitingState {
            kind: waiting.kind.to_string(),
            tracker: waiting.tracker.to_string(),
            payload: BASE64.encode(&waiting.payload),
        });
        self.save()
    }

    /// What waited stands on the board.
    pub(super) fn is_on_board(&mut self, waiting: &Waiting) -> Result<()> {
        if waiting.kind == Kind::Ballot {
            self.state.ballots.push(waiting.tracker.to_string());
        }
        self.forget_waiting()
    }

    /// What waited was refused, or is given up.
    pub(super) fn forget_waiting(&mut self) -> Result<()> {
        self.state.waiting = None;
        self.save()
    }

    /// The trackers of the ballots that were cast from here, in their order.
    pub(super) fn ballots(&self) -> Vec<Tracker> {
        self.state.ballots.iter().filter_map(|tracker| tracker.parse().ok()).collect()
    }

    fn save(&self) -> Result<()> {
        Ok(private_file::write(&self.path, &serde_json::to_vec_pretty(&self.state)?)?)
    }
}

/// A receipt: two files in the formats of others, and one for the page. Implements specs/server.md#receipt-file.
pub(super) struct KeptReceipt {
    pub(super) entry: Vec<u8>,
    pub(super) receipt: Receipt,
}

impl KeptReceipt {
    /// Where the receipt of a ballot is, without its two endings.
    pub(super) fn path(desk: &Desk, tracker: &Tracker) -> PathBuf {
        desk.path("receipt").join(tracker.to_string())
    }

    /// Whether it shows that the quorum of witnesses has seen the entry.
    pub(super) fn is_recorded(&self, policy: &Policy) -> bool {
        policy.require_quorum(&self.receipt.checkpoint).is_ok()
    }

    /// Writes `<path>.entry`, `<path>.tlog-proof`, and `<path>.json`.
    pub(super) fn write(&self, path: &Path) -> Result<()> {
        let file = ReceiptFile {
            entry: BASE64.encode(&self.entry),
            receipt: String::from_utf8_lossy(&self.receipt.to_bytes()).into_owned(),
        };
        private_file::write(&with_ending(path, "json"), &serde_json::to_vec_pretty(&file)?)?;
        private_file::write(&with_ending(path, "entry"), &self.entry)?;
        Ok(private_file::write(&with_ending(path, "tlog-proof"), &self.receipt.to_bytes())?)
    }

    /// Reads a receipt, if its files are there: one that a page saved, whatever its name but for the ending `.json`, or the two of which
    /// `path` may have one of the endings.
    pub(super) fn read(path: &Path) -> Result<Option<Self>> {
        if is_of_page(path) {
            let bytes = private_file::read(path, LARGEST_RECEIPT)?;
            return bytes
                .map(|bytes| Self::of_page(&bytes))
                .transpose()
                .with_context(|| format!("{} is no receipt", path.display()));
        }
        let path = without_ending(path);
        let (entry, proof) = (with_ending(&path, "entry"), with_ending(&path, "tlog-proof"));
        let entry = private_file::read(&entry, LARGEST_RECEIPT)?;
        let (Some(entry), Some(bytes)) = (entry, private_file::read(&proof, LARGEST_RECEIPT)?) else { return Ok(None) };
        let receipt = Receipt::parse(&bytes).with_context(|| format!("{} is damaged", proof.display()))?;
        Ok(Some(Self { entry: entry.to_vec(), receipt }))
    }

    fn of_page(bytes: &[u8]) -> Result<Self> {
        let ReceiptFile { entry, receipt } = serde_json::from_slice(bytes)?;
        Ok(Self { entry: BASE64.decode(entry.as_bytes())?, receipt: Receipt::parse(receipt.as_bytes())? })
    }
}

/// Whether this is the name of a receipt in one file.
pub(super) fn is_of_page(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending == "json")
}

/// A receipt in one file. Of what else stands in it nothing is believed.
#[derive(Debug, Serialize, Deserialize)]
struct ReceiptFile {
    entry: String,
    receipt: String,
}

/// The path of a receipt, whose files may be named by either of their endings.
pub(super) fn without_ending(path: &Path) -> PathBuf {
    let is_ending = |ending: &std::ffi::OsStr| ending == "entry" || ending == "tlog-proof";
    if path.extension().is_some_and(is_ending) { path.with_extension("") } else { path.to_owned() }
}

fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(ending);
    name.into()
}
