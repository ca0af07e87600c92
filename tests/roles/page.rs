//! What the voting page computes, call by call, against a real server: the same calls that the page's JavaScript makes.

use data_encoding::BASE64;
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use serde_json::{Value, json};
use tabella_client::remote::Submitted;
use tabella_client::source::{LONGEST_BUNDLE, RecordSource};
use tabella_election::Kind;
use tabella_election::text::VoterCode;
use tabella_web::call;

use crate::scene::Scene;
use crate::voter::open;

/// Randomness of the page, in base64.
fn seed(number: u8) -> String {
    BASE64.encode(&[number; 32])
}

/// A call with bytes beside it; the answer as it is.
fn call(question: &Value, bytes: &[u8]) -> Value {
    let question = question.to_string();
    let length = u32::try_from(question.len()).unwrap().to_le_bytes();
    serde_json::from_slice(&call::answer(&[&length[..], question.as_bytes(), bytes].concat())).unwrap()
}

/// What the server gives: a file of the record, or the full tile that superseded it, or an answer.
fn fetch(scene: &Scene, path: &str) -> Vec<u8> {
    let find = |name| scene.remote().file(name, LONGEST_BUNDLE);
    match find(path) {
        // Voting has not begun.
        Err(_) if path == "opening" => Vec::new(),
        found => found.unwrap().or_else(|| find(path.split_once(".p/").unwrap().0).unwrap()).unwrap(),
    }
}

fn give(path: &str, bytes: &[u8]) {
    assert_eq!(call(&json!({"give": {"path": path}}), bytes), json!({"done": null}));
}

/// Asks until nothing more is needed, of a server that changes what it gives.
fn ask_liar(scene: &Scene, question: &Value, lie: &dyn Fn(&str, &mut Vec<u8>)) -> Value {
    let mut answer = call(question, &[]);
    for _ in 0..20 {
        let Some(paths) = answer.get("need") else { break };
        for path in paths.as_array().unwrap().iter().map(|path| path.as_str().unwrap()) {
            let mut bytes = fetch(scene, path);
            lie(path, &mut bytes);
            give(path, &bytes);
        }
        answer = call(question, &[]);
    }
    answer
}

fn ask(scene: &Scene, question: &Value) -> Value {
    ask_liar(scene, question, &|_, _| ())
}

fn done(scene: &Scene, question: &Value) -> Value {
    let answer = ask(scene, question);
    assert!(answer.get("done").is_some(), "{question}: {answer}");
    answer["done"].clone()
}

fn fault(scene: &Scene, question: &Value) -> String {
    let answer = ask(scene, question);
    assert!(answer.get("fault").is_some(), "{question}: {answer}");
    answer["fault"]["code"].as_str().unwrap().to_owned()
}

fn enter(fingerprint: Option<&str>, checkpoint: Option<&str>) -> Value {
    json!({"enter": {"fingerprint": fingerprint, "checkpoint": checkpoint, "received": null}})
}

fn receipt(submitted: &Submitted, payload: Option<&str>) -> Value {
    let text = String::from_utf8(submitted.receipt.to_bytes()).unwrap();
    json!({"receipt": {"entry": BASE64.encode(&submitted.entry), "receipt": text, "payload": payload}})
}

/// Encrypts, finishes and hands in; gives tracker, payload and answer of the board.
fn hand_in(scene: &Scene, kind: Kind, choices: &Value, link: Option<&str>, attempt: u8) -> (String, String, Submitted) {
    let draft = json!({"draft": {"choices": choices, "link": link, "attempt": attempt, "seed": seed(attempt)}});
    let tracker = done(scene, &draft)["tracker"].as_str().unwrap().to_owned();
    let finish = if kind == Kind::Ballot { "cast" } else { "challenge" };
    let payload = done(scene, &json!({finish: {"seed": seed(attempt + 100)}}))["payload"].clone();
    let payload = payload.as_str().unwrap().to_owned();
    // Neither a second time, nor the other.
    for finish in ["cast", "challenge"] {
        assert_eq!(fault(scene, &json!({finish: {"seed": seed(9)}})), "call_malformed");
    }
    let submitted = scene.remote().submit(kind, &BASE64.decode(payload.as_bytes()).unwrap()).unwrap();
    (tracker, payload, submitted)
}

