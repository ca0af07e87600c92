//! `cargo xtask demo`: a whole election on real ballots, from the manifest to a verified record.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use crate::needs::{C_COMPILER, install};
use crate::run::{cargo, say, step, target_directory};

const VOTES: &str = "tests/data/pabulib/Netherlands_Amsterdam_643.pb";

/// Builds, runs the election in `target/demo`, verifies its record.
pub fn demo() -> Result<()> {
    install(&[C_COMPILER])?;
    let target = target_directory();
    step("Building", &mut cargo(&["build", "--locked", "--package", "tabella", "--package", "tabella-verifier"]))?;
    let programs = target.join("debug");
    let out = target.join("demo");
    clear(&out)?;
    let mut simulate = Command::new(programs.join("tabella"));
    simulate.args(["simulate", "--votes", VOTES, "--trustees", "5", "--threshold", "3", "--out"]).arg(&out);
    step("An election on the 66 ballots of a participatory budget of Amsterdam, 2022", &mut simulate)?;
    let record = out.join("record");
    let fingerprint = std::fs::read_to_string(out.join("fingerprint")).context("the simulation left no fingerprint")?;
    let mut verify = Command::new(programs.join("tabella-verify"));
    verify.args(["--expect", fingerprint.trim()]).arg(&record);
    step("The verifier, which shares no code with the programs that ran the election", &mut verify)?;
    say(&format!(
        "\nThe public record is in {record}\nEach role's own folder is in  {roles}\nVerify it again:  {verifier} {record}",
        record = record.display(),
        roles = out.join("roles").display(),
        verifier = programs.join("tabella-verify").display(),
    ));
    Ok(())
}

/// The demonstration begins anew each time; nothing else is kept in its folder.
fn clear(folder: &Path) -> Result<()> {
    if folder.exists() {
        std::fs::remove_dir_all(folder).with_context(|| format!("could not empty {}", folder.display()))?;
    }
    Ok(())
}
