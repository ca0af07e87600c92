//! Texts and files outside of entries, changed at random. Where both implementations read them, they read the same;
//! where one alone does, it does not panic, and writes what it has read as it stood there.

use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;
use std::fmt::Debug;
use std::io::Cursor;
use std::sync::LazyLock;

use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use tabella_board::checkpoint::SignedCheckpoint;
use tabella_board::cosignature::cosign;
use tabella_board::hash::Hash;
use tabella_board::key::{LogVerifier, WitnessKey, WitnessVerifier};
use tabella_board::origin::Origin;
use tabella_board::policy::Policy;
use tabella_board::receipt::Receipt;
use tabella_board::tile::{Layer, Tile, decode_bundle, encode_bundle};
use tabella_board::tree::{InclusionProof, MemoryNodes, Tree};
use tabella_board::witness::AddCheckpoint;
use tabella_election::text::{Fingerprint, VoterCode};
use tabella_election::trustee::Trustee;
use tabella_verifier::evidence;
use tabella_verifier::note::{Checkpoint, LOG, VerifierKey, WITNESS};
use tabella_verifier::policy::Policy as VerifierPolicy;
use tabella_verifier::record::{self, Bundle, Series};
use tabella_verifier::report::Verdict;
use tabella_verifier::source::{Memory, Source, Tar};
use tabella_verifier::text::read_fingerprint;
use tabella_verifier::verify;

use super::Tried;
use crate::forgeries::mutations::{below, change_bytes, change_text, eventful};
use crate::scene::record::{Record, asked};
use crate::scene::samples::{log_key, log_line};

/// Inputs that each target is handed in a round.
const INPUTS: usize = 100;
/// Inputs of those that read a whole record each time.
const RECORDS: usize = 4;

/// Reads one changed input: whether it was accepted, or how both differ.
pub(super) type Target = fn(&Samples, &mut ChaCha20Rng) -> Result<bool, String>;

pub(super) const TARGETS: [(&str, Target); 13] = [
    ("checkpoint", checkpoint),
    ("log key", log_key_line),
    ("witness key", witness_key_line),
    ("policy", policy),
    ("receipt", receipt),
    ("bundle", bundle),
    ("tile path", tile_path),
    ("fingerprint", fingerprint),
    ("voter code", voter_code),
    ("trustee's secret", trustee_secret),
    ("witness request", witness_request),
    ("record", whole_record),
    ("tar", tar),
];

pub(super) fn round(number: u64) -> Tried {
    let mut rng = ChaCha20Rng::seed_from_u64(number);
    let mut tried = Tried::default();
    for (name, target) in TARGETS {
        let inputs = if ["record", "tar"].contains(&name) { RECORDS } else { INPUTS };
        for _ in 0..inputs {
            match target(&SAMPLES, &mut rng) {
                Ok(true) => tried.see(&format!("{name} accepted")),
                Ok(false) => tried.see(&format!("{name} refused")),
                Err(difference) => tried.differences.push(format!("round {number}: {name}: {difference}")),
            }
        }
    }
    tried
}

/// Valid inputs.
pub(super) struct Samples {
    record: Record,
    /// With all three cosignatures.
    checkpoint: SignedCheckpoint,
    /// With each set of cosignatures.
    cosigned: Vec<SignedCheckpoint>,
    policy: String,
    entry: Vec<u8>,
    receipt: Receipt,
    /// Another entry in the same place of another log under the same key, and its receipt.
    other: (Vec<u8>, Vec<u8>),
    bundle: Vec<u8>,
    width: u64,
    secret: Vec<u8>,
}

