//! Entries, the tree, checkpoints, policies and the files of a record.

use super::*;
use crate::entry::{Entry, Place};
use crate::note::{Checkpoint, LOG, VerifierKey};
use crate::policy::Policy;
use crate::record::{faults, tiles};
use crate::source::{Memory, Source};
use crate::tree::{Tree, genesis, leaf_hash};
use std::collections::BTreeMap;

#[test]
fn logs() {
    for vector in vectors("board", "genesis") {
        assert_eq!(genesis(text(&vector["origin"])), fixed::<32>(&vector["prev"]));
    }
    for vector in vectors("board", "log") {
        let origin = text(&vector["origin"]);
        let roots: BTreeMap<u64, [u8; 32]> =
            list(&vector["roots"], |root| (integer(&root["size"]), fixed(&root["root"]))).into_iter().collect();
        let mut tree = Tree::default();
        let mut prev = genesis(origin);
        let mut compared = 0;
        for (index, known) in (0..).zip(vector["entries"].as_array().unwrap()) {
            let bytes = hex(&known["entry"]);
            let place = Place { origin, index, prev: Some(prev) };
            let entry = Entry::read(&bytes, &place).unwrap();
            assert_eq!((entry.kind.name(), entry.payload), (text(&known["kind"]), hex(&known["payload"])));
            prev = leaf_hash(&bytes);
            assert_eq!(prev, fixed::<32>(&known["leaf_hash"]));
            tree.push(prev);
            if let Some(root) = roots.get(&tree.size()) {
                assert_eq!(tree.root(), *root, "size {}", tree.size());
                compared += 1;
            }
        }
        assert_eq!(compared, roots.len());
    }
}

#[test]
fn bad_entries_have_their_codes() {
    for vector in vectors("board", "bad_entry") {
        let place = Place {
            origin: text(&vector["origin"]),
            index: integer(&vector["index"]),
            prev: Some(fixed(&vector["prev"])),
        };
        assert_code(Entry::read(&hex(&vector["entry"]), &place).map(|_| ()), &vector);
    }
}

#[test]
fn checkpoints() {
    for vector in vectors("board", "log_key") {
        let kind = u8::try_from(integer(&vector["type"])).unwrap();
        let key = VerifierKey::parse(text(&vector["vkey"]), kind).unwrap();
        assert_eq!((key.name.as_str(), key.key), (text(&vector["name"]), fixed(&vector["public"])));
        assert_eq!(key.text(), text(&vector["vkey"]));
    }
    for vector in vectors("board", "checkpoint") {
        let checkpoint = Checkpoint::parse(text(&vector["note"]).as_bytes()).unwrap();
        let found = (checkpoint.origin.as_str(), checkpoint.size, checkpoint.root);
        assert_eq!(found, (text(&vector["origin"]), integer(&vector["size"]), fixed(&vector["root"])));
        let key = |name: &str, secret: &Value, kind| VerifierKey {
            name: name.to_owned(),
            kind,
            key: ed25519_dalek::SigningKey::from_bytes(&fixed(secret)).verifying_key().to_bytes(),
        };
        assert!(checkpoint.note.is_signed_by(&key(text(&vector["origin"]), &vector["secret"], LOG)));
        for cosigner in vector["cosignatures"].as_array().unwrap() {
            let key = key(text(&cosigner["name"]), &cosigner["secret"], crate::note::WITNESS);
            assert!(checkpoint.note.is_cosigned_by(&key), "{cosigner}");
        }
    }
}

/// Judges a policy for this log, then a note as an anchor without size and root.
fn judge(vector: &Value) -> Result<(), Code> {
    let policy = Policy::parse(text(&vector["policy"])).map_err(|_| Code::ManifestPolicy)?;
    let origin = text(&vector["origin"]);
    if policy.log.name != origin || policy.log.key != fixed(&vector["log_key"]) {
        return Err(Code::ManifestPolicy);
    }
    let checkpoint = Checkpoint::parse(text(&vector["note"]).as_bytes()).map_err(|_| Code::AnchorMalformed)?;
    if checkpoint.origin != origin {
        return Err(Code::AnchorMalformed);
    }
    if !checkpoint.note.is_signed_by(&policy.log) {
        return Err(Code::AnchorSignature);
    }
    if policy.is_met_by(&checkpoint.note) { Ok(()) } else { Err(Code::AnchorQuorum) }
}

#[test]
fn policies() {
    for vector in vectors("board", "policy") {
        assert_code(judge(&vector), &vector);
    }
}

#[test]
fn files_of_a_record() {
    for vector in vectors("board", "paths") {
        let own = ["checkpoint", "log.vkey"].map(str::to_owned);
        let mut names: Vec<String> = tiles(integer(&vector["size"])).map(|tile| tile.name()).chain(own).collect();
        names.sort();
        assert_eq!(names, list(&vector["paths"], |name| text(name).to_owned()), "{}", vector["name"]);
    }
    for vector in vectors("board", "record") {
        let files = vector["files"].as_object().unwrap();
        let files = files.iter().map(|(name, bytes)| (name.clone(), hex(bytes))).collect();
        let found = faults(Memory::new(files).listing(), vector["entries"].as_array().unwrap().len() as u64, false);
        assert_eq!((found.missing, found.surplus, found.malformed), (vec![], vec![], vec![]));
    }
}
