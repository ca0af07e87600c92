//! board.json: specs/board.md.

mod policies;

use data_encoding::BASE64;
use serde_json::{Map, Value, json};
use tabella_board::checkpoint::SignedCheckpoint;
use tabella_board::cosignature::cosign;
use tabella_board::entry::{Entry, Place, genesis_hash};
use tabella_board::hash::Hash;
use tabella_board::key::{LogVerifier, WitnessKey, WitnessVerifier};
use tabella_board::origin::Origin;
use tabella_board::policy::Policy;
use tabella_board::receipt::{Receipt, Standing};
use tabella_board::tile::{Layer, Tile, encode_bundle, encode_hashes};
use tabella_board::tree::{ConsistencyProof, InclusionProof, MemoryNodes, Tree, TreeHead};
use tabella_election::Kind;

use crate::cbor::{Value as Cbor, bytes, integer, text};
use crate::file::{hex, hexes, vector};
use crate::manifest::{log_key, seed};
use crate::source::Source;

const ORIGIN: &str = "example.org/e";
const TIME: u64 = 1_700_000_000;

pub fn vectors() -> Vec<Value> {
    let log = ExampleLog::new(13);
    let mut vectors = vec![
        genesis(ORIGIN),
        genesis(&format!("a/{}", "x".repeat(98))),
        log_key_vector(),
        witness_key_vector("witness.example/one"),
        log.vector(),
        checkpoint("checkpoint: no witness", &log, &[]),
        checkpoint("checkpoint: two witnesses", &log, &["witness.example/one", "witness.example/two"]),
        receipt(&log),
        record(&log),
    ];
    vectors.extend([1, 255, 256, 257, 511, 65_536, 65_537, 70_000, 256_300].map(paths));
    vectors.extend(bad_entries(&log));
    vectors.extend(policies::vectors(&log));
    vectors
}

/// A log of entries without meaning.
struct ExampleLog {
    entries: Vec<Entry>,
    bytes: Vec<Vec<u8>>,
    nodes: MemoryNodes,
    heads: Vec<TreeHead>,
}

impl ExampleLog {
    fn new(size: usize) -> Self {
        let mut source = Source::new("board");
        let mut place = Place::first(Origin::parse(ORIGIN).unwrap());
        let mut log = Self { entries: Vec::new(), bytes: Vec::new(), nodes: MemoryNodes::new(), heads: Vec::new() };
        let mut tree = Tree::new();
        for index in 0..size {
            let kind = Kind::ALL[index % Kind::ALL.len()].as_str().to_owned();
            let payload = source.bytes::<64>()[..index * 5].to_vec();
            let entry = Entry { place: place.clone(), kind, payload };
            let encoded = entry.encode().unwrap();
            place = place.next(&encoded);
            log.nodes.append(Hash::of_entry(&encoded));
            tree.append(Hash::of_entry(&encoded));
            log.heads.push(tree.head());
            log.entries.push(entry);
            log.bytes.push(encoded);
        }
        log
    }

    fn head(&self, size: usize) -> TreeHead {
        self.heads[size - 1]
    }

    fn whole(&self) -> TreeHead {
        self.head(self.bytes.len())
    }

    fn leaf(&self, index: usize) -> Hash {
        Hash::of_entry(&self.bytes[index])
    }

    fn inclusion(&self, index: usize, size: usize) -> InclusionProof {
        let proof = InclusionProof::prove(&self.nodes, size as u64, index as u64).unwrap();
        proof.verify(self.head(size), index as u64, self.leaf(index)).unwrap();
        proof
    }

    fn vector(&self) -> Value {
        let size = self.bytes.len();
        let entry = |(index, entry): (usize, &Entry)| {
            json!({
                "index": index, "prev": hash(&entry.place.prev), "kind": entry.kind, "payload": hex(&entry.payload),
                "entry": hex(&self.bytes[index]), "leaf_hash": hash(&self.leaf(index)),
            })
        };
        let root = |size| json!({ "size": size, "root": hash(&self.head(size).root) });
        let inclusion = |(index, size): (usize, usize)| json!({ "index": index, "size": size, "path": hashes(self.inclusion(index, size).hashes()) });
        let consistency = |(from, to): (usize, usize)| {
            let proof = ConsistencyProof::prove(&self.nodes, from as u64, to as u64).unwrap();
            proof.verify(self.head(from), self.head(to)).unwrap();
            json!({ "from": from, "to": to, "path": hashes(proof.hashes()) })
        };
        let places = (0..size).map(|index| (index, size)).chain([(0, 1), (2, 3), (5, 8), (6, 7)]);
        let pairs = (1..=size).map(|from| (from, size)).chain([(1, 8), (4, 7), (6, 8), (3, 5)]);
        vector(
            "log",
            "log",
            json!({
                "origin": ORIGIN,
                "entries": self.entries.iter().enumerate().map(entry).collect::<Vec<_>>(),
                "roots": (1..=size).map(root).collect::<Vec<_>>(),
                "inclusion": places.map(inclusion).collect::<Vec<_>>(),
                "consistency": pairs.map(consistency).collect::<Vec<_>>(),
            }),
        )
    }
}

