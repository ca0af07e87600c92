//! A small election on a log in memory, and the files that an honest or dishonest board makes of it.

use std::collections::{BTreeMap, BTreeSet};

use ed25519_dalek::SigningKey;
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use tabella_board::checkpoint::SignedCheckpoint;
use tabella_board::entry::Entry;
use tabella_board::hash::Hash;
use tabella_board::key::LogKey;
use tabella_board::origin::Origin;
use tabella_board::receipt::Receipt;
use tabella_board::tile::{Layer, Tile, encode_bundle, encode_hashes};
use tabella_board::tree::{InclusionProof, MemoryNodes, Tree};
use tabella_client::remote::Submitted;
use tabella_election::contest::Selection;
use tabella_election::message::{
    Choice, Contest, ContestKind, ContestOption, Counting, Manifest, Style, Trustee as Named,
};
use tabella_election::rules::Board;
use tabella_election::text::{Fingerprint, VoterCode};
use tabella_election::trustee::Trustee;
use tabella_election::voter::Booth;
use tabella_election::{Kind, SignerKey, authority, registrar};
use tabella_record::entries::{EntryReader, PayloadHash};
use tabella_record::examination::Seeds;
use tabella_record::files::TileError;
use tabella_record::ledger::{Draft, Ledger};

pub const ORIGIN: &str = "example.org/e";

/// All files of a record by their names.
pub type Files = BTreeMap<String, Vec<u8>>;

/// An election whose board keeps the rules.
pub struct Election {
    pub entries: Vec<Vec<u8>>,
    ledger: Ledger,
    codes: Vec<VoterCode>,
    rng: ChaCha20Rng,
    key: LogKey,
}

struct InMemory<'a>(&'a [Vec<u8>]);

impl EntryReader for InMemory<'_> {
    type Error = TileError;

    fn entry(&self, index: u64) -> Result<Option<Vec<u8>>, TileError> {
        Ok(self.0.get(usize::try_from(index).unwrap()).cloned())
    }

    fn entries_from(&self, index: u64, limit: usize) -> Result<Vec<Vec<u8>>, TileError> {
        Ok(self.0.iter().skip(usize::try_from(index).unwrap()).take(limit).cloned().collect())
    }
}

pub fn log_key() -> LogKey {
    LogKey::from_seed(Origin::parse(ORIGIN).unwrap(), &[3; 32])
}

/// The key of a log of the same name.
pub fn other_key() -> LogKey {
    LogKey::from_seed(Origin::parse(ORIGIN).unwrap(), &[33; 32])
}

pub fn seeds() -> Seeds {
    Seeds::new(ChaCha20Rng::from_seed([9; 32]))
}

fn key(seed: u8) -> SigningKey {
    SigningKey::from_bytes(&[seed; 32])
}

fn public(seed: u8) -> SignerKey {
    SignerKey(key(seed).verifying_key().to_bytes())
}

pub fn manifest(title: &str) -> Manifest {
    let option = |id: &str| ContestOption { id: id.into(), title: id.into() };
    Manifest {
        version: 1,
        id: "e".into(),
        title: title.into(),
        simulation: true,
        origin: ORIGIN.into(),
        log: SignerKey(log_key().verifier().public_key()),
        policy: format!("log {}\nquorum none\n", log_key().verifier()),
        contests: vec![Contest {
            id: "question".into(),
            title: "Yes or no?".into(),
            options: vec![option("yes"), option("no")],
            kind: ContestKind::Choice(Choice { min: 1, max: 1, blank: false }),
            counting: Counting(None),
        }],
        styles: vec![Style { name: "all".into(), contests: vec![0] }],
        authority: public(1),
        registrar: public(2),
        trustees: vec![Named { name: "Trustee".into(), key: public(4) }],
        threshold: 1,
        quorum: 1,
        minimum: 1,
        assets: vec![],
    }
}

impl Election {
    /// With its manifest only.
    pub fn founded(title: &str) -> Self {
        let mut election = Self {
            entries: Vec::new(),
            ledger: Ledger::new(log_key().verifier().clone(), seeds()),
            codes: Vec::new(),
            rng: ChaCha20Rng::from_seed([5; 32]),
            key: log_key(),
        };
        election.submit(Kind::Manifest, authority::manifest(manifest(title), &key(1)));
        election
    }

    /// In the phase of voting, with three voters and no ballot.
    pub fn open() -> Self {
        let mut election = Self::founded("An election");
        let mut trustee = Trustee::new(election.board().election(), key(4)).unwrap();
        for kind in [Kind::Commit, Kind::Deal, Kind::Confirm, Kind::Keys] {
            let (next, payloads) = election.trustee_step(trustee, kind);
            trustee = next;
            payloads.into_iter().for_each(|payload| election.submit(kind, payload));
            if kind != Kind::Keys {
                election.submit(Kind::Round, authority::round(election.board(), &key(1)).unwrap());
            }
        }
        election.submit(Kind::Rehearse, authority::rehearse(election.board(), &key(1)).unwrap());
        let answer = trustee.rehearse(election.board(), &mut ChaCha20Rng::from_seed([6; 32])).unwrap();
        election.submit(Kind::Rehearsal, answer);
        let id = election.board().election().id();
        let enrolled: Vec<_> = (0..3).map(|_| registrar::enrol(&id, 1, 0, &mut election.rng).unwrap()).collect();
        let (codes, voters): (Vec<_>, Vec<_>) = enrolled.into_iter().unzip();
        election.codes = codes;
        let chunk = registrar::roll(election.board(), voters, &key(2)).remove(0);
        election.submit(Kind::Roll, chunk);
        let anchor = String::from_utf8(election.checkpoint().as_bytes().to_vec()).unwrap();
        election.submit(Kind::Open, authority::open(election.board(), anchor, &key(1)).unwrap());
        election
    }

