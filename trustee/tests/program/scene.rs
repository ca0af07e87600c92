//! An election in memory, whose board is honest unless a test says otherwise.

use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;
use std::path::Path;
use std::rc::Rc;

use ed25519_dalek::SigningKey;
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use tabella_board::checkpoint::SignedCheckpoint;
use tabella_board::cosignature::cosign;
use tabella_board::entry::Entry;
use tabella_board::hash::Hash as LeafHash;
use tabella_board::key::{LogKey, WitnessKey};
use tabella_board::origin::Origin;
use tabella_board::tree::Tree;
use tabella_client::parcel::Parcel;
use tabella_election::contest::Selection;
use tabella_election::message::{
    Choice, Contest, ContestKind, ContestOption, Counting, Manifest, Style, Trustee as Listed, Voter,
};
use tabella_election::rules::Board;
use tabella_election::text::VoterCode;
use tabella_election::trustee::Trustee;
use tabella_election::voter::Booth;
use tabella_election::{Code, Kind, SignerKey, authority, registrar};
use tabella_record::chain::Chain;
use tabella_record::directory::RecordDirectory;
use tabella_record::entries::{EntryReader, PayloadHash};
use tabella_record::examination::Seeds;
use tabella_record::ledger::{Draft, Ledger};
use tabella_record::publication::Publication;

const ORIGIN: &str = "example.org/board-2026";

pub const NAMES: [&str; 3] = ["Alice", "Bob", "Carol"];

fn signing_key(seed: u8) -> SigningKey {
    SigningKey::from_bytes(&[seed; 32])
}

fn signer_key(key: &SigningKey) -> SignerKey {
    SignerKey(key.verifying_key().to_bytes())
}

fn log_key() -> LogKey {
    LogKey::from_seed(Origin::parse(ORIGIN).unwrap(), &[3; 32])
}

fn witness_key() -> WitnessKey {
    WitnessKey::from_seed("witness.example/w", &[4; 32]).unwrap()
}

/// The key of a trustee who is played in memory, from 1.
pub fn trustee_key(index: usize) -> SigningKey {
    signing_key(100 + index as u8)
}

/// How an election differs from the others.
pub struct Plan {
    /// Keys that programs have made, in the place of those in memory.
    pub keys: Vec<[u8; 32]>,
    pub options: usize,
    pub has_witness: bool,
}

impl Default for Plan {
    fn default() -> Self {
        Self { keys: Vec::new(), options: 2, has_witness: false }
    }
}

struct Entries(Vec<Vec<u8>>);

impl EntryReader for Entries {
    type Error = Infallible;

    fn entry(&self, index: u64) -> Result<Option<Vec<u8>>, Infallible> {
        Ok(self.0.get(index as usize).cloned())
    }

    fn entries_from(&self, index: u64, limit: usize) -> Result<Vec<Vec<u8>>, Infallible> {
        Ok(self.0.iter().skip(index as usize).take(limit).cloned().collect())
    }
}

/// An election between two entries.
pub struct Scene {
    ledger: Ledger,
    entries: Entries,
    rng: ChaCha20Rng,
    /// The trustees in memory, by index.
    pub others: BTreeMap<usize, Vec<u8>>,
    voters: Vec<(Rc<VoterCode>, Voter)>,
    has_witness: bool,
}

impl Scene {
    /// After the manifest. The first trustees are programs, the others are played here.
    pub fn new(plan: &Plan) -> Self {
        let mut scene = Self::empty(plan.has_witness);
        let policy = format!("log {}\n", log_key().verifier());
        let witness = format!("witness w {}\nquorum w\n", witness_key().verifier());
        let policy = policy + if plan.has_witness { &witness } else { "quorum none\n" };
        let key = |place: usize| {
            plan.keys.get(place).map_or_else(|| signer_key(&trustee_key(place + 1)), |key| SignerKey(*key))
        };
        let option = |number: usize| ContestOption { id: format!("o{number}"), title: format!("Option {number}") };
        let contest = Contest {
            id: "question".to_owned(),
            title: "Question".to_owned(),
            options: (1..=plan.options).map(option).collect(),
            kind: ContestKind::Choice(Choice { min: 0, max: 1, blank: false }),
            counting: Counting(None),
        };
        let trustees = (0..).zip(NAMES).map(|(place, name)| Listed { name: name.to_owned(), key: key(place) });
        let manifest = Manifest {
            version: 1,
            id: "board-2026".to_owned(),
            title: "Election of the board".to_owned(),
            simulation: true,
            origin: ORIGIN.to_owned(),
            log: SignerKey(log_key().verifier().public_key()),
            policy,
            contests: vec![contest],
            styles: vec![Style { name: "all".to_owned(), contests: vec![0] }],
            authority: signer_key(&signing_key(1)),
            registrar: signer_key(&signing_key(2)),
            trustees: trustees.collect(),
            threshold: 2,
            quorum: 2,
            minimum: 1,
            assets: Vec::new(),
        };
        scene.accept(Kind::Manifest, authority::manifest(manifest, &signing_key(1)));
        for index in plan.keys.len() + 1..=NAMES.len() {
            let trustee = Trustee::new(scene.board().election(), trustee_key(index)).unwrap();
            scene.others.insert(index, trustee.to_secret_bytes().to_vec());
        }
        scene
    }

