//! Signed notes, verifier keys and checkpoints of C2SP. Implements specs/board.md#checkpoint.

use crate::tree::{Hash, sha256};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use ed25519_dalek::{Signature, VerifyingKey};

/// The text is not a note, key or checkpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a well-formed note, key or checkpoint")]
pub struct Malformed;

/// Signature type of a log: Ed25519 over the text.
pub const LOG: u8 = 0x01;
/// Signature type of a witness: Ed25519 over a time and the text.
pub const WITNESS: u8 = 0x04;

/// A canonical Ed25519 key that is not of small order.
pub fn ed25519_key(bytes: &[u8; 32]) -> Option<VerifyingKey> {
    let key = VerifyingKey::from_bytes(bytes).ok()?;
    let canonical = key.to_edwards().compress().as_bytes() == bytes;
    (canonical && !key.is_weak()).then_some(key)
}

/// A strict Ed25519 signature by canonical keys. Implements specs/conventions.md#signatures.
pub fn signed_by(key: &[u8; 32], message: &[u8], signature: &[u8; 64]) -> bool {
    ed25519_key(key).is_some_and(|key| key.verify_strict(message, &Signature::from_bytes(signature)).is_ok())
}

/// A verifier key: `name+hash+base64(type ‖ key)`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifierKey {
    pub name: String,
    pub kind: u8,
    pub key: [u8; 32],
}

impl VerifierKey {
    /// Reads a key of one signature type. Ed25519 keys that are weak or not canonical are refused.
    pub fn parse(text: &str, kind: u8) -> Result<Self, Malformed> {
        let mut parts = text.splitn(3, '+');
        let (Some(name), Some(hash), Some(encoded)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(Malformed);
        };
        let decoded = BASE64.decode(encoded).map_err(|_| Malformed)?;
        let Some((first, key)) = decoded.split_first() else {
            return Err(Malformed);
        };
        let key: [u8; 32] = key.try_into().map_err(|_| Malformed)?;
        let parsed = Self { name: name.to_owned(), kind: *first, key };
        let right = is_name(name)
            && *first == kind
            && ed25519_key(&key).is_some()
            && hash == data_encoding::HEXLOWER.encode(&parsed.id());
        if right { Ok(parsed) } else { Err(Malformed) }
    }

    /// The first four bytes of SHA-256(name ‖ newline ‖ type ‖ key).
    fn id(&self) -> [u8; 4] {
        let [a, b, c, d, ..] = sha256(&[self.name.as_bytes(), b"\n", &[self.kind], &self.key].concat());
        [a, b, c, d]
    }

    /// The text form.
    pub fn text(&self) -> String {
        let encoded = BASE64.encode([&[self.kind][..], &self.key].concat());
        format!("{}+{}+{encoded}", self.name, data_encoding::HEXLOWER.encode(&self.id()))
    }
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && !name.contains(|letter: char| letter.is_whitespace() || letter == '+')
}

/// One line below a note's text.
#[derive(Clone, Debug)]
struct SignatureLine {
    name: String,
    id: [u8; 4],
    signature: Vec<u8>,
}

/// A signed note: nothing is known of its signatures until they are asked for.
#[derive(Clone, Debug)]
pub struct Note {
    text: String,
    lines: Vec<SignatureLine>,
}

/// A note has at most so many signature lines.
const MOST_SIGNATURES: usize = 100;
/// Longer notes are not read: far more than the largest number of signature lines needs.
pub const LONGEST_NOTE: usize = 1_000_000;

impl Note {
    /// Reads a note: text, one empty line, at least one signature line.
    pub fn parse(bytes: &[u8]) -> Result<Self, Malformed> {
        let note = std::str::from_utf8(bytes).map_err(|_| Malformed)?;
        if note.len() > LONGEST_NOTE || note.contains(|letter: char| letter < ' ' && letter != '\n') {
            return Err(Malformed);
        }
        let middle = note.rfind("\n\n").ok_or(Malformed)?;
        let (text, signatures) = (note.get(..=middle).ok_or(Malformed)?, note.get(middle + 2..).ok_or(Malformed)?);
        let lines: Vec<&str> = signatures.strip_suffix('\n').ok_or(Malformed)?.split('\n').collect();
        if lines.len() > MOST_SIGNATURES {
            return Err(Malformed);
        }
        Ok(Self { text: text.to_owned(), lines: lines.into_iter().map(signature_line).collect::<Result<_, _>>()? })
    }

