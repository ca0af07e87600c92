//! An election with all its people, on a log in memory. It can be cloned at any stage, and go on in many ways.

pub mod count;
pub mod log;
pub mod random;
pub mod record;
pub mod samples;
mod tests;

use std::collections::BTreeMap;

use ed25519_dalek::SigningKey;
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use tabella_board::entry::Entry as LogEntry;
use tabella_board::policy::Policy;
use tabella_crypto::credential::VotingKey;
use tabella_election::authority::NotYet;
use tabella_election::message::{Body, ContestResult, Manifest, Signed, Voter};
use tabella_election::rules::{Awaited, Board, Entry, Fault, Position, Tally};
use tabella_election::text::VoterCode;
use tabella_election::trustee::{Refusal, Trustee};
use tabella_election::voter::Booth;
use tabella_election::{Code, Hash, Kind, authority, registrar};

use self::log::MemoryLog;
use self::record::Record;
use self::samples::{GUESTS, MEMBERS, ORIGIN, Vote, first_vote, trustee_key};

/// An election between two entries.
#[derive(Clone)]
pub struct Scene {
    pub log: MemoryLog,
    /// Nothing before the manifest.
    board: Option<Board>,
    pub rng: ChaCha20Rng,
    pub voters: Vec<(VotingKey, Voter)>,
    /// The saved bytes of each trustee: between its steps nothing else is left of it.
    trustees: BTreeMap<u64, Vec<u8>>,
    drafts: u64,
}

impl Scene {
    /// Before the manifest.
    pub fn empty() -> Self {
        Self {
            log: MemoryLog::new(),
            board: None,
            rng: ChaCha20Rng::seed_from_u64(1),
            voters: Vec::new(),
            trustees: BTreeMap::new(),
            drafts: 0,
        }
    }

    /// After the manifest.
    pub fn new(manifest: Manifest) -> Self {
        let mut scene = Self::empty();
        scene.accept(Kind::Manifest, &authority::manifest(manifest, &samples::authority()));
        let election = scene.board().election().clone();
        for index in 1..=election.manifest().trustees.len() as u64 {
            scene.save(&Trustee::new(&election, trustee_key(index)).unwrap());
        }
        scene
    }

    /// With keys, a rehearsal, and a roll of these weights and styles.
    pub fn ready(manifest: Manifest, voters: &[(u64, u64)]) -> Self {
        let mut scene = Self::new(manifest);
        let all: Vec<u64> = (1..=scene.board().election().manifest().trustees.len() as u64).collect();
        scene.make_keys(&all);
        scene.rehearse(&all);
        scene.enrol(voters);
        scene
    }

    /// In the phase of voting.
    pub fn open(manifest: Manifest, voters: &[(u64, u64)]) -> Self {
        let mut scene = Self::ready(manifest, voters);
        scene.provide(Kind::Open);
        scene
    }

    pub fn board(&self) -> &Board {
        self.board.as_ref().unwrap()
    }

    /// The record of all entries so far.
    pub fn record(&self) -> Record {
        Record::of(&self.log.entries)
    }

    /// The bytes of the entry that would stand next.
    pub fn entry(&self, kind: Kind, payload: &[u8]) -> Vec<u8> {
        self.log.entry(kind, payload)
    }

    /// Judges the bytes of an entry as an honest board does: it is accepted and appended, or changes nothing.
    pub fn receive(&mut self, bytes: &[u8]) -> Result<(), Code> {
        self.judge(bytes)?;
        self.log.append(bytes);
        Ok(())
    }

    /// Appends the bytes of an entry as a dishonest board can, whatever they are.
    pub fn force(&mut self, bytes: &[u8]) {
        self.log.append(bytes);
    }

    /// Judges a payload, as [`Scene::receive`] does.
    pub fn send(&mut self, kind: Kind, payload: &[u8]) -> Result<(), Code> {
        self.receive(&self.entry(kind, payload))
    }

    #[track_caller]
    pub fn accept(&mut self, kind: Kind, payload: &[u8]) {
        assert_eq!(self.send(kind, payload), Ok(()), "`{kind}`");
    }

    fn judge(&mut self, bytes: &[u8]) -> Result<(), Code> {
        let is_known = |name: &str| name.parse::<Kind>().is_ok();
        let entry = LogEntry::decode(bytes, &self.log.next, is_known).map_err(|fault| code_of(fault.code()))?;
        let judged = Entry {
            position: Position {
                index: self.log.next.index,
                leaf_hash: Hash(*self.log.next.next(bytes).prev.as_bytes()),
            },
            prev: self.log.last(),
            kind: entry.kind.parse().unwrap(),
            payload: &entry.payload,
        };
        match &mut self.board {
            Some(board) => board.judge(&judged, &self.log).map_err(|fault| match fault {
                Fault::Rejected(rejection) => rejection.code,
                other => panic!("not a rejection: {other}"),
            }),
            None => {
                let board = Board::found(&judged, ORIGIN, &self.log).map_err(|rejection| rejection.code)?;
                self.log.policy = Some(Policy::parse(&board.election().manifest().policy).unwrap());
                self.board = Some(board);
                Ok(())
            }
        }
    }

