//! Reading a board on: entries that a place gives are authenticated, judged by the rules, and only then believed.

use tabella_board::checkpoint::SignedCheckpoint;
use tabella_board::entry::{Entry, EntryFault};
use tabella_board::hash::Hash;
use tabella_board::receipt::Receipt;
use tabella_board::tile::{AuthenticatedTiles, FULL_WIDTH, Layer, Tile, decode_bundle};
use tabella_board::tree::{InclusionProof, TreeHead};
use tabella_election::message::{Manifest, Signed};
use tabella_election::text::Fingerprint;
use tabella_election::{ElectionId, Kind};
use tabella_record::entries::{EntryReader, Extended};
use tabella_record::files::TileError;
use tabella_record::ledger::{Ledger, LedgerError};

use crate::continuation::{begins, has_leaf};
use crate::copy::CopyError;
use crate::lie::Lie;
use crate::memory::Memory;
use crate::source::{RecordSource, SourceFault, Tiles};

/// The entries of a board that were judged so far, and what is remembered of it.
pub(crate) struct Reading {
    pub(crate) ledger: Ledger,
    pub(crate) memory: Memory,
    /// The election's fingerprint; `None` accepts any.
    pub(crate) expected: Option<Fingerprint>,
}

impl Reading {
    /// Takes the entries that follow, if they are in the log with this checkpoint and keep the rules. Those before them are read again
    /// from `before`.
    ///
    /// An unreachable place changes nothing. After any other error the value is of no use: what was judged is not what was believed.
    pub(crate) fn read_on<R: EntryReader<Error = TileError>>(
        &mut self,
        more: &[Vec<u8>],
        before: &R,
        checkpoint: &SignedCheckpoint,
        source: &impl RecordSource,
    ) -> Result<(), CopyError> {
        let size = self.ledger.chain().size();
        let shown = Shown { more, size, checkpoint };
        let fault = self.first_fault(more);
        let is_signed = match fault {
            // That the chain is right does not say that the tree is made of it: a log could sign one tree for all, and give to each
            // another chain that ends in it.
            None => {
                shown.is_signed(more.len().saturating_sub(1), source)?
                    && begins(self.head_after(more), shown.head(), source)?
            }
            Some((0, _)) => shown.is_signed(0, source)?,
            Some((offset, _)) => shown.is_signed(offset, source)? && shown.is_signed(offset - 1, source)?,
        };
        if !is_signed {
            let files = [("checkpoint", checkpoint.as_bytes())];
            return Err(self.memory.catch(source, Lie::Entries(shown.head().size), &files)?.into());
        }
        if let Some((offset, fault)) = fault {
            let index = size + offset as u64;
            return Err(self.caught(Lie::Header { index, fault }, index, &shown, source)?);
        }
        if let Some(lie) = self.judge_election(more) {
            return Err(self.caught(lie, 0, &shown, source)?);
        }
        match self.ledger.catch_up(&Extended { entries: before, size, more }) {
            Ok(()) => {}
            Err(LedgerError::EntryRejected { index, rejection }) => {
                return Err(self.caught(Lie::Rule { index, rejection }, index, &shown, source)?);
            }
            Err(LedgerError::EntryDamaged(index)) => return Err(CopyError::Entry(index)),
            Err(LedgerError::Reader(fault)) => return Err(fault.into()),
        }
        if let Some(policy) = self.ledger.policy() {
            self.memory.judge_by(policy, checkpoint)?;
        }
        Ok(self.memory.keep()?)
    }

    /// The head of the log with these entries after those judged so far.
    fn head_after(&self, more: &[Vec<u8>]) -> TreeHead {
        let mut tree = self.ledger.chain().tree().clone();
        more.iter().for_each(|entry| tree.append(Hash::of_entry(entry)));
        tree.head()
    }

    /// The first entry that cannot stand in its place, by its position among the new ones.
    fn first_fault(&self, more: &[Vec<u8>]) -> Option<(usize, EntryFault)> {
        let mut place = self.ledger.chain().place().clone();
        for (offset, bytes) in more.iter().enumerate() {
            if let Err(fault) = Entry::decode(bytes, &place, |kind| kind.parse::<Kind>().is_ok()) {
                return Some((offset, fault));
            }
            place = place.next(bytes);
        }
        None
    }

