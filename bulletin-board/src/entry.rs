//! What stands in the log: a header, written by the board, and a payload, written by its author.
//! Implements specs/board.md#entry.

use minicbor::{Decoder, Encoder, encode};
use sha2::{Digest, Sha256};
use thiserror::Error;

use crate::hash::{HASH_LENGTH, Hash};
use crate::origin::Origin;
use crate::tile::{EntryTooLarge, MAX_ENTRY_LENGTH};

/// The first field of every entry.
pub const FORMAT: &str = "tabella/1";

/// The most bytes of a payload.
pub const MAX_PAYLOAD_LENGTH: usize = 65_000;

const FIELDS: u64 = 6;

/// The place of an entry in a log, which its header must name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The name of the log.
    pub origin: Origin,
    /// The position in the log, from 0.
    pub index: u64,
    /// The leaf hash of the entry before; of entry 0, the genesis hash.
    pub prev: Hash,
}

impl Place {
    /// The place of entry 0.
    pub fn first(origin: Origin) -> Self {
        let prev = genesis_hash(&origin);
        Self { origin, index: 0, prev }
    }

    /// The place after this one, where an entry of these bytes stands, however damaged.
    pub fn next(&self, entry: &[u8]) -> Self {
        Self { origin: self.origin.clone(), index: self.index.saturating_add(1), prev: Hash::of_entry(entry) }
    }
}

/// The `prev` of entry 0: SHA-256("tabella/1 genesis\n" ‖ origin ‖ "\n").
pub fn genesis_hash(origin: &Origin) -> Hash {
    let digest: [u8; HASH_LENGTH] = Sha256::digest(format!("{FORMAT} genesis\n{origin}\n")).into();
    Hash::from(digest)
}

/// One element of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Where it says that it stands.
    pub place: Place,
    /// What it is; which kinds there are is not for this crate to know.
    pub kind: String,
    /// What its author wrote.
    pub payload: Vec<u8>,
}

/// Why bytes are not the entry of a place, in the order in which the faults are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum EntryFault {
    /// Not the deterministic encoding of the six fields.
    #[error("not the deterministic encoding of an entry")]
    Malformed,
    /// Of another version of the protocol, or of something else.
    #[error("the format is not \"{FORMAT}\"")]
    Format,
    /// Not of this log.
    #[error("the origin is not that of the log")]
    Origin,
    /// Not of this position.
    #[error("the index is not the entry's position")]
    Index,
    /// Not the follower of the entry before.
    #[error("prev is not the leaf hash of the entry before")]
    Prev,
    /// Not of a kind that is known.
    #[error("the kind is unknown")]
    Kind,
    /// The payload has more than 65,000 bytes.
    #[error("the payload has more than {MAX_PAYLOAD_LENGTH} bytes")]
    PayloadTooLarge,
}

impl EntryFault {
    /// The code of specs/board.md#entry.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Malformed => "entry_malformed",
            Self::Format => "entry_format",
            Self::Origin => "entry_origin",
            Self::Index => "entry_index",
            Self::Prev => "entry_prev",
            Self::Kind => "kind_unknown",
            Self::PayloadTooLarge => "payload_too_large",
        }
    }
}

impl Entry {
    /// Reads the entry of a place, with all checks of specs/board.md#entry in the order of its table.
    pub fn decode(bytes: &[u8], place: &Place, is_known_kind: impl FnOnce(&str) -> bool) -> Result<Self, EntryFault> {
        let entry = Self::parse(bytes)?;
        if entry.place.origin != place.origin {
            return Err(EntryFault::Origin);
        }
        if entry.place.index != place.index {
            return Err(EntryFault::Index);
        }
        if entry.place.prev != place.prev {
            return Err(EntryFault::Prev);
        }
        if !is_known_kind(&entry.kind) {
            return Err(EntryFault::Kind);
        }
        if entry.payload.len() > MAX_PAYLOAD_LENGTH {
            return Err(EntryFault::PayloadTooLarge);
        }
        Ok(entry)
    }

    /// Reads an entry wherever it says that it stands: for holders of a single entry. Checks encoding, format and the
    /// syntax of the origin, nothing else.
    pub fn parse(bytes: &[u8]) -> Result<Self, EntryFault> {
        let fields = Fields::decode(bytes).ok_or(EntryFault::Malformed)?;
        if fields.encode() != bytes {
            return Err(EntryFault::Malformed);
        }
        if fields.format != FORMAT {
            return Err(EntryFault::Format);
        }
        let origin = Origin::parse(fields.origin).map_err(|_| EntryFault::Origin)?;
        Ok(Self {
            place: Place { origin, index: fields.index, prev: fields.prev },
            kind: fields.kind.to_owned(),
            payload: fields.payload.to_vec(),
        })
    }

    /// The bytes of the entry.
    pub fn encode(&self) -> Result<Vec<u8>, EncodeFault> {
        if self.payload.len() > MAX_PAYLOAD_LENGTH {
            return Err(EncodeFault::PayloadTooLarge);
        }
        let fields = Fields {
            format: FORMAT,
            origin: self.place.origin.as_str(),
            index: self.place.index,
            prev: self.place.prev,
            kind: &self.kind,
            payload: &self.payload,
        };
        let bytes = fields.encode();
        if bytes.len() > MAX_ENTRY_LENGTH {
            return Err(EntryTooLarge(bytes.len()).into());
        }
        Ok(bytes)
    }
}

/// Why an entry cannot be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum EncodeFault {
    /// The payload has more than 65,000 bytes.
    #[error("the payload has more than {MAX_PAYLOAD_LENGTH} bytes")]
    PayloadTooLarge,
    /// The entry would not fit a bundle.
    #[error(transparent)]
    EntryTooLarge(#[from] EntryTooLarge),
}

impl EncodeFault {
    /// The code of specs/checks.md.
    pub fn code(&self) -> &'static str {
        match self {
            Self::PayloadTooLarge => EntryFault::PayloadTooLarge.code(),
            Self::EntryTooLarge(fault) => fault.code(),
        }
    }
}

/// The six fields as they stand in the bytes, whatever they say.
struct Fields<'a> {
    format: &'a str,
    origin: &'a str,
    index: u64,
    prev: Hash,
    kind: &'a str,
    payload: &'a [u8],
}

impl<'a> Fields<'a> {
    /// Reads the fields leniently: what is not deterministic shows when they are written again.
    fn decode(bytes: &'a [u8]) -> Option<Self> {
        let mut decoder = Decoder::new(bytes);
        if decoder.array().ok()? != Some(FIELDS) {
            return None;
        }
        Some(Self {
            format: decoder.str().ok()?,
            origin: decoder.str().ok()?,
            index: decoder.u64().ok()?,
            prev: <[u8; HASH_LENGTH]>::try_from(decoder.bytes().ok()?).ok()?.into(),
            kind: decoder.str().ok()?,
            payload: decoder.bytes().ok()?,
        })
    }

    #[expect(clippy::expect_used, reason = "writing to a Vec cannot fail")]
    fn encode(&self) -> Vec<u8> {
        let mut encoder = Encoder::new(Vec::new());
        self.write(&mut encoder).expect("a Vec takes all bytes");
        encoder.into_writer()
    }

    fn write<W: encode::Write>(&self, encoder: &mut Encoder<W>) -> Result<(), encode::Error<W::Error>> {
        encoder.array(FIELDS)?.str(self.format)?.str(self.origin)?.u64(self.index)?;
        encoder.bytes(self.prev.as_bytes())?.str(self.kind)?.bytes(self.payload)?;
        Ok(())
    }
}
