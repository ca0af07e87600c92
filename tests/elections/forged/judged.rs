//! What both implementations say of a forged record.

use std::collections::BTreeSet;

use super::case::Case;
use crate::scene::Scene;
use crate::scene::record::{Failure, asked, failures};

/// Whether all that is wrong is so by the rules of entries.
pub fn is_of_entries(case: &Case) -> bool {
    case.expected.iter().all(|failure| failure.entry.is_some() && failure.code != "leaf_mismatch")
}

/// The rules refuse the entries that are expected to be refused, with their codes, and no other. Of files they say
/// nothing.
pub fn by_the_rules(case: &Case) -> Result<(), String> {
    if !is_of_entries(case) {
        return Ok(());
    }
    let mut scene = Scene::empty();
    let mut found = BTreeSet::new();
    for entry in &case.entries {
        let index = scene.log.next.index;
        if let Err(code) = scene.receive(entry) {
            found.insert(Failure { code: code.to_string(), entry: Some(index), file: None });
            scene.force(entry);
        }
    }
    compare(case, "rules", found)
}

/// The verifier finds what is expected, and nothing else where nothing follows from it.
pub fn by_the_verifier(case: &Case) -> Result<(), String> {
    let report = case.record().verify_as(&asked(case.fingerprint.clone(), case.unfinished));
    compare(case, "verifier", failures(&report).into_iter().collect())
}

fn compare(case: &Case, who: &str, found: BTreeSet<Failure>) -> Result<(), String> {
    let expected: BTreeSet<Failure> = case.expected.iter().cloned().collect();
    let agrees = if case.more { found.is_superset(&expected) } else { found == expected };
    if agrees { Ok(()) } else { Err(format!("{}: expected {expected:?}, the {who}: {found:?}", case.name)) }
}
