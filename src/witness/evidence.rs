//! What a log signed that does not follow from what was cosigned before. Implements specs/witness.md#evidence; the files have the
//! names of specs/evidence.md#heads, so that anybody can judge them.

use std::fs;
use std::path::{Path, PathBuf};

use data_encoding::HEXLOWER;
use tabella_board::checkpoint::SignedCheckpoint;
use tabella_board::witness::{WitnessedLog, origin_hash};
use tabella_client::private_file::{self, FileFault};

const FOLDER: &str = "evidence";

const CHECKPOINT: &str = "checkpoint";

/// The most pieces of evidence of each kind for each log: a log, or whoever repeats what it signed, fills no disk.
const MOST: usize = 16;

/// What a checkpoint shows that was not cosigned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Two checkpoints of one size with two roots: the log has lied.
    Fork,
    /// Nobody has proved that the log has grown: it has lied, or whoever asked has made a wrong proof.
    Unproved,
}

impl Kind {
    fn as_str(self) -> &'static str {
        match self {
            Self::Fork => "fork",
            Self::Unproved => "unproved",
        }
    }
}

/// Keeps a checkpoint of a log and the one that it does not follow from; gives where. `None` if it is there already, or if there are enough.
pub(super) fn keep(
    folder: &Path,
    kind: Kind,
    log: &WitnessedLog,
    submitted: &SignedCheckpoint,
    request: &[u8],
) -> Result<Option<PathBuf>, FileFault> {
    let checkpoint = submitted.unverified();
    let hash = origin_hash(&checkpoint.origin);
    let start = format!("{}-{}-", kind.as_str(), hash.get(..16).unwrap_or(&hash));
    let root = HEXLOWER.encode(&checkpoint.head.root.as_bytes()[..8]);
    let folder = folder.join(FOLDER);
    let path = folder.join(format!("{start}{}-{root}", checkpoint.head.size));
    if path.join(CHECKPOINT).exists() || count(&folder, &start)? >= MOST {
        return Ok(None);
    }
    private_file::write(&path.join("request"), request)?;
    private_file::write(&path.join("log.vkey"), log.verifier().to_file().as_bytes())?;
    if let Some(last) = log.last() {
        private_file::write(&path.join("seen.checkpoint"), last.as_bytes())?;
    }
    // The last file: a folder without it is of a process that was killed.
    private_file::write(&path.join(CHECKPOINT), submitted.as_bytes())?;
    Ok(Some(path))
}

/// How many pieces of evidence a witness's folder holds.
pub(super) fn count_all(folder: &Path) -> Result<usize, FileFault> {
    count(&folder.join(FOLDER), "")
}

fn count(folder: &Path, start: &str) -> Result<usize, FileFault> {
    if !folder.is_dir() {
        return Ok(0);
    }
    let found = fs::read_dir(folder).map_err(FileFault::at("read", folder))?;
    let names = found.filter_map(|entry| Some(entry.ok()?.file_name().to_string_lossy().into_owned()));
    Ok(names.filter(|name| name.starts_with(start)).count())
}
