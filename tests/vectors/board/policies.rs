//! Policies, and notes that meet them or do not: specs/board.md#policy and #anchors.

use data_encoding::BASE64;
use ed25519_dalek::{Signer, SigningKey};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tabella_board::anchor;
use tabella_board::checkpoint::SignedCheckpoint;
use tabella_board::cosignature::cosign;
use tabella_board::key::{LogKey, LogVerifier};
use tabella_board::origin::Origin;
use tabella_board::policy::Policy;
use tabella_board::tree::TreeHead;

use super::{ExampleLog, ORIGIN, TIME, note_text, witness};
use crate::file::{hex, vector};
use crate::manifest::{log_key, seed};

fn log_line() -> String {
    format!("log {}\n", log_key(ORIGIN).verifier())
}

fn witness_line(name: &str) -> String {
    format!("witness {name} {}\n", witness(&format!("witness.example/{name}")).verifier())
}

pub fn one_witness(quorum: &str) -> String {
    format!("{}{}quorum {quorum}\n", log_line(), witness_line("one"))
}

pub fn vectors(log: &ExampleLog) -> Vec<Value> {
    let head = log.whole();
    let signed = SignedCheckpoint::sign(&log_key(ORIGIN), head);
    let line_of = |name: &str| cosign(&witness(&format!("witness.example/{name}")), &signed, TIME).unwrap();
    let note =
        |names: &[&str]| names.iter().map(|name| line_of(name)).fold(note_text(&signed), |note, line| note + &line);
    let three = format!("{}{}{}{}", log_line(), witness_line("one"), witness_line("two"), witness_line("three"));
    let two_of_three = format!("{three}group g 2 one two three\nquorum g\n");
    let nested = format!("{three}group a any one two\ngroup b all a three\nquorum b\n");
    let none = format!("{}quorum none\n", log_line());

    let other_key = LogKey::from_seed(Origin::parse(ORIGIN).unwrap(), &seed("other log"));
    let other_origin = LogKey::from_seed(Origin::parse("example.org/f").unwrap(), &seed("log"));
    let by_other_key = note_text(&SignedCheckpoint::sign(&other_key, head));
    let of_other_origin = note_text(&SignedCheckpoint::sign(&other_origin, head));
    let plain = note(&[]);
    let damaged_line = damage(plain.lines().last().unwrap());
    let twice = format!("{plain}{damaged_line}\n");
    let only_damaged = plain.replace(plain.lines().last().unwrap(), &damaged_line);
    let wrong_cosignature = format!("{plain}{}\n", damage(line_of("one").trim_end()));
    let wrong_then_right = format!("{wrong_cosignature}{}", line_of("one"));
    let extension = extended(&plain, head);

    let good = [
        ("no witness", none.clone(), plain.clone()),
        ("one witness", one_witness("one"), note(&["one"])),
        ("two of three", two_of_three.clone(), note(&["three", "one"])),
        ("nested groups", nested.clone(), note(&["two", "three"])),
        (
            "comments, blank lines, tabulators, no final newline",
            format!("# a policy\n\n\tlog {} https://example.org\n \nquorum none", log_key(ORIGIN).verifier()),
            plain.clone(),
        ),
        ("a line of an unknown key", none.clone(), note(&["four"])),
        (
            "a line by another key beside the log's",
            none.clone(),
            format!("{plain}{}\n", by_other_key.lines().last().unwrap()),
        ),
        ("100 signature lines", none.clone(), crowded(&plain, 99)),
        ("99 witnesses", format!("{}{}quorum none\n", log_line(), witness_lines(99)), plain.clone()),
        ("a wrong cosignature beside the right one", one_witness("one"), wrong_then_right),
    ];
    let bad = [
        ("cosignature missing", one_witness("one"), plain.clone(), "anchor_quorum"),
        ("one of two asked for", two_of_three, note(&["two"]), "anchor_quorum"),
        ("nested group not met", nested, note(&["one", "two"]), "anchor_quorum"),
        (
            "a cosignature of an impossible time",
            one_witness("one"),
            format!("{plain}{}\n", of_impossible_time(&line_of("one"), &plain)),
            "anchor_quorum",
        ),
        ("wrong cosignature", one_witness("one"), wrong_cosignature, "anchor_quorum"),
        ("not signed by the log", none.clone(), by_other_key, "anchor_signature"),
        ("a wrong signature", none.clone(), only_damaged, "anchor_signature"),
        ("a wrong signature beside the right one", none.clone(), twice, "anchor_signature"),
        ("checkpoint of another log", none.clone(), of_other_origin, "anchor_malformed"),
        ("an extension line", none.clone(), extension, "anchor_malformed"),
        ("101 signature lines", none.clone(), crowded(&plain, 100), "anchor_malformed"),
        ("no note", none.clone(), "checkpoint".to_owned(), "anchor_malformed"),
        (
            "size with a leading zero",
            none.clone(),
            plain.replacen(&format!("\n{}\n", head.size), &format!("\n0{}\n", head.size), 1),
            "anchor_malformed",
        ),
        ("base64 with padding bits", none.clone(), pad(&plain), "anchor_malformed"),
        ("no signature line", none.clone(), plain[..plain.find('—').unwrap()].to_owned(), "anchor_malformed"),
    ];
    let unknown_line = none.to_string().replace("quorum", "weight 3\nquorum");
    let refused = [
        ("empty", String::new()),
        ("100 witnesses", format!("{}{}quorum none\n", log_line(), witness_lines(100))),
        ("no quorum", log_line()),
        ("two quorum lines", format!("{none}quorum none\n")),
        ("a line after quorum", format!("{none}{}", witness_line("one"))),
        ("no log", "quorum none\n".to_owned()),
        ("two logs", format!("{}{none}", log_line())),
        ("another key", format!("log {}\nquorum none\n", other_key.verifier())),
        ("another origin", format!("log {}\nquorum none\n", other_origin.verifier())),
        ("unknown keyword", unknown_line),
        ("unknown member", format!("{}group g any two\nquorum g\n", one_witness("one").replace("quorum one\n", ""))),
        ("member twice", format!("{three}group g 2 one one two\nquorum g\n")),
        ("member of two groups", format!("{three}group a any one\ngroup b any one two\nquorum b\n")),
        (
            "witness twice",
            format!(
                "{}{}{}quorum one\n",
                log_line(),
                witness_line("one"),
                witness_line("one").replace(" one ", " uno ")
            ),
        ),
        (
            "name twice",
            format!(
                "{}{}{}quorum one\n",
                log_line(),
                witness_line("one"),
                witness_line("two").replace(" two ", " one ")
            ),
        ),
        ("the name none", format!("{}{}quorum none\n", log_line(), witness_line("one").replace(" one ", " none "))),
        ("threshold 0", format!("{three}group g 0 one two\nquorum g\n")),
        ("threshold above the members", format!("{three}group g 3 one two\nquorum g\n")),
        ("threshold with a leading zero", format!("{three}group g 02 one two\nquorum g\n")),
        ("group without members", format!("{three}group g any\nquorum g\n")),
        ("group before its member", format!("{}group g any one\n{}quorum g\n", log_line(), witness_line("one"))),
        ("unknown quorum", one_witness("two")),
        ("quorum of two", format!("{three}quorum one two\n")),
        ("log key as a witness", format!("{}witness w {}\nquorum w\n", log_line(), log_key(ORIGIN).verifier())),
        ("witness key as a log", format!("log {}\nquorum none\n", witness("witness.example/one").verifier())),
        ("key ID in upper case", none.replace(&key_id(), &key_id().to_uppercase())),
        ("wrong key ID", none.replace(&key_id(), &flip_digit(&key_id()))),
        ("witness key of small order", format!("{}witness w {}\nquorum w\n", log_line(), small_order_witness())),
        ("carriage return", none.replace('\n', "\r\n")),
    ];
    let plain_for_refused = plain;
    let good = good.into_iter().map(|(name, policy, note)| (name, policy, note, None));
    let bad = bad.into_iter().map(|(name, policy, note, code)| (name, policy, note, Some(code)));
    let refused = refused.into_iter();
    let refused = refused.map(|(name, policy)| (name, policy, plain_for_refused.clone(), Some("manifest_policy")));
    good.chain(bad)
        .chain(refused)
        .map(|(name, policy, note, code)| policy_vector(name, policy, note, head, code))
        .collect()
}

