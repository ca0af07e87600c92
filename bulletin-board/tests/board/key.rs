use base64::prelude::{BASE64_STANDARD, Engine as _};
use sha2::{Digest, Sha256};
use tabella_board::key::{KeyFault, LogKey, LogVerifier, WitnessKey, WitnessVerifier};
use tabella_board::origin::Origin;

use crate::samples::{bit_flips, log_key, truncations, witness_key};

/// The example key of the reference implementation of signed notes.
const EXAMPLE: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";

/// The key of the Go checksum database.
const CHECKSUM_DATABASE: &str = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8";

#[test]
fn known_verifier_keys_are_read_and_written() {
    for text in [EXAMPLE, CHECKSUM_DATABASE] {
        let key = LogVerifier::parse(text).unwrap();
        assert_eq!(key.to_string(), text);
        assert_eq!(key.origin().as_str(), text.split_once('+').unwrap().0);
    }
}

#[test]
fn the_known_secret_has_the_known_verifier_key() {
    // PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz without its type byte.
    let seed = BASE64_STANDARD.decode("gQoUAtUUbI2E8kQzMPVAgOv5juF9nHT2JS/F1ccoMXM=").unwrap();
    let key = LogKey::from_seed(Origin::parse("PeterNeumann").unwrap(), &seed.try_into().unwrap());
    assert_eq!(key.verifier().to_string(), EXAMPLE);
}

#[test]
fn the_file_is_the_key_and_one_newline() {
    let file = log_key().verifier().to_file();
    assert_eq!(LogVerifier::from_file(file.as_bytes()).as_ref(), Ok(log_key().verifier()));
    for bad in [file.trim_end(), &format!("{file}\n"), &format!(" {file}"), &file.replace('\n', "\r\n"), ""] {
        assert!(LogVerifier::from_file(bad.as_bytes()).is_err(), "{bad:?}");
    }
    assert_eq!(LogVerifier::from_file(b"\xff\n"), Err(KeyFault::Malformed));
}

#[test]
fn each_part_of_a_key_has_its_fault() {
    let cases = [
        ("PeterNeumann", KeyFault::Malformed),
        ("PeterNeumann+c74f20a3", KeyFault::Malformed),
        ("PeterNeumann+c74f20a3+", KeyFault::Malformed),
        ("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10T", KeyFault::Malformed),
        ("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW+", KeyFault::Malformed),
        ("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy1w==", KeyFault::Malformed),
        ("+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", KeyFault::Name),
        ("Peter Neumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", KeyFault::Name),
        ("PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", KeyFault::Id),
        ("PeterNeumann+C74F20A3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", KeyFault::Id),
        ("PaterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", KeyFault::Id),
        ("PeterNeumann+c74f20a3+BBpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", KeyFault::Type),
    ];
    for (text, fault) in cases {
        assert_eq!(LogVerifier::parse(text), Err(fault), "{text}");
    }
}

#[test]
fn keys_of_logs_and_witnesses_are_not_mixed_up() {
    let witness = witness_key(0).verifier().to_string();
    assert_eq!(LogVerifier::parse(&witness), Err(KeyFault::Type));
    assert_eq!(WitnessVerifier::parse(&log_key().verifier().to_string()), Err(KeyFault::Type));
    assert_eq!(WitnessVerifier::parse(&witness).as_ref(), Ok(witness_key(0).verifier()));
}

#[test]
fn names_of_witnesses_are_those_that_can_stand_in_a_note() {
    for name in ["é", "a\u{7f}", "\u{80}a", "\u{200b}", "\u{feff}"] {
        let key = WitnessKey::from_seed(name, &[7; 32]).unwrap();
        let text = key.verifier().to_string();
        assert_eq!(WitnessVerifier::parse(&text).unwrap().name(), name);
    }
    for name in ["", "a+b", "a b", "a\u{a0}b", "\u{85}", "\u{2028}", "a\0", "a\u{1f}"] {
        assert_eq!(WitnessKey::from_seed(name, &[7; 32]).map(|_| ()), Err(KeyFault::Name), "{name:?}");
    }
}

#[test]
fn weak_and_noncanonical_points_are_no_keys() {
    let verifier_key = |point: [u8; 32]| {
        let typed = [&[0x01], point.as_slice()].concat();
        let id = &Sha256::digest([b"log\n", typed.as_slice()].concat())[..4];
        let id: String = id.iter().map(|byte| format!("{byte:02x}")).collect();
        format!("log+{id}+{}", BASE64_STANDARD.encode(typed))
    };
    let y = |low: u8, rest: u8, high: u8| {
        let mut point = [rest; 32];
        (point[0], point[31]) = (low, high);
        point
    };
    // y = 3 and y = 3 + p are the same point, of large order; the second spelling is not canonical.
    assert!(LogVerifier::parse(&verifier_key(y(3, 0, 0))).is_ok());
    assert_eq!(LogVerifier::parse(&verifier_key(y(0xf0, 0xff, 0x7f))), Err(KeyFault::Point));
    // The neutral element, and a y that is on no point.
    assert_eq!(LogVerifier::parse(&verifier_key(y(1, 0, 0))), Err(KeyFault::Point));
    assert_eq!(LogVerifier::parse(&verifier_key(y(2, 0, 0))), Err(KeyFault::Point));
}

#[test]
fn a_damaged_key_is_refused() {
    for flipped in bit_flips(EXAMPLE.as_bytes()) {
        if let Ok(text) = std::str::from_utf8(&flipped) {
            assert!(LogVerifier::parse(text).is_err(), "{text}");
        }
    }
    for truncated in truncations(EXAMPLE.as_bytes()) {
        assert!(LogVerifier::parse(std::str::from_utf8(truncated).unwrap()).is_err());
    }
}

#[test]
fn witnesses_have_names_that_can_stand_in_a_note() {
    for name in ["", "a b", "a+b", "a\u{a0}b", "a\nb", "a\u{7}b"] {
        assert_eq!(WitnessKey::from_seed(name, &[1; 32]).unwrap_err(), KeyFault::Name, "{name:?}");
    }
}

#[test]
fn secrets_are_not_printed() {
    let shown = format!("{:?} {:?}", log_key(), witness_key(0));
    let verifiers = [log_key().verifier().to_string(), witness_key(0).verifier().to_string()];
    assert_eq!(
        shown,
        format!(
            "LogKey {{ verifier: LogVerifier({}), .. }} WitnessKey {{ verifier: WitnessVerifier({}), .. }}",
            verifiers[0], verifiers[1]
        )
    );
}
