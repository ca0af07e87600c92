//! A board of production code, and the log under it. Whatever is submitted is judged.

use std::convert::Infallible;

use ed25519_dalek::SigningKey;
use tabella_board::anchor;
use tabella_board::checkpoint::SignedCheckpoint;
use tabella_board::cosignature::cosign;
use tabella_board::entry::{Entry as BoardEntry, Place};
use tabella_board::hash::Hash as BoardHash;
use tabella_board::origin::Origin;
use tabella_board::policy::Policy;
use tabella_board::tree::{Tree, TreeHead};
use tabella_election::log::Log;
use tabella_election::message::{Body, Signed};
use tabella_election::rules::{Board, Entry, Fault, Position};
use tabella_election::{Code, Hash, Kind, Rejection, SignerKey};

use crate::manifest::{Plan, authority_key, log_key, witness_key};

/// An election after some entries.
#[derive(Clone)]
pub struct Scene {
    pub plan: Plan,
    pub board: Board,
    pub log: MemoryLog,
    place: Place,
    pub written: Vec<Written>,
}

/// An accepted entry. `signer` is nobody for ballots and challenges.
#[derive(Clone)]
pub struct Written {
    pub kind: Kind,
    pub payload: Vec<u8>,
    pub signer: Option<SigningKey>,
    pub leaf_hash: Hash,
}

/// A log in memory with one witness. Anchors and policies are judged by the board's crate.
#[derive(Clone)]
pub struct MemoryLog {
    origin: String,
    payloads: Vec<Vec<u8>>,
    tree: Tree,
    /// Of the tree of every size, from 0.
    heads: Vec<TreeHead>,
}

impl MemoryLog {
    pub fn new(origin: String) -> Self {
        Self { origin, payloads: Vec::new(), tree: Tree::new(), heads: vec![TreeHead::empty()] }
    }

    /// The checkpoint of all entries, signed and cosigned.
    pub fn anchor(&self) -> String {
        let signed = SignedCheckpoint::sign(&log_key(&self.origin), self.tree.head());
        let line = cosign(&witness_key(), &signed, 1_700_000_000 + self.tree.size()).unwrap();
        String::from_utf8(signed.as_bytes().to_vec()).unwrap() + &line
    }
}

impl Log for MemoryLog {
    type Error = Infallible;

    fn payload(&self, index: u64) -> Result<Vec<u8>, Self::Error> {
        Ok(self.payloads[index as usize].clone())
    }

    fn judge_anchor(&self, anchor: &str, size: u64) -> Result<(), Rejection> {
        let policy = Policy::parse(&Plan::policy(&self.origin)).unwrap();
        let judged = anchor::judge(anchor.as_bytes(), self.heads[size as usize], &policy);
        judged.map(drop).map_err(|fault| Rejection::new(fault.code().parse().unwrap(), fault.to_string()))
    }

    fn judge_policy(&self, policy: &str, origin: &str, key: &SignerKey) -> Result<(), Rejection> {
        match Policy::parse(policy) {
            Ok(policy) if policy.log().origin().as_str() == origin && policy.log().public_key() == key.0 => Ok(()),
            _ => Rejection::refuse(Code::ManifestPolicy, "The policy does not name this log."),
        }
    }
}

impl Scene {
    /// The log with its manifest.
    pub fn found(plan: &Plan) -> Self {
        let manifest = Signed::sign(plan.manifest(), &authority_key());
        let mut log = MemoryLog::new(plan.origin());
        let mut place = Place::first(Origin::parse(&plan.origin()).unwrap());
        let payload = manifest.payload();
        let leaf_hash = leaf_hash(&place, Kind::Manifest, &payload);
        let entry = entry(&place, Kind::Manifest, &payload, leaf_hash);
        let board = Board::found(&entry, &plan.origin(), &log).unwrap();
        advance(&mut log, &mut place, Kind::Manifest, &payload);
        let written = Written { kind: Kind::Manifest, payload, signer: Some(authority_key()), leaf_hash };
        Self { plan: plan.clone(), board, log, place, written: vec![written] }
    }

    /// What the board answers, which stays as it is.
    pub fn judge(&self, kind: Kind, payload: &[u8]) -> Option<Code> {
        self.clone().try_submit(kind, payload, None).err()
    }

    pub fn judge_signed<T: Body>(&self, body: T, signer: &SigningKey) -> Option<Code> {
        self.judge(T::KIND, &Signed::sign(body, signer).payload())
    }

    /// Submits what must be accepted. Its leaf hash.
    pub fn submit(&mut self, kind: Kind, payload: &[u8]) -> Hash {
        self.try_submit(kind, payload, None).unwrap()
    }

    pub fn sign<T: Body>(&mut self, body: T, signer: &SigningKey) -> Hash {
        let payload = Signed::sign(body, signer).payload();
        self.try_submit(T::KIND, &payload, Some(signer.clone())).unwrap()
    }

    fn try_submit(&mut self, kind: Kind, payload: &[u8], signer: Option<SigningKey>) -> Result<Hash, Code> {
        let leaf_hash = leaf_hash(&self.place, kind, payload);
        let entry = entry(&self.place, kind, payload, leaf_hash);
        self.board.judge(&entry, &self.log).map_err(|fault| match fault {
            Fault::Rejected(rejection) => rejection.code,
            other => panic!("{other}"),
        })?;
        advance(&mut self.log, &mut self.place, kind, payload);
        self.written.push(Written { kind, payload: payload.to_vec(), signer, leaf_hash });
        Ok(leaf_hash)
    }

    pub fn election(&self) -> [u8; 32] {
        self.board.election().id().0
    }

    /// The leaf hash that began the current round of the ceremony.
    pub fn history(&self) -> Hash {
        self.board.ceremony().history()
    }

    pub fn last(&self) -> Hash {
        self.written.last().unwrap().leaf_hash
    }
}

fn encoded(place: &Place, kind: Kind, payload: &[u8]) -> Vec<u8> {
    let entry = BoardEntry { place: place.clone(), kind: kind.as_str().to_owned(), payload: payload.to_vec() };
    entry.encode().unwrap()
}

fn leaf_hash(place: &Place, kind: Kind, payload: &[u8]) -> Hash {
    Hash(*BoardHash::of_entry(&encoded(place, kind, payload)).as_bytes())
}

fn entry<'a>(place: &Place, kind: Kind, payload: &'a [u8], leaf_hash: Hash) -> Entry<'a> {
    let position = Position { index: place.index, leaf_hash };
    Entry { position, prev: Hash(*place.prev.as_bytes()), kind, payload }
}

fn advance(log: &mut MemoryLog, place: &mut Place, kind: Kind, payload: &[u8]) {
    let bytes = encoded(place, kind, payload);
    log.tree.append(BoardHash::of_entry(&bytes));
    log.heads.push(log.tree.head());
    log.payloads.push(payload.to_vec());
    *place = place.next(&bytes);
}
