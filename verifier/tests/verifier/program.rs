//! The program: its arguments, output and exit status.

use crate::Files;
use crate::world::{Plan, build};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use std::path::Path;
use std::process::{Command, Output};
use tabella_verifier::checks::CHECKS;

fn run(arguments: &[&str], record: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_tabella-verify")).args(arguments).arg(record).output().unwrap()
}

fn write(files: &Files) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
    folder
}

#[test]
fn the_exit_status_tells_valid_invalid_and_unreadable_apart() {
    let mut files = build(Plan::default(), None).board.files();
    assert_eq!(run(&[], write(&files).path()).status.code(), Some(0));
    assert_eq!(run(&["--expect", &"0".repeat(32)], write(&files).path()).status.code(), Some(1));
    assert_eq!(run(&["--expect", "nonsense"], write(&files).path()).status.code(), Some(2));
    files.insert("checkpoint".to_owned(), b"nonsense".to_vec());
    assert_eq!(run(&[], write(&files).path()).status.code(), Some(1));
    files.remove("checkpoint");
    assert_eq!(run(&[], write(&files).path()).status.code(), Some(2));
    assert_eq!(run(&[], Path::new("/no/such/place")).status.code(), Some(2));
}

#[test]
fn json_is_one_object_with_its_fields_in_order() {
    let folder = write(&build(Plan::default(), None).board.files());
    let output = run(&["--json"], folder.path());
    let text = String::from_utf8(output.stdout).unwrap();
    let fields = [
        "report",
        "verdict",
        "election",
        "record",
        "checks",
        "ballots",
        "trustees",
        "witnesses",
        "warnings",
        "beyond",
        "result",
    ];
    let places: Vec<usize> = fields.iter().map(|field| text.find(&format!("\n  \"{field}\": ")).unwrap()).collect();
    assert!(places.is_sorted());
    let report: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(report["verdict"], "valid");
    assert_eq!(report["checks"].as_array().unwrap().len(), 19);
    assert_eq!(report["checks"][5]["status"], "skipped");
    assert_eq!(report["record"]["expected_fingerprint"], "not given");
    assert_eq!(report["record"]["cosignatures"], serde_json::json!(["w"]));
    assert_eq!(report["record"]["quorum"], serde_json::json!({ "rule": "w", "cheaters": 1 }));
    let beyond = report["beyond"].as_array().unwrap().iter().map(|beyond| beyond["code"].as_str().unwrap());
    assert_eq!(beyond.collect::<Vec<_>>(), beyond_of_specification());
    assert!(report["result"]["contests"][1]["blank"].is_null());

    let output = run(&["--json"], Path::new("/no/such/place"));
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&report["verdict"], &report["warnings"][0]["code"]), (&"unreadable".into(), &"unreadable".into()));
    assert!(report["election"].is_null() && report["checks"].as_array().unwrap().is_empty());
}

/// The codes of the table of specs/checks.md#beyond.
fn beyond_of_specification() -> Vec<&'static str> {
    let (_, section) = include_str!("../../../specs/checks.md").split_once("{#beyond}").unwrap();
    let rows = section.lines().take_while(|line| !line.starts_with("## "));
    rows.filter_map(|row| Some(row.strip_prefix("| `")?.split_once('`')?.0)).collect()
}

#[test]
fn the_page_says_what_the_text_says_and_runs_nothing() {
    let record = write(&build(Plan::default(), None).board.files());
    let page = record.path().with_extension("html");
    let text = String::from_utf8(run(&["--html", page.to_str().unwrap()], record.path()).stdout).unwrap();
    let html = std::fs::read_to_string(&page).unwrap();
    std::fs::remove_file(&page).unwrap();
    for check in CHECKS {
        assert!(html.contains(check.proves) && html.contains(&format!("<b>{}</b>", check.title)), "{}", check.title);
    }
    assert!(html.contains("<p class=\"word\">Valid</p>") && text.ends_with("VALID\n"));
    let fingerprint = text.lines().find_map(|line| line.strip_prefix("Fingerprint  ")).unwrap();
    assert!(html.contains(fingerprint));
    for active in ["<script", "<link", "<img", "src=", "href=", "url(", "@import"] {
        assert!(!html.contains(active), "{active}");
    }
}

#[test]
fn text_of_others_is_only_ever_text_on_the_page() {
    let folder = tempfile::tempdir().unwrap();
    let page = folder.path().join("report.html");
    let output = run(&["--html", page.to_str().unwrap()], Path::new("/no/<script>alert(1)</script>\u{202e}"));
    assert_eq!(output.status.code(), Some(2));
    let html = std::fs::read_to_string(&page).unwrap();
    assert!(
        html.contains("Unreadable") && html.contains("/no/&lt;script&gt;alert(1)&lt;/script&gt;\\u{202e}"),
        "{html}"
    );
    assert!(!html.contains("<script"));
}

#[test]
fn a_page_that_cannot_be_written_is_an_error_after_the_report() {
    let record = write(&build(Plan::default(), None).board.files());
    let output = run(&["--html", "/dev/null/report.html"], record.path());
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8(output.stdout).unwrap().ends_with("VALID\n"));
    assert!(String::from_utf8(output.stderr).unwrap().contains("/dev/null/report.html"));
}

#[test]
fn a_note_of_a_stopped_run_is_used_once() {
    let world = build(Plan::default(), None);
    let record = write(&world.board.files());
    let state = tempfile::tempdir().unwrap();
    let checkpoint = String::from_utf8(world.board.files()["checkpoint"].clone()).unwrap();
    let root = BASE64.decode(checkpoint.lines().nth(2).unwrap()).unwrap();
    let name = data_encoding::HEXLOWER.encode(&root) + ".json";
    let note = state.path().join("tabella-verify").join(env!("CARGO_PKG_VERSION")).join(&name);
    std::fs::create_dir_all(note.parent().unwrap()).unwrap();
    std::fs::write(&note, format!(r#"{{"size":256,"root":"{}","refused":[]}}"#, "0".repeat(64))).unwrap();
    let mut program = Command::new(env!("CARGO_BIN_EXE_tabella-verify"));
    let output = program.arg(record.path()).env("XDG_STATE_HOME", state.path()).output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert!(String::from_utf8(output.stderr).unwrap().starts_with("Going on after entry 256"));
    assert!(!note.exists());

    // None is looked for where the record may be.
    let here = record.path().join(".local/state/tabella-verify").join(env!("CARGO_PKG_VERSION")).join(&name);
    std::fs::create_dir_all(here.parent().unwrap()).unwrap();
    std::fs::write(&here, format!(r#"{{"size":256,"root":"{}","refused":[]}}"#, "0".repeat(64))).unwrap();
    for home in ["", "."] {
        let mut program = Command::new(env!("CARGO_BIN_EXE_tabella-verify"));
        program.arg(record.path()).current_dir(record.path()).env_remove("XDG_STATE_HOME").env("HOME", home);
        assert_eq!(String::from_utf8(program.output().unwrap().stderr).unwrap(), "");
    }
}
