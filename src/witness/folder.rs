//! The folder of a witness. Implements specs/witness.md#state.

use std::fs::{self, File};
use std::io::{self, Write};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use tabella_board::key::{KeyFault, LogVerifier, SEED_LENGTH, WitnessKey, WitnessVerifier};
use tabella_board::witness::{Cosigned, CosignedFault, origin_hash};
use tabella_client::key_file::{self, KeyFileFault};
use tabella_client::passphrase::Passphrase;
use tabella_client::private_file::{self, FileFault};
use zeroize::Zeroizing;

const SETTINGS: &str = "witness.toml";
const KEY: &str = "witness.key.age";
const STATE: &str = "state";
const PLACE: &str = "place";
const RETIRED: &str = "retired";

/// The state of a log of which nothing was cosigned yet.
const NOTHING_YET: &[u8] = b"none\n";

/// The largest settings: some ten thousand logs.
const SETTINGS_LENGTH: u64 = 4 << 20;

/// The largest of the other files, which hold a note.
const NOTE_LENGTH: u64 = 100_000;

/// The most bytes of a witness's name (C2SP tlog-cosignature).
const NAME_LENGTH: usize = 255;

/// A witness cannot be made, changed or opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FolderFault {
    /// Nothing is there.
    #[error("{} is no folder of a witness: is --dir right? `tabella witness new` makes one", .0.display())]
    NoWitness(PathBuf),
    /// There is one.
    #[error("{} is the folder of a witness already; nothing was changed", .0.display())]
    Exists(PathBuf),
    /// The name cannot be that of a key.
    #[error(
        "“{0}” cannot name a witness: use 1 to {NAME_LENGTH} bytes without spaces and +, such as witness.example.org/city"
    )]
    Name(String),
    /// The log is in the list.
    #[error("this witness knows the log {0} already; nothing was changed")]
    LogKnown(String),
    /// The log is not in the list, but something of it was cosigned.
    #[error("{} is there, but the log is not in {SETTINGS}: the folder is not as this witness left it. {RETIRE}", .0.display())]
    StateWithoutLog(PathBuf),
    /// The settings cannot be read.
    #[error("{} cannot be read: {reason}", path.display())]
    Settings {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The sealed key is none, or not that of the settings.
    #[error("{} does not hold the key that {SETTINGS} names", .0.display())]
    KeyMismatch(PathBuf),
    /// What was cosigned last is gone.
    #[error("{} is gone: nobody knows any more what this witness has signed. {RETIRE}", .0.display())]
    StateLost(PathBuf),
    /// What was cosigned last is not what log and witness signed.
    #[error("{} is damaged ({reason}): nobody knows any more what this witness has signed. {RETIRE}", path.display())]
    StateDamaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: CosignedFault,
    },
    /// The folder was copied.
    #[error(
        "{} was copied, or restored from a backup: it may have forgotten what this witness has signed. If nothing has signed \
         with this key since the copy was made, give --moved. If you do not know: {RETIRE}", .0.display()
    )]
    Copied(PathBuf),
    /// The witness must not sign any more.
    #[error("this witness is retired: {0}. {RETIRE}")]
    Retired(String),
    /// The key file cannot be opened or made.
    #[error(transparent)]
    Key(#[from] KeyFileFault),
    /// The file system failed.
    #[error(transparent)]
    File(#[from] FileFault),
}

/// What an operator does with a witness that has lost what it saw.
const RETIRE: &str = "Its key must not sign again: make another witness with `tabella witness new`, and tell the logs";

/// A witness's key, its logs, and the files of both.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    verifier: WitnessVerifier,
    logs: Vec<LogVerifier>,
}

/// `witness.toml`.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    key: String,
    logs: Vec<String>,
}

impl Folder {
    /// Makes a witness. `seed` becomes its key and is sealed with the passphrase.
    pub fn create(
        path: &Path,
        name: &str,
        seed: &Zeroizing<[u8; SEED_LENGTH]>,
        passphrase: &Passphrase,
    ) -> Result<Self, FolderFault> {
        if path.join(SETTINGS).exists() {
            return Err(FolderFault::Exists(path.to_owned()));
        }
        let key = WitnessKey::from_seed(name, seed).ok().filter(|_| name.len() <= NAME_LENGTH);
        let key = key.ok_or_else(|| FolderFault::Name(name.to_owned()))?;
        let folder = Self { path: path.to_owned(), verifier: key.verifier().clone(), logs: Vec::new() };
        key_file::seal(&path.join(KEY), seed.as_ref(), passphrase)?;
        folder.take_place()?;
        // The settings come last: a folder without them is of a process that was killed.
        folder.write_settings()?;
        Ok(folder)
    }

    /// Reads the folder of a witness. Whoever changes anything in it holds its lock.
    pub fn read(path: &Path) -> Result<Self, FolderFault> {
        let file = path.join(SETTINGS);
        let bytes = private_file::read(&file, SETTINGS_LENGTH)?;
        let bytes = bytes.ok_or_else(|| FolderFault::NoWitness(path.to_owned()))?;
        let damaged = |reason: String| FolderFault::Settings { path: file.clone(), reason };
        let text = std::str::from_utf8(&bytes).map_err(|error| damaged(error.to_string()))?;
        let settings: Settings = toml::from_str(text).map_err(|error| damaged(error.message().to_owned()))?;
        let wrong = |fault: KeyFault| damaged(fault.to_string());
        let verifier = WitnessVerifier::parse(&settings.key).map_err(wrong)?;
        let logs = settings.logs.iter().map(|log| LogVerifier::parse(log).map_err(wrong)).collect::<Result<_, _>>()?;
        Ok(Self { path: path.to_owned(), verifier, logs })
    }

