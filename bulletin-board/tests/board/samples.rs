//! A small log, its keys, and ways to damage bytes.

use tabella_board::checkpoint::SignedCheckpoint;
use tabella_board::cosignature::cosign;
use tabella_board::entry::{Entry, Place};
use tabella_board::hash::Hash;
use tabella_board::key::{LogKey, WitnessKey};
use tabella_board::origin::Origin;
use tabella_board::tree::{MemoryNodes, Tree, TreeHead};

/// When witness 0 signs; witness i signs i seconds later.
pub const TIME: u64 = 1_700_000_000;

pub fn origin() -> Origin {
    Origin::parse("example.org/e").unwrap()
}

pub fn log_key() -> LogKey {
    LogKey::from_seed(origin(), &[1; 32])
}

pub fn witness_key(number: u8) -> WitnessKey {
    WitnessKey::from_seed(&format!("witness.example/{number}"), &[100 + number; 32]).unwrap()
}

/// The bytes of the first `count` entries of the log.
pub fn entries(count: u64) -> Vec<Vec<u8>> {
    let mut place = Place::first(origin());
    let mut entries = Vec::new();
    for index in 0..count {
        let entry = Entry { place: place.clone(), kind: "note".into(), payload: format!("payload {index}").into() };
        let bytes = entry.encode().unwrap();
        place = place.next(&bytes);
        entries.push(bytes);
    }
    entries
}

pub fn leaves(entries: &[Vec<u8>]) -> impl Iterator<Item = Hash> {
    entries.iter().map(|entry| Hash::of_entry(entry))
}

pub fn head(entries: &[Vec<u8>]) -> TreeHead {
    leaves(entries).collect::<Tree>().head()
}

pub fn nodes(entries: &[Vec<u8>]) -> MemoryNodes {
    let mut nodes = MemoryNodes::new();
    leaves(entries).for_each(|leaf| nodes.append(leaf));
    nodes
}

/// The checkpoint with this head, signed by the log and by some witnesses.
pub fn checkpoint(head: TreeHead, witnesses: &[u8]) -> SignedCheckpoint {
    let by_log = SignedCheckpoint::sign(&log_key(), head);
    let lines: String = witnesses
        .iter()
        .map(|number| cosign(&witness_key(*number), &by_log, TIME + u64::from(*number)).unwrap())
        .collect();
    by_log.with_signature_lines(&lines).unwrap()
}

/// The last signature line of a checkpoint.
pub fn last_line(checkpoint: &SignedCheckpoint) -> String {
    let text = std::str::from_utf8(checkpoint.as_bytes()).unwrap();
    format!("{}\n", text.lines().last().unwrap())
}

/// A policy with witnesses w0, w1, … and these lines after them.
pub fn policy_text(witnesses: u8, rest: &str) -> String {
    let mut text = format!("log {}\n", log_key().verifier());
    for number in 0..witnesses {
        text += &format!("witness w{number} {}\n", witness_key(number).verifier());
    }
    text + rest
}

/// The bytes with one bit flipped, for each bit.
pub fn bit_flips(bytes: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    (0..bytes.len() * 8).map(|bit| {
        let mut flipped = bytes.to_vec();
        flipped[bit / 8] ^= 1 << (bit % 8);
        flipped
    })
}

/// All proper prefixes of the bytes.
pub fn truncations(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    (0..bytes.len()).map(|length| &bytes[..length])
}

/// The bytes with `from`, which stands in them once, replaced.
pub fn replace(bytes: &[u8], from: &str, to: &str) -> Vec<u8> {
    let text = std::str::from_utf8(bytes).unwrap();
    assert_eq!(text.matches(from).count(), 1, "{from:?} stands once in {text}");
    text.replace(from, to).into()
}
