//! A record that several workers of a page verify together has the report of the program, byte for byte.

use std::collections::BTreeMap;
use std::path::Path;

use data_encoding::BASE64;
use serde_json::{Value, json};
use tabella_verifier::source::Memory;
use tabella_verifier::text::read_fingerprint;
use tabella_verifier::{Options, render, verify};
use tabella_verify_page::Desk;

use crate::scene::record::{Record, failures};
use crate::simulations::simulated;

const VOTES: &str = "pabulib/Poland_Gdynia_2022_Srodmiescie__small.pb";

/// A worker of a page, and where its files come from.
struct Worker<'a> {
    desk: Desk,
    record: &'a Record,
}

impl Worker<'_> {
    fn ask(&mut self, question: Value, bytes: &[u8]) -> Value {
        let question = question.to_string();
        let length = u32::try_from(question.len()).unwrap().to_le_bytes();
        let input = [&length[..], question.as_bytes(), bytes].concat();
        serde_json::from_slice(&self.desk.answer(&input)).unwrap()
    }

    fn done(&mut self, question: Value) -> Value {
        let answer = self.ask(question.clone(), &[]);
        answer.get("done").unwrap_or_else(|| panic!("{question}: {answer}")).clone()
    }

    /// Gives the files that are there.
    fn fetch(&mut self, names: &[String]) {
        for name in names {
            if let Some(bytes) = self.record.files.get(name) {
                self.ask(json!({ "give": { "path": name, "is_full": false } }), bytes);
            }
        }
    }

    fn names(&mut self, bundle: Option<u64>) -> Vec<String> {
        serde_json::from_value(self.done(json!({ "names": { "bundle": bundle } }))).unwrap()
    }

    fn read(&mut self, bundle: u64) -> Value {
        let names = self.names(Some(bundle));
        self.fetch(&names);
        self.done(json!({ "read": { "bundle": bundle } }))
    }
}

/// A worker that has begun, and how many bundles there are.
fn begun<'a>(record: &'a Record, seed: u8, expected: Option<&str>) -> (Worker<'a>, u64) {
    let mut worker = Worker { desk: Desk::default(), record };
    worker.fetch(&["checkpoint".to_owned(), "log.vkey".to_owned()]);
    let seed = BASE64.encode(&[seed; 32]);
    let begun = worker.done(json!({ "begin": { "expected": expected, "unfinished": false, "seed": seed } }));
    (worker, begun["bundles"].as_u64().unwrap())
}

/// What helpers, who are shown `shown`, find out.
fn helps(shown: &Record, helpers: u8) -> BTreeMap<u64, Value> {
    let mut found = BTreeMap::new();
    for number in 0..helpers {
        let (mut helper, bundles) = begun(shown, 100 + number, None);
        let Some(first) = (0..bundles).find(|bundle| helper.read(*bundle)["can_help"] == true) else {
            continue;
        };
        for bundle in (first + 1..bundles).filter(|bundle| bundle % u64::from(helpers) == u64::from(number)) {
            let names = helper.names(Some(bundle));
            helper.fetch(&names);
            found.insert(bundle, helper.done(json!({ "help": { "bundle": bundle } })));
        }
    }
    found
}

/// The report on a record, as JSON and text, by a worker who takes this help.
fn together(record: &Record, expected: Option<&str>, helps: &BTreeMap<u64, Value>) -> (String, String) {
    let (mut worker, bundles) = begun(record, 7, expected);
    for bundle in 0..bundles {
        if let Some(help) = helps.get(&bundle).filter(|help| !help.is_null()) {
            worker.done(json!({ "take": { "help": help } }));
        }
        worker.read(bundle);
    }
    let names = worker.names(None);
    worker.fetch(&names);
    let report = worker.done(json!({ "report": {} }));
    (report["json"].as_str().unwrap().to_owned(), report["text"].as_str().unwrap().to_owned())
}

/// What the program prints of a record, and the codes in it.
fn alone(record: &Record, expected: Option<&str>) -> ((String, String), Vec<String>) {
    let expected = expected.map(|typed| read_fingerprint(typed).unwrap());
    let options = Options { expected, unfinished: false, seed: [9; 32] };
    let report = verify(&Memory::new(record.files.clone()), &options, &|_, _| ()).unwrap();
    let codes = failures(&report).into_iter().map(|failure| failure.code).collect();
    ((serde_json::to_string_pretty(&report).unwrap() + "\n", render::text(&report)), codes)
}