#[test]
fn the_page_checks_casts_casts_again_and_holds_its_receipts() {
    let (scene, codes) = open(2);
    let fingerprint = scene.fingerprint();
    let wrong = "0000-0000-0000-0000-0000-0000-0000-0000";
    assert_eq!(fault(&scene, &enter(Some(wrong), None)), "fingerprint_differs");
    let entered = done(&scene, &enter(Some(&fingerprint), None));
    assert_eq!((&entered["fingerprint"], &entered["is_open"]), (&json!(fingerprint), &json!(true)));
    let first_seen = entered["checkpoint"].as_str().unwrap().to_owned();

    let typed = codes[0].replace('-', " ").to_lowercase();
    let slip = format!("{}{}", if typed.starts_with('7') { '8' } else { '7' }, &typed[1..]);
    assert_eq!(fault(&scene, &json!({"identify": {"code": slip}})), "text_mistyped");
    // Typed right, and of nobody here: below the greatest credential, or above it.
    for number in 0..8 {
        let other = VoterCode::generate(&mut ChaCha20Rng::from_seed([number; 32]));
        assert_eq!(fault(&scene, &json!({"identify": {"code": other.to_text().as_str()}})), "code_unknown");
    }
    let identity = done(&scene, &json!({"identify": {"code": typed}}));
    assert_eq!(identity["weight"], 1);

    let too_many = json!({"judge": {"contest": 0, "chosen": {"options": [0, 1]}}});
    assert_eq!(fault(&scene, &too_many), "too_many");
    let choices = json!([[0, {"options": [0]}], [1, {"options": [0, 1]}]]);

    let (_, payload, submitted) = hand_in(&scene, Kind::Challenge, &choices, None, 1);
    let checked = done(&scene, &receipt(&submitted, Some(&payload)));
    assert_eq!((&checked["held"], &checked["as_chosen"]), (&choices, &json!(true)));

    let (tracker, payload, submitted) = hand_in(&scene, Kind::Ballot, &choices, None, 2);
    let cast = done(&scene, &receipt(&submitted, Some(&payload)));
    assert_eq!((&cast["tracker"], &cast["kind"], &cast["held"]), (&json!(tracker), &json!("ballot"), &Value::Null));
    assert_eq!(fault(&scene, &receipt(&submitted, Some(&BASE64.encode(b"another")))), "receipt_mismatch");
    let mut cut = receipt(&submitted, None);
    cut["receipt"]["entry"] = json!(BASE64.encode(&submitted.entry[..submitted.entry.len() - 1]));
    assert_eq!(fault(&scene, &cut), "entry_malformed");

    let (_, _, later) = hand_in(&scene, Kind::Ballot, &choices, Some(&tracker), 3);
    let latest = done(&scene, &receipt(&later, None));
    assert_eq!(latest["link"], json!(tracker));

    // The board may show no less than it did, and a receipt holds as the board grows.
    give("checkpoint", &fetch(&scene, "checkpoint"));
    assert!(done(&scene, &json!({"look": {}}))["size"].as_u64() >= latest["index"].as_u64());
    let mut hold = receipt(&submitted, None);
    hold = json!({"hold": {"entry": hold["receipt"]["entry"], "receipt": hold["receipt"]["receipt"]}});
    assert_eq!(done(&scene, &hold)["index"], json!(submitted.receipt.index));
    give("checkpoint", first_seen.as_bytes());
    assert_eq!(fault(&scene, &json!({"look": {}})), "rollback");
}

/// A server that changes one thing of what it says of the opening.
fn enter_liar(scene: &Scene, change: &dyn Fn(&mut Value)) -> Value {
    give("checkpoint", &fetch(scene, "checkpoint"));
    ask_liar(scene, &enter(None, None), &|path, bytes| {
        if path == "opening" {
            let mut opening: Value = serde_json::from_slice(bytes).unwrap();
            change(&mut opening);
            *bytes = serde_json::to_vec(&opening).unwrap();
        }
    })
}

