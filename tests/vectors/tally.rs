//! tally.json: specs/tally.md.

mod hostile;
mod kinds;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use tabella_crypto::group::{Point, Scalar};
use tabella_crypto::polynomial::{Index, lagrange_at_zero};
use tabella_crypto::transcript::Transcript;
use tabella_election::message::{ContestResult, encode};
use tabella_election::rules::GroupState;

use crate::answer::Answer::{Blank, Chosen};
use crate::cbor::Value as Cbor;
use crate::file::{hex, hexes, point, points, scalar, scalars, vector};
use crate::glass::decryption::{Group, Statement};
use crate::question::contests_json;
use crate::stories::OPENED;
use crate::story::{Answers, Cast, Opened, Told, results};

const OPEN: &str = "tally: open, withheld and empty groups";
const NOTHING_OPEN: &str = "tally: nothing to decrypt";
const EVERY_KIND: &str = "tally: every kind";

/// A group with its sums, as the specification computes them.
pub struct CountedGroup {
    pub contests: Vec<u64>,
    pub slots: Vec<usize>,
    pub ballots: u64,
    pub weight: u64,
    pub state: &'static str,
    pub aggregate: Point,
    pub ciphertexts: Vec<Point>,
}

pub fn vectors() -> Vec<Value> {
    let (open, nothing, none) = (told_open(), told_nothing_open(), OPENED.tell("tally: no ballot", &[], &[]));
    let mut vectors = vec![tally(OPEN, &open), tally(NOTHING_OPEN, &nothing), tally("tally: no ballot", &none)];
    vectors.extend(hostile::vectors(&open, &nothing));
    vectors.extend(kinds::vectors());
    vectors
}

/// The story that messages.json tells too.
pub fn told_open() -> Told {
    let votes: Vec<(usize, Answers)> = vec![
        (0, vec![Chosen(&[1]), Chosen(&[1, 2]), Chosen(&[1])]),
        (2, vec![Chosen(&[3]), Chosen(&[2])]),
        (5, vec![Blank, Chosen(&[4]), Chosen(&[1])]),
        (1, vec![Chosen(&[3]), Chosen(&[]), Chosen(&[2])]),
        (0, vec![Chosen(&[2]), Chosen(&[2, 3, 4]), Chosen(&[2])]),
        (3, vec![Chosen(&[2]), Chosen(&[1])]),
    ];
    OPENED.tell(OPEN, &votes, &[4, 1, 3])
}

fn told_nothing_open() -> Told {
    OPENED.tell(NOTHING_OPEN, &[(4, vec![Chosen(&[2])]), (4, vec![Blank])], &[])
}

/// The last ballot of each credential, in the order of the log.
pub fn heads(ballots: &[Cast]) -> Vec<&Cast> {
    let is_head =
        |place: usize, cast: &Cast| !ballots[place + 1..].iter().any(|later| later.credential == cast.credential);
    ballots.iter().enumerate().filter(|(place, cast)| is_head(*place, cast)).map(|(_, cast)| cast).collect()
}

/// The place of a slot of the election on the ballots of a style.
fn place_on_ballot(opened: &Opened, style: u64, slot: usize) -> Option<usize> {
    let election = opened.scene.board.election();
    election.style_slots(election.style(style)?).position(|own| own == slot)
}

pub fn slot_value(opened: &Opened, cast: &Cast, slot: usize) -> Option<u64> {
    place_on_ballot(opened, cast.voter.style, slot).map(|place| cast.slots[place] as u64)
}

/// Follows specs/tally.md#groups.
pub fn counted_groups(opened: &Opened, ballots: &[Cast]) -> Vec<CountedGroup> {
    let plan = &opened.plan;
    let styles_of = |contest: u64| -> Vec<u64> {
        (0..).zip(&plan.styles).filter(|(_, contests)| contests.contains(&contest)).map(|(style, _)| style).collect()
    };
    let mut groups: Vec<(Vec<u64>, Vec<u64>)> = Vec::new();
    for contest in 0..plan.contests.len() as u64 {
        let styles = styles_of(contest);
        match groups.iter_mut().find(|(other, _)| *other == styles) {
            Some((_, contests)) => contests.push(contest),
            None => groups.push((styles, vec![contest])),
        }
    }
    groups.into_iter().map(|(styles, contests)| counted_group(opened, ballots, &styles, contests)).collect()
}

fn counted_group(opened: &Opened, ballots: &[Cast], styles: &[u64], contests: Vec<u64>) -> CountedGroup {
    let election = opened.scene.board.election();
    let own: Vec<&Cast> = heads(ballots).into_iter().filter(|cast| styles.contains(&cast.voter.style)).collect();
    let slots: Vec<usize> = contests.iter().flat_map(|contest| election.contest_slots(*contest)).collect();
    let weighted = |cast: &&Cast, point: Point| Scalar::from(cast.voter.weight) * point;
    let ciphertext = |cast: &&Cast, slot: usize| {
        let place = place_on_ballot(opened, cast.voter.style, slot).unwrap();
        weighted(cast, cast.ciphertexts[place])
    };
    CountedGroup {
        ballots: own.len() as u64,
        weight: own.iter().map(|cast| cast.voter.weight).sum(),
        state: match own.len() as u64 {
            0 => "empty",
            few if few < opened.plan.minimum => "withheld",
            _ => "open",
        },
        aggregate: own.iter().map(|cast| weighted(cast, cast.r)).sum(),
        ciphertexts: slots.iter().map(|slot| own.iter().map(|cast| ciphertext(cast, *slot)).sum()).collect(),
        contests,
        slots,
    }
}

