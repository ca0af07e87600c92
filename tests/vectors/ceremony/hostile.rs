//! Messages that are refused: specs/ceremony.md, from the commitment to the rehearsal.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use tabella_crypto::dealing::{DealRound, Dealing};
use tabella_crypto::group::{Point, Scalar, decode_scalar};
use tabella_crypto::polynomial::Index;
use tabella_election::ceremony::Stage;
use tabella_election::message::{Commit, Confirm, Rehearsal};
use tabella_election::{Code, EncodedPoint, EncodedScalar, Hash, Rejection};

use super::{BASE, BASE_WITH_TWO_MISSING};
use crate::file::{code, hex, vector};
use crate::glass::dealing::ORDER;
use crate::manifest::trustee_key;
use crate::play::{Ceremony, commit, hexes_of_keys, map_json};

pub fn vectors(base: &Ceremony, missing: &Ceremony) -> Vec<Value> {
    let mut vectors = bad_commits(base);
    vectors.extend(bad_dealings(base));
    vectors.extend(bad_confirms(base));
    vectors.extend(bad_rehearsals(BASE, base, 3, None));
    vectors.extend(bad_rehearsals(BASE_WITH_TWO_MISSING, missing, 5, Some(2)));
    vectors
}

fn bad_commits(base: &Ceremony) -> Vec<Value> {
    let mut scene = base.before_commits.clone();
    let first = commit(&scene, &base.dealers[0]);
    scene.sign(first.clone(), &trustee_key(1));
    let right = commit(&scene, &base.dealers[1]);
    let changed = |change: &dyn Fn(&mut BTreeMap<u64, EncodedPoint>)| {
        let mut keys = right.envelope_keys.clone();
        change(&mut keys);
        keys
    };
    let (one, three) = (right.envelope_keys[&1], right.envelope_keys[&3]);
    let no_point = EncodedPoint([0xff; 32]);
    let identity = EncodedPoint([0; 32]);
    let cases = [
        ("good", right.envelope_keys.clone(), None),
        ("one missing", changed(&|keys| keys.retain(|dealer, _| *dealer != 3)), Some(Code::EnvelopeKeys)),
        ("one for the sender", changed(&|keys| keys.extend([(2, one)])), Some(Code::EnvelopeKeys)),
        ("one for nobody", changed(&|keys| keys.extend([(4, one)])), Some(Code::EnvelopeKeys)),
        ("none", BTreeMap::new(), Some(Code::EnvelopeKeys)),
        ("no point", changed(&|keys| keys.extend([(3, no_point)])), Some(Code::PointInvalid)),
        ("identity", changed(&|keys| keys.extend([(1, identity)])), Some(Code::IdentityPoint)),
        (
            "the identity before no point",
            changed(&|keys| {
                keys.extend([(1, identity), (3, no_point)]);
            }),
            Some(Code::PointInvalid),
        ),
        ("twice in one message", changed(&|keys| keys.extend([(1, three)])), Some(Code::EnvelopeKeyReused)),
        (
            "of another trustee",
            changed(&|keys| keys.extend([(1, first.envelope_keys[&2])])),
            Some(Code::EnvelopeKeyReused),
        ),
    ];
    let case = |(name, envelope_keys, expected): (&str, BTreeMap<u64, EncodedPoint>, Option<Code>)| {
        let body = Commit { envelope_keys: envelope_keys.clone(), ..right.clone() };
        assert_eq!(scene.judge_signed(body, &trustee_key(2)), expected, "{name}");
        let fields = json!({
            "election": hex(scene.election()), "trustees": 3, "slots": 2, "trustee": 2,
            "used": hexes_of_keys(&first.envelope_keys), "envelope_keys": map_json(&envelope_keys),
            "code": code(expected),
        });
        vector(format!("commit: {name}"), "bad_commit", fields)
    };
    cases.into_iter().map(case).collect()
}

