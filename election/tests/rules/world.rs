//! An election in memory with all its people. Between any two steps the trustees exist only as saved bytes.

use std::collections::BTreeMap;
use std::convert::Infallible;

use ed25519_dalek::SigningKey;
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use sha2::{Digest, Sha256};
use tabella_crypto::credential::VotingKey;
use tabella_election::contest::Selection;
use tabella_election::log::Log;
use tabella_election::message::{Body, ContestResult, Manifest, Signed, Voter};
use tabella_election::rules::{Board, Entry, Fault, Position};
use tabella_election::trustee::{Refusal, Trustee};
use tabella_election::voter::Booth;
use tabella_election::{Code, Hash, Kind, Rejection, SignerKey, authority, registrar};

use crate::samples::{self, ORIGIN, POLICY, trustee_key};

/// A log that keeps payloads, and takes as the anchor over N entries only the words "checkpoint of N entries".
#[derive(Debug, Clone)]
pub struct MemoryLog {
    pub payloads: Vec<Vec<u8>>,
    pub last: Hash,
}

#[derive(Clone)]
pub struct World {
    pub board: Board,
    pub log: MemoryLog,
    pub rng: ChaCha20Rng,
    pub voters: Vec<(VotingKey, Voter)>,
    /// The saved bytes of each trustee.
    trustees: BTreeMap<u64, Vec<u8>>,
    drafts: u64,
    /// The checkpoint right after `close`; before, no checkpoint.
    pub after_close: String,
}

impl Log for MemoryLog {
    type Error = Infallible;

    fn payload(&self, index: u64) -> Result<Vec<u8>, Self::Error> {
        Ok(self.payloads[usize::try_from(index).unwrap()].clone())
    }

    fn judge_anchor(&self, anchor: &str, size: u64) -> Result<(), Rejection> {
        let code = match anchor {
            "no note" => Code::AnchorMalformed,
            "not signed" => Code::AnchorSignature,
            "not cosigned" => Code::AnchorQuorum,
            anchor if anchor == anchor_over(size) && size <= self.size() => return Ok(()),
            _ => Code::AnchorMismatch,
        };
        Rejection::refuse(code, "This is not the anchor.")
    }

    fn judge_policy(&self, policy: &str, _: &str, _: &SignerKey) -> Result<(), Rejection> {
        if policy == POLICY { Ok(()) } else { Rejection::refuse(Code::ManifestPolicy, "This is not the policy.") }
    }
}

impl MemoryLog {
    pub fn new() -> Self {
        Self { payloads: Vec::new(), last: Hash([0; 32]) }
    }

    fn size(&self) -> u64 {
        self.payloads.len() as u64
    }

    pub fn anchor(&self) -> String {
        anchor_over(self.size())
    }

    pub fn position(&self, kind: Kind, payload: &[u8]) -> Position {
        let mut hash = Sha256::new();
        hash.update(self.last.0);
        hash.update(kind.as_str());
        hash.update(payload);
        Position { index: self.payloads.len() as u64, leaf_hash: Hash(hash.finalize().into()) }
    }

    pub fn entry<'a>(&self, kind: Kind, payload: &'a [u8]) -> Entry<'a> {
        Entry { position: self.position(kind, payload), prev: self.last, kind, payload }
    }

    pub fn append(&mut self, position: Position, payload: &[u8]) {
        self.payloads.push(payload.to_vec());
        self.last = position.leaf_hash;
    }
}

fn anchor_over(size: u64) -> String {
    format!("checkpoint of {size} entries")
}

/// The code of a rejection. The log of the tests never fails.
pub fn code<T>(judged: Result<T, Fault<Infallible>>) -> Result<T, Code> {
    judged.map_err(|fault| match fault {
        Fault::Rejected(rejection) => rejection.code,
        other => panic!("not a rejection: {other}"),
    })
}

/// A signed payload with another body, signed again.
pub fn resigned<T: Body + Clone>(payload: &[u8], key: &SigningKey, change: impl FnOnce(&mut T)) -> Vec<u8> {
    let mut body = Signed::<T>::decode(payload).unwrap().body().clone();
    change(&mut body);
    Signed::sign(body, key).payload()
}

/// Judges entry 0.
pub fn found(kind: Kind, payload: &[u8]) -> Result<Board, Code> {
    let log = MemoryLog::new();
    Board::found(&log.entry(kind, payload), ORIGIN, &log).map_err(|rejection| rejection.code)
}

