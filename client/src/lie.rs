//! What a board does that an honest one never does, and the evidence of it. Implements specs/server.md#distrust.

use std::fs;
use std::path::{Path, PathBuf};

use data_encoding::HEXLOWER;
use tabella_board::checkpoint::CheckpointFault;
use tabella_board::entry::EntryFault;
use tabella_board::receipt::ReceiptFault;
use tabella_board::tree::TreeHead;
use tabella_election::Rejection;
use tabella_election::text::Fingerprint;

use crate::private_file::{self, FileFault};

/// What the board said or did.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Lie {
    /// Its checkpoint is not signed by the log's key.
    #[error("shows a checkpoint that the log's key has not signed ({0})")]
    Checkpoint(#[source] CheckpointFault),
    /// It shows a log that does not begin with what it showed before.
    #[error(
        "has shown two histories: a log of {} entries before, and now one of {} entries that does not begin with it",
        seen.size, shown.size
    )]
    Fork {
        /// What was seen before.
        seen: TreeHead,
        /// What is shown now.
        shown: TreeHead,
    },
    /// It shows an older state than before.
    #[error("shows a log of {shown} entries, and has shown one of {seen} before: entries have disappeared")]
    Rollback {
        /// How many entries there were before.
        seen: u64,
        /// How many it shows now.
        shown: u64,
    },
    /// Its entries are not those that it signed.
    #[error("gives other entries than those that its checkpoint of {0} entries was signed for")]
    Entries(u64),
    /// It has numbered bytes that are no entry of their place.
    #[error("has numbered entry {index}, which cannot stand there: {fault}")]
    Header {
        /// The entry.
        index: u64,
        /// What is wrong with it.
        #[source]
        fault: EntryFault,
    },
    /// It has numbered an entry that breaks a rule.
    #[error("has numbered entry {index}, which breaks a rule of the election: {rejection} ({})", rejection.code)]
    Rule {
        /// The entry.
        index: u64,
        /// The rule.
        rejection: Rejection,
    },
    /// What it gave as a receipt is none.
    #[error("gave no valid receipt for what was handed in: {0}")]
    Receipt(#[source] ReceiptFault),
    /// The receipt is for something else.
    #[error("gave a receipt for something else than what was handed in")]
    OtherPayload,
    /// Its key is another than before, or than the manifest's.
    #[error("shows another key of the log than the election's")]
    LogKey,
    /// It is the board of another election.
    #[error("shows another election: its fingerprint is {found}, and not {expected}")]
    Fingerprint {
        /// What people were told.
        expected: Fingerprint,
        /// What the board shows.
        found: Fingerprint,
    },
    /// It counts other ballots than those for which a trustee has given its share.
    #[error(
        "asks to decrypt a second set of ballots: the counted hash is {}, and a share was given for {}. The difference of two \
         sums can be one voter's ballot; nobody must decrypt both",
        HEXLOWER.encode(now), HEXLOWER.encode(before)
    )]
    SecondCount {
        /// The counted hash of the share that was given.
        before: [u8; 32],
        /// The counted hash of the board as it is shown now.
        now: [u8; 32],
    },
}

impl Lie {
    /// A stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Checkpoint(fault) => fault.code(),
            Self::Fork { .. } => "fork",
            Self::Rollback { .. } => "rollback",
            Self::Entries(_) => "root_mismatch",
            Self::Header { fault, .. } => fault.code(),
            Self::Rule { rejection, .. } => rejection.code.as_str(),
            Self::Receipt(fault) => fault.code(),
            Self::OtherPayload => "receipt_mismatch",
            Self::LogKey => "log_key_mismatch",
            Self::Fingerprint { .. } => "fingerprint_differs",
            Self::SecondCount { .. } => "second_count",
        }
    }

    /// What whoever sees it does next.
    fn advice(&self) -> &'static str {
        match self {
            Self::LogKey | Self::Fingerprint { .. } => {
                "Compare the fingerprint with the one on paper, and the address with the one that you were given; \
                 type both again. If they are right, tell the election authority"
            }
            Self::Rollback { .. } => {
                "Try again in a few minutes: a cache may be late. If it stays so, do not act on this board; tell the election \
                 authority, the trustees and the observers, and give them the evidence"
            }
            _ => {
                "Do not act on this board. Tell the election authority, the trustees and the observers, and give them the \
                 evidence"
            }
        }
    }
}

