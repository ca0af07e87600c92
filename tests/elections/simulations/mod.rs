//! `tabella simulate`: what it writes, and what it refuses.

mod published;

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use tabella_verifier::report::{Report, Verdict};
use tabella_verifier::source::Tar;
use tabella_verifier::text::read_fingerprint;
use tabella_verifier::verify;
use tempfile::TempDir;

use crate::scene::record::{Record, asked, assert_valid, failures, verify_directory};

const AMSTERDAM: &str = "pabulib/Netherlands_Amsterdam_643.pb";

/// The files of votes, by their formats.
fn data() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data")
}

fn votes(name: &str) -> PathBuf {
    data().join(name)
}

fn simulate(votes: &Path, out: &Path, more: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_tabella"))
        .arg("simulate")
        .arg("--votes")
        .arg(votes)
        .arg("--out")
        .arg(out)
        .args(more)
        .output()
        .unwrap()
}

/// A simulation that succeeds, and what it prints as JSON.
#[track_caller]
pub fn simulated(name: &str, more: &[&str]) -> (TempDir, Value) {
    let out = tempfile::tempdir().unwrap();
    let output = simulate(&votes(name), out.path(), &[&["--json"], more].concat());
    let error = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(0), "{error}");
    (out, serde_json::from_slice(&output.stdout).unwrap())
}

fn fingerprint(out: &TempDir) -> String {
    fs::read_to_string(out.path().join("fingerprint")).unwrap().trim().to_owned()
}

fn report(out: &TempDir) -> Report {
    let expected = read_fingerprint(&fingerprint(out));
    assert!(expected.is_some());
    verify_directory(&out.path().join("record"), &asked(expected, false))
}

#[test]
fn one_seed_gives_one_record_and_another_seed_another() {
    let few = ["--trustees", "2", "--threshold", "1", "--seed"];
    let record = |seed: &str| {
        let (out, _) = simulated(AMSTERDAM, &[&few, &[seed][..]].concat());
        Record::read(&out.path().join("record"))
    };
    let first = record("2026");
    assert_eq!(record("2026"), first);
    let other = record("2027");
    assert_ne!(other, first);
    assert_eq!(other.files.len(), first.files.len());
    assert_ne!(other.files["log.vkey"], first.files["log.vkey"]);
}

#[test]
fn a_tar_of_the_record_is_as_good_as_its_folder() {
    let (out, _) = simulated(AMSTERDAM, &["--trustees", "1"]);
    let tarred = out.path().join("record.tar");
    for prefix in [".", "amsterdam-2022"] {
        let mut builder = tar::Builder::new(File::create(&tarred).unwrap());
        builder.append_dir_all(prefix, out.path().join("record")).unwrap();
        builder.finish().unwrap();
        let expected = read_fingerprint(&fingerprint(&out));
        let source = Tar::open("record.tar", File::open(&tarred).unwrap()).unwrap();
        let report = verify(&source, &asked(expected, false), &|_, _| ()).unwrap();
        assert_valid(&report);
        assert_eq!(report.ballots.unwrap().counted, 66, "{prefix}");
    }
}

#[test]
fn another_fingerprint_makes_the_record_invalid() {
    let (out, _) = simulated(AMSTERDAM, &["--trustees", "1"]);
    let mut other: Vec<char> = fingerprint(&out).chars().collect();
    other[0] = if other[0] == 'A' { 'B' } else { 'A' };
    let other: String = other.into_iter().collect();
    let expected = read_fingerprint(&other);
    assert!(expected.is_some());
    let report = verify_directory(&out.path().join("record"), &asked(expected, false));
    assert_eq!((report.verdict, report.verdict.exit_status()), (Verdict::Invalid, 1));
    let codes: Vec<String> = failures(&report).into_iter().map(|failure| failure.code).collect();
    assert_eq!(codes, ["fingerprint_differs"]);
}

