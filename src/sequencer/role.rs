//! What a process does for a log.

/// What a process does for a log that other processes may serve too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// It numbers, signs and publishes. No other process does.
    Sequencer,
    /// It takes what is handed in, and has it numbered by the sequencer.
    Front,
    /// It can do neither for the moment, and tries again; its log says why.
    Stalled,
}

impl Role {
    /// As specs/server.md#ready writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sequencer => "sequencer",
            Self::Front => "front",
            Self::Stalled => "stalled",
        }
    }
}