    /// Whether the log with this key signed the note: a wrong line under its key spoils a right one.
    pub fn is_signed_by(&self, log: &VerifierKey) -> bool {
        let mut lines = self.lines_of(log).peekable();
        lines.peek().is_some() && lines.all(|line| is_signature(log, self.text.as_bytes(), &line.signature))
    }

    /// Whether the witness with this key cosigned the note: wrong lines do not count.
    pub fn is_cosigned_by(&self, witness: &VerifierKey) -> bool {
        self.lines_of(witness).any(|line| self.is_cosignature(witness, &line.signature))
    }

    /// The lines under a key; those of unknown keys are never looked at.
    fn lines_of(&self, key: &VerifierKey) -> impl Iterator<Item = &SignatureLine> {
        self.lines.iter().filter(|line| line.name == key.name && line.id == key.id())
    }

    /// A cosignature: eight bytes of time, at most 2^63 − 1, then Ed25519 over that time and the text.
    fn is_cosignature(&self, key: &VerifierKey, bytes: &[u8]) -> bool {
        let Some((time, signature)) = bytes.split_first_chunk::<8>() else {
            return false;
        };
        let time = u64::from_be_bytes(*time);
        let message = format!("cosignature/v1\ntime {time}\n{}", self.text);
        i64::try_from(time).is_ok() && is_signature(key, message.as_bytes(), signature)
    }
}

fn is_signature(key: &VerifierKey, message: &[u8], signature: &[u8]) -> bool {
    signature.try_into().is_ok_and(|signature| signed_by(&key.key, message, signature))
}

fn signature_line(line: &str) -> Result<SignatureLine, Malformed> {
    let (name, encoded) = line.strip_prefix("— ").and_then(|rest| rest.split_once(' ')).ok_or(Malformed)?;
    let decoded = BASE64.decode(encoded).map_err(|_| Malformed)?;
    let (id, signature) = decoded.split_first_chunk::<4>().ok_or(Malformed)?;
    if !is_name(name) || signature.is_empty() {
        return Err(Malformed);
    }
    Ok(SignatureLine { name: name.to_owned(), id: *id, signature: signature.to_owned() })
}

/// A checkpoint: a note that says how many entries a log has, and their root.
#[derive(Clone, Debug)]
pub struct Checkpoint {
    pub origin: String,
    pub size: u64,
    pub root: Hash,
    pub note: Note,
}

