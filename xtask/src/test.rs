//! `cargo xtask test`: everything that must pass, and `cargo xtask vectors`.

use std::process::Command;

use anyhow::Result;

use crate::needs::{BROWSER, C_COMPILER, GO, GO_SUMDB, NODE, NPM, POSTGRES, PYTHON, PYTHON_ENVIRONMENT, install};
use crate::run::{cargo, say, step, works};
use crate::{browser, foreign, hostile, recount, web};

/// Format, lints, tests, documentation, vectors, recount, foreign code, hostile requests; licences where `cargo deny` is installed.
pub fn test() -> Result<()> {
    install(&[C_COMPILER, POSTGRES, PYTHON, PYTHON_ENVIRONMENT, GO, GO_SUMDB, NODE, NPM, BROWSER])?;
    step("Format", &mut cargo(&["fmt", "--all", "--check"]))?;
    step("Lints", &mut cargo(&["clippy", "--locked", "--workspace", "--all-targets", "--", "-D", "warnings"]))?;
    // This builds all programs too, before the first test runs: tests of one package start the programs of others.
    let mut tests = cargo(&["test", "--locked", "--workspace"]);
    step("Tests", tests.env("RUST_TEST_THREADS", threads().to_string()))?;
    let mut documentation = cargo(&["doc", "--locked", "--workspace", "--no-deps", "--document-private-items"]);
    step("Documentation", documentation.env("RUSTDOCFLAGS", "-D warnings"))?;
    step("Vectors, with a program that shares no code with this project", &mut check_vectors())?;
    recount::recount()?;
    foreign::foreign()?;
    hostile::hostile()?;
    web::web()?;
    browser::browser(browser::TESTS)?;
    licences()?;
    say("\nAll passed.");
    Ok(())
}

/// How many tests run at a time: those of whole elections wait for programs half of their time.
fn threads() -> usize {
    2 * std::thread::available_parallelism().map_or(1, usize::from)
}

/// The recount alone.
pub fn recount() -> Result<()> {
    install(&[C_COMPILER, PYTHON, PYTHON_ENVIRONMENT])?;
    recount::recount()
}

/// The programs of others alone.
pub fn foreign() -> Result<()> {
    install(&[C_COMPILER, PYTHON, PYTHON_ENVIRONMENT, GO, GO_SUMDB])?;
    step("Programs", &mut cargo(&["build", "--locked", "--workspace", "--bins"]))?;
    foreign::foreign()
}

/// The hostile requests alone.
pub fn hostile() -> Result<()> {
    install(&[C_COMPILER, PYTHON, PYTHON_ENVIRONMENT])?;
    step("Programs", &mut cargo(&["build", "--locked", "--workspace", "--bins"]))?;
    hostile::hostile()
}

/// The pages in a browser alone.
pub fn browser(tests: &[&str]) -> Result<()> {
    install(&[C_COMPILER, NODE, NPM, BROWSER])?;
    step("Programs", &mut cargo(&["build", "--locked", "--workspace", "--bins"]))?;
    web::web()?;
    browser::browser(tests)
}

/// Writes the vectors anew, and checks them.
pub fn vectors() -> Result<()> {
    install(&[C_COMPILER, PYTHON])?;
    let mut write = cargo(&["test", "--locked", "--package", "tabella", "--test", "vectors"]);
    step("Writing specs/vectors", write.env("TABELLA_WRITE_VECTORS", "1"))?;
    let mut forge = cargo(&["test", "--locked", "--package", "tabella", "--test", "elections", "are_fresh"]);
    step("Writing specs/vectors/forged", forge.env("TABELLA_WRITE_VECTORS", "1"))?;
    step("Checking them", &mut check_vectors())
}

fn check_vectors() -> Command {
    let mut check = Command::new("python3");
    // Python would leave its compiled modules in specs/.
    check.args(["-B", "specs/vectors/check.py"]);
    check
}

fn licences() -> Result<()> {
    if works("cargo", &["deny", "--version"]) {
        // Also what other systems need, which no build here has fetched.
        step("Fetching what the lock file names", &mut cargo(&["fetch", "--locked"]))?;
        step("Licences and sources", &mut cargo(&["deny", "--offline", "check", "licenses", "bans", "sources"]))
    } else {
        say("\n── Licences: not checked, `cargo deny` is not installed (cargo install --locked cargo-deny)");
        Ok(())
    }
}
