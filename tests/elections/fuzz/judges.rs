//! What both implementations make of texts and files outside of entries: where both read them, they read the same; where
//! one alone does, it does not panic, and writes what it has read as it stood there.

use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;
use std::fmt::Debug;
use std::io::Cursor;
use std::str::from_utf8;

use tabella_board::checkpoint::SignedCheckpoint;
use tabella_board::key::{LogVerifier, WitnessVerifier};
use tabella_board::origin::Origin;
use tabella_board::policy::Policy;
use tabella_board::receipt::Receipt;
use tabella_board::tile::{Layer, Tile, decode_bundle};
use tabella_board::witness::AddCheckpoint;
use tabella_election::text::{Fingerprint, VoterCode};
use tabella_election::trustee::Trustee;
use tabella_verifier::evidence;
use tabella_verifier::note::{Checkpoint, VerifierKey, WITNESS};
use tabella_verifier::policy::Policy as VerifierPolicy;
use tabella_verifier::record::{self, Bundle, Series};
use tabella_verifier::report::Verdict;
use tabella_verifier::source::{Memory, Source, Tar};
use tabella_verifier::text::read_fingerprint;
use tabella_verifier::verify;

use super::samples::Samples;
use crate::scene::record::asked;

/// Whether an input is accepted, or how both differ.
pub(super) type Judge = fn(&Samples, &[u8]) -> Result<bool, String>;

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

pub(super) fn checkpoint(samples: &Samples, input: &[u8]) -> Result<bool, String> {
    let (policy, other_policy) =
        (Policy::parse(&samples.policy).unwrap(), VerifierPolicy::parse(&samples.policy).unwrap());
    let ours = SignedCheckpoint::parse(input).ok().map(|checkpoint| {
        let cosigners: BTreeSet<String> =
            policy.cosignatures(&checkpoint).into_iter().map(|cosignature| cosignature.witness).collect();
        let head = checkpoint.unverified().head;
        let is_signed = checkpoint.verify(policy.log()).is_ok();
        (checkpoint.unverified().origin.to_string(), head.size, *head.root.as_bytes(), is_signed, cosigners)
    });
    let read = Checkpoint::parse(input).ok().filter(|checkpoint| is_origin(&checkpoint.origin));
    let theirs = read.map(|checkpoint| {
        let key = &other_policy.log;
        let is_signed = checkpoint.origin == key.name && checkpoint.note.is_signed_by(key);
        let cosigners = other_policy.cosigners(&checkpoint.note);
        (checkpoint.origin, checkpoint.size, checkpoint.root, is_signed, cosigners)
    });
    alike(input, ours, theirs)
}

pub(super) fn log_key(_: &Samples, input: &[u8]) -> Result<bool, String> {
    let ours = LogVerifier::from_file(input).ok().map(|key| (key.origin().to_string(), key.public_key()));
    let theirs = evidence::log_key(input).filter(|key| is_origin(&key.name)).map(|key| (key.name, key.key));
    alike(input, ours, theirs)
}

pub(super) fn witness_key(_: &Samples, input: &[u8]) -> Result<bool, String> {
    let Ok(text) = from_utf8(input) else { return Ok(false) };
    let ours = WitnessVerifier::parse(text).ok().map(|key| (key.name().to_owned(), key.public_key()));
    // What cannot stand in a policy or a note is never handed to the verifier.
    let read = VerifierKey::parse(text, WITNESS).ok().filter(|key| !key.name.contains(|letter| letter < ' '));
    let theirs = read.map(|key| (key.name, key.key));
    alike(input, ours, theirs)
}

/// What both make of a policy: the key, the witnesses, and for which sets of cosignatures it is met.
pub(super) fn policy(samples: &Samples, input: &[u8]) -> Result<bool, String> {
    let Ok(text) = from_utf8(input) else { return Ok(false) };
    let ours = Policy::parse(text).ok().map(|policy| {
        let names: BTreeSet<String> = policy.witnesses().iter().map(|witness| witness.name.clone()).collect();
        let met: Vec<bool> = samples.cosigned.iter().map(|note| policy.require_quorum(note).is_ok()).collect();
        (policy.log().public_key(), names, met, policy.is_quorum_none())
    });
    let read = VerifierPolicy::parse(text).ok().filter(|policy| is_origin(&policy.log.name));
    let theirs = read.map(|policy| {
        let names = policy.witnesses().iter().map(|witness| witness.name.clone()).collect();
        let notes = samples.cosigned.iter().map(|note| Checkpoint::parse(note.as_bytes()).unwrap().note);
        (policy.log.key, names, notes.map(|note| policy.is_met_by(&note)).collect(), policy.asks_for_none())
    });
    alike(input, ours, theirs)
}

