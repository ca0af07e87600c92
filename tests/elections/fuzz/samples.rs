//! Valid texts and files outside of entries, to be changed.

use std::sync::LazyLock;

use tabella_board::checkpoint::SignedCheckpoint;
use tabella_board::cosignature::cosign;
use tabella_board::hash::Hash;
use tabella_board::key::WitnessKey;
use tabella_board::receipt::Receipt;
use tabella_board::tile::encode_bundle;
use tabella_board::tree::{InclusionProof, MemoryNodes, Tree};
use tabella_verifier::note::{VerifierKey, WITNESS};

use crate::forgeries::mutations::eventful;
use crate::scene::record::Record;
use crate::scene::samples::{log_key, log_line};

/// Valid inputs.
pub(super) struct Samples {
    pub(super) record: Record,
    /// With all three cosignatures.
    pub(super) checkpoint: SignedCheckpoint,
    /// With each set of cosignatures.
    pub(super) cosigned: Vec<SignedCheckpoint>,
    pub(super) policy: String,
    pub(super) entry: Vec<u8>,
    pub(super) receipt: Receipt,
    /// Another entry in the same place of another log under the same key, and its receipt.
    pub(super) other: (Vec<u8>, Vec<u8>),
    pub(super) bundle: Vec<u8>,
    pub(super) width: u64,
    pub(super) secret: Vec<u8>,
}

pub(super) static SAMPLES: LazyLock<Samples> = LazyLock::new(|| {
    let scene = eventful();
    let entries = scene.log.entries.clone();
    let width = entries.len() as u64;
    let signed = SignedCheckpoint::sign(&log_key(), scene.log.head(width));
    let line = |number: u8| cosign(&witness(number), &signed, 1_790_000_000).unwrap();
    let with = |set: u8| {
        let lines: String = (0..3).filter(|number| set >> number & 1 == 1).map(line).collect();
        signed.with_signature_lines(&lines).unwrap()
    };
    let receipt = receipt_of(&entries, with(7));
    let mut other = entries.clone();
    other[3][0] ^= 1;
    other.push(vec![0]);
    let nodes = nodes_of(&other);
    let tree: Tree = other.iter().map(|entry| Hash::of_entry(entry)).collect();
    let proof = InclusionProof::prove(&nodes, tree.size(), 3).unwrap();
    let other_receipt = Receipt { index: 3, proof, checkpoint: SignedCheckpoint::sign(&log_key(), tree.head()) };
    Samples {
        record: scene.record(),
        checkpoint: with(7),
        cosigned: (0..8).map(with).collect(),
        policy: policy_of(["a", "b", "c"].map(|name| format!("witness.example/{name}"))),
        entry: entries[3].clone(),
        receipt,
        other: (other[3].clone(), other_receipt.to_bytes()),
        bundle: encode_bundle(&entries).unwrap(),
        width,
        secret: scene.trustee(1).to_secret_bytes().to_vec(),
    }
});

fn nodes_of(entries: &[Vec<u8>]) -> MemoryNodes {
    let mut nodes = MemoryNodes::new();
    entries.iter().for_each(|entry| nodes.append(Hash::of_entry(entry)));
    nodes
}

fn receipt_of(entries: &[Vec<u8>], checkpoint: SignedCheckpoint) -> Receipt {
    let proof = InclusionProof::prove(&nodes_of(entries), entries.len() as u64, 3).unwrap();
    Receipt { index: 3, proof, checkpoint }
}

fn witness(number: u8) -> WitnessKey {
    WitnessKey::from_seed(
        ["witness.example/a", "witness.example/b", "witness.example/c"][usize::from(number)],
        &[50 + number; 32],
    )
    .unwrap()
}

/// A key with any name, and the ID that follows from it.
pub(super) fn key(name: &str, kind: u8, key: [u8; 32]) -> String {
    VerifierKey { name: name.to_owned(), kind, key }.text()
}

/// A policy with groups, of witnesses whose keys have these names.
pub(super) fn policy_of(names: [String; 3]) -> String {
    let lines = names.iter().zip(0..).zip(["a", "b", "c"]).map(|((name, number), short)| {
        format!("witness {short} {}\n", key(name, WITNESS, witness(number).verifier().public_key()))
    });
    let witnesses: String = lines.collect();
    format!("{}# who\n{witnesses}group g 1 a b\ngroup\th all g c\nquorum h\n", log_line())
}
