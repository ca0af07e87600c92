//! Shares and results that are refused: specs/tally.md#share and #result.

use serde_json::{Value, json};
use tabella_crypto::group::{Point, Scalar, encode_point};
use tabella_election::message::{ContestResult, Share, TallyResult};
use tabella_election::{Code, ElectionId, Hash};

use super::{NOTHING_OPEN, OPEN, result_json};
use crate::ceremony::put;
use crate::file::{code, hex, vector};
use crate::glass::dealing::ORDER;
use crate::manifest::{authority_key, trustee_key};
use crate::scene::Scene;
use crate::stories::OPENED;
use crate::story::{Told, results};

pub fn vectors(open: &Told, nothing: &Told) -> Vec<Value> {
    let mut vectors = bad_shares(open);
    vectors.push(share_not_needed(open, nothing));
    vectors.extend(bad_results(open));
    vectors.extend(bad_results_of_nothing(nothing));
    vectors
}

fn bad_shares(told: &Told) -> Vec<Value> {
    let counted = told.closed.board.tally().unwrap().counted().hash;
    let body_of = |trustee: u64| {
        let decryption = told.decryptions.iter().find(|decryption| decryption.trustee == trustee).unwrap();
        OPENED.share_body(counted, decryption, told.closed.log.anchor())
    };
    let (right, other) = (body_of(3), body_of(4));
    let decryption = |place: usize, value: [u8; 32]| Share {
        decryption: put(&right.decryption, place, value).into(),
        ..right.clone()
    };
    let proof =
        |place: usize, value: [u8; 32]| Share { proof: put(&right.proof, place, value).into(), ..right.clone() };
    let no_point = [0xff; 32];
    let some_point = encode_point(&Point::mul_base(&Scalar::from(11_u64)));
    let some_scalar = Scalar::from(11_u64).to_bytes();
    let exchanged = {
        let (one, two) = (right.decryption[..32].to_vec(), right.decryption[32..64].to_vec());
        Share {
            decryption: put(&put(&right.decryption, 0, two.try_into().unwrap()), 32, one.try_into().unwrap()).into(),
            ..right.clone()
        }
    };
    // Two groups are open: W_1, W_2, V, z_1, z_2.
    let cases = [
        ("good", vec![], right.clone(), None),
        ("good after another", vec![4], right.clone(), None),
        ("trustee left out", vec![], Share { trustee: 2, ..right.clone() }, Some(Code::TrusteeLeftOut)),
        (
            "keys hash",
            vec![],
            Share { keys: Hash([1; 32]), counted: Hash([1; 32]), ..right.clone() },
            Some(Code::KeysMismatch),
        ),
        ("counted hash", vec![3], Share { counted: Hash([1; 32]), ..right.clone() }, Some(Code::CountedMismatch)),
        ("second share", vec![4, 3], right.clone(), Some(Code::Duplicate)),
        (
            "a point too few",
            vec![],
            Share { decryption: right.decryption[32..].to_vec().into(), ..right.clone() },
            Some(Code::ShareLength),
        ),
        (
            "a byte too many",
            vec![],
            Share { decryption: [&right.decryption[..], &[0]].concat().into(), ..right.clone() },
            Some(Code::ShareLength),
        ),
        (
            "proof of one group",
            vec![],
            Share { proof: right.proof[..96].to_vec().into(), ..right.clone() },
            Some(Code::ShareLength),
        ),
        (
            "empty",
            vec![],
            Share { decryption: vec![].into(), proof: vec![].into(), ..right.clone() },
            Some(Code::ShareLength),
        ),
        ("D no point", vec![], decryption(64, no_point), Some(Code::PointInvalid)),
        ("W no point", vec![], proof(32, no_point), Some(Code::PointInvalid)),
        ("V no point", vec![], proof(64, no_point), Some(Code::PointInvalid)),
        ("z no scalar", vec![], proof(128, ORDER), Some(Code::ScalarInvalid)),
        (
            "V no point and z no scalar",
            vec![],
            Share { proof: put(&proof(96, ORDER).proof, 64, no_point).into(), ..right.clone() },
            Some(Code::PointInvalid),
        ),
        ("D the identity", vec![], decryption(0, [0; 32]), Some(Code::ShareInvalid)),
        ("another D", vec![], decryption(0, some_point), Some(Code::ShareInvalid)),
        ("D exchanged", vec![], exchanged, Some(Code::ShareInvalid)),
        ("another W", vec![], proof(0, some_point), Some(Code::ShareInvalid)),
        ("another V", vec![], proof(64, some_point), Some(Code::ShareInvalid)),
        ("another z", vec![], proof(96, some_scalar), Some(Code::ShareInvalid)),
        ("another second z", vec![], proof(128, some_scalar), Some(Code::ShareInvalid)),
        ("share of another trustee", vec![], Share { trustee: 3, ..other.clone() }, Some(Code::ShareInvalid)),
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
    let body = OPENED.share_body(counted, &open.decryptions[0], nothing.closed.log.anchor());
    bad_share("not needed", NOTHING_OPEN, &nothing.closed, &[], body, Some(Code::ShareNotNeeded))
}

fn bad_share(name: &str, base: &str, scene: &Scene, sent: &[u64], body: Share, expected: Option<Code>) -> Value {
    assert_eq!(scene.judge_signed(body.clone(), &trustee_key(body.trustee)), expected, "{name}");
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
    let totals = |totals: &[u64]| ContestResult::Totals(totals.to_vec());
    let changed = |place: usize, change: &dyn Fn(&mut Vec<u64>)| {
        let mut totals = right[place].totals().unwrap().to_vec();
        change(&mut totals);
        put(place, ContestResult::Totals(totals))
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
        ("a contest too many", counted, [right.clone(), vec![totals(&[0])]].concat(), &all, Some(Code::ResultShape)),
        ("contests reversed", counted, reversed, &all, Some(Code::ResultShape)),
        ("two totals too few", counted, changed(0, &|totals| totals.truncate(2)), &all, Some(Code::ResultShape)),
        ("blank missing", counted, changed(0, &|totals| totals.truncate(3)), &all, Some(Code::ResultShape)),
        ("blank where none is offered", counted, changed(1, &|totals| totals.push(0)), &all, Some(Code::ResultShape)),
        ("open contest withheld", counted, put(0, ContestResult::Withheld), &all, Some(Code::ResultShape)),
        ("empty contest withheld", counted, put(3, ContestResult::Withheld), &all, Some(Code::ResultShape)),
        ("withheld contest shown", counted, put(4, totals(&[5])), &all, Some(Code::ResultShape)),
        ("one vote more", counted, changed(0, &|totals| totals[0] += 1), &all, Some(Code::ResultTotal)),
        ("votes exchanged", counted, changed(0, &|totals| totals.swap(0, 2)), &all, Some(Code::ResultTotal)),
        ("blank votes", counted, changed(0, &|totals| totals[3] = 0), &all, Some(Code::ResultTotal)),
        ("last contest of a group", counted, changed(1, &|totals| totals[3] += 1), &all, Some(Code::ResultTotal)),
        ("second group", counted, changed(2, &|totals| totals[1] += 1), &all, Some(Code::ResultTotal)),
        ("largest total", counted, changed(0, &|totals| totals[0] = u64::MAX), &all, Some(Code::ResultTotal)),
        ("votes in an empty group", counted, changed(3, &|totals| totals[0] = 1), &all, Some(Code::ResultTotal)),
        ("blank votes in an empty group", counted, changed(3, &|totals| totals[2] = 1), &all, Some(Code::ResultTotal)),
    ];
    let case =
        |(name, counted, contests, accepted, expected): (&str, Hash, Vec<ContestResult>, &[u64], Option<Code>)| {
            let scene = told.shared(accepted);
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
    shown[3] = ContestResult::Totals(vec![0, 0, 1]);
    let mut stuffed = right.clone();
    stuffed[4] = ContestResult::Totals(vec![1]);
    let cases = [
        ("nothing to decrypt, good", right, None),
        ("nothing to decrypt, withheld contest shown", shown, Some(Code::ResultShape)),
        ("nothing to decrypt, votes in an empty group", stuffed, Some(Code::ResultTotal)),
    ];
    let case = |(name, contests, expected)| bad_result(name, NOTHING_OPEN, &told.closed, counted, contests, expected);
    cases.into_iter().map(case).collect()
}

pub fn bad_result(
    name: &str,
    base: &str,
    scene: &Scene,
    counted: Hash,
    contests: Vec<ContestResult>,
    expected: Option<Code>,
) -> Value {
    let contests_json = result_json(&contests);
    let election = ElectionId(scene.election());
    let body = TallyResult { election, anchor: scene.log.anchor(), counted, contests };
    assert_eq!(scene.judge_signed(body, &authority_key()), expected, "{name}");
    let fields = json!({
        "base": base, "counted_hash": hex(counted), "contests": contests_json, "code": code(expected),
    });
    vector(format!("result: {name}"), "bad_result", fields)
}