/// The verifier reads receipts as evidence: with a receipt of another entry in the same place they are a proof.
pub(super) fn receipt(samples: &Samples, input: &[u8]) -> Result<bool, String> {
    let policy = Policy::parse(&samples.policy).unwrap();
    let read = Receipt::parse(input).ok();
    let ours = read.filter(|receipt| receipt.verify(&samples.entry, &policy).is_ok()).map(|_| ());
    let files: BTreeMap<&str, &[u8]> = BTreeMap::from([
        (evidence::LOG_KEY, samples.record.files["log.vkey"].as_slice()),
        (evidence::RECEIPT.0, &samples.entry),
        (evidence::RECEIPT.1, input),
        (evidence::NUMBERED.0, &samples.other.0),
        (evidence::NUMBERED.1, &samples.other.1),
    ]);
    let read = |name: &str, _: usize| Ok::<_, Infallible>(files.get(name).map(|bytes| bytes.to_vec()));
    let judgement = evidence::judge(read).unwrap();
    alike(input, ours, (judgement.code == "other_entry").then_some(()))
}

pub(super) fn bundle(samples: &Samples, input: &[u8]) -> Result<bool, String> {
    let tile = record::tile(samples.width, Series::Entries, 0).unwrap();
    let ours = decode_bundle(input, u16::try_from(tile.width).unwrap()).ok();
    let ours = ours.map(|entries| entries.into_iter().map(<[u8]>::to_vec).collect::<Vec<_>>());
    let source = Memory::new(BTreeMap::from([(tile.name(), input.to_vec())]));
    let theirs = match record::bundle(&source, &tile).unwrap() {
        Bundle::Entries(entries) => Some(entries),
        Bundle::Unread | Bundle::Malformed => None,
    };
    alike(input, ours, theirs)
}

pub(super) fn tile_path(_: &Samples, input: &[u8]) -> Result<bool, String> {
    // Other files of a record have other names.
    let Some(path) = from_utf8(input).ok().filter(|path| path.starts_with("tile/")) else { return Ok(false) };
    // Names beyond every log are names here, of tiles that no size asks for.
    let level = |tile: &Tile| if let Layer::Hashes(level) = tile.layer() { u32::from(level) } else { 0 };
    let is_of_a_log = |tile: &Tile| tile.index() <= u64::MAX >> (8 * level(tile)) >> 8;
    let ours = Tile::parse(path).filter(is_of_a_log).map(|_| ());
    let source = Memory::new(BTreeMap::from([(path.to_owned(), Vec::new())]));
    let faults = record::faults(source.listing(), 1, true);
    alike(input, ours, faults.surplus.is_empty().then_some(()))
}

pub(super) fn fingerprint(_: &Samples, input: &[u8]) -> Result<bool, String> {
    let Ok(text) = from_utf8(input) else { return Ok(false) };
    let ours = text.parse().ok().map(|fingerprint: Fingerprint| fingerprint.to_string());
    alike(input, ours, read_fingerprint(text))
}

pub(super) fn voter_code(_: &Samples, input: &[u8]) -> Result<bool, String> {
    let Ok(text) = from_utf8(input) else { return Ok(false) };
    let Ok(code) = VoterCode::from_text(text) else { return Ok(false) };
    let again = VoterCode::from_text(&code.to_text()).map(|code| code.to_text());
    alike(input, Some(code.to_text()), again.ok())
}

/// A trustee's secret that is read is written as it was.
pub(super) fn trustee_secret(_: &Samples, input: &[u8]) -> Result<bool, String> {
    let Ok(trustee) = Trustee::from_secret_bytes(input) else { return Ok(false) };
    alike(input, Some(input.to_vec()), Some(trustee.to_secret_bytes().to_vec()))
}

pub(super) fn witness_request(_: &Samples, input: &[u8]) -> Result<bool, String> {
    let Ok(request) = AddCheckpoint::parse(input) else { return Ok(false) };
    alike(input, Some(input.to_vec()), Some(request.to_bytes()))
}

pub(super) fn tar(_: &Samples, input: &[u8]) -> Result<bool, String> {
    let Ok(source) = Tar::open("a tar", Cursor::new(input)) else { return Ok(false) };
    let report = verify(&source, &asked(None, false), &|_, _| ());
    Ok(report.is_ok_and(|report| report.verdict == Verdict::Valid))
}
