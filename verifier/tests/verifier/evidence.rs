//! Evidence of a lie: what of it is proof, and what can be made against a log that never lied.

use crate::Files;
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use ed25519_dalek::{Signer, SigningKey};
use sha2::{Digest, Sha256};
use std::convert::Infallible;
use tabella_verifier::evidence::{Judgement, judge};

type Hash = [u8; 32];

const ORIGIN: &str = "example.org/e";

fn hash(parts: &[&[u8]]) -> Hash {
    Sha256::digest(parts.concat()).into()
}

fn node(left: Hash, right: Hash) -> Hash {
    hash(&[&[1], &left, &right])
}

/// The leaves of a log that begins with `first`.
fn leaves(first: u8) -> [Hash; 6] {
    std::array::from_fn(|place| hash(&[&[0, if place == 0 { first } else { place as u8 }]]))
}

fn root(leaves: &[Hash]) -> Hash {
    match leaves {
        [one] => *one,
        _ => {
            let (left, right) = leaves.split_at(leaves.len().next_power_of_two() / 2);
            node(root(left), root(right))
        }
    }
}

fn key_id(key: &SigningKey) -> [u8; 4] {
    let id = hash(&[ORIGIN.as_bytes(), b"\n", &[1], key.verifying_key().as_bytes()]);
    [id[0], id[1], id[2], id[3]]
}

fn vkey(key: &SigningKey) -> Vec<u8> {
    let encoded = BASE64.encode([&[1], &key.verifying_key().to_bytes()[..]].concat());
    format!("{ORIGIN}+{}+{encoded}\n", data_encoding::HEXLOWER.encode(&key_id(key))).into_bytes()
}

fn checkpoint(key: &SigningKey, leaves: &[Hash]) -> Vec<u8> {
    let text = format!("{ORIGIN}\n{}\n{}\n", leaves.len(), BASE64.encode(root(leaves)));
    let line = BASE64.encode([&key_id(key)[..], &key.sign(text.as_bytes()).to_bytes()].concat());
    format!("{text}\n— {ORIGIN} {line}\n").into_bytes()
}

fn lines(hashes: &[Hash]) -> Vec<u8> {
    hashes.iter().map(|hash| BASE64.encode(hash) + "\n").collect::<String>().into_bytes()
}

fn log() -> SigningKey {
    SigningKey::from_bytes(&[7; 32])
}

fn files(parts: &[(&str, Vec<u8>)]) -> Files {
    let mut files: Files = parts.iter().map(|(name, bytes)| ((*name).to_owned(), bytes.clone())).collect();
    files.insert("log.vkey".to_owned(), vkey(&log()));
    files
}

fn judged(files: &Files) -> Judgement {
    let read = |name: &str, most: usize| files.get(name).filter(|bytes| bytes.len() <= most).cloned();
    judge(|name, most| Ok::<_, Infallible>(read(name, most))).unwrap()
}

fn code(files: &Files) -> (&'static str, u8) {
    let judgement = judged(files);
    (judgement.code, judgement.exit_status())
}

/// A log that does not begin with the `seen` entries, 3 or 4, of one that was seen before; and what shows it.
fn fork(seen: usize) -> Files {
    let (true_log, other) = (leaves(0), leaves(9));
    let proof: &[Hash] = match seen {
        4 => &[root(&other[..4]), root(&other[4..])],
        _ => &[other[2], other[3], root(&other[..2]), root(&other[4..])],
    };
    files(&[
        ("checkpoint", checkpoint(&log(), &other)),
        ("seen.checkpoint", checkpoint(&log(), &true_log[..seen])),
        ("consistency-proof", lines(proof)),
    ])
}

#[test]
fn two_roots_of_one_size_are_proof() {
    let (one, two) = (checkpoint(&log(), &leaves(0)), checkpoint(&log(), &leaves(9)));
    let fork = files(&[("checkpoint", one.clone()), ("seen.checkpoint", two.clone())]);
    assert_eq!(code(&fork), ("same_size", 0));
    assert_eq!(judged(&fork).heads.iter().map(|head| head.file).collect::<Vec<_>>(), ["checkpoint", "seen.checkpoint"]);
    // In a receipt as well.
    let receipt = [b"c2sp.org/tlog-proof@v1\nindex 0\n\n".to_vec(), two.clone()].concat();
    assert_eq!(code(&files(&[("checkpoint", one.clone()), ("receipt.tlog-proof", receipt)])), ("same_size", 0));

    assert_eq!(code(&files(&[("checkpoint", one.clone()), ("seen.checkpoint", one.clone())])), ("nothing_proved", 1));
    let stranger = checkpoint(&SigningKey::from_bytes(&[8; 32]), &leaves(9));
    assert_eq!(code(&files(&[("checkpoint", one.clone()), ("seen.checkpoint", stranger)])), ("nothing_proved", 1));
    let mut altered = two;
    altered[ORIGIN.len() + 4] ^= 1;
    assert_eq!(code(&files(&[("checkpoint", one.clone()), ("seen.checkpoint", altered)])), ("nothing_proved", 1));
    let mut keyless = files(&[("checkpoint", one)]);
    keyless.remove("log.vkey");
    assert_eq!(code(&keyless), ("unreadable", 2));
}