/// Changes a byte near the end of the last entry of a bundle: if it is a ballot, its proof.
fn spoilt(record: &Record, name: &str) -> Record {
    let mut spoilt = record.clone();
    let bundle = spoilt.file(name);
    let place = bundle.len() - 40;
    bundle[place] ^= 1;
    spoilt
}

#[test]
fn workers_together_come_to_the_report_of_the_program() {
    let (out, _) = simulated(VOTES, &["--trustees", "1", "--revotes", "20", "--seed", "2026"]);
    let fingerprint = std::fs::read_to_string(out.path().join("fingerprint")).unwrap();
    let expected = Some(fingerprint.trim());
    let valid = Record::read(Path::new(&out.path().join("record")));

    let (printed, codes) = alone(&valid, expected);
    assert_eq!(codes, [""; 0]);
    for workers in 1..=3 {
        let helps = helps(&valid, workers - 1);
        assert!(helps.values().all(|help| help["refused"] == json!([])), "{helps:?}");
        assert_eq!(helps.len() > 2, workers > 1, "{helps:?}");
        assert_eq!(together(&valid, expected, &helps), printed);
    }

    let other = "0000-0000-0000-0000-0000-0000-0000-0000";
    let mut lacking = valid.clone();
    lacking.files.remove("tile/entries/003").unwrap();
    let mut unsigned = valid.clone();
    unsigned.file("checkpoint").truncate(90);
    let forged = [
        ("proof_invalid", spoilt(&valid, "tile/entries/003"), expected),
        ("root_mismatch", spoilt(&valid, "tile/entries/000"), expected),
        ("file_missing", lacking, expected),
        ("checkpoint_malformed", unsigned, expected),
    ];
    for (code, record, expected) in &forged {
        let (printed, codes) = alone(record, *expected);
        assert!(codes.iter().any(|found| found == code), "{code}: {codes:?}");
        for workers in 1..=3 {
            assert_eq!(together(record, *expected, &helps(record, workers - 1)), printed, "{code}, {workers} workers");
        }
    }
    if read_fingerprint(other).is_some() {
        assert_eq!(together(&valid, Some(other), &helps(&valid, 1)), alone(&valid, Some(other)).0);
    }

    // A board that shows helpers good ballots, and whoever judges them others: their word is about the good ones.
    let (_, bad, _) = &forged[0];
    assert_eq!(together(bad, expected, &helps(&valid, 2)), alone(bad, expected).0);
    // A board that shows helpers another beginning.
    let (_, bad, _) = &forged[1];
    assert_eq!(together(&valid, expected, &helps(bad, 2)), printed);

    // Whoever believes a helper believes it all: that is why its word comes from the same page alone.
    let mut lie = helps(&valid, 1);
    lie.get_mut(&3).unwrap()["refused"] = json!([3 * 256 + 9]);
    assert_ne!(together(&valid, expected, &lie), printed);
}

#[test]
fn nonsense_is_no_help() {
    let (out, _) = simulated("pabulib/Netherlands_Amsterdam_643.pb", &["--trustees", "1", "--seed", "2026"]);
    let record = Record::read(Path::new(&out.path().join("record")));
    let (mut worker, _) = begun(&record, 7, None);
    let question = |help: Value| json!({ "take": { "help": help } });
    let beginning = json!({ "size": 3, "root": "00" });
    for help in [
        Value::Null,
        json!({}),
        json!({ "beginning": beginning, "bundle": 1, "root": "00" }),
        json!({ "beginning": beginning, "bundle": 1, "root": "00", "refused": [], "valid": true }),
        json!({ "beginning": beginning, "bundle": 1, "root": "00", "refused": [-1] }),
    ] {
        assert_eq!(worker.ask(question(help.clone()), &[])["fault"]["code"], "call_malformed", "{help}");
    }
    assert_eq!(worker.ask(json!({ "help": { "bundle": 0 } }), &[])["done"], Value::Null);
    let expected = json!({ "begin": { "expected": "4K7Q", "unfinished": false, "seed": BASE64.encode(&[0; 32]) } });
    assert_eq!(worker.ask(expected, &[])["fault"]["code"], "fingerprint_malformed");
}
