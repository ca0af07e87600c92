//! A trustee's secrets: never printed, written and read without loss, and no file makes the reader panic.

use std::fmt::Debug;

use tabella_crypto::envelope::EnvelopeKey;
use tabella_crypto::group::EncodingFault;
use tabella_crypto::polynomial::Polynomials;
use tabella_crypto::secret::SecretFault;
use tabella_crypto::trustee::{CommitSecret, ConfirmSecret, DealSecret, KeyShare};
use zeroize::Zeroizing;

use super::{CONFIRMED, Committed, Dealt, Finished, attempt, index, rng};

fn commit_secret() -> CommitSecret {
    Committed::new(3, 2, 2).secrets.remove(&index(2)).unwrap()
}

fn deal_secret() -> DealSecret {
    Dealt::new(3, 2, 2).secrets.remove(&index(2)).unwrap()
}

fn confirm_secret() -> ConfirmSecret {
    let dealings = Dealt::new(3, 2, 2).dealings();
    deal_secret().confirm(&dealings.iter().collect::<Vec<_>>()).unwrap().0
}

fn key_share() -> KeyShare {
    Finished::new(3, 2, 2).shares.remove(&index(2)).unwrap()
}

type Rewrite = fn(&[u8]) -> Result<Zeroizing<Vec<u8>>, SecretFault>;

