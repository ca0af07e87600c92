//! The log, a witness and a receipt, judged by programs that nobody here wrote.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use tabella_town::election::Election;
use tabella_town::plan::Plan;
use tabella_town::programs::{Ended, Programs};

use crate::python::environment;
use crate::run::{root, step, target_directory};

const REQUIREMENTS: &str = "tests/foreign/requirements.txt";

/// Enough ballots for full tiles, and tiles above them.
const VOTES: &str = "tests/data/pabulib/Poland_Gdynia_2022_Srodmiescie__small.pb";

/// Where Debian puts Go packages.
const GO_PATH: &str = "/usr/share/gocode";

/// Votes in a small town, simulates another vote, and hands records and receipt to Go's x/mod/sumdb and to aics-tlog, aics-witness and proofbundle,
/// of the versions and hashes that are written down.
pub fn foreign() -> Result<()> {
    // They ask for a newer Python than Debian's, and run with it.
    let pip = ["--no-deps", "--ignore-requires-python"];
    let python = environment("foreign", REQUIREMENTS, "aics_tlog, aics_witness, proofbundle", &pip)?;
    let folder = target_directory().join("foreign-town");
    if folder.exists() {
        std::fs::remove_dir_all(&folder)?;
    }
    let programs = Programs::in_folder(&target_directory().join("debug"))?;
    let (record, old, receipt) = vote(&programs, &folder)?;
    let large = folder.join("simulated");
    let mut simulate = programs.command("tabella");
    simulate.args(["simulate", "--seed", "1", "--votes", VOTES, "--out"]).arg(&large);
    Ended::run(&mut simulate)?.done()?;

    let verify = folder.join("verify");
    let mut build = Command::new("go");
    build.args(["build", "-o"]).arg(&verify).arg("tests/foreign/verify.go");
    build.env("GO111MODULE", "off").env("GOPATH", GO_PATH).env("GOFLAGS", "").env("GOCACHE", folder.join("go-cache"));
    step("The verifier over Go's x/mod/sumdb", &mut build)?;

    let work = folder.join("work");
    std::fs::create_dir_all(&work)?;
    let mut run = Command::new(python.join("bin/python"));
    run.args(["-B", "tests/foreign/foreign.py"]).arg(&verify).arg(target_directory().join("debug/tabella"));
    run.args([&record, &old, &receipt, &large.join("record"), &work]);
    step("The log, a witness and a receipt, judged by programs of others", &mut run)
}

/// Gives the record after a vote, an older checkpoint, and where the receipt is, without its endings.
fn vote(programs: &Programs, folder: &Path) -> Result<(PathBuf, PathBuf, PathBuf)> {
    let (mut election, codes) = Election::voting(programs, folder, Plan::orchard(1, 1, 1))?;
    let record = election.server.folder().join("orchard/record");
    let old = folder.join("old-checkpoint");
    std::fs::copy(record.join("checkpoint"), &old)?;
    let voter = election.voter(1, codes.first().context("there is no letter")?)?;
    voter.vote("pear")?;
    election.server.stop()?;
    let receipts = voter.role.folder().join(election.fingerprint()?).join("receipt");
    let found = std::fs::read_dir(&receipts).with_context(|| format!("no receipt in {}", receipts.display()))?;
    let receipt = found.filter_map(|entry| Some(entry.ok()?.path())).next().context("the voter has no receipt")?;
    Ok((root().join(record), old, receipt.with_extension("")))
}
