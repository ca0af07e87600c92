//! tally.json: specs/tally.md.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use tabella_crypto::group::{Point, Scalar, encode_point};
use tabella_crypto::polynomial::{Index, lagrange_at_zero};
use tabella_crypto::transcript::Transcript;
use tabella_election::message::{ContestResult, Share, TallyResult, encode};
use tabella_election::rules::GroupState;
use tabella_election::{Code, ElectionId, Hash};

use crate::cbor::Value as Cbor;
use crate::ceremony::put;
use crate::file::{code, hex, hexes, point, points, scalar, scalars, vector};
use crate::glass::dealing::ORDER;
use crate::glass::decryption::{Group, Statement};
use crate::manifest::{authority_key, trustee_key};
use crate::scene::Scene;
use crate::story::{Cast, Choices, OPENED, Opened, Told, results};

const OPEN: &str = "tally: open, withheld and empty groups";
const NOTHING_OPEN: &str = "tally: nothing to decrypt";

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
    let (open, nothing, none) = (
        told_open(),
        told_nothing_open(),
        OPENED.tell("tally: no ballot", &[], &[]),
    );
    let mut vectors = vec![
        tally(OPEN, &open),
        tally(NOTHING_OPEN, &nothing),
        tally("tally: no ballot", &none),
    ];
    vectors.extend(bad_shares(&open));
    vectors.push(share_not_needed(&open, &nothing));
    vectors.extend(bad_results(&open));
    vectors.extend(bad_results_of_nothing(&nothing));
    vectors
}

/// The story that messages.json tells too.
pub fn told_open() -> Told {
    let votes: Vec<(usize, Choices)> = vec![
        (0, vec![Some(&[1]), Some(&[1, 2]), Some(&[1])]),
        (2, vec![Some(&[3]), Some(&[2])]),
        (5, vec![None, Some(&[4]), Some(&[1])]),
        (1, vec![Some(&[3]), Some(&[]), Some(&[2])]),
        (0, vec![Some(&[2]), Some(&[2, 3, 4]), Some(&[2])]),
        (3, vec![Some(&[2]), Some(&[1])]),
    ];
    OPENED.tell(OPEN, &votes, &[4, 1, 3])
}

fn told_nothing_open() -> Told {
    OPENED.tell(NOTHING_OPEN, &[(4, vec![Some(&[2])]), (4, vec![None])], &[])
}

/// The last ballot of each credential, in the order of the log.
pub fn heads(ballots: &[Cast]) -> Vec<&Cast> {
    let is_head = |place: usize, cast: &Cast| {
        !ballots[place + 1..]
            .iter()
            .any(|later| later.credential == cast.credential)
    };
    ballots
        .iter()
        .enumerate()
        .filter(|(place, cast)| is_head(*place, cast))
        .map(|(_, cast)| cast)
        .collect()
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
        (0..)
            .zip(&plan.styles)
            .filter(|(_, contests)| contests.contains(&contest))
            .map(|(style, _)| style)
            .collect()
    };
    let mut groups: Vec<(Vec<u64>, Vec<u64>)> = Vec::new();
    for contest in 0..plan.contests.len() as u64 {
        let styles = styles_of(contest);
        match groups.iter_mut().find(|(other, _)| *other == styles) {
            Some((_, contests)) => contests.push(contest),
            None => groups.push((styles, vec![contest])),
        }
    }
    groups
        .into_iter()
        .map(|(styles, contests)| counted_group(opened, ballots, &styles, contests))
        .collect()
}

