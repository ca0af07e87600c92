//! The way through a record: its files, its checkpoint, then entry by entry.

use crate::checks::Code;
use crate::entry::{Entry, Kind, Place};
use crate::findings::{Failure, Findings};
use crate::message::{Content, Message};
use crate::note::{Checkpoint, LOG, LONGEST_NOTE, VerifierKey};
use crate::record::{self, Bundle, Series, TILE_WIDTH, Tile};
use crate::report::Report;
use crate::rules::{self, Election, Phase, Position};
use crate::source::{Source, SourceError};
use crate::text::election_fingerprint;
use crate::tree::{Hash, Tree, genesis, leaf_hash, root_of, sha256};
use crate::voting::{Head, Pending};

/// How much waits before ballots are examined together: enough for all processors, little enough for memory.
const MOST_PENDING: usize = 4_096;
const MOST_PENDING_BYTES: usize = 8 << 20;

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
    let mut findings = Findings::default();
    read_log_key(source, &mut findings)?;
    if let Some(checkpoint) = read_checkpoint(source, &mut findings)? {
        check_files(source, options, checkpoint.size, &mut findings);
        let reader = Reader::new(source, options, &checkpoint, findings);
        findings = reader.read_all(progress)?;
        check_upper_tiles(source, checkpoint.size, &mut findings)?;
        findings.checkpoint = Some(checkpoint);
        check_whole(options, &mut findings);
    }
    Ok(Report::new(&findings, options))
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

/// Reads the entries in order.
struct Reader<'a> {
    source: &'a dyn Source,
    options: &'a Options,
    checkpoint: &'a Checkpoint,
    /// The log's origin: the key name in `log.vkey`.
    origin: String,
    findings: Findings,
    /// Unknown from the first entry on that could not be read.
    tree: Option<Tree>,
    /// Leaf hash of the entry before; unknown if it could not be read.
    prev: Option<Hash>,
    /// Ballots and challenges that were not judged yet.
    pending: Vec<Pending>,
    pending_bytes: usize,
}

impl<'a> Reader<'a> {
    fn new(source: &'a dyn Source, options: &'a Options, checkpoint: &'a Checkpoint, findings: Findings) -> Self {
        let origin = findings.log_key.as_ref().map_or(&checkpoint.origin, |key| &key.name).clone();
        Self {
            source,
            options,
            checkpoint,
            findings,
            tree: Some(Tree::default()),
            prev: Some(genesis(&origin)),
            origin,
            pending: Vec::new(),
            pending_bytes: 0,
        }
    }

    fn read_all(mut self, progress: &dyn Fn(u64, u64)) -> Result<Findings, SourceError> {
        let mut next = 0;
        for tile in record::present_bundles(self.source.listing(), self.checkpoint.size) {
            if tile.number != next {
                self.skip();
            }
            next = tile.number + 1;
            self.read_bundle(&tile)?;
            progress((tile.number * TILE_WIDTH).saturating_add(tile.width), self.checkpoint.size);
        }
        self.judge_pending()?;
        let complete = self.tree.as_ref().filter(|tree| tree.size() == self.checkpoint.size);
        if complete.is_some_and(|tree| tree.root() != self.checkpoint.root) {
            self.findings.fail_file("checkpoint", Code::RootMismatch);
        }
        Ok(self.findings)
    }

    /// Entries are missing: from here on no root is known, and not what the next entry must name.
    fn skip(&mut self) {
        self.tree = None;
        self.prev = None;
    }

    fn read_bundle(&mut self, tile: &Tile) -> Result<(), SourceError> {
        let entries = match record::bundle(self.source, tile)? {
            Bundle::Entries(entries) => entries,
            Bundle::Unread => {
                self.skip();
                return Ok(());
            }
            Bundle::Malformed => {
                self.findings.fail_file(&tile.name(), Code::FileMalformed);
                self.skip();
                return Ok(());
            }
        };
        let leaves = record::hashes(self.source, &Tile { series: Series::Level(0), ..*tile })?;
        let first = tile.number * TILE_WIDTH;
        for (place, bytes) in entries.iter().enumerate() {
            let index = first + place as u64;
            let leaf = leaf_hash(bytes);
            if leaves.as_ref().and_then(|leaves| leaves.get(place)).is_some_and(|claimed| *claimed != leaf) {
                self.findings.fail_entry(index, Code::LeafMismatch);
            }
            self.read_entry(index, leaf, bytes)?;
            self.tree.iter_mut().for_each(|tree| tree.push(leaf));
            self.prev = Some(leaf);
        }
        Ok(())
    }