#[test]
fn the_page_holds_what_the_server_says_of_the_opening_against_the_record() {
    let (scene, codes) = open(2);
    let zeros = json!("0".repeat(64));
    type Change<'a> = &'a dyn Fn(&mut Value);
    let lies: [(&str, Change<'_>); 13] = [
        ("keys_mismatch", &|opening| opening["keys"]["slot_keys"][0] = opening["keys"]["slot_keys"][1].clone()),
        ("keys_mismatch", &|opening| opening["keys"]["shares"][0] = zeros.clone()),
        ("keys_mismatch", &|opening| opening["keys"]["attempt"] = json!(2)),
        ("keys_mismatch", &|opening| opening["keys"]["history"] = zeros.clone()),
        ("keys_mismatch", &|opening| drop(opening["keys"]["qualified"].as_array_mut().unwrap().pop())),
        ("ceremony_incomplete", &|opening| {
            opening["keys"]["qualified"][0]["entry"] = opening["keys"]["qualified"][1]["entry"].clone();
        }),
        ("roll_mismatch", &|opening| opening["roll"]["voters"] = json!(3)),
        ("roll_mismatch", &|opening| opening["roll"]["revision"] = json!(2)),
        ("roll_mismatch", &|opening| opening["roll"]["chunks"][0]["hash"] = zeros.clone()),
        ("opening_malformed", &|opening| opening["open"] = json!(0)),
        ("opening_malformed", &|opening| opening["keys"]["qualified"][0]["entry"] = json!(0)),
        ("entry_other", &|opening| opening["keys"]["qualified"][0]["entry"] = json!(u64::MAX)),
        ("opening_malformed", &|opening| *opening = json!("nothing")),
    ];
    for (code, change) in lies {
        assert_eq!(enter_liar(&scene, change)["fault"]["code"], code);
    }

    let identify = json!({"identify": {"code": codes[0]}});
    let places: [(&str, Change<'_>); 2] = [
        ("opening_malformed", &|opening| opening["roll"]["chunks"][0]["entry"] = json!(0)),
        ("code_unknown", &|opening| opening["roll"]["chunks"][0]["last"] = zeros.clone()),
    ];
    for (code, change) in places {
        assert_eq!(enter_liar(&scene, change)["done"]["voters"], 2);
        assert_eq!(fault(&scene, &identify), code);
    }
    assert_eq!(enter_liar(&scene, &|_| ())["done"]["is_open"], true);
    assert_eq!(done(&scene, &identify)["style"], 0);
}

#[test]
fn the_page_takes_no_entry_that_is_not_in_the_tree() {
    let (scene, _) = open(1);
    give("checkpoint", &fetch(&scene, "checkpoint"));
    let other = fetch(&scene, "entries/1");
    let answer = ask_liar(&scene, &enter(None, None), &|path, bytes| {
        if path == "entries/0" {
            bytes.clone_from(&other);
        }
    });
    assert_eq!(answer["fault"]["code"], "entry_other");
    give("checkpoint", &fetch(&scene, "checkpoint"));
    let answer = ask_liar(&scene, &enter(None, None), &|path, bytes| {
        if path.starts_with("tile/0/") {
            bytes[0] ^= 1;
        }
    });
    assert_eq!(answer["fault"]["code"], "root_mismatch");
    // What was wrong is not kept.
    give("checkpoint", &fetch(&scene, "checkpoint"));
    assert_eq!(done(&scene, &enter(None, None))["is_open"], true);
}

#[test]
fn before_the_opening_the_page_says_so() {
    let scene = Scene::with_manifest();
    give("checkpoint", &fetch(&scene, "checkpoint"));
    let entered = done(&scene, &enter(Some(&scene.fingerprint()), None));
    assert_eq!((&entered["is_open"], &entered["voters"]), (&json!(false), &Value::Null));
    let code = json!({"identify": {"code": "0000"}});
    assert!(["text_length", "text_mistyped"].contains(&fault(&scene, &code).as_str()));
}
