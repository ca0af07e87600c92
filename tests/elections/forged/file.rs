//! The files of specs/vectors/forged, written and read. Implements specs/vectors/README.md#forged.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use data_encoding::BASE64;
use serde_json::{Value, json};

use super::case::Case;
use crate::scene::record::Failure;
use crate::scene::samples::log_key;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("specs/vectors/forged")
}

/// The chapters that are written down.
pub fn names() -> Vec<String> {
    let found = std::fs::read_dir(folder()).unwrap().map(|item| item.unwrap().path());
    let mut names: Vec<String> = found.map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned()).collect();
    names.sort();
    names
}

/// Writes the document if asked to, else an error if it is not what is made now.
pub fn compare(path: &str, made: &str) -> Result<(), String> {
    let place = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    if std::env::var_os("TABELLA_WRITE_VECTORS").is_some_and(|value| value == "1") {
        std::fs::write(&place, made).unwrap();
        return Ok(());
    }
    match std::fs::read_to_string(&place) {
        Ok(found) if found == made => Ok(()),
        _ => Err(format!("{path} is not what is made now: run cargo xtask vectors")),
    }
}

/// Entries that many records share stand once; an entry and a record fill a line each.
pub fn write(name: &str, cases: &[Case]) -> String {
    let mut places: BTreeMap<&[u8], usize> = BTreeMap::new();
    let mut entries: Vec<String> = Vec::new();
    let mut records: Vec<String> = Vec::new();
    for case in cases {
        let mut own = Vec::new();
        for entry in &case.entries {
            own.push(*places.entry(entry).or_insert_with(|| {
                entries.push(json!(BASE64.encode(entry)).to_string());
                entries.len() - 1
            }));
        }
        records.push(record(case, &spans(&own)).to_string());
    }
    let head = format!("\"file\": \"forged/{name}.json\",\n\"spec\": \"tabella/1\"");
    let log_key = json!(log_key().verifier().to_file());
    let (entries, records) = (entries.join(",\n"), records.join(",\n"));
    format!("{{\n{head},\n\"log_key\": {log_key},\n\"entries\": [\n{entries}\n],\n\"records\": [\n{records}\n]\n}}\n")
}

fn record(case: &Case, spans: &[[usize; 2]]) -> Value {
    let files: BTreeMap<&String, Option<String>> =
        case.files.iter().map(|(name, content)| (name, content.as_ref().map(|bytes| BASE64.encode(bytes)))).collect();
    let expected = case.expected.iter();
    json!({
        "name": case.name,
        "entries": spans,
        "checkpoint": String::from_utf8(case.checkpoint.clone()).unwrap(),
        "files": files,
        "unfinished": case.unfinished,
        "fingerprint": case.fingerprint,
        "field": case.field,
        "expected": expected.map(|Failure { code, entry, file }| json!([code, entry, file])).collect::<Vec<_>>(),
    })
}

/// Places as the first and the last of each run.
fn spans(places: &[usize]) -> Vec<[usize; 2]> {
    let mut spans: Vec<[usize; 2]> = Vec::new();
    for place in places {
        match spans.last_mut() {
            Some([_, last]) if *last + 1 == *place => *last = *place,
            _ => spans.push([*place; 2]),
        }
    }
    spans
}

/// The records of a file.
pub fn read(name: &str) -> Vec<Case> {
    let text = std::fs::read_to_string(folder().join(format!("{name}.json"))).unwrap();
    let document: Value = serde_json::from_str(&text).unwrap();
    let entries: Vec<Vec<u8>> = document["entries"].as_array().unwrap().iter().map(bytes).collect();
    let records = document["records"].as_array().unwrap().iter();
    records
        .map(|record| {
            let spans: Vec<[usize; 2]> = serde_json::from_value(record["entries"].clone()).unwrap();
            let own = spans.iter().flat_map(|[first, last]| entries[*first..=*last].iter().cloned());
            let files = record["files"].as_object().unwrap().iter();
            let expected: Vec<(String, Option<u64>, Option<String>)> =
                serde_json::from_value(record["expected"].clone()).unwrap();
            Case {
                name: format!("{name}: {}", record["name"].as_str().unwrap()),
                entries: own.collect(),
                checkpoint: record["checkpoint"].as_str().unwrap().as_bytes().to_vec(),
                files: files
                    .map(|(name, content)| (name.clone(), content.is_string().then(|| bytes(content))))
                    .collect(),
                unfinished: record["unfinished"].as_bool().unwrap(),
                fingerprint: record["fingerprint"].as_str().map(str::to_owned),
                field: record["field"].as_str().map(str::to_owned),
                expected: expected.into_iter().map(|(code, entry, file)| Failure { code, entry, file }).collect(),
            }
        })
        .collect()
}

fn bytes(text: &Value) -> Vec<u8> {
    BASE64.decode(text.as_str().unwrap().as_bytes()).unwrap()
}