    fn trustee_step(&mut self, trustee: Trustee, kind: Kind) -> (Trustee, Vec<Vec<u8>>) {
        let board = self.ledger.board().unwrap();
        let one = |(trustee, payload)| (trustee, vec![payload]);
        match kind {
            Kind::Commit => trustee.commit(board, &mut self.rng).map(one).unwrap(),
            Kind::Deal => trustee.deal(board, &mut self.rng).unwrap(),
            Kind::Confirm => trustee.confirm(board).map(one).unwrap(),
            _ => trustee.keys(board).map(one).unwrap(),
        }
    }

    pub fn board(&self) -> &Board {
        self.ledger.board().unwrap()
    }

    pub fn fingerprint(&self) -> Fingerprint {
        self.board().election().fingerprint()
    }

    /// The payload of the next ballot of a voter, for the option of this index.
    pub fn ballot(&mut self, voter: usize, option: usize) -> Vec<u8> {
        let board = self.ledger.board().unwrap();
        let key = self.codes[voter].voting_key(&board.election().id()).unwrap();
        let head = board.voting().unwrap().head(&key.public().into());
        let booth = Booth::new(board.election(), 0, board.poll().unwrap().keys().slot_keys()).unwrap();
        let choice = BTreeMap::from([(0, Selection::Options(BTreeSet::from([option])))]);
        let draft = booth.draft(&key, head.map(|head| head.tracker), &choice, 1, &mut self.rng).unwrap();
        draft.cast(&mut self.rng).unwrap()
    }

    pub fn vote(&mut self, voter: usize, option: usize) {
        let payload = self.ballot(voter, option);
        self.submit(Kind::Ballot, payload);
    }

    pub fn submit(&mut self, kind: Kind, payload: Vec<u8>) {
        let draft = Draft { kind, payload_hash: PayloadHash::of(&payload), payload, examined: None };
        let mut judged = self.ledger.judge(vec![draft], &InMemory(&self.entries)).unwrap();
        self.entries.push(judged.remove(0).unwrap().bytes);
    }

    /// The bytes of an entry that would stand next, whatever the rules say.
    pub fn numbered(&self, kind: Kind, payload: Vec<u8>) -> Vec<u8> {
        Entry { place: self.ledger.chain().place().clone(), kind: kind.as_str().to_owned(), payload }.encode().unwrap()
    }

    pub fn checkpoint(&self) -> SignedCheckpoint {
        checkpoint(&self.entries, &self.key)
    }

    pub fn files(&self) -> Files {
        files(&self.entries, &self.key)
    }

    /// What the board gives for an entry.
    pub fn submitted(&self, index: usize) -> Submitted {
        submitted(&self.entries, index)
    }
}

pub fn payload(entry: &[u8]) -> Vec<u8> {
    Entry::parse(entry).unwrap().payload
}

pub fn checkpoint(entries: &[Vec<u8>], key: &LogKey) -> SignedCheckpoint {
    let tree: Tree = entries.iter().map(|entry| Hash::of_entry(entry)).collect();
    SignedCheckpoint::sign(key, tree.head())
}

fn nodes(entries: &[Vec<u8>]) -> MemoryNodes {
    let mut nodes = MemoryNodes::new();
    entries.iter().for_each(|entry| nodes.append(Hash::of_entry(entry)));
    nodes
}

/// The record of any entries, signed with this key.
pub fn files(entries: &[Vec<u8>], key: &LogKey) -> Files {
    let nodes = nodes(entries);
    let content = |tile: &Tile| match tile.layer() {
        Layer::Entries => {
            let first = usize::try_from(tile.index() * 256).unwrap();
            encode_bundle(&entries[first..first + usize::from(tile.width())]).unwrap()
        }
        Layer::Hashes(_) => encode_hashes(tile, &nodes).unwrap(),
    };
    let mut files: Files = Tile::of_log(entries.len() as u64).map(|tile| (tile.path(), content(&tile))).collect();
    files.insert("checkpoint".into(), checkpoint(entries, key).as_bytes().to_vec());
    files.insert("log.vkey".into(), key.verifier().to_file().into_bytes());
    files
}

pub fn submitted(entries: &[Vec<u8>], index: usize) -> Submitted {
    let nodes = nodes(entries);
    let proof = InclusionProof::prove(&nodes, entries.len() as u64, index as u64).unwrap();
    let receipt = Receipt { index: index as u64, proof, checkpoint: checkpoint(entries, &log_key()) };
    Submitted { is_repeated: false, entry: entries[index].clone(), receipt }
}

/// The files of a log whose tree holds another entry at `index` than the bundle that it serves, whose chain is right.
pub fn another_tree(entries: &[Vec<u8>], index: usize) -> Files {
    let mut signed = entries.to_vec();
    signed[index] = b"another".to_vec();
    let mut shown = files(&signed, &log_key());
    let served = files(entries, &log_key());
    shown.extend(served.into_iter().filter(|(name, _)| name.starts_with("tile/entries/")));
    shown
}
