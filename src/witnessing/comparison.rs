//! What a witness has cosigned, held against what the board has. Only what the log itself has signed counts: a witness that says
//! something else can be wrong, but cannot stop the board.

use std::cmp::Ordering;
use std::sync::Arc;

use tabella_board::checkpoint::SignedCheckpoint;
use tabella_board::policy::{Policy, Witness};
use tabella_board::tile::AuthenticatedTiles;
use tabella_board::tree::{ConsistencyProof, ReadFault, TreeHead};
use tabella_record::files::{Record, TileError};

use super::agent::{Failure, WitnessAgent};
use super::submission::{Submitted, submit};
use crate::sequencer::SignedHead;

/// A witness holds a checkpoint that this log has signed, and that is not of the entries that the board has: it was started from an
/// old copy, or another one has signed with its key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "the witness {witness} ({address}) has cosigned a checkpoint of {seen} entries, which this log has signed, and which {}. The store \
     is an old copy, as after restoring a backup, or another server signs with this log's key. Do not go on with it: the log would \
     contradict itself before everybody. Bring back the newest store; if it is lost, tell the authority and the observers, whose \
     copies of the record are longer than yours. The checkpoint is:\n{note}",
    if seen > own { format!("is larger than the store with its {own}") } else { "is of other entries than those in the store".to_owned() }
)]
pub struct Contradiction {
    /// The witness.
    pub witness: String,
    /// Where it is.
    pub address: String,
    /// The size of what it has cosigned.
    pub seen: u64,
    /// The size of the board's own log.
    pub own: u64,
    /// What it has cosigned: the evidence.
    pub note: String,
}

/// The board's own log, with which a witness may disagree.
pub(crate) struct Own {
    /// What was signed last.
    pub(crate) signed: Arc<SignedHead>,
    /// The files, with all its tiles.
    pub(crate) record: Record,
}

/// Why a witness does not confirm what the board has signed.
pub(super) enum Unconfirmed {
    /// It has seen more, or other, under the log's own signature.
    Contradiction(Box<Contradiction>),
    /// It could not be asked, or makes no sense.
    Failure(Failure),
}

impl From<Failure> for Unconfirmed {
    fn from(failure: Failure) -> Self {
        Self::Failure(failure)
    }
}

impl Own {
    /// Has a witness cosign the checkpoint over this very head: then it has seen nothing that this log does not have.
    pub(super) fn confirmed(&self, agent: &WitnessAgent, position: usize) -> Result<(), Unconfirmed> {
        let SignedHead { checkpoint, policy, .. } = &*self.signed;
        let witness = policy.witnesses().get(position).ok_or(Failure::NoAddress)?;
        match submit(agent, witness, policy, &self.record, checkpoint, self.signed.head().size)? {
            Submitted::Cosigned(_) => Ok(()),
            Submitted::Doubted => {
                let note = shown(agent, witness, policy)?;
                self.continued(position, &note)?;
                Err(Failure::Answer("it doubts a log that continues what it has cosigned".to_owned()).into())
            }
        }
    }

    /// The size of what a witness shows, if the log continues it. Fails with a failure if the log has not signed it: then it says
    /// nothing about the log.
    pub(super) fn continued(&self, position: usize, note: &[u8]) -> Result<u64, Unconfirmed> {
        let (policy, own) = (&self.signed.policy, self.signed.head());
        let seen = SignedCheckpoint::parse(note).map_err(|_| Failure::Answer("it shows no checkpoint".to_owned()))?;
        let seen = seen.verify(policy.log());
        let seen =
            seen.map_err(|_| Failure::Answer("it shows a checkpoint that the log has not signed".to_owned()))?.head;
        let is_continued = match seen.size.cmp(&own.size) {
            Ordering::Greater => false,
            Ordering::Equal => seen == own,
            Ordering::Less => self.begins_with(seen)?,
        };
        if is_continued {
            return Ok(seen.size);
        }
        let witness = policy.witnesses().get(position).ok_or(Failure::NoAddress)?;
        Err(Unconfirmed::Contradiction(Box::new(Contradiction {
            witness: witness.name.clone(),
            address: witness.address.clone().unwrap_or_default(),
            seen: seen.size,
            own: own.size,
            note: String::from_utf8_lossy(note).into_owned(),
        })))
    }

    fn begins_with(&self, seen: TreeHead) -> Result<bool, Failure> {
        let own = self.signed.head();
        let proof = ConsistencyProof::prove(&AuthenticatedTiles::new(&self.record, own), seen.size, own.size);
        let proof = proof.map_err(|fault: ReadFault<TileError>| Failure::Tiles(fault.to_string()))?;
        Ok(proof.verify(seen, own).is_ok())
    }
}

/// What a witness shows as cosigned last.
pub(super) fn shown(agent: &WitnessAgent, witness: &Witness, policy: &Policy) -> Result<Vec<u8>, Failure> {
    let note = agent.latest(witness, policy.log().origin())?;
    note.ok_or_else(|| Failure::Answer("it doubts what it is sent, and shows nothing that it has cosigned".to_owned()))
}
