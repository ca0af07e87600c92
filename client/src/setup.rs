//! The beginning of a log, up to the `open` entry: the manifest, the election's keys and the roll, which is all that a voter needs.
//! Nobody who votes has to copy a million ballots. Implements specs/server.md#distrust for voters.

use std::path::Path;

use tabella_board::checkpoint::SignedCheckpoint;
use tabella_board::entry::Entry;
use tabella_board::hash::Hash;
use tabella_board::tile::FULL_WIDTH;
use tabella_election::Kind;
use tabella_election::rules::Board;
use tabella_election::text::Fingerprint;
use tabella_record::entries::EntryReader;
use tabella_record::examination::Seeds;
use tabella_record::files::TileError;
use tabella_record::ledger::Ledger;

use crate::continuation::has_leaf;
use crate::copy::CopyError;
use crate::memory::Memory;
use crate::private_file;
use crate::reading::{Reading, fetch};
use crate::source::{RecordSource, SourceFault};

/// The file in which the entries are kept, so that the next run need not fetch them again.
const KEPT: &str = "setup.entries";

/// The largest such file: a roll of ten million voters.
const LARGEST: u64 = 1 << 30;

/// How far a log is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// The manifest only.
    Manifest,
    /// To the entry that opened the voting, if it is there.
    Open,
}

/// The judged beginning of a log.
pub struct Setup {
    reading: Reading,
    entries: Vec<Vec<u8>>,
}

impl Setup {
    /// Reads and judges it, under the latest checkpoint. `progress` is told how many entries are done, and how many there are.
    ///
    /// If the board lies, nothing of it is kept but the evidence.
    pub fn read(
        folder: &Path,
        source: &impl RecordSource,
        expected: Option<Fingerprint>,
        extent: Extent,
        seeds: Seeds,
        progress: &dyn Fn(u64, u64),
    ) -> Result<Self, CopyError> {
        let mut memory = Memory::open(folder, source)?;
        let checkpoint = memory.look(source)?;
        let ledger = Ledger::new(memory.log_key().clone(), seeds);
        let mut setup = Self { reading: Reading { ledger, memory, expected }, entries: Vec::new() };
        let Some(checkpoint) = checkpoint else { return Ok(setup) };
        let path = folder.join(KEPT);
        let kept = kept(&path, &checkpoint, source)?;
        for round in kept.chunks(FULL_WIDTH.into()) {
            setup.read_on(round, &checkpoint, source)?;
            progress(setup.size(), kept.len() as u64);
        }
        let head = checkpoint.unverified().head;
        while !setup.reaches(extent) && setup.size() < head.size {
            let round = setup.next_round(extent, &checkpoint, source)?;
            setup.read_on(&round, &checkpoint, source)?;
            progress(setup.size(), head.size);
        }
        if setup.board().is_some_and(|board| board.poll().is_some()) && kept.len() < setup.entries.len() {
            private_file::write(&path, &frame(&setup.entries))?;
        }
        Ok(setup)
    }

    /// The state of the election after the last entry read: the voting, if it was opened, before any ballot. `None` for an empty log.
    pub fn board(&self) -> Option<&Board> {
        self.reading.ledger.board()
    }

    /// What is remembered of the board.
    pub fn memory(&mut self) -> &mut Memory {
        &mut self.reading.memory
    }

    fn size(&self) -> u64 {
        self.entries.len() as u64
    }

    fn reaches(&self, extent: Extent) -> bool {
        match extent {
            Extent::Manifest => self.size() > 0,
            Extent::Open => self.board().is_some_and(|board| board.poll().is_some()),
        }
    }

    fn next_round(
        &self,
        extent: Extent,
        checkpoint: &SignedCheckpoint,
        source: &impl RecordSource,
    ) -> Result<Vec<Vec<u8>>, SourceFault> {
        let (old, width, head) = (self.size(), u64::from(FULL_WIDTH), checkpoint.unverified().head);
        let new = match extent {
            Extent::Manifest => old + 1,
            Extent::Open => (old / width + 1) * width,
        };
        let mut round = fetch(old, new.min(head.size), head, source)?;
        if let Some(open) = round.iter().position(|bytes| is_open(bytes)) {
            round.truncate(open + 1);
        }
        Ok(round)
    }

    fn read_on(
        &mut self,
        round: &[Vec<u8>],
        checkpoint: &SignedCheckpoint,
        source: &impl RecordSource,
    ) -> Result<(), CopyError> {
        self.reading.read_on(round, &Nothing, checkpoint, source)?;
        self.entries.extend_from_slice(round);
        Ok(())
    }
}

fn is_open(bytes: &[u8]) -> bool {
    Entry::parse(bytes).is_ok_and(|entry| entry.kind == Kind::Open.as_str())
}

/// The entries that were kept, if they are those of the log with this checkpoint; a damaged file is as good as none.
fn kept(path: &Path, checkpoint: &SignedCheckpoint, source: &impl RecordSource) -> Result<Vec<Vec<u8>>, CopyError> {
    let bytes = private_file::read(path, LARGEST)?.unwrap_or_default();
    let entries = unframe(&bytes).unwrap_or_default();
    let Some(last) = entries.last() else { return Ok(Vec::new()) };
    let is_chained = entries.windows(2).all(|pair| match pair {
        [before, after] => Entry::parse(after).is_ok_and(|entry| entry.place.prev == Hash::of_entry(before)),
        _ => true,
    });
    let head = checkpoint.unverified().head;
    let is_there = is_chained && has_leaf(head, entries.len() as u64 - 1, Hash::of_entry(last), source)?;
    Ok(if is_there { entries } else { Vec::new() })
}

/// Each entry with two bytes of length before it, as in a bundle.
fn frame(entries: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for entry in entries {
        bytes.extend(u16::try_from(entry.len()).unwrap_or(u16::MAX).to_be_bytes());
        bytes.extend(entry);
    }
    bytes
}

fn unframe(mut bytes: &[u8]) -> Option<Vec<Vec<u8>>> {
    let mut entries = Vec::new();
    while !bytes.is_empty() {
        let (length, rest) = bytes.split_first_chunk()?;
        let (entry, rest) = rest.split_at_checked(usize::from(u16::from_be_bytes(*length)))?;
        entries.push(entry.to_vec());
        bytes = rest;
    }
    Some(entries)
}

/// No entry before `open` is read again.
struct Nothing;

impl EntryReader for Nothing {
    type Error = TileError;

    fn entry(&self, _: u64) -> Result<Option<Vec<u8>>, TileError> {
        Ok(None)
    }

    fn entries_from(&self, _: u64, _: usize) -> Result<Vec<Vec<u8>>, TileError> {
        Ok(Vec::new())
    }
}
