//! What the voting page computes, call by call, against a real server: the same calls that the page's JavaScript makes.

use data_encoding::BASE64;
use serde_json::{Value, json};
use tabella_client::remote::Submitted;
use tabella_client::source::{LONGEST_BUNDLE, RecordSource};
use tabella_election::Kind;
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

/// Hands the page a file of the record, or the full tile that superseded it.
fn give(scene: &Scene, path: &str) {
    let find = |name| scene.remote().file(name, LONGEST_BUNDLE).unwrap();
    let bytes = find(path).or_else(|| find(path.split_once(".p/").unwrap().0)).unwrap();
    assert_eq!(call(&json!({"call": "give", "path": path}), &bytes), json!({"done": null}));
}

/// Asks until nothing more is needed.
fn ask(scene: &Scene, question: &Value) -> Value {
    let mut answer = call(question, &[]);
    for _ in 0..20 {
        let Some(paths) = answer.get("need") else { break };
        paths.as_array().unwrap().iter().for_each(|path| give(scene, path.as_str().unwrap()));
        answer = call(question, &[]);
    }
    answer
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
    json!({"call": "enter", "fingerprint": fingerprint, "checkpoint": checkpoint, "seed": seed(1)})
}

fn receipt(submitted: &Submitted, payload: Option<&str>) -> Value {
    let text = String::from_utf8(submitted.receipt.to_bytes()).unwrap();
    json!({"call": "receipt", "entry": BASE64.encode(&submitted.entry), "receipt": text, "payload": payload})
}

/// Encrypts, finishes and hands in; gives tracker, payload and answer of the board.
fn hand_in(scene: &Scene, kind: Kind, choices: &Value, link: Option<&str>, attempt: u8) -> (String, String, Submitted) {
    let draft = json!({"call": "draft", "choices": choices, "link": link, "attempt": attempt, "seed": seed(attempt)});
    let tracker = done(scene, &draft)["tracker"].as_str().unwrap().to_owned();
    let finish = if kind == Kind::Ballot { "cast" } else { "challenge" };
    let payload = done(scene, &json!({"call": finish, "seed": seed(attempt + 100)}))["payload"].clone();
    let payload = payload.as_str().unwrap().to_owned();
    // Neither a second time, nor the other.
    for finish in ["cast", "challenge"] {
        assert_eq!(fault(scene, &json!({"call": finish, "seed": seed(9)})), "call_malformed");
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
    assert_eq!(fault(&scene, &json!({"call": "identify", "code": slip})), "text_mistyped");
    let identity = done(&scene, &json!({"call": "identify", "code": typed}));
    assert_eq!(identity["weight"], 1);

    let too_many = json!({"call": "judge", "contest": 0, "chosen": {"options": [0, 1]}});
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
    cut["entry"] = json!(BASE64.encode(&submitted.entry[..submitted.entry.len() - 1]));
    assert_eq!(fault(&scene, &cut), "entry_malformed");

    let (_, _, later) = hand_in(&scene, Kind::Ballot, &choices, Some(&tracker), 3);
    let latest = done(&scene, &receipt(&later, None));
    assert_eq!(latest["link"], json!(tracker));

    // The board may show no less than it did, and a receipt holds as the board grows.
    give(&scene, "checkpoint");
    assert!(done(&scene, &json!({"call": "look"}))["size"].as_u64() >= latest["index"].as_u64());
    let mut hold = receipt(&submitted, None);
    hold["call"] = json!("hold");
    assert_eq!(done(&scene, &hold)["index"], json!(submitted.receipt.index));
    call(&json!({"call": "give", "path": "checkpoint"}), first_seen.as_bytes());
    assert_eq!(fault(&scene, &json!({"call": "look"})), "rollback");
}