fn bad_dealings(base: &Ceremony) -> Vec<Value> {
    let (round, dealer) = (&base.round, Index::new(2).unwrap());
    let right = &base.dealings[&2].bytes;
    let points = 32 * round.attempt.parameters.coefficients();
    let (announcement, response, envelope) = (points, points + 32, points + 64);
    let put = |places: &[(usize, [u8; 32])]| {
        let mut bytes = right.clone();
        for (place, value) in places {
            bytes[*place..place + 32].copy_from_slice(value);
        }
        bytes
    };
    let at = |place: usize| <[u8; 32]>::try_from(&right[place..place + 32]).unwrap();
    let identity = [0; 32];
    let more = |place: usize| (decode_scalar(&at(place)).unwrap() + Scalar::ONE).to_bytes();
    let second_envelope = envelope + (right.len() - envelope) / 2;
    let commitment_of = |bytes: &[u8]| {
        let (points, _) = bytes[..points].as_chunks();
        tabella_crypto::dealing::commitment(&round.attempt, dealer, points)
    };
    let honest = commitment_of(right);
    let exchanged = put(&[(0, at(32)), (32, at(0))]);
    let with_identity = put(&[(32, identity)]);
    let cases = [
        ("good", right.clone(), honest, None),
        ("A no point", put(&[(32, [0xff; 32])]), honest, Some(Code::PointInvalid)),
        ("W no point", put(&[(announcement, [0xff; 32])]), honest, Some(Code::PointInvalid)),
        ("A the identity", with_identity.clone(), commitment_of(&with_identity), Some(Code::IdentityPoint)),
        (
            "A the identity, W no point",
            put(&[(0, identity), (announcement, [0xff; 32])]),
            honest,
            Some(Code::PointInvalid),
        ),
        ("A the identity, z no scalar", put(&[(0, identity), (response, ORDER)]), honest, Some(Code::IdentityPoint)),
        ("z no scalar", put(&[(response, ORDER)]), honest, Some(Code::ScalarInvalid)),
        (
            "z no scalar, E no point",
            put(&[(response, ORDER), (envelope, [0xff; 32])]),
            honest,
            Some(Code::ScalarInvalid),
        ),
        ("E no point", put(&[(second_envelope, [0xff; 32])]), honest, Some(Code::PointInvalid)),
        ("E the identity", put(&[(envelope, identity)]), honest, Some(Code::IdentityPoint)),
        (
            "an E the identity before one no point",
            put(&[(envelope, identity), (second_envelope, [0xff; 32])]),
            honest,
            Some(Code::PointInvalid),
        ),
        ("E the identity, another commitment", put(&[(envelope, identity)]), [7; 32], Some(Code::IdentityPoint)),
        ("other points than committed to", exchanged.clone(), honest, Some(Code::DealCommitment)),
        ("another commitment", right.clone(), [7; 32], Some(Code::DealCommitment)),
        ("z", put(&[(response, more(response))]), honest, Some(Code::DealProof)),
        ("W the identity", put(&[(announcement, identity)]), honest, Some(Code::DealProof)),
        ("proof for other points", exchanged.clone(), commitment_of(&exchanged), Some(Code::DealProof)),
        ("a share that nobody can open is not seen here", put(&[(envelope + 32, [9; 32])]), honest, None),
    ];
    let mut vectors: Vec<Value> = cases
        .into_iter()
        .map(|(name, bytes, commitment, expected)| bad_dealing(name, round, dealer, &commitment, &bytes, expected))
        .collect();
    let other_round = DealRound { history: [7; 32], ..round.clone() };
    vectors.push(bad_dealing("of another round", &other_round, dealer, &honest, right, Some(Code::DealProof)));
    let other_dealer = Index::new(1).unwrap();
    vectors.push(bad_dealing("of another dealer", round, other_dealer, &honest, right, Some(Code::DealCommitment)));
    vectors
}

fn bad_dealing(
    name: &str,
    round: &DealRound,
    dealer: Index,
    commitment: &[u8; 32],
    bytes: &[u8],
    expected: Option<Code>,
) -> Value {
    let judged = Dealing::verify(bytes, round, dealer, commitment);
    assert_eq!(judged.err().map(|fault| Rejection::from(fault).code), expected, "{name}");
    let fields = json!({
        "election": hex(round.attempt.election), "attempt": round.attempt.number, "history": hex(round.history),
        "trustees": 3, "threshold": round.attempt.parameters.threshold(),
        "slots": round.attempt.parameters.slots(), "left_out": [], "dealer": dealer.get(),
        "commitment": hex(commitment), "dealing": hex(bytes), "code": code(expected),
    });
    vector(format!("deal: {name}"), "bad_dealing", fields)
}

