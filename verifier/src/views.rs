//! What the witnesses of a policy say, when they are asked, that they have cosigned last. Implements
//! specs/checks.md#witnesses.

use crate::note::{Checkpoint, VerifierKey};
use crate::policy::Witness;
use crate::proof::Beginning;
use crate::tree::{Hash, sha256};
use data_encoding::HEXLOWER;
use serde::Serialize;
use std::cmp::Ordering;

/// What came of asking a witness.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// What it shows as cosigned last.
    Shown(Vec<u8>),
    /// It has not cosigned this log.
    Unseen,
    /// Why there is no answer.
    Silence(String),
}

/// How what a witness has cosigned stands to a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// The same head.
    Same,
    /// The beginning of the record.
    Behind,
    /// A larger log, which the board shows by now and which begins with the record.
    Later,
    /// A larger log, which the board does not show.
    Ahead,
    /// Another history.
    Fork,
    /// Nothing of this log.
    Unseen,
    /// Nothing that says anything.
    NoAnswer,
}

/// The view of one witness.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct View {
    pub name: String,
    pub address: Option<String>,
    pub standing: Standing,
    /// How many entries it has cosigned.
    pub size: Option<u64>,
    /// A sentence for people, after the name.
    pub message: String,
}

/// A view, and what it rests on.
#[derive(Clone, Debug)]
pub struct Compared {
    pub view: View,
    /// What the witness has cosigned, if the log's key signed it.
    pub note: Vec<u8>,
    /// If it is of another history and another size: the hashes that prove it (specs/evidence.md#proofs).
    pub hashes: Vec<Hash>,
}

impl Compared {
    /// The board was asked once more: its `head` holds what the witness has cosigned, and begins with the record or not.
    pub fn with_later(mut self, head: &Checkpoint, begins_with_record: bool) -> Self {
        let size = self.view.size.unwrap_or_default();
        let (standing, message) = if begins_with_record {
            (Standing::Later, format!("has cosigned {size} entries; the board shows {} by now", head.size))
        } else {
            (
                Standing::Fork,
                format!("has cosigned {size} entries, and the board shows another history by now than this record"),
            )
        };
        self.view.standing = standing;
        self.view.message = message;
        self
    }
}

/// The path of a witness's latest checkpoint of a log, below the witness's address. Implements specs/board.md#policy.
pub fn path(origin: &str) -> String {
    format!("{}/checkpoint", HEXLOWER.encode(&sha256(origin.as_bytes())))
}

/// Holds what a witness shows against a record with this head. `beginning` gives the first entries of the record; none
/// if files are missing.
pub fn compare<E>(
    witness: &Witness,
    answer: Answer,
    log: &VerifierKey,
    head: &Checkpoint,
    beginning: &dyn Fn(u64) -> Result<Option<Beginning>, E>,
) -> Result<Compared, E> {
    let say = |standing, size, message: String, note, hashes| {
        let view = View { name: witness.name.clone(), address: witness.address.clone(), standing, size, message };
        Ok(Compared { view, note, hashes })
    };
    let note = match answer {
        Answer::Shown(note) => note,
        Answer::Unseen => {
            return say(Standing::Unseen, None, "has cosigned nothing of this log".to_owned(), Vec::new(), Vec::new());
        }
        Answer::Silence(why) => {
            return say(Standing::NoAnswer, None, format!("did not answer: {why}"), Vec::new(), Vec::new());
        }
    };
    let is_its = |seen: &Checkpoint| {
        seen.origin == log.name && seen.note.is_signed_by(log) && seen.note.is_cosigned_by(&witness.key)
    };
    let Some(seen) = Checkpoint::parse(&note).ok().filter(is_its) else {
        let message = "did not answer with a checkpoint of this log and its cosignature".to_owned();
        return say(Standing::NoAnswer, None, message, Vec::new(), Vec::new());
    };
    let size = seen.size;
    let other = || format!("has cosigned {size} entries of another history");
    let (standing, message, hashes) = match size.cmp(&head.size) {
        Ordering::Greater => (Standing::Ahead, format!("has cosigned {size} entries: more than are shown"), Vec::new()),
        Ordering::Equal if seen.root == head.root => (Standing::Same, "has cosigned the same".to_owned(), Vec::new()),
        Ordering::Equal => (Standing::Fork, other(), Vec::new()),
        Ordering::Less if size == 0 => (Standing::Behind, "has cosigned the empty log".to_owned(), Vec::new()),
        Ordering::Less => match beginning(size)? {
            // The record's own tiles must be those of its root: else they say nothing.
            Some(Beginning { root, whole, proof }) if whole == head.root => {
                if root == seen.root {
                    (Standing::Behind, format!("has cosigned the first {size} entries"), Vec::new())
                } else {
                    (Standing::Fork, other(), proof)
                }
            }
            _ => {
                let message = format!("has cosigned {size} entries; the record's files are not those of its root");
                (Standing::NoAnswer, message, Vec::new())
            }
        },
    };
    say(standing, Some(size), message, note, hashes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_is_the_hash_of_the_origin() {
        // The first value of FIPS 180-2, appendix B.1.
        let hash = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(path("abc"), format!("{hash}/checkpoint"));
    }
}
