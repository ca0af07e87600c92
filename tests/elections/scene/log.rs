//! The log in memory, in its own formats: entries, chain, tree, anchors.

use std::convert::Infallible;

use tabella_board::anchor::{self, AnchorFault};
use tabella_board::checkpoint::SignedCheckpoint;
use tabella_board::cosignature::cosign;
use tabella_board::entry::{Entry, Place};
use tabella_board::policy::Policy;
use tabella_board::tree::{Tree, TreeHead};
use tabella_election::log::Log;
use tabella_election::{Code, Hash, Kind, Rejection, SignerKey};

use super::samples::{log_key, origin, witness_key};

/// Any time will do, as long as it does not come from a clock.
const TIME: u64 = 1_790_000_000;

/// All entries of a log, and what follows from them.
#[derive(Debug, Clone)]
pub struct MemoryLog {
    pub entries: Vec<Vec<u8>>,
    pub next: Place,
    tree: Tree,
    /// The head of the tree over the first n entries, for each n.
    heads: Vec<TreeHead>,
    /// Of the accepted manifest.
    pub policy: Option<Policy>,
}

impl MemoryLog {
    pub fn new() -> Self {
        Self {
            entries: Vec::new(),
            next: Place::first(origin()),
            tree: Tree::new(),
            heads: vec![TreeHead::empty()],
            policy: None,
        }
    }

    /// The head of the tree over the first entries.
    pub fn head(&self, size: u64) -> TreeHead {
        self.heads[usize::try_from(size).unwrap()]
    }

    /// The leaf hash of the last entry.
    pub fn last(&self) -> Hash {
        Hash(*self.next.prev.as_bytes())
    }

    /// The bytes of the entry that would stand next.
    pub fn entry(&self, kind: Kind, payload: &[u8]) -> Vec<u8> {
        let entry = Entry { place: self.next.clone(), kind: kind.as_str().to_owned(), payload: payload.to_vec() };
        entry.encode().unwrap()
    }

    pub fn append(&mut self, entry: &[u8]) {
        self.next = self.next.next(entry);
        self.tree.append(self.next.prev);
        self.heads.push(self.tree.head());
        self.entries.push(entry.to_vec());
    }

    /// The latest checkpoint, signed and cosigned, as a control entry carries it.
    pub fn anchor(&self) -> String {
        self.anchor_of(self.next.index)
    }

    /// The checkpoint of the first entries.
    pub fn anchor_of(&self, size: u64) -> String {
        text_of(&cosigned(self.head(size)))
    }
}

/// A checkpoint by the log's own key, with the witness's cosignature.
pub fn cosigned(head: TreeHead) -> SignedCheckpoint {
    let signed = SignedCheckpoint::sign(&log_key(), head);
    let line = cosign(&witness_key(), &signed, TIME).unwrap();
    signed.with_signature_lines(&line).unwrap()
}

pub fn text_of(checkpoint: &SignedCheckpoint) -> String {
    String::from_utf8(checkpoint.as_bytes().to_vec()).unwrap()
}

impl Log for MemoryLog {
    type Error = Infallible;

    fn payload(&self, index: u64) -> Result<Vec<u8>, Infallible> {
        let entry = &self.entries[usize::try_from(index).unwrap()];
        Ok(Entry::parse(entry).unwrap().payload)
    }

    fn judge_anchor(&self, anchor: &str, size: u64) -> Result<(), Rejection> {
        let policy = self.policy.as_ref().unwrap();
        let code = match anchor::judge(anchor.as_bytes(), self.head(size), policy) {
            Ok(_) => return Ok(()),
            Err(AnchorFault::Malformed) => Code::AnchorMalformed,
            Err(AnchorFault::Signature) => Code::AnchorSignature,
            Err(AnchorFault::Mismatch) => Code::AnchorMismatch,
            Err(AnchorFault::Quorum(_)) => Code::AnchorQuorum,
        };
        Rejection::refuse(code, "The anchor is wrong.")
    }

    fn judge_policy(&self, policy: &str, origin: &str, key: &SignerKey) -> Result<(), Rejection> {
        let names_this_log = |policy: &Policy| {
            let log = policy.log();
            log.origin().as_str() == origin && log.public_key() == key.0
        };
        match Policy::parse(policy) {
            Ok(policy) if names_this_log(&policy) => Ok(()),
            _ => Rejection::refuse(Code::ManifestPolicy, "The policy is wrong."),
        }
    }
}
