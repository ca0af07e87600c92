//! The roll, and chunks that do not follow.

use serde_json::{Value, json};
use tabella_crypto::group::{Point, Scalar, encode_point};
use tabella_election::message::{Roll as Chunk, Signed, Voter, encode};
use tabella_election::roll::Roll;
use tabella_election::{Code, ElectionId, EncodedPoint, Hash};

use crate::file::{code, hex, hexes, vector};
use crate::manifest::{Plan, registrar_key};
use crate::question::{Question, allocation, contests_json, lists, positional, quadratic, ranking, score};
use crate::scene::Scene;
use crate::story::body_hash;

pub fn vectors(scene: &Scene) -> Vec<Value> {
    let election = scene.board.election().id();
    let credentials = credentials();
    let voter = |place: usize, weight, style| Voter { credential: credentials[place], weight, style };
    let chunk = |revision, chunk, chunks, voters: &[Voter]| Chunk {
        election,
        revision,
        chunk,
        chunks,
        voters: voters.to_vec(),
        previous: Hash([0; 32]),
    };
    let strange = |credential: [u8; 32]| Voter { credential: EncodedPoint(credential), weight: 0, style: 0 };

    let one = chunk(1, 1, 2, &[voter(0, 1, 0), voter(1, 5, 1)]);
    let two = after(&one, chunk(1, 2, 2, &[voter(2, 1, 0)]));
    let other = chunk(1, 1, 2, &[voter(0, 2, 0)]);
    let empty = chunk(1, 1, 1, &[]);
    let cases: Vec<(&str, Vec<&Chunk>, Chunk, Option<Code>)> = vec![
        ("first", vec![], one.clone(), None),
        ("second", vec![&one], two.clone(), None),
        ("empty", vec![], empty.clone(), None),
        ("new revision after a whole one", vec![&one, &two], chunk(2, 1, 1, &[voter(0, 1, 0)]), None),
        ("new revision in the middle", vec![&one], chunk(2, 1, 3, &[voter(0, 1, 0)]), None),
        ("most chunks", vec![], chunk(1, 1, 100_000, &[]), None),
        ("too many chunks", vec![], chunk(1, 1, 100_001, &[]), Some(Code::RollChunk)),
        ("of another roll", vec![&other], two.clone(), Some(Code::RollChunk)),
        ("without the chunk before", vec![&one], chunk(1, 2, 2, &[]), Some(Code::RollChunk)),
        ("first after another", vec![], after(&one, empty.clone()), Some(Code::RollChunk)),
        ("new revision after the old", vec![&one, &two], after(&two, chunk(2, 1, 1, &[])), Some(Code::RollChunk)),
        (
            "another chunk before, and a voter twice",
            vec![&one],
            chunk(1, 2, 2, &[voter(1, 1, 0)]),
            Some(Code::RollChunk),
        ),
        ("no chunks", vec![], chunk(1, 1, 0, &[]), Some(Code::RollChunk)),
        ("chunk 0", vec![], chunk(1, 0, 1, &[]), Some(Code::RollChunk)),
        ("second first", vec![], two.clone(), Some(Code::RollChunk)),
        ("first again", vec![&one], one.clone(), Some(Code::RollChunk)),
        ("third of two", vec![&one, &two], after(&two, chunk(1, 3, 2, &[])), Some(Code::RollChunk)),
        ("other number of chunks", vec![&one], after(&one, chunk(1, 2, 3, &[])), Some(Code::RollChunk)),
        ("revision 0", vec![], chunk(0, 1, 1, &[]), Some(Code::RollChunk)),
        ("revision skipped", vec![&one], chunk(3, 1, 1, &[]), Some(Code::RollChunk)),
        ("revision of 64 bits", vec![&one], chunk(u64::MAX, 1, 1, &[]), Some(Code::RollChunk)),
        ("new revision with chunk 2", vec![&one], chunk(2, 2, 2, &[]), Some(Code::RollChunk)),
        ("voters of the revision before", vec![&one, &two], chunk(2, 1, 1, &[voter(2, 1, 0), voter(3, 1, 0)]), None),
        ("voter twice", vec![], chunk(1, 1, 1, &[voter(1, 1, 0), voter(1, 1, 0)]), Some(Code::RollOrder)),
        ("not ascending", vec![], chunk(1, 1, 1, &[voter(1, 1, 0), voter(0, 1, 0)]), Some(Code::RollOrder)),
        (
            "not ascending over chunks",
            vec![&one],
            after(&one, chunk(1, 2, 2, &[voter(1, 1, 0)])),
            Some(Code::RollOrder),
        ),
        ("order before the point", vec![&one], after(&one, chunk(1, 2, 2, &[strange([0; 32])])), Some(Code::RollOrder)),
        ("no point", vec![], chunk(1, 1, 1, &[strange([0xff; 32])]), Some(Code::PointInvalid)),
        ("identity", vec![], chunk(1, 1, 1, &[strange([0; 32])]), Some(Code::IdentityPoint)),
        ("weight 0", vec![], chunk(1, 1, 1, &[voter(0, 0, 9)]), Some(Code::RollWeight)),
        ("style", vec![], chunk(1, 1, 1, &[voter(0, 1, 4)]), Some(Code::RollStyle)),
        ("style of 64 bits", vec![], chunk(1, 1, 1, &[voter(0, 1, u64::MAX)]), Some(Code::RollStyle)),
        ("first voter first", vec![], chunk(1, 1, 1, &[voter(0, 1, 4), voter(0, 0, 0)]), Some(Code::RollStyle)),
        ("largest total", vec![], chunk(1, 1, 1, &[voter(0, 1 << 40, 0)]), None),
        ("largest total over chunks", vec![&one], after(&one, chunk(1, 2, 2, &[voter(2, (1 << 40) - 6, 0)])), None),
        (
            "total over chunks",
            vec![&one],
            after(&one, chunk(1, 2, 2, &[voter(2, (1 << 40) - 5, 0)])),
            Some(Code::RollTotal),
        ),
        ("weights of a void revision", vec![&one], chunk(2, 1, 1, &[voter(2, 1 << 40, 0)]), None),
        ("weight of 64 bits", vec![], chunk(1, 1, 1, &[voter(0, u64::MAX, 0)]), Some(Code::RollTotal)),
        (
            "sum above 64 bits",
            vec![],
            chunk(1, 1, 1, &[voter(0, u64::MAX, 0), voter(1, u64::MAX, 0)]),
            Some(Code::RollTotal),
        ),
    ];
    let mut vectors = vec![
        whole("one empty chunk", election, scene, &[&empty]),
        whole("two chunks", election, scene, &[&one, &two]),
        whole("the second revision", election, scene, &[&chunk(2, 1, 1, &[voter(3, 7, 2)])]),
    ];
    vectors.extend(cases.into_iter().map(|(name, before, body, expected)| bad(name, scene, &before, &body, expected)));
    vectors.extend(limits().into_iter().flat_map(|(name, contests, most)| limit(name, contests, most)));
    vectors
}

