//! Texts and files outside of entries, changed at random.

use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use tabella_election::text::VoterCode;
use tabella_verifier::note::{LOG, WITNESS};
use tabella_verifier::report::Verdict;

use super::Tried;
use super::judges::{self, Judge};
use super::samples::{SAMPLES, Samples, key, policy_of};
use crate::forgeries::mutations::{below, change_bytes, change_text};
use crate::scene::samples::log_key;

/// Inputs that each target is handed in a round.
const INPUTS: usize = 100;
/// Inputs of those that read a whole record each time.
const RECORDS: usize = 4;

/// Something that is read.
pub(super) struct Target {
    pub(super) name: &'static str,
    /// Makes an input, mostly a changed one.
    pub(super) draw: fn(&Samples, &mut ChaCha20Rng) -> Vec<u8>,
    pub(super) judge: Judge,
}

pub(super) const TARGETS: [Target; 12] = [
    Target { name: "checkpoint", draw: checkpoint, judge: judges::checkpoint },
    Target { name: "log key", draw: log_key_line, judge: judges::log_key },
    Target { name: "witness key", draw: witness_key_line, judge: judges::witness_key },
    Target { name: "policy", draw: policy, judge: judges::policy },
    Target { name: "receipt", draw: receipt, judge: judges::receipt },
    Target { name: "bundle", draw: bundle, judge: judges::bundle },
    Target { name: "tile path", draw: tile_path, judge: judges::tile_path },
    Target { name: "fingerprint", draw: fingerprint, judge: judges::fingerprint },
    Target { name: "voter code", draw: voter_code, judge: judges::voter_code },
    Target { name: "trustee's secret", draw: trustee_secret, judge: judges::trustee_secret },
    Target { name: "witness request", draw: witness_request, judge: judges::witness_request },
    Target { name: "tar", draw: tar, judge: judges::tar },
];

pub(super) fn round(number: u64) -> Tried {
    let mut rng = ChaCha20Rng::seed_from_u64(number);
    let mut tried = Tried::default();
    let mut see = |name: &str, judged: Result<bool, String>| match judged {
        Ok(true) => tried.see(&format!("{name} accepted")),
        Ok(false) => tried.see(&format!("{name} refused")),
        Err(difference) => tried.differences.push(format!("round {number}: {name}: {difference}")),
    };
    for Target { name, draw, judge } in TARGETS {
        for _ in 0..if name == "tar" { RECORDS } else { INPUTS } {
            see(name, judge(&SAMPLES, &draw(&SAMPLES, &mut rng)));
        }
    }
    for _ in 0..RECORDS {
        see("record", whole_record(&SAMPLES, &mut rng));
    }
    tried
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

fn checkpoint(samples: &Samples, rng: &mut ChaCha20Rng) -> Vec<u8> {
    changed(samples.checkpoint.as_bytes(), rng)
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

fn log_key_line(_: &Samples, rng: &mut ChaCha20Rng) -> Vec<u8> {
    let mut input = changed_key(LOG, "example.org/e", rng);
    if below(10, rng) > 0 {
        input.push('\n');
    }
    input.into_bytes()
}

fn witness_key_line(_: &Samples, rng: &mut ChaCha20Rng) -> Vec<u8> {
    changed_key(WITNESS, "witness.example/w", rng).into_bytes()
}

fn policy(_: &Samples, rng: &mut ChaCha20Rng) -> Vec<u8> {
    let name = |letter: &str, rng: &mut ChaCha20Rng| {
        let name = format!("witness.example/{letter}");
        if below(4, rng) == 0 { changed_text(&name, rng) } else { name }
    };
    let mut input = policy_of([name("a", rng), name("b", rng), name("c", rng)]);
    if below(2, rng) == 0 {
        input = changed_text(&input, rng);
    }
    input.into_bytes()
}

fn receipt(samples: &Samples, rng: &mut ChaCha20Rng) -> Vec<u8> {
    changed(&samples.receipt.to_bytes(), rng)
}

fn bundle(samples: &Samples, rng: &mut ChaCha20Rng) -> Vec<u8> {
    let mut input = samples.bundle.clone();
    // Most bytes are inside of entries, which are not looked at here.
    if below(4, rng) == 0 {
        change_bytes(&mut input, rng);
    } else {
        input[1] = input[1].wrapping_add(u8::try_from(below(3, rng)).unwrap());
        input.extend(vec![0; below(3, rng)]);
    }
    input
}

fn tile_path(_: &Samples, rng: &mut ChaCha20Rng) -> Vec<u8> {
    const PATHS: [&str; 5] =
        ["tile/0/x001/x234/067.p/12", "tile/entries/000.p/255", "tile/7/000", "tile/1/x001/000", "tile/5/x004/123"];
    let mut path = PATHS[below(5, rng)].to_owned();
    if below(5, rng) > 0 {
        path = changed_text(&path, rng);
    }
    path.into_bytes()
}

fn fingerprint(_: &Samples, rng: &mut ChaCha20Rng) -> Vec<u8> {
    changed_text("0123-4567-89AB-CDEF-GHJK-MNPQ-RSTV-WXYZ", rng).into_bytes()
}

fn voter_code(_: &Samples, rng: &mut ChaCha20Rng) -> Vec<u8> {
    let mut input = VoterCode::generate(rng).to_text().to_string();
    if below(4, rng) > 0 {
        input = changed_text(&input, rng);
    }
    input.into_bytes()
}

fn trustee_secret(samples: &Samples, rng: &mut ChaCha20Rng) -> Vec<u8> {
    let mut input = samples.secret.clone();
    if below(4, rng) > 0 {
        change_bytes(&mut input, rng);
    }
    input
}

fn witness_request(samples: &Samples, rng: &mut ChaCha20Rng) -> Vec<u8> {
    let proof: String = samples.receipt.proof.hashes().iter().map(|hash| format!("{hash}\n")).collect();
    let sample = [format!("old 3\n{proof}\n").as_bytes(), samples.checkpoint.as_bytes()].concat();
    changed(&sample, rng)
}

fn tar(samples: &Samples, rng: &mut ChaCha20Rng) -> Vec<u8> {
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
    input
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
