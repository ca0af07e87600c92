//! A small election: two styles that share a contest, three trustees of whom two decrypt.

use std::collections::{BTreeMap, BTreeSet};

use ed25519_dalek::SigningKey;
use tabella_board::key::{LogKey, WitnessKey};
use tabella_board::origin::Origin;
use tabella_counting::rule::{CountingRule, Method};
use tabella_election::SignerKey;
use tabella_election::contest::Selection;
use tabella_election::message::{
    Asset, Choice, Contest, ContestKind, ContestOption, Counting, List, Lists, Manifest, Style, Trustee,
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
    question(id, options, ContestKind::Choice(Choice { min, max, blank }))
}

/// A contest of any kind, without a counting rule.
pub fn question(id: &str, options: usize, kind: ContestKind) -> Contest {
    let option = |number: usize| ContestOption { id: format!("{id}{number}"), title: format!("Option {number}") };
    Contest {
        id: id.to_owned(),
        title: format!("Question {id}"),
        options: (1..=options).map(option).collect(),
        kind,
        counting: Counting(None),
    }
}

/// Lists with so many options each.
pub fn lists(sizes: &[u64], min: u64, max: u64) -> ContestKind {
    let list = |(number, options): (usize, &u64)| List {
        id: format!("list{number}"),
        title: format!("List {number}"),
        options: *options,
    };
    ContestKind::Lists(Lists { lists: (1..).zip(sizes).map(list).collect(), min, max })
}

/// The contest with a counting rule.
pub fn counted(contest: Contest, method: Method, seats: u64, tie_break: Option<&[u64]>) -> Contest {
    let rule = CountingRule { method, seats, tie_break: tie_break.map(<[u64]>::to_vec) };
    Contest { counting: Counting(Some(rule)), ..contest }
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

/// With one trustee, who decrypts every sum, for tests of something else than the ceremony.
pub fn quick() -> Manifest {
    Manifest { trustees: trustees(1), threshold: 1, quorum: 1, minimum: 1, ..manifest() }
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

/// Points, votes or amounts: a number for each option.
pub fn numbers(numbers: &[u64]) -> Selection {
    Selection::Numbers(numbers.to_vec())
}

/// An order without ties, the best first.
pub fn order(best: &[usize]) -> Selection {
    places(&best.iter().map(std::slice::from_ref).collect::<Vec<_>>())
}

/// An order, the best place first.
pub fn places(places: &[&[usize]]) -> Selection {
    Selection::Ranking(places.iter().map(|tied| tied.iter().copied().collect()).collect())
}

/// A list, and options of the contest that are on it.
pub fn list(list: usize, chosen: &[usize]) -> Selection {
    Selection::List { list, options: chosen.iter().copied().collect() }
}

/// The vote for the first option, and for as many more as the contest asks for.
pub fn first_vote(contest: &Contest) -> Selection {
    let first = |least: u64| (0..usize::try_from(least.max(1)).unwrap()).collect::<Vec<usize>>();
    let all_to_first = |number: u64| (0..contest.options.len()).map(move |option| if option == 0 { number } else { 0 });
    match &contest.kind {
        ContestKind::Choice(choice) => options(&first(choice.min)),
        ContestKind::Score(score) => {
            let mut left = score.min.max(1);
            let points = contest.options.iter().map(|_| {
                let points = left.min(score.most);
                left -= points;
                points
            });
            Selection::Numbers(points.collect())
        }
        ContestKind::Positional(positional) => order(&first(positional.min)),
        ContestKind::Quadratic(_) => Selection::Numbers(all_to_first(1).collect()),
        ContestKind::Ranking(_) => order(&(0..contest.options.len()).collect::<Vec<usize>>()),
        ContestKind::Lists(lists) if lists.min == 0 => list(0, &[]),
        ContestKind::Lists(lists) => list(0, &first(lists.min)),
        ContestKind::Allocation(allocation) => Selection::Numbers(all_to_first(allocation.amount).collect()),
    }
}
