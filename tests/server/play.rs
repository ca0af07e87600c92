//! The roles of a small election, each acting on what it reads from the published record.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

use ed25519_dalek::SigningKey;
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use serde_json::Value;
use tabella_board::key::LogVerifier;
use tabella_election::contest::Selection;
use tabella_election::message::{Choice, Contest, ContestKind, ContestOption, Counting, Manifest, Style};
use tabella_election::rules::Board;
use tabella_election::text::{CredentialFingerprint, Tracker, VoterCode};
use tabella_election::trustee::Trustee;
use tabella_election::voter::Booth;
use tabella_election::{Kind, SignerKey, authority, message, registrar};
use tabella_record::examination::Seeds;
use tabella_record::files::Record;
use tabella_record::ledger::Ledger;

use crate::host::{self, Host};
use crate::web::{Answer, DEADLINE, Web};

/// An election on a server.
pub struct Play {
    pub web: Web,
    pub id: String,
    record: Record,
    ledger: Ledger,
    key: LogVerifier,
    trustee: Option<Trustee>,
    codes: Vec<VoterCode>,
    rng: ChaCha20Rng,
    /// `witness`, `group` and `quorum` lines.
    witnesses: String,
}

fn registrar_key() -> SigningKey {
    SigningKey::from_bytes(&[2; 32])
}

fn trustee_key() -> SigningKey {
    SigningKey::from_bytes(&[4; 32])
}

fn public(key: &SigningKey) -> SignerKey {
    SignerKey(key.verifying_key().to_bytes())
}

impl Play {
    /// The election `id` of a server, before its manifest.
    pub fn new(host: &Host, web: &Web, id: &str) -> Self {
        let record = Record::open(host.record(id)).unwrap();
        let key = LogVerifier::from_file(&std::fs::read(host.record(id).join("log.vkey")).unwrap()).unwrap();
        let rng = ChaCha20Rng::from_seed([8; 32]);
        let ledger = Ledger::new(key.clone(), Seeds::new(rng.clone()));
        Self {
            web: web.clone(),
            id: id.to_owned(),
            record,
            ledger,
            key,
            trustee: None,
            codes: vec![],
            rng,
            witnesses: "quorum none\n".to_owned(),
        }
    }

    /// An election in which these many voters may vote now.
    pub fn open(host: &Host, web: &Web, id: &str, voters: u64) -> Self {
        Self::open_before(host, web, id, voters, "quorum none\n")
    }

    /// The same with these lines of a policy.
    pub fn open_before(host: &Host, web: &Web, id: &str, voters: u64, witnesses: &str) -> Self {
        let mut play = Self { witnesses: witnesses.to_owned(), ..Self::new(host, web, id) };
        play.publish(Kind::Manifest, &play.manifest());
        play.make_keys();
        play.enrol(voters);
        let payload = authority::open(play.board(), play.anchor(), &host::authority()).unwrap();
        play.submit(Kind::Open, [payload]);
        play
    }

    /// Goes on with a server that was started again.
    pub fn moved_to(self, web: &Web) -> Self {
        Self { web: web.clone(), ..self }
    }

    pub fn path(&self, place: &str) -> String {
        format!("/{}/{place}", self.id)
    }

    pub fn post(&self, kind: Kind, payload: &[u8]) -> Answer {
        self.web.post(&self.path(&format!("entries/{kind}")), payload)
    }

    pub fn status(&self) -> Value {
        self.web.get(&self.path("status")).good()
    }

    pub fn policy(&self) -> String {
        format!("log {}\n{}", self.key, self.witnesses)
    }

    pub fn manifest_body(&self) -> Manifest {
        let option = |id: &str| ContestOption { id: id.into(), title: id.into() };
        Manifest {
            version: 1,
            id: self.id.clone(),
            title: format!("Election “{}”", self.id),
            simulation: true,
            origin: self.key.origin().to_string(),
            log: SignerKey(self.key.public_key()),
            policy: self.policy(),
            contests: vec![Contest {
                id: "question".into(),
                title: "Yes or no?".into(),
                options: vec![option("yes"), option("no")],
                kind: ContestKind::Choice(Choice { min: 1, max: 1, blank: false }),
                counting: Counting(None),
            }],
            styles: vec![Style { name: "all".into(), contests: vec![0] }],
            authority: public(&host::authority()),
            registrar: public(&registrar_key()),
            trustees: vec![message::Trustee { name: "Trustee".into(), key: public(&trustee_key()) }],
            threshold: 1,
            quorum: 1,
            minimum: 1,
            assets: vec![],
        }
    }

    pub fn manifest(&self) -> Vec<u8> {
        authority::manifest(self.manifest_body(), &host::authority())
    }

    /// Reads and judges what is new.
    pub fn read(&mut self) -> &Board {
        self.ledger.catch_up(&self.record).unwrap();
        self.ledger.board().unwrap()
    }

    pub fn board(&self) -> &Board {
        self.ledger.board().unwrap()
    }

    pub fn size(&self) -> u64 {
        self.ledger.chain().size()
    }

    pub fn last_leaf(&self) -> tabella_board::hash::Hash {
        self.ledger.chain().last_leaf()
    }

    pub fn anchor(&self) -> String {
        self.web.get(&self.path("checkpoint")).text()
    }

    fn submit(&mut self, kind: Kind, payloads: impl IntoIterator<Item = Vec<u8>>) {
        for payload in payloads {
            self.publish(kind, &payload);
        }
        self.read();
    }