/// Each kind of secret: its name, its bytes, and reading them and writing them again.
fn kinds() -> [(&'static str, Zeroizing<Vec<u8>>, Rewrite); 4] {
    [
        ("commit", commit_secret().to_secret_bytes(), |bytes| {
            CommitSecret::from_secret_bytes(bytes).map(|secret| secret.to_secret_bytes())
        }),
        ("deal", deal_secret().to_secret_bytes(), |bytes| {
            DealSecret::from_secret_bytes(bytes).map(|secret| secret.to_secret_bytes())
        }),
        ("confirm", confirm_secret().to_secret_bytes(), |bytes| {
            ConfirmSecret::from_secret_bytes(bytes).map(|secret| secret.to_secret_bytes())
        }),
        ("key share", key_share().to_secret_bytes(), |bytes| {
            KeyShare::from_secret_bytes(bytes).map(|secret| secret.to_secret_bytes())
        }),
    ]
}

#[test]
fn secrets_survive_writing_and_reading() {
    for (kind, bytes, rewrite) in kinds() {
        assert_eq!(rewrite(&bytes).as_deref(), Ok(&*bytes), "{kind}");
    }
}

#[test]
fn no_copy_is_left_behind_while_secrets_are_written() {
    for (kind, bytes, _) in kinds() {
        assert_eq!(bytes.capacity(), bytes.len(), "{kind} was written into a vector that grew, or has room left");
    }
}

#[test]
fn one_kind_of_secret_is_not_read_as_another() {
    for (kind, _, rewrite) in kinds() {
        for (other, bytes, _) in kinds() {
            let expected = (kind != other).then_some(SecretFault::Label);
            assert_eq!(rewrite(&bytes).err(), expected, "{other} read as {kind}");
        }
    }
}

#[test]
fn truncated_and_extended_secrets_are_refused() {
    for (kind, bytes, rewrite) in kinds() {
        let label = bytes.iter().position(|byte| *byte == 0).unwrap() + 1;
        for length in 0..bytes.len() {
            let expected = if length < label { SecretFault::Label } else { SecretFault::Length };
            assert_eq!(rewrite(&bytes[..length]).err(), Some(expected), "{length} bytes of {kind}");
        }
        let longer = [bytes.as_slice(), &[0]].concat();
        assert_eq!(rewrite(&longer).err(), Some(SecretFault::Length), "{kind}");
    }
}

#[test]
fn altered_secrets_are_refused_or_read_as_they_are() {
    for (kind, bytes, rewrite) in kinds() {
        for position in 0..bytes.len() {
            let mut altered = bytes.to_vec();
            altered[position] ^= 0xff;
            if let Ok(rewritten) = rewrite(&altered) {
                assert_eq!(*rewritten, altered, "byte {position} of {kind}");
            }
        }
    }
}

#[test]
fn faults_of_secrets_are_told_apart() {
    let bytes = key_share().to_secret_bytes();
    let label = b"tabella/1/key-share\0".len();
    let with = |start: usize, part: &[u8]| {
        let mut altered = bytes.to_vec();
        altered[start..start + part.len()].copy_from_slice(part);
        KeyShare::from_secret_bytes(&altered).err()
    };
    assert_eq!(with(label, &0_u64.to_be_bytes()), Some(SecretFault::Number), "index 0");
    assert_eq!(with(label, &256_u64.to_be_bytes()), Some(SecretFault::Number), "index 256");
    assert_eq!(with(label + 40, &3_u64.to_be_bytes()), Some(SecretFault::Length), "a slot too many");
    assert_eq!(with(label + 40, &u64::MAX.to_be_bytes()), Some(SecretFault::Length), "endless slots");
    let scalar = SecretFault::Encoding(EncodingFault::Scalar);
    assert_eq!(with(label + 48, &[0xff; 32]), Some(scalar), "a scalar above q");
}

#[test]
fn shares_of_a_file_are_in_order() {
    let bytes = confirm_secret().to_secret_bytes();
    let first_index = b"tabella/1/confirm-secret\0".len() + 56 + 8 + 8;
    let mut repeated = bytes.to_vec();
    repeated[first_index..first_index + 8].copy_from_slice(&2_u64.to_be_bytes());
    assert_eq!(ConfirmSecret::from_secret_bytes(&repeated).err(), Some(SecretFault::Number));
}

#[test]
fn a_trustee_goes_on_from_its_file() {
    let mut committed = Committed::new(3, 2, 2);
    let published = committed.published.clone();
    for secret in committed.secrets.values_mut() {
        *secret = CommitSecret::from_secret_bytes(&secret.to_secret_bytes()).unwrap();
    }
    assert_eq!(committed.secrets[&index(1)].commitment(), published[&index(1)]);
    let mut dealt = committed.deal();
    for secret in dealt.secrets.values_mut() {
        *secret = DealSecret::from_secret_bytes(&secret.to_secret_bytes()).unwrap();
    }
    let dealings = dealt.dealings();
    let dealings: Vec<_> = dealings.iter().collect();
    let keys = tabella_crypto::qualified::ElectionKeys::from_dealings(&dealings, &CONFIRMED).unwrap();
    for (trustee, secret) in dealt.secrets {
        let (secret, _) = secret.confirm(&dealings).unwrap();
        let secret = ConfirmSecret::from_secret_bytes(&secret.to_secret_bytes()).unwrap();
        let share = secret.finish(&keys).unwrap();
        let share = KeyShare::from_secret_bytes(&share.to_secret_bytes()).unwrap();
        assert_eq!((share.trustee(), share.keys_hash()), (trustee, keys.hash()));
    }
}

#[test]
fn secrets_are_not_printed() {
    let dealings = Dealt::new(3, 2, 2).dealings();
    let key = EnvelopeKey::random(&mut rng(1));
    let polynomials = Polynomials::random(attempt(2, 2).parameters, &mut rng(1));
    let share = polynomials.evaluate(index(1));
    let texts = [
        format!("{:?}", commit_secret()),
        format!("{:?}", deal_secret()),
        format!("{:?}", confirm_secret()),
        format!("{:?}", key_share()),
        format!("{key:?}"),
        format!("{polynomials:?}"),
        format!("{share:?}"),
    ];
    for text in texts {
        assert!(text.contains("redacted") || text.contains(".."), "{text}");
        assert!(!text.contains("Scalar"), "{text}");
    }
    assert!(print(&dealings[0]).contains("Dealing"), "what is public may be printed");
}

fn print(value: &impl Debug) -> String {
    format!("{value:?}")
}
