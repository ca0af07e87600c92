//! What the houses of this workspace may know of each other (ARCHITECTURE.md, invariants 1 and 2), and that what the
//! code cites of the specification is there.

#![expect(clippy::unwrap_used, reason = "a test's helpers fail the test, as the test itself does")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// All files below a folder whose names end in `.extension`.
fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            if !path.ends_with("target") && !path.ends_with(".git") {
                found.extend(files(&path, extension));
            }
        } else if path.extension().is_some_and(|name| name == extension) {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// The packages of this workspace on which a package of it builds, tests and benches left aside.
fn our_dependencies(metadata: &Value, package: &str) -> BTreeSet<String> {
    let packages = metadata["packages"].as_array().unwrap();
    let ours: BTreeSet<&str> = packages.iter().map(|found| found["name"].as_str().unwrap()).collect();
    let found = packages.iter().find(|found| found["name"] == package).unwrap();
    let dependencies = found["dependencies"].as_array().unwrap();
    let normal = dependencies.iter().filter(|dependency| dependency["kind"] != "dev");
    normal
        .map(|dependency| dependency["name"].as_str().unwrap())
        .filter(|name| ours.contains(name))
        .map(str::to_owned)
        .collect()
}

#[test]
fn each_house_builds_on_those_below_it_only() {
    let mut command = Command::new(env!("CARGO"));
    command.args(["metadata", "--no-deps", "--offline", "--format-version", "1"]).current_dir(root());
    let metadata: Value = serde_json::from_slice(&command.output().unwrap().stdout).unwrap();
    for (package, may_use) in [
        ("tabella-crypto", &[][..]),
        ("tabella-board", &[]),
        ("tabella-counting", &[]),
        ("tabella-verifier", &[]),
        ("tabella-election", &["tabella-crypto", "tabella-counting"]),
        ("tabella-record", &["tabella-board", "tabella-counting", "tabella-crypto", "tabella-election"]),
        ("tabella-border", &[]),
        ("tabella-town", &[]),
        ("tabella-verify-page", &["tabella-border", "tabella-verifier"]),
        ("tabella-web", &["tabella-board", "tabella-border", "tabella-crypto", "tabella-election", "tabella-record"]),
        (
            "tabella-trustee",
            &["tabella-board", "tabella-election", "tabella-record", "tabella-client", "tabella-verifier"],
        ),
        (
            "tabella",
            &[
                "tabella-crypto",
                "tabella-board",
                "tabella-counting",
                "tabella-election",
                "tabella-record",
                "tabella-client",
                "tabella-town",
            ],
        ),
    ] {
        let may_use: BTreeSet<String> = may_use.iter().map(|name| (*name).to_owned()).collect();
        assert_eq!(our_dependencies(&metadata, package), may_use, "{package}");
    }
}

#[test]
fn pure_houses_touch_no_file_clock_or_ambient_randomness() {
    let forbidden = [
        "std::fs",
        "std::net",
        "std::env",
        "SystemTime",
        "Instant::now",
        "OsRng",
        "SysRng",
        "getrandom",
        "std::process",
    ];
    for house in ["crypto/src", "bulletin-board/src", "counting/src", "election/src", "record/src"] {
        // The record is files.
        let forbidden = forbidden.iter().filter(|word| house != "record/src" || **word != "std::fs");
        for path in files(&root().join(house), "rs") {
            if path.components().any(|part| part.as_os_str().to_string_lossy().starts_with("tests")) {
                continue;
            }
            let code = fs::read_to_string(&path).unwrap();
            let code = code.split("#[cfg(test)]\nmod tests {").next().unwrap();
            for word in forbidden.clone() {
                assert!(!code.contains(word), "{} uses {word}", path.display());
            }
        }
    }
}

#[test]
fn cited_sections_of_the_specification_exist() {
    let specs: Vec<(String, String)> = files(&root().join("specs"), "md")
        .into_iter()
        .map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), fs::read_to_string(&path).unwrap()))
        .collect();
    let mut cited = 0;
    for path in files(&root(), "rs") {
        let code = fs::read_to_string(&path).unwrap();
        for citation in code.split("specs/").skip(1) {
            let citation: String = citation
                .chars()
                .take_while(|letter| letter.is_ascii_alphanumeric() || "-_.#".contains(*letter))
                .collect();
            let Some((file, anchor)) = citation.split_once(".md#") else {
                continue;
            };
            let anchor = anchor.trim_end_matches('.');
            let text = specs.iter().find(|(name, _)| *name == format!("{file}.md")).map(|(_, text)| text);
            let text = text.unwrap_or_else(|| panic!("{} cites specs/{citation}: no such file", path.display()));
            assert!(
                text.contains(&format!("{{#{anchor}}}")),
                "{} cites specs/{citation}: no such section",
                path.display()
            );
            cited += 1;
        }
    }
    assert!(cited > 20, "the code cites the specification");
}
