//! The entries of a log, judged in their order, as far as it is there: a log that grows is judged on where it ended.

use crate::ballot::Tracker;
use crate::bookmark::Bookmark;
use crate::checks::Code;
use crate::entry::{Entry, Kind, Place};
use crate::findings::Failure;
use crate::help::{Beginning, Help, Helps};
use crate::manifest::Manifest;
use crate::message::{Content, Message};
use crate::note::VerifierKey;
use crate::policy::Policy;
use crate::record::{self, Bundle, Series, TILE_WIDTH, Tile};
use crate::rules::{self, Election, Position};
use crate::source::{Source, SourceError};
use crate::text::{crockford, election_fingerprint};
use crate::tree::{Hash, Tree, genesis, leaf_hash, root_of, sha256};
use crate::voting::{Head, Pending};

/// How much waits before ballots are examined together: enough for all processors, little enough for memory.
const MOST_PENDING: usize = 4_096;
const MOST_PENDING_BYTES: usize = 8 << 20;

/// What somebody looks for.
#[derive(Debug)]
pub(crate) enum Sought {
    /// The ballot or challenge with this tracker, in its canonical form.
    Tracker(String),
    /// The one in the entry with this leaf hash.
    Leaf(Hash),
}

/// A ballot or challenge that was looked for, and accepted.
#[derive(Debug)]
pub(crate) struct Found {
    pub index: u64,
    pub is_challenge: bool,
    pub tracker: Tracker,
    pub credential: [u8; 32],
    pub payload: Vec<u8>,
}

/// What was found in the entries that were read so far.
pub struct Judging {
    /// The log's origin: the key name in `log.vkey`.
    origin: String,
    /// Fresh secret bytes for the weights of batches.
    seed: [u8; 32],
    /// How many entries were read or passed over.
    next: u64,
    /// Unknown from the first entry on that could not be read.
    tree: Option<Tree>,
    /// Leaf hash of the entry before; unknown if it could not be read.
    prev: Option<Hash>,
    /// Ballots and challenges that were not judged yet.
    pending: Vec<Pending>,
    pending_bytes: usize,
    /// What an earlier run found out about the entries that come next.
    bookmark: Option<Bookmark>,
    /// Where the voting began, if it was open at the end of a bundle.
    beginning: Option<Beginning>,
    helps: Helps,
    /// A ballot or challenge that somebody looks for.
    sought: Option<Sought>,
    pub(crate) found: Option<Found>,
    pub(crate) failures: Vec<Failure>,
    /// The manifest if it could be decoded, even if it was refused, and its hash.
    pub(crate) manifest: Option<(Manifest, Hash)>,
    /// None if entry 0 was refused.
    pub(crate) election: Option<Election>,
}

impl Judging {
    /// Of the log of this origin nothing was read yet. `seed` are fresh secret bytes.
    pub fn new(origin: &str, seed: [u8; 32]) -> Self {
        Self {
            origin: origin.to_owned(),
            seed,
            next: 0,
            tree: Some(Tree::default()),
            prev: Some(genesis(origin)),
            pending: Vec::new(),
            pending_bytes: 0,
            bookmark: None,
            beginning: None,
            helps: Helps::default(),
            sought: None,
            found: None,
            failures: Vec::new(),
            manifest: None,
            election: None,
        }
    }

    /// Nothing was read yet; the proofs of which the bookmark tells are not examined again.
    pub fn resume(origin: &str, seed: [u8; 32], bookmark: Bookmark) -> Self {
        Self { bookmark: Some(bookmark), ..Self::new(origin, seed) }
    }

    /// Looks out for a ballot or challenge that is accepted.
    pub(crate) fn seek(&mut self, sought: Sought) {
        self.sought = Some(sought);
    }

    /// What the next run need not do again; none after an entry that could not be read.
    pub fn bookmark(&self) -> Option<Bookmark> {
        let bad = self.failures.iter().filter(|failure| failure.code == Code::ProofInvalid);
        let found = || Some(Bookmark::new(self.next, &self.root()?, bad.filter_map(|failure| failure.entry).collect()));
        self.bookmark.clone().or_else(found)
    }