fn bad_confirms(base: &Ceremony) -> Vec<Value> {
    let scene = &base.before_confirms;
    let Stage::Confirm(stage) = scene.board.ceremony().stage() else { panic!("confirming") };
    let right = Confirm {
        election: scene.board.election().id(),
        attempt: 1,
        history: scene.history(),
        trustee: 2,
        confirmed: stage
            .dealings()
            .map(|dealing| (dealing.dealer().get(), Hash(dealing.hash())))
            .filter(|(dealer, _)| *dealer != 2)
            .collect(),
        complaints: BTreeMap::new(),
    };
    let own = &base.dealers[1].envelope_keys;
    let secret = |scalar: &Scalar| EncodedScalar(scalar.to_bytes());
    let confirming = |dealers: &[u64]| -> BTreeMap<u64, Hash> {
        right
            .confirmed
            .iter()
            .filter(|(dealer, _)| dealers.contains(dealer))
            .map(|(dealer, hash)| (*dealer, *hash))
            .collect()
    };
    let complaining =
        |list: &[(u64, EncodedScalar)]| -> BTreeMap<u64, EncodedScalar> { list.iter().copied().collect() };
    let own_dealing = Hash(stage.dealings().nth(1).unwrap().hash());
    let mut with_own = right.confirmed.clone();
    with_own.insert(2, own_dealing);
    let exchanged = BTreeMap::from([(1, right.confirmed[&3]), (3, right.confirmed[&1])]);
    let mut with_stranger = right.confirmed.clone();
    with_stranger.insert(4, own_dealing);
    let bad_scalar = EncodedScalar(ORDER);
    let cases = [
        ("good", right.confirmed.clone(), complaining(&[]), None),
        ("a complaint without reason is taken", confirming(&[3]), complaining(&[(1, secret(&own[&1]))]), None),
        ("one missing", confirming(&[1]), complaining(&[]), Some(Code::ConfirmDealers)),
        ("the sender's own", with_own, complaining(&[]), Some(Code::ConfirmDealers)),
        ("of nobody", with_stranger, complaining(&[]), Some(Code::ConfirmDealers)),
        ("in both maps", right.confirmed.clone(), complaining(&[(1, secret(&own[&1]))]), Some(Code::ConfirmDealers)),
        ("hashes exchanged", exchanged.clone(), complaining(&[]), Some(Code::ConfirmHash)),
        (
            "hash before the complaint",
            confirming(&[]).into_iter().chain([(3, own_dealing)]).collect(),
            complaining(&[(1, bad_scalar)]),
            Some(Code::ConfirmHash),
        ),
        ("no scalar", confirming(&[3]), complaining(&[(1, bad_scalar)]), Some(Code::ScalarInvalid)),
        ("key for another dealer", confirming(&[3]), complaining(&[(1, secret(&own[&3]))]), Some(Code::ComplaintKey)),
        (
            "a wrong key before no scalar",
            BTreeMap::new(),
            complaining(&[(1, secret(&own[&3])), (3, bad_scalar)]),
            Some(Code::ComplaintKey),
        ),
        (
            "no scalar before a wrong key",
            BTreeMap::new(),
            complaining(&[(1, bad_scalar), (3, secret(&own[&1]))]),
            Some(Code::ScalarInvalid),
        ),
        ("the negative key", confirming(&[3]), complaining(&[(1, secret(&-own[&1]))]), Some(Code::ComplaintKey)),
    ];
    let case = |(name, confirmed, complaints, expected): (
        &str,
        BTreeMap<u64, Hash>,
        BTreeMap<u64, EncodedScalar>,
        Option<Code>,
    )| {
        let body = Confirm { confirmed: confirmed.clone(), complaints: complaints.clone(), ..right.clone() };
        assert_eq!(scene.judge_signed(body, &trustee_key(2)), expected, "{name}");
        let fields = json!({
            "base": BASE, "trustee": 2, "confirmed": map_json(&confirmed), "complaints": map_json(&complaints),
            "code": code(expected),
        });
        vector(format!("confirm: {name}"), "bad_confirm", fields)
    };
    cases.into_iter().map(case).collect()
}

