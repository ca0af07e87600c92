//! The header of an entry. Implements specs/board.md#entry.

use crate::cbor;
use crate::checks::Code;
use crate::tree::Hash;

const FORMAT: &str = "tabella/1";
const LARGEST_PAYLOAD: usize = 65_000;

/// The kinds of entries of specs/election.md#kinds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Manifest,
    Commit,
    Deal,
    Confirm,
    Keys,
    Round,
    Restart,
    Rehearse,
    Rehearsal,
    Roll,
    Open,
    Ballot,
    Challenge,
    Close,
    Share,
    Result,
    Final,
}

impl Kind {
    /// Every kind with its name.
    const ALL: [(Self, &'static str); 17] = [
        (Self::Manifest, "manifest"),
        (Self::Commit, "commit"),
        (Self::Deal, "deal"),
        (Self::Confirm, "confirm"),
        (Self::Keys, "keys"),
        (Self::Round, "round"),
        (Self::Restart, "restart"),
        (Self::Rehearse, "rehearse"),
        (Self::Rehearsal, "rehearsal"),
        (Self::Roll, "roll"),
        (Self::Open, "open"),
        (Self::Ballot, "ballot"),
        (Self::Challenge, "challenge"),
        (Self::Close, "close"),
        (Self::Share, "share"),
        (Self::Result, "result"),
        (Self::Final, "final"),
    ];

    /// The kind that a header names.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, known)| *known == name).map(|(kind, _)| *kind)
    }

    /// The word in the header and in what authors sign.
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(kind, _)| *kind == self).map_or("", |(_, name)| name)
    }
}

/// What the header must say of an entry's place.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    pub origin: &'a str,
    pub index: u64,
    /// Unknown if the entry before could not be read.
    pub prev: Option<Hash>,
}

/// An entry whose header is right.
#[derive(Debug)]
pub struct Entry {
    pub kind: Kind,
    pub payload: Vec<u8>,
}

impl Entry {
    /// Decodes an entry and checks its header; the first wrong field of the table names the fault.
    pub fn read(bytes: &[u8], place: &Place<'_>) -> Result<Self, Code> {
        let header = Header::decode(bytes).map_err(|_| Code::EntryMalformed)?;
        if header.format != FORMAT {
            return Err(Code::EntryFormat);
        }
        if header.origin != place.origin || !is_origin(&header.origin) {
            return Err(Code::EntryOrigin);
        }
        if header.index != place.index {
            return Err(Code::EntryIndex);
        }
        if place.prev.is_some_and(|prev| header.prev != prev) {
            return Err(Code::EntryPrev);
        }
        let kind = Kind::named(&header.kind).ok_or(Code::KindUnknown)?;
        if header.payload.len() > LARGEST_PAYLOAD {
            return Err(Code::PayloadTooLarge);
        }
        Ok(Self { kind, payload: header.payload })
    }
}

/// Whether a text has the form of an origin: 1–100 ASCII bytes from `!` to `~`, no `+`.
pub fn is_origin(text: &str) -> bool {
    (1..=100).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'+')
}

/// Whether these bytes are an entry, of whatever log.
pub fn is_entry(bytes: &[u8]) -> bool {
    Header::decode(bytes).is_ok()
}

struct Header {
    format: String,
    origin: String,
    index: u64,
    prev: Hash,
    kind: String,
    payload: Vec<u8>,
}

impl Header {
    fn decode(bytes: &[u8]) -> Result<Self, cbor::Malformed> {
        let value = cbor::decode(bytes)?;
        let [format, origin, index, prev, kind, payload] = cbor::tuple(&value)?;
        Ok(Self {
            format: cbor::text(format)?.to_owned(),
            origin: cbor::text(origin)?.to_owned(),
            index: cbor::uint(index)?,
            prev: cbor::fixed(prev)?,
            kind: cbor::text(kind)?.to_owned(),
            payload: cbor::bytes(payload)?.to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ciborium::Value;

    fn read(change: impl Fn(&mut Vec<Value>)) -> Result<Kind, Code> {
        let mut fields: Vec<Value> = vec![
            FORMAT.into(),
            "example.org/e".into(),
            3.into(),
            Value::Bytes(vec![9; 32]),
            "ballot".into(),
            Value::Bytes(vec![1]),
        ];
        change(&mut fields);
        let place = Place { origin: "example.org/e", index: 3, prev: Some([9; 32]) };
        Entry::read(&cbor::encode(&Value::Array(fields)), &place).map(|entry| entry.kind)
    }

    #[test]
    fn each_field_has_its_code() {
        assert_eq!(read(|_| ()), Ok(Kind::Ballot));
        assert_eq!(read(|fields| fields.truncate(5)), Err(Code::EntryMalformed));
        assert_eq!(read(|fields| fields[3] = Value::Bytes(vec![9; 31])), Err(Code::EntryMalformed));
        assert_eq!(read(|fields| fields[0] = "tabella/2".into()), Err(Code::EntryFormat));
        assert_eq!(read(|fields| fields[1] = "example.org/f".into()), Err(Code::EntryOrigin));
        assert_eq!(read(|fields| fields[2] = 4.into()), Err(Code::EntryIndex));
        assert_eq!(read(|fields| fields[3] = Value::Bytes(vec![8; 32])), Err(Code::EntryPrev));
        assert_eq!(read(|fields| fields[4] = "vote".into()), Err(Code::KindUnknown));
        assert_eq!(read(|fields| fields[5] = Value::Bytes(vec![0; 65_000])), Ok(Kind::Ballot));
        assert_eq!(read(|fields| fields[5] = Value::Bytes(vec![0; 65_001])), Err(Code::PayloadTooLarge));
    }

    #[test]
    fn entries_are_told_from_other_files() {
        let fields = [FORMAT.into(), "example.org/e".into(), 3.into(), Value::Bytes(vec![9; 32]), "ballot".into()];
        let entry = |payload: &[Value]| is_entry(&cbor::encode(&Value::Array([&fields[..], payload].concat())));
        assert!(entry(&[Value::Bytes(vec![1])]));
        assert!(!entry(&[]));
        assert!(!is_entry(b"{}"));
    }

    #[test]
    fn origins_are_visible_ascii_without_plus() {
        let at = |origin: &str| {
            let value = [FORMAT.into(), origin.into(), 0.into(), Value::Bytes(vec![9; 32]), "ballot".into()];
            let bytes = cbor::encode(&Value::Array([&value[..], &[Value::Bytes(vec![1])]].concat()));
            Entry::read(&bytes, &Place { origin, index: 0, prev: None }).map(|entry| entry.kind)
        };
        for good in ["!~", &"o".repeat(100)] {
            assert_eq!(at(good), Ok(Kind::Ballot), "{good}");
        }
        for bad in ["", "a b", "a+b", "a\u{7f}", "a\u{e9}", &"o".repeat(101)] {
            assert_eq!(at(bad), Err(Code::EntryOrigin), "{bad}");
        }
    }
}
