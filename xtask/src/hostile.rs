//! Requests made up from specs/openapi.json, well-formed and not: the server answers every one, with no fault of its own.

use std::process::Command;

use anyhow::{Result, ensure};
use tabella_town::election::Election;
use tabella_town::plan::Plan;
use tabella_town::programs::Programs;

use crate::python::environment;
use crate::run::{root, step, target_directory};

const REQUIREMENTS: &str = "tests/hostile/requirements.txt";

/// Requests made up for each place.
const EXAMPLES: &str = "100";

/// Runs schemathesis, of the versions and hashes that are written down, against a server with an open election.
pub fn hostile() -> Result<()> {
    let python = environment("schemathesis", REQUIREMENTS, "schemathesis", &[])?;
    let folder = target_directory().join("hostile");
    if folder.exists() {
        std::fs::remove_dir_all(&folder)?;
    }
    let programs = Programs::in_folder(&target_directory().join("debug"))?;
    let (mut election, _) = Election::voting(&programs, &folder, Plan::orchard(1, 1, 1))?;
    election.server.stop()?;
    let board = election.server.folder().to_owned();
    // The pages are there whether their modules were built or not.
    let pages = root().join("web/pages");
    let pages = pages.to_string_lossy();
    let options = ["--posts-per-minute", "1000000", "--reads-per-minute", "1000000", "--pages", &pages];
    let mut server = election.server.at_same_address(&board)?.with(&options);
    server.start()?;

    let mut run = Command::new(python.join("bin/schemathesis"));
    // It leaves files where it runs.
    run.current_dir(&folder).env("PYTHONPATH", root().join("tests/hostile")).env("PYTHONDONTWRITEBYTECODE", "1");
    run.arg("--config-file").arg(root().join("tests/hostile/schemathesis.toml")).args(["--no-color", "run"]);
    run.arg(root().join("specs/openapi.json"));
    run.args(["--url", &server.base(), "--max-examples", EXAMPLES, "--seed", "1", "--request-timeout", "20"]);
    // The stream of events does not end; tests/server reads it.
    run.args([
        "--exclude-path",
        "/{id}/events",
        "--phases",
        "examples,coverage,fuzzing",
        "--generation-database",
        "none",
    ]);
    run.args([
        "--checks",
        "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance,unsupported_method",
    ]);
    step("Requests made up from specs/openapi.json", &mut run)?;
    ensure!(server.get("/_ready")?.0 == 200, "the server takes no more entries after the hostile requests");
    server.stop()
}
