//! `cargo xtask browser`: the types of the pages, and whole elections in a real browser.

use std::process::Command;

use anyhow::Result;

use crate::run::{root, step, target_directory};

/// Where the tests of the pages are, with the lock file of what they need.
const FOLDER: &str = "tests/browser";

/// What must pass.
pub const TESTS: &[&str] = &["pages.test.js", "purse.test.js"];

/// Checks the types of the pages' modules, and runs these tests, which drive Chromium through elections of their own.
pub fn browser(files: &[&str]) -> Result<()> {
    let tests = root().join(FOLDER);
    let mut install = Command::new("npm");
    install.current_dir(&tests).args(["ci", "--silent", "--no-audit", "--no-fund", "--ignore-scripts"]);
    step("What the tests of the pages need", &mut install)?;
    for project in ["tsconfig.json", "tsconfig.tests.json"] {
        let mut types = Command::new("node_modules/.bin/tsc");
        step(&format!("Types: {project}"), types.current_dir(&tests).args(["--project", project]))?;
    }
    let mut run = Command::new("node");
    run.current_dir(&tests).args(["--test", "--test-reporter", "spec"]).args(files);
    // As it was built with all other programs: the one that runs may have been replaced by it.
    run.env("TABELLA_XTASK", target_directory().join("debug/xtask")).env("TABELLA_TARGET", target_directory());
    step("Pages in a browser", &mut run)
}
