//! A whole election, made step by step from the specification, with one entry tampered with on request.

use crate::board::{Board, ORIGIN, verifier_key};
use crate::bytes::*;
use crate::ceremony::Keys;
use crate::papers::{self, Paper};
use crate::prover::{Device, Voter};
use crate::questions::Question;
use ciborium::Value;
use ed25519_dalek::SigningKey;

/// t.
pub const THRESHOLD: usize = 2;
/// n.
pub const TRUSTEES: u64 = 3;

/// Changes what a voter's device does.
pub type Dishonesty = fn(&mut Device<'_>);

/// What is special about an election.
#[derive(Clone)]
pub struct Plan {
    /// Contests, styles and votes.
    pub paper: Paper,
    /// A trustee that sends nothing.
    pub absent: Option<u64>,
    /// Trustee 3 seals wrong shares for trustee 1, who complains.
    pub bad_dealing: bool,
    /// Trustee 1 complains of trustee 3 without reason.
    pub bad_complaint: bool,
    pub minimum: u64,
    /// How many voters of each style and weight are on the roll.
    pub voters_of_a_class: u64,
    /// Nobody votes.
    pub no_ballots: bool,
    /// Rounds of rehearsal without answers, during the voting.
    pub idle_rounds: u64,
    pub simulation: bool,
    /// A first attempt of the ceremony fails.
    pub restarted: bool,
    /// Trustee 3 sends a share though there is nothing to decrypt.
    pub needless_share: bool,
    /// Before ballot 2 stands another of the same voter, by a device changed so.
    pub dishonest: Option<Dishonesty>,
    /// Where the witness can be asked.
    pub witness_address: String,
}

impl Default for Plan {
    fn default() -> Self {
        Self {
            paper: papers::two_choices(),
            absent: None,
            bad_dealing: false,
            bad_complaint: false,
            minimum: 1,
            voters_of_a_class: 1,
            no_ballots: false,
            idle_rounds: 0,
            simulation: false,
            restarted: false,
            needless_share: false,
            dishonest: None,
            witness_address: String::new(),
        }
    }
}

/// An entry before it is signed and numbered.
#[derive(Clone)]
pub struct Draft {
    pub kind: String,
    /// The body of a signed payload, or the payload of a ballot or challenge.
    pub value: Value,
    pub signer: Option<SigningKey>,
    /// What is signed is of this kind.
    pub signed_as: String,
    /// Changes the header, or the payload after signing.
    pub header: Option<fn(&mut Vec<Value>)>,
}

impl Draft {
    /// Fields of an array, in place.
    pub fn items(&mut self) -> &mut Vec<Value> {
        self.value.as_array_mut().unwrap()
    }

    /// The value of a key of the body, in place.
    pub fn key(&mut self, key: u64) -> &mut Value {
        let pairs = self.value.as_map_mut().unwrap();
        &mut pairs.iter_mut().find(|(found, _)| *found == uint(key)).unwrap().1
    }
}

/// Which entry is tampered with, and how.
pub struct Tamper {
    pub label: &'static str,
    pub change: fn(&mut Draft),
}

pub struct World {
    pub board: Board,
    pub plan: Plan,
    pub tamper: Option<Tamper>,
    /// Index of the entry that was tampered with.
    pub tampered: Option<u64>,
    pub election: Hash,
    /// The attempt of the ceremony.
    pub attempt: u64,
    pub voters: Vec<Voter>,
}

pub fn signing_key(name: &str) -> SigningKey {
    SigningKey::from_bytes(&sha256(name.as_bytes()))
}

/// The whole record, finished.
pub fn build(plan: Plan, tamper: Option<Tamper>) -> World {
    let (mut world, keys) = begin(plan, tamper);
    let devices = world.vote(&keys);
    world.tally(&keys, devices);
    world
}

/// The record up to the opening of the vote.
pub fn begin(plan: Plan, tamper: Option<Tamper>) -> (World, Keys) {
    let board = Board { log: signing_key("log"), witness: signing_key("witness"), entries: Vec::new() };
    let last = plan.paper.styles.len() - 1;
    let voter = |(number, (weight, style))| Voter { kappa: secret(&format!("voter {number}")), weight, style };
    let classes: Vec<(u64, usize)> =
        [(1, 0), (2, 0), (1, last), (3, last)].into_iter().chain((1..last).map(|style| (1, style))).collect();
    let mut voters: Vec<Voter> =
        (0..plan.voters_of_a_class).flat_map(|_| &classes).copied().enumerate().map(voter).collect();
    voters.sort_by_key(|voter| voter.credential().compress().to_bytes());
    let mut world = World { board, plan, tamper, tampered: None, election: [0; 32], attempt: 1, voters };
    world.manifest();
    let keys = world.ceremony();
    world.setup_ends(&keys);
    (world, keys)
}

impl World {
    /// Appends the entry; if it is the one to tamper with, first the changed one, which is to be refused.
    pub fn step(&mut self, label: &str, make: impl Fn(&Self) -> Draft) {
        if let Some(tamper) = self.tamper.as_ref().filter(|tamper| tamper.label == label) {
            let mut draft = make(self);
            (tamper.change)(&mut draft);
            self.tampered = Some(self.board.entries.len() as u64);
            self.append(&draft);
            if label == "manifest" {
                return;
            }
        }
        let draft = make(self);
        self.append(&draft);
    }

    pub fn append(&mut self, draft: &Draft) {
        let encoded = cbor(&draft.value);
        let payload =
            draft.signer.as_ref().map_or_else(|| encoded.clone(), |key| sign(&draft.signed_as, &encoded, key));
        let mut fields = self.board.fields(&draft.kind, &payload);
        draft.header.iter().for_each(|change| change(&mut fields));
        self.board.append(fields);
    }

    pub fn signed(&self, kind: &str, signer: &str, mut values: Vec<Value>) -> Draft {
        values.insert(0, bytes(&self.election));
        let signer = Some(signing_key(signer));
        Draft { kind: kind.to_owned(), value: body(values), signer, signed_as: kind.to_owned(), header: None }
    }

    /// k: the slots of all contests.
    pub fn slots(&self) -> usize {
        self.plan.paper.slots()
    }

    pub fn trustees(&self) -> Vec<u64> {
        (1..=TRUSTEES).filter(|trustee| Some(*trustee) != self.plan.absent).collect()
    }

    fn manifest(&mut self) {
        let public = |name: &str| bytes(&signing_key(name).verifying_key().to_bytes());
        let paper = &self.plan.paper;
        let contests = paper.questions.iter().map(Question::value).collect();
        let style = |(number, contests): (usize, &Vec<usize>)| {
            let contests = contests.iter().map(|contest| uint(*contest as u64)).collect();
            body(vec![text(&format!("style {number}")), Value::Array(contests)])
        };
        let trustee = |index: u64| body(vec![text(&format!("Trustee {index}")), public(&format!("trustee {index}"))]);
        let log = verifier_key(ORIGIN, 1, &self.board.log);
        let witness = verifier_key("witness.example/w", 4, &self.board.witness);
        let value = body(vec![
            uint(1),
            text("council-2026"),
            text("Council \u{e9}lection"),
            Value::Bool(self.plan.simulation),
            text(ORIGIN),
            public("log"),
            text(&format!("log {log}\nwitness w {witness} {}\nquorum w\n", self.plan.witness_address)),
            Value::Array(contests),
            Value::Array(paper.styles.iter().enumerate().map(style).collect()),
            public("authority"),
            public("registrar"),
            Value::Array((1..=TRUSTEES).map(trustee).collect()),
            uint(THRESHOLD as u64),
            uint(2),
            uint(self.plan.minimum),
            Value::Array(vec![body(vec![text("index.html"), bytes(&[5; 32])])]),
        ]);
        self.election = sha256(&cbor(&value));
        let signer = Some(signing_key("authority"));
        let draft =
            Draft { kind: "manifest".to_owned(), value, signer, signed_as: "manifest".to_owned(), header: None };
        self.step("manifest", |_| draft.clone());
    }
}
