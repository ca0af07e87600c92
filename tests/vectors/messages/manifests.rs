//! Manifests: one change each.

use serde_json::{Value, json};
use tabella_election::Code;
use tabella_election::Election;
use tabella_election::SignerKey;
use tabella_election::message::{Asset, Manifest, Signed, encode};

use super::sign;
use crate::cbor::{Value as Cbor, integer, text};
use crate::file::{code, hex, vector};
use crate::manifest::{Plan, authority_key, registrar_key};
use crate::question::{Question, choice};
use crate::scene::MemoryLog;

pub fn vectors() -> Vec<Value> {
    let mut vectors: Vec<Value> =
        cases().into_iter().map(|(name, change, expected)| bad(name, change, expected)).collect();
    vectors.extend(malformed());
    let payload = sign("manifest", &encode(&plan().manifest()), &registrar_key());
    vectors.push(bad_payload("signed by another", &plan().origin(), payload, Some(Code::SignatureInvalid)));
    let payload = sign("manifest", &encode(&plan().manifest()), &authority_key());
    vectors.push(bad_payload("in another log", "example.org/f", payload, Some(Code::ManifestOrigin)));
    vectors
}

pub fn plan() -> Plan {
    Plan {
        id: "board-2026",
        contests: vec![choice(2, 1, 1, false), choice(3, 0, 2, true)],
        styles: vec![vec![0], vec![0, 1]],
        trustees: 3,
        threshold: 2,
        quorum: 2,
        minimum: 3,
    }
}

type Change = Box<dyn Fn(&mut Manifest)>;

fn change(change: impl Fn(&mut Manifest) + 'static) -> Change {
    Box::new(change)
}

