//! The same votes counted by programs of others: the outcomes are the same.

use std::process::Command;

use anyhow::Result;

use crate::python::environment;
use crate::run::{cargo, step, target_directory};

const REQUIREMENTS: &str = "counting/tests/recount/requirements.txt";

/// Has votes counted by `tabella-counting` and by packages of the versions and hashes that are written down.
pub fn recount() -> Result<()> {
    // What they would also install, to draw and to optimise, absent.py stands in for.
    let python = environment("recount", REQUIREMENTS, "networkx, numpy", &["--no-deps"])?;
    let mut build = cargo(&["build", "--locked", "--package", "tabella-counting", "--example", "recount"]);
    step("The program that counts", &mut build)?;
    let mut run = Command::new(python.join("bin/python"));
    // Python would leave its compiled modules beside the script.
    run.args(["-B", "counting/tests/recount/recount.py"]).arg(target_directory().join("debug/examples/recount"));
    step("The same votes, counted by programs of others", &mut run)
}