/// Contests, and the largest sum of weights that can be counted.
fn limits() -> Vec<(&'static str, Vec<Question>, u64)> {
    let amount = (1 << 32) - 1;
    vec![
        ("score", vec![score(2, 1_000_000, 0, 2_000_000)], 1_099_511),
        ("score with a small maximum", vec![score(2, 1_000_000, 0, 100)], 10_995_116_277),
        ("positional", vec![positional(3, 1, &[7, 5])], 157_073_089_682),
        ("quadratic", vec![quadratic(2, 1_000_000)], 1_099_511_627),
        ("ranking", vec![ranking(3, true)], 1 << 40),
        ("lists", vec![lists(&[2, 1], 0, 2)], 1 << 40),
        ("allocation of 65,535", vec![allocation(2, 65_535, false)], 16_777_472),
        ("allocation of 65,536", vec![allocation(2, 65_536, true)], 16_777_472),
        // Here the options are what binds, not the slots.
        ("allocation of 2^32 − 1", vec![allocation(2, amount, true)], 1 << 21),
        ("the options of the second", vec![score(2, 500_000, 0, 1_000_000), allocation(2, amount, true)], 1 << 21),
        ("the slots of the first", vec![score(2, 1_000_000, 0, 1_000_000), allocation(2, amount, true)], 1_099_511),
    ]
}