fn cases() -> Vec<(&'static str, Change, Option<Code>)> {
    let text = Some(Code::ManifestText);
    let style = Some(Code::ManifestStyle);
    let mut cases = vec![
        ("good", change(|_| {}), None),
        (
            "version 2",
            change(|manifest| (manifest.version, manifest.id) = (2, String::new())),
            Some(Code::ManifestVersion),
        ),
        ("version 0", change(|manifest| manifest.version = 0), Some(Code::ManifestVersion)),
        ("id empty", change(|manifest| manifest.id = String::new()), text),
        ("id of 65 bytes", change(|manifest| manifest.id = "x".repeat(65)), text),
        ("id in upper case", change(|manifest| manifest.id = "Board".to_owned()), text),
        ("title empty", change(|manifest| manifest.title = String::new()), text),
        ("title of 1,000 bytes", change(|manifest| manifest.title = "ß".repeat(500)), None),
        ("title of 1,001 bytes", change(|manifest| manifest.title = "x".repeat(1_001)), text),
        ("title with a line break", change(|manifest| manifest.title = "a\nb".to_owned()), text),
        ("title with U+007F", change(|manifest| manifest.title = "a\u{7f}b".to_owned()), text),
        ("title with U+0085", change(|manifest| manifest.title = "a\u{85}b".to_owned()), text),
        ("title with U+00A0", change(|manifest| manifest.title = "a\u{a0}b".to_owned()), None),
        ("policy of 10,001 bytes", change(|manifest| manifest.policy = padded(&manifest.policy, 10_001)), text),
        ("policy of 10,000 bytes", change(|manifest| manifest.policy = padded(&manifest.policy, 10_000)), None),
        ("no contest", change(|manifest| manifest.contests.clear()), text),
        ("101 contests", change(|manifest| set_contests(manifest, vec![choice(2, 1, 1, false); 101])), text),
        ("100 contests", change(|manifest| set_contests(manifest, vec![choice(2, 1, 1, false); 100])), None),
        ("contest id twice", change(|manifest| manifest.contests[1].id = manifest.contests[0].id.clone()), text),
        ("contest title empty", change(|manifest| manifest.contests[0].title = String::new()), text),
        ("no option", change(|manifest| manifest.contests[0].options.clear()), text),
        ("501 options", change(|manifest| manifest.contests[0] = choice(501, 1, 1, false).contest(0)), text),
        ("500 options", change(|manifest| manifest.contests[0] = choice(500, 1, 1, false).contest(0)), None),
        ("option id twice", change(|manifest| manifest.contests[0].options[1].id = "o1".to_owned()), text),
        ("option title twice", change(|manifest| manifest.contests[0].options[1].title = "Option 1".to_owned()), None),
        ("no style", change(|manifest| manifest.styles.clear()), text),
        ("style name twice", change(|manifest| manifest.styles[1].name = manifest.styles[0].name.clone()), text),
        ("no trustee", change(|manifest| manifest.trustees.clear()), text),
        ("trustee name twice", change(|manifest| manifest.trustees[1].name = "Trustee 1".to_owned()), text),
        ("asset path empty", change(|manifest| manifest.assets[0].path = String::new()), text),
        ("assets not ascending", change(|manifest| manifest.assets.reverse()), text),
        ("asset twice", change(|manifest| manifest.assets[1] = manifest.assets[0].clone()), text),
        ("no asset", change(|manifest| manifest.assets.clear()), None),
        (
            "assets ascending as bytes",
            change(|manifest| {
                let hash = manifest.assets[0].hash;
                manifest.assets =
                    ["Z", "a", "é", "\u{ffff}", "\u{10000}"].map(|path| Asset { path: path.to_owned(), hash }).to_vec();
            }),
            None,
        ),
        (
            "origin of another id",
            change(|manifest| manifest.origin = "example.org/other".to_owned()),
            Some(Code::ManifestOrigin),
        ),
        (
            "origin without a host",
            change(|manifest| manifest.origin = "/board-2026".to_owned()),
            Some(Code::ManifestOrigin),
        ),
        (
            "origin with a space",
            change(|manifest| manifest.origin = "example org/board-2026".to_owned()),
            Some(Code::ManifestOrigin),
        ),
        (
            "origin with a plus",
            change(|manifest| manifest.origin = "a+b/board-2026".to_owned()),
            Some(Code::ManifestOrigin),
        ),
        (
            "authority is the registrar",
            change(|manifest| manifest.registrar = manifest.authority),
            Some(Code::ManifestKeys),
        ),
        ("log is a trustee", change(|manifest| manifest.trustees[0].key = manifest.log), Some(Code::ManifestKeys)),
        (
            "trustees alike",
            change(|manifest| manifest.trustees[1].key = manifest.trustees[0].key),
            Some(Code::ManifestKeys),
        ),
        ("policy empty", change(|manifest| manifest.policy = String::new()), Some(Code::ManifestPolicy)),
        (
            "policy of another log",
            change(|manifest| manifest.policy = Plan::policy("example.org/f")),
            Some(Code::ManifestPolicy),
        ),
        (
            "log key other than the policy's",
            change(|manifest| manifest.log = crate::manifest::public(&crate::manifest::signing_key("other log"))),
            Some(Code::ManifestPolicy),
        ),
        ("style empty", change(|manifest| manifest.styles[0].contests.clear()), style),
        ("contests of a style descending", change(|manifest| manifest.styles[1].contests = vec![1, 0]), style),
        ("contest twice in a style", change(|manifest| manifest.styles[1].contests = vec![0, 1, 1]), style),
        ("contest of a style unknown", change(|manifest| manifest.styles[1].contests = vec![0, 1, 2]), style),
        ("contest of a style of 64 bits", change(|manifest| manifest.styles[1].contests = vec![0, 1, u64::MAX]), style),
        ("styles alike", change(|manifest| manifest.styles[0].contests = vec![0, 1]), style),
        ("contest in no style", change(|manifest| drop(manifest.styles.pop())), style),
        ("threshold 0", change(|manifest| manifest.threshold = 0), Some(Code::ManifestThreshold)),
        ("quorum below the threshold", change(|manifest| manifest.quorum = 1), Some(Code::ManifestThreshold)),
        ("quorum above the trustees", change(|manifest| manifest.quorum = 4), Some(Code::ManifestThreshold)),
        ("quorum of 64 bits", change(|manifest| manifest.quorum = u64::MAX), Some(Code::ManifestThreshold)),
        ("minimum 0", change(|manifest| manifest.minimum = 0), Some(Code::ManifestThreshold)),
        (
            "one trustee",
            change(|manifest| {
                manifest.trustees.truncate(1);
                (manifest.threshold, manifest.quorum) = (1, 1);
            }),
            None,
        ),
        ("1,000 slots", change(|manifest| set_contests(manifest, vec![choice(500, 1, 1, false); 2])), None),
        (
            "1,001 slots",
            change(|manifest| set_contests(manifest, vec![choice(500, 1, 1, true), choice(500, 1, 1, false)])),
            Some(Code::ManifestSize),
        ),
        // 472 options and 1..472: 472 slots, 471 coordinates and 9 of slack.
        (
            "1,904 coordinates and slots",
            change(|manifest| set_one_style(manifest, vec![choice(472, 1, 472, false); 2])),
            Some(Code::ManifestSize),
        ),
        (
            "1,900 coordinates and slots",
            change(|manifest| set_one_style(manifest, vec![choice(472, 1, 472, false), choice(470, 1, 470, false)])),
            None,
        ),
    ];
    let small_order =
        SignerKey([1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    // p + 3, whose point is not of small order.
    let mut not_canonical = SignerKey([0xff; 32]);
    (not_canonical.0[0], not_canonical.0[31]) = (0xf0, 0x7f);
    let no_point =
        SignerKey([2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    for (name, key) in
        [("key of small order", small_order), ("key not canonical", not_canonical), ("key no point", no_point)]
    {
        cases.push((name, change(move |manifest| manifest.registrar = key), Some(Code::ManifestKeys)));
    }
    for (name, question) in [
        ("min above max", choice(2, 2, 1, false)),
        ("max above the options", choice(2, 0, 3, false)),
        ("max 0", choice(2, 0, 0, true)),
        ("max of 64 bits", choice(2, 0, u64::MAX, false)),
    ] {
        cases.push((
            name,
            change(move |manifest| manifest.contests[0] = question.contest(0)),
            Some(Code::ManifestContest),
        ));
    }
    cases
}

fn padded(policy: &str, length: usize) -> String {
    format!("#{}\n{policy}", "x".repeat(length - policy.len() - 2))
}

pub fn set_contests(manifest: &mut Manifest, questions: Vec<Question>) {
    let template = manifest.styles[0].clone();
    manifest.contests = (0..).zip(&questions).map(|(number, question)| question.contest(number)).collect();
    let style =
        |number: usize| tabella_election::message::Style { name: format!("S{number}"), contests: vec![number as u64] };
    manifest.styles = (0..questions.len()).map(style).collect();
    manifest.styles[0].name = template.name;
}

pub fn set_one_style(manifest: &mut Manifest, questions: Vec<Question>) {
    let contests = (0..questions.len() as u64).collect();
    set_contests(manifest, questions);
    manifest.styles.truncate(1);
    manifest.styles[0].contests = contests;
}

fn bad(name: &str, change: Change, expected: Option<Code>) -> Value {
    let mut manifest = plan().manifest();
    change(&mut manifest);
    let payload = sign("manifest", &encode(&manifest), &authority_key());
    bad_payload(name, &plan().origin(), payload, expected)
}

/// What does not decode, and what does although no rule could take it.
fn malformed() -> Vec<Value> {
    let value = Cbor::decode(&encode(&plan().manifest()));
    let Cbor::Map(pairs) = &value else { panic!("a map") };
    let Cbor::Array(contests) = &pairs[7].1 else { panic!("contests") };
    let with_kind = |kind: Cbor| value.set(7, Cbor::Array(vec![contests[0].set(3, kind), contests[1].clone()]));
    let parameters =
        Cbor::Map(vec![(integer(0), integer(1)), (integer(1), integer(1)), (integer(2), Cbor::Bool(false))]);
    let cases = [
        ("unknown kind of contest", with_kind(Cbor::Array(vec![text("rank"), parameters.clone()]))),
        ("kind without parameters", with_kind(Cbor::Array(vec![text("choice")]))),
        ("parameter missing", with_kind(Cbor::Array(vec![text("choice"), parameters.without(2)]))),
        ("blank as an integer", with_kind(Cbor::Array(vec![text("choice"), parameters.set(2, integer(0))]))),
        ("simulation as an integer", value.set(3, integer(1))),
        ("assets missing", value.without(15)),
        ("a key too many", value.set(16, integer(0))),
    ];
    let case = |(name, body): (&str, Cbor)| {
        let payload = sign("manifest", &body.encode(), &authority_key());
        bad_payload(name, &plan().origin(), payload, Some(Code::PayloadMalformed))
    };
    cases.into_iter().map(case).collect()
}

pub fn bad_payload(name: &str, origin: &str, payload: Vec<u8>, expected: Option<Code>) -> Value {
    let log = MemoryLog::new(origin.to_owned());
    let judged = Signed::decode(&payload).and_then(|signed| Election::judge(&signed, origin, &log));
    assert_eq!(judged.err().map(|rejection| rejection.code), expected, "{name}");
    vector(
        format!("manifest: {name}"),
        "bad_manifest",
        json!({ "origin": origin, "payload": hex(payload), "code": code(expected) }),
    )
}
