//! `cargo xtask bench`: builds with all optimisation, and measures.

use anyhow::{Context, Result, ensure};

use crate::needs::{C_COMPILER, install};
use crate::run::cargo;

/// Measures; the arguments are those of the measuring program.
pub fn bench(arguments: &[&str]) -> Result<()> {
    install(&[C_COMPILER])?;
    // Whole records are made and verified by the programs that people run, beside which the measuring program is put.
    let programs = [
        "build",
        "--quiet",
        "--locked",
        "--release",
        "--package",
        "tabella",
        "--package",
        "tabella-verifier",
        "--bins",
    ];
    let status = cargo(&programs).status().context("could not start cargo")?;
    ensure!(status.success(), "building failed: {status}");
    let run = ["run", "--quiet", "--locked", "--release", "--package", "tabella-bench", "--"];
    // Standard output is the program's own: figures as JSON can be redirected.
    let status = cargo(&[&run, arguments].concat()).status().context("could not start cargo")?;
    ensure!(status.success(), "measuring failed: {status}");
    Ok(())
}
