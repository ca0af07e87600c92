//! The forged records of specs/vectors/forged, made by the other implementation, and what the verifier finds in each.

use crate::board::files_of;
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use rayon::prelude::*;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use tabella_verifier::checks::CHECKS;
use tabella_verifier::report::{Report, Status, Verdict};
use tabella_verifier::source::Memory;
use tabella_verifier::{Options, verify};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../specs/vectors/forged");

/// Follows specs/vectors/README.md#forged.
#[derive(Deserialize)]
struct Document {
    log_key: String,
    entries: Vec<String>,
    records: Vec<Record>,
}

#[derive(Deserialize)]
struct Record {
    name: String,
    entries: Vec<(usize, usize)>,
    checkpoint: String,
    files: BTreeMap<String, Option<String>>,
    unfinished: bool,
    fingerprint: Option<String>,
    expected: BTreeSet<(String, Option<u64>, Option<String>)>,
}

fn bytes(text: &String) -> Vec<u8> {
    BASE64.decode(text).unwrap()
}

impl Record {
    fn report(&self, document: &Document) -> Report {
        let spans = self.entries.iter().flat_map(|(first, last)| &document.entries[*first..=*last]);
        let entries: Vec<Vec<u8>> = spans.map(bytes).collect();
        let mut files = files_of(&entries, self.checkpoint.clone(), document.log_key.clone());
        for (name, content) in &self.files {
            match content {
                Some(content) => files.insert(name.clone(), bytes(content)),
                None => files.remove(name),
            };
        }
        let options = Options { expected: self.fingerprint.clone(), unfinished: self.unfinished, seed: [3; 32] };
        verify(&Memory::new(files), &options, &|_, _| ()).unwrap()
    }

    /// What is found is what is expected; and the check that failed is the one that the code belongs to.
    fn judge(&self, document: &Document) -> Option<String> {
        let report = self.report(document);
        let found: BTreeSet<_> = crate::failures(&report).into_iter().collect();
        let failed: BTreeSet<&str> =
            report.checks.iter().filter(|c| c.status == Status::Fail).map(|c| c.id.as_str()).collect();
        let is_told = self.expected.iter().all(|(code, ..)| {
            let check = CHECKS.iter().find(|check| check.codes.iter().any(|known| known.name() == code));
            check.is_some_and(|check| failed.contains(check.number.to_string().as_str()))
        });
        let is_right = found == self.expected && is_told && report.verdict == Verdict::Invalid;
        (!is_right).then(|| format!("{}: expected {:?}, found {found:?}", self.name, self.expected))
    }
}

/// `cargo xtask mutants` asks for some records alone, in an order of its own: each line of that file is `chapter: name`.
fn judge_those_of(list: &Path) {
    let mut documents: BTreeMap<String, Document> = BTreeMap::new();
    for line in std::fs::read_to_string(list).unwrap().lines() {
        let (chapter, name) = line.split_once(": ").unwrap();
        let document = documents
            .entry(chapter.to_owned())
            .or_insert_with(|| read(&Path::new(FOLDER).join(format!("{chapter}.json"))));
        let record = document.records.iter().find(|record| record.name == name).unwrap();
        let difference = record.judge(document);
        assert!(difference.is_none(), "{chapter}: {}", difference.unwrap());
    }
}

fn read(file: &Path) -> Document {
    serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap()
}

#[test]
fn every_forged_record_is_refused_for_what_is_wrong_in_it() {
    if let Some(list) = std::env::var_os("TABELLA_FORGED") {
        return judge_those_of(Path::new(&list));
    }
    let mut shown = BTreeSet::new();
    for file in std::fs::read_dir(FOLDER).unwrap() {
        let document = read(&file.unwrap().path());
        let differences: Vec<String> =
            document.records.par_iter().filter_map(|record| record.judge(&document)).collect();
        assert_eq!(differences, [""; 0]);
        shown.extend(document.records.into_iter().flat_map(|record| record.expected).map(|(code, ..)| code));
    }
    let known = CHECKS.iter().flat_map(|check| check.codes).map(|code| code.name().to_owned());
    assert_eq!(shown, known.collect());
}
