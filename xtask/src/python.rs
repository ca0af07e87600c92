//! Python environments with packages of others, of the versions and hashes that are written down.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::run::{step, target_directory, works};

/// An environment for something, with what its requirements name: made anew when they have changed, or when the module
/// that it is there for cannot be imported.
pub fn environment(what_for: &str, requirements: &str, module: &str, pip: &[&str]) -> Result<PathBuf> {
    let folder = target_directory().join(what_for);
    let wanted = std::fs::read(requirements).with_context(|| format!("{requirements} is missing"))?;
    let installed = folder.join("installed.txt");
    if std::fs::read(&installed).is_ok_and(|found| found == wanted) && imports(&folder, module) {
        return Ok(folder);
    }
    let mut make = Command::new("python3");
    step(&format!("Making a Python environment: {what_for}"), make.args(["-m", "venv", "--clear"]).arg(&folder))?;
    let mut install = Command::new(folder.join("bin/pip"));
    install.args(["install", "--quiet", "--disable-pip-version-check", "--require-hashes"]).args(pip);
    step(&format!("Installing {requirements}"), install.args(["--requirement", requirements]))?;
    std::fs::write(&installed, wanted)?;
    Ok(folder)
}

fn imports(folder: &Path, module: &str) -> bool {
    let python = folder.join("bin/python");
    python.to_str().is_some_and(|python| works(python, &["-c", &format!("import {module}")]))
}
