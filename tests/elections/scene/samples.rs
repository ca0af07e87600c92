//! A small election: two styles that share a contest, three trustees of whom two decrypt.

use std::collections::{BTreeMap, BTreeSet};

use ed25519_dalek::SigningKey;
use tabella_board::key::{LogKey, WitnessKey};
use tabella_board::origin::Origin;
use tabella_election::SignerKey;
use tabella_election::contest::Selection;
use tabella_election::message::{
    Asset, Choice, Contest, ContestKind, ContestOption, Counting, Manifest, Style, Trustee,
};

pub const ORIGIN: &str = "example.org/board-2026";

/// The style with all contests.
pub const MEMBERS: u64 = 0;

/// The style that has only the contest "seats".
pub const GUESTS: u64 = 1;

/// What a voter chooses in each contest of its style.
pub type Vote = BTreeMap<u64, Selection>;

pub fn origin() -> Origin {
    Origin::parse(ORIGIN).unwrap()
}

/// The key that signs the log, from which nothing else is signed.
pub fn log_key() -> LogKey {
    LogKey::from_seed(origin(), &[3; 32])
}

/// The one witness of the policy.
pub fn witness_key() -> WitnessKey {
    WitnessKey::from_seed("witness.example/w", &[4; 32]).unwrap()
}

/// The signing key of a role: every seed makes another.
pub fn signing_key(seed: u8) -> SigningKey {
    SigningKey::from_bytes(&[seed; 32])
}

pub fn authority() -> SigningKey {
    signing_key(1)
}

pub fn registrar() -> SigningKey {
    signing_key(2)
}

/// A key that the manifest does not name.
pub fn stranger() -> SigningKey {
    signing_key(99)
}

/// The key of the trustee of an index from 1.
pub fn trustee_key(index: u64) -> SigningKey {
    signing_key(100 + u8::try_from(index).unwrap())
}

pub fn signer_key(key: &SigningKey) -> SignerKey {
    SignerKey(key.verifying_key().to_bytes())
}

/// The line of the policy that names the log.
pub fn log_line() -> String {
    format!("log {}\n", log_key().verifier())
}

/// The policy under which the witness must cosign.
pub fn policy() -> String {
    format!("{}witness w {}\nquorum w\n", log_line(), witness_key().verifier())
}

pub fn contest(id: &str, options: usize, min: u64, max: u64, blank: bool) -> Contest {
    let option = |number: usize| ContestOption { id: format!("{id}{number}"), title: format!("Option {number}") };
    Contest {
        id: id.to_owned(),
        title: format!("Question {id}"),
        options: (1..=options).map(option).collect(),
        kind: ContestKind::Choice(Choice { min, max, blank }),
        counting: Counting(None),
    }
}

pub fn style(name: &str, contests: &[u64]) -> Style {
    Style { name: name.to_owned(), contests: contests.to_vec() }
}

pub fn trustees(count: u64) -> Vec<Trustee> {
    let trustee = |index: u64| Trustee { name: format!("Trustee {index}"), key: signer_key(&trustee_key(index)) };
    (1..=count).map(trustee).collect()
}

/// Decrypts sums of at least 2 ballots.
pub fn manifest() -> Manifest {
    let asset = |path: &str| Asset { path: path.to_owned(), hash: [9; 32].into() };
    Manifest {
        version: 1,
        id: "board-2026".to_owned(),
        title: "Election of the board".to_owned(),
        simulation: true,
        origin: ORIGIN.to_owned(),
        log: SignerKey(log_key().verifier().public_key()),
        policy: policy(),
        contests: vec![contest("chair", 3, 1, 1, true), contest("seats", 4, 0, 2, false)],
        styles: vec![style("Members", &[0, 1]), style("Guests", &[1])],
        authority: signer_key(&authority()),
        registrar: signer_key(&registrar()),
        trustees: trustees(3),
        threshold: 2,
        quorum: 2,
        minimum: 2,
        assets: vec![asset("app.js"), asset("index.html")],
    }
}

/// A member's vote: nobody for the chair is blank.
pub fn member_vote(chair: Option<usize>, seats: &[usize]) -> Vote {
    BTreeMap::from([(0, chair.map_or(Selection::Blank, |option| options(&[option]))), (1, options(seats))])
}

/// A guest's vote.
pub fn guest_vote(seats: &[usize]) -> Vote {
    BTreeMap::from([(1, options(seats))])
}

pub fn options(chosen: &[usize]) -> Selection {
    Selection::Options(chosen.iter().copied().collect::<BTreeSet<usize>>())
}