    /// Everything that a rejected entry must not change.
    pub fn state(&self) -> String {
        format!("{:?}", self.board)
    }

    pub fn trustee(&self, index: u64) -> Trustee {
        Trustee::from_secret_bytes(&self.trustees[&index]).unwrap()
    }

    pub fn save(&mut self, trustee: &Trustee) {
        self.trustees.insert(trustee.index().get(), trustee.to_secret_bytes().to_vec());
    }

    /// Lets a trustee take a step; its payloads are not sent.
    #[track_caller]
    pub fn step(&mut self, index: u64, kind: Kind) -> Vec<Vec<u8>> {
        self.try_step(index, kind).unwrap()
    }

    /// Lets a trustee take a step, if it does not refuse; its payloads are not sent.
    pub fn try_step(&mut self, index: u64, kind: Kind) -> Result<Vec<Vec<u8>>, Refusal> {
        let (trustee, board) = (self.trustee(index), self.board.as_ref().unwrap());
        let single = |(next, payload)| (next, vec![payload]);
        let (next, payloads) = match kind {
            Kind::Commit => trustee.commit(board, &mut self.rng).map(single)?,
            Kind::Deal => trustee.deal(board, &mut self.rng)?,
            Kind::Confirm => trustee.confirm(board).map(single)?,
            Kind::Keys => trustee.keys(board).map(single)?,
            Kind::Share => {
                let size = board.tally().map_or(0, Tally::anchored_size);
                trustee.share(board, self.log.anchor_of(size), &self.log, &mut self.rng).map(single)?
            }
            Kind::Rehearsal => {
                let payload = trustee.rehearse(board, &mut self.rng)?;
                (trustee, vec![payload])
            }
            other => panic!("trustees send no `{other}`"),
        };
        self.save(&next);
        Ok(payloads)
    }

    /// The only payload of a trustee's step; it is not sent.
    #[track_caller]
    pub fn one_step(&mut self, index: u64, kind: Kind) -> Vec<u8> {
        let mut payloads = self.step(index, kind);
        assert_eq!(payloads.len(), 1);
        payloads.remove(0)
    }

    /// What a trustee would send in a step that it has yet to take.
    #[track_caller]
    pub fn ahead(&self, index: u64, kind: Kind) -> Vec<u8> {
        self.clone().one_step(index, kind)
    }

    /// These trustees take a step, one after the other.
    #[track_caller]
    pub fn steps(&mut self, indexes: &[u64], kind: Kind) {
        for index in indexes {
            for payload in self.step(*index, kind) {
                self.accept(kind, &payload);
            }
        }
    }

    /// A whole attempt in which these trustees take part and the others are silent.
    #[track_caller]
    pub fn make_keys(&mut self, indexes: &[u64]) {
        for kind in [Kind::Commit, Kind::Deal, Kind::Confirm] {
            self.steps(indexes, kind);
            self.provide(Kind::Round);
        }
        self.steps(indexes, Kind::Keys);
    }

    /// A rehearsal that these trustees answer.
    #[track_caller]
    pub fn rehearse(&mut self, indexes: &[u64]) {
        self.provide(Kind::Rehearse);
        self.steps(indexes, Kind::Rehearsal);
    }

    /// Draws the credentials of voters of these weights and styles. The n-th voter has the same code in every scene.
    pub fn draw_voters(&mut self, voters: &[(u64, u64)]) {
        let election = self.board().election().id();
        let draw = |(number, (weight, style)): (u64, &(u64, u64))| {
            let mut rng = ChaCha20Rng::seed_from_u64(1_000 + number);
            let (code, voter) = registrar::enrol(&election, *weight, *style, &mut rng).unwrap();
            (code.voting_key(&election).unwrap(), voter)
        };
        self.voters = (0..).zip(voters).map(draw).collect();
    }

    /// Puts voters of these weights and styles on the roll.
    #[track_caller]
    pub fn enrol(&mut self, voters: &[(u64, u64)]) {
        self.draw_voters(voters);
        self.provide(Kind::Roll);
    }

    /// The code of the n-th voter's letter.
    pub fn code(number: u64) -> VoterCode {
        VoterCode::generate(&mut ChaCha20Rng::seed_from_u64(1_000 + number))
    }

