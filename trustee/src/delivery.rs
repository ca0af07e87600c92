//! The way of payloads to the board: handed in, or put into a parcel that somebody carries.

use std::collections::BTreeSet;
use std::path::PathBuf;

use anyhow::{Context, Result};
use tabella_board::entry::Entry;
use tabella_client::copy::CopyError;
use tabella_client::desk::{DeskError, Visit};
use tabella_client::memory::MemoryError;
use tabella_client::parcel::Parcel;
use tabella_client::remote::RemoteError;
use tabella_client::source::SourceFault;
use tabella_election::rules::{Entry as JudgedEntry, Fault, Position};
use tabella_election::{Hash, Kind, Rejection};
use tabella_record::entries::{EntryReader, PayloadHash};
use tabella_record::files::Record;

use crate::journal::{Fate, Step};

/// How many entries are read together.
const TOGETHER: usize = 4_096;

/// How a step's payloads leave the machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Way {
    /// Over the network.
    Board,
    /// In this file.
    Parcel(PathBuf),
}

/// Where a step's payloads are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// On the board.
    Accepted,
    /// These are not on the board, and it would take them.
    Missing(Vec<Vec<u8>>),
    /// Some are not on the board, and never will be.
    Never(Rejection),
}

impl Standing {
    /// What this means for the step.
    pub fn fate(&self) -> Fate {
        match self {
            Self::Accepted => Fate::Accepted,
            Self::Missing(_) => Fate::Pending,
            Self::Never(_) => Fate::Void,
        }
    }

    /// Where the payloads of a step are, as the copy of the record shows it.
    pub fn of(step: &Step, visit: &Visit) -> Result<Self> {
        let missing = missing(step, visit)?;
        let Some(first) = missing.first() else { return Ok(Self::Accepted) };
        Ok(judge(step.kind, first, visit)?.map_or(Self::Missing(missing), Self::Never))
    }
}

impl Way {
    /// Sends what of a step is not yet on the board.
    pub fn deliver(&self, step: &Step, visit: &mut Visit) -> Result<Standing> {
        loop {
            let standing = Standing::of(step, visit)?;
            let Standing::Missing(missing) = &standing else { return Ok(standing) };
            match (self, missing.first()) {
                (Self::Board, Some(first)) => hand_in(step.kind, first, visit)?,
                (Self::Parcel(path), _) => {
                    let payloads = missing.iter().map(|payload| (step.kind, payload.clone())).collect();
                    Parcel { election: visit.board()?.election().id(), payloads }.write(path)?;
                    return Ok(standing);
                }
                (Self::Board, None) => return Ok(Standing::Accepted),
            }
        }
    }
}

/// Hands in one payload. If the board has moved on meanwhile, reads on, so that the payload is judged again.
fn hand_in(kind: Kind, payload: &[u8], visit: &mut Visit) -> Result<()> {
    let size = visit.copy().size();
    let outcome = match visit.hand_in(kind, payload) {
        Err(refused @ DeskError::Remote(RemoteError::Refused { .. })) => {
            visit.catch_up_with_news()?;
            if visit.copy().size() > size { Ok(()) } else { Err(refused) }
        }
        outcome => outcome,
    };
    outcome.with_context(|| {
        format!("`{kind}` is saved but not yet on the board; run the same command again to hand in the same")
    })
}

/// The payloads of a step that do not stand in the copy of the record.
fn missing(step: &Step, visit: &Visit) -> Result<Vec<Vec<u8>>> {
    let record = Record::open(visit.copy().record())?;
    let mut found = BTreeSet::new();
    let mut index = step.size;
    while index < visit.copy().size() {
        let entries = record.entries_from(index, TOGETHER).context("cannot read the copy of the record")?;
        index += (entries.len() as u64).max(1);
        found.extend(entries.iter().filter_map(|bytes| Some(PayloadHash::of(&Entry::parse(bytes).ok()?.payload))));
    }
    let payloads = step.payloads.iter().filter(|payload| !found.contains(&PayloadHash::of(payload)));
    Ok(payloads.map(|payload| payload.to_vec()).collect())
}

/// Why the board, as far as the copy goes, does not take a payload. The copy is as new as what the trustee acted on, so that
/// what it refuses was overtaken: it is never taken later.
fn judge(kind: Kind, payload: &[u8], visit: &Visit) -> Result<Option<Rejection>> {
    // No author's message depends on the leaf hash that it will have.
    let position = Position { index: visit.copy().size(), leaf_hash: Hash([0; 32]) };
    let entry = JudgedEntry { position, prev: visit.last_leaf(), kind, payload };
    match visit.board()?.clone().judge(&entry, &visit.copy().log()) {
        Ok(()) => Ok(None),
        Err(Fault::Rejected(rejection)) => Ok(Some(rejection)),
        Err(Fault::Log(_) | Fault::Damaged(_)) => {
            anyhow::bail!("cannot read the copy of the record; move it away and try again")
        }
    }
}

/// Whether trying again a little later may help.
pub fn is_passing(error: &anyhow::Error) -> bool {
    let is_passing_source =
        |fault: &SourceFault| matches!(fault, SourceFault::Unreachable(_) | SourceFault::Missing { .. });
    match error.downcast_ref::<DeskError>() {
        Some(DeskError::NotRecorded(_) | DeskError::Copy(CopyError::Memory(MemoryError::Quorum(_)))) => true,
        Some(DeskError::Remote(RemoteError::NoAnswer { .. })) => true,
        Some(DeskError::Remote(RemoteError::Refused { problem, .. })) => matches!(problem.status, 408 | 429 | 503),
        Some(DeskError::Source(fault) | DeskError::Copy(CopyError::Source(fault))) => is_passing_source(fault),
        Some(DeskError::Copy(CopyError::Memory(MemoryError::Source(fault)))) => is_passing_source(fault),
        _ => false,
    }
}
