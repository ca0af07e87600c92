//! The registrar's side: credentials and the roll. Implements specs/election.md#roll for whoever keeps it.

use ed25519_dalek::SigningKey;
use rand_core::CryptoRng;
use tabella_crypto::credential::CredentialFault;

use crate::bytes::ElectionId;
use crate::message::{Signed, Voter};
use crate::roll;
use crate::rules::Board;
use crate::text::VoterCode;

/// Makes a credential: the code for the voter's letter, and what stands on the roll. The registrar gives the code away
/// and keeps nothing of it.
///
/// # Errors
/// For the one code in 2^252 whose credential is the identity: draw again.
pub fn enrol(
    election: &ElectionId,
    weight: u64,
    style: u64,
    rng: &mut impl CryptoRng,
) -> Result<(VoterCode, Voter), CredentialFault> {
    let code = VoterCode::generate(rng);
    let credential = code.voting_key(election)?.public().into();
    Ok((code, Voter { credential, weight, style }))
}

/// The payloads of the `roll` entries that put these voters, and no others, on the roll: the next revision.
pub fn roll(board: &Board, voters: Vec<Voter>, key: &SigningKey) -> Vec<Vec<u8>> {
    let revision = board.roll().revision().saturating_add(1);
    let chunks = roll::chunks(&board.election().id(), revision, voters);
    chunks.into_iter().map(|chunk| Signed::sign(chunk, key).payload()).collect()
}