    fn read_entry(&mut self, index: u64, leaf: Hash, bytes: &[u8]) -> Result<(), SourceError> {
        let place = Place { origin: &self.origin, index, prev: self.prev };
        match Entry::read(bytes, &place) {
            Ok(entry) => self.judge(index, leaf, entry),
            Err(code) => {
                self.findings.fail_entry(index, code);
                Ok(())
            }
        }
    }

    fn judge(&mut self, index: u64, leaf: Hash, entry: Entry) -> Result<(), SourceError> {
        let is_challenge = entry.kind == Kind::Challenge;
        let open = self.findings.election.as_mut().is_some_and(|election| election.open_voting().is_some());
        if open && (is_challenge || entry.kind == Kind::Ballot) {
            self.pending_bytes += entry.payload.len();
            self.pending.push(Pending { index, leaf, payload: entry.payload, is_challenge });
            if self.pending.len() >= MOST_PENDING || self.pending_bytes >= MOST_PENDING_BYTES {
                self.judge_pending()?;
            }
            return Ok(());
        }
        self.judge_pending()?;
        let verdict = match &mut self.findings.election {
            Some(election) => {
                let position = Position { index, leaf, before: self.tree.as_ref(), prev: self.prev };
                election.accept(&entry, &position)
            }
            None if index == 0 => self.begin(leaf, &entry),
            None => rules::decode(&entry).map(|_| ()),
        };
        if let Err(code) = verdict {
            self.findings.fail_entry(index, code);
        }
        Ok(())
    }

    /// Judges entry 0.
    fn begin(&mut self, leaf: Hash, entry: &Entry) -> Result<(), Code> {
        let message = rules::decode(entry)?;
        if let Some(Message { content: Content::Manifest(manifest), body, .. }) = &message {
            self.findings.manifest = Some((manifest.as_ref().clone(), sha256(body)));
        }
        self.findings.election = Some(Election::begin(&message, &self.origin, leaf)?);
        Ok(())
    }

    /// Judges the ballots and challenges that wait, in their order, and takes replaced ballots out of the sums.
    fn judge_pending(&mut self) -> Result<(), SourceError> {
        let pending = std::mem::take(&mut self.pending);
        self.pending_bytes = 0;
        let Some(voting) = self.findings.election.as_mut().and_then(Election::open_voting) else {
            return Ok(());
        };
        let mut verdicts = Vec::new();
        let mut replaced: Vec<Head> = Vec::new();
        for (examined, entry) in voting.examine(&pending, &self.options.seed).into_iter().zip(&pending) {
            match examined.and_then(|examined| voting.settle(examined, entry.index, entry.leaf)) {
                Ok(head) => replaced.extend(head),
                Err(code) => verdicts.push((entry.index, code)),
            }
        }
        replaced.sort_by_key(|head| head.index);
        for heads in replaced.chunk_by(|a, b| a.index / TILE_WIDTH == b.index / TILE_WIDTH) {
            for payload in read_again(self.source, self.checkpoint.size, &self.origin, heads)? {
                voting.withdraw(&payload).map_err(|_| SourceError::Changed("an entry".to_owned()))?;
            }
        }
        verdicts.into_iter().for_each(|(index, code)| self.findings.fail_entry(index, code));
        Ok(())
    }
}

/// Reads again the payloads of accepted ballots that stand in one bundle.
fn read_again(source: &dyn Source, size: u64, origin: &str, heads: &[Head]) -> Result<Vec<Vec<u8>>, SourceError> {
    let changed = || SourceError::Changed("a bundle of entries".to_owned());
    let number = heads.first().map_or(0, |head| head.index / TILE_WIDTH);
    let tile = record::tile(size, Series::Entries, number).ok_or_else(changed)?;
    let Bundle::Entries(entries) = record::bundle(source, &tile)? else {
        return Err(changed());
    };
    let again = |head: &Head| -> Option<Vec<u8>> {
        let bytes = entries.get(usize::try_from(head.index % TILE_WIDTH).ok()?)?;
        let place = Place { origin, index: head.index, prev: None };
        (leaf_hash(bytes) == head.leaf).then(|| Entry::read(bytes, &place).ok()).flatten().map(|entry| entry.payload)
    };
    heads.iter().map(|head| again(head).ok_or_else(changed)).collect()
}
