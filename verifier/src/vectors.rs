//! The vectors of specs/vectors, made by other implementations, and what this one makes of them.

mod ballots;
mod board;
mod ceremonies;
mod counting;
mod foundations;
mod messages;
mod tallies;

use crate::checks::Code;
use crate::contest::Contest;
use crate::group::{self, Point};
use crate::manifest::Manifest;
use ciborium::Value as Cbor;
use curve25519_dalek::Scalar;
use serde_json::Value;

/// The vectors of one kind in a file, of which there must be some.
fn vectors(file: &str, kind: &str) -> Vec<Value> {
    let path = format!("{}/../specs/vectors/{file}.json", env!("CARGO_MANIFEST_DIR"));
    let content: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let all = content["vectors"].as_array().unwrap();
    let found: Vec<Value> = all.iter().filter(|vector| vector["kind"] == kind).cloned().collect();
    assert!(!found.is_empty(), "{kind} in {file}");
    found
}

/// The vector of this name.
fn named<'a>(vectors: &'a [Value], name: &Value) -> &'a Value {
    vectors.iter().find(|vector| vector["name"] == *name).unwrap()
}

/// The verdict that a vector expects, next to the one that was found.
#[track_caller]
fn assert_code(found: Result<(), Code>, vector: &Value) {
    assert_eq!(found.err().map(Code::name), vector["code"].as_str(), "{}", vector["name"]);
}

fn hex(value: &Value) -> Vec<u8> {
    data_encoding::HEXLOWER.decode(text(value).as_bytes()).unwrap()
}

fn fixed<const N: usize>(value: &Value) -> [u8; N] {
    hex(value).try_into().unwrap()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

/// Labels of transcripts live for ever; there are few.
fn label(value: &Value) -> &'static str {
    text(value).to_owned().leak()
}

fn integer(value: &Value) -> u64 {
    value.as_u64().unwrap()
}

fn list<T>(value: &Value, read: impl Fn(&Value) -> T) -> Vec<T> {
    value.as_array().unwrap().iter().map(read).collect()
}

/// An object whose keys are integers, ascending.
fn map<T>(value: &Value, read: impl Fn(&Value) -> T) -> Vec<(u64, T)> {
    let pairs = value.as_object().unwrap().iter();
    let mut pairs: Vec<(u64, T)> = pairs.map(|(key, item)| (key.parse().unwrap(), read(item))).collect();
    pairs.sort_by_key(|(key, _)| *key);
    pairs
}

fn point(value: &Value) -> Point {
    Point::decode(&hex(value)).unwrap()
}

fn scalar(value: &Value) -> Scalar {
    group::scalar(&hex(value)).unwrap()
}

/// A CBOR value as the files write it.
fn cbor(value: &Value) -> Cbor {
    match value {
        Value::Null => Cbor::Null,
        Value::Bool(flag) => Cbor::Bool(*flag),
        Value::Number(_) => Cbor::Integer(integer(value).into()),
        Value::String(text) => Cbor::Text(text.clone()),
        Value::Array(items) => Cbor::Array(items.iter().map(cbor).collect()),
        Value::Object(object) => object.get("bytes").map_or_else(
            || Cbor::Map(list(&object["map"], |pair| (cbor(&pair[0]), cbor(&pair[1])))),
            |bytes| Cbor::Bytes(hex(bytes)),
        ),
    }
}

/// A map with the keys 0, 1, 2, …
fn record(values: Vec<Cbor>) -> Cbor {
    let keys = (0u64..).map(|key| Cbor::Integer(key.into()));
    Cbor::Map(keys.zip(values).collect())
}

/// A contest as the files write it, with a counting rule.
fn contest_value(contest: &Value, counting: &Value) -> Cbor {
    let named = || Cbor::Text("x".to_owned());
    let options = (0..integer(&contest["options"])).map(|_| record(vec![named(), named()]));
    let name = text(&contest["kind"]);
    let parameter = |field: &str| match field {
        "lists" => Cbor::Array(list(&contest["lists"], |options| record(vec![named(), named(), cbor(options)]))),
        field => cbor(&contest[field]),
    };
    let parameters: &[&str] = match name {
        "choice" => &["min", "max", "blank"],
        "score" => &["most", "min", "max"],
        "positional" => &["min", "weights"],
        "quadratic" => &["credits"],
        "ranking" => &["ties"],
        "lists" => &["lists", "min", "max"],
        "allocation" => &["amount", "range"],
        other => panic!("{other}"),
    };
    let parameters = parameters.iter().map(|field| parameter(field)).collect();
    let kind = vec![Cbor::Text(name.to_owned()), record(parameters)];
    let counting = match counting {
        Value::Null => Cbor::Null,
        rule => Cbor::Array(["method", "seats", "tie_break"].map(|field| cbor(&rule[field])).to_vec()),
    };
    record(vec![named(), named(), Cbor::Array(options.collect()), Cbor::Array(kind), counting])
}

/// A contest as the files write it, judged by nothing.
fn contest(contest: &Value, counting: &Value) -> Contest {
    Contest::decode(&contest_value(contest, counting)).unwrap()
}

/// A manifest with these contests and styles; nothing else of it is looked at.
fn manifest(contests: &Value, styles: &Value, threshold: u64, minimum: u64) -> Manifest {
    let named = || Cbor::Text("x".to_owned());
    let key = || Cbor::Bytes(vec![0; 32]);
    let number = |number: u64| Cbor::Integer(number.into());
    let body = record(vec![
        number(1),
        named(),
        named(),
        Cbor::Bool(true),
        named(),
        key(),
        named(),
        Cbor::Array(list(contests, |contest| contest_value(contest, &Value::Null))),
        Cbor::Array(list(styles, |style| record(vec![named(), cbor(style)]))),
        key(),
        key(),
        Cbor::Array(Vec::new()),
        number(threshold),
        number(threshold),
        number(minimum),
        Cbor::Array(Vec::new()),
    ]);
    Manifest::decode(&body).unwrap()
}

/// A signed payload around a body, with a signature of zeros.
fn unsigned(body: Vec<u8>) -> Vec<u8> {
    crate::cbor::encode(&Cbor::Array(vec![Cbor::Bytes(body), Cbor::Bytes(vec![0; 64])]))
}
