//! One checkpoint brought to one witness: with the proof that it continues what the witness has cosigned before.

use tabella_board::checkpoint::SignedCheckpoint;
use tabella_board::policy::{Policy, Witness};
use tabella_board::tile::AuthenticatedTiles;
use tabella_board::tree::ConsistencyProof;
use tabella_board::witness::{AddCheckpoint, Answer, Cosigned};
use tabella_record::files::Record;

use super::agent::{Failure, WitnessAgent};

/// How often a witness may name another size before it is given up for this time.
const ATTEMPTS: usize = 3;

/// What becomes of a checkpoint at a witness.
pub(super) enum Submitted {
    /// It has cosigned, with this line.
    Cosigned(String),
    /// It says that it has seen a log that the checkpoint does not continue. Whether that is true, what it has cosigned will show.
    Doubted,
}

/// Has `checkpoint`, which the log has signed, cosigned. `old` is the size that the witness has cosigned last, as far as is known. The
/// tiles of the checkpoint must be in the record.
pub(super) fn submit(
    agent: &WitnessAgent,
    witness: &Witness,
    policy: &Policy,
    record: &Record,
    checkpoint: &SignedCheckpoint,
    mut old: u64,
) -> Result<Submitted, Failure> {
    let size = checkpoint.unverified().head.size;
    for _ in 0..ATTEMPTS {
        match agent.add_checkpoint(witness, &request(record, checkpoint, old)?)? {
            Answer::Lines(lines) => {
                // Of what it sends only its own line is passed on: a note has room for few.
                let cosigned = Cosigned::from_answer(checkpoint, &lines, policy.log(), &witness.verifier);
                let cosigned = cosigned.map_err(|fault| Failure::Answer(fault.to_string()))?;
                return Ok(Submitted::Cosigned(cosigned.line().to_owned()));
            }
            Answer::Conflict(seen) if seen > size => return Ok(Submitted::Doubted),
            Answer::Conflict(seen) => old = seen,
            Answer::Refused { status: 422 } => return Ok(Submitted::Doubted),
            Answer::Refused { status } => return Err(Failure::Refused(status)),
        }
    }
    Err(Failure::Answer("it names another size each time".to_owned()))
}

fn request(record: &Record, checkpoint: &SignedCheckpoint, old: u64) -> Result<AddCheckpoint, Failure> {
    let head = checkpoint.unverified().head;
    let tiles = AuthenticatedTiles::new(record, head);
    let proof = ConsistencyProof::prove(&tiles, old, head.size).map_err(|fault| Failure::Tiles(fault.to_string()))?;
    let checkpoint =
        SignedCheckpoint::parse(checkpoint.as_bytes()).map_err(|fault| Failure::Tiles(fault.to_string()))?;
    Ok(AddCheckpoint { old, proof, checkpoint })
}
