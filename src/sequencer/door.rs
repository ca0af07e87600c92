//! What can be told of the payloads that people sign, before they wait to be judged by the rules.

use tabella_election::manifest::Election;
use tabella_election::message::Message;
use tabella_election::rules::Board;
use tabella_election::{Kind, Rejection};

/// Whether a payload is of its author and comes in its phase: what anybody can send is not worth a place in the queue.
/// Implements steps 2 to 4 of specs/election.md#rules for the entry after `board`; of a manifest, only what needs no log.
///
/// Fails with some code that the payload deserves. It need not be the one that the order of the rules fixes.
pub(super) fn judge(board: Option<&Board>, kind: Kind, payload: &[u8]) -> Result<(), Rejection> {
    let message = Message::decode(kind, payload)?;
    kind.judge_phase(board.map(Board::phase))?;
    match (board, message) {
        (Some(board), message) => judge_author(board.election(), &message),
        (None, Message::Manifest(manifest)) => manifest.judge_signature(&manifest.body().authority),
        (None, _) => Ok(()),
    }
}

fn judge_author(election: &Election, message: &Message) -> Result<(), Rejection> {
    match message {
        Message::Manifest(manifest) => election.judge_author(manifest),
        Message::Roll(roll) => election.judge_author(roll),
        Message::Commit(commit) => election.judge_author(commit),
        Message::Deal(deal) => election.judge_author(deal),
        Message::Confirm(confirm) => election.judge_author(confirm),
        Message::Keys(keys) => election.judge_author(keys),
        Message::Round(round) => election.judge_author(round),
        Message::Restart(restart) => election.judge_author(restart),
        Message::Rehearse(rehearse) => election.judge_author(rehearse),
        Message::Rehearsal(answer) => election.judge_author(answer),
        Message::Open(open) => election.judge_author(open),
        Message::Close(close) => election.judge_author(close),
        Message::Share(share) => election.judge_author(share),
        Message::Result(result) => election.judge_author(result),
        Message::Final(last) => election.judge_author(last),
        // A voter signs with the proof.
        Message::Ballot(_) | Message::Challenge(_) => Ok(()),
    }
}