fn counted_group(opened: &Opened, ballots: &[Cast], styles: &[u64], contests: Vec<u64>) -> CountedGroup {
    let election = opened.scene.board.election();
    let own: Vec<&Cast> = heads(ballots)
        .into_iter()
        .filter(|cast| styles.contains(&cast.voter.style))
        .collect();
    let slots: Vec<usize> = contests
        .iter()
        .flat_map(|contest| election.contest_slots(*contest))
        .collect();
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
        ciphertexts: slots
            .iter()
            .map(|slot| own.iter().map(|cast| ciphertext(cast, *slot)).sum())
            .collect(),
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
    let shares = OPENED.secret_shares.keys().map(|index| {
        (
            index.to_string(),
            OPENED.keys.public_shares(Index::new(*index).unwrap()).unwrap(),
        )
    });
    let shares: BTreeMap<String, Vec<String>> = shares.map(|(index, list)| (index, points(list))).collect();
    let secret_shares: BTreeMap<String, Vec<String>> = OPENED
        .secret_shares
        .iter()
        .map(|(index, list)| (index.to_string(), scalars(list)))
        .collect();

    let mut decryptions: Vec<_> = told.decryptions.iter().collect();
    decryptions.sort_by_key(|decryption| decryption.trustee);
    let indexes: BTreeSet<Index> = decryptions
        .iter()
        .take(OPENED.plan.threshold as usize)
        .map(|decryption| Index::new(decryption.trustee).unwrap())
        .collect();
    vector(
        name,
        "tally",
        json!({
            "election": hex(OPENED.scene.election()), "keys_hash": hex(OPENED.keys_hash), "close": hex(told.close),
            "contests": OPENED.plan.contests_json(), "styles": OPENED.plan.styles,
            "keys": points(OPENED.keys.slot_keys()), "threshold": OPENED.plan.threshold,
            "minimum": OPENED.plan.minimum, "qualified": OPENED.secret_shares.keys().collect::<Vec<_>>(),
            "shares": shares, "secret_shares": secret_shares,
            "ballots": told.ballots.iter().map(ballot_json).collect::<Vec<_>>(),
            "counted": hexes(counted.iter().map(|cast| cast.leaf_hash)), "counted_hash": hex(counted_hash),
            "groups": told.groups.iter().map(group_json).collect::<Vec<_>>(),
            "decryptions": decryptions.iter().map(|decryption| &decryption.json).collect::<Vec<_>>(),
            "indexes": indexes.iter().map(|index| index.get()).collect::<Vec<_>>(),
            "lagrange": scalars(&lagrange_at_zero(&indexes)), "totals": told.totals,
            "result": contests_json(&results(&OPENED, &told.totals)),
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
        assert_eq!(
            (production.ballots, production.weight, state),
            (glass.ballots, glass.weight, glass.state)
        );
    }
}

fn counted_hash(told: &Told, counted: &[&Cast]) -> [u8; 32] {
    let leaves: Vec<u8> = counted.iter().flat_map(|cast| cast.leaf_hash.0).collect();
    let mut transcript = Transcript::new("tabella/1/counted");
    transcript.absorb("election", &OPENED.scene.election());
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

fn contests_json(contests: &Vec<ContestResult>) -> Value {
    Cbor::decode(&encode(contests)).to_json()
}

fn bad_shares(told: &Told) -> Vec<Value> {
    let counted = told.closed.board.tally().unwrap().counted().hash;
    let body_of = |trustee: u64| {
        let decryption = told
            .decryptions
            .iter()
            .find(|decryption| decryption.trustee == trustee)
            .unwrap();
        OPENED.share_body(counted, decryption)
    };
    let (right, other) = (body_of(3), body_of(4));
    let decryption = |place: usize, value: [u8; 32]| Share {
        decryption: put(&right.decryption, place, value).into(),
        ..right.clone()
    };
    let proof = |place: usize, value: [u8; 32]| Share {
        proof: put(&right.proof, place, value).into(),
        ..right.clone()
    };
    let no_point = [0xff; 32];
    let some_point = encode_point(&Point::mul_base(&Scalar::from(11_u64)));
    let some_scalar = Scalar::from(11_u64).to_bytes();
    let exchanged = {
        let (one, two) = (right.decryption[..32].to_vec(), right.decryption[32..64].to_vec());
        Share {
            decryption: put(
                &put(&right.decryption, 0, two.try_into().unwrap()),
                32,
                one.try_into().unwrap(),
            )
            .into(),
            ..right.clone()
        }
    };
    // Two groups are open: W_1, W_2, V, z_1, z_2.
    let cases = [
        ("good", vec![], right.clone(), None),
        ("good after another", vec![4], right.clone(), None),
        (
            "trustee left out",
            vec![],
            Share {
                trustee: 2,
                ..right.clone()
            },
            Some(Code::TrusteeLeftOut),
        ),
        (
            "keys hash",
            vec![],
            Share {
                keys: Hash([1; 32]),
                counted: Hash([1; 32]),
                ..right.clone()
            },
            Some(Code::KeysMismatch),
        ),
        (
            "counted hash",
            vec![3],
            Share {
                counted: Hash([1; 32]),
                ..right.clone()
            },
            Some(Code::CountedMismatch),
        ),
        ("second share", vec![4, 3], right.clone(), Some(Code::Duplicate)),
        (
            "a point too few",
            vec![],
            Share {
                decryption: right.decryption[32..].to_vec().into(),
                ..right.clone()
            },
            Some(Code::ShareLength),
        ),
        (
            "a byte too many",
            vec![],
            Share {
                decryption: [&right.decryption[..], &[0]].concat().into(),
                ..right.clone()
            },
            Some(Code::ShareLength),
        ),
        (
            "proof of one group",
            vec![],
            Share {
                proof: right.proof[..96].to_vec().into(),
                ..right.clone()
            },
            Some(Code::ShareLength),
        ),
        (
            "empty",
            vec![],
            Share {
                decryption: vec![].into(),
                proof: vec![].into(),
                ..right.clone()
            },
            Some(Code::ShareLength),
        ),
        ("D no point", vec![], decryption(64, no_point), Some(Code::PointInvalid)),
        ("W no point", vec![], proof(32, no_point), Some(Code::PointInvalid)),
        ("V no point", vec![], proof(64, no_point), Some(Code::PointInvalid)),
        ("z no scalar", vec![], proof(128, ORDER), Some(Code::ScalarInvalid)),
        (
            "V no point and z no scalar",
            vec![],
            Share {
                proof: put(&proof(96, ORDER).proof, 64, no_point).into(),
                ..right.clone()
            },
            Some(Code::PointInvalid),
        ),
        (
            "D the identity",
            vec![],
            decryption(0, [0; 32]),
            Some(Code::ShareInvalid),
        ),
        ("another D", vec![], decryption(0, some_point), Some(Code::ShareInvalid)),
        ("D exchanged", vec![], exchanged, Some(Code::ShareInvalid)),
        ("another W", vec![], proof(0, some_point), Some(Code::ShareInvalid)),
        ("another V", vec![], proof(64, some_point), Some(Code::ShareInvalid)),
        ("another z", vec![], proof(96, some_scalar), Some(Code::ShareInvalid)),
        (
            "another second z",
            vec![],
            proof(128, some_scalar),
            Some(Code::ShareInvalid),
        ),
        (
            "share of another trustee",
            vec![],
            Share {
                trustee: 3,
                ..other.clone()
            },
            Some(Code::ShareInvalid),
        ),
    ];
    let case = |(name, sent, body, expected): (&str, Vec<u64>, Share, Option<Code>)| {
        let mut scene = told.closed.clone();
        for trustee in &sent {
            scene.sign(body_of(*trustee), &trustee_key(*trustee));
        }
        bad_share(name, OPEN, &scene, &sent, body, expected)
    };
    cases.into_iter().map(case).collect()
}

fn share_not_needed(open: &Told, nothing: &Told) -> Value {
    let counted = nothing.closed.board.tally().unwrap().counted().hash;
    let body = OPENED.share_body(counted, &open.decryptions[0]);
    bad_share(
        "not needed",
        NOTHING_OPEN,
        &nothing.closed,
        &[],
        body,
        Some(Code::ShareNotNeeded),
    )
}

fn bad_share(name: &str, base: &str, scene: &Scene, sent: &[u64], body: Share, expected: Option<Code>) -> Value {
    assert_eq!(
        scene.judge_signed(body.clone(), &trustee_key(body.trustee)),
        expected,
        "{name}"
    );
    let fields = json!({
        "base": base, "sent": sent, "keys_hash": hex(body.keys), "counted_hash": hex(body.counted),
        "trustee": body.trustee, "decryption": hex(&body.decryption[..]), "proof": hex(&body.proof[..]),
        "code": code(expected),
    });
    vector(format!("share: {name}"), "bad_share", fields)
}

fn bad_results(told: &Told) -> Vec<Value> {
    let right = results(&OPENED, &told.totals);
    let counted = told.closed.board.tally().unwrap().counted().hash;
    let put = |place: usize, result: ContestResult| {
        let mut contests = right.clone();
        contests[place] = result;
        contests
    };
    let choice = |totals: &[u64], blank| ContestResult::Choice {
        totals: totals.to_vec(),
        blank,
    };
    let changed = |place: usize, change: &dyn Fn(&mut Vec<u64>, &mut Option<u64>)| {
        let ContestResult::Choice { mut totals, mut blank } = right[place].clone() else {
            panic!("withheld")
        };
        change(&mut totals, &mut blank);
        put(place, ContestResult::Choice { totals, blank })
    };
    let all = [1, 3, 4];
    let other = Hash([1; 32]);
    let reversed: Vec<_> = right.iter().rev().cloned().collect();
    let cases = [
        ("good", counted, right.clone(), &all[..], None),
        ("two shares are enough", counted, right.clone(), &[3, 4], None),
        ("counted hash", other, vec![], &[], Some(Code::CountedMismatch)),
        ("one share", counted, right.clone(), &[4], Some(Code::SharesMissing)),
        ("no share", counted, vec![], &[], Some(Code::SharesMissing)),
        ("no contest", counted, vec![], &all, Some(Code::ResultShape)),
        (
            "a contest too many",
            counted,
            [right.clone(), vec![choice(&[0], None)]].concat(),
            &all,
            Some(Code::ResultShape),
        ),
        ("contests reversed", counted, reversed, &all, Some(Code::ResultShape)),
        (
            "an option too few",
            counted,
            changed(0, &|totals, _| totals.truncate(2)),
            &all,
            Some(Code::ResultShape),
        ),
        (
            "blank missing",
            counted,
            changed(0, &|_, blank| *blank = None),
            &all,
            Some(Code::ResultShape),
        ),
        (
            "blank where none is offered",
            counted,
            changed(1, &|_, blank| *blank = Some(0)),
            &all,
            Some(Code::ResultShape),
        ),
        (
            "open contest withheld",
            counted,
            put(0, ContestResult::Withheld),
            &all,
            Some(Code::ResultShape),
        ),
        (
            "empty contest withheld",
            counted,
            put(3, ContestResult::Withheld),
            &all,
            Some(Code::ResultShape),
        ),
        (
            "withheld contest shown",
            counted,
            put(4, choice(&[5], None)),
            &all,
            Some(Code::ResultShape),
        ),
        (
            "one vote more",
            counted,
            changed(0, &|totals, _| totals[0] += 1),
            &all,
            Some(Code::ResultTotal),
        ),
        (
            "votes exchanged",
            counted,
            changed(0, &|totals, _| totals.swap(0, 2)),
            &all,
            Some(Code::ResultTotal),
        ),
        (
            "blank votes",
            counted,
            changed(0, &|_, blank| *blank = Some(0)),
            &all,
            Some(Code::ResultTotal),
        ),
        (
            "last contest of a group",
            counted,
            changed(1, &|totals, _| totals[3] += 1),
            &all,
            Some(Code::ResultTotal),
        ),
        (
            "second group",
            counted,
            changed(2, &|totals, _| totals[1] += 1),
            &all,
            Some(Code::ResultTotal),
        ),
        (
            "largest total",
            counted,
            changed(0, &|totals, _| totals[0] = u64::MAX),
            &all,
            Some(Code::ResultTotal),
        ),
        (
            "votes in an empty group",
            counted,
            changed(3, &|totals, _| totals[0] = 1),
            &all,
            Some(Code::ResultTotal),
        ),
        (
            "blank votes in an empty group",
            counted,
            changed(3, &|_, blank| *blank = Some(1)),
            &all,
            Some(Code::ResultTotal),
        ),
    ];
    let case =
        |(name, counted, contests, accepted, expected): (&str, Hash, Vec<ContestResult>, &[u64], Option<Code>)| {
            let mut scene = told.closed.clone();
            let own = told.closed.board.tally().unwrap().counted().hash;
            for decryption in told
                .decryptions
                .iter()
                .filter(|decryption| accepted.contains(&decryption.trustee))
            {
                scene.sign(OPENED.share_body(own, decryption), &trustee_key(decryption.trustee));
            }
            let mut vector = bad_result(name, OPEN, &scene, counted, contests, expected);
            if accepted != all {
                vector["accepted"] = json!(accepted);
            }
            vector
        };
    cases.into_iter().map(case).collect()
}

fn bad_results_of_nothing(told: &Told) -> Vec<Value> {
    let right = results(&OPENED, &told.totals);
    let counted = told.closed.board.tally().unwrap().counted().hash;
    let mut shown = right.clone();
    shown[3] = ContestResult::Choice {
        totals: vec![0, 0],
        blank: Some(1),
    };
    let mut stuffed = right.clone();
    stuffed[4] = ContestResult::Choice {
        totals: vec![1],
        blank: None,
    };
    let cases = [
        ("nothing to decrypt, good", right, None),
        (
            "nothing to decrypt, withheld contest shown",
            shown,
            Some(Code::ResultShape),
        ),
        (
            "nothing to decrypt, votes in an empty group",
            stuffed,
            Some(Code::ResultTotal),
        ),
    ];
    let case = |(name, contests, expected)| bad_result(name, NOTHING_OPEN, &told.closed, counted, contests, expected);
    cases.into_iter().map(case).collect()
}

fn bad_result(
    name: &str,
    base: &str,
    scene: &Scene,
    counted: Hash,
    contests: Vec<ContestResult>,
    expected: Option<Code>,
) -> Value {
    let contests_json = contests_json(&contests);
    let election = ElectionId(scene.election());
    let body = TallyResult {
        election,
        anchor: scene.log.anchor(),
        counted,
        contests,
    };
    assert_eq!(scene.judge_signed(body, &authority_key()), expected, "{name}");
    let fields = json!({
        "base": base, "counted_hash": hex(counted), "contests": contests_json, "code": code(expected),
    });
    vector(format!("result: {name}"), "bad_result", fields)
}