#[test]
fn the_report_has_the_fields_of_the_specification() {
    let (out, _) = simulated(AMSTERDAM, &["--trustees", "1"]);
    let report = report(&out);
    assert_eq!((report.verdict, report.verdict.exit_status()), (Verdict::Valid, 0));
    assert_eq!(Verdict::Unreadable.exit_status(), 2);
    let json = serde_json::to_value(&report).unwrap();
    let has = |value: &Value, fields: &[&str]| {
        let mut found: Vec<&str> = value.as_object().unwrap().keys().map(String::as_str).collect();
        let mut fields = fields.to_vec();
        found.sort_unstable();
        fields.sort_unstable();
        assert_eq!(found, fields);
    };
    let top = "report verdict election record checks ballots trustees warnings beyond result witnesses";
    has(&json, &top.split(' ').collect::<Vec<_>>());
    has(&json["election"], &["id", "title", "manifest_hash", "fingerprint", "simulation", "spec", "assets", "page"]);
    let record = "origin size root log_key policy cosignatures quorum expected_fingerprint";
    has(&json["record"], &record.split(' ').collect::<Vec<_>>());
    has(&json["checks"][0], &["id", "class", "title", "status", "failures"]);
    has(&json["ballots"], &["roll", "accepted", "superseded", "challenged", "counted", "blank"]);
    has(&json["trustees"][0], &["name", "qualified", "decrypted"]);
    has(&json["warnings"][0], &["code", "message"]);
    let contest = &json["result"]["contests"][0];
    has(contest, &["id", "kind", "title", "ballots", "weight", "blank", "withheld", "options"]);
    has(&contest["options"][0], &["id", "title", "total"]);
    assert_eq!((&json["report"], &json["verdict"]), (&1.into(), &"valid".into()));
    assert_eq!(json["election"]["spec"], "1");
    assert_eq!(json["checks"].as_array().unwrap().len(), 19);
    assert_eq!(json["record"]["expected_fingerprint"], "match");
    assert!(json["checks"].as_array().unwrap().iter().all(|check| check["status"] == "pass"));
}

#[test]
fn a_bad_vote_is_named_by_its_line_and_nothing_is_written() {
    let text = fs::read_to_string(votes(AMSTERDAM)).unwrap();
    let line = 1 + text.lines().position(|line| line == "15127276730;44250").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let (file, out) = (folder.path().join("votes.pb"), folder.path().join("out"));
    for bad in ["15127276730;99999", "15127276730;44250,44251", "15127276730", "15127276730;"] {
        fs::write(&file, text.replace("15127276730;44250", bad)).unwrap();
        let output = simulate(&file, &out, &[]);
        let error = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{bad}: {error}");
        assert!(error.contains(&format!("line {line}:")), "{bad}: {error}");
        assert!(output.stdout.is_empty());
        assert!(!out.exists(), "{bad}");
    }
}

#[test]
fn a_file_that_cannot_be_voted_on_is_refused_before_anything_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let renamed = folder.path().join("votes.csv");
    fs::copy(votes(AMSTERDAM), &renamed).unwrap();
    for (file, more, expected) in [
        (&renamed, &[][..], "it has to end in .pb (Pabulib) or in .soc, .soi, .toc or .toi (PrefLib)"),
        (&votes(AMSTERDAM), &["--counting", "schulze"], "--counting is for rankings, and the file has none"),
    ] {
        let output = simulate(file, &out, more);
        let error = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{error}");
        assert!(error.contains(expected), "{error}");
        assert!(!out.exists());
    }
}

#[test]
fn the_exit_status_tells_failure_and_wrong_usage_apart() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("something"), "there").unwrap();
    let status = |votes: &Path, more: &[&str]| simulate(votes, folder.path(), more).status.code();
    // The folder is not empty; the file is not there; the threshold is too high; no such option.
    assert_eq!(status(&votes(AMSTERDAM), &[]), Some(1));
    assert_eq!(status(Path::new("no such file"), &[]), Some(1));
    assert_eq!(status(&votes(AMSTERDAM), &["--trustees", "2", "--threshold", "3"]), Some(1));
    assert_eq!(status(&votes(AMSTERDAM), &["--nonsense"]), Some(2));
    assert_eq!(status(&votes(AMSTERDAM), &["--revotes", "101"]), Some(2));
    assert_eq!(status(&votes(AMSTERDAM), &["--counting", "dhondt"]), Some(2));
    let names: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|found| found.unwrap().file_name()).collect();
    assert_eq!(names, ["something"]);
}