fn hash(hash: &Hash) -> String {
    hex(hash.as_bytes())
}

fn hashes(list: &[Hash]) -> Vec<String> {
    list.iter().map(hash).collect()
}

fn genesis(origin: &str) -> Value {
    let prev = genesis_hash(&Origin::parse(origin).unwrap());
    vector(format!("genesis of {origin}"), "genesis", json!({ "origin": origin, "prev": hash(&prev) }))
}

fn log_key_vector() -> Value {
    let key = log_key(ORIGIN);
    let vkey = key.verifier().to_string();
    assert_eq!(LogVerifier::parse(&vkey).as_ref(), Ok(key.verifier()));
    key_vector(ORIGIN, &seed("log"), key.verifier().public_key(), 1, vkey)
}

fn witness_key_vector(name: &str) -> Value {
    let key = witness(name);
    let vkey = key.verifier().to_string();
    assert_eq!(WitnessVerifier::parse(&vkey).as_ref(), Ok(key.verifier()));
    key_vector(name, &seed(name), key.verifier().public_key(), 4, vkey)
}

/// The name of the key is that of its vector.
fn key_vector(name: &str, secret: &[u8; 32], public: [u8; 32], kind: u64, vkey: String) -> Value {
    let key_id = vkey.split('+').nth(1).unwrap();
    let fields = json!({
        "secret": hex(secret), "public": hex(public), "type": kind, "key_id": key_id, "vkey": vkey,
    });
    vector(name, "log_key", fields)
}

fn witness(name: &str) -> WitnessKey {
    WitnessKey::from_seed(name, &seed(name)).unwrap()
}

fn checkpoint(title: &str, log: &ExampleLog, witnesses: &[&str]) -> Value {
    let signed = SignedCheckpoint::sign(&log_key(ORIGIN), log.whole());
    let checkpoint_text = signed.unverified().to_string();
    let mut note = signed;
    let mut cosignatures = Vec::new();
    for (name, time) in witnesses.iter().zip(TIME..) {
        let line = cosign(&witness(name), &note, time).unwrap();
        note = note.with_signature_lines(&line).unwrap();
        cosignatures.push(json!({
            "name": name, "secret": hex(seed(name)), "time": time,
            "message": format!("cosignature/v1\ntime {time}\n{checkpoint_text}"),
            "signature": hex(&signature_bytes(&line)[8..]), "line": line.trim_end(),
        }));
    }
    let text_of_note = String::from_utf8(note.as_bytes().to_vec()).unwrap();
    let line = text_of_note.lines().find(|line| line.starts_with('—')).unwrap();
    let fields = json!({
        "origin": ORIGIN, "size": log.whole().size, "root": hash(&log.whole().root), "secret": hex(seed("log")),
        "text": checkpoint_text, "cosignatures": cosignatures, "signature": hex(signature_bytes(line)), "line": line,
        "note": text_of_note,
    });
    vector(title, "checkpoint", fields)
}

/// What a signature line holds after the key ID.
fn signature_bytes(line: &str) -> Vec<u8> {
    let encoded = line.trim_end().rsplit(' ').next().unwrap();
    BASE64.decode(encoded.as_bytes()).unwrap()[4..].to_vec()
}

/// The checkpoint of the first entries, cosigned by the first witness.
fn cosigned(log: &ExampleLog, size: usize) -> SignedCheckpoint {
    let signed = SignedCheckpoint::sign(&log_key(ORIGIN), log.head(size));
    let line = cosign(&witness("witness.example/one"), &signed, TIME).unwrap();
    signed.with_signature_lines(&line).unwrap()
}

fn note_text(checkpoint: &SignedCheckpoint) -> String {
    String::from_utf8(checkpoint.as_bytes().to_vec()).unwrap()
}

