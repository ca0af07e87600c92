//! What became of a ballot, and what stands under a credential. Implements specs/server.md#ballot and #voter.

use serde::Serialize;
use tabella_election::message::Voter;
use tabella_election::text::{CredentialFingerprint, Tracker};

use super::hex;
use crate::storage::StoredVote;

/// The kind of a vote that is cast.
const BALLOT: &str = "ballot";

/// What became of a ballot or challenge.
#[derive(Debug, Serialize)]
pub struct BallotView {
    tracker: String,
    index: u64,
    kind: String,
    credential: String,
    standing: &'static str,
    ballot: u64,
    of: u64,
    replaced_by: Option<String>,
}

impl BallotView {
    /// `votes` are all of the same credential, in the order of the log.
    pub fn new(vote: &StoredVote, credential: CredentialFingerprint, votes: &[StoredVote]) -> Self {
        let ballots: Vec<&StoredVote> = votes.iter().filter(|vote| vote.kind == BALLOT).collect();
        let position = ballots.iter().position(|ballot| ballot.index == vote.index);
        let later = position.and_then(|position| ballots.get(position + 1));
        let standing = match (position, later) {
            (None, _) => "challenged",
            (Some(_), None) => "latest",
            (Some(_), Some(_)) => "superseded",
        };
        Self {
            tracker: Tracker(vote.tracker).to_string(),
            index: vote.index,
            kind: vote.kind.clone(),
            credential: credential.to_string(),
            standing,
            ballot: position.map_or(0, |position| position as u64 + 1),
            of: position.map_or(0, |_| ballots.len() as u64),
            replaced_by: later.map(|later| Tracker(later.tracker).to_string()),
        }
    }
}

/// What stands under a credential.
#[derive(Debug, Serialize)]
pub struct VoterView {
    credential: String,
    key: String,
    weight: u64,
    style: u64,
    ballots: Vec<VoteView>,
    challenges: Vec<VoteView>,
}

#[derive(Debug, Serialize)]
struct VoteView {
    tracker: String,
    index: u64,
}

impl VoterView {
    /// `votes` are all of this voter, in the order of the log.
    pub fn new(credential: CredentialFingerprint, voter: &Voter, votes: &[StoredVote]) -> Self {
        let view = |vote: &StoredVote| VoteView { tracker: Tracker(vote.tracker).to_string(), index: vote.index };
        let (ballots, challenges): (Vec<_>, Vec<_>) = votes.iter().partition(|vote| vote.kind == BALLOT);
        Self {
            credential: credential.to_string(),
            key: hex(voter.credential),
            weight: voter.weight,
            style: voter.style,
            ballots: ballots.into_iter().map(view).collect(),
            challenges: challenges.into_iter().map(view).collect(),
        }
    }
}