#[test]
fn a_longer_log_with_another_beginning_is_proof() {
    for seen in [3, 4] {
        let fork = fork(seen);
        assert_eq!(code(&fork), ("other_beginning", 0), "{seen}");
        // Whichever of both was seen first.
        let mut exchanged = fork.clone();
        let [larger, smaller] = ["checkpoint", "seen.checkpoint"].map(|name| fork[name].clone());
        exchanged.extend([("checkpoint".to_owned(), smaller), ("seen.checkpoint".to_owned(), larger)]);
        assert_eq!(code(&exchanged), ("other_beginning", 0), "{seen}");
        for name in ["checkpoint", "seen.checkpoint", "consistency-proof"] {
            let mut without = fork.clone();
            without.remove(name);
            assert_eq!(code(&without), ("nothing_proved", 1), "{seen} {name}");
        }
        let proof = &fork["consistency-proof"];
        let count = proof.len() / 45;
        for place in 0..count {
            let mut changed = fork.clone();
            let mut hashes = proof.clone();
            hashes[45 * place] = if hashes[45 * place] == b'A' { b'B' } else { b'A' };
            changed.insert("consistency-proof".to_owned(), hashes);
            assert_eq!(code(&changed), ("nothing_proved", 1), "{seen} {place}");
        }
    }
}

#[test]
fn a_log_that_only_grew_cannot_be_accused() {
    let log_of_6 = leaves(0);
    let honest = |seen: usize, proof: &[Hash]| {
        files(&[
            ("checkpoint", checkpoint(&log(), &log_of_6)),
            ("seen.checkpoint", checkpoint(&log(), &log_of_6[..seen])),
            ("consistency-proof", lines(proof)),
        ])
    };
    // The true proofs, and one of another history.
    let (four, rest) = (root(&log_of_6[..4]), root(&log_of_6[4..]));
    assert_eq!(code(&honest(4, &[four, rest])), ("nothing_proved", 1));
    assert_eq!(code(&honest(3, &[log_of_6[2], log_of_6[3], root(&log_of_6[..2]), rest])), ("nothing_proved", 1));
    let other = leaves(9);
    assert_eq!(code(&honest(4, &[root(&other[..4]), root(&other[4..])])), ("nothing_proved", 1));
    // The root of the whole, and nothing else; nodes of one place given for those of another.
    assert_eq!(code(&honest(4, &[root(&log_of_6)])), ("nothing_proved", 1));
    assert_eq!(code(&honest(3, &[four, rest])), ("nothing_proved", 1));
}

#[test]
fn the_program_judges_a_folder() {
    let run = |files: &Files, arguments: &[&str]| {
        let folder = tempfile::tempdir().unwrap();
        files.iter().for_each(|(name, bytes)| std::fs::write(folder.path().join(name), bytes).unwrap());
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_tabella-verify"));
        command.arg("evidence").args(arguments).arg(folder.path()).output().unwrap()
    };
    let proved = run(&fork(4), &["--json"]);
    assert_eq!(proved.status.code(), Some(0));
    let judgement: serde_json::Value = serde_json::from_slice(&proved.stdout).unwrap();
    assert_eq!((&judgement["verdict"], &judgement["code"]), (&"proved".into(), &"other_beginning".into()));
    assert_eq!(judgement["heads"][1]["size"], 4);
    let text = String::from_utf8(run(&fork(3), &[]).stdout).unwrap();
    assert!(text.starts_with("PROVED (other_beginning)") && text.contains(ORIGIN), "{text}");
    assert_eq!(run(&files(&[]), &[]).status.code(), Some(1));
    assert_eq!(run(&Files::new(), &[]).status.code(), Some(2));
    let long = files(&[("checkpoint", vec![b'a'; 1_000_001])]);
    assert_eq!(run(&long, &[]).status.code(), Some(2));
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("log.vkey")).unwrap();
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_tabella-verify"));
    assert_eq!(command.arg("evidence").arg(folder.path()).output().unwrap().status.code(), Some(2));
}
