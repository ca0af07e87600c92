//! The folder of a role: its keys, which election it is for, its copy of the record, its evidence. One program at a time uses it.

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tabella_election::text::Fingerprint;
use tabella_record::examination::Seeds;

use crate::copy::{Copy, CopyError};
use crate::memory::MemoryError;
use crate::private_file::{self, FileFault};
use crate::progress::Progress;
use crate::randomness::{self, NoRandomness};
use crate::remote::{Address, AddressFault, GivenAddress, Remote, RemoteError};
use crate::source::{Folder, LONGEST_NOTE, SourceFault};

pub use crate::visit::{Place, Visit};

const ELECTION: &str = "election.json";
const UNPACKED: &str = "unpacked";

/// Where the folder of a role is.
#[derive(Debug, Clone, clap::Args)]
pub struct DeskArguments {
    /// The folder of this role: keys, copy of the record, evidence
    #[arg(long, value_name = "FOLDER", default_value = ".", global = true)]
    pub dir: PathBuf,
}

/// Which election, and where its record is read. What is given once is remembered in the folder.
#[derive(Debug, Clone, clap::Args)]
pub struct BoardArguments {
    /// The election's address, as `https://vote.example.org/city-2026`; remembered
    #[arg(long, value_name = "ADDRESS")]
    pub board: Option<GivenAddress>,
    /// The election's fingerprint, as it was given to you on paper; remembered
    #[arg(long, value_name = "FINGERPRINT")]
    pub expect: Option<Fingerprint>,
    /// Read the record from a folder or tar that was carried here, not from the network
    #[arg(long, value_name = "FOLDER|TAR")]
    pub record: Option<PathBuf>,
    /// How many seconds to try again when no answer comes
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    pub patience: u64,
}

impl BoardArguments {
    /// The address that was given, if there is one. Whoever asks for a secret first looks here before.
    pub fn address(&self) -> Result<Option<Address>, AddressFault> {
        self.board.as_ref().map(GivenAddress::address).transpose()
    }
}

/// Where somebody who is no officer of the election keeps receipts, what was seen, and evidence: a folder for each election.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct HomeArguments {
    /// Where to keep receipts, what was seen, and evidence, for all elections [default: tabella in the folder of your data]
    #[arg(long, value_name = "FOLDER")]
    pub dir: Option<PathBuf>,
}

impl HomeArguments {
    /// Opens the folder of this election; of the only one that there is, if none is named.
    pub fn desk(&self, fingerprint: Option<Fingerprint>) -> Result<Desk, DeskError> {
        let home = self.home().ok_or(DeskError::NoHome)?;
        let folder = match fingerprint {
            Some(fingerprint) => home.join(fingerprint.to_string()),
            None => only_election(&home)?,
        };
        Desk::create(&DeskArguments { dir: folder })
    }

    fn home(&self) -> Option<PathBuf> {
        let absolute = |name| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
        let of_system = || absolute("XDG_DATA_HOME").or_else(|| Some(absolute("HOME")?.join(".local/share")));
        self.dir.clone().or_else(|| Some(of_system()?.join("tabella")))
    }
}

fn only_election(home: &Path) -> Result<PathBuf, DeskError> {
    let found = fs::read_dir(home).into_iter().flatten().filter_map(|entry| Some(entry.ok()?.path()));
    let mut elections = found.filter(|folder| folder.join(ELECTION).is_file());
    match (elections.next(), elections.next()) {
        (Some(only), None) => Ok(only),
        (None, _) => Err(DeskError::NoFingerprint),
        _ => Err(DeskError::SeveralElections(home.to_owned())),
    }
}

/// Which election a folder is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Pinned {
    /// Where the server is; `None` where the record is carried.
    address: Option<String>,
    /// The election's fingerprint.
    fingerprint: String,
}

