use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};
use tabella_board::checkpoint::{CheckpointFault, SignedCheckpoint};
use tabella_board::cosignature::{TimeFault, cosign};
use tabella_board::key::LogKey;
use tabella_board::origin::Origin;
use tabella_board::tree::TreeHead;

use crate::samples::{
    TIME, bit_flips, checkpoint, entries, head, last_line, log_key, origin, replace, truncations, witness_key,
};

fn sample() -> SignedCheckpoint {
    SignedCheckpoint::sign(&log_key(), head(&entries(5)))
}

fn verify(bytes: &[u8]) -> Result<TreeHead, CheckpointFault> {
    Ok(SignedCheckpoint::parse(bytes)?.verify(log_key().verifier())?.head)
}

#[test]
fn a_checkpoint_is_a_note_of_origin_size_and_root() {
    let text = String::from_utf8(sample().as_bytes().to_vec()).unwrap();
    let lines: Vec<&str> = text.split('\n').collect();
    let TreeHead { size, root } = head(&entries(5));
    assert_eq!(lines[..4], ["example.org/e", &size.to_string(), &root.to_string(), ""]);
    assert!(lines[4].starts_with("\u{2014} example.org/e "));
    assert_eq!(lines[5..], [""]);
    assert_eq!(verify(text.as_bytes()), Ok(head(&entries(5))));
}

#[test]
fn what_is_not_a_checkpoint_is_malformed() {
    let valid = sample();
    let root = head(&entries(5)).root.to_string();
    let no_padding = root.trim_end_matches('=');
    // The last character before the padding holds two bits that belong to no byte.
    let surplus_bits = {
        let mut characters: Vec<char> = root.chars().collect();
        let last = characters.len() - 2;
        characters[last] = (characters[last] as u8 + 1) as char;
        String::from_iter(characters)
    };
    let cases = [
        ("\n5\n", "\n05\n"),
        ("\n5\n", "\n+5\n"),
        ("\n5\n", "\n-5\n"),
        ("\n5\n", "\n 5\n"),
        ("\n5\n", "\n\n"),
        ("\n5\n", "\n18446744073709551616\n"),
        ("\n5\n", "\n5\nmore\n"),
        ("\n5\n", "\r\n5\n"),
        (&root, no_padding),
        (&root, &surplus_bits),
        (&root, "AAAA"),
        (&root, &format!("{root}\nan extension line")),
        (&root, &format!("{root}\n")),
        ("example.org/e\n5", "example.org+e\n5"),
        ("example.org/e\n5", "example.org e\n5"),
        ("example.org/e\n5", "\n5"),
        ("example.org/e\n5", "a\tb\n5"),
        ("\u{2014} example.org/e ", "- example.org/e "),
        ("\u{2014} example.org/e ", "\u{2014}  example.org/e "),
        ("\u{2014} example.org/e ", "\u{2014} example+org/e "),
        ("\n\n", "\n"),
    ];
    for (from, to) in cases {
        let bytes = replace(valid.as_bytes(), from, to);
        assert_eq!(verify(&bytes), Err(CheckpointFault::Malformed), "{from:?} -> {to:?}");
    }
    assert_eq!(CheckpointFault::Malformed.code(), "checkpoint_malformed");
}

#[test]
fn a_checkpoint_must_be_signed_by_the_log() {
    let other = SignedCheckpoint::sign(&LogKey::from_seed(origin(), &[2; 32]), head(&entries(5)));
    assert_eq!(verify(other.as_bytes()), Err(CheckpointFault::Signature));
    let other_size = replace(sample().as_bytes(), "\n5\n", "\n6\n");
    assert_eq!(verify(&other_size), Err(CheckpointFault::Signature));
    let other_root =
        replace(sample().as_bytes(), &head(&entries(5)).root.to_string(), &head(&entries(4)).root.to_string());
    assert_eq!(verify(&other_root), Err(CheckpointFault::Signature));
    assert_eq!(CheckpointFault::Signature.code(), "checkpoint_signature");
}

#[test]
fn a_checkpoint_must_be_of_the_log_that_its_key_names() {
    let text = format!("example.org/f\n5\n{}\n", head(&entries(5)).root);
    let by_other_name = sign_with_name(&text);
    assert_eq!(verify(&by_other_name), Err(CheckpointFault::Origin));
    assert_eq!(CheckpointFault::Origin.code(), "log_key_mismatch");
}