impl Checkpoint {
    /// Reads a checkpoint without extension lines; signatures are not looked at.
    pub fn parse(bytes: &[u8]) -> Result<Self, Malformed> {
        let note = Note::parse(bytes)?;
        let lines: Vec<&str> = note.text.strip_suffix('\n').ok_or(Malformed)?.split('\n').collect();
        let [origin, size_text, root] = lines[..] else {
            return Err(Malformed);
        };
        let size: u64 = size_text.parse().map_err(|_| Malformed)?;
        let root = BASE64.decode(root).ok().and_then(|root| root.try_into().ok()).ok_or(Malformed)?;
        if origin.is_empty() || size.to_string() != size_text {
            return Err(Malformed);
        }
        Ok(Self { origin: origin.to_owned(), size, root, note })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The key and the note of C2SP's signed-note page would need its secret key; this one is made here.
    fn signed(text: &str) -> (String, VerifierKey) {
        use ed25519_dalek::Signer;
        let secret = ed25519_dalek::SigningKey::from_bytes(&[7; 32]);
        let key = VerifierKey { name: "example.org/e".to_owned(), kind: LOG, key: secret.verifying_key().to_bytes() };
        let line = BASE64.encode([&key.id()[..], &secret.sign(text.as_bytes()).to_bytes()].concat());
        (format!("{text}\n— {} {line}\n", key.name), key)
    }

    #[test]
    fn a_checkpoint_is_read_and_its_signature_holds() {
        let text = format!("example.org/e\n5\n{}\n", BASE64.encode([9; 32]));
        let (note, key) = signed(&text);
        let checkpoint = Checkpoint::parse(note.as_bytes()).unwrap();
        assert_eq!((checkpoint.origin.as_str(), checkpoint.size, checkpoint.root), ("example.org/e", 5, [9; 32]));
        assert!(checkpoint.note.is_signed_by(&key));
        let other = note.replace("\n5\n", "\n6\n");
        assert!(!Checkpoint::parse(other.as_bytes()).unwrap().note.is_signed_by(&key));
        // A second line under the log's key, with the signature of another text.
        let (other, _) = signed("other\n");
        let (_, line) = other.split_once("\n\n").unwrap();
        let spoilt = Checkpoint::parse(format!("{note}{line}").as_bytes()).unwrap();
        assert!(!spoilt.note.is_signed_by(&key));
    }

    #[test]
    fn cosignatures_are_over_a_time_that_can_be() {
        use ed25519_dalek::Signer;
        let secret = ed25519_dalek::SigningKey::from_bytes(&[8; 32]);
        let key = VerifierKey { name: "w".to_owned(), kind: WITNESS, key: secret.verifying_key().to_bytes() };
        let cosigned = |signed_time: u64, time: u64| {
            let signature = secret.sign(format!("cosignature/v1\ntime {signed_time}\ntext\n").as_bytes());
            let line = BASE64.encode([&key.id()[..], &time.to_be_bytes(), &signature.to_bytes()].concat());
            Note::parse(format!("text\n\n— w {line}\n").as_bytes()).unwrap().is_cosigned_by(&key)
        };
        assert!(cosigned(1 << 62, 1 << 62));
        assert!(!cosigned(1 << 62, 1 << 61));
        assert!(!cosigned(1 << 63, 1 << 63));
    }

    #[test]
    fn malformed_checkpoints_are_refused() {
        let root = BASE64.encode([9; 32]);
        let texts = [
            format!("o/e\n05\n{root}\n"),
            format!("o/e\n+5\n{root}\n"),
            format!("o/e\n5\n{root}\nextension\n"),
            format!("o/e\n5\n{}\n", BASE64.encode([9; 31])),
            format!("o/e\n18446744073709551616\n{root}\n"),
            format!("o/e\n5\n{}\n", root.trim_end_matches('=')),
            "o/e\n5\n".to_owned(),
        ];
        for text in texts {
            assert_eq!(Checkpoint::parse(signed(&text).0.as_bytes()).map(|_| ()), Err(Malformed), "{text}");
        }
    }

    #[test]
    fn malformed_notes_are_refused() {
        let (note, _) = signed("text\n");
        assert!(Note::parse(note.as_bytes()).is_ok());
        let bad = [
            note.trim_end().to_owned(),
            note.replace("— ", "- "),
            note.replace("\n\n", "\n"),
            note.replace("text", "te\rxt"),
            note.replace("text", "te\txt"),
            format!("{note}\n"),
            "text\n\n".to_owned(),
            "text\n\n— name AAAA\n".to_owned(),
            "text\n\n— name AAAAAA==\n".to_owned(),
            "text\n\n—  AAAAAAA=\n".to_owned(),
            "text\n\n— na+me AAAAAAA=\n".to_owned(),
            "text\n\n— na\u{a0}me AAAAAAA=\n".to_owned(),
        ];
        for note in bad {
            assert_eq!(Note::parse(note.as_bytes()).map(|_| ()), Err(Malformed), "{note}");
        }
    }

    #[test]
    fn notes_are_not_too_long() {
        let of = |length: usize| {
            let end = "\n\n— name AAAAAAA=\n";
            Note::parse(("t".repeat(length - end.len()) + end).as_bytes()).map(|_| ())
        };
        assert_eq!(of(LONGEST_NOTE), Ok(()));
        assert_eq!(of(LONGEST_NOTE + 1), Err(Malformed));
        assert_eq!(of(LONGEST_NOTE + 2), Err(Malformed));
    }

    #[test]
    fn notes_have_at_most_100_signature_lines_by_any_names() {
        let (note, key) = signed("text\n");
        let with =
            |others: usize| Note::parse((note.clone() + &"— b\u{7f}\u{e9} AAAAAAA=\n".repeat(others)).as_bytes());
        assert!(with(99).unwrap().is_signed_by(&key));
        assert_eq!(with(100).map(|_| ()), Err(Malformed));
    }

    #[test]
    fn verifier_keys_round_trip_and_bind_their_name() {
        let (_, key) = signed("text\n");
        assert_eq!(VerifierKey::parse(&key.text(), LOG), Ok(key.clone()));
        assert_eq!(VerifierKey::parse(&key.text(), WITNESS), Err(Malformed));
        assert_eq!(VerifierKey::parse(&key.text().replace("org", "com"), LOG), Err(Malformed));
        let weak = VerifierKey { key: [0; 32], ..key };
        assert_eq!(VerifierKey::parse(&weak.text(), LOG), Err(Malformed));
    }
}