    /// Hands in a payload, and waits until it is published.
    pub fn publish(&self, kind: Kind, payload: &[u8]) {
        let index = self.post(kind, payload).good()["index"].as_u64().unwrap();
        eventually(|| self.status()["size"].as_u64().unwrap() > index);
    }

    fn end_round(&mut self) {
        let payload = authority::round(self.read(), &host::authority()).unwrap();
        self.submit(Kind::Round, [payload]);
    }

    fn make_keys(&mut self) {
        let election = self.read().election().clone();
        let trustee = Trustee::new(&election, trustee_key()).unwrap();
        let (trustee, payload) = trustee.commit(self.ledger.board().unwrap(), &mut self.rng).unwrap();
        self.submit(Kind::Commit, [payload]);
        self.end_round();
        let (trustee, payloads) = trustee.deal(self.ledger.board().unwrap(), &mut self.rng).unwrap();
        self.submit(Kind::Deal, payloads);
        self.end_round();
        let (trustee, payload) = trustee.confirm(self.board()).unwrap();
        self.submit(Kind::Confirm, [payload]);
        self.end_round();
        let (trustee, payload) = trustee.keys(self.board()).unwrap();
        self.submit(Kind::Keys, [payload]);
        self.submit(Kind::Rehearse, [authority::rehearse(self.board(), &host::authority()).unwrap()]);
        let payload = trustee.rehearse(self.ledger.board().unwrap(), &mut self.rng).unwrap();
        self.submit(Kind::Rehearsal, [payload]);
        self.trustee = Some(trustee);
    }

    fn enrol(&mut self, count: u64) {
        let election = self.board().election().id();
        let (codes, voters) = (0..count).map(|_| registrar::enrol(&election, 1, 0, &mut self.rng).unwrap()).unzip();
        self.codes = codes;
        let chunks = registrar::roll(self.board(), voters, &registrar_key());
        self.submit(Kind::Roll, chunks);
    }

    /// A ballot of a voter for an option, and its tracker. `attempt` tells apart the drafts of the voter.
    pub fn ballot(&self, voter: usize, option: usize, link: Option<Tracker>, attempt: u64) -> (Vec<u8>, Tracker) {
        self.draft(voter, option, link, attempt, true)
    }

    /// A challenge of a voter, and its tracker.
    pub fn challenge(&self, voter: usize, attempt: u64) -> (Vec<u8>, Tracker) {
        self.draft(voter, 0, None, attempt, false)
    }

    fn draft(
        &self,
        voter: usize,
        option: usize,
        link: Option<Tracker>,
        attempt: u64,
        is_cast: bool,
    ) -> (Vec<u8>, Tracker) {
        let poll = self.board().poll().unwrap();
        let booth = Booth::new(poll.election(), 0, poll.keys().slot_keys()).unwrap();
        let key = self.codes[voter].voting_key(&poll.election().id()).unwrap();
        let rng = &mut ChaCha20Rng::seed_from_u64(voter as u64 * 1_000 + attempt);
        let selections = BTreeMap::from([(0, Selection::Options([option].into()))]);
        let draft = booth.draft(&key, link, &selections, attempt, rng).unwrap();
        let tracker = draft.tracker();
        let payload = if is_cast { draft.cast(rng) } else { draft.challenge(rng) };
        (payload.unwrap(), tracker)
    }

    /// The fingerprint of a voter's credential.
    pub fn fingerprint(&self, voter: usize) -> CredentialFingerprint {
        let election = self.board().election().id();
        let credential = self.codes[voter].voting_key(&election).unwrap().public().into();
        CredentialFingerprint::new(&election, &credential)
    }

    /// A request to close, or not to close.
    pub fn closing(&self, number: u64, is_closing: bool) -> Vec<u8> {
        authority::closing(self.board(), number, is_closing, &host::authority()).unwrap()
    }

    /// `close`, after everything that was read.
    pub fn close(&self) -> Vec<u8> {
        let last = (*self.last_leaf().as_bytes()).into();
        authority::close(self.board(), self.anchor(), last, &host::authority()).unwrap()
    }

    /// From `close` to the end.
    pub fn count(&mut self) {
        self.submit(Kind::Close, [self.close()]);
        let anchor = self.anchor();
        let trustee = self.trustee.take().unwrap();
        let (board, log) = (self.ledger.board().unwrap(), self.ledger.log(&self.record));
        let (_, payload) = trustee.share(board, anchor, &log, &mut self.rng).unwrap();
        drop(log);
        self.submit(Kind::Share, [payload]);
        self.submit(Kind::Result, [authority::result(self.board(), self.anchor(), &host::authority()).unwrap()]);
        self.submit(Kind::Final, [authority::finish(self.board(), self.anchor(), &host::authority()).unwrap()]);
    }
}

/// The published entry of an index.
pub fn entry(record: &Path, index: u64) -> Vec<u8> {
    tabella_record::entries::EntryReader::entry(&Record::open(record).unwrap(), index).unwrap().unwrap()
}

/// Waits until it is so.
#[track_caller]
pub fn eventually(is_so: impl Fn() -> bool) {
    let begin = Instant::now();
    while !is_so() {
        assert!(begin.elapsed() < DEADLINE, "it never became so");
        std::thread::sleep(Duration::from_millis(5));
    }
}