impl World {
    pub fn new(manifest: Manifest) -> Self {
        let payload = authority::manifest(manifest, &samples::authority());
        let board = found(Kind::Manifest, &payload).unwrap();
        let mut log = MemoryLog::new();
        log.append(log.position(Kind::Manifest, &payload), &payload);
        let save = |index| {
            let trustee = Trustee::new(board.election(), trustee_key(index)).unwrap();
            (index, trustee.to_secret_bytes().to_vec())
        };
        let trustees = (1..=board.election().manifest().trustees.len() as u64).map(save).collect();
        Self {
            log,
            rng: ChaCha20Rng::seed_from_u64(1),
            voters: Vec::new(),
            trustees,
            drafts: 0,
            after_close: String::new(),
            board,
        }
    }

    /// With keys, a rehearsal, and a roll of these weights and styles.
    pub fn ready(manifest: Manifest, voters: &[(u64, u64)]) -> Self {
        let mut world = Self::new(manifest);
        world.make_keys(&[1, 2, 3]);
        world.rehearse(&[1, 2, 3]);
        world.enrol(voters);
        world
    }

    /// In the phase of voting.
    pub fn open(manifest: Manifest, voters: &[(u64, u64)]) -> Self {
        let mut world = Self::ready(manifest, voters);
        world.accept(Kind::Open, &authority::open(&world.board, world.log.anchor(), &samples::authority()).unwrap());
        world
    }

    /// Sends a payload to the board: it is accepted and appended, or changes nothing.
    pub fn send(&mut self, kind: Kind, payload: &[u8]) -> Result<(), Code> {
        let entry = self.log.entry(kind, payload);
        let before = format!("{:?}", self.board);
        let judged = code(self.board.judge(&entry, &self.log));
        match judged {
            Ok(()) => self.log.append(entry.position, payload),
            Err(_) => assert_eq!(format!("{:?}", self.board), before, "a rejected entry changes nothing"),
        }
        judged
    }

    #[track_caller]
    pub fn accept(&mut self, kind: Kind, payload: &[u8]) {
        assert_eq!(self.send(kind, payload), Ok(()), "`{kind}`");
    }

    pub fn trustee(&self, index: u64) -> Trustee {
        Trustee::from_secret_bytes(&self.trustees[&index]).unwrap()
    }

    pub fn save(&mut self, trustee: &Trustee) {
        self.trustees.insert(trustee.index().get(), trustee.to_secret_bytes().to_vec());
    }

    /// Lets a trustee take a step of one payload; it is not sent.
    #[track_caller]
    pub fn step(
        &mut self,
        index: u64,
        step: impl FnOnce(Trustee, &Board, &mut ChaCha20Rng) -> Result<(Trustee, Vec<u8>), Refusal>,
    ) -> Vec<u8> {
        let (next, payload) = step(self.trustee(index), &self.board, &mut self.rng).unwrap();
        self.save(&next);
        payload
    }

    #[track_caller]
    pub fn commit(&mut self, index: u64) {
        let payload = self.step(index, Trustee::commit);
        self.accept(Kind::Commit, &payload);
    }

    /// The payloads of a dealing; they are not sent.
    #[track_caller]
    pub fn dealing(&mut self, index: u64) -> Vec<Vec<u8>> {
        let (next, payloads) = self.trustee(index).deal(&self.board, &mut self.rng).unwrap();
        self.save(&next);
        payloads
    }

    #[track_caller]
    pub fn deal(&mut self, index: u64) {
        for payload in self.dealing(index) {
            self.accept(Kind::Deal, &payload);
        }
    }

    #[track_caller]
    pub fn confirm(&mut self, index: u64) {
        let payload = self.step(index, |trustee, board, _| trustee.confirm(board));
        self.accept(Kind::Confirm, &payload);
    }

    #[track_caller]
    pub fn confirm_keys(&mut self, index: u64) {
        let payload = self.step(index, |trustee, board, _| trustee.keys(board));
        self.accept(Kind::Keys, &payload);
    }

    #[track_caller]
    pub fn end_round(&mut self) {
        self.accept(Kind::Round, &authority::round(&self.board, &samples::authority()).unwrap());
    }

    #[track_caller]
    pub fn restart(&mut self) {
        self.accept(Kind::Restart, &authority::restart(&self.board, &samples::authority()));
    }

    /// A whole attempt in which these trustees take part and the others are silent.
    #[track_caller]
    pub fn make_keys(&mut self, indexes: &[u64]) {
        indexes.iter().for_each(|index| self.commit(*index));
        self.end_round();
        indexes.iter().for_each(|index| self.deal(*index));
        self.end_round();
        indexes.iter().for_each(|index| self.confirm(*index));
        self.end_round();
        indexes.iter().for_each(|index| self.confirm_keys(*index));
    }

