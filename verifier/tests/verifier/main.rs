//! Whole records, made here from the specification alone, and what the verifier says of them.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod asking;
mod board;
mod bytes;
mod ceremony;
mod download;
mod evidence;
mod files;
mod follower;
mod following;
mod forged;
mod helping;
mod kinds;
mod making;
mod mixed;
mod one_ballot;
mod papers;
mod placed;
mod poll;
mod program;
mod project;
mod prover;
mod questions;
mod range;
mod record;
mod refused_contests;
mod refused_poll;
mod refused_setup;
mod shapes;
mod stopping;
mod tampering;
mod web;
mod world;

// Parts of the program, to be called with less patience.
#[path = "../../src/fetch.rs"]
mod fetch;
#[path = "../../src/server.rs"]
mod server;

use std::collections::BTreeMap;
use tabella_verifier::report::Report;
use tabella_verifier::source::Memory;
use tabella_verifier::{Options, verify};

type Files = BTreeMap<String, Vec<u8>>;

fn options() -> Options {
    Options { expected: None, unfinished: false, seed: [3; 32] }
}

fn report(files: Files) -> Report {
    verify(&Memory::new(files), &options(), &|_, _| ()).unwrap()
}

/// All failures: code, entry, file.
fn failures(report: &Report) -> Vec<(String, Option<u64>, Option<String>)> {
    let of_check = report.checks.iter().flat_map(|check| &check.failures);
    of_check.map(|failure| (failure.code.clone(), failure.entry, failure.file.clone())).collect()
}