/// Why a role cannot begin its work.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DeskError {
    /// There is no such folder.
    #[error("there is no folder {}: is --dir right? The first command of a role (`new` or `init`) makes its folder", .0.display())]
    NoFolder(PathBuf),
    /// Another program is at work in the folder.
    #[error("another program is using {}; wait until it has ended", .0.display())]
    InUse(PathBuf),
    /// The folder remembers something that nobody can read.
    #[error("{} is damaged; delete it, and give --board and --expect again", .0.display())]
    Damaged(PathBuf),
    /// Nobody has said which election it is.
    #[error(
        "which election? Give --expect FINGERPRINT, as it was given to you on paper or by telephone: it keeps anybody from \
         showing you another election"
    )]
    NoFingerprint,
    /// The folder holds several elections.
    #[error("which election? {} holds several; give --expect FINGERPRINT", .0.display())]
    SeveralElections(PathBuf),
    /// Nobody knows where to keep anything.
    #[error("where is your home? Give --dir FOLDER: what was seen, receipts and evidence are kept there")]
    NoHome,
    /// Nobody has said where the board is.
    #[error("where is the board? Give --board ADDRESS, or --record FILE on a machine without network")]
    NoAddress,
    /// The folder is for another election.
    #[error("{} is for the election with the fingerprint {pinned}; use another folder (--dir) for {given}", folder.display())]
    OtherElection {
        /// The folder.
        folder: PathBuf,
        /// Its election.
        pinned: Fingerprint,
        /// The election that was asked for.
        given: Fingerprint,
    },
    /// The board has no manifest.
    #[error("the board has no manifest yet; the authority publishes it first")]
    NoManifest,
    /// The record was carried here, and so is what is handed in.
    #[error("the record was carried here: nothing can be handed in from this machine")]
    Offline,
    /// What was handed in is not published yet.
    #[error(
        "entry {0} was received, but the board does not show it: its witnesses have not yet cosigned it. Nothing is lost; run the same \
         command again. If it stays so, tell the operator that the quorum of witnesses is missing"
    )]
    NotRecorded(u64),
    /// The address that the folder remembers is none.
    #[error(transparent)]
    Address(#[from] AddressFault),
    /// The copy does not follow the board.
    #[error(transparent)]
    Copy(#[from] CopyError),
    /// The server refused, or gave no answer.
    #[error(transparent)]
    Remote(#[from] RemoteError),
    /// The record cannot be read.
    #[error(transparent)]
    Source(#[from] SourceFault),
    /// The file system failed.
    #[error(transparent)]
    File(#[from] FileFault),
    /// No random bytes.
    #[error(transparent)]
    Randomness(#[from] NoRandomness),
}

impl From<MemoryError> for DeskError {
    fn from(error: MemoryError) -> Self {
        Self::Copy(error.into())
    }
}

/// The folder of a role, while this program has it for itself.
#[derive(Debug)]
pub struct Desk {
    folder: PathBuf,
    /// Held, not read: the lock ends with it.
    _lock: File,
}

impl Desk {
    /// Opens the folder, and makes it if needed: for whoever begins.
    pub fn create(arguments: &DeskArguments) -> Result<Self, DeskError> {
        private_file::create_folder(&arguments.dir)?;
        Self::open(arguments)
    }

    /// Opens the folder, which must be there.
    pub fn open(arguments: &DeskArguments) -> Result<Self, DeskError> {
        let folder = arguments.dir.clone();
        if !folder.is_dir() {
            return Err(DeskError::NoFolder(folder));
        }
        let opened = File::open(&folder).map_err(FileFault::at("open", &folder))?;
        match opened.try_lock() {
            Ok(()) => Ok(Self { folder, _lock: opened }),
            Err(TryLockError::WouldBlock) => Err(DeskError::InUse(folder)),
            Err(TryLockError::Error(error)) => Err(FileFault::at("lock", &folder)(error).into()),
        }
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The path of a file in the folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// Remembers which election this folder is for.
    pub fn pin(&self, address: Option<&Address>, fingerprint: Fingerprint) -> Result<(), DeskError> {
        let pinned = Pinned { address: address.map(ToString::to_string), fingerprint: fingerprint.to_string() };
        if self.pinned()?.as_ref() == Some(&pinned) {
            return Ok(());
        }
        let text = serde_json::to_vec_pretty(&pinned).map_err(|_| DeskError::Damaged(self.path(ELECTION)))?;
        Ok(private_file::write(&self.path(ELECTION), &text)?)
    }

    /// Where the election is and which it is, from what is given now and what is remembered.
    pub fn election(&self, arguments: &BoardArguments) -> Result<(Option<Address>, Fingerprint), DeskError> {
        let given = arguments.address()?;
        let pinned = self.pinned()?;
        let damaged = || DeskError::Damaged(self.path(ELECTION));
        let known = pinned.as_ref().map(|pinned| pinned.fingerprint.parse::<Fingerprint>().map_err(|_| damaged()));
        let fingerprint = match (known.transpose()?, arguments.expect) {
            (Some(pinned), Some(given)) if pinned != given => {
                return Err(DeskError::OtherElection { folder: self.folder.clone(), pinned, given });
            }
            (Some(fingerprint), _) | (None, Some(fingerprint)) => fingerprint,
            (None, None) => return Err(DeskError::NoFingerprint),
        };
        let remembered = pinned.and_then(|pinned| pinned.address).map(|address| address.parse()).transpose()?;
        Ok((given.or(remembered), fingerprint))
    }

    /// Goes to the board, or to the record that was carried here: brings the copy up to date, and remembers the election if
    /// it is the right one.
    pub fn visit(self, arguments: &BoardArguments) -> Result<Visit, DeskError> {
        let (address, fingerprint) = self.election(arguments)?;
        let mut visit = self.begin(arguments, address.clone(), Some(fingerprint))?;
        visit.catch_up()?;
        if visit.copy.board().is_none() {
            return Err(DeskError::NoManifest);
        }
        visit.desk.pin(address.as_ref(), fingerprint)?;
        Ok(visit)
    }

    /// A visit before anything is fetched. Without a fingerprint any election is accepted: only for whoever makes the manifest.
    pub fn begin(
        self,
        arguments: &BoardArguments,
        address: Option<Address>,
        fingerprint: Option<Fingerprint>,
    ) -> Result<Visit, DeskError> {
        let place = self.place(arguments, address)?;
        let seeds = Seeds::new(randomness::fresh()?);
        let progress = Progress::of("judging the copy");
        let copy = Copy::open(&self.folder, &place, fingerprint, seeds, &|done, total| progress.set(done, total))?;
        Ok(Visit { desk: self, copy, place })
    }

    /// Where the record is read.
    pub fn place(&self, arguments: &BoardArguments, address: Option<Address>) -> Result<Place, DeskError> {
        match (&arguments.record, address) {
            (Some(folder), _) if folder.is_dir() => Ok(Place::Carried(Folder::new(folder))),
            (Some(tar), _) => {
                let unpacked = self.path(UNPACKED);
                match fs::remove_dir_all(&unpacked) {
                    Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                        return Err(FileFault::at("remove", &unpacked)(error).into());
                    }
                    _ => {}
                }
                Ok(Place::Carried(Folder::unpack(tar, &unpacked)?))
            }
            (None, Some(address)) => Ok(Place::Server(Remote::new(address, Duration::from_secs(arguments.patience)))),
            (None, None) => Err(DeskError::NoAddress),
        }
    }

    fn pinned(&self) -> Result<Option<Pinned>, DeskError> {
        let path = self.path(ELECTION);
        let bytes = private_file::read(&path, LONGEST_NOTE)?;
        let pinned = bytes.map(|bytes| serde_json::from_slice(&bytes)).transpose();
        pinned.map_err(|_| DeskError::Damaged(path))
    }
}
