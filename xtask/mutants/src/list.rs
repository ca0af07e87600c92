//! The mutants, as `cargo mutants --list` tells of them.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

/// One change of the source.
#[derive(Debug, Clone)]
pub struct Mutant {
    /// Its number in this run: the switch in the build.
    pub number: u32,
    /// What it is called from run to run, wherever its line goes.
    pub key: Key,
    /// Where it stands, for people: file, line, column and what is done.
    pub name: String,
    pub genre: Genre,
    pub replacement: String,
    /// The bytes of the file that are replaced.
    pub begin: usize,
    pub end: usize,
    /// What the function around it returns.
    pub return_type: String,
}

/// Names a mutant without its place: the file, what is done, and the line of source that it is done to. `nth` counts, from 1,
/// those that have all this in common.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Deserialize, serde::Serialize)]
#[serde(deny_unknown_fields)]
pub struct Key {
    pub file: String,
    pub change: String,
    pub line: String,
    #[serde(default = "first", skip_serializing_if = "is_first")]
    pub nth: usize,
}

fn first() -> usize {
    1
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
fn is_first(nth: &usize) -> bool {
    *nth == 1
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum Genre {
    FnValue,
    BinaryOperator,
    UnaryOperator,
    MatchArm,
    MatchArmGuard,
    StructField,
}

#[derive(Deserialize)]
struct Listed {
    file: String,
    name: String,
    genre: Genre,
    replacement: String,
    span: Span,
    function: Option<Function>,
}

#[derive(Deserialize)]
struct Function {
    return_type: String,
}

#[derive(Deserialize)]
struct Span {
    start: Point,
    end: Point,
}

/// Line and column, from 1, in characters.
#[derive(Deserialize)]
struct Point {
    line: usize,
    column: usize,
}

/// All mutants of a package but those that `.cargo/mutants.toml` leaves out, numbered from `next` on.
pub fn list(root: &Path, package: &str, next: u32) -> Result<Vec<Mutant>> {
    let output = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(["mutants", "--list", "--json", "--package", package])
        .current_dir(root)
        .output()
        .context("could not start cargo")?;
    let error = String::from_utf8_lossy(&output.stderr);
    ensure!(
        output.status.success(),
        "cargo mutants --list: {error}\nTo install it: cargo install --locked cargo-mutants"
    );
    let listed: Vec<Listed> = serde_json::from_slice(&output.stdout).context("the list of cargo mutants")?;
    let mut texts: BTreeMap<String, String> = BTreeMap::new();
    let mut times: BTreeMap<Key, usize> = BTreeMap::new();
    let mut mutants = Vec::new();
    for (number, listed) in (next..).zip(listed) {
        let text = match texts.get(&listed.file) {
            Some(text) => text,
            None => {
                let text = std::fs::read_to_string(root.join(&listed.file)).context("a mutant's file")?;
                texts.entry(listed.file.clone()).or_insert(text)
            }
        };
        let (begin, end) = (offset(text, &listed.span.start)?, offset(text, &listed.span.end)?);
        let line = text.lines().nth(listed.span.start.line - 1).unwrap_or_default().trim().to_owned();
        let change = change(&listed);
        let mut key = Key { file: listed.file, change, line, nth: 1 };
        let nth = times.entry(key.clone()).or_default();
        *nth += 1;
        key.nth = *nth;
        let return_type = listed.function.map(|function| function.return_type).unwrap_or_default();
        let (name, genre, replacement) = (listed.name, listed.genre, listed.replacement);
        mutants.push(Mutant { number, key, name, genre, replacement, begin, end, return_type });
    }
    Ok(mutants)
}

/// What is done, of a name such as `crypto/src/group.rs:12:5: replace + with - in sum`.
fn change(listed: &Listed) -> String {
    let place = format!("{}:{}:{}: ", listed.file, listed.span.start.line, listed.span.start.column);
    listed.name.strip_prefix(&place).unwrap_or(&listed.name).to_owned()
}

fn offset(text: &str, point: &Point) -> Result<usize> {
    let start: usize = text.split_inclusive('\n').take(point.line - 1).map(str::len).sum();
    let rest = text.get(start..).context("a mutant beyond its file")?;
    let columns = rest.char_indices().map(|(at, _)| at).chain([rest.len()]);
    Ok(start + columns.into_iter().nth(point.column - 1).context("a mutant beyond its line")?)
}
