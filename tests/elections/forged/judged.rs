//! What both implementations say of a forged record.

use std::collections::BTreeSet;
use std::path::Path;

use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use tabella_client::copy::{Copy, CopyError};
use tabella_client::source::{RecordSource, SourceFault};
use tabella_record::examination::Seeds;

use super::case::Case;
use crate::scene::Scene;
use crate::scene::record::{Failure, Record, asked, failures};

/// Records whose fault a role never meets: it computes the tree from the entries, reads no file but those that it needs, and knows no end.
pub const UNSEEN_BY_ROLES: [&str; 13] = [
    "files: a tile is missing",
    "files: a tile that is too short",
    "files: an empty tile",
    "files: another leaf in a tile",
    "files: an upper tile that is too long",
    "files: a partial tile of another width",
    "files: a tile behind the end",
    "files: a tile of another spelling",
    "files: an upper level that is too high",
    "files: a file of something else",
    "files: a checkpoint of no entries",
    "files: the end is cut off",
    "operator: cut off before the result",
];

/// Whether what is wrong is so by the rules of entries; that a record has not ended may follow from it.
pub fn is_of_entries(case: &Case) -> bool {
    let is_of_entry = |failure: &Failure| failure.entry.is_some() && failure.code != "leaf_mismatch";
    case.expected.first().is_some_and(is_of_entry)
        && case.expected.iter().all(|failure| is_of_entry(failure) || failure.code == "record_unfinished")
}

/// The rules refuse the entries that are expected to be refused, with their codes, and no other. Of files, and of the end of a
/// record, they say nothing.
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
    let expected = case.expected.iter().filter(|failure| failure.entry.is_some()).cloned().collect();
    compare(case, "rules", &expected, &found)
}

/// The verifier finds what is expected, and nothing else.
pub fn by_the_verifier(case: &Case) -> Result<(), String> {
    let report = case.record().verify_as(&asked(case.fingerprint.clone(), case.unfinished));
    let expected = case.expected.iter().cloned().collect();
    compare(case, "verifier", &expected, &failures(&report).into_iter().collect())
}

fn compare(case: &Case, who: &str, expected: &BTreeSet<Failure>, found: &BTreeSet<Failure>) -> Result<(), String> {
    if found == expected { Ok(()) } else { Err(format!("{}: expected {expected:?}, the {who}: {found:?}", case.name)) }
}

/// A role that keeps a copy of the record takes none of a record whose files are wrong, or of another election. Where it does not meet
/// what is wrong, the copy has none of it.
pub fn by_a_role(case: &Case) -> Result<(), String> {
    if is_of_entries(case) {
        return Ok(());
    }
    let folder = tempfile::tempdir().unwrap();
    let copy = copy_of(case, folder.path());
    let is_unseen = UNSEEN_BY_ROLES.contains(&case.name.as_str());
    match copy {
        Err(_) if !is_unseen => Ok(()),
        Ok(copy) if is_unseen && (copy.size() == 0 || is_right(copy.record())) => Ok(()),
        Err(error) => Err(format!("{}: a role refuses it: {error}", case.name)),
        Ok(_) => Err(format!("{}: a role takes it", case.name)),
    }
}

/// What a role makes of the record, which knows the fingerprint that the reader was given.
fn copy_of(case: &Case, folder: &Path) -> Result<Copy, CopyError> {
    let expected = case.fingerprint.as_ref().map(|text| text.parse().unwrap());
    let (record, seeds) = (case.record(), Seeds::new(ChaCha20Rng::from_seed([3; 32])));
    let mut copy = Copy::open(folder, &record, expected, seeds, &|_, _| ())?;
    copy.catch_up(&record, &|_, _| ())?;
    Ok(copy)
}

fn is_right(record: &Path) -> bool {
    failures(&Record::read(record).verify_as(&asked(None, true))).is_empty()
}

impl RecordSource for Record {
    fn place(&self) -> String {
        "the forged record".to_owned()
    }

    fn file(&self, name: &str, _: u64) -> Result<Option<Vec<u8>>, SourceFault> {
        Ok(self.files.get(name).cloned())
    }
}