/// The largest sum and one more, made of two weights.
fn limit(name: &str, contests: Vec<Question>, most: u64) -> [Value; 2] {
    let styles = (0..contests.len() as u64).map(|contest| vec![contest]).collect();
    let plan = Plan { id: "limits", contests, styles, trustees: 1, threshold: 1, quorum: 1, minimum: 1 };
    let scene = Scene::found(&plan);
    let credentials = credentials();
    [(0, None), (1, Some(Code::RollTotal))].map(|(more, expected)| {
        let weights = [1, most - 1 + more];
        let voter = |(credential, weight)| Voter { credential, weight, style: 0 };
        let voters = credentials.iter().copied().zip(weights).map(voter).collect();
        let election = scene.board.election().id();
        let body = Chunk { election, revision: 1, chunk: 1, chunks: 1, voters, previous: Hash([0; 32]) };
        let what = if more == 0 { "the largest total" } else { "above the largest total" };
        bad(&format!("{name}: {what}"), &scene, &[], &body, expected)
    })
}

/// The chunk that names this one as the one before.
fn after(previous: &Chunk, chunk: Chunk) -> Chunk {
    Chunk { previous: body_hash(previous), ..chunk }
}

fn credentials() -> Vec<EncodedPoint> {
    let mut credentials: Vec<_> =
        (1..=4_u64).map(|secret| EncodedPoint(encode_point(&Point::mul_base(&Scalar::from(secret))))).collect();
    credentials.sort_unstable();
    credentials
}

/// The roll of these chunks.
fn roll_of(scene: &Scene, chunks: &[&Chunk]) -> Roll {
    let mut roll = Roll::default();
    for chunk in chunks {
        take(&mut roll, scene, chunk).unwrap();
    }
    roll
}

fn take(roll: &mut Roll, scene: &Scene, chunk: &Chunk) -> Result<(), Code> {
    let signed = Signed::sign(chunk.clone(), &registrar_key());
    let judged = roll.judge(&signed, scene.board.election()).map_err(|rejection| rejection.code)?;
    roll.apply(judged);
    Ok(())
}

fn whole(name: &str, election: ElectionId, scene: &Scene, chunks: &[&Chunk]) -> Value {
    // A second revision is given a first.
    let first = Chunk { revision: 1, ..chunks[0].clone() };
    let revision = chunks[0].revision;
    let before = [&first];
    let mut roll = roll_of(scene, if revision == 1 { &[] } else { &before });
    for chunk in chunks {
        take(&mut roll, scene, chunk).unwrap();
    }
    assert!(roll.is_complete());
    let fields = json!({
        "election": hex(election), "revision": revision, "chunks": hexes(chunks.iter().map(|chunk| encode(*chunk))),
        "count": roll.voters().len(), "roll_hash": hex(roll.hash(&election)),
    });
    vector(format!("roll: {name}"), "roll", fields)
}

fn bad(name: &str, scene: &Scene, before: &[&Chunk], body: &Chunk, expected: Option<Code>) -> Value {
    let mut roll = roll_of(scene, before);
    assert_eq!(take(&mut roll, scene, body).err(), expected, "{name}");
    let fields = json!({
        "election": hex(scene.election()), "contests": contests_json(&scene.plan.contests),
        "styles": scene.plan.styles.len(),
        "before": hexes(before.iter().map(|chunk| encode(*chunk))), "body": hex(encode(body)), "code": code(expected),
    });
    vector(format!("chunk: {name}"), "bad_roll", fields)
}
