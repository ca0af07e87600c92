//! A small measurement through the real program: what it says must be so, however fast the machine is.

use std::path::Path;

use serde_json::Value;
use tabella_town::programs::{Ended, Programs};

fn measure(folder: &Path, arguments: &[&str]) -> Value {
    let mut command = Programs::beside_this_one().unwrap().command("tabella");
    command.args(["bench", "board", "--ballots", "64", "--voters", "16", "--json", "--out"]).arg(folder);
    serde_json::from_str(&Ended::run(command.args(arguments)).unwrap().done().unwrap()).unwrap()
}

/// How often an answer came in both parts.
fn count(figures: &Value, answer: &str) -> u64 {
    ["together", "crowd"].iter().filter_map(|part| figures[part]["part"]["answers"][answer].as_u64()).sum()
}

#[test]
fn what_is_measured_is_all_in_the_record_which_the_verifier_accepts() {
    let folder = tempfile::tempdir().unwrap();
    let figures = measure(folder.path(), &[]);
    assert_eq!(figures["receipts_verified"], 64, "{figures:#}");
    assert_eq!(count(&figures, "201"), 64, "{figures:#}");
    let mut verifier = Programs::beside_this_one().unwrap().command("tabella-verify");
    verifier.arg("--json").arg(folder.path().join("copy/record"));
    let report: Value = serde_json::from_str(&Ended::run(&mut verifier).unwrap().stdout).unwrap();
    assert_eq!(report["ballots"]["accepted"], 64, "{report:#}");
}

#[test]
fn voters_who_are_turned_away_come_again_until_they_have_their_receipts() {
    let folder = tempfile::tempdir().unwrap();
    let figures = measure(folder.path(), &["--serve=--in-flight", "--serve=2"]);
    assert_eq!(figures["receipts_verified"], 64, "{figures:#}");
    assert!(count(&figures, "503 busy") > 0, "{figures:#}");
}
