//! What the server says of an election. A help for finding things: nothing of it is believed without the record.
//! Implements specs/server.md.

use serde::Deserialize;

/// Implements specs/server.md#status, as far as programs look at it.
#[derive(Debug, Clone, Deserialize)]
pub struct Status {
    /// "empty", "setup", "voting", "tally", "published" or "finished".
    pub phase: String,
    /// The number of entries under the published checkpoint.
    pub size: u64,
    /// Whether the voting is being closed.
    pub closing: ClosingState,
}

/// The last request to close, or to take that back, that the server took.
#[derive(Debug, Clone, Copy, Deserialize)]
pub struct ClosingState {
    /// Its number; 0 if there was none.
    pub number: u64,
    /// Whether the server takes nothing but `close`.
    pub is_closing: bool,
}

/// Implements specs/server.md#closing.
#[derive(Debug, Clone, Deserialize)]
pub struct ClosingView {
    /// The number of the request.
    pub number: u64,
    /// Whether the server takes nothing but `close`.
    pub is_closing: bool,
    /// How many ballots were accepted.
    pub ballots: u64,
    /// Hexadecimal leaf hash of the last entry.
    pub last: String,
    /// The checkpoint over it.
    pub checkpoint: String,
}

/// Implements specs/server.md#ballot.
#[derive(Debug, Clone, Deserialize)]
pub struct BallotView {
    /// The entry.
    pub index: u64,
    /// "ballot" or "challenge".
    pub kind: String,
    /// "latest", "superseded" or "challenged".
    pub standing: String,
    /// Its number among the accepted ballots of its credential; 0 for a challenge.
    pub ballot: u64,
    /// How many those are.
    pub of: u64,
    /// The tracker of the ballot that replaced it.
    pub replaced_by: Option<String>,
}

/// Implements specs/server.md#voter.
#[derive(Debug, Clone, Deserialize)]
pub struct VoterView {
    /// The ballots in the order of the log.
    pub ballots: Vec<Tracked>,
    /// The challenges in the order of the log.
    pub challenges: Vec<Tracked>,
}

/// A ballot or challenge and where it stands.
#[derive(Debug, Clone, Deserialize)]
pub struct Tracked {
    /// Its tracker.
    pub tracker: String,
    /// Its entry.
    pub index: u64,
}
