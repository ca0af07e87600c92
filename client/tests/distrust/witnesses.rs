//! A board with witnesses: what was received is remembered beside what is published, and only the latter is acted on.

use std::fs;

use tabella_board::checkpoint::SignedCheckpoint;
use tabella_board::cosignature::cosign;
use tabella_board::key::WitnessKey;
use tabella_board::policy::Policy;
use tabella_board::receipt::{Receipt, Standing};
use tabella_client::memory::{Held, Memory, MemoryError};
use tabella_client::remote::Submitted;

use crate::election::{Election, Files, checkpoint, files, log_key, payload, submitted};
use crate::receipts::caught;
use crate::role::{Role, assert_caught};

fn witness() -> WitnessKey {
    WitnessKey::from_seed("witness.example/w", &[7; 32]).unwrap()
}

fn policy() -> Policy {
    let witness = witness();
    let text = format!("log {}\nwitness w {}\nquorum w\n", log_key().verifier(), witness.verifier());
    Policy::parse(&text).unwrap()
}

fn cosigned(entries: &[Vec<u8>]) -> SignedCheckpoint {
    let signed = checkpoint(entries, &log_key());
    signed.with_signature_lines(&cosign(&witness(), &signed, 1_800_000_000).unwrap()).unwrap()
}

/// What a board shows that has published the first `published` of its entries, and still has the tiles of every size.
fn shown(entries: &[Vec<u8>], published: usize) -> Files {
    let sizes = 1..=entries.len();
    let mut all: Files = sizes.flat_map(|size| files(&entries[..size], &log_key())).collect();
    all.insert("checkpoint".into(), cosigned(&entries[..published]).as_bytes().to_vec());
    all
}

fn recorded(entries: &[Vec<u8>], index: usize) -> Submitted {
    let submitted = submitted(entries, index);
    let receipt = Receipt { checkpoint: cosigned(entries), ..submitted.receipt };
    Submitted { receipt, ..submitted }
}

/// An election with two ballots of which only those before are published; its role has seen these.
struct Stage {
    role: Role,
    entries: Vec<Vec<u8>>,
    before: usize,
}

impl Stage {
    fn new() -> Self {
        let mut election = Election::open();
        let before = election.entries.len();
        election.vote(0, 0);
        election.vote(1, 0);
        let role = Role::new(&election);
        let stage = Self { role, entries: election.entries.clone(), before };
        stage.role.server.show(&shown(&stage.entries, before));
        let mut memory = stage.open();
        let seen = memory.look(&stage.role.server.remote()).unwrap().unwrap();
        memory.judge_by(&policy(), &seen).unwrap();
        memory.keep().unwrap();
        stage
    }

    fn open(&self) -> Memory {
        Memory::open(self.role.folder.path(), &self.role.server.remote()).unwrap()
    }

    /// The first ballot is handed in, and is received only.
    fn receive(&self) -> Submitted {
        let given = submitted(&self.entries[..=self.before], self.before);
        let ballot = payload(&self.entries[self.before]);
        let standing = self.open().accept_receipt(&ballot, &given, &policy(), &self.role.server.remote());
        assert_eq!(standing.unwrap(), Standing::Received);
        given
    }

    fn look(&self) -> Result<u64, MemoryError> {
        let mut memory = self.open();
        let seen = memory.look(&self.role.server.remote())?.unwrap();
        memory.judge_by(&policy(), &seen)?;
        Ok(memory.head().size)
    }

    fn has_received(&self) -> bool {
        self.role.path("seen.received").exists()
    }
}

#[test]
fn what_was_received_is_no_rollback_and_is_covered_later() {
    let stage = Stage::new();
    let given = stage.receive();
    let (before, remote) = (stage.before as u64, stage.role.server.remote());
    assert!(stage.has_received());
    assert_eq!(stage.look().unwrap(), before, "what is published is still the old");
    let hold = || stage.open().hold(&given.entry, &given.receipt, &policy(), &remote);
    assert_eq!(hold().unwrap(), Held::Waiting);
    stage.role.server.show(&shown(&stage.entries, stage.before + 2));
    assert_eq!(hold().unwrap(), Held::Shown);
    assert_eq!(stage.look().unwrap(), before + 2);
    assert!(!stage.has_received(), "what is published holds it");
    assert!(!stage.role.path("evidence").exists());
}

#[test]
fn a_recorded_receipt_moves_what_was_seen() {
    let stage = Stage::new();
    stage.receive();
    let given = recorded(&stage.entries[..=stage.before], stage.before);
    let ballot = payload(&stage.entries[stage.before]);
    let mut memory = stage.open();
    let standing = memory.accept_receipt(&ballot, &given, &policy(), &stage.role.server.remote()).unwrap();
    assert!(matches!(standing, Standing::Recorded(found) if found.len() == 1));
    assert_eq!(memory.head().size, stage.before as u64 + 1);
    assert!(!stage.has_received());
}

#[test]
fn what_was_received_and_is_left_out_later_is_a_fork() {
    let stage = Stage::new();
    stage.receive();
    let mut other = Election::open();
    other.vote(1, 1);
    other.vote(0, 1);
    assert_eq!(other.entries[..stage.before], stage.entries[..stage.before], "the same up to the ballots");
    stage.role.server.show(&shown(&other.entries, stage.before + 2));
    let names = ["checkpoint", "consistency-proof", "seen.checkpoint"];
    let caught = caught(stage.look());
    assert_caught(&caught, "fork", &names, "two histories");
    // What contradicts the checkpoint is what the log signed in the receipt.
    let seen = fs::read(caught.evidence.join("seen.checkpoint")).unwrap();
    assert_eq!(seen, fs::read(stage.role.path("seen.received")).unwrap());
}

#[test]
fn what_the_witnesses_have_not_cosigned_is_not_remembered() {
    let stage = Stage::new();
    let seen = fs::read(stage.role.path("seen.checkpoint")).unwrap();
    stage.role.server.show(&files(&stage.entries, &log_key()));
    let error = stage.look().unwrap_err();
    assert!(matches!(error, MemoryError::Quorum(size) if size == stage.entries.len() as u64), "{error:?}");
    assert_eq!(fs::read(stage.role.path("seen.checkpoint")).unwrap(), seen);
    // Once it is known what a checkpoint must bear, it is asked for before anything else.
    let mut memory = stage.open();
    memory.judge_by(&policy(), &cosigned(&stage.entries[..stage.before])).unwrap();
    assert!(matches!(memory.look(&stage.role.server.remote()), Err(MemoryError::Quorum(_))));
    assert!(!stage.role.path("evidence").exists());
}
