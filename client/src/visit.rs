//! A role at the board: its judged copy of the record, and the way to hand in.

use std::time::Duration;

use tabella_board::key::LogVerifier;
use tabella_board::policy::Policy;
use tabella_election::Kind;
use tabella_election::bytes::Hash;
use tabella_election::rules::Board;

use crate::copy::Copy;
use crate::desk::{Desk, DeskError};
use crate::lie::Lie;
use crate::patience::until;
use crate::progress::Progress;
use crate::remote::Remote;
use crate::source::{Folder, RecordSource, SourceFault};

/// What is said while nothing is published.
const WAITING: &str = "Waiting for the witnesses to cosign what the board has taken";

/// Where a record is read.
#[derive(Debug)]
pub enum Place {
    /// At its server.
    Server(Remote),
    /// In a folder that was carried here.
    Carried(Folder),
}

impl Place {
    /// The key of the log, as the place gives it: the fingerprint says whether it is the right one.
    pub fn log_key(&self) -> Result<LogVerifier, DeskError> {
        Ok(RecordSource::log_key(self)?)
    }
}

impl RecordSource for Place {
    fn place(&self) -> String {
        match self {
            Self::Server(remote) => remote.place(),
            Self::Carried(folder) => folder.place(),
        }
    }

    fn file(&self, name: &str, limit: u64) -> Result<Option<Vec<u8>>, SourceFault> {
        match self {
            Self::Server(remote) => remote.file(name, limit),
            Self::Carried(folder) => folder.file(name, limit),
        }
    }
}

/// A role at the board: its folder, its judged copy, and the way to hand in.
pub struct Visit {
    pub(crate) desk: Desk,
    pub(crate) copy: Copy,
    pub(crate) place: Place,
}

impl Visit {
    /// The folder.
    pub fn desk(&self) -> &Desk {
        &self.desk
    }

    /// The copy of the record.
    pub fn copy(&self) -> &Copy {
        &self.copy
    }

    /// Fetches and judges what is new.
    pub fn catch_up(&mut self) -> Result<(), DeskError> {
        let progress = Progress::of("reading the board");
        Ok(self.copy.catch_up(&self.place, &|done, total| progress.set(done, total))?)
    }

    /// Remembers a checkpoint that the board handed over, if it continues what was seen before.
    pub fn look_at(&mut self, checkpoint: &[u8]) -> Result<(), DeskError> {
        self.copy.memory().accept(checkpoint, &self.place)?;
        Ok(())
    }

    /// The state of the election.
    pub fn board(&self) -> Result<&Board, DeskError> {
        self.copy.board().ok_or(DeskError::NoManifest)
    }

    /// The latest checkpoint, for the next control entry.
    pub fn anchor(&self) -> Result<String, DeskError> {
        self.copy.checkpoint()?.ok_or(DeskError::NoManifest)
    }

    /// The leaf hash of the last entry.
    pub fn last_leaf(&self) -> Hash {
        (*self.copy.last_leaf().as_bytes()).into()
    }

    /// The server.
    pub fn remote(&self) -> Result<&Remote, DeskError> {
        match &self.place {
            Place::Server(remote) => Ok(remote),
            Place::Carried(_) => Err(DeskError::Offline),
        }
    }

    /// Saves the evidence of a lie that the role itself found out.
    pub fn catch(&mut self, lie: Lie, files: &[(&str, &[u8])]) -> Result<DeskError, DeskError> {
        Ok(self.copy.memory().catch(&self.place, lie, files)?.into())
    }

    /// Reads on until the board shows more than it did, after it has said that it has: what it has taken may still wait for witnesses.
    pub fn catch_up_with_news(&mut self) -> Result<(), DeskError> {
        let patience = match &self.place {
            Place::Server(remote) if self.waits_for_witnesses() => remote.patience(),
            _ => Duration::ZERO,
        };
        self.read_beyond(self.copy.size(), patience).map(drop)
    }

    /// Reads on until there are more entries than `size`; says whether there are.
    fn read_beyond(&mut self, size: u64, patience: Duration) -> Result<bool, DeskError> {
        let found = until(patience, WAITING, || {
            self.catch_up()?;
            Ok::<_, DeskError>((self.copy.size() > size).then_some(()))
        });
        Ok(found?.is_some())
    }

    fn waits_for_witnesses(&self) -> bool {
        let policy = self.board().ok().and_then(|board| Policy::parse(&board.election().manifest().policy).ok());
        policy.is_some_and(|policy| !policy.is_quorum_none())
    }

    /// Hands in a payload, verifies the receipt, and reads on until the board shows it. The same payload may be handed in again and
    /// again.
    pub fn hand_in(&mut self, kind: Kind, payload: &[u8]) -> Result<(), DeskError> {
        let policy = self.board()?.election().manifest().policy.clone();
        self.hand_in_under(&policy, kind, payload)
    }

    /// Hands in a payload under this policy, as for the manifest that brings it.
    pub fn hand_in_under(&mut self, policy: &str, kind: Kind, payload: &[u8]) -> Result<(), DeskError> {
        let submitted = self.remote()?.submit(kind, payload)?;
        let policy = Policy::parse(policy).map_err(|_| DeskError::NoManifest)?;
        let index = submitted.receipt.index;
        self.copy.memory().accept_receipt(payload, &submitted, &policy, &self.place)?;
        let patience = self.remote()?.patience();
        if self.read_beyond(index, patience)? { Ok(()) } else { Err(DeskError::NotRecorded(index)) }
    }
}