fn receipt(log: &ExampleLog) -> Value {
    let (index, size) = (4, log.bytes.len());
    let made = Receipt { index: index as u64, proof: log.inclusion(index, size), checkpoint: cosigned(log, size) };
    let policy = Policy::parse(&policies::one_witness("one")).unwrap();
    assert!(matches!(made.verify(&log.bytes[index], &policy), Ok(Standing::Recorded(_))));
    let fields = json!({
        "entry": hex(&log.bytes[index]), "index": index, "size": size, "root": hash(&log.whole().root),
        "path": hashes(made.proof.hashes()), "note": note_text(&made.checkpoint),
        "proof": String::from_utf8(made.to_bytes()).unwrap(),
    });
    vector("receipt", "receipt", fields)
}

fn record(log: &ExampleLog) -> Value {
    let size = log.bytes.len();
    let note = note_text(&cosigned(log, size));
    let key = log_key(ORIGIN);
    let mut files = Map::new();
    files.insert("checkpoint".to_owned(), json!(hex(&note)));
    files.insert("log.vkey".to_owned(), json!(hex(key.verifier().to_file())));
    for tile in Tile::of_log(size as u64) {
        let content = match tile.layer() {
            Layer::Entries => encode_bundle(&log.bytes).unwrap(),
            Layer::Hashes(_) => encode_hashes(&tile, &log.nodes).unwrap(),
        };
        files.insert(tile.path(), json!(hex(content)));
    }
    let fields = json!({
        "origin": ORIGIN, "note": note, "vkey": key.verifier().to_string(), "entries": hexes(&log.bytes),
        "files": files,
    });
    vector("record", "record", fields)
}

fn paths(size: u64) -> Value {
    let mut paths: Vec<String> = Tile::of_log(size).map(|tile| tile.path()).collect();
    paths.extend(["checkpoint".to_owned(), "log.vkey".to_owned()]);
    paths.sort_unstable();
    vector(format!("paths of {size} entries"), "paths", json!({ "size": size, "paths": paths }))
}

fn bad_entries(log: &ExampleLog) -> Vec<Value> {
    let place = log.entries[1].place.clone();
    let right = &log.bytes[1];
    let value = Cbor::decode(right);
    let put = |position, element| value.put(position, element).encode();
    let shortest = Cbor::decode(right).encode();
    assert_eq!(&shortest, right);
    let long_index: Vec<u8> = [&right[..25], &[0x18, 1], &right[26..]].concat();
    let indefinite = [&[0x9f], &right[1..], &[0xff]].concat();
    let two_faults = value.put(1, text("example.org/f")).put(3, bytes([0; 32])).put(4, text("vote"));
    let cases = [
        ("good", right.clone(), None),
        ("largest payload", put(5, bytes(vec![0; 65_000])), None),
        ("empty", Vec::new(), Some("entry_malformed")),
        ("trailing byte", [&right[..], &[0]].concat(), Some("entry_malformed")),
        ("cut short", right[..right.len() - 1].to_vec(), Some("entry_malformed")),
        ("index not in its shortest form", long_index, Some("entry_malformed")),
        ("array of indefinite length", indefinite, Some("entry_malformed")),
        ("prev of 31 bytes", put(3, bytes([0; 31])), Some("entry_malformed")),
        ("index as text", put(2, text("1")), Some("entry_malformed")),
        ("five elements", Cbor::Array(value.elements()[..5].to_vec()).encode(), Some("entry_malformed")),
        ("format", put(0, text("tabella/2")), Some("entry_format")),
        ("origin of another log", put(1, text("example.org/f")), Some("entry_origin")),
        ("origin with a space", put(1, text("example.org/ e")), Some("entry_origin")),
        ("index of the entry before", put(2, integer(0)), Some("entry_index")),
        ("index of 64 bits", put(2, integer(u64::MAX)), Some("entry_index")),
        ("prev", put(3, bytes([0; 32])), Some("entry_prev")),
        ("kind", put(4, text("vote")), Some("kind_unknown")),
        ("empty kind", put(4, text("")), Some("kind_unknown")),
        ("payload", put(5, bytes(vec![0; 65_001])), Some("payload_too_large")),
        ("three faults", two_faults.encode(), Some("entry_origin")),
    ];
    let case = |(name, entry, expected): (&str, Vec<u8>, Option<&str>)| {
        let is_known = |kind: &str| kind.parse::<Kind>().is_ok();
        let judged = Entry::decode(&entry, &place, is_known).err().map(|fault| fault.code());
        assert_eq!(judged, expected, "{name}");
        let fields = json!({
            "origin": ORIGIN, "index": place.index, "prev": hash(&place.prev), "entry": hex(entry), "code": expected,
        });
        vector(format!("entry: {name}"), "bad_entry", fields)
    };
    cases.into_iter().map(case).collect()
}