    /// The payload of a voter's next ballot, or of a challenge in its place.
    pub fn fill_in(&mut self, voter: usize, kind: Kind, vote: &Vote) -> Vec<u8> {
        let (key, listed) = &self.voters[voter];
        let board = self.board.as_ref().unwrap();
        let head = board.voting().and_then(|voting| voting.head(&listed.credential));
        let slot_keys = board.poll().unwrap().keys().slot_keys();
        let booth = Booth::new(board.election(), listed.style, slot_keys).unwrap();
        self.drafts += 1;
        let link = head.map(|head| head.tracker);
        let draft = booth.draft(key, link, vote, self.drafts, &mut self.rng).unwrap();
        match kind {
            Kind::Ballot => draft.cast(&mut self.rng).unwrap(),
            Kind::Challenge => draft.challenge(&mut self.rng).unwrap(),
            other => panic!("voters send no `{other}`"),
        }
    }

    #[track_caller]
    pub fn vote(&mut self, voter: usize, vote: &Vote) {
        let payload = self.fill_in(voter, Kind::Ballot, vote);
        self.accept(Kind::Ballot, &payload);
    }

    #[track_caller]
    pub fn challenge(&mut self, voter: usize, vote: &Vote) {
        let payload = self.fill_in(voter, Kind::Challenge, vote);
        self.accept(Kind::Challenge, &payload);
    }

    /// The payload that the authority, or the registrar for the voters that were drawn, writes next.
    #[track_caller]
    pub fn control(&self, kind: Kind) -> Vec<u8> {
        self.try_control(kind).unwrap()
    }

    /// The payload that the authority or the registrar writes next, if it can.
    pub fn try_control(&self, kind: Kind) -> Result<Vec<u8>, NotYet> {
        let (board, key, anchor) = (self.board(), &samples::authority(), self.log.anchor());
        match kind {
            Kind::Round => authority::round(board, key),
            Kind::Restart => Ok(authority::restart(board, key)),
            Kind::Rehearse => authority::rehearse(board, key),
            Kind::Open => authority::open(board, anchor, key),
            Kind::Close => authority::close(board, anchor, self.log.last(), key),
            Kind::Result => authority::result(board, anchor, key),
            Kind::Final => authority::finish(board, anchor, key),
            Kind::Roll => {
                let voters = self.voters.iter().map(|(_, voter)| *voter).collect();
                Ok(registrar::roll(board, voters, &samples::registrar()).remove(0))
            }
            other => panic!("`{other}` is no control entry"),
        }
    }

    #[track_caller]
    pub fn provide(&mut self, kind: Kind) {
        let payload = self.control(kind);
        self.accept(kind, &payload);
    }

    /// Plays the election to its end: everybody does what the board waits for. If nobody has voted, all voters do.
    #[track_caller]
    pub fn play_on(&mut self) {
        while let Some(awaited) = self.board().awaited().first() {
            self.play(awaited);
        }
    }

    /// Plays the election until the board waits for nothing but an entry of this kind.
    #[track_caller]
    pub fn play_to(&mut self, kind: Kind) {
        while let Some(awaited) = self.board().awaited().first().filter(|awaited| awaited.kind != kind) {
            self.play(awaited);
        }
    }

    #[track_caller]
    fn play(&mut self, awaited: &Awaited) {
        let kind = awaited.kind;
        let silent: Vec<u64> = awaited.trustees.iter().map(|name| index_of(name)).collect();
        match kind {
            Kind::Roll if self.voters.is_empty() => self.enrol(&[(1, MEMBERS), (3, MEMBERS), (1, GUESTS)]),
            Kind::Close if self.board().counts().accepted == 0 => {
                self.everybody_votes();
                self.provide(Kind::Close);
            }
            _ if silent.is_empty() => self.provide(kind),
            _ => self.steps(&silent, kind),
        }
    }

    /// Every voter votes for the first option of each contest; but not those of enormous weight, since totals are
    /// searched for.
    #[track_caller]
    pub fn everybody_votes(&mut self) {
        for voter in 0..self.voters.len() {
            if self.voters[voter].1.weight > 1_000_000 {
                continue;
            }
            let election = self.board().election();
            let style = election.style(self.voters[voter].1.style).unwrap();
            let vote = election.style_contests(style).map(|(index, contest)| (index, first_vote(contest))).collect();
            self.vote(voter, &vote);
        }
    }

    /// The result of each contest.
    pub fn result(&self) -> &[ContestResult] {
        &self.board().result().unwrap().0.contests
    }
}

/// The index of a trustee that the samples name by it.
fn index_of(name: &str) -> u64 {
    name.trim_start_matches("Trustee ").parse().unwrap()
}

pub fn code_of(word: &str) -> Code {
    word.parse().unwrap()
}

/// A signed payload with another body, signed again.
pub fn resigned<T: Body + Clone>(payload: &[u8], key: &SigningKey, change: impl FnOnce(&mut T)) -> Vec<u8> {
    let mut body = Signed::<T>::decode(payload).unwrap().body().clone();
    change(&mut body);
    Signed::sign(body, key).payload()
}

/// What the tests expect of a choice.
pub fn totals(options: &[u64], blank: Option<u64>) -> ContestResult {
    ContestResult::Totals(options.iter().copied().chain(blank).collect())
}