fn policy_vector(name: &str, policy: String, note: String, head: TreeHead, expected: Option<&str>) -> Value {
    let log = log_key(ORIGIN);
    assert_eq!(judge_policy(&policy, &note, head, log.verifier()).err(), expected, "{name}");
    let fields = json!({
        "policy": policy, "origin": ORIGIN, "log_key": hex(log.verifier().public_key()), "note": note, "code": expected,
    });
    vector(format!("policy: {name}"), "policy", fields)
}

fn judge_policy(policy: &str, note: &str, head: TreeHead, log: &LogVerifier) -> Result<(), &'static str> {
    let policy = Policy::parse(policy).map_err(|fault| fault.code())?;
    if policy.log() != log {
        return Err("manifest_policy");
    }
    anchor::judge(note.as_bytes(), head, &policy).map(drop).map_err(|fault| fault.code())
}

/// The line with another last byte of its signature.
fn damage(line: &str) -> String {
    let (start, encoded) = line.rsplit_once(' ').unwrap();
    let mut decoded = BASE64.decode(encoded.as_bytes()).unwrap();
    *decoded.last_mut().unwrap() ^= 1;
    format!("{start} {}", BASE64.encode(&decoded))
}

/// The log's signature over the checkpoint with one line more.
fn extended(note: &str, head: TreeHead) -> String {
    let text = format!("{ORIGIN}\n{}\n{}\nmore\n", head.size, head.root);
    let signature = SigningKey::from_bytes(&seed("log")).sign(text.as_bytes());
    let line = note.lines().last().unwrap();
    let (start, encoded) = line.rsplit_once(' ').unwrap();
    let id = &BASE64.decode(encoded.as_bytes()).unwrap()[..4];
    format!("{text}\n{start} {}\n", BASE64.encode(&[id, &signature.to_bytes()].concat()))
}