    /// Whether the bookmark turned out not to be of the entries before `end`. Then what was judged is worth nothing.
    pub fn is_misled(&self, end: u64) -> bool {
        self.bookmark.as_ref().is_some_and(|bookmark| bookmark.size <= end)
    }

    /// Judges the entries that follow, up to `end`, as they stand in a record of `size` entries. `progress` is told how
    /// many of `size` are done.
    pub fn read(
        &mut self,
        source: &dyn Source,
        size: u64,
        end: u64,
        progress: &dyn Fn(u64, u64),
    ) -> Result<(), SourceError> {
        let wanted = |tile: &Tile| tile.end() > self.next && tile.first() < end;
        let bundles: Vec<Tile> = record::present_bundles(source.listing(), size).into_iter().filter(wanted).collect();
        self.read_on(source, size, &bundles, progress)?;
        self.judge_pending(source, size)
    }

    /// Judges the entries of these bundles, which come next. The last ballots may wait to be judged with more.
    pub(crate) fn read_on(
        &mut self,
        source: &dyn Source,
        size: u64,
        bundles: &[Tile],
        progress: &dyn Fn(u64, u64),
    ) -> Result<(), SourceError> {
        for tile in bundles {
            if tile.first() > self.next {
                self.skip();
            }
            self.read_bundle(source, size, tile)?;
            self.pass_bookmark(source, size)?;
            self.note_beginning();
            progress(self.next, size);
        }
        Ok(())
    }

    /// Takes the word of a helper for the proofs of a bundle that was not read yet. Implements specs/checks.md#shared.
    pub fn take(&mut self, help: Help) {
        self.helps.add(help);
    }

    /// Whether the voting has begun: then [`Judging::help`] can be asked for any bundle that comes next.
    pub fn can_help(&self) -> bool {
        self.beginning.is_some()
    }

    /// Examines the proofs of a bundle as if it came next, for whoever judges the record in its order; none if there is
    /// nothing to say of it. Implements specs/checks.md#shared.
    pub fn help(&mut self, source: &dyn Source, tile: &Tile) -> Result<Option<Help>, SourceError> {
        let voting = self.election.as_mut().and_then(Election::open_voting);
        let (Some(beginning), Some(voting)) = (&self.beginning, voting) else {
            return Ok(None);
        };
        let Bundle::Entries(entries) = record::bundle(source, tile)? else {
            return Ok(None);
        };
        let pending = (tile.first()..).zip(&entries).filter_map(|(index, bytes)| {
            // Whether it stands in its place is judged in the order of the record.
            let entry = Entry::read(bytes, &Place { origin: &self.origin, index, prev: None }).ok()?;
            let leaf = leaf_hash(bytes);
            let pending = Pending { index, leaf, payload: entry.payload, is_challenge: false, proof: None };
            (entry.kind == Kind::Ballot).then_some(pending)
        });
        let pending: Vec<Pending> = pending.collect();
        let examined = voting.examine(&pending, &self.seed).into_iter().zip(&pending);
        let is_bad = |verdict: Result<(), Code>| verdict == Err(Code::ProofInvalid);
        let refused = examined.filter_map(|(examined, entry)| {
            is_bad(examined.and_then(|examined| examined.outcome())).then_some(entry.index)
        });
        Ok(Some(Help::new(beginning.clone(), tile.number, &root_of_entries(&entries), refused.collect())))
    }

    /// How many entries were read or passed over.
    pub fn size(&self) -> u64 {
        self.next
    }

    /// The root over the entries that were read; none if one of them could not be.
    pub fn root(&self) -> Option<Hash> {
        self.tree.as_ref().map(Tree::root)
    }

    /// What is wrong with the first entry that is refused: its index, and the code.
    pub fn first_refused(&self) -> Option<(u64, Code)> {
        let refused = self.failures.iter().filter_map(|failure| Some((failure.entry?, failure.code)));
        refused.min_by_key(|(index, _)| *index)
    }

