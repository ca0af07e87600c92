//! Payloads that travel as a file, from a machine without network to one that hands them in. Implements specs/server.md#parcel.

use std::path::{Path, PathBuf};

use data_encoding::{BASE64, HEXLOWER};
use serde::{Deserialize, Serialize};
use tabella_election::Kind;
use tabella_election::bytes::ElectionId;

use crate::private_file::{self, FileFault};

const VERSION: u64 = 1;
const LARGEST: u64 = 64 << 20;
const MOST_PAYLOADS: usize = 10_000;

/// What is to be handed in, in this order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parcel {
    /// The election that it is for.
    pub election: ElectionId,
    /// What the author signed.
    pub payloads: Vec<(Kind, Vec<u8>)>,
}

/// A file that is no parcel.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ParcelFault {
    /// There is none.
    #[error("there is no {}", .0.display())]
    Missing(PathBuf),
    /// It is damaged, or something else.
    #[error("{} is no parcel: {reason}", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The file system failed.
    #[error(transparent)]
    File(#[from] FileFault),
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ParcelView {
    parcel: u64,
    election: String,
    payloads: Vec<PayloadView>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct PayloadView {
    kind: String,
    payload: String,
}

impl Parcel {
    /// Writes it, whole or not at all.
    pub fn write(&self, path: &Path) -> Result<(), ParcelFault> {
        let payloads = self.payloads.iter();
        let view = ParcelView {
            parcel: VERSION,
            election: HEXLOWER.encode(&self.election.0),
            payloads: payloads
                .map(|(kind, payload)| PayloadView { kind: kind.as_str().to_owned(), payload: BASE64.encode(payload) })
                .collect(),
        };
        let text = serde_json::to_vec_pretty(&view).map_err(|error| malformed(path, error))?;
        Ok(private_file::write(path, &text)?)
    }

    /// Reads one. What its payloads say is for the board to judge.
    pub fn read(path: &Path) -> Result<Self, ParcelFault> {
        let bytes = private_file::read(path, LARGEST)?.ok_or_else(|| ParcelFault::Missing(path.to_owned()))?;
        let view: ParcelView = serde_json::from_slice(&bytes).map_err(|error| malformed(path, error))?;
        if view.parcel != VERSION {
            return Err(malformed(
                path,
                format!("it is of version {}, and this program knows version {VERSION}", view.parcel),
            ));
        }
        if view.payloads.len() > MOST_PAYLOADS {
            return Err(malformed(path, format!("it has more than {MOST_PAYLOADS} payloads")));
        }
        let election =
            HEXLOWER.decode(view.election.as_bytes()).ok().and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
        let election = election.ok_or_else(|| malformed(path, "it names no election"))?;
        let payloads = view.payloads.iter().zip(1..).map(|(payload, number)| {
            let kind =
                payload.kind.parse().map_err(|_| malformed(path, format!("payload {number} is of an unknown kind")))?;
            let bytes = BASE64.decode(payload.payload.as_bytes());
            Ok((kind, bytes.map_err(|error| malformed(path, format!("payload {number}: {error}")))?))
        });
        Ok(Self { election: election.into(), payloads: payloads.collect::<Result<_, ParcelFault>>()? })
    }
}

fn malformed(path: &Path, reason: impl ToString) -> ParcelFault {
    ParcelFault::Malformed { path: path.to_owned(), reason: reason.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parcel() -> Parcel {
        Parcel { election: [7; 32].into(), payloads: vec![(Kind::Commit, vec![1, 2]), (Kind::Deal, vec![])] }
    }

    fn read_changed(from: &str, to: &str) -> String {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("parcel.json");
        parcel().write(&path).unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.contains(from));
        std::fs::write(&path, text.replacen(from, to, 1)).unwrap();
        Parcel::read(&path).unwrap_err().to_string()
    }

    #[test]
    fn a_parcel_is_read_as_it_was_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("parcel.json");
        assert!(matches!(Parcel::read(&path), Err(ParcelFault::Missing(_))));
        parcel().write(&path).unwrap();
        assert_eq!(Parcel::read(&path).unwrap(), parcel());
    }

    #[test]
    fn what_is_no_parcel_is_refused_with_the_reason() {
        for (from, to, reason) in [
            ("\"parcel\": 1", "\"parcel\": 2", "version 2"),
            ("0707", "07", "names no election"),
            ("\"commit\"", "\"comit\"", "payload 1 is of an unknown kind"),
            ("AQI=", "AQI", "payload 1"),
            ("\"kind\"", "\"sort\"", "unknown field"),
        ] {
            let found = read_changed(from, to);
            assert!(found.contains(reason), "{found}");
        }
    }
}
