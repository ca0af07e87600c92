//! text.json: specs/conventions.md#text.

use serde_json::{Value, json};
use tabella_crypto::group::{Point, Scalar, encode_point};
use tabella_crypto::transcript::Transcript;
use tabella_election::text::{CredentialFingerprint, Fingerprint, Tracker, VoterCode, encode};
use tabella_election::{ElectionId, EncodedPoint, SignerKey};

use crate::file::{hex, scalar, vector};
use crate::source::Source;

pub fn vectors() -> Vec<Value> {
    let mut source = Source::new("text");
    let mut vectors = vec![fingerprint(&mut source), credential_fingerprint(&mut source)];
    let trackers = [("zeros", [0; 20]), ("ones", [0xff; 20]), ("some", source.bytes())];
    vectors.extend(trackers.map(|(name, bytes)| tracker(name, bytes)));
    let codes = [("zeros", [0; 16]), ("some", source.bytes()), ("other", source.bytes())];
    let codes: Vec<(&str, [u8; 16])> = codes.to_vec();
    vectors.extend(codes.iter().map(|(name, code)| voter_code(name, code, &source.bytes())));
    vectors.extend(bad_texts(&codes[1].1));
    vectors
}

fn fingerprint(source: &mut Source) -> Value {
    let (election, log_key) = (source.bytes::<32>(), source.bytes::<32>());
    let mut transcript = Transcript::new("tabella/1/fingerprint");
    transcript.absorb("election", &election);
    transcript.absorb("log", &log_key);
    let hash = transcript.hash();
    let made = Fingerprint::new(&ElectionId(election), &SignerKey(log_key));
    assert_eq!(made.0, hash[..20]);
    let fields = json!({ "election": hex(election), "log_key": hex(log_key), "hash": hex(hash) });
    shown("fingerprint", fields, &made.0, &made.to_string())
}

fn credential_fingerprint(source: &mut Source) -> Value {
    let (election, credential) = (source.bytes::<32>(), encode_point(&Point::mul_base(&source.scalar())));
    let mut transcript = Transcript::new("tabella/1/credential-fingerprint");
    transcript.absorb("election", &election);
    transcript.absorb("credential", &credential);
    let hash = transcript.hash();
    let made = CredentialFingerprint::new(&ElectionId(election), &EncodedPoint(credential));
    assert_eq!(made.0, hash[..10]);
    let fields = json!({ "election": hex(election), "credential": hex(credential), "hash": hex(hash) });
    shown("credential_fingerprint", fields, &made.0, &made.to_string())
}

fn shown(kind: &str, mut fields: Value, bytes: &[u8], text: &str) -> Value {
    fields["bytes"] = json!(hex(bytes));
    fields["text"] = json!(text);
    vector(kind, kind, fields)
}

fn tracker(name: &str, bytes: [u8; 20]) -> Value {
    let text = Tracker(bytes).to_string();
    let accepted = spellings(&text);
    for spelling in accepted.iter().chain([&text]) {
        assert_eq!(spelling.parse(), Ok(Tracker(bytes)), "{spelling}");
    }
    let fields = json!({ "bytes": hex(bytes), "text": text, "accepted": accepted });
    vector(format!("tracker: {name}"), "tracker", fields)
}

/// Other ways to write the same text.
fn spellings(text: &str) -> Vec<String> {
    vec![
        text.to_lowercase(),
        text.replace('-', ""),
        text.replace('-', " "),
        format!(" {text}- "),
        text.replace('1', "I").replace('0', "O"),
        text.replace('1', "l").replace('0', "o"),
        text.replace('1', "i").replace('1', "L"),
    ]
}

fn voter_code(name: &str, code: &[u8; 16], election: &[u8; 32]) -> Value {
    let mut transcript = Transcript::new("tabella/1/code-check");
    transcript.absorb("code", code);
    let check_hash = transcript.hash();
    let text = encode(&[code, &check_hash[..2]].concat());
    let accepted = spellings(&text);

    let mut transcript = Transcript::new("tabella/1/credential");
    transcript.absorb("election", election);
    transcript.absorb("code", code);
    let mut wide = [0; 64];
    transcript.challenge("kappa", &mut wide);
    let kappa = Scalar::from_bytes_mod_order_wide(&wide);
    let credential = encode_point(&Point::mul_base(&kappa));

    for spelling in accepted.iter().chain([&text]) {
        let read = VoterCode::from_text(spelling).unwrap();
        assert_eq!(*read.to_text(), text);
        assert_eq!(read.voting_key(&ElectionId(*election)).unwrap().public(), credential);
    }
    vector(
        format!("voter code: {name}"),
        "voter_code",
        json!({
            "code": hex(code), "check_hash": hex(check_hash), "check": hex(&check_hash[..2]), "text": text,
            "accepted": accepted, "election": hex(election), "kappa_wide": hex(wide), "kappa": scalar(&kappa),
            "credential": hex(credential),
        }),
    )
}

fn bad_texts(code: &[u8; 16]) -> Vec<Value> {
    let tracker = Tracker([0x5a; 20]).to_string();
    let mut transcript = Transcript::new("tabella/1/code-check");
    transcript.absorb("code", code);
    let check = transcript.hash();
    let right = encode(&[code, &check[..2]].concat());
    let wrong_check = encode(&[code, &[check[0], check[1] ^ 1][..]].concat());
    // Of the last of 29 characters, one bit is padding.
    let last = right.chars().last().unwrap();
    let padded = format!("{}{}", &right[..right.len() - 1], next_in_alphabet(last));
    let all = [
        ("a character too few", "tracker", tracker[..tracker.len() - 1].to_owned()),
        ("a character too many", "tracker", format!("{tracker}0")),
        ("empty", "tracker", String::new()),
        ("with U", "tracker", format!("U{}", &tracker[1..])),
        ("with a tabulator", "tracker", tracker.replacen('-', "\t", 1)),
        ("with a full-width digit", "tracker", format!("\u{ff10}{}", &tracker[1..])),
        ("with a sharp s", "tracker", format!("ß{}", &tracker[1..])),
        ("wrong check bytes", "voter_code", wrong_check),
        ("a padding bit that is not zero", "voter_code", padded),
        ("without check bytes", "voter_code", encode(code)),
        ("a character too many", "voter_code", format!("{right}0")),
    ];
    let bad = |(name, kind, text): (&str, &str, String)| {
        let readable = match kind {
            "tracker" => text.parse::<Tracker>().is_ok(),
            _ => VoterCode::from_text(&text).is_ok(),
        };
        assert!(!readable, "{name}");
        vector(format!("{kind}: {name}"), "bad_text", json!({ "type": kind, "text": text }))
    };
    all.into_iter().map(bad).collect()
}

/// The character whose value is one more: an even value has its lowest bit set by this.
fn next_in_alphabet(character: char) -> char {
    let alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    let position = alphabet.find(character).unwrap();
    assert_eq!(position % 2, 0, "the padding bit of a right text is zero");
    alphabet.as_bytes()[position + 1].into()
}
