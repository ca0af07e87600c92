//! A small election: two styles that share a contest, three trustees of whom two decrypt.

use std::collections::{BTreeMap, BTreeSet};

use ed25519_dalek::SigningKey;
use tabella_election::SignerKey;
use tabella_election::contest::Selection;
use tabella_election::message::{
    Asset, Choice, Contest, ContestKind, ContestOption, Counting, Manifest, Style, Trustee,
};

pub const ORIGIN: &str = "example.org/board-2026";

/// The one policy that the test's log takes.
pub const POLICY: &str = "a policy of the right log\n";

/// The style with all contests.
pub const MEMBERS: u64 = 0;

/// The style that has only the contest "seats".
pub const GUESTS: u64 = 1;

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

/// Decrypts sums of at least 2 ballots.
pub fn manifest() -> Manifest {
    let trustee = |index: u64| Trustee { name: format!("Trustee {index}"), key: signer_key(&trustee_key(index)) };
    let style = |name: &str, contests: &[u64]| Style { name: name.to_owned(), contests: contests.to_vec() };
    let asset = |path: &str| Asset { path: path.to_owned(), hash: [9; 32].into() };
    Manifest {
        version: 1,
        id: "board-2026".to_owned(),
        title: "Election of the board".to_owned(),
        simulation: true,
        origin: ORIGIN.to_owned(),
        log: signer_key(&signing_key(3)),
        policy: POLICY.to_owned(),
        contests: vec![contest("chair", 3, 1, 1, true), contest("seats", 4, 0, 2, false)],
        styles: vec![style("Members", &[0, 1]), style("Guests", &[1])],
        authority: signer_key(&authority()),
        registrar: signer_key(&registrar()),
        trustees: (1..=3).map(trustee).collect(),
        threshold: 2,
        quorum: 2,
        minimum: 2,
        assets: vec![asset("app.js"), asset("index.html")],
    }
}

/// A member's vote.
pub fn member_vote(chair: Option<usize>, seats: &[usize]) -> BTreeMap<u64, Selection> {
    let chair = chair.map_or(Selection::Blank, |option| Selection::Options(BTreeSet::from([option])));
    BTreeMap::from([(0, chair), (1, options(seats))])
}

/// A guest's vote.
pub fn guest_vote(seats: &[usize]) -> BTreeMap<u64, Selection> {
    BTreeMap::from([(1, options(seats))])
}

fn options(chosen: &[usize]) -> Selection {
    Selection::Options(chosen.iter().copied().collect())
}

/// Decrypts sums of at least so many ballots.
pub fn manifest_with_minimum(minimum: u64) -> Manifest {
    Manifest { minimum, ..manifest() }
}