    /// A rehearsal that these trustees answer.
    #[track_caller]
    pub fn rehearse(&mut self, indexes: &[u64]) {
        self.accept(Kind::Rehearse, &authority::rehearse(&self.board, &samples::authority()).unwrap());
        for index in indexes {
            let payload = self.trustee(*index).rehearse(&self.board, &mut self.rng).unwrap();
            self.accept(Kind::Rehearsal, &payload);
        }
    }

    /// Puts voters of these weights and styles on the roll.
    #[track_caller]
    pub fn enrol(&mut self, voters: &[(u64, u64)]) {
        for payload in self.roll(voters) {
            self.accept(Kind::Roll, &payload);
        }
    }

    pub fn roll(&mut self, voters: &[(u64, u64)]) -> Vec<Vec<u8>> {
        let election = self.board.election().id();
        let mut enrol = |(weight, style): &(u64, u64)| {
            let (code, voter) = registrar::enrol(&election, *weight, *style, &mut self.rng).unwrap();
            (code.voting_key(&election).unwrap(), voter)
        };
        self.voters = voters.iter().map(&mut enrol).collect();
        let voters = self.voters.iter().map(|(_, voter)| *voter).collect();
        registrar::roll(&self.board, voters, &samples::registrar())
    }

    /// The payload of a voter's next ballot, or of a challenge in its place.
    pub fn fill_in(&mut self, voter: usize, kind: Kind, selections: &BTreeMap<u64, Selection>) -> Vec<u8> {
        let (key, listed) = &self.voters[voter];
        let link = self.board.voting().and_then(|voting| voting.head(&listed.credential)).map(|head| head.tracker);
        let slot_keys = self.board.poll().unwrap().keys().slot_keys();
        let booth = Booth::new(self.board.election(), listed.style, slot_keys).unwrap();
        self.drafts += 1;
        let draft = booth.draft(key, link, selections, self.drafts, &mut self.rng).unwrap();
        match kind {
            Kind::Ballot => draft.cast(&mut self.rng).unwrap(),
            Kind::Challenge => draft.challenge(&mut self.rng).unwrap(),
            other => panic!("voters send no `{other}`"),
        }
    }

    #[track_caller]
    pub fn vote(&mut self, voter: usize, selections: &BTreeMap<u64, Selection>) {
        let payload = self.fill_in(voter, Kind::Ballot, selections);
        self.accept(Kind::Ballot, &payload);
    }

    #[track_caller]
    pub fn challenge(&mut self, voter: usize, selections: &BTreeMap<u64, Selection>) {
        let payload = self.fill_in(voter, Kind::Challenge, selections);
        self.accept(Kind::Challenge, &payload);
    }

    #[track_caller]
    pub fn close(&mut self) {
        let payload = authority::close(&self.board, self.log.anchor(), self.log.last, &samples::authority());
        self.accept(Kind::Close, &payload.unwrap());
        self.after_close = self.log.anchor();
    }

    /// A trustee's share; it is not sent.
    #[track_caller]
    pub fn share(&mut self, index: u64) -> Vec<u8> {
        let (anchor, log) = (self.after_close.clone(), self.log.clone());
        self.step(index, |trustee, board, rng| trustee.share(board, anchor, &log, rng))
    }

    /// Why a trustee gives no share under this anchor. Nothing is drawn, so that nothing was decrypted.
    #[track_caller]
    pub fn share_refusal(&self, trustee: Trustee, anchor: &str) -> Refusal {
        let mut rng = self.rng.clone();
        let refusal = trustee.share(&self.board, anchor.to_owned(), &self.log, &mut rng).unwrap_err();
        assert_eq!(rng, self.rng, "a refused share draws nothing");
        refusal
    }

    #[track_caller]
    pub fn decrypt(&mut self, indexes: &[u64]) {
        for index in indexes {
            let payload = self.share(*index);
            self.accept(Kind::Share, &payload);
        }
    }

    /// Publishes the result and ends the record; the result of each contest.
    #[track_caller]
    pub fn publish(&mut self) -> Vec<ContestResult> {
        let payload = authority::result(&self.board, self.log.anchor(), &samples::authority()).unwrap();
        self.accept(Kind::Result, &payload);
        let payload = authority::finish(&self.board, self.log.anchor(), &samples::authority()).unwrap();
        self.accept(Kind::Final, &payload);
        self.board.result().unwrap().0.contests.clone()
    }
}

/// What the tests expect of a contest.
pub fn totals(options: &[u64], blank: Option<u64>) -> ContestResult {
    ContestResult::Totals(options.iter().copied().chain(blank).collect())
}