/// Signs a text that is the checkpoint of another log, with the name of this one.
fn sign_with_name(text: &str) -> Vec<u8> {
    use base64::prelude::{BASE64_STANDARD, Engine as _};
    use ed25519_dalek::{Signer, SigningKey};
    let key_id = log_key().verifier().to_string().split('+').nth(1).map(|id| u32::from_str_radix(id, 16).unwrap());
    let signature = SigningKey::from_bytes(&[1; 32]).sign(text.as_bytes()).to_bytes();
    let typed = [key_id.unwrap().to_be_bytes().as_slice(), &signature].concat();
    format!("{text}\n\u{2014} example.org/e {}\n", BASE64_STANDARD.encode(typed)).into()
}

#[test]
fn signature_lines_of_unknown_keys_are_ignored() {
    let unknown = [
        "\u{2014} stranger AAAAAAA=\n",
        "\u{2014} example.org/e AAAAAAA=\n", // the name of the log, another key ID
        &cosign(&witness_key(0), &sample(), TIME).unwrap(),
    ];
    for line in unknown {
        let with_line = sample().with_signature_lines(line).unwrap();
        assert_eq!(with_line.verify(log_key().verifier()).map(|checkpoint| checkpoint.head), Ok(head(&entries(5))));
        assert!(with_line.as_bytes().ends_with(line.as_bytes()));
    }
}

#[test]
fn every_line_under_the_logs_key_must_be_right() {
    let right = last_line(&sample());
    let wrong = last_line(&SignedCheckpoint::sign(&log_key(), head(&entries(4))));
    let twice = sample().with_signature_lines(&right).unwrap();
    assert_eq!(verify(twice.as_bytes()), Ok(head(&entries(5))));
    let right_then_wrong = sample().with_signature_lines(&wrong).unwrap();
    assert_eq!(verify(right_then_wrong.as_bytes()), Err(CheckpointFault::Signature));
    let wrong_then_right = replace(sample().as_bytes(), &right, &(wrong + &right));
    assert_eq!(verify(&wrong_then_right), Err(CheckpointFault::Signature));
}

#[test]
fn lines_that_are_no_signature_lines_are_refused() {
    for line in ["\n", "\u{2014} stranger\n", "\u{2014} stranger AAAA\n", "\u{2014} stranger AAAAAAA=", "text\n"] {
        let fault = sample().with_signature_lines(line).unwrap_err();
        assert_eq!(fault, CheckpointFault::Malformed, "{line:?}");
    }
}

#[test]
fn sixteen_signatures_are_accepted() {
    let witnesses: Vec<u8> = (0..16).collect();
    assert_eq!(verify(checkpoint(head(&entries(5)), &witnesses).as_bytes()), Ok(head(&entries(5))));
}

#[test]
fn a_damaged_checkpoint_is_refused() {
    let valid = sample();
    for flipped in bit_flips(valid.as_bytes()) {
        let fault = verify(&flipped).unwrap_err();
        assert!(matches!(fault, CheckpointFault::Malformed | CheckpointFault::Signature), "{fault:?}");
    }
    for truncated in truncations(valid.as_bytes()) {
        assert_eq!(verify(truncated), Err(CheckpointFault::Malformed));
    }
}

#[test]
fn random_bytes_are_no_checkpoint() {
    let mut rng = ChaCha8Rng::seed_from_u64(2);
    let alphabet: Vec<char> = "\n\n\u{2014}  0a=+/\t".chars().collect();
    for _ in 0..2000 {
        let length = rng.next_u32() % 80;
        let text: String = (0..length).map(|_| alphabet[rng.next_u32() as usize % alphabet.len()]).collect();
        assert_eq!(verify(text.as_bytes()), Err(CheckpointFault::Malformed), "{text:?}");
        let mut bytes = vec![0; length as usize];
        rng.fill_bytes(&mut bytes);
        assert_eq!(verify(&bytes), Err(CheckpointFault::Malformed), "{bytes:?}");
    }
}

#[test]
fn the_longest_origin_can_be_signed() {
    let origin = Origin::parse(&"~".repeat(100)).unwrap();
    let key = LogKey::from_seed(origin, &[3; 32]);
    let checkpoint = SignedCheckpoint::sign(&key, TreeHead { size: u64::MAX, ..TreeHead::empty() });
    assert_eq!(checkpoint.verify(key.verifier()).map(|checkpoint| checkpoint.head.size), Ok(u64::MAX));
}

#[test]
fn a_cosignature_cannot_say_a_time_beyond_63_bits() {
    assert!(cosign(&witness_key(0), &sample(), (1 << 63) - 1).is_ok());
    assert_eq!(cosign(&witness_key(0), &sample(), 1 << 63), Err(TimeFault(1 << 63)));
}
