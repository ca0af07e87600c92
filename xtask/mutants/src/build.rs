//! Building the tree, and taking out of it what does not compile.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

use crate::list::{Genre, Mutant};
use crate::packages::Suite;
use crate::tree::Tree;

/// What cannot be otherwise where the same text stands without a switch: a wrong type, a missing method, operator or trait.
const FINAL: [&str; 7] = ["E0277", "E0308", "E0369", "E0599", "E0600", "E0368", "E0614"];

/// The programs of tests: by package and test target.
pub type Programs = BTreeMap<(String, Option<String>), PathBuf>;

/// A line of `cargo --message-format=json`.
#[derive(Deserialize)]
struct Line {
    reason: String,
    message: Option<Message>,
    executable: Option<PathBuf>,
    package_id: Option<String>,
    target: Option<Target>,
    profile: Option<Profile>,
}

#[derive(Deserialize)]
struct Profile {
    test: bool,
}

#[derive(Deserialize)]
struct Target {
    name: String,
    kind: Vec<String>,
}

#[derive(Deserialize)]
pub struct Message {
    level: String,
    message: String,
    code: Option<Code>,
    spans: Vec<Span>,
}

#[derive(Deserialize)]
struct Code {
    code: String,
}

#[derive(Deserialize)]
struct Span {
    file_name: String,
    byte_start: usize,
    is_primary: bool,
}

/// What a build came to.
pub struct Built {
    pub success: bool,
    errors: Vec<Message>,
    programs: Programs,
}

/// Runs cargo in the tree.
pub fn run(tree: &Path, arguments: &[&str]) -> Result<Built> {
    let target = tree.ancestors().nth(2).context("the copy stands in target/mutants")?;
    let output = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(arguments)
        .args(["--locked", "--message-format=json", "--quiet"])
        .current_dir(tree)
        // What others wrote is built once for the workspace and its copy.
        .env("CARGO_TARGET_DIR", target)
        .output()
        .context("could not start cargo")?;
    let mut built = Built { success: output.status.success(), errors: Vec::new(), programs: Programs::new() };
    for line in String::from_utf8_lossy(&output.stdout).lines() {
        let Ok(line) = serde_json::from_str::<Line>(line) else { continue };
        match (line.reason.as_str(), line.message, line.executable, line.target) {
            ("compiler-message", Some(message), _, _) if message.level == "error" => built.errors.push(message),
            // A package's commands are built beside its tests.
            ("compiler-artifact", _, Some(program), Some(target))
                if line.profile.is_some_and(|profile| profile.test) =>
            {
                let package = line.package_id.as_deref().map(package_of).unwrap_or_default();
                let name = (target.kind == ["test"]).then_some(target.name);
                built.programs.insert((package, name), program);
            }
            _ => {}
        }
    }
    ensure!(built.success || !built.errors.is_empty(), "cargo: {}", String::from_utf8_lossy(&output.stderr));
    Ok(built)
}

/// The name in an id such as `path+file:///…/crypto#tabella-crypto@0.1.0`.
fn package_of(id: &str) -> String {
    let after = id.rsplit_once('#').map_or(id, |(_, after)| after);
    match after.split_once('@') {
        Some((name, _)) => name.to_owned(),
        // The folder is called as the package is.
        None => id.rsplit_once('#').and_then(|(path, _)| path.rsplit('/').next()).unwrap_or_default().to_owned(),
    }
}

/// Writes the tree and builds the programs of these suites, and takes out of the tree what does not compile until it does.
pub fn all_at_once(tree: &mut Tree, mutants: &[Mutant], suites: &[&Suite]) -> Result<Programs> {
    let by_number: BTreeMap<u32, &Mutant> = mutants.iter().map(|mutant| (mutant.number, mutant)).collect();
    loop {
        tree.write()?;
        let errors = match programs(&tree.folder, suites)? {
            Ok(programs) => return Ok(programs),
            Err(errors) => errors,
        };
        let mut apart = BTreeMap::new();
        let mut unclear = Vec::new();
        for error in errors.iter().filter(|error| !error.spans.is_empty()) {
            let mut spans: Vec<&Span> = error.spans.iter().collect();
            spans.sort_by_key(|span| !span.is_primary);
            let blamed = spans.iter().find_map(|span| tree.blamed(&span.file_name, span.byte_start));
            let Some((numbers, is_own)) = blamed else {
                unclear.push(format!("{}: {}", spans[0].file_name, error.message));
                continue;
            };
            let code = error.code.as_ref().map(|code| code.code.as_str()).unwrap_or_default();
            for number in numbers {
                let is_opaque = by_number.get(&number).is_some_and(|mutant| is_opaque(mutant));
                *apart.entry(number).or_insert(false) |= is_own && FINAL.contains(&code) && !is_opaque;
            }
        }
        ensure!(!apart.is_empty(), "these errors are about no mutant:\n{}", unclear.join("\n"));
        eprintln!("{} errors of the compiler: {} mutants taken out", errors.len(), apart.len());
        tree.take_out(apart)?;
    }
}

/// What a function gives back whose return type is not named is the type of its whole body.
fn is_opaque(mutant: &Mutant) -> bool {
    mutant.genre == Genre::FnValue && mutant.return_type.contains("impl ")
}

/// Builds the programs of these suites; or else what the compiler says.
pub fn programs(tree: &Path, suites: &[&Suite]) -> Result<Result<Programs, Vec<Message>>> {
    let mut programs = Programs::new();
    for package in suites.iter().map(|suite| suite.package).collect::<BTreeSet<_>>() {
        let mut arguments = vec!["test", "--no-run", "--package", package];
        let own = suites.iter().filter(|suite| suite.package == package);
        for target in own.map(|suite| suite.target).collect::<BTreeSet<_>>() {
            match target {
                Some(target) => arguments.extend(["--test", target]),
                None => arguments.push("--lib"),
            }
        }
        let built = run(tree, &arguments)?;
        if !built.success {
            return Ok(Err(built.errors));
        }
        programs.extend(built.programs);
    }
    Ok(Ok(programs))
}