/// Mutations of a trustee's answer. `left_out` is a trustee who is not qualified.
fn bad_rehearsals(base_name: &str, base: &Ceremony, trustee: u64, left_out: Option<u64>) -> Vec<Value> {
    let scene = base.before_answers.as_ref().unwrap();
    let rehearsal = &base.json["rehearsal"];
    let answers = rehearsal["answers"].as_array().unwrap();
    let bytes = |value: &Value| data_encoding::HEXLOWER.decode(value.as_str().unwrap().as_bytes()).unwrap();
    let joined = |answer: &Value| answer["decryption"].as_array().unwrap().iter().flat_map(bytes).collect::<Vec<u8>>();
    let answer_of = |index: u64| answers.iter().find(|answer| answer["trustee"] == index).unwrap();
    let right = Rehearsal {
        election: scene.board.election().id(),
        keys: Hash(scene.board.ceremony().keys().unwrap().hash()),
        round: rehearsal["round"].as_u64().unwrap(),
        trustee,
        decryption: joined(answer_of(trustee)).into(),
        proof: bytes(&answer_of(trustee)["proof"]).into(),
    };
    let decryption = |place: usize, value: [u8; 32]| Rehearsal {
        decryption: put(&right.decryption, place, value).into(),
        ..right.clone()
    };
    let proof =
        |place: usize, value: [u8; 32]| Rehearsal { proof: put(&right.proof, place, value).into(), ..right.clone() };
    let other = answer_of(1);
    let point = tabella_crypto::group::encode_point(&Point::mul_base(&Scalar::from(5_u64)));
    let mut cases = vec![
        ("good", right.clone(), None),
        ("keys hash", Rehearsal { keys: Hash([7; 32]), ..right.clone() }, Some(Code::KeysMismatch)),
        ("round before", Rehearsal { round: right.round - 1, ..right.clone() }, Some(Code::RehearsalRound)),
        ("round after", Rehearsal { round: right.round + 1, ..right.clone() }, Some(Code::RehearsalRound)),
        (
            "proof too short",
            Rehearsal { proof: right.proof[..64].to_vec().into(), ..right.clone() },
            Some(Code::ShareLength),
        ),
        ("D no point", decryption(32, [0xff; 32]), Some(Code::PointInvalid)),
        ("W no point", proof(0, [0xff; 32]), Some(Code::PointInvalid)),
        ("V no point", proof(32, [0xff; 32]), Some(Code::PointInvalid)),
        ("z no scalar", proof(64, ORDER), Some(Code::ScalarInvalid)),
        ("D the identity", decryption(0, [0; 32]), Some(Code::ShareInvalid)),
        ("another D", decryption(32, point), Some(Code::ShareInvalid)),
        ("another W", proof(0, point), Some(Code::ShareInvalid)),
        ("another V", proof(32, point), Some(Code::ShareInvalid)),
        ("another z", proof(64, [1; 32]), Some(Code::ShareInvalid)),
        (
            "answer of another trustee",
            Rehearsal { decryption: joined(other).into(), proof: bytes(&other["proof"]).into(), ..right.clone() },
            Some(Code::ShareInvalid),
        ),
    ];
    cases.extend(
        left_out
            .map(|trustee| ("trustee left out", Rehearsal { trustee, ..right.clone() }, Some(Code::TrusteeLeftOut))),
    );
    let case = |(name, body, expected): (&str, Rehearsal, Option<Code>)| {
        assert_eq!(scene.judge_signed(body.clone(), &trustee_key(body.trustee)), expected, "{name}");
        let fields = json!({
            "base": base_name, "keys_hash": hex(body.keys), "round": body.round, "trustee": body.trustee,
            "decryption": hex(&body.decryption[..]), "proof": hex(&body.proof[..]), "code": code(expected),
        });
        vector(format!("rehearsal by {}: {name}, {base_name}", body.trustee), "bad_rehearsal", fields)
    };
    cases.into_iter().map(case).collect()
}

/// The bytes with 32 others at a place.
pub fn put(bytes: &[u8], place: usize, value: [u8; 32]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    bytes[place..place + 32].copy_from_slice(&value);
    bytes
}