    /// The phase of the election, in the word of specs/server.md#status.
    pub fn phase(&self) -> &'static str {
        self.election.as_ref().map_or("empty", |election| election.phase.name())
    }

    /// Title and fingerprint of the election, if its manifest can be read.
    pub fn identity(&self) -> Option<(&str, String)> {
        let (manifest, hash) = self.manifest.as_ref()?;
        Some((&manifest.title, election_fingerprint(hash, &manifest.log)))
    }

    /// The policy and with it the log's key, if the manifest was accepted.
    pub fn policy(&self) -> Option<&Policy> {
        self.election.as_ref().map(|election| &election.policy)
    }

    /// Whether the accepted manifest names another key of the log.
    pub fn is_of_other_log(&self, key: &VerifierKey) -> bool {
        self.policy().is_some_and(|policy| policy.log != *key)
    }

    /// Entries are missing: from here on no root is known, and not what the next entry must name.
    fn skip(&mut self) {
        self.tree = None;
        self.prev = None;
    }

    /// Reads the entries of a bundle that were not read before.
    fn read_bundle(&mut self, source: &dyn Source, size: u64, tile: &Tile) -> Result<(), SourceError> {
        let begin = self.next.max(tile.first());
        self.next = tile.end();
        let entries = match record::bundle(source, tile)? {
            Bundle::Entries(entries) => entries,
            Bundle::Unread => {
                self.skip();
                return Ok(());
            }
            Bundle::Malformed => {
                self.failures.push(Failure::of_file(&tile.name(), Code::FileMalformed));
                self.skip();
                return Ok(());
            }
        };
        let leaves = record::hashes(source, &Tile { series: Series::Level(0), ..*tile })?;
        let help = self.helps.take(self.beginning.as_ref(), tile.number, || root_of_entries(&entries));
        for (place, (index, bytes)) in (tile.first()..).zip(&entries).enumerate() {
            if index < begin {
                continue;
            }
            let leaf = leaf_hash(bytes);
            if leaves.as_ref().and_then(|leaves| leaves.get(place)).is_some_and(|claimed| *claimed != leaf) {
                self.fail(index, Code::LeafMismatch);
            }
            self.read_entry(source, size, index, leaf, bytes, help.as_ref())?;
            self.tree.iter_mut().for_each(|tree| tree.push(leaf));
            self.prev = Some(leaf);
        }
        Ok(())
    }

    /// Drops the bookmark where it ends, if it is of the entries up to there.
    fn pass_bookmark(&mut self, source: &dyn Source, size: u64) -> Result<(), SourceError> {
        if self.bookmark.as_ref().is_some_and(|bookmark| bookmark.is_of(self.next, self.root())) {
            self.judge_pending(source, size)?;
            self.bookmark = None;
        }
        Ok(())
    }

    /// Notes where the voting began, at the end of the first bundle after which it is open.
    fn note_beginning(&mut self) {
        let is_open = self.election.as_mut().is_some_and(|election| election.open_voting().is_some());
        if self.beginning.is_none() && is_open {
            self.beginning = self.root().map(|root| Beginning::new(self.next, &root));
        }
    }

    fn fail(&mut self, index: u64, code: Code) {
        self.failures.push(Failure::of_entry(index, code));
    }

    fn read_entry(
        &mut self,
        source: &dyn Source,
        size: u64,
        index: u64,
        leaf: Hash,
        bytes: &[u8],
        help: Option<&Help>,
    ) -> Result<(), SourceError> {
        let place = Place { origin: &self.origin, index, prev: self.prev };
        let entry = match Entry::read(bytes, &place) {
            Ok(entry) => entry,
            Err(code) => {
                self.fail(index, code);
                return Ok(());
            }
        };
        let is_challenge = entry.kind == Kind::Challenge;
        let open = self.election.as_mut().is_some_and(|election| election.open_voting().is_some());
        if open && (is_challenge || entry.kind == Kind::Ballot) {
            self.pending_bytes += entry.payload.len();
            let proof = self.bookmark.as_ref().and_then(|bookmark| bookmark.proof(index));
            let proof = proof.or_else(|| help.map(|help| help.proof(index)));
            self.pending.push(Pending { index, leaf, payload: entry.payload, is_challenge, proof });
            if self.pending.len() >= MOST_PENDING || self.pending_bytes >= MOST_PENDING_BYTES {
                self.judge_pending(source, size)?;
            }
            return Ok(());
        }
        self.judge_pending(source, size)?;
        let verdict = match &mut self.election {
            Some(election) => {
                let position = Position { index, leaf, before: self.tree.as_ref(), prev: self.prev };
                election.accept(&entry, &position)
            }
            None if index == 0 => self.begin(leaf, &entry),
            None => rules::decode(&entry).map(|_| ()),
        };
        if let Err(code) = verdict {
            self.fail(index, code);
        }
        Ok(())
    }

    /// Judges entry 0.
    fn begin(&mut self, leaf: Hash, entry: &Entry) -> Result<(), Code> {
        let message = rules::decode(entry)?;
        if let Some(Message { content: Content::Manifest(manifest), body, .. }) = &message {
            self.manifest = Some((manifest.as_ref().clone(), sha256(body)));
        }
        self.election = Some(Election::begin(&message, &self.origin, leaf)?);
        Ok(())
    }

    /// Judges the ballots and challenges that wait, in their order, and takes replaced ballots out of the sums.
    pub(crate) fn judge_pending(&mut self, source: &dyn Source, size: u64) -> Result<(), SourceError> {
        let pending = std::mem::take(&mut self.pending);
        self.pending_bytes = 0;
        let Some(voting) = self.election.as_mut().and_then(Election::open_voting) else {
            return Ok(());
        };
        let mut verdicts = Vec::new();
        let mut replaced: Vec<Head> = Vec::new();
        for (examined, entry) in voting.examine(&pending, &self.seed).into_iter().zip(&pending) {
            let here = examined.as_ref().ok().filter(|examined| match &self.sought {
                Some(Sought::Tracker(tracker)) => crockford(&examined.tracker()) == *tracker,
                Some(Sought::Leaf(leaf)) => entry.leaf == *leaf,
                None => false,
            });
            let here = here.map(|examined| Found {
                index: entry.index,
                is_challenge: entry.is_challenge,
                tracker: examined.tracker(),
                credential: examined.credential(),
                payload: entry.payload.clone(),
            });
            let settled = examined.and_then(|examined| voting.settle(examined, entry.index, entry.leaf));
            self.found = self.found.take().or(here.filter(|_| settled.is_ok()));
            match settled {
                Ok(head) => replaced.extend(head),
                Err(code) => verdicts.push((entry.index, code)),
            }
        }
        replaced.sort_by_key(|head| head.index);
        for heads in replaced.chunk_by(|a, b| record::bundle_of(a.index) == record::bundle_of(b.index)) {
            for payload in read_again(source, size, &self.origin, heads)? {
                voting.withdraw(&payload).map_err(|_| SourceError::Changed("an entry".to_owned()))?;
            }
        }
        verdicts.into_iter().for_each(|(index, code)| self.fail(index, code));
        Ok(())
    }
}

/// The root over the entries of one bundle.
fn root_of_entries(entries: &[Vec<u8>]) -> Hash {
    root_of(&entries.iter().map(|bytes| leaf_hash(bytes)).collect::<Vec<_>>())
}

/// Reads again the payloads of accepted ballots that stand in one bundle.
fn read_again(source: &dyn Source, size: u64, origin: &str, heads: &[Head]) -> Result<Vec<Vec<u8>>, SourceError> {
    let changed = || SourceError::Changed("a bundle of entries".to_owned());
    let number = heads.first().map_or(0, |head| record::bundle_of(head.index));
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