/// A right cosignature, but for its time of 2^63.
fn of_impossible_time(line: &str, note: &str) -> String {
    let time: u64 = 1 << 63;
    let (text, _) = note.split_once("\n\n").unwrap();
    let message = format!("cosignature/v1\ntime {time}\n{text}\n");
    let signature = SigningKey::from_bytes(&seed("witness.example/one")).sign(message.as_bytes());
    let (start, encoded) = line.trim_end().rsplit_once(' ').unwrap();
    let id = &BASE64.decode(encoded.as_bytes()).unwrap()[..4];
    let cosignature = [id, &time.to_be_bytes(), &signature.to_bytes()].concat();
    format!("{start} {}", BASE64.encode(&cosignature))
}

/// The note with so many lines of unknown keys.
fn crowded(note: &str, lines: usize) -> String {
    let line = |number: usize| format!("\u{2014} unknown-{number} {}\n", BASE64.encode(&[number as u8; 68]));
    let lines: String = (0..lines).map(line).collect();
    note.to_owned() + &lines
}

fn witness_lines(count: usize) -> String {
    (0..count).map(|number| witness_line(&number.to_string())).collect()
}

/// The note with a padding bit of the root's base64 set.
fn pad(note: &str) -> String {
    let root = note.lines().nth(2).unwrap();
    let before_padding = root.chars().nth(42).unwrap();
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let next = alphabet.chars().nth(alphabet.find(before_padding).unwrap() + 1).unwrap();
    note.replacen(root, &format!("{}{next}=", &root[..42]), 1)
}

fn key_id() -> String {
    log_key(ORIGIN).verifier().to_string().split('+').nth(1).unwrap().to_owned()
}

fn flip_digit(id: &str) -> String {
    let other = if id.starts_with('0') { '1' } else { '0' };
    format!("{other}{}", &id[1..])
}

/// A verifier key that is right but for its point, the identity.
fn small_order_witness() -> String {
    let mut typed_key = [0; 33];
    (typed_key[0], typed_key[1]) = (4, 1);
    let digest = Sha256::digest([b"witness.example/small\n", &typed_key[..]].concat());
    format!("witness.example/small+{}+{}", hex(&digest[..4]), BASE64.encode(&typed_key))
}
