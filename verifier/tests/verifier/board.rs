//! A log in memory: entries, checkpoints, the files of a record.

use crate::bytes::{Hash, bytes, cbor, sha256, text, uint};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use ciborium::Value;
use ed25519_dalek::{Signer, SigningKey};
use std::collections::BTreeMap;

pub const ORIGIN: &str = "board.example/council-2026";

pub struct Board {
    pub log: SigningKey,
    pub witness: SigningKey,
    pub entries: Vec<Vec<u8>>,
}

pub fn leaf(entry: &[u8]) -> Hash {
    sha256(&[&[0], entry].concat())
}

/// RFC 6962 §2.1, word by word.
pub fn root(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => sha256(b""),
        [one] => *one,
        _ => {
            let split = leaves.len().next_power_of_two() / 2;
            sha256(&[&[1][..], &root(&leaves[..split]), &root(&leaves[split..])].concat())
        }
    }
}

fn key_id(name: &str, kind: u8, key: &[u8; 32]) -> Vec<u8> {
    sha256(&[name.as_bytes(), b"\n", &[kind], key].concat())[..4].to_vec()
}

pub fn verifier_key(name: &str, kind: u8, key: &SigningKey) -> String {
    let public = key.verifying_key().to_bytes();
    let id = data_encoding::HEXLOWER.encode(&key_id(name, kind, &public));
    format!("{name}+{id}+{}", BASE64.encode([&[kind][..], &public].concat()))
}

fn line(name: &str, kind: u8, key: &SigningKey, signature: &[u8]) -> String {
    let id = key_id(name, kind, &key.verifying_key().to_bytes());
    format!("— {name} {}\n", BASE64.encode([&id, signature].concat()))
}

impl Board {
    pub fn leaves(&self) -> Vec<Hash> {
        self.entries.iter().map(|entry| leaf(entry)).collect()
    }

    pub fn prev(&self) -> Hash {
        let genesis = || sha256(format!("tabella/1 genesis\n{ORIGIN}\n").as_bytes());
        self.entries.last().map_or_else(genesis, |entry| leaf(entry))
    }

    /// The header fields of the next entry.
    pub fn fields(&self, kind: &str, payload: &[u8]) -> Vec<Value> {
        let index = uint(self.entries.len() as u64);
        vec![text("tabella/1"), text(ORIGIN), index, bytes(&self.prev()), text(kind), bytes(payload)]
    }

    pub fn append(&mut self, fields: Vec<Value>) {
        self.entries.push(cbor(&Value::Array(fields)));
    }

    pub fn checkpoint(&self) -> String {
        self.checkpoint_of(self.entries.len())
    }

    /// The checkpoint of the first `size` entries.
    pub fn checkpoint_of(&self, size: usize) -> String {
        self.note(&format!("{ORIGIN}\n{size}\n{}\n", BASE64.encode(root(&self.leaves()[..size]))), true)
    }

    /// A note by the log and, if asked for, the witness.
    pub fn note(&self, text: &str, cosigned: bool) -> String {
        let signed = line(ORIGIN, 1, &self.log, &self.log.sign(text.as_bytes()).to_bytes());
        let time = 1_750_000_000u64;
        let message = format!("cosignature/v1\ntime {time}\n{text}");
        let signature = [&time.to_be_bytes()[..], &self.witness.sign(message.as_bytes()).to_bytes()].concat();
        let cosignature =
            if cosigned { line("witness.example/w", 4, &self.witness, &signature) } else { String::new() };
        format!("{text}\n{signed}{cosignature}")
    }

    /// The files of the record.
    pub fn files(&self) -> BTreeMap<String, Vec<u8>> {
        files_of(&self.entries, self.checkpoint(), format!("{}\n", verifier_key(ORIGIN, 1, &self.log)))
    }
}

/// The files of a record of fewer than 65,536 entries.
pub fn files_of(entries: &[Vec<u8>], checkpoint: String, log_key: String) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    files.insert("checkpoint".to_owned(), checkpoint.into_bytes());
    files.insert("log.vkey".to_owned(), log_key.into_bytes());
    let leaves: Vec<Hash> = entries.iter().map(|entry| leaf(entry)).collect();
    let parents: Vec<Hash> = leaves.chunks_exact(256).map(root).collect();
    for (series, hashes) in [("0", &leaves), ("1", &parents)] {
        for (number, tile) in hashes.chunks(256).enumerate() {
            files.insert(path(series, number, tile.len()), tile.concat());
        }
    }
    for (number, bundle) in entries.chunks(256).enumerate() {
        let framed = bundle.iter().flat_map(|entry| [&(entry.len() as u16).to_be_bytes()[..], entry].concat());
        files.insert(path("entries", number, bundle.len()), framed.collect());
    }
    files
}

fn path(series: &str, number: usize, width: usize) -> String {
    let partial = if width < 256 { format!(".p/{width}") } else { String::new() };
    format!("tile/{series}/{number:03}{partial}")
}
