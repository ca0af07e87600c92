//! Entries of which a proof shows that they are in the tree of a head, and what an entry shows by itself. Implements
//! specs/evidence.md#placed.

use super::Head;
use crate::checks::Code;
use crate::entry::{Entry, Place};
use crate::note::{Checkpoint, VerifierKey};
use crate::proof::root_with;
use crate::rules::{self, Election};
use crate::tree::{Hash, genesis, leaf_hash};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;

/// More hashes lead to no tree.
const MOST_SIBLINGS: usize = 64;

/// An entry in the tree of a head.
#[derive(Clone, Debug)]
pub struct Placed {
    pub head: Head,
    pub index: u64,
    entry: Vec<u8>,
    leaf: Hash,
    siblings: Vec<Hash>,
}

impl Placed {
    /// An entry and its tlog-proof, which stands in `file`; none if that does not show that the entry is in the tree of a
    /// checkpoint that this log signed.
    pub fn read(log: &VerifierKey, file: &'static str, entry: Vec<u8>, proof: &[u8]) -> Option<Self> {
        let (top, note) = std::str::from_utf8(proof).ok()?.split_once("\n\n")?;
        let mut lines = top.split('\n');
        if lines.next() != Some("c2sp.org/tlog-proof@v1") {
            return None;
        }
        let digits = lines.next()?.strip_prefix("index ")?;
        let index: u64 = digits.parse().ok()?;
        let hash = |line: &str| BASE64.decode(line).ok()?.try_into().ok();
        let siblings: Vec<Hash> = lines.map(hash).collect::<Option<_>>()?;
        let head = super::head(log, file, &Checkpoint::parse(note.as_bytes()).ok()?)?;
        let leaf = leaf_hash(&entry);
        let is_right = index.to_string() == digits
            && siblings.len() <= MOST_SIBLINGS
            && root_with(index, head.size, leaf, &siblings) == Some(head.root);
        is_right.then_some(Self { head, index, entry, leaf, siblings })
    }

    /// Whether both are in the same place, and are not the same.
    pub fn contradicts(&self, other: &Self) -> bool {
        self.index == other.index && self.leaf != other.leaf
    }

    /// Which rule this entry breaks, as far as it shows without those before it, in the log that begins with this manifest.
    pub fn broken_rule(&self, log: &VerifierKey, manifest: &Self) -> Option<Code> {
        let is_beginning = manifest.index == 0
            && self.index > 0
            && (manifest.head.size, manifest.head.root) == (self.head.size, self.head.root);
        let election = Some(manifest).filter(|_| is_beginning)?.election(log)?;
        // On the left of an odd leaf is the one before it.
        let prev = self.siblings.first().copied().filter(|_| self.index % 2 == 1);
        let place = Place { origin: &log.name, index: self.index, prev };
        let judged = Entry::read(&self.entry, &place).and_then(|entry| election.judge_alone(&entry));
        // What another version of the protocol allows is not known.
        judged.err().filter(|code| *code != Code::EntryFormat)
    }

    /// The election that begins with this entry.
    fn election(&self, log: &VerifierKey) -> Option<Election> {
        let place = Place { origin: &log.name, index: 0, prev: Some(genesis(&log.name)) };
        let message = rules::decode(&Entry::read(&self.entry, &place).ok()?).ok()?;
        Election::begin(&message, &log.name, self.leaf).ok().filter(|election| election.policy.log == *log)
    }
}