    fn empty(has_witness: bool) -> Self {
        Self {
            ledger: Ledger::new(log_key().verifier().clone(), Seeds::new(ChaCha20Rng::seed_from_u64(2))),
            entries: Entries(Vec::new()),
            rng: ChaCha20Rng::seed_from_u64(1),
            others: BTreeMap::new(),
            voters: Vec::new(),
            has_witness,
        }
    }

    /// The same election, to go on in another way.
    pub fn fork(&self) -> Self {
        let mut fork = Self::empty(self.has_witness);
        for bytes in &self.entries.0 {
            let entry = Entry::parse(bytes).unwrap();
            fork.accept(entry.kind.parse().unwrap(), entry.payload);
        }
        fork.rng = self.rng.clone();
        fork.others = self.others.clone();
        fork.voters = self.voters.clone();
        fork
    }

    pub fn board(&self) -> &Board {
        self.ledger.board().unwrap()
    }

    pub fn fingerprint(&self) -> String {
        self.board().election().fingerprint().to_string()
    }

    pub fn size(&self) -> usize {
        self.entries.0.len()
    }

    pub fn send(&mut self, kind: Kind, payload: Vec<u8>) -> Result<(), Code> {
        let draft = Draft { kind, payload_hash: PayloadHash::of(&payload), payload, examined: None };
        let judged = self.ledger.judge(vec![draft], &self.entries).unwrap().remove(0);
        self.entries.0.push(judged.map_err(|rejection| rejection.code)?.bytes);
        Ok(())
    }

    #[track_caller]
    pub fn accept(&mut self, kind: Kind, payload: Vec<u8>) {
        assert_eq!(self.send(kind, payload), Ok(()), "`{kind}`");
    }

    #[track_caller]
    pub fn accept_parcel(&mut self, parcel: &Parcel) {
        for (kind, payload) in &parcel.payloads {
            self.accept(*kind, payload.clone());
        }
    }

    /// The authority, or the registrar, writes what comes next.
    #[track_caller]
    pub fn provide(&mut self, kind: Kind) {
        let (board, key, anchor) = (self.board(), signing_key(1), self.anchor());
        let last = (*self.ledger.chain().last_leaf().as_bytes()).into();
        let payload = match kind {
            Kind::Round => authority::round(board, &key).unwrap(),
            Kind::Restart => authority::restart(board, &key),
            Kind::Rehearse => authority::rehearse(board, &key).unwrap(),
            Kind::Open => authority::open(board, anchor, &key).unwrap(),
            Kind::Close => authority::close(board, anchor, last, &key).unwrap(),
            Kind::Result => authority::result(board, anchor, &key).unwrap(),
            Kind::Final => authority::finish(board, anchor, &key).unwrap(),
            Kind::Roll => {
                let voters = self.voters.iter().map(|(_, voter)| *voter).collect();
                registrar::roll(board, voters, &signing_key(2)).remove(0)
            }
            other => panic!("`{other}` is of somebody else"),
        };
        self.accept(kind, payload);
    }