    /// Adds a log of which this witness has never signed anything.
    pub fn add(&mut self, log: LogVerifier) -> Result<(), FolderFault> {
        if self.logs.iter().any(|known| known.origin() == log.origin()) {
            return Err(FolderFault::LogKnown(log.origin().to_string()));
        }
        let path = self.state_path(&log);
        match private_file::read(&path, NOTE_LENGTH)? {
            // Of a process that was killed before it had written the settings.
            None => private_file::write(&path, NOTHING_YET)?,
            Some(found) if *found == NOTHING_YET => {}
            Some(_) => return Err(FolderFault::StateWithoutLog(path)),
        }
        self.logs.push(log);
        self.write_settings()
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The witness's public key.
    pub fn verifier(&self) -> &WitnessVerifier {
        &self.verifier
    }

    /// The keys of its logs.
    pub fn logs(&self) -> &[LogVerifier] {
        &self.logs
    }

    /// Unseals the witness's key.
    pub fn key(&self, passphrase: &Passphrase) -> Result<WitnessKey, FolderFault> {
        let path = self.path.join(KEY);
        let seed = key_file::open(&path, passphrase)?;
        let seed: Option<&[u8; SEED_LENGTH]> = seed.as_slice().try_into().ok();
        let key = seed.and_then(|seed| WitnessKey::from_seed(self.verifier.name(), seed).ok());
        key.filter(|key| *key.verifier() == self.verifier).ok_or(FolderFault::KeyMismatch(path))
    }

    /// What was cosigned last of a log; `None` if nothing was.
    pub fn last(&self, log: &LogVerifier) -> Result<Option<Cosigned>, FolderFault> {
        let path = self.state_path(log);
        let Some(bytes) = private_file::read(&path, NOTE_LENGTH)? else { return Err(FolderFault::StateLost(path)) };
        if *bytes == NOTHING_YET {
            return Ok(None);
        }
        let cosigned = Cosigned::parse(&bytes, log, &self.verifier);
        cosigned.map(Some).map_err(|reason| FolderFault::StateDamaged { path, reason })
    }

    /// Makes durable what was cosigned.
    pub fn write_last(&self, log: &LogVerifier, cosigned: &Cosigned) -> Result<(), FolderFault> {
        Ok(private_file::write(&self.state_path(log), cosigned.as_bytes())?)
    }

    /// Whether the folder is the one that was written to, and not a copy of it.
    pub fn check_place(&self) -> Result<(), FolderFault> {
        let path = self.path.join(PLACE);
        let text = private_file::read(&path, NOTE_LENGTH)?;
        let written = text.and_then(|text| std::str::from_utf8(&text).ok()?.trim().parse().ok());
        let found = fs::metadata(&path).ok().map(|metadata| metadata.ino());
        if found.is_some() && written == found { Ok(()) } else { Err(FolderFault::Copied(self.path.clone())) }
    }

    /// Makes this folder the one that is written to.
    pub fn take_place(&self) -> Result<(), FolderFault> {
        private_file::create_folder(&self.path)?;
        let path = self.path.join(PLACE);
        let write = || -> io::Result<()> {
            let mut file = File::create(&path)?;
            writeln!(file, "{}", file.metadata()?.ino())?;
            file.sync_all()?;
            File::open(&self.path)?.sync_all()
        };
        Ok(write().map_err(FileFault::at("write", &path))?)
    }

    /// Fails if the witness must not sign any more.
    pub fn check_retired(&self) -> Result<(), FolderFault> {
        let Some(text) = private_file::read(&self.path.join(RETIRED), NOTE_LENGTH)? else { return Ok(()) };
        let text = String::from_utf8_lossy(&text);
        Err(FolderFault::Retired(text.lines().next().unwrap_or("nobody wrote down why").to_owned()))
    }

    /// Writes down that the witness must not sign any more: why, and the checkpoint that shows it.
    pub fn retire(&self, reason: &str, checkpoint: &[u8]) -> Result<(), FolderFault> {
        let text = [reason.as_bytes(), b"\n\n", checkpoint].concat();
        Ok(private_file::write(&self.path.join(RETIRED), &text)?)
    }

    fn state_path(&self, log: &LogVerifier) -> PathBuf {
        self.path.join(STATE).join(origin_hash(log.origin()))
    }

    fn write_settings(&self) -> Result<(), FolderFault> {
        let path = self.path.join(SETTINGS);
        let logs = self.logs.iter().map(ToString::to_string).collect();
        let settings = toml::to_string_pretty(&Settings { key: self.verifier.to_string(), logs });
        let settings =
            settings.map_err(|error| FolderFault::Settings { path: path.clone(), reason: error.to_string() })?;
        let text =
            format!("# A witness. Made by `tabella witness new`; changed by `tabella witness add` alone.\n{settings}");
        Ok(private_file::write(&path, text.as_bytes())?)
    }
}
