//! What the program says of itself, and its first errors, word by word.

use std::fs;
use std::path::Path;
use std::process::Command;

#[test]
fn help_and_errors_are_as_they_were() {
    trycmd::TestCases::new().case("tests/cmd/*.trycmd");
}

/// The commands that a text shows, a line each.
fn commands(text: &str) -> Vec<Vec<&str>> {
    let lines = text.lines().filter_map(|line| line.trim_start().strip_prefix("tabella-trustee "));
    lines.map(|line| line.split_whitespace().collect()).collect()
}

#[test]
fn every_command_of_the_documentation_is_one() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut texts = vec![fs::read_to_string(root.join("../docs/trustee.md")).unwrap()];
    texts.extend(
        fs::read_dir(root.join("tests/cmd")).unwrap().map(|file| fs::read_to_string(file.unwrap().path()).unwrap()),
    );
    let mut found = 0;
    for arguments in texts.iter().flat_map(|text| commands(text)) {
        let words: Vec<&str> = arguments
            .iter()
            .map(|word| if *word == "FINGERPRINT" { "7Q2M-ZK3R-5T8W-0C9D-HJ4V-N6XB-1GAY-EPSF" } else { word })
            .collect();
        let output = Command::new(env!("CARGO_BIN_EXE_tabella-trustee")).args(&words).arg("--help").output().unwrap();
        assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
        found += 1;
    }
    assert!(found > 20, "the documentation shows commands");
}