    /// Whether the first entry of all is the manifest of another election, or of another log.
    fn judge_election(&self, more: &[Vec<u8>]) -> Option<Lie> {
        let first = more.first().filter(|_| self.ledger.chain().size() == 0)?;
        let manifest = Signed::<Manifest>::decode(&Entry::parse(first).ok()?.payload).ok()?;
        let found = Fingerprint::new(&ElectionId(manifest.body_hash().0), &manifest.body().log);
        match self.expected {
            Some(expected) if expected != found => Some(Lie::Fingerprint { expected, found }),
            _ if manifest.body().log.0 != self.memory.log_key().public_key() => Some(Lie::LogKey),
            _ => None,
        }
    }

    /// The evidence that the log has numbered this entry: its bytes, and the proof that they are in the tree that it signed.
    fn caught(
        &self,
        lie: Lie,
        index: u64,
        shown: &Shown<'_>,
        source: &impl RecordSource,
    ) -> Result<CopyError, CopyError> {
        let entry = shown.entry(index).unwrap_or_default();
        // Without the proof the evidence is weaker, but no reason to keep silent.
        let proof = shown.proof(index, source).unwrap_or_default();
        let files =
            [("checkpoint", shown.checkpoint.as_bytes()), ("numbered.entry", entry), ("numbered.tlog-proof", &proof)];
        Ok(self.memory.catch(source, lie, &files)?.into())
    }
}

/// New entries, as a place gives them for its checkpoint.
struct Shown<'a> {
    more: &'a [Vec<u8>],
    /// The index of the first of them.
    size: u64,
    checkpoint: &'a SignedCheckpoint,
}

impl Shown<'_> {
    fn head(&self) -> TreeHead {
        self.checkpoint.unverified().head
    }

    fn entry(&self, index: u64) -> Option<&[u8]> {
        let offset = usize::try_from(index.checked_sub(self.size)?).ok()?;
        self.more.get(offset).map(Vec::as_slice)
    }

    /// Whether the entry at this position among the new ones is in the tree of the checkpoint. None is always there.
    fn is_signed(&self, offset: usize, source: &impl RecordSource) -> Result<bool, SourceFault> {
        match self.more.get(offset) {
            Some(entry) => has_leaf(self.head(), self.size + offset as u64, Hash::of_entry(entry), source),
            None => Ok(true),
        }
    }

    fn proof(&self, index: u64, source: &impl RecordSource) -> Option<Vec<u8>> {
        let tiles = Tiles(source);
        let head = self.head();
        let proof = InclusionProof::prove(&AuthenticatedTiles::new(&tiles, head), head.size, index).ok()?;
        let checkpoint = SignedCheckpoint::parse(self.checkpoint.as_bytes()).ok()?;
        Some(Receipt { index, proof, checkpoint }.to_bytes())
    }
}

/// The entries from `old` to `new` of the log with this head, as the place gives them.
pub(crate) fn fetch(
    old: u64,
    new: u64,
    head: TreeHead,
    source: &impl RecordSource,
) -> Result<Vec<Vec<u8>>, SourceFault> {
    let width = u64::from(FULL_WIDTH);
    let mut entries = Vec::new();
    // Of a full bundle or the last one: what the checkpoint calls for.
    let end = new.next_multiple_of(width).min(head.size);
    for bundle in Tile::added(old, end).filter(|tile| tile.layer() == Layer::Entries) {
        let bytes = source.tile(&bundle)?;
        let length = || SourceFault::Length { place: source.place(), file: bundle.path() };
        // A bundle that superseded the one that was asked for is full.
        let decoded = decode_bundle(&bytes, bundle.width()).or_else(|_| decode_bundle(&bytes, FULL_WIDTH));
        let first = bundle.index() * width;
        let wanted = (first..).zip(decoded.map_err(|_| length())?).filter(|(index, _)| (old..new).contains(index));
        entries.extend(wanted.map(|(_, entry)| entry.to_vec()));
    }
    Ok(entries)
}