/// What the trustees decrypt: the open groups.
pub fn statement(opened: &Opened, groups: &[CountedGroup], counted: [u8; 32]) -> Statement {
    let open = groups.iter().filter(|group| group.state == "open");
    let groups = open.map(|group| Group {
        slots: group.slots.clone(),
        aggregate: group.aggregate,
        ciphertexts: group.ciphertexts.clone(),
    });
    Statement {
        label: "tabella/1/share",
        election: opened.scene.election(),
        keys_hash: opened.keys_hash,
        counted: counted.to_vec(),
        groups: groups.collect(),
    }
}

fn tally(name: &str, told: &Told) -> Value {
    let counted = heads(&told.ballots);
    let counted_hash = counted_hash(told, &counted);
    agree(told, counted_hash);
    let opened = told.opened;
    let shares = opened
        .secret_shares
        .keys()
        .map(|index| (index.to_string(), opened.keys.public_shares(Index::new(*index).unwrap()).unwrap()));
    let shares: BTreeMap<String, Vec<String>> = shares.map(|(index, list)| (index, points(list))).collect();
    let secret_shares: BTreeMap<String, Vec<String>> =
        opened.secret_shares.iter().map(|(index, list)| (index.to_string(), scalars(list))).collect();

    let mut decryptions: Vec<_> = told.decryptions.iter().collect();
    decryptions.sort_by_key(|decryption| decryption.trustee);
    let indexes: BTreeSet<Index> = decryptions
        .iter()
        .take(opened.plan.threshold as usize)
        .map(|decryption| Index::new(decryption.trustee).unwrap())
        .collect();
    vector(
        name,
        "tally",
        json!({
            "election": hex(opened.scene.election()), "keys_hash": hex(opened.keys_hash), "close": hex(told.close),
            "contests": contests_json(&opened.plan.contests), "styles": opened.plan.styles,
            "keys": points(opened.keys.slot_keys()), "threshold": opened.plan.threshold,
            "minimum": opened.plan.minimum, "qualified": opened.secret_shares.keys().collect::<Vec<_>>(),
            "shares": shares, "secret_shares": secret_shares,
            "ballots": told.ballots.iter().map(ballot_json).collect::<Vec<_>>(),
            "counted": hexes(counted.iter().map(|cast| cast.leaf_hash)), "counted_hash": hex(counted_hash),
            "groups": told.groups.iter().map(group_json).collect::<Vec<_>>(),
            "decryptions": decryptions.iter().map(|decryption| &decryption.json).collect::<Vec<_>>(),
            "indexes": indexes.iter().map(|index| index.get()).collect::<Vec<_>>(),
            "lagrange": scalars(&lagrange_at_zero(&indexes)), "totals": told.totals,
            "result": result_json(&results(opened, &told.totals)),
        }),
    )
}

/// Production code counted the same.
fn agree(told: &Told, counted_hash: [u8; 32]) {
    let counted = told.closed.board.tally().unwrap().counted();
    assert_eq!(counted.hash.0, counted_hash);
    assert_eq!(counted.accepted, told.ballots.len() as u64);
    assert_eq!(counted.groups.len(), told.groups.len());
    for (production, glass) in counted.groups.iter().zip(&told.groups) {
        let state = match production.state {
            GroupState::Empty => "empty",
            GroupState::Withheld => "withheld",
            GroupState::Open => "open",
        };
        assert_eq!((production.ballots, production.weight, state), (glass.ballots, glass.weight, glass.state));
    }
}

fn counted_hash(told: &Told, counted: &[&Cast]) -> [u8; 32] {
    let leaves: Vec<u8> = counted.iter().flat_map(|cast| cast.leaf_hash.0).collect();
    let mut transcript = Transcript::new("tabella/1/counted");
    transcript.absorb("election", &told.opened.scene.election());
    transcript.absorb("close", &told.close.0);
    transcript.absorb_u64("count", counted.len() as u64);
    transcript.absorb("ballots", &leaves);
    transcript.hash()
}

fn ballot_json(cast: &Cast) -> Value {
    json!({
        "leaf_hash": hex(cast.leaf_hash), "credential": hex(cast.credential), "weight": cast.voter.weight,
        "style": cast.voter.style, "r": scalar(&cast.vote.r), "slots": cast.slots, "R": point(&cast.r),
        "C": points(&cast.ciphertexts),
    })
}

fn group_json(group: &CountedGroup) -> Value {
    json!({
        "contests": group.contests, "slots": group.slots, "ballots": group.ballots, "weight": group.weight,
        "state": group.state, "R": point(&group.aggregate), "C": points(&group.ciphertexts),
    })
}

fn result_json(contests: &Vec<ContestResult>) -> Value {
    Cbor::decode(&encode(contests)).to_json()
}
