//! Holds the server to specs/openapi.json.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use jsonschema::Validator;
use serde_json::{Value, json};
use tabella::server::routes::places;
use tabella_election::Kind;

use crate::web::Answer;

static DOCUMENT: LazyLock<Value> = LazyLock::new(|| {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/specs/openapi.json");
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
});

/// A validator for each schema that has a name.
static VALIDATORS: LazyLock<BTreeMap<String, Validator>> = LazyLock::new(|| {
    let schemas = DOCUMENT["components"]["schemas"].as_object().unwrap();
    let validator = |name: &String| {
        let reference = format!("#/components/schemas/{name}");
        let schema = json!({ "$ref": reference, "components": DOCUMENT["components"] });
        (reference, jsonschema::validator_for(&schema).unwrap())
    };
    schemas.keys().map(validator).collect()
});

/// Makes sure that an answer is one that the contract knows.
pub fn hold(method: &str, path: &str, answer: &Answer) {
    let response = match operation(method, path) {
        Some(operation) => resolve(&operation["responses"][answer.status.to_string()]),
        None => json_problem(),
    };
    assert!(response.is_object(), "{method} {path} must not answer {}: {}", answer.status, answer.text());
    if method == "HEAD" || answer.body.is_empty() {
        return;
    }
    let media_type = answer.header("content-type").unwrap().split(';').next().unwrap();
    let schema = &response["content"][media_type]["schema"];
    assert!(schema.is_object(), "{method} {path} must not answer {} as {media_type}", answer.status);
    if let Some(reference) = schema["$ref"].as_str() {
        let value = answer.json();
        let faults: Vec<String> = VALIDATORS[reference]
            .iter_errors(&value)
            .map(|fault| format!("{}: {fault}", fault.instance_path()))
            .collect();
        assert!(faults.is_empty(), "{method} {path}: {faults:#?}\n{value:#}");
    }
}

/// For places and methods that the contract does not name.
fn json_problem() -> Value {
    DOCUMENT["components"]["responses"]["problem404"].clone()
}

fn operation(method: &str, path: &str) -> Option<&'static Value> {
    let method = if method == "HEAD" { "get".to_owned() } else { method.to_ascii_lowercase() };
    let paths = DOCUMENT["paths"].as_object().unwrap();
    let (_, place) = paths.iter().find(|(template, _)| fits(template, path))?;
    place.get(&method)
}

fn fits(template: &str, path: &str) -> bool {
    let path = path.split('?').next().unwrap();
    let (mut wanted, mut found) = (template.split('/'), path.split('/'));
    loop {
        match (wanted.next(), found.next()) {
            (None, None) => return true,
            (Some("{path}"), Some(_)) => return true,
            (Some(wanted), Some(found)) if wanted == found || (wanted.starts_with('{') && !found.is_empty()) => {}
            _ => return false,
        }
    }
}

fn resolve(response: &Value) -> Value {
    match response["$ref"].as_str() {
        Some(reference) => DOCUMENT.pointer(reference.strip_prefix('#').unwrap()).unwrap().clone(),
        None => response.clone(),
    }
}

#[test]
fn the_server_answers_at_the_places_of_the_contract() {
    let served: BTreeSet<(String, String)> =
        places().iter().map(|(method, path)| (method.to_lowercase(), path.replace("{*", "{"))).collect();
    let mut specified = BTreeSet::new();
    for (path, place) in DOCUMENT["paths"].as_object().unwrap() {
        let methods = place.as_object().unwrap().keys().filter(|key| *key != "parameters");
        specified.extend(methods.map(|method| (method.clone(), path.clone())));
    }
    assert_eq!(served, specified);
}

#[test]
fn the_contract_names_every_kind_of_entry() {
    let kinds: Vec<&str> = Kind::ALL.iter().map(|kind| kind.as_str()).collect();
    let parameter = &DOCUMENT["paths"]["/{id}/entries/{entry}"]["post"]["parameters"][0];
    assert_eq!(parameter["schema"]["enum"], json!(kinds));
    assert_eq!(
        DOCUMENT["components"]["schemas"]["Status"]["properties"]["awaited"]["items"]["properties"]["kind"]["enum"],
        json!(kinds)
    );
}

#[test]
fn a_wrong_answer_is_found() {
    let status = &VALIDATORS["#/components/schemas/Problem"];
    let problem = json!({ "type": "about:blank", "title": "t", "status": 404, "detail": "d", "code": "not_found" });
    assert!(status.is_valid(&problem));
    for (member, value) in
        [("type", json!("x")), ("status", json!("404")), ("code", json!("Not Found")), ("detail", Value::Null)]
    {
        let mut wrong = problem.clone();
        wrong[member] = value;
        assert!(!status.is_valid(&wrong), "{member}");
    }
}
