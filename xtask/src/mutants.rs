//! `cargo xtask mutants`: the program of `xtask/mutants`, with what it needs.

use anyhow::{Result, ensure};

use crate::needs::{C_COMPILER, install};
use crate::run::{cargo, works};

/// Tries mutants; the arguments are those of the program.
pub fn mutants(arguments: &[&str]) -> Result<()> {
    install(&[C_COMPILER])?;
    ensure!(works("cargo", &["mutants", "--version"]), "install what lists them: cargo install --locked cargo-mutants");
    let run = ["run", "--quiet", "--locked", "--package", "xtask-mutants", "--"];
    let status = cargo(&[&run, arguments].concat()).status()?;
    ensure!(status.success(), "some mutants are left to look at");
    Ok(())
}