/// A lie, with its evidence saved.
#[derive(Debug, thiserror::Error)]
#[error(
    "the board at {place} {lie}.\n{}.\nThe evidence is in {}.", lie.advice(), evidence.display()
)]
pub struct Caught {
    /// Who lied.
    pub place: String,
    /// What it was. It is part of the sentence, and so not told once more as its source.
    pub lie: Lie,
    /// The folder in which the evidence lies.
    pub evidence: PathBuf,
}

/// Saves what shows a lie in a new folder below `folder`, durably.
pub fn catch(folder: &Path, place: String, lie: Lie, files: &[(&str, &[u8])]) -> Result<Caught, FileFault> {
    let mut number = 1;
    let evidence = loop {
        let evidence = folder.join(format!("{number:03}-{}", lie.code()));
        let is_taken = fs::read_dir(folder).is_ok_and(|mut found| {
            found.any(|entry| {
                entry.is_ok_and(|entry| entry.file_name().to_string_lossy().starts_with(&format!("{number:03}-")))
            })
        });
        if !is_taken {
            break evidence;
        }
        number += 1;
    };
    let caught = Caught { place, lie, evidence };
    for (name, bytes) in files {
        private_file::write(&caught.evidence.join(name), bytes)?;
    }
    private_file::write(&caught.evidence.join("README.txt"), format!("{caught}\n").as_bytes())?;
    Ok(caught)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// The codes in the first column of the table of specs/server.md#distrust.
    fn specified() -> BTreeSet<String> {
        let text = include_str!("../../specs/server.md");
        let (_, section) = text.split_once("{#distrust}").unwrap();
        let (_, table) = section.split_once("| code | the board |\n| --- | --- |\n").unwrap();
        let cells = table.lines().take_while(|line| line.starts_with("| ")).filter_map(|line| line.split('|').nth(1));
        cells.flat_map(|cell| cell.split('`').skip(1).step_by(2)).map(str::to_owned).collect()
    }

    /// Whether the code is one of the rules or of the entries, which have tables of their own.
    fn is_specified_elsewhere(lie: &Lie) -> bool {
        match lie {
            Lie::Header { .. }
            | Lie::Rule { .. }
            | Lie::Receipt(ReceiptFault::Entry(_) | ReceiptFault::Checkpoint(_)) => true,
            // A new lie belongs here, and into the list below.
            Lie::Checkpoint(CheckpointFault::Malformed | CheckpointFault::Signature | CheckpointFault::Origin)
            | Lie::Receipt(ReceiptFault::Malformed | ReceiptFault::Inclusion)
            | Lie::Fork { .. }
            | Lie::Rollback { .. }
            | Lie::Entries(_)
            | Lie::OtherPayload
            | Lie::LogKey
            | Lie::Fingerprint { .. }
            | Lie::SecondCount { .. } => false,
        }
    }

    #[test]
    fn the_specification_lists_every_lie() {
        let head = TreeHead { size: 1, root: [0; 32].into() };
        let fingerprint: Fingerprint = "0000-0000-0000-0000-0000-0000-0000-0000".parse().unwrap();
        let lies = [
            Lie::Checkpoint(CheckpointFault::Malformed),
            Lie::Checkpoint(CheckpointFault::Signature),
            Lie::Checkpoint(CheckpointFault::Origin),
            Lie::Fork { seen: head, shown: head },
            Lie::Rollback { seen: 2, shown: 1 },
            Lie::Entries(1),
            Lie::Receipt(ReceiptFault::Malformed),
            Lie::Receipt(ReceiptFault::Inclusion),
            Lie::OtherPayload,
            Lie::LogKey,
            Lie::Fingerprint { expected: fingerprint, found: fingerprint },
            Lie::SecondCount { before: [0; 32], now: [1; 32] },
        ];
        assert!(!lies.iter().any(is_specified_elsewhere));
        assert_eq!(lies.iter().map(|lie| lie.code().to_owned()).collect::<BTreeSet<_>>(), specified());
    }

    #[test]
    fn evidence_is_never_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let lie = Lie::Rollback { seen: 7, shown: 5 };
        for number in ["001", "002"] {
            let caught =
                catch(folder.path(), "https://a.example/e".to_owned(), lie.clone(), &[("checkpoint", b"note")])
                    .unwrap();
            assert_eq!(caught.evidence, folder.path().join(format!("{number}-rollback")));
            assert_eq!(fs::read(caught.evidence.join("checkpoint")).unwrap(), b"note");
            let text = fs::read_to_string(caught.evidence.join("README.txt")).unwrap();
            assert!(text.contains("entries have disappeared") && text.contains("Try again in a few minutes"), "{text}");
        }
    }
}
