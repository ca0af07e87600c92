//! Bundles of entries: for each, u16(length) ‖ entry.

use thiserror::Error;

/// The most bytes of an entry: what the two bytes of its length in a bundle can say.
pub const MAX_ENTRY_LENGTH: usize = 65_535;

/// An entry cannot stand in a bundle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("an entry of {0} bytes; at most {MAX_ENTRY_LENGTH} can stand in a bundle")]
pub struct EntryTooLarge(pub usize);

impl EntryTooLarge {
    /// The code of specs/checks.md#outside.
    pub fn code(&self) -> &'static str {
        "entry_too_large"
    }
}

/// The lengths in a bundle do not add up to its bytes, or it has more or fewer entries than its place says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the lengths in the bundle do not add up")]
pub struct BundleFault;

impl BundleFault {
    /// The code of specs/checks.md.
    pub fn code(&self) -> &'static str {
        "file_malformed"
    }
}

/// The contents of a bundle. Implements specs/board.md#record.
pub fn encode_bundle<E: AsRef<[u8]>>(entries: impl IntoIterator<Item = E>) -> Result<Vec<u8>, EntryTooLarge> {
    let mut bundle = Vec::new();
    for entry in entries {
        let entry = entry.as_ref();
        let length = u16::try_from(entry.len()).map_err(|_| EntryTooLarge(entry.len()))?;
        bundle.extend_from_slice(&length.to_be_bytes());
        bundle.extend_from_slice(entry);
    }
    Ok(bundle)
}

/// The entries of a bundle, which must be exactly `width` many.
pub fn decode_bundle(mut bundle: &[u8], width: u16) -> Result<Vec<&[u8]>, BundleFault> {
    let mut entries = Vec::with_capacity(width.into());
    for _ in 0..width {
        let (length, rest) = bundle.split_first_chunk().ok_or(BundleFault)?;
        let length = usize::from(u16::from_be_bytes(*length));
        let (entry, rest) = rest.split_at_checked(length).ok_or(BundleFault)?;
        entries.push(entry);
        bundle = rest;
    }
    if bundle.is_empty() { Ok(entries) } else { Err(BundleFault) }
}