    /// The payloads of a step of a trustee in memory; they are not sent.
    pub fn step(&mut self, index: usize, kind: Kind) -> Vec<Vec<u8>> {
        let trustee = Trustee::from_secret_bytes(&self.others[&index]).unwrap();
        let one = |(trustee, payload)| (trustee, vec![payload]);
        let anchor = self.anchor();
        let log = self.ledger.log(&self.entries);
        let (board, rng) = (self.ledger.board().unwrap(), &mut self.rng);
        let (trustee, payloads) = match kind {
            Kind::Commit => one(trustee.commit(board, rng).unwrap()),
            Kind::Deal => trustee.deal(board, rng).unwrap(),
            Kind::Confirm => one(trustee.confirm(board).unwrap()),
            Kind::Keys => one(trustee.keys(board).unwrap()),
            Kind::Share => one(trustee.share(board, anchor, &log, rng).unwrap()),
            Kind::Rehearsal => {
                let payload = trustee.rehearse(board, rng).unwrap();
                (trustee, vec![payload])
            }
            other => panic!("trustees send no `{other}`"),
        };
        drop(log);
        self.others.insert(index, trustee.to_secret_bytes().to_vec());
        payloads
    }

    /// These trustees in memory take a step.
    #[track_caller]
    pub fn steps(&mut self, indexes: &[usize], kind: Kind) {
        for index in indexes {
            for payload in self.step(*index, kind) {
                self.accept(kind, payload);
            }
        }
    }

    /// Three voters on the roll, the voting open.
    pub fn open(&mut self) {
        let election = self.board().election().id();
        for _ in 0..3 {
            let (code, voter) = registrar::enrol(&election, 1, 0, &mut self.rng).unwrap();
            self.voters.push((Rc::new(code), voter));
        }
        self.provide(Kind::Roll);
        self.provide(Kind::Open);
    }

    pub fn vote(&mut self, voter: usize, option: usize) {
        let (code, listed) = &self.voters[voter];
        let board = self.ledger.board().unwrap();
        let key = code.voting_key(&board.election().id()).unwrap();
        let slot_keys = board.poll().unwrap().keys().slot_keys();
        let booth = Booth::new(board.election(), listed.style, slot_keys).unwrap();
        let link = board.voting().unwrap().head(&listed.credential).map(|head| head.tracker);
        let vote = BTreeMap::from([(0, Selection::Options(BTreeSet::from([option])))]);
        let draft = booth.draft(&key, link, &vote, self.entries.0.len() as u64, &mut self.rng).unwrap();
        let payload = draft.cast(&mut self.rng).unwrap();
        self.accept(Kind::Ballot, payload);
    }

    /// Appends an entry as a dishonest board can, whatever it is.
    pub fn force(&mut self, kind: Kind, payload: Vec<u8>) -> Vec<Vec<u8>> {
        let place = self.ledger.chain().place().clone();
        let forged = Entry { place, kind: kind.as_str().to_owned(), payload }.encode().unwrap();
        [self.entries.0.clone(), vec![forged]].concat()
    }

    /// The checkpoint over everything, as control entries carry it.
    pub fn anchor(&self) -> String {
        let signed = signed(self.ledger.chain(), self.has_witness);
        String::from_utf8(signed.as_bytes().to_vec()).unwrap()
    }

    /// Writes the record as the board publishes it into a folder that holds none, or an earlier state of it.
    pub fn publish(&self, folder: &Path) {
        write(self.ledger.chain(), &self.entries, folder, self.has_witness);
    }

    /// The same before the witness has seen the last checkpoint.
    pub fn publish_uncosigned(&self, folder: &Path) {
        write(self.ledger.chain(), &self.entries, folder, false);
    }
}

/// Writes the record of any entries, signed by the log.
pub fn publish_entries(entries: Vec<Vec<u8>>, folder: &Path) {
    let mut chain = Chain::new(Origin::parse(ORIGIN).unwrap());
    entries.iter().for_each(|entry| chain.append(entry));
    let tree: Tree = entries.iter().map(|entry| LeafHash::of_entry(entry)).collect();
    assert_eq!(tree.head(), chain.head());
    write(&chain, &Entries(entries), folder, false);
}

fn write(chain: &Chain, entries: &Entries, folder: &Path, is_cosigned: bool) {
    let directory = RecordDirectory::open(folder).unwrap();
    directory.write_log_key(log_key().verifier()).unwrap();
    let checkpoint = signed(chain, is_cosigned);
    Publication { directory: &directory, chain, entries }.publish(0, &checkpoint).unwrap();
}

/// Any time will do, as long as it does not come from a clock.
const TIME: u64 = 1_790_000_000;

fn signed(chain: &Chain, is_cosigned: bool) -> SignedCheckpoint {
    let signed = SignedCheckpoint::sign(&log_key(), chain.head());
    if !is_cosigned {
        return signed;
    }
    let line = cosign(&witness_key(), &signed, TIME).unwrap();
    signed.with_signature_lines(&line).unwrap()
}