static SAMPLES: LazyLock<Samples> = LazyLock::new(|| {
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
fn key(name: &str, kind: u8, key: [u8; 32]) -> String {
    VerifierKey { name: name.to_owned(), kind, key }.text()
}

/// A policy with groups, of witnesses whose keys have these names.
fn policy_of(names: [String; 3]) -> String {
    let lines = names.iter().zip(0..).zip(["a", "b", "c"]).map(|((name, number), short)| {
        format!("witness {short} {}\n", key(name, WITNESS, witness(number).verifier().public_key()))
    });
    let witnesses: String = lines.collect();
    format!("{}# who\n{witnesses}group g 1 a b\ngroup\th all g c\nquorum h\n", log_line())
}

/// Changes a text or its bytes, up to three times.
fn changed(text: &[u8], rng: &mut ChaCha20Rng) -> Vec<u8> {
    let mut bytes = text.to_vec();
    for _ in 0..=below(3, rng) {
        match std::str::from_utf8(&bytes) {
            Ok(text) if below(4, rng) > 0 => {
                let mut text = text.to_owned();
                if below(8, rng) == 0 {
                    repeat_line(&mut text, rng);
                } else {
                    change_text(&mut text, rng);
                }
                bytes = text.into_bytes();
            }
            _ if bytes.is_empty() => bytes.push(b'a'),
            _ => change_bytes(&mut bytes, rng),
        }
    }
    bytes
}

fn changed_text(text: &str, rng: &mut ChaCha20Rng) -> String {
    String::from_utf8_lossy(&changed(text.as_bytes(), rng)).into_owned()
}

/// A line comes many times: notes have a largest number of them.
fn repeat_line(text: &mut String, rng: &mut ChaCha20Rng) {
    let mut lines: Vec<&str> = text.split_inclusive('\n').collect();
    let place = below(lines.len(), rng);
    if let Some(line) = lines.get(place).copied() {
        lines.splice(place..place, std::iter::repeat_n(line, below(120, rng)));
    }
    *text = lines.concat();
}

/// Whether both accept, or how they differ.
fn alike<T: PartialEq + Debug>(input: &[u8], ours: Option<T>, theirs: Option<T>) -> Result<bool, String> {
    if ours == theirs {
        return Ok(ours.is_some());
    }
    Err(format!("{ours:?} here, {theirs:?} in the verifier: {:?}", String::from_utf8_lossy(input)))
}

/// Whoever reads a checkpoint or a key compares its name with the origin of a log: other names are none's.
fn is_origin(name: &str) -> bool {
    Origin::parse(name).is_ok()
}

fn checkpoint(samples: &Samples, rng: &mut ChaCha20Rng) -> Result<bool, String> {
    let input = changed(samples.checkpoint.as_bytes(), rng);
    let (policy, other_policy) =
        (Policy::parse(&samples.policy).unwrap(), VerifierPolicy::parse(&samples.policy).unwrap());
    let ours = SignedCheckpoint::parse(&input).ok().map(|checkpoint| {
        let cosigners: BTreeSet<String> =
            policy.cosignatures(&checkpoint).into_iter().map(|cosignature| cosignature.witness).collect();
        let head = checkpoint.unverified().head;
        let is_signed = checkpoint.verify(policy.log()).is_ok();
        (checkpoint.unverified().origin.to_string(), head.size, *head.root.as_bytes(), is_signed, cosigners)
    });
    let read = Checkpoint::parse(&input).ok().filter(|checkpoint| is_origin(&checkpoint.origin));
    let theirs = read.map(|checkpoint| {
        let key = &other_policy.log;
        let is_signed = checkpoint.origin == key.name && checkpoint.note.is_signed_by(key);
        let cosigners = other_policy.cosigners(&checkpoint.note);
        (checkpoint.origin, checkpoint.size, checkpoint.root, is_signed, cosigners)
    });
    alike(&input, ours, theirs)
}

/// A key under a changed name, or the changed text of a key.
fn changed_key(kind: u8, name: &str, rng: &mut ChaCha20Rng) -> String {
    let bytes = log_key().verifier().public_key();
    if below(2, rng) == 0 {
        key(&changed_text(name, rng), kind, bytes)
    } else {
        changed_text(&key(name, kind, bytes), rng)
    }
}

fn log_key_line(_: &Samples, rng: &mut ChaCha20Rng) -> Result<bool, String> {
    let mut input = changed_key(LOG, "example.org/e", rng);
    if below(10, rng) > 0 {
        input.push('\n');
    }
    let ours = LogVerifier::from_file(input.as_bytes()).ok().map(|key| (key.origin().to_string(), key.public_key()));
    let theirs = evidence::log_key(input.as_bytes()).filter(|key| is_origin(&key.name)).map(|key| (key.name, key.key));
    alike(input.as_bytes(), ours, theirs)
}

fn witness_key_line(_: &Samples, rng: &mut ChaCha20Rng) -> Result<bool, String> {
    let input = changed_key(WITNESS, "witness.example/w", rng);
    let ours = WitnessVerifier::parse(&input).ok().map(|key| (key.name().to_owned(), key.public_key()));
    // What cannot stand in a policy or a note is never handed to the verifier.
    let read = VerifierKey::parse(&input, WITNESS).ok().filter(|key| !key.name.contains(|letter| letter < ' '));
    let theirs = read.map(|key| (key.name, key.key));
    alike(input.as_bytes(), ours, theirs)
}

/// What both make of a policy: the key, the witnesses, and for which sets of cosignatures it is met.
fn policy(samples: &Samples, rng: &mut ChaCha20Rng) -> Result<bool, String> {
    let name = |letter: &str, rng: &mut ChaCha20Rng| {
        let name = format!("witness.example/{letter}");
        if below(4, rng) == 0 { changed_text(&name, rng) } else { name }
    };
    let mut input = policy_of([name("a", rng), name("b", rng), name("c", rng)]);
    if below(2, rng) == 0 {
        input = changed_text(&input, rng);
    }
    let ours = Policy::parse(&input).ok().map(|policy| {
        let names: BTreeSet<String> = policy.witnesses().iter().map(|witness| witness.name.clone()).collect();
        let met: Vec<bool> = samples.cosigned.iter().map(|note| policy.require_quorum(note).is_ok()).collect();
        (policy.log().public_key(), names, met, policy.is_quorum_none())
    });
    let read = VerifierPolicy::parse(&input).ok().filter(|policy| is_origin(&policy.log.name));
    let theirs = read.map(|policy| {
        let names = policy.witnesses().iter().map(|witness| witness.name.clone()).collect();
        let notes = samples.cosigned.iter().map(|note| Checkpoint::parse(note.as_bytes()).unwrap().note);
        (policy.log.key, names, notes.map(|note| policy.is_met_by(&note)).collect(), policy.asks_for_none())
    });
    alike(input.as_bytes(), ours, theirs)
}

/// The verifier reads receipts as evidence: with a receipt of another entry in the same place they are a proof.
fn receipt(samples: &Samples, rng: &mut ChaCha20Rng) -> Result<bool, String> {
    let input = changed(&samples.receipt.to_bytes(), rng);
    let policy = Policy::parse(&samples.policy).unwrap();
    let read = Receipt::parse(&input).ok();
    let ours = read.filter(|receipt| receipt.verify(&samples.entry, &policy).is_ok()).map(|_| ());
    let files: BTreeMap<&str, &[u8]> = BTreeMap::from([
        (evidence::LOG_KEY, samples.record.files["log.vkey"].as_slice()),
        (evidence::RECEIPT.0, &samples.entry),
        (evidence::RECEIPT.1, &input),
        (evidence::NUMBERED.0, &samples.other.0),
        (evidence::NUMBERED.1, &samples.other.1),
    ]);
    let read = |name: &str, _: usize| Ok::<_, Infallible>(files.get(name).map(|bytes| bytes.to_vec()));
    let judgement = evidence::judge(read).unwrap();
    alike(&input, ours, (judgement.code == "other_entry").then_some(()))
}

fn bundle(samples: &Samples, rng: &mut ChaCha20Rng) -> Result<bool, String> {
    let mut input = samples.bundle.clone();
    // Most bytes are inside of entries, which are not looked at here.
    if below(4, rng) == 0 {
        change_bytes(&mut input, rng);
    } else {
        input[1] = input[1].wrapping_add(u8::try_from(below(3, rng)).unwrap());
        input.extend(vec![0; below(3, rng)]);
    }
    let tile = record::tile(samples.width, Series::Entries, 0).unwrap();
    let ours = decode_bundle(&input, u16::try_from(tile.width).unwrap()).ok();
    let ours = ours.map(|entries| entries.into_iter().map(<[u8]>::to_vec).collect::<Vec<_>>());
    let source = Memory::new(BTreeMap::from([(tile.name(), input.clone())]));
    let theirs = match record::bundle(&source, &tile).unwrap() {
        Bundle::Entries(entries) => Some(entries),
        Bundle::Unread | Bundle::Malformed => None,
    };
    alike(&input, ours, theirs)
}

fn tile_path(_: &Samples, rng: &mut ChaCha20Rng) -> Result<bool, String> {
    const PATHS: [&str; 5] =
        ["tile/0/x001/x234/067.p/12", "tile/entries/000.p/255", "tile/7/000", "tile/1/x001/000", "tile/5/x004/123"];
    let mut path = PATHS[below(5, rng)].to_owned();
    if below(5, rng) > 0 {
        path = changed_text(&path, rng);
    }
    // Names beyond every log are names here, of tiles that no size asks for.
    let level = |tile: &Tile| if let Layer::Hashes(level) = tile.layer() { u32::from(level) } else { 0 };
    let is_of_a_log = |tile: &Tile| tile.index() <= u64::MAX >> (8 * level(tile)) >> 8;
    let ours = Tile::parse(&path).filter(is_of_a_log).map(|_| ());
    let source = Memory::new(BTreeMap::from([(path.clone(), Vec::new())]));
    let faults = record::faults(source.listing(), 1, true);
    alike(path.as_bytes(), ours, faults.surplus.is_empty().then_some(()))
}

fn fingerprint(_: &Samples, rng: &mut ChaCha20Rng) -> Result<bool, String> {
    let input = changed_text("0123-4567-89AB-CDEF-GHJK-MNPQ-RSTV-WXYZ", rng);
    let ours = input.parse().ok().map(|fingerprint: Fingerprint| fingerprint.to_string());
    alike(input.as_bytes(), ours, read_fingerprint(&input))
}

fn voter_code(_: &Samples, rng: &mut ChaCha20Rng) -> Result<bool, String> {
    let mut input = VoterCode::generate(rng).to_text().to_string();
    if below(4, rng) > 0 {
        input = changed_text(&input, rng);
    }
    let Ok(code) = VoterCode::from_text(&input) else { return Ok(false) };
    let again = VoterCode::from_text(&code.to_text()).map(|code| code.to_text());
    alike(input.as_bytes(), Some(code.to_text()), again.ok())
}

/// A trustee's secret that is read is written as it was.
fn trustee_secret(samples: &Samples, rng: &mut ChaCha20Rng) -> Result<bool, String> {
    let mut input = samples.secret.clone();
    if below(4, rng) > 0 {
        change_bytes(&mut input, rng);
    }
    let Ok(trustee) = Trustee::from_secret_bytes(&input) else { return Ok(false) };
    alike(&input, Some(input.clone()), Some(trustee.to_secret_bytes().to_vec()))
}

fn witness_request(samples: &Samples, rng: &mut ChaCha20Rng) -> Result<bool, String> {
    let proof: String = samples.receipt.proof.hashes().iter().map(|hash| format!("{hash}\n")).collect();
    let sample = [format!("old 3\n{proof}\n").as_bytes(), samples.checkpoint.as_bytes()].concat();
    let input = changed(&sample, rng);
    let Ok(request) = AddCheckpoint::parse(&input) else { return Ok(false) };
    alike(&input, Some(input.clone()), Some(request.to_bytes()))
}

/// A record that has ended is valid with no byte changed, in whichever file.
fn whole_record(samples: &Samples, rng: &mut ChaCha20Rng) -> Result<bool, String> {
    let mut record = samples.record.clone();
    let name = record.files.keys().nth(below(record.files.len(), rng)).unwrap().clone();
    if below(8, rng) > 0 {
        change_bytes(record.file(&name), rng);
    }
    let is_valid = record.verify().verdict == Verdict::Valid;
    if is_valid == (record == samples.record) {
        return Ok(is_valid);
    }
    Err(format!("{name} changed, valid: {is_valid}: {:?}", record.files[&name]))
}

fn tar(samples: &Samples, rng: &mut ChaCha20Rng) -> Result<bool, String> {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, content) in &samples.record.files {
        let mut header = tar::Header::new_ustar();
        header.set_size(content.len() as u64);
        builder.append_data(&mut header, name, content.as_slice()).unwrap();
    }
    let mut input = builder.into_inner().unwrap();
    if below(8, rng) > 0 {
        change_bytes(&mut input, rng);
    }
    let Ok(source) = Tar::open("a tar", Cursor::new(input)) else { return Ok(false) };
    let report = verify(&source, &asked(None, false), &|_, _| ());
    Ok(report.is_ok_and(|report| report.verdict == Verdict::Valid))
}
