use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;

use super::*;

fn code(seed: u64) -> VoterCode {
    VoterCode::generate(&mut ChaCha20Rng::seed_from_u64(seed))
}

#[test]
fn bytes_become_groups_of_four() {
    let bytes = [0x00, 0x44, 0x32, 0x14, 0xc7, 0x42, 0x54, 0xb6, 0x35, 0xcf]; // 0, 1, 2, … 15 in five bits each
    assert_eq!(CredentialFingerprint(bytes).to_string(), "0123-4567-89AB-CDEF");
    assert_eq!(encode(&[0xff; 18]), "ZZZZ-ZZZZ-ZZZZ-ZZZZ-ZZZZ-ZZZZ-ZZZZ-Y");
    assert_eq!(encode(&[]), "");
}

#[test]
fn every_value_reads_back() {
    let tracker = Tracker(std::array::from_fn(|index| u8::try_from(index * 13).unwrap()));
    assert_eq!(tracker.to_string().parse(), Ok(tracker));
    assert_eq!(tracker.to_string().len(), 32 + 7);
}

#[test]
fn readers_forgive_case_separators_and_lookalikes() {
    let expected: CredentialFingerprint = "0011-1ABC-DEFG-HJKM".parse().unwrap();
    assert_eq!(" oOiIl a-b-c-dEfGhJkM".parse(), Ok(expected));
}

#[test]
fn readers_name_what_is_wrong() {
    let read = |text: &str| text.parse::<CredentialFingerprint>();
    assert_eq!(read("0011-1ABC-DEFG-HJKU"), Err(TextFault::Character('U')));
    assert_eq!(read("0011-1ABC-DEFG-HJK"), Err(TextFault::Length { expected: 16, found: 15 }));
    assert_eq!(read("0011-1ABC-DEFG-HJKMM"), Err(TextFault::Length { expected: 16, found: 17 }));
    assert_eq!(read(""), Err(TextFault::Length { expected: 16, found: 0 }));
    assert_eq!(decode::<18>("ZZZZ-ZZZZ-ZZZZ-ZZZZ-ZZZZ-ZZZZ-ZZZZ-Z"), Err(TextFault::Mistyped));
}

#[test]
fn a_code_reads_back() {
    let text = code(1).to_text();
    assert_eq!(text.replace('-', "").len(), 29);
    assert_eq!(VoterCode::from_text(&text).unwrap().0, code(1).0);
}

#[test]
fn one_wrong_character_is_found() {
    let text = code(2).to_text();
    for (position, original) in text.char_indices().filter(|(_, character)| *character != '-') {
        let other = if original == '7' { "8" } else { "7" };
        let mut typed = text.to_string();
        typed.replace_range(position..=position, other);
        assert_eq!(VoterCode::from_text(&typed).unwrap_err(), TextFault::Mistyped, "{position}");
    }
}

#[test]
fn voting_keys_depend_on_code_and_election() {
    let [first, second] = [ElectionId([1; 32]), ElectionId([2; 32])];
    let public = |seed, election| code(seed).voting_key(election).unwrap().public();
    assert_eq!(public(3, &first), public(3, &first));
    assert_ne!(public(3, &first), public(4, &first));
    assert_ne!(public(3, &first), public(3, &second));
}

#[test]
fn a_code_is_not_shown() {
    assert_eq!(format!("{:?}", code(5)), "VoterCode(<redacted>)");
}

#[test]
fn fingerprints_depend_on_both_parts() {
    let [one, two] = [[1; 32], [2; 32]];
    let fingerprint = Fingerprint::new(&ElectionId(one), &SignerKey(one));
    assert_ne!(fingerprint, Fingerprint::new(&ElectionId(two), &SignerKey(one)));
    assert_ne!(fingerprint, Fingerprint::new(&ElectionId(one), &SignerKey(two)));
    let credential = CredentialFingerprint::new(&ElectionId(one), &EncodedPoint(one));
    assert_ne!(credential, CredentialFingerprint::new(&ElectionId(two), &EncodedPoint(one)));
    assert_ne!(credential, CredentialFingerprint::new(&ElectionId(one), &EncodedPoint(two)));
}
